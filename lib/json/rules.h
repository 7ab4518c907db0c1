/* rules (private to the room): RFC 8259 and RFC 3629 at one place of a text. */
#ifndef IRPIPE_JSON_RULES_H
#define IRPIPE_JSON_RULES_H

#include "lib/base/utf8.h"

/* Length of the well-formed UTF-8 sequence at p (RFC 3629 section 4), 0 if there is none; p < end. */
static inline size_t
json_utf8(const char *p, const char *end)
{
	uint32_t point;
	size_t n;

	if ((unsigned char)*p < 0x80)
		return 1;
	n = utf8_next(slice_of(p, (size_t)(end - p)), 0, &point);
	return point == UTF8_BAD ? 0 : n;
}

static inline int
json_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static inline bool
json_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

/* End of the number at q, or NULL (section 6); some byte that belongs to no number must follow. */
static inline const char *
json_number_end(const char *q)
{
	q += *q == '-';
	if (!json_digit(*q))
		return NULL;
	if (*q == '0')
		q++;
	else
		while (json_digit(*q))
			q++;
	if (*q == '.') {
		if (!json_digit(*++q))
			return NULL;
		while (json_digit(*q))
			q++;
	}
	if (*q == 'e' || *q == 'E') {
		q++;
		q += *q == '+' || *q == '-';
		if (!json_digit(*q))
			return NULL;
		while (json_digit(*q))
			q++;
	}
	return q;
}

/* What may stand behind a backslash (RFC 8259 section 7). */
static inline bool
json_escape_ok(char c)
{
	return c == '"' || c == '\\' || c == '/' || c == 'b' || c == 'f' || c == 'n' || c == 'r' || c == 't' || c == 'u';
}

/* Four hex digits at p, which a byte that is none ends. */
static inline bool
json_hex4(const char *p)
{
	return json_hex(p[0]) >= 0 && json_hex(p[1]) >= 0 && json_hex(p[2]) >= 0 && json_hex(p[3]) >= 0;
}

#endif
