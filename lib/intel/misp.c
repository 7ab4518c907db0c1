/* MISP's core format: events (alone, in "response", in lists) and results of attribute searches. */
#include "lib/intel/read.h"

struct reading {
	struct intel_read *r;
	const struct json *j;
	struct slice source, info;
	enum intel_tlp tlp, pap;
	uint8_t confidence;
	struct buf source_text, info_text, text[3];
};

static struct slice
member(struct reading *g, uint32_t object, struct slice name, struct buf *b)
{
	uint32_t v = json_get(g->j, object, name);

	buf_reset(b);
	if (v == JSON_NONE || (json_type(g->j, v) != JSON_STRING && json_type(g->j, v) != JSON_NUMBER))
		return slice_of(NULL, 0);
	return json_text(g->j, v, b);
}

static uint32_t
list_of(const struct json *j, uint32_t object, struct slice name)
{
	uint32_t v = json_type(j, object) == JSON_OBJECT ? json_get(j, object, name) : JSON_NONE;

	return v != JSON_NONE && json_type(j, v) == JSON_ARRAY ? v : JSON_NONE;
}

static uint32_t
object_of(const struct json *j, uint32_t object, struct slice name)
{
	uint32_t v = json_type(j, object) == JSON_OBJECT ? json_get(j, object, name) : JSON_NONE;

	return v != JSON_NONE && json_type(j, v) == JSON_OBJECT ? v : JSON_NONE;
}

static bool
truth(const struct json *j, uint32_t object, struct slice name)
{
	uint32_t v = json_get(j, object, name);

	return v != JSON_NONE && (json_type(j, v) == JSON_TRUE || slice_eq(json_raw(j, v), SLICE("1")) || slice_eq(json_raw(j, v),
	    SLICE("\"1\"")));
}

/* An event by itself has attributes or objects of attributes. */
static bool
event_is(const struct json *j, uint32_t v)
{
	return object_of(j, v, SLICE("Event")) != JSON_NONE || list_of(j, v, SLICE("Attribute")) != JSON_NONE ||
	    list_of(j, v, SLICE("Object")) != JSON_NONE;
}

bool
misp_is(const struct json *j, uint32_t v)
{
	uint32_t first;

	if (json_type(j, v) == JSON_ARRAY) {
		first = json_first(j, v);
		return first != JSON_NONE && event_is(j, first);
	}
	if (object_of(j, v, SLICE("response")) != JSON_NONE)
		return event_is(j, object_of(j, v, SLICE("response")));
	if (list_of(j, v, SLICE("response")) != JSON_NONE) {
		first = json_first(j, list_of(j, v, SLICE("response")));
		return first == JSON_NONE || event_is(j, first);
	}
	return event_is(j, v);
}

/* ---- tags ---------------------------------------------------------------------------------------------------------------- */
/* misp-taxonomies: misp:confidence-level. */
static uint8_t
level(struct slice s)
{
	static const struct {
		struct slice word;
		uint8_t value;
	} rows[] = {{SLICE_INIT("completely-confident"), 100}, {SLICE_INIT("usually-confident"), 75},
	    {SLICE_INIT("fairly-confident"), 50}, {SLICE_INIT("rarely-confident"), 25}, {SLICE_INIT("unconfident"), 0}};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (slice_has(s, rows[i].word))
			return rows[i].value;
	return INTEL_UNKNOWN;
}

/* The strictest of all labels counts. */
static void
tags(struct reading *g, uint32_t object, enum intel_tlp *tlp, enum intel_tlp *pap, uint8_t *confidence)
{
	uint32_t list = list_of(g->j, object, SLICE("Tag"));

	if (list == JSON_NONE)
		return;
	for (uint32_t v = json_first(g->j, list); v != JSON_NONE; v = json_following(g->j, list, v)) {
		struct slice s = json_type(g->j, v) == JSON_OBJECT ? member(g, v, SLICE("name"), &g->text[2]) : slice_of(NULL, 0);
		enum intel_tlp t = intel_tlp_read(s);

		if (slice_starts_nocase(s, SLICE("tlp:")) && t > *tlp)
			*tlp = t;
		if (slice_starts_nocase(s, SLICE("pap:")) && t > *pap)
			*pap = t;
		if (slice_starts_nocase(s, SLICE("misp:confidence-level")) && level(s) != INTEL_UNKNOWN)
			*confidence = level(s);
	}
}

/* ---- attributes ---------------------------------------------------------------------------------------------------------- */
static bool
attribute(struct reading *g, uint32_t a)
{
	struct intel_new n = {.source = g->source, .name = g->info, .tlp = g->tlp, .pap = g->pap, .confidence = g->confidence,
	    .from = INT64_MIN, .until = INT64_MAX};
	struct slice type = member(g, a, SLICE("type"), &g->text[0]), value;
	unsigned char id[16];

	if (!truth(g->j, a, SLICE("to_ids")) || truth(g->j, a, SLICE("deleted")))
		return read_skip(g->r, INTEL_CONTEXT);
	tags(g, a, &n.tlp, &n.pap, &n.confidence);
	if (uuid_of(member(g, a, SLICE("uuid"), &g->text[1]), id))
		n.id = id;
	value = member(g, a, SLICE("value"), &g->text[1]);
	if (value.n == 0)
		return read_skip(g->r, INTEL_VALUE);
	return read_typed(g->r, type, value, &n);
}

static bool
attributes(struct reading *g, uint32_t object)
{
	uint32_t list = list_of(g->j, object, SLICE("Attribute"));
	bool more = true;

	if (list == JSON_NONE)
		return true;
	for (uint32_t v = json_first(g->j, list); v != JSON_NONE && more; v = json_following(g->j, list, v))
		if (json_type(g->j, v) == JSON_OBJECT)
			more = attribute(g, v);
	return more;
}

/* ---- events -------------------------------------------------------------------------------------------------------------- */
static void
origin(struct reading *g, uint32_t e)
{
	uint32_t org = object_of(g->j, e, SLICE("Orgc"));
	int64_t seconds;

	if (org == JSON_NONE)
		org = object_of(g->j, e, SLICE("Org"));
	g->source = org == JSON_NONE ? slice_of(NULL, 0) : member(g, org, SLICE("name"), &g->source_text);
	if (g->source.n == 0)
		g->source = g->r->source;
	g->info = member(g, e, SLICE("info"), &g->info_text);
	g->tlp = g->pap = TLP_NONE;
	g->confidence = INTEL_UNKNOWN;
	tags(g, e, &g->tlp, &g->pap, &g->confidence);
	if (time_of(member(g, e, SLICE("timestamp"), &g->text[0]), &seconds))
		intel_build_date(g->r->build, (struct stamp){.s = seconds});
}

static bool
event(struct reading *g, uint32_t v)
{
	uint32_t e = object_of(g->j, v, SLICE("Event")), objects;
	bool more;

	if (e == JSON_NONE)
		e = v;
	origin(g, e);
	more = attributes(g, e);
	objects = list_of(g->j, e, SLICE("Object"));
	if (objects == JSON_NONE)
		return more;
	for (uint32_t o = json_first(g->j, objects); o != JSON_NONE && more; o = json_following(g->j, objects, o))
		if (json_type(g->j, o) == JSON_OBJECT && !truth(g->j, o, SLICE("deleted")))
			more = attributes(g, o);
	return more;
}

bool
misp_read(struct intel_read *r, const struct json *j, uint32_t v)
{
	struct reading g = {.r = r, .j = j};
	uint32_t list = json_type(j, v) == JSON_ARRAY ? v : list_of(j, v, SLICE("response"));
	bool more = true;

	if (list == JSON_NONE)
		more = event(&g, object_of(j, v, SLICE("response")) != JSON_NONE ? object_of(j, v, SLICE("response")) : v);
	else
		for (uint32_t k = json_first(j, list); k != JSON_NONE && more; k = json_following(j, list, k))
			if (json_type(j, k) == JSON_OBJECT)
				more = event(&g, k);
	buf_free(&g.source_text);
	buf_free(&g.info_text);
	for (size_t i = 0; i < sizeof g.text / sizeof *g.text; i++)
		buf_free(&g.text[i]);
	return more;
}
