/* Search identifiers: maps are all, lists are any; keys carry modifiers. */
#include "lib/sigma/priv.h"

struct sigma_node *
node_new(struct arena *mem, enum sigma_kind kind, size_t kids)
{
	struct sigma_node *n = arena_zero(mem, sizeof *n);

	n->kind = kind;
	n->kids = kids;
	n->kid = kids ? arena_zero(mem, kids * sizeof *n->kid) : NULL;
	return n;
}

struct sigma_node *
node_atom(struct arena *mem, struct sigma_atom *a)
{
	struct sigma_node *n = node_new(mem, SIGMA_ATOM, 0);

	n->atom = a;
	return n;
}

/* ---- modifiers ------------------------------------------------------------------------------------------------------ */

static bool
word_modifier(struct modifiers *m, struct slice w)
{
	static const struct {
		const char *name;
		size_t at;
	} flag[] = {
		{"all", offsetof(struct modifiers, all)}, {"cased", offsetof(struct modifiers, cased)}, {"exists",
		    offsetof(struct modifiers, exists)},
		{"neq", offsetof(struct modifiers, neq)}, {"windash", offsetof(struct modifiers, windash)}, {"wide",
		    offsetof(struct modifiers, wide)},
		{"utf16le", offsetof(struct modifiers, wide)}, {"utf16", offsetof(struct modifiers, utf16)},
		{"utf16be", offsetof(struct modifiers, utf16be)}, {"base64", offsetof(struct modifiers, base64)},
		{"base64offset", offsetof(struct modifiers, base64offset)}, {"expand", offsetof(struct modifiers, expand)},
		{"fieldref", offsetof(struct modifiers, fieldref)},
	};

	for (size_t i = 0; i < sizeof flag / sizeof *flag; i++)
		if (slice_eq(w, slice_str(flag[i].name))) {
			*((bool *)((char *)m + flag[i].at)) = true;
			return true;
		}
	return false;
}

static bool
letter_modifier(struct modifiers *m, struct slice w)
{
	static const struct {
		const char *name;
		size_t at;
		char letter;
	} row[] = {
		{"contains", offsetof(struct modifiers, shape), 'c'}, {"startswith", offsetof(struct modifiers, shape), 's'},
		{"endswith", offsetof(struct modifiers, shape), 'e'}, {"re", offsetof(struct modifiers, kind), 'r'},
		{"cidr", offsetof(struct modifiers, kind), 'i'}, {"lt", offsetof(struct modifiers, kind), '<'},
		{"lte", offsetof(struct modifiers, kind), '{'}, {"gt", offsetof(struct modifiers, kind), '>'},
		{"gte", offsetof(struct modifiers, kind), '}'}, {"minute", offsetof(struct modifiers, part), 'm'},
		{"hour", offsetof(struct modifiers, part), 'h'}, {"day", offsetof(struct modifiers, part), 'd'},
		{"week", offsetof(struct modifiers, part), 'w'}, {"month", offsetof(struct modifiers, part), 'M'},
		{"year", offsetof(struct modifiers, part), 'y'},
	};

	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		if (slice_eq(w, slice_str(row[i].name))) {
			*((char *)m + row[i].at) = row[i].letter;
			return true;
		}
	return false;
}

static bool
one_modifier(struct modifiers *m, struct slice w, bool first, const struct yaml *key, struct fault *f)
{
	if (m->kind == 'r' && w.n == 1 && strchr("ims", w.p[0])) {
		m->flags |= w.p[0] == 'i' ? SIGMA_I : w.p[0] == 'm' ? SIGMA_M : SIGMA_S;
		return true;
	}
	if (slice_eq(w, SLICE("re")) && !first)
		return yaml_fault(f, "re must be the first modifier", key);
	if (m->kind == 'r' && !slice_eq(w, SLICE("all")) && !slice_eq(w, SLICE("neq")))
		return yaml_fault(f, "re takes i, m, s, all and neq alone", key);
	if (m->base64offset && m->shape == 0 && slice_eq(w, SLICE("base64offset")))
		return yaml_fault(f, "a modifier twice", key);
	if (word_modifier(m, w) || letter_modifier(m, w))
		return true;
	return yaml_fault(f, "unknown modifier", key);
}

bool
modifiers_read(const struct yaml *key, struct modifiers *m, struct fault *f)
{
	struct slice rest = key->text;
	bool first = true;

	*m = (struct modifiers){.field = slice_cut(&rest, '|')};
	while (rest.p) {
		if (!one_modifier(m, slice_cut(&rest, '|'), first, key, f))
			return false;
		first = false;
	}
	if (m->exists && m->field.n == 0)
		return yaml_fault(f, "exists wants a field", key);
	return true;
}

/* ---- maps and lists ------------------------------------------------------------------------------------------------- */

static struct sigma_node *
item(struct reading *r, const struct yaml *key, const struct yaml *value)
{
	struct modifiers m;
	struct sigma_node *n, *not;

	if (!modifiers_read(key, &m, &r->fault))
		return NULL;
	if (value->type == YAML_LIST) {
		if (value->n == 0) {
			(void)yaml_fault(&r->fault, "an empty list", value);
			return NULL;
		}
		n = node_new(r->mem, m.all ? SIGMA_ALL : SIGMA_ANY, value->n);
		for (size_t i = 0; i < value->n; i++)
			if ((n->kid[i] = value_node(r, &m, &value->item[i])) == NULL)
				return NULL;
	} else if ((n = value_node(r, &m, value)) == NULL) {
		return NULL;
	}
	if (m.neq) {
		not = node_new(r->mem, SIGMA_NOT, 1);
		not->kid[0] = n;
		n = not;
	}
	return n;
}

static struct sigma_node *
map(struct reading *r, const struct yaml *y)
{
	struct sigma_node *n = node_new(r->mem, SIGMA_ALL, y->n);

	if (y->n == 0) {
		(void)yaml_fault(&r->fault, "an empty search", y);
		return NULL;
	}
	for (size_t i = 0; i < y->n; i++)
		if ((n->kid[i] = item(r, &y->key[i], &y->item[i])) == NULL)
			return NULL;
	return n;
}

/* A keyword is looked for anywhere, so it is a contains without a field (case 31). */
static struct sigma_node *
keyword(struct reading *r, const struct yaml *y)
{
	struct modifiers m = {.shape = 'c'};

	if (yaml_null(y) && y->plain) {
		(void)yaml_fault(&r->fault, "an empty keyword", y);
		return NULL;
	}
	return value_node(r, &m, y);
}

struct sigma_node *
detect_read(struct reading *r, const struct yaml *y)
{
	struct sigma_node *n;

	if (y->type == YAML_MAP)
		return map(r, y);
	if (y->type == YAML_SCALAR)
		return keyword(r, y);
	if (y->n == 0) {
		(void)yaml_fault(&r->fault, "an empty search", y);
		return NULL;
	}
	n = node_new(r->mem, SIGMA_ANY, y->n);
	for (size_t i = 0; i < y->n; i++) {
		const struct yaml *k = &y->item[i];

		if (k->type == YAML_LIST) {
			(void)yaml_fault(&r->fault, "a list in a list", k);
			return NULL;
		}
		n->kid[i] = k->type == YAML_MAP ? map(r, k) : keyword(r, k);
		if (n->kid[i] == NULL)
			return NULL;
	}
	return n;
}
