/* Verbs of time: duty (who answers now), clock (duties to report). */
#include "cmd/escalate_act.h"

#include "lib/incident/clock.h"
#include "lib/incident/roster.h"
#include "lib/tool/embed.h"
#include "lib/tool/text.h"

#include <stdlib.h>

extern const struct embed builtin_clocks[];
struct arena act_files;

void
act_roster(struct tool *t, struct roster *r)
{
	struct fault f = {0};
	struct slice bytes;
	char *path = mem_str(act_opt.roster);

	if (!tool_file(path, 1024 * 1024, &act_files, &bytes, &f) || !roster_read(bytes, &act_files, r, &f)) {
		tool_fault(t, act_opt.roster, &f);
		exit(2);
	}
	free(path);
}

void
act_put_stamp(struct json_out *o, const char *name, struct stamp at)
{
	char text[STAMP_LEN];

	stamp_put(text, at);
	jo_ktext(o, name, slice_of(text, sizeof text));
}

/* ---- duty ------------------------------------------------------------------------------------------------------------ */

struct proof {
	struct verb_context *v;
	struct slice role;
	uint64_t holes;
};

static void
hole(void *self, struct stamp from, struct stamp to)
{
	struct proof *p = self;
	struct buf b = {0};
	struct json_out o = json_out(&b);

	p->holes++;
	jo_open(&o, '{');
	jo_ktext(&o, "role", p->role);
	act_put_stamp(&o, "from", from);
	act_put_stamp(&o, "to", to);
	jo_ki64(&o, "minutes", (to.s - from.s + 59) / 60);
	jo_close(&o, '}');
	buf_byte(&b, '\n');
	act_print(p->v, buf_slice(&b));
	buf_free(&b);
}

static bool
wanted(const struct roster *r, size_t k)
{
	struct slice role = r->shift[k].role;

	if (act_opt.role.n && !slice_eq(act_opt.role, role))
		return false;
	for (size_t n = 0; n < k; n++)
		if (slice_eq(r->shift[n].role, role))
			return false;
	return true;
}

static struct stamp
option_time(struct tool *t, struct slice text, struct stamp otherwise)
{
	struct stamp at;
	struct buf b = {0};

	if (text.n == 0)
		return otherwise;
	buf_slice_add(&b, text);
	if (text.n == 10)
		buf_lit(&b, "T00:00:00Z");
	if (!stamp_rfc3339(buf_slice(&b), &at))
		tool_usage(t, "%.*s: not a moment", (int)text.n, text.p);
	buf_free(&b);
	return at;
}

static void
say_duty(struct verb_context *v, const struct roster *r, struct slice role)
{
	const struct slice *who;
	size_t n = roster_duty(r, role, v->now, &who);
	struct buf b = {0};
	struct json_out o = json_out(&b);

	jo_open(&o, '{');
	jo_ktext(&o, "role", role);
	act_put_stamp(&o, "at", v->now);
	jo_kopen(&o, "who", '[');
	for (size_t k = 0; k < n; k++) {
		const struct roster_person *p = roster_person(r, who[k]);

		jo_open(&o, '{');
		jo_ktext(&o, "id", who[k]);
		if (p && p->mail.n)
			jo_ktext(&o, "mail", p->mail);
		if (p && p->phone.n)
			jo_ktext(&o, "phone", p->phone);
		jo_close(&o, '}');
	}
	jo_close(&o, ']');
	jo_close(&o, '}');
	buf_byte(&b, '\n');
	act_print(v, buf_slice(&b));
	buf_free(&b);
	if (n == 0)
		tool_status(&v->t, 1);
}

static int
duty_end(struct verb_context *v, struct roster *r)
{
	roster_free(r);
	arena_free(&act_files);
	v->t.common.quiet++;
	return tool_end(&v->t);
}

static void
prove(struct verb_context *v, const struct roster *r, struct stamp from, struct stamp to)
{
	for (size_t k = 0; k < r->shifts; k++) {
		struct proof p = {.v = v, .role = r->shift[k].role};
		uint64_t n;

		if (!wanted(r, k))
			continue;
		n = roster_prove(r, p.role, from, to, hole, &p);
		tool_say(&v->t, "%.*s: %llu minutes, %llu hole%s", (int)p.role.n, p.role.p, (unsigned long long)n,
		    (unsigned long long)p.holes,
		    p.holes == 1 ? "" : "s");
		if (p.holes)
			tool_status(&v->t, 1);
	}
}

int
verb_duty(int argc, char *argv[])
{
	static const struct tool_about about = {
		.name = "ir-escalate", .what = "duty: who answers for a role",
		    .usage = "duty --roster FILE [--role TIER] [--prove --from T --until T]",
		.examples = {"ir-escalate duty --roster roster.yaml --role soc.t1",
		    "ir-escalate duty --roster roster.yaml --now 2026-03-29T01:30:00Z",
		    "ir-escalate duty --roster roster.yaml --prove --from 2026-01-01 --until 2027-01-01"},
		.kinds = act_kinds, .takes = TAKES_NOW, .own_input = true, .terminal_ok = true,
	};
	struct verb_context v = {0};
	struct roster r;
	struct stamp from, to;

	act_options(&v, &about, argc, argv);
	if (act_opt.roster.n == 0)
		tool_usage(&v.t, "--roster FILE is wanted");
	act_roster(&v.t, &r);
	from = option_time(&v.t, act_opt.from, v.now);
	to = option_time(&v.t, act_opt.valid, (struct stamp){from.s + 365 * 86400, 0});
	tool_cell(&v.t, &(struct cell_rights){0});
	if (act_opt.prove)
		prove(&v, &r, from, to);
	for (size_t k = 0; !act_opt.prove && k < r.shifts; k++)
		if (wanted(&r, k))
			say_duty(&v, &r, r.shift[k].role);
	return duty_end(&v, &r);
}

/* ---- clocks ---------------------------------------------------------------------------------------------------------- */

/* A fact's value is its moment; a value that is none counts at the moment of the act. */
bool
act_fact(void *self, struct slice name, struct stamp *at)
{
	struct act_facts *x = self;
	struct slice v = desk_get2(x->i, "fact/", name);
	struct fault f = {0};
	uint32_t value, when;

	if (v.n == 0 || !json_one(x->json, v, &f))
		return false;
	value = json_get(x->json, 0, SLICE("value"));
	when = json_get(x->json, 0, SLICE("at"));
	return (value != JSON_NONE && stamp_rfc3339(json_inner(x->json, value), at))
	    || (when != JSON_NONE && stamp_rfc3339(json_inner(x->json, when), at));
}

static void
put_clock(struct verb_context *v, const struct clock_law *l, const struct clock_step *s, enum clock_state state, struct stamp due,
    struct stamp done)
{
	struct buf b = {0};
	struct json_out o = json_out(&b);

	jo_open(&o, '{');
	jo_ktext(&o, "incident", slice_of(v->d.incident.id, sizeof v->d.incident.id));
	jo_ktext(&o, "clock", l->id);
	jo_ktext(&o, "step", s->id);
	act_put_stamp(&o, "due", due);
	jo_kstr(&o, "state", clock_state_name[state]);
	if (state >= CLOCK_DONE)
		act_put_stamp(&o, "submitted", done);
	else
		jo_ki64(&o, "seconds_left", due.s - v->now.s);
	jo_ktext(&o, "law", l->law);
	jo_close(&o, '}');
	buf_byte(&b, '\n');
	act_print(v, buf_slice(&b));
	buf_free(&b);
}

bool
act_started(const struct clock_law *l, const struct incident *i)
{
	static const char *const head[] = {"fact/aware.", "fact/material.", "fact/discovered.", "fact/classified.",
	    "fact/known."};

	for (size_t k = 0; k < sizeof head / sizeof *head; k++)
		if (desk_get2(i, head[k], l->id).n)
			return true;
	return false;
}

int
verb_clock(int argc, char *argv[])
{
	static const struct tool_about about = {
		.name = "ir-escalate", .what = "clock: duties to report and when they are due", .usage = "clock ID --state FILE",
		.examples = {"ir-escalate clock 1f2e --state case.db",
		    "ir-escalate fact 1f2e aware.gdpr=2026-03-02T08:00:00Z --state case.db",
		    "ir-escalate fact 1f2e submitted.gdpr.notification=2026-03-04T10:00:00Z --state case.db"},
		.kinds = act_kinds, .takes = TAKES_STATE | TAKES_NOW, .own_input = true, .terminal_ok = true,
	};
	struct verb_context v = {0};
	struct clock_set set;
	struct act_facts facts = {.json = json_new(&json_limits_stream)};
	struct clock_facts get = {act_fact, &facts};
	struct fault f = {0};

	if (!clock_read(builtin_clocks[0].bytes, &act_files, &set, &f))
		abort();
	act_begin(&v, &about, argc, argv, STORE_READ);
	if (v.t.args.n != 1)
		tool_usage(&v.t, "an incident's id is wanted");
	act_find(&v, v.t.args.v[0]);
	facts.i = &v.d.incident;
	for (size_t k = 0; k < set.laws; k++)
		for (size_t n = 0; act_started(&set.law[k], facts.i) && n < set.law[k].steps; n++) {
			struct stamp due = {0}, done = {0};
			enum clock_state state = clock_judge(&set.law[k], &set.law[k].step[n], &get, v.now, &due, &done);

			if (state != CLOCK_OFF)
				put_clock(&v, &set.law[k], &set.law[k].step[n], state, due, done);
			if (state == CLOCK_LATE)
				tool_status(&v.t, 1);
		}
	json_free(facts.json);
	arena_free(&act_files);
	return act_finish(&v);
}
