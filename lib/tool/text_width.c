#include <stddef.h>

#include "lib/base/fault.h"
#include "lib/base/utf8.h"
#include "lib/tool/text_priv.h"

struct range {
	uint32_t from, to;
};

/* Unicode 15: East_Asian_Width W and F (UAX 11), and emoji that terminals show so; unassigned parts of CJK planes too. */
static const struct range wide[] = {
	{0x1100, 0x115f}, {0x231a, 0x231b}, {0x2329, 0x232a}, {0x23e9, 0x23ec}, {0x23f0, 0x23f0}, {0x23f3, 0x23f3},
	{0x25fd, 0x25fe}, {0x2614, 0x2615}, {0x2648, 0x2653}, {0x267f, 0x267f}, {0x2693, 0x2693}, {0x26a1, 0x26a1},
	{0x26aa, 0x26ab}, {0x26bd, 0x26be}, {0x26c4, 0x26c5}, {0x26ce, 0x26ce}, {0x26d4, 0x26d4}, {0x26ea, 0x26ea},
	{0x26f2, 0x26f3}, {0x26f5, 0x26f5}, {0x26fa, 0x26fa}, {0x26fd, 0x26fd}, {0x2705, 0x2705}, {0x270a, 0x270b},
	{0x2728, 0x2728}, {0x274c, 0x274c}, {0x274e, 0x274e}, {0x2753, 0x2755}, {0x2757, 0x2757}, {0x2795, 0x2797},
	{0x27b0, 0x27b0}, {0x27bf, 0x27bf}, {0x2b1b, 0x2b1c}, {0x2b50, 0x2b50}, {0x2b55, 0x2b55}, {0x2e80, 0x303e},
	{0x3041, 0x4dbf}, {0x4e00, 0xa4cf}, {0xa960, 0xa97f}, {0xac00, 0xd7a3}, {0xf900, 0xfaff}, {0xfe10, 0xfe19},
	{0xfe30, 0xfe6f}, {0xff01, 0xff60}, {0xffe0, 0xffe6}, {0x16fe0, 0x18d08}, {0x1aff0, 0x1b2fb}, {0x1f004, 0x1f004},
	{0x1f0cf, 0x1f0cf}, {0x1f18e, 0x1f18e}, {0x1f191, 0x1f19a}, {0x1f200, 0x1f320}, {0x1f32d, 0x1f335}, {0x1f337, 0x1f37c},
	{0x1f37e, 0x1f393}, {0x1f3a0, 0x1f3ca}, {0x1f3cf, 0x1f3d3}, {0x1f3e0, 0x1f3f0}, {0x1f3f4, 0x1f3f4}, {0x1f3f8, 0x1f43e},
	{0x1f440, 0x1f440}, {0x1f442, 0x1f4fc}, {0x1f4ff, 0x1f53d}, {0x1f54b, 0x1f567}, {0x1f57a, 0x1f57a}, {0x1f595, 0x1f596},
	{0x1f5a4, 0x1f5a4}, {0x1f5fb, 0x1f64f}, {0x1f680, 0x1f6c5}, {0x1f6cc, 0x1f6cc}, {0x1f6d0, 0x1f6d2}, {0x1f6d5, 0x1f6d7},
	{0x1f6dc, 0x1f6df}, {0x1f6eb, 0x1f6ec}, {0x1f6f4, 0x1f6fc}, {0x1f7e0, 0x1f7f0}, {0x1f90c, 0x1f93a}, {0x1f93c, 0x1f945},
	{0x1f947, 0x1f9ff}, {0x1fa70, 0x1faff}, {0x20000, 0x3fffd},
};

/* Combining marks of the scripts in use, joiners, variation selectors: General_Category Mn, Me and some Cf. */
static const struct range none[] = {
	{0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x05bf, 0x05bf}, {0x05c1, 0x05c2}, {0x05c4, 0x05c5},
	{0x05c7, 0x05c7}, {0x0610, 0x061a}, {0x064b, 0x065f}, {0x0670, 0x0670}, {0x06d6, 0x06dc}, {0x06df, 0x06e4},
	{0x06e7, 0x06e8}, {0x06ea, 0x06ed}, {0x0711, 0x0711}, {0x0730, 0x074a}, {0x07a6, 0x07b0}, {0x0900, 0x0902},
	{0x093a, 0x093a}, {0x093c, 0x093c}, {0x0941, 0x0948}, {0x094d, 0x094d}, {0x0951, 0x0957}, {0x0e31, 0x0e31},
	{0x0e34, 0x0e3a}, {0x0e47, 0x0e4e}, {0x1ab0, 0x1ace}, {0x1dc0, 0x1dff}, {0x200b, 0x200d}, {0x2060, 0x2064},
	{0x20d0, 0x20f0}, {0x302a, 0x302d}, {0x3099, 0x309a}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff},
	{0x1f3fb, 0x1f3ff}, {0xe0100, 0xe01ef},
};

static bool
within(const struct range *v, size_t n, uint32_t cp)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (cp > v[mid].to)
			low = mid + 1;
		else if (cp < v[mid].from)
			high = mid;
		else
			return true;
	}
	return false;
}

static unsigned
cp_columns(uint32_t cp)
{
	if (cp < 0x300)
		return 1;
	if (within(none, sizeof none / sizeof *none, cp))
		return 0;
	return within(wide, sizeof wide / sizeof *wide, cp) ? 2 : 1;
}

unsigned
text_columns(struct slice s)
{
	unsigned n = 0;

	for (size_t at = 0; at < s.n;) {
		uint32_t cp;

		at = utf8_next(s, at, &cp);
		n += cp_columns(cp);
	}
	return n;
}

/* The longest head that takes no more than `columns`. */
static struct slice
fitting(struct slice s, unsigned columns)
{
	unsigned n = 0;
	size_t at = 0;

	while (at < s.n) {
		uint32_t cp;
		size_t to = utf8_next(s, at, &cp);

		n += cp_columns(cp);
		if (n > columns)
			break;
		at = to;
	}
	return slice_head(s, at);
}

void
text_safe(struct slice s, bool utf8, struct buf *out)
{
	if (utf8) {
		buf_harmless(out, s);
		return;
	}
	for (size_t at = 0, to; at < s.n; at = to) {
		size_t before = out->n;
		uint32_t cp;

		to = utf8_next(s, at, &cp);
		buf_harmless(out, slice_of(s.p + at, to - at));
		if (cp < 0x80 || !slice_eq(slice_of(out->p + before, out->n - before), slice_of(s.p + at, to - at)))
			continue;
		out->n = before;
		buf_lit(out, "\\u{");
		for (int shift = 20; shift >= 0; shift -= 4)
			if (cp >> shift)
				buf_byte(out, "0123456789abcdef"[cp >> shift & 15]);
		buf_byte(out, '}');
	}
}

unsigned
text_fit(struct slice safe, unsigned columns, bool utf8, struct buf *out)
{
	struct slice mark = utf8 ? SLICE("\xe2\x80\xa6") : SLICE("...");
	unsigned marks = utf8 ? 1 : 3;
	struct slice head;

	if (!columns || text_columns(safe) <= columns) {
		buf_slice_add(out, safe);
		return text_columns(safe);
	}
	if (columns <= marks) {
		mark = utf8 ? mark : slice_head(mark, columns);
		buf_slice_add(out, mark);
		return utf8 ? 1 : columns;
	}
	head = fitting(safe, columns - marks);
	buf_slice_add(out, head);
	buf_slice_add(out, mark);
	return text_columns(head) + marks;
}

void
text_cut(struct slice s, unsigned columns, const struct text_style *style, struct buf *out)
{
	struct buf safe = {0};

	text_safe(s, style->utf8, &safe);
	(void)text_fit(buf_slice(&safe), columns, style->utf8, out);
	buf_free(&safe);
}
