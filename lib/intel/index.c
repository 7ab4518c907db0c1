#include "lib/intel/image.h"

#include "lib/port/digest.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/mem.h"

/* Networks nest 129 deep; more are equal ones, and a file of a stranger may have them without end. */
enum { WALK = 4096 };

struct intel_index {
	const unsigned char *base;
	size_t size;
	bool mapped;
	struct image_head head;
	const uint64_t *filter, *key, *begin6;
	const uint32_t *bucket, *begin4, *outer4, *outer6, *meta, *from, *until, *text;
	const uint8_t *bits4, *bits6;
	const unsigned char *id;
	const struct image_meta *metas;
	const char *bytes;
};

const struct slice intel_tlp_name[TLPS] = {SLICE_INIT(""), SLICE_INIT("CLEAR"), SLICE_INIT("GREEN"), SLICE_INIT("AMBER"),
    SLICE_INIT("AMBER+STRICT"), SLICE_INIT("RED")};

enum intel_tlp
intel_tlp_read(struct slice s)
{
	if (slice_starts_nocase(s, SLICE("tlp:")) || slice_starts_nocase(s, SLICE("pap:")))
		s = slice_from(s, 4);
	s = slice_trim(s);
	if (slice_eq_nocase(s, SLICE("white")))
		return TLP_CLEAR;
	if (slice_eq_nocase(s, SLICE("amber_strict")) || slice_eq_nocase(s, SLICE("amber-strict")))
		return TLP_AMBER_STRICT;
	for (enum intel_tlp t = TLP_CLEAR; t < TLPS; t++)
		if (slice_eq_nocase(s, intel_tlp_name[t]))
			return t;
	return TLP_NONE;
}

static uint64_t
part(uint64_t *at, uint64_t bytes)
{
	uint64_t from = *at;

	*at = (from + bytes + 7) & ~UINT64_C(7);
	return from;
}

struct image_parts
image_parts(const struct image_head *h)
{
	uint64_t at = sizeof *h, all = (uint64_t)h->keys + h->v4 + h->v6;
	struct image_parts p;

	p.filter = part(&at, h->filters * 8);
	p.bucket = part(&at, (h->buckets + 1) * 4);
	p.key = part(&at, (uint64_t)h->keys * 8);
	p.begin4 = part(&at, (uint64_t)h->v4 * 4);
	p.outer4 = part(&at, (uint64_t)h->v4 * 4);
	p.bits4 = part(&at, h->v4);
	p.begin6 = part(&at, (uint64_t)h->v6 * 16);
	p.outer6 = part(&at, (uint64_t)h->v6 * 4);
	p.bits6 = part(&at, h->v6);
	p.meta = part(&at, all * 4);
	p.from = part(&at, h->dates ? all * 4 : 0);
	p.until = part(&at, h->dates ? all * 4 : 0);
	p.id = part(&at, h->ids ? all * 16 : 0);
	p.metas = part(&at, (uint64_t)h->metas * sizeof(struct image_meta));
	p.texts = part(&at, ((uint64_t)h->texts + 1) * 4);
	p.bytes = part(&at, h->bytes);
	p.end = at;
	return p;
}

/* ---- a file is hostile until here ---------------------------------------------------------------------------------------- */
static bool
head_good(const struct intel_index *x, struct fault *f)
{
	const struct image_head *h = &x->head;

	if (memcmp(h->magic, "irintel\n", 8) != 0)
		return fault_set(f, "no compiled index of indicators", 0);
	if (h->version != IMAGE_VERSION || h->order != 0x01020304)
		return fault_set(f, "the index is of another version: compile it again", 8);
	if (h->size != x->size)
		return fault_set(f, "the index is cut or has grown", 32);
	if (h->keys > IMAGE_MAX || h->v4 > IMAGE_MAX || h->v6 > IMAGE_MAX || h->metas > IMAGE_MAX || h->texts > IMAGE_MAX ||
	    h->filters == 0 || h->filters > IMAGE_MAX || h->buckets == 0 || h->buckets > IMAGE_MAX || h->bytes > UINT32_MAX ||
	    (h->buckets & (h->buckets - 1)) || h->dates > 1 || h->ids > 1 || image_parts(h).end != x->size)
		return fault_set(f, "the index is damaged: its counts are wrong", 88);
	return true;
}

static bool
sum_good(const struct intel_index *x, struct fault *f)
{
	size_t from = offsetof(struct image_head, size);
	struct slice all = slice_of((const char *)x->base + from, x->size - from);
	unsigned char sum[16];

	digest_xxh3(&all, 1, sum);
	return memcmp(sum, x->head.sum, 16) == 0 || fault_set(f, "the index is damaged: its checksum is wrong", 16);
}

static void
places(struct intel_index *x)
{
	struct image_parts p = image_parts(&x->head);
	const unsigned char *b = x->base;

	x->filter = (const uint64_t *)(const void *)(b + p.filter);
	x->bucket = (const uint32_t *)(const void *)(b + p.bucket);
	x->key = (const uint64_t *)(const void *)(b + p.key);
	x->begin4 = (const uint32_t *)(const void *)(b + p.begin4);
	x->outer4 = (const uint32_t *)(const void *)(b + p.outer4);
	x->bits4 = b + p.bits4;
	x->begin6 = (const uint64_t *)(const void *)(b + p.begin6);
	x->outer6 = (const uint32_t *)(const void *)(b + p.outer6);
	x->bits6 = b + p.bits6;
	x->meta = (const uint32_t *)(const void *)(b + p.meta);
	x->from = x->head.dates ? (const uint32_t *)(const void *)(b + p.from) : NULL;
	x->until = x->head.dates ? (const uint32_t *)(const void *)(b + p.until) : NULL;
	x->id = x->head.ids ? b + p.id : NULL;
	x->metas = (const struct image_meta *)(const void *)(b + p.metas);
	x->text = (const uint32_t *)(const void *)(b + p.texts);
	x->bytes = (const char *)b + p.bytes;
}

/* Numbers that must not fall; the last one is `end`. */
static bool
rising(const uint32_t *v, uint64_t n, uint64_t end)
{
	uint32_t bad = v[0] != 0;

	for (uint64_t i = 1; i < n; i++)
		bad |= v[i] < v[i - 1];
	return !bad && v[n - 1] == end;
}

static bool
below(const uint32_t *v, uint64_t n, uint32_t limit)
{
	uint32_t bad = 0;

	for (uint64_t i = 0; i < n; i++)
		bad |= v[i] >= limit;
	return !bad;
}

/* A network lies in one that stands before it: a walk outwards ends. */
static bool
nested(const uint32_t *outer, uint32_t n, const uint8_t *bits, uint8_t most)
{
	uint32_t bad = 0;

	for (uint32_t i = 0; i < n; i++)
		bad |= (outer[i] != INTEL_NONE && outer[i] >= i) | (bits[i] > most);
	return !bad;
}

static bool
rows_good(const struct intel_index *x)
{
	uint32_t bad = 0;

	for (uint32_t i = 0; i < x->head.metas; i++) {
		const struct image_meta *m = &x->metas[i];

		bad |= (m->source >= x->head.texts) | (m->name >= x->head.texts) | (m->type >= INTEL_TYPES) |
		    (m->scope > INTEL_ITSELF) | (m->tlp >= TLPS) | (m->pap >= TLPS);
	}
	return !bad;
}

static bool
content_good(const struct intel_index *x, struct fault *f)
{
	const struct image_head *h = &x->head;

	if (rising(x->bucket, h->buckets + 1, h->keys) && rising(x->text, (uint64_t)h->texts + 1, h->bytes) &&
	    below(x->meta, (uint64_t)h->keys + h->v4 + h->v6, h->metas) && nested(x->outer4, h->v4, x->bits4, 32) &&
	    nested(x->outer6, h->v6, x->bits6, 128) && rows_good(x))
		return true;
	return fault_set(f, "the index is damaged: its parts contradict one another", 0);
}

static struct intel_index *
made(struct intel_index *x, struct fault *f)
{
	bool ok = x->size >= sizeof x->head ? (memcpy(&x->head, x->base, sizeof x->head), head_good(x, f)) : fault_set(f,
	    "no compiled index of indicators", 0);

	if (ok && sum_good(x, f)) {
		places(x);
		if (content_good(x, f))
			return x;
	}
	intel_close(x);
	return NULL;
}

struct intel_index *
intel_of(struct buf *image, struct fault *f)
{
	struct intel_index *x = mem_zero(1, sizeof *x);

	x->base = (const unsigned char *)image->p;
	x->size = image->n;
	*image = (struct buf){0};
	return made(x, f);
}

/* Populated: what is mapped is looked at whole, once, before the first record. */
struct intel_index *
intel_open(const char *path, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), error = errno;
	struct intel_index *x = NULL;
	struct stat st;
	void *p = MAP_FAILED;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
		error = errno;
	} else if (fd >= 0) {
		error = EINVAL;
	}
	if (fd >= 0)
		(void)close(fd);
	if (p == MAP_FAILED) {
		fault_near(f, "cannot map", slice_str(strerrordesc_np(error)), 0);
		return NULL;
	}
	x = mem_zero(1, sizeof *x);
	x->base = p;
	x->size = (size_t)st.st_size;
	x->mapped = true;
	return made(x, f);
}

void
intel_close(struct intel_index *x)
{
	if (x == NULL)
		return;
	if (x->mapped)
		(void)munmap((void *)(uintptr_t)x->base, x->size);
	else
		free((void *)(uintptr_t)x->base);
	free(x);
}

/* ---- what it holds ------------------------------------------------------------------------------------------------------- */
uint64_t
intel_count(const struct intel_index *x)
{
	return (uint64_t)x->head.keys + x->head.v4 + x->head.v6;
}

const unsigned char *
intel_sha256(const struct intel_index *x)
{
	return x->head.sha256;
}

bool
intel_date(const struct intel_index *x, struct stamp *at)
{
	*at = (struct stamp){.s = x->head.date};
	return x->head.date > -62135596800 && x->head.date < 253402300800;
}

unsigned
intel_kinds(const struct intel_index *x)
{
	return x->head.kinds;
}

static struct slice
text(const struct intel_index *x, uint32_t i)
{
	return slice_of(x->bytes + x->text[i], x->text[i + 1] - x->text[i]);
}

struct intel_entry
intel_entry(const struct intel_index *x, uint32_t i)
{
	const struct image_meta *m = &x->metas[x->meta[i]];
	struct intel_entry e = {.meta = {.source = text(x, m->source), .name = text(x, m->name), .type = (enum intel_type)m->type,
	    .scope = (enum intel_scope)m->scope, .tlp = (enum intel_tlp)m->tlp, .pap = (enum intel_tlp)m->pap,
	    .confidence = m->confidence, .flags = m->flags}, .until = UINT32_MAX, .bits = 128};
	static const unsigned char none[16];

	if (x->from) {
		e.from = x->from[i];
		e.until = x->until[i];
	}
	if (x->id && memcmp(x->id + (size_t)i * 16, none, 16) != 0)
		e.id = x->id + (size_t)i * 16;
	if (i >= x->head.keys)
		e.bits = i - x->head.keys < x->head.v4 ? x->bits4[i - x->head.keys] + 96u :
		    x->bits6[i - x->head.keys - x->head.v4];
	return e;
}

bool
intel_counts(const struct intel_index *x, uint32_t i, const struct stamp *at, bool name, bool parent)
{
	enum intel_scope scope = (enum intel_scope)x->metas[x->meta[i]].scope;

	if (at && x->from && (at->s < (int64_t)x->from[i] || (x->until[i] != UINT32_MAX && at->s >= (int64_t)x->until[i])))
		return false;
	return !name || scope == INTEL_BELOW || (scope == INTEL_ONLY_BELOW) == parent;
}

uint32_t
intel_origin(const struct intel_index *x, uint32_t i)
{
	return x->metas[x->meta[i]].source;
}

uint32_t
intel_origins(const struct intel_index *x)
{
	return x->head.texts;
}

struct slice
intel_origin_name(const struct intel_index *x, uint32_t origin)
{
	return text(x, origin);
}

/* ---- looking up ---------------------------------------------------------------------------------------------------------- */
struct intel_key
intel_key(const struct intel_index *x, enum intel_kind kind, struct slice s)
{
	uint64_t h[2];

	digest_seeded(x->head.seed + (uint64_t)kind, s, h);
	return (struct intel_key){h[0], h[1]};
}

void
intel_prefetch(const struct intel_index *x, struct intel_key k)
{
	__builtin_prefetch(&x->filter[image_word(k.hi, x->head.filters)]);
}

uint32_t
intel_find(const struct intel_index *x, struct intel_key k)
{
	uint64_t mask = image_mask(k.lo), at;

	if ((x->filter[image_word(k.hi, x->head.filters)] & mask) != mask)
		return INTEL_NONE;
	at = k.hi & (x->head.buckets - 1);
	for (uint32_t i = x->bucket[at]; i < x->bucket[at + 1]; i++)
		if (x->key[i] >= k.lo)
			return x->key[i] == k.lo ? i : INTEL_NONE;
	return INTEL_NONE;
}

uint32_t
intel_next(const struct intel_index *x, uint32_t i)
{
	return i + 1 < x->head.keys && x->key[i + 1] == x->key[i] ? i + 1 : INTEL_NONE;
}

/* How many of the begins are not over the address. */
static uint32_t
until4(const uint32_t *v, uint32_t n, uint32_t a)
{
	uint32_t from = 0;

	while (n > 1) {
		uint32_t half = n / 2;

		from += v[from + half - 1] <= a ? half : 0;
		n -= half;
	}
	return from + (n && v[from] <= a);
}

static uint32_t
until6(const uint64_t *v, uint32_t n, unsigned __int128 a)
{
	uint32_t from = 0;

	for (uint32_t to = n; from < to;) {
		uint32_t half = from + (to - from) / 2;
		unsigned __int128 b = (unsigned __int128)v[2 * half] << 64 | v[2 * half + 1];

		if (b <= a)
			from = half + 1;
		else
			to = half;
	}
	return from;
}

static uint32_t
net4(const struct intel_index *x, uint32_t a)
{
	uint32_t n = until4(x->begin4, x->head.v4, a);

	for (uint32_t i = n ? n - 1 : INTEL_NONE, steps = 0; i != INTEL_NONE && steps < WALK; i = x->outer4[i], steps++)
		if (x->bits4[i] == 0 || (a ^ x->begin4[i]) >> (32 - x->bits4[i]) == 0)
			return x->head.keys + i;
	return INTEL_NONE;
}

static uint32_t
net6(const struct intel_index *x, unsigned __int128 a)
{
	uint32_t n = until6(x->begin6, x->head.v6, a);

	for (uint32_t i = n ? n - 1 : INTEL_NONE, steps = 0; i != INTEL_NONE && steps < WALK; i = x->outer6[i], steps++) {
		unsigned __int128 b = (unsigned __int128)x->begin6[2 * i] << 64 | x->begin6[2 * i + 1];

		if (x->bits6[i] == 0 || (a ^ b) >> (128 - x->bits6[i]) == 0)
			return x->head.keys + x->head.v4 + i;
	}
	return INTEL_NONE;
}

uint32_t
intel_net(const struct intel_index *x, const struct addr *a)
{
	uint64_t hi, lo;

	memcpy(&hi, a->b, 8);
	memcpy(&lo, a->b + 8, 8);
	lo = be64toh(lo);
	if (addr_is4(a))
		return x->head.v4 ? net4(x, (uint32_t)lo) : INTEL_NONE;
	return x->head.v6 ? net6(x, (unsigned __int128)be64toh(hi) << 64 | lo) : INTEL_NONE;
}

uint32_t
intel_outer(const struct intel_index *x, uint32_t i)
{
	bool v4 = i - x->head.keys < x->head.v4;
	uint32_t base = x->head.keys + (v4 ? 0 : x->head.v4), o = v4 ? x->outer4[i - base] : x->outer6[i - base];

	return o == INTEL_NONE ? INTEL_NONE : base + o;
}
