/* Headers (RFC 5322 section 2.2) and parts (RFC 2046 section 5.1). */
#include "lib/format/mail.h"

static bool
name_byte(char c)
{
	return c > ' ' && c < 0x7f && c != ':';
}

bool
mail_field(struct slice *rest, struct slice *name, struct slice *raw)
{
	size_t n = 0, end;

	while (n < rest->n && name_byte(rest->p[n]))
		n++;
	if (n == 0 || n == rest->n || rest->p[n] != ':') {
		/* The blank line, or what is no field: the body begins. */
		if (slice_starts(*rest, SLICE("\r\n")))
			*rest = slice_from(*rest, 2);
		else if (slice_starts(*rest, SLICE("\n")))
			*rest = slice_from(*rest, 1);
		return false;
	}
	*name = slice_head(*rest, n);
	for (end = n + 1;;) {
		size_t nl = slice_find(slice_from(*rest, end), '\n');

		end += nl + 1;
		if (end >= rest->n) {
			end = rest->n;
			break;
		}
		/* A line that begins with a blank goes on. */
		if (rest->p[end] != ' ' && rest->p[end] != '\t')
			break;
	}
	*raw = slice_trim(slice_of(rest->p + n + 1, end - n - 1));
	*rest = slice_from(*rest, end);
	return true;
}

struct slice
mail_get(struct slice message, struct slice want)
{
	struct slice rest = message, name, raw;
	size_t n = 0;

	while (n++ < MAIL_HEADERS && mail_field(&rest, &name, &raw))
		if (slice_eq_nocase(name, want))
			return raw;
	return (struct slice){NULL, 0};
}

struct slice
mail_body(struct slice message)
{
	struct slice rest = message, name, raw;
	size_t n = 0;

	while (n++ < MAIL_HEADERS && mail_field(&rest, &name, &raw))
		;
	return rest;
}

struct slice
mail_type(struct slice v)
{
	return slice_trim(slice_head(v, slice_find(v, ';')));
}

struct slice
mail_parameter(struct slice v, struct slice name)
{
	struct slice rest = slice_from(v, slice_find(v, ';') + 1);

	while (rest.n) {
		size_t end = 0;
		bool quoted = false;
		struct slice pair, value;
		size_t eq;

		for (; end < rest.n && (quoted || rest.p[end] != ';'); end++)
			quoted ^= rest.p[end] == '"';
		pair = slice_trim(slice_head(rest, end));
		rest = slice_from(rest, end + 1);
		eq = slice_find(pair, '=');
		if (eq == pair.n || !slice_eq_nocase(slice_trim(slice_head(pair, eq)), name))
			continue;
		value = slice_trim(slice_from(pair, eq + 1));
		if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
			value = slice_of(value.p + 1, value.n - 2);
		return value;
	}
	return (struct slice){NULL, 0};
}

/* The next line that is `--boundary`, with `--` behind it or not: its place; s.n: none.  *end is set behind its line. */
static size_t
delimiter(struct slice s, struct slice boundary, size_t *end, bool *close)
{
	size_t at = 0;

	for (;;) {
		struct slice rest;
		size_t n = slice_find_slice(slice_from(s, at), SLICE("--"));

		at += n;
		if (at >= s.n)
			return s.n;
		rest = slice_from(s, at + 2);
		if ((at == 0 || s.p[at - 1] == '\n') && slice_starts(rest, boundary)) {
			rest = slice_from(rest, boundary.n);
			*close = slice_starts(rest, SLICE("--"));
			if (*close || rest.n == 0 || rest.p[0] == '\r' || rest.p[0] == '\n' || rest.p[0] == ' ' ||
			    rest.p[0] == '\t') {
				size_t nl = slice_find(rest, '\n');

				*end = (size_t)(rest.p - s.p) + (nl < rest.n ? nl + 1 : rest.n);
				return at;
			}
		}
		at += 2;
	}
}

/* One entity that is still to be looked into. */
struct work {
	struct slice entity;
	unsigned depth;
	bool forwarded;
};

/* The parts of a multipart, put on the stack so that the first comes off first. */
static size_t
split(struct slice body, struct slice boundary, const struct work *of, struct work stack[MAIL_PARTS], size_t n, bool *whole)
{
	size_t from = 0, first = n;
	bool open = false, close = false;

	while (!close) {
		size_t end = 0, at = delimiter(slice_from(body, from), boundary, &end, &close);
		struct slice entity = slice_head(slice_from(body, from), at);

		if (open && entity.n) {
			if (n == MAIL_PARTS) {
				*whole = false;
				break;
			}
			/* The line end before the delimiter belongs to it. */
			if (at < body.n - from && entity.p[entity.n - 1] == '\n')
				entity.n--;
			if (at < body.n - from && entity.n && entity.p[entity.n - 1] == '\r')
				entity.n--;
			stack[n++] = (struct work){entity, of->depth + 1, of->forwarded};
		}
		if (at == body.n - from)
			break;
		open = true;
		from += end;
	}
	for (size_t a = first, b = n; a + 1 < b; a++, b--) {
		struct work w = stack[a];

		stack[a] = stack[b - 1];
		stack[b - 1] = w;
	}
	return n;
}

bool
mail_parts(struct slice message, struct mail_part part[MAIL_PARTS], size_t *n)
{
	struct work stack[MAIL_PARTS];
	size_t left = 1;
	bool whole = true;

	*n = 0;
	stack[0] = (struct work){message, 0, false};
	while (left) {
		struct work w = stack[--left];
		struct slice type = mail_get(w.entity, SLICE("Content-Type")), word = mail_type(type), boundary;
		bool inner = slice_eq_nocase(word, SLICE("message/rfc822")) || slice_eq_nocase(word,
		    SLICE("text/rfc822-headers"));

		boundary = mail_parameter(type, SLICE("boundary"));
		if (w.depth > MAIL_DEPTH || *n == MAIL_PARTS) {
			whole = false;
			continue;
		}
		if (slice_starts_nocase(word, SLICE("multipart/")) && boundary.n) {
			left = split(mail_body(w.entity), boundary, &w, stack, left, &whole);
			continue;
		}
		part[(*n)++] = (struct mail_part){w.entity, word, w.depth, w.forwarded || inner};
		if (inner && left < MAIL_PARTS)
			stack[left++] = (struct work){mail_body(w.entity), w.depth + 1, true};
	}
	return whole;
}
