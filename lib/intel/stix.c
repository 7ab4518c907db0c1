/* STIX 2.0 and 2.1: indicators of bundles, TAXII envelopes, lists and single objects. */
#include "lib/intel/read.h"

#include "lib/base/map.h"
#include "lib/intel/pattern.h"

struct reading {
	struct intel_read *r;
	const struct json *j;
	struct map markings;		/* id -> enum intel_tlp */
	struct map makers;		/* id -> node of the identity's name */
	struct pattern pattern;
	struct buf text[4];
};

static struct slice
member(struct reading *g, uint32_t object, struct slice name, int scratch)
{
	uint32_t v = json_get(g->j, object, name);

	if (v == JSON_NONE || json_type(g->j, v) != JSON_STRING)
		return slice_of(NULL, 0);
	buf_reset(&g->text[scratch]);
	return json_text(g->j, v, &g->text[scratch]);
}

static bool
is_type(const struct json *j, uint32_t v, struct slice type)
{
	uint32_t t = json_type(j, v) == JSON_OBJECT ? json_get(j, v, SLICE("type")) : JSON_NONE;

	return t != JSON_NONE && json_type(j, t) == JSON_STRING && slice_eq(json_inner(j, t), type);
}

static bool
typed_list(const struct json *j, uint32_t list)
{
	uint32_t first = json_first(j, list);

	return first == JSON_NONE || (json_type(j, first) == JSON_OBJECT && json_get(j, first, SLICE("type")) != JSON_NONE &&
	    json_get(j, first, SLICE("id")) != JSON_NONE);
}

bool
stix_is(const struct json *j, uint32_t v)
{
	uint32_t objects;

	if (json_type(j, v) != JSON_OBJECT)
		return false;
	objects = json_get(j, v, SLICE("objects"));
	if (is_type(j, v, SLICE("bundle")))
		return true;
	if (objects != JSON_NONE && json_type(j, objects) == JSON_ARRAY && typed_list(j, objects))
		return true;
	return is_type(j, v, SLICE("indicator")) && json_get(j, v, SLICE("pattern")) != JSON_NONE;
}

/* ---- markings and makers ------------------------------------------------------------------------------------------------- */
/* The fixed markings of STIX 2.1 section 7.2.1.4 and of TLP 2.0's extension definition. */
static const struct {
	struct slice id;
	enum intel_tlp tlp;
} fixed[] = {
	{SLICE_INIT("marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"), TLP_CLEAR},
	{SLICE_INIT("marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"), TLP_GREEN},
	{SLICE_INIT("marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"), TLP_AMBER},
	{SLICE_INIT("marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"), TLP_RED},
	{SLICE_INIT("marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"), TLP_CLEAR},
	{SLICE_INIT("marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"), TLP_GREEN},
	{SLICE_INIT("marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"), TLP_AMBER},
	{SLICE_INIT("marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"), TLP_AMBER_STRICT},
	{SLICE_INIT("marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"), TLP_RED},
};

static enum intel_tlp
marking_tlp(struct reading *g, uint32_t o)
{
	uint32_t definition = json_get(g->j, o, SLICE("definition")), extensions = json_get(g->j, o, SLICE("extensions"));
	enum intel_tlp t = TLP_NONE;

	if (definition != JSON_NONE && json_type(g->j, definition) == JSON_OBJECT)
		t = intel_tlp_read(member(g, definition, SLICE("tlp"), 1));
	if (extensions != JSON_NONE && json_type(g->j, extensions) == JSON_OBJECT)
		for (uint32_t k = json_first(g->j, extensions); k != JSON_NONE && t == TLP_NONE; k = json_following(g->j,
		    extensions, k))
			if (json_type(g->j, json_value(g->j, k)) == JSON_OBJECT)
				t = intel_tlp_read(member(g, json_value(g->j, k), SLICE("tlp_2_0"), 1));
	return t != TLP_NONE ? t : intel_tlp_read(member(g, o, SLICE("name"), 1));
}

static void
learn(struct reading *g, uint32_t o)
{
	struct slice id = member(g, o, SLICE("id"), 0);

	if (id.n == 0)
		return;
	if (is_type(g->j, o, SLICE("marking-definition")))
		map_put(&g->markings, id, NULL)->v.u = marking_tlp(g, o);
	if (is_type(g->j, o, SLICE("identity")) && json_get(g->j, o, SLICE("name")) != JSON_NONE)
		map_put(&g->makers, id, NULL)->v.u = o;
}

static enum intel_tlp
marked(struct reading *g, uint32_t o)
{
	uint32_t list = json_get(g->j, o, SLICE("object_marking_refs"));
	enum intel_tlp t = TLP_NONE;

	if (list == JSON_NONE || json_type(g->j, list) != JSON_ARRAY)
		return t;
	for (uint32_t v = json_first(g->j, list); v != JSON_NONE; v = json_following(g->j, list, v)) {
		enum intel_tlp one = TLP_NONE;
		const struct map_row *row;

		buf_reset(&g->text[0]);
		if (json_type(g->j, v) != JSON_STRING)
			continue;
		row = map_get(&g->markings, json_text(g->j, v, &g->text[0]));
		if (row)
			one = (enum intel_tlp)row->v.u;
		for (size_t i = 0; i < sizeof fixed / sizeof *fixed && !row; i++)
			if (slice_eq(fixed[i].id, json_inner(g->j, v)))
				one = fixed[i].tlp;
		t = one > t ? one : t;
	}
	return t;
}

/* ---- indicators ---------------------------------------------------------------------------------------------------------- */
static bool
benign(struct reading *g, uint32_t o, struct slice list_name)
{
	uint32_t list = json_get(g->j, o, list_name);

	if (list == JSON_NONE || json_type(g->j, list) != JSON_ARRAY)
		return false;
	for (uint32_t v = json_first(g->j, list); v != JSON_NONE; v = json_following(g->j, list, v))
		if (json_type(g->j, v) == JSON_STRING && slice_eq(json_inner(g->j, v), SLICE("benign")))
			return true;
	return false;
}

static uint8_t
confidence(struct reading *g, uint32_t o)
{
	uint32_t v = json_get(g->j, o, SLICE("confidence"));
	uint64_t n;

	return v != JSON_NONE && json_u64(g->j, v, &n) && n <= 100 ? (uint8_t)n : INTEL_UNKNOWN;
}

static bool
terms(struct reading *g, struct intel_new *n)
{
	for (uint32_t i = g->pattern.first + 1; i; i = g->pattern.term[i - 1].next) {
		const struct pattern_term *t = &g->pattern.term[i - 1];

		n->flags = t->part ? INTEL_PART : 0;
		if (!read_value(g->r, t->value, t->type, n))
			return false;
	}
	return true;
}

static bool
indicator(struct reading *g, uint32_t o)
{
	struct intel_new n = {.source = g->r->source, .confidence = confidence(g, o), .from = INT64_MIN, .until = INT64_MAX,
	    .tlp = marked(g, o)};
	struct slice by = member(g, o, SLICE("created_by_ref"), 0), kind = member(g, o, SLICE("pattern_type"), 1);
	uint32_t revoked = json_get(g->j, o, SLICE("revoked"));
	const struct map_row *maker = by.n ? map_get(&g->makers, by) : NULL;
	unsigned char id[16];
	struct fault f;

	if (revoked != JSON_NONE && json_type(g->j, revoked) == JSON_TRUE)
		return read_skip(g->r, INTEL_REVOKED);
	if (benign(g, o, SLICE("indicator_types")) || benign(g, o, SLICE("labels")))
		return read_skip(g->r, INTEL_CONTEXT);
	if (kind.n && !slice_eq(kind, SLICE("stix")))
		return read_skip(g->r, INTEL_PATTERN);
	if (!pattern_read(member(g, o, SLICE("pattern"), 1), &g->pattern, &f) || g->pattern.first == PATTERN_NONE)
		return read_skip(g->r, INTEL_PATTERN);
	if (uuid_of(member(g, o, SLICE("id"), 0), id))
		n.id = id;
	(void)time_of(member(g, o, SLICE("valid_from"), 0), &n.from);
	(void)time_of(member(g, o, SLICE("valid_until"), 0), &n.until);
	if (maker)
		n.source = member(g, (uint32_t)maker->v.u, SLICE("name"), 2);
	n.name = member(g, o, SLICE("name"), 3);
	return terms(g, &n);
}

static void
date(struct reading *g, uint32_t o)
{
	struct slice s = member(g, o, SLICE("modified"), 0);
	int64_t seconds;

	if (time_of(s, &seconds))
		intel_build_date(g->r->build, (struct stamp){.s = seconds});
}

bool
stix_read(struct intel_read *r, const struct json *j, uint32_t v)
{
	struct reading g = {.r = r, .j = j};
	uint32_t list = json_get(j, v, SLICE("objects"));
	bool more = true;

	if (list == JSON_NONE || json_type(j, list) != JSON_ARRAY) {
		more = indicator(&g, v);
	} else {
		for (uint32_t o = json_first(j, list); o != JSON_NONE; o = json_following(j, list, o))
			if (json_type(j, o) == JSON_OBJECT)
				learn(&g, o);
		for (uint32_t o = json_first(j, list); o != JSON_NONE && more; o = json_following(j, list, o))
			if (is_type(j, o, SLICE("indicator"))) {
				date(&g, o);
				more = indicator(&g, o);
			}
	}
	map_free(&g.markings);
	map_free(&g.makers);
	pattern_free(&g.pattern);
	for (size_t i = 0; i < sizeof g.text / sizeof *g.text; i++)
		buf_free(&g.text[i]);
	return more;
}
