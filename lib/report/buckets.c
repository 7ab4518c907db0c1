/* When it happened: hits by step of time; steps without hits are left out. */
#include "lib/report/model_priv.h"

enum { BUCKETS = 120, DAY = 86400 };

static const int64_t steps[] = {60, 300, 900, 3600, 4 * 3600, DAY, 7 * DAY, 28 * DAY, 364 * DAY, 3640 * DAY};

static size_t
active(const struct model *m, int64_t step)
{
	size_t n = 0;
	int64_t last = 0;

	for (size_t i = 0; i < m->alerts; i++) {
		int64_t at = m->alert[m->by_time[i]].at.s, b = (at - (at % step + step) % step) / step;

		n += i == 0 || b != last;
		last = b;
	}
	return n;
}

/* Too fine a step for a long span draws only breaks: the first step that lets a bar stand for at least 1/400 of the span. */
static int64_t
choose(const struct model *m)
{
	int64_t span = m->alert[m->by_time[m->alerts - 1]].at.s - m->alert[m->by_time[0]].at.s;

	for (size_t i = 0; i + 1 < sizeof steps / sizeof *steps; i++)
		if (active(m, steps[i]) <= BUCKETS && (steps[i] >= DAY || span / steps[i] <= 400))
			return steps[i];
	return steps[sizeof steps / sizeof *steps - 1];
}

void
chart_make(struct model *m)
{
	struct chart *c = &m->chart;
	size_t cap = 0;

	if (m->alerts == 0)
		return;
	c->step = choose(m);
	for (size_t i = 0; i < m->alerts; i++) {
		const struct alert *a = &m->alert[m->by_time[i]];
		int64_t at = a->at.s - ((a->at.s % c->step) + c->step) % c->step;

		if (c->n == 0 || c->v[c->n - 1].at != at) {
			c->v = mem_grow(c->v, &cap, c->n, sizeof *c->v);
			c->v[c->n++] = (struct bucket){.at = at};
		}
		c->v[c->n - 1].hits[a->level]++;
	}
	c->days_active = active(m, DAY);
	c->days = (uint64_t)(m->alert[m->by_time[m->alerts - 1]].at.s / DAY - m->alert[m->by_time[0]].at.s / DAY) + 1;
}
