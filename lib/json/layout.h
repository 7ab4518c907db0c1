/*
 * layout: logs repeat themselves.  A line with the members of an earlier one, in the same order, differs from it in its scalars
 * alone: what stands between them is compared as bytes, and the line needs no tape.
 *
 *	while ((l = json_quick(j, all, &q)) || json_line(j, &f)) {
 *		if (l) { s = json_slot(&q, 3); json_quick_take(j); continue; }
 *		l = json_layout_learn(j, all);		-- for lines like this one
 *	}
 *
 * Ownership: a struct json_quick is valid until the next call on the same struct json; a layout until the next learn.  One
 * thread.
 */
#ifndef IRPIPE_JSON_LAYOUT_H
#define IRPIPE_JSON_LAYOUT_H

#include "lib/json/json.h"

#include <endian.h>

enum { JSON_SLOTS_MAX = 256 };

/* A layout's scalars are its slots, in the order of the line.  true and false are the same to it; null is not. */
struct json_layout_slot {
	uint16_t at;		/* its first index among the line's */
	uint8_t type;		/* enum json_type; JSON_TRUE is either word */
	uint8_t further;	/* pieces of 32 bytes that stand before it beyond the first */
	uint16_t n;		/* bytes between the index behind the slot before and this one */
	uint16_t text;		/* where those stand in `text`, in 32 bytes */
	uint32_t mask;		/* of those in the last piece */
	uint32_t node;		/* in the tape of a line of this layout */
};

struct json_layout {
	uint32_t slots, indexes;	/* indexes: with the newline's; 0: free */
	uint32_t hits;			/* since it was last in the way of another */
	uint64_t seal;			/* of what json_quick looks at first */
	void *own;			/* what the caller keeps for it */
	char *text;
	uint64_t serial;		/* of json_keep_layouts, from 1 */
	uint32_t nodes;			/* of its tape; 0: none is kept */
	struct json_node *node;
	struct json_layout_node *tape;
	struct json_layout_slot slot[];	/* one more than slots: it ends the line */
};

struct json_quick {
	const struct json_layout *layout;
	struct slice line;		/* as in struct json */
	uint64_t at;
	bool plain;			/* its strings hold no escape but \\ and \" */
	/* private: */
	const char *p;
	const uint32_t *ix;
	const unsigned char *slash;
};

struct json_layouts;
/* `drop` gives back a layout's `own`. */
struct json_layouts *json_layouts_new(void (*drop)(void *own)) must_use;
void json_layouts_free(struct json_layouts *);
/* The next line of the block, if its layout is known: a valid document.  NULL: not known.  json_line still gives it. */
struct json_layout *json_quick(struct json *, struct json_layouts *, struct json_quick *);
/* The line that json_quick told is done with. */
void json_quick_take(struct json *);
/* Keeps the layout of the object that json_line gave just now (j->ok); NULL: it is not worth it, or cannot be kept. */
struct json_layout *json_layout_learn(struct json *, struct json_layouts *);
/* The same for the line that json_line gave just now, if it is of that layout. */
bool json_quick_last(struct json *, const struct json_layout *, struct json_quick *) must_use;
/* The slot of a scalar's node; JSON_NONE: no slot's. */
uint32_t json_layout_of(const struct json_layout *, uint32_t node);

/* A scalar as written, strings without their quotes.  64 bytes from its start can be read. */
static inline struct slice
json_slot(const struct json_quick *q, uint32_t n)
{
	const struct json_layout_slot *s = &q->layout->slot[n];
	uint32_t at = q->ix[s->at], string = s->type == JSON_STRING;

	return slice_of(q->p + at + string, q->ix[s->at + 1] - at - string);
}

/* Is there a backslash in the slot?  56 bits are what one unaligned load gives for sure; bytes are little endian. */
static inline bool
json_slot_escaped(const struct json_quick *q, uint32_t n)
{
	struct slice s = json_slot(q, n);
	size_t from = (size_t)(s.p - q->p);
	uint64_t v;

	for (; s.n > 56; from += 56, s.n -= 56) {
		memcpy(&v, q->slash + (from >> 3), sizeof v);
		if (le64toh(v) >> (from & 7) & (((uint64_t)1 << 56) - 1))
			return true;
	}
	memcpy(&v, q->slash + (from >> 3), sizeof v);
	return (le64toh(v) >> (from & 7) & (((uint64_t)1 << s.n) - 1)) != 0;
}

#endif
