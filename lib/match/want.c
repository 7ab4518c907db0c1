/* What others than the rules ask of an event. */
#include "lib/match/priv.h"

bool
match_holds(struct match_room *r, const struct sigma_rule *rule)
{
	match_ready(r);
	return node_holds(r, rule->root);
}

bool
match_wanted(struct match_room *r, size_t wanted, struct slice *text)
{
	const struct match_value *v;

	match_ready(r);
	v = field_value(r, r->set->wanted[wanted]);
	return v->found && v->nodes && value_text(r, v, 0, true, text);
}
