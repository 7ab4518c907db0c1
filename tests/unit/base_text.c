#include "tests/unit/base.h"

#include "lib/base/base64.h"
#include "lib/base/fault.h"
#include "lib/base/num.h"
#include "lib/base/utf8.h"

static const struct {
	const char *in;
	size_t bad;		/* offset; SIZE_MAX: all good */
	const char *mended;
} utf8[] = {
	{"", SIZE_MAX, ""}, {"plain text of some length", SIZE_MAX, "plain text of some length"},
	{"gr\xc3\xbc\xc3\x9f", SIZE_MAX, "gr\xc3\xbc\xc3\x9f"}, {"\xf4\x8f\xbf\xbf", SIZE_MAX, "\xf4\x8f\xbf\xbf"},
	{"\xed\x9f\xbf\xee\x80\x80", SIZE_MAX, "\xed\x9f\xbf\xee\x80\x80"}, {"12345678901\xff", 11, "12345678901\xef\xbf\xbd"},
	{"\xc0\x80", 0, "\xef\xbf\xbd\xef\xbf\xbd"}, {"\xe0\x80\x80", 0, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
	{"\xed\xa0\x80", 0, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
	{"\xf4\x90\x80\x80", 0, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
	{"a\xe2\x82", 1, "a\xef\xbf\xbd"}, {"\xf0\x9f\x92z", 0, "\xef\xbf\xbdz"},
	{"\xf1\x80\x80\xe1\x80\xc2z", 0, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz"},
	{"\x80", 0, "\xef\xbf\xbd"}, {"\xf5\x80", 0, "\xef\xbf\xbd\xef\xbf\xbd"},
};

static const struct {
	const char *in, *out;
} harmless[] = {
	{"plain \\ text", "plain \\ text"}, {"\x1b[31m", "\\u{1b}[31m"}, {"a\nb\t\x7f", "a\\u{a}b\\u{9}\\u{7f}"},
	{"\xc2\x9b", "\\u{9b}"}, {"\x9b", "\\u{9b}"}, {"\xe2\x80\xae", "\\u{202e}"},
	{"\xe2\x81\xa6\xe2\x81\xa9", "\\u{2066}\\u{2069}"},
	{"\xd8\x9c", "\\u{61c}"}, {"\xe2\x80\xa8", "\\u{2028}"}, {"\xe2\x82\xac", "\xe2\x82\xac"},
	{"\xf0\x9f\x92", "\\u{f0}\\u{9f}\\u{92}"},
	{"\xff" "a", "\\u{ff}a"}, {"\xc2\xa0", "\xc2\xa0"},
};

static const struct {
	char how;		/* u num_u64, i num_i64, x num_hex, s num_size */
	const char *in;
	bool ok;
	int64_t want;
} nums[] = {
	{'u', "0", true, 0}, {'u', "18446744073709551615", true, -1}, {'u', "18446744073709551616", false, 0},
	{'u', "", false, 0},
	{'u', "+1", false, 0}, {'u', " 1", false, 0}, {'u', "1x", false, 0}, {'i', "-9223372036854775808", true, INT64_MIN},
	{'i', "-9223372036854775809", false, 0}, {'i', "9223372036854775807", true, INT64_MAX},
	{'i', "9223372036854775808", false, 0},
	{'i', "+7", true, 7}, {'i', "-", false, 0}, {'i', "--1", false, 0}, {'i', "", false, 0}, {'x', "0x1F", true, 31},
	{'x', "ffffffffffffffff", true, -1}, {'x', "10000000000000000", false, 0}, {'x', "00000000000000000001", true, 1},
	{'x', "0x", false, 0}, {'x', "", false, 0}, {'x', "g", false, 0}, {'s', "64k", true, 65536}, {'s', "1M", true, 1048576},
	{'s', "2GiB", true, 2147483648}, {'s', "5", true, 5}, {'s', "5B", true, 5}, {'s', "1TB", true, 1099511627776},
	{'s', "k", false, 0}, {'s', "1iB", false, 0}, {'s', "1ki", false, 0}, {'s', "1q", false, 0},
	{'s', "99999999999T", false, 0},
};

static const struct {
	const char *in;
	bool ok;
	double want;
} floats[] = {
	{"0", true, 0}, {"-1.5", true, -1.5}, {"0.1", true, 0.1}, {"123456789.012345", true, 123456789.012345},
	{"1e3", true, 1000},
	{"1.7976931348623157e308", true, 1.7976931348623157e308},
	{"3.14159265358979323846264338", true, 3.14159265358979323846264338},
	{"1e999", false, 0}, {"inf", false, 0}, {"nan", false, 0}, {"0x10", false, 0}, {"1.", false, 0}, {".5", false, 0},
	{"", false, 0},
	{"1e", false, 0}, {"1e+", false, 0}, {"-", false, 0}, {"1 ", false, 0}, {"1,5", false, 0},
};

static const struct {
	const char *in, *out;
} base64[] = {
	{"", ""}, {"Zg==", "f"}, {"Zm8=", "fo"}, {"Zm9v", "foo"}, {"Zm9vYmFy", "foobar"}, {"+/+/", "\xfb\xff\xbf"}, {"Zg", NULL},
	{"Zg=", NULL}, {"Zh==", NULL}, {"Zm9=", NULL}, {"Zg==Zg==", NULL}, {"====", NULL}, {"Z===", NULL}, {"Zm9v\n", NULL},
	{"Zm 9", NULL}, {"-_-_", NULL}, {"Zg=A", NULL},
};

static void
numbers(void)
{
	for (size_t i = 0; i < sizeof nums / sizeof *nums; i++) {
		struct slice s = slice_str(nums[i].in);
		uint64_t u = 0;
		int64_t v = 0;
		bool ok = nums[i].how == 'u' ? num_u64(s, &u) : nums[i].how == 'i' ? num_i64(s, &v) :
			nums[i].how == 'x' ? num_hex(s, &u) : num_size(s, &u);

		if (nums[i].how != 'i')
			v = (int64_t)u;
		OK(ok == nums[i].ok && (!ok || v == nums[i].want), "number %c \"%s\"", nums[i].how, nums[i].in);
	}
	for (size_t i = 0; i < sizeof floats / sizeof *floats; i++) {
		double d = 0;
		bool ok = num_f64(slice_str(floats[i].in), &d);

		OK(ok == floats[i].ok && (!ok || (d >= floats[i].want && d <= floats[i].want)), "num_f64 \"%s\"", floats[i].in);
	}
}

static void
faults(void)
{
	struct slice text = SLICE("one\ntwo\nthree");
	struct fault f;
	struct buf b = {0};
	char far[400];

	OK(!fault_near(&f, "a wrong word", SLICE("two\x1b"), 5), "fault_near is false");
	fault_locate(&f, text);
	fault_words(&f, &b);
	SAME(buf_slice(&b), SLICE("2:2: a wrong word: two\\u{1b}"), "fault_words");
	fault_set(&f, "x", 99);
	fault_locate(&f, text);
	INT(f.line * 100 + f.column, 306, "fault_locate: behind the end");
	fault_set(&f, "no place", 0);
	buf_reset(&b);
	fault_words(&f, &b);
	SAME(buf_slice(&b), SLICE("no place"), "fault_words: nothing known");
	for (size_t n = 70; n < 85; n++) {
		memset(far, 'a', sizeof far);
		memset(far + n, '\x1b', sizeof far - n);
		fault_place(&f, "x", slice_of(far, sizeof far), 1, 0);
		OK(strlen(f.near) < FAULT_NEAR && slice_ends(slice_str(f.near), SLICE("...")), "fault: cut at %zu", n);
	}
	memset(far, 'a', sizeof far);
	fault_place(&f, "x", slice_of(far, 79), 7, 0);
	INT(strlen(f.near), 79, "fault: what fits is whole");
	buf_reset(&b);
	fault_words(&f, &b);
	OK(slice_starts(buf_slice(&b), SLICE("7: x: aaa")), "fault_words: a line alone");
	buf_free(&b);
}

static void
tables(void)
{
	struct buf b = {0};

	for (size_t i = 0; i < sizeof utf8 / sizeof *utf8; i++) {
		struct slice s = slice_str(utf8[i].in);
		bool bad;

		buf_reset(&b);
		utf8_mend(s, &b, &bad);
		INT(utf8_bad(s), utf8[i].bad == SIZE_MAX ? s.n : utf8[i].bad, "utf8_bad");
		OK(bad == (utf8[i].bad != SIZE_MAX), "utf8_mend tells, case %zu", i);
		SAME(buf_slice(&b), slice_str(utf8[i].mended), "utf8_mend");
	}
	for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
		buf_reset(&b);
		buf_harmless(&b, slice_str(harmless[i].in));
		SAME(buf_slice(&b), slice_str(harmless[i].out), "buf_harmless");
	}
	for (size_t i = 0; i < sizeof base64 / sizeof *base64; i++) {
		buf_reset(&b);
		OK(base64_decode(slice_str(base64[i].in), &b) == (base64[i].out != NULL), "base64_decode \"%s\"", base64[i].in);
		SAME(buf_slice(&b), slice_str(base64[i].out ? base64[i].out : ""), "base64_decode: what it says");
	}
	buf_free(&b);
}

/* All code points there and back; surrogates become U+FFFD. */
static void
points(void)
{
	struct buf b = {0};
	uint32_t wrong = 0, cp;

	for (uint32_t want = 0; want < 0x110010; want++) {
		bool none = want > 0x10ffff || (want >= 0xd800 && want <= 0xdfff);

		buf_reset(&b);
		utf8_put(&b, want);
		wrong += utf8_next(buf_slice(&b), 0, &cp) != b.n || cp != (none ? 0xfffd : want);
	}
	INT(wrong, 0, "utf8_put and utf8_next: every code point");
	buf_free(&b);
}

void
base_text(void)
{
	numbers();
	faults();
	tables();
	points();
}
