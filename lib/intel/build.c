#include "lib/intel/build.h"

#include "lib/base/map.h"
#include "lib/intel/image.h"
#include "lib/port/digest.h"

#include <endian.h>
#include <stdlib.h>

enum { NAMES_MAX = 65536, TEXT_MAX = 256 };

struct entry {
	uint64_t lo, hi;
	uint32_t meta, from, until;
	unsigned char id[16];
};
struct net {
	unsigned __int128 begin;
	uint32_t meta, from, until, outer;
	uint8_t bits;
	unsigned char id[16];
};
struct nets {
	struct net *v;
	size_t n, cap;
};

struct intel_build {
	struct entry *entry;
	size_t n, cap;
	struct nets v4, v6;
	struct map metas, texts;
	size_t names;
	struct image_meta *meta, last;
	size_t meta_cap;
	uint32_t last_row;
	struct digest *sources;
	uint64_t seed;
	bool seeded, dates, ids, dated;
	unsigned kinds;
	struct stamp date;
};

struct intel_build *
intel_build_new(void)
{
	struct intel_build *b = mem_zero(1, sizeof *b);

	(void)map_put(&b->texts, SLICE(""), NULL);
	return b;
}

void
intel_build_free(struct intel_build *b)
{
	if (b == NULL)
		return;
	free(b->entry);
	free(b->v4.v);
	free(b->v6.v);
	free(b->meta);
	map_free(&b->metas);
	map_free(&b->texts);
	digest_drop(b->sources);
	free(b);
}

bool
intel_build_source(struct intel_build *b, struct slice bytes)
{
	struct sha256 sum;

	if (b->sources == NULL)
		b->sources = digest_new();
	if (b->sources == NULL || !digest_sha256(&bytes, 1, &sum) || !digest_add(b->sources, slice_of((const char *)sum.b, 32)))
		return false;
	if (!b->seeded) {
		memcpy(&b->seed, sum.b, 8);
		b->seed = le64toh(b->seed);
	}
	b->seeded = true;
	return true;
}

/* ---- what many share ----------------------------------------------------------------------------------------------------- */
static uint32_t
text_row(struct intel_build *b, struct slice s, bool name)
{
	bool made;
	struct map_row *row;

	s = slice_head(s, TEXT_MAX);
	if (name && b->names == NAMES_MAX && map_get(&b->texts, s) == NULL)
		return 0;
	row = map_put(&b->texts, s, &made);
	if (made) {
		row->v.u = b->texts.n - 1;
		b->names += name;
	}
	return (uint32_t)row->v.u;
}

static uint32_t
meta_row(struct intel_build *b, const struct intel_value *v, const struct intel_new *n)
{
	struct image_meta m = {.source = text_row(b, n->source, false), .name = text_row(b, n->name, true),
	    .type = (uint8_t)v->type,
	    .scope = (uint8_t)v->scope, .tlp = (uint8_t)n->tlp, .pap = (uint8_t)n->pap, .confidence = n->confidence,
	    .flags = n->flags};
	struct map_row *row;
	bool made;

	if (b->metas.n && memcmp(&m, &b->last, sizeof m) == 0)
		return b->last_row;
	row = map_put(&b->metas, slice_of((const char *)&m, sizeof m), &made);
	if (made) {
		row->v.u = b->metas.n - 1;
		b->meta = mem_grow(b->meta, &b->meta_cap, b->metas.n - 1, sizeof *b->meta);
		b->meta[b->metas.n - 1] = m;
	}
	b->last = m;
	return b->last_row = (uint32_t)row->v.u;
}

static uint32_t
second(int64_t s, uint32_t none)
{
	if (s == INT64_MIN || s == INT64_MAX)
		return none;
	return s < 1 ? 1 : s >= UINT32_MAX ? UINT32_MAX - 1 : (uint32_t)s;
}

/* ---- one more ------------------------------------------------------------------------------------------------------------ */
static void
add_net(struct intel_build *b, const struct intel_value *v, const struct entry *e)
{
	bool v4 = v->type == INTEL_ipv4;
	struct nets *l = v4 ? &b->v4 : &b->v6;
	struct net n = {.meta = e->meta, .from = e->from, .until = e->until, .bits = (uint8_t)(v->net.bits - (v4 ? 96 : 0))};
	uint64_t half[2];

	memcpy(half, v->net.a.b, 16);
	n.begin = (unsigned __int128)be64toh(half[0]) << 64 | be64toh(half[1]);
	if (v4)
		n.begin &= UINT32_MAX;
	memcpy(n.id, e->id, 16);
	l->v = mem_grow(l->v, &l->cap, l->n, sizeof *l->v);
	l->v[l->n++] = n;
}

bool
intel_build_add(struct intel_build *b, const struct intel_value *v, struct slice bytes, const struct intel_new *n)
{
	enum intel_kind kind = intel_type_row[v->type].kind;
	struct slice s = kind == INTEL_IP ? slice_of((const char *)v->net.a.b, 16) : slice_of(bytes.p + v->at, v->n);
	struct entry e = {.meta = meta_row(b, v, n), .from = second(n->from, 0), .until = second(n->until, UINT32_MAX)};
	uint64_t h[2];

	if (intel_build_count(b) == IMAGE_MAX)
		return false;
	if (n->id)
		memcpy(e.id, n->id, 16);
	b->ids |= n->id != NULL;
	b->dates |= e.from != 0 || e.until != UINT32_MAX;
	b->kinds |= 1u << kind;
	if (kind == INTEL_IP && v->net.bits < 128) {
		add_net(b, v, &e);
		return true;
	}
	digest_seeded(b->seed + (uint64_t)kind, s, h);
	e.lo = h[0];
	e.hi = h[1];
	b->entry = mem_grow(b->entry, &b->cap, b->n, sizeof *b->entry);
	b->entry[b->n++] = e;
	return true;
}

void
intel_build_date(struct intel_build *b, struct stamp at)
{
	if (!b->dated || stamp_cmp(at, b->date) > 0)
		b->date = at;
	b->dated = true;
}

uint64_t
intel_build_count(const struct intel_build *b)
{
	return b->n + b->v4.n + b->v6.n;
}

/* ---- order --------------------------------------------------------------------------------------------------------------- */
static int
order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->lo != y->lo)
		return x->lo < y->lo ? -1 : 1;
	if (x->meta != y->meta)
		return x->meta < y->meta ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->until != y->until)
		return x->until < y->until ? -1 : 1;
	return memcmp(x->id, y->id, 16);
}

static bool
same(const struct entry *x, const struct entry *y)
{
	return x->hi == y->hi && order(x, y) == 0;
}

/* By bucket with one counting pass, then each bucket by itself; equal ones once.  bucket[] gets the places. */
static void
sort(struct intel_build *b, uint32_t *bucket, uint64_t buckets)
{
	struct entry *to = mem_alloc((b->n + 1) * sizeof *to);
	size_t kept = 0, from = 0;

	for (size_t i = 0; i < b->n; i++)
		bucket[(b->entry[i].hi & (buckets - 1)) + 1]++;
	for (uint64_t i = 0; i < buckets; i++)
		bucket[i + 1] += bucket[i];
	for (size_t i = 0; i < b->n; i++)
		to[bucket[b->entry[i].hi & (buckets - 1)]++] = b->entry[i];
	/* Each place is now the next one's begin. */
	for (uint64_t i = 0; i < buckets; i++) {
		size_t end = bucket[i], first = kept;

		qsort(to + from, end - from, sizeof *to, order);
		for (size_t k = from; k < end; k++)
			if (kept == first || !same(&to[kept - 1], &to[k]))
				to[kept++] = to[k];
		from = end;
		bucket[i] = (uint32_t)first;
	}
	bucket[buckets] = (uint32_t)kept;
	free(b->entry);
	b->entry = to;
	b->n = b->cap = kept;
}

static int
net_order(const void *a, const void *b)
{
	const struct net *x = a, *y = b;

	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	if (x->bits != y->bits)
		return x->bits < y->bits ? -1 : 1;
	if (x->meta != y->meta)
		return x->meta < y->meta ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->until != y->until)
		return x->until < y->until ? -1 : 1;
	return memcmp(x->id, y->id, 16);
}

static bool
holds(const struct net *outer, const struct net *inner, unsigned width)
{
	return outer->bits <= inner->bits && (outer->bits == 0 || (outer->begin ^ inner->begin) >> (width - outer->bits) == 0);
}

/* Sorted, what holds a network stands before it: the nearest one of those still open. */
static void
nest(struct nets *l, unsigned width)
{
	size_t kept = 0;

	if (l->n)
		qsort(l->v, l->n, sizeof *l->v, net_order);
	for (size_t i = 0; i < l->n; i++) {
		uint32_t o = kept ? (uint32_t)(kept - 1) : INTEL_NONE;

		if (kept && net_order(&l->v[kept - 1], &l->v[i]) == 0)
			continue;
		while (o != INTEL_NONE && !holds(&l->v[o], &l->v[i], width))
			o = l->v[o].outer;
		l->v[kept] = l->v[i];
		l->v[kept++].outer = o;
	}
	l->n = kept;
}

/* ---- the image ----------------------------------------------------------------------------------------------------------- */
struct writing {
	struct intel_build *b;
	char *p;
	struct image_parts at;
};

static void
put_common(struct writing *w, size_t i, uint32_t meta, uint32_t from, uint32_t until, const unsigned char *id)
{
	memcpy(w->p + w->at.meta + i * 4, &meta, 4);
	if (w->b->dates) {
		memcpy(w->p + w->at.from + i * 4, &from, 4);
		memcpy(w->p + w->at.until + i * 4, &until, 4);
	}
	if (w->b->ids)
		memcpy(w->p + w->at.id + i * 16, id, 16);
}

static void
put_keys(struct writing *w, uint64_t filters)
{
	uint64_t *filter = (uint64_t *)(void *)(w->p + w->at.filter), *key = (uint64_t *)(void *)(w->p + w->at.key);

	for (size_t i = 0; i < w->b->n; i++) {
		const struct entry *e = &w->b->entry[i];

		filter[image_word(e->hi, filters)] |= image_mask(e->lo);
		key[i] = e->lo;
		put_common(w, i, e->meta, e->from, e->until, e->id);
	}
}

static void
put_nets(struct writing *w)
{
	const struct nets *a = &w->b->v4, *b = &w->b->v6;

	for (size_t i = 0; i < a->n; i++) {
		uint32_t begin = (uint32_t)a->v[i].begin;

		memcpy(w->p + w->at.begin4 + i * 4, &begin, 4);
		memcpy(w->p + w->at.outer4 + i * 4, &a->v[i].outer, 4);
		w->p[w->at.bits4 + i] = (char)a->v[i].bits;
		put_common(w, w->b->n + i, a->v[i].meta, a->v[i].from, a->v[i].until, a->v[i].id);
	}
	for (size_t i = 0; i < b->n; i++) {
		uint64_t begin[2] = {(uint64_t)(b->v[i].begin >> 64), (uint64_t)b->v[i].begin};

		memcpy(w->p + w->at.begin6 + i * 16, begin, 16);
		memcpy(w->p + w->at.outer6 + i * 4, &b->v[i].outer, 4);
		w->p[w->at.bits6 + i] = (char)b->v[i].bits;
		put_common(w, w->b->n + a->n + i, b->v[i].meta, b->v[i].from, b->v[i].until, b->v[i].id);
	}
}

static void
put_texts(struct writing *w)
{
	const struct intel_build *b = w->b;
	uint32_t at = 0;

	if (b->metas.n)
		memcpy(w->p + w->at.metas, b->meta, b->metas.n * sizeof *b->meta);
	for (size_t i = 0; i < b->texts.n; i++) {
		struct slice s = b->texts.row[i].key;

		memcpy(w->p + w->at.texts + i * 4, &at, 4);
		if (s.n)
			memcpy(w->p + w->at.bytes + at, s.p, s.n);
		at += (uint32_t)s.n;
	}
	memcpy(w->p + w->at.texts + b->texts.n * 4, &at, 4);
}

static bool
seal(struct intel_build *b, struct image_head *h, struct buf *image)
{
	struct digest *d = b->sources ? b->sources : digest_new();
	struct slice all;
	struct sha256 sum;

	b->sources = NULL;
	if (d == NULL || !digest_end(d, &sum))
		return false;
	memcpy(h->sha256, sum.b, 32);
	memcpy(image->p, h, sizeof *h);
	all = slice_of(image->p + offsetof(struct image_head, size), image->n - offsetof(struct image_head, size));
	digest_xxh3(&all, 1, h->sum);
	memcpy(image->p, h, sizeof *h);
	return true;
}

bool
intel_build_image(struct intel_build *b, struct buf *image, struct fault *f)
{
	struct image_head h = {.magic = "irintel", .version = IMAGE_VERSION, .order = 0x01020304, .seed = b->seed,
	    .kinds = b->kinds,
	    .buckets = 1, .date = b->dated ? b->date.s : INT64_MIN, .dates = b->dates, .ids = b->ids};
	struct writing w = {.b = b};
	uint32_t *bucket;

	h.magic[7] = '\n';
	while (h.buckets * BUCKET_LOAD < b->n)
		h.buckets *= 2;
	bucket = mem_zero(h.buckets + 1, sizeof *bucket);
	sort(b, bucket, h.buckets);
	nest(&b->v4, 32);
	nest(&b->v6, 128);
	h.filters = b->n * FILTER_BITS / 64 + 1;
	h.keys = (uint32_t)b->n;
	h.v4 = (uint32_t)b->v4.n;
	h.v6 = (uint32_t)b->v6.n;
	h.metas = (uint32_t)b->metas.n;
	h.texts = (uint32_t)b->texts.n;
	for (size_t i = 0; i < b->texts.n; i++)
		h.bytes += b->texts.row[i].key.n;
	w.at = image_parts(&h);
	h.size = w.at.end;
	*image = (struct buf){.p = mem_zero(w.at.end, 1), .n = w.at.end, .cap = w.at.end};
	w.p = image->p;
	memcpy(w.p + w.at.bucket, bucket, (h.buckets + 1) * sizeof *bucket);
	free(bucket);
	put_keys(&w, h.filters);
	put_nets(&w);
	put_texts(&w);
	return seal(b, &h, image) || fault_set(f, "SHA-256 failed", 0);
}
