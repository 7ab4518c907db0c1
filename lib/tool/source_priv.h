/*
 * source_priv: the inside of lib/tool/source*.c.  A source is a pile of layers: a descriptor below, gz and members of archives
 * upon it. A layer owns what is under it.
 */
#ifndef IRPIPE_TOOL_SOURCE_PRIV_H
#define IRPIPE_TOOL_SOURCE_PRIV_H

#include <stdatomic.h>

#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/port/gz.h"
#include "lib/tool/source.h"
#include "lib/tool/walk.h"

enum {
	NEST_MAX = 5,			/* packings around one another (SECURITY.md section 6) */
	HEAD_MAX = 512,			/* tar tells itself by byte 262 */
	LAYER_BLOCK = 128 * 1024,
	PIPE_PATIENCE_MS = 1000		/* after a signal a pipe is read on for so long */
};

/* ---- labels --------------------------------------------------------------------------------------------------------- */
/*
 * Appends a path without empty and "." parts; a leading / stays if `root`.  Percent-encoded: %, C0, DEL, bad UTF-8
 * (DECISIONS.md 2).
 */
void label_add(struct buf *, struct slice path, bool root);
/* The last part of a path, without the ending of a packing if `packed`. */
struct slice label_name(struct slice path, bool packed);

/* ---- paths ---------------------------------------------------------------------------------------------------------- */
bool path_plain(const char *path) must_use;
bool path_pipe(const char *path) must_use;
char *path_folder(const char *path) must_use;	/* the caller's */

/* ---- who is told ------------------------------------------------------------------------------------------------------ */
/* Notes of a pump's thread wait in `late` until it has ended: so their place among the others does not depend on speed. */
struct voice {
	const struct source_options *o;
	struct buf *late;		/* NULL: tell at once; else what NUL uri NUL message NUL ... */
};
void voice_say(const struct voice *, const char *what, struct slice uri, struct slice message);
void voice_late(const struct voice *to, struct buf *late);	/* tells and empties */

/* ---- layers ----------------------------------------------------------------------------------------------------------- */
enum layer_kind { LAYER_FD, LAYER_GZ, LAYER_MEMBER };
struct archive_in;
struct layer {
	enum layer_kind kind;
	struct layer *under;		/* GZ */
	const struct voice *voice;
	struct buf uri;
	struct budget *budget;
	unsigned depth;			/* packings up to this one, from 1 */
	char *hold;			/* bytes read ahead, or GZ's input */
	size_t from, n;
	bool ended;
	int fd;				/* FD */
	bool pipe;
	uint64_t in_at;			/* FD: bytes read */
	atomic_ullong *done;		/* FD: progress */
	struct gz *gz;
	struct slice in;		/* GZ: of in_room, not yet inflated */
	char *in_room;
	bool in_last;
	const char *damage;		/* GZ: to be told when the bytes before it were read */
	struct archive_in *archive;	/* MEMBER: not owned */
	struct slice data;		/* MEMBER: not yet taken */
};
/*
 * Bytes that may still be unpacked from one stored file, for each depth of packing: a sum over all depths would hang on how far
 * a pump's thread is ahead.  The layers of one depth are read by one thread at a time.
 */
struct budget {
	uint64_t left[NEST_MAX + 1];
	bool told[NEST_MAX + 1];
};

struct layer *layer_fd(int fd, bool pipe, const struct voice *, struct slice uri) must_use;
struct layer *layer_gz(struct layer *under, struct budget *, unsigned depth) must_use;
size_t layer_read(struct layer *, char *to, size_t cap);
/* The first bytes without taking them (HEAD_MAX at most; at least as many as tell what it is, unless the end comes first). */
struct slice layer_head(struct layer *);
void layer_free(struct layer *);
/* Takes n bytes off the budget; less than n: the bomb was told and this layer ends. */
size_t budget_take(struct layer *, size_t n);

#endif
