/*
 * pack: a compiled set as one file (.irp): what set.c made, as it lies in memory, and what rules say of themselves.  It is mapped and
 * used where it lies.  Whatever stands in it is checked before it is believed: every place, number and depth.
 */
#ifndef IRPIPE_MATCH_PACK_H
#define IRPIPE_MATCH_PACK_H

#include "lib/match/priv.h"

enum pack_part {
	PACK_TEXT, PACK_ATOMS, PACK_NODES, PACK_PIECES, PACK_PREFIXES, PACK_ROOTS, PACK_WITNESS_AT, PACK_WITNESS, PACK_FIELDS, PACK_RULES,
	PACK_LISTS, PACK_PROBLEMS, PACK_PARTS
};

struct pack_head {
	char magic[8];
	uint32_t order, version;	/* order: tells the machine's byte order */
	uint64_t size;			/* of all */
	unsigned char sum[16];		/* XXH3-128 of all behind the head */
	uint32_t groups, regexes;
	struct pack_span {
		uint64_t at, n;		/* bytes from the start; items */
	} part[PACK_PARTS];
};
#define PACK_MAGIC "irpipe\x01\n"
enum { PACK_ORDER = 0x01020304, PACK_VERSION = 1 };

/* A rule's texts in the order of pack_texts, its lists in that of pack_lists. */
enum { PACK_RULE_TEXTS = 14, PACK_RULE_LISTS = 4 };
struct pack_rule {
	struct match_text_ref text[PACK_RULE_TEXTS];
	struct match_text_ref list[PACK_RULE_LISTS];	/* in PACK_LISTS, items of it */
	uint32_t line, unused;
};
struct slice *pack_rule_text(struct sigma_rule *, int which);
struct sigma_list *pack_rule_list(struct sigma_rule *, int which);

struct pack_problem {
	struct match_text_ref file, title, what, near;	/* a NUL stands behind `what` */
	uint32_t trouble, line, column, unused;
};

extern const size_t pack_item[PACK_PARTS];	/* bytes of one */

#endif
