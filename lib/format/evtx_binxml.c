/*
 * BinXML compiled: [MS-EVEN6] 2.2.12.  Each token is looked at once, without recursion; names are read where their
 * references point.
 */
#include "lib/format/evtx.h"

struct compiler {
	struct evtx *x;
	size_t at, end;
	bool definition;
	struct evtx_steps *out;
	struct arena *mem;
	struct fault *f;
	size_t from;			/* first step of this program */
	uint32_t open[EVTX_DEPTH];	/* steps of the elements that are open */
	size_t depth;
};

static struct evtx_step *
add(struct compiler *c, enum evtx_do what)
{
	struct evtx_steps *o = c->out;

	if (o->n == o->cap)
		o->v = mem_grow(o->v, &o->cap, o->n, sizeof *o->v);
	o->v[o->n] = (struct evtx_step){.what = (uint8_t)what, .index = NO_INDEX};
	return &o->v[o->n++];
}

static bool
room(const struct compiler *c, size_t n)
{
	return c->end - c->at >= n;
}

static bool
bad(struct compiler *c, const char *what)
{
	return fault_set(c->f, what, c->at);
}

/* UTF-16 in the chunk as the inside of a JSON string that lives as long as the program. */
static struct slice
text_at(struct compiler *c, size_t at, size_t units)
{
	struct buf *b = &c->x->w.names;

	buf_reset(b);
	evtx_utf16(b, slice_of(c->x->chunk.p + at, 2 * units), &c->x->w.err);
	return arena_slice(c->mem, buf_slice(b));
}

/* A reference to a name; one that points right behind itself has the name there. */
static bool
name(struct compiler *c, struct slice *out)
{
	struct slice chunk = c->x->chunk;
	size_t at, units, ref = c->at;

	if (!room(c, 4))
		return bad(c, "evtx-binxml: a name is cut");
	at = evtx_u32(chunk.p + c->at);
	c->at += 4;
	if (at > chunk.n || chunk.n - at < 8)
		return bad(c, "evtx-binxml: a name outside the chunk");
	units = evtx_u16(chunk.p + at + 6);
	if (chunk.n - at - 8 < 2 * units)
		return bad(c, "evtx-binxml: a name outside the chunk");
	if (at == c->at) {
		if (!room(c, 8 + 2 * units + 2))
			return bad(c, "evtx-binxml: a name is cut");
		c->at += 8 + 2 * units + 2;
	}
	if (c->definition)
		evtx_share_ref(c->x, ref, at, units);
	*out = text_at(c, at + 8, units);
	return true;
}

static bool
open_element(struct compiler *c, bool attributes)
{
	size_t head = (c->definition ? 2u : 0u) + 4u;
	uint16_t index = NO_INDEX;
	struct evtx_step *s;
	struct slice n;

	if (!room(c, head))
		return bad(c, "evtx-binxml: an element is cut");
	if (c->definition)
		index = evtx_u16(c->x->chunk.p + c->at);
	c->at += head;
	if (!name(c, &n))
		return false;
	if (attributes && !room(c, 4))
		return bad(c, "evtx-binxml: an element is cut");
	c->at += attributes ? 4 : 0;
	if (c->depth == EVTX_DEPTH)
		return bad(c, "evtx-depth: elements too deep");
	c->open[c->depth++] = (uint32_t)c->out->n;
	s = add(c, DO_OPEN);
	s->text = n;
	s->index = c->depth > 1 ? index : NO_INDEX;
	return true;
}

static bool
close_element(struct compiler *c)
{
	if (c->depth == 0)
		return bad(c, "evtx-binxml: an end without a start");
	(void)add(c, DO_CLOSE);
	c->out->v[c->open[--c->depth]].to = (uint32_t)(c->out->n - c->from);
	return true;
}

static bool
attribute(struct compiler *c)
{
	struct slice n;

	if (!name(c, &n))
		return false;
	add(c, DO_ATTR)->text = n;
	return true;
}

/* u16 count and that many units, `before` bytes behind here. */
static bool
text(struct compiler *c, size_t before, bool wanted)
{
	size_t units;

	if (!room(c, before + 2))
		return bad(c, "evtx-binxml: a text is cut");
	c->at += before;
	units = evtx_u16(c->x->chunk.p + c->at);
	c->at += 2;
	if (!room(c, 2 * units))
		return bad(c, "evtx-binxml: a text is cut");
	if (wanted) {
		struct slice s = text_at(c, c->at, units);

		add(c, DO_TEXT)->text = s;
	}
	c->at += 2 * units;
	return true;
}

static bool
character(struct compiler *c)
{
	struct slice s;

	if (!room(c, 2))
		return bad(c, "evtx-binxml: a character is cut");
	s = text_at(c, c->at, 1);
	add(c, DO_TEXT)->text = s;
	c->at += 2;
	return true;
}

/* XML 1.0, 4.6: the five that are always there; another stays as it was written. */
static bool
entity(struct compiler *c)
{
	static const struct { struct slice name, text; } known[] = {
		{SLICE_INIT("lt"), SLICE_INIT("<")}, {SLICE_INIT("gt"), SLICE_INIT(">")}, {SLICE_INIT("amp"), SLICE_INIT("&")},
		{SLICE_INIT("quot"), SLICE_INIT("\\\"")}, {SLICE_INIT("apos"), SLICE_INIT("'")},
	};
	struct buf *b = &c->x->w.names;
	struct slice n, s = {NULL, 0};

	if (!name(c, &n))
		return false;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (slice_eq(n, known[i].name))
			s = known[i].text;
	if (s.n == 0) {
		buf_reset(b);
		buf_byte(b, '&');
		buf_slice_add(b, n);
		buf_byte(b, ';');
		s = arena_slice(c->mem, buf_slice(b));
	}
	add(c, DO_TEXT)->text = s;
	return true;
}

static bool
slot(struct compiler *c)
{
	if (!room(c, 3))
		return bad(c, "evtx-binxml: a substitution is cut");
	add(c, DO_SLOT)->index = evtx_u16(c->x->chunk.p + c->at);
	c->at += 3;
	return true;
}

static bool
instance(struct compiler *c)
{
	struct evtx_instance i;

	if (!evtx_instance(c->x, c->at, c->end, &i))
		return bad(c, "evtx-binxml: a template's values do not fit");
	add(c, DO_INSTANCE)->to = (uint32_t)c->at;
	c->at = i.end;
	return true;
}

static bool
skip(struct compiler *c, size_t n)
{
	if (!room(c, n))
		return bad(c, "evtx-binxml: cut");
	c->at += n;
	return true;
}

static bool
token(struct compiler *c, uint8_t t)
{
	struct slice n;

	switch (t & ~0x40) {
	case 0x01:
		return open_element(c, t & 0x40);
	case 0x02:
		(void)add(c, DO_START);
		return true;
	case 0x03:
	case 0x04:
		return close_element(c);
	case 0x05:
		return text(c, 1, true);
	case 0x06:
		return attribute(c);
	case 0x07:
		return text(c, 0, true);
	case 0x08:
		return character(c);
	case 0x09:
		return entity(c);
	case 0x0a:
		return name(c, &n);
	case 0x0b:
		return text(c, 0, false);
	case 0x0c:
		return instance(c);
	case 0x0d:
	case 0x0e:
		return slot(c);
	case 0x0f:
		return skip(c, 3);
	}
	return bad(c, "evtx-binxml: an unknown token");
}

bool
evtx_compile(struct evtx *x, size_t at, size_t end, bool definition, struct evtx_steps *out, struct arena *mem, struct fault *f)
{
	struct compiler c = {.x = x, .at = at, .end = end, .definition = definition, .out = out, .mem = mem, .f = f,
	    .from = out->n};

	if (end > x->chunk.n || at > end)
		return fault_set(f, "evtx-binxml: outside the chunk", at);
	/* Definitions have a bound of their own, by chunk. */
	if (!definition && end - at > x->steps)
		return fault_set(f, "evtx-work: a record that takes too much work", at);
	if (!definition)
		x->steps -= end - at;
	while (c.at < end) {
		uint8_t t = (uint8_t)x->chunk.p[c.at++];

		if (t == 0x00)
			break;
		if (!token(&c, t))
			return false;
	}
	while (c.depth)
		if (!close_element(&c))
			return false;
	return true;
}

/* u8, u32 id, u32 offset, the definition if it is here, u32 count, descriptors, values. */
bool
evtx_instance_head(const struct evtx *x, size_t at, size_t end, struct evtx_instance *i)
{
	const char *p = x->chunk.p;

	if (end > x->chunk.n || at > end || end - at < 13)
		return false;
	i->definition = evtx_u32(p + at + 5);
	at += 9;
	if (i->definition == at && !x->lost) {
		if (end - at < 24 || end - at - 24 < evtx_u32(p + at + 20))
			return false;
		at += 24 + evtx_u32(p + at + 20);
	}
	if (end - at < 4)
		return false;
	i->count = evtx_u32(p + at);
	i->table = at + 4;
	if ((end - i->table) / 4 < i->count)
		return false;
	i->values = i->table + 4 * (size_t)i->count;
	return true;
}

bool
evtx_instance(const struct evtx *x, size_t at, size_t end, struct evtx_instance *i)
{
	if (!evtx_instance_head(x, at, end, i))
		return false;
	i->end = i->values;
	for (size_t k = 0; k < i->count; k++)
		i->end += evtx_u16(x->chunk.p + i->table + 4 * k);
	return i->end <= end;
}
