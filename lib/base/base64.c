#include "lib/base/base64.h"

static inline int
value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bool
four(const char *p, int digits, struct buf *out)
{
	uint32_t v = 0;

	for (int i = 0; i < 4; i++) {
		int d = i < digits ? value(p[i]) : 0;

		if (d < 0)
			return false;
		v = v << 6 | (uint32_t)d;
	}
	if ((digits == 2 && (v & 0xffff)) || (digits == 3 && (v & 0xff)))
		return false;
	for (int i = 0; i < digits - 1; i++)
		buf_byte(out, (char)(v >> (16 - 8 * i)));
	return true;
}

bool
base64_decode(struct slice s, struct buf *out)
{
	size_t start = out->n;

	if (s.n % 4)
		return false;
	buf_room(out, s.n / 4 * 3);
	for (size_t i = 0; i < s.n; i += 4) {
		int digits = 4;

		if (i + 4 == s.n && s.p[i + 3] == '=')
			digits = s.p[i + 2] == '=' ? 2 : 3;
		if (!four(s.p + i, digits, out)) {
			out->n = start;
			return false;
		}
	}
	return true;
}
