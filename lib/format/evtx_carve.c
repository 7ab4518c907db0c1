/*
 * Windows event records in any bytes: images of disks and of memory, unallocated space.  A chunk is known by its head, a
 * record without one by its signature and both its sizes.
 */
#include "lib/format/evtx.h"

enum { LOOK = 64 * 1024, HEAD_SIZE = 128, TO_INSTANCE = 28, TO_DEFINITION = 38 };

/* Both signatures, as far as `in` goes. */
static bool
may_begin(struct slice in)
{
	return slice_starts(in, slice_of("ElfChnk", 8)) || slice_starts(in, slice_of("**\0", 4));
}

/* libevtx, "chunk": the header's own size, and offsets within 64 KiB. */
static bool
is_chunk(struct slice in)
{
	return in.n >= EVTX_RECORDS && slice_starts(in, slice_of("ElfChnk", 8)) && evtx_u32(in.p + 40) == HEAD_SIZE &&
	    evtx_u32(in.p + 44) <= EVTX_CHUNK && evtx_u32(in.p + 48) <= EVTX_CHUNK;
}

/* BinXML begins with a fragment header. */
static bool
is_record(struct slice in)
{
	return evtx_record_whole(slice_head(in, EVTX_CHUNK)) && in.p[24] == 0x0f;
}

/* May it become a record or a chunk when more has come? */
static bool
unfinished(struct slice in)
{
	if (slice_starts(in, slice_of("ElfChnk", 8)))
		return in.n < EVTX_RECORDS;
	return in.n < 8 || (evtx_u32(in.p + 4) <= EVTX_CHUNK && evtx_u32(in.p + 4) > in.n);
}

/* The next place from `at` on where something may begin; in.n: none. */
static size_t
next_sign(struct slice in, size_t at)
{
	for (; at < in.n; at++) {
		size_t star = slice_find(slice_from(in, at), '*');

		at += slice_find(slice_of(in.p + at, star), 'E');
		if (in.n - at < 8 || may_begin(slice_from(in, at)))
			return at;
	}
	return in.n;
}

/* Where the next chunk begins in it. */
static size_t
to_chunk(struct slice in)
{
	size_t at = 8;

	while (at < in.n) {
		size_t n = slice_find_slice(slice_from(in, at), slice_of("ElfChnk", 8));

		if (n == in.n - at)
			return in.n;
		at += n;
		if (is_chunk(slice_from(in, at)))
			return at;
		at++;
	}
	return in.n;
}

/*
 * A record that brings its template says where in the chunk it stood: the definition's offset is told, and its GUID
 * begins with the number.
 */
static bool
place_of(struct slice record, size_t *place)
{
	const char *p = record.p + TO_INSTANCE;
	size_t off;

	if (record.n < TO_DEFINITION + 24 + 4 || p[-4] != 0x0f || p[0] != 0x0c ||
	    evtx_u32(p + 2) != evtx_u32(record.p + TO_DEFINITION + 4))
		return false;
	off = evtx_u32(p + 6);
	if (off < EVTX_RECORDS + TO_DEFINITION || off > EVTX_CHUNK - 24 || (off - TO_DEFINITION) % 8 != 0)
		return false;
	*place = off - TO_DEFINITION;
	return true;
}

/* The place of the first of these records, told by whichever of them tells one; 0: none does. */
static size_t
first_place(struct slice records)
{
	size_t at = 0, place;

	while (at < records.n && is_record(slice_from(records, at))) {
		if (place_of(slice_from(records, at), &place) && place >= at + EVTX_RECORDS)
			return place - at;
		at += evtx_u32(records.p + at + 4);
	}
	return 0;
}

/* As many records as follow each other, within a chunk's room. */
static size_t
run_of(struct slice in)
{
	size_t at = 0;

	while (is_record(slice_from(in, at)) && at + evtx_u32(in.p + at + 4) <= EVTX_CHUNK - EVTX_RECORDS)
		at += evtx_u32(in.p + at + 4);
	return at;
}

size_t
evtx_carve_frame(struct slice in, bool last, struct slice *record)
{
	size_t at, n;

	if (may_begin(in) && unfinished(in) && !last)
		return 0;
	if (is_chunk(in)) {
		if (in.n < EVTX_CHUNK && !last)
			return 0;
		*record = slice_head(in, EVTX_CHUNK);
		record->n = to_chunk(*record);
		return record->n;
	}
	if (in.n < EVTX_CHUNK && !last)
		return 0;
	n = run_of(in);
	if (n) {
		*record = slice_head(in, n);
		return n;
	}
	at = next_sign(slice_head(in, LOOK), 1);
	return at == 0 ? 1 : at;
}

void
evtx_carve_begin(struct evtx *x, struct slice records)
{
	size_t place = first_place(records);
	bool unknown = place == 0 || place > EVTX_CHUNK - records.n;

	if (unknown)
		place = EVTX_RECORDS;
	buf_reset(&x->whole);
	buf_room(&x->whole, EVTX_CHUNK);
	memset(x->whole.p, 0, EVTX_CHUNK);
	memcpy(x->whole.p + place, records.p, records.n);
	x->whole.n = place + records.n;
	x->lead = place;
	evtx_chunk_begin(x, buf_slice(&x->whole));
	x->lost = unknown;
}
