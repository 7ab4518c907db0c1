/* Options: what a table makes of words; each run is a child, for misuse ends the program. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/tool/tool.h"
#include "tests/unit/unit.h"

static struct {
	bool flag;
	unsigned count;
	struct slice text;
	struct opt_list list;
	uint64_t number, size;
	struct opt_time time;
	int64_t duration;
} got;

static bool
call(struct tool *t, struct slice value)
{
	if (slice_eq(value, SLICE("good")))
		return true;
	tool_usage(t, "--call: good is wanted");
}

static const struct opt options[] = {
	{'a', "flag", NULL, "a flag", OPT_FLAG, &got.flag, NULL},
	{'c', "count", NULL, "counts", OPT_COUNT, &got.count, NULL},
	{'x', "text", "TEXT", "a text", OPT_TEXT, &got.text, NULL},
	{'l', "list", "TEXT", "a list", OPT_LIST, &got.list, NULL},
	{'n', "number", "N", "a number", OPT_U64, &got.number, NULL},
	{0, "size", "SIZE", "a size", OPT_SIZE, &got.size, NULL},
	{0, "time", "TIME", "a time", OPT_TIME, &got.time, NULL},
	{0, "duration", "TIME", "a duration", OPT_DURATION, &got.duration, NULL},
	{0, "call", "WORD", "a call", OPT_CALL, (void *)(uintptr_t)call, NULL},
	{0, NULL, NULL, NULL, OPT_FLAG, NULL, NULL},
};
static const char *const kinds[] = {"ndjson", "text", NULL};
static const struct tool_about about = {.name = "test", .what = "tests", .usage = "[FILE...]",
	.examples = {"test a", "test b", "test c"},
	.kinds = kinds, .takes = TAKES_JOBS | TAKES_TZ, .terminal_ok = true};

/* What came of the words, as text. */
static void
say(const struct tool *t)
{
	printf("%d %u [%.*s]", got.flag, got.count, (int)got.text.n, got.text.p ? got.text.p : "");
	for (size_t i = 0; i < got.list.n; i++)
		printf(" (%.*s)", (int)got.list.v[i].n, got.list.v[i].p);
	printf(" %llu %llu", (unsigned long long)got.number, (unsigned long long)got.size);
	if (got.time.given)
		printf(" at %lld", (long long)got.time.at.s);
	printf(" %lld -j%llu", (long long)got.duration, (unsigned long long)t->common.jobs);
	for (size_t i = 0; i < t->args.n; i++)
		printf(" <%.*s>", (int)t->args.v[i].n, t->args.v[i].p);
}

/* Runs the words in a child; its output comes back, *status its end. */
static char *
run(const char *const *words, int *status)
{
	char *argv[16] = {mem_str(SLICE("test"))}, room[65536] = "";
	int out[2], argc = 1;
	size_t n = 0;
	ssize_t r;
	pid_t pid;

	for (; *words; words++)
		argv[argc++] = mem_str(slice_str(*words));
	fflush(stdout);
	if (pipe(out) != 0 || (pid = fork()) < 0)
		exit(99);
	if (pid == 0) {
		struct tool t;

		dup2(out[1], 1);
		dup2(out[1], 2);
		close(out[0]);
		tool_begin(&t, &about, options, argc, argv);
		say(&t);
		exit(0);
	}
	close(out[1]);
	while (n < sizeof room - 1 && (r = read(out[0], room + n, sizeof room - 1 - n)) > 0)
		n += (size_t)r;
	close(out[0]);
	waitpid(pid, status, 0);
	*status = WIFEXITED(*status) ? WEXITSTATUS(*status) : 100;
	while (argc > 0)
		free(argv[--argc]);
	return mem_str(slice_of(room, n));
}

static const struct {
	const char *words[8];
	int status;
	const char *said;		/* all of it, or with status 2 a part */
} runs[] = {
	{{"-j", "3", NULL}, 0, "0 0 [] 0 0 0 -j3"},
	{{"-accx", "word", "-j1", "file", NULL}, 0, "1 2 [word] 0 0 0 -j1 <file>"},
	{{"--list=a", "-lb", "--list", "", "-j1", NULL}, 0, "0 0 [] (a) (b) () 0 0 0 -j1"},
	{{"file", "--flag", "-j1", "--", "--text", NULL}, 0, "1 0 [] 0 0 0 -j1 <file> <--text>"},
	{{"-n18446744073709551615", "-j1", NULL}, 0, "0 0 [] 18446744073709551615 0 0 -j1"},
	{{"--size", "64k", "-j1", NULL}, 0, "0 0 [] 0 65536 0 -j1"},
	{{"--size=2G", "-j1", NULL}, 0, "0 0 [] 0 2147483648 0 -j1"},
	{{"--time", "2026-03-02T08:00:00Z", "--duration", "90m", "-j1", NULL}, 0, "0 0 [] 0 0 at 1772438400 5400 -j1"},
	{{"--time", "2026-03-02", "-j1", NULL}, 0, "0 0 [] 0 0 at 1772409600 0 -j1"},
	{{"--call", "good", "-j1", "-", NULL}, 0, "0 0 [] 0 0 0 -j1 <->"},
	{{"-n", "18446744073709551616", NULL}, 2, "number"},
	{{"-n", "1x", NULL}, 2, "number"},
	{{"-n", "-1", NULL}, 2, "number"},
	{{"--size", "99999999999G", NULL}, 2, "size"},
	{{"--time", "yesterday", NULL}, 2, "time"},
	{{"--duration", "soon", NULL}, 2, "duration"},
	{{"--call", "bad", NULL}, 2, "good is wanted"},
	{{"--nothing", NULL}, 2, "try 'test --help'"},
	{{"-z", NULL}, 2, "try 'test --help'"},
	{{"--text", NULL}, 2, "try 'test --help'"},
	{{"--flag=1", NULL}, 2, "try 'test --help'"},
	{{"-j", "257", NULL}, 2, "256 at most"},
	{{"-t", "yaml", NULL}, 2, "not a kind"},
	{{"--rejects", "x", NULL}, 2, "try 'test --help'"},	/* not taken */
};

static void
words(void)
{
	for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
		int status;
		char *said = run(runs[i].words, &status);

		OK(status == runs[i].status, "%s: ends with %d, got %d", runs[i].words[0], runs[i].status, status);
		if (status == 0)
			SAME(slice_str(said), slice_str(runs[i].said), runs[i].words[0]);
		else
			OK(strstr(said, runs[i].said) != NULL, "%s: %s", runs[i].words[0], said);
		free(said);
	}
}

/* Help and completions know each row, and end with 0. */
static void
pages(void)
{
	static const char *const asked[][3] = {{"--help", NULL}, {"--completion", "bash", NULL}};

	for (size_t k = 0; k < 2; k++) {
		int status;
		char *said = run(asked[k], &status);

		OK(status == 0, "%s ends with 0", asked[k][0]);
		for (const struct opt *o = options; o->name; o++)
			OK(strstr(said, o->name) != NULL, "%s has --%s", asked[k][0], o->name);
		OK(strstr(said, "rejects") == NULL, "%s has nothing that is not taken", asked[k][0]);
		free(said);
	}
}

int
main(void)
{
	words();
	pages();
	return unit_done();
}
