/* Keywords: any value of any field, or the line (cases 31 and 32). */
#include "lib/match/room.h"

#include "lib/port/fold.h"

/* The next value that keywords look at, from *node on; JSON_NONE: there is none. */
static uint32_t
next_value(struct match_room *r, uint32_t *node)
{
	const struct json *j = r->e->j;
	uint32_t k = *node, end = j->node[r->e->raw].next;

	for (; k < end; k++) {
		enum json_type t = json_type(j, k);

		if (!j->node[k].key && t != JSON_OBJECT && t != JSON_ARRAY && t != JSON_NULL)
			break;
	}
	if (k >= end) {
		/* The line itself comes last. */
		if (k > end || r->e->root == r->e->raw)
			return JSON_NONE;
		*node = end + 1;
		fields_norm(r);
		return r->norm[r->set->at_original];
	}
	*node = k + 1;
	return k;
}

static bool
next_text(struct match_room *r, uint32_t *node, struct slice *text)
{
	uint32_t k = next_value(r, node);

	if (k == JSON_NONE)
		return false;
	*text = node_text(r, k);
	return true;
}

static void
gather(struct match_room *r)
{
	uint32_t node = r->e->raw, k;
	struct slice text;

	buf_reset(&r->words);
	while ((k = next_value(r, &node)) != JSON_NONE) {
		size_t spare = r->line_known ? r->decoded.n : 0;

		/* What is undone for this buffer alone gives its room back. */
		if (line_text(r, k, &text))
			buf_slice_add(&r->words, text);
		else
			fold_add(&r->words, node_text(r, k));
		if (r->line_known)
			r->decoded.n = spare;
		buf_byte(&r->words, '\0');
	}
	r->has_words = true;
}

struct slice
words_text(struct match_room *r)
{
	if (!r->has_words)
		gather(r);
	return buf_slice(&r->words);
}

static int
ask_folded(struct match_room *r, const struct match_atom *a)
{
	struct slice rest = words_text(r);

	if (a->op == SIGMA_CONTAINS)
		return slice_has(rest, text_at(r->set, a->text));
	while (rest.n) {
		struct slice word = slice_cut(&rest, '\0');

		if (rest.p == NULL)
			break;
		if (atom_ask_text(r, a, word) == YES)
			return YES;
	}
	return NO;
}

int
keyword_ask(struct match_room *r, const struct match_atom *a)
{
	uint32_t node = r->e->raw;
	struct slice text;
	int answer = NO, one;

	if (atom_folds(a))
		return ask_folded(r, a);
	while (next_text(r, &node, &text)) {
		one = atom_ask_text(r, a, text);
		if (one == YES)
			return YES;
		answer = one == UNSURE ? UNSURE : answer;
	}
	return answer;
}

bool
keyword_place(struct match_room *r, const struct match_atom *a, struct slice *value, size_t *from, size_t *to)
{
	uint32_t node = r->e->raw;
	struct slice text, folded;

	while (next_text(r, &node, &text)) {
		folded = atom_folds(a) ? fold_text(r, text) : text;
		if (atom_ask_text(r, a, folded) != YES)
			continue;
		*value = text;
		text_place(r, a, text, folded, from, to);
		return true;
	}
	return false;
}
