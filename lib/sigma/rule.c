/* Documents: metadata, log source, detection; what cannot be loaded is a problem and costs nothing else. */
#include "lib/sigma/priv.h"

#include <stdlib.h>

#include "lib/port/digest.h"
#include "lib/port/fold.h"

enum { DOCUMENTS = 1000, NAMES_MAX = 10000 };

const char *const sigma_op_name[] = {
	[SIGMA_EQUAL] = "equals", [SIGMA_CONTAINS] = "contains", [SIGMA_STARTS] = "startswith", [SIGMA_ENDS] = "endswith", [SIGMA_GLOB] = "matches",
	[SIGMA_PRESENT] = "present", [SIGMA_EXISTS] = "exists", [SIGMA_NULL] = "null", [SIGMA_REGEX] = "re", [SIGMA_CIDR] = "cidr",
	[SIGMA_LT] = "lt", [SIGMA_LTE] = "lte", [SIGMA_GT] = "gt", [SIGMA_GTE] = "gte", [SIGMA_FIELD_EQUAL] = "fieldref",
	[SIGMA_FIELD_CONTAINS] = "fieldref|contains", [SIGMA_FIELD_STARTS] = "fieldref|startswith", [SIGMA_FIELD_ENDS] = "fieldref|endswith",
	[SIGMA_TIME_PART] = "time",
};

struct loading {
	struct sigma_set *set;
	struct arena *mem;
	struct slice text, file, folder;
	enum sigma_trouble trouble;
	struct fault fault;
	struct slice title;
};

static void
problem(struct loading *l)
{
	struct sigma_set *s = l->set;

	s->problem = mem_grow(s->problem, &s->problem_cap, s->problems, sizeof *s->problem);
	s->problem[s->problems++] = (struct sigma_problem){l->file, l->title, l->trouble, l->fault};
}

/* A member that must be text; absent is fine. */
static bool
text(struct loading *l, const struct yaml *doc, const char *name, struct slice *out)
{
	const struct yaml *y = yaml_get(doc, name);

	*out = (struct slice){NULL, 0};
	if (y == NULL || (y->type == YAML_SCALAR && yaml_null(y) && y->plain))
		return true;
	if (y->type != YAML_SCALAR)
		return yaml_fault(&l->fault, "text is wanted here", y);
	*out = arena_slice(l->mem, y->text);
	return true;
}

/* A list of texts, or one text for a list of one. */
static bool
list(struct loading *l, const struct yaml *doc, const char *name, struct sigma_list *out)
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
		return yaml_fault(&l->fault, "a list is wanted here", y);
	out->v = arena_zero(l->mem, (y->n + 1) * sizeof *out->v);
	for (size_t i = 0; i < y->n; i++) {
		if (y->item[i].type != YAML_SCALAR)
			return yaml_fault(&l->fault, "text is wanted here", &y->item[i]);
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

static bool
logsource(struct loading *l, const struct yaml *doc, struct sigma_rule *r)
{
	const struct yaml *y = yaml_get(doc, "logsource");

	if (y == NULL || y->type != YAML_MAP)
		return yaml_fault(&l->fault, "logsource is missing", y ? y : doc);
	if (!text(l, y, "product", &r->product) || !text(l, y, "category", &r->category) || !text(l, y, "service", &r->service))
		return false;
	if (r->product.n + r->category.n + r->service.n == 0)
		return yaml_fault(&l->fault, "logsource names no product, category or service", y);
	r->product = lower(l->mem, r->product);
	r->category = lower(l->mem, r->category);
	r->service = lower(l->mem, r->service);
	return true;
}

static bool
one_condition(struct loading *l, const struct yaml *y, const struct sigma_names *names, struct sigma_node **out)
{
	static const char *const old[] = {"| count", "| near", "| sum", "| avg", "| min", "| max", "|count", "|near"};
	struct fault f = {0};

	if (y->type != YAML_SCALAR)
		return yaml_fault(&l->fault, "a condition is text", y);
	for (size_t i = 0; i < sizeof old / sizeof *old; i++)
		if (slice_has(y->text, slice_str(old[i]))) {
			l->trouble = SIGMA_UNSUPPORTED;
			return yaml_fault(&l->fault, "aggregations over several events are not supported", y);
		}
	*out = sigma_condition(l->mem, y->text, names, &f);
	if (*out)
		return true;
	l->fault = f;
	l->fault.line = y->line;
	l->fault.column = y->column + f.offset;
	return false;
}

/* The list form of a condition means any of them (case 36). */
static bool
conditions(struct loading *l, const struct yaml *y, const struct sigma_names *names, struct sigma_rule *r)
{
	if (y->type != YAML_LIST)
		return one_condition(l, y, names, &r->root);
	if (y->n == 0)
		return yaml_fault(&l->fault, "an empty condition", y);
	r->root = node_new(l->mem, SIGMA_ANY, y->n);
	for (size_t i = 0; i < y->n; i++)
		if (!one_condition(l, &y->item[i], names, &r->root->kid[i]))
			return false;
	return true;
}

static bool
detection(struct loading *l, const struct yaml *doc, struct sigma_rule *r)
{
	const struct yaml *y = yaml_get(doc, "detection"), *condition = yaml_get(y, "condition");
	struct sigma_names names = {0};
	struct slice *name;
	struct sigma_node **node;

	if (y == NULL || y->type != YAML_MAP || y->n > NAMES_MAX)
		return yaml_fault(&l->fault, "detection is missing", y ? y : doc);
	if (condition == NULL)
		return yaml_fault(&l->fault, "condition is missing", y);
	name = arena_zero(l->mem, y->n * sizeof *name);
	node = arena_zero(l->mem, y->n * sizeof *node);
	for (size_t i = 0; i < y->n; i++) {
		if (slice_eq(y->key[i].text, SLICE("condition")) || slice_eq(y->key[i].text, SLICE("timeframe")))
			continue;
		name[names.n] = arena_slice(l->mem, y->key[i].text);
		node[names.n] = detect_read(l->mem, &y->item[i], &l->trouble, &l->fault);
		if (node[names.n] == NULL)
			return false;
		node[names.n]->selection = name[names.n];
		names.n++;
	}
	names.name = name;
	names.node = node;
	return conditions(l, condition, &names, r);
}

/* A rule without id is named by its bytes (DETECTION.md). */
static bool
identity(struct loading *l, struct sigma_rule *r)
{
	struct sha256 sum;
	struct buf b = {0};

	if (r->id.n)
		return true;
	if (!digest_sha256(&l->text, 1, &sum))
		return fault_set(&l->fault, "SHA-256 is not to be had", 0);
	buf_lit(&b, "sha256-");
	buf_hex(&b, sum.b, 8);
	r->id = arena_slice(l->mem, buf_slice(&b));
	buf_free(&b);
	return true;
}

static bool
metadata(struct loading *l, const struct yaml *doc, struct sigma_rule *r)
{
	return text(l, doc, "id", &r->id) && text(l, doc, "status", &r->status) && text(l, doc, "level", &r->level) &&
	    text(l, doc, "description", &r->description) && text(l, doc, "author", &r->author) && text(l, doc, "license", &r->license) &&
	    text(l, doc, "date", &r->date) && text(l, doc, "name", &r->name) && list(l, doc, "tags", &r->tags) &&
	    list(l, doc, "falsepositives", &r->falsepositives) && list(l, doc, "references", &r->references) && list(l, doc, "fields", &r->fields);
}

static bool
supported(struct loading *l, const struct yaml *doc, const struct sigma_rule *r)
{
	l->trouble = SIGMA_UNSUPPORTED;
	if (yaml_get(doc, "correlation"))
		return yaml_fault(&l->fault, "correlation rules are not supported", doc);
	if (yaml_get(doc, "filter"))
		return yaml_fault(&l->fault, "filter documents are not supported", doc);
	if (slice_eq(r->status, SLICE("deprecated")) || slice_eq(r->status, SLICE("unsupported")))
		return yaml_fault(&l->fault, "the rule's status says that it is not to be used", yaml_get(doc, "status"));
	l->trouble = SIGMA_FAULTY;
	return true;
}

static void
document(struct loading *l, const struct yaml *doc)
{
	struct sigma_rule *r = arena_zero(l->mem, sizeof *r);
	struct sigma_set *s = l->set;

	l->trouble = SIGMA_FAULTY;
	l->fault = (struct fault){0};
	l->title = (struct slice){NULL, 0};
	r->file = l->file;
	r->folder = l->folder;
	r->line = doc->line;
	if (doc->type != YAML_MAP) {
		(void)yaml_fault(&l->fault, "a rule is a map", doc);
		problem(l);
		return;
	}
	if (!text(l, doc, "title", &r->title) || !metadata(l, doc, r)) {
		problem(l);
		return;
	}
	l->title = r->title;
	if (r->title.n == 0)
		(void)yaml_fault(&l->fault, "title is missing", doc);
	if (l->fault.what || !supported(l, doc, r) || !logsource(l, doc, r) || !detection(l, doc, r) || !identity(l, r)) {
		problem(l);
		return;
	}
	s->rule = mem_grow(s->rule, &s->rule_cap, s->rules, sizeof *s->rule);
	r->index = (uint32_t)s->rules;
	s->rule[s->rules++] = r;
}

/* `action: global` merges into the documents behind it (case 41): members that they lack; maps are merged one level deep. */
static struct yaml
merged(struct arena *mem, const struct yaml *global, const struct yaml *doc)
{
	struct yaml out = *doc;

	out.key = arena_zero(mem, (global->n + doc->n + 1) * sizeof *out.key);
	out.item = arena_zero(mem, (global->n + doc->n + 1) * sizeof *out.item);
	out.n = 0;
	for (size_t i = 0; i < doc->n; i++) {
		out.key[out.n] = doc->key[i];
		out.item[out.n++] = doc->item[i];
	}
	for (size_t i = 0; i < global->n; i++) {
		const char *name = mem_str(global->key[i].text);
		const struct yaml *mine = yaml_get(doc, name);

		free((void *)(uintptr_t)name);
		if (mine == NULL) {
			out.key[out.n] = global->key[i];
			out.item[out.n++] = global->item[i];
		} else if (mine->type == YAML_MAP && global->item[i].type == YAML_MAP) {
			for (size_t k = 0; k < out.n; k++)
				if (slice_eq(out.key[k].text, global->key[i].text))
					out.item[k] = merged(mem, &global->item[i], mine);
		}
	}
	return out;
}

static bool
is_action(const struct yaml *doc, const char *word)
{
	const struct yaml *y = yaml_get(doc, "action");

	return y && y->type == YAML_SCALAR && slice_eq(y->text, slice_str(word));
}

void
sigma_load(struct sigma_set *set, struct slice bytes, struct slice file, struct slice folder)
{
	struct loading l = {.set = set, .mem = set->mem};
	struct yaml *doc = NULL, global = {0};
	size_t n = 0;

	l.text = arena_slice(l.mem, bytes);
	l.file = arena_slice(l.mem, file);
	l.folder = arena_slice(l.mem, folder);
	l.trouble = SIGMA_FAULTY;
	if (!yaml_read(l.text, DOCUMENTS, l.mem, &doc, &n, &l.fault)) {
		problem(&l);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		struct yaml whole = doc[i];

		if (is_action(&doc[i], "global")) {
			global = doc[i];
			continue;
		}
		if (is_action(&doc[i], "reset")) {
			global = (struct yaml){0};
			continue;
		}
		if (global.n && whole.type == YAML_MAP)
			whole = merged(l.mem, &global, &whole);
		document(&l, &whole);
	}
}

void
sigma_set_free(struct sigma_set *s)
{
	free(s->rule);
	free(s->problem);
	free(s->aside);
	free(s->wanted);
	free(s->synonym);
	*s = (struct sigma_set){.mem = s->mem};
}
