#include "lib/incident/desk.h"

#include "lib/incident/label.h"

#include <stdlib.h>

static int
by_text(const void *a, const void *b)
{
	return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

static void
stamp(struct json_out *o, const char *name, struct stamp at)
{
	char text[STAMP_LEN];

	stamp_put(text, at);
	jo_ktext(o, name, slice_of(text, sizeof text));
}

static void
words(struct json_out *o, const char *name, const struct slice *v, size_t n)
{
	jo_kopen(o, name, '[');
	for (size_t k = 0; k < n; k++)
		jo_text(o, v[k]);
	jo_close(o, ']');
}

static void
keys(struct json_out *o, const char *name, const struct map *m, bool sorted)
{
	struct slice *v = mem_zero(m->n + 1, sizeof *v);

	for (size_t k = 0; k < m->n; k++)
		v[k] = m->row[k].key;
	if (sorted)
		qsort(v, m->n, sizeof *v, by_text);
	words(o, name, v, m->n);
	free(v);
}

static void
put_class(struct json_out *o, const struct incident *i)
{
	jo_kopen(o, "class", '{');
	jo_key(o, SLICE("rsit"));
	if (i->rsit.n)
		jo_text(o, i->rsit);
	else
		jo_null(o);
	keys(o, "attack", &i->techniques, true);
	jo_close(o, '}');
}

static void
put_story(struct json_out *o, const struct incident *i)
{
	jo_kopen(o, "story", '{');
	jo_kopen(o, "key", '{');
	jo_ktext(o, "type", key_type_name[i->key]);
	jo_ktext(o, "value", i->value);
	jo_close(o, '}');
	if (i->continues.n)
		jo_ktext(o, "continues", i->continues);
	jo_close(o, '}');
}

static void
put_entities(struct json_out *o, const struct incident *i)
{
	bool any = false;

	jo_kopen(o, "entities", '{');
	for (int t = 0; t < ENTITY_COUNT; t++) {
		struct buf name = {0};

		buf_slice_add(&name, entity_name[t]);
		keys(o, buf_cstr(&name), &i->entity[t], true);
		buf_free(&name);
		any |= i->more[t] > 0;
	}
	jo_close(o, '}');
	if (!any)
		return;
	jo_kopen(o, "entities_more", '{');
	for (int t = 0; t < ENTITY_COUNT; t++)
		if (i->more[t]) {
			jo_key(o, entity_name[t]);
			jo_u64(o, i->more[t]);
		}
	jo_close(o, '}');
}

static int
by_finding(const void *a, const void *b)
{
	const struct finding *x = *(const struct finding *const *)a, *y = *(const struct finding *const *)b;
	int by = stamp_cmp(x->first, y->first);

	if (by == 0)
		by = slice_cmp(x->rule, y->rule);
	return by ? by : slice_cmp(x->entity, y->entity);
}

static void
put_finding(struct json_out *o, const struct finding *x)
{
	jo_open(o, '{');
	jo_kopen(o, "rule", '{');
	jo_ktext(o, "id", x->rule);
	jo_ktext(o, "name", x->name);
	jo_ktext(o, "level", severity_name[x->level]);
	jo_close(o, '}');
	jo_ktext(o, "entity", x->entity);
	jo_ku64(o, "count", x->n);
	stamp(o, "first", x->first);
	stamp(o, "last", x->last);
	jo_close(o, '}');
}

static void
put_findings(struct json_out *o, const struct incident *i)
{
	const struct finding **v = mem_zero(i->findings + 1, sizeof *v);

	for (size_t k = 0; k < i->findings; k++)
		v[k] = &i->finding[k];
	qsort(v, i->findings, sizeof *v, by_finding);
	jo_kopen(o, "findings", '[');
	for (size_t k = 0; k < i->findings; k++)
		put_finding(o, v[k]);
	jo_close(o, ']');
	free(v);
}

static void
put_alerts(struct json_out *o, const struct incident *i, const struct incident_more *m)
{
	words(o, "alerts", m->alert, m->alerts);
	jo_ku64(o, "alerts_total", i->total);
	jo_kopen(o, "counts", '{');
	for (int k = SEVERITY_COUNT; k-- > 0;)
		if (i->counts[k]) {
			jo_key(o, severity_name[k]);
			jo_u64(o, i->counts[k]);
		}
	jo_close(o, '}');
	if (i->left_out)
		jo_ku64(o, "left_out", i->left_out);
}

static void
put_links(struct json_out *o, const struct incident *i)
{
	jo_kopen(o, "links", '[');
	for (size_t k = 0; k < i->links; k++) {
		jo_open(o, '{');
		jo_ktext(o, "incident", i->link[k].incident);
		jo_ktext(o, "reason", i->link[k].reason);
		jo_close(o, '}');
	}
	jo_close(o, ']');
}

static int
by_asset(const void *a, const void *b)
{
	const struct cue_asset *x = a, *y = b;
	int by = slice_cmp(x->of, y->of);

	if (by == 0)
		by = slice_cmp(x->name, y->name);
	if (by == 0)
		by = slice_cmp(x->owner, y->owner);
	return by ? by : slice_cmp(x->criticality, y->criticality);
}

static void
put_assets(struct json_out *o, const struct incident *i)
{
	struct cue_asset *v = mem_zero(i->assets + 1, sizeof *v);

	for (size_t k = 0; k < i->assets; k++)
		v[k] = i->asset[k];
	qsort(v, i->assets, sizeof *v, by_asset);
	jo_kopen(o, "assets", '[');
	for (size_t k = 0; k < i->assets; k++) {
		const struct cue_asset *a = &v[k];
		const struct slice part[4] = {a->of, a->name, a->owner, a->criticality};
		static const char *const name[4] = {"for", "name", "owner", "criticality"};

		jo_open(o, '{');
		for (int n = 0; n < 4; n++)
			if (part[n].n)
				jo_ktext(o, name[n], part[n]);
		jo_close(o, '}');
	}
	jo_close(o, ']');
	free(v);
}

static void
put_duties(struct json_out *o, const struct incident *i, const struct incident_more *m)
{
	jo_kopen(o, "sla", '[');
	for (int k = 0; k <= TIMER_RESOLVED; k++) {
		jo_open(o, '{');
		jo_ktext(o, "timer", timer_name[k]);
		stamp(o, "due", i->due[k]);
		jo_close(o, '}');
	}
	jo_close(o, ']');
	if (m->playbook.n)
		jo_kraw(o, "playbook", m->playbook);
	jo_kraw(o, "tasks", m->tasks.n ? m->tasks : SLICE("[]"));
}

static void
put_head(struct json_out *o, const struct incident *i)
{
	struct buf title = {0};
	char p[2] = {'P', (char)('0' + i->priority)};

	incident_title(i, &title);
	jo_ktext(o, "id", slice_of(i->id, sizeof i->id));
	jo_ku64(o, "seq", i->seq);
	jo_ktext(o, "title", buf_slice(&title));
	jo_ktext(o, "status", status_name[i->status]);
	jo_ktext(o, "severity", severity_name[i->severity]);
	jo_ki64(o, "severity_id", i->severity);
	jo_ktext(o, "priority", slice_of(p, 2));
	words(o, "priority_why", i->why, i->whys);
	jo_kraw(o, "tier", desk_get(i, "tier").n ? desk_get(i, "tier") : SLICE("\"soc.t1\""));
	jo_ktext(o, "tlp", tlp_name[i->tlp]);
	jo_ktext(o, "pap", pap_name[i->pap]);
	buf_free(&title);
}

static void
or_null(struct json_out *o, const char *name, struct slice json)
{
	jo_kraw(o, name, json.n ? json : SLICE("null"));
}

/* Values of people by the head of their names: facts, waivers, hand-overs. */
static void
put_group(struct json_out *o, const char *name, const struct incident *i, const char *head)
{
	struct slice rest, json;
	size_t at = 0, n = 0;

	while (desk_each(i, head, &at, &rest, &json)) {
		if (n++ == 0)
			jo_kopen(o, name, '{');
		jo_key(o, rest);
		jo_raw(o, json);
	}
	if (n)
		jo_close(o, '}');
}

static void
put_people(struct json_out *o, const struct incident *i)
{
	static const char *const word[] = {"acknowledged", "root_cause", "evidence", "hold", "regulated", "impact.functional",
		"impact.information", "impact.recoverability", "label"};

	or_null(o, "verdict", desk_get(i, "verdict"));
	or_null(o, "owner", desk_get(i, "owner"));
	for (size_t k = 0; k < sizeof word / sizeof *word; k++)
		if (desk_get(i, word[k]).n)
			jo_kraw(o, word[k], desk_get(i, word[k]));
	put_group(o, "handovers", i, "handover/");
	put_group(o, "facts", i, "fact/");
	put_group(o, "waived", i, "waive/");
	put_group(o, "notes", i, "note/");
}

void
incident_write(const struct incident *i, const struct incident_more *m, struct buf *out)
{
	struct json_out o = json_out(out);

	jo_open(&o, '{');
	stamp(&o, "@timestamp", i->last);
	jo_kopen(&o, "ir", '{');
	jo_ki64(&o, "v", 1);
	jo_kstr(&o, "kind", "incident");
	jo_kopen(&o, "incident", '{');
	put_head(&o, i);
	put_class(&o, i);
	keys(&o, "tactics", &i->tactics, false);
	stamp(&o, "first", i->first);
	stamp(&o, "last", i->last);
	stamp(&o, "opened", i->opened);
	put_story(&o, i);
	put_entities(&o, i);
	put_findings(&o, i);
	put_alerts(&o, i, m);
	put_links(&o, i);
	put_assets(&o, i);
	put_duties(&o, i, m);
	put_people(&o, i);
	jo_close(&o, '}');
	jo_close(&o, '}');
	jo_close(&o, '}');
}
