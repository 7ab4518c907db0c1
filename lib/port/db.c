#include "lib/port/db.h"

#include "lib/base/mem.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>

enum { BUSY_MS = 5000 };

struct db {
	sqlite3 *s;
	struct db_query *first;
};
struct db_query {
	sqlite3_stmt *s;
	struct db *db;
	struct db_query *next;
	int bad;			/* first failure of a bind since the reset */
};

static const char BUSY[] = "state: busy";
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Statement journals would open files inside the cell. */
static void
configure(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1);
}

static bool
failed(const struct db *d, int code, struct fault *f)
{
	const char *what = "state: failed";

	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		what = BUSY;
		break;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		what = "state: damaged";
		break;
	case SQLITE_FULL:
		what = "state: no space left";
		break;
	case SQLITE_IOERR:
		what = "state: reading or writing failed";
		break;
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_READONLY:
	case SQLITE_AUTH:
		what = "state: cannot be opened";
		break;
	}
	return fault_near(f, what, slice_str(d->s ? sqlite3_errmsg(d->s) : sqlite3_errstr(code)), 0);
}

bool
db_busy(const struct fault *f)
{
	return f->what == BUSY;
}

bool
db_exec(struct db *d, const char *sql, struct fault *f)
{
	int r = sqlite3_exec(d->s, sql, NULL, NULL, NULL);

	return r == SQLITE_OK || failed(d, r, f);
}

/* The first column of the first row is `want`; a statement without rows is not. */
static bool
says(struct db *d, const char *sql, const char *want, const char *what, struct fault *f)
{
	sqlite3_stmt *s = NULL;
	int r = sqlite3_prepare_v2(d->s, sql, -1, &s, NULL);
	struct slice got = {NULL, 0};
	bool ok;

	if (r == SQLITE_OK)
		r = sqlite3_step(s);
	if (r == SQLITE_ROW)
		got = slice_str((const char *)sqlite3_column_text(s, 0));
	ok = r == SQLITE_ROW && slice_eq(got, slice_str(want));
	if (!ok && (r == SQLITE_ROW || r == SQLITE_DONE))
		fault_near(f, what, got, 0);
	else if (!ok)
		failed(d, r, f);
	sqlite3_finalize(s);
	return ok;
}

static bool
lower_limits(struct db *d, struct fault *f)
{
	static const struct {
		int id, value;
	} limit[] = {
		{SQLITE_LIMIT_LENGTH, 32 * 1024 * 1024}, {SQLITE_LIMIT_SQL_LENGTH, 64 * 1024}, {SQLITE_LIMIT_COLUMN, 64},
		{SQLITE_LIMIT_EXPR_DEPTH, 64}, {SQLITE_LIMIT_COMPOUND_SELECT, 8}, {SQLITE_LIMIT_VDBE_OP, 25000},
		{SQLITE_LIMIT_FUNCTION_ARG, 16}, {SQLITE_LIMIT_ATTACHED, 0}, {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 256},
		{SQLITE_LIMIT_VARIABLE_NUMBER, 64}, {SQLITE_LIMIT_TRIGGER_DEPTH, 4}, {SQLITE_LIMIT_WORKER_THREADS, 0},
	};
	static const struct {
		int id, value;
	} config[] = {
		{SQLITE_DBCONFIG_DEFENSIVE, 1}, {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0}, {SQLITE_DBCONFIG_DQS_DML, 0}, {SQLITE_DBCONFIG_DQS_DDL, 0},
	};

	for (size_t i = 0; i < sizeof limit / sizeof *limit; i++)
		(void)sqlite3_limit(d->s, limit[i].id, limit[i].value);
	for (size_t i = 0; i < sizeof limit / sizeof *limit; i++)
		if (sqlite3_limit(d->s, limit[i].id, -1) != limit[i].value)
			return fault_set(f, "state: a limit of the library was not taken", 0);
	for (size_t i = 0; i < sizeof config / sizeof *config; i++) {
		int now = -1;

		if (sqlite3_db_config(d->s, config[i].id, config[i].value, &now) != SQLITE_OK || now != config[i].value)
			return fault_set(f, "state: a setting of the library was not taken", 0);
	}
	return true;
}

/* What is set is read again: SQLite ignores what it does not know. */
static bool
settings(struct db *d, const char *path, bool write, struct fault *f)
{
	static const char what[] = "state: a setting of the library was not taken";

	if (!db_exec(d, "PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0; PRAGMA cache_size=-65536; PRAGMA wal_autocheckpoint=8192", f)
	    || !says(d, "PRAGMA cell_size_check", "1", what, f) || !says(d, "PRAGMA temp_store", "2", what, f)
	    || !says(d, "PRAGMA trusted_schema", "0", what, f))
		return false;
	/* A private file has one owner and ends with it: a journal on disk would be opened inside the cell. */
	if (path == NULL)
		return says(d, "PRAGMA journal_mode=MEMORY", "memory", what, f);
	if (!says(d, "PRAGMA mmap_size", "0", what, f) || !says(d, "PRAGMA quick_check(1)", "ok", "state: damaged", f))
		return false;
	if (!write)
		return db_exec(d, "PRAGMA query_only=ON", f) && says(d, "PRAGMA query_only", "1", what, f);
	return says(d, "PRAGMA journal_mode=WAL", "wal", "state: cannot keep a write-ahead log here", f)
	    && db_exec(d, "PRAGMA synchronous=FULL", f) && says(d, "PRAGMA synchronous", "2", what, f);
}

/*
 * SQLite would make the private file when its cache is full: inside the cell. A page is written out now, so that it is open
 * before: the first page is in use during a transaction and is not written, that of a table is.
 */
static bool
open_private(struct db *d, struct fault *f)
{
	int r;

	if (!db_begin(d, f) || !db_exec(d, "CREATE TABLE page(x)", f))
		return false;
	r = sqlite3_db_cacheflush(d->s);
	if (r != SQLITE_OK)
		return failed(d, r, f);
	return db_exec(d, "ROLLBACK", f);
}

/* Ours is version 1; an empty file becomes ours; anything else is a stranger's. */
static bool
schema(struct db *d, const char *sql, bool write, struct fault *f)
{
	static const char strange[] = "state: not a file of this program, or of a newer one";
	struct fault other;
	bool ok;

	if (sql == NULL || says(d, "PRAGMA user_version", "1", strange, &other))
		return true;
	if (other.what != strange) {
		*f = other;
		return false;
	}
	if (!write)
		return says(d, "PRAGMA user_version", "1", strange, f);
	if (!db_begin(d, f))
		return false;
	/* Another process may have made it while we waited. */
	ok = says(d, "PRAGMA user_version", "1", strange, &other)
	    || (says(d, "SELECT (SELECT count(*) FROM sqlite_schema) + (SELECT user_version FROM pragma_user_version)", "0", strange, f)
	    && db_exec(d, sql, f) && db_exec(d, "PRAGMA user_version=1", f));
	ok = ok && db_commit(d, f);
	if (!ok)
		db_rollback(d);
	return ok;
}

static void
drop(struct db *d)
{
	for (struct db_query *q = d->first, *next; q; q = next) {
		next = q->next;
		(void)sqlite3_finalize(q->s);	/* repeats the last step's failure, which was told */
		free(q);
	}
	d->first = NULL;
}

struct db *
db_open(const char *path, bool write, const char *schema_sql, struct fault *f)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
	struct db *d;
	int r;
	bool ok;

	/* SQLite's own meanings of a name: "" and ":memory:". */
	if (path && (path[0] == 0 || path[0] == ':')) {
		fault_near(f, "state: not a file's name", slice_str(path), 0);
		return NULL;
	}
	pthread_once(&once, configure);
	flags |= write || path == NULL ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
	d = mem_zero(1, sizeof *d);
	r = sqlite3_open_v2(path ? path : "", &d->s, flags, NULL);
	ok = r == SQLITE_OK ? (r = sqlite3_busy_timeout(d->s, BUSY_MS)) == SQLITE_OK : false;
	ok = ok || failed(d, r, f);
	ok = ok && lower_limits(d, f) && settings(d, path, write, f) && (path || open_private(d, f))
	    && schema(d, schema_sql, write || path == NULL, f);
	if (!ok) {
		(void)sqlite3_close_v2(d->s);
		free(d);
		return NULL;
	}
	return d;
}

bool
db_close(struct db *d, struct fault *f)
{
	int r;
	bool ok;

	if (d == NULL)
		return true;
	drop(d);
	r = sqlite3_close(d->s);
	ok = r == SQLITE_OK || failed(d, r, f);
	if (!ok)
		(void)sqlite3_close_v2(d->s);
	free(d);
	return ok;
}

bool
db_begin(struct db *d, struct fault *f)
{
	return db_exec(d, "BEGIN IMMEDIATE", f);
}

bool
db_commit(struct db *d, struct fault *f)
{
	return db_exec(d, "COMMIT", f);
}

/* A failure leaves what the next open rolls back. */
void
db_rollback(struct db *d)
{
	if (!sqlite3_get_autocommit(d->s))
		(void)sqlite3_exec(d->s, "ROLLBACK", NULL, NULL, NULL);
}

struct db_query *
db_prepare(struct db *d, const char *sql, struct fault *f)
{
	const char *tail = NULL;
	struct db_query *q = mem_zero(1, sizeof *q);
	int r = sqlite3_prepare_v3(d->s, sql, -1, SQLITE_PREPARE_PERSISTENT, &q->s, &tail);

	if (r == SQLITE_OK && (q->s == NULL || *tail != 0)) {
		fault_near(f, "state: not one statement", slice_str(sql), 0);
		r = SQLITE_MISUSE;
	} else if (r != SQLITE_OK) {
		failed(d, r, f);
	}
	if (r != SQLITE_OK) {
		sqlite3_finalize(q->s);
		free(q);
		return NULL;
	}
	q->db = d;
	q->next = d->first;
	d->first = q;
	return q;
}

static void
bound(struct db_query *q, int r)
{
	if (q->bad == SQLITE_OK)
		q->bad = r;
}

/* A NULL pointer would bind NULL: the empty text is not NULL. */
void
db_bind_text(struct db_query *q, int at, struct slice s)
{
	bound(q, sqlite3_bind_text64(q->s, at, s.n ? s.p : "", s.n, SQLITE_STATIC, SQLITE_UTF8));
}

void
db_bind_blob(struct db_query *q, int at, struct slice s)
{
	bound(q, sqlite3_bind_blob64(q->s, at, s.n ? s.p : "", s.n, SQLITE_STATIC));
}

void
db_bind_i64(struct db_query *q, int at, int64_t v)
{
	bound(q, sqlite3_bind_int64(q->s, at, v));
}

void
db_bind_f64(struct db_query *q, int at, double v)
{
	bound(q, sqlite3_bind_double(q->s, at, v));
}

void
db_bind_null(struct db_query *q, int at)
{
	bound(q, sqlite3_bind_null(q->s, at));
}

/* A failed bind shows here: no statement runs with a value missing. */
enum db_step
db_step(struct db_query *q, struct fault *f)
{
	int r = q->bad ? q->bad : sqlite3_step(q->s);

	if (r == SQLITE_ROW)
		return DB_ROW;
	if (r == SQLITE_DONE)
		return DB_DONE;
	failed(q->db, r, f);
	return DB_ERROR;
}

void
db_reset(struct db_query *q)
{
	(void)sqlite3_reset(q->s);		/* repeats the last step's failure, which was told */
	(void)sqlite3_clear_bindings(q->s);
	q->bad = SQLITE_OK;
}

struct slice
db_text(struct db_query *q, int column)
{
	bool blob = sqlite3_column_type(q->s, column) == SQLITE_BLOB;
	const char *p = blob ? sqlite3_column_blob(q->s, column) : (const char *)sqlite3_column_text(q->s, column);

	return slice_of(p, p ? (size_t)sqlite3_column_bytes(q->s, column) : 0);
}

int64_t
db_i64(struct db_query *q, int column)
{
	return sqlite3_column_int64(q->s, column);
}

double
db_f64(struct db_query *q, int column)
{
	return sqlite3_column_double(q->s, column);
}

bool
db_null(struct db_query *q, int column)
{
	return sqlite3_column_type(q->s, column) == SQLITE_NULL;
}

int64_t
db_changes(struct db *d)
{
	return sqlite3_changes64(d->s);
}
