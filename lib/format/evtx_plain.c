/*
 * Fragments without a template, as forwarded and exported logs have them: tokens and names make the layout, texts are
 * the values.  The Name of a Data is no value, for it becomes a name.
 */
#include "lib/format/evtx.h"

struct walk {
	struct evtx *x;
	size_t at, end;
	bool data, in_attr, name;	/* the open element is Data or ComplexData; the attribute is Name */
};

static bool
is(struct slice utf16, struct slice ascii)
{
	if (utf16.n != 2 * ascii.n)
		return false;
	for (size_t i = 0; i < ascii.n; i++)
		if (evtx_u16(utf16.p + 2 * i) != (unsigned char)ascii.p[i])
			return false;
	return true;
}

static bool
skip(struct walk *w, size_t n)
{
	if (w->end - w->at < n)
		return false;
	w->at += n;
	return true;
}

static void
sign(struct walk *w, struct slice s)
{
	uint16_t n = (uint16_t)s.n;

	buf_add(&w->x->sign, &n, sizeof n);
	buf_slice_add(&w->x->sign, s);
}

/* As evtx_binxml.c reads names. */
static bool
name(struct walk *w, struct slice *out)
{
	struct slice chunk = w->x->chunk;
	size_t at, n;

	if (w->end - w->at < 4)
		return false;
	at = evtx_u32(chunk.p + w->at);
	w->at += 4;
	if (at > chunk.n || chunk.n - at < 8)
		return false;
	n = 2 * (size_t)evtx_u16(chunk.p + at + 6);
	if (chunk.n - at - 8 < n || (at == w->at && !skip(w, 8 + n + 2)))
		return false;
	*out = slice_of(chunk.p + at + 8, n);
	sign(w, *out);
	return true;
}

static bool
text(struct walk *w)
{
	struct slice s;

	if (w->end - w->at < 3)
		return false;
	s = slice_of(w->x->chunk.p + w->at + 3, 2 * (size_t)evtx_u16(w->x->chunk.p + w->at + 1));
	if (!skip(w, 3 + s.n))
		return false;
	if (w->in_attr && w->name && w->data)
		sign(w, s);
	else if (!evtx_value_add(w->x, (struct evtx_value){s, EVTX_TEXT}))
		return false;
	return true;
}

static bool
token(struct walk *w, uint8_t t)
{
	struct slice n;

	switch (t & ~0x40) {
	case 0x01:
		w->in_attr = false;
		if (!skip(w, 4) || !name(w, &n))
			return false;
		w->data = is(n, SLICE("Data")) || is(n, SLICE("ComplexData"));
		return !(t & 0x40) || skip(w, 4);
	case 0x02:
	case 0x03:
	case 0x04:
		w->in_attr = false;
		return true;
	case 0x05:
		return text(w);
	case 0x06:
		w->in_attr = true;
		if (!name(w, &n))
			return false;
		w->name = is(n, SLICE("Name"));
		return true;
	case 0x0f:
		return skip(w, 3);
	}
	return false;
}

bool
evtx_plain(struct evtx *x, size_t at, size_t end)
{
	struct walk w = {.x = x, .at = at, .end = end};

	while (w.at < end) {
		uint8_t t = (uint8_t)x->chunk.p[w.at++];

		if (t == 0x00)
			break;
		buf_byte(&x->sign, (char)t);
		if (!token(&w, t))
			return false;
	}
	return true;
}
