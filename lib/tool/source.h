/*
 * source: files, folders, stdin, compressed files and archives as byte streams with labels (INGEST.md section 1).  Folders are
 * walked in byte order of names, links not followed, regular files only; gz by port/gz in this process, the rest by
 * port/archive's workers; nested to 5. Evidence is opened O_RDONLY|O_NOFOLLOW|O_NONBLOCK|O_NOCTTY and checked by fstat; what is
 * itself an argument may be a link, a fifo, /dev/fd/N.
 */
#ifndef IRPIPE_TOOL_SOURCE_H
#define IRPIPE_TOOL_SOURCE_H

#include "lib/tool/tool.h"

struct source {
	/* Argument as typed (no ./, no //) + path below; members as ARCHIVE!/member; percent-encoded (DECISIONS.md 2). */
	struct slice uri;
	struct slice name;		/* last part, for guesses by name (".gz" and the like stripped) */
	uint64_t size;			/* bytes as stored, 0 if unknown */
	bool seekable;			/* a regular, uncompressed file: source_tail works */
	bool pipe;			/* stdin, fifo: reading may block */
	int fd;				/* of a plain file or pipe; -1 else */
	void *priv;
};

struct sources;
struct source_options {
	uint64_t max_inflate;		/* bytes unpacked from one stored file, at each depth of packing; 0: 100 GiB */
	/*
	 * Something was not read or ended early: a link, a damaged gz, a bomb, an unreadable file.  `what` is constant words
	 * with dashes.
	 */
	void (*note)(void *self, const char *what, struct slice uri, struct slice message);
	void *self;
	bool compressed;		/* look inside gz and archives (else bytes as they are) */
	bool files_only;		/* stdin and pipes are left alone: they give their bytes once */
};
/* Before the cell: opens what must be opened by then (archive workers).  `args` empty: stdin. */
struct sources *sources_new(struct tool *, const struct opt_list *args, const struct source_options *) must_use;
/* Next source; false when there is none. The former one is closed. */
bool sources_next(struct sources *, struct source *) must_use;
/* Bytes, at most cap: 0 at the end (damage was noted).  Blocks until there is at least one byte. */
size_t source_read(struct sources *, char *to, size_t cap);
/* Would source_read block now? (pipes only) */
bool source_idle(const struct sources *);
/* The last bytes of a seekable source (at most cap) without moving: for sniffing. */
size_t source_tail(const struct source *, char *to, size_t cap);
void sources_end(struct sources *);
/* Paths for cell_rights.read: the arguments themselves (NULL-terminated; owned by the sources). */
const char *const *sources_paths(const struct sources *);
/* Bytes of all plain files known so far and bytes read so far, for progress; total 0: unknown. */
void sources_progress(const struct sources *, uint64_t *done, uint64_t *total);

#endif
