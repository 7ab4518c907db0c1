/* contact: whose an address or name is, and whom to tell: the longest prefix, the AS, the longest domain, the country. */
#include "lib/base/num.h"
#include "lib/enrich/priv.h"
#include "lib/enrich/table.h"
#include "lib/intel/index.h"

#include <stdlib.h>

enum { BYTES = 512 * 1024 * 1024, ASKED = 8 };
enum column { CIDR, ASN, DOMAIN, COUNTRY, SECTOR, ORG, MAIL, LANG, TLP_MAX, COLUMNS };
enum { KEYS = COUNTRY + 1 };

static const char *const column_name[COLUMNS] = {"cidr", "asn", "domain", "country", "sector", "org", "mail", "lang", "tlp_max"};

struct contacts {
	struct slice *json;		/* members of an item, without how it was found */
	size_t n, cap;
	struct cidr cidr;
	struct map prefixes, by[KEYS];	/* value: row + 1 */
	struct arena mem;
};
struct loading {
	struct contacts *c;
	struct table t;
	size_t at[COLUMNS];		/* + 1; 0: not there */
};

/* ---- loading ------------------------------------------------------------------------------------------------------------- */
static bool
header(struct loading *l, struct fault *f)
{
	for (size_t i = 0; i < l->t.cells; i++) {
		size_t c = 0;

		while (c < COLUMNS && !slice_eq_nocase(slice_trim(l->t.cell[i].text), slice_str(column_name[c])))
			c++;
		if (c == COLUMNS)
			return table_fault(&l->t.cell[i], "unknown column", f);
		if (l->at[c])
			return table_fault(&l->t.cell[i], "the column is there twice", f);
		l->at[c] = i + 1;
	}
	return ((l->at[CIDR] || l->at[ASN] || l->at[DOMAIN] || l->at[COUNTRY]) && (l->at[ORG] || l->at[MAIL])) ||
	    fault_place(f, "cidr, asn, domain or country, and org or mail are wanted", slice_of(NULL, 0), 1, 1);
}

static const struct table_cell *
cell(const struct loading *l, enum column c)
{
	static const struct table_cell none;

	return l->at[c] ? &l->t.cell[l->at[c] - 1] : &none;
}

static bool
once(struct loading *l, struct map *m, struct slice key, const struct table_cell *c, struct fault *f)
{
	bool made;
	struct map_row *row = map_put(m, key, &made);

	row->v.u = l->c->n + 1;
	return made || table_fault(c, "stands twice: which one is meant is not known", f);
}

static bool
prefix(struct loading *l, struct slice s, const struct table_cell *c, struct fault *f)
{
	struct prefix p;
	char key[17];

	if (!prefix_read(s, &p, NULL))
		return table_fault(c, "no address or prefix", f);
	memcpy(key, p.a.b, 16);
	key[16] = (char)p.bits;
	if (!once(l, &l->c->prefixes, slice_of(key, sizeof key), c, f))
		return false;
	cidr_add(&l->c->cidr, &p, (uint32_t)l->c->n);
	return true;
}

static bool
key(struct loading *l, enum column c, struct slice s, const struct table_cell *at, struct fault *f)
{
	struct buf b = {0};
	uint64_t n;
	bool ok;

	if (c == CIDR)
		return prefix(l, s, at, f);
	if (c == ASN && slice_starts_nocase(s, SLICE("AS")))
		s = slice_from(s, 2);
	if (c == ASN && (!num_u64(s, &n) || n > UINT32_MAX))
		return table_fault(at, "no number of an autonomous system", f);
	if (c == COUNTRY && s.n != 2)
		return table_fault(at, "two letters of ISO 3166-1 are wanted", f);
	if (c == DOMAIN && slice_starts(s, SLICE("*.")))
		s = slice_from(s, 2);
	if (c == DOMAIN && !value_name(s, true, &b))
		return table_fault(at, "no domain", f);
	for (size_t i = 0; i < s.n && c != DOMAIN; i++)
		buf_byte(&b, (char)(s.p[i] >= 'a' && s.p[i] <= 'z' ? s.p[i] & ~0x20 : s.p[i]));
	ok = once(l, &l->c->by[c], buf_slice(&b), at, f);
	buf_free(&b);
	return ok;
}

static bool
row(struct loading *l, struct fault *f)
{
	struct buf b = {0};
	struct json_out o = json_out(&b);
	bool ok = true;

	for (enum column c = SECTOR; c < COLUMNS; c++) {
		struct slice s = slice_trim(cell(l, c)->text);

		if (c == TLP_MAX && s.n && intel_tlp_read(s) == TLP_NONE)
			ok = table_fault(cell(l, c), "no label of TLP 2.0", f);
		if (s.n)
			jo_ktext(&o, column_name[c], s);
	}
	for (enum column c = CIDR; c <= COUNTRY && ok; c++) {
		struct slice rest = slice_trim(cell(l, c)->text);

		while (rest.p && rest.n && ok)
			ok = key(l, c, slice_trim(slice_cut(&rest, ';')), cell(l, c), f);
	}
	l->c->json = mem_grow(l->c->json, &l->c->cap, l->c->n, sizeof *l->c->json);
	l->c->json[l->c->n++] = arena_slice(&l->c->mem, buf_slice(&b));
	buf_free(&b);
	return ok;
}

static bool
load(struct enrich_source *s, const char *path, struct fault *f)
{
	struct loading l = {.c = mem_zero(1, sizeof *l.c)};
	struct buf bytes = {0};
	bool ok;

	s->data = l.c;
	ok = enrich_read(s, path, &bytes, BYTES, f) && table_open(&l.t, buf_slice(&bytes), f) && header(&l, f);
	while (ok && table_row(&l.t, f))
		ok = row(&l, f);
	ok = ok && f->what == NULL;
	cidr_done(&l.c->cidr);
	table_end(&l.t);
	s->info.rows = l.c->n;
	buf_free(&bytes);
	return ok;
}

static void
unload(struct enrich_source *s)
{
	struct contacts *c = s->data;

	if (c == NULL)
		return;
	for (size_t i = 0; i < KEYS; i++)
		map_free(&c->by[i]);
	map_free(&c->prefixes);
	cidr_free(&c->cidr);
	arena_free(&c->mem);
	free(c->json);
	free(c);
}

/* ---- records ------------------------------------------------------------------------------------------------------------- */
static uint32_t
by_text(const struct contacts *c, enum column k, struct slice s)
{
	const struct map_row *r = s.n && c->by[k].n ? map_get(&c->by[k], s) : NULL;

	return r ? (uint32_t)r->v.u - 1 : CIDR_NONE;
}

/* The longest one that the name lies below. */
static uint32_t
by_name(struct enrich_worker *w, const struct contacts *c, struct slice name)
{
	struct slice s;

	buf_reset(&w->text);
	if (c->by[DOMAIN].n == 0 || !value_name(name, true, &w->text))
		return CIDR_NONE;
	for (s = buf_slice(&w->text); s.n; s = slice_from(s, slice_find(s, '.') + 1))
		if (by_text(c, DOMAIN, s) != CIDR_NONE)
			return by_text(c, DOMAIN, s);
	return CIDR_NONE;
}

static void
tell(struct enrich_worker *w, size_t source, uint32_t row, enum column how, const char *field, uint32_t value, uint32_t *told)
{
	const struct contacts *c = w->e->source[source].data;
	struct buf *b;

	if (row == CIDR_NONE)
		return;
	for (size_t i = 1; i <= told[0]; i++)
		if (told[i] == row)
			return;
	if (told[0] == ASKED)
		return;
	told[++told[0]] = row;
	b = list_item(w, LIST_contact, source);
	buf_byte(b, '{');
	buf_slice_add(b, c->json[row]);
	buf_str(b, ",\"by\":\"");
	buf_str(b, column_name[how]);
	buf_str(b, "\",\"for\":\"");
	buf_str(b, field);
	buf_str(b, "\",\"value\":");
	buf_slice_add(b, json_raw(w->j, value));
	buf_str(b, ",\"source\":\"");
	buf_slice_add(b, w->e->source[source].info.name);
	buf_str(b, "\"}");
}

static void
one_side(struct enrich_worker *w, size_t source, enum side_id side, uint32_t *told)
{
	static const char *const field[SIDES] = {"source.ip", "destination.ip"};
	const struct contacts *c = w->e->source[source].data;
	uint32_t ip = w->slot[w->e->side[side].ip], row;
	enum column how = CIDR;
	struct addr a;

	if (ip == JSON_NONE || json_type(w->j, ip) != JSON_STRING || !addr_read(json_inner(w->j, ip), &a))
		return;
	row = cidr_find(&c->cidr, &a);
	if (row == CIDR_NONE)
		row = by_text(c, how = ASN, side_as(w, side));
	if (row == CIDR_NONE)
		row = by_text(c, how = COUNTRY, side_country(w, side));
	tell(w, source, row, how, field[side], ip, told);
}

static void
items(struct enrich_worker *w, size_t source)
{
	static const char *const name[] = {"source.domain", "destination.domain", "url.domain", "dns.question.name"};
	uint32_t told[ASKED + 1] = {0};

	for (enum side_id s = 0; s < SIDES; s++)
		one_side(w, source, s, told);
	for (size_t i = 0; i < CONTACT_NAMES; i++) {
		uint32_t v = w->slot[w->e->contact_name[i]];

		if (v != JSON_NONE && json_type(w->j, v) == JSON_STRING)
			tell(w, source, by_name(w, w->e->source[source].data, json_inner(w->j, v)), DOMAIN, name[i], v, told);
	}
}

const struct enrich_kind enrich_kind_contact = {.name = SLICE_INIT("contact"), .max_age = 90 * 86400, .load = load,
    .list = LIST_contact, .items = items, .unload = unload};
