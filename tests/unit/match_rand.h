/* match_rand: rules and events made from a seed, out of few words, so that many of them meet. */
#ifndef IRPIPE_TESTS_MATCH_RAND_H
#define IRPIPE_TESTS_MATCH_RAND_H

#include "tests/unit/json_rand.h"

void rnd_rule(struct rnd *, unsigned number, struct buf *);	/* one YAML document */
void rnd_event(struct rnd *, struct buf *);			/* one JSON object */

#endif
