#include "lib/port/fold.h"
#include "tests/unit/unit.h"

#include "lib/base/mem.h"

#include <stdlib.h>

static void
points(void)
{
	static const struct {
		uint32_t c, want;
		const char *name;
	} t[] = {
		{'A', 'a', "A"}, {'Z', 'z', "Z"}, {'@', '@', "before A"}, {'[', '[', "behind Z"}, {'a', 'a', "a"},
		{0x212a, 'k', "Kelvin sign"}, {0x212b, 0xe5, "Angstrom sign"}, {0x17f, 's', "long s"}, {0xb5, 0x3bc, "micro sign"},
		{0xdf, 0xdf, "sharp s stays"}, {0x1e9e, 0xdf, "capital sharp s"}, {0x130, 0x130, "dotted capital I stays"},
		{0x131, 0x131, "dotless i stays"}, {0x3c2, 0x3c3, "final sigma"}, {0x3a3, 0x3c3, "Sigma"}, {0x345, 0x3b9, "ypogegrammeni"},
		{0x410, 0x430, "Cyrillic A"}, {0x1f88, 0x1f80, "Greek with ypogegrammeni"}, {0x1fbc, 0x1fb3, "Greek title case"},
		{0x1c5, 0x1c6, "title case dz"}, {0x13f8, 0x13f0, "Cherokee folds up"}, {0x13a0, 0x13a0, "Cherokee capital"},
		{0x10400, 0x10428, "Deseret"}, {0x1e921, 0x1e943, "Adlam"}, {0x4e00, 0x4e00, "CJK"}, {0x10ffff, 0x10ffff, "last"},
		{0x110000, 0x110000, "behind the last"}, {0xfb00, 0xfb00, "ligature stays"}, {0x23a, 0x2c65, "longer when folded"},
	};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		INT(fold_point(t[i].c), t[i].want, t[i].name);
}

/* Folding is done once: what is folded stays as it is. */
static void
idempotent(void)
{
	uint32_t c = 0, changed = 0;

	while (c < 0x110000 && fold_point(fold_point(c)) == fold_point(c)) {
		changed += fold_point(c) != c;
		c++;
	}
	INT(c, 0x110000, "each code point folds to one that stays");
	OK(changed > 1300 && changed < 1600, "%u code points fold (Unicode 14 has 1,446)", changed);
}

static void
texts(void)
{
	static const struct {
		struct slice in, want;
		const char *name;
	} t[] = {
		{SLICE_INIT(""), SLICE_INIT(""), "empty"},
		{SLICE_INIT("Hello, WORLD [@`{"), SLICE_INIT("hello, world [@`{"), "short ASCII"},
		{SLICE_INIT("\xe2\x84\xaa" "ELVIN"), SLICE_INIT("kelvin"), "shorter"},
		{SLICE_INIT("\xc8\xba"), SLICE_INIT("\xe2\xb1\xa5"), "longer"},
		{SLICE_INIT("A\xff" "B\xc3"), SLICE_INIT("a\xff" "b\xc3"), "bad bytes stay"},
		{SLICE_INIT("\xc1\x81\xed\xa0\x80" "X"), SLICE_INIT("\xc1\x81\xed\xa0\x80" "x"), "overlong and surrogate stay"},
		{SLICE_INIT("\xf0\x90\x90\x80\xf0\x9f\x98\x80"), SLICE_INIT("\xf0\x90\x90\xa8\xf0\x9f\x98\x80"), "four bytes"},
		{SLICE_INIT("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJK\xc3\x84XYZ"),
		    SLICE_INIT("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk\xc3\xa4xyz"), "a code point over a block's end"},
		{SLICE_INIT("a\0B"), SLICE_INIT("a\0b"), "NUL inside"},
	};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct buf b = {0};

		fold_add(&b, t[i].in);
		SAME(buf_slice(&b), t[i].want, t[i].name);
		INT(fold_is(t[i].in), slice_eq(t[i].in, t[i].want), t[i].name);
		OK(fold_is(t[i].want), "%s: folded is folded", t[i].name);
		buf_free(&b);
	}
}

/* Blocks, tails and code points at each offset agree with one code point at a time. */
static void
offsets(void)
{
	bool ok = true, is = true;

	for (size_t pre = 0; pre < 140; pre++) {
		struct buf in = {0}, want = {0}, got = {0};

		for (size_t i = 0; i < pre; i++) {
			buf_byte(&in, (char)('A' + i % 26));
			buf_byte(&want, (char)('a' + i % 26));
		}
		buf_lit(&in, "\xd0\x90\xe2\x84\xaa!");
		buf_lit(&want, "\xd0\xb0k!");
		for (size_t i = 0; i < 70; i++) {
			buf_byte(&in, 'Q');
			buf_byte(&want, 'q');
		}
		fold_add(&got, buf_slice(&in));
		ok = ok && slice_eq(buf_slice(&got), buf_slice(&want));
		is = is && fold_is(buf_slice(&want)) && !fold_is(buf_slice(&in));
		buf_free(&in);
		buf_free(&want);
		buf_free(&got);
	}
	OK(ok, "blocks and code points at 140 offsets");
	OK(is, "fold_is at 140 offsets");
}

int
main(void)
{
	fold_start();
	fold_start();
	points();
	idempotent();
	texts();
	offsets();
	return unit_done();
}
