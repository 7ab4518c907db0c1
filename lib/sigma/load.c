/* What documents of all kinds share: texts, lists, log source, id, search identifiers under their condition. */
#include "lib/sigma/priv.h"

#include <stdlib.h>

#include "lib/port/digest.h"
#include "lib/port/fold.h"

enum { NAMES_MAX = 10000 };

void
load_problem(struct loading *l)
{
	struct sigma_set *s = l->set;

	s->problem = mem_grow(s->problem, &s->problem_cap, s->problems, sizeof *s->problem);
	s->problem[s->problems++] = (struct sigma_problem){l->file, l->title, l->r.trouble, l->r.fault};
}

/* A member that must be text; absent is fine. */
bool
load_text(struct loading *l, const struct yaml *doc, const char *name, struct slice *out)
{
	const struct yaml *y = yaml_get(doc, name);

	*out = (struct slice){NULL, 0};
	if (y == NULL || (y->type == YAML_SCALAR && yaml_null(y) && y->plain))
		return true;
	if (y->type != YAML_SCALAR)
		return yaml_fault(&l->r.fault, "text is wanted here", y);
	*out = arena_slice(l->mem, y->text);
	return true;
}

/* A list of texts, or one text for a list of one. */
bool
load_list(struct loading *l, const struct yaml *doc, const char *name, struct sigma_list *out)
{
	const struct yaml *y = yaml_get(doc, name);

	*out = (struct sigma_list){0};
	if (y == NULL || (y->type == YAML_SCALAR && yaml_null(y)))
		return true;
	if (y->type == YAML_SCALAR) {
		out->v = arena_zero(l->mem, sizeof *out->v);
		out->v[out->n++] = arena_slice(l->mem, y->text);
		return true;
	}
	if (y->type != YAML_LIST)
		return yaml_fault(&l->r.fault, "a list is wanted here", y);
	out->v = arena_zero(l->mem, (y->n + 1) * sizeof *out->v);
	for (size_t i = 0; i < y->n; i++) {
		if (y->item[i].type != YAML_SCALAR)
			return yaml_fault(&l->r.fault, "text is wanted here", &y->item[i]);
		out->v[out->n++] = arena_slice(l->mem, y->item[i].text);
	}
	return true;
}

static struct slice
lower(struct arena *mem, struct slice s)
{
	struct buf b = {0};

	fold_add(&b, s);
	s = arena_slice(mem, buf_slice(&b));
	buf_free(&b);
	return s;
}

bool
load_logsource(struct loading *l, const struct yaml *doc, struct sigma_rule *r)
{
	const struct yaml *y = yaml_get(doc, "logsource");

	if (y == NULL || y->type != YAML_MAP)
		return yaml_fault(&l->r.fault, "logsource is missing", y ? y : doc);
	if (!load_text(l, y, "product", &r->product) || !load_text(l, y, "category", &r->category) || !load_text(l, y, "service",
	    &r->service))
		return false;
	if (r->product.n + r->category.n + r->service.n == 0)
		return yaml_fault(&l->r.fault, "logsource names no product, category or service", y);
	r->product = lower(l->mem, r->product);
	r->category = lower(l->mem, r->category);
	r->service = lower(l->mem, r->service);
	return true;
}

/* A rule without id is named by its bytes; of several documents in a file those behind the first by their number, too. */
bool
load_identity(struct loading *l, struct sigma_rule *r)
{
	struct slice part[2] = {l->text, {NULL, 0}};
	struct sha256 sum;
	struct buf b = {0}, nth = {0};
	bool ok;

	if (r->id.n)
		return true;
	buf_u64(&nth, l->nth);
	part[1] = buf_slice(&nth);
	ok = digest_sha256(part, l->nth ? 2 : 1, &sum);
	buf_free(&nth);
	if (!ok)
		return fault_set(&l->r.fault, "SHA-256 is not to be had", 0);
	buf_lit(&b, "sha256-");
	buf_hex(&b, sum.b, 8);
	r->id = arena_slice(l->mem, buf_slice(&b));
	buf_free(&b);
	return true;
}

void
load_rule(struct sigma_set *s, struct sigma_rule *r)
{
	s->rule = mem_grow(s->rule, &s->rule_cap, s->rules, sizeof *s->rule);
	r->index = (uint32_t)s->rules;
	s->rule[s->rules++] = r;
}

struct sigma_meta *
meta_of(struct sigma_set *s)
{
	if (s->meta == NULL)
		s->meta = arena_zero(s->mem, sizeof *s->meta);
	return s->meta;
}

/* ---- a condition over search identifiers ---------------------------------------------------------------------------- */

static struct sigma_node *
one_condition(struct reading *r, const struct yaml *y, const struct sigma_names *names)
{
	struct fault f = {0};
	struct sigma_node *n;

	if (y->type != YAML_SCALAR) {
		(void)yaml_fault(&r->fault, "a condition is text", y);
		return NULL;
	}
	n = sigma_condition(r->mem, y->text, names, &f);
	if (n == NULL) {
		r->fault = f;
		r->fault.line = y->line;
		r->fault.column = y->column + f.offset;
	}
	return n;
}

/* The list form of a condition means any of them (case 36). */
static struct sigma_node *
conditions(struct reading *r, const struct yaml *y, const struct sigma_names *names)
{
	struct sigma_node *root;

	if (y->type != YAML_LIST)
		return one_condition(r, y, names);
	if (y->n == 0) {
		(void)yaml_fault(&r->fault, "an empty condition", y);
		return NULL;
	}
	root = node_new(r->mem, SIGMA_ANY, y->n);
	for (size_t i = 0; i < y->n; i++)
		if ((root->kid[i] = one_condition(r, &y->item[i], names)) == NULL)
			return NULL;
	return root;
}

static bool
skipped(const char *const *skip, struct slice name)
{
	for (; *skip; skip++)
		if (slice_eq(name, slice_str(*skip)))
			return true;
	return false;
}

bool
load_search(struct reading *r, const struct yaml *y, const char *const *skip, struct sigma_node **root)
{
	const struct yaml *condition = yaml_get(y, "condition");
	struct sigma_names names = {0};
	struct slice *name;
	struct sigma_node **node;

	if (y->n > NAMES_MAX)
		return yaml_fault(&r->fault, "too many search identifiers", y);
	if (condition == NULL)
		return yaml_fault(&r->fault, "condition is missing", y);
	name = arena_zero(r->mem, y->n * sizeof *name);
	node = arena_zero(r->mem, y->n * sizeof *node);
	for (size_t i = 0; i < y->n; i++) {
		if (skipped(skip, y->key[i].text))
			continue;
		name[names.n] = arena_slice(r->mem, y->key[i].text);
		node[names.n] = detect_read(r, &y->item[i]);
		if (node[names.n] == NULL)
			return false;
		node[names.n]->selection = name[names.n];
		names.n++;
	}
	names.name = name;
	names.node = node;
	*root = conditions(r, condition, &names);
	return *root != NULL;
}
