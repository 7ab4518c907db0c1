#include "lib/report/chart.h"

enum { DAY = 86400, HEIGHT = 120, BASE = 132, TALL = 160, GAP = 10, WIDE = 960 };

struct slice
bucket_name(const struct chart *c, int64_t at, char room[STAMP_LEN])
{
	stamp_put(room, (struct stamp){at, 0});
	room[10] = ' ';
	return slice_of(room, c->step >= DAY ? 10 : 16);
}

static uint64_t
sum(const struct bucket *b)
{
	uint64_t n = 0;

	for (int l = 0; l < LEVELS; l++)
		n += b->hits[l];
	return n;
}

/* ---- the terminal ------------------------------------------------------------------------------------------------ */

static void
end_name(const struct chart *c, int64_t at, bool months, struct buf *out)
{
	char room[STAMP_LEN];

	buf_slice_add(out, slice_head(bucket_name(c, at, room), months ? 7 : 16));
}

void
spark(const struct model *m, unsigned columns, bool utf8, struct buf *out)
{
	static const char *const block[] = {"\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588"};
	static const char ascii[] = "_.-=+*#@";
	const struct chart *c = &m->chart;
	size_t bars = c->n < columns ? c->n : columns;
	uint64_t most = 1, n;
	bool months = c->days > 62;

	if (c->n == 0)
		return;
	end_name(c, c->v[0].at, months, out);
	buf_byte(out, ' ');
	for (int pass = 0; pass < 2; pass++)
		for (size_t b = 0; b < bars; b++) {
			n = 0;
			for (size_t i = b * c->n / bars; i < (b + 1) * c->n / bars; i++)
				n += sum(&c->v[i]);
			if (n > most)
				most = n;
			if (pass && utf8)
				buf_str(out, block[n * 7 / most]);
			else if (pass)
				buf_byte(out, ascii[n * 7 / most]);
		}
	buf_byte(out, ' ');
	end_name(c, c->v[c->n - 1].at, months, out);
}

/* ---- the page ---------------------------------------------------------------------------------------------------- */

static void
attr(struct buf *out, const char *name, uint64_t tenths)
{
	buf_byte(out, ' ');
	buf_str(out, name);
	buf_lit(out, "=\"");
	buf_u64(out, tenths / 10);
	if (tenths % 10) {
		buf_byte(out, '.');
		buf_u64(out, tenths % 10);
	}
	buf_byte(out, '"');
}

static void
put_bar(const struct chart *c, size_t i, uint64_t x, uint64_t wide, uint64_t most, struct buf *out)
{
	uint64_t y = BASE * 10;
	char room[STAMP_LEN];

	buf_lit(out, "<g><title>");
	buf_slice_add(out, bucket_name(c, c->v[i].at, room));
	for (int l = LEVELS - 1; l >= 0; l--)
		if (c->v[i].hits[l]) {
			buf_lit(out, ", ");
			buf_str(out, level_words[l]);
			buf_byte(out, ' ');
			buf_u64(out, c->v[i].hits[l]);
		}
	buf_lit(out, "</title>");
	for (int l = 0; l < LEVELS; l++) {
		uint64_t tall = c->v[i].hits[l] * HEIGHT * 10 / most;

		if (c->v[i].hits[l] == 0)
			continue;
		tall = tall < 15 ? 15 : tall;
		y = y > tall ? y - tall : 0;
		buf_lit(out, "<rect class=\"f");
		buf_byte(out, (char)('0' + l));
		buf_byte(out, '"');
		attr(out, "x", x);
		attr(out, "y", y);
		attr(out, "width", wide);
		attr(out, "height", tall);
		buf_lit(out, "/>");
	}
	buf_lit(out, "</g>\n");
}

/* Two short strokes across the base: time was left out here. */
static void
put_break(uint64_t x, struct buf *out)
{
	for (uint64_t i = 0; i < 2; i++) {
		buf_lit(out, "<line class=\"brk\"");
		attr(out, "x1", x + i * 30);
		attr(out, "y1", BASE * 10 + 50);
		attr(out, "x2", x + 30 + i * 30);
		attr(out, "y2", BASE * 10 - 50);
		buf_lit(out, "/>");
	}
	buf_byte(out, '\n');
}

static void
put_name(const struct chart *c, size_t i, uint64_t x, const char *anchor, struct buf *out)
{
	char room[STAMP_LEN];

	buf_lit(out, "<text");
	attr(out, "x", x);
	attr(out, "y", (BASE + 20) * 10);
	buf_lit(out, " class=\"");
	buf_str(out, anchor);
	buf_lit(out, "\">");
	buf_slice_add(out, bucket_name(c, c->v[i].at, room));
	buf_lit(out, "</text>\n");
}

static bool
gap_before(const struct chart *c, size_t i)
{
	return i > 0 && c->v[i].at - c->v[i - 1].at > c->step;
}

static uint64_t
bar_width(const struct chart *c)
{
	uint64_t gaps = 0, wide;

	for (size_t i = 0; i < c->n; i++)
		gaps += gap_before(c, i);
	wide = gaps * GAP >= WIDE / 2 ? WIDE * 10 / 2 / c->n : (WIDE - gaps * GAP) * 10 / c->n;
	return wide > 400 ? 400 : wide < 10 ? 10 : wide;
}

void
chart_svg(const struct model *m, struct buf *out)
{
	const struct chart *c = &m->chart;
	uint64_t most = 1, x = 0, wide;

	if (c->n == 0)
		return;
	wide = bar_width(c);
	for (size_t i = 0; i < c->n; i++)
		most = sum(&c->v[i]) > most ? sum(&c->v[i]) : most;
	buf_lit(out, "<svg class=\"when\" role=\"img\" viewBox=\"0 0 ");
	buf_u64(out, WIDE);
	buf_byte(out, ' ');
	buf_u64(out, TALL);
	buf_lit(out, "\"><title>Hits over time by severity; time without hits is left out</title>\n");
	buf_lit(out, "<line class=\"axis\" x1=\"0\" y1=\"132\" x2=\"960\" y2=\"132\"/>\n");
	for (size_t i = 0; i < c->n; i++) {
		if (gap_before(c, i)) {
			put_break(x + 20, out);
			x += GAP * 10;
		}
		put_bar(c, i, x, wide > 25 ? wide - 15 : wide, most, out);
		x += wide;
	}
	put_name(c, 0, 0, "l", out);
	if (c->n > 1)
		put_name(c, c->n - 1, x > 2400 ? x : 2400, "r", out);
	buf_lit(out, "</svg>\n");
}
