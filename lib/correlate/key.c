/* Keys: one for each correlation and group of values; bounded in bytes, the longest idle is forgotten first. */
#include "lib/correlate/priv.h"

#include <stdlib.h>

#include "lib/base/hash.h"

enum { PLACES = 1024 };

/* What malloc really takes: its own word, and steps of 16. */
size_t
room_of(size_t n)
{
	return n + 8 < 32 ? 32 : (n + 8 + 15) / 16 * 16;
}

int64_t
key_end(const struct key *k)
{
	return k->run->c->span == SIGMA_NEVER_ENDS ? INT64_MAX : k->mark + k->run->c->span;
}

static void
grow(struct correlate *c)
{
	size_t n = c->places ? c->places * 2 : PLACES;
	struct key **place = mem_zero(n, sizeof(struct key *));

	for (size_t i = 0; i < c->places; i++)
		for (struct key *k = c->place[i], *next; k; k = next) {
			next = k->chain;
			k->chain = place[k->hash & (n - 1)];
			place[k->hash & (n - 1)] = k;
		}
	free(c->place);
	c->key_bytes += (n - c->places) * sizeof(struct key *);
	c->place = place;
	c->places = n;
}

static void
unlist(struct key *k)
{
	struct run *r = k->run;

	if (k->older)
		k->older->newer = k->newer;
	else
		r->oldest = k->newer;
	if (k->newer)
		k->newer->older = k->older;
	else
		r->newest = k->older;
}

void
key_touch(struct key *k, int64_t mark)
{
	struct run *r = k->run;

	k->mark = mark;
	if (r->newest == k)
		return;
	unlist(k);
	k->older = r->newest;
	k->newer = NULL;
	r->newest->newer = k;
	r->newest = k;
}

void
key_resize(struct correlate *c, struct key *k, size_t was, size_t is)
{
	c->key_bytes = c->key_bytes - was + is;
	k->size = k->size - was + is;
}

struct key *
key_get(struct correlate *c, struct run *r, struct slice text, bool make)
{
	uint64_t hash = hash_slice(text) + r->c->index * 0x9e3779b97f4a7c15u;
	struct key *k;
	size_t size = sizeof *k + text.n;

	for (k = c->places ? c->place[hash & (c->places - 1)] : NULL; k; k = k->chain)
		if (k->hash == hash && k->run == r && slice_eq(slice_of(k->text, k->text_n), text))
			return k;
	if (!make)
		return NULL;
	if (c->keys >= c->places)
		grow(c);
	k = mem_alloc(size);
	*k = (struct key){.hash = hash, .run = r, .text_n = (uint32_t)text.n, .older = r->newest,
	    .chain = c->place[hash & (c->places - 1)]};
	if (text.n)
		memcpy(k->text, text.p, text.n);
	c->place[hash & (c->places - 1)] = k;
	if (r->newest)
		r->newest->newer = k;
	else
		r->oldest = k;
	r->newest = k;
	c->keys++;
	key_resize(c, k, 0, room_of(size));
	return k;
}

void
key_drop(struct correlate *c, struct key *k)
{
	struct key **at = &c->place[k->hash & (c->places - 1)];

	while (*at != k)
		at = &(*at)->chain;
	*at = k->chain;
	unlist(k);
	c->keys--;
	c->key_bytes -= k->size;
	pick_drop(c, k->last);
	free(k->item);
	free(k->sorted);
	free(k->spike);
	free(k);
}

static struct key *
longest_idle(struct correlate *c, const struct key *but)
{
	struct key *found = NULL;

	for (size_t i = 0; i < c->runs; i++) {
		struct key *k = c->run[i].oldest;

		if (k == but && k)
			k = k->newer;
		if (k && (found == NULL || k->mark < found->mark))
			found = k;
	}
	return found;
}

/* A key whose span is over has nothing to lose, unless its window is still to be decided. */
void
keys_bound(struct correlate *c, const struct key *but, int64_t now)
{
	while (c->key_bytes + c->waiting_bytes > c->memory) {
		struct key *k = longest_idle(c, but);

		if (k == NULL)
			return;
		c->counts.evicted += k->run->windowed || key_end(k) >= now;
		key_drop(c, k);
	}
}
