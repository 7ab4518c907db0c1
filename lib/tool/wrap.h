/* wrap: foreign records in the stream of a stage (DECISIONS.md 4, 7).  The stage keeps the shapes until tool_each ends. */
#ifndef IRPIPE_TOOL_WRAP_H
#define IRPIPE_TOOL_WRAP_H

#include "lib/event/shape.h"
#include "lib/tool/tool.h"

struct wraps {
	const struct shape_set *shapes;
	struct shape_options shape;
	bool before;			/* look for the time of the record before: each untimed line is read once more */
};

/*
 * In record() of a stage with `wraps`: appends the line (with \n) that ir-ingest would write for a foreign record.  One without a
 * time has that of the record before it in the stream, 1970 if none had one or `before` is false.
 */
void emit_wrap(struct emit *, const struct record *foreign, uint32_t *slots, struct event *scratch, struct buf *out);

#endif
