/*
 * audit (private to the room): one record of the Linux audit system in its parts.  Slices point into the line or the
 * event's memory.
 */
#ifndef IRPIPE_FORMAT_AUDIT_H
#define IRPIPE_FORMAT_AUDIT_H

#include "lib/format/format.h"

struct audit_head {
	struct slice node, type, serial;
	struct stamp at;
	struct slice body;		/* behind `): `, the enriched part included */
};

/* What a SYSCALL record lends to the others of its event, in this order. */
enum audit_lend {
	LEND_SYSCALL, LEND_SUCCESS, LEND_PPID, LEND_PID, LEND_UID, LEND_COMM, LEND_EXE, LEND_KEY, LEND_UID_NAME, LEND_EUID_NAME,
	    LEND_ARCH,
	LEND_COUNT
};

/* [node=N ]type=T msg=audit(SEC.MS:SERIAL): BODY, also `audit: type=1400 audit(...)` of the kernel's own log. */
bool audit_head(struct slice line, struct audit_head *) must_use;

/* One `name=value` after the other; *in moves behind it.  False: there is none left. */
struct audit_pair {
	struct slice name, value;
	bool quoted;			/* stood in double quotes: as it is; else it may be hex */
	bool inner;			/* msg='...': pairs of its own */
};
bool audit_pair(struct slice *in, struct audit_pair *) must_use;

/* The value as people read it: hex of untrusted strings undone (audit.rules(7): a quoted string is plain, else hex). */
struct slice audit_text(struct event *, struct slice type, const struct audit_pair *);
/* saddr=: an address or a path. */
struct audit_address {
	int family;			/* 1 unix, 2 inet, 10 inet6; 0: none of these */
	struct slice address;
	unsigned port;
};
bool audit_address(struct event *, struct slice hex, struct audit_address *) must_use;

/* The call's name by audit's arch and number; empty: not known. */
struct slice audit_syscall(struct slice arch, struct slice number);

/* Fills e from the record.  `lent` has LEND_COUNT values, or is NULL. */
void audit_fill(struct event *, const struct audit_head *, const struct slice *lent);
/* Category, type and action by the record's type. */
void audit_class(struct event *, struct slice type, const struct slice *lent);
/* 1400 as the kernel's log has it: AVC; others stay numbers. */
struct slice audit_type_name(struct slice);

#endif
