/* UTF-16 (RFC 2781): told by its BOM, or by where the NULs of Latin text stand. */
#include "cmd/ingest.h"

#include "lib/base/utf8.h"

enum { LOOKED = 512 };

enum wide
ingest_wide(struct slice head)
{
	size_t nul[2] = {0, 0}, units;

	if (slice_starts(head, SLICE("\xff\xfe")))
		return WIDE_LITTLE;
	if (slice_starts(head, SLICE("\xfe\xff")))
		return WIDE_BIG;
	head = slice_head(head, LOOKED);
	units = head.n / 2;
	if (units < 2)
		return WIDE_NO;
	for (size_t k = 0; k < units * 2; k++)
		nul[k % 2] += head.p[k] == 0;
	/* Three of four characters below U+0100, and hardly one whose lower byte is 0. */
	if (nul[0] * 16 <= units && nul[1] * 4 >= units * 3)
		return WIDE_LITTLE;
	if (nul[1] * 16 <= units && nul[0] * 4 >= units * 3)
		return WIDE_BIG;
	return WIDE_NO;
}

static uint32_t
unit(enum wide w, const char *p)
{
	const unsigned char a = (unsigned char)p[0], b = (unsigned char)p[1];

	return w == WIDE_BIG ? (uint32_t)(a << 8 | b) : (uint32_t)(b << 8 | a);
}

/* As many bytes of UTF-8 as wide_span counts back: a surrogate without its other half is one unit, as U+FFFD is. */
static void
put(struct buf *b, uint32_t c)
{
	if (c < 0x80) {
		buf_byte(b, (char)c);
	} else if (c < 0x800) {
		buf_byte(b, (char)(0xc0 | c >> 6));
		buf_byte(b, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_byte(b, (char)(0xe0 | c >> 12));
		buf_byte(b, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_byte(b, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_byte(b, (char)(0xf0 | c >> 18));
		buf_byte(b, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_byte(b, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_byte(b, (char)(0x80 | (c & 0x3f)));
	}
}

void
wide_text(enum wide w, struct buf *raw, struct buf *out)
{
	size_t at = 0;

	while (raw->n - at >= 2) {
		uint32_t c = unit(w, raw->p + at), low;

		if (c >= 0xd800 && c < 0xdc00) {
			if (raw->n - at < 4)
				break;
			low = unit(w, raw->p + at + 2);
			if (low >= 0xdc00 && low < 0xe000) {
				put(out, 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00)));
				at += 4;
				continue;
			}
		}
		put(out, c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
		at += 2;
	}
	memmove(raw->p, raw->p + at, raw->n - at);
	raw->n -= at;
}

uint64_t
wide_span(struct slice text)
{
	uint64_t n = 0;

	for (size_t k = 0; k < text.n; k++) {
		unsigned char c = (unsigned char)text.p[k];

		n += c < 0x80 || c >= 0xc0 ? 2 : 0;
		n += c >= 0xf0 ? 2 : 0;
	}
	return n;
}
