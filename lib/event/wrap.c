#include "lib/event/record.h"
#include "lib/event/shape.h"

void
event_wrap(const struct shape_set *set, const struct shape_options *o, const struct record *foreign, struct slice uri,
    uint32_t *slots, struct event *scratch, struct buf *out)
{
	struct stamp before = scratch->at;
	struct event_src src = {.uri = uri, .off = foreign->off, .rec = foreign->rec};

	event_reset(scratch);
	src.fmt = shape_fill(set, o, foreign->j, 0, slots, scratch);
	if (!scratch->timed)
		scratch->at = before;
	event_write(scratch, &src, foreign->line, out);
}
