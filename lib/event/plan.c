#include "lib/event/plan_run.h"
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
	struct buf source;		/* what stands between time and offset; the id's 32 bytes at `id` */
	size_t id;
	struct slice uri;
	char place[128];		/* what ir.id is made of before the record's bytes, at its end */
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
	buf_free(&p->source);
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

/* SLACK bytes can be read on both sides. */
static inline bool
same_text(struct slice a, struct slice b)
{
	uint64_t v, w;

	if (a.n != b.n)
		return false;
	if (a.n > 8)
		return memcmp(a.p, b.p, a.n) == 0;
	memcpy(&v, a.p, sizeof v);
	memcpy(&w, b.p, sizeof w);
	return a.n == 0 || le64toh(v ^ w) << (64 - 8 * a.n) == 0;
}

/* The step among s and its others whose answer the record gives; NULL: none. */
static inline const struct plan_step *
answered(struct run *r, const struct plan *p, const struct plan_step *s)
{
	if (s->kind == STEP_TEXT) {
		struct slice text = plan_slot(r, s);

		while (!same_text(s->text, text)) {
			if (s->other == 0)
				return NULL;
			s = &p->step[s->other];
		}
		return s;
	}
	plan_ask_here(r, s);
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
	if (p == NULL)
		return false;
	/* A layout whose records are all different is left alone. */
	if (p->steps == 0 || (p->misses > TRIES && p->misses > p->hits)) {
		p->misses++;
		return false;
	}
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

/* Twenty bytes behind p may be written. */
static inline char *
put_number(char *p, uint64_t v)
{
	/* Nothing is read of it that was not written before, but for what is written over. */
	__attribute__((uninitialized)) char t[40];
	size_t at = 20;

	for (; v >= 100; v /= 100)
		memcpy(t + (at -= 2), plan_pairs + 2 * (v % 100), 2);
	if (v >= 10)
		memcpy(t + (at -= 2), plan_pairs + 2 * v, 2);
	else
		t[--at] = (char)('0' + v);
	memcpy(p, t + at, 20);
	return p + (20 - at);
}

#define put_lit(p, lit) ((char *)memcpy((p), "" lit, sizeof(lit) - 1) + sizeof(lit) - 1)

void
plan_from(struct plans *all, const struct event_src *src)
{
	struct slice s = event_source(&all->run.x, src), uri = src->uri;
	struct slice text = SLICE("\",\"ir\":{\"v\":1,\"kind\":\"event\",\"id\":\"");

	buf_reset(&all->source);
	buf_slice_add(&all->source, text);
	all->id = all->source.n;
	buf_slice_add(&all->source, SLICE("00000000000000000000000000000000"));
	buf_slice_add(&all->source, s);
	buf_room(&all->source, SLACK);
	all->uri = uri;
	if (uri.n + 9 > sizeof all->place)
		return;
	memset(all->place, 0, sizeof all->place);
	if (uri.n)
		memcpy(all->place + sizeof all->place - 9 - uri.n, uri.p, uri.n);
}

/*
 * ir.id of the line that was copied to p: its label and offset are put before it for that moment, over what was written there, so
 * that the line need not be copied once more.
 */
static inline void
put_id(struct plans *all, uint64_t off, char *p, size_t n, char *id)
{
	__attribute__((uninitialized)) char kept[sizeof all->place], hex[32];

	if (all->uri.n + 9 > sizeof all->place) {
		event_id(all->uri, off, slice_of(p, n), id);
		return;
	}
	memcpy(kept, p - sizeof kept, sizeof kept);
	memcpy(p - sizeof kept, all->place, sizeof kept);
	off = htole64(off);
	memcpy(p - sizeof off, &off, sizeof off);
	event_id_of(p - 9 - all->uri.n, n + 9 + all->uri.n, hex);
	memcpy(p - sizeof kept, kept, sizeof kept);
	memcpy(id, hex, sizeof hex);
}

/* Up to the end of raw; *id: where ir.id stands. */
static inline char *
put(struct plans *all, uint64_t off, uint64_t rec, struct buf *out, char **id)
{
	struct run *r = &all->run;
	struct slice line = r->q->line;
	size_t most = leaf_room(all->leaf, r) + all->source.n + line.n + 256;
	char *p;

	if (out->cap - out->n < most)
		buf_room(out, most);
	p = out->p + out->n;
	p = put_lit(p, "{\"@timestamp\":\"");
	plan_stamp(r, r->at, p);
	p += STAMP_LEN;
	*id = p + all->id;
	for (size_t i = 0; i < all->source.n; i += SLACK)
		memcpy(p + i, all->source.p + i, SLACK);
	p = put_number(p + all->source.n, off);
	p = put_lit(p, ",\"rec\":");
	p = put_number(p, rec);
	p = leaf_put(all->leaf, r, p);
	memcpy(p, line.p, line.n);
	return p + line.n;
}

void
plan_put(struct plans *all, uint64_t off, uint64_t rec, struct buf *out)
{
	size_t n = all->run.q->line.n;
	char *id, *p = put(all, off, rec, out, &id);

	put_id(all, off, p - n, n, id);
	p = put_lit(p, "}\n");
	out->n = (size_t)(p - out->p);
}

void
plan_put_record(struct plans *all, uint64_t off, uint64_t rec, struct slice original, struct buf *out)
{
	char *id, *p = put(all, off, rec, out, &id);

	event_id(all->uri, off, original, id);
	p = put_lit(p, "}\n");
	out->n = (size_t)(p - out->p);
}

/* ---- learning -------------------------------------------------------------------------------------------------------------- */

/* Where plans are made and not met again, few more are made. */
static bool
worth(const struct plans *all, const struct plan *p)
{
	if (p->leaves >= LEAVES_MAX || all->size > all_max)
		return false;
	return p->tries < FREE || p->tries < p->hits || p->misses % SELDOM == 0;
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
		s.text.p = mem_dup(s.text.p, s.text.n + SLACK);
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
		s.text = plan_slot(r, &s);
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
follow(struct plans *all, struct plan *p, const struct event *e, struct leaf_place *place, uint32_t *at)
{
	const struct json_layout *l = all->pending;
	struct run *r = &all->run;
	bool timed = false;

	for (uint16_t i = 0; i < all->trace.n; i++) {
		const struct trace_step *t = &all->trace.step[i];
		uint32_t slot = json_layout_of(l, t->node);
		struct plan_step s = {.kind = t->kind, .how = t->how, .field = t->field, .slot = (uint16_t)slot};

		if (s.kind == STEP_SET)
			s.fast = plan_fast((enum field)s.field, (enum convert)s.how);
		place->val[i + 1] = (uint16_t)r->vals;
		if (slot == JSON_NONE)
			return false;
		s.at = l->slot[slot].at;
		s.string = l->slot[slot].type == JSON_STRING;
		if (!walk(r, p, s, at) || r->lost)
			return false;
		if (s.kind == STEP_SET)
			place->fields[i + 1] = r->got.fields;
		timed |= s.kind == STEP_TIME && r->got.fields != 0 && stamp_cmp(r->at, e->at) == 0;
	}
	return timed && e->timed;
}

/* A way that was begun always ends, if only in the knowledge that it leads nowhere. */
static void
learn(struct plans *all, struct plan *p, const struct event *e)
{
	struct leaf_place *place = mem_zero(1, sizeof *place);
	struct plan_step end = {.kind = STEP_END};
	size_t before = p->steps;
	uint32_t at = 0;
	bool told = follow(all, p, e, place, &at) && !all->trace.lost && e->raws == 0 && e->bytes.n == 0 && e->received.n == 0;

	p->tries++;
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
	learn(all, all->pending->own, e);
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
