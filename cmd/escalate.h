/*
 * escalate (ir-escalate's own parts): the desk where alerts become incidents, and incidents plans.
 */
#ifndef IRPIPE_CMD_ESCALATE_H
#define IRPIPE_CMD_ESCALATE_H

#include "lib/event/shape.h"
#include "lib/incident/story.h"
#include "lib/tool/tool.h"

struct desk {
	struct tool *t;
	struct store *store;
	struct story *story;
	struct cue_paths *paths;
	struct shape_set *shapes;
	uint32_t *slots;
	struct event event;		/* of a foreign record that is wrapped */
	struct cue alert;
	struct incident incident;
	struct arena mem;		/* of one incident */
	struct buf line;
	struct map folded;		/* incidents of this run's input that will be made again */
	struct slice *ids;		/* of alerts */
	uint64_t merged;
	bool resend;			/* actions without a result go out again in this run */
};

/* The stage's hooks (lib/tool/tool.h). */
void desk_record(void *desk, const struct record *, struct emit *);
void desk_mark(struct tool *, void *desk, const struct record *, struct emit *);
void desk_drain(struct tool *, void *desk, struct emit *);

/* Tells every incident that is at least so dirty: records into the outbox, one commit, then out. */
void desk_tell(struct desk *, enum dirty, struct emit *);

/* "FILE: what: near", status 4. */
_Noreturn void desk_die(struct desk *, const struct fault *);

#endif
