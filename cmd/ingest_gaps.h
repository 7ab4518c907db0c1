/*
 * ingest_gaps: what is missing between the records (--gaps).  gaps_see in any worker, the rest in order.
 */
#ifndef IRPIPE_CMD_INGEST_GAPS_H
#define IRPIPE_CMD_INGEST_GAPS_H

#include "lib/event/event.h"
#include "lib/tool/stream.h"

struct gaps;
struct gaps *gaps_new(void) must_use;
void gaps_free(struct gaps *);
/* Takes down what one event tells of numbers and times. */
void gaps_see(struct event *, struct slice format, struct slice uri, struct buf *facts);
void gaps_take(struct gaps *, struct slice uri, struct slice facts);
/* Notes for what is known by now; at the end, for holes and silences too.  No job is out. */
void gaps_tell(struct gaps *, struct tool *, bool end);

#endif
