/* The run: sources one after the other, what comes of their blocks in order, marks between them. */
#include "cmd/ingest_gaps.h"
#include "cmd/ingest_live.h"

#include <stdlib.h>
#include <sys/stat.h>

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

	if (i->places)
		return;
	if (i->position.n)
		buf_byte(&i->position, ',');
	jo_open(&o, '{');
	jo_ktext(&o, "uri", p->uri);
	jo_ku64(&o, "off", off);
	jo_ku64(&o, "rec", rec);
	jo_close(&o, '}');
}

void
ingest_mark(struct ingest *i, bool live)
{
	enum { LIVE_SAVE = 60 };	/* one each second */
	struct stage_id id = stream_id(i->t);
	struct buf b = {0};
	struct json_out o;
	bool save = i->marks % SAVE_EACH == SAVE_EACH - 1 || (live && ++i->live_marks % LIVE_SAVE == 0);

	if (i->o.inventory || slice_eq(i->t->common.to, SLICE("text")))
		return;
	o = record_begin(&b, &id, KIND_MARK);
	jo_ku64(&o, "n", i->marks);
	jo_kbool(&o, "live", i->o.follow);
	if (save)
		jo_kbool(&o, "save", true);
	if (i->resume)
		jo_ku64(&o, "resume", i->marks - 1);
	i->resume = false;
	jo_kopen(&o, "pos", '[');
	if (i->places)
		places_put(i->places, &o, true);
	else if (i->position.n)
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

/* What the block was the last of is written: the place moves on. */
static void
advance(struct ingest *i, struct place *p, const struct job *job)
{
	struct places *ps = i->places;
	struct slice view = job->view;

	pthread_mutex_lock(&ps->lock);
	p->off = job->number[1];
	p->rec = job->number[2];
	if (view.n)
		place_sum(&p->tail, slice_from(view, view.n > PLACE_TAIL ? view.n - PLACE_TAIL : 0), PLACE_TAIL);
	if (p->packed || ((const struct piece *)job->source)->wide)
		p->tail.n = 0;
	p->done = (job->number[0] & IS_DONE) != 0;
	if (!p->changed) {
		p->changed = true;
		ps->changed = mem_grow(ps->changed, &ps->change_cap, ps->changes, sizeof *ps->changed);
		ps->changed[ps->changes++] = p;
	}
	pthread_mutex_unlock(&ps->lock);
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
	if (s->top > to->top)
		to->top = s->top;
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
	struct place *place = p->place;
	struct sighting *s = job->made;

	if (s) {
		lend_time(p, s, job);
		remember(&p->seen, s);
		map_free(&s->hosts);
		buf_free(&s->early);
		if (i->gaps)
			gaps_take(i->gaps, p->uri, buf_slice(&s->facts));
		buf_free(&s->facts);
		free(s);
	}
	stream_take(i->t, job);
	if (place) {
		if (p->seen.top > place->last)
			place->last = p->seen.top;
		advance(i, place, job);
	}
	if (job->number[0] & IS_MARK) {
		position(i, p, job->number[1], job->number[2]);
		ingest_mark(i, false);
		state_commit(i, false);
	} else if (job->last) {
		position(i, p, job->number[1], job->number[2]);
	}
	if ((job->number[0] & IS_FLUSH) && !out_flush(&i->t->out))
		tool_die(i->t, i->t->out.error, "cannot write the output");
}

void
ingest_run(struct ingest *i)
{
	struct jobs_plan plan = {.workers = (unsigned)i->t->common.jobs, .shared = i, .open = ingest_open, .work = ingest_work,
	    .close = ingest_close, .done = done};
	struct source src;

	i->jobs = jobs_start(&plan);
	ingest_mark(i, false);
	if (i->places)
		ingest_rotated(i, true);
	if (i->o.follow)
		ingest_follow(i);
	while (!i->o.follow && !tool_stopped() && sources_next(i->in, &src))
		ingest_source(i, &src);
	jobs_wait(i->jobs);
	ingest_mark(i, false);
	if (account_rejected(&i->t->account))
		tool_status(i->t, 3);
	if (tool_stopped() && !i->o.follow) {
		tool_status(i->t, 3);
		stream_note(i->t, "stopped", (struct slice){NULL, 0}, SLICE("a signal ended the run before the input did"));
	}
	jobs_end(i->jobs);
	i->jobs = NULL;
	if (i->gaps)
		gaps_tell(i->gaps, i->t, true);
	gaps_free(i->gaps);
	if (!i->o.inventory)
		stream_end(i->t, (struct slice){NULL, 0});
	state_commit(i, true);
	sources_end(i->in);
}
