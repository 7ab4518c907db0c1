#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/json/priv.h"

#include <stdlib.h>

/*
 * A trie of paths.  Its edges lie in one open hash table under (place, name).  Since a member may be called "a.b", each
 * path also has the edges that join its steps: any member costs one look-up, with dots or without.
 */
enum { JOIN_MAX = 16 };			/* steps that one member's name may join */

struct edge {
	uint64_t head, tail;		/* first and last bytes of the name: all of it up to 16 */
	const char *name;
	uint32_t n;
	uint32_t from, to;		/* places; `to` is 0 in a free edge: nothing leads to the root */
};

struct place {
	uint32_t slot;			/* JSON_NONE: no path ends here */
	bool inner;			/* edges leave it */
};

struct json_paths {
	struct place *place;
	size_t places, place_cap;
	struct edge *edge;
	size_t edges, mask;
	uint32_t slots;
	size_t longest;			/* name of an edge */
	struct arena names;
};

static inline size_t
hash(uint64_t head, uint64_t tail, size_t n, uint32_t from)
{
	uint64_t h = (head ^ (uint64_t)from << 32 ^ n) * 0x9e3779b97f4a7c15u;

	h ^= h >> 29;
	h = (h ^ tail) * 0xbf58476d1ce4e5b9u;
	return (size_t)(h ^ h >> 32);
}

/* Its edge, or the free one where it belongs. */
static inline struct edge *
find(const struct json_paths *s, uint32_t from, struct slice name)
{
	uint64_t head, tail;
	size_t i;

	json_ends(name.p, name.n, &head, &tail);
	for (i = hash(head, tail, name.n, from) & s->mask;; i = (i + 1) & s->mask) {
		struct edge *e = &s->edge[i];

		if (e->to == 0)
			return e;
		if (e->head == head && e->tail == tail && e->n == name.n && e->from == from &&
		    (name.n <= 16 || memcmp(e->name, name.p, name.n) == 0))
			return e;
	}
}

static uint32_t
place_new(struct json_paths *s)
{
	s->place = mem_grow(s->place, &s->place_cap, s->places, sizeof *s->place);
	s->place[s->places] = (struct place){.slot = JSON_NONE};
	return (uint32_t)s->places++;
}

struct json_paths *
json_paths_new(void)
{
	struct json_paths *s = mem_zero(1, sizeof *s);

	s->mask = 63;
	s->edge = mem_zero(s->mask + 1, sizeof *s->edge);
	place_new(s);
	return s;
}

static void
grow(struct json_paths *s)
{
	struct edge *old = s->edge;
	size_t n = s->mask + 1;

	s->mask = n * 2 - 1;
	s->edge = mem_zero(n * 2, sizeof *s->edge);
	for (size_t i = 0; i < n; i++)
		if (old[i].to)
			*find(s, old[i].from, slice_of(old[i].name, old[i].n)) = old[i];
	free(old);
}

/* The place behind `from` by `name`; `to` is where a new edge leads, 0 for a new place. */
static uint32_t
connect(struct json_paths *s, uint32_t from, struct slice name, uint32_t to)
{
	struct edge *e = find(s, from, name);

	if (e->to)
		return e->to;
	if (s->edges >= s->mask / 4) {
		grow(s);
		e = find(s, from, name);
	}
	s->place[from].inner = true;
	*e = (struct edge){.name = arena_dup(&s->names, name.p, name.n), .n = (uint32_t)name.n, .from = from,
	    .to = to ? to : place_new(s)};
	json_ends(name.p, name.n, &e->head, &e->tail);
	s->edges++;
	if (name.n > s->longest)
		s->longest = name.n;
	return e->to;
}

/* Places of the last JOIN_MAX steps: from each of them the steps up to here may be one name. */
struct steps {
	uint32_t place[JOIN_MAX];
	const char *start[JOIN_MAX];
	size_t n;
};

static void
remember(struct steps *t, uint32_t place, const char *start)
{
	t->place[t->n % JOIN_MAX] = place;
	t->start[t->n % JOIN_MAX] = start;
	t->n++;
}

uint32_t
json_paths_add(struct json_paths *s, struct slice path)
{
	struct slice rest = path;
	struct steps t = {0};
	uint32_t at = 0;

	while (rest.p) {
		struct slice step = slice_cut(&rest, '.');
		const char *end = step.p + step.n;

		remember(&t, at, step.p);
		at = connect(s, at, step, 0);
		for (size_t i = t.n > JOIN_MAX ? t.n - JOIN_MAX : 0; i + 1 < t.n; i++) {
			const char *from = t.start[i % JOIN_MAX];

			connect(s, t.place[i % JOIN_MAX], slice_of(from, (size_t)(end - from)), at);
		}
	}
	if (s->place[at].slot == JSON_NONE)
		s->place[at].slot = s->slots++;
	return s->place[at].slot;
}

uint32_t
json_paths_count(const struct json_paths *s)
{
	return s->slots;
}

/* The table is at most a quarter full by now, and no more is to be done: a set is ready at any time. */
void
json_paths_done(struct json_paths *s)
{
	(void)s;
}

void
json_paths_free(struct json_paths *s)
{
	if (s == NULL)
		return;
	arena_free(&s->names);
	free(s->place);
	free(s->edge);
	free(s);
}

/* A name with escapes is decoded; one that cannot become short enough is no path's. */
static uint32_t
follow_escaped(const struct json *j, const struct json_paths *s, uint32_t from, uint32_t key)
{
	struct slice raw = json_inner(j, key);
	struct buf text = {0};
	uint32_t to;

	if (raw.n / 6 > s->longest)
		return 0;
	json_text_add(j, key, &text);
	to = find(s, from, buf_slice(&text))->to;
	buf_free(&text);
	return to;
}

static inline uint32_t
follow(const struct json *j, const struct json_paths *s, uint32_t from, uint32_t key)
{
	if (__builtin_expect(j->node[key].escaped, 0))
		return follow_escaped(j, s, from, key);
	return find(s, from, json_inner(j, key))->to;
}

/* One walk over the tape; objects that no path enters are passed by their `next`. */
void
json_pick(const struct json *j, const struct json_paths *s, uint32_t object, uint32_t *slot)
{
	__attribute__((uninitialized)) struct { uint32_t end, place; } up[JSON_DEPTH_MAX];
	uint32_t depth = 0, at = 0, k = object + 1, end = j->node[object].next;

	memset(slot, 0xff, s->slots * sizeof *slot);
	if (json_type(j, object) != JSON_OBJECT)
		return;
	for (;;) {
		uint32_t to, v;

		while (k == end) {
			if (depth-- == 0)
				return;
			end = up[depth].end;
			at = up[depth].place;
		}
		v = k + 1;
		to = follow(j, s, at, k);
		k = j->node[v].next;
		if (to == 0)
			continue;
		if (s->place[to].slot != JSON_NONE && slot[s->place[to].slot] == JSON_NONE)
			slot[s->place[to].slot] = v;
		if (s->place[to].inner && j->node[v].type == JSON_OBJECT) {
			up[depth].end = end;
			up[depth++].place = at;
			end = k;
			at = to;
			k = v + 1;
		}
	}
}
