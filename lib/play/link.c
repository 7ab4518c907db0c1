/*
 * The set of playbooks, and calls between them: each names one that is there, gives it its arguments, and none leads back
 * (RESPONSE.md section 6).
 */
#include "lib/play/plan.h"

#include <stdlib.h>

bool
play_add(struct play_set *s, const struct play *p, struct arena *mem)
{
	const struct play **v;
	size_t at = 0;

	while (at < s->n && slice_cmp(s->v[at]->id, p->id) < 0)
		at++;
	if (at < s->n && slice_eq(s->v[at]->id, p->id))
		return false;
	v = arena_zero(mem, (s->n + 1) * sizeof *v);
	for (size_t k = 0; k < s->n; k++)
		v[k + (k >= at)] = s->v[k];
	v[at] = p;
	s->v = v;
	s->n++;
	return true;
}

const struct play *
play_find(const struct play_set *s, struct slice id)
{
	for (size_t k = 0; k < s->n; k++)
		if (slice_eq(s->v[k]->id, id))
			return s->v[k];
	return NULL;
}

const struct play *
play_choose(const struct play_set *s, const struct incident *i)
{
	const struct play *best = NULL;
	unsigned most = 0;

	for (size_t k = 0; k < s->n; k++) {
		unsigned keys = cond_holds(&s->v[k]->trigger, i);

		if (keys > most) {
			most = keys;
			best = s->v[k];
		}
	}
	return best;
}

static bool
fault(const struct play_step *s, const char *what, struct slice near, struct fault *f)
{
	return fault_place(f, what, near, s->line, s->column);
}

static bool
arguments(const struct play_step *s, const struct play *to, struct fault *f)
{
	for (size_t k = 0; k < s->pairs; k++) {
		const struct play_var *v = play_var_find(to, s->pair[k].name);

		if (v == NULL || v->list)
			return fault_place(f, "the playbook has no such variable with one value", s->pair[k].name,
			    s->pair[k].line,
			    s->pair[k].column);
	}
	return true;
}

static bool
calls_of(const struct play_set *set, const struct play *p, struct fault *f)
{
	for (size_t k = 0; k < p->steps; k++) {
		struct play_step *s = &p->step[k];

		if (s->kind != PLAY_CALL)
			continue;
		s->callee = play_find(set, s->callee_id);
		if (s->callee == NULL)
			return fault(s, "no such playbook", s->callee_id, f);
		if (!arguments(s, s->callee, f))
			return false;
	}
	return true;
}

static size_t
number_of(const struct play_set *set, const struct play *p)
{
	size_t k = 0;

	while (set->v[k] != p)
		k++;
	return k;
}

/* One more than the deepest of those it calls; done when nothing grows.  A call that leads back grows without end. */
static bool
depths(const struct play_set *set, const struct play **at, struct fault *f)
{
	unsigned *deep = mem_zero(set->n + 1, sizeof *deep);
	bool grew = true, ok = true;

	while (grew && ok) {
		grew = false;
		for (size_t k = 0; ok && k < set->n; k++)
			for (size_t n = 0; ok && n < set->v[k]->steps; n++) {
				const struct play_step *s = &set->v[k]->step[n];
				unsigned want = s->kind == PLAY_CALL ? deep[number_of(set, s->callee)] + 1 : 0;

				if (want <= deep[k])
					continue;
				deep[k] = want;
				grew = true;
				*at = set->v[k];
				ok = want <= PLAY_DEPTH || fault(s, "calls lead back to themselves, or are more than 8 deep",
				    s->callee_id, f);
			}
	}
	free(deep);
	return ok;
}

bool
play_link(const struct play_set *set, const struct play **at, struct fault *f)
{
	for (size_t k = 0; k < set->n; k++) {
		*at = set->v[k];
		if (!calls_of(set, set->v[k], f))
			return false;
	}
	return depths(set, at, f);
}
