#include "lib/event/plan_priv.h"
#include "lib/port/digest.h"

#include <stdlib.h>

/* Of one layout, and of all of one thread: a worker may use 4 MiB (budget), of which plans are a part. */
enum { LEAVES_MAX = 96, ANSWERS_MAX = 64, STEPS_MAX = 4096, TRIES = 256, FREE = 4, SELDOM = 16 };
static const size_t all_max = 2 * 1024 * 1024;

struct plans {
	struct json_layouts *layouts;
	struct shape_options options;
	struct trace trace;
	struct run run;
	const struct leaf *leaf;
	struct json_layout *pending;	/* of the record that is followed */
	size_t size;			/* of all plans, about */
};

static void
drop(void *own)
{
	struct plan *p = own;

	for (size_t i = 0; i < p->steps; i++) {
		struct plan_step *s = &p->step[i];

		if (s->leaf)
			p->all->size -= s->leaf->size;
		leaf_free(s->leaf);
		free(s->kind == STEP_TEXT ? (char *)(uintptr_t)s->text.p : NULL);
	}
	p->all->size -= p->steps * sizeof *p->step;
	free(p->step);
	free(p);
}

struct plans *
plans_new(const struct shape_options *options)
{
	struct plans *p = mem_zero(1, sizeof *p);

	p->layouts = json_layouts_new(drop);
	p->options = *options;
	p->run.options = &p->options;
	return p;
}

void
plans_free(struct plans *p)
{
	if (p == NULL)
		return;
	json_layouts_free(p->layouts);
	event_free(&p->run.x);
	free(p);
}

struct json_layouts *
plans_layouts(struct plans *p)
{
	return p->layouts;
}

/* ---- reading --------------------------------------------------------------------------------------------------------------- */

static void
begin(struct run *r, const struct json_quick *q)
{
	r->q = q;
	r->vals = r->items = 0;
	r->lost = false;
	if (r->used) {
		arena_reset(&r->x.mem);
		buf_reset(&r->x.scratch);
		r->used = false;
	}
}

/* The step among s and its others whose answer the record gives; NULL: none. */
static inline const struct plan_step *
answered(struct run *r, const struct plan *p, const struct plan_step *s)
{
	if (s->kind == STEP_TEXT) {
		struct slice text = json_slot(r->q, s->slot);

		while (!slice_eq(s->text, text)) {
			if (s->other == 0)
				return NULL;
			s = &p->step[s->other];
		}
		return s;
	}
	plan_ask(r, s);
	while (s->want.fields != r->got.fields || s->want.err != r->got.err) {
		if (s->other == 0)
			return NULL;
		s = &p->step[s->other];
	}
	return s;
}

bool
plan_read(struct plans *all, const struct json_layout *l, const struct json_quick *q, struct plan_told *told)
{
	struct plan *p = l->own;
	struct run *r = &all->run;
	const struct plan_step *s;

	all->leaf = NULL;
	/* A layout whose records are all different is left alone. */
	if (p == NULL || p->steps == 0 || (p->misses > TRIES && p->misses > p->hits))
		return false;
	begin(r, q);
	for (s = p->step; s->kind != STEP_END; s++)
		if ((s = answered(r, p, s)) == NULL)
			break;
	if (s == NULL || s->leaf == NULL || r->lost) {
		p->misses++;
		return false;
	}
	p->hits++;
	all->leaf = s->leaf;
	*told = (struct plan_told){r->at, s->leaf->err};
	return true;
}

static inline char *
put_number(char *p, uint64_t v)
{
	char t[20];
	size_t at = sizeof t, n;

	do
		t[--at] = (char)('0' + v % 10);
	while (v /= 10);
	n = sizeof t - at;
	for (size_t i = 0; i < n; i++)
		p[i] = t[at + i];
	return p + n;
}

#define put_lit(p, lit) ((char *)memcpy((p), "" lit, sizeof(lit) - 1) + sizeof(lit) - 1)

void
plan_put_record(struct plans *all, const struct event_src *src, struct slice original, struct buf *out)
{
	struct run *r = &all->run;
	struct slice line = r->q->line, source = event_source(&r->x, src);
	size_t most = leaf_room(all->leaf, r) + source.n + line.n + 256;
	char *p;

	if (out->cap - out->n < most)
		buf_room(out, most);
	p = out->p + out->n;
	p = put_lit(p, "{\"@timestamp\":\"");
	plan_stamp(r, r->at, p);
	p = put_lit(p + STAMP_LEN, "\",\"ir\":{\"v\":1,\"kind\":\"event\",\"id\":\"");
	event_id(src->uri, src->off, original, p);
	p += 32;
	memcpy(p, source.p, source.n);
	p = put_number(p + source.n, src->off);
	p = put_lit(p, ",\"rec\":");
	p = put_number(p, src->rec);
	p = leaf_put(all->leaf, r, p);
	memcpy(p, line.p, line.n);
	p = put_lit(p + line.n, "}\n");
	out->n = (size_t)(p - out->p);
}

void
plan_put(struct plans *all, const struct event_src *src, struct buf *out)
{
	plan_put_record(all, src, all->run.q->line, out);
}

/* ---- learning -------------------------------------------------------------------------------------------------------------- */

/* Where plans are made and not met again, few more are made. */
static bool
worth(const struct plans *all, const struct plan *p)
{
	if (p->leaves >= LEAVES_MAX || all->size > all_max)
		return false;
	return p->leaves < FREE || p->leaves < p->hits || p->misses % SELDOM == 0;
}

void
plan_watch(struct plans *all, struct json_layout *l, struct json *j, struct event *e)
{
	struct plan *p;

	if (l == NULL)
		l = json_layout_learn(j, all->layouts);
	all->pending = l;
	if (l == NULL)
		return;
	if (l->own == NULL) {
		l->own = p = mem_zero(1, sizeof *p);
		p->all = all;
	}
	if (!worth(all, l->own))
		return;
	all->trace.n = 0;
	all->trace.open = all->trace.lost = false;
	e->trace = &all->trace;
	e->step = 0;
}

/* Puts a step at the end; `asked`: one that expects another answer to the same question, 0: none.  False: there are too many. */
static bool
step_add(struct plan *p, struct plan_step s, uint32_t asked)
{
	unsigned answers = 0;

	if (s.kind != STEP_END && p->steps >= STEPS_MAX)
		return false;
	if (asked != JSON_NONE) {
		for (; p->step[asked].other; asked = p->step[asked].other)
			if (++answers == ANSWERS_MAX)
				return false;
		p->step[asked].other = (uint32_t)p->steps;
	}
	if (s.kind == STEP_TEXT)
		s.text.p = mem_dup(s.text.p, s.text.n);
	p->step = mem_grow(p->step, &p->cap, p->steps, sizeof *p->step);
	p->step[p->steps++] = s;
	p->all->size += sizeof s + (s.leaf ? s.leaf->size : 0);
	return true;
}

static bool
same_question(const struct plan_step *a, const struct plan_step *b)
{
	return a->kind == b->kind && a->slot == b->slot && a->field == b->field && a->how == b->how;
}

static bool
same_answer(const struct plan_step *a, const struct plan_step *b)
{
	return a->kind == STEP_TEXT ? slice_eq(a->text, b->text) : a->want.fields == b->want.fields && a->want.err == b->want.err;
}

/* One traced step of the record: its answer is found in the tree at *at, or put there; *at is the next step then. */
static bool
walk(struct run *r, struct plan *p, struct plan_step s, uint32_t *at)
{
	uint32_t i = *at;

	if (s.kind == STEP_TEXT) {
		s.text = json_slot(r->q, s.slot);
	} else {
		plan_ask(r, &s);
		s.want = r->got;
	}
	if (i == p->steps) {
		*at = i + 1;
		return step_add(p, s, JSON_NONE);
	}
	if (!same_question(&p->step[i], &s))
		return false;
	while (!same_answer(&p->step[i], &s) && p->step[i].other)
		i = p->step[i].other;
	if (same_answer(&p->step[i], &s)) {
		*at = i + 1;
		return true;
	}
	*at = (uint32_t)p->steps + 1;
	return step_add(p, s, i);
}

/* The steps of the trace; false: they lead to no leaf.  *at: behind the last one. */
static bool
follow(struct plans *all, const struct json_layout *l, struct plan *p, const struct event *e, struct leaf_place *place, uint32_t *at)
{
	struct run *r = &all->run;
	bool timed = false;

	for (uint16_t i = 0; i < all->trace.n; i++) {
		const struct trace_step *t = &all->trace.step[i];
		uint32_t slot = json_layout_of(l, t->node);
		struct plan_step s = {.kind = t->kind, .how = t->how, .field = t->field, .slot = (uint16_t)slot};

		if (s.kind == STEP_SET)
			s.fast = plan_fast((enum field)s.field, (enum convert)s.how);
		place->val[i + 1] = (uint16_t)r->vals;
		if (slot == JSON_NONE || !walk(r, p, s, at) || r->lost)
			return false;
		if (s.kind == STEP_SET)
			place->fields[i + 1] = r->got.fields;
		timed |= s.kind == STEP_TIME && r->got.fields != 0 && stamp_cmp(r->at, e->at) == 0;
	}
	return timed && e->timed;
}

/* A way that was begun always ends, if only in the knowledge that it leads nowhere. */
static void
learn(struct plans *all, const struct json_layout *l, struct plan *p, const struct event *e)
{
	struct leaf_place *place = mem_zero(1, sizeof *place);
	struct plan_step end = {.kind = STEP_END};
	size_t before = p->steps;
	uint32_t at = 0;
	bool told = follow(all, l, p, e, place, &at) && !all->trace.lost && e->raws == 0 && e->bytes.n == 0 && e->received.n == 0;

	if (told && at == p->steps)
		end.leaf = leaf_new(e, place, &all->run);
	if (p->steps > before || (told && at == p->steps)) {
		(void)step_add(p, end, JSON_NONE);
		p->leaves++;
	}
	free(place);
}

void
plan_learn_quick(struct plans *all, const struct json_quick *q, struct event *e)
{
	if (e->trace == NULL)
		return;
	e->trace = NULL;
	begin(&all->run, q);
	learn(all, all->pending, all->pending->own, e);
}

void
plan_learn(struct plans *all, struct json *j, struct event *e)
{
	struct json_quick q;

	if (e->trace && json_quick_last(j, all->pending, &q))
		plan_learn_quick(all, &q, e);
	e->trace = NULL;
}

void
plan_drop(struct json_layout *l)
{
	if (l->own)
		drop(l->own);
	l->own = NULL;
}
