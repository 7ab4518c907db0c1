/*
 * port/jq: libjq 1.6 for expressions of users, always in a supervised worker process (SECURITY.md sections 1, 2, DECISIONS.md
 * 20, 21). No data can take the program down: an answer is a verdict, evidence is never printed by libjq.
 *
 * Before the inner cell closes: jq_pool_add for each expression (lexed and refused here if it asks for more than it may), then
 * jq_pool_start forks the workers (a few spares for each expression).  After the cell: jq_ask / jq_answer. A pool belongs to
 * one thread at a time.
 */
#ifndef IRPIPE_PORT_JQ_H
#define IRPIPE_PORT_JQ_H

#include "lib/base/fault.h"
#include "lib/base/slice.h"

enum jq_verdict { JQ_NO, JQ_YES, JQ_ERROR, JQ_UNDECIDED };	/* YES: some output is neither false nor null */

enum { JQ_FRAME_MAX = 1024 * 1024 };	/* a larger record is JQ_UNDECIDED, "too-big" */

struct jq_result {
	enum jq_verdict verdict;
	/* UNDECIDED: "deadline" "memory" "signal" "too-big" "denied" "frame" "unreadable for libjq"; ERROR: "error"; or NULL */
	const char *cause;
	char text[256];		/* ERROR, unreadable: libjq's message, made harmless; else "" */
};

struct jq_pool;
struct jq_pool *jq_pool_new(void) must_use;
/* Refused (fault: column in the expression): import include env $ENV input* debug stderr halt* ..., SECURITY.md section 1. */
bool jq_pool_add(struct jq_pool *, struct slice expression, uint32_t *id, struct fault *) must_use;
/*
 * Forks three workers an expression (six descriptors) and compiles there, 1 s each; before large maps are made, since a worker
 * has 256 MiB. False: an expression does not compile (fault tells libjq's words), or the world failed.
 */
bool jq_pool_start(struct jq_pool *, struct fault *) must_use;
/* One record, checked JSON.  Blocks until the verdict or the deadline (100 ms CPU of the worker, 5 s wall). */
struct jq_result jq_ask(struct jq_pool *, uint32_t id, struct slice record);
/* Expression denied for the rest of the run (three deaths). */
bool jq_denied(const struct jq_pool *, uint32_t id);
void jq_pool_free(struct jq_pool *);		/* ends and reaps the workers */

#endif
