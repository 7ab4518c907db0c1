/*
 * Snapshots: times, what waits, keys.  Correlations are known by id and shape, fields by name: what the rules of today do
 * not have is left out. Numbers are this machine's: a snapshot goes on where it was made.
 */
#include "lib/correlate/state.h"

struct shape
shape_of(const struct sigma_correlation *c)
{
	return (struct shape){c->type, (uint32_t)c->parts, (uint32_t)c->groups, (uint32_t)c->fields, c->span};
}

/* ---- writing -------------------------------------------------------------------------------------------------------- */

static void
put_u64(struct buf *b, uint64_t v)
{
	buf_add(b, &v, sizeof v);
}

static void
put_bytes(struct buf *b, const void *p, size_t n)
{
	put_u64(b, n);
	buf_add(b, p, n);
}

/* Its number; written when it is met first. */
static uint64_t
put_pick(struct map *known, const struct pick *p, struct buf *picks)
{
	bool made;
	struct map_row *row = map_put(known, slice_of((const char *)&p, sizeof p), &made);

	if (!made)
		return row->v.u;
	row->v.u = known->n - 1;
	buf_add(picks, &p->at, sizeof p->at);
	buf_add(picks, &p->id, sizeof p->id);
	put_bytes(picks, p->values, p->values_n);
	put_bytes(picks, p->mutes, p->mutes_n);
	put_bytes(picks, p->line.p, p->line.n);
	return row->v.u;
}

static void
put_key(const struct key *k, struct map *known, struct buf *picks, struct buf *out)
{
	struct key_head h = {.mark = k->mark, .count = k->count, .sum = k->sum, .text = k->text_n, .items = k->n - k->from,
	    .spike = k->spike != NULL};

	h.last = k->last ? put_pick(known, k->last, picks) + 1 : 0;
	buf_add(out, &h, sizeof h);
	buf_add(out, k->text, k->text_n);
	buf_add(out, k->item + k->from, h.items * sizeof *k->item);
	if (k->spike)
		buf_add(out, k->spike, sizeof *k->spike);
}

static void
put_tables(const struct correlate *c, struct buf *out)
{
	put_u64(out, c->set->wanteds);
	for (size_t i = 0; i < c->set->wanteds; i++)
		put_bytes(out, c->set->wanted[i].p, c->set->wanted[i].n);
	put_u64(out, c->runs);
	for (size_t i = 0; i < c->runs; i++) {
		struct shape s = shape_of(c->run[i].c);

		put_bytes(out, c->run[i].c->about->id.p, c->run[i].c->about->id.n);
		buf_add(out, &s, sizeof s);
	}
}

void
correlate_save(const struct correlate *c, struct buf *out)
{
	struct head h = {.watermark = c->watermark, .decided_to = c->decided_to, .newest_n = c->newest_n,
	    .newest_at = c->newest_at,
	    .dated = c->dated, .some_decided = c->some_decided, .heard = c->counts.heard, .late = c->counts.late,
	    .ungrouped = c->counts.ungrouped, .unvalued = c->counts.unvalued, .evicted = c->counts.evicted,
	    .early = c->counts.early,
	    .needed = c->counts.needed};
	struct buf picks = {0}, keys = {0}, entries = {0};
	struct map known = {0};

	memcpy(h.newest, c->newest, sizeof h.newest);
	buf_add(out, &h, sizeof h);
	put_tables(c, out);
	for (size_t i = 0; i < c->heap_n; i++) {
		struct entry e = c->heap[i];
		uint64_t n = put_pick(&known, e.pick, &picks);

		buf_add(&entries, &e.at, sizeof e.at);
		put_u64(&entries, e.index);
		put_u64(&entries, e.part);
		put_u64(&entries, n);
	}
	for (size_t i = 0; i < c->runs; i++) {
		uint64_t n = 0;

		for (const struct key *k = c->run[i].oldest; k; k = k->newer)
			n++;
		put_u64(&keys, n);
		for (const struct key *k = c->run[i].oldest; k; k = k->newer)
			put_key(k, &known, &picks, &keys);
	}
	put_u64(out, known.n);
	buf_slice_add(out, buf_slice(&picks));
	put_u64(out, c->heap_n);
	buf_slice_add(out, buf_slice(&entries));
	buf_slice_add(out, buf_slice(&keys));
	buf_free(&picks);
	buf_free(&keys);
	buf_free(&entries);
	map_free(&known);
}
