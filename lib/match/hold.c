/* Conditions over atoms, in three values: what a limit left undecided is neither yes nor no (SECURITY.md section 1). */
#include "lib/match/room.h"

/* One value whose pairs are known, or no value: most questions end here. */
static inline bool
surely_not(const struct match_room *r, const struct match_node *n)
{
	const struct match_value *v;
	const struct match_text *t;

	if (!(n->kind & NODE_QUICK))
		return false;
	v = &r->value[n->n];
	if (v->epoch != r->epoch)
		return false;
	if (!v->found)
		return true;
	t = &r->text[n->n];
	if (v->cut || t->epoch != r->epoch || !t->has_pairs)
		return false;
	for (unsigned i = 0; i < n->bits; i++)
		if (t->seen[n->bit[i]] != t->tag)
			return true;
	return false;
}

/* The first kid that says `end` decides; else one that is not known; else the other answer.  Depth is bounded (set.c), so recursion is. */
static int
kids_ask(struct match_room *r, const struct match_node *n, int end)
{
	const struct match_node *kid = r->set->node + n->at;
	int answer = !end;

	for (uint32_t i = 0; i < n->n; i++) {
		int one;

		if ((kid[i].kind & NODE_KIND) == SIGMA_ATOM)
			one = surely_not(r, &kid[i]) ? NO : atom_ask(r, kid[i].at);
		else
			one = node_ask(r, &kid[i]);
		if (one == end)
			return end;
		if (one == UNSURE)
			answer = UNSURE;
	}
	return answer;
}

int
node_ask(struct match_room *r, const struct match_node *n)
{
	int one;

	switch (n->kind & NODE_KIND) {
	case SIGMA_ATOM:
		return atom_ask(r, n->at);
	case SIGMA_NOT:
		one = node_ask(r, r->set->node + n->at);
		return one == UNSURE ? UNSURE : !one;
	case SIGMA_ALL:
		return kids_ask(r, n, NO);
	case SIGMA_ANY:
		if ((n->kind & NODE_GROUP) && !r->plain)
			return r->group[node_group(n)] == r->epoch;
		return kids_ask(r, n, YES);
	default:
		return NO;
	}
}
