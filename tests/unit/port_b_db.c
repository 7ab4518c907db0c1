#include "lib/port/db.h"
#include "tests/unit/unit.h"

#include "lib/base/buf.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char SCHEMA[] = "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, body BLOB, score REAL) STRICT;";
static char dir[] = "/tmp/irpipe-db-XXXXXX";

static const char *
in_dir(const char *name)
{
	static char path[2][64];
	static unsigned at;

	at ^= 1;
	snprintf(path[at], sizeof path[at], "%s/%s", dir, name);
	return path[at];
}

static void
insert(struct db *d, int64_t id, struct slice name)
{
	struct fault f = {0};
	struct db_query *q = db_prepare(d, "INSERT INTO t VALUES(?1, ?2, ?3, ?4)", &f);

	if (!OK(q != NULL, "prepared %s", f.near))
		return;
	db_bind_i64(q, 1, id);
	db_bind_text(q, 2, name);
	db_bind_blob(q, 3, SLICE("a\0b"));
	db_bind_f64(q, 4, .5);
	OK(db_step(q, &f) == DB_DONE, "inserted %s", f.near);
	INT(db_changes(d), 1, "one change");
	db_reset(q);
}

static int64_t
count(struct db *d)
{
	struct fault f = {0};
	struct db_query *q = db_prepare(d, "SELECT count(*) FROM t", &f);
	int64_t n = q && db_step(q, &f) == DB_ROW ? db_i64(q, 0) : -1;

	if (q)
		db_reset(q);
	return n;
}

static void
values(void)
{
	struct fault f = {0};
	struct db *d = db_open(in_dir("a"), true, SCHEMA, &f);
	struct db_query *q;

	if (!OK(d != NULL, "opened: %s %s", f.what ? f.what : "", f.near))
		return;
	OK(db_begin(d, &f), "begin");
	insert(d, 7, SLICE("x' OR '1'='1"));
	insert(d, 8, slice_of(NULL, 0));
	OK(db_commit(d, &f), "commit");
	q = db_prepare(d, "SELECT id, name, body, score, NULL FROM t WHERE name = ?1", &f);
	db_bind_text(q, 1, SLICE("x' OR '1'='1"));
	OK(db_step(q, &f) == DB_ROW, "a row");
	INT(db_i64(q, 0), 7, "id");
	SAME(db_text(q, 1), SLICE("x' OR '1'='1"), "text");
	SAME(db_text(q, 2), SLICE("a\0b"), "blob with NUL");
	OK(db_f64(q, 3) > .49 && db_f64(q, 3) < .51, "real");
	OK(db_null(q, 4) && !db_null(q, 0), "null");
	OK(db_step(q, &f) == DB_DONE, "done");
	db_reset(q);
	db_bind_text(q, 1, slice_of(NULL, 0));
	OK(db_step(q, &f) == DB_ROW && db_i64(q, 0) == 8, "the empty text is not NULL");
	db_reset(q);
	OK(db_begin(d, &f), "begin");
	insert(d, 9, SLICE("gone"));
	db_rollback(d);
	INT(count(d), 2, "rolled back");
	db_rollback(d);
	OK(db_close(d, &f), "closed");
	d = db_open(in_dir("a"), true, SCHEMA, &f);
	INT(d ? count(d) : -1, 2, "opened again");
	OK(db_close(d, &f) && db_close(NULL, &f), "closed again");
}

static void
refused_sql(void)
{
	static const char *const sql[] = {
		"ATTACH '/dev/null' AS x", "SELECT load_extension('x')", "PRAGMA writable_schema=1; DELETE FROM sqlite_schema",
		"SELECT \"no such column\" FROM t", "INSERT INTO t(id) VALUES('text')", "SELECT zeroblob(33554433)",
	};
	struct fault f = {0};
	struct db *d = db_open(in_dir("b"), true, SCHEMA, &f);
	struct db_query *q;
	struct buf b = {0};

	if (!OK(d != NULL, "opened"))
		return;
	for (size_t i = 0; i < sizeof sql / sizeof *sql; i++)
		OK(!db_exec(d, sql[i], &f), "refused: %s (%s)", sql[i], f.near);
	OK(db_prepare(d, "SELECT 1; SELECT 2", &f) == NULL, "two statements in one");
	OK(db_prepare(d, "", &f) == NULL, "no statement");
	OK(db_prepare(d, "SELEC", &f) == NULL, "bad SQL: %s", f.near);
	q = db_prepare(d, "INSERT INTO t(id, name) VALUES(?1, ?2)", &f);
	db_bind_i64(q, 1, 1);
	db_bind_i64(q, 3, 1);
	OK(db_step(q, &f) == DB_ERROR, "a bind that has no place");
	db_reset(q);
	buf_room(&b, 33554433);
	memset(b.p, 'a', 33554433);
	db_bind_i64(q, 1, 1);
	db_bind_text(q, 2, slice_of(b.p, 33554433));
	OK(db_step(q, &f) == DB_ERROR, "more than 32 MiB: %s", f.near);
	db_reset(q);
	INT(count(d), 0, "nothing was written");
	buf_free(&b);
	OK(db_close(d, &f), "closed");
}

static void
spoil(const char *path, long at, const char *bytes, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	if (fd < 0 || pwrite(fd, bytes, n, at) != (ssize_t)n || close(fd) != 0)
		abort();
}

static void
damaged(void)
{
	char junk[4096];
	struct fault f = {0};
	struct db *d;

	memset(junk, 'J', sizeof junk);
	spoil(in_dir("junk"), 0, junk, sizeof junk);
	OK(db_open(in_dir("junk"), true, SCHEMA, &f) == NULL, "junk is refused: %s", f.near);
	SAME(slice_str(f.what), SLICE("state: damaged"), "junk: words");
	d = db_open(in_dir("c"), true, SCHEMA, &f);
	for (int i = 0; d && i < 300; i++)
		if (!db_exec(d, "INSERT INTO t(name) VALUES(hex(randomblob(100)))", &f))
			abort();
	OK(db_close(d, &f), "filled");
	spoil(in_dir("c"), 4096, junk, sizeof junk);
	OK(db_open(in_dir("c"), true, SCHEMA, &f) == NULL, "a damaged page is refused: %s", f.near);
	SAME(slice_str(f.what), SLICE("state: damaged"), "page: words");
	OK(db_open(in_dir("c"), false, SCHEMA, &f) == NULL, "also for reading");
	OK(access(in_dir("c"), F_OK) == 0, "it is still there");
}

static void
strangers(void)
{
	struct fault f = {0};
	struct db *d = db_open(in_dir("d"), true, NULL, &f);

	OK(d && db_exec(d, "CREATE TABLE other(x)", &f) && db_close(d, &f), "another's file");
	OK(db_open(in_dir("d"), true, SCHEMA, &f) == NULL, "is refused: %s", f.what);
	d = db_open(in_dir("e"), true, NULL, &f);
	OK(d && db_exec(d, "PRAGMA user_version=2", &f) && db_close(d, &f), "a newer file");
	OK(db_open(in_dir("e"), true, SCHEMA, &f) == NULL, "is refused: %s", f.what);
	OK(db_open(in_dir("none"), false, SCHEMA, &f) == NULL, "for reading there must be one: %s", f.what);
	OK(db_open(":memory:", true, SCHEMA, &f) == NULL && db_open("", true, SCHEMA, &f) == NULL, "SQLite's own names");
	OK(db_open("/nonexistent/x", true, SCHEMA, &f) == NULL, "no folder: %s", f.what);
	OK(db_open(in_dir("f"), true, "CREATE TABLE t(x); CREATE TABLE t(x);", &f) == NULL, "a bad schema: %s", f.near);
	d = db_open(in_dir("f"), true, SCHEMA, &f);
	INT(d ? count(d) : -1, 0, "and left nothing behind");
	OK(db_close(d, &f), "closed");
}

static void
two_handles(void)
{
	struct fault f = {0};
	struct db *d = db_open(in_dir("g"), true, SCHEMA, &f), *e = db_open(in_dir("g"), false, SCHEMA, &f);

	if (!OK(d && e, "a writer and a reader: %s", f.what ? f.what : ""))
		return;
	insert(d, 1, SLICE("x"));
	INT(count(e), 1, "the reader sees it");
	OK(!db_exec(e, "DELETE FROM t", &f), "the reader cannot write: %s", f.what);
	OK(db_close(e, &f), "reader closed");
	e = db_open(in_dir("g"), true, SCHEMA, &f);
	OK(e && db_begin(d, &f) && !db_begin(e, &f) && db_busy(&f), "a second writer: %s", f.what);
	db_rollback(d);
	OK(e && db_begin(e, &f), "then it may");
	db_rollback(e);
	OK(db_close(d, &f) && db_close(e, &f), "closed");
}

static int
open_files(void)
{
	DIR *fds = opendir("/proc/self/fd");
	int n = 0;

	while (fds && readdir(fds))
		n++;
	if (fds)
		closedir(fds);
	return n;
}

/* All files are open before the first row, however large it grows. */
static void
private_file(void)
{
	struct fault f = {0};
	int before = open_files(), open;
	struct db *d = db_open(NULL, true, SCHEMA, &f);

	if (!OK(d != NULL, "private file: %s", f.what ? f.what : ""))
		return;
	open = open_files();
	INT(open, before + 1, "private: one file is open");
	OK(db_begin(d, &f) && db_exec(d, "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
	    "INSERT INTO t(name) SELECT hex(randomblob(200)) FROM n", &f), "private: 8 MB %s", f.near);
	OK(db_exec(d, "UPDATE t SET name = upper(name) || 'x'", &f), "private: all rows change");
	INT(open_files(), open, "private: no other file was opened");
	OK(db_commit(d, &f), "private: commit");
	INT(count(d), 20000, "private: rows");
	OK(db_close(d, &f), "private: closed");
	INT(open_files(), before, "private: gone");
}

int
main(void)
{
	char all[64];

	if (mkdtemp(dir) == NULL)
		return 1;
	values();
	refused_sql();
	damaged();
	strangers();
	two_handles();
	private_file();
	for (const char *c = "abcdefg"; *c; c++) {
		snprintf(all, sizeof all, "%s/%c", dir, *c);
		unlink(all);
	}
	unlink(in_dir("junk"));
	/* What belongs to a damaged file is not taken away either. */
	unlink(in_dir("c-wal"));
	unlink(in_dir("c-shm"));
	OK(rmdir(dir) == 0, "no other file is left");
	return unit_done();
}
