/*
 * A plan is made of the first record of its layout, rendered in general twice: as it is, and with marks in the places of
 * values.  What the plan then gives must be the same bytes, or it is not used.
 */
#include "lib/format/evtx.h"

enum { OPS_MAX = 2048, NODES_MAX = 4096 };

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
	size_t used[EVTX_VALUES_MAX] = {0}, most = 0, k = 0, mark;

	p->text = keep(x, marked.n + EVTX_PLAN_SLACK, 1);
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

/* Strings without their quotes, numbers and words. */
static void
scalar(struct evtx_plan *p, uint32_t node, uint32_t slot)
{
	bool string = p->node[node].type == JSON_STRING;

	p->layout->slot[slot] = (struct json_layout_slot){.at = (uint16_t)(2 * slot), .type = p->node[node].type, .node = node};
	p->scalar[slot] = p->spot[node];
	p->scalar[slot].end -= string;
	if (p->node[node].type == JSON_FALSE)
		p->layout->slot[slot].type = JSON_TRUE;
	if (string && memchr(p->text + p->spot[node].at, '\\', p->spot[node].end - p->spot[node].at))
		p->escaped[p->escapes++] = slot;
	for (size_t k = 0; k < p->ops; k++)
		if (p->op[k].node == node)
			p->op[k].slot = slot;
}

static bool
odd(const char *p, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++)
		if (p[i] == '\\' && p[++i] != '\\' && p[i] != '"')
			return true;
	return false;
}

static bool
scalars(struct evtx *x, struct evtx_plan *p)
{
	uint32_t n = 0, number = json_path(x->json, 0, SLICE("Event.System.EventRecordID"));

	p->layout = keep(x, 1, sizeof *p->layout + (p->nodes + 1) * sizeof *p->layout->slot);
	p->scalar = keep(x, p->nodes, sizeof *p->scalar);
	p->escaped = keep(x, p->nodes, sizeof *p->escaped);
	p->number = JSON_NONE;
	for (uint32_t i = 0; i < p->nodes; i++) {
		if (p->node[i].key || p->node[i].type >= JSON_ARRAY)
			continue;
		if (n == JSON_SLOTS_MAX)
			return false;
		if (i == number)
			p->number = n;
		scalar(p, i, n++);
	}
	p->layout->slots = n;
	p->odd = odd(p->text, p->rest + p->rest_n);
	return true;
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
	if (p->room > EVTX_JSON || !evtx_plan_run(x, p) || !slice_eq(buf_slice(&x->w.out), buf_slice(&x->plain)))
		return false;
	if (!json_one(x->json, buf_slice(&x->w.out), &f) || x->json->nodes > NODES_MAX)
		return false;
	tape(x, p);
	pick(x, p);
	return homes(p) && scalars(x, p) && evtx_plan_run(x, p);
}

/* The general way twice: as it is, and with marks. */
bool
evtx_plan_make(struct evtx *x, size_t at, size_t end, const struct evtx_call *c, struct slice *json, struct fault *f)
{
	struct evtx_def *home = c->inner ? c->inner : c->outer;
	struct evtx_plan *p = keep(x, 1, sizeof *p);
	size_t values = x->values, left = x->chunk_steps;
	uint32_t err;

	*p = (struct evtx_plan){.outer = c->outer, .inner = c->inner, .hash = c->hash, .values = values, .next = home->plan};
	p->type = keep(x, values, 1);
	memcpy(p->type, x->type.p, values);
	home->plan = p;
	p->made_before = x->plans;
	x->plans = p;
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
	x->plan = p->good ? p : NULL;
	return true;
}

