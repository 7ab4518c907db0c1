#include "lib/incident/policy.h"

#include "lib/base/num.h"
#include "lib/incident/desk.h"
#include "lib/port/yaml.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, BUSINESS_DAY = -1 };
#define ROLE(name) SLICE_INIT(name)

const struct policy policy_default = {
	.timer = {
		[1] = {5 * MINUTE, 15 * MINUTE, 30 * MINUTE, 4 * HOUR, 30 * MINUTE, DAY},
		[2] = {15 * MINUTE, 30 * MINUTE, HOUR, 8 * HOUR, HOUR, 2 * DAY},
		[3] = {HOUR, 2 * HOUR, 4 * HOUR, DAY, 4 * HOUR, 7 * DAY},
		[4] = {4 * HOUR, 8 * HOUR, BUSINESS_DAY, 3 * DAY, DAY, 30 * DAY},
	},
	.rung = {
		[1] = {{0, {ROLE("soc.t1")}, 1}, {5 * MINUTE, {ROLE("soc.t2"), ROLE("soc.lead")}, 2},
		    {15 * MINUTE, {ROLE("csirt.ic"), ROLE("ciso")}, 2}, {30 * MINUTE, {ROLE("legal"), ROLE("dpo"),
		        ROLE("comms")}, 3},
		    {60 * MINUTE, {ROLE("mgmt"), ROLE("soc.lead"), ROLE("csirt.ic"), ROLE("ciso")}, 4}},
		[2] = {{0, {ROLE("soc.t1")}, 1}, {15 * MINUTE, {ROLE("soc.t2")}, 1}, {30 * MINUTE, {ROLE("soc.lead")}, 1},
		    {120 * MINUTE, {ROLE("ciso")}, 1}},
		[3] = {{0, {ROLE("soc.t1")}, 1}, {240 * MINUTE, {ROLE("soc.t2")}, 1}},
		[4] = {{0, {ROLE("soc.t1")}, 1}, {480 * MINUTE, {ROLE("soc.t1")}, 1}},
	},
	.rungs = {0, 5, 4, 2, 2},
	.story = {.gap = 30 * MINUTE, .span = 7 * DAY, .near = DAY, .hub = 50},
};

static const char *const priority_key[5] = {"", "P1", "P2", "P3", "P4"};

struct stamp
policy_due(int64_t allowed, struct stamp at)
{
	int64_t day;

	if (allowed >= 0) {
		at.s += allowed;
		return at;
	}
	do {
		at.s += DAY;
		day = at.s / DAY - (at.s % DAY < 0);
		day = (day % 7 + 7) % 7;	/* 1970-01-01 was a Thursday: 2 is Saturday, 3 Sunday */
	} while (day == 2 || day == 3);
	return at;
}

static bool
known(const struct yaml *y, const char *const *words, struct fault *f)
{
	if (y->type != YAML_MAP)
		return yaml_fault(f, "a map is wanted", y);
	for (size_t k = 0; k < y->n; k++)
		if (!desk_word(words, y->key[k].text))
			return yaml_fault(f, "unknown key", &y->key[k]);
	return true;
}

static bool
duration(const struct yaml *y, int64_t *out, struct fault *f)
{
	if (y == NULL)
		return true;
	if (y->type == YAML_SCALAR && slice_eq(y->text, SLICE("business-day"))) {
		*out = BUSINESS_DAY;
		return true;
	}
	return (y->type == YAML_SCALAR && stamp_duration(y->text, out) && *out >= 0) || yaml_fault(f,
	    "a duration is wanted (5m, 12h, 7d)", y);
}

static bool
timers(const struct yaml *y, struct policy *p, struct fault *f)
{
	const char *name[TIMER_COUNT + 1] = {NULL};

	for (int k = 0; k < TIMER_COUNT; k++)
		name[k] = timer_name[k].p;
	if (!known(y, &priority_key[1], f))
		return false;
	for (int pr = 1; pr <= 4; pr++) {
		const struct yaml *row = yaml_get(y, priority_key[pr]);

		if (row && !known(row, name, f))
			return false;
		for (int k = 0; row && k < TIMER_COUNT; k++)
			if (!duration(yaml_get(row, name[k]), &p->timer[pr][k], f))
				return false;
	}
	return true;
}

static bool
one_rung(const struct yaml *y, struct rung *r, struct fault *f)
{
	static const char *const words[] = {"after", "to", NULL};
	const struct yaml *to;

	*r = (struct rung){.after = 0};
	if (!known(y, words, f) || !duration(yaml_get(y, "after"), &r->after, f))
		return false;
	to = yaml_get(y, "to");
	if (to == NULL || to->type != YAML_LIST || to->n == 0 || to->n > POLICY_ROLES)
		return yaml_fault(f, "to: a list of 1 to 8 roles is wanted", to ? to : y);
	for (size_t k = 0; k < to->n; k++) {
		if (!desk_word(desk_tiers, to->item[k].text))
			return yaml_fault(f, "no such role", &to->item[k]);
		r->role[r->roles++] = to->item[k].text;
	}
	return true;
}

static bool
ladder(const struct yaml *y, struct policy *p, struct fault *f)
{
	if (!known(y, &priority_key[1], f))
		return false;
	for (int pr = 1; pr <= 4; pr++) {
		const struct yaml *list = yaml_get(y, priority_key[pr]);

		if (list == NULL)
			continue;
		if (list->type != YAML_LIST || list->n > POLICY_RUNGS)
			return yaml_fault(f, "a list of at most 8 rungs is wanted", list);
		for (p->rungs[pr] = 0; p->rungs[pr] < list->n; p->rungs[pr]++)
			if (!one_rung(&list->item[p->rungs[pr]], &p->rung[pr][p->rungs[pr]], f))
				return false;
	}
	return true;
}

static bool
story(const struct yaml *y, struct policy *p, struct fault *f)
{
	static const char *const words[] = {"gap", "span", "near", "hub", NULL};
	const struct yaml *hub;
	uint64_t n = p->story.hub;

	if (!known(y, words, f) || !duration(yaml_get(y, "gap"), &p->story.gap, f) || !duration(yaml_get(y, "span"),
	    &p->story.span, f)
	    || !duration(yaml_get(y, "near"), &p->story.near, f))
		return false;
	hub = yaml_get(y, "hub");
	if (hub && (!num_u64(hub->text, &n) || n < 2 || n > 10000))
		return yaml_fault(f, "2 to 10,000 is wanted", hub);
	p->story.hub = (unsigned)n;
	return true;
}

static bool
read(const struct yaml *y, struct policy *p, struct fault *f)
{
	static const char *const words[] = {"irpolicy", "timers", "ladder", "story", "links", NULL};
	const struct yaml *v;

	if (!known(y, words, f))
		return false;
	v = yaml_get(y, "irpolicy");
	if (v == NULL || !slice_eq(v->text, SLICE("1")))
		return yaml_fault(f, "irpolicy: 1 is wanted", v ? v : y);
	if (((v = yaml_get(y, "timers")) && !timers(v, p, f)) || ((v = yaml_get(y, "ladder")) && !ladder(v, p, f))
	    || ((v = yaml_get(y, "story")) && !story(v, p, f)))
		return false;
	v = yaml_get(y, "links");
	return v == NULL || slice_eq(v->text, SLICE("apart"))
	    || yaml_fault(f, "linked stories stay apart here; a person merges them: apart is wanted", v);
}

bool
policy_read(struct slice text, struct arena *mem, struct policy *p, struct fault *f)
{
	struct yaml *y;
	size_t docs;

	*p = policy_default;
	if (!yaml_read(text, 1, mem, &y, &docs, f))
		return false;
	return docs == 1 ? read(y, p, f) : fault_set(f, "no document", 0);
}

static void
put_duration(struct buf *b, int64_t s)
{
	static const struct {
		int64_t s;
		char unit;
	} unit[] = {{DAY, 'd'}, {HOUR, 'h'}, {MINUTE, 'm'}, {1, 's'}};

	if (s < 0) {
		buf_lit(b, "business-day");
		return;
	}
	for (size_t k = 0; k < 4; k++)
		if (s % unit[k].s == 0 && (s || k == 2)) {
			buf_i64(b, s / unit[k].s);
			buf_byte(b, unit[k].unit);
			return;
		}
}

static void
put_rungs(const struct policy *p, int pr, struct buf *b)
{
	for (size_t k = 0; k < p->rungs[pr]; k++) {
		const struct rung *r = &p->rung[pr][k];

		buf_str(b, k ? ", {after: " : "{after: ");
		put_duration(b, r->after);
		buf_lit(b, ", to: [");
		for (size_t n = 0; n < r->roles; n++) {
			buf_str(b, n ? ", " : "");
			buf_slice_add(b, r->role[n]);
		}
		buf_lit(b, "]}");
	}
}

void
policy_write(const struct policy *p, struct buf *b)
{
	buf_lit(b, "irpolicy: 1\ntimers:\n");
	for (int pr = 1; pr <= 4; pr++) {
		buf_lit(b, "  ");
		buf_str(b, priority_key[pr]);
		for (int k = 0; k < TIMER_COUNT; k++) {
			buf_str(b, k ? ", " : ": {");
			buf_slice_add(b, timer_name[k]);
			buf_lit(b, ": ");
			put_duration(b, p->timer[pr][k]);
		}
		buf_lit(b, "}\n");
	}
	buf_lit(b, "ladder:\n");
	for (int pr = 1; pr <= 4; pr++) {
		buf_lit(b, "  ");
		buf_str(b, priority_key[pr]);
		buf_lit(b, ": [");
		put_rungs(p, pr, b);
		buf_lit(b, "]\n");
	}
	buf_lit(b, "story: {gap: ");
	put_duration(b, p->story.gap);
	buf_lit(b, ", span: ");
	put_duration(b, p->story.span);
	buf_lit(b, ", near: ");
	put_duration(b, p->story.near);
	buf_lit(b, ", hub: ");
	buf_u64(b, p->story.hub);
	buf_lit(b, "}\nlinks: ");
	buf_lit(b, "apart\n");
}
