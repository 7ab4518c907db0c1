/*
 * Time: events wait in a heap until the watermark has passed them.  Equal times are decided by depth, correlation, part and
 * id, so that the order of input does not show.
 */
#include "lib/correlate/priv.h"

#include <stdlib.h>

static bool
before(const struct entry *a, const struct entry *b)
{
	int d;

	if (a->at != b->at)
		return a->at < b->at;
	if (a->depth != b->depth)
		return a->depth < b->depth;
	if (a->index != b->index)
		return a->index < b->index;
	if (a->part != b->part)
		return a->part < b->part;
	d = memcmp(a->pick->id.b, b->pick->id.b, sizeof a->pick->id.b);
	return d ? d < 0 : a->pick->id.n < b->pick->id.n;
}

void
queue_add(struct correlate *c, const struct entry *e)
{
	size_t i = c->heap_n, was = c->heap_cap;

	c->heap = mem_grow(c->heap, &c->heap_cap, c->heap_n, sizeof *c->heap);
	c->waiting_bytes += (c->heap_cap - was) * sizeof *c->heap;
	c->heap_n++;
	for (; i && before(e, &c->heap[(i - 1) / 2]); i = (i - 1) / 2)
		c->heap[i] = c->heap[(i - 1) / 2];
	c->heap[i] = *e;
}

static struct entry
queue_take(struct correlate *c)
{
	struct entry top = c->heap[0], last = c->heap[--c->heap_n];
	size_t i = 0, kid;

	while ((kid = 2 * i + 1) < c->heap_n) {
		if (kid + 1 < c->heap_n && before(&c->heap[kid + 1], &c->heap[kid]))
			kid++;
		if (!before(&c->heap[kid], &last))
			break;
		c->heap[i] = c->heap[kid];
		i = kid;
	}
	if (c->heap_n)
		c->heap[i] = last;
	return top;
}

/* ---- windows -------------------------------------------------------------------------------------------------------- */

/* The window (or silence) that ends first, if it ends before `limit`. */
static struct key *
ending(struct correlate *c, int64_t limit)
{
	struct key *first = NULL;

	for (size_t i = 0; i < c->timed_n; i++) {
		struct run *r = c->timed[i];
		struct key *k = r->oldest;

		if (k == NULL || key_end(k) >= limit)
			continue;
		if (first == NULL || key_end(k) < key_end(first) || (key_end(k) == key_end(first) &&
		    r->c->depth < first->run->c->depth))
			first = k;
	}
	return first;
}

static void
one(struct correlate *c)
{
	struct entry e = queue_take(c);

	if (!c->some_decided || e.at > c->decided_to)
		c->decided_to = e.at;
	c->some_decided = true;
	decide(c, &e);
	pick_drop(c, e.pick);
}

/* Both in one order of time: a window ends before an event that is later than its end. */
void
queue_run(struct correlate *c, int64_t limit, int64_t windows)
{
	for (;;) {
		bool more = c->heap_n && c->heap[0].at < limit;
		struct key *k = ending(c, more && c->heap[0].at < windows ? c->heap[0].at : windows);

		if (k)
			decide_close(c, k);
		else if (more)
			one(c);
		else
			return;
	}
}

/* ---- the watermark -------------------------------------------------------------------------------------------------- */

static void
remember(struct correlate *c, int64_t at)
{
	unsigned i = c->newest_n;

	if (c->newest_n == NEWEST) {
		int64_t gone = c->newest[c->newest_at];

		for (i = 0; c->sorted[i] != gone; i++)
			continue;
		memmove(c->sorted + i, c->sorted + i + 1, (NEWEST - 1 - i) * sizeof *c->sorted);
		i = NEWEST - 1;
	} else {
		c->newest_n++;
	}
	c->newest[c->newest_at] = at;
	c->newest_at = (c->newest_at + 1) % NEWEST;
	for (; i && c->sorted[i - 1] > at; i--)
		c->sorted[i] = c->sorted[i - 1];
	c->sorted[i] = at;
}

/*
 * A stamp a day ahead of the median of the last 64 is somebody's wrong clock: it does not move the watermark (nor do the
 * first few).
 */
void
correlate_tick(struct correlate *c, struct stamp stamp)
{
	static const int64_t day = 86400000000000;
	int64_t at = time_ns(stamp), median;

	remember(c, at);
	median = c->sorted[c->newest_n / 2];
	if (c->dated && at <= c->watermark)
		return;
	if (at - day > median)
		return;
	c->watermark = at;
	c->dated = true;
	if (c->lateness != CORRELATE_ALL)
		queue_run(c, at - c->lateness, at - c->lateness);
}

static bool
late(struct correlate *c, int64_t at)
{
	int64_t passed = c->some_decided ? c->decided_to : INT64_MIN;

	if (c->lateness != CORRELATE_ALL && c->dated && c->watermark - c->lateness > passed)
		passed = c->watermark - c->lateness;
	if (at >= passed)
		return false;
	c->counts.late++;
	if (c->dated && c->watermark - at > c->counts.needed)
		c->counts.needed = c->watermark - at;
	else if (!c->dated && passed - at > c->counts.needed)
		c->counts.needed = passed - at;
	return true;
}

void
correlate_add(struct correlate *c, struct slice bytes)
{
	size_t rules;
	const char *rule;
	struct pick *p = pick_read(bytes, &rules, &rule);

	c->waiting_bytes += p->size;
	if (!late(c, p->at))
		for (size_t i = 0; i < rules; i++) {
			uint32_t id;
			const struct hearing *h;

			memcpy(&id, rule + i * sizeof id, sizeof id);
			h = &c->hearing[id];
			for (size_t k = 0; k < h->n; k++) {
				struct entry e = {p->at, c->run[h->run[k]].c->depth, h->part[k], h->run[k], p};

				pick_hold(p);
				queue_add(c, &e);
			}
		}
	pick_drop(c, p);
	/* Without lateness nothing is waited for: who wants alerts at once gets them. */
	if (c->lateness == 0 && c->dated)
		queue_run(c, c->watermark + 1, c->watermark);
	while (c->heap_n && c->waiting_bytes > c->memory / 2) {
		c->counts.early++;
		queue_run(c, c->heap[0].at + 1, c->heap[0].at);
	}
}

void
correlate_end(struct correlate *c, bool close)
{
	int64_t now = c->dated ? c->watermark : INT64_MIN;

	queue_run(c, INT64_MAX, now);
	if (!close)
		return;
	/* Whoever was heard within the last span before the end was not silent. */
	for (size_t i = 0; i < c->timed_n; i++)
		while (c->timed[i]->c->type == SIGMA_SILENCE && c->timed[i]->oldest)
			key_drop(c, c->timed[i]->oldest);
	queue_run(c, INT64_MAX, INT64_MAX);
}
