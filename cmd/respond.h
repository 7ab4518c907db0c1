/*
 * respond: what the files of ir-respond share: the request (allow file, keys, approvals, actions) and the actor.
 */
#ifndef IRPIPE_CMD_RESPOND_H
#define IRPIPE_CMD_RESPOND_H

#include "lib/act/actor.h"
#include "lib/event/shape.h"
#include "lib/tool/tool.h"
#include "lib/tool/wrap.h"

struct respond {
	struct tool t;
	bool execute;
	struct slice allow_file, keys_dir, approvals_file, never_file, journal_file, actions_dir, incident;
	enum act_verb verb;		/* 0: filter the stream */
	struct arena mem;
	struct action_set actions;
	struct act_allow allow;
	struct act_votes votes;
	struct act_guard guard;
	struct act_journal journal;
	struct act_config config;
	struct act_actor actor;
	uint64_t states[ACT_STATES];	/* results by state */
	struct shape_set *shapes;	/* of foreign lines */
	uint32_t *slots;
	struct event event;
};

/* Reads all files of the request; misuse ends with 2, a busy journal with 75, a damaged one with 4. */
void respond_load(struct respond *);
/* The stage. */
void respond_record(void *self, const struct record *, struct emit *);
/* Sends a request; calls `result` for each answer until the end of them.  Ends the program if the actor is gone. */
void respond_ask(struct respond *, const struct act_request *, void (*result)(void *self, struct slice at, struct slice json),
    void *self);
/* undo, tick, list, settle: results on stdout, then `end`. */
void respond_verb(struct respond *);
/* Appends a result record without \n. */
void respond_line(struct slice at, struct slice result, struct buf *out);

#endif
