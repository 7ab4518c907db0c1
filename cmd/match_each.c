/* The stage: each event against the rules and expressions of the request. */
#include "cmd/match.h"

#include <stdlib.h>

struct worker {
	struct matching *m;
	struct match_room *room;
	struct jq_pool *pool;
	uint32_t *slots;
	struct event event;
	struct buf wrapped, why, scratch, line, key;
	struct json *json;		/* of a wrapped line */
	struct record_paths *paths;
	struct json_edits edits;
	uint64_t *hits;
	uint64_t undecided;
	struct sightings *sightings;	/* NULL without -i */
	struct emit *emit;		/* of the record at hand */
	unsigned nth;			/* its alerts */
};

static void *
begin(struct tool *t, void *shared)
{
	struct worker *w = mem_zero(1, sizeof *w);

	(void)t;
	w->m = shared;
	w->room = match_room_new(w->m->set);
	w->slots = mem_zero(shape_slots(w->m->shapes) + 1, sizeof(uint32_t));
	w->json = json_new(&json_limits_stream);
	w->paths = record_paths_new();
	w->hits = mem_zero(w->m->sigma.rules, sizeof *w->hits);
	if (w->m->intel)
		w->sightings = sightings_new(w->m);
	pthread_mutex_lock(&w->m->lock);
	if (w->m->pools)
		w->pool = w->m->pool[w->m->pool_next++ % w->m->pools];
	pthread_mutex_unlock(&w->m->lock);
	return w;
}

static struct coverage *
covered(struct map *map, struct coverage **list, size_t *cap, struct slice key)
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

static void
end(void *context)
{
	struct worker *w = context;
	struct matching *m = w->m;

	pthread_mutex_lock(&m->lock);
	for (size_t i = 0; i < match_sources(w->room); i++) {
		const struct match_source *mine = match_source(w->room, i);
		struct coverage *c = covered(&m->coverage, &m->covered, &m->covered_cap, mine->key);

		c->events += mine->events;
		c->alerts += mine->hits;
		c->candidates = mine->rules;
	}
	for (size_t i = 0; i < m->sigma.rules; i++)
		m->hits[i] += w->hits[i];
	m->undecided += w->undecided;
	sightings_free(m, w->sightings);
	pthread_mutex_unlock(&m->lock);
	match_room_free(w->room);
	event_free(&w->event);
	json_free(w->json);
	record_paths_free(w->paths);
	json_edits_free(&w->edits);
	buf_free(&w->wrapped);
	buf_free(&w->why);
	buf_free(&w->scratch);
	buf_free(&w->line);
	buf_free(&w->key);
	free(w->slots);
	free(w->hits);
	free(w);
}

/* ---- log sources ------------------------------------------------------------------------------------------------------------------------------- */

static struct slice
member(const struct json *j, uint32_t v, const char *name)
{
	uint32_t k = json_get(j, v, slice_str(name));

	return k != JSON_NONE && json_type(j, k) == JSON_STRING ? json_inner(j, k) : (struct slice){NULL, 0};
}

/* `ir.ls` is trusted; the words in it are plain, so no escapes are undone. */
static unsigned
own_sources(const struct record *r, struct logsource *ls)
{
	uint32_t list = r->node[R_ls];
	unsigned n = 0;

	if (list == JSON_NONE || json_type(r->j, list) != JSON_ARRAY)
		return 0;
	for (uint32_t v = json_first(r->j, list); v != JSON_NONE && n < EVENT_LS_MAX; v = json_following(r->j, list, v))
		if (json_type(r->j, v) == JSON_OBJECT)
			ls[n++] = (struct logsource){member(r->j, v, "product"), member(r->j, v, "service"), member(r->j, v, "category")};
	return n;
}

static void
foreign_key(const struct logsource *ls, unsigned n, struct buf *b)
{
	struct json_out o = json_out(b);

	jo_open(&o, '[');
	for (unsigned i = 0; i < n; i++) {
		jo_open(&o, '{');
		if (ls[i].product.n)
			jo_ktext(&o, "product", ls[i].product);
		if (ls[i].service.n)
			jo_ktext(&o, "service", ls[i].service);
		if (ls[i].category.n)
			jo_ktext(&o, "category", ls[i].category);
		jo_close(&o, '}');
	}
	jo_close(&o, ']');
}

/* ---- alerts -------------------------------------------------------------------------------------------------------------------------------------- */

/* The first alert is the event itself in another form; each further one is made. */
static void
raise_alert(struct worker *w, const struct record *r, const struct alert *a, unsigned nth, struct emit *e)
{
	buf_reset(&w->line);
	alert_write(r->j, r, a, &w->edits, &w->scratch, &w->line);
	if (nth == 0)
		emit_line(e, KIND_ALERT, buf_slice(&w->line));
	else
		emit_made(e, KIND_ALERT, buf_slice(&w->line));
	emit_level(e, a->level);
}

/* A foreign object becomes our event only if something names it, or with --all. */
static bool
wrap(struct worker *w, const struct record *r, struct record *own)
{
	struct fault f;
	const char *reason;

	buf_reset(&w->wrapped);
	event_wrap(w->m->shapes, &w->m->shape, r, SLICE("-"), w->slots, &w->event, &w->wrapped);
	json_block(w->json, buf_slice(&w->wrapped));
	if (!json_line(w->json, &f) || !w->json->ok || !record_read(w->paths, w->json, own, &reason))
		return false;
	own->off = r->off;
	own->rec = r->rec;
	return true;
}

static void
say_undecided(struct worker *w, const struct record *r, struct slice rule, const char *cause, struct emit *e)
{
	struct buf b = {0};
	struct slice id = record_id(r);

	buf_lit(&b, "rule ");
	buf_slice_add(&b, rule);
	buf_lit(&b, " is undecided for event ");
	if (id.n) {
		buf_slice_add(&b, id);
	} else {
		buf_lit(&b, "at byte ");
		buf_u64(&b, r->off);
	}
	buf_lit(&b, ": ");
	buf_str(&b, cause);
	emit_note(e, "undecided", (struct slice){NULL, 0}, buf_slice(&b));
	w->undecided++;
	buf_free(&b);
}


static unsigned
sigma(struct worker *w, const struct record *r, const struct record *own, const struct match_hit *hit, size_t hits, unsigned nth, struct emit *e)
{
	(void)r;
	for (size_t i = 0; i < hits; i++) {
		const struct sigma_rule *rule = hit[i].rule;
		struct alert a = {.rule_id = rule->id, .rule_name = rule->title, .level = rule->level.n ? rule->level : SLICE("medium"),
		    .type = SLICE("sigma"), .rule = rule, .ruleset = rule->folder};

		buf_reset(&w->why);
		match_why(w->room, rule, &w->why);
		a.why = buf_slice(&w->why);
		raise_alert(w, own, &a, nth++, e);
		w->hits[rule->index]++;
	}
	return nth;
}

/* Verdicts first: the event may have to be wrapped, and only once. */
static uint64_t
ask(struct worker *w, const struct record *r, struct emit *e)
{
	uint64_t yes = 0;

	for (size_t i = 0; i < w->m->o.expressions.n && i < 64; i++) {
		struct jq_result v;

		if (jq_denied(w->pool, w->m->expression[i])) {
			w->undecided++;
			continue;
		}
		v = jq_ask(w->pool, w->m->expression[i], r->line);
		if (v.verdict == JQ_YES)
			yes |= 1ull << i;
		else if (v.verdict == JQ_UNDECIDED)
			say_undecided(w, r, w->m->expression_id[i], v.cause, e);
	}
	return yes;
}

static unsigned
expressions(struct worker *w, const struct record *own, uint64_t yes, unsigned nth, struct emit *e)
{
	struct json_out o;

	for (size_t i = 0; i < w->m->o.expressions.n && i < 64; i++) {
		struct alert a = {.rule_id = w->m->expression_id[i], .rule_name = w->m->o.expressions.v[i], .level = w->m->o.level,
		    .type = SLICE("expression"), .ruleset = SLICE("-e")};

		if (!(yes >> i & 1))
			continue;
		buf_reset(&w->why);
		o = json_out(&w->why);
		jo_open(&o, '[');
		jo_open(&o, '{');
		jo_kstr(&o, "field", "(expression)");
		jo_kstr(&o, "op", "jq");
		jo_ktext(&o, "pattern", w->m->o.expressions.v[i]);
		jo_close(&o, '}');
		jo_close(&o, ']');
		a.why = buf_slice(&w->why);
		raise_alert(w, own, &a, nth++, e);
	}
	return nth;
}

static void
raise_sighting(void *to, const struct record *own, const struct alert *a)
{
	struct worker *w = to;

	raise_alert(w, own, a, w->nth++, w->emit);
}

static unsigned
sightings(struct worker *w, const struct record *own, unsigned nth, struct emit *e)
{
	w->emit = e;
	w->nth = nth;
	sightings_raise(w->m, w->sightings, own, raise_sighting, w);
	return w->nth;
}

static size_t
by_rules(struct worker *w, const struct record *r, const struct match_hit **hit, struct emit *e)
{
	struct logsource ls[EVENT_LS_MAX];
	bool foreign = r->kind == KIND_FOREIGN;
	struct match_event ev = {.j = r->j, .root = 0, .raw = r->node[R_raw], .ls = ls};
	const struct sigma_rule *const *unsure;
	size_t hits, unsures;

	if (foreign || ev.raw == JSON_NONE)
		ev.raw = 0;
	buf_reset(&w->key);
	if (foreign) {
		ev.ls_n = shape_sources(w->m->shapes, &w->m->shape, r->j, 0, w->slots, ls);
		foreign_key(ls, ev.ls_n, &w->key);
		ev.ls_key = buf_slice(&w->key);
	} else {
		ev.ls_n = own_sources(r, ls);
		ev.ls_key = r->node[R_ls] == JSON_NONE ? SLICE("[]") : json_raw(r->j, r->node[R_ls]);
	}
	hits = match_event(w->room, &ev, hit);
	unsures = match_undecided(w->room, &unsure);
	for (size_t i = 0; i < unsures; i++)
		say_undecided(w, r, unsure[i]->id, "a limit of its regular expression was hit", e);
	return hits;
}

static void
one_event(struct worker *w, const struct record *r, struct emit *e)
{
	bool foreign = r->kind == KIND_FOREIGN;
	const struct match_hit *hit = NULL;
	struct record own = *r;
	uint64_t yes;
	size_t hits;
	unsigned nth = 0;
	bool seen;

	hits = w->m->sigma.rules ? by_rules(w, r, &hit, e) : 0;
	yes = w->pool ? ask(w, r, e) : 0;
	seen = w->sightings && sightings_possible(w->m, w->sightings, r);
	if (hits == 0 && yes == 0 && !seen && !w->m->o.all) {
		emit_unmatched(e, r);
		return;
	}
	if (foreign && !wrap(w, r, &own)) {
		emit_reject(e, r, "not-wrapped");
		return;
	}
	nth = sigma(w, r, &own, hit, hits, nth, e);
	nth = expressions(w, &own, yes, nth, e);
	nth = seen ? sightings(w, &own, nth, e) : nth;
	/* An indicator may turn out to be expired when the event has its time. */
	if (nth == 0 && !w->m->o.all)
		emit_unmatched(e, r);
	else if (nth == 0)
		emit_line(e, KIND_EVENT, own.line);
}

static void
record(void *context, const struct record *r, struct emit *e)
{
	/* Alerts are never matched again (DECISIONS.md 3). */
	if (r->kind == KIND_EVENT || r->kind == KIND_FOREIGN)
		one_event(context, r, e);
	else
		emit_pass(e, r);
}

/* ---- the account ------------------------------------------------------------------------------------------------------------------------------------ */

static int
by_key(const void *a, const void *b)
{
	return slice_cmp(((const struct map_row *)a)->key, ((const struct map_row *)b)->key);
}

/*
 * Which log sources a worker kept apart when there are too many depends on what it was given; that there are too many does not, nor does
 * the sum.
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
	*covered(&m->coverage, &m->covered, &m->covered_cap, SLICE("(more)")) = sum;
}

static void
members(struct tool *t, void *shared, struct buf *out)
{
	struct matching *m = shared;
	struct json_out o = json_out(out);
	size_t fired = 0;

	if (m->undecided) {
		tool_say(t, "%llu answers are undecided: a limit was hit (notes in the stream tell which)", (unsigned long long)m->undecided);
		tool_status(t, 3);
	}
	for (size_t i = 0; i < m->sigma.rules; i++)
		fired += m->hits[i] > 0;
	jo_kopen(&o, "rules", '{');
	jo_ku64(&o, "loaded", m->sigma.rules);
	jo_ku64(&o, "expressions", m->o.expressions.n);
	jo_ku64(&o, "faulty", m->faulty);
	jo_ku64(&o, "unsupported", m->unsupported);
	jo_ku64(&o, "fired", fired);
	jo_ku64(&o, "undecided", m->undecided);
	jo_close(&o, '}');
	indicators_account(m, &o);
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
}

void
match_run(struct matching *m)
{
	struct stage stage = {.open = begin, .record = record, .close = end, .end = members, .shared = m};

	pthread_mutex_init(&m->lock, NULL);
	tool_each(m->t, &stage);
	for (size_t i = 0; i < m->pools; i++)
		jq_pool_free(m->pool[i]);
}
