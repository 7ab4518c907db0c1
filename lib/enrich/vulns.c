/* ir.vuln of a record: the CVEs that it names, against the tables, with what is known of the machine. */
#include "lib/enrich/priv.h"

#include <stdlib.h>

enum { CVES = 64 };

void
enrich_cve_unload(struct enrich_source *s)
{
	if (s->data)
		cve_free(s->data);
	free(s->data);
}

void
vulns_paths(struct enrich *e)
{
	e->vuln.object = json_paths_add(e->paths, SLICE("ir.vuln"));
	e->vuln.prov = json_paths_add(e->paths, SLICE("ir.prov.ir.vuln"));
	e->vuln.id = json_paths_add(e->paths, SLICE("vulnerability.id"));
	e->vuln.tags = json_paths_add(e->paths, SLICE("rule.tags"));
	e->vuln.score = json_paths_add(e->paths, SLICE("vulnerability.score.base"));
	e->vuln.kind = json_paths_add(e->paths, SLICE("ir.kind"));
}

/* ---- what the record says ------------------------------------------------------------------------------------------------ */
static void
ids(const struct enrich_worker *w, uint32_t v, uint64_t *cve, size_t *n)
{
	uint32_t k = v;

	if (v == JSON_NONE)
		return;
	if (json_type(w->j, v) == JSON_ARRAY)
		k = json_first(w->j, v);
	while (k != JSON_NONE && *n < CVES) {
		if (json_type(w->j, k) == JSON_STRING)
			cve[*n] = cve_read(json_inner(w->j, k));
		*n += json_type(w->j, k) == JSON_STRING && cve[*n] != 0;
		k = k == v ? JSON_NONE : json_following(w->j, v, k);
	}
}

static struct slice
list_text(const struct enrich_worker *w)
{
	uint32_t v = w->slot[w->e->list[LIST_asset].list];

	return v == JSON_NONE ? slice_of(NULL, 0) : json_raw(w->j, v);
}

/* A member in the items of ir.asset: a quote inside of a text is escaped there, so that only a member itself reads so. */
static bool
asset_says(const struct enrich_worker *w, struct slice member)
{
	return slice_has(buf_slice(&w->list[LIST_asset].items), member) || slice_has(list_text(w), member);
}

static void
machine(const struct enrich_worker *w, struct vuln_context *c)
{
	static const struct slice levels[] = {SLICE_INIT("\"criticality\":\"low\""), SLICE_INIT("\"criticality\":\"medium\""),
	    SLICE_INIT("\"criticality\":\"high\""), SLICE_INIT("\"criticality\":\"critical\"")};

	c->exposed = asset_says(w, SLICE("\"exposed\":true")) ? TRUTH_YES : asset_says(w, SLICE("\"exposed\":false")) ? TRUTH_NO :
	    TRUTH_UNKNOWN;
	for (int i = 3; i >= 0 && c->criticality < 0; i--)
		if (asset_says(w, levels[i]))
			c->criticality = i;
}

static struct vuln_context
context(const struct enrich_worker *w, bool finding)
{
	struct vuln_context c = {.criticality = -1, .cvss = -1, .finding = finding, .zone = w->e->zone};
	uint32_t at = w->slot[w->e->at], score = w->slot[w->e->vuln.score], kind = w->slot[w->e->vuln.kind];

	machine(w, &c);
	c.timed = at != JSON_NONE && json_type(w->j, at) == JSON_STRING && stamp_read(json_inner(w->j, at), &c.at) && c.at.s != 0;
	c.now = w->e->now_given ? w->e->now : c.at;
	if (score != JSON_NONE && !json_f64(w->j, score, &c.cvss))
		c.cvss = -1;
	c.alert = kind != JSON_NONE && slice_eq(json_raw(w->j, kind), SLICE("\"alert\""));
	return c;
}

/* ---- origins ------------------------------------------------------------------------------------------------------------- */
/* All that the answer rests on: tables of CVEs and of machines. */
static void
origin(struct enrich_worker *w, struct buf *b)
{
	buf_reset(b);
	buf_byte(b, '"');
	for (size_t i = 0; i < w->e->n; i++) {
		const struct enrich_source *s = &w->e->source[i];

		if (s->kind->vuln == NULL && s->kind->list != LIST_asset)
			continue;
		if (b->n > 1)
			buf_byte(b, ' ');
		buf_slice_add(b, slice_of(s->id.p + 1, s->id.n - 2));
	}
	buf_byte(b, '"');
}

/* ---- the record ---------------------------------------------------------------------------------------------------------- */
static struct vuln
one(struct enrich_worker *w, uint64_t cve)
{
	struct vuln v = {.cve = cve, .kev = TRUTH_UNKNOWN, .automatable = TRUTH_UNKNOWN, .total = TRUTH_UNKNOWN};

	for (size_t i = 0; i < w->e->n; i++) {
		const struct enrich_source *s = &w->e->source[i];

		if (s->kind->vuln == NULL)
			continue;
		if (s->kind->vuln(s, &v))
			w->count[i].hit++;
		else
			w->count[i].miss++;
	}
	return v;
}

/* Of several CVEs the most urgent one is told. */
static bool
worst(struct enrich_worker *w, const uint64_t *cve, size_t n, const struct vuln_context *c, struct vuln *out)
{
	struct buf best = {0}, rank = {0};

	for (size_t i = 0; i < n; i++) {
		struct vuln v = one(w, cve[i]);

		buf_reset(&rank);
		vuln_rank(&v, c, &rank);
		if (best.n && slice_cmp(buf_slice(&best), buf_slice(&rank)) <= 0)
			continue;
		buf_reset(&best);
		buf_slice_add(&best, buf_slice(&rank));
		*out = v;
	}
	buf_free(&best);
	buf_free(&rank);
	return n > 0;
}

/* True: members of ir that are not there yet are in w->vuln. */
bool
vulns_look(struct enrich_worker *w)
{
	uint32_t have = w->slot[w->e->vuln.object], prov = w->slot[w->e->vuln.prov];
	uint64_t cve[CVES];
	size_t n = 0, findings;
	struct vuln_context c;
	struct vuln v;
	struct json_out o;

	ids(w, w->slot[w->e->vuln.id], cve, &n);
	findings = n;
	ids(w, w->slot[w->e->vuln.tags], cve, &n);
	if (n == 0)
		return false;
	origin(w, &w->vuln_prov);
	if (prov != JSON_NONE && slice_eq(json_raw(w->j, prov), buf_slice(&w->vuln_prov)))
		return false;
	if ((have != JSON_NONE) != (prov != JSON_NONE))
		return false;
	c = context(w, findings > 0);
	if (!worst(w, cve, n, &c, &v))
		return false;
	buf_reset(&w->vuln);
	o = json_out(&w->vuln);
	vuln_put(&v, &c, &o);
	if (have == JSON_NONE) {
		worker_prov(w, SLICE("ir.vuln"), buf_slice(&w->vuln_prov));
		return true;
	}
	json_edit_value(&w->edits, w->j, have, buf_slice(&w->vuln));
	json_edit_value(&w->edits, w->j, prov, buf_slice(&w->vuln_prov));
	return false;
}
