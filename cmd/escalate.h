/*
 * escalate (ir-escalate's own parts): the desk where alerts become incidents, and incidents plans.
 */
#ifndef IRPIPE_CMD_ESCALATE_H
#define IRPIPE_CMD_ESCALATE_H

#include "lib/event/shape.h"
#include "lib/incident/policy.h"
#include "lib/play/plan.h"
#include "lib/tool/tool.h"
#include "lib/tool/wrap.h"

struct plays {
	struct action_set actions;
	struct play_set set;
	struct arena mem;
};

struct position {		/* of a source, at a mark */
	uint64_t mark, off, rec;
};

struct desk {
	struct tool *t;
	struct map positions;
	struct arena kept;		/* theirs */
	uint64_t mark;
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
	uint64_t merged, undecided;
	struct stamp newest;		/* of the alerts */
	int64_t lateness;
	const struct policy *policy;
	bool live;
	struct plays plays;
	struct json *json;
	struct plan *plan;		/* of the incident at hand */
	size_t plan_n;
	uint64_t left_out;		/* steps that had no value or were beyond a limit */
};

/* The stage's hooks (lib/tool/tool.h). */
void desk_record(void *desk, const struct record *, struct emit *);
void desk_mark(struct tool *, void *desk, const struct record *, struct emit *);
void desk_idle(struct tool *, void *desk, struct emit *);
void desk_drain(struct tool *, void *desk, struct emit *);

/* Tells every incident that is at least so dirty: records into the outbox, one commit, then out. */
void desk_tell(struct desk *, enum dirty, struct emit *);

/* Playbooks and actions: of the files and folders, else compiled in.  A fault ends with status 2 and file:line:column. */
void plays_load(struct tool *, struct plays *, const struct opt_list *from, bool with_builtin);
/* Chooses the incident's playbook and makes its plan, once; what its record says of it. */
void desk_plan(struct desk *, struct incident_more *);
/* Playbook and tasks of the incident as they stand, with what people did of them. */
void desk_duties(struct desk *, struct incident_more *);
void desk_plan_out(struct desk *);
/* The moment from which due times run: --now, else the newest alert. */
struct stamp desk_base(const struct desk *, const struct incident *);

/* Is the first argument a verb?  Runs it and returns its status, else -1; a verb that is not here ends with status 2. */
int verb_run(int argc, char *argv[]);

/* "FILE: what: near", status 4. */
_Noreturn void desk_die(struct desk *, const struct fault *);

#endif
