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

/* The four bytes that fewest values and fewest other texts hold. */
static size_t
best_gram(struct slice s, const uint16_t *count)
{
	size_t best = 0;
	uint32_t least = UINT32_MAX;

	for (size_t i = 0; i + 4 <= s.n; i++) {
		uint32_t cost = rarity_gram(s.p + i) * 4 + count[counter(gram_at(s, i))];

		if (cost < least) {
			least = cost;
			best = i;
		}
	}
	return best;
}

static void
grams_put(struct gram_table *t, struct slice s, size_t at, uint32_t text)
{
	uint32_t gram = gram_at(s, at), bit = gram_hash(gram) >> t->shift, i = gram_place(gram) & t->mask;

	t->bit[bit / 64] |= 1ull << bit % 64;
	while (t->slot[i].text)
		i = (i + 1) & t->mask;
	t->slot[i] = (struct gram_slot){gram, text + 1, (uint32_t)at};
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

size_t
grams_build(struct gram_table *t, const struct plan *p, const uint32_t *text, uint32_t n)
{
	uint16_t *count = mem_zero(COUNTS, sizeof *count);
	unsigned bits = filter_bits(n);

	*t = (struct gram_table){.shift = 32 - bits, .mask = room_for(n) - 1};
	t->tiny = mem_zero(n + 1, sizeof *t->tiny);
	t->bit = mem_zero((1u << bits) / 64, sizeof *t->bit);
	t->slot = mem_zero(t->mask + 1, sizeof *t->slot);
	count_grams(p, text, n, count);
	for (uint32_t i = 0; i < n; i++) {
		struct slice s = text_of(p, text[i]);

		if (s.n < 4) {
			t->tiny[t->tinies++] = text[i];
			continue;
		}
		grams_put(t, s, best_gram(s, count), text[i]);
		t->n++;
	}
	free(count);
	return (1u << bits) / 8 + (t->mask + 1) * sizeof *t->slot + (n + 1) * sizeof *t->tiny;
}

void
grams_free(struct gram_table *t)
{
	free(t->bit);
	free(t->slot);
	free(t->tiny);
}
