#include "lib/base/buf.h"
#include "lib/json/priv.h"
#include "tests/unit/unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/*
 * bench/scan FILE.ndjson [ENGINE [RUNS]]: MB of input per second of CPU for the structure pass alone, for a tape of each
 * line, and for that with ten fields picked from each.  Medians; one warm-up.
 */

enum { RUNS_MAX = 99 };

struct work {
	const char *name;
	uint64_t (*run)(struct json *, struct slice);
};

static struct json_paths *paths;
static struct scan structure;

static double
cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Batches as json_line cuts them. */
static uint64_t
stage_one(struct json *j, struct slice all)
{
	uint64_t n = 0;

	(void)j;
	json_scan_room(&structure, 4 * JSON_BATCH);
	while (all.n) {
		struct slice head = slice_head(all, JSON_BATCH);
		size_t last = slice_rfind(head, '\n') + 1;

		if (last > head.n)
			break;
		json_scan_best()(&structure, all.p, last, true);
		n += structure.indexes;
		all = slice_from(all, last);
	}
	return n;
}

static uint64_t
tape(struct json *j, struct slice all)
{
	struct fault f;
	uint64_t n = 0;

	json_block(j, all);
	while (json_line(j, &f))
		n += j->ok;
	return n;
}

static uint64_t
pick(struct json *j, struct slice all)
{
	uint32_t slot[16];
	struct fault f;
	uint64_t n = 0;

	json_block(j, all);
	while (json_line(j, &f)) {
		if (!j->ok)
			continue;
		json_pick(j, paths, 0, slot);
		for (uint32_t i = 0; i < json_paths_count(paths); i++)
			n += slot[i] != JSON_NONE;
	}
	return n;
}

static void
ten_fields(void)
{
	static const char *const name[] = {"EventID", "Channel", "Hostname", "Image", "CommandLine", "ParentImage", "User",
		"TargetFilename", "alert.signature", "src_ip"};

	paths = json_paths_new();
	for (size_t i = 0; i < sizeof name / sizeof name[0]; i++)
		json_paths_add(paths, slice_str(name[i]));
	json_paths_done(paths);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void
measure(const struct work *w, struct json *j, struct slice all, size_t runs)
{
	double seconds[RUNS_MAX];
	uint64_t n = w->run(j, all);

	for (size_t i = 0; i < runs; i++) {
		double from = cpu();

		n = w->run(j, all);
		seconds[i] = cpu() - from;
	}
	qsort(seconds, runs, sizeof *seconds, compare);
	printf("%-12s %-6s %8.0f MB/s  (%" PRIu64 " counted, %zu bytes, %.4f s, median of %zu)\n", w->name, json_engine(),
	    (double)all.n / 1e6 / seconds[runs / 2], n, all.n, seconds[runs / 2], runs);
}

int
main(int argc, char **argv)
{
	static const struct work work[] = {{"structure", stage_one}, {"tape", tape}, {"tape+pick10", pick}};
	struct slice all;
	struct json *j;
	long runs = argc > 3 ? strtol(argv[3], NULL, 10) : 7;

	if (argc < 2 || (argc > 2 && !json_force(argv[2])) || runs < 1 || runs > RUNS_MAX) {
		fprintf(stderr, "usage: scan FILE.ndjson [avx512|avx2|sse2|c [RUNS]]\n");
		return 2;
	}
	all = unit_file(argv[1]);
	j = json_new(&json_limits_stream);
	ten_fields();
	for (size_t i = 0; i < sizeof work / sizeof work[0]; i++)
		measure(&work[i], j, all, (size_t)runs);
	json_free(j);
	json_paths_free(paths);
	json_scan_free(&structure);
	free((void *)(uintptr_t)all.p);
	return 0;
}
