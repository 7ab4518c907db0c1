/* ssvc: what CISA has decided of a CVE (cisagov/vulnrichment): CVE records, one a file or a line,
    whose ADP container has SSVC options. */
#include "lib/enrich/source.h"

enum { BYTES = 512 * 1024 * 1024, AUTOMATABLE = 1, NOT_AUTOMATABLE = 2, TOTAL = 4, PARTIAL = 8 };

static const struct json_limits limits = {.length = BYTES, .depth = 64, .nodes = 64000000};

static uint32_t
list_of(const struct json *j, uint32_t v, const char *path)
{
	uint32_t k = v != JSON_NONE && json_type(j, v) == JSON_OBJECT ? json_path(j, v, slice_str(path)) : JSON_NONE;

	return k != JSON_NONE && json_type(j, k) == JSON_ARRAY ? k : JSON_NONE;
}

static bool
text_is(const struct json *j, uint32_t v, const char *path, const char *text)
{
	uint32_t k = json_type(j, v) == JSON_OBJECT ? json_path(j, v, slice_str(path)) : JSON_NONE;

	return k != JSON_NONE && json_type(j, k) == JSON_STRING && slice_eq_nocase(json_inner(j, k), slice_str(text));
}

static void
options(const struct json *j, uint32_t other, struct cve_row *r)
{
	uint32_t list = list_of(j, other, "content.options");

	if (list == JSON_NONE || !text_is(j, other, "type", "ssvc"))
		return;
	for (uint32_t o = json_first(j, list); o != JSON_NONE; o = json_following(j, list, o)) {
		if (text_is(j, o, "Automatable", "yes"))
			r->flags = (uint8_t)((r->flags & ~NOT_AUTOMATABLE) | AUTOMATABLE);
		else if (text_is(j, o, "Automatable", "no"))
			r->flags = (uint8_t)((r->flags & ~AUTOMATABLE) | NOT_AUTOMATABLE);
		if (text_is(j, o, "Technical Impact", "total"))
			r->flags = (uint8_t)((r->flags & ~PARTIAL) | TOTAL);
		else if (text_is(j, o, "Technical Impact", "partial"))
			r->flags = (uint8_t)((r->flags & ~TOTAL) | PARTIAL);
	}
}

/* Only CISA's own container counts. */
static bool
by_cisa(const struct json *j, uint32_t adp)
{
	return text_is(j, adp, "providerMetadata.shortName", "CISA-ADP");
}

static bool
one_record(struct enrich_source *s, const struct json *j, struct fault *f)
{
	uint32_t id = json_type(j, 0) == JSON_OBJECT ? json_path(j, 0, SLICE("cveMetadata.cveId")) : JSON_NONE;
	uint32_t adp = list_of(j, 0, "containers.adp");
	struct cve_row r = {0};

	if (id != JSON_NONE && json_type(j, id) == JSON_STRING)
		r.cve = cve_read(json_inner(j, id));
	if (r.cve == 0)
		return fault_set(f, "no CVE record: it has no cveMetadata.cveId", 0);
	for (uint32_t a = adp == JSON_NONE ? JSON_NONE : json_first(j, adp); a != JSON_NONE; a = json_following(j, adp, a)) {
		uint32_t metrics = by_cisa(j, a) ? list_of(j, a, "metrics") : JSON_NONE;

		for (uint32_t m = metrics == JSON_NONE ? JSON_NONE : json_first(j, metrics); m != JSON_NONE;
		    m = json_following(j, metrics, m)) {
			uint32_t other = json_type(j, m) == JSON_OBJECT ? json_get(j, m, SLICE("other")) : JSON_NONE;

			if (other != JSON_NONE && json_type(j, other) == JSON_OBJECT)
				options(j, other, &r);
		}
	}
	if (r.flags)
		cve_add(s->data, &r);
	return true;
}

static bool
lines(struct enrich_source *s, struct json *j, struct slice text, struct fault *f)
{
	json_block(j, text);
	while (json_line(j, f)) {
		if (!j->ok || !one_record(s, j, f)) {
			f->offset += j->at;
			return false;
		}
	}
	return true;
}

static bool
one_file(struct enrich_source *s, const char *path, struct fault *f)
{
	struct json *j = json_new(&limits);
	struct buf bytes = {0};
	struct slice text;
	bool ok = enrich_read(s, path, &bytes, BYTES, f);

	text = slice_trim(buf_slice(&bytes));
	if (ok) {
		size_t end = slice_find(text, '\n');
		struct fault ignored;

		ok = end < text.n && json_one(j, slice_head(text, end), &ignored) ? lines(s, j, text, f) :
		    json_one(j, text, f) && one_record(s, j, f);
		if (!ok && f->line == 0)
			fault_locate(f, text);
	}
	json_free(j);
	buf_free(&bytes);
	return ok;
}

static bool
load(struct enrich_source *s, const char *path, struct fault *f)
{
	static const char *const endings[] = {".json", ".ndjson", ".jsonl", NULL};
	bool ok;

	s->data = mem_zero(1, sizeof(struct cve_table));
	ok = enrich_files(s, path, endings, one_file, f);
	cve_done(s->data);
	s->info.rows = ((struct cve_table *)s->data)->n;
	return ok;
}

static bool
look(const struct enrich_source *s, struct vuln *v)
{
	const struct cve_row *r = cve_find(s->data, v->cve);

	if (r == NULL)
		return false;
	if (v->automatable == TRUTH_UNKNOWN)
		v->automatable = r->flags & AUTOMATABLE ? TRUTH_YES : r->flags & NOT_AUTOMATABLE ? TRUTH_NO : TRUTH_UNKNOWN;
	if (v->total == TRUTH_UNKNOWN)
		v->total = r->flags & TOTAL ? TRUTH_YES : r->flags & PARTIAL ? TRUTH_NO : TRUTH_UNKNOWN;
	return true;
}

const struct enrich_kind enrich_kind_ssvc = {.name = SLICE_INIT("ssvc"), .max_age = 30 * 86400, .load = load, .list = LIST_NONE,
    .vuln = look, .unload = enrich_cve_unload};
