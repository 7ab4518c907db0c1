/*
 * port/db: SQLite (SECURITY.md section 1): WAL, synchronous=FULL, BEGIN IMMEDIATE, trusted_schema=OFF, DEFENSIVE,
 * cell_size_check, mmap 0, lowered limits, quick_check at start; bound parameters only. Statements are prepared once and kept by
 * the handle. One thread, no fork with an open handle. A new file gets schema_sql and user_version 1 in one transaction.
 */
#ifndef IRPIPE_PORT_DB_H
#define IRPIPE_PORT_DB_H

#include "lib/base/fault.h"
#include "lib/base/slice.h"

struct db;
struct db_query;	/* a prepared statement */

/*
 * path NULL: SQLite's private temporary file, opened before the cell (DECISIONS.md 17). A damaged file is refused by name, never
 * replaced.
 */
struct db *db_open(const char *path, bool write, const char *schema_sql, struct fault *) must_use;
/* Was it another process's lock (waited for 5 s)?  Then to try again may help. */
bool db_busy(const struct fault *);
bool db_close(struct db *, struct fault *) must_use;
bool db_exec(struct db *, const char *constant_sql, struct fault *) must_use;
bool db_begin(struct db *, struct fault *) must_use;		/* BEGIN IMMEDIATE */
bool db_commit(struct db *, struct fault *) must_use;
void db_rollback(struct db *);

/* Constant SQL with ?1, ?2 ...; owned by the db. */
struct db_query *db_prepare(struct db *, const char *constant_sql, struct fault *) must_use;
void db_bind_text(struct db_query *, int at, struct slice);	/* bytes must live until the step */
void db_bind_blob(struct db_query *, int at, struct slice);
void db_bind_i64(struct db_query *, int at, int64_t);
void db_bind_f64(struct db_query *, int at, double);
void db_bind_null(struct db_query *, int at);
enum db_step { DB_ROW, DB_DONE, DB_ERROR };
enum db_step db_step(struct db_query *, struct fault *) must_use;
void db_reset(struct db_query *);				/* also clears bindings */
/* Columns from 0; slices live until the next step or reset. */
struct slice db_text(struct db_query *, int column);
int64_t db_i64(struct db_query *, int column);
double db_f64(struct db_query *, int column);
bool db_null(struct db_query *, int column);
int64_t db_changes(struct db *);

#endif
