#include "lib/base/map.h"

#include "lib/base/hash.h"

#include <stdlib.h>

enum { FIRST_PLACES = 16 };

/* The place where the key is, or the free one where it would go. */
static size_t
place(const struct map *m, struct slice key, uint64_t hash)
{
	size_t at = hash & (m->places - 1);

	for (; m->index[at]; at = (at + 1) & (m->places - 1)) {
		const struct map_row *r = &m->row[m->index[at] - 1];

		if (r->hash == hash && slice_eq(r->key, key))
			break;
	}
	return at;
}

struct map_row *
map_get(const struct map *m, struct slice key)
{
	size_t at;

	if (m->n == 0)
		return NULL;
	at = place(m, key, hash_slice(key));
	return m->index[at] ? &m->row[m->index[at] - 1] : NULL;
}

static void
spread(struct map *m, size_t places)
{
	free(m->index);
	m->index = mem_zero(places, sizeof *m->index);
	m->places = places;
	for (size_t i = 0; i < m->n; i++) {
		size_t at = m->row[i].hash & (places - 1);

		while (m->index[at])
			at = (at + 1) & (places - 1);
		m->index[at] = (uint32_t)(i + 1);
	}
}

struct map_row *
map_put(struct map *m, struct slice key, bool *made)
{
	uint64_t hash = hash_slice(key);
	size_t at;

	/* At most three of four places are taken. */
	if (m->n >= m->places / 4 * 3)
		spread(m, m->places ? m->places * 2 : FIRST_PLACES);
	at = place(m, key, hash);
	if (made)
		*made = m->index[at] == 0;
	if (m->index[at] == 0) {
		/* A row number has 32 bits: more rows is out of memory, and this size dies of it. */
		if (m->n >= UINT32_MAX - 1)
			m->row = mem_resize(m->row, SIZE_MAX, sizeof *m->row);
		m->row = mem_grow(m->row, &m->cap, m->n, sizeof *m->row);
		m->row[m->n] = (struct map_row){.key = arena_slice(&m->keys, key), .hash = hash};
		m->index[at] = (uint32_t)++m->n;
	}
	return &m->row[m->index[at] - 1];
}

void
map_reset(struct map *m)
{
	if (m->places)
		memset(m->index, 0, m->places * sizeof *m->index);
	m->n = 0;
	arena_reset(&m->keys);
}

void
map_free(struct map *m)
{
	free(m->row);
	free(m->index);
	arena_free(&m->keys);
	*m = (struct map){0};
}
