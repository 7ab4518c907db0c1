#include "lib/event/record.h"
#include "lib/port/digest.h"

#include <stdlib.h>

static void
hex32(const unsigned char sum[16], char hex[32])
{
	static const char digit[] = "0123456789abcdef";

	for (int i = 0; i < 16; i++) {
		hex[2 * i] = digit[sum[i] >> 4];
		hex[2 * i + 1] = digit[sum[i] & 15];
	}
}

void
event_id(struct slice label, uint64_t off, struct slice bytes, char hex[32])
{
	char place[9] = {0};
	unsigned char sum[16];

	for (int i = 0; i < 8; i++)
		place[1 + i] = (char)(unsigned char)(off >> 8 * i);
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
