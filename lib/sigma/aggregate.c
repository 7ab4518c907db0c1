/*
 * Aggregations of the old kind, `selection | count(f) by g > n` with a timeframe (case 57): a rule and a correlation that
 * hears it.
 */
#include "lib/sigma/priv.h"

#include "lib/base/num.h"

struct words {
	struct slice text;
	size_t at;
};

static bool
letter(char c)
{
	return c != ' ' && c != '\t' && c != '\n' && c != '\r' && c != '(' && c != ')' && c != ',' && c != '<' && c != '>' &&
	    c != '=' && c != '!';
}

/* Names, brackets, comparisons; empty at the end. */
static struct slice
word(struct words *w)
{
	struct slice s = w->text;
	size_t from;

	while (w->at < s.n && (s.p[w->at] == ' ' || s.p[w->at] == '\t' || s.p[w->at] == '\n' || s.p[w->at] == '\r'))
		w->at++;
	from = w->at;
	if (from == s.n)
		return slice_of(s.p + from, 0);
	if (letter(s.p[from])) {
		while (w->at < s.n && letter(s.p[w->at]))
			w->at++;
	} else {
		w->at++;
		if (strchr("<>=!", s.p[from]))
			while (w->at < s.n && s.p[w->at] == '=')
				w->at++;
	}
	return slice_of(s.p + from, w->at - from);
}

static bool
kind(struct slice name, bool field, enum sigma_count *out)
{
	static const struct {
		const char *name;
		enum sigma_count plain, of_field;
		bool wants;
	} row[] = {{"count", SIGMA_EVENT_COUNT, SIGMA_VALUE_COUNT, false}, {"sum", SIGMA_VALUE_SUM, SIGMA_VALUE_SUM, true},
	    {"avg", SIGMA_VALUE_AVG, SIGMA_VALUE_AVG, true}};

	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		if (slice_eq_nocase(name, slice_str(row[i].name)) && (field || !row[i].wants)) {
			*out = field ? row[i].of_field : row[i].plain;
			return true;
		}
	return false;
}

static bool
comparison(struct slice op, struct slice number, struct sigma_bound *b)
{
	static const struct {
		const char *text;
		char op;
	} row[] = {{"<", '<'}, {"<=", '{'}, {">", '>'}, {">=", '}'}, {"=", '='}, {"==", '='}, {"!=", '!'}};

	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		if (slice_eq(op, slice_str(row[i].text))) {
			b->op = row[i].op;
			return num_f64(number, &b->number);
		}
	return false;
}

/* function ( [field] ) [by group [, group]...] comparison number */
static bool
expression(struct arena *mem, struct words *w, struct sigma_correlation *c)
{
	struct slice name = word(w), field, next;

	if (!slice_eq(word(w), SLICE("(")))
		return false;
	field = word(w);
	if (!slice_eq(field, SLICE(")"))) {
		correlation_key(mem, &c->field, &c->fields, field);
		if (!slice_eq(word(w), SLICE(")")))
			return false;
	}
	if (!kind(name, c->fields > 0, &c->type))
		return false;
	next = word(w);
	if (slice_eq_nocase(next, SLICE("by")))
		do {
			if (c->groups == SIGMA_GROUPS)
				return false;
			next = word(w);
			if (next.n == 0 || !letter(next.p[0]))
				return false;
			correlation_key(mem, &c->group, &c->groups, next);
			next = word(w);
		} while (slice_eq(next, SLICE(",")));
	if (!comparison(next, word(w), &c->bound[0]))
		return false;
	c->bounds = 1;
	return word(w).n == 0;
}

/* What is heard has the whole rule's log source and search, but no voice. */
static bool
halves(struct loading *l, const struct yaml *detection, struct slice search, struct sigma_rule *r, struct sigma_correlation *c)
{
	static const char *const skip[] = {"condition", "timeframe", NULL};
	struct sigma_rule *about = arena_zero(l->mem, sizeof *about);
	struct yaml own = *detection;

	own.item = arena_zero(l->mem, own.n * sizeof *own.item);
	memcpy(own.item, detection->item, own.n * sizeof *own.item);
	for (size_t i = 0; i < own.n; i++)
		if (slice_eq(own.key[i].text, SLICE("condition")))
			own.item[i].text = search;
	if (!load_search(&l->r, &own, skip, &r->root))
		return false;
	*about = *r;
	about->root = NULL;
	c->about = about;
	c->part[0] = (struct sigma_part){.ref = r->id, .line = detection->line, .column = detection->column, .rule = r};
	r->mute = true;
	r->name = (struct slice){NULL, 0};
	r->id = (struct slice){NULL, 0};
	return true;
}

bool
load_aggregate(struct loading *l, const struct yaml *doc, struct sigma_rule *r, bool *found)
{
	const struct yaml *detection = yaml_get(doc, "detection"), *y = yaml_get(detection, "condition"), *t = yaml_get(detection,
	    "timeframe");
	struct sigma_meta *m = meta_of(l->set);
	struct sigma_correlation *c;
	struct words w;
	size_t bar;

	*found = false;
	if (y == NULL || y->type != YAML_SCALAR || (bar = slice_find(y->text, '|')) == y->text.n)
		return true;
	*found = true;
	w = (struct words){slice_from(y->text, bar + 1), 0};
	if (slice_starts_nocase(slice_trim(w.text), SLICE("near"))) {
		l->r.trouble = SIGMA_UNSUPPORTED;
		return yaml_fault(&l->r.fault, "near: obsolete and without meaning; a temporal correlation says it", y);
	}
	c = correlation_new(l->set, r, 1);
	if (!expression(l->mem, &w, c))
		(void)fault_place(&l->r.fault, "an aggregation such as count(field) by group > 5 is wanted", w.text, y->line,
		    y->column + bar);
	else if (t && (t->type != YAML_SCALAR || !sigma_span(t->text, &c->span)))
		(void)yaml_fault(&l->r.fault, "a timeframe such as 90s, 5m, 1h or 7d is wanted", t);
	else if (halves(l, detection, slice_trim(slice_head(y->text, bar)), r, c)) {
		m->parts++;
		return true;
	}
	m->correlations--;
	return false;
}
