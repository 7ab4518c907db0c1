#include "lib/port/fold.h"

#include "lib/base/mem.h"
#include "lib/base/utf8.h"

#include <stdlib.h>
#include <unicase.h>

enum { PAGE = 256, PAGES = 0x110000 / PAGE, BLOCK = 64 };

/* Page 0 is the one where nothing folds. */
static uint8_t page_of[PAGES];
static uint32_t (*page)[PAGE];
static size_t page_count, page_cap;

/*
 * Unicode's simple case folding (CaseFolding.txt, status C and S). libunistring offers the full one only; where that has more
 * than one code point, the simple one is the lower-case letter, and U+0130 has none (status T is for Turkic languages).
 */
static uint32_t
simple(uint32_t c)
{
	uint32_t folded[8];
	size_t n = sizeof folded / sizeof *folded;
	uint32_t *p = u32_casefold(&c, 1, NULL, NULL, folded, &n);
	uint32_t first = p && n == 1 ? p[0] : c == 0x130 ? c : uc_tolower(c);

	if (p != folded)
		free(p);
	return first;
}

static void
put(uint32_t c, uint32_t folded)
{
	uint8_t at = page_of[c / PAGE];

	if (at == 0) {
		page = mem_grow(page, &page_cap, page_count, sizeof *page);
		at = (uint8_t)page_count++;
		page_of[c / PAGE] = at;
		for (uint32_t i = 0; i < PAGE; i++)
			page[at][i] = c / PAGE * PAGE + i;
	}
	page[at][c % PAGE] = folded;
}

/* Pages that hold a letter with case, by Unicode 14; the others need not be asked at each start (a test asks them). */
static const uint16_t case_page[] = {0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x10, 0x13, 0x1c, 0x1d, 0x1e, 0x1f, 0x21, 0x24, 0x2c, 0x2d, 0xa6, 0xa7, 0xab,
	0xff, 0x104, 0x105, 0x10c, 0x118, 0x16e, 0x1e9};

/* What folds has another lower or upper case. */
void
fold_start(void)
{
	if (page_count)
		return;
	page = mem_grow(page, &page_cap, 0, sizeof *page);
	page_count = 1;
	for (size_t p = 0; p < sizeof case_page / sizeof *case_page; p++)
		for (uint32_t c = case_page[p] * (uint32_t)PAGE; c < (case_page[p] + 1u) * PAGE; c++)
			if (uc_tolower(c) != c || uc_toupper(c) != c) {
				uint32_t folded = simple(c);

				if (folded != c)
					put(c, folded);
			}
}

uint32_t
fold_point(uint32_t c)
{
	if (c < 0x80)
		return c - 'A' < 26 ? c | 0x20 : c;
	if (c >= 0x110000 || page_of[c / PAGE] == 0)
		return c;
	return page[page_of[c / PAGE]][c % PAGE];
}

/* Written so that the compiler makes vectors of it.  False: a byte >= 0x80 is among them and out is not to be used. */
static inline bool
lower_block(const unsigned char *restrict p, unsigned char *restrict out)
{
	unsigned char high = 0;

	for (size_t i = 0; i < BLOCK; i++) {
		unsigned char c = p[i];

		high |= c;
		out[i] = (unsigned char)(c + (((unsigned char)(c - 'A') < 26) << 5));
	}
	return high < 0x80;
}

/* Folds the code point (or bad bytes) at `at`; returns the place behind it. */
static size_t
add_point(struct buf *b, struct slice s, size_t at)
{
	uint32_t c = (unsigned char)s.p[at];
	size_t next;

	if (c < 0x80) {
		buf_byte(b, (char)fold_point(c));
		return at + 1;
	}
	next = utf8_next(s, at, &c);
	if (c == UTF8_BAD)
		buf_add(b, s.p + at, next - at);
	else
		utf8_put(b, fold_point(c));
	return next;
}

/* Eight ASCII bytes in lower case (Mycroft's byte tests: no byte of v has its top bit). */
static inline uint64_t
lower8(uint64_t v)
{
	const uint64_t one = 0x0101010101010101u;
	uint64_t from_a = v + one * (0x80 - 'A'), behind_z = v + one * (0x80 - 'Z' - 1);

	return v | ((from_a & ~behind_z & one * 0x80) >> 2);
}

bool
fold_ascii(struct slice s, char *to)
{
	const uint64_t top = 0x8080808080808080u;
	uint64_t v, high = 0;
	size_t i = 0;

	for (; i + BLOCK <= s.n; i += BLOCK)
		if (!lower_block((const unsigned char *)s.p + i, (unsigned char *)to + i))
			return false;
	for (; i + 8 <= s.n; i += 8) {
		memcpy(&v, s.p + i, sizeof v);
		high |= v;
		v = lower8(v & ~top);
		memcpy(to + i, &v, sizeof v);
	}
	if (high & top)
		return false;
	for (; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c >= 0x80)
			return false;
		to[i] = (char)(c | ((unsigned char)(c - 'A') < 26) << 5);
	}
	return true;
}

/* All of a text that is ASCII; false: it is not, and nothing was added. */
static bool
add_ascii(struct buf *b, struct slice s)
{
	if (s.n == 0)
		return true;
	if (b->cap - b->n < s.n)
		buf_room(b, s.n);
	if (!fold_ascii(s, b->p + b->n))
		return false;
	b->n += s.n;
	return true;
}

void
fold_add(struct buf *b, struct slice s)
{
	size_t i = 0;

	if (s.n < 8 * BLOCK && add_ascii(b, s))
		return;
	while (i < s.n) {
		size_t stop = s.n - i < BLOCK ? s.n : i + BLOCK;

		if (s.n - i >= BLOCK) {
			if (b->cap - b->n < BLOCK)
				buf_room(b, s.n - i);
			if (lower_block((const unsigned char *)s.p + i, (unsigned char *)b->p + b->n)) {
				i += BLOCK;
				b->n += BLOCK;
				continue;
			}
		}
		while (i < stop)
			i = add_point(b, s, i);
	}
}

static inline bool
folded_block(const unsigned char *p)
{
	unsigned char bad = 0;

	for (size_t i = 0; i < BLOCK; i++)
		bad |= (unsigned char)((p[i] & 0x80) | ((unsigned char)(p[i] - 'A') < 26));
	return bad == 0;
}

/* The place behind the code points that begin before `stop`; 0: one of them is not folded. */
static size_t
folded_points(struct slice s, size_t at, size_t stop)
{
	while (at < stop) {
		uint32_t c;

		at = utf8_next(s, at, &c);
		if (c != UTF8_BAD && fold_point(c) != c)
			return 0;
	}
	return at;
}

bool
fold_is(struct slice s)
{
	size_t i = 0;

	while (i < s.n) {
		if (s.n - i >= BLOCK && folded_block((const unsigned char *)s.p + i))
			i += BLOCK;
		else if ((i = folded_points(s, i, s.n - i < BLOCK ? s.n : i + BLOCK)) == 0)
			return false;
	}
	return true;
}
