/*
 * random COUNT SEED: JSON objects, one a line, full of what other readers alter: big and odd numbers, escapes, equal keys, blanks,
 * depth, Unicode.
 * random raw: the bytes of `raw` of each event and alert on stdin, one a line, in their order.
 */
#include "lib/base/in.h"
#include "lib/base/mem.h"
#include "lib/base/num.h"
#include "lib/base/out.h"
#include "lib/json/json.h"
#include "tests/unit/json_rand.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const odd[] = {
	"12345678901234567890", "1e400", "-0.0", "-0", "0.10", "1E+2", "1e-7", "9007199254740993", "123456789012345678901234567890.5",
	"\"\\u0041\\/\\b\\f\\ud83d\\ude00\"", "\"\\u00e9 \xc3\xa9 \xf0\x9f\x92\xa3 \xe2\x80\xae\"", "\"\\ud800 alone\"", "\"\\u0000\"",
	"{\"a\":1,\"a\":2,\"\":3,\"a\" : 1.0}", "[ ]", "{ \"k\" :\t[ 1 , 2.50 ] }", "\"2026-03-10T08:00:00.5Z\"", "\"<script>&amp;=cmd\"",
};

static void
deep(struct rnd *r, struct buf *b)
{
	uint32_t n = 10 + rnd(r, 100);

	for (uint32_t i = 0; i < n; i++)
		buf_str(b, i % 2 ? "{\"d\":" : "[");
	buf_lit(b, "1.00");
	for (uint32_t i = n; i-- > 0;)
		buf_byte(b, i % 2 ? '}' : ']');
}

static void
document(struct rnd *r, uint64_t serial, struct buf *b)
{
	uint32_t n = 1 + rnd(r, 8);

	buf_lit(b, "{\"serial\":");
	buf_u64(b, serial);
	for (uint32_t i = 0; i < n; i++) {
		buf_str(b, rnd(r, 4) ? "," : " ,\t");
		buf_str(b, rnd(r, 3) ? "\"v\":" : "\"\\u0076 ir.kind\" : ");
		if (rnd(r, 8) == 0)
			deep(r, b);
		else if (rnd(r, 3))
			buf_str(b, odd[rnd(r, sizeof odd / sizeof *odd)]);
		else
			rnd_document(r, b);
	}
	buf_str(b, rnd(r, 5) ? "}\n" : " }\n");
}

static int
make(uint64_t count, uint64_t seed)
{
	struct rnd r = {seed};
	struct out out = out_open(1);
	struct buf b = {0};

	for (uint64_t i = 1; i <= count; i++) {
		buf_reset(&b);
		document(&r, i, &b);
		out_add(&out, buf_slice(&b));
	}
	buf_free(&b);
	return out_end(&out, NULL) ? 0 : 4;
}

static void
one_raw(const struct json *j, struct out *out)
{
	uint32_t ir = json_get(j, 0, SLICE("ir")), raw = json_get(j, 0, SLICE("raw")), kind;

	if (ir == JSON_NONE || raw == JSON_NONE || json_type(j, ir) != JSON_OBJECT)
		return;
	kind = json_get(j, ir, SLICE("kind"));
	if (kind == JSON_NONE || !(slice_eq(json_inner(j, kind), SLICE("event")) || slice_eq(json_inner(j, kind), SLICE("alert"))))
		return;
	out_add(out, json_raw(j, raw));
	out_add(out, SLICE("\n"));
}

static int
raws(void)
{
	struct in in = in_open(0);
	struct out out = out_open(1);
	struct json *j = json_new(&json_limits_stream);
	struct fault f;

	while (in_more(&in))
		;
	json_block(j, in_view(&in));
	while (json_line(j, &f))
		if (j->ok)
			one_raw(j, &out);
	json_free(j);
	in_end(&in);
	return out_end(&out, NULL) ? 0 : 4;
}

int
main(int argc, char *argv[])
{
	uint64_t count, seed;

	if (argc == 2 && slice_eq(slice_str(argv[1]), SLICE("raw")))
		return raws();
	if (argc != 3 || !num_u64(slice_str(argv[1]), &count) || !num_u64(slice_str(argv[2]), &seed)) {
		fprintf(stderr, "usage: random COUNT SEED | random raw < STREAM\n");
		return 2;
	}
	return make(count, seed);
}
