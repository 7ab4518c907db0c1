/* What others than the rules ask of an event. */
#include "lib/match/room.h"

/*
 * Of a rule whose log source is another's nothing was looked for, so its lists are walked.  Place 0 never holds.  Rules of a
 * pack have no tree.
 */
bool
match_holds(struct match_room *r, const struct sigma_rule *rule)
{
	bool plain = r->plain, yes;

	match_ready(r);
	r->plain = true;
	yes = node_ask(r, r->set->node + (rule->root ? rule->root->flat : r->set->root[rule->index])) == YES;
	r->plain = plain;
	return yes;
}

bool
match_wanted(struct match_room *r, size_t wanted, struct slice *text)
{
	const struct match_value *v;

	match_ready(r);
	v = field_value(r, r->set->wanted[wanted]);
	return v->found && v->nodes && value_text(r, v, 0, false, text);
}
