#include "lib/incident/wait.h"

#include "lib/incident/store_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WAIT_BYTES = 24 * 1024 * 1024, ROW_BYTES = 64 * 1024 };

/* ---- gathering ----------------------------------------------------------------------------------------------------------- */

bool
wait_open(struct store *s, struct fault *f)
{
	struct db_query *q = store_query(s, Q_waiting_runs, f);
	enum store_get got = GET_FAILED;
	struct wait *w = &s->wait;

	while (q && (got = store_row(q, f)) == GOT) {
		w->run = mem_grow(w->run, &w->run_cap, w->runs, sizeof *w->run);
		w->run[w->runs++] = (struct wait_run){.row = db_i64(q, 0), .last = db_i64(q, 1)};
		w->rows = db_i64(q, 1);
	}
	return q && got == NOT_THERE;
}

void
wait_close(struct store *s)
{
	struct wait *w = &s->wait;

	for (size_t k = 0; k < w->runs; k++)
		buf_free(&w->run[k].block);
	free(w->run);
	free(w->entry);
	buf_free(&w->lines);
	buf_free(&w->held);
}

static void
remember(struct wait *w, size_t at)
{
	struct wait_entry *e;

	w->entry = mem_grow(w->entry, &w->cap, w->n, sizeof *w->entry);
	e = &w->entry[w->n++];
	memcpy(e->head, w->lines.p + at, CUE_HEAD);
	e->at = at;
	e->n = (uint32_t)(w->lines.n - at);
	w->sorted = false;
}

uint64_t
wait_bytes(const struct store *s)
{
	return s->wait.lines.n;
}

static int
by_line(struct slice a, struct slice b)
{
	int by = memcmp(a.p, b.p, CUE_HEAD);

	return by ? by : slice_cmp(a, b);
}

static int
by_entry(const void *a, const void *b, void *lines)
{
	const struct wait_entry *x = a, *y = b;
	const char *p = ((const struct buf *)lines)->p;
	int by = memcmp(x->head, y->head, CUE_HEAD);

	return by ? by : slice_cmp(slice_of(p + x->at, x->n), slice_of(p + y->at, y->n));
}

static void
sort(struct wait *w)
{
	if (!w->sorted && w->n)
		qsort_r(w->entry, w->n, sizeof *w->entry, by_entry, &w->lines);
	w->sorted = true;
}

/* The private file: length and block, one after the other. */
static bool
side_write(struct store *s, struct buf *block, struct fault *f)
{
	uint32_t n = (uint32_t)block->n;
	struct iovec v[2] = {{&n, sizeof n}, {block->p, block->n}};
	ssize_t did = pwritev(s->side, v, 2, s->wait.side);

	buf_reset(block);
	if (did != (ssize_t)(sizeof n + n))
		return fault_near(f, "the private file cannot be written",
		    slice_str(did < 0 ? strerror(errno) : "no space left"), 0);
	s->wait.side += did;
	return true;
}

static bool
side_read(struct store *s, struct wait_run *r, struct fault *f)
{
	static const char words[] = "the private file cannot be read";
	uint32_t n;

	if (pread(s->side, &n, sizeof n, r->row) != (ssize_t)sizeof n || n > WAIT_BYTES)
		return fault_set(f, words, 0);
	buf_room(&r->block, n);
	if (pread(s->side, r->block.p, n, r->row + (off_t)sizeof n) != (ssize_t)n)
		return fault_set(f, words, 0);
	r->block.n = n;
	r->row += (int64_t)sizeof n + n;
	return true;
}

static bool
put_row(struct store *s, struct buf *block, bool side, struct fault *f)
{
	struct db_query *q;
	bool ok;

	if (side)
		return side_write(s, block, f);
	if ((q = store_query(s, Q_waiting_put, f)) == NULL)
		return false;
	db_bind_i64(q, 1, ++s->wait.rows);
	db_bind_i64(q, 2, (int64_t)s->wait.runs);
	db_bind_blob(q, 3, buf_slice(block));
	ok = store_do(q, f);
	buf_reset(block);
	return ok;
}

static void
put_line(struct buf *b, struct slice line)
{
	uint32_t n = (uint32_t)line.n;

	buf_add(b, &n, sizeof n);
	buf_slice_add(b, line);
}

static bool
save(struct store *s, bool side, struct fault *f)
{
	struct wait *w = &s->wait;
	struct wait_run run = {.row = side ? w->side : w->rows + 1, .side = side};
	struct buf block = {0};
	bool ok = true;

	if (w->n == 0)
		return true;
	sort(w);
	for (size_t k = 0; ok && k < w->n; k++) {
		put_line(&block, slice_of(w->lines.p + w->entry[k].at, w->entry[k].n));
		if (block.n >= ROW_BYTES || k + 1 == w->n)
			ok = put_row(s, &block, side, f);
	}
	buf_free(&block);
	run.last = side ? w->side - 1 : w->rows;
	w->run = mem_grow(w->run, &w->run_cap, w->runs, sizeof *w->run);
	w->run[w->runs++] = run;
	w->n = 0;
	buf_reset(&w->lines);
	return ok;
}

bool
wait_save(struct store *s, struct fault *f)
{
	return save(s, false, f);
}

bool
wait_add(struct store *s, const struct cue *a, struct fault *f)
{
	struct wait *w = &s->wait;
	size_t at = w->lines.n;

	cue_write(a, &w->lines);
	remember(w, at);
	return w->lines.n + w->n * sizeof *w->entry < WAIT_BYTES || save(s, true, f);
}

/* ---- merging: a heap of runs by the line at hand; empty ones are at its end ------------------------------------------ */

static bool
before(const struct wait_run *a, const struct wait_run *b)
{
	if (a->line.n == 0 || b->line.n == 0)
		return a->line.n > b->line.n;
	return by_line(a->line, b->line) < 0;
}

static void
sift(struct wait *w, size_t at)
{
	for (;;) {
		size_t least = at;
		struct wait_run hold;

		for (size_t k = 2 * at + 1; k <= 2 * at + 2 && k < w->runs; k++)
			if (before(&w->run[k], &w->run[least]))
				least = k;
		if (least == at)
			return;
		hold = w->run[at];
		w->run[at] = w->run[least];
		w->run[least] = hold;
		at = least;
	}
}

static bool
next_row(struct store *s, struct wait_run *r, struct fault *f)
{
	struct db_query *q;

	buf_reset(&r->block);
	r->at = 0;
	if (r->row > r->last)
		return true;
	if (r->side)
		return side_read(s, r, f);
	if ((q = store_query(s, Q_waiting_get, f)) == NULL)
		return false;
	db_bind_i64(q, 1, r->row++);
	if (store_row(q, f) != GOT)
		return fault_set(f, "state: damaged: alerts that wait", 0);
	buf_slice_add(&r->block, db_text(q, 0));
	db_reset(q);
	return true;
}

static bool
advance(struct store *s, struct wait_run *r, struct fault *f)
{
	uint32_t n;

	r->line = (struct slice){0};
	if (r->at >= r->block.n && !next_row(s, r, f))
		return false;
	if (r->block.n == 0)
		return true;
	if (r->block.n - r->at < sizeof n)
		return fault_set(f, "state: damaged: alerts that wait", 0);
	memcpy(&n, r->block.p + r->at, sizeof n);
	if (n < CUE_HEAD || n > r->block.n - r->at - sizeof n)
		return fault_set(f, "state: damaged: alerts that wait", 0);
	r->line = slice_of(r->block.p + r->at + sizeof n, n);
	r->at += sizeof n + n;
	return true;
}

bool
wait_begin(struct store *s, struct fault *f)
{
	struct wait *w = &s->wait;

	sort(w);
	w->at = 0;
	for (size_t k = 0; k < w->runs; k++)
		if (!advance(s, &w->run[k], f))
			return false;
	for (size_t k = w->runs / 2; k-- > 0;)
		sift(w, k);
	return true;
}

enum store_get
wait_next(struct store *s, struct slice *line, struct fault *f)
{
	struct wait *w = &s->wait;
	struct slice mine = w->at < w->n ? slice_of(w->lines.p + w->entry[w->at].at, w->entry[w->at].n) : (struct slice){0};
	struct slice theirs = w->runs ? w->run[0].line : (struct slice){0};

	if (mine.n && (theirs.n == 0 || by_line(mine, theirs) <= 0)) {
		w->at++;
		*line = mine;
		return GOT;
	}
	if (theirs.n == 0)
		return NOT_THERE;
	buf_reset(&w->held);
	buf_slice_add(&w->held, theirs);
	*line = buf_slice(&w->held);
	if (!advance(s, &w->run[0], f))
		return GET_FAILED;
	sift(w, 0);
	return GOT;
}

bool
wait_end(struct store *s, struct slice keep, struct fault *f)
{
	struct wait *w = &s->wait;
	struct db_query *q;

	for (size_t k = 0; k < w->runs; k++)
		buf_free(&w->run[k].block);
	if (w->rows && ((q = store_query(s, Q_waiting_clear, f)) == NULL || !store_do(q, f)))
		return false;
	if (w->side && ftruncate(s->side, 0) != 0)
		return fault_set(f, "the private file cannot be emptied", 0);
	w->side = 0;
	w->runs = w->n = 0;
	w->rows = 0;
	buf_reset(&w->lines);
	while (keep.n) {
		uint32_t n;
		size_t at = w->lines.n;

		memcpy(&n, keep.p, sizeof n);
		buf_add(&w->lines, keep.p + sizeof n, n);
		remember(w, at);
		keep = slice_from(keep, sizeof n + n);
	}
	return true;
}
