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
	buf_f64(b, a->number);
	buf_byte(b, a->part ? a->part : '-');
	buf_u64(b, (uint64_t)a->compare);
	buf_add(b, &a->prefix, sizeof a->prefix.a);
	buf_u64(b, a->prefix.bits);
}

uint32_t
atom_intern(struct match_set *s, struct sigma_atom *a)
{
	struct buf b = {0};
	struct map_row *row;
	struct match_atom *m;
	bool made;

	identity(a, &b);
	row = map_put(&s->atom_index, buf_slice(&b), &made);
	buf_free(&b);
	if (!made)
		return a->id = (uint32_t)row->v.u;
	row->v.u = s->atoms;
	s->atom = mem_grow(s->atom, &s->atom_cap, s->atoms, sizeof *s->atom);
	m = &s->atom[s->atoms];
	*m = (struct match_atom){.a = a, .field = NO_FIELD, .other = NO_FIELD};
	if (a->field.n)
		m->field = field_intern(s, a->field);
	else
		s->keywords = true;
	if (a->op >= SIGMA_FIELD_EQUAL && a->op <= SIGMA_FIELD_ENDS)
		m->other = field_intern(s, a->text);
	if (a->op == SIGMA_CONTAINS || a->op == SIGMA_ENDS || a->op == SIGMA_STARTS)
		bits_of(a->text, m);
	if (a->op == SIGMA_GLOB)
		for (size_t i = 0; i < a->pieces; i++)
			if (!m->bits)
				bits_of(a->piece[i].text, m);
	m->quick = m->bits && m->field != NO_FIELD && m->other == NO_FIELD && !atom_same_case(a);
	return a->id = (uint32_t)s->atoms++;
}
