/*
 * ir-verify chain: journals of ir-respond (lines) and the audit of ir-escalate (a table of its state file).  Each row holds the
 * SHA-256 of its fields, every one with its length before it, and of the row before.  A cut tail shows only against a head that
 * was kept elsewhere.
 */
#include "cmd/verify_verb.h"

#include "lib/base/num.h"
#include "lib/port/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static struct slice head;
static const struct opt options[] = {
	{0, "head", "SHA256", "the head that was printed or signed before: it must stand in the chain, and at its end", OPT_TEXT,
	    &head, NULL},
	{0},
};
static const char *const kinds[] = {"text", "json", NULL};

/* Big-endian length of `bytes` bytes, then the field. */
static void
field(struct buf *b, int bytes, struct slice s)
{
	for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
		buf_byte(b, (char)(unsigned char)((uint64_t)s.n >> shift));
	buf_slice_add(b, s);
}

struct chain {
	struct ruling *r;
	struct slice file;
	uint64_t row, seq, last_wrong;
	struct buf prev;		/* of the row before: hex (journal) or 32 bytes (audit) */
	struct buf text;
	bool head_seen, head_last;
};

static void
wrong(struct chain *c, const char *kind, struct slice what)
{
	ruling_wrong(c->r, c->file, c->row, kind, what);
	c->last_wrong = c->row;
}

static void
head_look(struct chain *c, struct slice hex)
{
	c->head_last = head.n && slice_eq_nocase(hex, head);
	c->head_seen = c->head_seen || c->head_last;
}

static void
chain_close(struct chain *c)
{
	struct buf b = {0};

	if (head.n && !c->head_seen)
		ruling_wrong(c->r, c->file, c->row, "cut", SLICE("the head that was kept is not in it: a tail is cut off, or it "
		    "was made anew"));
	else if (head.n && !c->head_last)
		ruling_fact(c->r, c->file, "grown", SLICE("rows stand behind the head that was kept"));
	buf_u64(&b, c->seq);
	buf_byte(&b, ' ');
	if (c->prev.n == 32)
		buf_hex(&b, c->prev.p, c->prev.n);
	else
		buf_slice_add(&b, buf_slice(&c->prev));
	ruling_fact(c->r, c->file, "head", buf_slice(&b));
	buf_free(&b);
}

/* ---- journal ----------------------------------------------------------------------------------------------------- */

static struct slice
text_of(struct chain *c, const struct json *j, const char *name)
{
	uint32_t v = json_get(j, 0, slice_str(name));
	size_t from = c->text.n;

	if (v == JSON_NONE)
		return SLICE("");
	if (json_type(j, v) != JSON_STRING)
		return json_raw(j, v);
	json_text_add(j, v, &c->text);
	return slice_of(c->text.p + from, c->text.n - from);
}

static void
journal_row(struct chain *c, const struct json *j, struct slice line)
{
	static const char *const name[] = {"seq", "at", "actor", "what", "body", "prev"};
	struct slice got[6], sum_said;
	struct buf b = {0};
	struct sha256 sum;
	struct slice whole;
	uint64_t seq = 0;

	buf_reset(&c->text);
	/* Slices point into text: it must not move while they are taken. */
	buf_room(&c->text, line.n + 1);
	for (int i = 0; i < 6; i++) {
		got[i] = text_of(c, j, name[i]);
		field(&b, 4, got[i]);
	}
	sum_said = text_of(c, j, "sha256");
	whole = buf_slice(&b);
	if (!num_u64(got[0], &seq) || seq != c->seq + 1)
		wrong(c, "sequence", got[0]);
	c->seq = seq ? seq : c->seq + 1;
	if (!slice_eq(got[5], buf_slice(&c->prev)))
		wrong(c, "link", SLICE("it does not hold the hash of the row before"));
	if (!digest_sha256(&whole, 1, &sum) || !hex_same(sum_said, &sum))
		wrong(c, "hash", SLICE("the row is not what was hashed"));
	buf_reset(&c->prev);
	buf_slice_add(&c->prev, sum_said);
	head_look(c, sum_said);
	buf_free(&b);
}

static void
journal(struct chain *c, struct slice text)
{
	struct json *j = json_new(&json_limits_stream);
	struct slice line;
	struct fault f;

	for (int i = 0; i < 64; i++)
		buf_byte(&c->prev, '0');
	if (text.n && text.p[text.n - 1] != '\n')
		ruling_wrong(c->r, c->file, 0, "torn", SLICE("the last line has no end"));
	while (verb_line(&text, &line)) {
		c->row++;
		c->r->checked++;
		if (json_one(j, line, &f) && json_type(j, 0) == JSON_OBJECT)
			journal_row(c, j, line);
		else {
			wrong(c, "no-row", SLICE("not a JSON object"));
			c->seq++;
		}
	}
	json_free(j);
}

/* ---- audit ------------------------------------------------------------------------------------------------------- */

static void
audit_row(struct chain *c, struct db_query *q)
{
	struct buf b = {0}, seq = {0};
	struct slice whole;
	struct sha256 sum;

	buf_i64(&seq, db_i64(q, 0));
	field(&b, 8, buf_slice(&seq));
	for (int k = 1; k <= 5; k++)
		field(&b, 8, db_text(q, k));
	field(&b, 8, buf_slice(&c->prev));
	whole = buf_slice(&b);
	if (db_i64(q, 0) != (int64_t)c->seq + 1)
		wrong(c, "sequence", buf_slice(&seq));
	c->seq = (uint64_t)db_i64(q, 0);
	if (!slice_eq(db_text(q, 6), buf_slice(&c->prev)))
		wrong(c, "link", SLICE("it does not hold the hash of the row before"));
	if (!digest_sha256(&whole, 1, &sum) || !slice_eq(db_text(q, 7), slice_of((const char *)sum.b, sizeof sum.b)))
		wrong(c, "hash", SLICE("the row is not what was hashed"));
	buf_reset(&c->prev);
	buf_slice_add(&c->prev, db_text(q, 7));
	buf_reset(&seq);
	buf_hex(&seq, c->prev.p, c->prev.n);
	head_look(c, buf_slice(&seq));
	buf_free(&b);
	buf_free(&seq);
}

static void
audit(struct chain *c, struct db *db)
{
	struct fault f = {0};
	struct db_query *q = db ? db_prepare(db, "SELECT seq, at, who, what, incident, body, prev, sha256 FROM audit ORDER BY "
	    "seq", &f) : NULL;
	enum db_step step = DB_ERROR;

	for (int i = 0; i < 32; i++)
		buf_byte(&c->prev, '\0');
	while (q && (step = db_step(q, &f)) == DB_ROW) {
		c->row++;
		c->r->checked++;
		audit_row(c, q);
	}
	if (!q || step == DB_ERROR)
		ruling_wrong(c->r, c->file, c->row, "unreadable", slice_str(f.what ? f.what : "no audit is in it"));
	if (db && !db_close(db, &f))
		ruling_untold(c->r, c->file, "the state file could not be closed");
}

/* SQLite opens its file and the two beside it: before the cell. */
static struct db *
state_open(struct tool *t, struct slice name)
{
	char *path = mem_str(name), begins[16] = {0};
	struct fault f = {0};
	struct db *db = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	bool state = fd >= 0 && pread(fd, begins, sizeof begins, 0) == sizeof begins && memcmp(begins, "SQLite format 3",
	    15) == 0;

	if (fd < 0)
		tool_usage(t, "%s: %s", path, strerror(errno));
	(void)close(fd);
	if (state && (db = db_open(path, false, NULL, &f)) == NULL) {
		tool_fault(t, name, &f);
		exit(4);
	}
	free(path);
	return db;
}

int
verify_chain(int argc, char *argv[])
{
	static const struct tool_about about = {
		.name = "ir-verify", .what = "chain: no row of a journal or an audit was changed, lost or added", .usage =
		    "chain [--head SHA256] FILE...",
		.examples = {"ir-verify chain journal.ndjson", "ir-verify chain case.db",
		    "ir-verify chain --head $HEAD journal.ndjson"},
		.kinds = kinds, .own_input = true, .terminal_ok = true,
	};
	struct ruling r;
	struct tool t;
	struct arena mem = {0};
	struct db **db;

	ruling_begin(&r, &t, &about, options, argc, argv);
	if (t.args.n == 0)
		tool_usage(&t, "chain: which journal or state file?");
	db = mem_zero(t.args.n, sizeof *db);
	for (size_t i = 0; i < t.args.n; i++)
		db[i] = state_open(&t, t.args.v[i]);
	ruling_cell(&r, SLICE(""));
	for (size_t i = 0; i < t.args.n; i++) {
		struct chain c = {.r = &r, .file = t.args.v[i]};

		if (db[i])
			audit(&c, db[i]);
		else
			journal(&c, verb_file(&t, c.file, &mem));
		chain_close(&c);
		buf_free(&c.prev);
		buf_free(&c.text);
		arena_reset(&mem);
	}
	free(db);
	arena_free(&mem);
	return ruling_end(&r);
}
