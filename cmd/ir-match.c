/* ir-match: events in, alerts out. */
#include "cmd/match.h"

static struct matching m;
static struct tool t;

static const struct opt options[] = {
	{'r', "rules", "PATH", "Sigma rules: a file, a folder or a pack (default: those built in)", OPT_LIST, &m.o.rules, "file"},
	{'e', "expression", "JQ", "an alert for each event for which JQ gives something", OPT_LIST, &m.o.expressions, NULL},
	{'i', "indicators", "PATH", "an alert for each indicator seen: STIX, MISP, CSV, JSON, lists, or an index", OPT_LIST,
	    &m.o.indicators, "file"},
	{0, "compile", "INDEX", "write the rules of -r (.irp) or the indicators of -i (.iri), compiled", OPT_TEXT, &m.o.compile,
	    "file"},
	{0, "exclude", "LIST", "leave out indicators that this list of known-good has (MISP warninglist, values)", OPT_LIST,
	    &m.o.exclude,
	    "file"},
	{0, "ignore-expiry", NULL, "indicators that were not valid at the event's time count, too", OPT_FLAG, &m.o.ignore_expiry,
	    NULL},
	{0, "scan-text", NULL, "look for indicators in free text, too", OPT_FLAG, &m.o.scan_text, NULL},
	{'k', "word", "WORD", "an alert for each event in which WORD (or /RE/) stands, in any value", OPT_LIST, &m.o.words, NULL},
	{'K', "words", "FILE", "the words of a file, one a line", OPT_LIST, &m.o.word_files, "file"},
	{'C', "context", "N", "with what was found the N events of its host before and after it", OPT_U64, &m.o.context, NULL},
	{0, "hunt", "FILE", "a hunt: hypothesis and queries (YAML)", OPT_LIST, &m.o.hunts, "file"},
	{0, "level", "LEVEL", "level of the alerts of -e, -i and -k (default: medium; by confidence)", OPT_TEXT, &m.o.level,
	    "informational|low|medium|high|critical"},
	{0, "all", NULL, "write events that nothing names, too", OPT_FLAG, &m.o.all, NULL},
	{0, "values", "FILE", "values of the placeholders of |expand: a YAML map of names and values", OPT_TEXT, &m.o.values,
	    "file"},
	{0, "suppress", "FILE", "alerts that nobody wants, with reason, owner and expiry (YAML)", OPT_TEXT, &m.o.suppress,
	    "file"},
	{0, "overlay", "FILE", "rules with another level, or off, with the reason (YAML)", OPT_TEXT, &m.o.overlay, "file"},
	{0, "map", "FILE", "where this place has fields and log sources (YAML)", OPT_TEXT, &m.o.map, "file"},
	{0, "lateness", "TIME", "how late an event may come to be correlated: all, or 10m (default: all; live: 10m)", OPT_TEXT,
	    &m.o.lateness, NULL},
	{0, "state-memory", "SIZE", "memory of correlations (default 32M)", OPT_SIZE, &m.o.state_memory, NULL},
	{0, "source", "PRODUCT[/SERVICE]", "log source of JSON that nothing recognises", OPT_TEXT, &m.o.assume, NULL},
	{0, "explain", "ID", "say why the alert with this id (or begin of one) was raised", OPT_TEXT, &m.o.explain, NULL},
	{0, "list", NULL, "list the rules", OPT_FLAG, &m.o.list, NULL},
	{0, "why-not", NULL, "list what cannot run, and why; with RULE/EVENT: why the rule does not match the event", OPT_FLAG,
	    &m.o.why_not, NULL},
	{0, "profile", NULL, "say at the end what each rule cost", OPT_FLAG, &m.o.profile, NULL},
	{0, "test", "PATH", "run each rule below PATH on the samples beside it (NAME.test.ndjson)", OPT_TEXT, &m.o.test, "file"},
	{0, NULL, NULL, NULL, OPT_FLAG, NULL, NULL},
};

static const char *const kinds[] = {"ndjson", "text", NULL};

static const struct tool_about about = {
	.name = "ir-match", .what = "events in, alerts out", .usage = "[-r RULES]... [-i INDICATORS]... [-e JQ]... [FILE...]",
	.examples = {"ir-ingest case/ | ir-match > alerts.ndjson", "ir-match -r sigma/rules -t text < sysmon.ndjson",
	    "ir-match -e '.event.outcome == \"failure\" and .user.name == \"root\"' events.ndjson"},
	.kinds = kinds, .takes = TAKES_JOBS | TAKES_FAIL | TAKES_REJECTS | TAKES_STATE | TAKES_STRICT, .all_cores = true,
	    .terminal_ok = true,
};

/* --why-not RULE/EVENT asks about one event; nothing else of --why-not takes an argument. */
static void
why_event(struct matching *p)
{
	if (!p->o.why_not || p->t->args.n == 0)
		return;
	p->o.why_event = p->t->args.v[0];
	if (slice_find(p->o.why_event, '/') + 1 >= p->o.why_event.n)
		tool_usage(p->t, "--why-not takes RULE/EVENT: ids, or how they begin");
	p->o.why_not = false;
	p->t->args.v++;
	p->t->args.n--;
}

int
main(int argc, char *argv[])
{
	struct cell_rights rights = {0};
	const char *write[2] = {NULL};

	m.t = &t;
	tool_begin(&t, &about, options, argc, argv);
	if (m.o.test.n)
		return match_test(&m);
	why_event(&m);
	if (!m.o.list && !m.o.why_not && !m.o.compile.n)
		tool_wants_input(&t);
	if (!m.o.explain.n)
		match_load(&m);
	if (m.o.list || m.o.why_not) {
		match_list(&m);
		return t.status;
	}
	write[0] = state_folder(&m);
	rights.write = rights.read = write;
	tool_cell(&t, &rights);
	if (m.o.explain.n)
		match_explain(&m);
	else
		match_run(&m);
	return tool_end(&t);
}
