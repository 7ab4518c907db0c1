/*
 * ir-escalate: alerts in, incidents and the plan of their response out (RESPONSE.md). It decides and changes nothing but its
 * state file.
 */
#include "cmd/escalate.h"

#include "lib/port/digest.h"

#include <stdlib.h>

static struct desk desk;
static const char *const kinds[] = {"ndjson", "text", NULL};

static const struct tool_about about = {
	.name = "ir-escalate", .what = "alerts in, incidents and the plan of their response out",
	.usage = "[-p DIR] [--state FILE] [FILE...]",
	.examples = {
		"ir-ingest logs/ | ir-match | ir-enrich | ir-escalate | ir-report",
		"ir-escalate --state case.db < alerts.ndjson > incidents.ndjson",
		"ir-escalate show --state case.db",
	},
	.kinds = kinds, .takes = TAKES_NOW | TAKES_FAIL | TAKES_REJECTS | TAKES_STATE, .terminal_ok = true,
};
static struct opt_list playbooks;
static struct slice policy_file;
static bool print_policy;
static const struct opt options[] = {
	{'p', "playbooks", "DIR", "playbooks and actions of this folder instead of those compiled in", OPT_LIST, &playbooks,
	    "dir"},
	{0, "policy", "FILE", "timers, ladder and grouping of this house", OPT_TEXT, &policy_file, "file"},
	{0, "print-policy", NULL, "print the policy in force and leave", OPT_FLAG, &print_policy, NULL},
	{0, "lateness", "TIME", "live: wait so long for alerts that come late (default 0s)", OPT_DURATION, &desk.lateness, NULL},
	{0},
};

/* The folder of the state: SQLite makes its own files beside it. */
static const char *
folder(struct slice path)
{
	size_t at = slice_rfind(path, '/');

	if (at == path.n)
		return ".";
	return mem_str(at == 0 ? SLICE("/") : slice_head(path, at));
}

/* The policy in force; with --print-policy that is all. */
static void
load_policy(struct tool *t, struct desk *d)
{
	static struct policy p;
	struct fault f = {0};
	struct slice bytes;
	struct buf b = {0};

	p = policy_default;
	if (policy_file.n) {
		char *path = mem_str(policy_file);

		if (!tool_file(path, 1024 * 1024, &d->plays.mem, &bytes, &f) || !policy_read(bytes, &d->plays.mem, &p, &f)) {
			tool_fault(t, policy_file, &f);
			exit(2);
		}
		free(path);
	}
	d->policy = &p;
	incident_policy(&p);
	if (!print_policy)
		return;
	policy_write(&p, &b);
	t->args.n = 0;
	tool_cell(t, &(struct cell_rights){0});
	if (!out_add(&t->out, buf_slice(&b)) || !out_flush(&t->out))
		tool_die(t, t->out.error, "cannot write the output");
	buf_free(&b);
	t->common.quiet++;
	exit(tool_end(t));
}

static void
open_state(struct tool *t, struct desk *d)
{
	char *path = t->common.state.n ? mem_str(t->common.state) : NULL;
	struct fault f = {0};
	bool busy;

	d->t = t;
	d->store = store_open(path, STORE_FILTER, &busy, &f);
	free(path);
	if (d->store == NULL && busy) {
		tool_say(t, "%.*s: another run holds the state; try again (nothing was done)", (int)t->common.state.n,
		    t->common.state.p);
		exit(75);
	}
	if (d->store == NULL)
		desk_die(d, &f);
	d->story = story_new(d->store, &d->policy->story);
	d->paths = cue_paths_new();
	d->shapes = shape_set_new();
	d->slots = mem_zero(shape_slots(d->shapes) + 1, sizeof *d->slots);
	d->ids = mem_zero(INCIDENT_ALERTS + 1, sizeof *d->ids);
	d->json = json_new(&json_limits_stream);
}

static void
close_state(struct desk *d)
{
	struct fault f = {0};

	if (!store_settled(d->store, &f) || !store_close(d->store, &f))
		desk_die(d, &f);
	story_free(d->story);
	cue_paths_free(d->paths);
	shape_set_free(d->shapes);
	event_free(&d->event);
	incident_free(&d->incident);
	arena_free(&d->mem);
	buf_free(&d->line);
	map_free(&d->folded);
	map_free(&d->positions);
	arena_free(&d->kept);
	free(d->slots);
	free(d->ids);
	json_free(d->json);
	free(d->plan);
	arena_free(&d->plays.mem);
}

int
main(int argc, char *argv[])
{
	struct wraps wraps = {.before = true};
	const struct stage stage = {.record = desk_record, .mark = desk_mark, .idle = desk_idle, .drain = desk_drain,
	    .shared = &desk, .wraps = &wraps, .serial = true};
	const char *write[2] = {NULL, NULL};
	struct tool t;
	int status = verb_run(argc, argv);

	if (status >= 0)
		return status;
	tool_begin(&t, &about, options, argc, argv);
	if (!print_policy)
		tool_wants_input(&t);
	if (!digest_start())
		tool_die(&t, 0, "SHA-256 is not to be had");
	load_policy(&t, &desk);
	plays_load(&t, &desk.plays, &playbooks, true);
	open_state(&t, &desk);
	wraps.shapes = desk.shapes;
	if (t.common.state.n)
		write[0] = folder(t.common.state);
	tool_cell(&t, &(struct cell_rights){.write = write});
	tool_each(&t, &stage);
	if (desk.left_out)
		tool_say(&t, "%llu steps of plans were left out: no value of their type, or beyond a limit",
		    (unsigned long long)desk.left_out);
	close_state(&desk);
	return tool_end(&t);
}
