#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/json/json.h"
#include "tests/unit/json_rand.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

/*
 * Every engine against the plain reader: the same verdict on each line of a block, the same tape from each engine, and
 * lines beside a damaged one are never touched by it.
 */

static const char *const engine[] = {"avx512", "avx2", "sse2", "c"};
enum { ENGINES = sizeof engine / sizeof engine[0] };

static struct json *reader[ENGINES];	/* NULL: not on this machine */

/* The next piece that is no line of blanks; false at the end. */
static bool
next_line(struct slice *rest, struct slice *line)
{
	while (rest->p) {
		*line = slice_trim(slice_cut(rest, '\n'));
		if (line->n)
			return true;
	}
	return false;
}

/* One line as one reader has it; *why tells what is wrong. */
static bool
same_verdict(struct json *j, struct slice line, const char **why)
{
	struct fault got = {0}, want = {0};
	bool ok = json_check(line, &json_limits_stream, &want);

	if (!json_line(j, &got))
		*why = "a line is missing";
	else if (j->line.p != line.p || j->line.n != line.n)
		*why = "the line has other bounds";
	else if (j->ok != ok)
		*why = ok ? "refused, but the plain reader accepts" : "accepted, but the plain reader refuses";
	else if (!ok && (strcmp(got.what, want.what) != 0 || got.offset != want.offset))
		*why = "another fault";
	return *why == NULL;
}

static bool
same_tape(const struct json *a, const struct json *b)
{
	return a->ok == b->ok && a->nodes == b->nodes && a->at == b->at &&
	    (!a->ok || memcmp(a->node, b->node, a->nodes * sizeof *a->node) == 0);
}

static bool
show(const char *why, const char *name, struct slice line)
{
	struct buf b = {0};

	buf_harmless(&b, line);
	OK(false, "%s: %s: %s", name, why, buf_cstr(&b));
	buf_free(&b);
	return false;
}

static bool
block_agrees(struct slice block)
{
	struct slice rest = block, line;
	struct fault f;

	for (size_t i = 0; i < ENGINES; i++)
		if (reader[i])
			json_block(reader[i], block);
	while (next_line(&rest, &line)) {
		const struct json *first = NULL;

		for (size_t i = 0; i < ENGINES; i++) {
			const char *why = NULL;

			if (reader[i] == NULL)
				continue;
			if (!same_verdict(reader[i], line, &why))
				return show(why, engine[i], line);
			if (first && !same_tape(first, reader[i]))
				return show("another tape", engine[i], line);
			first = reader[i];
		}
	}
	for (size_t i = 0; i < ENGINES; i++)
		if (reader[i] && json_line(reader[i], &f))
			return show("a line too many", engine[i], reader[i]->line);
	return true;
}

/* Blocks of generated lines: most good, some damaged, each at another place in its step; sometimes without the last \n. */
static void
differential(uint64_t seed, int blocks, uint32_t lines, uint32_t damaged, const char *name)
{
	struct rnd r = {seed};
	struct buf b = {0}, doc = {0};
	bool ok = true;

	for (int k = 0; k < blocks && ok; k++) {
		buf_reset(&b);
		for (uint32_t n = 1 + rnd(&r, lines); n; n--) {
			buf_reset(&doc);
			rnd_document(&r, &doc);
			if (rnd(&r, 100) < damaged)
				rnd_damage(&r, &doc);
			buf_slice_add(&b, buf_slice(&doc));
			if (n > 1 || rnd(&r, 2))
				buf_str(&b, rnd(&r, 4) ? "\n" : "\r\n");
		}
		ok = block_agrees(buf_slice(&b));
	}
	OK(ok, "%s", name);
	buf_free(&b);
	buf_free(&doc);
}

/* One document that may span lines. */
static void
single(uint64_t seed, int documents)
{
	struct rnd r = {seed};
	struct buf doc = {0};
	bool agree = true;

	for (int k = 0; k < documents && agree; k++) {
		struct fault f, want;
		struct slice line;
		bool ok;

		buf_reset(&doc);
		rnd_document(&r, &doc);
		if (k % 2)
			rnd_damage(&r, &doc);
		line = slice_trim(buf_slice(&doc));
		ok = json_check(line, &json_limits_stream, &want);
		for (size_t i = 0; i < ENGINES; i++)
			if (reader[i] && json_one(reader[i], buf_slice(&doc), &f) != ok)
				agree = show("json_one judges otherwise", engine[i], line);
	}
	OK(agree, "single documents: each engine and the plain reader agree");
	buf_free(&doc);
}

/* One bad line between two good ones, its fault at each place of three steps. */
static void
each_offset(const char *piece, size_t number)
{
	struct buf b = {0};
	bool ok = true;

	for (int pad = 0; pad < 200 && ok; pad++) {
		buf_reset(&b);
		buf_str(&b, "{\"a\":\"b\"}\n{\"k\":\"");
		for (int i = 0; i < pad; i++)
			buf_byte(&b, 'x');
		buf_str(&b, piece);
		buf_str(&b, "\"}\n{\"c\":[1,\"\\\\\"]}\n[\"\xc3\xa9\"]");
		ok = block_agrees(buf_slice(&b));
	}
	OK(ok, "piece %zu at each offset", number);
	buf_free(&b);
}

static void
offsets(void)
{
	static const char *const piece[] = {"", "\"", "\\", "\\\\", "\\\\\\", "\\u12", "\\u12f", "\\u12ff",
	    "\\ud83d\\ude00", "\\x", "\x01",
		"\t", "\xc3", "\xe2\x82", "\xe2\x82\xac", "\xf0\x9f\x98", "\xf0\x9f\x98\x80", "\xed\xa0\x80",
		"\xf4\x90\x80\x80", "\xc0\x80",
		"\x80", "\xff", "\",1:\"", "\"\"", "\":\"", "\",\"k2\":tru,\"", "\",\"k2\":1\x0c,\"k3\":\"",
		"\",\"k\":01,\"l\":\"",
		"\",\"k\":\xc3\xa9,\"l\":\"", "\"}\n\"", "\\\n"};

	for (size_t i = 0; i < sizeof piece / sizeof piece[0]; i++)
		each_offset(piece[i], i);
}

int
main(void)
{
	for (size_t i = 0; i < ENGINES; i++)
		if (json_force(engine[i]))
			reader[i] = json_new(&json_limits_stream);
	OK(reader[ENGINES - 1] != NULL, "plain C runs everywhere");
	offsets();
	differential(1, 20000, 6, 50, "small blocks, every second line damaged");
	differential(2, 40, 1500, 3, "blocks of more than one batch");
	differential(3, 10000, 3, 0, "good lines");
	single(4, 100000);
	for (size_t i = 0; i < ENGINES; i++)
		json_free(reader[i]);
	return unit_done();
}
