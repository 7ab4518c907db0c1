#include "lib/event/field.h"
#include "lib/event/trace.h"

#include "lib/base/addr.h"
#include "lib/base/num.h"

#include <stdlib.h>

/* A list is deduplicated by comparing: the bound keeps that linear in hostile records. */
enum { LIST_MAX = 256 };

void
event_reset(struct event *e)
{
	memset(e->set, 0, sizeof e->set);
	e->at = (struct stamp){0};
	e->timed = false;
	e->err = 0;
	e->tz = SLICE("utc");
	e->ls_n = 0;
	e->raw_json = e->bytes = e->received = (struct slice){0};
	e->raw_flat = false;
	e->form = FORM_TEXT;
	e->values = e->raws = 0;
	arena_reset(&e->mem);
	buf_reset(&e->scratch);
}

void
event_free(struct event *e)
{
	free(e->value);
	free(e->raw);
	arena_free(&e->mem);
	buf_free(&e->scratch);
	buf_free(&e->source);
	for (size_t i = 0; i < EVENT_TOLD; i++)
		buf_free(&e->told[i].b);
	*e = (struct event){0};
}

struct slice
event_keep(struct event *e, struct slice s)
{
	return arena_slice(&e->mem, s);
}

/* What is in scratch becomes the record's. */
static struct slice
settle(struct event *e)
{
	struct slice v = arena_slice(&e->mem, buf_slice(&e->scratch));

	buf_reset(&e->scratch);
	return v;
}

static struct slice
decoded(struct event *e, struct slice v, enum event_form form)
{
	if (form != FORM_JSON)
		return v;
	json_decode(v, &e->scratch);
	return settle(e);
}

struct slice
event_get(struct event *e, enum field f)
{
	const struct event_value *v = &e->value[e->first[f]];

	return event_has(e, f) ? decoded(e, v->v, (enum event_form)v->form) : (struct slice){0};
}

/* One that has escapes is never equal to one that needs none. */
static inline bool
same(struct event *e, const struct event_value *a, struct slice v, enum event_form form)
{
	if (a->form == form || a->form == FORM_CLEAN || form == FORM_CLEAN)
		return slice_eq(a->v, v);
	return slice_eq(decoded(e, a->v, (enum event_form)a->form), decoded(e, v, form));
}

static inline uint32_t
value_new(struct event *e, struct slice v, enum event_form form)
{
	if (__builtin_expect(e->values == e->value_cap, 0))
		e->value = mem_grow(e->value, &e->value_cap, e->values, sizeof *e->value);
	e->value[e->values].v = v;
	e->value[e->values].next = 0;
	e->value[e->values].form = (uint8_t)form;
	e->value[e->values].step = e->step;
	return (uint32_t)e->values++;
}

/* Appends to list f unless an equal value is there. */
static void
append(struct event *e, enum field f, struct slice v, enum event_form form)
{
	uint32_t n = 0, at = e->first[f];

	for (;; at = e->value[at].next - 1) {
		if (same(e, &e->value[at], v, form)) {
			/* Of another record's values these two may differ. */
			if (e->trace && e->step != e->value[at].step)
				e->trace->lost = true;
			return;
		}
		if (++n == LIST_MAX) {
			event_err(e, ERR_list_long);
			return;
		}
		if (e->value[at].next == 0)
			break;
	}
	n = value_new(e, v, form);
	e->value[at].next = n + 1;
	e->last[f] = n;
}

/* v is of the field's type and in its canonical form. */
static inline void
store(struct event *e, enum field f, struct slice v, enum event_form form)
{
	if (!event_has(e, f)) {
		e->first[f] = e->last[f] = value_new(e, v, form);
		e->set[f / 64] |= UINT64_C(1) << f % 64;
	} else if (field_row[f].list) {
		append(e, f, v, form);
	} else {
		e->value[e->first[f]].v = v;
		e->value[e->first[f]].form = (uint8_t)form;
		e->value[e->first[f]].step = e->step;
	}
}

static bool
as_integer(struct event *e, struct slice *v)
{
	int64_t i;
	uint64_t u;
	bool plain = v->n == 1 || (v->n > 1 && v->p[0] >= '1' && v->p[0] <= '9');
	size_t digits = 0;

	/* So many digits are below 2^63: a plain number stays as it is. */
	if (plain && v->n <= 18) {
		while (digits < v->n && num_digit(v->p[digits]))
			digits++;
		if (digits == v->n)
			return true;
	}

	if (num_u64(*v, &u)) {
		if (plain)
			return true;
		buf_u64(&e->scratch, u);
	} else if (num_i64(*v, &i)) {
		buf_i64(&e->scratch, i);
	} else {
		return false;
	}
	*v = settle(e);
	return true;
}

static bool
as_float(struct event *e, struct slice *v)
{
	double d;

	if (!num_f64(*v, &d))
		return false;
	buf_f64(&e->scratch, d);
	*v = settle(e);
	return true;
}

static bool
as_address(struct event *e, struct slice *v)
{
	struct addr a;

	if (!addr_read(*v, &a))
		return false;
	if (slice_find(*v, ':') == v->n)
		return true;			/* a strict dotted quad is canonical */
	addr_add(&e->scratch, &a);
	*v = settle(e);
	return true;
}

static bool
as_date(struct event *e, struct slice *v)
{
	struct stamp at;

	if (stamp_read(*v, &at))
		return true;
	if (!stamp_rfc3339(*v, &at))
		return false;
	stamp_add(&e->scratch, at);
	*v = settle(e);
	return true;
}

/* "", "-" and "(null)" are no values. */
static inline bool
unset(struct slice v)
{
	return v.n == 0 || (v.n == 1 && v.p[0] == '-') || (v.n == 6 && memcmp(v.p, "(null)", 6) == 0);
}

static bool
set_typed(struct event *e, enum field f, struct slice v)
{
	bool ok = true;

	switch (field_row[f].type) {
	case 'l':
		ok = as_integer(e, &v);
		break;
	case 'f':
		ok = as_float(e, &v);
		break;
	case 'i':
		ok = as_address(e, &v);
		break;
	case 'd':
		ok = as_date(e, &v);
		break;
	}
	if (ok)
		store(e, f, v, FORM_CLEAN);
	else
		event_err(e, ERR_bad_field);
	return ok;
}

/* Fields whose text is looked at; one small table in place of rows of many words. */
static const bool typed[FIELD_COUNT] = {
#define FIELD(id, path, type, list, alias, meaning) [F_##id] = (type) != 'k' && (type) != 't' && (type) != 'o',
#include "lib/event/fields.def"
#undef FIELD
};

bool
event_set_as(struct event *e, enum field f, struct slice v, enum event_form form)
{
	if (unset(v))
		return true;
	if (__builtin_expect(typed[f], 0))
		return set_typed(e, f, decoded(e, v, form));
	store(e, f, v, form);
	return true;
}

bool
event_set(struct event *e, enum field f, struct slice v)
{
	return event_set_as(e, f, v, e->form);
}

void
event_set_u64(struct event *e, enum field f, uint64_t n)
{
	buf_u64(&e->scratch, n);
	store(e, f, settle(e), FORM_CLEAN);
}

void
event_set_i64(struct event *e, enum field f, int64_t n)
{
	buf_i64(&e->scratch, n);
	store(e, f, settle(e), FORM_CLEAN);
}

void
event_set_json(struct event *e, enum field f, struct slice json)
{
	if (json.n)
		store(e, f, json, FORM_CLEAN);
}

void
event_again(struct event *e, enum field f, const struct event_value *v)
{
	store(e, f, v->v, (enum event_form)v->form);
}

/* A name has a letter: what is digits and dots alone is a broken address. */
static bool
name_like(struct slice s)
{
	bool letter = false;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i], low = c | 0x20;

		if (!(low >= 'a' && low <= 'z') && !num_digit((char)c) && c != '.' && c != '-' && c != '_' && c < 0x80)
			return false;
		letter |= (low >= 'a' && low <= 'z') || c >= 0x80;
	}
	return letter && s.n <= 255;
}

void
event_set_address(struct event *e, enum field ip, struct slice v)
{
	bool source = ip == F_source_ip;
	struct addr a;

	if (v.n == 0 || slice_eq(v, SLICE("-")) || slice_eq(v, SLICE("(null)")))
		return;
	if (addr_read(v, &a) && slice_find(v, ':') == v.n)
		store(e, ip, v, FORM_CLEAN);		/* a strict dotted quad is canonical */
	else if (slice_find(v, ':') < v.n && addr_read(v, &a))
		event_set(e, ip, v);
	else if (name_like(v))
		store(e, source ? F_source_domain : F_destination_domain, v, e->form);
	store(e, source ? F_source_address : F_destination_address, v, e->form);
}

/* Member by member: a pair that is made elsewhere and copied whole waits for its last bytes. */
static inline struct event_pair *
pair_new(struct event *e, struct slice key, struct slice text)
{
	struct event_pair *r;

	if (__builtin_expect(e->raws == e->raw_cap, 0))
		e->raw = mem_grow(e->raw, &e->raw_cap, e->raws, sizeof *e->raw);
	r = &e->raw[e->raws++];
	r->key.p = key.p;
	r->key.n = key.n;
	r->text.p = text.p;
	r->text.n = text.n;
	r->json = r->ready = false;
	r->form = (uint8_t)e->form;
	return r;
}

void
event_raw(struct event *e, struct slice key, struct slice text)
{
	(void)pair_new(e, key, text);
}

void
event_raw_ready(struct event *e, struct slice key, struct slice text)
{
	pair_new(e, key, text)->ready = true;
}

void
event_raw_json(struct event *e, struct slice key, struct slice json)
{
	pair_new(e, key, json)->json = true;
}

void
event_ls(struct event *e, struct slice product, struct slice service, struct slice category)
{
	for (unsigned i = 0; i < e->ls_n; i++)
		if (slice_eq(e->ls[i].product, product) && slice_eq(e->ls[i].service, service) &&
		    slice_eq(e->ls[i].category, category))
			return;
	if (e->ls_n < EVENT_LS_MAX)
		e->ls[e->ls_n++] = (struct logsource){product, service, category};
}
