/* The reader: sources into blocks of whole records, marks between them, words at their end. */
#include "cmd/ingest.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 256 * 1024, READ = 256 * 1024, HEAD_PAUSE = 200, HEAD_WAIT = 1000,
	LEAVE_MS = 500 /* the stages behind wait 1 s for the end of this one */ };
enum { IS_MARK = 1, IS_FLUSH = 2 };		/* job->number[0]; [1] is the offset behind the block, [2] records of the source so far */

/* ---- in order, behind the workers ---------------------------------------------------------------------------------------- */

static void
put(struct ingest *i, struct buf *b)
{
	if (!out_add(&i->t->out, buf_slice(b)) || !out_flush(&i->t->out))
		tool_die(i->t, i->t->out.error, "cannot write the output");
	buf_free(b);
}

static void
position(struct ingest *i, const struct piece *p, uint64_t off, uint64_t rec)
{
	struct json_out o = json_out(&i->position);

	if (i->position.n)
		buf_byte(&i->position, ',');
	jo_open(&o, '{');
	jo_ktext(&o, "uri", p->uri);
	jo_ku64(&o, "off", off);
	jo_ku64(&o, "rec", rec);
	jo_close(&o, '}');
}

/* A barrier: all records up to these positions stand before this line (STREAM.md). */
static void
mark(struct ingest *i)
{
	struct stage_id id = stream_id(i->t);
	struct buf b = {0};
	struct json_out o;

	if (i->o.inventory || slice_eq(i->t->common.to, SLICE("text")))
		return;
	o = record_begin(&b, &id, KIND_MARK);
	jo_ku64(&o, "n", i->marks);
	jo_kbool(&o, "live", false);
	if (i->marks % SAVE_EACH == SAVE_EACH - 1)
		jo_kbool(&o, "save", true);
	jo_kopen(&o, "pos", '[');
	if (i->position.n)
		jo_raw(&o, buf_slice(&i->position));
	jo_close(&o, ']');
	jo_close(&o, '}');
	jo_close(&o, '}');
	buf_byte(&b, '\n');
	buf_reset(&i->position);
	i->marks++;
	i->t->account.out[KIND_MARK]++;
	put(i, &b);
}

/* Records without time that stand before the first with one get the time of the record before their block. */
static void
lend_time(const struct piece *p, const struct sighting *s, struct job *job)
{
	static const size_t behind = sizeof "{\"@timestamp\":\"" - 1;
	uint64_t at;

	if (!p->seen.dated)
		return;
	for (size_t k = 0; k + sizeof at <= s->early.n; k += sizeof at) {
		memcpy(&at, s->early.p + k, sizeof at);
		if (at + behind + STAMP_LEN <= job->out.n)
			stamp_put(job->out.p + at + behind, p->seen.before);
	}
}

static void
remember(struct sighting *to, struct sighting *s)
{
	to->records += s->records;
	to->rejects += s->rejects;
	to->err |= s->err;
	for (size_t k = 0; k < s->hosts.n && to->hosts.n < HOSTS_MAX; k++)
		(void)map_put(&to->hosts, s->hosts.row[k].key, NULL);
	if (!s->dated)
		return;
	if (!to->dated || stamp_cmp(s->first, to->first) < 0)
		to->first = s->first;
	if (!to->dated || stamp_cmp(s->last, to->last) > 0)
		to->last = s->last;
	to->before = s->before;
	to->dated = true;
}

static void
done(void *shared, struct job *job)
{
	struct ingest *i = shared;
	struct piece *p = job->source;
	struct sighting *s = job->made;

	if (s) {
		lend_time(p, s, job);
		remember(&p->seen, s);
		map_free(&s->hosts);
		buf_free(&s->early);
		free(s);
	}
	stream_take(i->t, job);
	if (job->number[0] & IS_MARK) {
		position(i, p, job->number[1], job->number[2]);
		mark(i);
	} else if (job->last) {
		position(i, p, job->number[1], job->number[2]);
	}
	if ((job->number[0] & IS_FLUSH) && !out_flush(&i->t->out))
		tool_die(i->t, i->t->out.error, "cannot write the output");
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------ */

bool
ingest_more(struct reading *r)
{
	size_t n = 0;

	if (r->from) {
		memmove(r->hold.p, r->hold.p + r->from, r->hold.n - r->from);
		r->hold.n -= r->from;
		r->from = 0;
	}
	buf_room(&r->hold, READ);
	if (stream_wait(r->i->in, r->src, LEAVE_MS)) {
		n = source_read(r->i->in, r->hold.p + r->hold.n, READ);
	} else {
		/* The rest of the last line was not read: half a record is no evidence. */
		size_t end = slice_rfind(buf_slice(&r->hold), '\n');

		r->hold.n = end < r->hold.n ? end + 1 : 0;
	}
	r->hold.n += n;
	r->eof = n == 0;
	ingest_progress(r->i);
	return n > 0;
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

	job->view = take_over(r, job, n);
	job->at = r->at;
	job->first = r->rec;
	job->source = r->piece;
	job->last = r->ended = last;
	i->records += count;
	r->rec += count;
	r->at += n;
	job->number[0] = (marked ? IS_MARK : 0u) | (r->src->pipe ? IS_FLUSH : 0u);
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
		if (whole == 0 || (!r->eof && whole < BLOCK && in.n - whole <= r->i->o.max_record &&
		    !(r->src->pipe && source_idle(r->i->in)))) {
			if (in.n > r->i->o.max_record && whole == 0)
				return;
			if (!r->eof)
				(void)ingest_more(r);
			continue;
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
		if (len == 0 && r->eof)
			break;
		if (len == 0 && (r->hold.n - r->from > longest || !ingest_more(r)) && !r->eof)
			break;
	}
	buf_free(&state);
}

/* ---- sources ---------------------------------------------------------------------------------------------------------------- */

static void
unknown(struct ingest *i, const struct source *src, struct slice head)
{
	bool utf16 = slice_starts(head, SLICE("\xff\xfe")) || slice_starts(head, SLICE("\xfe\xff"));
	struct slice why = utf16 ? SLICE("UTF-16 is not read: convert it (iconv -f UTF-16 -t UTF-8)")
	    : SLICE("no format knows this source; --format names one");

	jobs_wait(i->jobs);
	i->unread.v = mem_grow(i->unread.v, &i->unread.cap, i->unread.n, sizeof *i->unread.v);
	i->unread.v[i->unread.n++] = arena_slice(&i->mem, src->uri);
	tool_status(i->t, 3);
	if (!i->o.inventory)
		stream_note(i->t, "not-recognised", src->uri, why);
	if (utf16)
		tool_say(i->t, "%.*s: %.*s", (int)src->uri.n, src->uri.p, (int)why.n, why.p);
}

static struct piece *
piece_new(struct ingest *i, const struct source *src, struct format_guess g, struct slice head)
{
	struct piece *p = arena_zero(&i->mem, sizeof *p);

	p->uri = arena_slice(&i->mem, src->uri);
	p->format = g.format;
	p->score = g.score;
	p->by_block = g.format->by_block && g.format->by_block(head);
	ingest_context(i, arena_slice(&i->mem, src->name), &p->context);
	if (i->last)
		i->last->next = p;
	else
		i->first = p;
	i->last = p;
	return p;
}

/* ---- --strict: a JSON source is one JSON text, whole, to the letter of RFC 8259 ------------------------------------------------------ */

static bool
strict_json(struct ingest *i, const struct source *src, const struct format_guess *g)
{
	if (!i->t->common.strict)
		return false;
	return g->format ? strcmp(g->format->name, "json") == 0 : slice_ends(src->name, SLICE(".json"));
}

static void
refuse_whole(struct reading *r, const struct source *src, const struct fault *f)
{
	struct ingest *i = r->i;
	struct event_src at = {.fmt = SLICE("json"), .uri = src->uri, .off = 0, .rec = 1};
	struct slice reason = slice_str(f->what);
	struct job *job = jobs_take(i->jobs);

	job->source = r->piece;
	account_reject(&job->account, f->what, 1);
	job->account.in[KIND_FOREIGN]++;
	if (i->t->common.rejects.n)
		reject_add(&job->rejects, slice_str(i->t->about->name), &at, slice_head(reason, slice_find(reason, ':')), f->offset,
		    slice_from(buf_slice(&r->hold), r->from));
	jobs_give(i->jobs, job);
	r->from = r->hold.n;
}

/* False: it was refused.  A text longer than a line of the stream may be is not looked at whole, and said. */
static bool
whole_is_json(struct reading *r, const struct source *src)
{
	struct fault f = {0};

	while (r->hold.n <= json_limits_stream.length && ingest_more(r))
		;
	if (json_check(slice_from(buf_slice(&r->hold), r->from), &json_limits_stream, &f))
		return true;
	refuse_whole(r, src, &f);
	return false;
}

/*
 * The head tells the format, and it shall not matter in what pieces a pipe brings it: it is waited for until it is whole, the end
 * comes, or a producer that has given a line pauses (what is live must not wait long).
 */
static bool
head_wanted(const struct reading *r, struct timespec *since)
{
	struct pollfd p = {.fd = r->src->fd, .events = POLLIN};

	if (r->eof || r->hold.n >= HEAD)
		return false;
	if (!r->src->pipe || slice_find(buf_slice(&r->hold), '\n') == r->hold.n || !source_idle(r->i->in))
		return true;
	return stream_clock(since) < HEAD_WAIT && !tool_stopped() && poll(&p, 1, HEAD_PAUSE) > 0;
}

/* Reads the head and asks what it is; what nothing knows yet may be known when more has come. */
static struct format_guess
read_head(struct reading *r, struct slice *head)
{
	struct format_guess g = {0};
	struct timespec since = {0};

	do {
		while (head_wanted(r, &since) && ingest_more(r))
			;
		/* A UTF-8 BOM is no part of the text; offsets count it. */
		if (r->at == 0 && slice_starts(buf_slice(&r->hold), SLICE("\xef\xbb\xbf")))
			r->from = r->at = 3;
		*head = slice_head(slice_from(buf_slice(&r->hold), r->from), HEAD);
		g = r->hold.n ? ingest_guess(r->i, r->src->uri, r->src->name, *head) : g;
	} while (g.format == NULL && head->n < HEAD && !r->eof && ingest_more(r));
	*head = slice_head(slice_from(buf_slice(&r->hold), r->from), HEAD);
	return g;
}

static void
read_source(struct ingest *i, const struct source *src)
{
	struct reading r = {.i = i, .src = src, .rec = 1};
	struct format_guess g;
	struct slice head;

	g = read_head(&r, &head);
	if (r.hold.n == 0 && !(i->t->common.strict && slice_ends(src->name, SLICE(".json"))))
		goto out;
	if (strict_json(i, src, &g)) {
		g.format = format_by_name(SLICE("json"));
		r.piece = piece_new(i, src, g, head);
		if (!whole_is_json(&r, src))
			goto out;
		head = slice_head(slice_from(buf_slice(&r.hold), r.from), HEAD);
	}
	if (g.format == NULL) {
		unknown(i, src, head);
		goto out;
	}
	if (r.piece == NULL)
		r.piece = piece_new(i, src, g, head);
	buf_room(&r.state, g.format->state + 1);
	memset(r.state.p, 0, g.format->state);
	r.state.n = g.format->state;
	r.piece->context.head = head;
	if (g.format->begin)
		g.format->begin(r.state.p, &r.piece->context);
	r.piece->context.head = (struct slice){NULL, 0};
	do {
		if (r.piece->by_block || (g.format->frame == NULL && g.format->state == 0))
			give_lines(&r);
		else
			give_records(&r);
		if (!r.eof)
			ingest_refuse_long(&r);
	} while (!r.eof || r.hold.n > r.from);
	/* Where the end was seen only behind the last block, as in a pipe: the same account of places. */
	if (!r.ended)
		give(&r, 0, 0, true);
out:
	buf_free(&r.hold);
	buf_free(&r.state);
}

void
ingest_run(struct ingest *i)
{
	struct jobs_plan plan = {.workers = (unsigned)i->t->common.jobs, .shared = i, .open = ingest_open, .work = ingest_work,
	    .close = ingest_close, .done = done};
	struct source src;

	i->jobs = jobs_start(&plan);
	mark(i);
	while (!tool_stopped() && sources_next(i->in, &src))
		read_source(i, &src);
	jobs_wait(i->jobs);
	mark(i);
	if (account_rejected(&i->t->account))
		tool_status(i->t, 3);
	if (tool_stopped()) {
		tool_status(i->t, 3);
		stream_note(i->t, "stopped", (struct slice){NULL, 0}, SLICE("a signal ended the run before the input did"));
	}
	jobs_end(i->jobs);
	i->jobs = NULL;
	if (!i->o.inventory)
		stream_end(i->t, (struct slice){NULL, 0});
	sources_end(i->in);
}
