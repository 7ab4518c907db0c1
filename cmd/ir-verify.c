/* ir-verify: proves what the other programs say, and trusts none of them. */
#include "cmd/verify.h"
#include "cmd/verify_verb.h"

static struct tool t;
static struct slice wanted;

static const struct opt options[] = {
	{0, "stages", "NAME,...", "stages whose accounts must be there, in the order of the pipe", OPT_TEXT, &wanted, NULL},
	{0, NULL, NULL, NULL, OPT_FLAG, NULL, NULL},
};

static const char *const kinds[] = {"text", "json", NULL};

static const struct tool_about about = {
	.name = "ir-verify", .what = "proves what the other programs say", .usage = "VERB [OPTION]... [FILE...]",
	.examples = {"ir-verify balance case.irpipe/case.ndjson", "ir-ingest case/ | ir-match | ir-verify balance",
	    "ir-verify manifest case.irpipe/MANIFEST"},
	.kinds = kinds, .own_input = true,
};

static void
unread(void *self, const char *what, struct slice uri, struct slice message)
{
	(void)self, (void)what;
	tool_say(&t, "%.*s: %.*s", (int)uri.n, uri.p, (int)message.n, message.p);
	tool_status(&t, 3);
}

static const struct verb {
	const char *name;
	int (*run)(int argc, char *argv[]);
} verbs[] = {
	{"chain", verify_chain}, {"manifest", verify_manifest}, {"seal", verify_seal}, {"evidence", verify_evidence}, {"playbook",
	    verify_playbook},
	{"undone", verify_undone}, {"labels", verify_labels},
};
#define VERBS "balance, chain, manifest, seal, evidence, playbook, undone, labels"

/* The verb is the first word; the rest are streams. */
static void
take_verb(void)
{
	struct slice verb = t.args.n ? t.args.v[0] : (struct slice){0};

	if (verb.n == 0)
		tool_usage(&t, "a verb is wanted: %s", VERBS);
	if (!slice_eq(verb, SLICE("balance")))
		tool_usage(&t, "%.*s: not a verb here; %s are", (int)verb.n, verb.p, VERBS);
	t.args.v++;
	t.args.n--;
	tool_wants_input(&t);
}

/* 0 proven, 1 not, 3 not enough to tell (REPORT.md section 8). */
static void
weigh(struct proof *p)
{
	proof_judge(p, wanted);
	if (p->findings)
		tool_status(&t, 1);
	else if (p->helds == 0)
		tool_status(&t, 3);
}

static void
each_stream(struct sources *in)
{
	struct source src;
	uint64_t streams = 0, lines = 0, findings = 0;

	while (!tool_stopped() && sources_next(in, &src)) {
		struct proof p = {0};

		p.name = proof_name(&p, src.uri);
		proof_read(&p, in);
		weigh(&p);
		verify_show(&t, &p);
		streams++;
		lines += p.line;
		findings += p.findings + p.untold;
		proof_free(&p);
	}
	if (streams == 0 || tool_stopped())
		tool_status(&t, 3);
	tool_say(&t, "balance: %s; %zu streams, %zu lines, %zu findings", t.status == 0 ? "proven" : t.status == 1 ?
	    "NOT proven" :
	    "not enough to tell", (size_t)streams, (size_t)lines, (size_t)findings);
}

int
main(int argc, char *argv[])
{
	struct source_options o = {.note = unread, .compressed = true};
	struct cell_rights rights = {0};
	struct sources *in;

	for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc, argv);
	tool_begin(&t, &about, options, argc, argv);
	take_verb();
	in = sources_new(&t, &t.args, &o);
	rights.read = sources_paths(in);
	tool_cell(&t, &rights);
	each_stream(in);
	sources_end(in);
	/* The verdict was the last line: an account of records that are not passed on says nothing here. */
	t.common.quiet++;
	return tool_end(&t);
}
