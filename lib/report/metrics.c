#include "lib/report/metrics.h"

#include "lib/report/account.h"
#include "lib/report/share.h"

#include <stdlib.h>

enum { FEW = 10, GROUPS_MAX = 1000 };

static const char *const metric_word[METRICS] = {"ttd", "tta", "ttc", "ttr"};
static const char *const metric_title[METRICS] = {"to detect", "to acknowledge", "to contain", "to recover"};

/* ---- one incident ------------------------------------------------------------------------------------------------ */

struct times {
	struct stamp first, opened, at[METRICS];
	bool known[METRICS], over;
	uint32_t severity, tier;
	bool judged, wrong;			/* has a verdict; it was a false positive */
};

static bool
stamp_at(struct model *m, const char *path, struct stamp *at)
{
	return stamp_rfc3339(doc_text(m, doc_node(m, path)), at);
}

/* Timers that were met or missed tell the moment of acknowledgement. */
static void
timers_read(struct model *m, struct times *t)
{
	uint32_t list = doc_node(m, "sla");

	if (list == JSON_NONE || json_type(m->reader, list) != JSON_ARRAY)
		return;
	for (uint32_t k = json_first(m->reader, list); k != JSON_NONE; k = json_following(m->reader, list, k)) {
		uint32_t name = json_get(m->reader, k, SLICE("timer")), done = json_get(m->reader, k, SLICE("done"));
		enum metric which = METRICS;

		if (name == JSON_NONE || done == JSON_NONE)
			continue;
		if (slice_eq(doc_text(m, name), SLICE("acknowledge")))
			which = TTA;
		else if (slice_eq(doc_text(m, name), SLICE("containment")))
			which = TTC;
		if (which != METRICS && stamp_rfc3339(doc_text(m, done), &t->at[which]))
			t->known[which] = true;
	}
}

static void
reached(struct times *t, enum metric which, const struct doc *d, enum doc_state state)
{
	if (t->known[which] || !(d->states & 1u << state))
		return;
	t->at[which] = d->reached[state];
	t->known[which] = true;
}

static bool
times_read(struct model *m, const struct doc *d, struct times *t)
{
	struct slice verdict, status;

	*t = (struct times){0};
	if (!doc_open(m, d->json) || !stamp_at(m, "opened", &t->opened))
		return false;
	if (!stamp_at(m, "first", &t->first))
		t->first = t->opened;
	t->at[TTD] = t->opened;
	t->known[TTD] = true;
	timers_read(m, t);
	status = doc_text(m, doc_node(m, "status"));
	t->over = slice_eq(status, SLICE("closed")) || slice_eq(status, SLICE("merged"));
	t->severity = keep_text(m, doc_text(m, doc_node(m, "severity")));
	t->tier = keep_text(m, doc_text(m, doc_node(m, "tier")));
	verdict = doc_text(m, doc_node(m, "verdict"));
	if (verdict.n == 0)
		verdict = doc_text(m, doc_node(m, "verdict.verdict"));
	t->judged = verdict.n > 0;
	t->wrong = slice_starts(verdict, SLICE("false")) || slice_starts(verdict, SLICE("fp"));
	reached(t, TTA, d, STATE_TOUCHED);
	reached(t, TTC, d, STATE_CONTAINED);
	reached(t, TTR, d, STATE_RECOVERED);
	return true;
}

/* Containment's check held: the first result of a step of that stage that is done and checked. */
static void
contained_by_result(struct model *m, const struct doc *d, struct times *t)
{
	for (size_t i = 0; i < m->result.n; i++) {
		const struct doc *r = &m->result.v[i];
		const struct map_row *row;

		if (r->of != d->id || !doc_open(m, r->json) || !slice_eq(doc_text(m, doc_node(m, "state")), SLICE("done")) ||
		    doc_node(m, "check") == JSON_NONE || json_type(m->reader, doc_node(m, "check")) != JSON_TRUE)
			continue;
		row = map_get(&m->action.by_id, text_of(m, r->id));
		if (!row || !doc_open(m, m->action.v[row->v.u].json) || !slice_eq(doc_text(m, doc_node(m, "stage")),
		    SLICE("containment")))
			continue;
		if (!t->known[TTC] || stamp_cmp(r->at, t->at[TTC]) < 0)
			t->at[TTC] = r->at;
		t->known[TTC] = true;
	}
}

/* ---- groups ------------------------------------------------------------------------------------------------------ */

struct group {
	uint32_t name;				/* 0: all */
	struct duration *v[METRICS];
	size_t n[METRICS], cap[METRICS], open[METRICS];
	uint64_t incidents, closed, judged, wrong;
};
struct groups {
	struct group *v;
	size_t n, cap, left;
	struct map by;
};

static struct group *
group_of(struct groups *g, struct model *m, uint32_t name)
{
	struct map_row *row = map_get(&g->by, text_of(m, name));
	bool made;

	if (!row && g->n >= GROUPS_MAX) {
		g->left++;
		return NULL;
	}
	row = map_put(&g->by, text_of(m, name), &made);
	if (made) {
		g->v = mem_grow(g->v, &g->cap, g->n, sizeof *g->v);
		g->v[g->n] = (struct group){.name = name};
		row->v.u = g->n++;
	}
	return &g->v[row->v.u];
}

static void
group_add(struct group *g, const struct times *t, struct stamp now)
{
	if (!g)
		return;
	g->incidents++;
	g->closed += t->over;
	g->judged += t->judged;
	g->wrong += t->judged && t->wrong;
	for (int k = 0; k < METRICS; k++) {
		struct stamp from = k == TTD ? t->first : t->opened;
		struct duration d = {.s = (t->known[k] ? t->at[k] : now).s - from.s, .open = !t->known[k]};

		/*
		 * Closed without ever being contained or recovered: there was nothing to, which says nothing of how long it
		 * takes.
		 */
		if (!t->known[k] && t->over)
			continue;
		if (d.s < 0)
			d.s = 0;
		g->v[k] = mem_grow(g->v[k], &g->cap[k], g->n[k], sizeof *g->v[k]);
		g->v[k][g->n[k]++] = d;
		g->open[k] += d.open;
	}
}

static void
groups_free(struct groups *g)
{
	for (size_t i = 0; i < g->n; i++)
		for (int k = 0; k < METRICS; k++)
			free(g->v[i].v[k]);
	free(g->v);
	map_free(&g->by);
}

static void
by_rules(struct groups *g, struct model *m, const struct doc *d, const struct times *t, struct stamp now)
{
	struct map seen = {0};

	for (size_t i = 0; i < d->alerts; i++) {
		uint64_t a = m->text.row[d->alert[i]].v.u;
		uint32_t name = a ? m->rule[m->alert[a - 1].rule].name : 0;
		bool made = false;

		if (a)
			(void)map_put(&seen, text_of(m, name), &made);
		if (made)
			group_add(group_of(g, m, name), t, now);
	}
	map_free(&seen);
}

static struct groups
groups_make(struct model *m, enum by by, const struct period *p)
{
	struct groups g = {0};
	struct stamp now = report_time(m);

	(void)group_of(&g, m, 0);
	for (size_t i = 0; i < m->incident.n; i++) {
		const struct doc *d = &m->incident.v[i];
		struct times t;

		if (!times_read(m, d, &t) || !period_holds(p, t.opened))
			continue;
		contained_by_result(m, d, &t);
		group_add(&g.v[0], &t, now);
		if (by == BY_SEVERITY || by == BY_TIER)
			group_add(group_of(&g, m, by == BY_SEVERITY ? t.severity : t.tier), &t, now);
		if (by == BY_RULE)
			by_rules(&g, m, d, &t, now);
	}
	return g;
}

/* ---- timers ------------------------------------------------------------------------------------------------------ */

struct timers {
	uint64_t met, missed, running;
};

static struct timers
timers_count(struct model *m, const struct period *p)
{
	struct timers n = {0};
	struct stamp now = report_time(m), opened, due;

	for (size_t i = 0; i < m->incident.n; i++) {
		uint32_t list;

		if (!doc_open(m, m->incident.v[i].json) || !stamp_at(m, "opened", &opened) || !period_holds(p, opened))
			continue;
		list = doc_node(m, "sla");
		if (list == JSON_NONE || json_type(m->reader, list) != JSON_ARRAY)
			continue;
		for (uint32_t k = json_first(m->reader, list); k != JSON_NONE; k = json_following(m->reader, list, k)) {
			uint32_t met = json_get(m->reader, k, SLICE("met")), at = json_get(m->reader, k, SLICE("due"));

			if (met != JSON_NONE && json_type(m->reader, met) == JSON_TRUE)
				n.met++;
			else if (met != JSON_NONE && json_type(m->reader, met) == JSON_FALSE)
				n.missed++;
			else if (at != JSON_NONE && stamp_rfc3339(doc_text(m, at), &due) && stamp_cmp(due, now) < 0)
				n.missed++;
			else
				n.running++;
		}
	}
	return n;
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

static void
quantile_member(struct json_out *o, const char *name, struct group *g, int k, double q)
{
	int64_t s;

	if (km_quantile(g->v[k], g->n[k], q, &s))
		jo_ki64(o, name, s);
	else {
		jo_key(o, slice_str(name));
		jo_null(o);
	}
}

static void
group_json(struct json_out *o, struct model *m, struct group *g)
{
	jo_open(o, '{');
	jo_ktext(o, "name", g->name ? text_of(m, g->name) : SLICE("all"));
	jo_ku64(o, "incidents", g->incidents);
	jo_ku64(o, "closed", g->closed);
	jo_ku64(o, "judged", g->judged);
	jo_ku64(o, "false_positives", g->wrong);
	for (int k = 0; k < METRICS; k++) {
		jo_kopen(o, metric_word[k], '{');
		jo_ku64(o, "n", g->n[k]);
		jo_ku64(o, "open", g->open[k]);
		quantile_member(o, "median_s", g, k, 0.5);
		quantile_member(o, "p90_s", g, k, 0.9);
		if (g->n[k] && g->open[k] == 0) {
			int64_t sum = 0;

			for (size_t i = 0; i < g->n[k]; i++)
				sum += g->v[k][i].s;
			jo_ki64(o, "mean_s", sum / (int64_t)g->n[k]);
		}
		jo_close(o, '}');
	}
	jo_close(o, '}');
}

static void
period_json(struct json_out *o, struct model *m, enum by by, const struct period *p)
{
	struct groups g = groups_make(m, by, p);
	struct timers t = timers_count(m, p);

	jo_open(o, '{');
	jo_ktext(o, "period", p->given ? p->name : SLICE("all"));
	jo_kbool(o, "too_few", g.v[0].incidents < FEW);
	jo_kopen(o, "groups", '[');
	for (size_t i = 0; i < g.n; i++)
		group_json(o, m, &g.v[i]);
	jo_close(o, ']');
	jo_ku64(o, "groups_left_out", g.left);
	jo_kopen(o, "timers", '{');
	jo_ku64(o, "met", t.met);
	jo_ku64(o, "missed", t.missed);
	jo_ku64(o, "running", t.running);
	jo_close(o, '}');
	jo_close(o, '}');
	groups_free(&g);
}

void
metrics_json(struct model *m, enum by by, const struct period *p, size_t periods, struct buf *out)
{
	struct json_out o = json_out(out);
	struct totals t = totals_read(m);
	char now[STAMP_LEN];

	stamp_put(now, report_time(m));
	jo_open(&o, '{');
	jo_ktext(&o, "as_of", slice_of(now, sizeof now));
	jo_kopen(&o, "volume", '{');
	jo_ku64(&o, "alerts", m->alerts);
	jo_ku64(&o, "incidents", m->incident.n);
	jo_ku64(&o, "rules_fired", m->rules);
	if (t.rules_known)
		jo_ku64(&o, "rules_never_fired", t.rules > m->rules ? t.rules - m->rules : 0);
	jo_ku64(&o, "event_types_no_rule_looked_at", t.types_blind);
	jo_ku64(&o, "event_types", t.types);
	jo_close(&o, '}');
	jo_kopen(&o, "periods", '[');
	for (size_t i = 0; i < periods; i++)
		period_json(&o, m, by, &p[i]);
	jo_close(&o, ']');
	jo_close(&o, '}');
	buf_byte(out, '\n');
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

/* 90 -> "1m 30s": two units that follow one another. */
static void
length_put(struct buf *b, int64_t s)
{
	static const struct { int64_t s; char c; } unit[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
	size_t i = 0;

	while (i < 3 && s < unit[i].s)
		i++;
	buf_i64(b, s / unit[i].s);
	buf_byte(b, unit[i].c);
	if (i == 3)
		return;
	buf_byte(b, ' ');
	buf_i64(b, s % unit[i].s / unit[i + 1].s);
	buf_byte(b, unit[i + 1].c);
}

static void
quantile_cell(struct sheet *s, struct group *g, int k, double q)
{
	struct buf b = {0};
	int64_t length;

	if (g->n[k] == 0)
		buf_lit(&b, "-");
	else if (km_quantile(g->v[k], g->n[k], q, &length))
		length_put(&b, length);
	else
		buf_lit(&b, "not reached");
	sheet_cell_slice(s, RUN_TEXT, buf_slice(&b));
	buf_free(&b);
}

static void
group_put(struct sheet *s, struct group *g, const struct period *p)
{
	for (int k = 0; k < METRICS; k++) {
		sheet_cell_slice(s, RUN_TEXT, g->name ? text_of(s->m, g->name) : p->given ? p->name : SLICE("all"));
		sheet_cell_str(s, metric_title[k]);
		quantile_cell(s, g, k, 0.5);
		quantile_cell(s, g, k, 0.9);
		sheet_cell_u64(s, g->n[k]);
		sheet_cell_u64(s, g->open[k]);
	}
}

static void
period_put(struct sheet *s, enum by by, const struct period *p)
{
	static const char *const heads[] = {"Of", "Time", "Median", "90 %", "n", "open"};
	struct groups g = groups_make(s->m, by, p);
	struct timers t = timers_count(s->m, p);

	sheet_heading(s, "", p->given ? p->name : SLICE("All incidents"));
	if (g.v[0].incidents < FEW) {
		sheet_para(s);
		sheet_u64(s, g.v[0].incidents);
		sheet_str(s, " incidents: too few for a comparison.");
		sheet_para_end(s);
	}
	sheet_table(s, heads, "llrrrr");
	for (size_t i = 0; i < g.n; i++)
		group_put(s, &g.v[i], p);
	sheet_table_end(s);
	sheet_para(s);
	sheet_str(s, "Timers: met ");
	sheet_u64(s, t.met);
	sheet_str(s, ", missed ");
	sheet_u64(s, t.missed);
	sheet_str(s, ", running ");
	sheet_u64(s, t.running);
	sheet_str(s, ". Verdicts: ");
	sheet_u64(s, g.v[0].judged);
	sheet_str(s, ", of which false positives ");
	sheet_u64(s, g.v[0].wrong);
	sheet_str(s, ".");
	sheet_para_end(s);
	groups_free(&g);
}

void
metrics_put(struct sheet *s, enum by by, const struct period *p, size_t periods)
{
	struct totals t = totals_read(s->m);

	sheet_para(s);
	sheet_str(s, "As of ");
	sheet_time(s, report_time(s->m));
	sheet_str(s, " UTC. Alerts ");
	sheet_u64(s, s->m->alerts);
	sheet_str(s, ", incidents ");
	sheet_u64(s, s->m->incident.n);
	sheet_str(s, ". Rules that fired ");
	sheet_u64(s, s->m->rules);
	if (t.rules_known) {
		sheet_str(s, " of ");
		sheet_u64(s, t.rules);
	}
	sheet_str(s, ". An open incident counts as waiting until then (Kaplan-Meier).");
	sheet_para_end(s);
	for (size_t i = 0; i < periods; i++)
		period_put(s, by, &p[i]);
}
