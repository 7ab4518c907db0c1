#include "tests/unit/base.h"

#include "lib/base/buf.h"
#include "lib/base/hash.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"

#include <stdlib.h>

/* Counting goes 16 bytes at a time: every length and place against the plain way. */
static void
lines(void)
{
	char text[600];
	bool same = true;

	for (size_t i = 0; i < sizeof text; i++)
		text[i] = i % 7 == 0 || i % 11 < 2 ? '\n' : 'x';
	for (size_t n = 0; n <= sizeof text; n++) {
		size_t ends = 0, full = 0;
		char before = '\n';

		for (size_t i = 0; i < n; i++) {
			ends += text[i] == '\n';
			full += text[i] == '\n' && before != '\n';
			before = text[i];
		}
		full += before != '\n';
		same &= slice_count(slice_of(text, n), '\n') == ends && slice_lines(slice_of(text, n)) == full;
	}
	OK(same, "slice_count, slice_lines: as counted one by one");
	OK(slice_lines(SLICE("\r\na\r\n \t\n\n b\n\r\n")) == 2 && slice_lines(SLICE("a\n\r\n")) == 1 && slice_lines(SLICE("  ")) == 0,
	    "slice_lines: lines of blanks alone are none");
	OK(slice_behind_lines(SLICE("\r\na\r\n\nb\nc"), 1) == 5 && slice_behind_lines(SLICE("a\n\n"), 2) == 3,
	    "slice_behind_lines: the place behind a line, blank ones before it included");
}

static void
slices(void)
{
	struct slice rest = SLICE("a,,b"), none = {NULL, 0}, s = SLICE("The Quick");

	SAME(slice_cut(&rest, ','), SLICE("a"), "slice_cut: first");
	SAME(slice_cut(&rest, ','), none, "slice_cut: an empty one");
	SAME(slice_cut(&rest, ','), SLICE("b"), "slice_cut: last");
	OK(rest.p == NULL, "slice_cut: no more");
	lines();
	SAME(slice_trim(SLICE(" \t\r\nx y\n")), SLICE("x y"), "slice_trim");
	SAME(slice_trim(SLICE(" \n")), none, "slice_trim: blanks only");
	SAME(slice_head(s, 99), s, "slice_head");
	SAME(slice_from(s, 99), none, "slice_from");
	OK(slice_eq(none, SLICE("")) && slice_starts(s, none) && slice_ends(s, none) && slice_has(none, none), "the empty slice");
	OK(slice_eq_nocase(s, SLICE("tHE qUICK")) && !slice_eq_nocase(SLICE("[@"), SLICE("{`")), "slice_eq_nocase: letters only");
	OK(!slice_eq_nocase(SLICE("\xc3\x84"), SLICE("\xc3\xa4")), "slice_eq_nocase: ASCII only");
	OK(slice_ends_nocase(s, SLICE("QUICK")) && !slice_starts_nocase(s, SLICE("The Quick fox")), "slice_ends_nocase");
	INT(slice_find(s, 'Q'), 4, "slice_find");
	INT(slice_find(none, 'Q'), 0, "slice_find: nothing");
	INT(slice_rfind(SLICE("aXbX"), 'X'), 3, "slice_rfind");
	INT(slice_find_slice(s, SLICE("Quack")), 9, "slice_find_slice: none");
	INT(slice_find_slice(s, SLICE("ick")), 6, "slice_find_slice");
	OK(slice_cmp(SLICE("a"), SLICE("ab")) < 0 && slice_cmp(SLICE("\xff"), SLICE("a")) > 0 && slice_cmp(s, s) == 0,
		"slice_cmp");
}

static void
bufs(void)
{
	struct buf b = {0};

	buf_u64(&b, UINT64_MAX);
	buf_byte(&b, ' ');
	buf_i64(&b, INT64_MIN);
	buf_byte(&b, ' ');
	buf_pad(&b, 7, 3);
	buf_pad(&b, 1234, 3);
	SAME(buf_slice(&b), SLICE("18446744073709551615 -9223372036854775808 0071234"), "buf: numbers");
	buf_reset(&b);
	buf_f64(&b, 0.1);
	buf_byte(&b, ' ');
	buf_f64(&b, 1.0 / 3);
	buf_byte(&b, ' ');
	buf_f64(&b, strtod("inf", NULL));
	SAME(buf_slice(&b), SLICE("0.1 0.3333333333333333 null"), "buf_f64");
	buf_reset(&b);
	buf_hex(&b, "\x00\xff", 2);
	buf_base64(&b, SLICE("foob"));
	SAME(buf_slice(&b), SLICE("00ffZm9vYg=="), "buf_hex, buf_base64");
	OK(strcmp(buf_cstr(&b), "00ffZm9vYg==") == 0 && b.n == 12, "buf_cstr");
	buf_free(&b);
}

/* Vectors: CPython 3.11, whose hash of bytes is SipHash-1-3, with its key 0; the empty one: Rust's DefaultHasher. */
static void
hashes(void)
{
	OK(hash_slice(SLICE("")) == 0xd1fba762150c532cu, "SipHash-1-3: nothing");
	OK(hash_slice(SLICE("a")) == 0x407448d2b89b1813u, "SipHash-1-3: a");
	OK(hash_slice(SLICE("abcdefgh")) == 0x3f7b849c0b8e35eau, "SipHash-1-3: a word");
	OK(hash_slice(SLICE("irpipe reads logs")) == 0x6509fbf836b56418u, "SipHash-1-3: words and a rest");
	hash_seed();
	OK(hash_slice(SLICE("a")) != 0x407448d2b89b1813u, "hash_seed: another key");
}

static void
maps(void)
{
	enum { MANY = 100000 };
	struct map m = {0};
	struct buf b = {0};
	bool made, good = true;

	OK(map_get(&m, SLICE("x")) == NULL, "map_get: empty");
	for (int round = 0; round < 2; round++) {
		for (uint64_t i = 0; i < MANY; i++) {
			buf_reset(&b);
			buf_u64(&b, i);
			map_put(&m, buf_slice(&b), &made)->v.u = i;
			good &= made == (round == 0);
		}
		INT(m.n, MANY, "map: rows");
	}
	for (uint64_t i = 0; i < MANY; i++) {
		struct map_row *r;

		buf_reset(&b);
		buf_u64(&b, i);
		r = map_get(&m, buf_slice(&b));
		good &= r && r->v.u == i && r == &m.row[i];
	}
	OK(good, "map: all there, in order of insertion");
	OK(map_get(&m, SLICE("100000")) == NULL, "map_get: none");
	map_put(&m, slice_of(NULL, 0), &made);
	OK(made && map_get(&m, SLICE("")) && !map_get(&m, SLICE("\0")), "map: the empty key");
	map_reset(&m);
	OK(m.n == 0 && map_get(&m, SLICE("7")) == NULL && map_put(&m, SLICE("7"), NULL)->v.u == 0, "map_reset");
	map_free(&m);
	buf_free(&b);
}

static void
arenas(void)
{
	struct arena a = {0};
	bool good = true;
	char *big;

	for (size_t n = 0; n < 3000; n++) {
		char *p = arena_zero(&a, n);

		good &= (uintptr_t)p % 16 == 0;
		memset(p, 1, n);
	}
	OK(good, "arena: aligned");
	SAME(arena_slice(&a, SLICE("kept")), SLICE("kept"), "arena_slice");
	big = arena_alloc(&a, 5000000);
	memset(big, 1, 5000000);
	arena_reset(&a);
	OK(a.used == 0 && a.first, "arena_reset keeps a block");
	arena_free(&a);
	OK(a.first == NULL, "arena_free");
}

int
main(void)
{
	slices();
	bufs();
	hashes();
	maps();
	arenas();
	base_addr();
	base_io();
	base_text();
	base_time();
	return unit_done();
}
