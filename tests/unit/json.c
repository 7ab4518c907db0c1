#include "lib/json/json.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <stdlib.h>

/* What each document is refused for, and where. */
static void
faults(void)
{
	static const struct { struct slice doc; const char *what; uint64_t offset; } bad[] = {
		{SLICE_INIT(""), "json-syntax: the text ends early", 0},
		{SLICE_INIT("{\"a\":1"), "json-syntax: the text ends early", 6},
		{SLICE_INIT("{\"a\" 1}"), "json-syntax: a colon is missing", 5},
		{SLICE_INIT("{a:1}"), "json-syntax: a name in quotes is missing", 1},
		{SLICE_INIT("{\"a\":1,}"), "json-syntax: a name in quotes is missing", 7},
		{SLICE_INIT("[1,]"), "json-syntax: a value is missing", 3},
		{SLICE_INIT("[1 2]"), "json-syntax: a comma or ] is missing", 3},
		{SLICE_INIT("{\"a\":1]"), "json-syntax: a comma or } is missing", 6},
		{SLICE_INIT("[01]"), "json-syntax: a comma or ] is missing", 2},
		{SLICE_INIT("[-]"), "json-syntax: bad number", 1},
		{SLICE_INIT("[1.]"), "json-syntax: bad number", 1},
		{SLICE_INIT("[1e]"), "json-syntax: bad number", 1},
		{SLICE_INIT("[NaN]"), "json-syntax: a value is missing", 1},
		{SLICE_INIT("[+1]"), "json-syntax: a value is missing", 1},
		{SLICE_INIT("[tru]"), "json-syntax: an unknown word", 1},
		{SLICE_INIT("[truex]"), "json-syntax: a comma or ] is missing", 5},
		{SLICE_INIT("1 2"), "json-syntax: something follows the value", 2},
		{SLICE_INIT("[\"\\x\"]"), "json-syntax: no such escape", 2},
		{SLICE_INIT("[\"\\u12g4\"]"), "json-syntax: \\u wants four hex digits", 2},
		{SLICE_INIT("[\"a\tb\"]"), "json-syntax: a control character in a string", 3},
		{SLICE_INIT("[\"a"), "json-syntax: a string does not end", 1},
		{SLICE_INIT("[\"\xc3(\"]"), "json-utf8: no UTF-8 (RFC 3629)", 2},
		{SLICE_INIT("[\"\xed\xa0\x80\"]"), "json-utf8: no UTF-8 (RFC 3629)", 2},
		{SLICE_INIT("[\xff]"), "json-utf8: no UTF-8 (RFC 3629)", 1},
		{SLICE_INIT("\xef\xbb\xbf{}"), "json-syntax: a value is missing", 0},
	};
	struct json *j = json_new(&json_limits_stream);
	struct fault f;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		bool ok = json_one(j, bad[i].doc, &f);

		OK(!ok && strcmp(f.what, bad[i].what) == 0 && f.offset == bad[i].offset,
		    "case %zu: %s at %llu (got %s at %llu)", i,
		    bad[i].what, (unsigned long long)bad[i].offset, ok ? "no fault" : f.what, (unsigned long long)f.offset);
	}
	json_free(j);
}

static void
limits(void)
{
	static const struct json_limits small = {40, 3, 5};
	static const struct { struct slice doc; const char *what; } row[] = {
		{SLICE_INIT("[[[1]]]"), NULL},
		{SLICE_INIT("[[[[1]]]]"), "json-depth: nested deeper than the limit"},
		{SLICE_INIT("{\"a\":1,\"b\":2}"), NULL},
		{SLICE_INIT("[1,2,3,4,5]"), "json-count: more values than the limit"},
		{SLICE_INIT("\"12345678901234567890123456789012345678\""), NULL},
		{SLICE_INIT("\"123456789012345678901234567890123456789\""), "json-length: longer than the limit"},
	};
	struct json *j = json_new(&small);
	struct fault f;

	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		bool one = json_one(j, row[i].doc, &f), ok = row[i].what == NULL;

		OK(one == ok && (ok || strcmp(f.what, row[i].what) == 0), "limit %zu: one document", i);
		json_block(j, row[i].doc);
		OK(json_line(j, &f) && j->ok == ok && (ok || strcmp(f.what, row[i].what) == 0), "limit %zu: a line", i);
	}
	json_free(j);
}

/* 256 containers are taken, 257 are not, and a million of them cost nothing. */
static void
deep(void)
{
	struct json *j = json_new(&json_limits_stream);
	struct buf b = {0};
	struct fault f;

	for (int i = 0; i < 256; i++)
		buf_byte(&b, '[');
	for (int i = 0; i < 256; i++)
		buf_byte(&b, ']');
	OK(json_one(j, buf_slice(&b), &f) && j->nodes == 256 && j->node[255].depth == 255, "256 deep");
	buf_reset(&b);
	for (int i = 0; i < 1000000; i++)
		buf_byte(&b, '[');
	OK(!json_one(j, buf_slice(&b), &f) && slice_starts(slice_str(f.what), SLICE("json-depth:")) && f.offset == 256,
	    "a million deep");
	buf_free(&b);
	json_free(j);
}

static void
lines(void)
{
	static const char text[] = "{\"a\":1}\r\n\n  \t\n {\"b\":\"x \n[\"y\"] \n{\"c\":2";
	static const struct { struct slice line; uint64_t at; bool ok; } want[] = {
		{SLICE_INIT("{\"a\":1}"), 0, true}, {SLICE_INIT("{\"b\":\"x"), 15, false}, {SLICE_INIT("[\"y\"]"), 24, true},
		{SLICE_INIT("{\"c\":2"), 31, false},
	};
	struct json *j = json_new(&json_limits_stream);
	struct fault f;
	size_t n = 0;

	json_block(j, slice_str(text));
	for (; json_line(j, &f); n++) {
		SAME(j->line, want[n].line, "line");
		OK(j->at == want[n].at && j->ok == want[n].ok, "line %zu: place and verdict", n);
		OK(json_one(j, SLICE("[1,2]"), &f) && j->nodes == 3, "a document between two lines");
	}
	INT(n, 4, "lines");
	json_block(j, SLICE(""));
	OK(!json_line(j, &f), "an empty block");
	json_free(j);
}

/* A line longer than the limit is one refusal; its neighbours are read. */
static void
long_lines(void)
{
	static const struct json_limits limit = {300000, 256, 1000};
	struct json *j = json_new(&limit);
	struct buf b = {0};
	struct fault f;

	buf_str(&b, "1\n\"");
	for (int i = 0; i < 290000; i++)
		buf_byte(&b, 'x');
	buf_str(&b, "\"\n\"");
	for (int i = 0; i < 900000; i++)
		buf_byte(&b, 'x');
	buf_str(&b, "\"\n2\n");
	json_block(j, buf_slice(&b));
	OK(json_line(j, &f) && j->ok && j->line.n == 1, "before");
	OK(json_line(j, &f) && j->ok && j->line.n == 290002, "longer than a batch");
	OK(json_line(j, &f) && !j->ok && slice_starts(slice_str(f.what), SLICE("json-length:")) && j->line.n == 900002,
	    "too long");
	OK(json_line(j, &f) && j->ok && j->line.p[0] == '2', "behind");
	OK(!json_line(j, &f), "end");
	buf_free(&b);
	json_free(j);
}

static void
texts(void)
{
	static const struct { struct slice doc, text; } row[] = {
		{SLICE_INIT("\"plain\""), SLICE_INIT("plain")},
		{SLICE_INIT("\"\""), SLICE_INIT("")},
		{SLICE_INIT("\"C:\\\\Win\\/\\\"q\\\"\""), SLICE_INIT("C:\\Win/\"q\"")},
		{SLICE_INIT("\"\\b\\f\\n\\r\\t\""), SLICE_INIT("\b\f\n\r\t")},
		{SLICE_INIT("\"\\u0041\\u00e9\\u20AC\\ud83d\\uDE00\""), SLICE_INIT("A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")},
		{SLICE_INIT("\"\\ud800x\\udc00\\ud800\\u0041\""), SLICE_INIT("\xef\xbf\xbdx\xef\xbf\xbd\xef\xbf\xbd" "A")},
		{SLICE_INIT("\"\\u0000\""), SLICE_INIT("\0")},
		{SLICE_INIT("-1.50"), SLICE_INIT("-1.50")},
	};
	struct json *j = json_new(&json_limits_stream);
	struct buf scratch = {0};
	struct fault f;

	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		OK(json_one(j, row[i].doc, &f), "text %zu is read", i);
		SAME(json_text(j, 0, &scratch), row[i].text, "decoded");
		buf_reset(&scratch);
		json_text_add(j, 0, &scratch);
		SAME(buf_slice(&scratch), row[i].text, "appended");
	}
	buf_free(&scratch);
	json_free(j);
}

static void
numbers(void)
{
	static const struct { const char *doc; bool i, u; int64_t iv; uint64_t uv; } row[] = {
		{"0", true, true, 0, 0}, {"-0", true, true, 0, 0}, {"1.0", true, true, 1, 1}, {"1e3", true, true, 1000, 1000},
		{"120e-1", true, true, 12, 12}, {"1.5", false, false, 0, 0}, {"15e-1", false, false, 0, 0},
		{"-7", true, false, -7, 0},
		{"9007199254740993", true, true, 9007199254740993, 9007199254740993u},
		{"9223372036854775807", true, true, INT64_MAX, INT64_MAX},
		{"9223372036854775808", false, true, 0, 9223372036854775808u},
		{"-9223372036854775808", true, false, INT64_MIN, 0}, {"-9223372036854775809", false, false, 0, 0},
		{"18446744073709551615", false, true, 0, UINT64_MAX}, {"18446744073709551616", false, false, 0, 0},
		{"1000000000000000000000e-20", true, true, 10, 10}, {"0.00000000000000000000000000", true, true, 0, 0},
		{"1e99999999999999999999", false, false, 0, 0}, {"1e-99999999999999999999", false, false, 0, 0},
		{"0e99999999999999999999", true, true, 0, 0}, {"\"1\"", false, false, 0, 0}, {"true", false, false, 0, 0},
	};
	struct json *j = json_new(&json_limits_stream);
	struct fault f;

	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		int64_t iv = 0;
		uint64_t uv = 0;

		OK(json_one(j, slice_str(row[i].doc), &f), "%s is read", row[i].doc);
		OK(json_i64(j, 0, &iv) == row[i].i && (!row[i].i || iv == row[i].iv), "%s as i64", row[i].doc);
		OK(json_u64(j, 0, &uv) == row[i].u && (!row[i].u || uv == row[i].uv), "%s as u64", row[i].doc);
	}
	json_free(j);
}

static void
doubles(void)
{
	struct json *j = json_new(&json_limits_stream);
	struct fault f;
	double d = 0;

	OK(json_one(j, SLICE("-12.5e-1"), &f) && json_f64(j, 0, &d) && fabs(d + 1.25) < 1e-12, "a double");
	OK(json_one(j, SLICE("\"1\""), &f) && !json_f64(j, 0, &d), "a string is no number");
	json_free(j);
}

static void
lookups(void)
{
	static const char doc[] = "{\"a\":{\"b\":{\"c\":1},\"b.c\":2,\"x\":[{\"y\":3}]},\"d.e\":4,\"d\":{\"e\":5},\"\\u0061b\":6,"
	    "\"q\":7,\"q\":8,\"r\":{\"s\":9},\"r.s\":10,\"m.n\":0,\"m\":{\"n\":{\"o\":11}}}";
	static const struct { struct slice path, want; } row[] = {
		{SLICE_INIT("a.b.c"), SLICE_INIT("1")}, {SLICE_INIT("d.e"), SLICE_INIT("4")},
		{SLICE_INIT("ab"), SLICE_INIT("6")},
		{SLICE_INIT("q"), SLICE_INIT("7")}, {SLICE_INIT("a.x"), SLICE_INIT("[{\"y\":3}]")},
		{SLICE_INIT("a.x.y"), SLICE_INIT("")},
		{SLICE_INIT("r.s"), SLICE_INIT("10")}, {SLICE_INIT("m.n.o"), SLICE_INIT("11")},
		{SLICE_INIT("a.b.c.d"), SLICE_INIT("")},
		{SLICE_INIT("nope"), SLICE_INIT("")}, {SLICE_INIT("A.b.c"), SLICE_INIT("")},
	};
	struct json *j = json_new(&json_limits_stream);
	struct fault f;

	OK(json_one(j, slice_str(doc), &f), "read");
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		uint32_t v = json_path(j, 0, row[i].path);

		SAME(v == JSON_NONE ? SLICE("") : json_raw(j, v), row[i].want, "path");
	}
	OK(json_get(j, 0, SLICE("d.e")) != JSON_NONE && json_get(j, 0, SLICE("a.b.c")) == JSON_NONE, "json_get knows no paths");
	SAME(json_raw(j, json_get(j, 0, SLICE("q"))), SLICE("7"), "the first of equal names");
	json_free(j);
}

static void
walking(void)
{
	struct json *j = json_new(&json_limits_stream);
	struct buf seen = {0};
	struct fault f;

	OK(json_one(j, SLICE("{\"a\":[1,[2]],\"b\":{\"c\":3},\"d\":{}}"), &f), "read");
	for (uint32_t k = json_first(j, 0); k != JSON_NONE; k = json_following(j, 0, k)) {
		buf_slice_add(&seen, json_inner(j, k));
		buf_slice_add(&seen, json_raw(j, json_value(j, k)));
		buf_byte(&seen, ';');
	}
	SAME(buf_slice(&seen), SLICE("a[1,[2]];b{\"c\":3};d{};"), "members");
	buf_reset(&seen);
	for (uint32_t v = json_first(j, 2); v != JSON_NONE; v = json_following(j, 2, v))
		buf_slice_add(&seen, json_raw(j, v));
	SAME(buf_slice(&seen), SLICE("1[2]"), "items");
	OK(json_first(j, json_get(j, 0, SLICE("d"))) == JSON_NONE, "an empty object has no first");
	buf_free(&seen);
	json_free(j);
}

int
main(void)
{
	faults();
	limits();
	deep();
	lines();
	long_lines();
	texts();
	numbers();
	doubles();
	lookups();
	walking();
	return unit_done();
}
