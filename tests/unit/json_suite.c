#include "lib/base/mem.h"
#include "lib/json/json.h"
#include "tests/unit/unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * JSONTestSuite: json_suite DIR reads each file of test_parsing; y_ must be accepted, n_ refused, i_ is ours to choose
 * but every engine and the plain reader must choose alike.
 */

static const char *const engines[] = {"avx512", "avx2", "sse2", "c"};

struct score {
	int accepted, refused, wrong;
};

static bool
verdicts_agree(struct slice text, bool *ok)
{
	struct fault f;

	*ok = json_check(text, &json_limits_stream, &f);
	for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++) {
		struct json *j;
		bool got;

		if (!json_force(engines[i]))
			continue;
		j = json_new(&json_limits_stream);
		got = json_one(j, text, &f);
		json_free(j);
		if (got != *ok)
			return false;
	}
	return true;
}

static void
judge(const char *dir, const char *name, struct score *score)
{
	struct buf path = {0};
	struct slice text;
	bool ok, agree;

	buf_str(&path, dir);
	buf_byte(&path, '/');
	buf_str(&path, name);
	text = unit_file(buf_cstr(&path));
	agree = verdicts_agree(text, &ok);
	if (!agree || (name[0] == 'y' && !ok) || (name[0] == 'n' && ok)) {
		score->wrong++;
		printf("# %s: %s\n", name, agree ? ok ? "accepted" : "refused" : "the readers disagree");
	} else if (name[0] == 'y') {
		score->accepted++;
	} else if (name[0] == 'n') {
		score->refused++;
	}
	free((void *)(uintptr_t)text.p);
	buf_free(&path);
}

int
main(int argc, char **argv)
{
	struct score score = {0};
	DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
	struct dirent *e;

	if (dir == NULL) {
		unit_skip("give the folder of JSONTestSuite's test_parsing");
		return unit_done();
	}
	while ((e = readdir(dir)))
		if (slice_ends(slice_str(e->d_name), SLICE(".json")))
			judge(argv[1], e->d_name, &score);
	closedir(dir);
	INT(score.accepted, 95, "95 valid documents are accepted");
	INT(score.refused, 188, "188 invalid documents are refused");
	INT(score.wrong, 0, "no document is judged wrong, and the readers agree on each");
	return unit_done();
}
