/*
 * store_priv (private to the room): the statements of the store, prepared when they are first asked for.
 */
#ifndef IRPIPE_INCIDENT_STORE_PRIV_H
#define IRPIPE_INCIDENT_STORE_PRIV_H

#include "lib/incident/store.h"
#include "lib/incident/wait.h"
#include "lib/port/db.h"

enum query {
#define QUERY(id, sql) Q_##id,
#include "lib/incident/queries.def"
#undef QUERY
	Q_COUNT
};

/* An alert of this run whose row is not written yet; hashes are keyed, so that nobody can make two alike. */
struct seen_alert {
	uint64_t id, print;
};
struct new_alert {
	unsigned char id[16], print[8];
	uint32_t n;		/* bytes of a longer id; 0: 16 */
	size_t at;		/* of it in long_ids */
};
struct seen {
	struct seen_alert *place;
	size_t n, places;
	bool stored;		/* the table has rows: it must be asked, too */
	struct new_alert *fresh;
	size_t fresh_n, fresh_cap;
	struct buf long_ids;
};

struct store {
	struct db *db;
	int side;		/* a private file for what does not outlive the run; -1: none */
	struct db_query *q[Q_COUNT];
	struct json *json;
	struct arena mem;	/* of one load */
	struct buf text;
	int lock;
	bool open;		/* a transaction */
	uint64_t pending;
	struct wait wait;
	struct seen seen;
	int64_t sent, forgotten;	/* outbox rows up to here were sent in this run; forgotten since */
};

/* The statement, reset; NULL with a fault. */
struct db_query *store_query(struct store *, enum query, struct fault *) must_use;
/* Steps a statement that gives no row, and resets it. */
bool store_do(struct db_query *, struct fault *) must_use;
/* One row or none; the caller resets after reading. */
enum store_get store_row(struct db_query *, struct fault *) must_use;
struct slice store_id(const char id[32]);

/* What people said of it. */
bool store_desk(struct store *, struct incident *, struct fault *) must_use;
/* Rows for the alerts of this run. */
bool store_seen_save(struct store *, struct fault *) must_use;

#endif
