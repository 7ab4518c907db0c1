/*
 * model_finish: alerts in order, stories of incidents, or of hosts where no incident came: what a host saw without a silence of
 * STORY_GAP.
 */
#include "lib/report/model_priv.h"

#include <stdlib.h>

#define NO_STORY UINT32_MAX

/* ---- sorting numbers by what they stand for ---------------------------------------------------------------------- */

static int
by_time(const void *a, const void *b, void *model)
{
	const struct model *m = model;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	const struct alert *p = &m->alert[x], *q = &m->alert[y];
	int c = stamp_cmp(p->at, q->at);

	if (c == 0)
		c = slice_cmp(text_of(m, p->event), text_of(m, q->event));
	if (c == 0 && p->level != q->level)
		c = p->level > q->level ? -1 : 1;
	return c ? c : (x > y) - (x < y);
}

static int
by_story(const void *a, const void *b, void *model)
{
	const struct model *m = model;
	uint32_t s = m->alert[*(const uint32_t *)a].story, t = m->alert[*(const uint32_t *)b].story;

	return s != t ? (s < t ? -1 : 1) : by_time(a, b, model);
}

static int
by_weight(const void *a, const void *b, void *model)
{
	const struct story *x = a, *y = b;
	const struct model *m = model;
	int c = (x->priority == 0) - (y->priority == 0);

	if (c == 0 && x->priority != y->priority)
		c = slice_cmp(text_of(m, x->priority), text_of(m, y->priority));
	if (c == 0)
		c = y->level - x->level;
	if (c == 0 && x->tactic_n != y->tactic_n)
		c = x->tactic_n > y->tactic_n ? -1 : 1;
	for (int l = LEVELS - 1; c == 0 && l > 0; l--)
		c = (x->hits[l] < y->hits[l]) - (x->hits[l] > y->hits[l]);
	if (c == 0)
		c = stamp_cmp(x->first, y->first);
	if (c == 0)
		c = slice_cmp(text_of(m, x->host), text_of(m, y->host));
	return c ? c : slice_cmp(text_of(m, x->id), text_of(m, y->id));
}

/* ---- stories ----------------------------------------------------------------------------------------------------- */

static struct story *
story_add(struct model *m)
{
	m->story = mem_grow(m->story, &m->story_cap, m->stories, sizeof *m->story);
	m->story[m->stories] = (struct story){0};
	return &m->story[m->stories++];
}

static uint32_t
keep_doc(struct model *m, const char *path)
{
	return keep_text(m, doc_text(m, doc_node(m, path)));
}

static void
doc_stamp(struct model *m, const char *path, struct stamp *to)
{
	struct stamp at;

	if (stamp_rfc3339(doc_text(m, doc_node(m, path)), &at))
		*to = at;
}

static void
story_of_incident(struct model *m, struct doc *d)
{
	struct story *s = story_add(m);

	*s = (struct story){.incident = d, .id = d->id, .first = d->at, .last = d->at};
	if (doc_open(m, d->json)) {
		s->title = keep_doc(m, "title");
		s->priority = keep_doc(m, "priority");
		s->status = keep_doc(m, "status");
		s->severity = keep_doc(m, "severity");
		s->host = keep_doc(m, "story.key.value");
		doc_stamp(m, "first", &s->first);
		doc_stamp(m, "last", &s->last);
	}
	for (size_t i = 0; i < d->alerts; i++) {
		uint64_t a = m->text.row[d->alert[i]].v.u;

		if (a)
			m->alert[a - 1].story = (uint32_t)(m->stories - 1);
	}
}

struct open_story {
	uint32_t story;
	struct stamp last;
};

/* In order of time: a host's story goes on until it was silent for STORY_GAP. */
static void
group(struct model *m)
{
	struct map open = {0};
	struct open_story *v = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = 0; i < m->alerts; i++) {
		struct alert *a = &m->alert[m->by_time[i]];
		struct map_row *row;
		bool made;

		if (a->story != NO_STORY)
			continue;
		row = map_put(&open, text_of(m, a->host), &made);
		if (made) {
			v = mem_grow(v, &cap, n, sizeof *v);
			v[n] = (struct open_story){.story = NO_STORY};
			row->v.u = n++;
		}
		if (v[row->v.u].story == NO_STORY || a->at.s - v[row->v.u].last.s > STORY_GAP) {
			struct story *s = story_add(m);

			*s = (struct story){.host = a->host, .first = a->at, .last = a->at};
			v[row->v.u].story = (uint32_t)(m->stories - 1);
		}
		a->story = v[row->v.u].story;
		v[row->v.u].last = a->at;
		m->story[a->story].last = a->at;
	}
	map_free(&open);
	free(v);
}

static void
story_rule(struct model *m, struct story *s, const struct rule *r)
{
	for (uint32_t i = 0; i < r->tactics.n; i++) {
		uint32_t t = item_of(m, r->tactics, i);

		if (!list_has(m, s->tactics, t))
			item_add(m, &s->tactics, t);
	}
}

static int
rule_order(const void *a, const void *b)
{
	return (*(const uint32_t *)a > *(const uint32_t *)b) - (*(const uint32_t *)a < *(const uint32_t *)b);
}

/* Worst rule's name and how many more: says more than the incident's own title, which is kept for a story without alerts. */
static void
story_title(struct model *m, struct story *s, uint32_t worst)
{
	buf_reset(&m->made);
	buf_slice_add(&m->made, text_of(m, m->rule[worst].name));
	if (s->rules > 1) {
		buf_lit(&m->made, " +");
		buf_u64(&m->made, s->rules - 1);
	}
	s->title = keep_text(m, buf_slice(&m->made));
}

static void
story_count(struct model *m, struct story *s)
{
	uint32_t *rules = mem_alloc((s->n + 1) * sizeof *rules), n = 0, worst = 0;
	uint32_t event = 0;

	for (uint32_t i = 0; i < s->n; i++) {
		const struct alert *a = &m->alert[m->order[s->from + i]];

		s->hits[a->level]++;
		if (i == 0 || a->level > s->level) {
			s->level = a->level;
			worst = a->rule;
		}
		s->events += i == 0 || a->event == 0 || a->event != event;
		event = a->event;
		rules[n++] = a->rule;
		story_rule(m, s, &m->rule[a->rule]);
	}
	qsort(rules, n, sizeof *rules, rule_order);
	for (uint32_t i = 0; i < n; i++)
		s->rules += i == 0 || rules[i] != rules[i - 1];
	s->tactic_n = s->tactics.n;
	if (n)
		story_title(m, s, worst);
	if (!s->level)
		s->level = level_word(text_of(m, s->severity));
	free(rules);
}

/* Numbers of stories change with their order: alerts follow. */
static void
rank(struct model *m)
{
	uint32_t *place = mem_alloc((m->stories + 1) * sizeof *place);

	for (size_t i = 0; i < m->stories; i++)
		m->story[i].from = (uint32_t)i;			/* lent: the number before */
	if (m->stories)
		qsort_r(m->story, m->stories, sizeof *m->story, by_weight, m);
	for (size_t i = 0; i < m->stories; i++)
		place[m->story[i].from] = (uint32_t)i;
	for (size_t i = 0; i < m->alerts; i++)
		m->alert[i].story = place[m->alert[i].story];
	free(place);
}

static void
place_alerts(struct model *m)
{
	qsort_r(m->order, m->alerts, sizeof *m->order, by_story, m);
	for (size_t i = 0; i < m->stories; i++)
		m->story[i].from = m->story[i].n = 0;
	for (size_t i = 0; i < m->alerts; i++) {
		struct story *s = &m->story[m->alert[m->order[i]].story];

		if (s->n++ == 0)
			s->from = (uint32_t)i;
	}
}

void
stories_make(struct model *m)
{
	for (size_t i = 0; i < m->alerts; i++)
		m->alert[i].story = NO_STORY;
	for (size_t i = 0; i < m->incident.n; i++)
		story_of_incident(m, &m->incident.v[i]);
	m->grouped_here = m->incident.n == 0;
	group(m);
	place_alerts(m);
	for (size_t i = 0; i < m->stories; i++)
		story_count(m, &m->story[i]);
	rank(m);
	place_alerts(m);
}

/* ---- totals ------------------------------------------------------------------------------------------------------ */

static void
totals(struct model *m)
{
	struct map seen = {0};
	bool made;

	for (size_t i = 0; i < m->rules; i++)
		m->rules_at[m->rule[i].level]++;
	for (size_t i = 0; i < m->findings; i++) {
		const struct finding *f = &m->finding[i];
		uint32_t key[2] = {(uint32_t)m->rule[f->rule].level, f->host};

		(void)map_put(&seen, slice_of((const char *)key, sizeof key), &made);
		m->hosts_at[m->rule[f->rule].level] += made;
		key[0] = LEVELS;
		(void)map_put(&seen, slice_of((const char *)key, sizeof key), &made);
		m->hosts += made;
	}
	map_free(&seen);
	for (size_t i = 0; i < m->alerts; i++) {
		uint32_t event = m->alert[m->by_time[i]].event;

		m->events_hit += event == 0 || i == 0 || event != m->alert[m->by_time[i - 1]].event;
	}
}

void
model_finish(struct model *m)
{
	docs_settle(m);
	m->order = mem_alloc((m->alerts + 1) * sizeof *m->order);
	m->by_time = mem_alloc((m->alerts + 1) * sizeof *m->by_time);
	for (size_t i = 0; i < m->alerts; i++)
		m->order[i] = m->by_time[i] = (uint32_t)i;
	qsort_r(m->by_time, m->alerts, sizeof *m->by_time, by_time, m);
	stories_make(m);
	totals(m);
	chart_make(m);
	if (!m->tlp)
		m->tlp = 3;
	if (m->o.keep_secrets)
		m->tlp = 5;
}
