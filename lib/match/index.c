/* The tables of a plan. */
#include "lib/match/keys.h"
#include "lib/match/plan.h"

#include <stdlib.h>

static struct slice
text_of(const struct plan *p, uint32_t text)
{
	return slice_of(p->bytes.p + p->text[text].at, p->text[text].n);
}

static uint32_t
room_for(uint32_t n)
{
	uint32_t places = 8;

	while (places < n * 2)
		places *= 2;
	return places;
}

/* ---- by the ends ------------------------------------------------------------------------------------------------------------------------ */

static void
ends_put(struct ends_table *t, uint64_t key, uint32_t length, uint32_t text)
{
	uint32_t i = ends_hash(key, length) & t->mask;

	while (t->slot[i].text)
		i = (i + 1) & t->mask;
	t->slot[i] = (struct ends_slot){key, text + 1, length};
	t->lengths |= 1u << length;
}

size_t
ends_build(struct ends_table *t, const struct plan *p, const uint32_t *text, uint32_t n, enum match_place place)
{
	*t = (struct ends_table){.n = n};
	if (n == 0)
		return 0;
	t->mask = room_for(n) - 1;
	t->slot = mem_zero(t->mask + 1, sizeof *t->slot);
	for (uint32_t i = 0; i < n; i++) {
		struct slice s = text_of(p, text[i]);
		uint32_t length = s.n < 8 ? (uint32_t)s.n : 8;

		if (place == AT_ALL)
			ends_put(t, whole_key(s), 0, text[i]);
		else
			ends_put(t, place == AT_END ? tail_key(s, length) : head_key(s, length), length, text[i]);
	}
	return (t->mask + 1) * sizeof *t->slot;
}

void
ends_free(struct ends_table *t)
{
	free(t->slot);
}

/* ---- by four bytes ------------------------------------------------------------------------------------------------------------------------- */

enum { COUNTS = 1 << 14 };

static uint32_t
gram_at(struct slice s, size_t at)
{
	uint32_t g;

	memcpy(&g, s.p + at, sizeof g);
	return g;
}

static uint32_t
counter(uint32_t gram)
{
	return gram * 0x85ebca6bu >> 18;
}

/* The four bytes (stride: as many fours, one behind the other) that fewest values and fewest other texts hold. */
static size_t
best_gram(struct slice s, const uint16_t *count, uint32_t stride)
{
	size_t best = 0;
	uint32_t least = UINT32_MAX;

	for (size_t i = 0; i + 3 + stride <= s.n; i++) {
		uint32_t cost = 0;

		for (uint32_t k = 0; k < stride; k++)
			cost += rarity_gram(s.p + i + k) * 4 + count[counter(gram_at(s, i + k))];
		if (cost < least) {
			least = cost;
			best = i;
		}
	}
	return best;
}

static void
slot_put(struct gram_slot *slot, uint32_t mask, struct gram_slot x)
{
	uint32_t i = gram_place(x.gram) & mask;

	while (slot[i].text)
		i = (i + 1) & mask;
	slot[i] = x;
}

static void
four_put(struct gram_table *t, struct slice s, size_t at, uint32_t text)
{
	uint32_t gram = gram_at(s, at), bit = gram_hash(gram) >> t->shift;

	t->bit[bit / 64] |= 1ull << bit % 64;
	slot_put(t->slot, t->mask, (struct gram_slot){gram, text + 1, (uint32_t)at});
}

/* The two bytes that are least often in values. */
static size_t
best_pair(struct slice s)
{
	static const char often[] = "e \\is.notracmxldwp-u/ghfv0:1k2b\"y345q6789";
	size_t best = 0, most = 0;

	for (size_t i = 0; i + 2 <= s.n; i++) {
		const char *x = memchr(often, s.p[i], sizeof often - 1), *y = memchr(often, s.p[i + 1], sizeof often - 1);
		size_t rare = (x ? (size_t)(x - often) : 64) + (y ? (size_t)(y - often) : 64);

		if (rare > most) {
			most = rare;
			best = i;
		}
	}
	return best;
}

static void
two_put(struct gram_table *t, struct slice s, uint32_t text)
{
	size_t at = best_pair(s);
	uint32_t gram = (unsigned char)s.p[at] | (uint32_t)(unsigned char)s.p[at + 1] << 8;

	t->bit2[gram / 64] |= 1ull << gram % 64;
	slot_put(t->slot2, t->mask2, (struct gram_slot){gram, text + 1, (uint32_t)at});
}

static void
count_grams(const struct plan *p, const uint32_t *text, uint32_t n, uint16_t *count)
{
	for (uint32_t i = 0; i < n; i++) {
		struct slice s = text_of(p, text[i]);

		for (size_t k = 0; k + 4 <= s.n; k++) {
			uint16_t *c = &count[counter(gram_at(s, k))];

			*c = (uint16_t)(*c + (*c < UINT16_MAX));
		}
	}
}

/* 32 bits a text, so that few bits of the filter are set: 2^11 to 2^18 of them. */
static unsigned
filter_bits(uint32_t n)
{
	unsigned bits = 11;

	while (bits < 18 && 1u << bits < n * 32)
		bits++;
	return bits;
}

/* Texts by length: 1, 2 and 3, 4, 5 and 6, 7 and more; those of one go to the list. */
struct lengths {
	uint32_t one, two, four, five, seven;
};

static struct lengths
lengths(struct gram_table *t, const struct plan *p, const uint32_t *text, uint32_t n)
{
	struct lengths l = {0};

	for (uint32_t i = 0; i < n; i++) {
		uint32_t length = p->text[text[i]].n;

		if (length == 1) {
			t->tiny = mem_resize(t->tiny, t->tinies + 1, sizeof *t->tiny);
			t->tiny[t->tinies++] = text[i];
		}
		l.one += length == 1;
		l.two += length == 2 || length == 3;
		l.four += length == 4;
		l.five += length == 5 || length == 6;
		l.seven += length >= 7;
	}
	return l;
}

/* Where pairs are looked at anyway, a few short texts need not make the stride small. */
enum { FEW = 32 };

static uint32_t
stride_of(const struct lengths *l, uint32_t *shortest)
{
	*shortest = 4;
	if (l->two && l->four + l->five <= FEW) {
		*shortest = 7;
		return 4;
	}
	return l->four ? 1 : l->five ? 2 : 4;
}

static void
grams_make(struct gram_table *t, uint32_t fours, uint32_t twos)
{
	unsigned bits = filter_bits(fours);

	t->shift = 32 - bits;
	t->mask = room_for(fours) - 1;
	t->mask2 = room_for(twos) - 1;
	t->bit = mem_zero((1u << bits) / 64, sizeof *t->bit);
	t->slot = mem_zero(t->mask + 1, sizeof *t->slot);
	t->bit2 = twos ? mem_zero(65536 / 64, sizeof *t->bit2) : NULL;
	t->slot2 = twos ? mem_zero(t->mask2 + 1, sizeof *t->slot2) : NULL;
	t->n = fours;
}

size_t
grams_build(struct gram_table *t, const struct plan *p, const uint32_t *text, uint32_t n)
{
	uint16_t *count = mem_zero(COUNTS, sizeof *count);
	struct lengths l;
	uint32_t shortest, fours;

	*t = (struct gram_table){0};
	l = lengths(t, p, text, n);
	t->stride = stride_of(&l, &shortest);
	fours = l.seven + (shortest == 4 ? l.four + l.five : 0);
	grams_make(t, fours * t->stride, n - l.one - fours);
	count_grams(p, text, n, count);
	for (uint32_t i = 0; i < n; i++) {
		struct slice s = text_of(p, text[i]);
		size_t at = s.n >= shortest ? best_gram(s, count, t->stride) : 0;

		for (uint32_t k = 0; s.n >= shortest && k < t->stride; k++)
			four_put(t, s, at + k, text[i]);
		if (s.n >= 2 && s.n < shortest)
			two_put(t, s, text[i]);
	}
	free(count);
	return (1ull << (32 - t->shift)) / 8 + (t->mask + 1 + (t->slot2 ? t->mask2 + 1 : 0)) * sizeof *t->slot + (t->bit2 ? 65536 / 8 : 0);
}

void
grams_free(struct gram_table *t)
{
	free(t->bit);
	free(t->bit2);
	free(t->slot);
	free(t->slot2);
	free(t->tiny);
}
