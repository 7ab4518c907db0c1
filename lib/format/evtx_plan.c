/*
 * Records of one layout: the same templates with values of the same types differ in those values alone.  The first one
 * is rendered with marks for its values (evtx_run.c), and what stands between the marks is literal; the nodes of its
 * JSON shift with the lengths of the values, and the fields are found by the nodes of the first.
 */
#include "lib/format/evtx.h"

enum { SLACK = EVTX_PLAN_SLACK, BEHIND = 64 };

/* ---- the layout of a record --------------------------------------------------------------------------------- */

static void
values_room(struct evtx *x, size_t n)
{
	if (x->value_cap - x->values < n) {
		x->value_cap = x->values + n + EVTX_VALUES_MAX;
		x->value = mem_resize(x->value, x->value_cap, sizeof *x->value);
	}
	if (x->type.cap - x->type.n < n)
		buf_room(&x->type, n);
}

/* 0f and three bytes, which fragments may lack; 0c, one instance, and nothing behind it. */
static struct evtx_def *
take(struct evtx *x, size_t at, size_t end, uint32_t *hash)
{
	const char *p = x->chunk.p;
	struct evtx_instance i;
	struct evtx_value *v;
	uint32_t h = *hash;

	if (end - at >= 5 && p[at] == 0x0f)
		at += 4;
	if (at == end || p[at] != 0x0c || !evtx_instance_head(x, at + 1, end, &i) || i.count > EVTX_VALUES_MAX)
		return NULL;
	values_room(x, i.count);
	v = x->value + x->values;
	at = i.values;
	for (size_t k = 0; k < i.count; k++) {
		uint32_t d = evtx_u32(p + i.table + 4 * k);

		v[k] = (struct evtx_value){slice_of(p + at, d & 0xffff), (uint8_t)(d >> 16)};
		x->type.p[x->type.n + k] = (char)(d >> 16);
		h = (h << 5 | h >> 27) ^ (d >> 16 & 0xff);
		at += d & 0xffff;
	}
	if (at > end || (at < end && p[at] != 0))
		return NULL;
	x->values += i.count;
	x->type.n += i.count;
	*hash = h ^ i.count;
	return evtx_template(x, i.definition);
}

static const struct evtx_value *
fragment_of(const struct evtx *x)
{
	const char *p = memchr(x->type.p, EVTX_BINXML, x->type.n);
	size_t at = p ? (size_t)(p - x->type.p) : 0;

	if (p == NULL || memchr(p + 1, EVTX_BINXML, x->type.n - at - 1))
		return NULL;
	return &x->value[at];
}

static bool
gather(struct evtx *x, size_t at, size_t end, struct evtx_call *c)
{
	const struct evtx_value *fragment;
	size_t outer;

	x->values = x->type.n = 0;
	*c = (struct evtx_call){.bytes = end - at};
	c->outer = take(x, at, end, &c->hash);
	if (c->outer == NULL)
		return false;
	outer = x->type.n;
	fragment = fragment_of(x);
	if (fragment) {
		size_t from = (size_t)(fragment->bytes.p - x->chunk.p);

		c->inner = take(x, from, from + fragment->bytes.n, &c->hash);
		if (c->inner == NULL || memchr(x->type.p + outer, EVTX_BINXML, x->type.n - outer))
			return false;
	} else if (memchr(x->type.p, EVTX_BINXML, outer)) {
		return false;
	}
	return true;
}

static struct evtx_plan *
find(const struct evtx *x, const struct evtx_call *c)
{
	for (struct evtx_plan *p = (c->inner ? c->inner : c->outer)->plan; p; p = p->next)
		if (p->hash == c->hash && p->outer == c->outer && p->inner == c->inner && p->values == x->values &&
		    memcmp(p->type, x->type.p, x->values) == 0)
			return p;
	return NULL;
}

/* ---- running ------------------------------------------------------------------------------------------------ */

static inline char *
put_literal(char *p, const char *from, size_t n)
{
	if (n <= SLACK)
		memcpy(p, from, SLACK);
	else
		memcpy(p, from, n);
	return p + n;
}

/* The tape of this record: each place of the plan's moves by the values before it. */
static void
shift_nodes(struct evtx_plan *p, const uint32_t *shift)
{
	for (uint32_t i = 0; i < p->nodes; i++) {
		p->node[i].at = p->spot[i].at + shift[p->spot[i].at_op];
		p->node[i].end = p->spot[i].end + shift[p->spot[i].end_op];
	}
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
		uint32_t e = 0;
		char *from;

		from = p = put_literal(p, plan->text + o->lit, o->n);
		p = evtx_put(p, x->value[o->value], &e);
		if (p == NULL)
			return false;
		sum += (uint32_t)(p - from);
		x->shift[k + 1] = sum;
		plan->node[o->node].escaped = (uint8_t)(o->escaped | e >> 31 | (o->again & plan->node[o->node].escaped));
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

/* The slots of all paths, as shapes want them, become this plan's. */
static void
slots_of(struct evtx *x, const struct evtx_plan *p)
{
	if (x->slots_of == p)
		return;
	if (x->slots_of)
		for (size_t i = 0; i < x->slots_of->picks; i++)
			x->slot[x->slots_of->picked[i].path] = JSON_NONE;
	for (size_t i = 0; i < p->picks; i++)
		x->slot[p->picked[i].path] = p->picked[i].node;
	x->slots_of = p;
}

void
evtx_plan_forget(struct evtx *x)
{
	for (struct evtx_plan *p = x->plans; p; p = p->made_before)
		if (p->layout)
			plan_drop(p->layout);
	x->plan = x->plans = NULL;
	x->slots_of = NULL;
	if (x->slot)
		memset(x->slot, 0xff, x->slots * sizeof *x->slot);
}

void
evtx_plan_tape(struct evtx *x, struct slice json)
{
	struct evtx_plan *p = x->plan;

	slots_of(x, p);
	shift_nodes(p, x->shift);
	x->tape = (struct json){.line = json, .node = p->node, .nodes = p->nodes, .ok = true, .priv = x->json->priv};
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
	if (p->escapes + x->escaped.n) {
		slash_room(x, json.n);
		slashes(x, p, true);
	} else {
		slash_room(x, json.n);
	}
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
	if (at > end || end > x->chunk.n || !gather(x, at, end, &c))
		return evtx_run(x, at, end, json, f);
	p = find(x, &c);
	if (p == NULL && !evtx_share_full(x))
		return evtx_plan_make(x, at, end, &c, json, f);
	if (p == NULL || !p->good || p->steps > x->chunk_steps)
		return evtx_run(x, at, end, json, f);
	if (c.bytes > p->bytes)
		evtx_plan_room(p, c.bytes);
	if (p->room > EVTX_JSON || !evtx_plan_run(x, p))
		return evtx_run(x, at, end, json, f);
	x->chunk_steps -= p->steps;
	*json = buf_slice(&x->w.out);
	x->plan = p;
	return true;
}
