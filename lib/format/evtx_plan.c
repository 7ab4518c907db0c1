/*
 * Records of one layout: the same templates with values of the same types differ in those values alone.  The first one
 * is rendered with marks for its values (evtx_run.c), and what stands between the marks is literal; the nodes of its
 * JSON shift with the lengths of the values, and the fields are found by the nodes of the first.
 */
#include "lib/format/evtx.h"

enum { VALUES_MAX = 1024, OPS_MAX = 2048, NODES_MAX = 4096, SLACK = 32 };

/* What a record calls: its template and the one in the fragment among its values. */
struct call {
	struct evtx_def *outer, *inner;
	uint32_t hash;
	size_t bytes;			/* of the record */
};

/* ---- the layout of a record --------------------------------------------------------------------------------- */

static void
values_room(struct evtx *x, size_t n)
{
	if (x->value_cap - x->values < n) {
		x->value_cap = x->values + n + VALUES_MAX;
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
	if (at == end || p[at] != 0x0c || !evtx_instance_head(x, at + 1, end, &i) || i.count > VALUES_MAX)
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
gather(struct evtx *x, size_t at, size_t end, struct call *c)
{
	const struct evtx_value *fragment;
	size_t outer;

	x->values = x->type.n = 0;
	*c = (struct call){.bytes = end - at};
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
find(const struct evtx *x, const struct call *c)
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

/* False: a value is not as its type wants it; the general way says so. */
static bool
run(struct evtx *x, struct evtx_plan *plan)
{
	struct buf *out = &x->w.out;
	uint32_t err = plan->err, sum = 0;
	char *p;

	buf_reset(out);
	buf_room(out, plan->room);
	p = out->p;
	x->shift[0] = 0;
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
		err |= e;
	}
	p = put_literal(p, plan->text + plan->rest, plan->rest_n);
	out->n = (size_t)(p - out->p);
	x->w.err = err & ~EVTX_ESCAPED;
	shift_nodes(plan, x->shift);
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

static void
slots_begin(struct evtx *x)
{
	size_t n = shape_paths(x->shapes);

	if (x->slot == NULL) {
		x->slot = mem_resize(NULL, n, sizeof *x->slot);
		x->slots = n;
	}
	memset(x->slot, 0xff, n * sizeof *x->slot);
	x->slots_of = NULL;
}

void
evtx_plan_forget(struct evtx *x)
{
	x->plan = NULL;
	if (x->slot)
		slots_begin(x);
}

/* The plan's output becomes the record's. */
static void
use(struct evtx *x, struct evtx_plan *p, struct slice json)
{
	slots_of(x, p);
	x->plan = p;
	x->tape = (struct json){.line = json, .node = p->node, .nodes = p->nodes, .ok = true, .priv = x->json->priv};
}

/* ---- making ------------------------------------------------------------------------------------------------- */

static void *
keep(struct evtx *x, size_t count, size_t size)
{
	x->cost += count * size;
	return arena_zero(&x->kept, count * size + 1);
}

/* A mark is 01 and the value's number, two bytes. */
static size_t
marks(struct slice s)
{
	size_t n = 0;

	for (size_t at = 0; (at += slice_find(slice_from(s, at), 1)) < s.n; at += 3)
		n++;
	return n;
}

static void
cut(struct evtx *x, struct evtx_plan *p, struct slice marked)
{
	uint32_t from = 0;
	size_t used[VALUES_MAX] = {0}, most = 0, k = 0, mark;

	p->text = keep(x, marked.n + SLACK, 1);
	for (;; k++) {
		mark = slice_find(marked, 1);
		memcpy(p->text + from, marked.p, mark);
		if (mark == marked.n)
			break;
		p->op[k] = (struct evtx_op){.lit = from, .n = (uint32_t)mark,
		    .value = (uint16_t)((unsigned char)marked.p[mark + 1] << 8 | (unsigned char)marked.p[mark + 2])};
		if (++used[p->op[k].value] > most)
			most = used[p->op[k].value];
		from += (uint32_t)mark;
		marked = slice_from(marked, mark + 3);
	}
	p->rest = from;
	p->rest_n = (uint32_t)mark;
	p->most = most;
}

/* Values that end before `at`, and those that begin before it. */
static uint16_t
ended(const struct evtx_plan *p, const uint32_t *shift, uint32_t at, bool begun)
{
	uint32_t literal = 0;
	uint16_t k = 0;

	for (; k < p->ops; k++) {
		literal += p->op[k].n;
		if (begun ? literal + shift[k] >= at : literal + shift[k + 1] > at)
			break;
	}
	return k;
}

/* A node starts where a value starts (a number) or before it (its quote), and ends where the value does or behind it. */
static void
tape(struct evtx *x, struct evtx_plan *p)
{
	const struct json *j = x->json;

	p->nodes = j->nodes;
	p->node = keep(x, j->nodes, sizeof *p->node);
	p->spot = keep(x, j->nodes, sizeof *p->spot);
	memcpy(p->node, j->node, j->nodes * sizeof *p->node);
	for (uint32_t i = 0; i < j->nodes; i++) {
		struct evtx_spot *s = &p->spot[i];

		s->at_op = ended(p, x->shift, j->node[i].at, true);
		s->end_op = ended(p, x->shift, j->node[i].end, false);
		s->at = j->node[i].at - x->shift[s->at_op];
		s->end = j->node[i].end - x->shift[s->end_op];
	}
}

/* The string in which each value stands, and whether its literal part has a backslash. */
static bool
homes(struct evtx_plan *p)
{
	for (uint32_t i = 0; i < p->nodes; i++) {
		const struct evtx_spot *s = &p->spot[i];

		if (p->node[i].type >= JSON_ARRAY || s->at_op == s->end_op)
			continue;
		if (p->node[i].key)
			return false;
		for (uint16_t k = s->at_op; k < s->end_op; k++) {
			p->op[k].node = i;
			p->op[k].again = k > s->at_op;
			p->op[k].escaped = memchr(p->text + s->at, '\\', s->end - s->at) != NULL;
		}
	}
	return true;
}

/* Few of the paths that some shape asks for are there. */
static void
pick(struct evtx *x, struct evtx_plan *p)
{
	uint32_t *slot;

	slots_begin(x);
	slot = x->slot;
	shape_pick(x->shapes, x->json, 0, slot);
	for (size_t i = 0; i < x->slots; i++)
		p->picks += slot[i] != JSON_NONE;
	p->picked = keep(x, p->picks, sizeof *p->picked);
	p->picks = 0;
	for (size_t i = 0; i < x->slots; i++)
		if (slot[i] != JSON_NONE)
			p->picked[p->picks++] = (struct evtx_pick){(uint32_t)i, slot[i]};
	x->slots_of = p;
}

static bool
learn(struct evtx *x, struct evtx_plan *p, struct slice marked, size_t bytes)
{
	struct fault f;

	p->ops = marks(marked);
	if (p->ops > OPS_MAX)
		return false;
	p->op = keep(x, p->ops, sizeof *p->op);
	p->node = keep(x, 1, sizeof *p->node);
	cut(x, p, marked);
	evtx_plan_room(p, bytes);
	if (p->room > EVTX_JSON || !run(x, p) || !slice_eq(buf_slice(&x->w.out), buf_slice(&x->plain)))
		return false;
	if (!json_one(x->json, buf_slice(&x->w.out), &f) || x->json->nodes > NODES_MAX)
		return false;
	tape(x, p);
	pick(x, p);
	return homes(p) && run(x, p);
}

void
evtx_plan_room(struct evtx_plan *p, size_t bytes)
{
	/* Each value's room is its own bytes' and the least; those of a record are no more than the record. */
	p->bytes = bytes;
	p->room = p->rest + p->rest_n + p->ops * EVTX_ROOM((size_t)0) + p->most * 6 * bytes + SLACK;
}

/* The general way twice: as it is, and with marks. */
static bool
make(struct evtx *x, size_t at, size_t end, const struct call *c, struct slice *json, struct fault *f)
{
	struct evtx_def *home = c->inner ? c->inner : c->outer;
	struct evtx_plan *p = keep(x, 1, sizeof *p);
	size_t values = x->values, left = x->chunk_steps;
	uint32_t err;

	*p = (struct evtx_plan){.outer = c->outer, .inner = c->inner, .hash = c->hash, .values = values, .next = home->plan};
	p->type = keep(x, values, 1);
	memcpy(p->type, x->type.p, values);
	home->plan = p;
	if (!evtx_run(x, at, end, json, f))
		return false;
	buf_reset(&x->plain);
	buf_slice_add(&x->plain, *json);
	err = x->w.err;
	p->steps = left - x->chunk_steps;
	left = x->chunk_steps;
	p->err = c->outer->err | (c->inner ? c->inner->err : 0);
	x->w.marking = true;
	x->w.fluid = false;
	p->good = evtx_run(x, at, end, json, f) && !x->w.fluid;
	x->w.marking = false;
	x->chunk_steps = left;
	if (p->good) {
		buf_reset(&x->marked);
		buf_slice_add(&x->marked, *json);
		/* Values were taken off one by one: they are needed once more. */
		x->values = values;
		p->good = learn(x, p, buf_slice(&x->marked), c->bytes);
	}
	x->w.err = err;
	*json = buf_slice(&x->plain);
	if (p->good)
		use(x, p, *json);
	return true;
}

bool
evtx_render(struct evtx *x, size_t at, size_t end, struct slice *json, struct fault *f)
{
	struct evtx_plan *p;
	struct call c;

	x->plan = NULL;
	if (at > end || end > x->chunk.n || !gather(x, at, end, &c))
		return evtx_run(x, at, end, json, f);
	p = find(x, &c);
	if (p == NULL && !evtx_share_full(x))
		return make(x, at, end, &c, json, f);
	if (p == NULL || !p->good || p->steps > x->chunk_steps)
		return evtx_run(x, at, end, json, f);
	if (c.bytes > p->bytes)
		evtx_plan_room(p, c.bytes);
	if (p->room > EVTX_JSON || !run(x, p))
		return evtx_run(x, at, end, json, f);
	x->chunk_steps -= p->steps;
	*json = buf_slice(&x->w.out);
	use(x, p, *json);
	return true;
}
