#include "lib/base/mem.h"
#include "lib/json/priv.h"

#include <stdlib.h>

/* Best first. */
static const struct engine {
	const char *name;
	json_scan_fn *run;
} engine[] = {
#ifdef __x86_64__
	{"avx512", json_scan_avx512},
	{"avx2", json_scan_avx2},
#endif
#ifdef __SSE2__
	{"sse2", json_scan_sse2},
#endif
	{"c", json_scan_c},
};
enum { ENGINES = sizeof engine / sizeof engine[0] };

static const struct engine *forced;

#ifdef __x86_64__
static bool
has_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("bmi") &&
	    __builtin_cpu_supports("popcnt");
}

/* VBMI2 came (Ice Lake, Zen 4) when wide registers no longer slowed the core down. */
static bool
has_avx512(void)
{
	return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2");
}
#endif

static bool
runs_here(const struct engine *e)
{
#ifdef __x86_64__
	if (e->run == json_scan_avx512)
		return has_avx512();
	if (e->run == json_scan_avx2)
		return has_avx2();
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

/* A step may write 64 indexes beyond those that count; a half more, so that growing documents do not allocate each time. */
void
json_scan_room(struct scan *s, size_t n)
{
	size_t steps;

	if (n <= s->cap && s->index)
		return;
	n += n / 2;
	steps = n / JSON_STEP + 4;
	json_scan_free(s);
	s->index = mem_resize(NULL, n + 2 * JSON_STEP, sizeof *s->index);
	s->slash = mem_resize(NULL, steps, sizeof *s->slash);
	s->suspect = mem_resize(NULL, steps, sizeof *s->suspect);
	s->odd = mem_resize(NULL, steps, sizeof *s->odd);
	s->line = mem_resize(NULL, n + 1, sizeof *s->line);
	s->cap = n;
}

void
json_scan_free(struct scan *s)
{
	free(s->index);
	free(s->slash);
	free(s->suspect);
	free(s->odd);
	free(s->line);
	*s = (struct scan){0};
}
