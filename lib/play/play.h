/*
 * play: a playbook (RESPONSE.md section 6), read with every check that its text allows.
 *
 * Ownership: everything lives in the arena given to play_read; read-only afterwards.  Actions belong to the set.
 */
#ifndef IRPIPE_PLAY_PLAY_H
#define IRPIPE_PLAY_PLAY_H

#include "lib/play/action.h"
#include "lib/play/cond.h"

enum play_stage { STAGE_PREPARATION, STAGE_IDENTIFICATION, STAGE_CONTAINMENT, STAGE_ERADICATION, STAGE_RECOVERY,
    STAGE_LESSONS, STAGE_COUNT };
extern const struct slice play_stage_name[STAGE_COUNT];

enum play_kind { PLAY_RUN, PLAY_NOTIFY, PLAY_APPROVE, PLAY_MANUAL, PLAY_WAIT, PLAY_SET, PLAY_IF, PLAY_FOREACH, PLAY_PARALLEL,
    PLAY_CALL, PLAY_KINDS };

struct play_pair {
	struct slice name, value;
	uint32_t line, column;
};
struct play_var {
	struct slice name;
	enum play_type type;
	bool external, list;
	enum entity_type from;		/* ENTITY_COUNT: a fixed value */
	struct slice value;
	uint32_t line;
};
/* Steps are flat, in the order of the text; what lies inside a step follows it up to `end`. */
struct play_step {
	struct slice id, react;
	enum play_stage stage;
	enum play_kind kind;
	uint32_t line, column;
	const struct yaml *y;		/* where faults are looked up */
	size_t parent, end;		/* parent: its number + 1; 0: none */
	bool otherwise;			/* stands in `else` of its parent */
	size_t branch;			/* of a parallel parent: which list */
	struct slice *after, *by;	/* by: roles (approve), one (manual) */
	size_t afters, bys;
	int64_t timeout, within, valid, due, pause, ttl;	/* seconds; -1: not given */
	struct slice on_failure, on_timeout;
	bool final;
	const struct action *action;	/* run */
	struct play_pair *pair;		/* run: args; set: variables */
	size_t pairs;
	struct slice key, undo;		/* undo: as written: auto, "manual: ...", "none: ..." */
	struct slice undo_of;		/* run: {undo: STEP} */
	struct slice callee_id;		/* call */
	const struct play *callee;	/* set by play_link */
	struct play_pair *out;		/* run: what its result gives to which variable */
	size_t outs;
	int64_t retry_delay, every;	/* seconds; -1: not given */
	bool backoff;
	uint64_t code[16];		/* exits after which it is tried again */
	size_t codes;
	uint64_t retries, need, max;	/* approve: need; foreach: max */
	struct slice to, template, text;	/* notify; manual: do; wait: until, as written */
	struct slice var, in;		/* foreach */
	struct cond cond;		/* if */
};
struct play {
	struct slice id, owner, version;
	int tlp;
	enum entity_type per;		/* ENTITY_COUNT: the incident */
	struct slice title, file;	/* file: the caller's, for faults */
	uint32_t owner_line;
	uint64_t per_hour, per_incident;
	struct cond trigger;
	struct play_var *var;
	size_t vars;
	struct play_step *step;
	size_t steps;
	struct slice bytes;
	char sha[64];
};

enum { PLAY_STEPS = 500, PLAY_VARS = 100, PLAY_DEPTH = 8, PLAY_EACH = 1000 };

bool play_read(struct slice text, const struct action_set *, struct arena *, struct play *, struct fault *) must_use;
/*
 * Finds the playbooks that calls name; checks their arguments, that no call leads back, and depth (8).  False: a fault in *at.
 */
struct play_set;
bool play_link(const struct play_set *, const struct play **at, struct fault *) must_use;
const struct play_var *play_var_find(const struct play *, struct slice name);
/* Its number + 1; 0: none. */
size_t play_step_find(const struct play *, struct slice id);

/* private: */
struct yaml;
bool play_read_steps(const struct yaml *list, const struct action_set *, struct arena *, struct play *, struct fault *) must_use;
bool play_check(const struct play *, struct fault *) must_use;
/* Is it a role or an audience, and may it see this label? */
bool play_audience(struct slice to, int tlp);
bool play_lint(const struct play *, struct fault *) must_use;
/* A fault at the member `key` of a step, or at the item in it whose text is `near`; returns false. */
bool play_fault(const struct play_step *, const char *key, const char *what, struct slice near, struct fault *);

#endif
