#include "tests/unit/json_rand.h"

/* splitmix64 (Steele, Lea, Flood 2014). */
uint32_t
rnd(struct rnd *r, uint32_t below)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ z >> 31) >> 16) % below;
}

static const char *
one_of(struct rnd *r, const char *const *v, uint32_t n)
{
	return v[rnd(r, n)];
}

#define ONE_OF(r, v) one_of((r), (v), (uint32_t)(sizeof(v) / sizeof *(v)))

static void
blanks(struct rnd *r, struct buf *b)
{
	static const char *const blank[] = {" ", "\t", "  ", "\r", " \t "};

	if (rnd(r, 8) == 0)
		buf_str(b, ONE_OF(r, blank));
}

static void
string(struct rnd *r, struct buf *b)
{
	static const char *const piece[] = {"a", "Zz", "C:\\\\Windows\\\\", "\\\"", "\\u00e9", "\\ud83d\\ude00", "\\ud800",
	    "{}[]:,",
		"\\\\\\\\", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\\n\\r\\t\\b\\f\\/", " ", "0123456789abcdef",
		"\x7f",
		"a rather long run of plain letters so that a string spans more than one step of sixty-four bytes"};

	buf_byte(b, '"');
	for (uint32_t n = rnd(r, 5); n; n--)
		buf_str(b, ONE_OF(r, piece));
	buf_byte(b, '"');
}

static void
scalar(struct rnd *r, struct buf *b)
{
	static const char *const word[] = {"true", "false", "null", "0", "-0", "1", "-12", "3.25", "1e5", "1E-7", "0.0e+00",
		"9007199254740993", "18446744073709551616", "1e400"};

	if (rnd(r, 3))
		string(r, b);
	else
		buf_str(b, ONE_OF(r, word));
}

/* Closes or continues until every container is closed; `open` holds one bracket each. */
void
rnd_document(struct rnd *r, struct buf *b)
{
	char open[12];
	uint32_t depth = 0, left = 1 + rnd(r, 30);
	bool first = true;

	do {
		blanks(r, b);
		if (depth && (left == 0 || rnd(r, 6) == 0)) {
			buf_byte(b, open[--depth]);
			first = false;
			continue;
		}
		if (depth && !first)
			buf_byte(b, ',');
		blanks(r, b);
		if (depth && open[depth - 1] == '}') {
			string(r, b);
			blanks(r, b);
			buf_byte(b, ':');
			blanks(r, b);
		}
		left -= left > 0;
		first = depth ? depth < sizeof open && rnd(r, 3) == 0 : rnd(r, 10) > 0;
		if (first) {
			open[depth++] = rnd(r, 2) ? '}' : ']';
			buf_byte(b, open[depth - 1] == '}' ? '{' : '[');
		} else {
			scalar(r, b);
		}
	} while (depth);
	blanks(r, b);
}

void
rnd_damage(struct rnd *r, struct buf *b)
{
	static const char sharp[] = "\"\"\"\\\\\\{}[]:,\n\n\r\t eE+-.019tfnu/ux\x01\x0c\x1a\x80\xc3\xe2\xf0\xed\xff";

	for (uint32_t n = 1 + rnd(r, 3); n && b->n; n--) {
		uint32_t at = rnd(r, (uint32_t)b->n);
		char c = sharp[rnd(r, sizeof sharp)];

		switch (rnd(r, 3)) {
		case 0:
			b->p[at] = c;
			break;
		case 1:
			memmove(b->p + at, b->p + at + 1, b->n - at - 1);
			b->n--;
			break;
		default:
			buf_byte(b, '\0');
			memmove(b->p + at + 1, b->p + at, b->n - at - 1);
			b->p[at] = c;
		}
	}
}
