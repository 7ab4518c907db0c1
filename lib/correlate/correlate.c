/* What is heard by whom, made once; and what was decided, told one by one. */
#include "lib/correlate/priv.h"

#include <math.h>
#include <stdlib.h>

enum { DEPTH_MAX = 200 };

static bool
deep(const struct sigma_node *n, unsigned depth)
{
	if (depth > DEPTH_MAX)
		return true;
	for (size_t i = 0; i < n->kids; i++)
		if (deep(n->kid[i], depth + 1))
			return true;
	return false;
}

static bool
negates(const struct sigma_node *n)
{
	if (n->kind == SIGMA_NOT)
		return true;
	for (size_t i = 0; i < n->kids; i++)
		if (negates(n->kid[i]))
			return true;
	return false;
}

static bool
rises(const struct sigma_correlation *c)
{
	for (size_t i = 0; i < c->bounds; i++)
		if (c->bound[i].op != '>' && c->bound[i].op != '}')
			return false;
	return true;
}

static bool
temporal(const struct sigma_correlation *c)
{
	return c->type == SIGMA_TEMPORAL || c->type == SIGMA_TEMPORAL_ORDERED;
}

/* What more events can only make true is decided at once; the rest when its window closes (case 49). */
static bool
waits(const struct sigma_correlation *c)
{
	if (c->type >= SIGMA_FIRST_SEEN)
		return false;
	if (temporal(c) && c->bounds == 1 && c->bound[0].op == '=' && c->bound[0].number >= (double)c->parts)
		return false;
	if (c->type == SIGMA_TEMPORAL_ORDERED && c->condition)
		return true;
	return (c->condition && negates(c->condition)) || !rises(c);
}

/* The least count at which all bounds hold; 0: more events than are kept one by one. */
static uint32_t
least(const struct sigma_correlation *c)
{
	double need = 1;

	for (size_t i = 0; i < c->bounds; i++) {
		double n = c->bound[i].op == '>' ? floor(c->bound[i].number) + 1 : ceil(c->bound[i].number);

		if (n > need)
			need = n;
	}
	return need > ITEMS_MAX ? 0 : (uint32_t)need;
}

static void
fault(struct sigma_set *s, struct sigma_correlation *c, enum sigma_trouble trouble, const char *what)
{
	struct sigma_problem p = {c->about->file, c->about->title, trouble, {0}};

	(void)fault_place(&p.fault, what, c->part[0].ref, c->part[0].line, c->part[0].column);
	c->broken = true;
	s->problem = mem_grow(s->problem, &s->problem_cap, s->problems, sizeof *s->problem);
	s->problem[s->problems++] = p;
}

static bool
compiled(const struct sigma_set *s, const struct sigma_rule *r)
{
	return r->index < s->rules ? s->rule[r->index] == r : r->index - s->rules < s->asides &&
	    s->aside[r->index - s->rules] == r;
}

/* Rules that did not compile, and what hears them, are out. */
static void
check(struct sigma_set *s)
{
	bool more = true;

	for (size_t i = 0; i < sigma_correlations(s); i++) {
		struct sigma_correlation *c = sigma_correlation(s, i);

		if (!c->broken && c->condition && deep(c->condition, 0))
			fault(s, c, SIGMA_FAULTY, "correlation: condition nested too deep");
		if (!c->broken && c->type == SIGMA_TEMPORAL_ORDERED && c->bounds && waits(c))
			fault(s, c, SIGMA_UNSUPPORTED, "correlation: temporal_ordered takes gt and gte alone");
	}
	while (more) {
		more = false;
		for (size_t i = 0; i < sigma_correlations(s); i++) {
			struct sigma_correlation *c = sigma_correlation(s, i);

			for (size_t k = 0; k < c->parts && !c->broken; k++)
				if ((c->part[k].rule && !compiled(s, c->part[k].rule)) || (c->part[k].from &&
				    c->part[k].from->broken)) {
					fault(s, c, SIGMA_MISSING, "correlation: hears a rule that cannot run");
					more = true;
				}
		}
	}
}

/* ---- who hears whom ------------------------------------------------------------------------------------------------- */

static void
want(struct hearing *h, uint32_t slot)
{
	for (size_t i = 0; i < h->slots; i++)
		if (h->slot[i] == slot)
			return;
	h->slot = mem_grow(h->slot, &h->slot_cap, h->slots, sizeof *h->slot);
	h->slot[h->slots++] = slot;
}

/* Fields that a rule's hit needs, on the way up through all that hear it; each way once, however many lead there. */
static void
want_all(struct correlate *c, struct hearing *h, struct run *r, uint32_t part)
{
	if (r->walked >> part & 1)
		return;
	if (r->walked == 0) {
		h->up = mem_grow(h->up, &h->up_cap, h->ups, sizeof *h->up);
		h->up[h->ups++] = r->c->index;
	}
	r->walked |= 1ull << part;
	for (size_t i = 0; i < r->c->groups; i++)
		want(h, r->c->group[i].slot[part]);
	for (size_t i = 0; i < r->c->fields; i++)
		want(h, r->c->field[i].slot[part]);
	for (size_t i = 0; i < r->aboves; i++)
		want_all(c, h, r->above[i], r->above_part[i]);
}

static void
above(struct run *r, struct run *by, uint32_t part)
{
	r->above = mem_resize(r->above, r->aboves + 1, sizeof(struct run *));
	r->above_part = mem_resize(r->above_part, r->aboves + 1, sizeof *r->above_part);
	r->above[r->aboves] = by;
	r->above_part[r->aboves++] = part;
}

static void
hear(struct correlate *c, struct run *r, uint32_t part)
{
	struct hearing *h = &c->hearing[r->c->part[part].rule->index];
	size_t cap = h->cap;

	h->run = mem_grow(h->run, &h->cap, h->n, sizeof *h->run);
	h->part = mem_grow(h->part, &cap, h->n, sizeof *h->part);
	h->run[h->n] = r->c->index;
	h->part[h->n++] = part;
}

static void
connect(struct correlate *c)
{
	for (size_t i = 0; i < c->runs; i++) {
		struct run *r = &c->run[i];

		for (uint32_t k = 0; k < r->c->parts && !r->c->broken; k++) {
			if (r->c->part[k].rule)
				hear(c, r, k);
			else
				above(&c->run[r->c->part[k].from->index], r, k);
		}
	}
	for (size_t i = 0; i < c->rules; i++) {
		for (size_t k = 0; k < c->hearing[i].n; k++)
			want_all(c, &c->hearing[i], &c->run[c->hearing[i].run[k]], c->hearing[i].part[k]);
		for (size_t k = 0; k < c->hearing[i].ups; k++)
			c->run[c->hearing[i].up[k]].walked = 0;
	}
}

static void
begin(struct correlate *c, struct run *r)
{
	r->windowed = waits(r->c);
	if (!r->windowed && (r->c->type == SIGMA_EVENT_COUNT || r->c->type == SIGMA_VALUE_COUNT)) {
		r->need = least(r->c);
		/* A million events are not kept one by one: such a count is that of a window. */
		r->windowed = r->need == 0;
	}
	if (r->c->type == SIGMA_TEMPORAL && !r->windowed)
		r->need = (uint32_t)r->c->parts;
	if (r->windowed || r->c->type == SIGMA_SILENCE)
		c->timed[c->timed_n++] = r;
}

struct correlate *
correlate_new(struct sigma_set *s, const struct correlate_options *o)
{
	struct correlate *c;
	size_t live = 0;

	/* Rules that were put aside are heard, too: their numbers follow. */
	for (size_t i = 0; i < s->asides; i++)
		s->aside[i]->index = (uint32_t)(s->rules + i);
	check(s);
	for (size_t i = 0; i < sigma_correlations(s); i++)
		live += !sigma_correlation(s, i)->broken;
	if (live == 0)
		return NULL;
	c = mem_zero(1, sizeof *c);
	c->set = s;
	c->lateness = o->lateness;
	c->memory = o->memory;
	c->runs = sigma_correlations(s);
	c->run = mem_zero(c->runs, sizeof *c->run);
	c->timed = mem_zero(c->runs, sizeof(struct run *));
	c->rules = s->rules + s->asides;
	c->hearing = mem_zero(c->rules + 1, sizeof *c->hearing);
	c->ids = mem_zero(EVENTS_MAX, sizeof *c->ids);
	for (size_t i = 0; i < c->runs; i++) {
		c->run[i].c = sigma_correlation(s, i);
		if (!c->run[i].c->broken)
			begin(c, &c->run[i]);
	}
	connect(c);
	return c;
}

static void
decided_drop(struct correlate *c, struct decided *d)
{
	pick_drop(c, d->pick);
	free(d->id);
	buf_free(&d->group);
	*d = (struct decided){0};
}

void
correlate_free(struct correlate *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->heap_n; i++)
		pick_drop(c, c->heap[i].pick);
	for (size_t i = 0; i < c->runs; i++) {
		while (c->run[i].oldest)
			key_drop(c, c->run[i].oldest);
		free(c->run[i].above);
		free(c->run[i].above_part);
	}
	for (size_t i = c->out_at; i < c->out_n; i++)
		decided_drop(c, &c->out[i]);
	decided_drop(c, &c->told);
	for (size_t i = 0; i < c->rules; i++) {
		free(c->hearing[i].run);
		free(c->hearing[i].part);
		free(c->hearing[i].slot);
		free(c->hearing[i].up);
	}
	free(c->hearing);
	free(c->run);
	free(c->timed);
	free(c->heap);
	free(c->place);
	free(c->out);
	free(c->ids);
	buf_free(&c->id_text);
	free(c);
}

void
correlate_lateness(struct correlate *c, int64_t ns)
{
	c->lateness = ns;
}

bool
correlate_hears(const struct correlate *c, const struct sigma_rule *r)
{
	return c && c->hearing[r->index].n > 0;
}

void
correlate_above(const struct correlate *c, const struct sigma_rule *rule, void (*each)(void *, const struct sigma_correlation *),
    void *self)
{
	const struct hearing *h = &c->hearing[rule->index];

	for (size_t i = 0; i < h->ups; i++)
		each(self, c->run[h->up[i]].c);
}

const struct correlate_counts *
correlate_counts(const struct correlate *c)
{
	((struct correlate *)(uintptr_t)c)->counts.keys = c->keys;
	return &c->counts;
}

/* ---- telling -------------------------------------------------------------------------------------------------------- */

static size_t
groups(struct correlate *c, const struct decided *d)
{
	struct slice rest = buf_slice(&d->group);
	size_t n = 0;

	while (rest.n && n < d->run->c->groups) {
		uint32_t length;

		memcpy(&length, rest.p, sizeof length);
		c->group[n] = (struct correlate_group){d->run->c->group[n].name, slice_head(slice_from(rest, sizeof length),
		    length)};
		rest = slice_from(rest, sizeof length + length);
		n++;
	}
	return n;
}

static void
ids(struct correlate *c, const struct decided *d)
{
	size_t at = 0;

	buf_reset(&c->id_text);
	for (size_t i = 0; i < d->ids; i++) {
		size_t from = c->id_text.n;

		eid_text(&d->id[i], &c->id_text);
		c->ids[i].n = c->id_text.n - from;
	}
	for (size_t i = 0; i < d->ids; i++) {
		c->ids[i].p = c->id_text.p ? c->id_text.p + at : NULL;
		at += c->ids[i].n;
	}
}

bool
correlate_next(struct correlate *c, struct correlate_alert *a)
{
	struct decided *d = &c->told;

	decided_drop(c, d);
	if (c->out_at == c->out_n) {
		c->out_at = c->out_n = 0;
		return false;
	}
	*d = c->out[c->out_at++];
	ids(c, d);
	*a = (struct correlate_alert){.by = d->run->c, .line = d->pick->line, .group = c->group, .groups = groups(c, d),
	    .event = c->ids,
	    .events = d->ids, .count = d->count, .value = d->value, .first = time_stamp(d->first), .last = time_stamp(d->last),
	    .muted = d->muted, .muted_by = d->by};
	return true;
}
