/* Correlations: hits are picked by workers and counted in input order; limits that were hit are noted. */
#include "cmd/match_hunt.h"
#include "cmd/match_local.h"
#include "cmd/match_work.h"

bool
many_hears(struct worker *w, const struct match_hit *hit, size_t hits)
{
	for (size_t i = 0; i < hits && w->m->correlate; i++)
		if (correlate_hears(w->m->correlate, hit[i].rule))
			return true;
	return false;
}

void
many_pick(struct worker *w, const struct record *own, const struct heard *h, struct emit *e)
{
	struct correlate_seen seen = {.at = own->at, .id = record_id(own), .line = own->line};
	const struct sigma_rule **rule = arena_alloc(emit_arena(e), (h->hits + h->queries + 1) * sizeof(struct sigma_rule *));

	for (size_t i = 0; i < h->hits; i++)
		if (correlate_hears(w->m->correlate, h->hit[i].rule))
			rule[seen.rules++] = h->hit[i].rule;
	for (size_t i = 0; i < h->queries; i++)
		if (w->m->hunting->query[h->held[i]].many)
			rule[seen.rules++] = w->m->hunting->query[h->held[i]].when;
	if (seen.rules == 0)
		return;
	/* An event without time has no place in any window. */
	if (!own->timed) {
		w->untimed++;
		return;
	}
	seen.rule = rule;
	quiet_many(w, own, &seen, e);
	put_off_begin(w, PUT_PICK, own);
	correlate_pick(w->m->correlate, w->room, &seen, &w->later);
	emit_later(e, buf_slice(&w->later));
}

/* ---- alerts --------------------------------------------------------------------------------------------------------- */

static void
put_bounds(struct buf *b, const struct sigma_correlation *c)
{
	static const struct {
		char op;
		const char *word;
	} row[] = {{'<', "lt "}, {'{', "lte "}, {'>', "gt "}, {'}', "gte "}, {'=', "eq "}, {'!', "neq "}};

	for (size_t i = 0; i < c->bounds; i++)
		for (size_t k = 0; k < sizeof row / sizeof *row; k++)
			if (row[k].op == c->bound[i].op) {
				buf_str(b, row[k].word);
				buf_f64(b, c->bound[i].number);
				buf_byte(b, ' ');
			}
	if (c->span != SIGMA_NEVER_ENDS) {
		buf_lit(b, "in ");
		buf_u64(b, (uint64_t)c->span / 1000000000);
		buf_lit(b, " s of ");
	} else {
		buf_lit(b, "of ");
	}
	for (size_t i = 0; i < c->parts; i++) {
		buf_str(b, i ? ", " : "");
		buf_slice_add(b, c->part[i].ref);
	}
}

static void
put_why(struct worker *w, const struct correlate_alert *a, struct buf *out)
{
	struct json_out o = json_out(out);
	struct buf b = {0};

	jo_open(&o, '[');
	jo_open(&o, '{');
	for (size_t i = 0; i < a->by->fields; i++) {
		buf_str(&b, i ? "," : "");
		buf_slice_add(&b, a->by->field[i].name);
	}
	jo_ktext(&o, "field", b.n ? buf_slice(&b) : SLICE("(events)"));
	jo_kstr(&o, "op", sigma_count_name[a->by->type]);
	buf_reset(&b);
	put_bounds(&b, a->by);
	jo_ktext(&o, "pattern", buf_slice(&b));
	buf_reset(&b);
	buf_f64(&b, a->value);
	jo_ktext(&o, "value", buf_slice(&b));
	jo_close(&o, '}');
	for (size_t i = 0; i < a->groups; i++) {
		jo_open(&o, '{');
		jo_ktext(&o, "field", a->group[i].name);
		jo_kstr(&o, "op", "group-by");
		jo_kstr(&o, "pattern", "");
		jo_ktext(&o, "value", a->group[i].value);
		jo_close(&o, '}');
	}
	jo_close(&o, ']');
	buf_free(&b);
	(void)w;
}

static void
raise(struct worker *w, const struct correlate_alert *a, struct emit *e)
{
	const struct sigma_rule *about = a->by->about;
	struct alert_many many = {a->event, a->events, a->count, a->first, a->last, {NULL, 0}};
	struct alert alert = {.rule_id = about->id, .rule_name = about->title, .level = about->level.n ? about->level :
	    SLICE("medium"),
	    .type = seek_found(w, a->by) ? SLICE("hunt") : SLICE("correlation"),
	    .rule = about, .ruleset = about->folder, .many = &many};
	struct buf group = {0};
	struct json_out o = json_out(&group);
	struct record own;

	if (!work_read(w, a->line, &own))
		tool_die(w->m->t, 0, "a line that was read cannot be read again: this is an error in the program");
	jo_open(&o, '{');
	for (size_t i = 0; i < a->groups; i++) {
		jo_key(&o, a->group[i].name);
		jo_text(&o, a->group[i].value);
	}
	jo_close(&o, '}');
	many.group = buf_slice(&group);
	buf_reset(&w->why);
	put_why(w, a, &w->why);
	alert.why = buf_slice(&w->why);
	work_raise(w, &own, &alert, 1, e);
	w->m->correlated++;
	buf_free(&group);
}

/* ---- limits --------------------------------------------------------------------------------------------------------- */

/* The first time, and then at ten times as many: a flood makes few notes. */
static bool
due(uint64_t n, uint64_t *next)
{
	if (n < *next || n == 0)
		return false;
	while (*next <= n)
		*next *= 10;
	return true;
}

static void
limit(uint64_t n, uint64_t *next, const char *what, const char *words, struct emit *e)
{
	struct buf b = {0};

	if (!due(n, next))
		return;
	buf_u64(&b, n);
	buf_str(&b, words);
	emit_note(e, what, (struct slice){NULL, 0}, buf_slice(&b));
	buf_free(&b);
}

static void
say_late(struct matching *m, const struct correlate_counts *c, struct emit *e)
{
	struct buf b = {0};

	if (!due(c->late, &m->said.late))
		return;
	buf_u64(&b, c->late);
	buf_lit(&b, " events came too late to be counted by correlations; --lateness ");
	buf_u64(&b, (uint64_t)(c->needed / 1000000000 + 1));
	buf_str(&b, c->early ? "s and a larger --state-memory would have counted them" : "s would have counted them");
	emit_note(e, "late-event", (struct slice){NULL, 0}, buf_slice(&b));
	buf_free(&b);
}

static void
tell(struct worker *w, struct emit *e)
{
	struct matching *m = w->m;
	const struct correlate_counts *c = correlate_counts(m->correlate);
	struct correlate_alert a;

	while (correlate_next(m->correlate, &a)) {
		/* A snapshot may be of a run with other suppressions. */
		uint32_t by = a.muted_by == CORRELATE_NOBODY ? a.muted_by : a.muted_by & ~CORRELATE_OVER;

		if (by < m->local->suppressions)
			++*(a.muted ? &w->suppressed[by] : &w->expired[by]);
		if (!a.muted)
			raise(w, &a, e);
	}
	say_late(m, c, e);
	limit(c->evicted, &m->said.evicted, "limit-state-memory",
	    " keys of correlations were forgotten: --state-memory is too small for them", e);
}

void
many_tick(struct worker *w, struct stamp at, struct emit *e)
{
	if (w->m->correlate == NULL)
		return;
	correlate_tick(w->m->correlate, at);
	tell(w, e);
}

void
many_settle(struct worker *w, struct slice what, struct emit *e)
{
	correlate_add(w->m->correlate, what);
	tell(w, e);
}

void
many_mark(struct worker *w, const struct record *r, struct emit *e)
{
	struct matching *m = w->m;
	uint32_t live = json_path(r->j, 0, SLICE("ir.live"));

	(void)e;
	if (m->correlate && m->o.lateness.n == 0 && live != JSON_NONE && json_type(r->j, live) == JSON_TRUE)
		correlate_lateness(m->correlate, LATENESS_LIVE);
	state_mark(m, r);
}

/* A live input goes on: with a state its windows wait for it. */
void
many_drain(struct worker *w, struct emit *e)
{
	struct matching *m = w->m;

	if (m->correlate == NULL)
		return;
	correlate_end(m->correlate, !state_goes_on(m));
	tell(w, e);
	state_end(m);
}

void
many_members(struct matching *m, struct json_out *o)
{
	const struct correlate_counts *c;

	if (m->correlate == NULL)
		return;
	c = correlate_counts(m->correlate);
	jo_kopen(o, "correlation", '{');
	jo_ku64(o, "alerts", m->correlated);
	jo_ku64(o, "heard", c->heard);
	jo_ku64(o, "ungrouped", c->ungrouped);
	jo_ku64(o, "unvalued", c->unvalued);
	jo_ku64(o, "untimed", m->untimed);
	jo_ku64(o, "late", c->late);
	if (c->late)
		jo_ku64(o, "lateness_needed", (uint64_t)(c->needed / 1000000000 + 1));
	jo_ku64(o, "evicted", c->evicted);
	jo_ku64(o, "early", c->early);
	jo_close(o, '}');
	if (c->ungrouped)
		tool_say(m->t, "%llu events lack a field by which a correlation groups and were not counted by it",
		    (unsigned long long)c->ungrouped);
	if (c->unvalued)
		tool_say(m->t, "%llu events lack a value (or number) that a correlation counts and were not counted by it",
		    (unsigned long long)c->unvalued);
}
