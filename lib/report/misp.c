/*
 * MISP: one event in MISP's core format.  Attributes are the indicators; to_ids is set for them alone.  The distribution follows
 * the TLP mark: what is amber or red stays in the organisation until a person decides otherwise.
 */
#include "lib/base/addr.h"
#include "lib/report/report.h"
#include "lib/report/share.h"

#include <stdlib.h>

bool report_misp(struct model *, const struct report_request *, struct buf *, uint64_t *, struct fault *);

struct misp {
	struct model *m;
	struct json_out o;
	struct buf text;
	bool failed;
};

/* MISP writes all its numbers as strings. */
static void
number_text(struct misp *s, const char *name, uint64_t n)
{
	buf_reset(&s->text);
	buf_u64(&s->text, n);
	jo_ktext(&s->o, name, buf_slice(&s->text));
}

static void
uuid_member(struct misp *s, const char *kind, struct slice key)
{
	char uuid[UUID_LEN] = {0};

	if (!uuid_put(uuid, uuid_irpipe, slice_str(kind), key))
		s->failed = true;
	jo_ktext(&s->o, "uuid", slice_of(uuid, sizeof uuid));
}

static void
epoch_member(struct misp *s, const char *name, struct stamp at)
{
	number_text(s, name, at.s > 0 ? (uint64_t)at.s : 0);
}

static void
time_member(struct misp *s, const char *name, struct stamp at)
{
	buf_reset(&s->text);
	time_us_add(&s->text, at);
	jo_ktext(&s->o, name, buf_slice(&s->text));
}

static void
tag_put(struct misp *s, struct slice name)
{
	jo_open(&s->o, '{');
	jo_ktext(&s->o, "name", name);
	jo_close(&s->o, '}');
}

/* Worst level of all hits: 1 high, 2 medium, 3 low, 4 undefined. */
static uint64_t
threat_level(const struct model *m)
{
	int worst = 0;

	for (int l = 1; l < LEVELS; l++)
		if (m->hits[l])
			worst = l;
	return worst >= 4 ? 1 : worst == 3 ? 2 : worst >= 1 ? 3 : 4;
}

/* 0 initial, 1 ongoing, 2 completed: when every incident is closed. */
static uint64_t
analysis(const struct model *m)
{
	size_t closed = 0, known = 0;

	for (size_t i = 0; i < m->stories; i++)
		if (m->story[i].status) {
			known++;
			closed += slice_eq(text_of(m, m->story[i].status), SLICE("closed"));
		}
	return known == 0 ? 0 : closed == known ? 2 : 1;
}

/* 0 this organisation, 1 this community, 3 all: TLP red, amber+strict and amber 0, green 1, clear 3. */
static uint64_t
distribution(const struct model *m)
{
	return m->tlp == 1 ? 3 : m->tlp == 2 ? 1 : 0;
}

static const char *
attribute_type(const struct entity *e, struct slice v)
{
	const char *hash = e->type == ENTITY_HASH ? hash_name(v) : NULL;

	if (e->type == ENTITY_HASH)
		return !hash ? NULL : strcmp(hash, "MD5") == 0 ? "md5" : strcmp(hash, "SHA-1") == 0 ? "sha1" :
		    strcmp(hash, "SHA-256") == 0 ? "sha256" : "sha512";
	return e->type == ENTITY_IP ? "ip-dst" : e->type == ENTITY_DOMAIN ? "domain" : NULL;
}

static void
attribute_put(struct misp *s, const struct entity *e)
{
	struct slice v = text_of(s->m, e->value);
	const char *type = attribute_type(e, v);
	struct buf key = {0};

	if (!type)
		return;
	buf_str(&key, type);
	buf_byte(&key, '|');
	buf_slice_add(&key, v);
	jo_open(&s->o, '{');
	uuid_member(s, "misp-attribute", buf_slice(&key));
	jo_kstr(&s->o, "type", type);
	jo_kstr(&s->o, "category", e->type == ENTITY_HASH ? "Payload delivery" : "Network activity");
	jo_kbool(&s->o, "to_ids", true);
	epoch_member(s, "timestamp", e->first);
	jo_kstr(&s->o, "distribution", "5");			/* as the event */
	jo_ktext(&s->o, "comment", e->about ? text_of(s->m, e->about) : SLICE(""));
	jo_kbool(&s->o, "disable_correlation", false);
	time_member(s, "first_seen", e->first);
	time_member(s, "last_seen", e->last);
	jo_ktext(&s->o, "value", v);
	jo_close(&s->o, '}');
	buf_free(&key);
}

static void
attributes_put(struct misp *s)
{
	uint32_t *order = entities_sorted(s->m);
	size_t shown = 0;

	jo_kopen(&s->o, "Attribute", '[');
	for (size_t i = 0; i < s->m->entities && shown < SHARE_ENTITIES_MAX; i++)
		if (indicator_is(s->m, &s->m->entity[order[i]])) {
			attribute_put(s, &s->m->entity[order[i]]);
			shown++;
		}
	jo_close(&s->o, ']');
	free(order);
}

/* misp-galaxy:mitre-attack-pattern="Name - T1059": only where a rule told the name, for MISP looks it up by the whole text. */
static void
technique_tag(struct misp *s, const struct technique *t)
{
	if (!t->name || slice_find(text_of(s->m, t->name), '"') < text_of(s->m, t->name).n)
		return;
	buf_reset(&s->text);
	buf_lit(&s->text, "misp-galaxy:mitre-attack-pattern=\"");
	buf_slice_add(&s->text, text_of(s->m, t->name));
	buf_lit(&s->text, " - ");
	buf_slice_add(&s->text, text_of(s->m, t->id));
	buf_byte(&s->text, '"');
	tag_put(s, buf_slice(&s->text));
}

/* RSIT's predicates by the word that the incident carries. */
static void
rsit_tags(struct misp *s)
{
	struct map seen = {0};

	for (size_t i = 0; i < s->m->incident.n; i++) {
		struct slice class;
		bool made = false;

		if (!doc_open(s->m, s->m->incident.v[i].json))
			continue;
		class = doc_text(s->m, doc_node(s->m, "class.rsit"));
		if (class.n == 0 || slice_find(class, '"') < class.n)
			continue;
		buf_reset(&s->text);
		buf_lit(&s->text, "rsit:");
		buf_slice_add(&s->text, class);
		(void)map_put(&seen, buf_slice(&s->text), &made);
		if (made)
			tag_put(s, buf_slice(&s->text));
	}
	map_free(&seen);
}

static void
tags_put(struct misp *s)
{
	size_t n = 0;
	struct technique *t = techniques_make(s->m, &n);

	jo_kopen(&s->o, "Tag", '[');
	buf_reset(&s->text);
	buf_lit(&s->text, "tlp:");
	for (const char *p = tlp_words[s->m->tlp] + 4; *p; p++)
		buf_byte(&s->text, *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p);
	tag_put(s, buf_slice(&s->text));
	rsit_tags(s);
	for (size_t i = 0; i < n; i++)
		technique_tag(s, &t[i]);
	jo_close(&s->o, ']');
	free(t);
}

static void
head_put(struct misp *s)
{
	struct slice title = s->m->stories ? text_of(s->m, s->m->story[0].title) : SLICE("");
	struct buf key = {0};
	struct stamp first = s->m->stories ? s->m->story[0].first : report_time(s->m);
	char day[STAMP_LEN];

	for (size_t i = 0; i < s->m->stories; i++) {
		const struct story *y = &s->m->story[i];

		buf_slice_add(&key, text_of(s->m, y->incident ? y->id : y->host));
		stamp_add(&key, y->first);
		if (stamp_cmp(y->first, first) < 0)
			first = y->first;
	}
	uuid_member(s, "misp-event", buf_slice(&key));
	jo_ktext(&s->o, "info", title.n ? title : SLICE("Incident report"));
	stamp_put(day, first);
	jo_ktext(&s->o, "date", slice_of(day, 10));
	number_text(s, "threat_level_id", threat_level(s->m));
	number_text(s, "analysis", analysis(s->m));
	number_text(s, "distribution", distribution(s->m));
	epoch_member(s, "timestamp", report_time(s->m));
	jo_kbool(&s->o, "published", false);
	buf_free(&key);
}

bool
report_misp(struct model *m, const struct report_request *r, struct buf *out, uint64_t *left, struct fault *f)
{
	struct misp s = {.m = m, .o = json_out(out)};

	(void)r;
	*left = 0;
	jo_open(&s.o, '{');
	jo_kopen(&s.o, "Event", '{');
	head_put(&s);
	jo_kopen(&s.o, "Orgc", '{');
	jo_kstr(&s.o, "name", "irpipe");
	uuid_member(&s, "identity", SLICE("irpipe"));
	jo_close(&s.o, '}');
	tags_put(&s);
	attributes_put(&s);
	jo_close(&s.o, '}');
	jo_close(&s.o, '}');
	buf_byte(out, '\n');
	buf_free(&s.text);
	return !s.failed || fault_set(f, "cannot make identifiers: SHA-1 is not there", 0);
}
