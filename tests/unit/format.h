/*
 * format.h (tests): a source read as ir-ingest reads it: framed by the reader in pieces, framed again and parsed by a
 * worker block by block.
 */
#ifndef IRPIPE_TESTS_FORMAT_H
#define IRPIPE_TESTS_FORMAT_H

#include "lib/format/format.h"

extern const struct format format_evtx, format_json, format_syslog, format_access;

struct trial {
	struct format_context c;
	struct shape_options shape;
	struct format_room room;
	struct event e;
	uint64_t rec;
	struct buf out;			/* a line per record: the event, or {"reject":REASON,"off":N} */
	/* called for each record instead of writing; reason NULL: e is filled */
	void (*see)(struct trial *, const char *reason);
	void *self;
	const struct format *reader;	/* whose room.own is */
};

void trial_begin(struct trial *, struct slice name);
void trial_end(struct trial *);
/* Reads `in` with `f`, `piece` bytes at a time (0: all at once), a block each `each` records (0: all in one). */
void trial_read(struct trial *, const struct format *f, struct slice in, size_t piece, size_t each);
/* One record alone, without framing; false: refused. */
bool trial_one(struct trial *, const struct format *f, struct slice record);

void format_golden_tests(void);
void format_evtx_tests(void);
void format_evtx_oracle_tests(void);
void format_syslog_tests(void);
void format_oracle_tests(void);
void format_framed_tests(void);
void format_fail2ban_tests(void);

#endif
