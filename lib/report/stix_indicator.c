/* STIX 2.1: observables, what was observed of them, indicators with their patterns, sightings. */
#include "lib/base/addr.h"
#include "lib/report/stix.h"

static const char *
sco_type(const struct entity *e, struct slice v)
{
	struct addr a;

	if (e->type == ENTITY_HASH)
		return hash_name(v) ? "file" : NULL;
	if (e->type == ENTITY_DOMAIN)
		return "domain-name";
	if (e->type == ENTITY_IP && addr_read(v, &a))
		return addr_is4(&a) ? "ipv4-addr" : "ipv6-addr";
	return NULL;
}

/* A string of a pattern: ' and \ take a backslash (section 9.2). */
static void
pattern_text(struct buf *b, struct slice v)
{
	buf_byte(b, '\'');
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == '\'' || v.p[i] == '\\')
			buf_byte(b, '\\');
		buf_byte(b, v.p[i]);
	}
	buf_byte(b, '\'');
}

static void
pattern_add(struct buf *b, const char *type, struct slice v)
{
	buf_byte(b, '[');
	buf_str(b, type);
	if (strcmp(type, "file") == 0) {
		buf_lit(b, ":hashes.");
		pattern_text(b, slice_str(hash_name(v)));
	} else
		buf_lit(b, ":value");
	buf_lit(b, " = ");
	pattern_text(b, v);
	buf_byte(b, ']');
}

static void
sco_members(struct json_out *o, const char *type, struct slice v)
{
	if (strcmp(type, "file") == 0) {
		jo_kopen(o, "hashes", '{');
		jo_ktext(o, hash_name(v), v);
		jo_close(o, '}');
	} else
		jo_ktext(o, "value", v);
}

/* Its id is of its members as RFC 8785 writes them (section 2.9), so that others' bundles name the same thing alike. */
static void
sco_id(struct stix *s, const char *type, struct slice v)
{
	struct buf key = {0};
	struct json_out o = json_out(&key);
	char uuid[UUID_LEN] = {0};

	jo_open(&o, '{');
	sco_members(&o, type, v);
	jo_close(&o, '}');
	if (!uuid_put(uuid, uuid_stix_sco, SLICE(""), buf_slice(&key)))
		s->failed = true;
	buf_reset(&s->id);
	buf_str(&s->id, type);
	buf_lit(&s->id, "--");
	buf_add(&s->id, uuid, sizeof uuid);
	buf_free(&key);
}

static void
sco_put(struct stix *s, const char *type, struct slice v)
{
	sco_id(s, type, v);
	jo_open(&s->o, '{');
	jo_kstr(&s->o, "type", type);
	jo_kstr(&s->o, "spec_version", "2.1");
	jo_ktext(&s->o, "id", buf_slice(&s->id));
	stix_mark(s);
	sco_members(&s->o, type, v);
	jo_close(&s->o, '}');
	stix_ref_keep(s, buf_slice(&s->id));
}

static void
ref_put(struct stix *s, const char *member, bool array, struct slice id)
{
	if (array) {
		jo_kopen(&s->o, member, '[');
		jo_text(&s->o, id);
		jo_close(&s->o, ']');
	} else
		jo_ktext(&s->o, member, id);
}

static void
observed_put(struct stix *s, const struct entity *e, const char *type, struct slice v, struct slice key)
{
	stix_object(s, "observed-data", stix_id(s, "observed-data", key), e->first, e->last);
	stix_time(s, "first_observed", e->first);
	stix_time(s, "last_observed", e->last);
	jo_ku64(&s->o, "number_observed", e->count > 999999999 ? 999999999 : e->count);
	sco_id(s, type, v);
	ref_put(s, "object_refs", true, buf_slice(&s->id));
	stix_end(s);
}

static void
sighting_put(struct stix *s, const struct entity *e, struct slice key)
{
	stix_object(s, "sighting", stix_id(s, "sighting", key), e->first, e->last);
	stix_time(s, "first_seen", e->first);
	stix_time(s, "last_seen", e->last);
	jo_ku64(&s->o, "count", e->count > 999999999 ? 999999999 : e->count);
	ref_put(s, "sighting_of_ref", false, stix_id(s, "indicator", key));
	ref_put(s, "observed_data_refs", true, stix_id(s, "observed-data", key));
	stix_end(s);
}

void
stix_indicator(struct stix *s, const struct entity *e)
{
	struct slice v = text_of(s->m, e->value);
	const char *type = sco_type(e, v);
	struct buf pattern = {0};

	if (!type)
		return;
	pattern_add(&pattern, type, v);
	sco_put(s, type, v);
	observed_put(s, e, type, v, buf_slice(&pattern));
	stix_object(s, "indicator", stix_id(s, "indicator", buf_slice(&pattern)), e->first, e->first);
	jo_ktext(&s->o, "name", v);
	jo_kstr(&s->o, "description", "A hit speaks of it; a person decides whether it is malicious.");
	jo_kopen(&s->o, "indicator_types", '[');
	jo_str(&s->o, "anomalous-activity");
	jo_close(&s->o, ']');
	jo_ktext(&s->o, "pattern", buf_slice(&pattern));
	jo_kstr(&s->o, "pattern_type", "stix");
	jo_kstr(&s->o, "pattern_version", "2.1");
	stix_time(s, "valid_from", e->first);
	stix_end(s);
	sighting_put(s, e, buf_slice(&pattern));
	buf_free(&pattern);
}
