/*
 * temporal_ordered: A, then B, then C, within the span.  For each length of the sequence the one that began last is kept:
 * it has the most time left.  key.count holds which lengths there are; length k + 1 stands at item[k (k + 1) / 2].
 */
#include "lib/correlate/priv.h"

#include <stdlib.h>

static struct item *
sequence(const struct key *k, uint32_t length)
{
	return k->item + (size_t)length * (length - 1) / 2;
}

static void
lay_out(struct correlate *c, struct key *k, uint32_t parts)
{
	if (k->item)
		return;
	k->cap = k->n = parts * (parts + 1) / 2;
	k->item = mem_zero(k->cap, sizeof *k->item);
	key_resize(c, k, 0, room_of(k->cap * sizeof *k->item));
}

/* `gte: 2` asks for the first two alone. */
static uint32_t
wanted(const struct sigma_correlation *c)
{
	uint32_t n = c->bounds ? 1 : (uint32_t)c->parts;

	while (c->bounds && n < c->parts && !bounds_hold(c, n))
		n++;
	return n;
}

void
decide_ordered(struct correlate *c, struct key *k, const struct item *it, struct pick *p)
{
	const struct sigma_correlation *s = k->run->c;
	uint32_t length = (uint32_t)it->part + 1, last = wanted(s);
	int64_t low = s->span == SIGMA_NEVER_ENDS ? INT64_MIN : it->at - s->span;
	bool held;

	lay_out(c, k, (uint32_t)s->parts);
	held = (k->count >> (last - 1) & 1) && sequence(k, last)[0].at >= low;
	if (length > 1 && (!(k->count >> (length - 2) & 1) || sequence(k, length - 1)[0].at < low))
		return;
	memcpy(sequence(k, length), length > 1 ? sequence(k, length - 1) : it, (length > 1 ? length - 1 : 1) * sizeof *it);
	sequence(k, length)[length - 1] = *it;
	k->count |= 1ull << (length - 1);
	if (length == last && !held)
		decided_add(c, k, p, sequence(k, last), last, last);
}

static uint64_t
asked(const struct sigma_node *n, bool not, unsigned depth)
{
	uint64_t bits = 0;

	if (n->kind == SIGMA_ATOM)
		return not ? 0 : 1ull << n->atom->id;
	for (size_t i = 0; depth < 200 && i < n->kids; i++)
		bits |= asked(n->kid[i], not != (n->kind == SIGMA_NOT), depth + 1);
	return bits;
}

/*
 * With an expression: a part counts if those before it in the list that the expression asks for came before it.  So "a and
 * not b" says that b did not follow a.
 */
bool
order_holds(const struct key *k)
{
	const struct sigma_correlation *c = k->run->c;
	uint64_t want = asked(c->condition, false, 0), seen = 0;

	for (uint32_t i = k->from; i < k->n; i++) {
		uint64_t before = (1ull << k->item[i].part) - 1;

		if ((want & before & ~seen) == 0)
			seen |= 1ull << k->item[i].part;
	}
	return parts_hold(c, seen);
}

/* Whether a window may begin with this part. */
bool
order_begins(const struct sigma_correlation *c, uint32_t part)
{
	return (asked(c->condition, false, 0) & ((1ull << part) - 1)) == 0;
}
