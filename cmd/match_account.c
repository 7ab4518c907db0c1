/* What ir-match says at the end of its run. */
#include "cmd/match_hunt.h"
#include "cmd/match_local.h"
#include "cmd/match_work.h"

#include <stdlib.h>

struct coverage *
account_covered(struct map *map, struct coverage **list, size_t *cap, struct slice key)
{
	bool made;
	struct map_row *row = map_put(map, key, &made);

	if (made) {
		row->v.u = map->n - 1;
		*list = mem_grow(*list, cap, map->n - 1, sizeof **list);
		(*list)[map->n - 1] = (struct coverage){0};
	}
	return &(*list)[row->v.u];
}

static int
by_key(const void *a, const void *b)
{
	return slice_cmp(((const struct map_row *)a)->key, ((const struct map_row *)b)->key);
}

/*
 * Which log sources a worker kept apart when there are too many depends on what it was given; that there are too many does
 * not, nor does the sum.
 */
static void
one_sum(struct matching *m)
{
	struct coverage sum = {0};

	if (m->coverage.n <= MATCH_SOURCES_MAX && map_get(&m->coverage, MATCH_MORE) == NULL)
		return;
	for (size_t i = 0; i < m->coverage.n; i++) {
		sum.events += m->covered[i].events;
		sum.alerts += m->covered[i].alerts;
	}
	map_free(&m->coverage);
	*account_covered(&m->coverage, &m->covered, &m->covered_cap, SLICE("(more)")) = sum;
}

/* Log sources of rules of which no event came: those rules could not have run on this input. */
static void
idle(struct matching *m, struct json_out *o)
{
	uint64_t all = 0;
	uint32_t rules;

	jo_kopen(o, "idle", '[');
	for (size_t k = 0; k < match_kinds(m->set); k++) {
		const struct sigma_rule *r = match_kind(m->set, k, &rules);

		if (m->looked[k])
			continue;
		all += rules;
		jo_open(o, '{');
		if (r->product.n)
			jo_ktext(o, "product", r->product);
		if (r->service.n)
			jo_ktext(o, "service", r->service);
		if (r->category.n)
			jo_ktext(o, "category", r->category);
		jo_ku64(o, "rules", rules);
		jo_close(o, '}');
	}
	jo_close(o, ']');
	if (all)
		tool_detail(m->t, "%llu of %zu rules could not match: no event of their log source came", (unsigned long long)all,
		    m->sigma.rules);
}

void
account_looked(struct matching *m, const struct match_room *room)
{
	for (size_t k = 0; k < match_kinds(m->set); k++)
		m->looked[k] |= match_kind_looked(room, k);
}

void
account_members(struct tool *t, void *shared, struct buf *out)
{
	struct matching *m = shared;
	struct json_out o = json_out(out);
	size_t fired = 0;

	if (m->o.profile)
		match_profile(m);

	if (m->undecided) {
		tool_say(t, "%llu answers are undecided: a limit was hit (notes in the stream tell which)",
		    (unsigned long long)m->undecided);
		tool_status(t, 3);
	}
	for (size_t i = 0; i < m->sigma.rules; i++)
		fired += m->hits[i] > 0;
	jo_kopen(&o, "rules", '{');
	jo_ku64(&o, "loaded", rules_loaded(m));
	jo_ku64(&o, "expressions", m->o.expressions.n);
	jo_ku64(&o, "faulty", m->faulty);
	jo_ku64(&o, "unsupported", m->unsupported);
	jo_ku64(&o, "fired", fired);
	jo_ku64(&o, "undecided", m->undecided);
	jo_close(&o, '}');
	indicators_account(m, &o);
	many_members(m, &o);
	local_members(m, &o);
	hunt_members(m, &o);
	one_sum(m);
	if (m->coverage.n)
		qsort(m->coverage.row, m->coverage.n, sizeof *m->coverage.row, by_key);
	jo_kopen(&o, "coverage", '[');
	for (size_t i = 0; i < m->coverage.n; i++) {
		const struct coverage *c = &m->covered[m->coverage.row[i].v.u];

		jo_open(&o, '{');
		if (m->coverage.row[i].key.p[0] == '[')
			jo_kraw(&o, "ls", m->coverage.row[i].key);
		jo_ku64(&o, "events", c->events);
		jo_ku64(&o, "rules", c->candidates);
		jo_ku64(&o, "alerts", c->alerts);
		jo_close(&o, '}');
	}
	jo_close(&o, ']');
	idle(m, &o);
}
