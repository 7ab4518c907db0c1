/*
 * The file of --state: one line of JSON a place, between a head and a sum. It is written whole beside the old one, synced and
 * renamed, and only after what it says was read has been written: after a kill at any instant records may come twice, with the
 * same ir.id, but none is lost.
 */
#include "cmd/ingest_live.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/port/db.h"

enum { STATE_MAX = 256 * 1024 * 1024, BUSY = 75, EACH_MS = 250 };

struct state {
	char *path;
	int lock;
	bool store;			/* ir-escalate's: it commits, we only read */
	bool held_back;			/* -o: what was written has its name only at the end */
	uint64_t commits;
	struct timespec begun;
	long last;			/* milliseconds of the run */
};

static void
take_lock(struct tool *t, struct state *s)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	struct buf name = {0};

	buf_str(&name, s->path);
	buf_lit(&name, ".lock");
	s->lock = open(buf_cstr(&name), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lock < 0)
		tool_die(t, errno, "--state: its lock %s cannot be opened", name.p);
	if (fcntl(s->lock, F_OFD_SETLK, &l) != 0) {
		tool_say(t, "--state %s: another run holds it", s->path);
		exit(BUSY);
	}
	buf_free(&name);
}

/* ---- reading ----------------------------------------------------------------------------------------------------------- */

static struct slice
text_of(const struct json *j, const char *name, struct buf *scratch)
{
	uint32_t v = json_get(j, 0, slice_str(name));

	buf_reset(scratch);
	return v == JSON_NONE || json_type(j, v) != JSON_STRING ? (struct slice){NULL, 0} : json_text(j, v, scratch);
}

static uint64_t
number_of(const struct json *j, const char *name)
{
	uint32_t v = json_get(j, 0, slice_str(name));
	uint64_t n = 0;

	return v == JSON_NONE || !json_u64(j, v, &n) ? 0 : n;
}

static bool
flag_of(const struct json *j, const char *name)
{
	uint32_t v = json_get(j, 0, slice_str(name));

	return v != JSON_NONE && json_type(j, v) == JSON_TRUE;
}

static bool
unhex(struct slice s, unsigned char out[16])
{
	static const char digits[] = "0123456789abcdef";

	if (s.n != 32)
		return false;
	for (size_t i = 0; i < 32; i++) {
		size_t d = slice_find(SLICE("0123456789abcdef"), s.p[i]);

		if (d == sizeof digits - 1)
			return false;
		out[i / 2] = (unsigned char)(i % 2 ? out[i / 2] | d : d << 4);
	}
	return true;
}

static bool
read_sum(const struct json *j, const char *n, const char *sum, struct place_sum *s, struct buf *scratch)
{
	s->n = number_of(j, n);
	return s->n == 0 || (s->n <= PLACE_HEAD && unhex(text_of(j, sum, scratch), s->sum));
}

static bool
read_place(struct places *ps, const struct json *j, struct buf *scratch)
{
	struct slice uri = text_of(j, "uri", scratch);
	struct buf path = {0};
	struct place *p;
	bool ok;

	if (uri.n == 0)
		return false;
	uri = arena_slice(&ps->mem, uri);
	source_unlabel(&path, text_of(j, "path", scratch));
	p = places_add(ps, uri, buf_slice(&path));
	buf_free(&path);
	p->size = number_of(j, "size");
	p->mtime = (int64_t)number_of(j, "mtime");
	p->off = number_of(j, "off");
	p->rec = number_of(j, "rec");
	p->last = number_of(j, "last");
	p->format = arena_slice(&ps->mem, text_of(j, "format", scratch));
	p->done = flag_of(j, "done");
	p->moved = flag_of(j, "moved");
	p->gone = flag_of(j, "gone");
	p->unknown = flag_of(j, "unknown");
	p->packed = flag_of(j, "packed");
	p->member = flag_of(j, "member");
	ok = read_sum(j, "head", "head_sum", &p->head, scratch) && read_sum(j, "tail", "tail_sum", &p->tail, scratch);
	if (ok && number_of(j, "ino") && !p->member)
		place_file(ps, p, number_of(j, "dev"), number_of(j, "ino"));
	p->dev = number_of(j, "dev");
	p->ino = number_of(j, "ino");
	return ok;
}

/* True if all lines are there as they were written. */
static bool
read_lines(struct ingest *i, struct state *s, struct slice bytes)
{
	struct json *j = json_new(&json_limits_stream);
	size_t body = slice_rfind(slice_head(bytes, bytes.n ? bytes.n - 1 : 0), '\n') + 1;
	struct place_sum sum = {0};
	struct buf scratch = {0};
	unsigned char told[16];
	struct fault f;
	uint64_t line = 0;
	bool ok = bytes.n && body < bytes.n && bytes.p[bytes.n - 1] == '\n';

	if (ok)
		place_sum(&sum, slice_head(bytes, body), body);
	json_block(j, bytes);
	for (; ok && json_line(j, &f); line++) {
		ok = j->ok && json_type(j, 0) == JSON_OBJECT;
		if (ok && j->at >= body)
			ok = unhex(text_of(j, "sum", &scratch), told) && memcmp(told, sum.sum, sizeof told) == 0;
		else if (ok && line == 0)
			ok = slice_eq(text_of(j, "state", &scratch), SLICE("ir-ingest")) && number_of(j, "v") == 1;
		else
			ok = ok && read_place(i->places, j, &scratch);
		if (ok && line == 0)
			s->commits = number_of(j, "commits");
	}
	buf_free(&scratch);
	json_free(j);
	return ok && line >= 2;
}

/* Positions that were committed with incidents (SECURITY.md section 7): by label alone. */
static bool
read_store(struct ingest *i, const char *path, struct fault *f)
{
	struct db *db = db_open(path, false, "", f);
	struct db_query *q = db ? db_prepare(db, "SELECT src, n, off, rec FROM position", f) : NULL;
	enum db_step step = DB_ERROR;

	while (q && (step = db_step(q, f)) == DB_ROW) {
		struct buf raw = {0};
		struct place *p;

		source_unlabel(&raw, db_text(q, 0));
		p = places_add(i->places, db_text(q, 0), buf_slice(&raw));
		p->off = (uint64_t)db_i64(q, 2);
		p->rec = (uint64_t)db_i64(q, 3);
		if ((uint64_t)db_i64(q, 1) + 1 > i->marks)
			i->marks = (uint64_t)db_i64(q, 1) + 1;
		buf_free(&raw);
	}
	if (db && !db_close(db, f))
		return false;
	return step == DB_DONE;
}

struct state *
state_open(struct ingest *i)
{
	struct state *s = mem_zero(1, sizeof *s);
	struct arena mem = {0};
	struct slice bytes = {NULL, 0};
	struct fault f = {0};

	s->path = mem_str(i->t->common.state);
	s->lock = -1;
	s->held_back = i->t->common.output.n && !slice_eq(i->t->common.output, SLICE("-"));
	(void)stream_clock(&s->begun);
	if (access(s->path, F_OK) == 0 && !tool_file(s->path, STATE_MAX, &mem, &bytes, &f))
		tool_die(i->t, 0, "--state %s: %s: %s", s->path, f.what, f.near);
	s->store = slice_starts(bytes, SLICE("SQLite format 3"));
	if (s->store) {
		if (!read_store(i, s->path, &f))
			tool_die(i->t, 0, "--state %s: %s: %s", s->path, f.what ? f.what : "cannot be read", f.near);
		i->resume = i->marks > 0;
	} else {
		take_lock(i->t, s);
		/* What was read before the lock was held may be old. */
		if (bytes.p && !tool_file(s->path, STATE_MAX, &mem, &bytes, &f))
			tool_die(i->t, 0, "--state %s: %s: %s", s->path, f.what, f.near);
		if (bytes.p && !read_lines(i, s, bytes))
			tool_die(i->t, 0, "--state %s: damaged, or not a state of ir-ingest; it was not touched",
			    s->path);
	}
	arena_free(&mem);
	return s;
}

/* ---- writing ----------------------------------------------------------------------------------------------------------- */

static void
put_sum(struct json_out *o, const char *n, const char *name, const struct place_sum *s)
{
	struct buf hex = {0};

	if (s->n == 0)
		return;
	jo_ku64(o, n, s->n);
	buf_hex(&hex, s->sum, sizeof s->sum);
	jo_ktext(o, name, buf_slice(&hex));
	buf_free(&hex);
}

static void
put_place(struct buf *b, const struct place *p)
{
	struct json_out o = json_out(b);
	struct buf path = {0};
	const struct {
		const char *name;
		bool is;
	} flags[] = {{"done", p->done}, {"moved", p->moved}, {"gone", p->gone}, {"unknown", p->unknown}, {"packed", p->packed},
	    {"member", p->member}};

	source_label(&path, p->path);
	jo_open(&o, '{');
	jo_ktext(&o, "uri", p->uri);
	jo_ktext(&o, "path", buf_slice(&path));
	jo_ku64(&o, "dev", p->dev);
	jo_ku64(&o, "ino", p->ino);
	jo_ku64(&o, "size", p->size);
	jo_ki64(&o, "mtime", p->mtime);
	put_sum(&o, "head", "head_sum", &p->head);
	put_sum(&o, "tail", "tail_sum", &p->tail);
	jo_ku64(&o, "off", p->off);
	jo_ku64(&o, "rec", p->rec);
	if (p->last)
		jo_ku64(&o, "last", p->last);
	if (p->format.n)
		jo_ktext(&o, "format", p->format);
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (flags[i].is)
			jo_kbool(&o, flags[i].name, true);
	jo_close(&o, '}');
	buf_byte(b, '\n');
	buf_free(&path);
}

/* Files that were rotated away and are not there any more are remembered for a while: their packed copy may come yet. */
static bool
worth(const struct places *ps, size_t at)
{
	const struct place *p = ps->v[at];

	return (p->path.n || p->member) && !(p->moved && p->done && ps->n > PLACES_MAX && at < ps->n - PLACES_MAX);
}

static void
put_state(struct buf *b, struct places *ps, const struct state *s)
{
	struct json_out o = json_out(b);
	struct place_sum sum;
	struct buf hex = {0};

	jo_open(&o, '{');
	jo_kstr(&o, "state", "ir-ingest");
	jo_ku64(&o, "v", 1);
	jo_ku64(&o, "commits", s->commits + 1);
	jo_close(&o, '}');
	buf_byte(b, '\n');
	for (size_t i = 0; i < ps->n; i++)
		if (worth(ps, i))
			put_place(b, ps->v[i]);
	place_sum(&sum, buf_slice(b), b->n);
	buf_hex(&hex, sum.sum, sizeof sum.sum);
	o = json_out(b);
	jo_open(&o, '{');
	jo_ktext(&o, "sum", buf_slice(&hex));
	jo_close(&o, '}');
	buf_byte(b, '\n');
	buf_free(&hex);
}

static void
write_state(struct ingest *i, struct state *s)
{
	struct buf b = {0};
	struct fault f = {0};

	pthread_mutex_lock(&i->places->lock);
	put_state(&b, i->places, s);
	pthread_mutex_unlock(&i->places->lock);
	if (!tool_write_file(s->path, buf_slice(&b), &f))
		tool_die(i->t, 0, "--state %s: %s: %s", s->path, f.what, f.near);
	s->commits++;
	s->last = stream_clock(&s->begun);
	buf_free(&b);
}

void
state_commit(struct ingest *i, bool now)
{
	struct state *s = i->state;

	if (s == NULL || s->store || s->held_back || (!now && stream_clock(&s->begun) - s->last < EACH_MS))
		return;
	stream_keep(i->t);
	write_state(i, s);
}

void
state_close(struct ingest *i)
{
	struct state *s = i->state;

	if (s == NULL)
		return;
	/* The output has its name now. */
	if (s->held_back && !s->store)
		write_state(i, s);
	if (s->lock >= 0)
		(void)close(s->lock);
	free(s->path);
	free(s);
	i->state = NULL;
}
