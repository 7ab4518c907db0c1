#include "lib/enrich/rows.h"

#include "lib/enrich/table.h"
#include "lib/json/json.h"

#include <stdlib.h>

enum column {
#define COLUMN(name, how, net) C_##name,
#include "lib/enrich/columns.def"
#undef COLUMN
	COLUMNS
};
enum how { KEY, TEXT, LEVEL, FLAG, COUNTRY };
static const struct {
	struct slice name;
	enum how how;
	bool net;
} column_row[COLUMNS] = {
#define COLUMN(name, how, net) {SLICE_INIT(#name), how, net},
#include "lib/enrich/columns.def"
#undef COLUMN
};

struct loading {
	struct rows *r;
	struct table t;
	struct slice by;
	bool net;
	enum column at[TABLE_COLUMNS];		/* of each cell of a row */
	bool has[COLUMNS];
	struct map prefixes;			/* address and length: no prefix twice */
	struct buf json;
};

/* ---- names and numbers ------------------------------------------------------------------------------------------------ */
/* In lower case (ASCII), without the root's point; n is 0 if it is too long to be a name. */
static struct slice
folded(struct slice s, char to[ROW_KEY])
{
	if (s.n && s.p[s.n - 1] == '.')
		s.n--;
	if (s.n > ROW_KEY)
		return slice_of(to, 0);
	for (size_t i = 0; i < s.n; i++)
		to[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] | 0x20 : s.p[i]);
	return slice_of(to, s.n);
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Six octets of two hex digits; between them nothing, -, : or (after two octets) a point. */
static bool
mac_read(struct slice s, char out[6])
{
	size_t digits = 0;

	if (s.n > 17)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int v = nibble(s.p[i]);

		if (v < 0 && (s.p[i] == '-' || s.p[i] == ':' || s.p[i] == '.') && digits % 2 == 0 && digits)
			continue;
		if (v < 0 || digits == 12)
			return false;
		out[digits / 2] = (char)(digits % 2 ? out[digits / 2] << 4 | v : v);
		digits++;
	}
	return digits == 12;
}

/* ---- keys -------------------------------------------------------------------------------------------------------------- */
static bool
key_put(struct loading *l, struct map *m, struct slice key, const struct table_cell *c, struct fault *f)
{
	uint64_t row = l->r->n;
	bool made;
	struct map_row *x = map_put(m, key, &made);

	if (!made && x->v.u != row)
		return table_fault(c, "stands in an earlier row, too: which one is meant is not known", f);
	x->v.u = row;
	return true;
}

/* The first label of a full name; two rows that share it make it ambiguous, which shows when a record has it. */
static void
short_put(struct loading *l, struct slice name)
{
	size_t dot = slice_find(name, '.');
	bool made;
	struct map_row *x;

	if (dot == name.n)
		return;
	x = map_put(&l->r->shorts, slice_head(name, dot), &made);
	x->v.u = made || x->v.u == l->r->n ? l->r->n : ROW_AMBIGUOUS;
}

static bool
prefix_put(struct loading *l, const struct prefix *p, const struct table_cell *c, struct fault *f)
{
	char key[17];

	memcpy(key, p->a.b, 16);
	key[16] = (char)p->bits;
	if (!key_put(l, &l->prefixes, slice_of(key, sizeof key), c, f))
		return false;
	cidr_add(&l->r->cidr, p, (uint32_t)l->r->n);
	return true;
}

static bool
key_add(struct loading *l, enum column column, const struct table_cell *c, struct fault *f)
{
	char to[ROW_KEY];
	struct slice s;
	struct prefix p = {.bits = 128};
	bool host_bits;

	switch (column) {
	case C_ip:
		return addr_read(c->text, &p.a) ? prefix_put(l, &p, c, f) : table_fault(c, "no IP address", f);
	case C_cidr:
		if (!prefix_read(c->text, &p, &host_bits))
			return table_fault(c, "no network (ADDRESS/BITS)", f);
		return host_bits ? table_fault(c, "bits are set behind the network's", f) : prefix_put(l, &p, c, f);
	case C_mac:
		return mac_read(c->text, to) ? key_put(l, &l->r->mac, slice_of(to, 6), c, f) : table_fault(c, "no MAC address",
		    f);
	default:
		s = folded(c->text, to);
		if (s.n == 0)
			return table_fault(c, "a name of more than 255 bytes", f);
		if (column == C_host)
			short_put(l, s);
		return key_put(l, column == C_host ? &l->r->host : &l->r->id, s, c, f);
	}
}

/* Several keys in a cell: ; between them.  *n counts them. */
static bool
keys_add(struct loading *l, enum column column, const struct table_cell *c, size_t *n, struct fault *f)
{
	struct slice rest = c->text;

	while (rest.p) {
		struct slice piece = slice_cut(&rest, ';'), key = slice_trim(piece);
		struct table_cell one = {key, c->line, c->column + (size_t)(key.p - c->text.p)};

		if (key.n == 0)
			continue;
		if (!key_add(l, column, &one, f))
			return false;
		++*n;
	}
	return true;
}

/* ---- a row's members ---------------------------------------------------------------------------------------------------- */
static bool
level_put(struct json_out *o, struct slice name, const struct table_cell *c, struct slice s, struct fault *f)
{
	static const struct slice levels[] = {SLICE_INIT("low"), SLICE_INIT("medium"), SLICE_INIT("high"),
	    SLICE_INIT("critical")};

	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
		if (slice_eq_nocase(s, levels[i])) {
			jo_key(o, name);
			jo_text(o, levels[i]);
			return true;
		}
	return table_fault(c, "no criticality (low, medium, high, critical)", f);
}

static bool
flag_put(struct json_out *o, struct slice name, const struct table_cell *c, struct slice s, struct fault *f)
{
	static const struct slice words[] = {SLICE_INIT("no"), SLICE_INIT("yes"), SLICE_INIT("false"), SLICE_INIT("true"),
	    SLICE_INIT("0"),
	    SLICE_INIT("1")};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_eq_nocase(s, words[i])) {
			jo_key(o, name);
			jo_bool(o, i & 1);
			return true;
		}
	return table_fault(c, "neither yes nor no", f);
}

static bool
country_put(struct json_out *o, struct slice name, const struct table_cell *c, struct slice s, struct fault *f)
{
	char up[2];

	for (size_t i = 0; i < s.n; i++) {
		char letter = (char)(s.p[i] & ~0x20);

		if (s.n != 2 || letter < 'A' || letter > 'Z')
			return table_fault(c, "no country code of two letters (ISO 3166-1)", f);
		up[i] = letter;
	}
	jo_key(o, name);
	jo_text(o, slice_of(up, 2));
	return true;
}

static bool
member_put(struct json_out *o, enum column column, const struct table_cell *c, struct fault *f)
{
	struct slice s = slice_trim(c->text), name = column_row[column].name;

	if (s.n == 0)
		return true;
	switch (column_row[column].how) {
	case LEVEL:
		return level_put(o, name, c, s, f);
	case FLAG:
		return flag_put(o, name, c, s, f);
	case COUNTRY:
		return country_put(o, name, c, s, f);
	default:
		jo_key(o, name);
		jo_text(o, s);
		return true;
	}
}

/* Without a name a row is called by its first key, so that a reader of the record sees which one it is. */
static struct slice
name_of(const struct loading *l)
{
	struct slice name = {NULL, 0}, key = {NULL, 0};

	for (size_t i = 0; i < l->t.cells; i++) {
		struct slice s = slice_trim(l->t.cell[i].text);

		if (l->at[i] == C_name)
			name = s;
		else if (column_row[l->at[i]].how == KEY && key.n == 0)
			key = slice_trim(slice_head(s, slice_find(s, ';')));
	}
	return name.n ? name : key;
}

static bool
row_add(struct loading *l, struct fault *f)
{
	struct json_out o;
	size_t keys = 0;

	buf_reset(&l->json);
	o = json_out(&l->json);
	jo_ktext(&o, "by", l->by);
	jo_ktext(&o, "name", name_of(l));
	for (size_t i = 0; i < l->t.cells; i++)
		if (column_row[l->at[i]].how == KEY && !keys_add(l, l->at[i], &l->t.cell[i], &keys, f))
			return false;
	for (enum column c = C_name + 1; c < COLUMNS; c++)
		for (size_t i = 0; i < l->t.cells; i++)
			if (l->at[i] == c && !member_put(&o, c, &l->t.cell[i], f))
				return false;
	if (keys == 0)
		return fault_place(f, "the row names nothing that could be looked up", slice_of(NULL, 0), l->t.cell[0].line, 1);
	l->r->json = mem_grow(l->r->json, &l->r->cap, l->r->n, sizeof *l->r->json);
	l->r->json[l->r->n++] = arena_slice(&l->r->mem, buf_slice(&l->json));
	return true;
}

/* ---- the header --------------------------------------------------------------------------------------------------------- */
static bool
column_find(const struct loading *l, struct slice name, enum column *column)
{
	for (*column = 0; *column < COLUMNS; ++*column)
		if (slice_eq_nocase(name, column_row[*column].name))
			return !l->net || column_row[*column].net;
	return false;
}

static bool
header(struct loading *l, struct fault *f)
{
	bool key = false;

	for (size_t i = 0; i < l->t.cells; i++) {
		const struct table_cell *c = &l->t.cell[i];
		enum column column;

		if (!column_find(l, slice_trim(c->text), &column))
			return table_fault(c, "unknown column", f);
		if (l->has[column])
			return table_fault(c, "the column is there twice", f);
		l->has[column] = true;
		l->at[i] = column;
		key |= column_row[column].how == KEY;
	}
	return key || fault_place(f, l->net ? "no column cidr" : "no column host, ip, mac, cidr or id", slice_of(NULL, 0), 1, 1);
}

bool
rows_load(struct rows *r, struct slice text, bool net, struct slice by, struct fault *f)
{
	struct loading l = {.r = r, .net = net, .by = by};
	bool ok = table_open(&l.t, text, f) && header(&l, f);

	while (ok && table_row(&l.t, f))
		ok = row_add(&l, f);
	ok = ok && f->what == NULL;
	if (ok)
		cidr_done(&r->cidr);
	table_end(&l.t);
	map_free(&l.prefixes);
	buf_free(&l.json);
	return ok;
}

void
rows_free(struct rows *r)
{
	free(r->json);
	map_free(&r->host);
	map_free(&r->shorts);
	map_free(&r->id);
	map_free(&r->mac);
	cidr_free(&r->cidr);
	arena_free(&r->mem);
}

/* ---- looking up ---------------------------------------------------------------------------------------------------------- */
static uint32_t
row_of(const struct map *m, struct slice key)
{
	const struct map_row *x = m->n ? map_get(m, key) : NULL;

	return x ? (uint32_t)x->v.u : ROW_NONE;
}

/*
 * The name itself; a full name's first label, if the table has that alone; a short name that begins one full name of the
 * table.
 */
uint32_t
rows_name(const struct rows *r, struct slice name)
{
	char to[ROW_KEY];
	struct slice s = folded(name, to);
	uint32_t row;
	size_t dot;

	if (s.n == 0 || r->host.n == 0)
		return ROW_NONE;
	row = row_of(&r->host, s);
	if (row != ROW_NONE)
		return row;
	dot = slice_find(s, '.');
	return dot < s.n ? row_of(&r->host, slice_head(s, dot)) : row_of(&r->shorts, s);
}

uint32_t
rows_id(const struct rows *r, struct slice id)
{
	char to[ROW_KEY];

	return r->id.n ? row_of(&r->id, folded(id, to)) : ROW_NONE;
}

uint32_t
rows_mac(const struct rows *r, struct slice mac)
{
	char to[6];

	return r->mac.n && mac_read(mac, to) ? row_of(&r->mac, slice_of(to, 6)) : ROW_NONE;
}
