/*
 * actor: the one process that changes the world (SECURITY.md section 3).  It is forked before the reader's cell closes, never
 * sees a record, and answers requests of wire.h: it plans in a dry run, and with `execute` does what is allowed, approved and
 * within the guards, journal first.
 *
 * The configuration is the caller's and must live as long as the actor runs (it is read after the fork).
 */
#ifndef IRPIPE_ACT_ACTOR_H
#define IRPIPE_ACT_ACTOR_H

#include <sys/types.h>

#include "lib/act/allow.h"
#include "lib/act/approve.h"
#include "lib/act/guard.h"
#include "lib/act/journal.h"
#include "lib/act/wire.h"
#include "lib/play/action.h"

struct act_config {
	const struct action_set *actions;
	const struct act_allow *allow;
	const struct act_votes *votes;
	const struct act_guard *guard;
	struct act_journal *journal;	/* NULL: none (dry run) */
	bool execute;
	bool fixed;			/* `now` is given; else the clock is read for each act */
	bool no_cell;
	struct stamp now;
};

/*
 * What ir-respond cannot run: an unknown capability or native, a free value in a program with a language.  *id: which action.
 */
bool act_actions_ok(const struct action_set *, struct slice *id, struct fault *) must_use;

struct act_actor {
	pid_t pid;
	int fd;
};
bool act_start(const struct act_config *, struct act_actor *, struct fault *) must_use;
/* Closes the socket and waits for its end. */
void act_stop(struct act_actor *);
/* Serves until the other side closes; for act_start and for tests. */
void act_serve(const struct act_config *, int fd);

#endif
