#include "lib/port/jqlex.h"

#include <stdlib.h>

#include "lib/base/mem.h"

enum { NESTING = 256 };

/* Words of jq 1.6 that reach out of the record. */
static const struct word {
	struct slice name;
	const char *why;
} words[] = {
	{ SLICE_INIT("import"), "expressions may not read files" },
	{ SLICE_INIT("include"), "expressions may not read files" },
	{ SLICE_INIT("modulemeta"), "expressions may not read files" },
	{ SLICE_INIT("get_search_list"), "expressions may not read files" },
	{ SLICE_INIT("get_jq_origin"), "expressions may not read files" },
	{ SLICE_INIT("get_prog_origin"), "expressions may not read files" },
	{ SLICE_INIT("env"), "expressions may not read the environment" },
	{ SLICE_INIT("input"), "expressions see one record" },
	{ SLICE_INIT("inputs"), "expressions see one record" },
	{ SLICE_INIT("input_filename"), "expressions see one record" },
	{ SLICE_INIT("input_line_number"), "expressions see one record" },
	{ SLICE_INIT("debug"), "expressions may not write" },
	{ SLICE_INIT("stderr"), "expressions may not write" },
	{ SLICE_INIT("halt"), "expressions may not end the process" },
	{ SLICE_INIT("halt_error"), "expressions may not end the process" },
	{ SLICE_INIT("now"), "expressions may not read the clock" },
};

/* Words whose first argument, if it is a literal, must not be (or match) the empty text: libjq 1.6 never ends on these. */
static const struct pattern {
	struct slice name;
	bool regex;
} patterns[] = {
	{ SLICE_INIT("sub"), true }, { SLICE_INIT("gsub"), true }, { SLICE_INIT("splits"), true },
	{ SLICE_INIT("indices"), false }, { SLICE_INIT("index"), false }, { SLICE_INIT("rindex"), false },
	{ SLICE_INIT("_strindices"), false },
};

static bool
letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

static char
at(struct slice s, size_t i)
{
	return i < s.n ? s.p[i] : '\0';
}

/* Blanks and comments. */
static size_t
skip(struct slice s, size_t i)
{
	for (; i < s.n; i++) {
		if (s.p[i] == '#')
			while (i + 1 < s.n && s.p[i + 1] != '\n')
				i++;
		else if (s.p[i] != ' ' && s.p[i] != '\t' && s.p[i] != '\n' && s.p[i] != '\r')
			break;
	}
	return i;
}

static bool
refuse(struct fault *f, const char *why, struct slice s, size_t from, size_t to)
{
	return fault_place(f, why, slice_head(slice_from(s, from), to - from), 1, from + 1);
}

/* ---- regular expressions that may match nothing ---- */

struct group {
	bool some, all, look;		/* an earlier alternative can be empty; this one can; look-around: always */
};

struct regex {
	struct group stack[NESTING];
	size_t depth;
	bool has, empty;		/* the last atom, not yet taken */
};

static void
atom(struct regex *r, bool empty)
{
	struct group *g = &r->stack[r->depth];

	if (r->has && !r->empty)
		g->all = false;
	r->has = true;
	r->empty = empty;
}

static void
take(struct regex *r)
{
	if (r->has && !r->empty)
		r->stack[r->depth].all = false;
	r->has = false;
}

static size_t
class_end(struct slice s, size_t i)
{
	i++;
	if (at(s, i) == '^')
		i++;
	if (at(s, i) == ']')
		i++;
	while (i < s.n && s.p[i] != ']')
		i += s.p[i] == '\\' ? 2 : 1;
	return i;
}

static size_t
group_open(struct regex *r, struct slice s, size_t i)
{
	bool look = at(s, i + 1) == '?' && (strchr("=!#", at(s, i + 2)) ||
	    (at(s, i + 2) == '<' && (at(s, i + 3) == '=' || at(s, i + 3) == '!')));

	take(r);
	r->stack[++r->depth] = (struct group){ .all = true, .look = look };
	if (at(s, i + 1) != '?')
		return i;
	for (i += 2; letter(at(s, i)) || strchr("-<=!>:'", at(s, i)); i++)
		if (i >= s.n || s.p[i] == ':' || s.p[i] == '>')
			return i;
	return i - 1;
}

static void
group_close(struct regex *r)
{
	struct group *g = &r->stack[r->depth];

	take(r);
	r->depth--;
	r->has = false;
	atom(r, g->some || g->all || g->look);
}

static size_t
braces(struct regex *r, struct slice s, size_t i)
{
	size_t end = i + slice_find(slice_from(s, i), '}');

	if (end >= s.n || !(digit(at(s, i + 1)) || at(s, i + 1) == ',')) {
		atom(r, false);
		return i;
	}
	if (at(s, i + 1) == ',' || (at(s, i + 1) == '0' && !digit(at(s, i + 2))))
		r->empty = true;
	return end;
}

static size_t
regex_step(struct regex *r, struct slice s, size_t i)
{
	switch (s.p[i]) {
	case '\\':
		i++;
		atom(r, strchr("bBAzZGK123456789k", at(s, i)) != NULL);
		return i;
	case '[':
		atom(r, false);
		return class_end(s, i);
	case '(':
		return group_open(r, s, i);
	case ')':
		if (r->depth)
			group_close(r);
		return i;
	case '|':
		take(r);
		r->stack[r->depth].some |= r->stack[r->depth].all;
		r->stack[r->depth].all = true;
		return i;
	case '?':
	case '*':
		r->empty = true;
		return i;
	case '+':
		return i;
	case '{':
		return braces(r, s, i);
	case '^':
	case '$':
		atom(r, true);
		return i;
	default:
		atom(r, false);
		return i;
	}
}

bool
jqlex_empty(struct slice literal)
{
	struct regex r = { .stack[0].all = true };
	char *text = mem_alloc(literal.n + 1);
	struct slice s = { text, 0 };
	bool empty = true;

	for (size_t i = 0; i < literal.n; i++) {
		if (literal.p[i] == '\\')
			i++;
		text[s.n++] = literal.p[i - (at(literal, i) == '\0' ? 1 : 0)];
	}
	for (size_t i = 0; i < s.n && r.depth < NESTING - 1; i++)
		i = regex_step(&r, s, i);
	take(&r);
	if (r.depth == 0)
		empty = r.stack[0].some || r.stack[0].all;
	free(text);
	return empty;
}

/* ---- the expression ---- */

/* Number with sign; *to behind it.  False: something else stands there. */
static bool
number(struct slice s, size_t *to, double *v)
{
	size_t i = skip(s, *to), from = i, n;
	char text[32];

	if (at(s, i) == '-')
		i = skip(s, i + 1);
	from = i;
	while (digit(at(s, i)) || at(s, i) == '.' || ((at(s, i) | 0x20) == 'e' && i > from) ||
	    ((at(s, i) == '+' || at(s, i) == '-') && i > from && (s.p[i - 1] | 0x20) == 'e'))
		i++;
	n = i - from;
	if (n == 0 || n >= sizeof text)
		return false;
	memcpy(text, s.p + from, n);
	text[n] = '\0';
	*v = strtod(text, NULL);
	if (at(s, skip(s, *to)) == '-')
		*v = -*v;
	*to = skip(s, i);
	return true;
}

static bool
range_fits(struct slice s, size_t i)
{
	double v[3] = { 0, 0, 1 }, span;
	size_t n = 0;

	i = skip(s, i);
	if (at(s, i) != '(')
		return false;
	do {
		i++;
		if (n == 3 || !number(s, &i, &v[n++]))
			return false;
	} while (at(s, i) == ';');
	if (at(s, i) != ')')
		return false;
	span = n == 1 ? v[0] : v[1] - v[0];
	return v[2] != 0 && span / v[2] <= JQ_RANGE_MAX;
}

/* A literal first argument that is, or can match, the empty text.  Interpolation makes it no literal: the deadline is left. */
static bool
empty_pattern(struct slice s, size_t i, bool regex)
{
	size_t from;

	i = skip(s, i);
	if (at(s, i) != '(')
		return false;
	i = skip(s, i + 1);
	if (at(s, i) != '"')
		return false;
	for (from = ++i; i < s.n && s.p[i] != '"'; i++)
		if (s.p[i] == '\\' && at(s, ++i) == '(')
			return false;
	return regex ? jqlex_empty(slice_head(slice_from(s, from), i - from)) : i == from;
}

static bool
word_allowed(struct slice s, size_t from, size_t to, struct fault *f)
{
	struct slice name = slice_head(slice_from(s, from), to - from);

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_eq(name, words[i].name))
			return refuse(f, words[i].why, s, from, to);
	if (slice_eq(name, SLICE("range")) && !range_fits(s, to))
		return refuse(f, "range needs literal bounds, 1,000,000 steps at most", s, from, to);
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
		if (slice_eq(name, patterns[i].name) && empty_pattern(s, to, patterns[i].regex))
			return refuse(f, "the pattern can be empty: this would never end", s, from, to);
	return true;
}

static size_t
word_end(struct slice s, size_t i)
{
	while (letter(at(s, i)) || digit(at(s, i)))
		i++;
	return i;
}

/* Behind the text of a string: at its closing quote, or at the parenthesis of an interpolation. */
static size_t
string_end(struct slice s, size_t i)
{
	for (; i < s.n && s.p[i] != '"'; i++)
		if (s.p[i] == '\\' && at(s, ++i) == '(')
			return i;
	return i;
}

struct lexer {
	struct slice s;
	size_t i;
	char open[NESTING];	/* ( [ { and " for the interpolations of a string */
	size_t depth;
	char before;		/* last character that was no blank */
};

static char
innermost(const struct lexer *l)
{
	return l->depth ? l->open[l->depth - 1] : '\0';
}

static bool
push(struct lexer *l, char c, struct fault *f)
{
	if (l->depth == NESTING)
		return refuse(f, "the expression nests too deeply", l->s, l->i, l->i + 1);
	l->open[l->depth++] = c;
	return true;
}

/* A string from its opening quote, or from the parenthesis that ends an interpolation. */
static bool
lex_string(struct lexer *l, struct fault *f)
{
	l->i = string_end(l->s, l->i + 1);
	if (at(l->s, l->i) == '(' && !push(l, '"', f))
		return false;
	l->i++;
	return true;
}

static bool
lex_variable(struct lexer *l, struct fault *f)
{
	size_t from = skip(l->s, l->i + 1), to = word_end(l->s, from);

	l->i = to;
	if (slice_eq(slice_head(slice_from(l->s, from), to - from), SLICE("ENV")))
		return refuse(f, "expressions may not read the environment", l->s, from, to);
	return true;
}

/* {word: ...} is a key.  [word: ...] is a slice, which is code. */
static bool
lex_word(struct lexer *l, struct fault *f)
{
	size_t from = l->i, to = word_end(l->s, from), next = skip(l->s, to);
	bool key = at(l->s, next) == ':' && at(l->s, next + 1) != ':' && innermost(l) == '{' &&
	    (l->before == '{' || l->before == ',');

	l->i = to;
	return key || word_allowed(l->s, from, to, f);
}

static bool
lex_step(struct lexer *l, struct fault *f)
{
	char c = l->s.p[l->i];

	if (c == '"')
		return lex_string(l, f);
	if (c == '$')
		return lex_variable(l, f);
	if (letter(c))
		return lex_word(l, f);
	if ((c == '.' || c == '@') && letter(at(l->s, l->i + 1))) {
		l->i = word_end(l->s, l->i + 1);
		return true;
	}
	if ((c == '(' || c == '[' || c == '{') && !push(l, c, f))
		return false;
	if ((c == ')' || c == ']' || c == '}') && l->depth) {
		l->depth--;
		if (l->open[l->depth] == '"')
			return lex_string(l, f);
	}
	l->i++;
	return true;
}

bool
jqlex_allows(struct slice s, struct fault *f)
{
	struct lexer l = { .s = s };

	if (s.n > JQ_EXPRESSION_MAX || slice_find(s, '\0') < s.n)
		return fault_set(f, "the expression is too long or holds a NUL", 0);
	while ((l.i = skip(s, l.i)) < s.n) {
		if (!lex_step(&l, f))
			return false;
		l.before = l.i && l.i <= s.n ? s.p[l.i - 1] : '\0';
	}
	return true;
}
