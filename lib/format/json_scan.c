#include "lib/format/json_scan.h"

size_t
json_blanks(struct slice in, size_t at)
{
	while (at < in.n && json_blank(in.p[at]))
		at++;
	return at;
}

/* Behind the string's end; s->string stays set if `in` ends before. */
static size_t
string_end(struct json_scan *s, struct slice in, size_t i)
{
	for (; i < in.n; i++) {
		char c = in.p[i];

		if (s->escape) {
			s->escape = false;
			if (c != '\n')
				continue;
		}
		if (c == '\\') {
			s->escape = true;
		} else if (c == '"' || c == '\n') {
			s->string = false;
			return i + 1;
		}
	}
	return i;
}

static char
top(const struct json_scan *s)
{
	return s->depth == 0 ? 0 : s->depth > JSON_SCAN_DEPTH ? '?' : s->kind[s->depth - 1];
}

static void
push(struct json_scan *s, char c)
{
	if (s->depth < JSON_SCAN_DEPTH)
		s->kind[s->depth] = c;
	if (s->depth < UINT32_MAX)
		s->depth++;
}

/* Closes the innermost bracket of that kind, and with it what was left open inside; false: there is none. */
static bool
pop(struct json_scan *s, char open)
{
	uint32_t d = s->depth;

	if (d > JSON_SCAN_DEPTH) {
		s->depth--;
		return true;
	}
	while (d > 0 && s->kind[d - 1] != open)
		d--;
	if (d == 0)
		return false;
	s->depth = d - 1;
	return true;
}

/* An object can follow `:`, `,` in an array, or `[`: anywhere else the value before it lacks its end. */
static bool
starts_next(const struct json_scan *s)
{
	if (s->depth == 0)
		return s->begun;
	if (top(s) == '{')
		return s->before != ':';
	return s->before != ':' && s->before != ',' && s->before != '[';
}

enum step { ON, ENDS_HERE, ENDS_BEHIND };

static enum step
one_byte(struct json_scan *s, char c)
{
	switch (c) {
	case '"':
		if (s->scalar)
			return ENDS_HERE;
		s->string = true;
		break;
	case '{': case '[':
		if (s->scalar || (c == '{' && starts_next(s)))
			return ENDS_HERE;
		push(s, c);
		break;
	case '}': case ']':
		if (s->depth == 0 || !pop(s, c == '}' ? '{' : '['))
			return s->begun ? ENDS_HERE : ENDS_BEHIND;
		if (s->depth == 0)
			return ENDS_BEHIND;
		break;
	case ',':
		if (s->depth == 0)
			return s->begun ? ENDS_HERE : ENDS_BEHIND;
		break;
	default:
		s->scalar = s->depth == 0;
	}
	return ON;
}

static inline bool
plain(char c)
{
	return c != '"' && c != '{' && c != '}' && c != '[' && c != ']' && c != ',' && c != ':' && !json_blank(c);
}

size_t
json_scan_run(struct json_scan *s, struct slice in, size_t i)
{
	while (i < in.n) {
		char c = in.p[i];

		if (s->string) {
			i = string_end(s, in, i);
			s->before = '"';
			if (!s->string && s->depth == 0)
				return i;
			continue;
		}
		if (json_blank(c)) {
			if (s->scalar)
				return i;
			i++;
			continue;
		}
		if (s->depth && plain(c)) {
			s->before = 'x';
			i++;
			continue;
		}
		switch (one_byte(s, c)) {
		case ENDS_HERE:
			return i;
		case ENDS_BEHIND:
			return i + 1;
		case ON:
			s->begun = true;
			s->before = c;
			i++;
		}
	}
	return JSON_SCAN_MORE;
}

size_t
json_scan_value(struct slice in, size_t at)
{
	struct json_scan s;

	s.depth = 0;
	s.begun = s.string = s.escape = s.scalar = false;
	s.before = 0;
	return json_scan_run(&s, in, at);
}
