/* The stage: each event against the rules and expressions of the request. */
#include "cmd/match_hunt.h"
#include "cmd/match_local.h"
#include "cmd/match_work.h"

#include <stdlib.h>

struct worker *
worker_new(struct matching *m)
{
	struct worker *w = mem_zero(1, sizeof *w);

	w->m = m;
	w->room = match_room_new(m->set);
	match_timed(w->room, m->o.profile);
	w->slots = mem_zero(shape_slots(m->shapes) + 1, sizeof(uint32_t));
	w->json = json_new(&json_limits_stream);
	w->paths = record_paths_new();
	w->hits = mem_zero(m->sigma.rules, sizeof *w->hits);
	frame_open(w);
	w->suppressed = mem_zero(m->local->suppressions + 1, sizeof *w->suppressed);
	w->expired = mem_zero(m->local->suppressions + 1, sizeof *w->expired);
	if (m->intel)
		w->sightings = sightings_new(m);
	return w;
}

static void *
begin(struct tool *t, void *shared)
{
	struct matching *m = shared;
	struct worker *w = worker_new(m);

	(void)t;
	pthread_mutex_lock(&m->lock);
	if (m->pools)
		w->pool = m->pool[m->pool_next++ % m->pools];
	pthread_mutex_unlock(&m->lock);
	return w;
}

void
worker_free(struct worker *w)
{
	struct matching *m = w->m;

	pthread_mutex_lock(&m->lock);
	for (size_t i = 0; i < match_sources(w->room); i++) {
		const struct match_source *mine = match_source(w->room, i);
		struct coverage *c = account_covered(&m->coverage, &m->covered, &m->covered_cap, mine->key);

		c->events += mine->events;
		c->alerts += mine->hits;
		c->candidates = mine->rules;
	}
	for (size_t i = 0; i < m->sigma.rules; i++)
		m->hits[i] += w->hits[i];
	m->undecided += w->undecided;
	sightings_free(m, w->sightings);
	m->untimed += w->untimed;
	for (size_t i = 0; i < m->local->suppressions; i++) {
		m->local->count[i] += w->suppressed[i];
		m->local->expired[i] += w->expired[i];
	}
	match_profile_add(m, w->room);
	account_looked(m, w->room);
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
	buf_free(&w->later);
	free(w->slots);
	free(w->hits);
	free(w->suppressed);
	free(w->expired);
	free(w->tail);
	arena_free(&w->tails);
	free(w);
}

static void
end(void *context)
{
	worker_free(context);
}

/* ---- log sources ---------------------------------------------------------------------------------------------------- */

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
			ls[n++] = (struct logsource){member(r->j, v, "product"), member(r->j, v, "service"), member(r->j, v,
			    "category")};
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

/* ---- alerts --------------------------------------------------------------------------------------------------------- */

void
work_raise(struct worker *w, const struct record *r, const struct alert *a, unsigned nth, struct emit *e)
{
	buf_reset(&w->line);
	alert_write(r->j, r, a, &w->edits, &w->scratch, &w->line);
	if (nth == 0)
		emit_line(e, KIND_ALERT, buf_slice(&w->line));
	else
		emit_made(e, KIND_ALERT, buf_slice(&w->line));
	emit_level(e, a->level);
}

bool
work_read(struct worker *w, struct slice line, struct record *r)
{
	struct fault f;
	const char *reason;

	json_block(w->json, line);
	return json_line(w->json, &f) && w->json->ok && record_read(w->paths, w->json, r, &reason);
}

void
put_off_begin(struct worker *w, enum put_off kind, const struct record *r)
{
	const struct stamp none = {INT64_MIN, 0}, *at = r->timed ? &r->at : &none;

	buf_reset(&w->later);
	buf_byte(&w->later, (char)kind);
	buf_add(&w->later, at, sizeof *at);
}

/* A foreign object becomes our event only if something names it, or with --all. */
static void
wrap_line(struct worker *w, const struct record *r, struct emit *e)
{
	buf_reset(&w->wrapped);
	emit_wrap(e, r, w->slots, &w->event, &w->wrapped);
}

static bool
wrap(struct worker *w, const struct record *r, struct record *own, struct emit *e)
{
	wrap_line(w, r, e);
	if (!work_read(w, buf_slice(&w->wrapped), own))
		return false;
	own->off = r->off;
	own->rec = r->rec;
	own->timed = w->event.timed;
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

struct alert
work_alert(struct worker *w, const struct sigma_rule *rule)
{
	w->hits[rule->index]++;
	buf_reset(&w->why);
	if (!rule->mute)
		match_why(w->room, rule, &w->why);
	return (struct alert){.rule_id = rule->id, .rule_name = rule->title, .level = rule->level.n ? rule->level :
	    SLICE("medium"),
	    .type = SLICE("sigma"), .rule = rule, .ruleset = rule->folder, .why = buf_slice(&w->why)};
}

static unsigned
sigma(struct worker *w, const struct record *own, const struct match_hit *hit, size_t hits, unsigned nth, struct emit *e)
{
	for (size_t i = 0; i < hits; i++) {
		struct alert a = work_alert(w, hit[i].rule);

		if (!hit[i].rule->mute)
			work_raise(w, own, &a, nth++, e);
	}
	return nth;
}

/* Log sources and where the original begins. */
static void
look(struct worker *w, const struct record *r, struct match_event *ev, struct logsource *ls)
{
	*ev = (struct match_event){.j = r->j, .root = 0, .raw = r->node[R_raw], .ls = ls};
	if (r->kind == KIND_FOREIGN || ev->raw == JSON_NONE)
		ev->raw = 0;
	buf_reset(&w->key);
	if (r->kind == KIND_FOREIGN) {
		ev->ls_n = shape_sources(w->m->shapes, &w->m->shape, r->j, 0, w->slots, ls);
		foreign_key(ls, ev->ls_n, &w->key);
		ev->ls_key = buf_slice(&w->key);
	} else {
		ev->ls_n = own_sources(r, ls);
		ev->ls_key = r->node[R_ls] == JSON_NONE ? SLICE("[]") : json_raw(r->j, r->node[R_ls]);
	}
	if (quiet_sources(w, ev, ls)) {
		buf_reset(&w->key);
		foreign_key(ls, ev->ls_n, &w->key);
		ev->ls_key = buf_slice(&w->key);
	}
}

static size_t
voices(const struct match_hit *hit, size_t hits)
{
	size_t n = 0;

	for (size_t i = 0; i < hits; i++)
		n += !hit[i].rule->mute;
	return n;
}

static void
tick(struct worker *w, const struct record *own, struct emit *e)
{
	if (w->m->correlate == NULL && w->pool == NULL && w->m->hunting->queries == 0)
		return;
	put_off_begin(w, PUT_TICK, own);
	emit_later(e, buf_slice(&w->later));
}

static void
raise_sighting(void *to, const struct record *own, const struct alert *a)
{
	struct worker *w = to;

	work_raise(w, own, a, w->nth++, w->emit);
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
by_rules(struct worker *w, const struct record *r, struct match_event *ev, const struct match_hit **hit, struct emit *e)
{
	const struct sigma_rule *const *unsure;
	size_t hits = match_event(w->room, ev, hit), unsures = match_undecided(w->room, &unsure);

	for (size_t i = 0; i < unsures; i++)
		say_undecided(w, r, unsure[i]->id, "a limit of its regular expression was hit", e);
	return hits;
}

/* Nobody but rules of single events has anything to say of this one. */
static bool
framed(struct worker *w, const struct record *r, const struct match_hit *hit, size_t hits, bool others, struct emit *e)
{
	if (others || w->m->correlate || w->pool || w->m->local->suppressions || w->m->hunting->queries || w->m->hunting->context)
		return false;
	wrap_line(w, r, e);
	return frame_alerts(w, hit, hits, e);
}

/* What the worker's sides found in one event. */
struct findings {
	struct match_event ev;		/* the room looks at it until the next event */
	struct logsource ls[EVENT_LS_MAX];
	const struct match_hit *hit;
	size_t hits, all;		/* left by suppressions; at first */
	struct asked asked;
	uint32_t *held;			/* queries */
	size_t queries;
	bool ask, heard, seen, find;
};

static void
find(struct worker *w, const struct record *r, struct findings *f, struct emit *e)
{
	*f = (struct findings){0};
	if (w->m->sigma.rules || w->m->hunting->queries) {
		look(w, r, &f->ev, f->ls);
		f->hits = f->all = by_rules(w, r, &f->ev, &f->hit, e);
		f->queries = seek_event(w, &f->ev, &f->held, &f->find, e);
	}
	f->ask = w->pool && ask_event(w, r, &f->asked);
	f->heard = many_hears(w, f->hit, f->hits) || (f->queries && w->m->correlate);
	f->seen = w->sightings && sightings_possible(w->m, w->sightings, r);
}

static bool
wanted(const struct worker *w, const struct findings *f)
{
	return voices(f->hit, f->hits) || f->heard || f->seen || f->find || f->queries || f->asked.yes || w->m->o.all ||
	    w->m->hunting->context;
}

static void
one_event(struct worker *w, const struct record *r, struct emit *e)
{
	struct record own = *r;
	struct findings f;
	unsigned nth;

	find(w, r, &f, e);
	if (w->m->whynot) {
		if (r->kind != KIND_FOREIGN || wrap(w, r, &own, e))
			whynot_event(w, &own, &f.ev);
		emit_unmatched(e, r);
		return;
	}
	if (r->kind == KIND_FOREIGN && voices(f.hit, f.hits) && framed(w, r, f.hit, f.hits, f.heard || f.seen, e))
		return;
	if (r->kind == KIND_FOREIGN && wanted(w, &f) && !wrap(w, r, &own, e)) {
		tick(w, r, e);
		emit_reject(e, r, "not-wrapped");
		return;
	}
	tick(w, &own, e);
	f.hits = quiet_hits(w, &own, &f.hit, f.hits, e);
	if (w->m->hunting->context)
		context_later(w, &own, voices(f.hit, f.hits) || f.find, e);
	nth = sigma(w, &own, f.hit, f.hits, 0, e);
	nth = seek_raise(w, &own, f.held, f.queries, nth, e);
	nth = f.seen ? sightings(w, &own, nth, e) : nth;
	if (f.heard)
		many_pick(w, &own, &(struct heard){f.hit, f.hits, f.held, f.queries}, e);
	/* An indicator may turn out to be expired when the event has its time. */
	if (f.ask)
		ask_later(w, r, &own, &f.asked, nth, e);
	else if (nth == 0 && w->m->o.all)
		emit_line(e, KIND_EVENT, own.line);
	else if (nth == 0 && f.hits < f.all)
		emit_suppressed(e, r);
	else if (nth == 0)
		emit_unmatched(e, r);
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

/* ---- in input order ------------------------------------------------------------------------------------------------- */

static void
settle(struct tool *t, void *shared, struct slice what, struct emit *e)
{
	struct matching *m = shared;
	struct worker *w = m->settler;
	struct stamp at;

	(void)t;
	memcpy(&at, what.p + 1, sizeof at);
	if (what.p[0] == PUT_ASKED) {
		ask_settle(w, what, e);
	} else if (what.p[0] == PUT_PICK) {
		many_settle(w, slice_from(what, 1 + sizeof at), e);
	} else if (what.p[0] == PUT_FOUND) {
		seek_settle(w, slice_from(what, 1 + sizeof at));
	} else if (what.p[0] == PUT_CONTEXT) {
		context_settle(w, slice_from(what, 1 + sizeof at), e);
	} else {
		m->hunting->events++;
		if (m->pools)
			ask_tick(w);
		if (at.s != INT64_MIN)
			many_tick(w, at, e);
	}
}

static void
mark(struct tool *t, void *shared, const struct record *r, struct emit *e)
{
	struct matching *m = shared;

	(void)t;
	many_mark(m->settler, r, e);
}

static void
drain(struct tool *t, void *shared, struct emit *e)
{
	struct matching *m = shared;

	(void)t;
	many_drain(m->settler, e);
	hunt_say(m, e);
	worker_free(m->settler);
	m->settler = NULL;
}

void
match_run(struct matching *m)
{
	/* Where only what matches is wrapped, reading all others for their time would cost more than matching. */
	struct wraps wraps = {m->shapes, m->shape, m->o.all};
	struct stage stage = {.open = begin, .record = record, .close = end, .settle = settle, .mark = mark, .drain = drain,
	    .end = account_members,
	    .shared = m};

	if (m->whynot)
		stage = (struct stage){.open = begin, .record = record, .close = end, .shared = m, .serial = true, .quiet = true};
	stage.wraps = &wraps;
	pthread_mutex_init(&m->lock, NULL);
	if (m->whynot == NULL)
		m->settler = worker_new(m);
	tool_each(m->t, &stage);
	if (m->whynot)
		whynot_end(m);
	for (size_t i = 0; i < m->pools; i++)
		jq_pool_free(m->pool[i]);
}
