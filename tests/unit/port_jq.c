/* libjq in its worker: verdicts, and the data and expressions that kill or hold libjq 1.6. */
#include "lib/port/jq.h"

#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/port/cell.h"
#include "lib/port/jqlex.h"
#include "tests/unit/unit.h"

static const struct {
	const char *text;
	unsigned column;	/* 0: allowed */
} lexed[] = {
	{ ".a == 1", 0 }, { "import \"a\" as a; .", 1 }, { "include \"a\"; .", 1 }, { ". | env", 5 }, { "$ENV", 2 },
	{ "$ # c\n ENV.HOME", 8 },
	{ "$ENVX", 0 }, { ".env.input", 0 }, { "\"env input debug\"", 0 }, { "\"a\\(env)b\"", 5 },
	{ "\"a\\(\"b\\(input)\")\"", 9 },
	{ "\"a\\(1)env\\(2)\" | debug", 18 }, { "# env\n.a", 0 }, { "# \"\nenv", 5 }, { "input", 1 }, { "inputs", 1 },
	{ "inputs_x", 0 },
	{ "input_line_number", 1 }, { "input_filename", 1 }, { "stderr", 1 }, { "halt", 1 }, { "1|halt_error", 3 },
	{ "get_search_list", 1 },
	{ "modulemeta", 1 }, { "$__loc__", 0 }, { "{env: 1, input: .a}", 0 }, { "{env: 1, b: input}", 13 }, { ".[input:]", 3 },
	{ ".[1,input:]", 5 },
	{ "{a: .[1,input:2]}", 9 }, { "{(env): 1}", 3 }, { "now", 1 }, { "@base64 \"x\\(debug)\"", 13 }, { "range(10)", 0 },
	{ "range(0; 10; 2)", 0 },
	{ "range(5; 1; -1)", 0 }, { "range(1e12)", 1 }, { "range(.a)", 1 }, { "range(0; length)", 1 },
	{ "[range(100000000)]", 2 },
	{ "range(0; 1; 0)", 1 }, { "range(1;2;3;4)", 1 }, { "range(0; 1e9; 1e4)", 0 }, { "gsub(\"\"; \"x\")", 1 },
	{ "gsub(\"^\"; \"x\")", 1 },
	{ "gsub( \"a*\"; \"x\")", 1 }, { "gsub(\"a+\"; \"x\")", 0 }, { "sub(\"(a|b)?\"; \"x\")", 1 },
	{ "sub(\"(a|)b\"; \"x\")", 0 },
	{ "splits(\", *\")", 0 }, { "splits(\" *\")", 1 }, { "gsub(\"\\\\b\"; \"x\")", 1 }, { "gsub(\"\\\\d\"; \"x\")", 0 },
	{ "gsub(\"(?=a)\"; \"\")", 1 },
	{ "gsub(\"a{0,3}\"; \"\")", 1 }, { "gsub(\"a{2}\"; \"\")", 0 }, { "gsub(\"[*]\"; \"\")", 0 },
	{ "gsub(\"(?i)x\"; \"\")", 0 }, { "gsub(\"x|\"; \"\")", 1 },
	{ "gsub(\"(?<n>x)\"; \"\")", 0 }, { "indices(\"\")", 1 }, { "indices(\"a\")", 0 }, { "gsub(.p; \"x\")", 0 },
};

static const struct {
	const char *text, *record;
	enum jq_verdict verdict;
	const char *cause;
} asked[] = {
	{ ".a == 1", "{\"a\":1}", JQ_YES, NULL }, { ".a == 1", "{\"a\":2}", JQ_NO, NULL },
	{ "select(.a)", "{\"a\":null}", JQ_NO, NULL },
	{ "empty", "{}", JQ_NO, NULL }, { "null, false, 0", "{}", JQ_YES, NULL }, { ".a.b", "{\"a\":\"x\"}", JQ_ERROR, "error" },
	{ "error(\"a\\u0000b\\u001b[31m\")", "{}", JQ_ERROR, "error" }, { "error({a:1})", "{}", JQ_ERROR, "error" },
	{ ".a == \"x\\u0000y\"", "{\"a\":\"x\\u0000y\"}", JQ_YES, NULL }, { ".a == \"x\"", "{\"a\":\"x\\u0000y\"}", JQ_NO, NULL },
	{ ".n > 9007199254740991", "{\"n\":9007199254740993}", JQ_YES, NULL }, { "def f: f; f", "{}", JQ_UNDECIDED, "deadline" },
	{ "gsub(.p; \"y\")", "\"x\"", JQ_ERROR, "error" },
	{ ".p as $p | .a | gsub($p; \"y\")", "{\"a\":\"xx\",\"p\":\"^\"}", JQ_UNDECIDED, NULL },
	{ "[.[]|todate]", "[1e19]", JQ_UNDECIDED, "signal" },
	{ "[.[] as $i | [] | .[$i] = 1]", "[2147483647]", JQ_UNDECIDED, "signal" },
	{ ".[0] as $i | [] | .[$i] = 1", "[500000000]", JQ_UNDECIDED, "memory" },
	{ "[limit(1e9; repeat(1))]", "{}", JQ_UNDECIDED, NULL },
	{ "[recurse(\"\\(.)\\(.)\")]", "\"aaaaaaaa\"", JQ_UNDECIDED, NULL },
	{ "reduce range(100000) as $i (1; [.]) | contains(.)", "{}", JQ_UNDECIDED, NULL },
	{ "$__prog_args", "{}", JQ_UNDECIDED, "compile" },
	{ ".a ==", "{}", JQ_UNDECIDED, "compile" }, { "tojson|test(\"x\")", "{\"a\":\"x\"}", JQ_YES, NULL },
};

static void
lexing(void)
{
	struct fault f;

	for (size_t i = 0; i < sizeof lexed / sizeof *lexed; i++) {
		bool ok = jqlex_allows(slice_str(lexed[i].text), &f);

		printf("# case %zu\n", i);
		INT(ok ? 0 : f.column, lexed[i].column, "column refused");
	}
}

static bool
start(struct jq_pool **pool, const char *text, uint32_t *id, struct fault *f)
{
	*pool = jq_pool_new();
	return jq_pool_add(*pool, slice_str(text), id, f) && jq_pool_start(*pool, f);
}

static void
verdicts(void)
{
	struct jq_pool *pool;
	struct jq_result r;
	struct fault f;
	uint32_t id;

	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
#ifdef IR_SANITIZERS
		if (asked[i].verdict == JQ_UNDECIDED)
			continue;	/* without RLIMIT_AS these would eat the machine */
#endif
		if (!start(&pool, asked[i].text, &id, &f)) {
			OK(asked[i].cause && strcmp(asked[i].cause, "compile") == 0, "%s: %s: %s", asked[i].text, f.what, f.near);
		} else {
			r = jq_ask(pool, id, slice_str(asked[i].record));
			OK(r.verdict == asked[i].verdict &&
			    (r.cause == NULL || asked[i].cause == NULL || strcmp(r.cause, asked[i].cause) == 0),
			    "%s on %s: %d %s", asked[i].text, asked[i].record, (int)r.verdict, r.cause ? r.cause : "");
			if (asked[i].verdict == JQ_ERROR)
				OK(r.text[0] && strchr(r.text, '\033') == NULL, "%s: harmless words: %s", asked[i].text, r.text);
		}
		jq_pool_free(pool);
	}
}

/* The program is in its cell when workers die; the third death denies, and other expressions go on. */
static int
in_cell(void)
{
	static const struct cell_rights nothing = { 0 };
	struct buf held = { 0 };
	struct jq_pool *pool = jq_pool_new();
	struct fault f;
	uint32_t bad, good;
	char *big = calloc(1, JQ_FRAME_MAX + 1);
	bool ok = big && jq_pool_add(pool, SLICE("if .bad then (def f: f; f) else .a end"), &bad, &f) &&
	    jq_pool_add(pool, SLICE(".a"), &good, &f) && jq_pool_start(pool, &f) && cell_enter(&nothing, &held, &f);

	if (!ok)
		return 1;
	if (strcmp(jq_ask(pool, good, slice_of(big, JQ_FRAME_MAX + 1)).cause, "too-big") != 0)
		return 2;
	for (int i = 0; i < 3; i++) {
		if (jq_ask(pool, bad, SLICE("{\"a\":1}")).verdict != JQ_YES || jq_denied(pool, bad))
			return 3;
		if (strcmp(jq_ask(pool, bad, SLICE("{\"bad\":1}")).cause, "deadline") != 0)
			return 4;
	}
	if (!jq_denied(pool, bad) || strcmp(jq_ask(pool, bad, SLICE("{\"a\":1}")).cause, "denied") != 0)
		return 5;
	if (jq_ask(pool, good, SLICE("{\"a\":1}")).verdict != JQ_YES || jq_denied(pool, good))
		return 6;
	memset(big, ' ', JQ_FRAME_MAX);
	memcpy(big, "{\"a\":0}", 7);
	if (jq_ask(pool, good, slice_of(big, JQ_FRAME_MAX)).verdict != JQ_YES)
		return 7;
	jq_pool_free(pool);
	buf_free(&held);
	free(big);
	return waitpid(-1, NULL, WNOHANG) != -1;
}

static void
deaths(void)
{
	pid_t p = fork();
	int status = -1;

	if (p == 0)
		_exit(in_cell());
	waitpid(p, &status, 0);
	INT(status, 0, "in the cell: three deaths deny, the others go on, no worker is left");
}

static void
speed(void)
{
	struct timespec a, b;
	struct jq_pool *pool;
	struct fault f;
	uint32_t id;
	int yes = 0;

	if (!OK(start(&pool, ".process.name == \"x\"", &id, &f), "speed: start"))
		return;
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (int i = 0; i < 2000; i++)
		yes += jq_ask(pool, id, SLICE("{\"process\":{\"name\":\"x\"},\"host\":\"a\"}")).verdict == JQ_YES;
	clock_gettime(CLOCK_MONOTONIC, &b);
	INT(yes, 2000, "speed: all answered");
	printf("# %.1f us a record\n", ((double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec)) / 2e6);
	jq_pool_free(pool);
}

int
main(void)
{
	lexing();
	verdicts();
	deaths();
	speed();
	return unit_done();
}
