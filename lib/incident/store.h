/*
 * store: what ir-escalate remembers (RESPONSE.md section 5): one SQLite file, or a private one that ends with the run. Changes
 * gather in one
 * transaction until store_commit; what is to be told stands in the outbox of the same transaction and is told after it.
 *
 * Ownership: a struct store is one thread's; it holds the lock STATE.lock as long as it is open for writing.
 */
#ifndef IRPIPE_INCIDENT_STORE_H
#define IRPIPE_INCIDENT_STORE_H

#include "lib/incident/incident.h"

struct store;

/*
 * path NULL: a private file (DECISIONS.md 17). NULL: *busy if another run holds it, else a fault. A filter holds the state as
 * long as it
 * runs; a person's act goes in between two of its batches.
 */
enum store_use { STORE_READ, STORE_ACT, STORE_FILTER };
struct store *store_open(const char *path, enum store_use, bool *busy, struct fault *) must_use;
bool store_close(struct store *, struct fault *) must_use;	/* what was not committed is lost */
bool store_begin(struct store *, struct fault *) must_use;	/* once until the next commit; again: nothing */
bool store_commit(struct store *, struct fault *) must_use;
uint64_t store_pending(const struct store *);			/* records since the last commit */

/* ---- alerts */
enum store_put { PUT_NEW, PUT_KNOWN, PUT_CONFLICT /* the id of another alert */, PUT_FAILED };
enum store_put store_alert(struct store *, const struct cue *, struct fault *) must_use;
/* Is the alert, the incident known?  *yes. */
bool store_knows_alert(struct store *, struct slice id, bool *yes, struct fault *) must_use;
bool store_knows_incident(struct store *, struct slice id, bool *yes, struct fault *) must_use;

/* ---- incidents */
enum store_get { GOT, NOT_THERE, GET_FAILED };
enum store_get store_load(struct store *, struct slice id, struct incident *, struct fault *) must_use;
enum dirty { CLEAN, COUNTS, SEEN };				/* what people have not been told yet */
bool store_save(struct store *, struct incident *, enum dirty, struct fault *) must_use;
/* An entity beyond what an incident keeps in memory: *fresh if it was not there. */
bool store_entity(struct store *, const char id[32], enum entity_type, struct slice value, bool *fresh, struct fault *) must_use;
/* The next incident (by first alert, id) that is at least so dirty; its id. */
enum store_get store_dirty(struct store *, enum dirty, char id[32], struct fault *) must_use;
/* Ids of alerts added since the last record, INCIDENT_ALERTS at most, in order of (time, id); `ids` has room for as many. */
struct store_untold {
	int64_t *row;
	size_t rows, n;
	bool more;			/* others wait for the next record */
};
bool store_untold(struct store *, const char id[32], struct arena *, struct slice *ids, struct store_untold *,
    struct fault *) must_use;
/* They are told in `seq`; frees what store_untold took. */
bool store_told(struct store *, const char id[32], uint64_t seq, struct store_untold *, struct slice record,
    struct fault *) must_use;

/* Members of the incident at hand: gathered, then kept; at most INCIDENT_ALERTS between two saves. */
struct store_members {
	struct buf src, rows, uri;
	size_t n, srcs;
};
void store_member_add(struct store_members *, const struct cue *);
bool store_member_save(struct store *, const char id[32], struct store_members *, struct fault *) must_use;
void store_member_free(struct store_members *);

/* ---- playbook runs */
/* *fresh: this playbook had no run for (incident, per) yet. */
bool store_run(struct store *, const char incident[32], struct slice playbook, struct slice sha, struct slice version,
    struct slice bytes,
    struct slice per, bool *fresh, struct fault *) must_use;
bool store_step(struct store *, const char incident[32], struct slice playbook, struct slice per, struct slice step,
    struct slice action, struct slice class, struct fault *) must_use;
/* The playbook chosen for an incident and its tasks (a JSON array), as stored by store_duties. */
bool store_duties(struct store *, const char incident[32], struct slice duties, struct fault *) must_use;
enum store_get store_duties_of(struct store *, const char incident[32], struct arena *, struct slice *duties,
    struct fault *) must_use;

/* ---- outbox, audit, positions */
bool store_out(struct store *, enum ir_kind, struct slice id, struct slice incident, struct slice record,
    struct fault *) must_use;
/* The next record that was not sent in this run; it counts as sent.  Records live until the next call. */
enum store_get store_send(struct store *, enum ir_kind *, struct slice *record, struct fault *) must_use;
/* All that was sent has been written out: forgets it (actions stay until answered), commits. */
bool store_settled(struct store *, struct fault *) must_use;
/* A result came for the action: it is not sent again. */
bool store_answered(struct store *, struct slice action, struct slice state, struct fault *) must_use;
/* Each row is bound to the one before by SHA-256 over its length-prefixed fields. */
bool store_audit(struct store *, struct stamp at, struct slice who, struct slice what, struct slice incident, struct slice body,
    struct fault *) must_use;
/* *bad: number of the first row that does not fit; 0: the chain holds. */
bool store_audit_check(struct store *, uint64_t *rows, uint64_t *bad, struct fault *) must_use;
bool store_position(struct store *, uint64_t mark, struct slice uri, uint64_t off, uint64_t rec, struct fault *) must_use;

/* ---- for people */
/* Rows of a fixed question, one after the other: texts live as long as the call of `each`; false ends it. */
struct store_cells {
	struct slice text[6];
	int64_t number[6];
};
enum store_ask { ASK_TIMERS, ASK_AUDIT, ASK_AUDIT_OF, ASK_ACTIONS_OF, ASK_ACTION, ASK_INCIDENTS };
bool store_ask(struct store *, enum store_ask, struct slice of, bool (*each)(void *self, const struct store_cells *), void *self,
    struct fault *) must_use;
/* A timer row: made if it was not there (*fresh), done, told. */
bool store_timer(struct store *, const char incident[32], struct slice kind, int64_t due, bool *fresh, struct fault *) must_use;
bool store_timer_done(struct store *, const char incident[32], struct slice kind, int64_t at, struct fault *) must_use;
bool store_timer_told(struct store *, const char incident[32], struct slice kind, int64_t times, struct fault *) must_use;
/* All that `from` had goes to `to`; from is merged. */
bool store_merge(struct store *, struct incident *to, struct incident *from, struct fault *) must_use;
/* The last record of each incident: each incident's last record, newest first; self is given back */
bool store_list(struct store *, bool (*each)(void *self, struct slice record), void *self, struct fault *) must_use;
enum store_get store_record(struct store *, struct slice id_or_head, struct arena *, struct slice *record,
    struct fault *) must_use;

#endif
