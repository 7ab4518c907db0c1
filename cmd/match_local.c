/* --suppress, --overlay, --map: YAML of this place. */
#include "cmd/match_local.h"

#include <stdlib.h>

enum { LOCAL_MAX = 4 * 1024 * 1024 };

static _Noreturn void
refuse(struct matching *m, struct slice name, const struct fault *f)
{
	tool_fault(m->t, name, f);
	exit(2);
}

static const struct yaml *
read_file(struct matching *m, struct slice name)
{
	struct slice bytes;
	struct yaml *doc = NULL;
	struct fault f = {0};
	char *path = mem_str(name);
	size_t n = 0;

	if (!tool_file(path, LOCAL_MAX, &m->mem, &bytes, &f) || !yaml_read(bytes, 1, &m->mem, &doc, &n, &f))
		refuse(m, name, &f);
	free(path);
	if (n == 0) {
		(void)fault_set(&f, "the file is empty", 0);
		refuse(m, name, &f);
	}
	return doc;
}

static const struct yaml *
member(struct matching *m, struct slice file, const struct yaml *y, const char *name, enum yaml_type type)
{
	const struct yaml *v = yaml_get(y, name);
	struct fault f = {0};
	struct buf b = {0};

	if (v && v->type == type && (type != YAML_SCALAR || v->text.n))
		return v;
	buf_str(&b, name);
	(void)fault_place(&f, v ? "another kind of value is wanted" : "is missing", buf_slice(&b), v ? v->line : y->line,
	    v ? v->column : y->column);
	refuse(m, file, &f);
}

/* Words that mean nothing here are mistakes: a misspelt condition would widen a suppression. */
static void
only(struct matching *m, struct slice file, const struct yaml *y, const char *const *names)
{
	struct fault f = {0};

	if (y->type != YAML_MAP) {
		(void)yaml_fault(&f, "a map is wanted", y);
		refuse(m, file, &f);
	}
	for (size_t i = 0; i < y->n; i++) {
		size_t k = 0;

		while (names[k] && !slice_eq(y->key[i].text, slice_str(names[k])))
			k++;
		if (names[k] == NULL) {
			(void)fault_place(&f, "unknown word", y->key[i].text, y->key[i].line, y->key[i].column);
			refuse(m, file, &f);
		}
	}
}

static void
want_list(struct matching *m, struct slice file, const struct yaml *y)
{
	struct fault f = {0};

	if (y->type == YAML_LIST)
		return;
	(void)yaml_fault(&f, "a list is wanted", y);
	refuse(m, file, &f);
}

static struct sigma_rule *
selection(struct matching *m, struct slice file, const struct yaml *y)
{
	struct fault f = {0};
	struct sigma_rule *r = sigma_aside(&m->sigma, y, &f);

	if (r == NULL)
		refuse(m, file, &f);
	r->file = file;
	r->title = file;
	return r;
}

/* ---- suppressions ------------------------------------------------------------------------------------------------------ */

static bool
until(struct slice s, struct stamp *at)
{
	char text[20];

	if (s.n != 10)
		return stamp_rfc3339(s, at);
	memcpy(text, s.p, 10);
	memcpy(text + 10, "T00:00:00Z", 10);
	return stamp_rfc3339(slice_of(text, sizeof text), at);
}

static void
one_suppression(struct matching *m, const struct yaml *y)
{
	static const char *const names[] = {"id", "rule", "when", "reason", "owner", "expires", NULL};
	struct slice file = m->o.suppress;
	struct local *l = m->local;
	struct suppression s = {0};
	const struct yaml *when = yaml_get(y, "when"), *expires;
	struct fault f = {0};

	only(m, file, y, names);
	s.id = member(m, file, y, "id", YAML_SCALAR)->text;
	s.rule = member(m, file, y, "rule", YAML_SCALAR)->text;
	s.reason = member(m, file, y, "reason", YAML_SCALAR)->text;
	s.owner = member(m, file, y, "owner", YAML_SCALAR)->text;
	expires = member(m, file, y, "expires", YAML_SCALAR);
	s.expires = expires->text;
	if (!until(s.expires, &s.until)) {
		(void)yaml_fault(&f, "a date, or a time such as 2026-12-31T00:00:00Z, is wanted", expires);
		refuse(m, file, &f);
	}
	s.when = selection(m, file, when ? when : member(m, file, y, "when", YAML_MAP));
	for (size_t i = 0; i < l->suppressions; i++)
		if (slice_eq(l->suppress[i].id, s.id)) {
			(void)fault_place(&f, "an id twice", s.id, y->line, y->column);
			refuse(m, file, &f);
		}
	l->suppress = mem_grow(l->suppress, &l->suppression_cap, l->suppressions, sizeof *l->suppress);
	l->suppress[l->suppressions++] = s;
}

/* ---- names of this place ----------------------------------------------------------------------------------------------- */

static void
synonym(struct matching *m, struct slice field, const struct yaml *path)
{
	struct sigma_set *s = &m->sigma;
	struct fault f = {0};

	if (path->type != YAML_SCALAR || path->text.n == 0) {
		(void)yaml_fault(&f, "the path of a member is wanted", path);
		refuse(m, m->o.map, &f);
	}
	s->synonym = mem_grow(s->synonym, &s->synonym_cap, s->synonyms, sizeof *s->synonym);
	s->synonym[s->synonyms++] = (struct sigma_synonym){field, path->text};
}

static void
fields(struct matching *m, const struct yaml *y)
{
	struct fault f = {0};

	if (y->type != YAML_MAP) {
		(void)yaml_fault(&f, "a map of fields and paths is wanted", y);
		refuse(m, m->o.map, &f);
	}
	for (size_t i = 0; i < y->n; i++) {
		const struct yaml *v = &y->item[i];

		if (v->type != YAML_LIST)
			synonym(m, y->key[i].text, v);
		for (size_t k = 0; v->type == YAML_LIST && k < v->n; k++)
			synonym(m, y->key[i].text, &v->item[k]);
	}
}

static struct slice
word(const struct yaml *y, const char *name)
{
	const struct yaml *v = yaml_get(y, name);

	return v && v->type == YAML_SCALAR ? v->text : (struct slice){NULL, 0};
}

static void
one_source(struct matching *m, const struct yaml *y)
{
	static const char *const names[] = {"when", "product", "category", "service", NULL};
	struct local *l = m->local;
	const struct yaml *when = yaml_get(y, "when");
	struct source_map s = {0};
	struct fault f = {0};

	only(m, m->o.map, y, names);
	s.ls = (struct logsource){word(y, "product"), word(y, "service"), word(y, "category")};
	if (s.ls.product.n + s.ls.category.n + s.ls.service.n == 0) {
		(void)yaml_fault(&f, "product, category or service is missing", y);
		refuse(m, m->o.map, &f);
	}
	s.when = selection(m, m->o.map, when ? when : member(m, m->o.map, y, "when", YAML_MAP));
	l->source = mem_grow(l->source, &l->source_cap, l->sources, sizeof *l->source);
	l->source[l->sources++] = s;
}

static void
map(struct matching *m)
{
	static const char *const names[] = {"fields", "logsources", NULL};
	const struct yaml *y = read_file(m, m->o.map), *f, *s;

	only(m, m->o.map, y, names);
	if ((f = yaml_get(y, "fields")))
		fields(m, f);
	if ((s = yaml_get(y, "logsources")))
		want_list(m, m->o.map, s);
	for (size_t i = 0; s && i < s->n; i++)
		one_source(m, &s->item[i]);
}

void
local_load(struct matching *m)
{
	const struct yaml *y;

	m->local = mem_zero(1, sizeof *m->local);
	if (m->o.map.n)
		map(m);
	if (m->o.suppress.n == 0)
		return;
	y = read_file(m, m->o.suppress);
	want_list(m, m->o.suppress, y);
	for (size_t i = 0; i < y->n; i++)
		one_suppression(m, &y->item[i]);
	m->local->count = mem_zero(m->local->suppressions + 1, sizeof *m->local->count);
	m->local->expired = mem_zero(m->local->suppressions + 1, sizeof *m->local->expired);
}

/* ---- levels, and rules that are off ------------------------------------------------------------------------------------- */

bool
local_means(struct slice ref, const struct sigma_rule *r)
{
	return slice_eq(ref, SLICE("any")) || (r->id.n && slice_eq_nocase(ref, r->id)) || (r->name.n && slice_eq(ref, r->name));
}

static void
off(struct matching *m, struct slice ref)
{
	size_t n = 0;

	for (size_t i = 0; i < m->sigma.rules; i++)
		if (!local_means(ref, m->sigma.rule[i]))
			m->sigma.rule[n++] = m->sigma.rule[i];
	m->sigma.rules = n;
	for (size_t i = 0; i < sigma_correlations(&m->sigma); i++)
		if (local_means(ref, sigma_correlation(&m->sigma, i)->about))
			sigma_correlation(&m->sigma, i)->broken = true;
}

static bool
level(struct matching *m, struct slice ref, struct slice word)
{
	bool found = false;

	for (size_t i = 0; i < m->sigma.rules; i++)
		if (local_means(ref, m->sigma.rule[i])) {
			m->sigma.rule[i]->level = word.n ? word : m->sigma.rule[i]->level;
			found = true;
		}
	for (size_t i = 0; i < sigma_correlations(&m->sigma); i++) {
		struct sigma_rule *r = sigma_correlation(&m->sigma, i)->about;

		if (local_means(ref, r)) {
			r->level = word.n ? word : r->level;
			found = true;
		}
	}
	return found;
}

static void
one_overlay(struct matching *m, const struct yaml *y)
{
	static const char *const names[] = {"rule", "level", "off", "reason", NULL};
	struct slice file = m->o.overlay, ref, words = word(y, "level");
	const struct yaml *no = yaml_get(y, "off");
	struct fault f = {0};
	bool out = false;

	only(m, file, y, names);
	ref = member(m, file, y, "rule", YAML_SCALAR)->text;
	(void)member(m, file, y, "reason", YAML_SCALAR);
	if ((no && !yaml_bool(no, &out)) || (words.n && level_of(words) == 0) || (words.n == 0) == (no == NULL)) {
		(void)yaml_fault(&f, "level: informational, low, medium, high or critical, or off: true, is wanted", y);
		refuse(m, file, &f);
	}
	if (!level(m, ref, words))
		tool_say(m->t, "--overlay: no rule %.*s is here", (int)ref.n, ref.p);
	else if (out)
		off(m, ref);
}

void
local_overlay(struct matching *m)
{
	const struct yaml *y;

	if (m->o.overlay.n) {
		y = read_file(m, m->o.overlay);
		want_list(m, m->o.overlay, y);
		for (size_t i = 0; i < y->n; i++)
			one_overlay(m, &y->item[i]);
	}
	for (size_t i = 0; i < m->local->suppressions; i++)
		if (!level(m, m->local->suppress[i].rule, (struct slice){NULL, 0}))
			tool_say(m->t, "--suppress %.*s: no rule %.*s is here", (int)m->local->suppress[i].id.n,
			    m->local->suppress[i].id.p,
			    (int)m->local->suppress[i].rule.n, m->local->suppress[i].rule.p);
}

void
local_members(struct matching *m, struct json_out *o)
{
	const struct local *l = m->local;

	if (l->suppressions == 0)
		return;
	jo_kopen(o, "suppressions", '[');
	for (size_t i = 0; i < l->suppressions; i++) {
		const struct suppression *s = &l->suppress[i];

		jo_open(o, '{');
		jo_ktext(o, "id", s->id);
		jo_ktext(o, "rule", s->rule);
		jo_ktext(o, "reason", s->reason);
		jo_ktext(o, "owner", s->owner);
		jo_ktext(o, "expires", s->expires);
		jo_ku64(o, "count", l->count[i]);
		jo_ku64(o, "expired", l->expired[i]);
		jo_close(o, '}');
		if (l->expired[i])
			tool_say(m->t, "suppression %.*s has expired: %llu alerts were raised all the same", (int)s->id.n,
			    s->id.p,
			    (unsigned long long)l->expired[i]);
	}
	jo_close(o, ']');
}

void
local_free(struct matching *m)
{
	if (m->local == NULL)
		return;
	free(m->local->suppress);
	free(m->local->source);
	free(m->local->count);
	free(m->local->expired);
	free(m->local);
	m->local = NULL;
}
