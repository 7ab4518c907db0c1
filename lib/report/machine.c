/* The report for machines: the model as JSON, and the annex of a page as NDJSON. */
#include "lib/report/account.h"
#include "lib/report/report.h"
#include "lib/report/sections.h"
#include "lib/report/share.h"

bool report_json(struct model *, const struct report_request *, struct buf *, uint64_t *, struct fault *);

static void
time_member(struct json_out *o, const char *name, struct stamp at)
{
	char t[STAMP_LEN];

	stamp_put(t, at);
	jo_ktext(o, name, slice_of(t, sizeof t));
}

static void
text_member(struct json_out *o, const struct model *m, const char *name, uint32_t text)
{
	if (text)
		jo_ktext(o, name, text_of(m, text));
}

static void
list_member(struct json_out *o, const struct model *m, const char *name, struct list l)
{
	if (l.n == 0)
		return;
	jo_kopen(o, name, '[');
	for (uint32_t i = 0; i < l.n; i++)
		jo_text(o, text_of(m, item_of(m, l, i)));
	jo_close(o, ']');
}

static void
hits_member(struct json_out *o, const uint64_t hits[LEVELS])
{
	jo_kopen(o, "hits", '{');
	for (int l = LEVELS - 1; l >= 0; l--)
		if (l || hits[0])
			jo_ku64(o, level_words[l], hits[l]);
	jo_close(o, '}');
}

/* ---- one alert --------------------------------------------------------------------------------------------------- */

static void
why_member(struct json_out *o, const struct model *m, const struct alert *a)
{
	jo_kopen(o, "why", '[');
	for (uint32_t i = 0; i < a->why_n; i++) {
		const struct why *w = &m->why[a->why_from + i];

		jo_open(o, '{');
		text_member(o, m, "field", w->field);
		text_member(o, m, "op", w->op);
		text_member(o, m, "pattern", w->pattern);
		text_member(o, m, "value", w->value);
		if (w->len) {
			jo_ku64(o, "off", w->off);
			jo_ku64(o, "len", w->len);
		}
		jo_close(o, '}');
	}
	jo_close(o, ']');
}

static void
alert_put(struct json_out *o, const struct model *m, const struct alert *a)
{
	jo_open(o, '{');
	time_member(o, "@timestamp", a->at);
	text_member(o, m, "alert", a->id);
	text_member(o, m, "event", a->event);
	jo_ku64(o, "story", a->story + 1);
	jo_kstr(o, "level", level_words[a->level]);
	text_member(o, m, "rule", m->rule[a->rule].name);
	text_member(o, m, "rule_id", m->rule[a->rule].id);
	text_member(o, m, "host", a->host);
	text_member(o, m, "user", a->user);
	text_member(o, m, "source_ip", a->source);
	text_member(o, m, "destination_ip", a->destination);
	text_member(o, m, "what", a->summary);
	text_member(o, m, "uri", a->uri);
	jo_ku64(o, "off", a->off);
	jo_ku64(o, "rec", a->rec);
	why_member(o, m, a);
	jo_close(o, '}');
}

void
report_annex(struct model *m, struct buf *out)
{
	for (size_t i = 0; i < m->alerts; i++) {
		struct json_out o = json_out(out);

		alert_put(&o, m, &m->alert[m->order[i]]);
		buf_byte(out, '\n');
	}
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static void
summary_member(struct json_out *o, struct model *m)
{
	struct totals t = totals_read(m);

	jo_kopen(o, "summary", '{');
	if (t.files_known)
		jo_ku64(o, "files", t.files);
	if (t.events_known)
		jo_ku64(o, "events", t.events);
	jo_ku64(o, "events_hit", m->events_hit);
	jo_ku64(o, "alerts", m->alerts);
	hits_member(o, m->hits);
	jo_ku64(o, "rules_hit", m->rules);
	if (t.rules_known) {
		jo_ku64(o, "rules", t.rules);
		jo_ku64(o, "rules_faulty", t.rules_faulty);
	}
	jo_ku64(o, "findings", m->findings);
	jo_ku64(o, "stories", m->stories);
	jo_ku64(o, "hosts", m->hosts);
	jo_ku64(o, "suppressed", t.suppressed);
	jo_ku64(o, "rejected", t.rejected);
	jo_close(o, '}');
}

/* A document as it came, but with its texts redacted: strings are written anew, all else is copied. */
static void
doc_value(struct json_out *o, struct model *m, uint32_t end)
{
	uint32_t stack[300], depth = 0;

	for (uint32_t i = 0; i < end; i++) {
		const struct json_node *n = &m->reader->node[i];

		while (depth && i >= m->reader->node[stack[depth - 1]].next)
			jo_close(o, json_type(m->reader, stack[--depth]) == JSON_OBJECT ? '}' : ']');
		if (n->key)
			jo_key(o, doc_text(m, i));
		else if (n->type == JSON_OBJECT || n->type == JSON_ARRAY) {
			jo_open(o, n->type == JSON_OBJECT ? '{' : '[');
			stack[depth++] = i;
		} else if (n->type == JSON_STRING)
			jo_text(o, doc_text(m, i));
		else
			jo_raw(o, json_raw(m->reader, i));
	}
	while (depth)
		jo_close(o, json_type(m->reader, stack[--depth]) == JSON_OBJECT ? '}' : ']');
}

static void
doc_put(struct json_out *o, struct model *m, struct slice json)
{
	if (doc_open(m, json))
		doc_value(o, m, m->reader->nodes);
	else
		jo_null(o);
}

static void
story_put(struct json_out *o, struct model *m, size_t i)
{
	const struct story *y = &m->story[i];

	jo_open(o, '{');
	jo_ku64(o, "n", i + 1);
	text_member(o, m, "title", y->title);
	text_member(o, m, "host", y->host);
	text_member(o, m, "priority", y->priority);
	jo_kstr(o, "level", level_words[y->level]);
	time_member(o, "first", y->first);
	time_member(o, "last", y->last);
	hits_member(o, y->hits);
	jo_ku64(o, "events", y->events);
	list_member(o, m, "tactics", y->tactics);
	jo_kopen(o, "alerts", '[');
	for (uint32_t k = 0; k < y->n; k++)
		jo_text(o, text_of(m, m->alert[m->order[y->from + k]].id));
	jo_close(o, ']');
	if (y->incident) {
		jo_key(o, SLICE("incident"));
		doc_put(o, m, y->incident->json);
	}
	jo_close(o, '}');
}

static void
rule_json(struct json_out *o, const struct model *m, const struct rule *r)
{
	jo_open(o, '{');
	text_member(o, m, "id", r->id);
	text_member(o, m, "name", r->name);
	jo_kstr(o, "level", level_words[r->level]);
	text_member(o, m, "author", r->author);
	text_member(o, m, "ruleset", r->ruleset);
	jo_ku64(o, "hits", r->hits);
	jo_ku64(o, "hosts", r->hosts);
	time_member(o, "first", r->first);
	time_member(o, "last", r->last);
	list_member(o, m, "tactics", r->tactics);
	list_member(o, m, "techniques", r->techniques);
	list_member(o, m, "falsepositives", r->benign);
	jo_close(o, '}');
}

static void
findings_member(struct json_out *o, const struct model *m)
{
	jo_kopen(o, "findings", '[');
	for (size_t i = 0; i < m->findings; i++) {
		const struct finding *f = &m->finding[i];

		jo_open(o, '{');
		text_member(o, m, "rule", m->rule[f->rule].name);
		text_member(o, m, "rule_id", m->rule[f->rule].id);
		text_member(o, m, "host", f->host);
		jo_ku64(o, "count", f->count);
		time_member(o, "first", f->first);
		time_member(o, "last", f->last);
		jo_close(o, '}');
	}
	jo_close(o, ']');
}

static void
entities_member(struct json_out *o, const struct model *m)
{
	jo_kopen(o, "entities", '[');
	for (size_t i = 0; i < m->entities; i++) {
		const struct entity *e = &m->entity[i];

		jo_open(o, '{');
		jo_kstr(o, "type", entity_word[e->type]);
		text_member(o, m, "value", e->value);
		jo_kstr(o, "level", level_words[e->level]);
		jo_ku64(o, "hits", e->count);
		time_member(o, "first", e->first);
		time_member(o, "last", e->last);
		text_member(o, m, "about", e->about);
		jo_kbool(o, "indicator", indicator_is(m, e));
		jo_kopen(o, "alerts", '[');
		for (size_t k = 0; k < ENTITY_EXAMPLES && e->example[k]; k++)
			jo_text(o, text_of(m, e->example[k]));
		jo_close(o, ']');
		jo_close(o, '}');
	}
	jo_close(o, ']');
}

static void
docs_member(struct json_out *o, struct model *m, const char *name, const struct docs *d)
{
	jo_kopen(o, name, '[');
	for (size_t i = 0; i < d->n; i++)
		doc_put(o, m, d->v[i].json);
	jo_close(o, ']');
}

static void
notes_member(struct json_out *o, const struct model *m)
{
	jo_kopen(o, "notes", '[');
	for (size_t i = 0; i < m->notes; i++) {
		jo_open(o, '{');
		text_member(o, m, "by", m->note[i].by);
		text_member(o, m, "what", m->note[i].what);
		text_member(o, m, "uri", m->note[i].src);
		text_member(o, m, "message", m->note[i].message);
		jo_ku64(o, "count", m->note[i].n);
		jo_close(o, '}');
	}
	jo_close(o, ']');
}

static void
sources_member(struct json_out *o, const struct model *m)
{
	jo_kopen(o, "sources", '[');
	for (size_t i = 0; i < m->sources; i++) {
		jo_open(o, '{');
		text_member(o, m, "uri", m->source[i].uri);
		text_member(o, m, "format", m->source[i].fmt);
		jo_ku64(o, "records", m->source[i].records);
		jo_ku64(o, "hits", m->source[i].alerts);
		if (m->source[i].sha256) {
			jo_ku64(o, "size", m->source[i].size);
			text_member(o, m, "sha256", m->source[i].sha256);
		}
		jo_close(o, '}');
	}
	jo_close(o, ']');
}

static void
ends_member(struct json_out *o, struct model *m)
{
	jo_kopen(o, "ends", '[');
	for (size_t i = 0; i < m->ends; i++)
		doc_put(o, m, m->end[i].json);
	jo_close(o, ']');
}

/* What caps left out: a reader must know that the rest is not all. */
static void
limits_member(struct json_out *o, const struct model *m)
{
	jo_kopen(o, "limits", '{');
	jo_ku64(o, "alerts", m->alerts_dropped);
	jo_ku64(o, "texts", m->texts_dropped);
	jo_ku64(o, "documents", m->docs_dropped);
	jo_ku64(o, "entities", m->entities_dropped);
	jo_ku64(o, "sources", m->sources_dropped);
	jo_ku64(o, "repeated_alerts", m->folded);
	jo_close(o, '}');
}

static void
lists_put(struct json_out *o, struct model *m)
{
	jo_kopen(o, "stories", '[');
	for (size_t i = 0; i < m->stories; i++)
		story_put(o, m, i);
	jo_close(o, ']');
	jo_kopen(o, "rules", '[');
	for (size_t i = 0; i < m->rules; i++)
		rule_json(o, m, &m->rule[i]);
	jo_close(o, ']');
	findings_member(o, m);
	entities_member(o, m);
	docs_member(o, m, "actions", &m->action);
	docs_member(o, m, "results", &m->result);
	jo_kopen(o, "alerts", '[');
	for (size_t i = 0; i < m->alerts; i++)
		alert_put(o, m, &m->alert[m->by_time[i]]);
	jo_close(o, ']');
}

bool
report_json(struct model *m, const struct report_request *r, struct buf *out, uint64_t *left, struct fault *f)
{
	struct json_out o = json_out(out);

	(void)r;
	(void)f;
	*left = 0;
	jo_open(&o, '{');
	jo_ku64(&o, "v", 1);
	jo_kstr(&o, "tlp", tlp_words[m->tlp]);
	jo_kbool(&o, "partial", m->cut);
	time_member(&o, "as_of", m->o.now_given ? m->o.now : m->newest);
	jo_kbool(&o, "stories_by_host", m->grouped_here);
	summary_member(&o, m);
	lists_put(&o, m);
	sources_member(&o, m);
	ends_member(&o, m);
	notes_member(&o, m);
	limits_member(&o, m);
	jo_close(&o, '}');
	buf_byte(out, '\n');
	return true;
}
