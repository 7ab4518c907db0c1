#include "lib/incident/store_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * Keys stand first in tables without rowid: quick_check of SQLite 3.40 looks for their NULLs in the wrong column otherwise.
 */
static const char schema[] =
    "CREATE TABLE incident(id TEXT PRIMARY KEY, key TEXT NOT NULL, first INTEGER NOT NULL, first_ns INTEGER NOT NULL, last INTEGER NOT NULL,"
    " last_ns INTEGER NOT NULL, opened INTEGER NOT NULL, opened_ns INTEGER NOT NULL, seq INTEGER NOT NULL, status INTEGER NOT NULL,"
    " severity INTEGER NOT NULL, priority INTEGER NOT NULL, dirty INTEGER NOT NULL, unlinked INTEGER NOT NULL DEFAULT 1, closed INTEGER,"
    " acts INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL, duties TEXT, record TEXT);"
    "CREATE TABLE desk(incident TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(incident, name)) WITHOUT ROWID;"
    "CREATE INDEX incident_key ON incident(key, last);"
    "CREATE INDEX incident_dirty ON incident(first, first_ns, id) WHERE dirty > 0;"
    "CREATE INDEX incident_unlinked ON incident(first, first_ns, id) WHERE unlinked = 1;"
    "CREATE TABLE alert(id BLOB PRIMARY KEY, print BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE waiting(n INTEGER PRIMARY KEY, run INTEGER NOT NULL, body BLOB NOT NULL);"
    "CREATE TABLE member(n INTEGER PRIMARY KEY, incident TEXT NOT NULL, told INTEGER, body TEXT NOT NULL);"
    "CREATE INDEX member_incident ON member(incident, told);"
    "CREATE TABLE finding(incident TEXT NOT NULL, rule TEXT NOT NULL, entity TEXT NOT NULL, name TEXT NOT NULL, level INTEGER NOT NULL,"
    " n INTEGER NOT NULL, first INTEGER NOT NULL, first_ns INTEGER NOT NULL, last INTEGER NOT NULL, last_ns INTEGER NOT NULL,"
    " PRIMARY KEY(incident, rule, entity)) WITHOUT ROWID;"
    "CREATE TABLE entity(incident TEXT NOT NULL, type INTEGER NOT NULL, value TEXT NOT NULL, kept INTEGER NOT NULL,"
    " PRIMARY KEY(incident, type, value)) WITHOUT ROWID;"
    "CREATE INDEX entity_value ON entity(type, value) WHERE type IN (1, 2, 4);"
    "CREATE TABLE link(incident TEXT NOT NULL, other TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY(incident, other)) WITHOUT ROWID;"
    "CREATE TABLE timer(incident TEXT NOT NULL, kind TEXT NOT NULL, due INTEGER NOT NULL, done INTEGER, told INTEGER NOT NULL DEFAULT 0,"
    " PRIMARY KEY(incident, kind)) WITHOUT ROWID;"
    "CREATE TABLE playbook(sha TEXT PRIMARY KEY, id TEXT NOT NULL, version INTEGER NOT NULL, bytes BLOB NOT NULL);"
    "CREATE TABLE run(incident TEXT NOT NULL, playbook TEXT NOT NULL, per TEXT NOT NULL, playbook_sha TEXT NOT NULL,"
    " PRIMARY KEY(incident, playbook, per)) WITHOUT ROWID;"
    "CREATE TABLE step(incident TEXT NOT NULL, playbook TEXT NOT NULL, per TEXT NOT NULL, id TEXT NOT NULL, action TEXT NOT NULL,"
    " state TEXT NOT NULL, class TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, vars TEXT, PRIMARY KEY(incident, playbook, per, id)) WITHOUT ROWID;"
    "CREATE INDEX step_action ON step(action);"
    "CREATE TABLE position(src TEXT PRIMARY KEY, n INTEGER NOT NULL, dev INTEGER, inode INTEGER, head BLOB, off INTEGER NOT NULL,"
    " rec INTEGER NOT NULL);"
    "CREATE TABLE outbox(seq INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, id TEXT NOT NULL, incident TEXT NOT NULL,"
    " record TEXT NOT NULL);"
    "CREATE INDEX outbox_id ON outbox(id);"
    "CREATE TABLE audit(seq INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, incident TEXT NOT NULL,"
    " body TEXT NOT NULL, prev BLOB NOT NULL, sha256 BLOB NOT NULL);"
    "CREATE INDEX audit_incident ON audit(incident, seq);"
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN"
    " SELECT raise(ABORT, 'the audit is only added to'); END;"
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN"
    " SELECT raise(ABORT, 'the audit is only added to'); END;"
    "CREATE VIEW v_open AS SELECT id, 'P' || priority AS priority, severity, status, first, last FROM incident WHERE status NOT IN (6, 9)"
    " ORDER BY incident.priority, last DESC;"
    "CREATE VIEW v_member AS SELECT m.incident AS incident, m.told AS seq, json_extract(e.value, '$[0]') AS id,"
    " json_extract(e.value, '$[1]') AS at, json_extract(m.body, '$.src[' || json_extract(e.value, '$[2]') || ']') AS src,"
    " json_extract(e.value, '$[3]') AS off FROM member AS m, json_each(m.body, '$.a') AS e;"
    "CREATE VIEW v_timer AS SELECT incident, kind, datetime(due, 'unixepoch') AS due, datetime(done, 'unixepoch') AS done FROM timer;"
    "CREATE VIEW v_block AS SELECT s.incident, s.playbook, s.per, s.id AS step, s.action, s.state FROM step AS s WHERE s.state = 'done';"
    "CREATE VIEW v_audit AS SELECT seq, at, who, what, incident, body, lower(hex(sha256)) AS sha256 FROM audit;";

static const char *const sql[Q_COUNT] = {
#define QUERY(id, text) [Q_##id] = text,
#include "lib/incident/queries.def"
#undef QUERY
};

/* Not on the file itself: that would shut out SQLite's own POSIX locks (SECURITY.md section 4). */
static int
lock_file(const char *path, bool *busy, struct fault *f)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	struct buf name = {0};
	int fd;

	buf_str(&name, path);
	buf_lit(&name, ".lock");
	fd = open(buf_cstr(&name), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		fault_near(f, "state: its lock cannot be opened", buf_slice(&name), 0);
	} else if (fcntl(fd, F_OFD_SETLK, &l) != 0) {
		*busy = errno == EAGAIN || errno == EACCES;
		fault_near(f, "state: another run holds it", buf_slice(&name), 0);
		close(fd);
		fd = -1;
	}
	buf_free(&name);
	return fd;
}

/* Without a name, so that it ends with the process. */
static int
private_file(struct fault *f)
{
	static const char *const folder[] = {"/var/tmp", "/tmp", "."};
	int fd = -1;

	for (size_t k = 0; fd < 0 && k < sizeof folder / sizeof *folder; k++)
		fd = open(folder[k], O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
	if (fd < 0)
		fault_near(f, "no private file can be made", slice_str(strerror(errno)), 0);
	return fd;
}

/* Without rows nothing is asked of the table. */
static bool
seen_open(struct store *s, struct fault *f)
{
	struct db_query *q = store_query(s, Q_alert_any, f);
	enum store_get got = q ? store_row(q, f) : GET_FAILED;

	s->seen.stored = got == GOT;
	if (got == GOT)
		db_reset(q);
	return got != GET_FAILED;
}

struct store *
store_open(const char *path, enum store_use use, bool *busy, struct fault *f)
{
	struct store *s = mem_zero(1, sizeof *s);
	bool ok = true;

	*busy = false;
	s->lock = s->side = -1;
	if (path && use == STORE_FILTER && (s->lock = lock_file(path, busy, f)) < 0) {
		free(s);
		return NULL;
	}
	s->db = db_open(path, use != STORE_READ, schema, f);
	if (s->db == NULL) {
		*busy = db_busy(f);
		if (s->lock >= 0)
			close(s->lock);
		free(s);
		return NULL;
	}
	s->json = json_new(&json_limits_stream);
	if (use == STORE_FILTER && (s->side = private_file(f)) < 0)
		ok = false;
	if (!ok || !wait_open(s, f) || !seen_open(s, f)) {
		struct fault other;

		if (!store_close(s, &other))
			*f = other;
		return NULL;
	}
	return s;
}

bool
store_close(struct store *s, struct fault *f)
{
	bool ok;

	if (s == NULL)
		return true;
	if (s->open)
		db_rollback(s->db);
	ok = db_close(s->db, f);
	if (s->side >= 0)
		close(s->side);
	if (s->lock >= 0)
		close(s->lock);
	wait_close(s);
	free(s->seen.place);
	free(s->seen.fresh);
	buf_free(&s->seen.long_ids);
	json_free(s->json);
	arena_free(&s->mem);
	buf_free(&s->text);
	free(s);
	return ok;
}

bool
store_begin(struct store *s, struct fault *f)
{
	if (s->open)
		return true;
	s->open = db_begin(s->db, f);
	return s->open;
}

bool
store_commit(struct store *s, struct fault *f)
{
	if (!s->open)
		return true;
	if (!store_seen_save(s, f) || !wait_save(s, f))
		return false;
	s->open = false;
	s->pending = 0;
	if (db_commit(s->db, f))
		return true;
	db_rollback(s->db);
	return false;
}

uint64_t
store_pending(const struct store *s)
{
	return s->pending;
}

struct db_query *
store_query(struct store *s, enum query q, struct fault *f)
{
	if (s->q[q] == NULL)
		s->q[q] = db_prepare(s->db, sql[q], f);
	else
		db_reset(s->q[q]);
	return s->q[q];
}

bool
store_do(struct db_query *q, struct fault *f)
{
	enum db_step step = db_step(q, f);

	db_reset(q);
	return step != DB_ERROR;
}

enum store_get
store_row(struct db_query *q, struct fault *f)
{
	switch (db_step(q, f)) {
	case DB_ROW:
		return GOT;
	case DB_DONE:
		db_reset(q);
		return NOT_THERE;
	default:
		db_reset(q);
		return GET_FAILED;
	}
}

struct slice
store_id(const char id[32])
{
	return slice_of(id, 32);
}
