/* The events of one key within its span, by time. */
#include "lib/correlate/priv.h"

#include <stdlib.h>

enum { WINDOW_IDS = 1000 };		/* ids that a window keeps when only totals count */

static bool
ordered_numbers(const struct key *k)
{
	return k->run->c->type == SIGMA_VALUE_PERCENTILE || k->run->c->type == SIGMA_VALUE_MEDIAN;
}

static size_t
bytes(const struct key *k)
{
	size_t n = k->item ? room_of(k->cap * sizeof *k->item) : 0;

	return n + (k->sorted ? room_of(k->cap * sizeof *k->sorted) : 0);
}

/* The total is added up anew here, so that rounding does not pile up. */
static void
make_room(struct correlate *c, struct key *k)
{
	size_t was = bytes(k);

	if (k->n < k->cap)
		return;
	if (k->from && k->from >= k->cap / 4) {
		memmove(k->item, k->item + k->from, (k->n - k->from) * sizeof *k->item);
		k->n -= k->from;
		k->from = 0;
		if (!k->run->windowed) {
			k->sum = 0;
			for (uint32_t i = 0; i < k->n; i++)
				k->sum += k->item[i].number;
		}
		return;
	}
	k->cap = k->cap ? k->cap * 2 : 1;
	k->item = mem_resize(k->item, k->cap, sizeof *k->item);
	if (ordered_numbers(k))
		k->sorted = mem_resize(k->sorted, k->cap, sizeof *k->sorted);
	key_resize(c, k, was, bytes(k));
}

/* Place of the first number that is not smaller. */
static uint32_t
place_of(const struct key *k, double v, uint32_t n)
{
	uint32_t low = 0, high = n;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (k->sorted[mid] < v)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void
forget(struct key *k, const struct item *it)
{
	uint32_t n = k->n - k->from, at;

	k->sum -= it->number;
	if (!k->sorted)
		return;
	at = place_of(k, it->number, n);
	memmove(k->sorted + at, k->sorted + at + 1, (n - at - 1) * sizeof *k->sorted);
}

void
items_expire(struct correlate *c, struct key *k, int64_t before)
{
	(void)c;
	while (k->from < k->n && k->item[k->from].at < before) {
		forget(k, &k->item[k->from]);
		k->from++;
	}
	if (k->from == k->n) {
		k->from = k->n = 0;
		k->sum = 0;
	}
}

void
items_shift(struct key *k, uint32_t at)
{
	forget(k, &k->item[at]);
	memmove(k->item + at, k->item + at + 1, (k->n - at - 1) * sizeof *k->item);
	k->n--;
}

/* The latest event of a value (or part) is the one that keeps it in the window longest. */
static void
replace(struct key *k, const struct item *it, bool value, bool part)
{
	for (uint32_t i = k->n; i > k->from; i--) {
		const struct item *old = &k->item[i - 1];

		if ((value && memcmp(old->value, it->value, sizeof it->value) == 0) || (part && old->part == it->part)) {
			items_shift(k, i - 1);
			return;
		}
	}
}

void
items_add(struct correlate *c, struct key *k, const struct item *it, bool value, bool part)
{
	const struct run *r = k->run;
	uint32_t at, limit = r->need ? r->need : ITEMS_MAX;

	k->count++;
	if (value || part)
		replace(k, it, value, part);
	k->sum += it->number;
	if (r->windowed && !value && !part && !ordered_numbers(k)) {
		if (k->n >= WINDOW_IDS)
			return;
	} else if (k->n - k->from >= limit) {
		c->counts.evicted += r->need == 0;
		forget(k, &k->item[k->from]);
		k->from++;
	}
	make_room(c, k);
	if (k->sorted) {
		uint32_t n = k->n - k->from;

		at = place_of(k, it->number, n);
		memmove(k->sorted + at + 1, k->sorted + at, (n - at) * sizeof *k->sorted);
		k->sorted[at] = it->number;
	}
	k->item[k->n++] = *it;
}

/* Nearest rank: the smallest number that at least so many of a hundred do not exceed. */
static double
percentile(const struct key *k, uint32_t n)
{
	double p = k->run->c->percentile / 100 * n;
	uint32_t at = (uint32_t)p;

	if (at < p)
		at++;
	return k->sorted[at ? at - 1 : 0];
}

double
items_value(const struct key *k)
{
	uint32_t n = k->n - k->from;

	switch (k->run->c->type) {
	case SIGMA_EVENT_COUNT:
		return k->run->windowed ? (double)k->count : n;
	case SIGMA_VALUE_SUM:
		return k->sum;
	case SIGMA_VALUE_AVG:
		return k->run->windowed ? k->sum / (double)(k->count ? k->count : 1) : n ? k->sum / n : 0;
	case SIGMA_VALUE_PERCENTILE:
		return n ? percentile(k, n) : 0;
	case SIGMA_VALUE_MEDIAN:
		return n == 0 ? 0 : (k->sorted[(n - 1) / 2] + k->sorted[n / 2]) / 2;
	default:
		return n;
	}
}
