/* plan_run (private to the room): what the conversions of a plan say and where they put their texts. */
#ifndef IRPIPE_EVENT_PLAN_RUN_H
#define IRPIPE_EVENT_PLAN_RUN_H

#include "lib/base/num.h"
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

/* How plan_ask goes about a conversion. */
enum fast { IN_FULL, COPY, INTEGER, LOWERED, PROGRAM, HEXADECIMAL, IPV4, ACCOUNT_NAME, DIGESTS, DATE, TRANSPORT };

/* So many digits are below 2^63: a plain number stays as it is (event.c). */
static inline bool
plan_integer(struct run *r, enum field f, struct slice s)
{
	if (s.n == 0 || s.n > 16 || (s.p[0] == '0' && s.n > 1) || num_digits16(s.p) < s.n)
		return false;
	r->got.fields = (uint64_t)f + 1;
	plan_add(r, s);
	return true;
}

/* The commonest questions without a call. */
static inline void
plan_ask_here(struct run *r, const struct plan_step *s)
{
	r->got = (struct answer){0};
	if (s->fast == COPY && r->q->plain)
		(void)plan_value(r, (enum field)s->field, plan_slot(r, s));
	else if (s->fast != INTEGER || !plan_integer(r, (enum field)s->field, plan_slot(r, s)))
		plan_ask(r, s);
}

#endif
