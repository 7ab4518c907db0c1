/*
 * The record loop of a stage.  Blocks of whole lines go to the workers; each worker scans its block once and gives every
 * record to the stage; what comes of it is counted here, so that an account cannot differ from what was done.
 */
#include "lib/tool/each.h"
#include "lib/tool/source.h"
#include "lib/tool/wrap.h"

#include <stdlib.h>

enum { BLOCK = 256 * 1024, LINE_MAX_STREAM = 16 * 1024 * 1024, READ = 256 * 1024, PATIENCE_MS = 1000 };

/* ---- one block ---------------------------------------------------------------------------------------------------------- */

static void
emit_begin(struct emit *e, struct shared *s)
{
	const struct stage *stage = s->stage;

	*e = (struct emit){.s = s, .json = json_new(&json_limits_stream)};
	json_keep_layouts(e->json);
	e->context = stage->open ? stage->open(s->t, stage->shared) : stage->shared;
	e->text = stage->quiet ? NULL : stream_text_new(s->t);
}

static void
emit_end(struct emit *e)
{
	if (e->s->stage->open && e->s->stage->close)
		e->s->stage->close(e->context);
	json_free(e->json);
	before_free(e->before);
	arena_free(&e->arena);
	for (int i = 0; i < 4; i++)
		buf_free(&e->scratch[i]);
	buf_free(&e->lines);
	stream_text_free(e->text);
}

/* job->extra: names of the stages whose end came by, one a line; number[0] flags. */
enum { SAW_OURS = 1, SAW_LIVE = 2, SAW_MARK = 4, END_LAST = 8, FLUSH = 16, IDLE = 32 };

static void
control(struct emit *e, const struct record *r)
{
	const struct stage *stage = e->s->stage;
	uint32_t by = json_path(r->j, 0, SLICE("ir.by")), live = json_path(r->j, 0, SLICE("ir.live"));

	if (r->kind == KIND_END && by != JSON_NONE) {
		json_text_add(r->j, by, &e->job->extra);
		buf_byte(&e->job->extra, '\n');
		e->job->number[0] |= END_LAST;
	}
	if (r->kind == KIND_MARK) {
		e->job->number[0] |= SAW_MARK;
		if (live != JSON_NONE && json_type(r->j, live) == JSON_TRUE)
			e->job->number[0] |= SAW_LIVE;
	}
	if (r->kind == KIND_MARK && stage->settle) {
		emit_put_off(e, LATER_MARK, r->line);
		return;
	}
	if (stage->mark && stage->serial)
		stage->mark(e->s->t, stage->shared, r, e);
	emit_out(e, r->kind, r->line);
}

static void
one_record(struct emit *e, const struct record *r)
{
	struct account *a = &e->job->account;

	a->in[r->kind]++;
	if (r->timed && (!a->dated || stamp_cmp(r->at, a->newest) > 0)) {
		a->newest = r->at;
		a->dated = true;
	}
	if (r->kind != KIND_FOREIGN)
		e->job->number[0] = (e->job->number[0] | SAW_OURS) & ~(uint64_t)END_LAST;
	if (r->kind == KIND_NOTE || r->kind == KIND_MARK || r->kind == KIND_END) {
		control(e, r);
		return;
	}
	e->handled = 0;
	arena_reset(&e->arena);
	for (int i = 0; i < 4; i++)
		buf_reset(&e->scratch[i]);
	e->s->stage->record(e->context, r, e);
	if (e->handled != 1)
		tool_die(e->s->t, 0, "a record was accounted for %u times: this is an error in the program", e->handled);
}

/* "json-syntax: words" is one reason for the account and words for -v. */
static const char *
reason_of(const char *what)
{
	static const char *const reasons[] = {"json-syntax", "json-utf8", "json-depth", "json-length", "json-count"};

	for (size_t i = 0; what && i < sizeof reasons / sizeof *reasons; i++)
		if (slice_starts(slice_str(what), slice_str(reasons[i])))
			return reasons[i];
	return "json-syntax";
}

static void
work(void *context, struct job *job)
{
	struct emit *e = context;
	struct fault f = {0};
	struct record r;
	const char *reason = NULL;
	uint64_t rec = job->first;

	e->job = job;
	e->looked = 0;
	json_block(e->json, job->view);
	while (json_line(e->json, &f)) {
		uint64_t off = job->at + e->json->at;

		if (!e->json->ok) {
			job->account.in[KIND_UNKNOWN]++;
			emit_refuse(e, e->json->line, off, rec++, f.offset, reason_of(f.what));
			continue;
		}
		if (!record_read(e->s->paths, e->json, &r, &reason)) {
			job->account.in[KIND_UNKNOWN]++;
			emit_refuse(e, e->json->line, off, rec++, 0, reason);
			continue;
		}
		r.off = off;
		r.rec = rec++;
		one_record(e, &r);
	}
	job->number[0] |= job->number[1] & FLUSH;
	if ((job->number[1] & IDLE) && e->s->stage->idle && e->s->stage->serial)
		e->s->stage->idle(e->s->t, e->s->stage->shared, e);
}

static void *
worker_open(void *shared)
{
	struct emit *e = mem_alloc(sizeof *e);

	emit_begin(e, shared);
	return e;
}

static void
worker_close(void *context)
{
	emit_end(context);
	free(context);
}

static void
saw_ends(struct tool *t, struct slice names)
{
	while (names.n) {
		struct slice name = slice_cut(&names, '\n');

		t->seen = mem_grow(t->seen, &t->seen_cap, t->seen_n, sizeof *t->seen);
		t->seen[t->seen_n++] = arena_slice(&t->priv->mem, name);
		if (names.p == NULL)
			break;
	}
}

static void
done(void *shared, struct job *job)
{
	struct shared *s = shared;

	settle_block(s, job);

	stream_take(s->t, job);
	saw_ends(s->t, buf_slice(&job->extra));
	s->ours |= (job->number[0] & SAW_OURS) != 0;
	if (job->number[0] & SAW_OURS)
		s->ended = (job->number[0] & END_LAST) != 0;
	s->t->live |= (job->number[0] & SAW_LIVE) != 0;
	if ((job->number[0] & (SAW_MARK | FLUSH)) && !out_flush(&s->t->out))
		tool_die(s->t, s->t->out.error, "cannot write the output");
}

/* ---- reading ------------------------------------------------------------------------------------------------------------- */

static void
give(struct shared *s, struct jobs *jobs, struct job *job, size_t n, uint64_t flags)
{
	job->view = slice_of(job->in.p, n);
	job->at = s->at;
	job->first = s->lines + 1;
	job->number[1] = flags;
	job->before = s->last;
	if (s->before)
		before_find(s->before, job->view, &s->last);
	s->at += n;
	s->lines += slice_count(job->view, '\n');
	jobs_give(jobs, job);
}

/* A line longer than the stream allows is told by offset and length; its bytes are not kept. */
static void
skip_line(struct shared *s, struct jobs *jobs, struct job *job)
{
	account_reject(&job->account, "json-length", 1);
	job->account.in[KIND_UNKNOWN]++;
	s->at += job->in.n;
	job->view = slice_of(NULL, 0);
	job->number[1] = 0;
	jobs_give(jobs, job);
}

struct reading {
	struct shared *s;
	struct sources *in;
	const struct source *src;
	struct buf carry;		/* the begin of a line whose end was not read yet */
	bool more, skipping, idle, stopped;
};

/* While a line that is too long is skipped: drops what belongs to it.  True when its end was found. */
static bool
drop_line(struct reading *r, struct job *job)
{
	size_t nl = slice_find(buf_slice(&job->in), '\n');
	size_t gone = nl < job->in.n ? nl + 1 : job->in.n;

	r->s->at += gone;
	r->s->lines += nl < job->in.n;
	r->skipping = nl == job->in.n;
	memmove(job->in.p, job->in.p + gone, job->in.n - gone);
	job->in.n -= gone;
	return !r->skipping;
}

/* Reads until there is a block, or until the pipe would block and a whole line is at hand.  Returns the bytes of whole lines. */
static size_t
fill(struct reading *r, struct job *job)
{
	size_t whole = 0, seen = r->carry.n, got;

	buf_slice_add(&job->in, buf_slice(&r->carry));
	buf_reset(&r->carry);
	r->idle = false;
	while (r->more && (job->in.n < BLOCK || whole == 0) && job->in.n <= LINE_MAX_STREAM) {
		r->idle = r->src->pipe && source_idle(r->in);
		if (r->idle && whole)
			break;
		buf_room(&job->in, READ);
		r->stopped = !stream_wait(r->in, r->src, PATIENCE_MS);
		got = r->stopped ? 0 : source_read(r->in, job->in.p + job->in.n, READ);
		r->more = got > 0;
		job->in.n += got;
		r->s->t->priv->input_bytes += got;
		if (r->skipping && drop_line(r, job))
			seen = 0;
		got = slice_rfind(slice_from(buf_slice(&job->in), seen), '\n') + seen;
		if (got < job->in.n)
			whole = got + 1;
		seen = job->in.n;
	}
	/* A line that a signal cut in two is not a line. */
	return r->more || r->stopped ? whole : job->in.n;
}

static void
one_source(struct shared *s, struct jobs *jobs, const struct source *src)
{
	struct reading r = {.s = s, .in = s->t->in, .src = src, .more = true};

	while (r.more) {
		struct job *job = jobs_take(jobs);
		size_t whole = fill(&r, job);

		if (whole == 0 && job->in.n > LINE_MAX_STREAM) {
			skip_line(s, jobs, job);
			r.skipping = true;
			continue;
		}
		buf_add(&r.carry, job->in.p + whole, job->in.n - whole);
		give(s, jobs, job, whole, (uint64_t)(src->pipe ? FLUSH : 0) | (uint64_t)(r.idle ? IDLE | FLUSH : 0));
	}
	buf_free(&r.carry);
}

static void
drain(struct shared *s)
{
	const struct stage *stage = s->stage;
	struct job job = {0};
	struct emit e;

	if (stage->drain == NULL)
		return;
	emit_begin(&e, s);
	e.settled = e.draining = true;
	e.job = &job;
	job.account.newest = s->t->account.newest;
	job.account.dated = s->t->account.dated;
	stage->drain(s->t, stage->shared, &e);
	stream_take(s->t, &job);
	emit_end(&e);
	buf_free(&job.out);
	account_free(&job.account);
}

void
tool_each(struct tool *t, const struct stage *stage)
{
	struct shared s = {.t = t, .stage = stage, .paths = record_paths_new()};
	struct jobs_plan plan = {.workers = stage->serial ? 1 : (unsigned)t->common.jobs, .shared = &s, .open = worker_open,
	    .work = work,
	    .close = worker_close, .done = done};
	struct jobs *jobs = jobs_start(&plan);
	struct buf members = {0};
	struct source src;

	s.settling = settling_new(&s);
	s.before = stage->wraps && stage->wraps->before ? before_new(&s) : NULL;
	while (!tool_stopped() && sources_next(t->in, &src))
		one_source(&s, jobs, &src);
	jobs_wait(jobs);
	t->cut = s.ours && !s.ended;
	if (t->cut)
		tool_status(t, 3);
	if (account_rejected(&t->account))
		tool_status(t, 3);
	drain(&s);
	jobs_end(jobs);
	settling_free(s.settling);
	before_free(s.before);
	if (stage->end)
		stage->end(t, stage->shared, &members);
	if (!stage->quiet)
		stream_end(t, buf_slice(&members));
	buf_free(&members);
	sources_end(t->in);
	t->in = NULL;
	record_paths_free(s.paths);
}
