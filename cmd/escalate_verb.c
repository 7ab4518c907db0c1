#include "cmd/escalate_act.h"

#include "lib/port/digest.h"
#include "lib/tool/stream.h"
#include "lib/tool/text.h"

#include <stdlib.h>

/* The verbs of people: show, lint, plan.  They read and change nothing. */

static const char *const kinds[] = {"ndjson", "text", NULL};
static struct slice incident_id;
static struct opt_list from;

static const struct opt no_options[] = {{0}};
static const struct opt plan_options[] = {
	{'p', "playbooks", "DIR", "playbooks and actions of this folder instead of those compiled in", OPT_LIST, &from, "dir"},
	{0, "incident", "ID", "the incident: its id, or as much of it as is needed", OPT_TEXT, &incident_id, NULL},
	{0},
};

/* ---- what show and plan share ---------------------------------------------------------------------------------------- */

static struct store *
open_reading(struct tool *t, struct desk *d)
{
	struct fault f = {0};
	char *path;
	bool busy;

	if (t->common.state.n == 0)
		tool_usage(t, "--state FILE is wanted");
	d->t = t;
	path = mem_str(t->common.state);
	d->store = store_open(path, STORE_READ, &busy, &f);
	free(path);
	if (d->store == NULL)
		desk_die(d, &f);
	return d->store;
}

static void
put(struct tool *t, struct slice line)
{
	struct stream_text *text = stream_text_new(t);
	struct buf b = {0}, lines = {0};

	buf_slice_add(&lines, line);
	buf_byte(&lines, '\n');
	if (text)
		stream_text_add(text, buf_slice(&lines), &b);
	if (!out_add(&t->out, text ? buf_slice(&b) : buf_slice(&lines)))
		tool_die(t, t->out.error, "cannot write the output");
	stream_text_free(text);
	buf_free(&b);
	buf_free(&lines);
}

static void
get_record(struct desk *d, struct slice id, struct slice *record)
{
	struct fault f = {0};
	enum store_get got = store_record(d->store, id, &d->mem, record, &f);

	if (got == GET_FAILED)
		desk_die(d, &f);
	if (got == NOT_THERE) {
		tool_say(d->t, "%.*s: no incident, or more than one, begins so", (int)id.n, id.p);
		exit(2);
	}
}

static int
finish(struct tool *t, struct desk *d)
{
	struct fault f = {0};

	if (!store_close(d->store, &f))
		desk_die(d, &f);
	arena_free(&d->mem);
	incident_free(&d->incident);
	t->common.quiet++;
	return tool_end(t);
}

/* ---- show ------------------------------------------------------------------------------------------------------------ */

struct list {
	struct tool *t;
	struct text_table *table;	/* NULL: NDJSON */
	struct json *json;
	struct buf scratch;
};

static struct slice
member(struct list *l, const char *path)
{
	uint32_t v = json_path(l->json, 0, slice_str(path));

	return v == JSON_NONE ? (struct slice){0} : json_text(l->json, v, &l->scratch);
}

static bool
list_one(void *self, struct slice record)
{
	static const char *const path[] = {"ir.incident.id", "ir.incident.priority", "ir.incident.severity",
	    "ir.incident.status", "ir.incident.last",
		"ir.incident.alerts_total", "ir.incident.title"};
	struct list *l = self;
	struct fault f;

	if (l->table == NULL) {
		put(l->t, record);
		return true;
	}
	if (!json_one(l->json, record, &f))
		return true;
	for (size_t k = 0; k < sizeof path / sizeof *path; k++) {
		buf_reset(&l->scratch);
		text_cell(l->table, k == 0 ? slice_head(member(l, path[k]), 12) : k == 4 ? slice_head(member(l, path[k]),
		    19) : member(l, path[k]));
	}
	return true;
}

static void
list_all(struct tool *t, struct desk *d)
{
	static const char *const heads[] = {"id", "P", "severity", "status", "last", "alerts", "title", NULL};
	struct stream_text *text = stream_text_new(t);
	struct list l = {.t = t, .json = json_new(&json_limits_stream)};
	struct text_style style = {.width = t->width, .colour = t->colour, .utf8 = t->utf8};
	struct fault f = {0};
	struct buf b = {0};

	if (text)
		l.table = text_table_new(heads, "lllllrl");
	stream_text_free(text);
	if (!store_list(d->store, list_one, &l, &f))
		desk_die(d, &f);
	if (l.table) {
		text_table_put(l.table, &style, &b);
		if (!out_add(&t->out, buf_slice(&b)))
			tool_die(t, t->out.error, "cannot write the output");
		text_table_free(l.table);
	}
	json_free(l.json);
	buf_free(&l.scratch);
	buf_free(&b);
}

static int
show(int argc, char *argv[])
{
	static const struct tool_about about = {
		.name = "ir-escalate", .what = "show: the incidents of a state", .usage = "show [ID] --state FILE",
		.examples = {"ir-escalate show --state case.db", "ir-escalate show 1f2e --state case.db",
		    "ir-escalate show --state case.db -t ndjson"},
		.kinds = kinds, .takes = TAKES_STATE, .own_input = true, .terminal_ok = true,
	};
	struct desk d = {0};
	struct tool t;

	tool_begin(&t, &about, no_options, argc, argv);
	if (t.args.n > 1)
		tool_usage(&t, "show: one id at most");
	open_reading(&t, &d);
	tool_cell(&t, &(struct cell_rights){0});
	if (t.args.n) {
		struct slice record;

		get_record(&d, t.args.v[0], &record);
		put(&t, record);
	} else {
		list_all(&t, &d);
	}
	return finish(&t, &d);
}

/* ---- lint ------------------------------------------------------------------------------------------------------------ */

static int
lint(int argc, char *argv[])
{
	static const struct tool_about about = {
		.name = "ir-escalate", .what = "lint: are the playbooks right?", .usage = "lint PLAYBOOK...",
		.examples = {"ir-escalate lint playbooks/", "ir-escalate lint my.yaml", "ir-escalate lint my.yaml actions/"},
		.kinds = kinds, .own_input = true, .terminal_ok = true,
	};
	struct plays plays = {0};
	struct tool t;

	tool_begin(&t, &about, no_options, argc, argv);
	if (t.args.n == 0)
		tool_usage(&t, "lint: which playbook?");
	if (!digest_start())
		tool_die(&t, 0, "SHA-256 is not to be had");
	plays_load(&t, &plays, &t.args, false);
	tool_say(&t, "%zu playbook%s, %zu action%s: nothing to find fault with", plays.set.n, plays.set.n == 1 ? "" : "s",
	    plays.actions.n,
	    plays.actions.n == 1 ? "" : "s");
	arena_free(&plays.mem);
	t.common.quiet++;
	return tool_end(&t);
}

/* ---- plan ------------------------------------------------------------------------------------------------------------ */

const struct play *
play_named(struct tool *t, struct plays *plays, const struct opt_list *folder, struct slice name)
{
	struct opt_list one = {.v = &name, .n = 1};
	const struct play *p;

	if (slice_ends(name, SLICE(".yaml")) || slice_ends(name, SLICE(".yml"))) {
		plays_load(t, plays, &one, true);
		return plays->set.v[0];
	}
	plays_load(t, plays, folder, true);
	p = play_find(&plays->set, name);
	if (p == NULL)
		tool_usage(t, "%.*s: no such playbook", (int)name.n, name.p);
	return p;
}

static void
plan_out(struct tool *t, struct desk *d, const struct play *p)
{
	struct buf line = {0};
	struct slice per;
	struct plan plan;

	for (size_t k = 0; plan_per(p, &d->incident, k, &per); k++) {
		plan_make(p, &d->incident, per, desk_base(d, &d->incident), &d->mem, &plan);
		for (size_t n = 1; n <= plan.steps; n++) {
			buf_reset(&line);
			plan_write(&plan, &d->incident, n, d->incident.last, &line);
			put(t, buf_slice(&line));
		}
		if (plan.left_out)
			tool_say(t, "%llu steps were left out: no value of their type, or beyond a limit",
			    (unsigned long long)plan.left_out);
	}
	buf_free(&line);
}

static int
plan(int argc, char *argv[])
{
	static const struct tool_about about = {
		.name = "ir-escalate", .what = "plan: what a playbook would do about an incident",
		.usage = "plan PLAYBOOK --incident ID --state FILE",
		.examples = {"ir-escalate plan web-shell --incident 1f2e --state case.db",
		    "ir-escalate plan my.yaml --incident 1f2e --state case.db",
		    "ir-escalate plan my.yaml --incident 1f2e --state case.db | ir-respond"},
		.kinds = kinds, .takes = TAKES_STATE | TAKES_NOW, .own_input = true, .terminal_ok = true,
	};
	struct plays plays = {0};
	struct desk d = {0};
	struct slice record, id;
	struct fault f = {0};
	const struct play *p;
	struct tool t;

	tool_begin(&t, &about, plan_options, argc, argv);
	if (t.args.n != 1 || incident_id.n == 0)
		tool_usage(&t, "plan: one playbook and --incident ID are wanted");
	if (!digest_start())
		tool_die(&t, 0, "SHA-256 is not to be had");
	p = play_named(&t, &plays, &from, t.args.v[0]);
	open_reading(&t, &d);
	tool_cell(&t, &(struct cell_rights){0});
	get_record(&d, incident_id, &record);
	d.json = json_new(&json_limits_stream);
	if (!json_one(d.json, record, &f) || (id.n = json_path(d.json, 0, SLICE("ir.incident.id"))) == JSON_NONE)
		desk_die(&d, &f);
	id = json_inner(d.json, (uint32_t)id.n);
	if (store_load(d.store, id, &d.incident, &f) != GOT)
		desk_die(&d, &f);
	plan_out(&t, &d, p);
	json_free(d.json);
	arena_free(&plays.mem);
	return finish(&t, &d);
}

/* ---- which ----------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	int (*run)(int, char *[]);	/* NULL: of the language, but not of this version */
} verb[] = {
	{"show", show}, {"lint", lint}, {"plan", plan}, {"new", verb_new}, {"ack", verb_ack}, {"assign", verb_assign}, {"set",
	    verb_set},
	{"note", verb_note}, {"verdict", verb_verdict}, {"fact", verb_fact}, {"waive", verb_waive}, {"close", verb_close},
	{"task", verb_task}, {"handover", verb_handover}, {"merge", verb_merge}, {"approve", verb_approve}, {"duty", verb_duty},
	{"tick", verb_tick}, {"clock", verb_clock}, {"log", verb_log}, {"head", verb_head}, {"fsck", verb_fsck}, {"split", NULL},
	{"position", NULL}, {"suppress", NULL}, {"drill", verb_drill}, {"whatif", verb_whatif}, {"noise", verb_noise}, {"notice", verb_notice},
	    {"cacao", verb_cacao},
};

int
verb_run(int argc, char *argv[])
{
	static const struct tool_about about = {.name = "ir-escalate", .what = "verbs", .usage = "VERB", .kinds = kinds,
	    .own_input = true,
	    .terminal_ok = true};
	struct tool t;

	for (size_t k = 0; argc > 1 && k < sizeof verb / sizeof *verb; k++) {
		if (!slice_eq(slice_str(argv[1]), slice_str(verb[k].name)))
			continue;
		if (verb[k].run)
			return verb[k].run(argc - 1, argv + 1);
		tool_begin(&t, &about, no_options, 1, argv);
		tool_usage(&t, "%s: not a verb of this version", verb[k].name);
	}
	return -1;
}
