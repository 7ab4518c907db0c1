/* One field, one operator, one value. */
#include "lib/match/room.h"

#include "lib/base/num.h"
#include "lib/base/utf8.h"
#include "lib/port/fold.h"

/* ---- operators on one text -------------------------------------------------------------------------------------------------------- */

static bool
compare_numbers(unsigned op, double v, double want)
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
time_part(const struct match_atom *a, struct slice text)
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
	return compare_numbers(a->compare, v, a->value);
}

static bool
in_prefix(const struct match_room *r, const struct match_atom *a, struct slice text)
{
	struct addr addr;

	return addr_read(text, &addr) && prefix_holds(&r->set->prefix[a->number], &addr);
}

/* Without one of the texts that all its matches hold, the expression is not run. */
static bool
needed(struct match_room *r, const struct match_atom *a, struct slice folded)
{
	for (uint32_t i = 0; i < a->pieces; i++)
		if (slice_has(folded, text_at(r->set, r->set->piece[a->piece + i].text)))
			return true;
	return a->pieces == 0;
}

static int
regex(struct match_room *r, const struct match_atom *a, struct slice text)
{
	enum pcre_verdict v = r->pcre ? pcre_match(r->set->re[a->number], r->pcre, text, NULL, NULL) : PCRE_UNDECIDED;

	return v == PCRE_UNDECIDED ? UNSURE : v == PCRE_YES;
}

/* `text` is folded if atom_folds says so. */
static int
text_ask(struct match_room *r, const struct match_atom *a, struct slice text)
{
	struct slice want = text_at(r->set, a->text);
	double v;

	switch (a->op) {
	case SIGMA_EQUAL:
		return slice_eq(text, want);
	case SIGMA_CONTAINS:
		return slice_has(text, want);
	case SIGMA_STARTS:
		return slice_starts(text, want);
	case SIGMA_ENDS:
		return slice_ends(text, want);
	case SIGMA_GLOB:
		return glob_match(r->set, a, text);
	case SIGMA_PRESENT:
		return YES;
	case SIGMA_REGEX:
		return regex(r, a, text);
	case SIGMA_CIDR:
		return in_prefix(r, a, text);
	case SIGMA_LT: case SIGMA_LTE: case SIGMA_GT: case SIGMA_GTE:
		return num_f64(text, &v) && compare_numbers(a->op, v, a->value);
	case SIGMA_TIME_PART:
		return time_part(a, text);
	default:
		return NO;
	}
}

/* ---- fields ------------------------------------------------------------------------------------------------------------------------- */

bool
atom_folds(const struct match_atom *a)
{
	switch (a->op) {
	case SIGMA_EQUAL: case SIGMA_CONTAINS: case SIGMA_STARTS: case SIGMA_ENDS: case SIGMA_GLOB:
		return !a->cased;
	default:
		return false;
	}
}

static int
fieldref(struct match_room *r, const struct match_atom *a, const struct match_value *v)
{
	struct match_value *o = field_value(r, a->other);
	struct slice x, y;

	if (!v->found || !o->found || v->nodes == 0 || o->nodes == 0)
		return NO;
	if (!value_text(r, v, 0, !a->cased, &x) || !value_text(r, o, 0, !a->cased, &y))
		return NO;
	switch (a->op) {
	case SIGMA_FIELD_CONTAINS:
		return slice_has(x, y);
	case SIGMA_FIELD_STARTS:
		return slice_starts(x, y);
	case SIGMA_FIELD_ENDS:
		return slice_ends(x, y);
	default:
		return slice_eq(x, y);
	}
}

static int
is_null(const struct match_room *r, const struct match_value *v)
{
	if (!v->found || v->made)
		return !v->found;
	for (uint32_t i = 0; i < v->nodes; i++)
		if (json_type(r->e->j, field_node(r, v, i)) != JSON_NULL)
			return NO;
	return YES;
}

/* Any of several texts; a regular expression is asked of those that hold what it needs. */
static int
texts_ask(struct match_room *r, const struct match_atom *a, const struct match_value *v)
{
	bool folds = atom_folds(a);
	int answer = v->cut ? UNSURE : NO;
	struct slice text, folded;

	for (uint32_t k = 0; k < v->nodes; k++) {
		int one;

		if (a->op == SIGMA_REGEX && a->pieces && value_text(r, v, k, true, &folded) && !needed(r, a, folded))
			continue;
		if (!value_text(r, v, k, folds, &text) || (one = text_ask(r, a, text)) == NO)
			continue;
		if (one == YES)
			return YES;
		answer = UNSURE;
	}
	return answer;
}

static int
field_ask(struct match_room *r, const struct match_atom *a)
{
	struct match_value *v = field_value(r, a->field);

	if (a->op == SIGMA_EXISTS)
		return v->found;
	if (a->op == SIGMA_NULL)
		return is_null(r, v);
	if (!v->found)
		return NO;
	if (a->other != NO_FIELD)
		return fieldref(r, a, v);
	if (a->bits && !pairs_may(r, v, a->bit, a->bits))
		return NO;
	return texts_ask(r, a, v);
}

int
atom_ask(struct match_room *r, uint32_t atom)
{
	const struct match_atom *a = &r->set->atom[atom];
	int answer = atom_known(r, atom);

	if (answer >= 0)
		return answer;
	answer = a->field == NO_FIELD ? keyword_ask(r, a) : field_ask(r, a);
	atom_learn(r, atom, answer);
	return answer;
}

int
atom_ask_text(struct match_room *r, const struct match_atom *a, struct slice text)
{
	return text_ask(r, a, text);
}

/* ---- where ------------------------------------------------------------------------------------------------------------------------------ */

/* Folding keeps the number of code points but not of bytes: the place in the folded text is counted back in the original. */
static size_t
unfold(struct slice raw, size_t folded_at)
{
	size_t at = 0;
	struct buf b = {0};
	uint32_t cp;

	/* What is ASCII up to there stands where it stood. */
	while (at < folded_at && at < raw.n && (unsigned char)raw.p[at] < 0x80)
		at++;
	if (at == folded_at)
		return at;
	at = 0;
	while (at < raw.n && b.n < folded_at) {
		size_t next = utf8_next(raw, at, &cp);

		fold_add(&b, slice_of(raw.p + at, next - at));
		at = next;
	}
	buf_free(&b);
	return at;
}

void
text_place(struct match_room *r, const struct match_atom *a, struct slice raw, struct slice text, size_t *from, size_t *to)
{
	struct slice want = text_at(r->set, a->text);

	*from = 0;
	*to = text.n;
	switch (a->op) {
	case SIGMA_CONTAINS:
		*from = slice_find_slice(text, want);
		*to = *from + want.n;
		break;
	case SIGMA_STARTS:
		*to = want.n;
		break;
	case SIGMA_ENDS:
		*from = text.n - want.n;
		break;
	case SIGMA_REGEX:
		if (pcre_match(r->set->re[a->number], r->pcre, text, from, to) != PCRE_YES)
			*from = *to = 0;
		break;
	default:
		break;
	}
	if (atom_folds(a)) {
		*from = unfold(raw, *from);
		*to = unfold(raw, *to);
	}
}

bool
atom_place(struct match_room *r, uint32_t atom, struct slice *value, size_t *from, size_t *to)
{
	const struct match_atom *a = &r->set->atom[atom];
	struct match_value *v;
	struct slice text, raw;

	if (a->field == NO_FIELD)
		return keyword_place(r, a, value, from, to);
	v = field_value(r, a->field);
	for (uint32_t k = 0; v->found && a->other == NO_FIELD && k < v->nodes; k++)
		if (value_text(r, v, k, atom_folds(a), &text) && text_ask(r, a, text) == YES && value_text(r, v, k, false, &raw)) {
			*value = raw;
			text_place(r, a, raw, text, from, to);
			return true;
		}
	return false;
}
