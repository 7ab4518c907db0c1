/*
 * A plan is made of the first record of its layout, rendered in general twice: as it is, and with marks in the places of
 * values.  What the plan then gives must be the same bytes, or it is not used.
 */
#include "lib/format/evtx.h"

enum { OPS_MAX = 2048, NODES_MAX = 4096 };

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

static bool
memorable(uint8_t type)
{
	return type == EVTX_STRING || type == EVTX_TEXT || type == 0x0f || type == 0x13;
}

static void
cut(struct evtx *x, struct evtx_plan *p, struct slice marked)
{
	uint32_t from = 0;
	size_t used[EVTX_VALUES_MAX] = {0}, most = 0, k = 0, mark;

	p->text = keep(x, marked.n + (size_t)2 * EVTX_PLAN_SLACK, 1);
	for (;; k++) {
		mark = slice_find(marked, 1);
		memcpy(p->text + from, marked.p, mark);
		if (mark == marked.n)
			break;
		p->op[k] = (struct evtx_op){.lit = from, .n = (uint32_t)mark,
		    .value = (uint16_t)((unsigned char)marked.p[mark + 1] << 8 | (unsigned char)marked.p[mark + 2])};
		if (memorable(p->type[p->op[k].value]))
			p->op[k].memo = keep(x, 1, sizeof *p->op[k].memo);
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
	size_t low = 0, high = p->ops;

	while (low < high) {
		size_t mid = (low + high) / 2;
		uint32_t literal = p->op[mid].lit + p->op[mid].n;

		if (begun ? literal + shift[mid] >= at : literal + shift[mid + 1] > at)
			high = mid;
		else
			low = mid + 1;
	}
	return (uint16_t)low;
}

/*
 * Strings without their quotes, numbers and words are what quicks tell.  One starts where a value starts (a number) or
 * before it (its quote), and ends where the value does or behind it.
 */
static void
scalar(struct evtx *x, struct evtx_plan *p, const struct json_node *node, uint32_t slot)
{
	bool string = node->type == JSON_STRING;
	struct evtx_spot *s = &p->scalar[slot];

	s->at_op = ended(p, x->shift, node->at, true);
	s->end_op = ended(p, x->shift, node->end, false);
	s->at = node->at - x->shift[s->at_op];
	s->end = node->end - x->shift[s->end_op] - string;
	p->layout->slot[slot] = (struct json_layout_slot){.at = (uint16_t)(2 * slot), .type = node->type,
	    .node = (uint32_t)(node - x->json->node)};
	if (node->type == JSON_FALSE)
		p->layout->slot[slot].type = JSON_TRUE;
	if (string && memchr(p->text + s->at, '\\', s->end - s->at))
		p->escaped[p->escapes++] = slot;
	for (size_t k = s->at_op; k < s->end_op; k++)
		p->op[k].slot = slot;
}

static bool
is_scalar(const struct json_node *n)
{
	return !n->key && n->type < JSON_ARRAY;
}

static size_t
count_scalars(const struct json *j)
{
	size_t n = 0;

	for (uint32_t i = 0; i < j->nodes; i++)
		n += is_scalar(&j->node[i]);
	return n;
}

static bool
odd(const char *p, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++)
		if (p[i] == '\\' && p[++i] != '\\' && p[i] != '"')
			return true;
	return false;
}

/* False: there are too many, or a value stands in a name. */
static bool
scalars(struct evtx *x, struct evtx_plan *p)
{
	const struct json *j = x->json;
	size_t all = count_scalars(j);
	uint32_t n = 0, number = json_path(j, 0, SLICE("Event.System.EventRecordID"));

	if (all > JSON_SLOTS_MAX)
		return false;
	p->layout = keep(x, 1, sizeof *p->layout + (all + 1) * sizeof *p->layout->slot);
	p->scalar = keep(x, all, sizeof *p->scalar);
	p->escaped = keep(x, all, sizeof *p->escaped);
	p->number = JSON_NONE;
	for (uint32_t i = 0; i < j->nodes; i++) {
		if (j->node[i].key && ended(p, x->shift, j->node[i].at, true) != ended(p, x->shift, j->node[i].end, false))
			return false;
		if (i == number)
			p->number = n;
		if (is_scalar(&j->node[i]))
			scalar(x, p, &j->node[i], n++);
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
	cut(x, p, marked);
	evtx_plan_room(p, bytes);
	if (p->room > EVTX_JSON || !evtx_plan_run(x, p) || !slice_eq(buf_slice(&x->w.out), buf_slice(&x->plain)))
		return false;
	if (!json_one(x->json, buf_slice(&x->w.out), &f) || x->json->nodes > NODES_MAX)
		return false;
	return scalars(x, p);
}

/* The general way twice: as it is, and with marks. */
bool
evtx_plan_make(struct evtx *x, size_t at, size_t end, const struct evtx_call *c, struct slice *json, struct fault *f)
{
	struct evtx_plan **home = &x->home[c->hash % EVTX_HOMES], *p = keep(x, 1, sizeof *p);
	size_t values = x->values, left = x->chunk_steps;
	uint32_t err;

	*p = (struct evtx_plan){.outer = c->outer, .inner = c->inner, .hash = c->hash, .values = values, .next = *home};
	p->type = keep(x, values, 1);
	memcpy(p->type, x->type.p, values);
	p->sign = arena_slice(&x->kept, buf_slice(&x->sign));
	x->cost += p->sign.n;
	*home = p;
	p->made_before = x->plans;
	x->plans = p;
	if (!evtx_run(x, at, end, json, f))
		return false;
	buf_reset(&x->plain);
	buf_slice_add(&x->plain, *json);
	err = x->w.err;
	p->steps = left - x->chunk_steps - c->bytes - c->fragment;
	left = x->chunk_steps;
	x->texts = c->texts;
	x->w.marking = true;
	x->w.fluid = false;
	x->template_err = 0;
	/* Errors that are not of templates are of texts, and those are values. */
	p->good = evtx_run(x, at, end, json, f) && !x->w.fluid && (x->w.err & ~x->template_err) == 0;
	p->err = x->template_err;
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

