/*
 * store_priv (private to the room): the statements of the store, prepared when they are first asked for.
 */
#ifndef IRPIPE_INCIDENT_STORE_PRIV_H
#define IRPIPE_INCIDENT_STORE_PRIV_H

#include "lib/incident/store.h"
#include "lib/port/db.h"

enum query {
#define QUERY(id, sql) Q_##id,
#include "lib/incident/queries.def"
#undef QUERY
	Q_COUNT
};

struct store {
	struct db *db;
	struct db_query *q[Q_COUNT];
	struct json *json;
	struct arena mem;	/* of one load */
	struct buf text;
	int lock;
	bool open;		/* a transaction */
	uint64_t pending;
	int64_t sent, forgotten;	/* outbox rows up to here were sent in this run; forgotten since */
};

/* The statement, reset; NULL with a fault. */
struct db_query *store_query(struct store *, enum query, struct fault *) must_use;
/* Steps a statement that gives no row, and resets it. */
bool store_do(struct db_query *, struct fault *) must_use;
/* One row or none; the caller resets after reading. */
enum store_get store_row(struct db_query *, struct fault *) must_use;
struct slice store_id(const char id[32]);

#endif
