#include "lib/base/addr.h"

static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

bool
addr_is4(const struct addr *a)
{
	return memcmp(a->b, mapped, sizeof mapped) == 0;
}

/* RFC 3986 section 3.2.2, dec-octet: a leading zero is octal to some readers and decimal to others, so it is refused. */
static bool
quad(const char *p, const char *end, unsigned char out[4])
{
	for (int i = 0; i < 4; i++) {
		const char *start = p;
		unsigned v = 0;

		while (p < end && *p >= '0' && *p <= '9' && p - start < 3)
			v = v * 10 + (unsigned)(*p++ - '0');
		if (p == start || v > 255 || (p - start > 1 && *start == '0'))
			return false;
		out[i] = (unsigned char)v;
		if (i < 3 && (p == end || *p++ != '.'))
			return false;
	}
	return p == end;
}

static inline int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Up to four hex digits; returns how many were read. */
static int
group(const char *p, const char *end, unsigned *v)
{
	int n = 0, d;

	for (*v = 0; n < 4 && p + n < end && (d = nibble(p[n])) >= 0; n++)
		*v = *v << 4 | (unsigned)d;
	return n;
}

/* RFC 4291 section 2.2; `gap` is where :: stood, in bytes. */
static bool
six(const char *p, const char *end, unsigned char b[16])
{
	int at = 0, gap = -1;

	memset(b, 0, 16);
	if (end - p >= 2 && p[0] == ':' && p[1] == ':') {
		gap = 0;
		p += 2;
	}
	while (p < end) {
		unsigned v;
		int n = group(p, end, &v);

		if (n == 0 || at == 16)
			return false;
		if (p + n < end && p[n] == '.') {
			if (at > 12 || !quad(p, end, b + at))
				return false;
			at += 4;
			break;
		}
		b[at++] = (unsigned char)(v >> 8);
		b[at++] = (unsigned char)v;
		p += n;
		if (p == end)
			break;
		if (*p++ != ':' || p == end)
			return false;
		if (*p == ':') {
			if (gap >= 0)
				return false;
			gap = at;
			p++;
		}
	}
	if (gap < 0)
		return at == 16;
	if (at == 16)
		return false;
	memmove(b + 16 - (at - gap), b + gap, (size_t)(at - gap));
	memset(b + gap, 0, (size_t)(16 - at));
	return true;
}

static bool
read_text(struct slice s, struct addr *a, bool *is6)
{
	size_t zone;

	*is6 = false;
	if (s.n < 2)
		return false;
	if (memchr(s.p, ':', s.n < 5 ? s.n : 5) == NULL) {
		memcpy(a->b, mapped, sizeof mapped);
		return s.n <= 15 && quad(s.p, s.p + s.n, a->b + 12);
	}
	*is6 = true;
	zone = slice_find(s, '%');
	if (zone + 1 == s.n)
		return false;
	return six(s.p, s.p + zone, a->b);
}

bool
addr_read(struct slice s, struct addr *a)
{
	bool is6;

	return read_text(s, a, &is6);
}

/* Clears what lies behind the prefix; tells if anything was there. */
static bool
mask(struct prefix *x)
{
	bool any = false;

	for (unsigned i = x->bits / 8; i < 16; i++) {
		unsigned left = x->bits > i * 8 ? x->bits - i * 8 : 0;
		unsigned char keep = (unsigned char)(0xff00 >> left);

		any |= (x->a.b[i] & (unsigned char)~keep) != 0;
		x->a.b[i] &= keep;
	}
	return any;
}

bool
prefix_read(struct slice s, struct prefix *x, bool *host_bits)
{
	size_t at = slice_find(s, '/');
	struct slice bits = slice_from(s, at + 1);
	unsigned v = 0;
	bool is6, any;

	if (!read_text(slice_head(s, at), &x->a, &is6))
		return false;
	if (at == s.n) {
		v = 128;
	} else {
		if (bits.n == 0 || bits.n > 3 || (bits.n > 1 && bits.p[0] == '0'))
			return false;
		for (size_t i = 0; i < bits.n; i++) {
			if (bits.p[i] < '0' || bits.p[i] > '9')
				return false;
			v = v * 10 + (unsigned)(bits.p[i] - '0');
		}
		if (v > (is6 ? 128u : 32u))
			return false;
		v += is6 ? 0 : 96;
	}
	x->bits = (uint8_t)v;
	any = mask(x);
	if (host_bits)
		*host_bits = any;
	return true;
}

static void
add4(struct buf *out, const unsigned char b[4])
{
	for (int i = 0; i < 4; i++) {
		if (i)
			buf_byte(out, '.');
		buf_u64(out, b[i]);
	}
}

/* RFC 5952 section 4.2: the longest run of two or more zero groups, the first of equals. */
static int
longest_gap(const unsigned char b[16], int *length)
{
	int best = -1;

	*length = 1;
	for (int i = 0; i < 8; i++) {
		int n = 0;

		while (i + n < 8 && b[2 * (i + n)] == 0 && b[2 * (i + n) + 1] == 0)
			n++;
		if (n > *length) {
			*length = n;
			best = i;
		}
		i += n;
	}
	return best;
}

static void
add_group(struct buf *out, unsigned v)
{
	static const char digit[] = "0123456789abcdef";
	int shift = 12;

	while (shift && v >> shift == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		buf_byte(out, digit[v >> shift & 15]);
}

void
addr_add(struct buf *out, const struct addr *a)
{
	int length, gap;

	if (addr_is4(a)) {
		add4(out, a->b + 12);
		return;
	}
	gap = longest_gap(a->b, &length);
	for (int i = 0; i < 8; i++) {
		if (i == gap) {
			buf_lit(out, "::");
			i += length - 1;
			continue;
		}
		if (i && i != gap + length)
			buf_byte(out, ':');
		else if (i && gap < 0)
			buf_byte(out, ':');
		add_group(out, (unsigned)a->b[2 * i] << 8 | a->b[2 * i + 1]);
	}
}

void
prefix_add(struct buf *out, const struct prefix *x)
{
	addr_add(out, &x->a);
	buf_byte(out, '/');
	buf_u64(out, addr_is4(&x->a) && x->bits >= 96 ? x->bits - 96u : x->bits);
}

static bool
starts(const unsigned char *a, const unsigned char *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

bool
prefix_holds(const struct prefix *x, const struct addr *a)
{
	if (x->bits < 96 && addr_is4(a))
		return false;
	return starts(x->a.b, a->b, x->bits);
}

struct row {
	unsigned char b[8];
	uint8_t bits;
	bool global;
};

/* The IANA registries of special addresses (RFC 6890 and its heirs) with multicast and 240/4; the first row that holds wins. */
static const struct row special4[] = {
	{{192, 0, 0, 9}, 32, true}, {{192, 0, 0, 10}, 32, true},
	{{0}, 8, false}, {{10}, 8, false}, {{100, 64}, 10, false}, {{127}, 8, false}, {{169, 254}, 16, false},
	{{172, 16}, 12, false}, {{192, 0, 0}, 24, false}, {{192, 0, 2}, 24, false}, {{192, 88, 99}, 24, false},
	{{192, 168}, 16, false}, {{198, 18}, 15, false}, {{198, 51, 100}, 24, false}, {{203, 0, 113}, 24, false},
	{{224}, 4, false}, {{240}, 4, false},
};
/* Within 2000::/3; Teredo (2001::/32) is met on the open network and stays global. */
static const struct row special6[] = {
	{{0x20, 0x01, 0x00, 0x00}, 32, true}, {{0x20, 0x01, 0x00, 0x03}, 32, true},
	{{0x20, 0x01, 0x00, 0x04, 0x01, 0x12}, 48, true}, {{0x20, 0x01, 0x00, 0x20}, 28, true},
	{{0x20, 0x01, 0x00, 0x30}, 28, true}, {{0x20, 0x01}, 23, false}, {{0x20, 0x01, 0x0d, 0xb8}, 32, false},
	{{0x3f, 0xff}, 20, false},
};

static bool
listed(const struct row *row, size_t n, const unsigned char *b)
{
	for (size_t i = 0; i < n; i++)
		if (starts(row[i].b, b, row[i].bits))
			return !row[i].global;
	return false;
}

bool
addr_private(const struct addr *a)
{
	static const unsigned char nat64[12] = {0x00, 0x64, 0xff, 0x9b};
	static const unsigned char anycast[15] = {0x20, 0x01, 0x00, 0x01};

	if (addr_is4(a))
		return listed(special4, sizeof special4 / sizeof *special4, a->b + 12);
	if (memcmp(a->b, nat64, sizeof nat64) == 0)
		return listed(special4, sizeof special4 / sizeof *special4, a->b + 12);
	if (a->b[0] >> 5 != 1)
		return true;
	/* 2001:1::1, ::2 and ::3 (RFC 7723, 8155, 9665) */
	if (memcmp(a->b, anycast, sizeof anycast) == 0 && a->b[15] >= 1 && a->b[15] <= 3)
		return false;
	return listed(special6, sizeof special6 / sizeof *special6, a->b);
}
