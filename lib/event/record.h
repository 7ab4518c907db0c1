/*
 * record: one line of the stream as a stage sees it, and the stage's own lines (note, mark, end).
 *
 * Ownership: slices point into the line and into the reader's scratch; valid until the next record of the same reader.  One
 * thread.
 */
#ifndef IRPIPE_EVENT_RECORD_H
#define IRPIPE_EVENT_RECORD_H

#include "lib/event/event.h"

enum ir_kind {
	KIND_EVENT, KIND_ALERT, KIND_INCIDENT, KIND_ACTION, KIND_RESULT, KIND_NOTE, KIND_MARK, KIND_END, KIND_REJECT,
	KIND_UNKNOWN,			/* an ir.kind of a later version */
	KIND_FOREIGN,			/* no ir.kind */
	KIND_COUNT
};
extern const struct slice kind_name[KIND_COUNT];	/* "event" ... "unknown", "foreign" */
enum ir_kind kind_by_name(struct slice);

/* Nodes that stages ask for again and again; found in one pass. */
enum record_slot {
	R_timestamp, R_ir, R_id, R_err, R_src_fmt, R_src_uri, R_src_off, R_src_rec, R_ls, R_raw,
	R_alert, R_alert_id, R_alert_level, R_incident, R_action, R_result, R_rule, R_threat,
	R_event, R_event_kind, R_host, R_tlp, R_pap,
	R_COUNT
};

struct record {
	enum ir_kind kind;
	const struct json *j;		/* tape of `line`; node 0 is the object */
	struct slice line;		/* without \n */
	uint32_t node[R_COUNT];		/* JSON_NONE where absent */
	struct stamp at;		/* @timestamp; timed is false if it is absent or wrong */
	bool timed;
	uint64_t off, rec;		/* of the line in this stage's input: byte offset, ordinal from 1 */
};

struct record_paths;			/* compiled once; shared by threads */
struct record_paths *record_paths_new(void) must_use;
void record_paths_free(struct record_paths *);
/* Reads the line that j stands on (j->ok).  False if it is no object: *reason is "not-object". */
bool record_read(const struct record_paths *, const struct json *j, struct record *, const char **reason) must_use;

/* ir.id, or ir.alert.id of an alert, ir.incident.id, ir.action.id; empty: none. */
struct slice record_id(const struct record *);

/* ---- account (STREAM.md law 3) ------------------------------------------------------------------------------------ */
struct account_reason {
	struct slice reason;		/* constant words */
	uint64_t n;
};
struct account {
	uint64_t in[KIND_COUNT], out[KIND_COUNT];	/* lines by kind, control records included */
	uint64_t passed, made, unmatched, folded, suppressed;
	struct account_reason *rejected;
	size_t rejections, rejection_cap;
	struct stamp newest;				/* newest @timestamp seen */
	bool dated;
};
void account_reject(struct account *, const char *reason, uint64_t n);
void account_merge(struct account *to, const struct account *from);
void account_reset(struct account *);
void account_free(struct account *);
uint64_t account_rejected(const struct account *);	/* sum */

/* ---- control records: head ir:{v,kind,by}, @timestamp = newest seen or 1970 (DECISIONS.md 1) ------------------------- */
struct stage_id {
	struct slice by;		/* "ir-match" */
	struct stamp newest;
	bool dated;
};
/* Begins {"@timestamp":..,"ir":{"v":1,"kind":K,"by":B and leaves ir open: the caller adds members, closes twice, adds \n. */
struct json_out record_begin(struct buf *out, const struct stage_id *, enum ir_kind);
/* A note: `what` is constant words with dashes ("limit-depth"), `message` is for people, src may be empty. */
void record_note(struct buf *out, const struct stage_id *, const char *what, struct slice src, struct slice message);
/* seen: names of the stages whose end came by, in order. */
void record_end(struct buf *out, const struct stage_id *, const struct account *, const struct slice *seen, size_t seen_n,
    bool cut, int status, struct slice extra_members);

/* Alert id: XXH3-128 of the rule id and of each event id, sorted, with a NUL before it (DECISIONS.md 3). */
void alert_id(struct slice rule_id, const struct slice *event_ids, size_t n, char hex[32]);

#endif
