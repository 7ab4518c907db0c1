#include "lib/port/pcre.h"
#include "tests/unit/unit.h"

#include "lib/base/buf.h"

#include <stdio.h>
#include <time.h>

static struct pcre_room *room;

static void
matches(void)
{
	static const struct {
		const char *pattern;
		unsigned flags;
		struct slice subject;
		enum pcre_verdict want;
		size_t from, to;
	} c[] = {
		{"b+", 0, SLICE_INIT("abbc"), PCRE_YES, 1, 3},
		{"b+", 0, SLICE_INIT("ac"), PCRE_NO, 0, 0},
		{"", 0, SLICE_INIT(""), PCRE_YES, 0, 0},
		{"^$", 0, SLICE_INIT(""), PCRE_YES, 0, 0},
		{"B", 0, SLICE_INIT("abc"), PCRE_NO, 0, 0},
		{"B", PCRE_CASELESS, SLICE_INIT("abc"), PCRE_YES, 1, 2},
		{"^b", 0, SLICE_INIT("a\nb"), PCRE_NO, 0, 0},
		{"^b", PCRE_MULTILINE, SLICE_INIT("a\nb"), PCRE_YES, 2, 3},
		{"a.b", 0, SLICE_INIT("a\nb"), PCRE_NO, 0, 0},
		{"a.b", PCRE_DOTALL, SLICE_INIT("a\nb"), PCRE_YES, 0, 3},
		{"a.b", 0, SLICE_INIT("a\xc3\xa9" "b"), PCRE_YES, 0, 4},
		{"^.$", 0, SLICE_INIT("\xf0\x9f\x98\x80"), PCRE_YES, 0, 4},
		{"\xc3\x89", PCRE_CASELESS, SLICE_INIT("x\xc3\xa9"), PCRE_YES, 1, 3},
		{"\\x{212a}", PCRE_CASELESS, SLICE_INIT("k"), PCRE_YES, 0, 1},
		{"k", PCRE_CASELESS, SLICE_INIT("\xe2\x84\xaa"), PCRE_YES, 0, 3},
		{"\\x{100}", 0, SLICE_INIT("plain"), PCRE_NO, 0, 0},
		{"\\p{Lu}", 0, SLICE_INIT("aB"), PCRE_YES, 1, 2},
		{"a\\x00b", 0, SLICE_INIT("a\0b"), PCRE_YES, 0, 3},
		{"b", 0, SLICE_INIT("\xff\xfe" "b"), PCRE_YES, 2, 3},
		{"^.b", 0, SLICE_INIT("\xff" "b"), PCRE_NO, 0, 0},
		{"(?i)\\\\(cmd|powershell)\\.exe$", 0, SLICE_INIT("C:\\Windows\\CMD.EXE"), PCRE_YES, 10, 18},
		{"(?<=a)b(?!c)", 0, SLICE_INIT("abcab"), PCRE_YES, 4, 5},
		{"(a)(b)(c)(d)\\1", 0, SLICE_INIT("abcda"), PCRE_YES, 0, 5},
	};

	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct fault f = {0};
		struct pcre *p = pcre_new(slice_str(c[i].pattern), c[i].flags, &f);
		size_t from = 0, to = 0;

		if (!OK(p != NULL, "/%s/: compiled", c[i].pattern))
			continue;
		INT(pcre_match(p, room, c[i].subject, &from, &to), c[i].want, c[i].pattern);
		INT(from, c[i].from, "from");
		INT(to, c[i].to, "to");
		INT(pcre_match(p, room, c[i].subject, NULL, NULL), c[i].want, "without places");
		pcre_free(p);
	}
}

static void
refused(void)
{
	static const struct {
		const char *pattern, *what;
		uint64_t offset;
	} c[] = {
		{"a(b", "regex: not valid", 3}, {"a[b", "regex: not valid", 3}, {"*", "regex: not valid", 0},
		{"a\\Cb", "regex: not valid", 3}, {"(*LIMIT_MATCH=1000000)a", "regex: (*...) at the start is refused", 0},
		{"(*NO_JIT)a", "regex: (*...) at the start is refused", 0}, {"a\xff", "regex: not valid", 1},
		{"(?<=a*)b", "regex: not valid", 0},
	};
	struct buf b = {0};
	struct fault f = {0};
	struct pcre *p;

	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		OK((p = pcre_new(slice_str(c[i].pattern), 0, &f)) == NULL, "/%s/: refused", c[i].pattern);
		SAME(slice_str(f.what), slice_str(c[i].what), c[i].pattern);
		INT(f.offset, c[i].offset, "offset");
		pcre_free(p);
	}
	for (int i = 0; i < 4096; i++)
		buf_byte(&b, 'a');
	p = pcre_new(buf_slice(&b), 0, &f);
	OK(p != NULL, "4096 bytes of pattern");
	pcre_free(p);
	buf_byte(&b, 'a');
	OK(pcre_new(buf_slice(&b), 0, &f) == NULL, "4097 bytes of pattern: refused");
	SAME(slice_str(f.what), SLICE("regex: longer than 4096 bytes"), "4097 bytes: words");
	buf_free(&b);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* n times `fill`, then `end`. */
static void
verdict(const char *pattern, const char *fill, size_t n, const char *end, enum pcre_verdict want)
{
	struct buf b = {0};
	struct fault f = {0};
	struct pcre *p = pcre_new(slice_str(pattern), 0, &f);
	double from;

	for (size_t i = 0; i < n; i++)
		buf_str(&b, fill);
	buf_str(&b, end);
	if (OK(p != NULL, "/%s/: compiled", pattern)) {
		from = now();
		INT(pcre_match(p, room, buf_slice(&b), NULL, NULL), want, pattern);
		OK(now() - from < 2, "/%s/ on %zu bytes: %.1f ms", pattern, b.n, (now() - from) * 1e3);
	}
	pcre_free(p);
	buf_free(&b);
}

static void
bounds(void)
{
	verdict("(a+)+$", "a", 40, "b", PCRE_UNDECIDED);
	verdict("(a|a)*[cd]", "a", 60, "b", PCRE_UNDECIDED);
	verdict("(x+x+)+[yz]", "x", 60000, "", PCRE_UNDECIDED);
	verdict("needle", "x", 65536, "", PCRE_NO);
	verdict("needle", "x", 65530, "needle", PCRE_YES);
	verdict("needle", "x", 65530, "needleX", PCRE_YES);
	verdict("needle", "x", 65536, "needle", PCRE_UNDECIDED);
	verdict("needle", "x", 65537, "", PCRE_UNDECIDED);
	verdict("x$", "x", 70000, "", PCRE_UNDECIDED);
	verdict("^x", "x", 70000, "", PCRE_YES);
	/* The cut falls inside of a code point. */
	verdict("^\xe2\x82\xac", "\xe2\x82\xac", 30000, "", PCRE_YES);
	verdict("b", "\xe2\x82\xac", 30000, "b", PCRE_UNDECIDED);
	verdict("^(?:(a|b|c|d|ab)|(?:e))*$", "abcde", 13000, "", PCRE_YES);
}

int
main(void)
{
	room = pcre_room_new();
	if (!OK(room != NULL, "room"))
		return unit_done();
	matches();
	refused();
	bounds();
	pcre_room_free(room);
	pcre_room_free(NULL);
	pcre_free(NULL);
	return unit_done();
}
