/*
 * json_rand: documents made from a seed, well-formed and damaged, for the tests that hold one reader against another.
 */
#ifndef IRPIPE_TESTS_JSON_RAND_H
#define IRPIPE_TESTS_JSON_RAND_H

#include "lib/base/buf.h"

struct rnd {
	uint64_t state;
};

uint32_t rnd(struct rnd *, uint32_t below);		/* 0 .. below - 1 */
/* One valid document without newlines, blanks between tokens at times. */
void rnd_document(struct rnd *, struct buf *);
/* Changes, drops or adds a few bytes, favouring those that mean something to JSON. */
void rnd_damage(struct rnd *, struct buf *);

#endif
