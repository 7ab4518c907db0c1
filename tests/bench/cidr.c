/*
 * cidr [PREFIXES [LOOKUPS]]: the longest prefix among many of both families: look-ups a second, and each answer compared with a
 * slow
 * reference (every length from the longest to the shortest, by a hash of the masked address).
 */
#include "lib/base/map.h"
#include "lib/enrich/cidr.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t state = 0x9e3779b97f4a7c15u;

/* xorshift64* (Vigna) */
static uint64_t
next(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1du;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Half of them IPv4; the others lie in 2000::/8, close enough to be met. */
static struct addr
address(bool v4)
{
	struct addr a = {{0}};
	uint64_t x = next(), y = next();

	if (v4) {
		a.b[10] = a.b[11] = 0xff;
		memcpy(a.b + 12, &x, 4);
		return a;
	}
	memcpy(a.b, &x, 8);
	memcpy(a.b + 8, &y, 8);
	a.b[0] = 0x20;
	a.b[1] = 0x01;
	a.b[2] &= 0x0f;
	return a;
}

static void
cut(struct addr *a, unsigned bits)
{
	for (unsigned i = bits; i < 128; i++)
		a->b[i / 8] = (unsigned char)(a->b[i / 8] & ~(0x80 >> i % 8));
}

static struct slice
key_of(struct addr a, unsigned bits, char to[17])
{
	cut(&a, bits);
	memcpy(to, a.b, 16);
	to[16] = (char)bits;
	return slice_of(to, 17);
}

static uint32_t
slow(const struct map *m, const struct addr *a)
{
	unsigned least = addr_is4(a) ? 96 : 0;
	char key[17];

	for (unsigned bits = 128;; bits--) {
		const struct map_row *r = map_get(m, key_of(*a, bits, key));

		if (r)
			return (uint32_t)r->v.u;
		if (bits == least)
			return CIDR_NONE;
	}
}

int
main(int argc, char *argv[])
{
	size_t prefixes = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000, looks = argc > 2 ? strtoull(argv[2], NULL, 10) :
	    1000000;
	struct addr *a = mem_alloc(looks * sizeof *a);
	struct cidr c = {0};
	struct map m = {0};
	size_t wrong = 0, hits = 0;
	uint64_t sum = 0;
	double t;

	for (size_t i = 0; i < prefixes; i++) {
		struct prefix p = {.a = address(i % 2 == 0), .bits = (uint8_t)(i % 2 == 0 ? 104 + next() % 25 :
		    16 + next() % 49)};
		struct map_row *row;
		char key[17];
		bool made;

		cut(&p.a, p.bits);
		row = map_put(&m, key_of(p.a, p.bits, key), &made);
		if (!made)
			continue;
		row->v.u = i;
		cidr_add(&c, &p, (uint32_t)i);
	}
	t = now();
	cidr_done(&c);
	printf("cidr: %zu prefixes made ready in %.3f s\n", prefixes, now() - t);
	for (size_t i = 0; i < looks; i++)
		a[i] = address(i % 2 == 0);
	t = now();
	for (size_t i = 0; i < looks; i++)
		sum += cidr_find(&c, &a[i]);
	t = now() - t;
	printf("cidr: %zu look-ups in %.3f s: %.1f million a second (sum %" PRIu64 ")\n", looks, t, (double)looks / t / 1e6, sum);
	for (size_t i = 0; i < looks; i++) {
		uint32_t want = slow(&m, &a[i]), got = cidr_find(&c, &a[i]);

		hits += got != CIDR_NONE;
		wrong += want != got;
	}
	printf("cidr: %zu found, %zu not as the reference says\n", hits, wrong);
	map_free(&m);
	cidr_free(&c);
	free(a);
	return wrong != 0;
}
