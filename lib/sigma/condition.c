/*
 * Conditions (Sigma specification, "Condition"): not before and before or (case 33); 1 of, all of, N of with patterns;
 * them.  A stack instead of recursion bounds depth by the text's length, which has a limit.
 */
#include "lib/sigma/priv.h"

#include <stdlib.h>

enum { LENGTH_MAX = 64 * 1024 };

struct parser {
	struct arena *mem;
	const struct sigma_names *names;
	struct slice text;
	size_t at;			/* behind the current word */
	size_t word_at;
	struct slice word;		/* "" at the end */
	struct fault *f;
	struct sigma_node **value;	/* operands */
	size_t values, value_cap;
	char *op;			/* '(' '!' '&' '|' */
	size_t ops, op_cap;
};

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void
next(struct parser *p)
{
	while (p->at < p->text.n && blank(p->text.p[p->at]))
		p->at++;
	p->word_at = p->at;
	if (p->at < p->text.n && (p->text.p[p->at] == '(' || p->text.p[p->at] == ')' || p->text.p[p->at] == '|'))
		p->at++;
	else
		while (p->at < p->text.n && !blank(p->text.p[p->at]) && !strchr("()|", p->text.p[p->at]))
			p->at++;
	p->word = slice_of(p->text.p + p->word_at, p->at - p->word_at);
}

static bool
is(const struct parser *p, const char *word)
{
	return slice_eq_nocase(p->word, slice_str(word));
}

static bool
wrong(struct parser *p, const char *what)
{
	return fault_near(p->f, what, p->word, p->word_at);
}

/* * anywhere in an identifier's pattern (case 34). */
static bool
fits(struct slice pattern, struct slice name)
{
	size_t p = 0, s = 0, star = SIZE_MAX, from = 0;

	while (s < name.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			from = s;
		} else if (p < pattern.n && pattern.p[p] == name.p[s]) {
			p++;
			s++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			s = ++from;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

static void
push(struct parser *p, struct sigma_node *n)
{
	p->value = mem_grow(p->value, &p->value_cap, p->values, sizeof *p->value);
	p->value[p->values++] = n;
}

static void
push_op(struct parser *p, char c)
{
	p->op = mem_grow(p->op, &p->op_cap, p->ops, 1);
	p->op[p->ops++] = c;
}

static bool
reduce(struct parser *p)
{
	char op = p->op[--p->ops];
	struct sigma_node *n;
	size_t want = op == '!' ? 1 : 2;

	if (p->values < want)
		return wrong(p, "condition: something is missing");
	n = node_new(p->mem, op == '!' ? SIGMA_NOT : op == '&' ? SIGMA_ALL : SIGMA_ANY, want);
	p->values -= want;
	memcpy(n->kid, p->value + p->values, want * sizeof *n->kid);
	push(p, n);
	return true;
}

static int
strength(char op)
{
	return op == '!' ? 3 : op == '&' ? 2 : op == '|' ? 1 : 0;
}

/* "N of": any subset of N; rules use 1 and all; other numbers are spelled out for as many names as stay small. */
static bool
of(struct parser *p, bool all)
{
	bool them;
	struct sigma_node *n;
	size_t hits = 0;

	next(p);
	them = is(p, "them");
	if (p->word.n == 0)
		return wrong(p, "condition: of what?");
	for (int pass = 0; pass < 2; pass++) {
		n = pass ? node_new(p->mem, all ? SIGMA_ALL : SIGMA_ANY, hits) : NULL;
		hits = 0;
		for (size_t i = 0; i < p->names->n; i++) {
			struct slice name = p->names->name[i];
			bool hidden = name.n && name.p[0] == '_' && (them || p->word.p[0] != '_');

			if (hidden || !(them || fits(p->word, name)))
				continue;
			if (n)
				n->kid[hits] = p->names->node[i];
			hits++;
		}
		if (hits == 0)
			return wrong(p, "condition: no search identifier has such a name");
	}
	push(p, n);
	return true;
}

static bool
operand(struct parser *p)
{
	bool all = is(p, "all"), one = is(p, "1") || is(p, "any");
	struct slice word = p->word;
	size_t at = p->at, word_at = p->word_at;

	if (all || one) {
		next(p);
		if (is(p, "of"))
			return of(p, all);
		p->word = word;
		p->at = at;
		p->word_at = word_at;
	}
	for (size_t i = 0; i < p->names->n; i++)
		if (slice_eq(p->word, p->names->name[i])) {
			push(p, p->names->node[i]);
			return true;
		}
	return wrong(p, "condition: no search identifier of that name");
}

static bool
close_bracket(struct parser *p)
{
	while (p->ops && p->op[p->ops - 1] != '(')
		if (!reduce(p))
			return false;
	if (p->ops == 0)
		return wrong(p, "condition: ) without (");
	p->ops--;
	return true;
}

static bool
binary(struct parser *p, char op)
{
	while (p->ops && strength(p->op[p->ops - 1]) >= strength(op))
		if (!reduce(p))
			return false;
	push_op(p, op);
	return true;
}

/* `value` tells whether a value has just ended: an operator must follow. */
static bool
step(struct parser *p, bool *value)
{
	if (!*value) {
		if (is(p, "not") || is(p, "(")) {
			push_op(p, is(p, "(") ? '(' : '!');
			return true;
		}
		*value = true;
		return operand(p);
	}
	if (is(p, ")"))
		return close_bracket(p);
	*value = false;
	if (is(p, "and"))
		return binary(p, '&');
	if (is(p, "or"))
		return binary(p, '|');
	if (is(p, "|"))
		return wrong(p, "condition: an aggregation stands in a single condition alone");
	return wrong(p, "condition: and, or or ) is wanted");
}

struct sigma_node *
sigma_condition(struct arena *mem, struct slice text, const struct sigma_names *names, struct fault *f)
{
	struct parser p = {.mem = mem, .names = names, .text = text, .f = f};
	struct sigma_node *root = NULL;
	bool value = false, ok = text.n <= LENGTH_MAX;

	if (!ok)
		(void)fault_set(f, "condition: too long", 0);
	for (next(&p); ok && p.word.n; next(&p))
		ok = step(&p, &value);
	if (ok && !value)
		ok = wrong(&p, "condition: it ends too early");
	while (ok && p.ops) {
		if (p.op[p.ops - 1] == '(')
			ok = wrong(&p, "condition: ( without )");
		else
			ok = reduce(&p);
	}
	if (ok && p.values == 1)
		root = p.value[0];
	free(p.value);
	free(p.op);
	return root;
}
