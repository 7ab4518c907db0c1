/*
 * Records of one layout: the same templates with values of the same types differ in those values alone.  The first one
 * is rendered with marks for its values (evtx_run.c), and what stands between the marks is literal; the nodes of its
 * JSON shift with the lengths of the values, and the fields are found by the nodes of the first.
 */
#include "lib/format/evtx.h"

enum { SLACK = EVTX_PLAN_SLACK, BEHIND = 64 };

/* ---- the layout of a record --------------------------------------------------------------------------------- */

static bool
values_room(struct evtx *x, size_t n)
{
	if (n > EVTX_VALUES_MAX - x->values)
		return false;
	if (x->value_cap < EVTX_VALUES_MAX) {
		x->value_cap = EVTX_VALUES_MAX;
		x->value = mem_resize(x->value, x->value_cap, sizeof *x->value);
	}
	buf_room(&x->type, EVTX_VALUES_MAX - x->type.n);
	return true;
}

bool
evtx_value_add(struct evtx *x, struct evtx_value v)
{
	if (!values_room(x, 1))
		return false;
	x->type.p[x->type.n++] = (char)v.type;
	x->value[x->values++] = v;
	return true;
}

/* 0c and one instance, and nothing behind it. */
static struct evtx_def *
take(struct evtx *x, size_t at, size_t end, uint32_t *hash)
{
	const char *p = x->chunk.p;
	struct evtx_instance i;
	struct evtx_value *v;
	uint32_t h = *hash;

	if (!evtx_instance_head(x, at + 1, end, &i) || !values_room(x, i.count))
		return NULL;
	v = x->value + x->values;
	at = i.values;
	for (size_t k = 0; k < i.count; k++) {
		uint32_t d = evtx_u32(p + i.table + 4 * k);

		v[k] = (struct evtx_value){slice_of(p + at, d & 0xffff), (uint8_t)(d >> 16)};
		x->type.p[x->type.n + k] = (char)(d >> 16);
		h = (h << 5 | h >> 27) ^ (d >> 16 & 0xff);
		at += d & 0xffff;
	}
	if (at > end || (at < end && p[at] != 0) || memchr(x->type.p + x->type.n, EVTX_TEXT, i.count))
		return NULL;
	x->values += i.count;
	x->type.n += i.count;
	*hash = h ^ i.count;
	return evtx_template(x, i.definition);
}

/* A record, or the fragment in one: a template with values, or tokens. */
static bool
part(struct evtx *x, size_t at, size_t end, struct evtx_def **def, struct evtx_call *c)
{
	const char *p = x->chunk.p;
	size_t head = end - at >= 5 && p[at] == 0x0f ? 4 : 0;

	if (at == end)
		return false;
	if (p[at + head] == 0x0c) {
		*def = take(x, at + head, end, &c->hash);
		return *def != NULL;
	}
	c->texts = x->values;
	return evtx_plain(x, at, end);
}

/* The one fragment among the values from..; false: there are more, or in another. */
static bool
fragment_of(const struct evtx *x, size_t from, const struct evtx_value **v)
{
	const char *p = memchr(x->type.p + from, EVTX_BINXML, x->type.n - from);
	size_t at = p ? (size_t)(p - x->type.p) : 0;

	*v = p ? &x->value[at] : NULL;
	return p == NULL || memchr(p + 1, EVTX_BINXML, x->type.n - at - 1) == NULL;
}

/* Nearly no record has one: eight types at once. */
static size_t
next_array(const struct evtx *x, size_t i, size_t n)
{
	const char *p = x->type.p;

	while (n - i >= 8 && (evtx_u64(p + i) & 0x8080808080808080u) == 0)
		i += 8;
	while (i < n && !(p[i] & EVTX_ARRAY))
		i++;
	return i;
}

/* Items of arrays are values of their own, behind all others. */
static bool
arrays(struct evtx *x)
{
	size_t n = x->values;

	for (size_t i = next_array(x, 0, n); i < n; i = next_array(x, i + 1, n)) {
		struct evtx_value item, v = x->value[i];
		struct slice rest = v.bytes;
		uint32_t err = 0;
		uint16_t items = 0;

		x->first[i] = (uint16_t)x->values;
		while (evtx_item(v, &rest, &item, &err)) {
			if (!evtx_value_add(x, item))
				return false;
			items++;
		}
		if (err)
			return false;
		buf_add(&x->sign, &items, sizeof items);
	}
	return true;
}

static uint32_t
hash_of(struct slice s, uint32_t h)
{
	uint64_t v = (h + 1) * 0x9e3779b97f4a7c15u;

	for (; s.n >= 8; s = slice_from(s, 8))
		v = (v ^ evtx_u64(s.p)) * 0x9e3779b97f4a7c15u;
	for (size_t i = 0; i < s.n; i++)
		v = (v ^ (unsigned char)s.p[i]) * 0x9e3779b97f4a7c15u;
	return (uint32_t)(v >> 32);
}

static bool
gather(struct evtx *x, size_t at, size_t end, struct evtx_call *c)
{
	const struct evtx_value *v;
	size_t outer;

	x->values = x->type.n = x->sign.n = 0;
	if (x->type.p == NULL)
		buf_room(&x->type, EVTX_VALUES_MAX);
	*c = (struct evtx_call){.bytes = end - at};
	if (!part(x, at, end, &c->outer, c) || !fragment_of(x, 0, &v))
		return false;
	outer = x->type.n;
	if (v) {
		size_t from = (size_t)(v->bytes.p - x->chunk.p);

		c->fragment = v->bytes.n;
		if (!part(x, from, from + v->bytes.n, &c->inner, c) || !fragment_of(x, outer, &v) || v)
			return false;
	}
	if (!arrays(x))
		return false;
	c->hash = hash_of(buf_slice(&x->sign), c->hash);
	return true;
}

static struct evtx_plan *
find(const struct evtx *x, const struct evtx_call *c)
{
	for (struct evtx_plan *p = x->home[c->hash % EVTX_HOMES]; p; p = p->next)
		if (p->hash == c->hash && p->outer == c->outer && p->inner == c->inner && p->values == x->values &&
		    memcmp(p->type, x->type.p, x->values) == 0 && slice_eq(p->sign, buf_slice(&x->sign)))
			return p;
	return NULL;
}

/* ---- running ------------------------------------------------------------------------------------------------ */

static inline char *
put_literal(char *p, const char *from, size_t n)
{
	memcpy(p, from, SLACK);
	if (n > SLACK) {
		memcpy(p + SLACK, from + SLACK, SLACK);
		if (n > (size_t)2 * SLACK)
			memcpy(p, from, n);
	}
	return p + n;
}

/* Names of hosts and accounts, SIDs and GUIDs come again and again. */
static inline char *
put_again(struct evtx_memo *m, char *p, uint8_t type, struct slice s, uint32_t *err)
{
	char *from = p;

	if (s.n == m->n && m->n && memcmp(m->bytes, s.p, m->n) == 0) {
		memcpy(p, m->text, EVTX_MEMO);
		*err = m->err;
		return p + m->text_n;
	}
	p = evtx_put(p, type, s, err);
	m->n = 0;
	if (p && s.n <= EVTX_MEMO && p - from <= EVTX_MEMO) {
		m->n = (uint8_t)s.n;
		m->text_n = (uint8_t)(p - from);
		m->err = *err;
		memcpy(m->bytes, s.p, m->n);
		memcpy(m->text, from, m->text_n);
	}
	return p;
}

bool
evtx_plan_run(struct evtx *x, struct evtx_plan *plan)
{
	struct buf *out = &x->w.out;
	uint32_t err = plan->err, sum = 0;
	char *p;

	buf_reset(out);
	buf_room(out, plan->room);
	p = out->p;
	x->shift[0] = 0;
	x->escaped.n = 0;
	for (size_t k = 0; k < plan->ops; k++) {
		const struct evtx_op *o = &plan->op[k];
		const struct evtx_value *v = &x->value[o->value];
		uint32_t e = 0;
		char *from;

		from = p = put_literal(p, plan->text + o->lit, o->n);
		p = o->memo ? put_again(o->memo, p, v->type, v->bytes, &e) : evtx_put(p, v->type, v->bytes, &e);
		if (p == NULL)
			return false;
		sum += (uint32_t)(p - from);
		x->shift[k + 1] = sum;
		if (e & EVTX_ESCAPED)
			x->escaped.slot[x->escaped.n++] = o->slot;
		err |= e;
	}
	p = put_literal(p, plan->text + plan->rest, plan->rest_n);
	out->n = (size_t)(p - out->p);
	x->w.err = err & EVTX_ERRS;
	x->escaped.odd = plan->odd || err & EVTX_ODD;
	return true;
}

void
evtx_plan_forget(struct evtx *x)
{
	for (struct evtx_plan *p = x->plans; p; p = p->made_before)
		if (p->layout)
			plan_drop(p->layout);
	x->plan = x->plans = NULL;
	memset(x->home, 0, sizeof x->home);
}

static inline void
slash(struct evtx *x, uint32_t slot, bool set)
{
	uint32_t at = x->index[2 * slot] + 1;
	unsigned char *b = (unsigned char *)x->slash.p + at / 8;

	*b = (unsigned char)(set ? *b | 1u << at % 8 : *b & ~(1u << at % 8));
}

static void
slashes(struct evtx *x, const struct evtx_plan *p, bool set)
{
	for (size_t i = 0; i < p->escapes; i++)
		slash(x, p->escaped[i], set);
	for (size_t i = 0; i < x->escaped.n; i++)
		slash(x, x->escaped.slot[i], set);
}

/* Eight bytes of bits are read at once. */
static void
slash_room(struct evtx *x, size_t bytes)
{
	size_t n = bytes / 8 + 16;

	if (n <= x->slash.n)
		return;
	buf_room(&x->slash, n - x->slash.n);
	memset(x->slash.p + x->slash.n, 0, n - x->slash.n);
	x->slash.n = n;
}

void
evtx_plan_quick(struct evtx *x, struct slice json)
{
	struct evtx_plan *p = x->plan;
	size_t n = p->layout->slots;

	if (x->index_cap < 2 * n + 2) {
		x->index_cap = 2 * n + 2;
		x->index = mem_resize(x->index, x->index_cap, sizeof *x->index);
	}
	for (size_t i = 0; i < n; i++) {
		x->index[2 * i] = p->scalar[i].at + x->shift[p->scalar[i].at_op];
		x->index[2 * i + 1] = p->scalar[i].end + x->shift[p->scalar[i].end_op];
	}
	slash_room(x, json.n);
	slashes(x, p, true);
	x->quick = (struct json_quick){.layout = p->layout, .line = json, .plain = !x->escaped.odd, .p = json.p, .ix = x->index,
	    .slash = (const unsigned char *)x->slash.p};
}

void
evtx_plan_quick_end(struct evtx *x)
{
	slashes(x, x->plan, false);
}

void
evtx_plan_room(struct evtx_plan *p, size_t bytes)
{
	/* Each value's room is its own bytes' and the least; those of a record are no more than the record. */
	p->bytes = bytes;
	p->room = p->rest + p->rest_n + p->ops * EVTX_ROOM((size_t)0) + p->most * 6 * bytes + SLACK + BEHIND;
}

bool
evtx_render(struct evtx *x, size_t at, size_t end, struct slice *json, struct fault *f)
{
	struct evtx_plan *p;
	struct evtx_call c;

	x->plan = NULL;
	if (x->in_general || at > end || end > x->chunk.n || !gather(x, at, end, &c))
		return evtx_run(x, at, end, json, f);
	p = find(x, &c);
	if (p == NULL && !evtx_share_full(x))
		return evtx_plan_make(x, at, end, &c, json, f);
	if (p == NULL || !p->good || p->steps + c.bytes + c.fragment > x->chunk_steps)
		return evtx_run(x, at, end, json, f);
	if (c.bytes > p->bytes)
		evtx_plan_room(p, c.bytes);
	if (p->room > EVTX_JSON || !evtx_plan_run(x, p))
		return evtx_run(x, at, end, json, f);
	x->chunk_steps -= p->steps + c.bytes + c.fragment;
	*json = buf_slice(&x->w.out);
	x->plan = p;
	return true;
}
