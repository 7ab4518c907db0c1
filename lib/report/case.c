#include "lib/report/case.h"

#include "lib/base/num.h"

static const struct key {
	const char *path;
	char type;
} key[] = {
#define KEY(path, type) {path, #type[0]},
#include "lib/report/case.def"
#undef KEY
};
enum { KEYS = sizeof key / sizeof *key };

/* The row of `above`.`name`; *inner: some key's path goes on behind it. */
static const struct key *
key_of(struct slice above, struct slice name, bool *inner)
{
	*inner = false;
	for (size_t i = 0; i < KEYS; i++) {
		struct slice path = slice_str(key[i].path);

		if (above.n && !(slice_starts(path, above) && path.n > above.n && path.p[above.n] == '.'))
			continue;
		if (above.n)
			path = slice_from(path, above.n + 1);
		if (slice_eq(path, name))
			return &key[i];
		*inner = *inner || (slice_starts(path, name) && path.n > name.n && path.p[name.n] == '.');
	}
	return NULL;
}

static bool
unknown(const struct yaml *y)
{
	return y->type == YAML_SCALAR && slice_eq(y->text, SLICE("unknown"));
}

static bool
scalar_ok(const struct yaml *y, char type, struct fault *f)
{
	struct stamp at;
	uint64_t n;
	bool b;

	if (y->type != YAML_SCALAR)
		return yaml_fault(f, "a single value is wanted", y);
	if (unknown(y) || yaml_null(y))
		return true;
	if (type == 'N' && !num_u64(y->text, &n))
		return yaml_fault(f, "a number is wanted, or unknown", y);
	if (type == 'W' && !stamp_rfc3339(y->text, &at))
		return yaml_fault(f, "a time is wanted (2026-03-11T08:00:00Z), or unknown", y);
	if (type == 'B' && !yaml_bool(y, &b) && !slice_eq(y->text, SLICE("yes")) && !slice_eq(y->text, SLICE("no")))
		return yaml_fault(f, "yes, no or unknown is wanted", y);
	return true;
}

static bool
actions_ok(const struct yaml *y, struct fault *f)
{
	static const char *const member[] = {"what", "owner", "due", "test"};

	if (y->type != YAML_LIST)
		return yaml_fault(f, "a list of actions is wanted", y);
	for (size_t i = 0; i < y->n; i++) {
		const struct yaml *a = &y->item[i];

		if (a->type != YAML_MAP || !yaml_get(a, "what"))
			return yaml_fault(f, "an action has the members what, owner, due and test", a);
		for (size_t k = 0; k < a->n; k++) {
			bool known = false;

			for (size_t m = 0; m < sizeof member / sizeof *member; m++)
				known = known || slice_eq(a->key[k].text, slice_str(member[m]));
			if (!known)
				return yaml_fault(f, "no member of an action", &a->key[k]);
			if (!scalar_ok(&a->item[k], 'T', f))
				return false;
		}
	}
	return true;
}

static bool
value_ok(const struct yaml *y, char type, struct fault *f)
{
	if (unknown(y) || yaml_null(y))
		return true;
	if (type == 'A')
		return actions_ok(y, f);
	if (type == 'L' && y->type == YAML_LIST) {
		for (size_t i = 0; i < y->n; i++)
			if (!scalar_ok(&y->item[i], 'T', f))
				return false;
		return true;
	}
	return scalar_ok(y, type, f);
}

static bool
map_ok(const struct yaml *map, struct slice above, struct fault *f)
{
	for (size_t i = 0; i < map->n; i++) {
		bool inner;
		const struct key *k = key_of(above, map->key[i].text, &inner);
		const struct yaml *v = &map->item[i];

		if (!k && !inner)
			return yaml_fault(f, "no key of a case", &map->key[i]);
		if (k && !value_ok(v, k->type, f))
			return false;
		if (k || yaml_null(v))
			continue;
		/* No path of case.def has more than two steps. */
		if (v->type != YAML_MAP || above.n)
			return yaml_fault(f, "members are wanted here", v);
		for (size_t m = 0; m < v->n; m++) {
			k = key_of(map->key[i].text, v->key[m].text, &inner);
			if (!k)
				return yaml_fault(f, "no key of a case", &v->key[m]);
			if (!value_ok(&v->item[m], k->type, f))
				return false;
		}
	}
	return true;
}

bool
case_read(struct slice text, struct arena *mem, struct report_case *c, struct fault *f)
{
	struct yaml *doc;
	size_t n;

	c->root = NULL;
	if (!yaml_read(text, 1, mem, &doc, &n, f))
		return false;
	if (n == 0 || yaml_null(doc))
		return true;
	if (doc->type != YAML_MAP)
		return yaml_fault(f, "a case is a mapping of keys", doc);
	c->root = doc;
	return map_ok(doc, SLICE(""), f);
}

const struct yaml *
case_at(const struct report_case *c, const char *path)
{
	const struct yaml *y = c->root;
	struct slice rest = slice_str(path);

	while (y && rest.n) {
		size_t n = slice_find(rest, '.');
		struct slice step = slice_head(rest, n);
		const struct yaml *next = NULL;

		for (size_t i = 0; y->type == YAML_MAP && i < y->n; i++)
			if (slice_eq(y->key[i].text, step))
				next = &y->item[i];
		y = next;
		rest = n < rest.n ? slice_from(rest, n + 1) : SLICE("");
	}
	if (!y || yaml_null(y) || (y->type == YAML_SCALAR ? y->text.n == 0 : y->n == 0))
		return NULL;
	return y;
}

struct slice
case_text(const struct report_case *c, const char *path)
{
	const struct yaml *y = case_at(c, path);

	return y && y->type == YAML_SCALAR ? y->text : SLICE("");
}

bool
case_time(const struct report_case *c, const char *path, struct stamp *at)
{
	return stamp_rfc3339(case_text(c, path), at);
}

const struct slice *
case_masks(const struct report_case *c, struct arena *mem, size_t *n)
{
	const struct yaml *y = case_at(c, "anonymise");
	struct slice *v;

	*n = 0;
	if (!y)
		return NULL;
	v = arena_alloc(mem, (y->type == YAML_SCALAR ? 1 : y->n) * sizeof *v);
	if (y->type == YAML_SCALAR)
		v[(*n)++] = y->text;
	for (size_t i = 0; y->type == YAML_LIST && i < y->n; i++)
		if (y->item[i].text.n)
			v[(*n)++] = y->item[i].text;
	return v;
}
