/* room: what one thread keeps of one event. */
#ifndef IRPIPE_MATCH_ROOM_H
#define IRPIPE_MATCH_ROOM_H

#include "lib/match/priv.h"

/* A value of a field of one event. */
struct match_value {
	uint32_t epoch;
	bool found;			/* some node is there */
	bool made;			/* by a twin: text, no node */
	bool cut;			/* there are more nodes than are looked at */
	uint32_t nodes;			/* several: through arrays */
	uint32_t one;			/* the first */
	uint32_t list;			/* several: place of the first in r->nodes */
	struct slice text;
};

/* Texts of a value's nodes in the forms that operators want, made when they ask. */
struct match_form {
	struct slice raw, folded;
	bool has_raw, has_folded;
};
struct match_text {
	uint32_t epoch;
	bool has_pairs;
	uint8_t tag;			/* what seen[] holds where a pair of bytes is in one of the texts */
	struct match_form first;
	struct match_form *more;	/* of nodes 1 and following */
	uint8_t seen[PAIRS];
};

struct plan;
struct plans;

struct match_room {
	const struct match_set *set;
	const struct match_event *e;
	uint32_t epoch;
	const uint32_t *slot[BASES];	/* in kept */
	void *kept[BASES];
	uint32_t *norm;
	uint32_t base[BASES];
	unsigned bases;
	bool normed;
	struct match_value *value;	/* by field */
	struct match_text *text;	/* by field */
	uint32_t *memo;			/* by atom: epoch << 2 | answer */
	uint32_t *group;		/* by group: epoch when one of its atoms was found */
	uint32_t *marked;		/* by rule: epoch when it became a candidate */
	uint32_t *seen;			/* by text of the plan: epoch when it was found */
	size_t seen_cap;
	bool plain;			/* no plan is used: every rule is asked, every list walked */
	struct match_cost *cost;	/* by rule */
	bool timed;
	uint32_t *candidate;
	size_t candidates;
	struct pcre_room *pcre;
	struct arena arena;		/* of one event */
	struct buf nodes;		/* of values that have several */
	struct buf fold;
	struct buf line, decoded;	/* line.c */
	bool line_known, line_ascii;
	struct buf words;		/* all values folded, each behind a NUL: for keywords */
	bool has_words;
	bool looked;			/* fields_look was done for this event */
	struct plans *plans;
	size_t looking;			/* rules of the event's log source */
	struct match_source *source;	/* of the event */
	struct match_hit *hit;
	size_t hits;
	const struct sigma_rule **unsure;
	size_t unsures;
};

enum { NO = 0, YES = 1, UNSURE = 2 };

/* look.c */
void fields_look(struct match_room *);				/* start of an event */
struct match_value *field_value(struct match_room *, uint32_t field);
uint32_t field_node(const struct match_room *, const struct match_value *, uint32_t k);
void fields_norm(struct match_room *);				/* r->norm is of this event */
/* text.c: texts live as long as the event */
struct slice node_text(struct match_room *, uint32_t node);
struct slice fold_text(struct match_room *, struct slice);
/* line.c: the folded text of a value, if it is to be had cheaply */
bool line_text(struct match_room *, uint32_t node, struct slice *folded);
/* Text of the k-th node of a value; false: it is null. */
bool value_text(struct match_room *, const struct match_value *, uint32_t k, bool folded, struct slice *text);
bool pairs_may(struct match_room *, const struct match_value *, const uint16_t *bit, unsigned bits);
struct slice words_text(struct match_room *);			/* keywords: all values, folded */

/* twin.c */
bool twin_wins(int which);		/* over a member of the same name */
bool twin_look(struct match_room *, int which, struct match_value *);

/* atom.c */
int atom_ask(struct match_room *, uint32_t atom);
/* Place of an atom's match in the original text; false if it has none. */
bool atom_place(struct match_room *, uint32_t atom, struct slice *value, size_t *from, size_t *to);

int atom_ask_text(struct match_room *, const struct match_atom *, struct slice text);
void text_place(struct match_room *, const struct match_atom *, struct slice raw, struct slice text, size_t *from, size_t *to);

int keyword_ask(struct match_room *, const struct match_atom *);
bool keyword_place(struct match_room *, const struct match_atom *, struct slice *value, size_t *from, size_t *to);

bool glob_match(const struct match_set *, const struct match_atom *, struct slice text);
/* hold.c */
int node_ask(struct match_room *, const struct match_node *);

/* room.c */
void match_ready(struct match_room *);				/* fields_look, once an event */

static inline int
atom_known(const struct match_room *r, uint32_t atom)
{
	uint32_t m = r->memo[atom];

	return m >> 2 == r->epoch ? (int)(m & 3) : -1;
}

static inline void
atom_learn(struct match_room *r, uint32_t atom, int answer)
{
	r->memo[atom] = r->epoch << 2 | (uint32_t)answer;
}

#endif
