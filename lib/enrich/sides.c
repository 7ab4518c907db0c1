/* source.geo, source.as and the same of the destination: what databases of addresses say. */
#include "lib/enrich/priv.h"

#include <stdlib.h>

static const struct side_names {
	struct slice object, ip, member[MEMBERS];
} side_names[SIDES] = {
	[SIDE_source] = {SLICE_INIT("source"), SLICE_INIT("source.ip"), {SLICE_INIT("source.geo"), SLICE_INIT("source.as")}},
	[SIDE_destination] = {SLICE_INIT("destination"), SLICE_INIT("destination.ip"),
	    {SLICE_INIT("destination.geo"), SLICE_INIT("destination.as")}},
};
static const struct {
	struct slice name;
	const struct enrich_kind *kind;
} member_row[MEMBERS] = {[MEMBER_geo] = {SLICE_INIT("\"geo\":"), &enrich_kind_geo}, [MEMBER_as] = {SLICE_INIT("\"as\":"),
    &enrich_kind_as}};

void
sides_paths(struct enrich *e)
{
	static const char *const names[CONTACT_NAMES] = {"source.domain", "destination.domain", "url.domain",
	    "dns.question.name"};
	struct json_paths *p = e->paths;

	for (size_t i = 0; i < CONTACT_NAMES; i++)
		e->contact_name[i] = json_paths_add(p, slice_str(names[i]));
	e->countries = json_paths_add(p, SLICE("ir.countries"));
	for (int s = 0; s < SIDES; s++) {
		e->side[s].as = json_paths_add(p, s == SIDE_source ? SLICE("source.as.number") : SLICE("destination.as.number"));
		e->side[s].country = json_paths_add(p, s == SIDE_source ? SLICE("source.geo.country_iso_code") : SLICE(
		    "destination.geo.country_iso_code"));
		e->side[s].object = json_paths_add(p, side_names[s].object);
		e->side[s].ip = json_paths_add(p, side_names[s].ip);
		for (int m = 0; m < MEMBERS; m++) {
			e->side[s].member[m] = json_paths_add(p, side_names[s].member[m]);
			e->side[s].prov[m] = enrich_prov_path(p, side_names[s].member[m]);
		}
	}
}

static struct slice
behind(const struct buf *b, struct slice key)
{
	size_t at = slice_find_slice(buf_slice(b), key);

	return at == b->n ? slice_of(NULL, 0) : slice_from(buf_slice(b), at + key.n);
}

struct slice
side_as(const struct enrich_worker *w, enum side_id side)
{
	uint32_t v = w->slot[w->e->side[side].as];
	struct slice s = v != JSON_NONE ? json_raw(w->j, v) : behind(&w->side[side], SLICE("\"as\":{\"number\":"));
	size_t n = 0;

	while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	return slice_head(s, n);
}

struct slice
side_country(const struct enrich_worker *w, enum side_id side)
{
	uint32_t v = w->slot[w->e->side[side].country];
	struct slice s = v != JSON_NONE && json_type(w->j, v) == JSON_STRING ? json_inner(w->j, v) : behind(&w->side[side],
	    SLICE("\"country_iso_code\":\""));

	return s.n < 2 ? slice_of(NULL, 0) : slice_head(s, 2);
}

void
sides_open(struct enrich_worker *w)
{
	for (size_t i = 0; i < w->e->n; i++)
		for (int m = 0; m < MEMBERS; m++)
			w->any[m] |= w->e->source[i].kind == member_row[m].kind;
	if (w->any[MEMBER_geo] || w->any[MEMBER_as])
		w->place = mem_zero(PLACES, sizeof *w->place);
}

void
sides_close(struct enrich_worker *w)
{
	for (size_t i = 0; w->place && i < PLACES; i++)
		for (int m = 0; m < MEMBERS; m++)
			buf_free(&w->place[i].member[m].value);
	free(w->place);
	for (int i = 0; i < SIDES; i++)
		buf_free(&w->side[i]);
	for (int i = 0; i < SIDES * MEMBERS; i++)
		buf_free(&w->value[i]);
}

/* ---- geo and as ----------------------------------------------------------------------------------------------------- */
static size_t
place_at(const struct addr *a)
{
	uint64_t hi, lo;

	memcpy(&hi, a->b, 8);
	memcpy(&lo, a->b + 8, 8);
	hi = (hi ^ lo) * 0x9e3779b97f4a7c15u;
	return hi >> 32 & (PLACES - 1);
}

/* Of several sources of one kind the first that knows the address speaks. */
static void
ask(struct enrich_worker *w, enum member_id m, struct place *p)
{
	p->member[m].found = ENRICH_MISS;
	for (size_t i = 0; i < w->e->n && p->member[m].found == ENRICH_MISS; i++) {
		const struct enrich_source *s = &w->e->source[i];

		if (s->kind != member_row[m].kind)
			continue;
		buf_reset(&p->member[m].value);
		p->member[m].source = (uint8_t)i;
		p->member[m].found = s->kind->describe(s, &p->a, &p->member[m].value);
	}
}

static struct place *
place_of(struct enrich_worker *w, const struct addr *a)
{
	struct place *p = &w->place[place_at(a)];

	if (p->used && memcmp(&p->a, a, sizeof *a) == 0)
		return p;
	p->a = *a;
	p->used = true;
	for (enum member_id m = 0; m < MEMBERS; m++)
		if (w->any[m])
			ask(w, m, p);
	return p;
}

/* Did one of our sources of this kind make the member?  Its name stands before the @ of ir.prov. */
static bool
ours(const struct enrich_worker *w, uint32_t prov, enum member_id m)
{
	struct slice name;

	if (prov == JSON_NONE || json_type(w->j, prov) != JSON_STRING)
		return false;
	name = json_inner(w->j, prov);
	name = slice_head(name, slice_find(name, '@'));
	for (size_t i = 0; i < w->e->n; i++)
		if (w->e->source[i].kind == member_row[m].kind && slice_eq(w->e->source[i].info.name, name))
			return true;
	return false;
}

/* Counts, and tells what stands for the address: NULL if nothing does. */
static const struct enrich_source *
answer(struct enrich_worker *w, enum member_id m, const struct place *p)
{
	for (size_t i = 0; i < w->e->n; i++) {
		if (w->e->source[i].kind != member_row[m].kind)
			continue;
		if (p->member[m].found == ENRICH_MISS || i != p->member[m].source) {
			w->count[i].miss++;
			continue;
		}
		if (p->member[m].found == ENRICH_ERROR) {
			worker_error(w, i, ENRICH_CORRUPT);
			return NULL;
		}
		w->count[i].hit++;
		return &w->e->source[i];
	}
	return NULL;
}

static void
kept(struct enrich_worker *w, enum member_id m)
{
	for (size_t i = 0; i < w->e->n; i++)
		if (w->e->source[i].kind == member_row[m].kind) {
			w->count[i].kept++;
			return;
		}
}

/*
 * An own member of other bytes than ours is replaced; if they do not know the address any more it stays, and so does its
 * origin in ir.prov.
 */
static void
member(struct enrich_worker *w, enum side_id side, enum member_id m, const struct place *p)
{
	uint32_t have = w->slot[w->e->side[side].member[m]], prov = w->slot[w->e->side[side].prov[m]];
	const struct enrich_source *s;
	struct buf *value = &w->value[side * MEMBERS + m];

	if ((have != JSON_NONE || prov != JSON_NONE) && !ours(w, prov, m)) {
		kept(w, m);
		return;
	}
	s = answer(w, m, p);
	if (s == NULL || (have != JSON_NONE && slice_eq(json_raw(w->j, prov), s->id)))
		return;
	if (prov == JSON_NONE)
		worker_prov(w, side_names[side].member[m], s->id);
	else if (!slice_eq(json_raw(w->j, prov), s->id))
		json_edit_value(&w->edits, w->j, prov, s->id);
	if (have == JSON_NONE) {
		comma(&w->side[side]);
		buf_slice_add(&w->side[side], member_row[m].name);
		buf_slice_add(&w->side[side], buf_slice(&p->member[m].value));
		return;
	}
	buf_reset(value);
	buf_slice_add(value, buf_slice(&p->member[m].value));
	json_edit_value(&w->edits, w->j, have, buf_slice(value));
}

static void
one_side(struct enrich_worker *w, enum side_id side)
{
	uint32_t object = w->slot[w->e->side[side].object], ip = w->slot[w->e->side[side].ip];
	const struct place *p;
	struct addr a;

	if (ip == JSON_NONE || object == JSON_NONE || json_type(w->j, ip) != JSON_STRING || json_type(w->j,
	    object) != JSON_OBJECT)
		return;
	if (!addr_read(json_inner(w->j, ip), &a) || addr_private(&a))
		return;
	p = place_of(w, &a);
	buf_reset(&w->side[side]);
	for (enum member_id m = 0; m < MEMBERS; m++)
		if (w->any[m])
			member(w, side, m, p);
	if (w->side[side].n)
		json_edit_members(&w->edits, w->j, object, buf_slice(&w->side[side]));
}

void
sides_look(struct enrich_worker *w)
{
	for (enum side_id s = 0; s < SIDES; s++) {
		buf_reset(&w->side[s]);
		if (w->place)
			one_side(w, s);
	}
}

/* Each once, in the order of their letters. */
void
sides_countries(struct enrich_worker *w)
{
	struct slice a = side_country(w, SIDE_source), b = side_country(w, SIDE_destination);
	bool abroad = w->e->home[0] && ((a.n && memcmp(a.p, w->e->home, 2) != 0) || (b.n && memcmp(b.p, w->e->home, 2) != 0));

	if (a.n == 0 || (b.n && slice_cmp(b, a) < 0)) {
		struct slice t = a;

		a = b;
		b = t;
	}
	if (a.n == 0 || w->slot[w->e->countries] != JSON_NONE)
		return;
	comma(&w->scratch);
	buf_lit(&w->scratch, "\"countries\":[\"");
	buf_slice_add(&w->scratch, a);
	if (b.n && !slice_eq(a, b)) {
		buf_lit(&w->scratch, "\",\"");
		buf_slice_add(&w->scratch, b);
	}
	buf_lit(&w->scratch, "\"]");
	if (abroad || (b.n && !slice_eq(a, b)))
		buf_lit(&w->scratch, ",\"cross_border\":true");
}
