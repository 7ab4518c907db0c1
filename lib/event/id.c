#include "lib/event/record.h"
#include "lib/port/digest.h"

#include <endian.h>
#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#ifdef __SSE2__
/* Digits of 16 nibbles: '0' and, from 10 on, what stands between '9' and 'a' as well. */
static inline __m128i
digits(__m128i v)
{
	__m128i letter = _mm_cmpgt_epi8(v, _mm_set1_epi8(9));

	return _mm_add_epi8(_mm_add_epi8(v, _mm_set1_epi8('0')), _mm_and_si128(letter, _mm_set1_epi8('a' - '0' - 10)));
}

static void
hex32(const unsigned char sum[16], char hex[32])
{
	const __m128i low = _mm_set1_epi8(15);
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)sum);
	__m128i high = digits(_mm_and_si128(_mm_srli_epi16(v, 4), low));

	v = digits(_mm_and_si128(v, low));
	_mm_storeu_si128((__m128i *)(void *)hex, _mm_unpacklo_epi8(high, v));
	_mm_storeu_si128((__m128i *)(void *)(hex + 16), _mm_unpackhi_epi8(high, v));
}
#else
static void
hex32(const unsigned char sum[16], char hex[32])
{
	static const char digit[] = "0123456789abcdef";

	for (int i = 0; i < 16; i++) {
		hex[2 * i] = digit[sum[i] >> 4];
		hex[2 * i + 1] = digit[sum[i] & 15];
	}
}
#endif

static void
put_place(uint64_t off, char place[9])
{
	place[0] = '\0';
	off = htole64(off);
	memcpy(place + 1, &off, sizeof off);
}

void
event_id_of(const char *p, size_t n, char hex[32])
{
	unsigned char sum[16];

	digest_xxh3_one(p, n, sum);
	hex32(sum, hex);
}

void
event_id(struct slice label, uint64_t off, struct slice bytes, char hex[32])
{
	char place[9];
	unsigned char sum[16];

	put_place(off, place);
	digest_xxh3((struct slice[]){label, slice_of(place, sizeof place), bytes}, 3, sum);
	hex32(sum, hex);
}

static int
order(const void *a, const void *b)
{
	const struct slice *x = a, *y = b;

	return slice_cmp(*x, *y);
}

void
alert_id(struct slice rule_id, const struct slice *event_ids, size_t n, char hex[32])
{
	struct slice *part = mem_zero(2 * n + 1, sizeof *part);
	unsigned char sum[16];

	part[0] = rule_id;
	for (size_t i = 0; i < n; i++)
		part[1 + i] = event_ids[i];
	qsort(part + 1, n, sizeof *part, order);
	for (size_t i = n; i > 0; i--) {
		part[2 * i] = part[i];
		part[2 * i - 1] = slice_of("", 1);
	}
	digest_xxh3(part, 2 * n + 1, sum);
	hex32(sum, hex);
	free(part);
}
