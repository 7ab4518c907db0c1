/*
 * STIX 2.1: a bundle.  The incident object of 2.1 is a stub with a name (section 4.6), so what we know more stands in a property
 * extension of our own; around it attack patterns, indicators with their sightings and observed data, courses of action, and a
 * grouping that holds all. Identifiers are UUIDv5, so the same incident has the same name in each bundle.
 */
#include "lib/report/stix.h"

#include <stdlib.h>

bool report_stix(struct model *, const struct report_request *, struct buf *, uint64_t *, struct fault *);

/* OASIS's own objects for TLP 2.0: the predefined ones of the specification know TLP 1.0 alone. */
static const struct {
	const char *uuid, *name, *word;
} tlp_object[6] = {
	{NULL, NULL, NULL},
	{"94868c89-83c2-464b-929b-a1a8aa3c8487", "TLP:CLEAR", "clear"},
	{"bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "TLP:GREEN", "green"},
	{"55d920b0-5e8b-4f79-9ee9-91f868d9b421", "TLP:AMBER", "amber"},
	{"939a9414-2ddd-4d32-a0cd-375ea402b003", "TLP:AMBER+STRICT", "amber+strict"},
	{"e828b379-4e03-4974-9ac4-e53a884c97c1", "TLP:RED", "red"},
};
#define TLP_EXTENSION "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"

/* 2026-01-01: of the objects that are the same in every bundle, so that they never come in two versions. */
static const struct stamp born = {.s = 1767225600};

/* ---- pieces ------------------------------------------------------------------------------------------------------ */

/* "indicator--<uuid of type and key>" in s->id. */
struct slice
stix_id(struct stix *s, const char *type, struct slice key)
{
	char uuid[UUID_LEN] = {0};

	if (!uuid_put(uuid, uuid_irpipe, slice_str(type), key))
		s->failed = true;
	buf_reset(&s->id);
	buf_str(&s->id, type);
	buf_lit(&s->id, "--");
	buf_add(&s->id, uuid, sizeof uuid);
	return buf_slice(&s->id);
}

void
stix_time(struct stix *s, const char *name, struct stamp at)
{
	buf_reset(&s->time);
	time_ms_add(&s->time, at);
	jo_ktext(&s->o, name, buf_slice(&s->time));
}

void
stix_ref_keep(struct stix *s, struct slice id)
{
	buf_slice_add(&s->refs, id);
	buf_byte(&s->refs, '\0');
}

void
stix_mark(struct stix *s)
{
	struct buf b = {0};

	if (s->m->tlp == 0)
		return;
	buf_lit(&b, "marking-definition--");
	buf_str(&b, tlp_object[s->m->tlp].uuid);
	jo_kopen(&s->o, "object_marking_refs", '[');
	jo_text(&s->o, buf_slice(&b));
	jo_close(&s->o, ']');
	buf_free(&b);
}

/* Head of an SDO or SRO (section 3.2); the caller adds what the type wants and closes. */
void
stix_object(struct stix *s, const char *type, struct slice id, struct stamp created, struct stamp modified)
{
	jo_open(&s->o, '{');
	jo_kstr(&s->o, "type", type);
	jo_kstr(&s->o, "spec_version", "2.1");
	jo_ktext(&s->o, "id", id);
	jo_ktext(&s->o, "created_by_ref", slice_str(s->self));
	stix_time(s, "created", created);
	stix_time(s, "modified", stamp_cmp(modified, created) < 0 ? created : modified);
	stix_mark(s);
	stix_ref_keep(s, id);
}

void
stix_end(struct stix *s)
{
	jo_close(&s->o, '}');
}

static void
text_member(struct stix *s, const char *name, uint32_t text)
{
	if (text)
		jo_ktext(&s->o, name, text_of(s->m, text));
}

/* ---- who made it, how it is marked ------------------------------------------------------------------------------- */

static void
self_put(struct stix *s)
{
	struct slice id = stix_id(s, "identity", SLICE("irpipe"));

	memcpy(s->self, id.p, id.n);
	stix_object(s, "identity", id, born, born);
	jo_kstr(&s->o, "name", "irpipe");
	jo_kstr(&s->o, "identity_class", "system");
	stix_end(s);
	if (!s->extended)
		return;
	id = stix_id(s, "extension-definition", SLICE("incident"));
	memcpy(s->extension, id.p, id.n);
	stix_object(s, "extension-definition", id, born, born);
	jo_kstr(&s->o, "name", "irpipe incident");
	jo_kstr(&s->o, "schema", "severity, priority, status, first_seen, last_seen, alerts, hosts: as in an incident record of "
	    "irpipe, see ir-event(5)");
	jo_kstr(&s->o, "version", "1.0.0");
	jo_kopen(&s->o, "extension_types", '[');
	jo_str(&s->o, "property-extension");
	jo_close(&s->o, ']');
	stix_end(s);
}

static void
tlp_put(struct stix *s)
{
	struct buf id = {0};

	if (s->m->tlp == 0)
		return;
	buf_lit(&id, "marking-definition--");
	buf_str(&id, tlp_object[s->m->tlp].uuid);
	jo_open(&s->o, '{');
	jo_kstr(&s->o, "type", "marking-definition");
	jo_kstr(&s->o, "spec_version", "2.1");
	jo_ktext(&s->o, "id", buf_slice(&id));
	jo_kstr(&s->o, "created", "2022-10-01T00:00:00.000Z");
	jo_kstr(&s->o, "name", tlp_object[s->m->tlp].name);
	jo_kopen(&s->o, "extensions", '{');
	jo_kopen(&s->o, TLP_EXTENSION, '{');
	jo_kstr(&s->o, "extension_type", "property-extension");
	jo_kstr(&s->o, "tlp_2_0", tlp_object[s->m->tlp].word);
	jo_close(&s->o, '}');
	jo_close(&s->o, '}');
	jo_close(&s->o, '}');
	buf_free(&id);
}

/* ---- techniques -------------------------------------------------------------------------------------------------- */

static void
technique_put(struct stix *s, const struct technique *t)
{
	struct slice id = text_of(s->m, t->id);

	stix_object(s, "attack-pattern", stix_id(s, "attack-pattern", id), born, born);
	text_member(s, "name", t->name ? t->name : t->id);
	jo_kopen(&s->o, "external_references", '[');
	jo_open(&s->o, '{');
	jo_kstr(&s->o, "source_name", "mitre-attack");
	jo_ktext(&s->o, "external_id", id);
	buf_reset(&s->text);
	technique_url_add(&s->text, id);
	jo_ktext(&s->o, "url", buf_slice(&s->text));
	jo_close(&s->o, '}');
	jo_close(&s->o, ']');
	if (t->tactic) {
		jo_kopen(&s->o, "kill_chain_phases", '[');
		jo_open(&s->o, '{');
		jo_kstr(&s->o, "kill_chain_name", "mitre-attack");
		buf_reset(&s->text);
		tactic_short_add(&s->text, text_of(s->m, t->tactic));
		jo_ktext(&s->o, "phase_name", buf_slice(&s->text));
		jo_close(&s->o, '}');
		jo_close(&s->o, ']');
	}
	stix_end(s);
}

/* ---- incidents --------------------------------------------------------------------------------------------------- */

/* Key of a story's incident: the incident's own id, else what the report grouped by. */
static void
story_key(struct stix *s, const struct story *y, struct buf *key)
{
	if (y->incident) {
		buf_slice_add(key, text_of(s->m, y->incident->id));
		return;
	}
	buf_slice_add(key, text_of(s->m, y->host));
	buf_byte(key, '\0');
	stamp_add(key, y->first);
}

static void
incident_put(struct stix *s, const struct story *y, struct slice key)
{
	stix_object(s, "incident", stix_id(s, "incident", key), y->first, y->last);
	text_member(s, "name", y->title ? y->title : y->host);
	jo_kopen(&s->o, "extensions", '{');
	jo_kopen(&s->o, s->extension, '{');
	jo_kstr(&s->o, "extension_type", "property-extension");
	text_member(s, "severity", y->severity);
	text_member(s, "priority", y->priority);
	text_member(s, "status", y->status);
	stix_time(s, "first_seen", y->first);
	stix_time(s, "last_seen", y->last);
	jo_ku64(&s->o, "alerts", y->n);
	text_member(s, "host", y->host);
	jo_close(&s->o, '}');
	jo_close(&s->o, '}');
	stix_end(s);
}

static void
relation_put(struct stix *s, const struct story *y, const char *type, struct slice from, struct slice to)
{
	struct buf key = {0};

	buf_slice_add(&key, from);
	buf_str(&key, type);
	buf_slice_add(&key, to);
	stix_object(s, "relationship", stix_id(s, "relationship", buf_slice(&key)), y->first, y->last);
	jo_kstr(&s->o, "relationship_type", type);
	jo_ktext(&s->o, "source_ref", from);
	jo_ktext(&s->o, "target_ref", to);
	stix_end(s);
	buf_free(&key);
}

/* Its techniques: of the rules of its alerts, each once. */
static void
story_techniques(struct stix *s, const struct story *y, struct slice incident)
{
	struct map seen = {0};

	for (uint32_t i = 0; i < y->n; i++) {
		const struct rule *r = &s->m->rule[s->m->alert[s->m->order[y->from + i]].rule];

		for (uint32_t k = 0; k < r->techniques.n; k++) {
			struct slice t = text_of(s->m, item_of(s->m, r->techniques, k));
			bool made = false;

			if (!technique_is(t))
				continue;
			(void)map_put(&seen, t, &made);
			if (made) {
				struct buf to = {0};

				buf_slice_add(&to, stix_id(s, "attack-pattern", t));
				relation_put(s, y, "related-to", incident, buf_slice(&to));
				buf_free(&to);
			}
		}
	}
	map_free(&seen);
}

static void
stories_put_all(struct stix *s)
{
	for (size_t i = 0; i < s->m->stories; i++) {
		struct buf key = {0}, id = {0};

		story_key(s, &s->m->story[i], &key);
		incident_put(s, &s->m->story[i], buf_slice(&key));
		buf_slice_add(&id, stix_id(s, "incident", buf_slice(&key)));
		story_techniques(s, &s->m->story[i], buf_slice(&id));
		buf_free(&key);
		buf_free(&id);
	}
}

/* ---- what was done ----------------------------------------------------------------------------------------------- */

static void
action_put(struct stix *s, const struct doc *d)
{
	struct buf name = {0}, state = {0};

	if (!doc_open(s->m, d->json))
		return;
	buf_slice_add(&name, doc_text(s->m, doc_node(s->m, "name")));
	buf_slice_add(&state, doc_text(s->m, doc_node(s->m, "state")));
	if (name.n && (slice_eq(buf_slice(&state), SLICE("done")) || slice_eq(buf_slice(&state), SLICE("undone")))) {
		stix_object(s, "course-of-action", stix_id(s, "course-of-action", text_of(s->m, d->id)), d->at, d->at);
		jo_ktext(&s->o, "name", buf_slice(&name));
		buf_lit(&state, ": ");
		if (doc_node(s->m, "args") != JSON_NONE)
			buf_slice_add(&state, doc_text(s->m, doc_node(s->m, "args")));
		jo_ktext(&s->o, "description", buf_slice(&state));
		stix_end(s);
	}
	buf_free(&name);
	buf_free(&state);
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

static void
grouping_put(struct stix *s)
{
	struct buf key = {0};
	struct slice refs = buf_slice(&s->refs);

	for (size_t i = 0; i < s->m->stories; i++)
		story_key(s, &s->m->story[i], &key);
	buf_slice_add(&key, refs);
	stix_object(s, "grouping", stix_id(s, "grouping", buf_slice(&key)), s->now, s->now);
	jo_kstr(&s->o, "name", "Incident report");
	jo_kstr(&s->o, "context", "suspicious-activity");
	jo_kopen(&s->o, "object_refs", '[');
	while (refs.n) {
		size_t n = slice_find(refs, '\0');

		jo_text(&s->o, slice_head(refs, n));
		refs = slice_from(refs, n + 1);
	}
	jo_close(&s->o, ']');
	stix_end(s);
	buf_free(&key);
}

static void
objects_put(struct stix *s)
{
	size_t techniques = 0, shown = 0;
	struct technique *t = techniques_make(s->m, &techniques);
	uint32_t *order = entities_sorted(s->m);

	tlp_put(s);
	self_put(s);
	for (size_t i = 0; i < techniques; i++)
		technique_put(s, &t[i]);
	for (size_t i = 0; i < s->m->entities && shown < SHARE_ENTITIES_MAX; i++)
		if (indicator_is(s->m, &s->m->entity[order[i]])) {
			stix_indicator(s, &s->m->entity[order[i]]);
			shown++;
		}
	stories_put_all(s);
	for (size_t i = 0; i < s->m->result.n; i++)
		action_put(s, &s->m->result.v[i]);
	grouping_put(s);
	free(t);
	free(order);
}

bool
report_stix(struct model *m, const struct report_request *r, struct buf *out, uint64_t *left, struct fault *f)
{
	struct stix s = {.m = m, .now = report_time(m), .extended = m->stories > 0};
	struct buf objects = {0};

	(void)r;
	*left = 0;
	s.o = json_out(&objects);
	jo_open(&s.o, '[');
	objects_put(&s);
	jo_close(&s.o, ']');
	s.o = json_out(out);
	jo_open(&s.o, '{');
	jo_kstr(&s.o, "type", "bundle");
	jo_ktext(&s.o, "id", stix_id(&s, "bundle", buf_slice(&objects)));
	jo_kraw(&s.o, "objects", buf_slice(&objects));
	jo_close(&s.o, '}');
	buf_byte(out, '\n');
	buf_free(&objects);
	buf_free(&s.id);
	buf_free(&s.refs);
	buf_free(&s.time);
	buf_free(&s.text);
	return !s.failed || fault_set(f, "cannot make identifiers: SHA-1 is not there", 0);
}
