/*
 * task (private to the room): one action in hand, its values and its result, from a request or from the journal.  All in the
 * actor's arena.
 */
#ifndef IRPIPE_ACT_TASK_H
#define IRPIPE_ACT_TASK_H

#include "lib/act/actor.h"

struct act_now {			/* the actor while it serves */
	const struct act_config *c;
	int fd;
	struct arena mem;		/* of one request */
	struct buf frame;
};
struct act_task {
	const struct action *a;
	const struct act_allow_row *row;	/* NULL in a dry run */
	struct play_arg arg[ACT_ARGS];
	size_t args;
	struct slice playbook, step;
	int64_t timeout_ms;
	struct act_result r;
};

enum act_there { THERE_NOT_ASKED, THERE_PRESENT, THERE_ABSENT, THERE_UNSURE };

struct stamp task_now(const struct act_now *);
/* Sets state and reason (constant words, or text of the arena); false, so that `return task_end(..)` reads well. */
bool task_end(struct act_task *, enum act_state, struct slice reason);
/* Values, canonical arguments, the words to show.  False: refused, with the reason. */
bool task_values(struct act_now *, struct act_task *, const struct play_arg *given, size_t n);
bool task_from_entry(struct act_now *, struct act_task *, const struct act_entry *);
/* The words of an argv (or of a native act) as they will be run, into r.argv. */
bool task_words(struct act_now *, struct act_task *, const struct action_argv *, const char *native);
/* The capabilities of an action; false: one that is not known. */
bool task_caps(const struct action *, uint64_t *caps);

/* Is it so?  Before and after an undo: is there anything left to undo? */
enum act_there task_check(struct act_now *, struct act_task *, bool undoing);
/* Runs setup and do, or undo.  False: state and reason tell. */
bool task_run(struct act_now *, struct act_task *);
bool task_undo(struct act_now *, struct act_task *);

/* Journal lines; the actor dies (the world failed) if one cannot be written. */
void task_intent(struct act_now *, struct act_task *, struct slice approval, bool prior, const struct stamp *until);
void task_result(struct act_now *, const struct act_task *, const char *what, enum act_state kept);
void task_undo_intent(struct act_now *, const struct act_task *);
/* A request that was refused before any intent. */
void task_refused(struct act_now *, const struct act_task *);
void task_answer(struct act_now *, const struct act_task *, struct slice at);

/* The verbs on the journal. */
void verb_undo(struct act_now *, struct slice id);
void verb_undo_incident(struct act_now *, struct slice incident);
void verb_tick(struct act_now *);
void verb_list(struct act_now *);
void verb_settle(struct act_now *, struct slice id, struct slice word);

#endif
