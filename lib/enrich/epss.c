/* epss: FIRST's Exploit Prediction Scoring System: a comment with model and date, then cve,epss,percentile. */
#include "lib/base/num.h"
#include "lib/enrich/source.h"
#include "lib/enrich/table.h"

enum { BYTES = 512 * 1024 * 1024 };

/* "#model_version:v2025.03.14,score_date:2026-03-01T12:55:00Z" */
static void
comment(struct enrich_source *s, struct slice line)
{
	size_t at = slice_find_slice(line, SLICE("score_date:")), model = slice_find_slice(line, SLICE("model_version:"));
	struct slice date = slice_trim(slice_from(line, at + 11)), version = slice_from(line, model + 14);
	bool zoned;

	if (at < line.n && !s->info.dated)
		s->info.dated = stamp_iso(date, &s->info.date, &zoned);
	if (model < line.n)
		s->info.version = arena_slice(&s->mem, slice_head(version, slice_find(version, ',')));
}

static bool
score(const struct table_cell *c, double *to, struct fault *f)
{
	return (num_f64(slice_trim(c->text), to) && *to >= 0 && *to <= 1) || table_fault(c, "no number from 0 to 1", f);
}

static bool
rows(struct enrich_source *s, struct slice text, uint64_t line, struct fault *f)
{
	struct table t;
	bool ok = table_open(&t, text, f);

	if (ok && (t.columns < 3 || !slice_eq(t.cell[0].text, SLICE("cve")) || !slice_eq(t.cell[1].text, SLICE("epss")) ||
	    !slice_eq(t.cell[2].text, SLICE("percentile"))))
		ok = fault_place(f, "the columns cve,epss,percentile are wanted", slice_of(NULL, 0), 1, 1);
	while (ok && table_row(&t, f)) {
		struct cve_row r = {.cve = cve_read(slice_trim(t.cell[0].text))};

		ok = (r.cve || table_fault(&t.cell[0], "no CVE id", f)) && score(&t.cell[1], &r.a, f) && score(&t.cell[2], &r.b,
		    f);
		if (ok)
			cve_add(s->data, &r);
	}
	ok = ok && f->what == NULL;
	if (!ok && f->line)
		f->line += line;
	table_end(&t);
	return ok;
}

static bool
load(struct enrich_source *s, const char *path, struct fault *f)
{
	struct buf bytes = {0};
	struct slice text;
	uint64_t lines = 0;
	bool ok;

	s->data = mem_zero(1, sizeof(struct cve_table));
	ok = enrich_read(s, path, &bytes, BYTES, f);
	text = buf_slice(&bytes);
	while (ok && text.n && text.p[0] == '#') {
		comment(s, slice_cut(&text, '\n'));
		lines++;
	}
	ok = ok && rows(s, text, lines, f);
	cve_done(s->data);
	s->info.rows = ((struct cve_table *)s->data)->n;
	buf_free(&bytes);
	return ok;
}

static bool
look(const struct enrich_source *s, struct vuln *v)
{
	const struct cve_row *r = v->scored ? NULL : cve_find(s->data, v->cve);

	if (r == NULL)
		return false;
	v->scored = true;
	v->epss = r->a;
	v->percentile = r->b;
	return true;
}

const struct enrich_kind enrich_kind_epss = {.name = SLICE_INIT("epss"), .max_age = 2 * 86400, .load = load, .list = LIST_NONE,
    .vuln = look, .unload = enrich_cve_unload};
