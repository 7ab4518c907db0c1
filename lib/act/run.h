/*
 * run: one program for an action (RESPONSE.md section 7, law 5): absolute path and words, no shell, cwd /, a fixed environment,
 * /dev/null to read, no other descriptors, a process group of its own, limits, no_new_privs, the capabilities named and no
 * others.  TERM at the time limit, KILL two seconds later; whatever of the group is left then dies too.
 */
#ifndef IRPIPE_ACT_RUN_H
#define IRPIPE_ACT_RUN_H

#include "lib/base/buf.h"
#include "lib/base/fault.h"

struct act_command {
	const struct slice *word;	/* each with a NUL behind it */
	size_t n;
	int64_t timeout_ms;
	uint64_t caps;			/* 1 << CAP_* */
};
struct act_exit {
	bool ended;			/* by itself, with `status` */
	int status, signal;
	bool late;
	struct buf said;		/* stdout and stderr, 64 KiB at most */
};

/* False: it could not be started at all. */
bool act_run(const struct act_command *, struct act_exit *, struct fault *) must_use;
/* Leaves this process the capabilities of `caps` that it has, and takes the others from what it may ever have. */
bool act_keep_caps(uint64_t caps, struct fault *) must_use;

#endif
