#include "lib/incident/cue.h"

#include "lib/incident/label.h"

/*
 * One line of the store: short names, since there is one for each alert.
 * t time, l level, r rule, n rule's name, k key, v key's value, q techniques, c tactics, e entities by type, a assets, p labels, x left out,
 * b blocked, u vulnerability.
 */
static void
list(struct json_out *o, const char *name, const struct slice *v, size_t n)
{
	if (n == 0)
		return;
	jo_kopen(o, name, '[');
	for (size_t i = 0; i < n; i++)
		jo_text(o, v[i]);
	jo_close(o, ']');
}

static void
put_entities(struct json_out *o, const struct cue *a)
{
	jo_kopen(o, "e", '[');
	for (enum entity_type t = 0; t < ENTITY_COUNT; t++) {
		jo_open(o, '[');
		for (size_t i = 0; i < a->entities; i++)
			if (a->entity[i].type == t)
				jo_text(o, a->entity[i].value);
		jo_close(o, ']');
	}
	jo_close(o, ']');
}

static void
put_assets(struct json_out *o, const struct cue *a)
{
	if (a->assets == 0)
		return;
	jo_kopen(o, "a", '[');
	for (size_t i = 0; i < a->assets; i++) {
		const struct cue_asset *s = &a->asset[i];
		struct slice part[4] = {s->of, s->name, s->owner, s->criticality};

		jo_open(o, '[');
		for (int k = 0; k < 4; k++)
			jo_text(o, part[k]);
		jo_close(o, ']');
	}
	jo_close(o, ']');
}

void
cue_write(const struct cue *a, struct buf *out)
{
	struct json_out o = json_out(out);
	char at[STAMP_LEN];

	stamp_put(at, a->at);
	jo_open(&o, '{');
	jo_ktext(&o, "t", slice_of(at, sizeof at));
	jo_ki64(&o, "l", a->level);
	jo_ktext(&o, "r", a->rule);
	jo_ktext(&o, "n", a->rule_name);
	jo_ki64(&o, "k", a->key);
	jo_ktext(&o, "v", a->value);
	list(&o, "q", a->technique, a->techniques);
	list(&o, "c", a->tactic, a->tactics);
	put_entities(&o, a);
	put_assets(&o, a);
	jo_kopen(&o, "p", '[');
	jo_i64(&o, a->tlp);
	jo_i64(&o, a->pap);
	jo_close(&o, ']');
	if (a->left_out)
		jo_ku64(&o, "x", a->left_out);
	if (a->blocked)
		jo_kbool(&o, "b", true);
	if (a->vulnerability)
		jo_kbool(&o, "u", true);
	jo_close(&o, '}');
}

/* ---- back ------------------------------------------------------------------------------------------------------------------ */

struct back {
	const struct json *j;
	struct arena *mem;
};

static struct slice
text(const struct back *b, uint32_t v)
{
	struct buf t = {0};
	struct slice s;

	if (v == JSON_NONE || json_type(b->j, v) != JSON_STRING)
		return (struct slice){0};
	if (!b->j->node[v].escaped)
		return arena_slice(b->mem, json_inner(b->j, v));
	json_text_add(b->j, v, &t);
	s = arena_slice(b->mem, buf_slice(&t));
	buf_free(&t);
	return s;
}

static int
number(const struct back *b, uint32_t v, int below, int otherwise)
{
	int64_t n;

	return v != JSON_NONE && json_i64(b->j, v, &n) && n >= 0 && n < below ? (int)n : otherwise;
}

static size_t
words(const struct back *b, uint32_t v, struct slice *out, size_t max)
{
	size_t n = 0;

	if (v == JSON_NONE || json_type(b->j, v) != JSON_ARRAY)
		return 0;
	for (uint32_t k = json_first(b->j, v); k != JSON_NONE && n < max; k = json_following(b->j, v, k))
		out[n++] = text(b, k);
	return n;
}

static void
get_entities(const struct back *b, uint32_t v, struct cue *a)
{
	struct slice value[CUE_VALUES];
	int type = 0;

	if (v == JSON_NONE || json_type(b->j, v) != JSON_ARRAY)
		return;
	for (uint32_t k = json_first(b->j, v); k != JSON_NONE && type < ENTITY_COUNT; k = json_following(b->j, v, k), type++) {
		size_t n = words(b, k, value, CUE_VALUES - a->entities);

		for (size_t i = 0; i < n; i++)
			a->entity[a->entities++] = (struct cue_entity){(enum entity_type)type, value[i]};
	}
}

static void
get_assets(const struct back *b, uint32_t v, struct cue *a)
{
	if (v == JSON_NONE || json_type(b->j, v) != JSON_ARRAY)
		return;
	for (uint32_t k = json_first(b->j, v); k != JSON_NONE && a->assets < CUE_WORDS; k = json_following(b->j, v, k)) {
		struct slice part[4] = {{0}};

		(void)words(b, k, part, 4);
		a->asset[a->assets++] = (struct cue_asset){part[0], part[1], part[2], part[3]};
	}
}

static bool
is_true(const struct json *j, const char *name)
{
	uint32_t v = json_get(j, 0, slice_str(name));

	return v != JSON_NONE && json_type(j, v) == JSON_TRUE;
}

static void
get_labels(const struct back *b, struct cue *a)
{
	uint32_t p = json_get(b->j, 0, SLICE("p")), first = p == JSON_NONE ? JSON_NONE : json_first(b->j, p);

	a->tlp = number(b, first, TLP_COUNT, TLP_AMBER);
	a->pap = number(b, first == JSON_NONE ? JSON_NONE : json_following(b->j, p, first), PAP_COUNT, PAP_GREEN);
}

bool
cue_read(struct json *j, struct slice line, struct arena *mem, struct cue *a, struct fault *f)
{
	struct back b = {j, mem};
	uint32_t left;

	if (!json_one(j, line, f))
		return false;
	memset(a, 0, offsetof(struct cue, entity));
	a->entities = a->assets = 0;
	a->left_out = 0;
	if (!stamp_read(text(&b, json_get(j, 0, SLICE("t"))), &a->at))
		return fault_set(f, "state: an alert without its time", 0);
	a->level = number(&b, json_get(j, 0, SLICE("l")), SEVERITY_COUNT, SEVERITY_UNKNOWN);
	a->rule = text(&b, json_get(j, 0, SLICE("r")));
	a->rule_name = text(&b, json_get(j, 0, SLICE("n")));
	a->key = (enum key_type)number(&b, json_get(j, 0, SLICE("k")), KEY_COUNT, KEY_RULE);
	a->value = text(&b, json_get(j, 0, SLICE("v")));
	a->techniques = words(&b, json_get(j, 0, SLICE("q")), a->technique, CUE_WORDS);
	a->tactics = words(&b, json_get(j, 0, SLICE("c")), a->tactic, CUE_WORDS);
	get_entities(&b, json_get(j, 0, SLICE("e")), a);
	get_assets(&b, json_get(j, 0, SLICE("a")), a);
	get_labels(&b, a);
	left = json_get(j, 0, SLICE("x"));
	if (left != JSON_NONE && !json_u64(j, left, &a->left_out))
		return fault_set(f, "state: an alert with a wrong count", 0);
	a->blocked = is_true(j, "b");
	a->vulnerability = is_true(j, "u");
	return true;
}
