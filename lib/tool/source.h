/*
 * source: files, folders, stdin, compressed files and archives as byte streams with labels (INGEST.md section 1).  Folders are
 * walked in byte order of names, links not followed, regular files only; gz by port/gz in this process, the rest by
 * port/archive's workers; nested to 5. Evidence is opened O_RDONLY|O_NOFOLLOW|O_NONBLOCK|O_NOCTTY and checked by fstat; what is
 * itself an argument may be a link, a fifo, /dev/fd/N.
 */
#ifndef IRPIPE_TOOL_SOURCE_H
#define IRPIPE_TOOL_SOURCE_H

#include "lib/tool/tool.h"

struct stat;

struct source {
	/* Argument as typed (no ./, no //) + path below; members as ARCHIVE!/member; percent-encoded (DECISIONS.md 2). */
	struct slice uri;
	struct slice name;		/* last part, for guesses by name (".gz" and the like stripped) */
	uint64_t size;			/* bytes as stored, 0 if unknown */
	bool seekable;			/* a regular, uncompressed file: source_tail works */
	bool pipe;			/* stdin, fifo: reading may block */
	int fd;				/* of a plain file or pipe; -1 else */
	/* The stored file that holds it; path is what opens it, until the next step. */
	uint64_t dev, ino;
	int64_t mtime;			/* ns */
	struct slice stored, path;	/* its uri; "" without a file of its own (stdin, a pipe) */
	bool first;			/* of sources_first */
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
	char *const *password;		/* C strings that are tried on encrypted archives; they outlive the sources */
	size_t passwords;
	bool files_only;		/* stdin and pipes are left alone: they give their bytes once */
	struct slice label;		/* stands for the argument in uri; "": the argument itself */
	bool again;			/* sources_again or _first will be called: what is packed, or not there, may come later */
	bool live;			/* pipes are not looked into for what is packed: that would wait for bytes */
	/* Is this stored file wanted?  Asked with its descriptor and stat before anything is read; NULL: each is. */
	bool (*pick)(void *self, int fd, const struct stat *, struct slice uri, struct slice path);
};
/* Before the cell: opens what must be opened by then (archive workers).  `args` empty: stdin. */
struct sources *sources_new(struct tool *, const struct opt_list *args, const struct source_options *) must_use;
/* Next source; false when there is none. The former one is closed. */
bool sources_next(struct sources *, struct source *) must_use;
/* From the first argument on, when sources_next said false. */
void sources_again(struct sources *);
/* A stored file that comes before all others that are still to come, under `uri`; not asked for by pick. */
void sources_first(struct sources *, struct slice path, struct slice uri);
/* The next byte to be read; false: this source cannot seek. */
bool source_seek(struct sources *, uint64_t off) must_use;
/* Bytes, at most cap: 0 at the end (damage was noted).  Blocks until there is at least one byte. */
size_t source_read(struct sources *, char *to, size_t cap);
/* Would source_read block now? (pipes only) */
bool source_idle(const struct sources *);
/* The last bytes of a seekable source (at most cap) without moving: for sniffing. */
size_t source_tail(const struct source *, char *to, size_t cap);
void sources_end(struct sources *);
/* A path as it stands in labels, and back. */
void source_label(struct buf *, struct slice path);
void source_unlabel(struct buf *, struct slice label);
/*
 * Paths for cell_rights.read: the arguments themselves, with `again` the folders of those that are no folder (NULL-terminated;
 * owned by the sources).
 */
const char *const *sources_paths(const struct sources *);
/* Bytes of all plain files known so far and bytes read so far, for progress; total 0: unknown. */
void sources_progress(const struct sources *, uint64_t *done, uint64_t *total);

#endif
