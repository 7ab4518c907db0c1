/* Chunks of an EVTX file: what they say of themselves, and the walk over their records.  No count is trusted. */
#include "lib/format/evtx.h"

enum { SIGNATURE = 0x2a2a, STEP = 8 };

static bool
sums_right(struct slice c, size_t limit)
{
	uint32_t head = evtx_crc(evtx_crc(0, slice_head(c, 120)), slice_of(c.p + 128, EVTX_RECORDS - 128));

	return head == evtx_u32(c.p + 124) &&
	    evtx_crc(0, slice_of(c.p + EVTX_RECORDS, limit - EVTX_RECORDS)) == evtx_u32(c.p + 52);
}

static bool
all_zero(struct slice s)
{
	return s.n == 0 || (s.p[0] == 0 && memcmp(s.p, s.p + 1, s.n - 1) == 0);
}

void
evtx_chunk_begin(struct evtx *x, struct slice chunk)
{
	x->chunk = chunk;
	x->at = x->limit = x->last_id = 0;
	x->err = 0;
	x->slack = x->lost = false;
	evtx_share_begin(x);
	x->chunk_steps = EVTX_CHUNK_STEPS;
}

void
evtx_chunk_look(struct evtx *x, bool crc)
{
	struct slice c = x->chunk;
	size_t free_at;

	if (c.n < EVTX_RECORDS || all_zero(c))
		return;
	x->at = EVTX_RECORDS;
	x->limit = c.n;
	if (!slice_starts(c, slice_of("ElfChnk", 8))) {
		x->err |= 1u << ERR_carved;
		return;
	}
	free_at = evtx_u32(c.p + 48);
	if (c.n < EVTX_CHUNK)
		x->err |= 1u << ERR_truncated;
	if (free_at >= EVTX_RECORDS && free_at <= c.n)
		x->limit = free_at;
	if (crc && c.n == EVTX_CHUNK && (x->limit != free_at || !sums_right(c, x->limit)))
		x->err |= 1u << ERR_bad_crc;
}

bool
evtx_record_whole(struct slice s)
{
	size_t n;

	if (s.n < EVTX_RECORD_MIN || evtx_u32(s.p) != SIGNATURE)
		return false;
	n = evtx_u32(s.p + 4);
	return n >= EVTX_RECORD_MIN && n <= s.n && evtx_u32(s.p + n - 4) == n;
}

/* Behind free space there is much that looks like a record and is none. */
static bool
record_at(const struct evtx *x, size_t at)
{
	size_t left = x->limit - at, n;

	if (x->slack)
		return evtx_record_whole(slice_of(x->chunk.p + at, left));
	if (left < EVTX_RECORD_MIN || evtx_u32(x->chunk.p + at) != SIGNATURE)
		return false;
	n = evtx_u32(x->chunk.p + at + 4);
	return n >= EVTX_RECORD_MIN && n <= left;
}

/*
 * Records run to free space.  What follows at once with the next number was written after the header (a log that was not
 * closed); the rest is of an earlier use and taken with `carve` alone.
 */
static bool
behind_limit(struct evtx *x)
{
	struct slice rest = slice_from(x->chunk, x->limit);
	bool newer = x->at == x->limit && x->last_id && evtx_record_whole(rest) && evtx_u64(rest.p + 8) == x->last_id + 1;

	if (x->slack || x->limit >= x->chunk.n || x->chunk.n - x->limit < EVTX_RECORD_MIN || (!newer && !x->carve))
		return false;
	x->err |= 1u << ERR_carved;
	if (!newer || x->carve) {
		x->at = (x->limit + STEP - 1) / STEP * STEP;
		x->limit = x->chunk.n;
		x->slack = true;
	} else {
		x->limit += evtx_u32(rest.p + 4);
	}
	return x->at < x->limit;
}

static void
take(struct evtx *x, struct evtx_record *r)
{
	const char *p = x->chunk.p;

	r->n = evtx_u32(p + r->at + 4);
	r->id = evtx_u64(p + r->at + 8);
	r->size_differs = evtx_u32(p + r->at + r->n - 4) != r->n;
	x->last_id = r->id;
	x->at += r->n;
}

/* Zeros are no loss, but before free space, where records were. */
static bool
lost(const struct evtx *x, const struct evtx_record *r, bool end)
{
	bool zero = all_zero(slice_of(x->chunk.p + r->at, r->n));

	if (x->slack)
		return false;
	if (x->err & 1u << ERR_carved)
		return !zero;
	return !zero || !end || x->err & 1u << ERR_bad_crc;
}

bool
evtx_chunk_next(struct evtx *x, struct evtx_record *r)
{
	for (;;) {
		size_t to = x->at;

		if (x->limit - x->at < EVTX_RECORD_MIN && !behind_limit(x))
			return false;
		*r = (struct evtx_record){.at = x->at, .whole = record_at(x, x->at)};
		if (r->whole) {
			take(x, r);
			return true;
		}
		do
			to += STEP;
		while (to < x->limit && !record_at(x, to));
		r->n = (to < x->limit ? to : x->limit) - x->at;
		x->at += r->n;
		if (lost(x, r, x->at == x->limit))
			return true;
	}
}

/* The first record that begins at or behind *at, by the sizes; *at is behind it then. */
static const char *
step(struct slice chunk, size_t *at)
{
	const char *p = chunk.p + *at;
	size_t n;

	if (*at + EVTX_RECORD_MIN > chunk.n || evtx_u32(p) != SIGNATURE)
		return NULL;
	n = evtx_u32(p + 4);
	*at += n;
	return n >= EVTX_RECORD_MIN ? p : NULL;
}

static size_t
first_of(struct slice chunk)
{
	return chunk.n > EVTX_RECORDS && evtx_u32(chunk.p) == SIGNATURE ? 0 : EVTX_RECORDS;
}

uint64_t
evtx_chunk_count(struct slice chunk)
{
	size_t at = first_of(chunk);
	uint64_t n = 0;

	while (step(chunk, &at))
		n++;
	return n;
}

bool
evtx_chunk_newest(struct slice chunk, struct stamp *newest)
{
	size_t at = first_of(chunk);
	uint64_t most = 0;
	const char *p;

	while ((p = step(chunk, &at)))
		most = evtx_u64(p + 16) > most ? evtx_u64(p + 16) : most;
	*newest = stamp_filetime(most);
	return most > 0;
}
