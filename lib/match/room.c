/* One thread's room, and one event in it. */
#include "lib/match/plan.h"

#include <stdlib.h>
#include <time.h>

#include "lib/match/source.h"

struct match_room *
match_room_new(const struct match_set *s)
{
	struct match_room *r = mem_zero(1, sizeof *r);

	r->set = s;
	for (int b = 0; b < BASES; b++)
		r->kept[b] = mem_zero(json_kept_room(s->paths), 1);
	r->norm = mem_zero(json_paths_count(s->norm), sizeof(uint32_t));
	r->value = mem_zero(s->fields, sizeof *r->value);
	r->text = mem_zero(s->fields, sizeof *r->text);
	r->memo = mem_zero(s->atoms, sizeof *r->memo);
	r->group = mem_zero(s->groups, sizeof *r->group);
	r->marked = mem_zero(s->rules, sizeof *r->marked);
	r->cost = mem_zero(s->rules, sizeof *r->cost);
	r->candidate = mem_zero(s->rules, sizeof *r->candidate);
	r->pcre = pcre_room_new();
	r->hit = mem_zero(s->rules, sizeof *r->hit);
	r->unsure = mem_zero(s->rules, sizeof(struct sigma_rule *));
	r->plans = match_plans_new(s);
	return r;
}

void
match_room_free(struct match_room *r)
{
	if (r == NULL)
		return;
	for (int b = 0; b < BASES; b++)
		free(r->kept[b]);
	free(r->norm);
	free(r->value);
	free(r->text);
	free(r->memo);
	free(r->group);
	free(r->marked);
	free(r->seen);
	free(r->candidate);
	free(r->cost);
	pcre_room_free(r->pcre);
	arena_free(&r->arena);
	buf_free(&r->nodes);
	buf_free(&r->fold);
	buf_free(&r->words);
	buf_free(&r->line);
	buf_free(&r->decoded);
	match_plans_free(r->plans);
	free(r->hit);
	free(r->unsure);
	free(r);
}

/* ---- one event --------------------------------------------------------------------------------------------------------------------------------- */

static int
level_rank(struct slice level)
{
	static const char *const words[] = {"informational", "low", "medium", "high", "critical"};

	for (int i = 0; i < 5; i++)
		if (slice_eq_nocase(level, slice_str(words[i])))
			return i + 1;
	return 0;
}

/* Two rules may have one id: then their order in the set decides. */
static int
by_level(const void *a, const void *b)
{
	const struct match_hit *x = a, *y = b;
	int d = level_rank(y->rule->level) - level_rank(x->rule->level);

	if (d == 0)
		d = slice_cmp(x->rule->id, y->rule->id);
	return d ? d : x->rule->index < y->rule->index ? -1 : 1;
}

static int
by_index(const void *a, const void *b)
{
	const struct sigma_rule *x = *(const struct sigma_rule *const *)a, *y = *(const struct sigma_rule *const *)b;

	return x->index < y->index ? -1 : x->index > y->index;
}

/* Once in a billion events the epochs are used up, and what they marked is cleared. */
static void
new_epoch(struct match_room *r)
{
	const struct match_set *s = r->set;

	if (++r->epoch < 1u << 30)
		return;
	memset(r->memo, 0, s->atoms * sizeof *r->memo);
	memset(r->group, 0, s->groups * sizeof *r->group);
	memset(r->marked, 0, s->rules * sizeof *r->marked);
	memset(r->seen, 0, r->seen_cap * sizeof *r->seen);
	for (size_t i = 0; i < s->fields; i++)
		r->value[i].epoch = r->text[i].epoch = 0;
	r->epoch = 1;
}

void
match_look(struct match_room *r, const struct match_event *e)
{
	r->e = e;
	new_epoch(r);
	arena_reset(&r->arena);
	buf_reset(&r->nodes);
	r->has_words = r->looked = r->line_known = false;
	r->hits = r->unsures = r->candidates = 0;
}

void
match_ready(struct match_room *r)
{
	if (!r->looked)
		fields_look(r);
	r->looked = true;
}

static void
all_rules(struct match_room *r, const struct plan *p)
{
	for (uint32_t i = 0; i < p->rules; i++)
		candidate(r, p->rule[i]);
}

static void
find(struct match_room *r, const struct plan *p)
{
	if (p->texts > r->seen_cap) {
		free(r->seen);
		r->seen = mem_zero(p->texts, sizeof *r->seen);
		r->seen_cap = p->texts;
	}
	match_ready(r);
	if (r->plain)
		all_rules(r, p);
	else
		match_plan_find(r, p);
}

static uint64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void
ask(struct match_room *r, uint32_t rule)
{
	struct match_cost *cost = &r->cost[rule];
	uint64_t from = r->timed ? now() : 0;
	int answer = node_ask(r, r->set->node + r->set->root[rule]);

	cost->asked++;
	if (r->timed)
		cost->ns += now() - from;
	if (answer == YES) {
		cost->hits++;
		r->hit[r->hits++].rule = r->set->rule[rule];
	} else if (answer == UNSURE) {
		r->unsure[r->unsures++] = r->set->rule[rule];
	}
}

size_t
match_event(struct match_room *r, const struct match_event *e, const struct match_hit **hits)
{
	const struct plan *p;

	match_look(r, e);
	p = match_plan_of(r->plans, e, &r->source);
	r->looking = p ? p->rules : 0;
	if (p)
		find(r, p);
	for (size_t i = 0; i < r->candidates; i++)
		ask(r, r->candidate[i]);
	if (r->hits > 1)
		qsort(r->hit, r->hits, sizeof *r->hit, by_level);
	if (r->unsures > 1)
		qsort(r->unsure, r->unsures, sizeof(struct sigma_rule *), by_index);
	r->source->events++;
	r->source->asked += r->candidates;
	r->source->hits += r->hits;
	*hits = r->hit;
	return r->hits;
}

const struct match_cost *
match_costs(const struct match_room *r)
{
	return r->cost;
}

void
match_timed(struct match_room *r, bool timed)
{
	r->timed = timed;
}

void
match_plain(struct match_room *r, bool plain)
{
	r->plain = plain;
}

size_t
match_candidates(const struct match_room *r)
{
	return r->looking;
}

size_t
match_sources(const struct match_room *r)
{
	return plans_sources(r->plans);
}

bool
match_kind_looked(const struct match_room *r, size_t kind)
{
	return plans_looked(r->plans, kind);
}

const struct match_source *
match_source(const struct match_room *r, size_t i)
{
	return plans_source(r->plans, i);
}

size_t
match_undecided(const struct match_room *r, const struct sigma_rule *const **rules)
{
	*rules = r->unsure;
	return r->unsures;
}
