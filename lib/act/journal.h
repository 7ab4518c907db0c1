/*
 * journal: what ir-respond did, an append-only file of lines
 *	{"seq":1,"at":STAMP,"actor":"ir-respond","what":W,"body":{..},"prev":HEX,"sha256":HEX}
 * sha256 is over seq (decimal), at, actor, what, body and prev, each with its length before it (four bytes, big-endian); prev
 * is the sha256 of the line before, 64 zeros in the first.  `what`: intent, result, undo
 * (intent of it), undone, settled, refused.  Each line is on disk (fsync) before act_journal_add returns.  One process at a
 * time, by a lock on FILE.lock.
 */
#ifndef IRPIPE_ACT_JOURNAL_H
#define IRPIPE_ACT_JOURNAL_H

#include "lib/act/result.h"
#include "lib/base/fault.h"
#include "lib/base/map.h"
#include "lib/base/stamp.h"

/* What the journal knows of one action.  Slices live as long as the journal. */
struct act_entry {
	struct slice id, key, incident, name, args, approval, why;
	struct slice *argv;
	size_t argc;
	enum act_state state;		/* ACT_UNKNOWN: an intent without its result */
	bool held;			/* it was so before: nothing is to be undone */
	bool undoing;			/* an undo was begun; its end is not known */
	struct stamp at, until;
	bool has_until;
};
struct act_journal {
	int fd, lock;			/* -1: none */
	uint64_t seq;
	char head[64];			/* sha256 of the last line, hex */
	uint64_t torn;			/* bytes of an unfinished last line, which was cut off */
	struct act_entry **entry;	/* in order of their first intent */
	size_t n, cap;
	struct map by_id, approvals;
	struct arena mem;
	struct json *json;
};

enum act_opened { JOURNAL_OPEN, JOURNAL_BUSY, JOURNAL_DAMAGED, JOURNAL_ERROR };

/* write false: read only, no lock, and a file that is not there is empty.  DAMAGED: f->line says where. */
enum act_opened act_journal_open(const char *path, bool write, struct act_journal *, struct fault *) must_use;
void act_journal_close(struct act_journal *);
struct act_entry *act_journal_find(const struct act_journal *, struct slice id);
bool act_journal_used(const struct act_journal *, struct slice approval);
/* Appends, syncs, applies.  body is a JSON object with "action". */
bool act_journal_add(struct act_journal *, struct stamp at, const char *what, struct slice body, struct fault *) must_use;
/* Done, not undone, not merely found so: what undo, tick and list are about.  Unknown ones count: they may be there. */
bool act_entry_active(const struct act_entry *);

#endif
