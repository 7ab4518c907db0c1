#include "lib/intel/pattern.h"

#include <stdlib.h>

enum token { T_END, T_PATH, T_TEXT, T_NUMBER, T_OPEN, T_CLOSE, T_LEFT, T_RIGHT, T_COMMA, T_COMPARE, T_AND, T_OR, T_FOLLOWED,
    T_NOT,
	T_IN, T_LIKE, T_SUBSET, T_OTHER, T_QUALIFIER, T_BAD };

/* A list of terms with what it is worth: 0 nothing, 1 addresses ... 5 hashes. */
struct operand {
	uint32_t first, last;
	int rank;
	bool hashes;
};
struct parser {
	struct slice s;
	size_t at;
	enum token token;
	struct slice text;
	struct pattern *p;
	struct operand operand[2 * PATTERN_DEPTH];
	enum token operator[2 * PATTERN_DEPTH];
	size_t operands, operators;
	bool inside;			/* of [ ] */
};

/* ---- tokens -------------------------------------------------------------------------------------------------------------- */
static bool
word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == ':' ||
	    c == '.' ||
	    c == '+';
}

/* Quotes inside of a path ('SHA-256') and its indexes ([*]) belong to it. */
static size_t
path_end(const struct parser *q, size_t at)
{
	while (at < q->s.n) {
		if (word_char(q->s.p[at])) {
			at++;
		} else if (q->s.p[at] == '\'' && q->s.p[at - 1] == '.') {
			at += slice_find(slice_from(q->s, at + 1), '\'') + 2;
		} else if (q->s.p[at] == '[' && at + 2 < q->s.n && q->s.p[at - 1] != ' ') {
			at += slice_find(slice_from(q->s, at), ']') + 1;
		} else {
			break;
		}
	}
	return at < q->s.n ? at : q->s.n;
}

/* \' and \\ are the only escapes (section 9.2). */
static enum token
literal(struct parser *q)
{
	char *to = arena_alloc(&q->p->mem, q->s.n - q->at);
	size_t n = 0;

	for (q->at++; q->at < q->s.n; q->at++) {
		if (q->s.p[q->at] == '\\' && q->at + 1 < q->s.n) {
			q->at++;
		} else if (q->s.p[q->at] == '\'') {
			q->at++;
			q->text = slice_of(to, n);
			return T_TEXT;
		}
		to[n++] = q->s.p[q->at];
	}
	return T_BAD;
}

static enum token
word(struct parser *q)
{
	static const struct {
		struct slice word;
		enum token token;
	} words[] = {{SLICE_INIT("AND"), T_AND}, {SLICE_INIT("OR"), T_OR}, {SLICE_INIT("FOLLOWEDBY"), T_FOLLOWED},
	    {SLICE_INIT("NOT"), T_NOT},
	    {SLICE_INIT("IN"), T_IN}, {SLICE_INIT("LIKE"), T_LIKE}, {SLICE_INIT("ISSUBSET"), T_SUBSET}, {SLICE_INIT("MATCHES"),
	    T_OTHER},
	    {SLICE_INIT("ISSUPERSET"), T_OTHER}, {SLICE_INIT("EXISTS"), T_OTHER}, {SLICE_INIT("WITHIN"), T_QUALIFIER},
	    {SLICE_INIT("REPEATS"), T_QUALIFIER}, {SLICE_INIT("START"), T_QUALIFIER}, {SLICE_INIT("STOP"), T_QUALIFIER},
	    {SLICE_INIT("SECONDS"), T_QUALIFIER}, {SLICE_INIT("TIMES"), T_QUALIFIER}};
	size_t end = path_end(q, q->at);

	q->text = slice_of(q->s.p + q->at, end - q->at);
	q->at = end;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_eq_nocase(q->text, words[i].word))
			return words[i].token;
	return slice_find(q->text, ':') < q->text.n ? T_PATH : T_NUMBER;
}

static enum token
next(struct parser *q)
{
	static const char one[] = "[](),";
	static const enum token is[] = {T_OPEN, T_CLOSE, T_LEFT, T_RIGHT, T_COMMA};
	const char *found;

	while (q->at < q->s.n && strchr(" \t\r\n", q->s.p[q->at]) && q->s.p[q->at])
		q->at++;
	if (q->at >= q->s.n)
		return q->token = T_END;
	q->text = slice_of(q->s.p + q->at, 1);
	found = q->s.p[q->at] ? strchr(one, q->s.p[q->at]) : NULL;
	if (found) {
		q->at++;
		return q->token = is[found - one];
	}
	if (q->s.p[q->at] == '\'')
		return q->token = literal(q);
	if (strchr("=!<>", q->s.p[q->at]) && q->s.p[q->at]) {
		size_t from = q->at;

		while (q->at < q->s.n && strchr("=!<>", q->s.p[q->at]) && q->s.p[q->at])
			q->at++;
		q->text = slice_of(q->s.p + from, q->at - from);
		return q->token = slice_eq(q->text, SLICE("=")) || slice_eq(q->text, SLICE("==")) ? T_COMPARE : T_OTHER;
	}
	return q->token = word_char(q->s.p[q->at]) ? word(q) : T_BAD;
}

/* ---- comparisons --------------------------------------------------------------------------------------------------------- */
static bool
hash_path(struct slice path, enum intel_type *type)
{
	static const struct {
		struct slice name;
		enum intel_type type;
	} names[] = {{SLICE_INIT("MD5"), INTEL_md5}, {SLICE_INIT("SHA-1"), INTEL_sha1}, {SLICE_INIT("SHA1"), INTEL_sha1},
	    {SLICE_INIT("SHA-224"), INTEL_sha224}, {SLICE_INIT("SHA-256"), INTEL_sha256}, {SLICE_INIT("SHA256"), INTEL_sha256},
	    {SLICE_INIT("SHA-384"), INTEL_sha384}, {SLICE_INIT("SHA-512"), INTEL_sha512}, {SLICE_INIT("SHA512"), INTEL_sha512},
	    {SLICE_INIT("IMPHASH"), INTEL_imphash}};
	size_t at = slice_find_slice(path, SLICE("hashes."));
	struct slice name = slice_from(path, at + 7);

	if (at == path.n)
		return false;
	if (name.n > 1 && name.p[0] == '\'')
		name = slice_of(name.p + 1, name.n - 2);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_eq_nocase(name, names[i].name)) {
			*type = slice_starts(path, SLICE("x509-certificate:")) ? INTEL_certificate : names[i].type;
			return true;
		}
	return false;
}

/* What a path names (STIX 2.1 section 6); a reference (src_ref.value) may name an address or a name: the value decides. */
static bool
path_type(struct slice path, enum intel_type *type)
{
	static const struct {
		struct slice path;
		enum intel_type type;
	} paths[] = {{SLICE_INIT("ipv4-addr:value"), INTEL_ipv4}, {SLICE_INIT("ipv6-addr:value"), INTEL_ipv6},
	    {SLICE_INIT("domain-name:value"), INTEL_domain}, {SLICE_INIT("url:value"), INTEL_url},
	    {SLICE_INIT("email-addr:value"), INTEL_email},
	    {SLICE_INIT("email-message:from_ref.value"), INTEL_email}, {SLICE_INIT("email-message:sender_ref.value"),
	    INTEL_email},
	    {SLICE_INIT("network-traffic:src_ref.value"), INTEL_TYPES}, {SLICE_INIT("network-traffic:dst_ref.value"),
	    INTEL_TYPES},
	    {SLICE_INIT("domain-name:resolves_to_refs[*].value"), INTEL_TYPES},
	    {SLICE_INIT("file:extensions.'windows-pebinary-ext'.imphash"),
	    INTEL_imphash}};

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		if (slice_eq(path, paths[i].path)) {
			*type = paths[i].type;
			return true;
		}
	return hash_path(path, type);
}

static int
rank_of(enum intel_type t)
{
	static const int rank[INTEL_KINDS] = {[INTEL_IP] = 1, [INTEL_DOMAIN] = 2, [INTEL_EMAIL] = 3, [INTEL_URL] = 4,
	    [INTEL_HASH] = 5};

	return t == INTEL_TYPES ? 1 : rank[intel_type_row[t].kind];
}

static void
join(struct pattern *p, struct operand *a, const struct operand *b)
{
	if (b->first == PATTERN_NONE)
		return;
	if (a->first == PATTERN_NONE) {
		*a = *b;
		return;
	}
	p->term[a->last].next = b->first + 1;
	a->last = b->last;
}

static bool
term(struct parser *q, struct operand *o, enum intel_type type, struct slice value, bool like)
{
	struct pattern *p = q->p;
	struct operand one = {(uint32_t)p->n, (uint32_t)p->n, rank_of(type), type != INTEL_TYPES &&
	    intel_type_row[type].kind == INTEL_HASH};

	/* LIKE '%.evil.example' is all names below; other wildcards tell no value. */
	if (like && slice_starts(value, SLICE("%."))) {
		char *to = arena_dup(&q->p->mem, value.p, value.n);

		to[0] = '*';
		value.p = to;
	}
	if (like && (slice_find(value, '%') < value.n || slice_find(value, '_') < value.n))
		return true;
	if (p->n == PATTERN_TERMS)
		return false;
	p->term = mem_grow(p->term, &p->cap, p->n, sizeof *p->term);
	p->term[p->n++] = (struct pattern_term){.value = value, .type = type};
	join(p, o, &one);
	return true;
}

/* PATH [NOT] OPERATOR value: behind it stands the token after it. */
static bool
comparison(struct parser *q)
{
	struct operand o = {.first = PATTERN_NONE};
	enum intel_type type = INTEL_TYPES;
	bool known = path_type(q->text, &type), no = false, in, like;

	if (next(q) == T_NOT) {
		no = true;
		next(q);
	}
	in = q->token == T_IN;
	like = q->token == T_LIKE;
	if (q->token != T_COMPARE && !in && !like && q->token != T_SUBSET && q->token != T_OTHER)
		return false;
	known = known && !no && q->token != T_OTHER;
	if (in && next(q) != T_LEFT)
		return false;
	do {
		next(q);
		if (q->token != T_TEXT && q->token != T_NUMBER && q->token != T_PATH)
			return false;
		if (known && q->token == T_TEXT && !term(q, &o, type, q->text, like))
			return false;
		next(q);
		/* h'..', b'..', t'..': a letter before the text. */
		if (q->token == T_TEXT)
			next(q);
	} while (in && q->token == T_COMMA);
	if (in && q->token != T_RIGHT)
		return false;
	if (in)
		next(q);
	if (q->operands == sizeof q->operand / sizeof *q->operand)
		return false;
	q->operand[q->operands++] = o;
	return true;
}

/* ---- expressions --------------------------------------------------------------------------------------------------------- */
static void
mark_part(struct pattern *p, const struct operand *o)
{
	if (o->first == PATTERN_NONE)
		return;
	for (uint32_t i = o->first + 1; i; i = p->term[i - 1].next)
		p->term[i - 1].part = true;
}

static void
both(struct parser *q, struct operand *a, const struct operand *b)
{
	if (a->first != PATTERN_NONE && b->first != PATTERN_NONE && a->hashes && b->hashes) {
		join(q->p, a, b);
		return;
	}
	if (b->first != PATTERN_NONE && (a->first == PATTERN_NONE || b->rank > a->rank))
		*a = *b;
	mark_part(q->p, a);
}

static bool
reduce(struct parser *q)
{
	enum token t = q->operator[--q->operators];
	struct operand *a, *b;

	if (q->operands < 2)
		return false;
	b = &q->operand[--q->operands];
	a = &q->operand[q->operands - 1];
	if (t == T_AND && q->inside) {
		both(q, a, b);
		return true;
	}
	a->hashes = a->hashes && b->hashes;
	a->rank = a->rank < b->rank ? a->rank : b->rank;
	join(q->p, a, b);
	if (t != T_OR)
		mark_part(q->p, a);
	return true;
}

/* FOLLOWEDBY, OR, AND bind ever closer (section 9.4, 9.5). */
static int
binding(enum token t)
{
	return t == T_AND ? 3 : t == T_OR ? 2 : t == T_FOLLOWED ? 1 : 0;
}

static bool
operator(struct parser *q)
{
	while (q->operators && binding(q->operator[q->operators - 1]) >= binding(q->token) &&
	    binding(q->operator[q->operators - 1]))
		if (!reduce(q))
			return false;
	if (q->operators == sizeof q->operator / sizeof *q->operator)
		return false;
	q->operator[q->operators++] = q->token;
	next(q);
	return true;
}

static bool
open(struct parser *q)
{
	if (q->operators == sizeof q->operator / sizeof *q->operator || (q->token == T_OPEN && q->inside))
		return false;
	q->inside |= q->token == T_OPEN;
	q->operator[q->operators++] = q->token;
	next(q);
	return true;
}

static bool
closed(struct parser *q)
{
	enum token want = q->token == T_CLOSE ? T_OPEN : T_LEFT;

	while (q->operators && binding(q->operator[q->operators - 1]))
		if (!reduce(q))
			return false;
	if (q->operators == 0 || q->operator[--q->operators] != want)
		return false;
	if (want == T_OPEN)
		q->inside = false;
	next(q);
	return true;
}

static bool
step(struct parser *q)
{
	switch (q->token) {
	case T_OPEN:
	case T_LEFT:
		return open(q);
	case T_CLOSE:
	case T_RIGHT:
		return closed(q);
	case T_AND:
	case T_OR:
	case T_FOLLOWED:
		return operator(q);
	case T_PATH:
		return q->inside && comparison(q);
	case T_QUALIFIER:
	case T_NUMBER:
	case T_TEXT:
		next(q);
		return !q->inside;
	default:
		/* EXISTS path */
		return q->inside && q->token == T_OTHER && next(q) == T_PATH && (next(q), q->operands < 2 * PATTERN_DEPTH) &&
		    (q->operand[q->operands++] = (struct operand){.first = PATTERN_NONE}, true);
	}
}

bool
pattern_read(struct slice s, struct pattern *p, struct fault *f)
{
	struct parser q = {.s = s, .p = p};
	bool ok = s.n <= PATTERN_MAX;

	p->n = 0;
	p->first = PATTERN_NONE;
	arena_reset(&p->mem);
	if (ok)
		next(&q);
	while (ok && q.token != T_END)
		ok = step(&q);
	while (ok && q.operators)
		ok = binding(q.operator[q.operators - 1]) && reduce(&q);
	if (!ok || q.operands != 1 || q.inside)
		return fault_near(f, "no STIX pattern", slice_from(s, q.at < 20 ? 0 : q.at - 20), q.at);
	p->first = q.operand[0].first;
	return true;
}

void
pattern_free(struct pattern *p)
{
	free(p->term);
	arena_free(&p->mem);
	*p = (struct pattern){0};
}
