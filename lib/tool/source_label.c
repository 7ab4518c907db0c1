#include "lib/base/utf8.h"
#include "lib/tool/source_priv.h"

static void
percent(struct buf *b, struct slice bytes)
{
	static const char digit[] = "0123456789ABCDEF";

	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];

		buf_byte(b, '%');
		buf_byte(b, digit[c >> 4]);
		buf_byte(b, digit[c & 15]);
	}
}

static void
encode(struct buf *b, struct slice part)
{
	for (size_t at = 0, to; at < part.n; at = to) {
		uint32_t cp;

		to = utf8_next(part, at, &cp);
		if (cp == UTF8_BAD || cp == '%' || cp < 0x20 || cp == 0x7f)
			percent(b, slice_of(part.p + at, to - at));
		else
			buf_add(b, part.p + at, to - at);
	}
}

void
label_add(struct buf *b, struct slice path, bool root)
{
	bool first = true;
	struct slice rest = path;

	if (root && path.n && path.p[0] == '/')
		buf_byte(b, '/');
	while (rest.p) {
		struct slice part = slice_cut(&rest, '/');

		if (part.n == 0 || slice_eq(part, SLICE(".")))
			continue;
		if (!first)
			buf_byte(b, '/');
		encode(b, part);
		first = false;
	}
}

void
source_label(struct buf *b, struct slice path)
{
	label_add(b, path, true);
}

static unsigned
hex(char c)
{
	return c >= '0' && c <= '9' ? (unsigned)(c - '0') : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10) : 16;
}

void
source_unlabel(struct buf *b, struct slice label)
{
	for (size_t i = 0; i < label.n; i++) {
		unsigned high = label.p[i] == '%' && label.n - i > 2 ? hex(label.p[i + 1]) : 16;

		if (high < 16 && hex(label.p[i + 2]) < 16) {
			buf_byte(b, (char)(high << 4 | hex(label.p[i + 2])));
			i += 2;
		} else {
			buf_byte(b, label.p[i]);
		}
	}
}

struct slice
label_name(struct slice path, bool packed)
{
	static const struct slice ending[] = {
		SLICE_INIT(".gz"), SLICE_INIT(".zst"), SLICE_INIT(".xz"), SLICE_INIT(".bz2"), SLICE_INIT(".lz4"),
		    SLICE_INIT(".lzma"),
	};
	size_t at = slice_rfind(path, '/');
	struct slice name = at < path.n ? slice_from(path, at + 1) : path;

	for (size_t i = 0; packed && i < sizeof ending / sizeof *ending; i++)
		if (name.n > ending[i].n && slice_ends_nocase(name, ending[i]))
			return slice_head(name, name.n - ending[i].n);
	return name;
}
