/* drill: a scenario in virtual time: recorded alerts, answers at their moments, what is expected until when; scored. */
#include "cmd/escalate_drill.h"

#include "lib/base/num.h"
#include "lib/port/digest.h"
#include "lib/port/yaml.h"

#include <stdlib.h>

enum { DRILL_ROWS = 1000 };

static struct opt_list from;
static bool markdown;
static const struct opt options[] = {
	{'p', "playbooks", "DIR", "playbooks and actions of this folder instead of those compiled in", OPT_LIST, &from, "dir"},
	{0, "markdown", NULL, "the training report for people instead of JSON", OPT_FLAG, &markdown, NULL},
	{0},
};


_Noreturn static void
wrong(struct drill *d, const char *what, const struct yaml *at)
{
	struct fault f = {0};

	if (!yaml_fault(&f, what, at))
		tool_fault(&d->v.t, d->file, &f);
	exit(2);
}

struct slice
drill_text(const struct yaml *y, const char *key)
{
	const struct yaml *v = yaml_get(y, key);

	return v && v->type == YAML_SCALAR ? v->text : (struct slice){0};
}

static const struct yaml *
rows(struct drill *d, const char *key)
{
	const struct yaml *v = yaml_get(d->y, key);

	if (v == NULL || v->type != YAML_LIST || v->n == 0 || v->n > DRILL_ROWS)
		wrong(d, "alerts, answers and expect: lists of 1 to 1,000 rows are wanted", v ? v : d->y);
	return v;
}

static struct stamp
moment(struct drill *d, const struct yaml *row)
{
	struct slice at = drill_text(row, "at");
	int64_t after = 0;

	if (at.n == 0 || !stamp_duration(at, &after))
		wrong(d, "at: a time since the begin is wanted (5m)", row);
	return (struct stamp){d->start.s + after, 0};
}

/*
 * ---- alerts
 * ---------------------------------------------------------------------------------------------------------------------
 */

static void
list(struct drill *d, const struct yaml *row, const char *key, struct slice *out, size_t *n)
{
	const struct yaml *v = yaml_get(row, key);

	for (size_t k = 0; v && v->type == YAML_LIST && k < v->n && *n < CUE_WORDS; k++)
		out[(*n)++] = v->item[k].text;
	if (v && v->type == YAML_SCALAR)
		out[(*n)++] = v->text;
	(void)d;
}

static void
entity(struct cue *a, enum entity_type type, struct slice value)
{
	if (value.n && value.n <= CUE_VALUE_MAX && a->entities < CUE_VALUES)
		a->entity[a->entities++] = (struct cue_entity){type, value};
}

static void
one_alert(struct drill *d, const struct yaml *row, size_t number)
{
	static const char *const known[] = {"at", "level", "host", "user", "ip", "domain", "hash", "file", "technique",
	    "tactic", "rule", "name",
	    NULL};
	struct cue *a = arena_zero(&d->mem, sizeof *a);
	struct fault f = {0};
	char hex[32];
	struct buf id = {0};
	struct slice name;

	if (row->type != YAML_MAP)
		wrong(d, "an alert is a map", row);
	for (size_t k = 0; k < row->n; k++)
		if (!desk_word(known, row->key[k].text))
			wrong(d, "unknown key", &row->key[k]);
	a->at = moment(d, row);
	a->level = severity_by_name(drill_text(row, "level"));
	a->rule = drill_text(row, "rule");
	a->rule_name = drill_text(row, "name").n ? drill_text(row, "name") : a->rule;
	a->tlp = TLP_AMBER;
	a->pap = PAP_GREEN;
	if (a->level == 0 || a->rule.n == 0)
		wrong(d, "an alert has a level and a rule", row);
	list(d, row, "technique", a->technique, &a->techniques);
	list(d, row, "tactic", a->tactic, &a->tactics);
	for (enum entity_type t = 0; t < ENTITY_PROCESS; t++) {
		struct buf key = {0};

		buf_slice_add(&key, entity_name[t]);
		entity(a, t, drill_text(row, buf_cstr(&key)));
		buf_free(&key);
	}
	a->key = drill_text(row, "host").n ? KEY_HOST : drill_text(row, "user").n ? KEY_USER : KEY_RULE;
	a->value = a->key == KEY_HOST ? drill_text(row, "host") : a->key == KEY_USER ? drill_text(row, "user") : a->rule;
	buf_u64(&id, number);
	name = buf_slice(&id);
	alert_id(a->rule, &name, 1, hex);
	a->id = arena_slice(&d->mem, slice_of(hex, sizeof hex));
	if (store_alert(d->v.d.store, a, &f) != PUT_NEW)
		desk_die(&d->v.d, &f);
	buf_free(&id);
}

static bool
collect(void *self, const struct store_cells *c)
{
	buf_slice_add(self, c->text[0]);
	return true;
}

/* The gravest incident is the one that is drilled. */
static void
tell_stories(struct drill *d)
{
	struct desk *k = &d->v.d;
	struct buf ids = {0};
	struct fault f = {0};
	char best[32] = {0};
	int priority = 9;

	k->story = story_new(k->store, &k->policy->story);
	if (!story_settle(k->story, NULL, NULL, &f) || !store_ask(k->store, ASK_INCIDENTS, (struct slice){0}, collect, &ids, &f))
		desk_die(k, &f);
	for (size_t at = 0; at + 32 <= ids.n; at += 32) {
		if (store_load(k->store, slice_of(ids.p + at, 32), &k->incident, &f) != GOT)
			desk_die(k, &f);
		if (k->incident.priority < priority) {
			priority = k->incident.priority;
			memcpy(best, ids.p + at, 32);
		}
	}
	if (store_load(k->store, slice_of(best, sizeof best), &k->incident, &f) != GOT)
		desk_die(k, &f);
	story_free(k->story);
	buf_free(&ids);
}

static void
make_plan(struct drill *d)
{
	struct desk *k = &d->v.d;
	struct incident_more m = {0};
	struct slice per;

	d->play = play_choose(&k->plays.set, &k->incident);
	if (d->play == NULL)
		return;
	desk_plan(k, &m);
	if (plan_per(d->play, &k->incident, 0, &per))
		plan_make(d->play, &k->incident, per, k->incident.last, &d->mem, &d->plan);
}

/*
 * ---- answers
 * ----------------------------------------------------------------------------------------------------------------------
 */

static void
stamped(struct buf *b, struct drill *d, const char *name, struct slice value)
{
	struct json_out o = act_body(&d->v, b);

	jo_ktext(&o, name, value);
	jo_close(&o, '}');
}

static void
put(struct drill *d, const char *head, struct slice name, const char *member, struct slice value)
{
	struct buf key = {0}, json = {0};

	buf_str(&key, head);
	buf_slice_add(&key, name);
	stamped(&json, d, member, value);
	act_set_json(&d->v, buf_slice(&key), buf_slice(&json));
	buf_free(&key);
	buf_free(&json);
}

static bool
passes(struct drill *d, enum incident_status to)
{
	struct gate g[GATES_MAX];
	struct fault f = {0};
	bool failed;
	size_t n = gate_check(d->v.d.store, &d->v.d.incident, to, &d->v.d.mem, g, &f, &failed);

	if (failed)
		desk_die(&d->v.d, &f);
	d->refused += n > 0;
	return n == 0;
}

static void
set_status(struct drill *d, const struct yaml *row, struct slice word)
{
	int to = 0;

	while (to < STATUS_COUNT && !slice_eq(status_name[to], word))
		to++;
	if (to == STATUS_COUNT)
		wrong(d, "no such status", row);
	if (!passes(d, (enum incident_status)to))
		return;
	d->v.d.incident.status = (enum incident_status)to;
	put(d, "drill/status/", word, "value", word);
}

static void
one_answer(struct drill *d, const struct yaml *row)
{
	const struct yaml *v;

	d->v.now = moment(d, row);
	d->v.who = drill_text(row, "by").n ? drill_text(row, "by") : SLICE("somebody");
	for (size_t k = 0; k < row->n; k++) {
		struct slice key = row->key[k].text, value = row->item[k].text;

		v = &row->item[k];
		if (slice_eq(key, SLICE("ack")))
			put(d, "acknowledged", (struct slice){0}, "value", SLICE("true"));
		else if (slice_eq(key, SLICE("task")))
			put(d, "task/", value, "state", SLICE("done"));
		else if (slice_eq(key, SLICE("status")))
			set_status(d, v, value);
		else if (slice_eq(key, SLICE("verdict")))
			put(d, "verdict", (struct slice){0}, "verdict", value);
		else if (slice_eq(key, SLICE("root_cause")))
			act_set(&d->v, "root_cause", value);
		else if (slice_eq(key, SLICE("evidence")))
			act_set(&d->v, "evidence", value);
		else if (slice_eq(key, SLICE("fact")) && v->type == YAML_MAP)
			for (size_t n = 0; n < v->n; n++)
				put(d, "fact/", v->key[n].text, "value", v->item[n].text);
		else if (!slice_eq(key, SLICE("at")) && !slice_eq(key, SLICE("by")))
			wrong(d, "unknown key", &row->key[k]);
	}
	incident_judge(&d->v.d.incident);
}

/*
 * ---- scoring
 * ------------------------------------------------------------------------------------------------------------------------
 */

/* The moment of a value that people set; false: it is not there. */
bool
drill_when(struct drill *d, const char *head, struct slice name, struct stamp *at)
{
	struct slice json = desk_get2(&d->v.d.incident, head, name);
	struct fault f = {0};
	uint32_t v;

	if (json.n == 0 || !json_one(d->v.d.json, json, &f) || (v = json_get(d->v.d.json, 0, SLICE("at"))) == JSON_NONE)
		return false;
	return stamp_read(json_inner(d->v.d.json, v), at);
}

static bool
planned(const struct drill *d, struct slice name)
{
	for (size_t k = 0; k < d->plan.steps; k++)
		if (slice_eq(d->plan.step[k].name, name) || slice_eq(d->plan.step[k].id, name))
			return true;
	return false;
}

static bool
met(struct drill *d, const struct yaml *row, struct slice what, struct slice is, struct stamp *at)
{
	int64_t within = INT64_MAX;
	struct slice limit = drill_text(row, "within");
	bool yes;

	if (limit.n && !stamp_duration(limit, &within))
		wrong(d, "within: a duration is wanted", row);
	*at = d->start;
	if (slice_eq(what, SLICE("playbook")))
		return d->play && slice_eq(d->play->id, is);
	if (slice_eq(what, SLICE("action")))
		return planned(d, is);
	if (slice_eq(what, SLICE("priority")))
		return is.n == 2 && is.p[1] == '0' + d->v.d.incident.priority;
	if (slice_eq(what, SLICE("ack")))
		yes = drill_when(d, "acknowledged", (struct slice){0}, at);
	else if (slice_eq(what, SLICE("task")))
		yes = drill_when(d, "task/", is, at);
	else if (slice_eq(what, SLICE("status")))
		yes = drill_when(d, "drill/status/", is, at);
	else if (slice_eq(what, SLICE("verdict")))
		yes = drill_when(d, "verdict", (struct slice){0}, at) && slice_has(desk_get(&d->v.d.incident, "verdict"), is);
	else if (slice_eq(what, SLICE("fact")))
		yes = drill_when(d, "fact/", is, at);
	else
		wrong(d, "expect: playbook action priority ack task status verdict fact", row);
	return yes && (limit.n == 0 || at->s - d->start.s <= within);
}

static void
one_row(struct drill *d, const struct yaml *row)
{
	struct slice what = drill_text(row, "what"), is = drill_text(row, "is");
	struct stamp at;
	uint64_t points = 1;
	bool yes;

	if (drill_text(row, "points").n && !num_u64(drill_text(row, "points"), &points))
		wrong(d, "points: a number is wanted", row);
	yes = met(d, row, what, is, &at);
	d->of += points;
	d->points += yes ? points : 0;
	jo_open(&d->o, '{');
	jo_ktext(&d->o, "what", what);
	if (is.n)
		jo_ktext(&d->o, "is", is);
	if (drill_text(row, "within").n)
		jo_ktext(&d->o, "within", drill_text(row, "within"));
	jo_kbool(&d->o, "met", yes);
	if (at.s > d->start.s)
		jo_ki64(&d->o, "after_s", at.s - d->start.s);
	jo_ku64(&d->o, "points", yes ? points : 0);
	jo_ku64(&d->o, "of", points);
	jo_close(&d->o, '}');
	buf_str(&d->report, yes ? "- met: " : "- **missed**: ");
	buf_slice_add(&d->report, what);
	buf_byte(&d->report, ' ');
	buf_harmless(&d->report, is);
	if (drill_text(row, "within").n) {
		buf_lit(&d->report, ", within ");
		buf_slice_add(&d->report, drill_text(row, "within"));
	}
	if (at.s > d->start.s) {
		buf_lit(&d->report, " (after ");
		buf_i64(&d->report, (at.s - d->start.s) / 60);
		buf_lit(&d->report, " min)");
	}
	buf_byte(&d->report, '\n');
}

static void
load(struct drill *d)
{
	static const char *const known[] = {"irdrill", "id", "title", "start", "alerts", "answers", "expect", NULL};
	struct fault f = {0};
	struct slice bytes;
	struct yaml *y;
	size_t docs;
	char *path = mem_str(d->file);

	if (!tool_file(path, 1024 * 1024, &d->mem, &bytes, &f) || !yaml_read(bytes, 1, &d->mem, &y, &docs, &f)) {
		tool_fault(&d->v.t, d->file, &f);
		exit(2);
	}
	free(path);
	d->y = y;
	if (docs != 1 || y->type != YAML_MAP || !slice_eq(drill_text(y, "irdrill"), SLICE("1")))
		wrong(d, "irdrill: 1 is wanted", y);
	for (size_t k = 0; k < y->n; k++)
		if (!desk_word(known, y->key[k].text))
			wrong(d, "unknown key", &y->key[k]);
	if (!stamp_rfc3339(drill_text(y, "start").n ? drill_text(y, "start") : SLICE("2026-03-02T08:00:00Z"), &d->start))
		wrong(d, "start: a moment is wanted", y);
}

static void
play(struct drill *d)
{
	const struct yaml *alerts = rows(d, "alerts"), *answers = rows(d, "answers"), *expect = rows(d, "expect");

	for (size_t k = 0; k < alerts->n; k++)
		one_alert(d, &alerts->item[k], k);
	tell_stories(d);
	make_plan(d);
	for (size_t k = 0; k < answers->n; k++) {
		if (k && stamp_cmp(moment(d, &answers->item[k]), moment(d, &answers->item[k - 1])) < 0)
			wrong(d, "answers stand in the order of their times", &answers->item[k]);
		one_answer(d, &answers->item[k]);
	}
	d->o = json_out(&d->rows);
	jo_open(&d->o, '[');
	for (size_t k = 0; k < expect->n; k++)
		one_row(d, &expect->item[k]);
	jo_close(&d->o, ']');
}

int
verb_drill(int argc, char *argv[])
{
	static const struct tool_about about = {
		.name = "ir-escalate", .what = "drill: a scenario in virtual time, scored",
		    .usage = "drill SCENARIO [--markdown]",
		.examples = {"ir-escalate drill playbooks/drills/phishing.yaml",
		    "ir-escalate drill my.yaml --markdown > training.md", NULL},
		.kinds = act_kinds, .own_input = true, .terminal_ok = true,
	};
	struct drill d = {.start = {0}};
	struct desk *k = &d.v.d;
	struct fault f = {0};
	struct buf out = {0};
	bool busy;

	tool_begin(&d.v.t, &about, options, argc, argv);
	k->t = &d.v.t;
	k->policy = &policy_default;
	if (d.v.t.args.n != 1)
		tool_usage(&d.v.t, "drill: one scenario is wanted");
	d.file = d.v.t.args.v[0];
	if (!digest_start())
		tool_die(&d.v.t, 0, "SHA-256 is not to be had");
	load(&d);
	plays_load(&d.v.t, &k->plays, &from, true);
	if ((k->store = store_open(NULL, STORE_FILTER, &busy, &f)) == NULL)
		desk_die(k, &f);
	k->json = json_new(&json_limits_stream);
	d.v.t.args.n = 0;
	tool_cell(&d.v.t, &(struct cell_rights){0});
	play(&d);
	drill_score(&d, markdown, &out);
	act_print(&d.v, buf_slice(&out));
	if (d.points < d.of)
		tool_status(&d.v.t, 1);
	buf_free(&out);
	buf_free(&d.rows);
	buf_free(&d.report);
	free(k->plan);
	arena_free(&d.mem);
	arena_free(&k->plays.mem);
	return act_finish(&d.v);
}
