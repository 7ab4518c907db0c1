/*
 * field (private to the room): what event_write needs of fields.def, worked out once: the text that opens a field's objects, how
 * far two fields share them, and which fields feed related.*.  Read-only after the first call; shared by threads.
 */
#ifndef IRPIPE_EVENT_FIELD_H
#define IRPIPE_EVENT_FIELD_H

#include "lib/event/event.h"

#include <endian.h>

enum { FIELD_DEPTH = 4, FIELD_WORDS = (FIELD_COUNT + 63) / 64, FIELD_OPEN = 96 };

/* The text before a value, e.g. "tls":{"server":{"subject": -- from[d] is where it starts if d objects are open already. */
struct field_glue {
	char open[FIELD_OPEN];
	uint8_t from[FIELD_DEPTH + 1];
	uint8_t depth;			/* objects around the value */
	uint8_t object[FIELD_DEPTH];	/* their numbers, outermost first; equal numbers are the same object */
	uint8_t len;
	uint8_t related;		/* F_related_* - F_related_ip + 1; 0: none */
};

struct field_glue_set {
	struct field_glue f[FIELD_COUNT];
	uint64_t related[FIELD_WORDS];	/* fields that feed related.* */
};

const struct field_glue_set *field_glue(void);

/* Objects that stay open from one field to the next: the numbers of both are compared at once. */
static inline unsigned
field_common(const struct field_glue *before, const struct field_glue *g)
{
	uint32_t a, b;
	unsigned n, depth = before->depth < g->depth ? before->depth : g->depth;

	memcpy(&a, before->object, sizeof a);
	memcpy(&b, g->object, sizeof b);
	a = le32toh(a ^ b);
	n = a ? (unsigned)__builtin_ctz(a) / 8 : FIELD_DEPTH;
	return n < depth ? n : depth;
}
_Static_assert(FIELD_DEPTH == sizeof(uint32_t), "field_common compares four numbers");

/* write.c: log sources, zone and errors, from the comma to the end of `ir`. */
/* The value of another field, which has been looked at there. */
void event_again(struct event *, enum field, const struct event_value *);
void event_put_ir(const struct event *, struct buf *);
/* What stands between the head's id and the offset; valid until the next source. */
struct slice event_source(struct event *, const struct event_src *);

#endif
