#include "lib/base/mem.h"
#include "lib/json/priv.h"

#include <stdlib.h>

/*
 * Stage two: one walk over the indexes of a document checks its grammar (RFC 8259 section 2) and writes the tape.  No
 * stack: while a container is open its node's `next` holds the container around it.
 */
struct walk {
	const char *p;			/* what the indexes count from */
	const uint32_t *ix;
	const unsigned char *slash;
	struct json_node *node;
	uint32_t n, limit;		/* nodes so far and at most */
	uint32_t start;			/* where the line starts */
	uint32_t open;			/* the innermost open container */
	uint32_t depth, deepest;
	uint64_t level;			/* the depth as it stands in a node */
};

/* What may follow a number or a word: blanks and structure (section 2); a quote is refused by the walk itself. */
static const bool ends[256] = {
	[' '] = true, ['\t'] = true, ['\r'] = true, ['\n'] = true, [','] = true, [':'] = true, ['"'] = true,
	['{'] = true, ['}'] = true, ['['] = true, [']'] = true,
};

/* Is one of n bits from `from` on set?  56 is what one unaligned load gives for sure. */
static inline bool
any_slash(const unsigned char *bits, uint32_t from, uint32_t n)
{
	uint64_t v;

	for (; n > 56; from += 56, n -= 56) {
		memcpy(&v, bits + (from >> 3), sizeof v);
		if (le64toh(v) >> (from & 7) & (((uint64_t)1 << 56) - 1))
			return true;
	}
	memcpy(&v, bits + (from >> 3), sizeof v);
	return (le64toh(v) >> (from & 7) & (((uint64_t)1 << n) - 1)) != 0;
}

_Static_assert(sizeof(struct json_node) == 16 && offsetof(struct json_node, type) == 12 && offsetof(struct json_node, depth) == 15,
    "emit writes a node as two words");

/* Two stores in place of seven: nodes are most of what the walk writes. */
static inline void
emit(struct walk *w, uint32_t at, uint32_t end, enum json_type type, bool key, bool escaped)
{
	struct json_node *v = &w->node[w->n++];
	uint64_t place = htole64((uint64_t)(at - w->start) | (uint64_t)(end - w->start) << 32), what;

#if __BYTE_ORDER == __LITTLE_ENDIAN
	what = (uint64_t)w->n | (uint64_t)type << 32 | (uint64_t)key << 40 | (uint64_t)escaped << 48 | w->level;
	memcpy(v, &place, sizeof place);
	memcpy((char *)v + sizeof place, &what, sizeof what);
#else
	(void)place, (void)what;
	*v = (struct json_node){
		.at = at - w->start, .end = end - w->start, .next = w->n, .type = (uint8_t)type, .key = key, .escaped = escaped,
		.depth = (uint8_t)(w->level >> 56),
	};
#endif
}

/* The depth as nodes tell it: 255 is that or deeper. */
static inline void
level(struct walk *w)
{
	w->level = (uint64_t)(w->depth < UINT8_MAX ? w->depth : UINT8_MAX) << 56;
}

/* The closing quote is the next index, unless the line ends first. */
static inline bool
string(struct walk *w, bool key)
{
	uint32_t at = w->ix[0], end = w->ix[1];

	if (w->p[at] != '"' || w->p[end] != '"' || w->n == w->limit)
		return false;
	emit(w, at, end + 1, JSON_STRING, key, any_slash(w->slash, at + 1, end - at - 1));
	w->ix += 2;
	return true;
}

/* Byte by byte: the newline that ends each document also ends the comparison. */
static inline const char *
word(const char *q, const char *want)
{
	while (*want)
		if (*q++ != *want++)
			return NULL;
	return q;
}

static inline bool
scalar(struct walk *w)
{
	uint32_t at = *w->ix;
	const char *q = w->p + at, *end;
	enum json_type type = JSON_NUMBER;

	switch (*q) {
	case 't':
		type = JSON_TRUE;
		end = word(q, "true");
		break;
	case 'f':
		type = JSON_FALSE;
		end = word(q, "false");
		break;
	case 'n':
		type = JSON_NULL;
		end = word(q, "null");
		break;
	default:
		end = json_number_end(q);
	}
	if (end == NULL || !ends[(unsigned char)*end] || w->n == w->limit)
		return false;
	emit(w, at, at + (uint32_t)(end - q), type, false, false);
	w->ix++;
	return true;
}

static inline bool
enter(struct walk *w, enum json_type type)
{
	if (w->n == w->limit || w->depth == w->deepest)
		return false;
	emit(w, *w->ix++, w->start, type, false, false);
	w->node[w->n - 1].next = w->open;
	w->open = w->n - 1;
	w->depth++;
	level(w);
	return true;
}

static inline void
leave(struct walk *w, uint32_t at)
{
	struct json_node *v = &w->node[w->open];

	w->open = v->next;
	v->end = at + 1 - w->start;
	v->next = w->n;
	w->depth--;
	level(w);
}

/* The grammar as a machine; returns false at the first token that does not fit. */
static inline bool
walk(struct walk *w)
{
	bool object = false;
	char c;

value:
	c = w->p[*w->ix];
	if (__builtin_expect(c == '"', 1)) {
		if (!string(w, false))
			return false;
		goto after;
	}
	if (c != '{' && c != '[') {
		if (!scalar(w))
			return false;
		goto after;
	}
	object = c == '{';
	if (!enter(w, object ? JSON_OBJECT : JSON_ARRAY))
		return false;
	if (w->p[*w->ix] == (object ? '}' : ']'))
		goto leave;
	if (!object)
		goto value;
key:
	if (!string(w, true) || w->p[*w->ix++] != ':')
		return false;
	goto value;
after:
	if (w->depth == 0)
		return w->p[*w->ix] == '\n';
	if (w->p[*w->ix] == ',') {
		w->ix++;
		if (object)
			goto key;
		goto value;
	}
	if (w->p[*w->ix] != (object ? '}' : ']'))
		return false;
leave:
	leave(w, *w->ix++);
	object = w->depth && w->node[w->open].type == JSON_OBJECT;
	goto after;
}

bool
json_walk(struct json *j, const char *base, const struct scan *s, size_t *at)
{
	struct json_priv *pr = j->priv;
	struct walk w = {
		.p = base, .ix = s->index + *at, .slash = (const unsigned char *)s->slash, .node = pr->node,
		.limit = pr->limits.nodes, .start = s->index[*at], .open = JSON_NONE, .deepest = pr->limits.depth,
	};

	if (!walk(&w))
		return false;
	j->node = pr->node;
	j->nodes = w.n;
	*at = (size_t)(w.ix - s->index) + 1;
	return true;
}
