/*
 * result: what became of one action, as the `ir.result` member of a `result` record (STREAM.md).  Slices are the caller's.
 */
#ifndef IRPIPE_ACT_RESULT_H
#define IRPIPE_ACT_RESULT_H

#include "lib/base/buf.h"

enum act_state { ACT_PLANNED, ACT_DONE, ACT_REFUSED, ACT_FAILED, ACT_UNDONE, ACT_UNKNOWN, ACT_STATES };
extern const struct slice act_state_name[ACT_STATES];
bool act_state_read(struct slice, enum act_state *) must_use;

struct act_result {
	struct slice id, key, incident, name;
	struct slice args;		/* a JSON object; empty: {} */
	enum act_state state;
	struct slice reason;		/* empty: none */
	bool ran;			/* a program ended by itself with `exit` */
	int exit;
	bool checked, present;		/* the check was asked, and what it said */
	struct slice until;		/* a stamp; empty: none */
	const struct slice *argv;	/* the exact words, for people */
	size_t argc;
};

/* Appends the JSON object. */
void act_result_add(const struct act_result *, struct buf *out);
/* Appends a list of texts as JSON. */
void act_words_add(const struct slice *word, size_t n, struct buf *out);

#endif
