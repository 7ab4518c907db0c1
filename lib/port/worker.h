/*
 * port/worker: processes for foreign code (SECURITY.md section 2, DECISIONS.md 21).  The owner forks before its cell closes and
 * ends each worker with worker_end.  The other side is never trusted: a write or read ends at its deadline; the caller checks
 * lengths.
 */
#ifndef IRPIPE_PORT_WORKER_H
#define IRPIPE_PORT_WORKER_H

#include <sys/types.h>

#include "lib/base/fault.h"
#include "lib/base/slice.h"

struct worker {
	pid_t pid;		/* 0: none */
	int pidfd, fd;
};

/* Runs in the worker, in its cell (cell_worker), with one socket and nothing else; must not return to the caller's code. */
typedef void worker_serve(int fd, const void *state);

enum {
	WORKER_OUT_OF_MEMORY = 71,	/* exit statuses that a worker gives itself */
	WORKER_BAD_FRAME = 72,
};

/* Forks.  The child has its socket, an environment of HOME=/nonexistent, /dev/null as 0-2, and `memory` bytes (RLIMIT_AS). */
bool worker_start(struct worker *, worker_serve *serve, const void *state, uint64_t memory, struct fault *) must_use;

struct worker_until {
	uint64_t wall, cpu;	/* nanoseconds of CLOCK_MONOTONIC and of the worker's own clock; cpu 0: not asked */
};
struct worker_until worker_deadline(const struct worker *, unsigned cpu_ms, unsigned wall_ms);

enum worker_io { WORKER_DONE, WORKER_LATE, WORKER_GONE };
enum worker_io worker_write(struct worker *, struct slice bytes, const struct worker_until *) must_use;
enum worker_io worker_read(struct worker *, void *to, size_t n, const struct worker_until *) must_use;
/* Sends one byte and a descriptor (SCM_RIGHTS); on the other side worker_take_fd gives it, or -1. */
bool worker_pass_fd(struct worker *, int fd) must_use;
int worker_take_fd(int fd) must_use;

/* SIGKILL and reap; says how it had ended: "memory", "signal", "frame" or (it still ran) "deadline". */
const char *worker_end(struct worker *);

/* The worker's side: whole reads and writes; anything else ends the worker. */
void worker_get(int fd, void *to, size_t n);
void worker_put(int fd, const void *from, size_t n);

#endif
