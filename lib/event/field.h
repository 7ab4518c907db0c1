/*
 * field (private to the room): what event_write needs of fields.def, worked out once: the text that opens a field's objects, how
 * far two fields share them, and which fields feed related.*.  Read-only after the first call; shared by threads.
 */
#ifndef IRPIPE_EVENT_FIELD_H
#define IRPIPE_EVENT_FIELD_H

#include "lib/event/event.h"

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

#endif
