#include "lib/tool/text_priv.h"

/* Columns that the last part should have: less of a message says nothing. */
static unsigned
last_min(const struct text_line *l)
{
	unsigned part = l->style->width / 4;

	return part > 12 ? part : 12;
}

void
line_made(struct text_line *l, size_t from, unsigned cap, unsigned drop, const char *colour)
{
	size_t n = l->room->n - from;

	if (n == 0 || l->n == PARTS_MAX)
		return;
	l->v[l->n++] = (struct text_part){
		.from = from, .n = n, .cap = cap, .drop = drop, .colour = colour,
		.columns = text_columns(slice_of(l->room->p + from, n)),
	};
}

/* Of what is cut anyway a column takes at most a few bytes; escapes only make it longer. */
static struct slice
enough(const struct text_line *l, struct slice text)
{
	return l->style->width ? slice_head(text, (size_t)l->style->width * 8) : text;
}

void
line_part(struct text_line *l, struct slice text, unsigned cap, unsigned drop, const char *colour)
{
	size_t from = l->room->n;

	text_safe(enough(l, text), l->style->utf8, l->room);
	line_made(l, from, cap, drop, colour);
}

void
line_add_json(struct text_line *l, const struct json *j, uint32_t v)
{
	size_t from = l->room->n, n;
	struct slice text;

	if (v == JSON_NONE)
		return;
	json_text_add(j, v, l->room);
	n = l->room->n - from;
	/* The text is read where it is appended: no byte grows to more than eight, so nothing moves after this. */
	buf_room(l->room, n * 8 + 16);
	text = enough(l, slice_of(l->room->p + from, n));
	text_safe(text, l->style->utf8, l->room);
	memmove(l->room->p + from, l->room->p + from + n, l->room->n - from - n);
	l->room->n -= n;
}

static unsigned
total(const struct text_line *l)
{
	unsigned n = 0, last = last_min(l);

	for (unsigned i = 0; i < l->n; i++)
		n += (i ? 2 : 0) + (i + 1 == l->n && l->v[i].columns > last ? last : l->v[i].columns);
	return n;
}

static void
drop_one(struct text_line *l, unsigned at)
{
	l->n--;
	for (unsigned i = at; i < l->n; i++)
		l->v[i] = l->v[i + 1];
}

static void
narrow(struct text_line *l, unsigned width)
{
	for (unsigned i = 0; i + 1 < l->n; i++) {
		unsigned cap = l->v[i].cap * (width < 200 ? width : 200) / 100;

		cap = cap < 6 ? 6 : cap;
		if (l->v[i].cap && l->v[i].columns > cap)
			l->v[i].columns = cap;
	}
	while (total(l) > width) {
		unsigned worst = 0;

		for (unsigned i = 1; i < l->n; i++)
			if (l->v[i].drop > l->v[worst].drop)
				worst = i;
		if (l->n == 0 || l->v[worst].drop == 0)
			break;
		drop_one(l, worst);
	}
}

static void
put_part(const struct text_line *l, const struct text_part *p, unsigned columns, struct buf *out)
{
	bool colour = l->style->colour && p->colour;

	if (colour) {
		buf_lit(out, "\x1b[");
		buf_str(out, p->colour);
		buf_byte(out, 'm');
	}
	(void)text_fit(slice_of(l->room->p + p->from, p->n), columns, l->style->utf8, out);
	if (colour)
		buf_lit(out, "\x1b[0m");
}

void
line_put(struct text_line *l, unsigned indent, struct buf *out)
{
	unsigned width = l->style->width, used = indent;

	if (width && width <= indent)
		indent = used = 0;
	if (width)
		narrow(l, width - indent);
	for (unsigned i = 0; i < indent; i++)
		buf_byte(out, ' ');
	for (unsigned i = 0; i < l->n; i++) {
		const struct text_part *p = &l->v[i];
		unsigned columns = p->columns, gap = i ? 2 : 0;

		if (width && used + gap >= width)
			break;
		if (width && used + gap + columns > width)
			columns = width - used - gap;
		if (gap)
			buf_lit(out, "  ");
		put_part(l, p, columns, out);
		used += gap + columns;
	}
	buf_byte(out, '\n');
}
