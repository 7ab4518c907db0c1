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
	if (!end_number(m, "ir-match", "suppressed", &t.suppressed))
		t.suppressed = 0;
	for (size_t i = 0; i < m->ends; i++)
		t.rejected += rejected_by(m, &m->end[i]);
	return t;
}
