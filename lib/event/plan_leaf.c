#include "lib/event/plan_priv.h"

#include <stdlib.h>

/*
 * The line that a plan writes, behind the head: texts that are always the same, with places for values between them.  Learning
 * puts it together as event_write does; writing is copying.
 */
struct draft {
	const struct event *e;
	const struct leaf_place *place;
	const struct run *run;
	struct buf text;
	uint32_t from;			/* of the text that the next part brings along */
	struct leaf_part part[PARTS_MAX + 8];
	uint16_t source[SOURCES_MAX];
	struct { size_t at, n; } fixed[FIXED_MAX];
	struct buf words;		/* of them, each with SLACK behind it */
	uint32_t parts, sources, fixes;
	bool lost;
};

static void
part(struct draft *d, struct leaf_part p)
{
	p.text = d->from;
	p.n = (uint32_t)d->text.n - d->from;
	d->from = (uint32_t)d->text.n;
	if (d->parts == PARTS_MAX + 8)
		d->lost = true;
	else
		d->part[d->parts++] = p;
}

/* The number of the value that step `n` gave field f. */
static uint16_t
val_of(struct draft *d, unsigned n, enum field f)
{
	uint64_t fields = d->place->fields[n];

	for (uint16_t at = 0; fields; fields >>= 8, at++)
		if ((fields & 0xff) == (uint64_t)f + 1)
			return (uint16_t)(d->place->val[n] + at);
	d->lost = true;
	return 0;
}

/* As event_write writes it, without quotes. */
static void
add_constant(struct buf *b, const struct event_value *v)
{
	size_t at = b->n;

	if (v->form != FORM_TEXT) {
		buf_slice_add(b, v->v);
		return;
	}
	(void)json_put_text(b, v->v);
	memmove(b->p + at, b->p + at + 1, b->n - at - 2);
	b->n -= 2;
}

static void
source(struct draft *d, uint16_t val)
{
	if (d->sources == SOURCES_MAX)
		d->lost = true;
	else
		d->source[d->sources++] = val;
}

/* A constant among values that are none. */
static void
source_constant(struct draft *d, const struct event_value *v)
{
	struct buf *b = &d->words;
	size_t at = b->n;

	if (d->fixes == FIXED_MAX) {
		d->lost = true;
		return;
	}
	add_constant(b, v);
	d->fixed[d->fixes].at = at;
	d->fixed[d->fixes].n = b->n - at;
	buf_room(b, SLACK);
	memset(b->p + b->n, 0, SLACK);
	b->n += SLACK;
	source(d, (uint16_t)(VALS_MAX + d->fixes++));
}

/* Values of list f as sources; true if all are constants.  Doubles that were left out when it was learnt cannot be told again. */
static bool
list_sources(struct draft *d, enum field f)
{
	uint32_t at = d->e->first[f];
	bool fixed = true;

	for (;;) {
		const struct event_value *v = &d->e->value[at];
		uint32_t items = 1;

		if (v->step == 0) {
			source_constant(d, v);
		} else {
			uint16_t val = val_of(d, v->step, f);

			fixed = false;
			source(d, val);
			items = d->run->val[val].items;
		}
		for (; items > 1 && d->e->value[at].next; items--)
			if (d->e->value[at = d->e->value[at].next - 1].step != v->step)
				d->lost = true;
		d->lost |= items != 1;
		if (d->e->value[at].next == 0)
			return fixed;
		at = d->e->value[at].next - 1;
	}
}

static struct slice
fixed_text(const struct draft *d, uint32_t i)
{
	return slice_of(d->words.p + d->fixed[i].at, d->fixed[i].n);
}

/* All of them are constants: those that are equal are left out at once. */
static void
fixed_items(struct draft *d, uint32_t from)
{
	for (uint32_t i = from; i < d->sources; i++) {
		struct slice s = fixed_text(d, d->source[i] - VALS_MAX);
		uint32_t k = from;

		while (k < i && !slice_eq(fixed_text(d, d->source[k] - VALS_MAX), s))
			k++;
		if (k < i)
			continue;
		if (i > from)
			buf_byte(&d->text, ',');
		buf_byte(&d->text, '"');
		buf_slice_add(&d->text, s);
		buf_byte(&d->text, '"');
	}
}

static void
list(struct draft *d, uint32_t from, bool fixed)
{
	uint32_t n = d->sources - from;

	buf_byte(&d->text, '[');
	if (fixed) {
		fixed_items(d, from);
		d->sources = from;
	} else if (n == 1 && d->run->val[d->source[from]].items == 0) {
		buf_byte(&d->text, '"');
		part(d, (struct leaf_part){.val = d->source[from]});
		buf_byte(&d->text, '"');
		d->sources = from;
	} else {
		part(d, (struct leaf_part){.val = VALS_MAX, .from = (uint16_t)from, .vals = (uint16_t)n});
	}
	buf_byte(&d->text, ']');
}

static void
single(struct draft *d, enum field f)
{
	const struct event_value *v = &d->e->value[d->e->first[f]];
	char type = field_row[f].type;
	bool bare = type == 'l' || type == 'f' || type == 'o';

	if (!bare)
		buf_byte(&d->text, '"');
	if (v->step)
		part(d, (struct leaf_part){.val = val_of(d, v->step, f)});
	else
		add_constant(&d->text, v);
	if (!bare)
		buf_byte(&d->text, '"');
}

/* related.*: values of the fields that feed it, in the order of the fields. */
static bool
related_sources(struct draft *d, enum field to)
{
	const struct field_glue_set *glue = field_glue();
	bool fixed = true;

	for (enum field f = 0; f < F_related_ip; f++) {
		const struct event_value *v = &d->e->value[d->e->first[f]];

		if (!event_has(d->e, f) || glue->f[f].related != to - F_related_ip + 1)
			continue;
		if (field_row[f].list) {
			fixed &= list_sources(d, f);
		} else if (v->step) {
			fixed = false;
			source(d, val_of(d, v->step, f));
		} else {
			source_constant(d, v);
		}
	}
	return fixed;
}

static void
fields(struct draft *d)
{
	static const struct field_glue none;
	const struct field_glue_set *glue = field_glue();
	const struct field_glue *before = &none;

	for (enum field f = 0; f < FIELD_COUNT; f++) {
		const struct field_glue *g = &glue->f[f];
		uint32_t from = d->sources;
		bool fixed = f >= F_related_ip && related_sources(d, f);
		unsigned kept;

		if (f >= F_related_ip ? d->sources == from : !event_has(d->e, f))
			continue;
		kept = field_common(before, g);
		for (unsigned n = before->depth; n > kept; n--)
			buf_byte(&d->text, '}');
		buf_byte(&d->text, ',');
		buf_add(&d->text, g->open + g->from[kept], (size_t)(g->len - g->from[kept]));
		before = g;
		if (!field_row[f].list) {
			single(d, f);
			continue;
		}
		if (f < F_related_ip)
			fixed = list_sources(d, f);
		list(d, from, fixed);
	}
	for (unsigned n = before->depth; n > 0; n--)
		buf_byte(&d->text, '}');
}

void
leaf_free(struct leaf *l)
{
	if (l == NULL)
		return;
	free(l->text);
	free(l->words);
	free(l->part);
	free(l->source);
	free(l->fixed);
	free(l);
}

static struct leaf *
finish(struct draft *d, uint32_t err)
{
	struct leaf *l = mem_zero(1, sizeof *l);

	buf_room(&d->text, SLACK);
	memset(d->text.p + d->text.n, 0, SLACK);
	l->text = mem_dup(d->text.p, d->text.n + SLACK);
	l->words = mem_dup(d->words.p ? d->words.p : "", d->words.n);
	l->part = mem_dup(d->part, d->parts * sizeof *d->part);
	l->parts = d->parts;
	l->source = mem_dup(d->source, d->sources * sizeof *d->source);
	l->fixed = mem_zero(d->fixes + 1, sizeof *l->fixed);
	for (uint32_t i = 0; i < d->fixes; i++)
		l->fixed[i] = slice_of(l->words + d->fixed[i].at, d->fixed[i].n);
	l->most = (uint32_t)(d->text.n + d->words.n + 4 * SLACK);
	l->size = l->most + d->parts * sizeof *d->part + sizeof *l;
	l->err = err;
	return l;
}

struct leaf *
leaf_new(const struct event *e, const struct leaf_place *place, const struct run *run)
{
	struct draft *d = mem_zero(1, sizeof *d);
	struct leaf *l = NULL;

	d->e = e;
	d->place = place;
	d->run = run;
	buf_byte(&d->text, '}');
	event_put_ir(e, &d->text);
	fields(d);
	buf_lit(&d->text, ",\"raw\":");
	part(d, (struct leaf_part){.val = VALS_MAX});
	if (!d->lost && d->text.n < UINT16_MAX)
		l = finish(d, e->err);
	buf_free(&d->text);
	buf_free(&d->words);
	free(d);
	return l;
}

/* ---- writing ------------------------------------------------------------------------------------------------------------- */

/* Both sides have SLACK bytes more. */
static inline __attribute__((always_inline)) char *
copy(char *to, const char *from, size_t n)
{
	char *end = to + n;

	memcpy(to, from, 32);
	if (__builtin_expect(n > 32, 0)) {
		memcpy(to + 32, from + 32, 32);
		if (n > SLACK)
			memcpy(to + SLACK, from + SLACK, n - SLACK);
	}
	return end;
}

struct items {
	char *to;
	unsigned n;
	struct slice seen[VALS_MAX + ITEMS_MAX];
};

static inline void
put_item(struct items *it, struct slice s)
{
	char *to = it->to;

	for (unsigned i = 0; i < it->n; i++)
		if (it->seen[i].n == s.n && memcmp(it->seen[i].p, s.p, s.n) == 0)
			return;
	if (it->n)
		*to++ = ',';
	*to++ = '"';
	it->seen[it->n++] = s;
	to = copy(to, s.p, s.n);
	*to = '"';
	it->to = to + 1;
}

static char *
put_list(const struct leaf *l, const struct leaf_part *part, const struct run *r, char *to)
{
	/* Nothing is read of it that was not written before. */
	__attribute__((uninitialized)) struct items it;

	it.to = to;
	it.n = 0;
	for (unsigned i = 0; i < part->vals; i++) {
		uint16_t source = l->source[part->from + i];
		const struct val *v = &r->val[source < VALS_MAX ? source : 0];

		if (source >= VALS_MAX)
			put_item(&it, l->fixed[source - VALS_MAX]);
		else if (v->items == 0)
			put_item(&it, slice_of(v->p, v->n));
		for (unsigned k = 0; source < VALS_MAX && k < v->items; k++)
			put_item(&it, slice_of(r->item[v->first + k].p, r->item[v->first + k].n));
	}
	return it.to;
}

char *
leaf_put(const struct leaf *l, const struct run *r, char *to)
{
	const struct leaf_part *p = l->part, *end = p + l->parts;

	for (; p < end; p++) {
		to = copy(to, l->text + p->text, p->n);
		if (p->val < VALS_MAX)
			to = copy(to, r->val[p->val].p, r->val[p->val].n);
		else if (p->vals)
			to = put_list(l, p, r, to);
	}
	return to;
}

/* A value may stand in its field and in related.*. */
size_t
leaf_room(const struct leaf *l, const struct run *r)
{
	size_t n = l->most;

	for (unsigned i = 0; i < r->vals; i++)
		n += 2 * ((size_t)r->val[i].n + 3);
	for (unsigned i = 0; i < r->items; i++)
		n += 2 * ((size_t)r->item[i].n + 3);
	return n;
}
