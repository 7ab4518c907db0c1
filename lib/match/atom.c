/* One field, one operator, one value. */
#include "lib/match/priv.h"

#include <stdlib.h>

#include "lib/base/num.h"
#include "lib/base/utf8.h"
#include "lib/port/fold.h"

/* ---- pairs of bytes: most values do not hold the pairs of most literals, and that is a few loads instead of a search ------------------ */

static inline uint32_t
pair(unsigned char a, unsigned char b)
{
	return ((uint32_t)a * 167u + (uint32_t)b * 5u) % PAIRS;
}

void
bits_of(struct slice s, struct match_atom *a)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t step;

	a->bits = 0;
	if (s.n < 2)
		return;
	step = (s.n - 1) / 3 ? (s.n - 1) / 3 : 1;
	for (size_t i = 0; i + 1 < s.n && a->bits < 3; i += step)
		a->bit[a->bits++] = (uint16_t)pair(p[i], p[i + 1]);
}

/* A tag of its own for each text: only when they are used up the table is cleared, and each pair is one store. */
static void
fill_pairs(struct match_text *t)
{
	const unsigned char *p = (const unsigned char *)t->folded.p;

	if (++t->tag == 0) {
		memset(t->seen, 0, sizeof t->seen);
		t->tag = 1;
	}
	for (size_t i = 0; i + 1 < t->folded.n; i++)
		t->seen[pair(p[i], p[i + 1])] = t->tag;
	t->has_pairs = true;
}

static inline bool
may_hold(const struct match_text *t, const struct match_atom *a)
{
	for (unsigned i = 0; i < a->bits; i++)
		if (t->seen[a->bit[i]] != t->tag)
			return false;
	return true;
}

/* ---- operators on one text -------------------------------------------------------------------------------------------------------- */

static bool
compare_numbers(enum sigma_op op, double v, double want)
{
	switch (op) {
	case SIGMA_LT:
		return v < want;
	case SIGMA_LTE:
		return v <= want;
	case SIGMA_GT:
		return v > want;
	case SIGMA_GTE:
		return v >= want;
	default:
		return v >= want && v <= want;
	}
}

static int
week_of(struct stamp_civil c)
{
	int64_t day = stamp_days(c.year, c.month, c.day), first, thursday;

	/* ISO 8601: the week that holds the year's first Thursday is 1.  1970-01-01 was a Thursday. */
	thursday = day - ((day + 3) % 7 + 7) % 7 + 3;
	c = stamp_split((struct stamp){thursday * 86400, 0});
	first = stamp_days(c.year, 1, 1);
	return (int)((thursday - first) / 7 + 1);
}

/* The text's own clock (case 30): what it says, not what it means in UTC. */
static bool
time_part(const struct sigma_atom *a, struct slice text)
{
	struct stamp at;
	struct stamp_civil c;
	struct slice local = text;
	bool zoned;
	double v;

	if (text.n > 19 && text.p[10] == 'T')
		local = slice_head(text, 19);
	if (!stamp_iso(local, &at, &zoned))
		return false;
	c = stamp_split(at);
	v = a->part == 'm' ? c.minute : a->part == 'h' ? c.hour : a->part == 'd' ? c.day : a->part == 'w' ? week_of(c) :
	    a->part == 'M' ? c.month : c.year;
	return compare_numbers(a->compare, v, a->number);
}

static bool
in_prefix(const struct sigma_atom *a, struct slice text)
{
	struct addr addr;

	return addr_read(text, &addr) && prefix_holds(&a->prefix, &addr);
}

static int
regex(struct match_room *r, const struct match_atom *m, struct slice text)
{
	enum pcre_verdict v = m->re && r->pcre ? pcre_match(m->re, r->pcre, text, NULL, NULL) : PCRE_UNDECIDED;

	if (v == PCRE_UNDECIDED)
		r->unsure_now = true;
	return v == PCRE_YES;
}

static bool
text_holds(struct match_room *r, const struct match_atom *m, struct slice text)
{
	const struct sigma_atom *a = m->a;
	double v;

	switch (a->op) {
	case SIGMA_EQUAL:
		return slice_eq(text, a->text);
	case SIGMA_CONTAINS:
		return slice_has(text, a->text);
	case SIGMA_STARTS:
		return slice_starts(text, a->text);
	case SIGMA_ENDS:
		return slice_ends(text, a->text);
	case SIGMA_GLOB:
		return glob_match(a->piece, a->pieces, text);
	case SIGMA_PRESENT:
		return true;
	case SIGMA_REGEX:
		return regex(r, m, text);
	case SIGMA_CIDR:
		return in_prefix(a, text);
	case SIGMA_LT: case SIGMA_LTE: case SIGMA_GT: case SIGMA_GTE:
		return num_f64(text, &v) && compare_numbers(a->op, v, a->number);
	case SIGMA_TIME_PART:
		return time_part(a, text);
	default:
		return false;
	}
}

/* ---- keywords: any value of any field, or the line (cases 31 and 32) -------------------------------------------------------------------- */

static void
add_word(struct match_room *r, struct slice text)
{
	fold_add(&r->words, text);
	buf_byte(&r->words, '\0');
}

static void
gather(struct match_room *r)
{
	const struct json *j = r->e->j;
	struct buf b = {0};
	uint32_t line;

	buf_reset(&r->words);
	for (uint32_t k = r->e->raw; k < j->node[r->e->raw].next; k++) {
		enum json_type t = json_type(j, k);

		if (j->node[k].key || t == JSON_OBJECT || t == JSON_ARRAY || t == JSON_NULL)
			continue;
		buf_reset(&b);
		add_word(r, json_text(j, k, &b));
	}
	if (r->e->root != r->e->raw) {
		if (!r->normed)
			json_pick(j, r->set->norm, r->e->root, r->norm);
		r->normed = true;
		line = r->norm[r->set->at_original];
		if (line != JSON_NONE) {
			buf_reset(&b);
			add_word(r, json_text(j, line, &b));
		}
	}
	r->has_words = true;
	buf_free(&b);
}

static bool
keyword(struct match_room *r, const struct match_atom *m)
{
	struct slice rest;

	if (!r->has_words)
		gather(r);
	rest = buf_slice(&r->words);
	if (m->a->op == SIGMA_CONTAINS && !m->a->cased)
		return slice_has(rest, m->a->text);
	while (rest.n) {
		struct slice word = slice_cut(&rest, '\0');

		if (rest.p == NULL)
			break;
		if (text_holds(r, m, word))
			return true;
	}
	return false;
}

/* ---- fields ------------------------------------------------------------------------------------------------------------------------- */

bool
atom_same_case(const struct sigma_atom *a)
{
	switch (a->op) {
	case SIGMA_EQUAL: case SIGMA_CONTAINS: case SIGMA_STARTS: case SIGMA_ENDS: case SIGMA_GLOB:
		return a->cased;
	default:
		return true;
	}
}

static bool
fieldref(struct match_room *r, const struct match_atom *m, const struct match_value *v)
{
	struct match_value *o = field_value(r, m->other);
	struct slice a, b;

	if (!v->found || !o->found || v->nodes == 0 || o->nodes == 0)
		return false;
	if (!value_text(r, v, 0, m->a->cased, &a) || !value_text(r, o, 0, m->a->cased, &b))
		return false;
	switch (m->a->op) {
	case SIGMA_FIELD_CONTAINS:
		return slice_has(a, b);
	case SIGMA_FIELD_STARTS:
		return slice_starts(a, b);
	case SIGMA_FIELD_ENDS:
		return slice_ends(a, b);
	default:
		return slice_eq(a, b);
	}
}

static bool
is_null(const struct match_room *r, const struct match_value *v)
{
	if (!v->found || v->made)
		return !v->found;
	for (unsigned i = 0; i < v->nodes; i++)
		if (json_type(r->e->j, v->node[i]) != JSON_NULL)
			return false;
	return true;
}

static bool
field_holds(struct match_room *r, const struct match_atom *m)
{
	struct match_value *v = field_value(r, m->field);
	struct match_text *t = &r->text[m->field];
	bool cased = atom_same_case(m->a);
	struct slice text;

	if (m->a->op == SIGMA_EXISTS)
		return v->found;
	if (m->a->op == SIGMA_NULL)
		return is_null(r, v);
	if (!v->found)
		return false;
	if (m->other != NO_FIELD)
		return fieldref(r, m, v);
	for (unsigned k = 0; k < v->nodes; k++) {
		if (!value_text(r, v, k, cased, &text))
			continue;
		if (k == 0 && m->bits && !cased) {
			if (!t->has_pairs)
				fill_pairs(t);
			if (!may_hold(t, m))
				continue;
		}
		if (text_holds(r, m, text))
			return true;
	}
	return false;
}

int
atom_holds(struct match_room *r, uint32_t id)
{
	const struct match_atom *m = &r->set->atom[id];

	if (r->result_epoch[id] == r->epoch)
		return r->result[id];
	r->result_epoch[id] = r->epoch;
	r->result[id] = m->field == NO_FIELD ? keyword(r, m) : field_holds(r, m);
	return r->result[id];
}

/* ---- where ------------------------------------------------------------------------------------------------------------------------------ */

/* Folding keeps the number of code points but not of bytes: the place in the folded text is counted back in the original. */
static size_t
unfold(struct slice raw, size_t folded_at)
{
	size_t at = 0;
	struct buf b = {0};
	uint32_t cp;

	while (at < raw.n && b.n < folded_at) {
		size_t next = utf8_next(raw, at, &cp);

		fold_add(&b, slice_of(raw.p + at, next - at));
		at = next;
	}
	buf_free(&b);
	return at;
}

static void
place(struct match_room *r, const struct match_atom *m, struct slice raw, struct slice text, size_t *from, size_t *to)
{
	const struct sigma_atom *a = m->a;

	*from = 0;
	*to = text.n;
	switch (a->op) {
	case SIGMA_CONTAINS:
		*from = slice_find_slice(text, a->text);
		*to = *from + a->text.n;
		break;
	case SIGMA_STARTS:
		*to = a->text.n;
		break;
	case SIGMA_ENDS:
		*from = text.n - a->text.n;
		break;
	case SIGMA_REGEX:
		if (pcre_match(m->re, r->pcre, text, from, to) != PCRE_YES)
			*from = *to = 0;
		break;
	default:
		break;
	}
	if (!atom_same_case(a)) {
		*from = unfold(raw, *from);
		*to = unfold(raw, *to);
	}
}

bool
atom_place(struct match_room *r, uint32_t id, struct slice *value, size_t *from, size_t *to)
{
	const struct match_atom *m = &r->set->atom[id];
	bool cased = atom_same_case(m->a);
	struct match_value *v;
	struct slice text, raw;

	if (m->field == NO_FIELD) {
		struct slice rest = buf_slice(&r->words);

		while (rest.n) {
			struct slice word = slice_cut(&rest, '\0');

			if (text_holds(r, m, word)) {
				*value = word;
				place(r, m, word, word, from, to);
				return true;
			}
			if (rest.p == NULL)
				break;
		}
		return false;
	}
	v = field_value(r, m->field);
	for (unsigned k = 0; v->found && m->other == NO_FIELD && k < v->nodes; k++)
		if (value_text(r, v, k, cased, &text) && text_holds(r, m, text) && value_text(r, v, k, true, &raw)) {
			*value = raw;
			place(r, m, raw, text, from, to);
			return true;
		}
	return false;
}
