/* Bytes of a source into blocks of whole records. */
#include "cmd/ingest_live.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * ---- reading ------------------------------------------------------------------------------------------------------------------
 */

enum { BLOCK = 256 * 1024, READ = 256 * 1024, LEAVE_MS = 500 /* the stages behind wait 1 s for the end of this one */ };

/* What is followed never waits: its end is the end for now. */
static size_t
read_followed(struct reading *r, char *to, size_t cap)
{
	struct pollfd p = {.fd = r->fd, .events = POLLIN};
	ssize_t n;

	if (tool_stopped() && !r->pipe)
		return 0;
	if (r->pipe && poll(&p, 1, 0) <= 0)
		return 0;
	do
		n = read(r->fd, to, cap);
	while (n < 0 && errno == EINTR);
	/* All writers have left. */
	if (r->pipe && n == 0)
		r->eof = true;
	return n > 0 ? (size_t)n : 0;
}

/* The rest of the last line was not read: half a record is no evidence. */
static void
drop_half(struct reading *r)
{
	size_t end = slice_rfind(buf_slice(&r->hold), '\n');

	r->hold.n = end < r->hold.n ? end + 1 : 0;
}

bool
ingest_more(struct reading *r)
{
	struct buf *to = r->wide ? &r->raw : &r->hold;
	size_t n = 0;

	if (r->from) {
		memmove(r->hold.p, r->hold.p + r->from, r->hold.n - r->from);
		r->hold.n -= r->from;
		r->from = 0;
	}
	buf_room(to, READ);
	if (r->fd >= 0)
		n = read_followed(r, to->p + to->n, READ);
	else if (stream_wait(r->i->in, r->src, LEAVE_MS))
		n = source_read(r->i->in, to->p + to->n, READ);
	else
		drop_half(r);
	if (r->sum && !digest_add(r->sum, slice_of(to->p + to->n, n)))
		tool_die(r->i->t, 0, "SHA-256 is not to be had");
	r->summed += n;
	to->n += n;
	if (r->wide)
		wide_text(r->wide, &r->raw, &r->hold);
	r->reached = n == 0 && !tool_stopped();
	if (n == 0 && (r->fd >= 0 || (r->keep && !tool_stopped())))
		r->dry = !r->eof;
	else if (n == 0)
		r->eof = true;
	ingest_progress(r->i);
	return n > 0;
}

void
ingest_take(struct reading *r, size_t n)
{
	r->at += r->wide ? wide_span(slice_of(r->hold.p + r->from, n)) : n;
	r->from += n;
}

/* n bytes of what was read become the job's: the whole buffer is handed over where the rest that must stay is small. */
static struct slice
take_over(struct reading *r, struct job *job, size_t n)
{
	size_t rest = r->hold.n - r->from - n;
	struct buf b = job->in;
	struct slice view;

	if (rest > n / 4) {
		buf_add(&job->in, r->hold.p + r->from, n);
		r->from += n;
		return buf_slice(&job->in);
	}
	view = slice_of(r->hold.p + r->from, n);
	job->in = r->hold;
	r->hold = b;
	buf_reset(&r->hold);
	buf_add(&r->hold, view.p + n, rest);
	r->from = 0;
	return view;
}

static void
give(struct reading *r, size_t n, uint64_t count, bool last)
{
	struct ingest *i = r->i;
	struct job *job = jobs_take(i->jobs);
	bool marked = i->records / MARK_EACH != (i->records + count) / MARK_EACH;
	uint64_t span = r->wide ? wide_span(slice_of(r->hold.p + r->from, n)) : n;

	job->view = take_over(r, job, n);
	job->at = r->at;
	job->first = r->rec;
	job->source = r->piece;
	job->last = r->ended = last;
	i->records += count;
	r->rec += count;
	r->at += span;
	job->number[0] = (marked ? IS_MARK : 0u) | (r->pipe ? IS_FLUSH : 0u) | (last && r->reached ? IS_DONE : 0u);
	job->number[1] = r->at;
	job->number[2] = r->rec - 1;
	buf_slice_add(&job->extra, buf_slice(&r->state));
	jobs_give(i->jobs, job);
}

/* Lines whose order does not matter: the block is cut by its last line end, and at each 10,000th record. */
static void
give_lines(struct reading *r)
{
	while (!r->eof || r->hold.n > r->from) {
		struct slice in = slice_of(r->hold.p + r->from, r->hold.n - r->from);
		size_t whole = slice_rfind(in, '\n') + 1;
		uint64_t count, left = MARK_EACH - r->i->records % MARK_EACH;

		if (whole > in.n)
			whole = r->eof ? in.n : 0;
		else if (r->eof)
			whole = in.n;
		/* A block is filled up, unless a pipe has no more for now or what follows is a record too long to be held. */
		if (whole == 0 || (!r->eof && !r->dry && whole < BLOCK && in.n - whole <= r->i->o.max_record &&
		    !(r->pipe && r->fd < 0 && source_idle(r->i->in)))) {
			if (in.n > r->i->o.max_record && whole == 0)
				return;
			if (!r->eof && !r->dry) {
				(void)ingest_more(r);
				continue;
			}
			if (whole == 0)
				return;
		}
		if (whole > BLOCK) {
			size_t cut = slice_rfind(slice_head(in, BLOCK), '\n') + 1;

			whole = cut <= BLOCK ? cut : slice_find(in, '\n') + 1;
		}
		if (whole > in.n)
			whole = in.n;
		count = slice_lines(slice_head(in, whole));
		if (count > left) {
			whole = slice_behind_lines(in, left);
			count = left;
		}
		give(r, whole, count, r->eof && r->from + whole == r->hold.n);
	}
}

/* Framed records: as many as make a block; the format's state at its start goes with it. */
static void
give_records(struct reading *r)
{
	const struct format *f = r->piece->format;
	size_t longest = f->frame_max > r->i->o.max_record ? f->frame_max : r->i->o.max_record;
	struct buf state = {0};

	for (;;) {
		size_t n = 0, len = 0;
		uint64_t count = 0, left = MARK_EACH - r->i->records % MARK_EACH;
		struct slice in;

		buf_reset(&state);
		buf_slice_add(&state, buf_slice(&r->state));
		while (n < BLOCK && count < left) {
			struct slice record = {0};

			in = slice_of(r->hold.p + r->from + n, r->hold.n - r->from - n);
			len = in.n ? format_frame(f, in, r->eof, state.p, &record) : 0;
			if (len == 0)
				break;
			n += len;
			if (f->count)
				count += record.n ? f->count(record) : 0;
			else
				count += record.n > 0 && !(f->comment && record.p[0] == f->comment);
			if (record.n && f->learn)
				f->learn(record, state.p);
		}
		if (n) {
			give(r, n, count, r->eof && r->from + n == r->hold.n);
			buf_reset(&r->state);
			buf_slice_add(&r->state, buf_slice(&state));
		}
		if (len == 0 && (r->eof || r->dry))
			break;
		if (len == 0 && (r->hold.n - r->from > longest || !ingest_more(r)) && !r->eof)
			break;
	}
	buf_free(&state);
}

void
ingest_shut(struct reading *r)
{
	struct place *p = r->place;
	int fd = r->fd >= 0 ? r->fd : r->src->fd;
	off_t now;

	/* What was read, not what is there by now. */
	if (p && r->keep && !r->pipe && (now = lseek(fd, 0, SEEK_CUR)) >= 0) {
		pthread_mutex_lock(&r->i->places->lock);
		p->size = (uint64_t)now;
		pthread_mutex_unlock(&r->i->places->lock);
	}
	if (!r->ended && r->piece)
		give(r, 0, 0, true);
}

/* The rest of a line that was refused as too long before its end had come. */
static void
skip_rest(struct reading *r)
{
	while (r->skip) {
		size_t n = r->hold.n - r->from, nl = slice_find(slice_of(r->hold.p + r->from, n), '\n');

		r->skip = nl == n;
		ingest_take(r, nl < n ? nl + 1 : n);
		if (r->skip && !ingest_more(r))
			break;
	}
}

void
ingest_give(struct reading *r)
{
	const struct format *f = r->piece->format;

	if (r->skip)
		skip_rest(r);
	do {
		if (r->piece->by_block || (f->frame == NULL && f->state == 0))
			give_lines(r);
		else
			give_records(r);
		if (!r->eof && (!r->dry || r->hold.n - r->from > r->i->o.max_record))
			ingest_refuse_long(r);
	} while (!r->dry && (!r->eof || r->hold.n > r->from));
}
