#include "lib/base/mem.h"
#include "lib/json/priv.h"

#include <stdlib.h>

/* Best first. */
static const struct engine {
	const char *name;
	json_scan_fn *run;
} engine[] = {
#ifdef __x86_64__
	{"avx2", json_scan_avx2},
#endif
#ifdef __SSE2__
	{"sse2", json_scan_sse2},
#endif
	{"c", json_scan_c},
};
enum { ENGINES = sizeof engine / sizeof engine[0] };

static const struct engine *forced;

static bool
runs_here(const struct engine *e)
{
#ifdef __x86_64__
	if (e->run == json_scan_avx2)
		return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("bmi") &&
		    __builtin_cpu_supports("popcnt");
#endif
	(void)e;
	return true;
}

static const struct engine *
best(void)
{
	const struct engine *e = forced ? forced : engine;

	while (!runs_here(e))
		e++;
	return e;
}

json_scan_fn *
json_scan_best(void)
{
	return best()->run;
}

const char *
json_engine(void)
{
	return best()->name;
}

bool
json_force(const char *name)
{
	for (size_t i = 0; i < ENGINES; i++)
		if (strcmp(engine[i].name, name) == 0 && runs_here(&engine[i])) {
			forced = &engine[i];
			return true;
		}
	return false;
}

/* A step may write 64 indexes beyond those that count. */
void
json_scan_room(struct scan *s, size_t n)
{
	size_t steps = n / JSON_STEP + 4;

	if (n <= s->cap && s->index)
		return;
	json_scan_free(s);
	s->index = mem_resize(NULL, n + 2 * JSON_STEP, sizeof *s->index);
	s->slash = mem_resize(NULL, steps, sizeof *s->slash);
	s->suspect = mem_resize(NULL, steps, sizeof *s->suspect);
	s->cap = n;
}

void
json_scan_free(struct scan *s)
{
	free(s->index);
	free(s->slash);
	free(s->suspect);
	*s = (struct scan){0};
}
