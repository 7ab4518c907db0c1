/*
 * wire: what the reader and the actor say to each other (SECURITY.md section 3).  Frames are a length of four bytes (big-
 * endian) and a body; a request has 64 KiB at most, an answer 1 MiB.  The reader is not trusted: a request is fixed fields,
 * each with its length, nothing else.
 */
#ifndef IRPIPE_ACT_WIRE_H
#define IRPIPE_ACT_WIRE_H

#include "lib/act/result.h"
#include "lib/play/type.h"

enum { ACT_REQUEST_MAX = 64 * 1024, ACT_ANSWER_MAX = 1024 * 1024, ACT_ARGS = 32 };

enum act_verb { ACT_DO = 1, ACT_UNDO, ACT_UNDO_INCIDENT, ACT_TICK, ACT_LIST, ACT_SETTLE };

/* Texts as they came; id also names what undo and settle are about, word is settle's state. */
enum act_field { F_ID, F_INCIDENT, F_PLAYBOOK, F_STEP, F_NAME, F_KEY, F_AT, F_PAP, F_TIMEOUT, F_WORD, ACT_FIELDS };
struct act_request {
	enum act_verb verb;
	uint32_t need;				/* people who must approve */
	struct slice field[ACT_FIELDS];
	struct play_arg arg[ACT_ARGS];		/* name, value */
	size_t args;
};
/* Appends length and body; false (nothing appended): larger than 64 KiB. */
bool act_request_write(const struct act_request *, struct buf *out) must_use;
/* Slices point into body; false: not exactly a request. */
bool act_request_read(struct slice body, struct act_request *) must_use;

enum act_answer { ANSWER_RESULT = 1, ANSWER_END, ANSWER_BROKEN /* the world failed: words */ };
/* RESULT: state, stamp of 30 bytes, the ir.result object. */
void act_answer_write(enum act_answer, enum act_state, struct slice at, struct slice text, struct buf *out);
bool act_answer_read(struct slice body, enum act_answer *, enum act_state *, struct slice *at, struct slice *text) must_use;

/* Whole frames over a stream socket.  False: the other side is gone, or its length is more than max. */
bool act_send(int fd, struct slice frame) must_use;
bool act_receive(int fd, size_t max, struct buf *body) must_use;

#endif
