/* Equal atoms are one: each is asked once an event, however many rules hold it. */
#include "lib/match/priv.h"

static void
put_part(struct buf *b, struct slice s)
{
	buf_u64(b, s.n);
	buf_byte(b, ':');
	buf_slice_add(b, s);
}

static void
identity(const struct sigma_atom *a, struct buf *b)
{
	put_part(b, a->field);
	buf_u64(b, (uint64_t)a->op);
	buf_byte(b, a->cased ? 'c' : 'i');
	buf_u64(b, a->flags);
	put_part(b, a->text);
	for (size_t i = 0; a->op == SIGMA_GLOB && i < a->pieces; i++) {
		put_part(b, a->piece[i].text);
		buf_byte(b, a->piece[i].wild ? a->piece[i].wild : '.');
	}
	buf_add(b, &a->number, sizeof a->number);
	buf_byte(b, a->part ? a->part : '-');
	buf_u64(b, (uint64_t)a->compare);
	buf_add(b, &a->prefix, sizeof a->prefix.a);
	buf_u64(b, a->prefix.bits);
}

struct match_text_ref
text_keep(struct match_set *s, struct slice text)
{
	struct match_text_ref t = {(uint32_t)s->text.n, (uint32_t)text.n};

	buf_slice_add(&s->text, text);
	return t;
}

static void
keep_pieces(struct match_set *s, struct match_atom *m, const struct sigma_atom *a)
{
	m->piece = (uint32_t)s->pieces;
	m->pieces = (uint32_t)a->pieces;
	for (size_t i = 0; i < a->pieces; i++) {
		s->piece = mem_grow(s->piece, &s->piece_cap, s->pieces, sizeof *s->piece);
		s->piece[s->pieces++] = (struct match_piece){text_keep(s, a->piece[i].text), (unsigned char)a->piece[i].wild};
	}
}

static uint32_t
keep_prefix(struct match_set *s, const struct prefix *p)
{
	s->prefix = mem_grow(s->prefix, &s->prefix_cap, s->prefixes, sizeof *s->prefix);
	s->prefix[s->prefixes] = *p;
	return (uint32_t)s->prefixes++;
}

static void
fill(struct match_set *s, struct match_atom *m, const struct sigma_atom *a)
{
	*m = (struct match_atom){.field = NO_FIELD, .other = NO_FIELD, .number = NO_NUMBER, .op = (uint8_t)a->op, .cased = a->cased,
	    .flags = (uint8_t)a->flags, .part = (uint8_t)a->part, .compare = (uint8_t)a->compare, .line = a->line, .value = a->number};
	m->text = text_keep(s, a->text);
	m->shown = text_keep(s, a->shown);
	if (a->field.n)
		m->field = field_intern(s, a->field);
	if (a->op >= SIGMA_FIELD_EQUAL && a->op <= SIGMA_FIELD_ENDS)
		m->other = field_intern(s, a->text);
	if (a->op == SIGMA_GLOB)
		keep_pieces(s, m, a);
	if (a->op == SIGMA_REGEX)
		m->pieces = (uint32_t)regex_needs(s, a->text, &m->piece);
	if (a->op == SIGMA_CIDR)
		m->number = keep_prefix(s, &a->prefix);
}

uint32_t
atom_intern(struct match_set *s, const struct sigma_atom *a)
{
	struct buf b = {0};
	struct map_row *row;
	bool made;

	identity(a, &b);
	row = map_put(&s->atom_index, buf_slice(&b), &made);
	buf_free(&b);
	if (!made)
		return (uint32_t)row->v.u;
	row->v.u = s->atoms;
	s->atom = mem_grow(s->atom, &s->atom_cap, s->atoms, sizeof *s->atom);
	fill(s, &s->atom[s->atoms], a);
	pairs_of(s, &s->atom[s->atoms]);
	return (uint32_t)s->atoms++;
}
