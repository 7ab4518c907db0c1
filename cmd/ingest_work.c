/* One block of whole records: parsed and written, in a worker. */
#include "cmd/ingest.h"
#include "cmd/ingest_gaps.h"

#include "lib/event/plan.h"

#include <stdlib.h>

struct worker {
	struct ingest *i;
	struct format_room room;
	struct event event;
	struct event_src src;
	struct buf state;
	struct buf hash;
	struct stream_text *text;
	struct buf lines;		/* NDJSON before it is rendered for people */
	struct job *job;
	struct piece *piece;
	uint64_t rec;
	const char *wide_from;		/* of UTF-16: a place in the block, and its offset */
	uint64_t wide_at;
	const char *block;		/* what json_block got */
	struct sighting *seen;
	const struct format *format;	/* whose room.own is */
	struct plans *plans;		/* NULL: events are not only written, each is read in full */
};

void *
ingest_open(void *shared)
{
	struct worker *w = mem_zero(1, sizeof *w);
	struct json_limits limits = json_limits_source;

	w->i = shared;
	limits.length = w->i->o.max_record;
	w->room.json = json_new(&limits);
	w->room.slots = mem_zero(shape_slots(w->i->shapes) + 1, sizeof(uint32_t));
	w->text = stream_text_new(w->i->t);
	if (!w->text && !w->i->o.inventory && !w->i->o.hash && !w->i->gaps)
		w->room.plans = w->plans = plans_new(&w->i->shape);
	return w;
}

void
ingest_close(void *context)
{
	struct worker *w = context;

	if (w->room.own)
		w->format->release(w->room.own);
	plans_free(w->plans);
	json_free(w->room.json);
	free(w->room.slots);
	event_free(&w->event);
	buf_free(&w->room.scratch);
	buf_free(&w->state);
	buf_free(&w->hash);
	buf_free(&w->lines);
	stream_text_free(w->text);
	free(w);
}

/* The offset in the source of a place in the block; places only grow. */
static uint64_t
offset(struct worker *w, const char *p)
{
	if (!w->piece->wide)
		return w->job->at + (uint64_t)(p - w->job->view.p);
	w->wide_at += wide_span(slice_of(w->wide_from, (size_t)(p - w->wide_from)));
	w->wide_from = p;
	return w->wide_at;
}

static void
refuse(struct worker *w, struct slice record, uint64_t off, const struct fault *f)
{
	/* One reason for all that is too long, whether it came whole in a block or was never held (`at` is the limit then). */
	bool too_long = f->what && strncmp(f->what, "json-length", 11) == 0;
	struct tool *t = w->i->t;
	const char *what = too_long ? "record-length" : f->what ? f->what : "unreadable";
	uint64_t at = too_long ? w->i->o.max_record : f->offset;
	struct slice reason = slice_str(what);

	/* What stands before the colon: constant words of the format. */
	reason = slice_head(reason, slice_find(reason, ':'));
	w->src.off = off;
	w->src.rec = w->rec;
	account_reject(&w->job->account, what, 1);
	w->seen->rejects++;
	if (t->common.rejects.n)
		reject_add(&w->job->rejects, slice_str(t->about->name), &w->src, reason, at, record);
}

static void
note_host(struct sighting *s, struct event *e)
{
	struct slice host = event_get(e, F_host_name);

	if (host.n == 0)
		host = event_get(e, F_observer_name);
	if (host.n && s->hosts.n < HOSTS_MAX)
		(void)map_put(&s->hosts, host, NULL);
}

static void
note_time(struct sighting *s, struct stamp at)
{
	if (!s->dated || stamp_cmp(at, s->first) < 0)
		s->first = at;
	if (!s->dated || stamp_cmp(at, s->last) > 0)
		s->last = at;
	s->before = at;
	s->dated = true;
}

static void
note_event(struct worker *w)
{
	struct event *e = &w->event;
	struct sighting *s = w->seen;

	s->records++;
	s->err |= e->err;
	if (w->i->o.inventory)
		note_host(s, e);
	if (e->timed)
		note_time(s, e->at);
}

static bool
wanted(const struct tool *t, struct stamp at)
{
	const struct tool_common *c = &t->common;

	return !(c->since.given && stamp_cmp(at, c->since.at) < 0) && !(c->until.given && stamp_cmp(at, c->until.at) >= 0);
}

static void
count_out(struct account *a, struct stamp at)
{
	a->out[KIND_EVENT]++;
	if (!a->dated || stamp_cmp(at, a->newest) > 0)
		a->newest = at;
	a->dated = true;
}

static void
add_hash(struct worker *w, struct slice record)
{
	struct sha256 sum;

	if (!digest_sha256(&record, 1, &sum))
		tool_die(w->i->t, 0, "SHA-256 is not to be had");
	buf_reset(&w->hash);
	buf_hex(&w->hash, sum.b, sizeof sum.b);
	event_set(&w->event, F_event_hash, buf_slice(&w->hash));
}

/*
 * The time of the record before (INGEST.md section 6); where that is in the block before, `done` puts it in: the text has a fixed
 * width.
 */
static void
borrow_time(struct worker *w)
{
	uint64_t at = w->job->out.n;

	event_err(&w->event, ERR_no_time);
	w->event.at = w->seen->before;
	if (!w->seen->dated && !w->text)
		buf_add(&w->seen->early, &at, sizeof at);
}

/* Kept, and marked (INGEST.md section 6). */
static bool
implausible(const struct worker *w, struct stamp at)
{
	enum { YEAR_1990 = 631152000 };

	return !w->piece->format->next && (at.s < YEAR_1990 || at.s > w->piece->newest);
}

static void
write_event(struct worker *w, struct slice record, uint64_t off)
{
	struct account *a = &w->job->account;
	struct event *e = &w->event;

	if (!e->timed)
		borrow_time(w);
	else if (implausible(w, e->at))
		event_err(e, ERR_time_implausible);
	note_event(w);
	if (w->i->gaps)
		gaps_see(e, slice_str(w->piece->format->name), w->piece->uri, &w->seen->facts);
	if (!wanted(w->i->t, e->at)) {
		a->unmatched++;
		return;
	}
	if (w->i->o.hash)
		add_hash(w, record);
	a->passed++;
	if (w->i->o.inventory)
		return;
	count_out(a, e->at);
	w->src.off = off;
	w->src.rec = w->rec;
	event_write(e, &w->src, record, w->text ? &w->lines : &w->job->out);
	if (w->text) {
		stream_text_add(w->text, buf_slice(&w->lines), &w->job->out);
		buf_reset(&w->lines);
	}
}

/* `record` is what the format sees, `bytes` what stands in the source. */
static void
one(struct worker *w, struct slice record, struct slice bytes, uint64_t off, bool last)
{
	const struct format *f = w->piece->format;
	struct fault fault = {0};
	bool skip = false;

	event_reset(&w->event);
	if (!f->parse(record, &w->room, &w->event, &skip, &fault)) {
		w->job->account.in[KIND_FOREIGN]++;
		refuse(w, bytes, off, &fault);
	} else if (!skip) {
		w->job->account.in[KIND_FOREIGN]++;
		if (last)
			event_err(&w->event, ERR_no_eol);
		write_event(w, bytes, off);
	}
	w->rec += !(f->comment && bytes.n && bytes.p[0] == f->comment);
}

/* What a plan told is counted; true: it is to be written. */
static bool
told_of(struct worker *w, const struct plan_told *told, uint64_t off)
{
	struct account *a = &w->job->account;

	a->in[KIND_FOREIGN]++;
	w->seen->records++;
	w->seen->err |= told->err;
	note_time(w->seen, told->at);
	if (!wanted(w->i->t, told->at)) {
		a->unmatched++;
		return false;
	}
	a->passed++;
	count_out(a, told->at);
	w->src.off = off;
	w->src.rec = w->rec;
	return true;
}

/* A frame of many records, which number themselves. */
static void
parts(struct worker *w, struct slice frame)
{
	const struct format *f = w->piece->format;
	struct format_part part = {0};
	struct fault fault = {0};

	for (;;) {
		uint64_t off;

		event_reset(&w->event);
		if (!f->next(frame, &w->room, &w->event, &part, &fault))
			break;
		off = offset(w, part.bytes.p);
		w->rec = part.rec;
		if (part.ok && w->piece->behind && part.number <= w->piece->behind)
			continue;
		if (part.ok && part.number > w->seen->top)
			w->seen->top = part.number;
		if (part.planned) {
			if (told_of(w, &part.told, off))
				plan_put_record(w->plans, w->src.off, w->src.rec, part.bytes, &w->job->out);
			continue;
		}
		w->job->account.in[KIND_FOREIGN]++;
		if (part.ok)
			write_event(w, part.bytes, off);
		else
			refuse(w, part.bytes, off, &fault);
	}
}

/* True: a plan fits the next line of the block, which is dealt with. */
static bool
planned(struct worker *w, struct json_layout *l, const struct json_quick *q)
{
	struct plan_told told;

	if (!plan_read(w->plans, l, q, &told) || implausible(w, told.at))
		return false;
	if (told_of(w, &told, offset(w, w->block + q->at)))
		plan_put(w->plans, w->src.off, w->src.rec, &w->job->out);
	w->rec++;
	json_quick_take(w->room.json);
	return true;
}

/* A line that json_line gave, read in full; what it comes to is kept for lines like it. */
static void
line_in_full(struct worker *w, struct json_layout *l, bool cut)
{
	struct json *j = w->room.json;
	struct fault f = {0};
	bool skip = false;

	event_reset(&w->event);
	if (w->plans)
		plan_watch(w->plans, l, j, &w->event);
	if (!w->piece->format->parse((struct slice){NULL, 0}, &w->room, &w->event, &skip, &f)) {
		w->event.trace = NULL;
		refuse(w, j->line, offset(w, w->block + j->at), &f);
	} else {
		if (w->plans)
			plan_learn(w->plans, j, &w->event);
		if (cut)
			event_err(&w->event, ERR_no_eol);
		write_event(w, j->line, offset(w, w->block + j->at));
	}
	w->rec++;
}

/* `cut`: the one line there is has no line end. */
static void
some_lines(struct worker *w, struct slice view, bool cut)
{
	struct fault f = {0};
	struct json *j = w->room.json;
	struct json_quick q;

	w->block = view.p;
	json_block(j, view);
	for (;;) {
		struct json_layout *l = w->plans && !cut ? json_quick(j, plans_layouts(w->plans), &q) : NULL;

		if (l && planned(w, l, &q))
			continue;
		if (!json_line(j, &f))
			break;
		w->job->account.in[KIND_FOREIGN]++;
		if (j->ok && j->node[0].type == JSON_OBJECT) {
			line_in_full(w, l, cut);
			continue;
		}
		if (j->ok)
			f = (struct fault){.what = "not-object"};
		event_reset(&w->event);
		refuse(w, j->line, offset(w, w->block + j->at), &f);
		w->rec++;
	}
}

static void
lines_of_json(struct worker *w)
{
	struct slice view = w->job->view;
	size_t whole = w->job->last ? slice_rfind(view, '\n') + 1 : view.n;

	if (whole > view.n)
		whole = 0;
	some_lines(w, slice_head(view, whole), false);
	if (whole < view.n)
		some_lines(w, slice_from(view, whole), true);
}

/* Does a record end with the source, where a line end should stand? Not so where it is counted or closed by a bracket. */
static bool
cut_off(const struct worker *w, struct slice rest, size_t n, struct slice record)
{
	const struct format *f = w->piece->format;

	if (!w->job->last || n != rest.n || rest.p[n - 1] == '\n' || f->closed)
		return false;
	return !f->frame || (record.p == rest.p && record.n == rest.n);
}

static void
records(struct worker *w)
{
	const struct format *f = w->piece->format;
	struct slice rest = w->job->view;

	if (w->room.own && w->format != f) {
		w->format->release(w->room.own);
		w->room.own = NULL;
	}
	w->format = f;

	while (rest.n) {
		struct slice record = {0};
		size_t n = format_frame(f, rest, true, w->room.state, &record);
		bool cut = n > 0 && cut_off(w, rest, n, record);

		if (n == 0)
			break;
		if (record.n && f->next) {
			parts(w, record);
		} else if (record.n > w->i->o.max_record) {
			struct fault fault = {.what = "record-length: longer than --max-record", .offset = w->i->o.max_record};

			w->job->account.in[KIND_FOREIGN]++;
			event_reset(&w->event);
			refuse(w, record, offset(w, record.p), &fault);
			w->rec++;
		} else if (f->frame || f->state ? record.n : slice_trim(record).n) {
			if (f->learn)
				f->learn(record, w->room.state);
			one(w, record, record, offset(w, record.p), cut);
		}
		rest = slice_from(rest, n);
	}
}

/* What was seen of the block goes into its piece in `done`, in order. */
void
ingest_work(void *context, struct job *job)
{
	struct worker *w = context;
	struct sighting *seen = mem_zero(1, sizeof *seen);

	w->job = job;
	w->piece = job->source;
	w->seen = seen;
	w->rec = job->first;
	w->wide_from = job->view.p;
	w->wide_at = job->at;
	w->room.c = &w->piece->context;
	w->src = (struct event_src){.fmt = slice_str(w->piece->format->name), .uri = w->piece->uri};
	if (w->plans)
		plan_from(w->plans, &w->src);
	buf_reset(&w->state);
	buf_slice_add(&w->state, buf_slice(&job->extra));
	w->room.state = w->state.p;
	if (w->piece->by_block)
		lines_of_json(w);
	else
		records(w);
	job->made = seen;
}
