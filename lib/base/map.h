/*
 * map: bytes -> 64-bit value, open addressing, keyed hash.  Keys are copied into the map's arena and live as long as it.
 * {0} is empty.  Iteration is in insertion order, so output never depends on the hash.
 */
#ifndef IRPIPE_BASE_MAP_H
#define IRPIPE_BASE_MAP_H

#include "lib/base/mem.h"

struct map_row {
	struct slice key;
	uint64_t hash;
	union {
		uint64_t u;
		int64_t i;
		void *p;
	} v;
};

struct map {
	struct map_row *row;	/* row[0..n): insertion order */
	size_t n, cap;
	uint32_t *index;	/* place -> row + 1; 0 is free */
	size_t places;
	struct arena keys;
};

/* The row of key, or NULL. */
struct map_row *map_get(const struct map *, struct slice key);
/* The row of key, made with v = 0 if there was none (*made says so; may be NULL).  Rows move when the map grows. */
struct map_row *map_put(struct map *, struct slice key, bool *made);
void map_reset(struct map *);
void map_free(struct map *);

#endif
