/* What was looked at and what was not: the stages' accounts, notes, caps; and where the evidence came from. */
#include "lib/report/account.h"
#include "lib/report/sections.h"

static void
line(struct sheet *s, const char *text, uint64_t n)
{
	if (n == 0)
		return;
	sheet_item(s);
	sheet_str(s, text);
	sheet_str(s, ": ");
	sheet_u64(s, n);
	sheet_item_end(s);
}

/* Sum of an object's numbers: in{} and out{} by kind. */
static uint64_t
sum_of(struct model *m, const char *path)
{
	uint32_t v = doc_node(m, path);
	uint64_t sum = 0, n;

	if (v == JSON_NONE || json_type(m->reader, v) != JSON_OBJECT)
		return 0;
	for (uint32_t k = json_first(m->reader, v); k != JSON_NONE; k = json_following(m->reader, v, k))
		if (json_u64(m->reader, json_value(m->reader, k), &n))
			sum += n;
	return sum;
}

static void
stages(struct sheet *s)
{
	static const char *const heads[] = {"Stage", "Lines in", "Lines out", "Passed", "Made", "Unmatched", "Folded",
	    "Suppressed", "Rejected",
	    "Status"};
	struct model *m = s->m;

	sheet_heading(s, "", SLICE("Accounts of the stages"));
	sheet_table(s, heads, "lrrrrrrrrr");
	for (size_t i = 0; i < m->ends; i++) {
		if (!doc_open(m, m->end[i].json))
			continue;
		sheet_cell_text(s, RUN_TEXT, m->end[i].by);
		sheet_cell_u64(s, sum_of(m, "in"));
		sheet_cell_u64(s, sum_of(m, "out"));
		sheet_cell_u64(s, doc_u64(m, "passed"));
		sheet_cell_u64(s, doc_u64(m, "made"));
		sheet_cell_u64(s, doc_u64(m, "unmatched"));
		sheet_cell_u64(s, doc_u64(m, "folded"));
		sheet_cell_u64(s, doc_u64(m, "suppressed"));
		sheet_cell_u64(s, sum_of(m, "rejected"));
		sheet_cell_u64(s, doc_u64(m, "status"));
	}
	sheet_table_end(s);
}

static void
rejects(struct sheet *s)
{
	struct model *m = s->m;

	sheet_list(s);
	for (size_t i = 0; i < m->ends; i++) {
		uint32_t v = doc_open(m, m->end[i].json) ? doc_node(m, "rejected") : JSON_NONE;

		if (v == JSON_NONE || json_type(m->reader, v) != JSON_OBJECT)
			continue;
		for (uint32_t k = json_first(m->reader, v); k != JSON_NONE; k = json_following(m->reader, v, k)) {
			sheet_item(s);
			sheet_str(s, "rejected by ");
			sheet_text_no(s, RUN_TEXT, m->end[i].by);
			sheet_str(s, ": ");
			sheet_run(s, RUN_STRONG, doc_text(m, k));
			sheet_str(s, " ");
			sheet_run(s, RUN_TEXT, doc_text(m, json_value(m->reader, k)));
			sheet_item_end(s);
		}
	}
	sheet_list_end(s);
}

static void
caps(struct sheet *s)
{
	const struct model *m = s->m;

	sheet_list(s);
	line(s, "alerts that are not in this report, for their number", m->alerts_dropped);
	line(s, "long texts not kept, for memory", m->texts_dropped);
	line(s, "incidents, actions, results or accounts not kept, for their size or number", m->docs_dropped);
	line(s, "entities not counted, for their number", m->entities_dropped);
	line(s, "sources not counted, for their number", m->sources_dropped);
	line(s, "alerts that came twice and were counted once", m->folded);
	line(s, "records of a kind that this version does not know", m->in[KIND_UNKNOWN]);
	sheet_list_end(s);
}

static void
notes(struct sheet *s)
{
	static const char *const heads[] = {"From", "What", "Times", "Source", "Message"};

	if (s->m->notes == 0)
		return;
	sheet_heading(s, "", SLICE("Notes: assumptions, gaps, limits"));
	sheet_table(s, heads, "llrtt");
	for (size_t i = 0; i < s->m->notes && !sheet_full(s); i++) {
		const struct note *n = &s->m->note[i];

		sheet_cell_text(s, RUN_TEXT, n->by);
		sheet_cell_text(s, RUN_STRONG, n->what);
		sheet_cell_u64(s, n->n);
		sheet_cell_text(s, RUN_TEXT, n->src);
		sheet_cell_text(s, RUN_TEXT, n->message);
	}
	sheet_table_end(s);
}

/* Kinds of events and how many rules looked at them: the blind ones first. */
static void
looked(struct sheet *s)
{
	static const char *const heads[] = {"Kind of event", "Events", "Rules that look", "Hits"};
	struct model *m = s->m;
	struct buf b = {0};
	uint32_t list = coverage_open(m);

	if (list == JSON_NONE)
		return;
	sheet_heading(s, "", SLICE("Kinds of events, those that no rule looked at first"));
	sheet_table(s, heads, "trrr");
	for (int blind = 1; blind >= 0; blind--)
		for (uint32_t k = json_first(m->reader, list); k != JSON_NONE && !sheet_full(s); k = json_following(m->reader,
		    list, k)) {
			struct coverage_row r = coverage_row(m, k);

			if ((r.rules == 0) != blind)
				continue;
			buf_reset(&b);
			coverage_name(m, k, &b);
			sheet_cell_slice(s, RUN_TEXT, b.n ? buf_slice(&b) : SLICE("(unknown)"));
			sheet_cell_u64(s, r.events);
			sheet_cell_u64(s, r.rules);
			sheet_cell_u64(s, r.alerts);
		}
	sheet_table_end(s);
	buf_free(&b);
}

/* Further members of an end: a scalar as it is, an object of scalars by member. */
static void
extra_put(struct sheet *s, uint32_t k)
{
	struct model *m = s->m;
	uint32_t v = json_value(m->reader, k), some = 0;

	sheet_item(s);
	sheet_run(s, RUN_STRONG, doc_text(m, k));
	sheet_str(s, " ");
	if (json_type(m->reader, v) != JSON_OBJECT) {
		sheet_run(s, RUN_TEXT, doc_text(m, v));
		sheet_item_end(s);
		return;
	}
	for (uint32_t c = json_first(m->reader, v); c != JSON_NONE; c = json_following(m->reader, v, c)) {
		sheet_str(s, some++ ? "; " : "");
		sheet_run(s, RUN_TEXT, doc_text(m, c));
		sheet_str(s, " ");
		sheet_run(s, RUN_TEXT, doc_text(m, json_value(m->reader, c)));
	}
	sheet_item_end(s);
}

static void
extras(struct sheet *s)
{
	static const struct slice common[] = {SLICE_INIT("v"), SLICE_INIT("kind"), SLICE_INIT("by"), SLICE_INIT("seen"),
	    SLICE_INIT("in"),
	    SLICE_INIT("out"), SLICE_INIT("passed"), SLICE_INIT("made"), SLICE_INIT("unmatched"), SLICE_INIT("folded"),
	    SLICE_INIT("suppressed"),
	    SLICE_INIT("rejected"), SLICE_INIT("cut"), SLICE_INIT("status"), SLICE_INIT("coverage")};
	struct model *m = s->m;

	for (size_t i = 0; i < m->ends; i++) {
		bool some = false;

		if (!doc_open(m, m->end[i].json) || json_type(m->reader, 0) != JSON_OBJECT)
			continue;
		for (uint32_t k = json_first(m->reader, 0); k != JSON_NONE; k = json_following(m->reader, 0, k)) {
			bool known = false;

			for (size_t c = 0; c < sizeof common / sizeof *common; c++)
				known |= slice_eq(json_inner(m->reader, k), common[c]);
			if (known)
				continue;
			if (!some) {
				sheet_heading(s, "", text_of(m, m->end[i].by));
				sheet_list(s);
				some = true;
			}
			extra_put(s, k);
		}
		if (some)
			sheet_list_end(s);
	}
}

static void
rules_line(struct sheet *s)
{
	struct totals t = totals_read(s->m);

	sheet_para(s);
	if (!t.rules_known)
		sheet_str(s, "How many rules ran is not told: no `end` of ir-match came with it.");
	else {
		sheet_u64(s, t.rules);
		sheet_str(s, " rules ran on ");
		sheet_u64(s, t.events);
		sheet_str(s, " events; ");
		sheet_u64(s, s->m->rules);
		sheet_str(s, " hit; ");
		sheet_u64(s, t.rules_faulty);
		sheet_str(s, " could not run. Hidden by suppressions: ");
		sheet_u64(s, t.suppressed);
		sheet_str(s, ".");
	}
	sheet_para_end(s);
}

void
section_coverage(struct sheet *s)
{
	if (s->m->cut) {
		sheet_para(s);
		sheet_run(s, RUN_STRONG, SLICE("PARTIAL: no `end` closed the stream; counts are lower bounds."));
		sheet_para_end(s);
	}
	rules_line(s);
	if (s->m->ends == 0) {
		sheet_para(s);
		sheet_str(s, "No stage has left its account.");
		sheet_para_end(s);
	} else {
		stages(s);
		rejects(s);
	}
	caps(s);
	looked(s);
	extras(s);
	notes(s);
}

static void
source_put(struct sheet *s, const struct source_row *r)
{
	sheet_cell_text(s, RUN_CODE, r->uri);
	sheet_cell_text(s, RUN_TEXT, r->fmt);
	if (r->records)
		sheet_cell_u64(s, r->records);
	else
		sheet_cell_str(s, "not told");
	sheet_cell_u64(s, r->alerts);
	if (r->dated) {
		sheet_cell_time(s, r->first);
		sheet_cell_time(s, r->last);
	} else {
		sheet_cell_str(s, "");
		sheet_cell_str(s, "");
	}
}

/* Bytes and hash: only of a manifest, else the column would be empty. */
void
section_evidence(struct sheet *s)
{
	static const char *const heads[] = {"Source", "Format", "Records", "Hits", "Hits from (UTC)", "to", "Bytes", "SHA-256"};
	struct model *m = s->m;
	bool hashes = false;

	for (size_t i = 0; i < m->sources; i++)
		hashes = hashes || m->source[i].sha256;
	sheet_heading(s, "", SLICE("Sources"));
	sheet_para(s);
	sheet_str(s, m->sources == 0 ? "Neither marks nor hits name a source." : hashes ?
	    "Sources that marks, hits and the manifest name; "
	    "sizes and hashes are the manifest's." : "Sources that marks and hits name; records as counted by the last mark. "
	    "Hashes of "
	    "files are not in the stream: --manifest brings them.");
	sheet_para_end(s);
	if (m->sources == 0)
		return;
	sheet_table(s, heads, hashes ? "tlrrddrt" : "tlrrdd");
	for (size_t i = 0; i < m->sources && !sheet_full(s); i++) {
		source_put(s, &m->source[i]);
		if (hashes) {
			sheet_cell_u64(s, m->source[i].size);
			sheet_cell_text(s, RUN_CODE, m->source[i].sha256);
		}
	}
	sheet_table_end(s);
}
