/* ir-respond: acts on what ir-escalate decided, and says what became of it.  A dry run unless --execute. */
#include "cmd/respond.h"

#include <stdlib.h>

static struct respond r;

static const struct opt options[] = {
	{0, "execute", NULL, "act (without it: a dry run that says what would be done)", OPT_FLAG, &r.execute, NULL},
	{0, "allow", "FILE", "actions that may run at all; yours or root's, writable by nobody else", OPT_TEXT, &r.allow_file,
	    "file"},
	{0, "keys", "DIR", "public keys (NAME.pem, Ed25519) of the people who may approve", OPT_TEXT, &r.keys_dir, "dir"},
	{0, "approvals", "FILE", "signed approvals, one JSON object a line", OPT_TEXT, &r.approvals_file, "file"},
	{0, "never", "FILE", "addresses and networks that nothing may touch", OPT_TEXT, &r.never_file, "file"},
	{0, "journal", "FILE", "what was done (made if it is not there)", OPT_TEXT, &r.journal_file, "file"},
	{'p', "playbooks", "DIR", "take the actions of DIR/actions instead of those compiled in", OPT_TEXT, &r.actions_dir,
	    "dir"},
	{0, "incident", "ID", "undo: all that was done for this incident", OPT_TEXT, &r.incident, NULL},
	{0, NULL, NULL, NULL, OPT_FLAG, NULL, NULL},
};
static const char *const kinds[] = {"ndjson", "text", NULL};
#define USAGE "[--execute --allow FILE --journal FILE] [FILE...] | undo ACTION | undo --incident ID | list | tick | " \
	"settle ACTION done|failed"
#define EXAMPLES { \
	"ir-escalate < alerts.ndjson | ir-respond", \
	"ir-escalate < alerts.ndjson | ir-respond --execute --allow allow.yaml --keys keys " \
	    "--approvals approved.ndjson --journal journal.ndjson", \
	"ir-respond undo --incident 0f3a... --execute --allow allow.yaml --journal journal.ndjson"}
static const struct tool_about filter = {
	.name = "ir-respond", .what = "actions in, results out", .usage = USAGE, .examples = EXAMPLES, .kinds = kinds,
	.takes = TAKES_NOW | TAKES_REJECTS,
};
static const struct tool_about verbs = {
	.name = "ir-respond", .what = "actions in, results out", .usage = USAGE, .examples = EXAMPLES, .kinds = kinds,
	    .takes = TAKES_NOW,
	.own_input = true, .terminal_ok = true,
};

/* The first argument decides: a file of such a name is written ./list. */
static enum act_verb
verb_of(const struct opt_list *args)
{
	static const struct {
		const char *word;
		enum act_verb verb;
	} row[] = {{"undo", ACT_UNDO}, {"tick", ACT_TICK}, {"list", ACT_LIST}, {"settle", ACT_SETTLE}};

	for (size_t i = 0; args->n && i < sizeof row / sizeof *row; i++)
		if (slice_eq(args->v[0], slice_str(row[i].word)))
			return row[i].verb;
	return 0;
}

/* What acts must be known, allowed and written down. */
static void
check_request(void)
{
	size_t want = r.verb == ACT_SETTLE ? 3 : r.verb == ACT_UNDO && r.incident.n == 0 ? 2 : r.verb ? 1 : r.t.args.n;

	if (r.execute && r.allow_file.n == 0 && r.verb != ACT_LIST && r.verb != ACT_SETTLE)
		tool_usage(&r.t, "--execute needs --allow FILE: nothing is allowed without it");
	if ((r.execute || r.verb) && r.journal_file.n == 0)
		tool_usage(&r.t, "%s needs --journal FILE", r.verb ? "this verb" : "--execute");
	if (r.approvals_file.n && r.keys_dir.n == 0)
		tool_usage(&r.t, "--approvals needs --keys DIR: without keys no signature is good");
	if (r.incident.n && r.verb != ACT_UNDO)
		tool_usage(&r.t, "--incident belongs to the verb undo");
	if (r.t.args.n != want)
		tool_usage(&r.t, r.verb == ACT_SETTLE ? "settle ACTION done|failed is wanted" : r.verb == ACT_UNDO
		    ? "undo ACTION or undo --incident ID is wanted" : "this verb takes no further argument");
	if (r.verb == ACT_TICK && !r.t.common.now.given)
		tool_usage(&r.t, "tick needs --now TIME, or --now clock");
	if (r.verb == ACT_UNDO && r.incident.n)
		r.verb = ACT_UNDO_INCIDENT;
}

static void
summary(void)
{
	struct buf b = {0};

	for (int i = 0; i < ACT_STATES; i++)
		if (r.states[i]) {
			buf_str(&b, b.n ? ", " : "");
			buf_u64(&b, r.states[i]);
			buf_byte(&b, ' ');
			buf_slice_add(&b, act_state_name[i]);
		}
	if (b.n)
		tool_say(&r.t, "results: %s%s", buf_cstr(&b), r.execute || r.verb == ACT_LIST ? "" : " (dry run)");
	buf_free(&b);
	if (r.verb != ACT_LIST && r.verb != ACT_SETTLE && (r.states[ACT_FAILED] || r.states[ACT_UNKNOWN]))
		tool_status(&r.t, 3);
}

int
main(int argc, char *argv[])
{
	struct wraps wraps = {.before = true};
	const struct stage stage = {.record = respond_record, .shared = &r, .wraps = &wraps, .serial = true};
	struct fault f;

	tool_begin(&r.t, &filter, options, argc, argv);
	r.verb = verb_of(&r.t.args);
	if (r.verb)
		r.t.about = &verbs;
	check_request();
	respond_load(&r);
	if (!act_start(&r.config, &r.actor, &f))
		tool_die(&r.t, 0, "%s", f.what);
	act_journal_close(&r.journal);		/* the actor's alone now; its lock stays with it */
	wraps.shapes = r.shapes = shape_set_new();
	r.slots = mem_zero(shape_slots(r.shapes) + 1, sizeof *r.slots);
	tool_cell(&r.t, &(struct cell_rights){0});
	if (r.verb)
		respond_verb(&r);
	else
		tool_each(&r.t, &stage);
	act_stop(&r.actor);
	shape_set_free(r.shapes);
	event_free(&r.event);
	free(r.slots);
	summary();
	return tool_end(&r.t);
}
