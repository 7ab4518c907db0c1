#include "lib/report/clocks.h"

#include "lib/tool/embed.h"

extern const struct embed builtin_clocks[];

struct facts {
	const struct report_case *c;
	const struct fact *more;
	size_t n;
};

static bool
fact_get(void *self, struct slice name, struct stamp *at)
{
	static const struct { const char *fact, *path; } from[] = {{"aware", "aware_at"}, {"discovered", "aware_at"},
	    {"classified", "classified_at"}, {"material", "material_at"}};
	const struct facts *f = self;

	for (size_t i = 0; i < f->n; i++)
		if (slice_eq(f->more[i].name, name)) {
			*at = f->more[i].at;
			return true;
		}
	for (size_t i = 0; i < sizeof from / sizeof *from; i++)
		if (slice_eq(name, slice_str(from[i].fact)))
			return case_time(f->c, from[i].path, at);
	return false;
}

static struct clock_set
laws(struct arena *mem)
{
	struct clock_set set = {0};
	struct fault f = {0};

	/* They are compiled in and tested: with a fault in them there is none. */
	if (!clock_read(builtin_clocks[0].bytes, mem, &set, &f))
		set.laws = 0;
	return set;
}

bool
clocks_regime(struct slice regime, struct arena *mem)
{
	struct clock_set set = laws(mem);

	for (size_t i = 0; i < set.laws; i++)
		if (slice_eq(set.law[i].id, regime))
			return true;
	return false;
}

struct due *
clocks_due(const struct report_case *c, const struct fact *more, size_t n, struct slice regime, struct stamp now,
    struct arena *mem,
    size_t *dues)
{
	struct clock_set set = laws(mem);
	struct facts facts = {c, more, n};
	struct clock_facts get = {fact_get, &facts};
	struct due *v;
	size_t most = 0;

	for (size_t i = 0; i < set.laws; i++)
		most += set.law[i].steps;
	v = arena_alloc(mem, (most + 1) * sizeof *v);
	*dues = 0;
	for (size_t i = 0; i < set.laws; i++)
		for (size_t k = 0; k < set.law[i].steps && (regime.n == 0 || slice_eq(set.law[i].id, regime)); k++) {
			struct due d = {.clock = set.law[i].id, .step = set.law[i].step[k].id, .law = set.law[i].law};

			d.state = clock_judge(&set.law[i], &set.law[i].step[k], &get, now, &d.at, &d.done);
			if (d.state != CLOCK_OFF)
				v[(*dues)++] = d;
		}
	return v;
}
