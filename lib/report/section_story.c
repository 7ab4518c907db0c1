/* Stories: what happened on one host, or in one incident. */
#include "lib/report/sections.h"

/* ---- rows of events ---------------------------------------------------------------------------------------------- */

static bool
same_event(const struct alert *a, const struct alert *b)
{
	return a->event && a->event == b->event;
}

static void
rules_cell(struct sheet *s, const uint32_t *alert, size_t n)
{
	sheet_cell(s);
	for (size_t i = 0; i < n; i++) {
		if (i)
			sheet_break(s);
		sheet_text_no(s, RUN_TEXT, s->m->rule[s->m->alert[alert[i]].rule].name);
	}
	sheet_cell_end(s);
}

static void
people_cell(struct sheet *s, const struct alert *a)
{
	sheet_cell(s);
	sheet_text_no(s, RUN_TEXT, a->user);
	if (a->source && a->source != a->host) {
		sheet_str(s, a->user ? " from " : "from ");
		sheet_text_no(s, RUN_TEXT, a->source);
	}
	sheet_cell_end(s);
}

/* Where the record stands in the evidence. */
static void
evidence_cell(struct sheet *s, const struct alert *a)
{
	sheet_cell(s);
	sheet_text_no(s, RUN_TEXT, a->uri);
	if (a->uri && a->rec) {
		buf_reset(&s->scratch);
		buf_lit(&s->scratch, " #");
		buf_u64(&s->scratch, a->rec);
		sheet_run(s, RUN_MUTED, buf_slice(&s->scratch));
	}
	sheet_cell_end(s);
}

/* On a narrow terminal what happened is worth more than where it stands. */
static bool
narrow(const struct sheet *s)
{
	return s->style.width && s->style.width < 140;
}

static void
event_row(struct sheet *s, const uint32_t *alert, size_t n, bool hosts)
{
	const struct alert *a = &s->m->alert[alert[0]];
	int level = 0;

	for (size_t i = 0; i < n; i++)
		level = s->m->alert[alert[i]].level > level ? s->m->alert[alert[i]].level : level;
	sheet_cell_time(s, a->at);
	sheet_cell_level(s, level);
	if (hosts)
		sheet_cell_text(s, RUN_TEXT, a->host);
	people_cell(s, a);
	sheet_cell_text(s, RUN_CODE, a->summary);
	rules_cell(s, alert, n);
	if (!narrow(s))
		evidence_cell(s, a);
}

uint64_t
event_rows(struct sheet *s, const uint32_t *alert, size_t n, bool hosts, size_t most)
{
	static const char *const with[] = {"Time (UTC)", "Severity", "Host", "Who", "What", "Rules", "Evidence"};
	static const char *const without[] = {"Time (UTC)", "Severity", "Who", "What", "Rules", "Evidence"};
	uint64_t left = 0;
	size_t rows = 0;

	if (narrow(s))
		sheet_table(s, hosts ? with : without, hosts ? "dllltt" : "dlltt");
	else
		sheet_table(s, hosts ? with : without, hosts ? "dlllttt" : "dllttt");
	for (size_t i = 0, to; i < n; i = to) {
		for (to = i + 1; to < n && same_event(&s->m->alert[alert[i]], &s->m->alert[alert[to]]); to++)
			;
		if (rows >= most || sheet_full(s)) {
			left++;
			continue;
		}
		event_row(s, alert + i, to - i, hosts);
		rows++;
	}
	sheet_table_end(s);
	return left;
}

bool
story_hosts(const struct model *m, const struct story *y)
{
	for (uint32_t i = 1; i < y->n; i++)
		if (m->alert[m->order[y->from + i]].host != m->alert[m->order[y->from]].host)
			return true;
	return false;
}

/* ---- one story --------------------------------------------------------------------------------------------------- */

void
story_name_put(struct sheet *s, const struct story *y)
{
	for (uint32_t i = 0; i < y->tactics.n; i++) {
		if (i)
			sheet_str(s, " > ");
		sheet_text_no(s, RUN_TACTIC, item_of(s->m, y->tactics, i));
	}
}

static void
counts_put(struct sheet *s, const struct story *y)
{
	bool some = false;

	for (int l = LEVELS - 1; l >= 0; l--) {
		if (y->hits[l] == 0)
			continue;
		sheet_str(s, some ? ", " : "");
		sheet_u64(s, y->hits[l]);
		sheet_str(s, " ");
		sheet_level(s, l);
		some = true;
	}
	sheet_str(s, some ? " hits on " : "no hits of its own in this stream");
	if (some) {
		sheet_u64(s, y->events);
		sheet_str(s, y->events == 1 ? " event" : " events");
	}
}

/* Members of the incident that people ask for first. */
static void
incident_put(struct sheet *s, const struct story *y)
{
	static const struct { const char *name, *path; } rows[] = {{"title", "title"},
	    {"severity", "severity"}, {"status", "status"}, {"tier", "tier"}, {"TLP", "tlp"},
	    {"PAP", "pap"}, {"class", "class.rsit"}, {"owner", "owner"}, {"verdict", "verdict"}};
	struct model *m = s->m;
	uint32_t v;

	if (!y->incident || !doc_open(m, y->incident->json))
		return;
	sheet_para(s);
	sheet_str(s, "incident ");
	sheet_text_no(s, RUN_CODE, y->id);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		v = doc_node(m, rows[i].path);
		if (v == JSON_NONE || json_type(m->reader, v) != JSON_STRING)
			continue;
		sheet_str(s, "; ");
		sheet_str(s, rows[i].name);
		sheet_str(s, " ");
		sheet_run(s, RUN_STRONG, doc_text(m, v));
	}
	v = doc_node(m, "priority_why");
	if (v != JSON_NONE && json_type(m->reader, v) == JSON_ARRAY)
		for (uint32_t k = json_first(m->reader, v); k != JSON_NONE; k = json_following(m->reader, v, k)) {
			sheet_str(s, "; ");
			sheet_run(s, RUN_MUTED, doc_text(m, k));
		}
	sheet_para_end(s);
}

static void
links_put(struct sheet *s, const struct story *y)
{
	struct model *m = s->m;
	uint32_t v;

	if (!y->incident || !doc_open(m, y->incident->json))
		return;
	v = doc_node(m, "links");
	if (v == JSON_NONE || json_type(m->reader, v) != JSON_ARRAY || json_first(m->reader, v) == JSON_NONE)
		return;
	sheet_list(s);
	for (uint32_t k = json_first(m->reader, v); k != JSON_NONE; k = json_following(m->reader, v, k)) {
		uint32_t to = json_type(m->reader, k) == JSON_OBJECT ? json_get(m->reader, k, SLICE("incident")) : JSON_NONE;

		if (to == JSON_NONE)
			continue;
		sheet_item(s);
		sheet_str(s, "linked to incident ");
		sheet_run(s, RUN_CODE, doc_text(m, to));
		sheet_str(s, ": ");
		sheet_run(s, RUN_TEXT, doc_text(m, json_get(m->reader, k, SLICE("reason"))));
		sheet_item_end(s);
	}
	sheet_list_end(s);
}

/* "S1  P1  web01: what" */
static void
story_title(const struct model *m, size_t i, struct buf *b)
{
	const struct story *y = &m->story[i];

	buf_lit(b, "S");
	buf_u64(b, i + 1);
	buf_lit(b, "  ");
	if (y->priority) {
		buf_slice_add(b, text_of(m, y->priority));
		buf_lit(b, "  ");
	}
	buf_slice_add(b, text_of(m, y->host));
	if (y->host && y->title)
		buf_lit(b, ": ");
	buf_slice_add(b, text_of(m, y->title));
}

static void
story_body(struct sheet *s, size_t i, bool rows)
{
	const struct story *y = &s->m->story[i];

	sheet_para(s);
	sheet_times(s, y->first, y->last);
	sheet_str(s, " UTC; ");
	counts_put(s, y);
	sheet_para_end(s);
	if (y->tactics.n) {
		sheet_para(s);
		story_name_put(s, y);
		sheet_para_end(s);
	}
	incident_put(s, y);
	links_put(s, y);
	if (!rows || y->n == 0) {
		s->rows_left += y->events;
		return;
	}
	s->rows_left += event_rows(s, s->m->order + y->from, y->n, story_hosts(s->m, y), SIZE_MAX);
	if (s->ops == &sheet_text)
		story_tree(s, y);
}

void
story_whole(struct sheet *s, size_t i, bool rows)
{
	struct buf b = {0};

	story_title(s->m, i, &b);
	sheet_heading(s, "", buf_slice(&b));
	story_body(s, i, rows);
	buf_free(&b);
}

static void
folded(struct sheet *s, size_t i)
{
	struct buf b = {0};

	story_title(s->m, i, &b);
	sheet_fold(s, buf_slice(&b));
	story_body(s, i, i < STORIES_FULL);
	sheet_fold_end(s);
	buf_free(&b);
}

void
section_stories(struct sheet *s)
{
	sheet_para(s);
	if (s->m->stories == 0)
		sheet_str(s, "There is none.");
	else if (s->m->grouped_here)
		sheet_str(s, "No incident came with the stream: stories were made here, by host; a silence of 30 minutes begins "
		    "another.");
	else
		sheet_str(s, "One story an incident. Alerts that belong to no incident stand by host.");
	sheet_para_end(s);
	for (size_t i = 0; i < s->m->stories && !sheet_full(s); i++)
		if (i < STORIES_OPEN)
			story_whole(s, i, true);
		else
			folded(s, i);
	if (s->rows_left == 0)
		return;
	sheet_para(s);
	sheet_str(s, "Event rows that are not on this page: ");
	sheet_u64(s, s->rows_left);
	if (s->annex.n) {
		sheet_str(s, "; all rows are in the annex ");
		sheet_run(s, RUN_CODE, s->annex);
	} else
		sheet_str(s, "; with -o FILE they go to an annex beside it");
	sheet_para_end(s);
}
