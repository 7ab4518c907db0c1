/* ir-report: the stream in, a report out.  A sink: it keeps a model of bounded size and writes when the input has ended. */
#include "cmd/report.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct options {
	bool stories, findings, hits, timeline, coverage, rare, no_redact, bom, check;
	struct slice story, stack, audience, kase, tlp_max, manifest;
	uint64_t width;
} o;

static const struct opt options[] = {
	{0, "stories", NULL, "all stories, worst first", OPT_FLAG, &o.stories, NULL},
	{0, "story", "S1", "one story with its events and processes", OPT_TEXT, &o.story, NULL},
	{0, "findings", NULL, "each rule on each host", OPT_FLAG, &o.findings, NULL},
	{0, "hits", NULL, "each alert", OPT_FLAG, &o.hits, NULL},
	{0, "timeline", NULL, "one row an event, in order of time", OPT_FLAG, &o.timeline, NULL},
	{0, "stack", "FIELD", "how often each value of a field came", OPT_TEXT, &o.stack, NULL},
	{0, "rare", NULL, "with --stack: the rarest first", OPT_FLAG, &o.rare, NULL},
	{0, "coverage", NULL, "what was looked at, what was not, and why", OPT_FLAG, &o.coverage, NULL},
	{0, "width", "N", "columns of text (default: the terminal, at most 120; in a pipe nothing is cut)", OPT_U64, &o.width,
	    NULL},
	{0, "audience", "NAME", "a report for one kind of reader (--audience list names them)", OPT_TEXT, &o.audience, NULL},
	{0, "case", "FILE", "what only people know: case.yaml", OPT_TEXT, &o.kase, "file"},
	{0, "check", NULL, "with --audience: name what case.yaml must still say; 1 if anything", OPT_FLAG, &o.check, NULL},
	{0, "manifest", "FILE", "sizes and hashes of the evidence, as ir-ingest --manifest wrote them", OPT_TEXT, &o.manifest,
	    "file"},
	{0, "tlp-max", "LABEL", "leave out what is marked above: clear, green, amber, amber+strict", OPT_TEXT, &o.tlp_max, NULL},
	{0, "bom", NULL, "with -t csv: begin with a byte order mark", OPT_FLAG, &o.bom, NULL},
	{0, "no-redact", NULL, "leave passwords and keys in: the report is then TLP:RED", OPT_FLAG, &o.no_redact, NULL},
	{0, NULL, NULL, NULL, OPT_FLAG, NULL, NULL},
};

static const char *const kinds[] = {
#define REPORT(id, name, ending, annexes, writer) name,
#include "lib/report/reports.def"
#undef REPORT
	NULL
};

static const struct tool_about about = {
	.name = "ir-report",
	.what = "the stream in, a report out",
	.usage = "[-t KIND] [-o FILE] [--story S1] [FILE...]",
	.examples = {
		"ir-ingest case/ | ir-match | ir-escalate | ir-report",
		"ir-report -o case.html < case.ndjson",
		"ir-report --stack process.executable --rare < case.ndjson",
	},
	.kinds = kinds,
	.takes = TAKES_NOW | TAKES_FAIL | TAKES_FORCE,
};

/* lib/tool has taken -t, or the ending of -o, or text; it refuses what `kinds` does not name. */
static const struct report_kind *
kind_asked(struct tool *t)
{
	const struct report_kind *k = report_by_name(t->common.to);

	if (!k)
		tool_usage(t, "-t %.*s: not in this version", (int)t->common.to.n, t->common.to.p);
	return k;
}

static const char *
view_asked(struct tool *t, const struct report_kind *k)
{
	const struct { bool on; const char *name; } view[] = {{o.stories, "stories"}, {o.story.n > 0, "story"}, {o.findings,
	    "findings"},
	    {o.hits, "hits"}, {o.timeline, "timeline"}, {o.stack.n > 0, "stack"}, {o.coverage, "coverage"}};
	const char *name = NULL;

	for (size_t i = 0; i < sizeof view / sizeof *view; i++) {
		if (!view[i].on)
			continue;
		if (name)
			tool_usage(t, "--%s and --%s are two views; one at a time", name, view[i].name);
		name = view[i].name;
	}
	if (name && k != &report_kinds[0])
		tool_usage(t, "--%s is a view of text; a %s report is whole", name, k->name);
	if (o.rare && o.stack.n == 0)
		tool_usage(t, "--rare needs --stack FIELD");
	return name;
}

/* The audience that was asked for; "list" prints the names. */
static const struct audience *
audience_asked(struct tool *t, const struct report_kind *k)
{
	const struct audience *a = o.audience.n ? audience_by_name(o.audience) : NULL;

	if (slice_eq(o.audience, SLICE("list"))) {
		for (a = audiences; a->name; a++)
			printf("%-18s %s\n", a->name, a->title);
		exit(fflush(stdout) == 0 ? 0 : 4);
	}
	if (o.audience.n && !a)
		tool_usage(t, "--audience %.*s: there is none of this name (--audience list)", (int)o.audience.n, o.audience.p);
	if (a && !slice_eq(slice_str(k->name), SLICE("text")) && !slice_eq(slice_str(k->name), SLICE("md")) && !k->annexes)
		tool_usage(t, "--audience: as text, md or html");
	if (o.check && !a)
		tool_usage(t, "--check wants --audience");
	return a;
}

void
report_case_load(struct tool *t, struct slice name, struct arena *mem, struct report_case *c)
{
	struct fault f = {0};
	struct slice text;
	char *path;

	if (name.n == 0)
		return;
	path = mem_str(name);
	if (!tool_file(path, 1 << 20, mem, &text, &f) || !case_read(text, mem, c, &f)) {
		tool_fault(t, name, &f);
		exit(2);
	}
	free(path);
}

static void
manifest_take(struct tool *t, struct model *m, struct slice text)
{
	struct fault f = {0};
	uint64_t line = 0;

	while (text.n) {
		size_t n = slice_find(text, '\n');

		line++;
		if (n && !model_manifest(m, slice_head(text, n), &f)) {
			f.line = line;
			f.column = 0;
			tool_fault(t, o.manifest, &f);
			exit(2);
		}
		text = n < text.n ? slice_from(text, n + 1) : SLICE("");
	}
}

static struct slice
manifest_load(struct tool *t, struct arena *mem)
{
	struct fault f = {0};
	struct slice text = SLICE("");
	char *path = mem_str(o.manifest);

	if (o.manifest.n && !tool_file(path, 256 << 20, mem, &text, &f)) {
		tool_fault(t, o.manifest, &f);
		exit(2);
	}
	free(path);
	return text;
}

/* 0 unlimited, else the rank of model.tlp. */
static uint32_t
tlp_asked(struct tool *t)
{
	for (uint32_t i = 1; i < 6 && o.tlp_max.n; i++)
		if (slice_eq_nocase(o.tlp_max, slice_from(slice_str(tlp_words[i]), 4)))
			return i;
	if (o.tlp_max.n)
		tool_usage(t, "--tlp-max %.*s: clear, green, amber, amber+strict or red is wanted", (int)o.tlp_max.n,
		    o.tlp_max.p);
	return 0;
}

/* What people must still say; the answer is the output. */
static void
check_put(struct tool *t, const struct report_request *r)
{
	struct buf b = {0};

	if (audience_missing(r->audience, &r->kase, &b))
		tool_status(t, 1);
	if (!out_add(&t->out, buf_slice(&b)))
		tool_die(t, t->out.error, "cannot write the output");
	buf_free(&b);
}

void
report_record(void *context, const struct record *r, struct emit *e)
{
	struct model *m = context;

	model_record(m, r);
	if (r->kind == KIND_ALERT && r->node[R_alert_level] != JSON_NONE)
		emit_level(e, json_text(r->j, r->node[R_alert_level], emit_scratch(e, 0)));
	emit_pass(e, r);
}

void
report_control(struct tool *t, void *shared, const struct record *r, struct emit *e)
{
	(void)t;
	(void)e;
	model_record(shared, r);
}

static struct text_style
style_of(const struct tool *t)
{
	bool terminal = isatty(1) && t->common.output.n == 0;
	struct text_style s = {.width = terminal ? (t->width > 120 ? 120 : t->width) : 0, .colour = terminal && t->colour, .utf8 =
	    t->utf8};

	if (o.width)
		s.width = o.width > 10000 ? 10000 : (unsigned)o.width;
	return s;
}

/* Base name of -o with its ending replaced: case.html, case.annex.ndjson. */
static struct slice
annex_name(const struct tool *t, const struct report_kind *k, struct buf *path)
{
	struct slice out = t->common.output;

	if (!k->annexes || out.n == 0 || slice_eq(out, SLICE("-")))
		return SLICE("");
	if (slice_ends_nocase(out, slice_str(k->ending)))
		out = slice_head(out, out.n - strlen(k->ending));
	buf_slice_add(path, out);
	buf_lit(path, ".annex.ndjson");
	out = buf_slice(path);
	return slice_rfind(out, '/') < out.n ? slice_from(out, slice_rfind(out, '/') + 1) : out;
}

/* Nothing is overwritten unasked, the annex neither. */
static void
refuse_annex(struct tool *t, const struct report_kind *k)
{
	struct buf path = {0};

	if (annex_name(t, k, &path).n && !t->common.force && access(buf_cstr(&path), F_OK) == 0)
		tool_usage(t, "%s: exists; --force overwrites it", buf_cstr(&path));
	buf_free(&path);
}

static void
annex_write(struct tool *t, struct model *m, struct buf *path)
{
	struct buf b = {0};
	struct fault f = {0};

	report_annex(m, &b);
	if (!tool_write_file(buf_cstr(path), buf_slice(&b), &f)) {
		tool_fault(t, buf_slice(path), &f);
		tool_status(t, 4);
	}
	buf_free(&b);
}

static void
write_report(struct tool *t, struct model *m, const struct report_kind *k, struct report_request *r)
{
	struct buf path = {0}, out = {0};
	struct fault f = {0};
	uint64_t left = 0;

	r->annex = annex_name(t, k, &path);
	if (!k->write(m, r, &out, &left, &f))
		tool_usage(t, "%s: %s", f.what, f.near);
	if (!out_add(&t->out, buf_slice(&out)))
		tool_die(t, t->out.error, "cannot write the output");
	if (left && r->annex.n)
		annex_write(t, m, &path);
	buf_free(&out);
	buf_free(&path);
}

/* Nothing at all is no good news: said, and 3 (DECISIONS.md 18). */
void
report_judge(struct tool *t, const struct model *m)
{
	uint64_t n = 0;

	for (int k = 0; k < KIND_COUNT; k++)
		n += m->in[k];
	if (n == 0) {
		tool_say(t, "nothing came in: no record");
		tool_status(t, 3);
	}
	if (m->cut)
		tool_say(t, "PARTIAL: the stream has no `end`");
	if (m->status > 0)
		tool_status(t, m->status > 4 ? 3 : (int)m->status);
}

int
main(int argc, char *argv[])
{
	struct tool t;
	struct cell_rights rights = {0};
	const char *folder[2] = {NULL, NULL};
	struct arena mem = {0};
	int status = verb_run(argc, argv);

	if (status >= 0)
		return status;
	tool_begin(&t, &about, options, argc, argv);
	const struct report_kind *k = kind_asked(&t);
	struct report_request request = {.view = view_asked(&t, k), .story = o.story, .rare = o.rare, .bom = o.bom,
	    .audience = audience_asked(&t, k)};
	struct report_options ro = {.stack = o.stack, .keep_secrets = o.no_redact, .now_given = t.common.now.given,
	    .now = t.common.now.at, .tlp_max = tlp_asked(&t)};
	char *output = t.common.output.n && k->annexes ? mem_str(t.common.output) : NULL;

	report_case_load(&t, o.kase, &mem, &request.kase);
	ro.mask = case_masks(&request.kase, &mem, &ro.masks);
	if (o.check) {
		rights.write = folder;
		tool_cell(&t, &rights);
		check_put(&t, &request);
		arena_free(&mem);
		free(output);
		return tool_end(&t);
	}
	struct slice rows = manifest_load(&t, &mem);
	struct model *m = model_new(&ro);
	struct stage stage = {.record = report_record, .mark = report_control, .shared = m, .serial = true, .quiet = true};

	folder[0] = output ? dirname(output) : NULL;
	rights.write = folder;
	refuse_annex(&t, k);
	request.style = style_of(&t);
	tool_cell(&t, &rights);
	manifest_take(&t, m, rows);
	tool_each(&t, &stage);
	m->cut = t.cut;
	model_finish(m);
	if (request.audience && request.audience->open)
		m->tlp = 1;
	write_report(&t, m, k, &request);
	report_judge(&t, m);
	model_free(m);
	arena_free(&mem);
	free(output);
	return tool_end(&t);
}
