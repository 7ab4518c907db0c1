/* pack-rules OUT FILE...: the pack of the built-in rules, made while the programs are built.  A file with a correlation is left out. */
#include <stdio.h>
#include <stdlib.h>

#include "lib/match/match.h"
#include "lib/port/fold.h"
#include "lib/sigma/meta.h"

static bool
read_file(const char *name, struct buf *b)
{
	FILE *f = fopen(name, "rb");
	size_t n = 1;

	buf_reset(b);
	while (f && n) {
		buf_room(b, 65536);
		n = fread(b->p + b->n, 1, 65536, f);
		b->n += n;
	}
	return f && !ferror(f) && fclose(f) == 0;
}

static struct slice
base_name(const char *path)
{
	struct slice s = slice_str(path);
	size_t slash = slice_rfind(s, '/');

	return slash < s.n ? slice_from(s, slash + 1) : s;
}

/* Rules alone: what else a file says is found by loading it by itself. */
static bool
rules_alone(struct slice text, struct slice name)
{
	struct arena mem = {0};
	struct sigma_set set = {.mem = &mem};
	bool alone;

	sigma_load(&set, text, name, SLICE("builtin"));
	alone = sigma_correlations(&set) == 0 && (set.meta == NULL || set.meta->filters == 0);
	sigma_meta_free(&set);
	sigma_set_free(&set);
	arena_free(&mem);
	return alone;
}

static bool
write_file(const char *path, struct slice bytes)
{
	FILE *f = fopen(path, "wb");
	bool ok = f != NULL && fwrite(bytes.p, 1, bytes.n, f) == bytes.n;

	return f != NULL && fclose(f) == 0 && ok;
}

int
main(int argc, char *argv[])
{
	struct arena mem = {0};
	struct sigma_set set = {.mem = &mem};
	struct match_set *rules = NULL;
	struct buf b = {0}, out = {0};
	bool ok = argc >= 3;

	fold_start();
	for (int i = 2; ok && i < argc; i++) {
		ok = read_file(argv[i], &b);
		if (!ok)
			fprintf(stderr, "pack-rules: %s: cannot be read\n", argv[i]);
		else if (rules_alone(buf_slice(&b), base_name(argv[i])))
			sigma_load(&set, buf_slice(&b), base_name(argv[i]), SLICE("builtin"));
	}
	if (ok)
		rules = match_compile(&set, &mem);
	if (ok && set.problems) {
		fprintf(stderr, "pack-rules: %.*s: %s\n", (int)set.problem[0].file.n, set.problem[0].file.p,
		    set.problem[0].fault.what);
		ok = false;
	}
	if (ok) {
		match_pack(rules, &set, &out);
		ok = write_file(argv[1], buf_slice(&out));
	}
	match_set_free(rules);
	sigma_meta_free(&set);
	sigma_set_free(&set);
	arena_free(&mem);
	buf_free(&b);
	buf_free(&out);
	return ok ? 0 : argc < 3 ? 2 : 1;
}
