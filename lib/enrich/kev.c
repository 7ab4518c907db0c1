/* kev: CISA's catalogue of vulnerabilities that are known to be exploited, as JSON or CSV. */
#include "lib/enrich/source.h"
#include "lib/enrich/table.h"

enum { BYTES = 256 * 1024 * 1024, RANSOMWARE = 1 };

static const struct json_limits limits = {.length = BYTES, .depth = 64, .nodes = 64000000};

struct row {
	struct slice id, added, due, ransomware;
};

static bool
add(struct cve_table *t, const struct row *r, struct fault *f)
{
	struct cve_row to = {.cve = cve_read(slice_trim(r->id))};

	if (to.cve == 0)
		return fault_near(f, "no CVE id", r->id, 0);
	if (!day_read(slice_trim(r->added), &to.added))
		return fault_near(f, "dateAdded is no date", r->added, 0);
	if (slice_trim(r->due).n && !day_read(slice_trim(r->due), &to.due))
		return fault_near(f, "dueDate is no date", r->due, 0);
	to.flags = slice_eq_nocase(slice_trim(r->ransomware), SLICE("Known")) ? RANSOMWARE : 0;
	cve_add(t, &to);
	return true;
}

/* ---- JSON ---------------------------------------------------------------------------------------------------------------- */
static struct slice
member(const struct json *j, uint32_t v, struct slice name)
{
	uint32_t k = json_get(j, v, name);

	return k != JSON_NONE && json_type(j, k) == JSON_STRING ? json_inner(j, k) : slice_of(NULL, 0);
}

static void
release(struct enrich_source *s, const struct json *j)
{
	struct slice date = member(j, 0, SLICE("dateReleased"));
	struct stamp at;

	if (!s->info.dated && stamp_rfc3339(date, &at)) {
		s->info.date = at;
		s->info.dated = true;
	}
	s->info.version = arena_slice(&s->mem, member(j, 0, SLICE("catalogVersion")));
}

static bool
from_json(struct enrich_source *s, struct slice text, struct fault *f)
{
	struct json *j = json_new(&limits);
	uint32_t list = JSON_NONE;
	bool ok = json_one(j, text, f);

	if (ok && json_type(j, 0) == JSON_OBJECT)
		list = json_get(j, 0, SLICE("vulnerabilities"));
	if (ok && (list == JSON_NONE || json_type(j, list) != JSON_ARRAY))
		ok = fault_set(f, "no catalogue: it has no vulnerabilities", 0);
	if (ok)
		release(s, j);
	for (uint32_t v = ok ? json_first(j, list) : JSON_NONE; v != JSON_NONE && ok; v = json_following(j, list, v)) {
		struct row r = {0};

		if (json_type(j, v) == JSON_OBJECT)
			r = (struct row){member(j, v, SLICE("cveID")), member(j, v, SLICE("dateAdded")), member(j, v,
			    SLICE("dueDate")),
			    member(j, v, SLICE("knownRansomwareCampaignUse"))};
		ok = add(s->data, &r, f);
		if (!ok)
			f->offset = j->node[v].at;
	}
	if (!ok && f->line == 0)
		fault_locate(f, text);
	json_free(j);
	return ok;
}

/* ---- CSV ----------------------------------------------------------------------------------------------------------------- */
static bool
column(const struct table *t, const char *name, size_t *at, struct fault *f)
{
	for (*at = 0; *at < t->columns; ++*at)
		if (slice_eq_nocase(slice_trim(t->cell[*at].text), slice_str(name)))
			return true;
	return fault_place(f, "a column is missing", slice_str(name), 1, 1);
}

static bool
from_csv(struct enrich_source *s, struct slice text, struct fault *f)
{
	struct table t;
	size_t id, added, due, ransomware;
	bool ok = table_open(&t, text, f) && column(&t, "cveID", &id, f) && column(&t, "dateAdded", &added, f) &&
	    column(&t, "dueDate", &due, f) && column(&t, "knownRansomwareCampaignUse", &ransomware, f);

	while (ok && table_row(&t, f)) {
		struct row r = {t.cell[id].text, t.cell[added].text, t.cell[due].text, t.cell[ransomware].text};

		ok = add(s->data, &r, f);
		if (!ok)
			(void)table_fault(&t.cell[id], f->what, f);
	}
	ok = ok && f->what == NULL;
	table_end(&t);
	return ok;
}

static bool
load(struct enrich_source *s, const char *path, struct fault *f)
{
	struct buf bytes = {0};
	struct slice text;
	bool ok;

	s->data = mem_zero(1, sizeof(struct cve_table));
	ok = enrich_read(s, path, &bytes, BYTES, f);
	text = slice_trim(buf_slice(&bytes));
	ok = ok && (text.n && text.p[0] == '{' ? from_json(s, text, f) : from_csv(s, buf_slice(&bytes), f));
	cve_done(s->data);
	s->info.rows = ((struct cve_table *)s->data)->n;
	buf_free(&bytes);
	return ok;
}

static bool
look(const struct enrich_source *s, struct vuln *v)
{
	const struct cve_row *r = cve_find(s->data, v->cve);

	if (v->kev == TRUTH_YES)
		return r != NULL;
	v->kev = r ? TRUTH_YES : TRUTH_NO;
	if (r == NULL)
		return false;
	v->added = r->added;
	v->due = r->due;
	v->ransomware = r->flags & RANSOMWARE;
	return true;
}

const struct enrich_kind enrich_kind_kev = {.name = SLICE_INIT("kev"), .max_age = 2 * 86400, .load = load, .list = LIST_NONE,
    .vuln = look, .unload = enrich_cve_unload};
