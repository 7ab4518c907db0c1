/* plan_run (private to the room): what the conversions of a plan say and where they put their texts. */
#ifndef IRPIPE_EVENT_PLAN_RUN_H
#define IRPIPE_EVENT_PLAN_RUN_H

#include "lib/event/plan_priv.h"

static inline bool
plan_unset(struct slice v)
{
	return v.n == 0 || (v.n == 1 && v.p[0] == '-') || (v.n == 6 && memcmp(v.p, "(null)", 6) == 0);
}

/* Fields are told in ascending order. */
static inline void
plan_answer(struct run *r, enum field f)
{
	unsigned bits = r->got.fields ? 64 - (unsigned)__builtin_clzll(r->got.fields) : 0;

	if (bits > 56)
		r->lost = true;
	else
		r->got.fields |= (uint64_t)(f + 1) << (bits + 7) / 8 * 8;
}
_Static_assert(FIELD_COUNT < 255, "plan_answer has eight bits for a field");

static inline void
plan_add(struct run *r, struct slice s)
{
	if (__builtin_expect(r->vals == VALS_MAX, 0)) {
		r->lost = true;
		return;
	}
	r->val[r->vals].p = s.p;
	r->val[r->vals].n = (uint32_t)s.n;
	r->val[r->vals++].items = 0;
}

static inline char *
plan_room(struct run *r, size_t n)
{
	r->used = true;
	return arena_alloc(&r->x.mem, n + SLACK);
}

/* The only field of an answer. */
static inline bool
plan_value(struct run *r, enum field f, struct slice s)
{
	if (plan_unset(s))
		return true;
	r->got.fields = (uint64_t)f + 1;
	plan_add(r, s);
	return true;
}

#endif
