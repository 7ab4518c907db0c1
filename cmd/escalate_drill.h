/*
 * escalate_drill (ir-escalate's own): one drill while it runs, and its score.
 */
#ifndef IRPIPE_CMD_ESCALATE_DRILL_H
#define IRPIPE_CMD_ESCALATE_DRILL_H

#include "cmd/escalate_act.h"
#include "lib/port/yaml.h"

struct drill {
	struct verb_context v;
	struct slice file;
	const struct yaml *y;
	struct arena mem;
	struct stamp start;
	struct plan plan;
	const struct play *play;
	uint64_t points, of, refused;
	struct json_out o;
	struct buf rows, report;
};

/* The text of a member; empty if it is not there. */
struct slice drill_text(const struct yaml *, const char *key);
/* The moment of a value that people set; false: it is not there. */
bool drill_when(struct drill *, const char *head, struct slice name, struct stamp *);
/* JSON, or the training report. */
void drill_score(struct drill *, bool markdown, struct buf *out);

#endif
