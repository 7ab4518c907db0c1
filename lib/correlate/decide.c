/*
 * One event of one correlation, in order of time: what it adds to its key, and whether the condition is now true that was
 * not true before.
 */
#include "lib/correlate/priv.h"

#include <stdlib.h>

#include "lib/base/num.h"
#include "lib/port/digest.h"

#define GROUP_SLOT 0x80000000u		/* group value i of the correlation that was heard */

bool
bounds_hold(const struct sigma_correlation *c, double v)
{
	for (size_t i = 0; i < c->bounds; i++) {
		double n = c->bound[i].number;
		bool same = v >= n && v <= n, ok;

		switch (c->bound[i].op) {
		case '<': ok = v < n; break;
		case '{': ok = v <= n; break;
		case '>': ok = v > n; break;
		case '}': ok = v >= n; break;
		case '=': ok = same; break;
		default: ok = !same; break;
		}
		if (!ok)
			return false;
	}
	return true;
}

/* Depth was bounded when the rule was taken. */
static bool
expression(const struct sigma_node *n, uint64_t present)
{
	size_t i;

	switch (n->kind) {
	case SIGMA_ATOM:
		return present >> n->atom->id & 1;
	case SIGMA_NOT:
		return !expression(n->kid[0], present);
	case SIGMA_ALL:
		for (i = 0; i < n->kids && expression(n->kid[i], present); i++)
			continue;
		return i == n->kids;
	case SIGMA_ANY:
		for (i = 0; i < n->kids && !expression(n->kid[i], present); i++)
			continue;
		return i < n->kids;
	default:
		return false;
	}
}

bool
parts_hold(const struct sigma_correlation *c, uint64_t present)
{
	int n = __builtin_popcountll(present);

	if (c->condition)
		return expression(c->condition, present);
	return c->bounds ? bounds_hold(c, n) : (size_t)n == c->parts;
}

static bool
holds(const struct key *k)
{
	const struct sigma_correlation *c = k->run->c;
	uint64_t present = 0;

	if (k->from == k->n && k->count == 0)
		return false;
	if (c->type == SIGMA_TEMPORAL_ORDERED)
		return order_holds(k);
	if (c->type != SIGMA_TEMPORAL)
		return (k->run->windowed || k->n > k->from) && bounds_hold(c, items_value(k));
	for (uint32_t i = k->from; i < k->n; i++)
		present |= 1ull << k->item[i].part;
	return parts_hold(c, present);
}

/* ---- the key and the item of an event ------------------------------------------------------------------------------- */

static bool
value_of(const struct sigma_key *key, const struct entry *e, struct slice *v)
{
	if (key->over[e->part] && pick_value(e->pick, GROUP_SLOT | (uint32_t)(key->over[e->part] - 1), v))
		return true;
	return pick_value(e->pick, key->slot[e->part], v);
}

static void
put_part(struct buf *b, struct slice v)
{
	uint32_t n = (uint32_t)v.n;

	buf_add(b, &n, sizeof n);
	buf_slice_add(b, v);
}

/* Values of all names, each with its length; false: one is absent. */
static bool
tuple(const struct sigma_key *keys, size_t n, const struct entry *e, struct buf *out)
{
	struct slice v;

	for (size_t i = 0; i < n; i++) {
		if (!value_of(&keys[i], e, &v))
			return false;
		put_part(out, v);
	}
	return true;
}

/* Short values stand for themselves, long ones by their SHA-256. */
static bool
digest(struct slice s, uint8_t out[VALUE_BYTES])
{
	struct sha256 sum;

	memset(out, 0, VALUE_BYTES);
	if (s.n < VALUE_BYTES) {
		out[0] = (uint8_t)s.n;
		if (s.n)
			memcpy(out + 1, s.p, s.n);
		return true;
	}
	if (!digest_sha256(&s, 1, &sum))
		return false;
	out[0] = 0xff;
	memcpy(out + 1, sum.b, VALUE_BYTES - 1);
	return true;
}

static bool
item_of(const struct sigma_correlation *c, const struct entry *e, struct item *it, struct buf *b)
{
	struct slice v;

	*it = (struct item){.at = e->at, .id = e->pick->id, .part = (uint8_t)e->part};
	if (c->type == SIGMA_VALUE_COUNT) {
		buf_reset(b);
		return tuple(c->field, c->fields, e, b) && digest(c->fields == 1 ? slice_from(buf_slice(b), 4) : buf_slice(b),
		    it->value);
	}
	if (c->fields && c->type >= SIGMA_VALUE_SUM && c->type <= SIGMA_VALUE_MEDIAN)
		return value_of(&c->field[0], e, &v) && num_f64(slice_trim(v), &it->number);
	return true;
}

/* ---- what was decided ----------------------------------------------------------------------------------------------- */

/* An alert is an event for those that hear the correlation: the event that it carries, and the values of its group. */
static void
tell_above(struct correlate *c, struct key *k, struct pick *p, int64_t at)
{
	struct run *r = k->run;
	struct buf values = {0};
	struct slice rest = slice_of(k->text, k->text_n);
	struct pick *own;

	if (r->aboves == 0)
		return;
	for (uint32_t i = 0; rest.n; i++) {
		uint32_t slot = GROUP_SLOT | i, n;

		memcpy(&n, rest.p, sizeof n);
		buf_add(&values, &slot, sizeof slot);
		buf_add(&values, rest.p, sizeof n + n);
		rest = slice_from(rest, sizeof n + n);
	}
	for (size_t i = 0; i < p->values_n;) {
		uint32_t head[2];

		memcpy(head, p->values + i, sizeof head);
		if (!(head[0] & GROUP_SLOT))
			buf_add(&values, p->values + i, sizeof head + head[1]);
		i += sizeof head + head[1];
	}
	own = pick_make(at, &p->id, buf_slice(&values), slice_of(p->mutes, p->mutes_n), p->line);
	c->waiting_bytes += own->size;
	for (size_t i = 0; i < r->aboves; i++) {
		struct entry e = {at, r->above[i]->c->depth, r->above_part[i], r->above[i]->c->index, own};

		pick_hold(own);
		queue_add(c, &e);
	}
	pick_drop(c, own);
	buf_free(&values);
}

void
decided_add(struct correlate *c, struct key *k, struct pick *p, const struct item *items, size_t n, double value)
{
	const struct sigma_correlation *s = k->run->c;
	struct decided *d;
	/* A window that closes speaks when it closes, not when its last event was. */
	uint32_t by = 0;
	bool muted = pick_muted(p, s->index, &by), ends = k->run->windowed || s->type == SIGMA_SILENCE;
	int64_t at = ends && key_end(k) != INT64_MAX ? key_end(k) : p->at;

	if (muted || !s->about->mute) {
		c->out = mem_grow(c->out, &c->out_cap, c->out_n, sizeof *c->out);
		d = &c->out[c->out_n++];
		*d = (struct decided){.run = k->run, .pick = p, .count = k->run->windowed ? k->count : n, .value = value,
		    .first = n ? items[0].at : p->at, .last = n ? items[n - 1].at : p->at, .muted = muted, .by = by};
		if (k->run->windowed && p->at > d->last)
			d->last = p->at;
		d->ids = n < EVENTS_MAX ? n : EVENTS_MAX;
		d->id = mem_zero(d->ids + 1, sizeof *d->id);
		for (size_t i = 0; i < d->ids; i++)
			d->id[i] = items[n - d->ids + i].id;
		buf_add(&d->group, k->text, k->text_n);
		pick_hold(p);
	}
	if (!muted)
		tell_above(c, k, p, at);
}

/* ---- kinds ---------------------------------------------------------------------------------------------------------- */

static void
remember_last(struct correlate *c, struct key *k, struct pick *p)
{
	pick_hold(p);
	pick_drop(c, k->last);
	k->last = p;
}

static void
sliding(struct correlate *c, struct key *k, const struct item *it, struct pick *p)
{
	const struct sigma_correlation *s = k->run->c;
	bool held;

	if (s->span != SIGMA_NEVER_ENDS)
		items_expire(c, k, it->at - s->span);
	held = holds(k);
	items_add(c, k, it, s->type == SIGMA_VALUE_COUNT, s->type == SIGMA_TEMPORAL);
	if (!held && holds(k))
		decided_add(c, k, p, k->item + k->from, k->n - k->from, s->type == SIGMA_TEMPORAL ? k->n - k->from :
		    items_value(k));
}

/* Intervals lie at multiples of the span; the mean is that of the last 24 since the key was first seen, three at least. */
static void
spike(struct correlate *c, struct key *k, const struct item *it, struct pick *p)
{
	const struct sigma_correlation *s = k->run->c;
	int64_t interval = it->at / s->span - (it->at < 0);
	struct spike *x = k->spike;
	double sum = 0;
	uint64_t n;

	if (x == NULL) {
		x = k->spike = mem_zero(1, sizeof *x);
		x->interval = interval;
		key_resize(c, k, 0, room_of(sizeof *x));
	}
	for (int steps = 0; x->interval < interval; steps++) {
		if (steps > HISTORY) {
			x->seen += (uint64_t)(interval - x->interval);
			x->interval = interval;
			break;
		}
		x->past[x->seen++ % HISTORY] = (uint32_t)(x->now < UINT32_MAX ? x->now : UINT32_MAX);
		x->now = 0;
		x->told = false;
		x->interval++;
	}
	x->now++;
	n = x->seen < HISTORY ? x->seen : HISTORY;
	for (uint64_t i = 0; i < n; i++)
		sum += x->past[i];
	if (x->told || n < 3 || !bounds_hold(s, (double)x->now) || (double)x->now <= s->factor * sum / (double)n)
		return;
	x->told = true;
	decided_add(c, k, p, it, 1, (double)x->now);
}

static void
windowed(struct correlate *c, struct key *k, const struct item *it, struct pick *p)
{
	const struct sigma_correlation *s = k->run->c;

	items_add(c, k, it, s->type == SIGMA_VALUE_COUNT, s->type == SIGMA_TEMPORAL);
	remember_last(c, k, p);
}

void
decide_close(struct correlate *c, struct key *k)
{
	if (k->run->c->type == SIGMA_SILENCE) {
		const struct item it = {.at = k->mark, .id = k->last->id};

		decided_add(c, k, k->last, &it, 1, (double)k->count);
	} else if (holds(k)) {
		decided_add(c, k, k->last, k->item + k->from, k->n - k->from, items_value(k));
	}
	key_drop(c, k);
}

static bool
known(const struct sigma_correlation *s, const struct key *k)
{
	struct slice v = slice_from(slice_of(k->text, k->text_n), 4);

	return s->known && map_get(s->known, s->groups == 1 ? v : slice_of(k->text, k->text_n)) != NULL;
}

static void
first_seen(struct correlate *c, struct key *k, const struct item *it, struct pick *p)
{
	if (k->count++ == 0 && !known(k->run->c, k))
		decided_add(c, k, p, it, 1, 1);
}

static void
by_type(struct correlate *c, struct key *k, const struct item *it, struct pick *p)
{
	switch (k->run->c->type) {
	case SIGMA_FIRST_SEEN:
		first_seen(c, k, it, p);
		break;
	case SIGMA_SPIKE:
		spike(c, k, it, p);
		break;
	case SIGMA_SILENCE:
		k->count++;
		remember_last(c, k, p);
		break;
	case SIGMA_TEMPORAL_ORDERED:
		if (!k->run->windowed) {
			decide_ordered(c, k, it, p);
			break;
		}
		/* fallthrough */
	default:
		if (k->run->windowed)
			windowed(c, k, it, p);
		else
			sliding(c, k, it, p);
	}
}

/* Keys that were idle for their whole span are empty: a few at a time, so that no event pays for many. */
static void
sweep(struct correlate *c, struct run *r, int64_t now)
{
	if (r->windowed || r->c->type >= SIGMA_FIRST_SEEN)
		return;
	for (int i = 0; i < 4 && r->oldest && key_end(r->oldest) < now; i++)
		key_drop(c, r->oldest);
}

void
decide(struct correlate *c, const struct entry *e)
{
	struct run *r = &c->run[e->index];
	struct buf b = {0};
	struct item it;
	struct key *k;

	sweep(c, r, e->at);
	if (!tuple(r->c->group, r->c->groups, e, &b)) {
		c->counts.ungrouped++;
		goto out;
	}
	k = key_get(c, r, buf_slice(&b), false);
	if (!item_of(r->c, e, &it, &b)) {
		c->counts.unvalued++;
		goto out;
	}
	if (k == NULL && r->windowed && r->c->type == SIGMA_TEMPORAL_ORDERED && !order_begins(r->c, e->part))
		goto out;
	c->counts.heard++;
	if (k == NULL) {
		buf_reset(&b);
		if (!tuple(r->c->group, r->c->groups, e, &b))
			goto out;
		k = key_get(c, r, buf_slice(&b), true);
		k->mark = e->at;
	} else if (!r->windowed) {
		key_touch(k, e->at);
	}
	by_type(c, k, &it, e->pick);
	keys_bound(c, k, e->at);
out:
	buf_free(&b);
}
