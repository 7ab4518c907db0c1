#include "lib/act/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/in.h"
#include "lib/base/num.h"
#include "lib/json/json.h"
#include "lib/port/digest.h"

static const struct slice actor = SLICE_INIT("ir-respond");

struct act_entry *
act_journal_find(const struct act_journal *j, struct slice id)
{
	struct map_row *row = map_get(&j->by_id, id);

	return row ? row->v.p : NULL;
}

bool
act_journal_used(const struct act_journal *j, struct slice approval)
{
	return map_get(&j->approvals, approval) != NULL;
}

bool
act_entry_active(const struct act_entry *e)
{
	return (e->state == ACT_DONE && !e->held) || e->state == ACT_UNKNOWN;
}

/* ---- what a line means ----------------------------------------------------------------------------------------------------- */

static struct slice
text(struct act_journal *j, uint32_t object, const char *name)
{
	uint32_t v = json_get(j->json, object, slice_str(name));
	struct buf b = {0};
	struct slice s;

	if (v == JSON_NONE)
		return (struct slice){NULL, 0};
	s = arena_slice(&j->mem, json_type(j->json, v) == JSON_STRING ? json_text(j->json, v, &b) : json_raw(j->json, v));
	buf_free(&b);
	return s;
}

static bool
truth(struct act_journal *j, uint32_t object, const char *name)
{
	uint32_t v = json_get(j->json, object, slice_str(name));

	return v != JSON_NONE && json_type(j->json, v) == JSON_TRUE;
}

static void
read_argv(struct act_journal *j, uint32_t body, struct act_entry *e)
{
	uint32_t list = json_get(j->json, body, SLICE("argv"));
	size_t cap = 0;
	struct slice *v = NULL;
	struct buf b = {0};

	e->argc = 0;
	if (list == JSON_NONE || json_type(j->json, list) != JSON_ARRAY)
		return;
	for (uint32_t k = json_first(j->json, list); k != JSON_NONE; k = json_following(j->json, list, k)) {
		v = mem_grow(v, &cap, e->argc, sizeof *v);
		buf_reset(&b);
		v[e->argc++] = arena_slice(&j->mem, json_text(j->json, k, &b));
	}
	e->argv = arena_alloc(&j->mem, (e->argc + 1) * sizeof *v);
	if (e->argc)
		memcpy(e->argv, v, e->argc * sizeof *v);
	free(v);
	buf_free(&b);
}

static void
intent(struct act_journal *j, uint32_t body, struct stamp at, struct act_entry *e)
{
	e->key = text(j, body, "key");
	e->incident = text(j, body, "incident");
	e->name = text(j, body, "name");
	e->args = text(j, body, "args");
	e->approval = text(j, body, "approval");
	e->at = at;
	e->held = truth(j, body, "prior");
	e->has_until = stamp_read(text(j, body, "until"), &e->until);
	e->state = ACT_UNKNOWN;
	e->why = SLICE("intent without result");
	e->undoing = false;
	read_argv(j, body, e);
	if (e->approval.n)
		(void)map_put(&j->approvals, e->approval, NULL);
}

/* False: a line that this program would not have written. */
static bool
apply(struct act_journal *j, struct stamp at, struct slice what, uint32_t body)
{
	struct slice id = text(j, body, "action");
	struct act_entry *e = act_journal_find(j, id);
	bool first = slice_eq(what, SLICE("intent"));

	/* It changes nothing: what was refused may be asked for again. */
	if (slice_eq(what, SLICE("refused")))
		return id.n > 0;
	if (id.n == 0 || (e == NULL && !first))
		return false;
	if (e == NULL) {
		e = arena_zero(&j->mem, sizeof *e);
		e->id = id;
		map_put(&j->by_id, id, NULL)->v.p = e;
		j->entry = mem_grow(j->entry, &j->cap, j->n, sizeof *j->entry);
		j->entry[j->n++] = e;
	}
	if (first) {
		intent(j, body, at, e);
		return true;
	}
	if (slice_eq(what, SLICE("undo"))) {
		e->undoing = true;
		return true;
	}
	if (!slice_eq(what, SLICE("result")) && !slice_eq(what, SLICE("undone")) && !slice_eq(what, SLICE("settled")))
		return false;
	e->why = text(j, body, "reason");
	if (slice_eq(what, SLICE("undone")))
		e->undoing = false;
	return act_state_read(text(j, body, "state"), &e->state);
}

/* ---- the chain ------------------------------------------------------------------------------------------------------------- */

static void
add_field(struct buf *b, struct slice s)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_byte(b, (char)(s.n >> shift & 255));
	buf_slice_add(b, s);
}

/* The line, with \n, and its hash. */
static bool
make_line(uint64_t seq, struct slice at, struct slice what, struct slice body, const char prev[64], struct buf *line,
    char head[64])
{
	struct json_out o = json_out(line);
	struct buf number = {0}, all = {0}, hex = {0};
	struct slice part;
	struct sha256 sum;
	bool ok;

	buf_u64(&number, seq);
	add_field(&all, buf_slice(&number));
	add_field(&all, at);
	add_field(&all, actor);
	add_field(&all, what);
	add_field(&all, body);
	add_field(&all, slice_of(prev, 64));
	part = buf_slice(&all);
	ok = digest_sha256(&part, 1, &sum);
	buf_hex(&hex, sum.b, sizeof sum.b);
	memcpy(head, hex.p, 64);
	jo_open(&o, '{');
	jo_ku64(&o, "seq", seq);
	jo_ktext(&o, "at", at);
	jo_ktext(&o, "actor", actor);
	jo_ktext(&o, "what", what);
	jo_kraw(&o, "body", body);
	jo_ktext(&o, "prev", slice_of(prev, 64));
	jo_ktext(&o, "sha256", buf_slice(&hex));
	jo_close(&o, '}');
	buf_byte(line, '\n');
	buf_free(&number);
	buf_free(&all);
	buf_free(&hex);
	return ok;
}

/* A line must be, byte for byte, the one that its own fields make after the lines before it. */
static bool
read_line(struct act_journal *j, struct slice line, struct fault *f)
{
	struct buf want = {0}, body = {0};
	struct slice what, at;
	struct stamp stamp;
	uint32_t node;
	char head[64];
	bool ok;

	if (!json_one(j->json, line, f) || (node = json_get(j->json, 0, SLICE("body"))) == JSON_NONE)
		return fault_set(f, "not a line of a journal", 0);
	what = text(j, 0, "what");
	at = text(j, 0, "at");
	buf_slice_add(&body, json_raw(j->json, node));
	ok = stamp_read(at, &stamp) && make_line(j->seq + 1, at, what, buf_slice(&body), j->head, &want, head) &&
	    slice_eq(slice_of(want.p, want.n - 1), line);
	if (!ok)
		fault_set(f, "the chain is broken: this line is not the one that was written here", 0);
	else if (!apply(j, stamp, what, node))
		ok = fault_set(f, "a line that says nothing known", 0);
	j->seq += ok;
	memcpy(j->head, head, sizeof head);
	buf_free(&want);
	buf_free(&body);
	return ok;
}

static bool
read_lines(struct act_journal *j, struct slice all, struct fault *f)
{
	for (uint64_t line = 1; all.n; line++) {
		size_t nl = slice_find(all, '\n');

		if (nl == all.n) {
			j->torn = all.n;
			return true;
		}
		if (!read_line(j, slice_head(all, nl), f)) {
			f->line = line;
			f->column = 1;
			return false;
		}
		all = slice_from(all, nl + 1);
	}
	return true;
}

/* ---- the file -------------------------------------------------------------------------------------------------------------- */

static enum act_opened
take_lock(const char *path, struct act_journal *j, struct fault *f)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	struct buf name = {0};

	buf_str(&name, path);
	buf_lit(&name, ".lock");
	j->lock = open(buf_cstr(&name), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	buf_free(&name);
	if (j->lock < 0) {
		fault_near(f, "cannot open the lock of the journal", slice_str(strerrordesc_np(errno)), 0);
		return JOURNAL_ERROR;
	}
	if (fcntl(j->lock, F_OFD_SETLK, &whole) == 0)
		return JOURNAL_OPEN;
	fault_set(f, "another run holds the journal", 0);
	return errno == EAGAIN || errno == EACCES ? JOURNAL_BUSY : JOURNAL_ERROR;
}

/* An unfinished last line was never synced, so nothing was done on its word: it is cut off, and the caller says so. */
static bool
load(struct act_journal *j, bool write, bool *damaged, struct fault *f)
{
	struct in in = in_open(j->fd);
	bool ok;

	while (in_more(&in))
		;
	in.fd = -1;
	*damaged = false;
	if (in.error) {
		ok = fault_near(f, "cannot read the journal", slice_str(strerrordesc_np(in.error)), 0);
	} else {
		ok = read_lines(j, in_view(&in), f);
		*damaged = !ok;
		if (ok && write && j->torn && ftruncate(j->fd, (off_t)(in_view(&in).n - j->torn)) != 0)
			ok = fault_near(f, "cannot cut the unfinished line", slice_str(strerrordesc_np(errno)), 0);
	}
	in_end(&in);
	return ok;
}

/* The name of a new file lasts when its folder is on disk. */
static bool
sync_folder(const char *path)
{
	struct slice p = slice_str(path);
	size_t slash = slice_rfind(p, '/');
	char *folder = slash == p.n ? mem_str(SLICE(".")) : mem_str(slice_head(p, slash ? slash : 1));
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	free(folder);
	return ok;
}

enum act_opened
act_journal_open(const char *path, bool write, struct act_journal *j, struct fault *f)
{
	int flags = (write ? O_RDWR | O_APPEND | O_CREAT : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY;
	enum act_opened locked;
	struct stat st;
	bool damaged;

	*j = (struct act_journal){.fd = -1, .lock = -1, .json = json_new(&json_limits_stream)};
	memset(j->head, '0', sizeof j->head);
	if (write && (locked = take_lock(path, j, f)) != JOURNAL_OPEN)
		return locked;
	j->fd = open(path, flags, 0600);
	if (j->fd < 0 && errno == ENOENT && !write)
		return JOURNAL_OPEN;
	if (j->fd < 0 || fstat(j->fd, &st) != 0 || !S_ISREG(st.st_mode) || (write && !sync_folder(path))) {
		fault_near(f, "cannot open the journal", slice_str(strerrordesc_np(j->fd < 0 ? errno : EINVAL)), 0);
		return JOURNAL_ERROR;
	}
	if (load(j, write, &damaged, f))
		return JOURNAL_OPEN;
	return damaged ? JOURNAL_DAMAGED : JOURNAL_ERROR;
}

void
act_journal_close(struct act_journal *j)
{
	if (j->fd >= 0)
		close(j->fd);
	if (j->lock >= 0)
		close(j->lock);
	free(j->entry);
	map_free(&j->by_id);
	map_free(&j->approvals);
	arena_free(&j->mem);
	json_free(j->json);
	*j = (struct act_journal){.fd = -1, .lock = -1};
}

static bool
write_line(int fd, struct slice rest)
{
	while (rest.n) {
		ssize_t n = write(fd, rest.p, rest.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		rest = slice_from(rest, (size_t)n);
	}
	return fsync(fd) == 0;
}

bool
act_journal_add(struct act_journal *j, struct stamp at, const char *what, struct slice body, struct fault *f)
{
	char stamp[STAMP_LEN], head[64];
	struct buf line = {0};
	bool ok;

	stamp_put(stamp, at);
	ok = make_line(j->seq + 1, slice_of(stamp, sizeof stamp), slice_str(what), body, j->head, &line, head);
	if (!ok)
		fault_set(f, "the journal's hash failed", 0);
	else if (!write_line(j->fd, buf_slice(&line)))
		ok = fault_near(f, "cannot write the journal", slice_str(strerrordesc_np(errno)), 0);
	else
		ok = read_line(j, slice_of(line.p, line.n - 1), f);
	buf_free(&line);
	return ok;
}
