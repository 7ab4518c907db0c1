#include "lib/port/pcre.h"

#include "lib/base/mem.h"

#include <stdlib.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { PATTERN_MAX = 4096, SUBJECT_MAX = 64 * 1024, MATCH_LIMIT = 3500, HEAP_KIB = 16 * 1024, STACK_FIRST = 32 * 1024,
	STACK_MAX = 8 * 1024 * 1024 };

/*
 * Two programs for one pattern. `wide` reads UTF-8 (bad bytes match nothing, PCRE2_MATCH_INVALID_UTF). `narrow` is for subjects
 * of ASCII alone, where it says the same and is faster; it is NULL if the pattern is not ASCII or names a code point above
 * U+00FF, since such a one may fold to ASCII (U+212A to k). Below U+0100 nothing but A-Z folds to ASCII.
 */
struct pcre {
	pcre2_code *wide, *narrow;
	uint32_t shortest;		/* no shorter subject can match: characters, so bytes no less */
};
struct pcre_room {
	pcre2_match_data *match;
	pcre2_match_context *limits;
	pcre2_jit_stack *stack;
};

static bool
ascii(struct slice s)
{
	uint64_t high = 0, w;

	for (; s.n >= sizeof w; s = slice_from(s, sizeof w)) {
		memcpy(&w, s.p, sizeof w);
		high |= w;
	}
	for (size_t i = 0; i < s.n; i++)
		high |= (unsigned char)s.p[i] & 0x80u;
	return (high & 0x8080808080808080u) == 0;
}

/* NULL: *error and *at say why.  Without JIT (none for this machine, or for this pattern) the match limits hold all the same. */
static pcre2_code *
compile(struct slice pattern, uint32_t options, int *error, size_t *at)
{
	pcre2_compile_context *ctx = pcre2_compile_context_create(NULL);
	pcre2_code *code = NULL;

	*error = PCRE2_ERROR_NOMEMORY;
	*at = 0;
	if (ctx && pcre2_set_newline(ctx, PCRE2_NEWLINE_LF) == 0 && pcre2_set_max_pattern_length(ctx, PATTERN_MAX) == 0)
		code = pcre2_compile((PCRE2_SPTR)(pattern.n ? pattern.p : ""), pattern.n, options, error, at, ctx);
	if (code)
		(void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	pcre2_compile_context_free(ctx);
	return code;
}

static bool
alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Behind the ] of a class; 0: it is not one of plain characters, or does not end. */
static size_t
plain_class(struct slice p, size_t at)
{
	size_t i = at + 1 + (at + 1 < p.n && p.p[at + 1] == '^');

	for (i += i < p.n && p.p[i] == ']'; i < p.n && p.p[i] != ']'; i++) {
		if (p.p[i] == '[')
			return 0;
		if (p.p[i] == '\\' && (++i == p.n || (alnum(p.p[i]) && !strchr("dwstnr", p.p[i]))))
			return 0;
	}
	return i < p.n ? i + 1 : 0;
}

/* (?i), (?im:...) */
static bool
sets_caseless(struct slice p)
{
	for (size_t i = 0; i + 2 < p.n; i++)
		if (p.p[i] == '(' && p.p[i + 1] == '?')
			for (size_t k = i + 2; k < p.n && alnum(p.p[k]); k++)
				if (p.p[k] == 'i')
					return true;
	return false;
}

static bool
repeated(struct slice p, size_t at)
{
	return at < p.n && (p.p[at] == '*' || p.p[at] == '+');
}

/*
 * Bytes of valid UTF-8 give the same answer as its characters: what is no ASCII is met by repeated `.`, [^..] and \S alone, which take
 * all bytes of a character or none.  Without case k, s and ranges meet characters that fold to ASCII.  What is not known is denied.
 */
static bool
bytes_do(struct slice p, bool caseless)
{
	size_t i = 0;
	char c;

	caseless |= sets_caseless(p);
	while (i < p.n) {
		size_t at = i++;

		c = p.p[at];
		if ((unsigned char)c >= 0x80 || (caseless && strchr("kKsS-", c)))
			return false;
		if (c == '[') {
			bool not = i < p.n && p.p[i] == '^';

			if ((i = plain_class(p, at)) == 0 || (not && !repeated(p, i)))
				return false;
		} else if (c == '\\') {
			c = i < p.n ? p.p[i++] : 'Q';
			if (alnum(c) && !strchr("dwsbBAzZtnrDWS", c))
				return false;
			if ((c == 'D' || c == 'W' || c == 'S') && !repeated(p, i))
				return false;
		} else if (c == '.' && !repeated(p, i)) {
			return false;
		}
	}
	return true;
}

static void
bad(struct fault *f, int error, size_t at)
{
	unsigned char words[256];

	if (pcre2_get_error_message(error, words, sizeof words) < 0)
		words[0] = 0;
	fault_near(f, "regex: not valid", slice_str((const char *)words), at);
}

struct pcre *
pcre_new(struct slice pattern, unsigned flags, struct fault *f)
{
	uint32_t options = PCRE2_NEVER_BACKSLASH_C;
	struct pcre *p;
	int error;
	size_t at;

	if (pattern.n > PATTERN_MAX) {
		fault_set(f, "regex: longer than 4096 bytes", PATTERN_MAX);
		return NULL;
	}
	/* (*LIMIT_MATCH=...), (*NO_JIT), (*UTF): a pattern does not choose its own bounds. */
	if (slice_starts(pattern, SLICE("(*"))) {
		fault_set(f, "regex: (*...) at the start is refused", 0);
		return NULL;
	}
	options |= flags & PCRE_CASELESS ? PCRE2_CASELESS : 0;
	options |= flags & PCRE_MULTILINE ? PCRE2_MULTILINE : 0;
	options |= flags & PCRE_DOTALL ? PCRE2_DOTALL : 0;
	p = mem_zero(1, sizeof *p);
	if (ascii(pattern))
		p->narrow = compile(pattern, options, &error, &at);
	if (p->narrow == NULL || !bytes_do(pattern, flags & PCRE_CASELESS))
		p->wide = compile(pattern, options | PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, &error, &at);
	if (p->wide == NULL && (p->narrow == NULL || !bytes_do(pattern, flags & PCRE_CASELESS))) {
		bad(f, error, at);
		pcre_free(p);
		return NULL;
	}
	if (pcre2_pattern_info(p->wide ? p->wide : p->narrow, PCRE2_INFO_MINLENGTH, &p->shortest) != 0)
		p->shortest = 0;
	return p;
}

void
pcre_free(struct pcre *p)
{
	if (p == NULL)
		return;
	pcre2_code_free(p->wide);
	pcre2_code_free(p->narrow);
	free(p);
}

/* NULL: no memory for the stack; without it 32 KiB would end honest patterns (-46). */
struct pcre_room *
pcre_room_new(void)
{
	struct pcre_room *r = mem_zero(1, sizeof *r);

	r->match = pcre2_match_data_create(1, NULL);
	r->limits = pcre2_match_context_create(NULL);
	r->stack = pcre2_jit_stack_create(STACK_FIRST, STACK_MAX, NULL);
	if (r->match == NULL || r->limits == NULL || r->stack == NULL || pcre2_set_match_limit(r->limits, MATCH_LIMIT) != 0
	    || pcre2_set_heap_limit(r->limits, HEAP_KIB) != 0) {
		pcre_room_free(r);
		return NULL;
	}
	pcre2_jit_stack_assign(r->limits, NULL, r->stack);
	return r;
}

void
pcre_room_free(struct pcre_room *r)
{
	if (r == NULL)
		return;
	pcre2_match_data_free(r->match);
	pcre2_match_context_free(r->limits);
	pcre2_jit_stack_free(r->stack);
	free(r);
}

/* The head of s that is looked at, ending between code points. */
static struct slice
cut(struct slice s)
{
	size_t n = SUBJECT_MAX;

	if (s.n <= SUBJECT_MAX)
		return s;
	while (n > SUBJECT_MAX - 3 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return slice_head(s, n);
}

enum pcre_verdict
pcre_match(const struct pcre *p, struct pcre_room *r, struct slice subject, size_t *from, size_t *to)
{
	struct slice s = cut(subject);
	bool whole = s.n == subject.n;
	const pcre2_code *code;
	const size_t *pair;
	int n;

	if (subject.n < p->shortest)
		return PCRE_NO;
	code = p->wide == NULL || (p->narrow && ascii(s)) ? p->narrow : p->wide;
	/* Where a subject was cut is no end of a line. */
	n = pcre2_match(code, (PCRE2_SPTR)(s.n ? s.p : ""), s.n, 0, whole ? 0 : PCRE2_NOTEOL, r->match, r->limits);
	pair = pcre2_get_ovector_pointer(r->match);
	if (n == PCRE2_ERROR_NOMATCH)
		return whole ? PCRE_NO : PCRE_UNDECIDED;
	/* -46, -47, -53, -63 are the bounds; any other failure has not looked at all of it either. */
	if (n < 0)
		return PCRE_UNDECIDED;
	if (from)
		*from = pair[0];
	/* Bytes may have ended inside a character. */
	if (to)
		for (*to = pair[1]; *to < s.n && ((unsigned char)s.p[*to] & 0xc0) == 0x80; )
			++*to;
	return PCRE_YES;
}
