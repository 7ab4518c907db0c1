/* Hunts on one event; and the events around a find (-C). */
#include "cmd/match_hunt.h"
#include "cmd/match_work.h"

#include <stdlib.h>

static bool
part(struct slice want, struct slice is)
{
	return want.n == 0 || slice_eq_nocase(want, is);
}

static bool
in_source(const struct query *q, const struct match_event *ev)
{
	if (q->ls.product.n + q->ls.category.n + q->ls.service.n == 0)
		return true;
	for (unsigned i = 0; i < ev->ls_n; i++)
		if (part(q->ls.product, ev->ls[i].product) && part(q->ls.category, ev->ls[i].category) &&
		    part(q->ls.service, ev->ls[i].service))
			return true;
	return false;
}

/* Which queries hold for the event that the room looked at; *find: one of them is a find by itself. */
size_t
seek_event(struct worker *w, const struct match_event *ev, uint32_t **held, bool *find, struct emit *e)
{
	const struct hunting *h = w->m->hunting;
	size_t n = 0;

	*find = false;
	*held = NULL;
	if (h->queries == 0)
		return 0;
	*held = arena_alloc(emit_arena(e), h->queries * sizeof **held);
	for (size_t i = 0; i < h->queries; i++)
		if (in_source(&h->query[i], ev) && match_holds(w->room, h->query[i].when)) {
			(*held)[n++] = (uint32_t)i;
			*find |= h->query[i].many == NULL;
		}
	return n;
}

unsigned
seek_raise(struct worker *w, const struct record *own, const uint32_t *held, size_t n, unsigned nth, struct emit *e)
{
	for (size_t i = 0; i < n; i++) {
		const struct query *q = &w->m->hunting->query[held[i]];
		struct alert a = {.rule_id = q->id, .rule_name = q->shown, .level = q->level, .type = q->hunt ? SLICE("hunt") :
		    SLICE("keyword"),
		    .ruleset = q->hunt ? q->hunt->file : SLICE("-k")};

		put_off_begin(w, PUT_FOUND, own);
		buf_add(&w->later, &held[i], sizeof held[i]);
		emit_later(e, buf_slice(&w->later));
		if (q->many)
			continue;
		buf_reset(&w->why);
		match_why(w->room, q->when, &w->why);
		a.why = buf_slice(&w->why);
		work_raise(w, own, &a, nth++, e);
	}
	return nth;
}

void
seek_settle(struct worker *w, struct slice what)
{
	struct query *q;
	uint32_t i;

	memcpy(&i, what.p, sizeof i);
	q = &w->m->hunting->query[i];
	q->matched++;
	q->found += q->many == NULL;
}

/* An alert of a correlation that a query is. */
bool
seek_found(struct worker *w, const struct sigma_correlation *c)
{
	struct hunting *h = w->m->hunting;

	for (size_t i = 0; i < h->queries; i++)
		if (h->query[i].many == c) {
			h->query[i].found++;
			return true;
		}
	return false;
}

/* ---- -C N: events of the host before and after ---------------------------------------------------------------------- */

struct around {				/* of one host */
	struct buf *line;		/* the last ones; a ring */
	uint64_t n, at, after;
};

struct context {
	uint64_t size, memory, bytes;
	struct map hosts;		/* to around + 1 */
	struct around *around;
	size_t n, cap;
};

struct context *
context_new(uint64_t n, uint64_t memory)
{
	struct context *c = mem_zero(1, sizeof *c);

	c->size = n < 10000 ? n : 10000;
	c->memory = memory;
	return c;
}

static void
forget(struct context *c)
{
	for (size_t i = 0; i < c->n; i++) {
		for (uint64_t k = 0; k < c->size; k++)
			buf_free(&c->around[i].line[k]);
		free(c->around[i].line);
	}
	c->n = 0;
	c->bytes = 0;
	map_free(&c->hosts);
}

void
context_free(struct context *c)
{
	if (c == NULL)
		return;
	forget(c);
	free(c->around);
	free(c);
}

static struct around *
of_host(struct context *c, struct slice host)
{
	bool made;
	struct map_row *row = map_put(&c->hosts, host, &made);

	if (made) {
		c->around = mem_grow(c->around, &c->cap, c->n, sizeof *c->around);
		c->around[c->n] = (struct around){.line = mem_zero(c->size, sizeof(struct buf))};
		row->v.u = c->n++;
		c->bytes += c->size * sizeof(struct buf) + host.n;
	}
	return &c->around[row->v.u];
}

/* A find: what stood before it comes out, oldest first. */
static void
before(struct context *c, struct around *a, struct emit *e)
{
	for (uint64_t i = 0; i < a->n; i++) {
		struct buf *b = &a->line[(a->at + c->size - a->n + i) % c->size];

		emit_made(e, KIND_EVENT, buf_slice(b));
	}
	a->n = 0;
	a->after = c->size;
}

/* Whether it is a find, the host's name with a NUL, the line. */
void
context_settle(struct worker *w, struct slice what, struct emit *e)
{
	struct context *c = w->m->hunting->context;
	bool find = what.p[0] != 0;
	struct slice rest = slice_from(what, 1), host = slice_cut(&rest, '\0');
	struct around *a;
	struct buf *b;

	if (c->bytes > c->memory) {
		forget(c);
		emit_note(e, "limit-context", (struct slice){NULL, 0},
		    SLICE("events around finds were forgotten: --state-memory is too small"));
	}
	a = of_host(c, host);
	if (find) {
		before(c, a, e);
	} else if (a->after) {
		a->after--;
		emit_made(e, KIND_EVENT, rest);
	} else {
		b = &a->line[a->at];
		c->bytes -= b->cap;
		buf_reset(b);
		buf_slice_add(b, rest);
		c->bytes += b->cap;
		a->at = (a->at + 1) % c->size;
		a->n += a->n < c->size;
	}
}

void
context_later(struct worker *w, const struct record *own, bool find, struct emit *e)
{
	uint32_t host = json_path(own->j, 0, SLICE("host.name"));

	put_off_begin(w, PUT_CONTEXT, own);
	buf_byte(&w->later, find);
	if (host != JSON_NONE)
		json_text_add(own->j, host, &w->later);
	buf_byte(&w->later, '\0');
	buf_slice_add(&w->later, own->line);
	emit_later(e, buf_slice(&w->later));
}
