/*
 * walk: regular files beneath a folder, in byte order of names, links not followed (SECURITY.md section 4).  Depth costs
 * memory, not stack or descriptors: only the root stays open.  The walk owns the root's descriptor; items live until the next
 * step.
 */
#ifndef IRPIPE_TOOL_WALK_H
#define IRPIPE_TOOL_WALK_H

#include "lib/base/buf.h"

enum { WALK_DEPTH = 64, WALK_NAMES = 1000000 };

struct walk_level;
struct walk {
	int root;
	bool begun;
	struct walk_level *level;
	size_t levels, cap;
	struct buf path;		/* beneath the root */
	size_t depth_max, names_max;	/* tests make them small */
};
enum walk_step { WALK_FILE, WALK_NOTE, WALK_END };
struct walk_item {
	struct slice path;		/* beneath the root; "" the root itself */
	const char *what;		/* NOTE: "link", "not-regular", "unreadable", "limit-depth", "limit-names" */
	const char *message;		/* NOTE: constant words for people, or errno's */
};

void walk_begin(struct walk *, int root);
enum walk_step walk_next(struct walk *, struct walk_item *) must_use;
/* Opens the file of the last WALK_FILE for reading without waiting; -1 and errno (EINVAL: no longer a regular file). */
int walk_open(struct walk *) must_use;
void walk_end(struct walk *);

#endif
