/* noise: how often each rule was wrong.  whatif: what another policy or other playbooks would have made of the same alerts. */
#include "cmd/escalate_act.h"

#include "lib/base/in.h"
#include "lib/port/digest.h"

#include <stdlib.h>

/*
 * ---- noise
 * --------------------------------------------------------------------------------------------------------------------
 */

struct rule_count {
	struct slice id, name;
	uint64_t findings, false_positive, true_positive;
};
struct noise {
	struct verb_context *v;
	struct map by_rule;
	struct arena mem;
	struct buf ids;
};

static bool
collect(void *self, const struct store_cells *c)
{
	buf_slice_add(self, c->text[0]);
	return true;
}

static void
count(struct noise *n, const struct incident *i, const struct finding *x)
{
	struct slice verdict = desk_get2(i, "verdict/", x->rule);
	struct map_row *row;
	struct rule_count *r;
	bool made;

	if (verdict.n == 0)
		verdict = desk_get(i, "verdict");
	row = map_put(&n->by_rule, x->rule, &made);
	if (made) {
		r = arena_zero(&n->mem, sizeof *r);
		r->id = row->key;
		r->name = arena_slice(&n->mem, x->name);
		row->v.p = r;
	}
	r = row->v.p;
	r->findings++;
	r->false_positive += slice_has(verdict, SLICE("\"verdict\":\"false_positive\""));
	r->true_positive += slice_has(verdict, SLICE("\"verdict\":\"true_positive\""));
}

static void
put_rule(struct noise *n, const struct rule_count *r)
{
	uint64_t decided = r->false_positive + r->true_positive;
	struct buf b = {0};
	struct json_out o = json_out(&b);

	jo_open(&o, '{');
	jo_ktext(&o, "rule", r->id);
	jo_ktext(&o, "name", r->name);
	jo_ku64(&o, "findings", r->findings);
	jo_ku64(&o, "false_positives", r->false_positive);
	jo_ku64(&o, "true_positives", r->true_positive);
	jo_ku64(&o, "undecided", r->findings - decided);
	jo_key(&o, SLICE("ratio"));
	if (decided)
		jo_f64(&o, (double)r->false_positive / (double)decided);
	else
		jo_null(&o);
	jo_kstr(&o, "state", decided < 10 ? "too-few" : 4 * r->false_positive > decided ? "noisy" : "good");
	jo_close(&o, '}');
	buf_byte(&b, '\n');
	act_print(n->v, buf_slice(&b));
	buf_free(&b);
}

static int
by_id(const void *a, const void *b)
{
	const struct rule_count *x = *(struct rule_count *const *)a, *y = *(struct rule_count *const *)b;

	return slice_cmp(x->id, y->id);
}

int
verb_noise(int argc, char *argv[])
{
	static const struct tool_about about = ACT_ABOUT("noise: how often each rule was wrong", "noise --state FILE",
	    "ir-escalate noise --state case.db", NULL, NULL);
	struct verb_context v = {0};
	struct noise n = {.v = &v};
	struct rule_count **sorted;
	struct fault f = {0};

	act_begin(&v, &about, argc, argv, STORE_READ);
	if (!store_ask(v.d.store, ASK_INCIDENTS, (struct slice){0}, collect, &n.ids, &f))
		desk_die(&v.d, &f);
	for (size_t at = 0; at + 32 <= n.ids.n; at += 32) {
		if (store_load(v.d.store, slice_of(n.ids.p + at, 32), &v.d.incident, &f) != GOT)
			desk_die(&v.d, &f);
		for (size_t k = 0; v.d.incident.status != STATUS_MERGED && k < v.d.incident.findings; k++)
			count(&n, &v.d.incident, &v.d.incident.finding[k]);
	}
	sorted = mem_zero(n.by_rule.n + 1, sizeof *sorted);
	for (size_t k = 0; k < n.by_rule.n; k++)
		sorted[k] = n.by_rule.row[k].v.p;
	qsort(sorted, n.by_rule.n, sizeof *sorted, by_id);
	for (size_t k = 0; k < n.by_rule.n; k++)
		put_rule(&n, sorted[k]);
	free(sorted);
	map_free(&n.by_rule);
	arena_free(&n.mem);
	buf_free(&n.ids);
	return act_finish(&v);
}

/*
 * ---- whatif
 * -------------------------------------------------------------------------------------------------------------------
 */

static struct slice base_file, new_file;
static struct opt_list base_plays, new_plays;
static const struct opt whatif_options[] = {
	{0, "base", "FILE", "the policy as it is (default: the built-in one)", OPT_TEXT, &base_file, "file"},
	{0, "new", "FILE", "the policy as it would be (default: the built-in one)", OPT_TEXT, &new_file, "file"},
	{0, "base-playbooks", "DIR", "the playbooks as they are", OPT_LIST, &base_plays, "dir"},
	{0, "new-playbooks", "DIR", "the playbooks as they would be", OPT_LIST, &new_plays, "dir"},
	{0},
};

struct side {
	struct desk d;
	struct policy policy;
	struct map told;		/* incident -> JSON of what counts */
	struct arena mem;
};

static void
policy_of(struct tool *t, struct slice name, struct side *s)
{
	struct fault f = {0};
	struct slice bytes;
	char *path;

	s->policy = policy_default;
	if (name.n == 0)
		return;
	path = mem_str(name);
	if (!tool_file(path, 1024 * 1024, &s->mem, &bytes, &f) || !policy_read(bytes, &s->mem, &s->policy, &f)) {
		tool_fault(t, name, &f);
		exit(2);
	}
	free(path);
}

static void
begin(struct tool *t, struct side *s, struct slice policy, const struct opt_list *plays)
{
	struct fault f = {0};
	bool busy;

	s->d.t = t;
	policy_of(t, policy, s);
	s->d.policy = &s->policy;
	plays_load(t, &s->d.plays, plays, true);
	if ((s->d.store = store_open(NULL, STORE_FILTER, &busy, &f)) == NULL)
		desk_die(&s->d, &f);
	s->d.story = story_new(s->d.store, &s->policy.story);
	s->d.json = json_new(&json_limits_stream);
}

/* What counts of an incident: another value is a difference. */
static void
summary(struct side *s, struct buf *b)
{
	struct incident *i = &s->d.incident;
	const struct play *p = play_choose(&s->d.plays.set, i);
	struct json_out o = json_out(b);
	size_t actions = 0;
	struct slice per;
	struct plan plan;

	for (size_t k = 0; p && plan_per(p, i, k, &per); k++) {
		plan_make(p, i, per, i->last, &s->d.mem, &plan);
		for (size_t n = 0; n < plan.steps; n++)
			actions += plan.step[n].step->action != NULL;
	}
	jo_open(&o, '{');
	jo_ktext(&o, "key", i->value);
	jo_ktext(&o, "priority", slice_of((const char[]){'P', (char)('0' + i->priority)}, 2));
	jo_ku64(&o, "alerts", i->total);
	jo_ktext(&o, "playbook", p ? p->id : SLICE(""));
	jo_ku64(&o, "actions", actions);
	jo_kopen(&o, "due", '[');
	for (int k = 0; k <= TIMER_RESOLVED; k++) {
		char at[STAMP_LEN];

		stamp_put(at, i->due[k]);
		jo_text(&o, slice_of(at, sizeof at));
	}
	jo_close(&o, ']');
	jo_close(&o, '}');
}

static void
decide(struct side *s)
{
	struct buf ids = {0}, b = {0};
	struct fault f = {0};

	incident_policy(&s->policy);
	if (!story_settle(s->d.story, NULL, NULL, &f) || !store_ask(s->d.store, ASK_INCIDENTS, (struct slice){0}, collect,
	    &ids, &f))
		desk_die(&s->d, &f);
	for (size_t at = 0; at + 32 <= ids.n; at += 32) {
		struct slice *v = arena_alloc(&s->mem, sizeof *v);

		if (store_load(s->d.store, slice_of(ids.p + at, 32), &s->d.incident, &f) != GOT)
			desk_die(&s->d, &f);
		arena_reset(&s->d.mem);
		buf_reset(&b);
		summary(s, &b);
		*v = arena_slice(&s->mem, buf_slice(&b));
		map_put(&s->told, slice_of(ids.p + at, 32), NULL)->v.p = v;
	}
	buf_free(&ids);
	buf_free(&b);
}

static void
finish(struct side *s)
{
	struct fault f = {0};

	story_free(s->d.story);
	if (!store_close(s->d.store, &f))
		desk_die(&s->d, &f);
	json_free(s->d.json);
	incident_free(&s->d.incident);
	arena_free(&s->d.mem);
	arena_free(&s->d.plays.mem);
	arena_free(&s->mem);
	map_free(&s->told);
}

struct compare {
	struct side base, new;
	struct cue_paths *paths;
	struct cue alert;
};

static void
both(void *shared, const struct record *r, struct emit *e)
{
	struct compare *c = shared;
	const char *reason = NULL;
	struct fault f = {0};

	if ((r->kind != KIND_ALERT && r->kind != KIND_EVENT) || !cue_take(c->paths, r, emit_arena(e), &c->alert, &reason)) {
		emit_unmatched(e, r);
		return;
	}
	if (store_alert(c->base.d.store, &c->alert, &f) == PUT_FAILED || store_alert(c->new.d.store, &c->alert, &f) == PUT_FAILED)
		desk_die(&c->base.d, &f);
	emit_unmatched(e, r);
}

static void
difference(struct tool *t, struct slice id, const char *what, struct slice base, struct slice new)
{
	struct buf b = {0};
	struct json_out o = json_out(&b);

	jo_open(&o, '{');
	jo_ktext(&o, "incident", id);
	jo_kstr(&o, "what", what);
	jo_kraw(&o, "base", base.n ? base : SLICE("null"));
	jo_kraw(&o, "new", new.n ? new : SLICE("null"));
	jo_close(&o, '}');
	buf_byte(&b, '\n');
	if (!out_add(&t->out, buf_slice(&b)))
		tool_die(t, t->out.error, "cannot write the output");
	buf_free(&b);
}

static void
differences(struct tool *t, struct compare *c)
{
	for (size_t k = 0; k < c->base.told.n; k++) {
		struct map_row *a = &c->base.told.row[k], *b = map_get(&c->new.told, a->key);
		struct slice x = *(struct slice *)a->v.p, y = b ? *(struct slice *)b->v.p : (struct slice){0};

		if (b == NULL)
			difference(t, a->key, "gone", x, y);
		else if (!slice_eq(x, y))
			difference(t, a->key, "changed", x, y);
	}
	for (size_t k = 0; k < c->new.told.n; k++) {
		struct map_row *b = &c->new.told.row[k];

		if (map_get(&c->base.told, b->key) == NULL)
			difference(t, b->key, "new", (struct slice){0}, *(struct slice *)b->v.p);
	}
}

int
verb_whatif(int argc, char *argv[])
{
	static const struct tool_about about = {
		.name = "ir-escalate", .what = "whatif: another policy over the same alerts",
		    .usage = "whatif [--base FILE] [--new FILE] [FILE...]",
		.examples = {"ir-escalate whatif --new policy.yaml < alerts.ndjson",
		    "ir-escalate whatif --base old.yaml --new new.yaml history/*.ndjson",
		        "ir-escalate whatif --new-playbooks mine/ < alerts.ndjson"},
		.kinds = act_kinds,
	};
	static struct compare c;
	static const struct stage stage = {.record = both, .shared = &c, .serial = true, .quiet = true};
	struct tool t;

	tool_begin(&t, &about, whatif_options, argc, argv);
	if (!digest_start())
		tool_die(&t, 0, "SHA-256 is not to be had");
	begin(&t, &c.base, base_file, &base_plays);
	begin(&t, &c.new, new_file, &new_plays);
	c.paths = cue_paths_new();
	tool_cell(&t, &(struct cell_rights){0});
	tool_each(&t, &stage);
	decide(&c.base);
	decide(&c.new);
	differences(&t, &c);
	finish(&c.base);
	finish(&c.new);
	cue_paths_free(c.paths);
	t.common.quiet++;
	return tool_end(&t);
}
