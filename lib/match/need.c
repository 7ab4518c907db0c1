/*
 * What every text holds that a regular expression matches: literal bytes between the parts that may vary, one of them for each branch at the top.
 * Whatever is not surely understood ends a literal, or all of it: to know less costs time, to know wrong would lose a match.
 */
#include "lib/match/priv.h"

#include "lib/port/fold.h"

enum { BRANCHES_MAX = 16 };

struct reading {
	struct slice s;
	size_t at;
	struct buf run, best;
	bool lost;			/* something that is not understood */
};

static void
run_end(struct reading *r)
{
	uint32_t one = rarity_of(buf_slice(&r->run)), best = rarity_of(buf_slice(&r->best));

	if (one < best || (one == best && r->run.n > r->best.n)) {
		buf_reset(&r->best);
		buf_slice_add(&r->best, buf_slice(&r->run));
	}
	buf_reset(&r->run);
}

static char
peek(const struct reading *r, size_t more)
{
	return r->at + more < r->s.n ? r->s.p[r->at + more] : '\0';
}

/* Behind the ] of a class: the first character is never its end. */
static void
skip_class(struct reading *r)
{
	r->at++;
	if (peek(r, 0) == '^')
		r->at++;
	if (peek(r, 0) == ']')
		r->at++;
	for (; r->at < r->s.n && r->s.p[r->at] != ']'; r->at++) {
		if (r->s.p[r->at] == '\\')
			r->at++;
		/* [:alpha:] holds a ] of its own. */
		if (r->s.p[r->at] == '[')
			r->lost = true;
	}
	r->lost |= r->at >= r->s.n;
	r->at++;
}

/* (?i) and its like are empty groups; x changes what blanks mean, a comment may hold anything. */
static bool
strange_group(const struct reading *r)
{
	if (peek(r, 1) == '*')
		return true;
	if (peek(r, 1) != '?')
		return false;
	for (size_t i = 2; ; i++) {
		char c = peek(r, i);

		if (c == 'i' || c == 'm' || c == 's' || c == '-')
			continue;
		return !(c == ')' || c == ':' || c == '=' || c == '!' || c == '<' || c == 'P' || c == '>');
	}
}

static void
skip_group(struct reading *r)
{
	unsigned depth = 0;

	do {
		char c = peek(r, 0);

		if (c == '[') {
			skip_class(r);
			continue;
		}
		if (c == '\\') {
			r->lost |= peek(r, 1) == 'Q';
			r->at++;
		}
		if (c == '(') {
			r->lost |= strange_group(r);
			depth++;
		}
		depth -= c == ')';
		r->at++;
	} while (depth && r->at < r->s.n && !r->lost);
	r->lost |= depth > 0;
}

/* A letter or digit behind a backslash: only those that stand alone. */
static void
escape(struct reading *r)
{
	char c = peek(r, 1);
	bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '\0' || (unsigned char)c >= 0x80;

	r->at += 2;
	if (!letter) {
		buf_byte(&r->run, c);
		return;
	}
	run_end(r);
	r->lost |= c == '\0' || strchr("dDwWsSbBAzZntr", c) == NULL;
}

/* Whether what stands before is optional or repeated; it takes the mark. */
static void
quantifier(struct reading *r, size_t last)
{
	char c = peek(r, 0);

	if (c != '?' && c != '*' && c != '+' && c != '{')
		return;
	if (c != '+')
		r->run.n = last < r->run.n ? last : r->run.n;
	run_end(r);
	/* A brace that counts nothing is itself. */
	if (c == '{')
		for (r->at++; peek(r, 0) != '}' && !r->lost; r->at++)
			r->lost = peek(r, 0) != ',' && !(peek(r, 0) >= '0' && peek(r, 0) <= '9');
	r->at++;
	if (peek(r, 0) == '?' || peek(r, 0) == '+')
		r->at++;
}

/* One branch; false at the end of the pattern. */
static bool
branch(struct reading *r)
{
	buf_reset(&r->run);
	buf_reset(&r->best);
	while (r->at < r->s.n && !r->lost) {
		char c = peek(r, 0);
		size_t last = r->run.n;

		if (c == '|')
			break;
		if (c == '[' || c == '(') {
			run_end(r);
			last = 0;
			if (c == '[')
				skip_class(r);
			else
				skip_group(r);
		} else if (c == '\\') {
			escape(r);
		} else if (c == '.' || c == '^' || c == '$' || (unsigned char)c >= 0x80) {
			run_end(r);
			last = 0;
			r->at++;
		} else {
			r->lost |= c == '*' || c == '+' || c == '?' || c == ')';
			buf_byte(&r->run, c);
			r->at++;
		}
		quantifier(r, last);
	}
	run_end(r);
	return r->at++ < r->s.n;
}

static void
keep(struct match_set *s, struct slice literal)
{
	struct buf folded = {0};

	fold_add(&folded, literal);
	s->piece = mem_grow(s->piece, &s->piece_cap, s->pieces, sizeof *s->piece);
	s->piece[s->pieces++] = (struct match_piece){text_keep(s, buf_slice(&folded)), 0};
	buf_free(&folded);
}

size_t
regex_needs(struct match_set *s, struct slice pattern, uint32_t *piece)
{
	struct reading r = {.s = pattern};
	size_t first = s->pieces, n = 0;
	bool more = true;

	*piece = (uint32_t)first;
	while (more && !r.lost) {
		more = branch(&r);
		r.lost |= r.best.n == 0 || n++ == BRANCHES_MAX;
		if (!r.lost)
			keep(s, buf_slice(&r.best));
	}
	buf_free(&r.run);
	buf_free(&r.best);
	if (r.lost)
		s->pieces = first;
	return s->pieces - first;
}
