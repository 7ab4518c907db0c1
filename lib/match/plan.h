/*
 * plan: for the rules that one set of log sources wants, how candidates are found: each field's value is looked up in tables of the texts that
 * rules need there.  Made when such an event first comes; owned by a room.
 */
#ifndef IRPIPE_MATCH_PLAN_H
#define IRPIPE_MATCH_PLAN_H

#include "lib/match/room.h"

/* A list so long is answered by what was found, not walked; what one look-up finds costs nothing more. */
enum { GROUP_MIN = 4, GROUP_MIN_ANYWHERE = 64 };

/* A text that is looked for.  Found: `atom` holds (or may: `sure` is false), and [from, to) of plan->post is told. */
struct plan_text {
	uint32_t atom;
	uint32_t at, n;			/* in plan->text, folded */
	uint32_t from, to;
	bool sure;
};
enum { POST_GROUP = 1u << 31 };		/* a post is a rule, or a group */

/* Whole values, ends, beginnings: by eight bytes. */
struct ends_slot {
	uint64_t key;
	uint32_t text;			/* + 1; 0: free */
	uint32_t length;		/* bytes of the key that count */
};
struct ends_table {
	struct ends_slot *slot;
	uint32_t mask, n;
	uint32_t lengths;		/* bit k: keys of k bytes are there */
};

/* Anywhere: by four bytes of the text, by two of a text that has no four; a single byte is searched for. */
struct gram_slot {
	uint32_t gram, text;		/* + 1 */
	uint32_t at;			/* of the gram in the text */
};
struct gram_table {
	uint64_t *bit, *bit2;		/* bit2: by the two bytes themselves; NULL: none */
	unsigned shift;			/* of the 32-bit product: what is left names a bit */
	uint32_t stride;		/* 1, 2 or 4: so many grams of each text are in, so many places are passed */
	struct gram_slot *slot, *slot2;
	uint32_t mask, mask2, n;
	uint32_t *tiny, tinies;
};

struct plan_field {
	uint32_t field;			/* NO_FIELD: keywords */
	uint32_t present, presents;	/* rules that want it to be there: a range of plan->post */
	struct ends_table whole, end, start;
	struct gram_table any;
};

struct plan {
	uint32_t *rule, rules;		/* all that look at such an event */
	uint32_t *always, alwayss;	/* without witness */
	struct plan_field *field;
	uint32_t fields;
	struct plan_text *text;
	uint32_t texts;
	uint32_t *post;
	struct buf bytes;
	size_t size;			/* of all this */
};

/* plan.c */
struct plan *match_plan_make(const struct match_set *, uint32_t *rule, uint32_t rules) must_use;	/* takes `rule` */
void match_plan_free(struct plan *);

/* index.c */
size_t ends_build(struct ends_table *, const struct plan *, const uint32_t *text, uint32_t n, enum match_place);
size_t grams_build(struct gram_table *, const struct plan *, const uint32_t *text, uint32_t n);
void ends_free(struct ends_table *);
void grams_free(struct gram_table *);

/* find.c: candidates of the event into the room */
void match_plan_find(struct match_room *, const struct plan *);
void candidate(struct match_room *, uint32_t rule);

/* source.c: log sources to plans */
struct match_kinds *kinds_make(const struct match_set *) must_use;
void kinds_free(struct match_kinds *);
struct plans *match_plans_new(const struct match_set *) must_use;
void match_plans_free(struct plans *);
const struct plan *match_plan_of(struct plans *, const struct match_event *, struct match_source **);

#endif
