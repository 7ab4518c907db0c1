/* Documents: metadata, log source, detection; what cannot be loaded is a problem and costs nothing else. */
#include "lib/sigma/priv.h"

#include <stdlib.h>

enum { DOCUMENTS = 1000 };

const char *const sigma_op_name[] = {
	[SIGMA_EQUAL] = "equals", [SIGMA_CONTAINS] = "contains", [SIGMA_STARTS] = "startswith", [SIGMA_ENDS] = "endswith",
	    [SIGMA_GLOB] = "matches",
	[SIGMA_PRESENT] = "present", [SIGMA_EXISTS] = "exists", [SIGMA_NULL] = "null", [SIGMA_REGEX] = "re",
	    [SIGMA_CIDR] = "cidr",
	[SIGMA_LT] = "lt", [SIGMA_LTE] = "lte", [SIGMA_GT] = "gt", [SIGMA_GTE] = "gte", [SIGMA_FIELD_EQUAL] = "fieldref",
	[SIGMA_FIELD_CONTAINS] = "fieldref|contains", [SIGMA_FIELD_STARTS] = "fieldref|startswith",
	    [SIGMA_FIELD_ENDS] = "fieldref|endswith",
	[SIGMA_TIME_PART] = "time",
};

static bool
metadata(struct loading *l, const struct yaml *doc, struct sigma_rule *r)
{
	return load_text(l, doc, "title", &r->title) && load_text(l, doc, "id", &r->id) && load_text(l, doc, "status",
	    &r->status) &&
	    load_text(l, doc, "level", &r->level) && load_text(l, doc, "description", &r->description) &&
	    load_text(l, doc, "author", &r->author) && load_text(l, doc, "license", &r->license) && load_text(l, doc, "date",
	    &r->date) &&
	    load_text(l, doc, "name", &r->name) && load_list(l, doc, "tags", &r->tags) &&
	    load_list(l, doc, "falsepositives", &r->falsepositives) && load_list(l, doc, "references", &r->references) &&
	    load_list(l, doc, "fields", &r->fields);
}

static bool
usable(struct loading *l, const struct yaml *doc, const struct sigma_rule *r)
{
	if (!slice_eq(r->status, SLICE("deprecated")) && !slice_eq(r->status, SLICE("unsupported")))
		return true;
	l->r.trouble = SIGMA_UNSUPPORTED;
	return yaml_fault(&l->r.fault, "the rule's status says that it is not to be used", yaml_get(doc, "status"));
}

static bool
detection(struct loading *l, const struct yaml *doc, struct sigma_rule *r)
{
	static const char *const skip[] = {"condition", "timeframe", NULL};
	const struct yaml *y = yaml_get(doc, "detection");
	bool found;

	if (y == NULL || y->type != YAML_MAP)
		return yaml_fault(&l->r.fault, "detection is missing", y ? y : doc);
	if (!load_aggregate(l, doc, r, &found))
		return false;
	return found || load_search(&l->r, y, skip, &r->root);
}

static bool
plain_rule(struct loading *l, const struct yaml *doc, struct sigma_rule *r)
{
	if (!load_logsource(l, doc, r) || !detection(l, doc, r))
		return false;
	load_rule(l->set, r);
	return true;
}

static void
document(struct loading *l, const struct yaml *doc, size_t nth)
{
	struct sigma_rule *r = arena_zero(l->mem, sizeof *r);
	bool ok = false;

	l->r.trouble = SIGMA_FAULTY;
	l->r.fault = (struct fault){0};
	l->title = (struct slice){NULL, 0};
	l->nth = nth;
	*r = (struct sigma_rule){.file = l->file, .folder = l->folder, .line = doc->line};
	if (doc->type != YAML_MAP) {
		(void)yaml_fault(&l->r.fault, "a rule is a map", doc);
	} else if (metadata(l, doc, r)) {
		l->title = r->title;
		if (r->title.n == 0)
			(void)yaml_fault(&l->r.fault, "title is missing", doc);
		else if (usable(l, doc, r) && load_identity(l, r))
			ok = yaml_get(doc, "correlation") ? load_correlation(l, doc, r) :
			    yaml_get(doc, "filter") ? load_filter(l, doc, r) : plain_rule(l, doc, r);
	}
	if (!ok)
		load_problem(l);
}

/*
 * `action: global` merges into the documents behind it, `repeat` the document before (case 41): members that are lacking,
 * maps member by member.
 */
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
	struct loading l = {.set = set, .mem = set->mem, .r = {.mem = set->mem, .meta = meta_of(set), .trouble = SIGMA_FAULTY}};
	struct yaml *doc = NULL, global = {0}, before = {0};
	size_t n = 0;

	l.text = arena_slice(l.mem, bytes);
	l.file = arena_slice(l.mem, file);
	l.folder = arena_slice(l.mem, folder);
	if (!yaml_read(l.text, DOCUMENTS, l.mem, &doc, &n, &l.r.fault)) {
		load_problem(&l);
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
		if (is_action(&doc[i], "repeat") && before.n)
			whole = merged(l.mem, &before, &whole);
		else if (global.n && whole.type == YAML_MAP)
			whole = merged(l.mem, &global, &whole);
		before = whole;
		document(&l, &whole, i);
	}
}

void
sigma_set_free(struct sigma_set *s)
{
	sigma_meta_free(s);
	free(s->rule);
	free(s->problem);
	free(s->aside);
	free(s->wanted);
	free(s->synonym);
	*s = (struct sigma_set){.mem = s->mem};
}
