/*
 * port/cell: what the process may do, before it reads the first hostile byte (SECURITY.md section 3): RLIMIT_CORE 0,
 * no_new_privs, dumpable 0, Landlock (what the kernel has), seccomp.  Landlock binds the calling thread and later ones: enter
 * before starting threads.
 */
#ifndef IRPIPE_PORT_CELL_H
#define IRPIPE_PORT_CELL_H

#include "lib/base/buf.h"
#include "lib/base/fault.h"

struct cell_rights {
	const char *const *read;	/* files and folders that may be read (beneath); ends with NULL */
	const char *const *write;	/* folders in which files may be made, written, renamed, removed */
	bool exec, fork, net;		/* ir-respond's actor alone; with exec and no paths files are not bound */
	uint64_t memory;		/* RLIMIT_DATA in bytes; 0: 2 GiB */
	unsigned files;			/* RLIMIT_NOFILE, beyond what is open already; 0: 64 */
};

/* Fds 0-2 exist, RLIMIT_CORE 0, umask 077, dumpable 0: first thing in main, keeps what a shell passed open. */
bool cell_begin(struct fault *) must_use;
/*
 * Enters the inner cell; a second call makes it narrower.  A path that is not there is left out.  What the kernel lacks is not
 * an error: `held` (JSON array text such as ["landlock:3","seccomp"]) says what holds.  False only if a part that the kernel
 * has could not be set.
 */
bool cell_enter(const struct cell_rights *, struct buf *held, struct fault *) must_use;
/* For workers of foreign code: no files, no network, no fork; `memory` as RLIMIT_AS, FSIZE 0, NPROC 0, CORE 0, no PROT_EXEC. */
bool cell_worker(uint64_t memory, struct fault *) must_use;

#endif
