/*
 * Values: text with wildcards (Sigma specification, "Escaping"), and what modifiers make of it.  The numbers in comments
 * are those of the conformance cases.
 */
#include "lib/sigma/priv.h"

#include "lib/base/num.h"
#include "lib/base/utf8.h"
#include "lib/port/fold.h"

struct pieces {
	struct arena *mem;
	struct sigma_piece *v;
	size_t n, cap;
	struct buf text;
};

static void
piece_end(struct pieces *p, char wild)
{
	if (p->n == p->cap) {
		struct sigma_piece *more = arena_alloc(p->mem, (p->cap * 2 + 4) * sizeof *more);

		if (p->n)
			memcpy(more, p->v, p->n * sizeof *more);
		p->v = more;
		p->cap = p->cap * 2 + 4;
	}
	p->v[p->n++] = (struct sigma_piece){arena_slice(p->mem, buf_slice(&p->text)), wild};
	buf_reset(&p->text);
}

/* A backslash escapes \ * ? alone; before anything else it is itself (cases 1 to 6). */
static void
split_part(struct pieces *p, struct slice s, bool cased)
{
	struct buf raw = {0};

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '\\' && i + 1 < s.n && strchr("\\*?", s.p[i + 1])) {
			buf_byte(&raw, s.p[++i]);
		} else if (c == '*' || c == '?') {
			if (cased)
				buf_slice_add(&p->text, buf_slice(&raw));
			else
				fold_add(&p->text, buf_slice(&raw));
			buf_reset(&raw);
			piece_end(p, c);
		} else {
			buf_byte(&raw, c);
		}
	}
	if (cased)
		buf_slice_add(&p->text, buf_slice(&raw));
	else
		fold_add(&p->text, buf_slice(&raw));
	buf_free(&raw);
}

static void
split(struct pieces *p, struct slice s, bool cased)
{
	split_part(p, s, cased);
	piece_end(p, 0);
}

/* The cheapest operator that means the same. */
static void
choose(struct sigma_atom *a, struct sigma_piece *v, size_t n)
{
	a->piece = v;
	a->pieces = n;
	a->op = SIGMA_GLOB;
	if (n == 1) {
		a->op = SIGMA_EQUAL;
		a->text = v[0].text;
	} else if (n == 2 && v[0].wild == '*') {
		if (v[0].text.n == 0 && v[1].text.n == 0)
			a->op = SIGMA_PRESENT;
		else if (v[0].text.n == 0)
			a->op = SIGMA_ENDS;
		else if (v[1].text.n == 0)
			a->op = SIGMA_STARTS;
		a->text = v[0].text.n ? v[0].text : v[1].text;
	} else if (n == 3 && v[0].wild == '*' && v[1].wild == '*' && v[0].text.n == 0 && v[2].text.n == 0) {
		a->op = v[1].text.n ? SIGMA_CONTAINS : SIGMA_PRESENT;
		a->text = v[1].text;
	}
}

/* Stars at the ends, added to the pieces and not to the text: a last \ must not eat one (case 7). */
static void
shape(struct pieces *p, char want)
{
	if ((want == 'c' || want == 'e') && !(p->n > 1 && p->v[0].text.n == 0 && p->v[0].wild == '*')) {
		piece_end(p, '*');
		memmove(p->v + 1, p->v, (p->n - 1) * sizeof *p->v);
		p->v[0] = (struct sigma_piece){{NULL, 0}, '*'};
	}
	if ((want == 'c' || want == 's') && !(p->n > 1 && p->v[p->n - 1].text.n == 0 && p->v[p->n - 2].wild == '*')) {
		p->v[p->n - 1].wild = '*';
		piece_end(p, 0);
	}
}

static void
pattern(struct arena *mem, struct slice text, bool cased, char want, struct sigma_atom *a)
{
	struct pieces p = {.mem = mem};

	a->cased = cased;
	split(&p, text, cased);
	shape(&p, want);
	choose(a, p.v, p.n);
	buf_free(&p.text);
}

bool
sigma_value(struct arena *mem, struct slice text, bool cased, struct sigma_atom *a)
{
	*a = (struct sigma_atom){.shown = text};
	pattern(mem, text, cased, 0, a);
	return true;
}

/* ---- bytes: base64 and UTF-16, which know no wildcards -------------------------------------------------------------- */

/* Escapes taken off; false if a wildcard stands in it (case 26). */
static bool
plain(struct slice s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '*' || s.p[i] == '?')
			return false;
		if (s.p[i] == '\\' && i + 1 < s.n && strchr("\\*?", s.p[i + 1]))
			i++;
		buf_byte(out, s.p[i]);
	}
	return true;
}

static void
utf16(struct buf *out, struct slice s, const struct modifiers *m)
{
	uint32_t cp;

	if (m->utf16)
		buf_lit(out, "\xff\xfe");
	for (size_t i = 0; i < s.n;) {
		uint16_t unit[2];
		int n = 1;

		i = utf8_next(s, i, &cp);
		if (cp == UTF8_BAD)
			cp = 0xfffd;
		unit[0] = (uint16_t)cp;
		if (cp > 0xffff) {
			unit[0] = (uint16_t)(0xd800 + ((cp - 0x10000) >> 10));
			unit[1] = (uint16_t)(0xdc00 + ((cp - 0x10000) & 0x3ff));
			n = 2;
		}
		for (int k = 0; k < n; k++) {
			char low = (char)(unit[k] & 0xff), high = (char)(unit[k] >> 8);

			buf_byte(out, m->utf16be ? high : low);
			buf_byte(out, m->utf16be ? low : high);
		}
	}
}

/* The characters of base64 that only these bytes decide, when they begin `at` bytes into a group of three. */
static void
base64_at(struct buf *out, struct slice s, size_t at)
{
	static const size_t start[3] = {0, 2, 3}, cut[3] = {0, 3, 2};
	struct buf padded = {0}, text = {0};
	size_t end = (s.n + at) % 3;

	for (size_t i = 0; i < at; i++)
		buf_byte(&padded, ' ');
	buf_slice_add(&padded, s);
	buf_base64(&text, buf_slice(&padded));
	if (text.n > start[at] + (end ? cut[end] : 0))
		buf_add(out, text.p + start[at], text.n - start[at] - (end ? cut[end] : 0));
	buf_free(&padded);
	buf_free(&text);
}

static struct sigma_atom *
atom_new(struct arena *mem, const struct modifiers *m, const struct yaml *v)
{
	struct sigma_atom *a = arena_zero(mem, sizeof *a);

	a->field = arena_slice(mem, m->field);
	a->shown = arena_slice(mem, v->text);
	a->line = v->line;
	return a;
}

static struct sigma_atom *
literal(struct arena *mem, const struct modifiers *m, const struct yaml *v, struct slice bytes, bool cased)
{
	struct sigma_atom *a = atom_new(mem, m, v);
	struct buf folded = {0};

	a->cased = cased;
	a->op = m->shape == 'c' ? SIGMA_CONTAINS : m->shape == 's' ? SIGMA_STARTS : m->shape == 'e' ? SIGMA_ENDS : SIGMA_EQUAL;
	if (!cased)
		fold_add(&folded, bytes);
	a->text = arena_slice(mem, cased ? bytes : buf_slice(&folded));
	buf_free(&folded);
	return a;
}

static struct sigma_node *
encoded(struct arena *mem, const struct modifiers *m, const struct yaml *v, struct fault *f)
{
	struct buf bytes = {0}, wide = {0}, text = {0};
	struct modifiers inside = *m;
	struct sigma_node *n = NULL;

	if (!plain(v->text, &bytes)) {
		(void)yaml_fault(f, "a wildcard cannot be encoded", v);
		goto out;
	}
	if (m->wide || m->utf16 || m->utf16be) {
		utf16(&wide, buf_slice(&bytes), m);
		buf_reset(&bytes);
		buf_slice_add(&bytes, buf_slice(&wide));
	}
	if (m->base64offset) {
		if (!inside.shape)
			inside.shape = 'c';
		n = node_new(mem, SIGMA_ANY, 3);
		for (size_t at = 0; at < 3; at++) {
			buf_reset(&text);
			base64_at(&text, buf_slice(&bytes), at);
			n->kid[at] = node_atom(mem, literal(mem, &inside, v, buf_slice(&text), m->cased));
		}
	} else if (m->base64) {
		buf_base64(&text, buf_slice(&bytes));
		n = node_atom(mem, literal(mem, m, v, buf_slice(&text), m->cased));
	} else {
		n = node_atom(mem, literal(mem, m, v, buf_slice(&bytes), m->cased));
	}
out:
	buf_free(&bytes);
	buf_free(&wide);
	buf_free(&text);
	return n;
}

/* ---- windash: a - or / at the head of a word stands for any dash (case 25) ------------------------------------------ */

static bool
word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (unsigned char)c >= 0x80;
}

/* A pattern in which every such place is the wild '-': one of - / U+2013 U+2014 U+2015. */
static struct sigma_node *
windash(struct arena *mem, const struct modifiers *m, const struct yaml *v)
{
	struct sigma_atom *a = atom_new(mem, m, v);
	struct pieces p = {.mem = mem};
	struct slice s = v->text;
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n && strchr("\\*?", s.p[i + 1])) {
			i++;
		} else if ((s.p[i] == '-' || s.p[i] == '/') && (i == 0 || !word(s.p[i - 1])) && i + 1 < s.n && word(s.p[i + 1])) {
			split_part(&p, slice_of(s.p + from, i - from), m->cased);
			piece_end(&p, '-');
			from = i + 1;
		}
	}
	split(&p, slice_from(s, from), m->cased);
	shape(&p, m->shape);
	a->cased = m->cased;
	choose(a, p.v, p.n);
	buf_free(&p.text);
	return node_atom(mem, a);
}

static bool
has_dash(struct slice s)
{
	for (size_t i = 0; i + 1 < s.n; i++)
		if ((s.p[i] == '-' || s.p[i] == '/') && (i == 0 || !word(s.p[i - 1])) && word(s.p[i + 1]))
			return true;
	return false;
}

/* ---- one value ------------------------------------------------------------------------------------------------------ */

static bool
compare(struct sigma_atom *a, const struct modifiers *m, const struct yaml *v, struct fault *f)
{
	static const struct {
		char kind;
		enum sigma_op op;
	} ops[] = {{'<', SIGMA_LT}, {'{', SIGMA_LTE}, {'>', SIGMA_GT}, {'}', SIGMA_GTE}};

	for (size_t i = 0; i < 4; i++)
		if (ops[i].kind == m->kind)
			a->op = ops[i].op;
	if (!num_f64(v->text, &a->number))
		return yaml_fault(f, "a number is wanted", v);
	return true;
}

static bool
time_part(struct sigma_atom *a, const struct modifiers *m, const struct yaml *v, struct fault *f)
{
	a->compare = SIGMA_EQUAL;
	if (m->kind) {
		if (!compare(a, m, v, f))
			return false;
		a->compare = a->op;
	} else if (!num_f64(v->text, &a->number)) {
		return yaml_fault(f, "a number is wanted", v);
	}
	a->op = SIGMA_TIME_PART;
	a->part = m->part;
	return true;
}

static bool
cidr(struct sigma_atom *a, const struct yaml *v, struct fault *f)
{
	a->op = SIGMA_CIDR;
	if (!prefix_read(v->text, &a->prefix, NULL))
		return yaml_fault(f, "no address range", v);
	return true;
}

static bool
fill(struct arena *mem, struct sigma_atom *a, const struct modifiers *m, const struct yaml *v, struct fault *f)
{
	if (m->exists) {
		bool yes = false;

		a->op = SIGMA_EXISTS;
		if (!yaml_bool(v, &yes))
			return yaml_fault(f, "exists wants true or false", v);
		a->number = yes;
		return true;
	}
	if (m->part)
		return time_part(a, m, v, f);
	if (m->fieldref) {
		a->op = m->shape == 'c' ? SIGMA_FIELD_CONTAINS : m->shape == 's' ? SIGMA_FIELD_STARTS :
		    m->shape == 'e' ? SIGMA_FIELD_ENDS : SIGMA_FIELD_EQUAL;
		a->text = a->shown;
		a->cased = m->cased;
		return true;
	}
	if (m->kind == 'r') {
		a->op = SIGMA_REGEX;
		a->flags = m->flags;
		a->text = a->shown;
		return true;
	}
	if (m->kind == 'i')
		return cidr(a, v, f);
	if (m->kind)
		return compare(a, m, v, f);
	if (yaml_null(v) && v->plain) {
		a->op = SIGMA_NULL;
		return true;
	}
	pattern(mem, v->text, m->cased, m->shape, a);
	return true;
}

static struct sigma_node *
one_value(struct reading *r, const struct modifiers *m, const struct yaml *v)
{
	struct sigma_atom *a;
	struct sigma_node *n, *not;

	if (m->base64 || m->base64offset || m->wide || m->utf16 || m->utf16be)
		return encoded(r->mem, m, v, &r->fault);
	if (m->windash && has_dash(v->text))
		return windash(r->mem, m, v);
	a = atom_new(r->mem, m, v);
	if (!fill(r->mem, a, m, v, &r->fault))
		return NULL;
	n = node_atom(r->mem, a);
	if (a->op == SIGMA_EXISTS && a->number == 0) {
		not = node_new(r->mem, SIGMA_NOT, 1);
		not->kid[0] = n;
		return not;
	}
	return n;
}

struct sigma_node *
value_node(struct reading *r, const struct modifiers *m, const struct yaml *v)
{
	struct sigma_list texts = {0};
	struct sigma_node *n;
	struct yaml one = *v;

	if (v->type != YAML_SCALAR) {
		(void)yaml_fault(&r->fault, "a value is wanted, not a list or map", v);
		return NULL;
	}
	if (!m->expand)
		return one_value(r, m, v);
	if (!expand_value(r, v, &texts))
		return NULL;
	n = texts.n == 1 ? NULL : node_new(r->mem, SIGMA_ANY, texts.n);
	for (size_t i = 0; i < texts.n; i++) {
		struct sigma_node *kid;

		one.text = texts.v[i];
		if ((kid = one_value(r, m, &one)) == NULL)
			return NULL;
		if (n == NULL)
			return kid;
		n->kid[i] = kid;
	}
	return n;
}
