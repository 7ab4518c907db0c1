/*
 * Definitions of templates, compiled once: the same one stands in chunk after chunk, with its names at other places.
 * What is the same is told by bytes, names followed.
 */
#include "lib/format/evtx.h"

#include <stdlib.h>

enum { HEAD = 24, ALIKE_MAX = 8, LEAST_COST = 256, KEPT_MAX = 4 * 1024 * 1024, CHUNK_DEFINITIONS = 256 * 1024 };

static void
forget(struct evtx *x)
{
	x->lasting.n = 0;
	x->cost = 0;
	evtx_plan_forget(x);
	memset(x->def, 0, sizeof x->def);
	arena_reset(&x->names);
	arena_reset(&x->kept);
}

void
evtx_share_begin(struct evtx *x)
{
	if (x->cost > KEPT_MAX)
		forget(x);
	x->places = 0;
	memset(x->bucket, 0, sizeof x->bucket);
	x->definitions = CHUNK_DEFINITIONS;
}

bool
evtx_share_full(const struct evtx *x)
{
	return x->cost > KEPT_MAX;
}

void
evtx_share_ref(struct evtx *x, size_t at, size_t name, size_t units)
{
	if (x->refs == x->ref_cap)
		x->ref = mem_grow(x->ref, &x->ref_cap, x->refs, sizeof *x->ref);
	x->ref[x->refs++] = (struct evtx_ref){.at = (uint32_t)(at - x->defining), .units = (uint16_t)units,
	    .here = name == at + 4, .chars = x->chunk.p + name + 8};
}

/* The name's next, hash and count, and its NUL, tell nothing. */
static bool
same_name(const struct evtx *x, size_t at, const struct evtx_ref *r)
{
	size_t name = evtx_u32(x->chunk.p + at), n = 2 * (size_t)r->units;

	if ((name == at + 4) != r->here || name > x->chunk.n || x->chunk.n - name < 8 + n)
		return false;
	return evtx_u16(x->chunk.p + name + 6) == r->units && memcmp(x->chunk.p + name + 8, r->chars, n) == 0;
}

/* The definition at `at` of the chunk (its GUID) has d->bytes.n bytes with its head. */
static bool
same(const struct evtx *x, size_t at, const struct evtx_def *d)
{
	const char *p = x->chunk.p + at + HEAD, *q = d->bytes.p + HEAD;
	size_t done = 0, n = d->bytes.n - HEAD;

	for (size_t i = 0; i < d->refs; i++) {
		const struct evtx_ref *r = &d->ref[i];

		if (memcmp(p + done, q + done, r->at - done) != 0 || !same_name(x, at + HEAD + r->at, r))
			return false;
		done = r->at + 4 + (r->here ? 8 + 2 * (size_t)r->units + 2 : 0);
	}
	return memcmp(p + done, q + done, n - done) == 0;
}

static struct evtx_def **
row(struct evtx *x, size_t at, size_t size)
{
	const char *guid = x->chunk.p + at + 4;

	return &x->def[(evtx_u32(guid) ^ evtx_u32(guid + 4) ^ evtx_u32(guid + 12) ^ size) % EVTX_DEFS];
}

/* Names that stand elsewhere are copied. */
static void
keep_refs(struct evtx *x, struct evtx_def *d)
{
	struct evtx_ref *ref = arena_alloc(&x->kept, (x->refs + 1) * sizeof *ref);

	for (size_t i = 0; i < x->refs; i++) {
		size_t n = 2 * (size_t)x->ref[i].units;

		ref[i] = x->ref[i];
		x->cost += n;
		ref[i].chars = ref[i].here ? d->bytes.p + HEAD + ref[i].at + 12 : arena_dup(&x->kept, ref[i].chars, n);
	}
	d->ref = ref;
	d->refs = x->refs;
}

static bool
alone(const struct evtx *x, size_t from)
{
	for (size_t i = from; i < x->lasting.n; i++)
		if (x->lasting.v[i].what == DO_INSTANCE)
			return false;
	return true;
}

static struct evtx_def *
compile(struct evtx *x, size_t at, size_t size, bool shared)
{
	struct evtx_def *d;
	uint32_t err = x->w.err;
	size_t from = x->lasting.n;
	struct fault f;
	bool ok;

	x->w.err = 0;
	x->refs = 0;
	x->defining = at + HEAD;
	ok = evtx_compile(x, at + HEAD, at + HEAD + size, true, &x->lasting, &x->names, &f) && x->lasting.n > from;
	x->cost += LEAST_COST + (x->lasting.n - from) * sizeof *x->lasting.v + size + size / 2;
	if (!ok) {
		x->w.err = err;
		return NULL;
	}
	d = arena_zero(&x->kept, sizeof *d);
	d->from = from;
	d->to = x->lasting.n;
	d->err = x->w.err;
	x->w.err = err;
	if (shared && alone(x, from)) {
		d->bytes = arena_slice(&x->kept, slice_of(x->chunk.p + at, HEAD + size));
		keep_refs(x, d);
	}
	return d;
}

static struct evtx_def *
find(struct evtx *x, size_t at, size_t size)
{
	struct evtx_def **head = row(x, at, size), *d = *head;
	size_t alike = 0;

	for (; d && alike < ALIKE_MAX; d = d->next, alike++)
		if (d->bytes.n == HEAD + size && memcmp(d->bytes.p + 4, x->chunk.p + at + 4, 16) == 0 && same(x, at, d))
			return d;
	d = compile(x, at, size, alike < ALIKE_MAX);
	if (d && d->bytes.n) {
		d->next = *head;
		*head = d;
	}
	return d;
}

struct evtx_def *
evtx_template(struct evtx *x, uint32_t offset)
{
	uint32_t *bucket = &x->bucket[offset / 4 % EVTX_PLACES];
	struct evtx_place *t;
	size_t size;

	if (x->lost)
		return NULL;
	for (uint32_t k = *bucket; k; k = x->place[k - 1].next)
		if (x->place[k - 1].offset == offset)
			return x->place[k - 1].def;
	if (x->places == x->place_cap)
		x->place = mem_grow(x->place, &x->place_cap, x->places, sizeof *x->place);
	t = &x->place[x->places++];
	*t = (struct evtx_place){.offset = offset, .next = *bucket};
	*bucket = (uint32_t)x->places;
	if (offset < EVTX_RECORDS || offset > x->chunk.n || x->chunk.n - offset < HEAD)
		return NULL;
	size = evtx_u32(x->chunk.p + offset + 20);
	if (x->chunk.n - offset - HEAD < size || size > x->definitions)
		return NULL;
	x->definitions -= size;
	t->def = find(x, offset, size);
	return t->def;
}

void
evtx_share_free(struct evtx *x)
{
	free(x->lasting.v);
	free(x->ref);
	free(x->place);
	arena_free(&x->names);
	arena_free(&x->kept);
}
