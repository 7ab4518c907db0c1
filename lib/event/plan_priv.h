/*
 * plan_priv (private to the room): what plan.c, plan_eval.c and plan_leaf.c share.
 *
 * A layout's plans are a tree of steps.  A step asks one thing of a slot and expects one answer: then the next step in the array
 * follows; `other` is the step that expects another answer to the same question.  A way ends in a leaf, the line to be written.
 */
#ifndef IRPIPE_EVENT_PLAN_PRIV_H
#define IRPIPE_EVENT_PLAN_PRIV_H

#include "lib/event/field.h"
#include "lib/event/plan.h"
#include "lib/event/view.h"

enum { VALS_MAX = 240, ITEMS_MAX = 240, SLACK = 64 };

/* What conversions give: the text of one value inside its quotes; behind it SLACK bytes can be read.  A list has items. */
struct val {
	const char *p;
	uint32_t n;
	uint16_t first, items;		/* a list: items r->item[first ...]; its p is NULL */
};

/*
 * An answer. `fields`: what was set, field + 1, ascending, eight bits each; STEP_TIME: 1 if it is a time, and the zone's kind
 * above.
 */
struct answer {
	uint64_t fields;
	uint32_t err;
};

struct plan_step {
	uint8_t kind, how, fast;
	bool string;			/* the slot's type */
	uint16_t slot, field;
	uint16_t at;			/* the slot's first index */
	uint32_t other;			/* 0: none */
	struct answer want;
	struct slice text;		/* STEP_TEXT: its own, with SLACK behind it */
	struct leaf *leaf;		/* STEP_END; NULL: records of this way are read in full */
};

struct plan {
	struct plans *all;
	struct plan_step *step;
	size_t steps, cap;
	uint32_t leaves, tries, hits, misses;	/* tries: records that something was to be learnt from */
};

/* The line: a constant text, then a value or a list without doubles, and so on. */
struct leaf_part {
	uint32_t text, n;		/* of leaf->text */
	uint16_t val;			/* VALS_MAX: none; below: that value */
	uint16_t from, vals;		/* vals > 0: the list of leaf->source[from ...] instead */
};
enum { PARTS_MAX = FIELD_COUNT + 1, SOURCES_MAX = FIELD_COUNT, FIXED_MAX = 64 };
struct leaf {
	char *text, *words;
	struct leaf_part *part;
	uint16_t *source;		/* numbers of values; VALS_MAX + i: fixed[i] */
	struct slice *fixed;
	uint32_t parts, most;		/* most: bytes of all constants, and some */
	uint32_t err;
	size_t size;
};

/* One record on its way. */
struct run {
	const struct json_quick *q;
	const struct shape_options *options;
	struct val val[VALS_MAX], item[ITEMS_MAX];
	unsigned vals, items;
	struct answer got;
	struct stamp at;
	struct event x;			/* what is converted in full */
	bool used;			/* something lies in x.mem */
	bool lost;			/* more values than there is room for */
	struct {			/* the day of the last time that was read, in both directions */
		char text[11];		/* with what stands between day and time */
		int64_t start;		/* its first second */
	} day;
	struct {
		char text[10];
		int64_t start;
	} shown;
};

/* json_slot without a look at the layout. */
static inline struct slice
plan_slot(const struct run *r, const struct plan_step *s)
{
	uint32_t at = r->q->ix[s->at], string = s->string;

	return slice_of(r->q->p + at + string, r->q->ix[s->at + 1] - at - string);
}

/* plan_eval.c: asks s of the record; r->got is the answer, values are appended to r->val in the order of r->got.fields. */
void plan_ask(struct run *, const struct plan_step *s);
uint8_t plan_fast(enum field, enum convert);
/* A slot's text as view_as gives it. */
struct view_text plan_text(struct run *, uint32_t slot);

/* plan_time.c */
extern const char plan_pairs[200];		/* 00 to 99 */
void plan_time(struct run *, const struct plan_step *);
bool plan_date(struct run *, enum field, struct slice) must_use;	/* false: nothing was set; it is to be read in full */
void plan_stamp(struct run *, struct stamp, char *to);		/* STAMP_LEN bytes, as stamp_put */

/* plan_leaf.c: from the event as it is before event_write; `place` tells the value of (step, field).  NULL: it cannot be told. */
struct leaf_place {
	uint16_t val[TRACE_MAX + 1];	/* of the step's first field */
	uint64_t fields[TRACE_MAX + 1];
};
struct leaf *leaf_new(const struct event *, const struct leaf_place *, const struct run *);
void leaf_free(struct leaf *);
char *leaf_put(const struct leaf *, const struct run *, char *to);
size_t leaf_room(const struct leaf *, const struct run *);

#endif
