/*
 * embed: files that a program carries with it (build-aux/embed makes the tables): rules, playbooks, templates. A table ends with
 * name == NULL.
 */
#ifndef IRPIPE_TOOL_EMBED_H
#define IRPIPE_TOOL_EMBED_H

#include "lib/base/slice.h"

struct embed {
	const char *name;		/* base name of the file */
	struct slice bytes;
};

#endif
