/*
 * scan_step: the structure pass, the same for each engine.  The file that includes it has defined
 *	SCAN_NAME		its function
 *	struct utf		what UTF-8 validation carries from step to step
 *	classify(p, m)		struct masks of the 64 bytes at p
 *	prefix_xor(bits)	bit i = xor of bits 0..i
 *	utf_bad(utf, m, p, real, end)	true: bad UTF-8 in or just before these 64 bytes
 *	put(out, at, bits)	writes at + place of each set bit; may write up to 64 items whatever the count
 *	count(bits)		how many bits are set
 */
struct carry {
	uint64_t string;	/* all ones: a string goes on */
	uint64_t scalar;	/* 1: the last byte belonged to a scalar */
	uint64_t escape;	/* 1: the last byte was a backslash that escapes */
	struct utf utf;
};

/* Which bytes a backslash escapes; runs of backslashes pair off, also across steps (Langdale and Lemire 2019, 3.1.1). */
static inline uint64_t
escapes(uint64_t slash, uint64_t *carry)
{
	const uint64_t odd = 0xaaaaaaaaaaaaaaaau;
	uint64_t was = *carry, starts, codes;

	starts = slash & ~was;
	codes = ((starts << 1 | odd) - starts) ^ odd;
	*carry = (codes & slash) >> 63;
	return codes ^ (slash | was);
}

/* Escapes other than \\ and \" are few: one look at each.  A \u whose digits run into the next step is read in place. */
static inline bool
escapes_bad(uint64_t rest, const char *real)
{
	for (; rest; rest &= rest - 1) {
		const char *p = real + __builtin_ctzll(rest);

		if (!json_escape_ok(*p) || (*p == 'u' && !json_hex4(p + 1)))
			return true;
	}
	return false;
}

/* `p` is the 64 bytes to look at, `real` the same place in the input. */
static inline __attribute__((always_inline)) void
step(struct scan *s, struct carry *c, const char *p, const char *real, const char *end, uint32_t at, bool lines)
{
	struct masks m;
	uint64_t escaped, quote, string, scalar, bits, bad = 0;

	classify(p, &m);
	escaped = escapes(m.slash, &c->escape);
	quote = m.quote & ~escaped;
	string = prefix_xor(quote) ^ c->string;
	if (lines)
		while (m.newline & string) {
			string ^= ~(uint64_t)0 << __builtin_ctzll(m.newline & string);
			bad = 1;
		}
	c->string = (uint64_t)((int64_t)string >> 63);
	scalar = ~(m.op | m.blank | quote | string);
	bits = quote | (m.op & ~string) | (scalar & ~(scalar << 1 | c->scalar)) | (lines ? m.newline : 0);
	c->scalar = scalar >> 63;
	put(s->index + s->indexes, at, bits);
	if (lines)
		for (uint64_t nl = m.newline; nl; nl &= nl - 1)
			s->line[s->lines++] = (uint32_t)(s->indexes + count(bits & ((nl & -nl) - 1)));
	s->indexes += count(bits);
	s->slash[at / JSON_STEP] = htole64(m.slash);
	bad |= m.control & string;
	escaped &= string & ~(m.slash | m.quote);
	if (__builtin_expect(escaped != 0, 0)) {
		bad |= escapes_bad(escaped, real);
		s->odd[s->odds++] = at / JSON_STEP;
	}
	bad |= utf_bad(&c->utf, &m, p, real, end);
	s->suspect[s->suspects] = at / JSON_STEP;
	s->suspects += bad != 0;
}

static inline __attribute__((always_inline)) void
steps(struct scan *s, const char *p, size_t n, bool lines)
{
	struct carry c = {0};
	char last[JSON_STEP];
	size_t at = 0;

	s->indexes = s->suspects = s->odds = s->lines = 0;
	for (; at + JSON_STEP <= n; at += JSON_STEP)
		step(s, &c, p + at, p + at, p + n, (uint32_t)at, lines);
	if (at < n) {
		memset(last, ' ', sizeof last);
		memcpy(last, p + at, n - at);
		step(s, &c, last, p + at, p + n, (uint32_t)at, lines);
	}
	s->slash[(n + JSON_STEP - 1) / JSON_STEP] = s->slash[n / JSON_STEP + 1] = 0;
	if (!lines)
		s->index[s->indexes++] = (uint32_t)(n - 1);
}

void
SCAN_NAME(struct scan *s, const char *p, size_t n, bool lines)
{
	if (lines)
		steps(s, p, n, true);
	else
		steps(s, p, n, false);
}
