/* tick: what has become due, each thing once. */
#include "cmd/escalate_act.h"

#include "lib/tool/embed.h"

#include <stdlib.h>

extern const struct embed builtin_clocks[];

struct tick {
	struct verb_context *v;
	struct roster roster;
	bool has_roster;
	struct clock_set clocks;
	struct json *json;
	struct buf ids;
	struct buf out;			/* records, told after the commit */
	uint64_t told;
};

static void
put_who(struct tick *k, struct json_out *o, const struct rung *r)
{
	jo_kopen(o, "to", '[');
	for (size_t n = 0; n < r->roles; n++)
		jo_text(o, r->role[n]);
	jo_close(o, ']');
	if (!k->has_roster)
		return;
	jo_kopen(o, "who", '[');
	for (size_t n = 0; n < r->roles; n++) {
		const struct slice *who;
		size_t persons = roster_duty(&k->roster, r->role[n], k->v->now, &who);

		for (size_t p = 0; p < persons; p++)
			jo_text(o, who[p]);
	}
	jo_close(o, ']');
}

/* A note that is told once: `kind` is its name in the timers. */
static void
tell(struct tick *k, const char *what, struct slice kind, int64_t due, const struct rung *r)
{
	struct incident *i = &k->v->d.incident;
	struct slice id = slice_of(i->id, sizeof i->id);
	struct fault f = {0};
	struct buf b = {0};
	struct json_out o;
	bool fresh;

	if (!store_timer(k->v->d.store, i->id, kind, due, &fresh, &f))
		desk_die(&k->v->d, &f);
	if (!fresh)
		return;
	o = json_out(&b);
	jo_open(&o, '{');
	act_put_stamp(&o, "@timestamp", (struct stamp){due, 0});
	jo_kopen(&o, "ir", '{');
	jo_ki64(&o, "v", 1);
	jo_kstr(&o, "kind", "note");
	jo_kstr(&o, "by", "ir-escalate");
	jo_kstr(&o, "what", what);
	jo_ktext(&o, "src", id);
	jo_ktext(&o, "timer", kind);
	act_put_stamp(&o, "due", (struct stamp){due, 0});
	jo_ktext(&o, "priority", slice_of((const char[]){'P', (char)('0' + i->priority)}, 2));
	if (r)
		put_who(k, &o, r);
	jo_close(&o, '}');
	buf_lit(&k->ids, "");
	buf_reset(&k->ids);
	incident_title(i, &k->ids);
	jo_ktext(&o, "message", buf_slice(&k->ids));
	jo_close(&o, '}');
	if (!store_audit(k->v->d.store, k->v->now, SLICE("ir-escalate"), slice_str(what), id, kind, &f)
	    || !store_timer_told(k->v->d.store, i->id, kind, 1, &f))
		desk_die(&k->v->d, &f);
	buf_slice_add(&k->out, buf_slice(&b));
	buf_byte(&k->out, '\n');
	buf_free(&b);
	k->told++;
}

static struct slice
named(struct buf *b, const char *head, uint64_t n, uint64_t m)
{
	buf_reset(b);
	buf_str(b, head);
	buf_byte(b, '/');
	buf_u64(b, n);
	if (m != UINT64_MAX) {
		buf_byte(b, '/');
		buf_u64(b, m);
	}
	return buf_slice(b);
}

/* Nobody answered: each rung in its time, five times at most. */
static void
climb(struct tick *k, struct stamp from, const char *head)
{
	const struct policy *p = k->v->d.policy;
	struct incident *i = &k->v->d.incident;
	int64_t repeat = p->timer[i->priority][TIMER_ACKNOWLEDGE];
	struct buf name = {0};

	for (size_t r = 0; r < p->rungs[i->priority]; r++)
		for (uint64_t n = 0; n < POLICY_REPEATS; n++) {
			int64_t due = from.s + p->rung[i->priority][r].after + (int64_t)n * (repeat > 0 ? repeat : 3600);

			if (due <= k->v->now.s)
				tell(k, "page", named(&name, head, r, n), due, &p->rung[i->priority][r]);
		}
	buf_free(&name);
}

/* What stands in a JSON object; empty if it is not there. */
static struct slice
member(struct tick *k, struct slice object, const char *name)
{
	struct fault f = {0};
	uint32_t v;

	if (!json_one(k->json, object, &f) || (v = json_get(k->json, 0, slice_str(name))) == JSON_NONE)
		return (struct slice){0};
	return json_type(k->json, v) == JSON_STRING ? json_inner(k->json, v) : json_raw(k->json, v);
}

static void
handovers(struct tick *k)
{
	struct slice rest, json;
	struct stamp due;
	struct buf head = {0};
	size_t at = 0;

	while (desk_each(&k->v->d.incident, "handover/", &at, &rest, &json)) {
		if (member(k, json, "acked").n || !stamp_read(member(k, json, "ack_due"), &due) || stamp_cmp(due, k->v->now) > 0)
			continue;
		buf_reset(&head);
		buf_lit(&head, "handover/");
		buf_slice_add(&head, rest);
		tell(k, "handover-unanswered", buf_slice(&head), due.s, NULL);
		climb(k, due, buf_cstr(&head));
	}
	buf_free(&head);
}

static void
one_task(struct tick *k, struct slice id, struct slice due_text)
{
	struct slice state = desk_get2(&k->v->d.incident, "task/", id);
	struct buf name = {0};
	struct stamp due;

	if (slice_has(state, SLICE("\"state\":\"done\"")) || slice_has(state, SLICE("\"state\":\"dropped\"")))
		return;
	if (!stamp_read(due_text, &due) || stamp_cmp(due, k->v->now) > 0)
		return;
	buf_lit(&name, "task/");
	buf_slice_add(&name, id);
	tell(k, "task-overdue", buf_slice(&name), due.s, NULL);
	buf_free(&name);
}

static void
tasks(struct tick *k)
{
	struct incident_more m = {0};
	struct json *j = json_new(&json_limits_stream);
	struct fault f = {0};

	desk_duties(&k->v->d, &m);
	if (m.tasks.n && json_one(j, m.tasks, &f))
		for (uint32_t n = json_first(j, 0); n != JSON_NONE; n = json_following(j, 0, n)) {
			uint32_t id = json_get(j, n, SLICE("id")), due = json_get(j, n, SLICE("due"));

			if (id != JSON_NONE && due != JSON_NONE)
				one_task(k, json_inner(j, id), json_inner(j, due));
		}
	json_free(j);
}

/* Acknowledge, triage, containment, resolved: what is past and not done. */
static void
levels(struct tick *k)
{
	static const enum incident_status until[] = {STATUS_TRIAGE, STATUS_IN_PROGRESS, STATUS_CONTAINED, STATUS_CLOSED};
	struct incident *i = &k->v->d.incident;
	struct buf name = {0};

	for (int t = 0; t <= TIMER_RESOLVED; t++) {
		bool met = i->status == STATUS_CLOSED || (i->status <= STATUS_CLOSED && i->status >= until[t])
		    || (t == TIMER_ACKNOWLEDGE && desk_get(i, "acknowledged").n)
		    || (t == TIMER_RESOLVED && i->status == STATUS_ON_HOLD);

		buf_reset(&name);
		buf_lit(&name, "breach/");
		buf_slice_add(&name, timer_name[t]);
		if (!met && i->due[t].s < k->v->now.s)
			tell(k, "sla-breach", buf_slice(&name), i->due[t].s, NULL);
	}
	buf_free(&name);
}

static void
clocks(struct tick *k)
{
	struct act_facts facts = {.i = &k->v->d.incident, .json = k->json};
	struct clock_facts get = {act_fact, &facts};
	struct buf name = {0};

	for (size_t l = 0; l < k->clocks.laws; l++)
		for (size_t n = 0; act_started(&k->clocks.law[l], facts.i) && n < k->clocks.law[l].steps; n++) {
			const struct clock_step *s = &k->clocks.law[l].step[n];
			struct stamp due = {0}, done = {0};

			if (clock_judge(&k->clocks.law[l], s, &get, k->v->now, &due, &done) != CLOCK_LATE)
				continue;
			buf_reset(&name);
			buf_lit(&name, "clock/");
			buf_slice_add(&name, k->clocks.law[l].id);
			buf_byte(&name, '/');
			buf_slice_add(&name, s->id);
			tell(k, "clock-late", buf_slice(&name), due.s, NULL);
		}
	buf_free(&name);
}

static void
updates(struct tick *k)
{
	struct incident *i = &k->v->d.incident;
	int64_t every = k->v->d.policy->timer[i->priority][TIMER_UPDATE];
	struct slice rest, json;
	struct stamp last = i->opened, at;
	struct buf name = {0};
	size_t walk = 0;

	while (desk_each(i, "note/", &walk, &rest, &json))
		if (stamp_read(member(k, json, "at"), &at) && stamp_cmp(at, last) > 0)
			last = at;
	if (every > 0 && desk_get(i, "acknowledged").n && last.s + every < k->v->now.s)
		tell(k, "update-due", named(&name, "update", (uint64_t)(last.s + every), UINT64_MAX), last.s + every, NULL);
	buf_free(&name);
}

static void
one_incident(struct tick *k, struct slice id)
{
	struct incident *i = &k->v->d.incident;
	struct fault f = {0};

	if (store_load(k->v->d.store, id, i, &f) != GOT)
		desk_die(&k->v->d, &f);
	if (i->status == STATUS_MERGED || stamp_cmp(i->opened, k->v->now) > 0)
		return;
	clocks(k);
	if (i->status == STATUS_CLOSED) {
		if (desk_get(i, "fact/review").n == 0 && i->priority <= 2 && i->due[TIMER_REVIEW].s < k->v->now.s)
			tell(k, "review-due", SLICE("review"), i->due[TIMER_REVIEW].s, NULL);
		return;
	}
	if (desk_get(i, "acknowledged").n == 0)
		climb(k, i->opened, "page");
	levels(k);
	handovers(k);
	tasks(k);
	updates(k);
	arena_reset(&k->v->d.mem);
}

static bool
collect(void *self, const struct store_cells *c)
{
	buf_slice_add(self, c->text[0]);
	return true;
}

static void
resend(struct tick *k)
{
	struct store *s = k->v->d.store;
	enum ir_kind kind;
	struct slice record;
	struct fault f = {0};
	enum store_get got;

	while ((got = store_send(s, &kind, &record, &f)) == GOT)
		act_put(k->v, record);
	if (got == GET_FAILED)
		desk_die(&k->v->d, &f);
}

int
verb_tick(int argc, char *argv[])
{
	static const struct tool_about about = {
		.name = "ir-escalate", .what = "tick: what has become due",
		    .usage = "tick --state FILE [--roster FILE] [--policy FILE]",
		.examples = {"ir-escalate tick --state case.db --roster roster.yaml",
		    "ir-escalate tick --now 2026-03-02T09:00:00Z --state case.db",
		    "ir-escalate tick --state case.db | ir-respond --execute"},
		.kinds = act_kinds, .takes = TAKES_STATE | TAKES_NOW, .own_input = true, .terminal_ok = true,
	};
	struct verb_context v = {0};
	struct tick k = {.v = &v, .json = json_new(&json_limits_stream)};
	struct buf all = {0};
	struct fault f = {0};

	if (!clock_read(builtin_clocks[0].bytes, &act_files, &k.clocks, &f))
		abort();
	act_options(&v, &about, argc, argv);
	k.has_roster = act_opt.roster.n > 0;
	if (k.has_roster)
		act_roster(&v.t, &k.roster);
	act_store(&v, STORE_ACT);
	if (!store_ask(v.d.store, ASK_INCIDENTS, (struct slice){0}, collect, &all, &f) || !store_begin(v.d.store, &f))
		desk_die(&v.d, &f);
	for (size_t at = 0; at + 32 <= all.n; at += 32)
		one_incident(&k, slice_of(all.p + at, 32));
	if (!store_commit(v.d.store, &f))
		desk_die(&v.d, &f);
	if (k.out.n)
		act_put(&v, slice_head(buf_slice(&k.out), k.out.n - 1));
	resend(&k);
	tool_say(&v.t, "%llu told", (unsigned long long)k.told);
	if (k.has_roster)
		roster_free(&k.roster);
	json_free(k.json);
	buf_free(&all);
	buf_free(&k.ids);
	buf_free(&k.out);
	arena_free(&act_files);
	return act_finish(&v);
}
