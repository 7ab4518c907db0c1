/* user: accounts of one's own, by SID, user principal name, mail address, or name (with its domain). */
#include "lib/enrich/priv.h"
#include "lib/enrich/table.h"

#include <stdlib.h>

enum { BYTES = 512 * 1024 * 1024, KEY_MAX = 512 };
enum column { NAME, DOMAIN, SID, UPN, MAIL, FULL, ROLES, PRIVILEGED, ACTIVE, COLUMNS };

static const char *const column_name[COLUMNS] = {"name", "domain", "sid", "upn", "mail", "full_name", "roles", "privileged",
    "active"};

struct user {
	struct slice json;		/* members of the item of ir.asset */
	struct slice full, mail, roles;	/* JSON; empty: none */
};
struct users {
	struct user *v;
	size_t n, cap;
	struct map by[MAIL + 1];	/* of NAME: "name" (0: several), "domain\name" */
	struct arena mem;
};
struct loading {
	struct users *u;
	struct table t;
	struct slice by;
	size_t at[COLUMNS];		/* + 1; 0: not there */
};

static struct slice
folded(struct slice s, char to[KEY_MAX])
{
	if (s.n > KEY_MAX)
		return slice_of(to, 0);
	for (size_t i = 0; i < s.n; i++)
		to[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] | 0x20 : s.p[i]);
	return slice_of(to, s.n);
}

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
	return l->at[NAME] || l->at[SID] || l->at[UPN] || l->at[MAIL] || fault_place(f, "no column name, sid, upn or mail",
	    slice_of(NULL, 0), 1, 1);
}

static struct slice
cell(const struct loading *l, enum column c)
{
	return l->at[c] ? slice_trim(l->t.cell[l->at[c] - 1].text) : slice_of(NULL, 0);
}

static bool
flag(const struct loading *l, enum column c, struct json_out *o, struct fault *f)
{
	struct slice s = cell(l, c);
	bool yes = slice_eq_nocase(s, SLICE("yes")) || slice_eq_nocase(s, SLICE("true")) || slice_eq(s, SLICE("1"));

	if (s.n == 0)
		return true;
	if (!yes && !slice_eq_nocase(s, SLICE("no")) && !slice_eq_nocase(s, SLICE("false")) && !slice_eq(s, SLICE("0")))
		return table_fault(&l->t.cell[l->at[c] - 1], "yes or no is wanted", f);
	jo_kbool(o, column_name[c], yes);
	return true;
}

/* A name that several have (in other domains) tells nobody; other keys must be one's own. */
static bool
key(struct loading *l, enum column c, struct slice text, bool shared, struct fault *f)
{
	char to[KEY_MAX];
	struct slice k = folded(text, to);
	struct map_row *row;
	bool made;

	if (k.n == 0)
		return true;
	row = map_put(&l->u->by[c], k, &made);
	if (!made && !shared && row->v.u != l->u->n + 1)
		return table_fault(&l->t.cell[l->at[c] - 1], "stands in an earlier row, too: which one is meant is not known", f);
	row->v.u = made || row->v.u == l->u->n + 1 ? l->u->n + 1 : 0;
	return true;
}

static bool
keys(struct loading *l, struct fault *f)
{
	struct buf b = {0};
	bool ok;

	buf_slice_add(&b, cell(l, DOMAIN));
	buf_byte(&b, '\\');
	buf_slice_add(&b, cell(l, NAME));
	ok = key(l, SID, cell(l, SID), false, f) && key(l, UPN, cell(l, UPN), false, f) && key(l, MAIL, cell(l, MAIL), false,
	    f) &&
	    key(l, NAME, cell(l, NAME), l->at[DOMAIN] != 0, f) && (cell(l, DOMAIN).n == 0 || cell(l, NAME).n == 0 || key(l, NAME,
	    buf_slice(&b), false, f));
	buf_free(&b);
	return ok;
}

static struct slice
quoted(struct arena *mem, struct slice s)
{
	struct buf b = {0};

	if (s.n)
		(void)json_put_text(&b, s);
	s = arena_slice(mem, buf_slice(&b));
	buf_free(&b);
	return s;
}

static struct slice
roles(struct arena *mem, struct slice s)
{
	struct buf b = {0};
	struct json_out o = json_out(&b);

	if (s.n == 0)
		return slice_of(NULL, 0);
	jo_open(&o, '[');
	while (s.p) {
		struct slice one = slice_trim(slice_cut(&s, ';'));

		if (one.n)
			jo_text(&o, one);
	}
	jo_close(&o, ']');
	s = arena_slice(mem, buf_slice(&b));
	buf_free(&b);
	return s;
}

static bool
row(struct loading *l, struct fault *f)
{
	struct users *u = l->u;
	struct buf b = {0};
	struct json_out o = json_out(&b);
	struct user x = {.full = quoted(&u->mem, cell(l, FULL)), .mail = quoted(&u->mem, cell(l, MAIL)), .roles = roles(&u->mem,
	    cell(l,
	    ROLES))};
	struct slice name = cell(l, NAME);
	bool ok;

	jo_ktext(&o, "by", l->by);
	jo_ktext(&o, "name", name.n ? name : cell(l, UPN).n ? cell(l, UPN) : cell(l, SID).n ? cell(l, SID) : cell(l, MAIL));
	if (x.roles.n)
		jo_kraw(&o, "roles", x.roles);
	ok = flag(l, PRIVILEGED, &o, f) && flag(l, ACTIVE, &o, f) && keys(l, f);
	x.json = arena_slice(&u->mem, buf_slice(&b));
	u->v = mem_grow(u->v, &u->cap, u->n, sizeof *u->v);
	u->v[u->n++] = x;
	buf_free(&b);
	return ok;
}

static bool
load(struct enrich_source *s, const char *path, struct fault *f)
{
	struct loading l = {.u = mem_zero(1, sizeof *l.u), .by = s->info.name};
	struct buf bytes = {0};
	bool ok;

	s->data = l.u;
	ok = enrich_read(s, path, &bytes, BYTES, f) && table_open(&l.t, buf_slice(&bytes), f) && header(&l, f);
	while (ok && table_row(&l.t, f))
		ok = row(&l, f);
	ok = ok && f->what == NULL;
	table_end(&l.t);
	s->info.rows = l.u->n;
	buf_free(&bytes);
	return ok;
}

static void
unload(struct enrich_source *s)
{
	struct users *u = s->data;

	if (u == NULL)
		return;
	for (size_t i = 0; i <= MAIL; i++)
		map_free(&u->by[i]);
	arena_free(&u->mem);
	free(u->v);
	free(u);
}

/* ---- records ------------------------------------------------------------------------------------------------------------- */
static const struct user *
find(const struct users *u, enum column c, struct slice text)
{
	char to[KEY_MAX];
	struct slice k = folded(text, to);
	const struct map_row *r = k.n && u->by[c].n ? map_get(&u->by[c], k) : NULL;

	return r && r->v.u ? &u->v[r->v.u - 1] : NULL;
}

static struct slice
text_at(struct enrich_worker *w, uint32_t slot, struct buf *b)
{
	buf_reset(b);
	return w->slot[slot] != JSON_NONE && json_type(w->j, w->slot[slot]) == JSON_STRING ? json_text(w->j, w->slot[slot], b) :
	    slice_of(
	    NULL, 0);
}

/* SID first, then mail address, domain\name, the name alone. */
static const struct user *
user_of(struct enrich_worker *w, const struct users *u, const char **field, uint32_t *slot)
{
	const struct user_paths *p = &w->e->user;
	struct buf name = {0}, both = {0};
	const struct user *x = find(u, SID, text_at(w, p->id, &w->text));
	struct slice alone;

	*field = "user.id";
	*slot = p->id;
	if (x == NULL && (x = find(u, MAIL, text_at(w, p->email, &w->text))) != NULL) {
		*field = "user.email";
		*slot = p->email;
	}
	alone = text_at(w, p->name, &name);
	if (x == NULL) {
		buf_slice_add(&both, text_at(w, p->domain, &w->text));
		buf_byte(&both, '\\');
		buf_slice_add(&both, alone);
		x = find(u, NAME, buf_slice(&both));
		if (x == NULL)
			x = find(u, UPN, alone);
		if (x == NULL && slice_find(alone, '\\') == alone.n)
			x = find(u, NAME, alone);
		*field = "user.name";
		*slot = p->name;
	}
	buf_free(&name);
	buf_free(&both);
	return x;
}

static void
items(struct enrich_worker *w, size_t source)
{
	const char *field;
	uint32_t slot;
	const struct user *x = user_of(w, w->e->source[source].data, &field, &slot);
	struct buf *b;

	if (x == NULL)
		return;
	b = list_item(w, LIST_asset, source);
	buf_lit(b, "{\"for\":\"");
	buf_str(b, field);
	buf_lit(b, "\",\"value\":");
	buf_slice_add(b, json_raw(w->j, w->slot[slot]));
	buf_byte(b, ',');
	buf_slice_add(b, x->json);
	buf_byte(b, '}');
}

static void
members(struct enrich_worker *w, size_t source)
{
	const char *field;
	uint32_t slot;
	const struct user *x = user_of(w, w->e->source[source].data, &field, &slot);

	if (x == NULL)
		return;
	if (x->full.n)
		worker_member(w, source, &w->e->user.full, "full_name", "user.full_name", x->full);
	if (x->mail.n)
		worker_member(w, source, &w->e->user.mail, "email", "user.email", x->mail);
	if (x->roles.n)
		worker_member(w, source, &w->e->user.roles, "roles", "user.roles", x->roles);
}

const struct enrich_kind enrich_kind_user = {.name = SLICE_INIT("user"), .max_age = 30 * 86400, .load = load, .list = LIST_asset,
    .items = items, .members = members, .unload = unload};
