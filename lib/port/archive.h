/*
 * port/archive: zip, tar, 7z and zst, xz, bz2, lz4 through libarchive in a worker process (SECURITY.md section 1, 2).  Members
 * stream out; nothing is created on disk; links and devices are told and skipped.  Nesting is the caller's (it sees a member
 * that is an archive again).
 */
#ifndef IRPIPE_PORT_ARCHIVE_H
#define IRPIPE_PORT_ARCHIVE_H

#include "lib/base/fault.h"
#include "lib/base/slice.h"

/* Is this the start of something that this door opens (content, not name)? gz alone is port/gz's.  tar.gz, tar.zst ... are. */
bool archive_looks(struct slice head);

struct archive_worker;
/*
 * Forks workers that later open archives (before the cell closes: afterwards nothing may fork).  Each serves archives until it
 * dies; `spares` replace it.
 */
struct archive_worker *archive_start(unsigned spares, struct fault *) must_use;
void archive_stop(struct archive_worker *);

/* Tried on encrypted members (zip) by workers that are started later; C strings that live as long as the program. */
void archive_passwords(char *const *password, size_t n);

enum archive_step { ARCHIVE_MEMBER, ARCHIVE_DATA, ARCHIVE_SKIPPED, ARCHIVE_END, ARCHIVE_DAMAGE, ARCHIVE_LOST };
struct archive_event {
	struct slice name;	/* MEMBER, SKIPPED: path as stored ("" for a bare compressed stream) */
	uint64_t size;		/* MEMBER: as stored, 0 if unknown */
	struct slice data;	/* DATA */
	/*
	 * SKIPPED: "link", "device", "encrypted", "path" (absolute or ..), "name" (over 4 KiB); DAMAGE: "not an archive", "bad
	 * header", "bad data", "encrypted"; what can be read behind it follows.  LOST: "deadline", "memory", "signal", "frame";
	 * nothing follows.
	 */
	const char *why;
};
/*
 * Begins with an open descriptor, which is sent to the worker; one that can seek is read from its start, another from where it
 * stands. The caller may close its own.  Folders are not told.
 */
bool archive_open(struct archive_worker *, int fd, struct fault *) must_use;
/* Next step; slices live until the next call. */
enum archive_step archive_next(struct archive_worker *, struct archive_event *);
void archive_skip(struct archive_worker *);	/* rest of this member is not wanted */
void archive_close(struct archive_worker *);	/* rest of this archive is not wanted */

#endif
