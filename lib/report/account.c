#include "lib/report/account.h"

static const struct stage_end *
end_of(struct model *m, const char *by)
{
	for (size_t i = m->ends; i-- > 0;)
		if (slice_eq(text_of(m, m->end[i].by), slice_str(by)))
			return &m->end[i];
	return NULL;
}

bool
end_has(struct model *m, const char *by, const char *path)
{
	const struct stage_end *e = end_of(m, by);

	return e && doc_open(m, e->json) && doc_node(m, path) != JSON_NONE;
}

bool
end_number(struct model *m, const char *by, const char *path, uint64_t *n)
{
	const struct stage_end *e = end_of(m, by);

	if (!e || !doc_open(m, e->json) || doc_node(m, path) == JSON_NONE)
		return false;
	return json_u64(m->reader, doc_node(m, path), n);
}

static uint64_t
rejected_by(struct model *m, const struct stage_end *e)
{
	uint32_t list;
	uint64_t sum = 0, n;

	if (!doc_open(m, e->json) || (list = doc_node(m, "rejected")) == JSON_NONE || json_type(m->reader, list) != JSON_OBJECT)
		return 0;
	for (uint32_t k = json_first(m->reader, list); k != JSON_NONE; k = json_following(m->reader, list, k))
		if (json_u64(m->reader, json_value(m->reader, k), &n))
			sum += n;
	return sum;
}

/* ---- coverage ---------------------------------------------------------------------------------------------------- */

uint32_t
coverage_open(struct model *m)
{
	const struct stage_end *e = end_of(m, "ir-match");
	uint32_t v = e && doc_open(m, e->json) ? doc_node(m, "coverage") : JSON_NONE;

	return v != JSON_NONE && json_type(m->reader, v) == JSON_ARRAY ? v : JSON_NONE;
}

static uint64_t
number_of(const struct model *m, uint32_t object, struct slice name)
{
	uint32_t v = json_type(m->reader, object) == JSON_OBJECT ? json_get(m->reader, object, name) : JSON_NONE;
	uint64_t n = 0;

	return v != JSON_NONE && json_u64(m->reader, v, &n) ? n : 0;
}

struct coverage_row
coverage_row(const struct model *m, uint32_t row)
{
	return (struct coverage_row){number_of(m, row, SLICE("events")), number_of(m, row, SLICE("rules")), number_of(m, row,
	    SLICE("alerts"))};
}

void
coverage_name(struct model *m, uint32_t row, struct buf *out)
{
	static const struct slice part[] = {SLICE_INIT("product"), SLICE_INIT("service"), SLICE_INIT("category")};
	uint32_t ls = json_type(m->reader, row) == JSON_OBJECT ? json_get(m->reader, row, SLICE("ls")) : JSON_NONE, v;

	if (ls == JSON_NONE || json_type(m->reader, ls) != JSON_ARRAY)
		return;
	for (uint32_t k = json_first(m->reader, ls); k != JSON_NONE; k = json_following(m->reader, ls, k)) {
		if (json_type(m->reader, k) != JSON_OBJECT)
			continue;
		buf_str(out, out->n ? ", " : "");
		for (size_t i = 0, some = 0; i < sizeof part / sizeof *part; i++) {
			if ((v = json_get(m->reader, k, part[i])) == JSON_NONE)
				continue;
			buf_str(out, some++ ? " " : "");
			buf_slice_add(out, doc_text(m, v));
		}
	}
}

static void
types_count(struct model *m, struct totals *t)
{
	uint32_t list = coverage_open(m);

	if (list == JSON_NONE)
		return;
	for (uint32_t k = json_first(m->reader, list); k != JSON_NONE; k = json_following(m->reader, list, k)) {
		struct coverage_row r = coverage_row(m, k);

		t->types++;
		t->types_blind += r.rules == 0;
	}
}

struct totals
totals_read(struct model *m)
{
	struct totals t = {0};

	t.files = m->sources;
	t.files_known = m->sources > 0;
	t.events_known = end_number(m, "ir-match", "in.event", &t.events) || end_number(m, "ir-ingest", "out.event", &t.events);
	if (!t.events_known)
		t.events = m->in[KIND_EVENT] + m->events_hit;
	t.rules_known = end_number(m, "ir-match", "rules.loaded", &t.rules);
	if (!end_number(m, "ir-match", "rules.faulty", &t.rules_faulty))
		t.rules_faulty = 0;
	if (!end_number(m, "ir-match", "rules.unsupported", &t.rules_unsupported))
		t.rules_unsupported = 0;
	t.rules_faulty += t.rules_unsupported;
	types_count(m, &t);
	if (!end_number(m, "ir-match", "suppressed", &t.suppressed))
		t.suppressed = 0;
	for (size_t i = 0; i < m->ends; i++)
		t.rejected += rejected_by(m, &m->end[i]);
	return t;
}
