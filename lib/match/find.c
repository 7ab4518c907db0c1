/* Candidates: what the tables of a plan find in one event. */
#include "lib/match/keys.h"
#include "lib/match/plan.h"

void
candidate(struct match_room *r, uint32_t rule)
{
	if (r->marked[rule] == r->epoch)
		return;
	r->marked[rule] = r->epoch;
	r->candidate[r->candidates++] = rule;
}

static void
found(struct match_room *r, const struct plan *p, uint32_t text)
{
	const struct plan_text *t = &p->text[text];

	r->seen[text] = r->epoch;
	if (t->sure)
		atom_learn(r, t->atom, YES);
	for (uint32_t i = t->from; i < t->to; i++) {
		if (p->post[i] & POST_GROUP)
			r->group[p->post[i] & ~(uint32_t)POST_GROUP] = r->epoch;
		else
			candidate(r, p->post[i]);
	}
}

static inline bool
same(const struct plan *p, const struct plan_text *t, const char *at)
{
	return t->n == 0 || memcmp(p->bytes.p + t->at, at, t->n) == 0;
}

/* ---- whole, ends ---------------------------------------------------------------------------------------------------------------------- */

static void
whole(struct match_room *r, const struct plan *p, const struct ends_table *t, struct slice s)
{
	uint64_t key = whole_key(s);

	for (uint32_t i = ends_hash(key, 0) & t->mask; t->slot[i].text; i = (i + 1) & t->mask) {
		uint32_t text = t->slot[i].text - 1;

		if (t->slot[i].key == key && r->seen[text] != r->epoch && p->text[text].n == s.n && same(p, &p->text[text], s.p))
			found(r, p, text);
	}
}

static void
ends(struct match_room *r, const struct plan *p, const struct ends_table *t, struct slice s, bool tail)
{
	for (uint32_t left = t->lengths; left; left &= left - 1) {
		uint32_t length = (uint32_t)__builtin_ctz(left);
		uint64_t key;

		if (length > s.n)
			return;
		key = tail ? tail_key(s, length) : head_key(s, length);
		for (uint32_t i = ends_hash(key, length) & t->mask; t->slot[i].text; i = (i + 1) & t->mask) {
			uint32_t text = t->slot[i].text - 1, n = p->text[text].n;

			if (t->slot[i].key == key && t->slot[i].length == length && r->seen[text] != r->epoch && n <= s.n &&
			    same(p, &p->text[text], tail ? s.p + s.n - n : s.p))
				found(r, p, text);
		}
	}
}

/* ---- anywhere ----------------------------------------------------------------------------------------------------------------------------- */

/* The filter said that these bytes may be of a text. */
static __attribute__((noinline)) void
maybe(struct match_room *r, const struct plan *p, const struct gram_slot *slot, uint32_t mask, struct slice s, size_t at, uint32_t gram)
{
	for (uint32_t i = gram_place(gram) & mask; slot[i].text; i = (i + 1) & mask) {
		const struct gram_slot *g = &slot[i];
		const struct plan_text *x = &p->text[g->text - 1];

		if (g->gram == gram && g->at <= at && at - g->at + x->n <= s.n && r->seen[g->text - 1] != r->epoch &&
		    same(p, x, s.p + at - g->at))
			found(r, p, g->text - 1);
	}
}

static inline bool
bit_at(const uint64_t *bit, uint32_t h)
{
	return bit[h / 64] >> h % 64 & 1;
}

static inline uint32_t
load(const char *p)
{
	uint32_t gram;

	memcpy(&gram, p, sizeof gram);
	return gram;
}

/* Four places at a time: mostly none of them is anything. */
static void
fours(struct match_room *r, const struct plan *p, const struct gram_table *t, struct slice s)
{
	const uint64_t *bit = t->bit;
	unsigned shift = t->shift;
	size_t i = 0, step = t->stride;

	for (; i + 3 * step + 4 <= s.n; i += 4 * step) {
		const char *at = s.p + i;
		uint32_t a = load(at), b = load(at + step), c = load(at + 2 * step), d = load(at + 3 * step);
		bool x = bit_at(bit, gram_hash(a) >> shift), y = bit_at(bit, gram_hash(b) >> shift),
		    z = bit_at(bit, gram_hash(c) >> shift), w = bit_at(bit, gram_hash(d) >> shift);

		if (__builtin_expect(!(x | y | z | w), 1))
			continue;
		if (x)
			maybe(r, p, t->slot, t->mask, s, i, a);
		if (y)
			maybe(r, p, t->slot, t->mask, s, i + step, b);
		if (z)
			maybe(r, p, t->slot, t->mask, s, i + 2 * step, c);
		if (w)
			maybe(r, p, t->slot, t->mask, s, i + 3 * step, d);
	}
	for (; i + 4 <= s.n; i += step)
		if (bit_at(bit, gram_hash(load(s.p + i)) >> shift))
			maybe(r, p, t->slot, t->mask, s, i, load(s.p + i));
}

static void
twos(struct match_room *r, const struct plan *p, const struct gram_table *t, struct slice s)
{
	const uint64_t *bit = t->bit2;

	for (size_t i = 0; i + 2 <= s.n; i++) {
		uint16_t gram;

		memcpy(&gram, s.p + i, sizeof gram);
		if (__builtin_expect(bit[gram / 64] >> gram % 64 & 1, 0))
			maybe(r, p, t->slot2, t->mask2, s, i, gram);
	}
}

static void
anywhere(struct match_room *r, const struct plan *p, const struct gram_table *t, struct slice s)
{
	if (t->n)
		fours(r, p, t, s);
	if (t->bit2)
		twos(r, p, t, s);
	for (uint32_t i = 0; i < t->tinies; i++) {
		const struct plan_text *x = &p->text[t->tiny[i]];

		if (r->seen[t->tiny[i]] != r->epoch && slice_find(s, p->bytes.p[x->at]) < s.n)
			found(r, p, t->tiny[i]);
	}
}

/* ---- one event -------------------------------------------------------------------------------------------------------------------------------- */

static void
one_text(struct match_room *r, const struct plan *p, const struct plan_field *f, struct slice s)
{
	if (f->whole.n)
		whole(r, p, &f->whole, s);
	if (f->end.n)
		ends(r, p, &f->end, s, true);
	if (f->start.n)
		ends(r, p, &f->start, s, false);
	anywhere(r, p, &f->any, s);
}

static void
one_field(struct match_room *r, const struct plan *p, const struct plan_field *f)
{
	const struct match_value *v = field_value(r, f->field);
	struct slice s;

	if (!v->found)
		return;
	for (uint32_t i = 0; i < f->presents; i++)
		candidate(r, p->post[f->present + i]);
	for (uint32_t k = 0; k < v->nodes; k++)
		if (value_text(r, v, k, true, &s))
			one_text(r, p, f, s);
}

void
match_plan_find(struct match_room *r, const struct plan *p)
{
	for (uint32_t i = 0; i < p->alwayss; i++)
		candidate(r, p->always[i]);
	for (uint32_t i = 0; i < p->fields; i++) {
		if (p->field[i].field == NO_FIELD)
			anywhere(r, p, &p->field[i].any, words_text(r));
		else
			one_field(r, p, &p->field[i]);
	}
}
