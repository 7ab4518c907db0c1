/*
 * plan: what a playbook does about one incident: its steps in order, expanded, with exact arguments (RESPONSE.md section 6).
 *
 * Ownership: everything lives in the arena given to plan_make.
 */
#ifndef IRPIPE_PLAY_PLAN_H
#define IRPIPE_PLAY_PLAN_H

#include "lib/play/play.h"

struct plan_step {
	char action[32];		/* XXH3-128 of key and incident: ir.action.id */
	struct slice id;		/* the step's; in a loop with /N behind it */
	const struct play_step *step;
	const struct play_step *approve;	/* NULL: none needed */
	struct slice name;		/* "net.block-ip"; manual, notify, wait, undo for the other kinds */
	struct play_arg *arg;
	size_t args;
	struct slice key, undo, owner;
	int64_t timeout;
	bool check;
	struct slice playbook;		/* of a called one; empty: the plan's */
	struct slice due;		/* stamp text; empty: none */
};
struct plan {
	const struct play *play;
	struct slice per;		/* "" or the entity it is for */
	struct plan_step *step;
	size_t steps;
	uint64_t left_out;		/* values beyond max or of a wrong form */
};

struct play_set {
	const struct play **v;		/* sorted by id */
	size_t n;
};
/* The playbook whose trigger fits best: most keys, then the id; NULL: none. */
const struct play *play_choose(const struct play_set *, const struct incident *);
bool play_add(struct play_set *, const struct play *, struct arena *) must_use;	/* false: the id is taken */
const struct play *play_find(const struct play_set *, struct slice id);

/* What a playbook runs once for: the k-th entity, or the incident itself ("").  False: no more. */
bool plan_per(const struct play *, const struct incident *, size_t k, struct slice *per);
/* base: the moment from which due times run. */
void plan_make(const struct play *, const struct incident *, struct slice per, struct stamp base, struct arena *, struct plan *);
/* The action record, without \n.  order from 1. */
void plan_write(const struct plan *, const struct incident *, size_t order, struct stamp at, struct buf *out);

#endif
