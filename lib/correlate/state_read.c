/* Reading snapshots: nothing in them is trusted. */
#include "lib/correlate/state.h"

#include <stdlib.h>

struct reader {
	struct correlate *c;
	struct slice s;
	struct arena mem;
	uint32_t *slot, *run;		/* of the snapshot -> of today; SIGMA_NO_SLOT: not here */
	struct shape *shape;
	size_t slots, runs;
	struct pick **pick;
	size_t picks;
};

static bool
get(struct reader *r, void *to, size_t n)
{
	if (r->s.n < n)
		return false;
	memcpy(to, r->s.p, n);
	r->s = slice_from(r->s, n);
	return true;
}

static bool
get_u64(struct reader *r, uint64_t *v)
{
	return get(r, v, sizeof *v);
}

static bool
get_bytes(struct reader *r, struct slice *out)
{
	uint64_t n;

	if (!get_u64(r, &n) || n > r->s.n)
		return false;
	*out = slice_of(r->s.p, n);
	r->s = slice_from(r->s, n);
	return true;
}

/* A count of things that take `least` bytes each at least. */
static bool
get_count(struct reader *r, size_t least, size_t *out)
{
	uint64_t n;

	if (!get_u64(r, &n) || n > r->s.n / least)
		return false;
	*out = n;
	return true;
}

static bool
get_head(struct reader *r)
{
	struct correlate *c = r->c;
	struct head h;

	if (!get(r, &h, sizeof h) || h.newest_n > NEWEST || h.newest_at >= NEWEST)
		return false;
	c->watermark = h.watermark;
	c->decided_to = h.decided_to;
	c->dated = h.dated != 0;
	c->some_decided = h.some_decided != 0;
	memcpy(c->newest, h.newest, sizeof c->newest);
	c->newest_n = h.newest_n;
	c->newest_at = h.newest_n < NEWEST ? h.newest_n : h.newest_at;
	for (unsigned i = 0; i < h.newest_n; i++) {
		unsigned k = i;

		for (; k && c->sorted[k - 1] > h.newest[i]; k--)
			c->sorted[k] = c->sorted[k - 1];
		c->sorted[k] = h.newest[i];
	}
	c->counts = (struct correlate_counts){.heard = h.heard, .late = h.late, .ungrouped = h.ungrouped, .unvalued = h.unvalued,
	    .evicted = h.evicted, .early = h.early, .needed = h.needed};
	return true;
}

static bool
get_tables(struct reader *r)
{
	struct slice name;

	if (!get_count(r, 8, &r->slots))
		return false;
	r->slot = arena_alloc(&r->mem, (r->slots + 1) * sizeof *r->slot);
	for (size_t i = 0; i < r->slots; i++) {
		if (!get_bytes(r, &name))
			return false;
		r->slot[i] = SIGMA_NO_SLOT;
		for (size_t k = 0; k < r->c->set->wanteds; k++)
			if (slice_eq(r->c->set->wanted[k], name))
				r->slot[i] = (uint32_t)k;
	}
	if (!get_count(r, 8 + sizeof *r->shape, &r->runs))
		return false;
	r->run = arena_alloc(&r->mem, (r->runs + 1) * sizeof *r->run);
	r->shape = arena_alloc(&r->mem, (r->runs + 1) * sizeof *r->shape);
	for (size_t i = 0; i < r->runs; i++) {
		if (!get_bytes(r, &name) || !get(r, &r->shape[i], sizeof *r->shape))
			return false;
		r->run[i] = SIGMA_NO_SLOT;
		for (size_t k = 0; k < r->c->runs; k++) {
			struct shape now = shape_of(r->c->run[k].c);

			if (slice_eq(r->c->run[k].c->about->id, name) && memcmp(&now, &r->shape[i], sizeof now) == 0 &&
			    !r->c->run[k].c->broken)
				r->run[i] = (uint32_t)k;
		}
	}
	return true;
}

/* Values under the slots of today; those of a group stay. */
static bool
translate(const struct reader *r, struct slice values, struct buf *out)
{
	while (values.n) {
		uint32_t head[2];

		if (values.n < sizeof head)
			return false;
		memcpy(head, values.p, sizeof head);
		if (head[1] > values.n - sizeof head)
			return false;
		if (!(head[0] & 0x80000000u)) {
			if (head[0] >= r->slots)
				return false;
			head[0] = r->slot[head[0]];
		}
		if (head[0] != SIGMA_NO_SLOT) {
			buf_add(out, head, sizeof head);
			buf_add(out, values.p + sizeof head, head[1]);
		}
		values = slice_from(values, sizeof head + head[1]);
	}
	return true;
}

static void
translate_mutes(const struct reader *r, struct slice mutes, struct buf *out)
{
	struct correlate_mute m;

	for (size_t i = 0; i + sizeof m <= mutes.n; i += sizeof m) {
		memcpy(&m, mutes.p + i, sizeof m);
		if (m.correlation >= r->runs || r->run[m.correlation] == SIGMA_NO_SLOT)
			continue;
		m.correlation = r->run[m.correlation];
		buf_add(out, &m, sizeof m);
	}
}

static bool
get_pick(struct reader *r, struct pick **out)
{
	int64_t at;
	struct eid id;
	struct slice values, mutes, line;
	struct buf v = {0}, m = {0};
	struct fault f;
	bool ok = false;

	if (!get(r, &at, sizeof at) || !get(r, &id, sizeof id) || !get_bytes(r, &values) || !get_bytes(r, &mutes) || !get_bytes(r,
	    &line))
		return false;
	if (translate(r, values, &v) && slice_starts(line, SLICE("{")) && json_check(line, &json_limits_stream, &f)) {
		translate_mutes(r, mutes, &m);
		*out = pick_make(at, &id, buf_slice(&v), buf_slice(&m), line);
		r->c->waiting_bytes += (*out)->size;
		ok = true;
	}
	buf_free(&v);
	buf_free(&m);
	return ok;
}

static bool
get_entries(struct reader *r)
{
	size_t n;

	if (!get_count(r, 32, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		int64_t at;
		uint64_t index, part, pick;
		struct entry e;

		if (!get(r, &at, sizeof at) || !get_u64(r, &index) || !get_u64(r, &part) || !get_u64(r, &pick) ||
		    index >= r->runs ||
		    part >= r->shape[index].parts || pick >= r->picks)
			return false;
		if (r->run[index] == SIGMA_NO_SLOT)
			continue;
		e = (struct entry){at, r->c->run[r->run[index]].c->depth, (uint32_t)part, r->run[index], r->pick[pick]};
		pick_hold(e.pick);
		queue_add(r->c, &e);
	}
	return true;
}

static bool
text_ok(struct slice text, uint32_t groups)
{
	for (; groups; groups--) {
		uint32_t n;

		if (text.n < sizeof n)
			return false;
		memcpy(&n, text.p, sizeof n);
		if (n > text.n - sizeof n)
			return false;
		text = slice_from(text, sizeof n + n);
	}
	return text.n == 0;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void
fill(struct correlate *c, struct key *k, const struct key_head *h, const char *items)
{
	k->mark = h->mark;
	k->count = h->count;
	k->sum = h->sum;
	if (h->items == 0)
		return;
	k->n = k->cap = h->items;
	k->item = mem_alloc(h->items * sizeof *k->item);
	memcpy(k->item, items, h->items * sizeof *k->item);
	key_resize(c, k, 0, room_of(h->items * sizeof *k->item));
	if (k->run->c->type != SIGMA_VALUE_PERCENTILE && k->run->c->type != SIGMA_VALUE_MEDIAN)
		return;
	k->sorted = mem_alloc(h->items * sizeof *k->sorted);
	for (uint32_t i = 0; i < h->items; i++)
		k->sorted[i] = k->item[i].number;
	qsort(k->sorted, h->items, sizeof *k->sorted, by_size);
	key_resize(c, k, 0, room_of(h->items * sizeof *k->sorted));
}

/* Windows and silences speak with their last event: they must have it.  Sequences have one layout alone. */
static bool
key_ok(const struct reader *r, const struct shape *s, const struct key_head *h, const struct run *run, const char *items)
{
	bool timed = run && (run->windowed || s->type == SIGMA_SILENCE);

	if (h->items > ITEMS_MAX || h->last > r->picks || (timed && h->last == 0))
		return false;
	if (run && s->type == SIGMA_TEMPORAL_ORDERED && !run->windowed && h->items != s->parts * (s->parts + 1) / 2)
		return false;
	if ((s->type == SIGMA_SPIKE) != (h->spike != 0))
		return false;
	for (uint32_t i = 0; i < h->items; i++) {
		struct item it;

		memcpy(&it, items + i * sizeof it, sizeof it);
		if (it.part >= s->parts)
			return false;
	}
	return true;
}

static bool
get_key(struct reader *r, size_t index)
{
	struct run *run = r->run[index] == SIGMA_NO_SLOT ? NULL : &r->c->run[r->run[index]];
	const struct shape *s = &r->shape[index];
	struct key_head h;
	struct slice text, items;
	struct spike spike = {0};
	struct key *k;

	if (!get(r, &h, sizeof h) || h.text > r->s.n)
		return false;
	text = slice_head(r->s, h.text);
	r->s = slice_from(r->s, h.text);
	if (h.items > r->s.n / sizeof(struct item))
		return false;
	items = slice_head(r->s, h.items * sizeof(struct item));
	r->s = slice_from(r->s, items.n);
	if (h.spike && (!get(r, &spike, sizeof spike)))
		return false;
	if (!key_ok(r, s, &h, run, items.p) || !text_ok(text, s->groups))
		return false;
	if (run == NULL || key_get(r->c, run, text, false))
		return true;
	k = key_get(r->c, run, text, true);
	fill(r->c, k, &h, items.p);
	if (h.last) {
		k->last = r->pick[h.last - 1];
		pick_hold(k->last);
	}
	if (h.spike) {
		k->spike = mem_dup(&spike, sizeof spike);
		key_resize(r->c, k, 0, room_of(sizeof spike));
	}
	return true;
}

static bool
get_all(struct reader *r)
{
	size_t n;

	if (!get_head(r) || !get_tables(r) || !get_count(r, 8 + sizeof(struct eid) + 24, &n))
		return false;
	r->pick = mem_zero(n + 1, sizeof(struct pick *));
	for (; r->picks < n; r->picks++)
		if (!get_pick(r, &r->pick[r->picks]))
			return false;
	if (!get_entries(r))
		return false;
	for (size_t i = 0; i < r->runs; i++) {
		if (!get_count(r, sizeof(struct key_head), &n))
			return false;
		for (; n; n--)
			if (!get_key(r, i))
				return false;
	}
	return r->s.n == 0;
}

void
correlate_clear(struct correlate *c)
{
	for (size_t i = 0; i < c->heap_n; i++)
		pick_drop(c, c->heap[i].pick);
	c->heap_n = 0;
	for (size_t i = 0; i < c->runs; i++)
		while (c->run[i].oldest)
			key_drop(c, c->run[i].oldest);
	c->newest_n = c->newest_at = 0;
	c->dated = c->some_decided = false;
	c->counts = (struct correlate_counts){0};
}

bool
correlate_load(struct correlate *c, struct slice s, struct fault *f)
{
	struct reader r = {.c = c, .s = s};
	bool ok;

	correlate_clear(c);
	ok = get_all(&r);
	for (size_t i = 0; i < r.picks; i++)
		pick_drop(c, r.pick[i]);
	free(r.pick);
	arena_free(&r.mem);
	if (!ok) {
		correlate_clear(c);
		return fault_set(f, "not a snapshot of correlations", s.n - r.s.n);
	}
	return true;
}
