/* A source's first bytes: which format it is, and where its reading begins. */
#include "cmd/ingest_live.h"
#include "cmd/ingest_manifest.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * ---- sources ----------------------------------------------------------------------------------------------------------------
 */

static void
unknown(struct ingest *i, const struct source *src)
{
	static const struct slice why = SLICE_INIT("no format knows this source; --format names one");

	jobs_wait(i->jobs);
	i->unread.v = mem_grow(i->unread.v, &i->unread.cap, i->unread.n, sizeof *i->unread.v);
	i->unread.v[i->unread.n++] = arena_slice(&i->mem, src->uri);
	tool_status(i->t, 3);
	if (!i->o.inventory)
		stream_note(i->t, "not-recognised", src->uri, why);
}

/* A name that is given to one file after the other, as rotation does, has one account. */
static struct piece *
piece_for(const struct reading *r, struct format_guess g, struct slice head)
{
	struct ingest *i = r->i;
	struct slice uri = r->place ? r->place->uri : r->src->uri;
	struct piece *p = NULL;

	for (p = r->place ? i->first : NULL; p; p = p->next)
		if (p->format == g.format && p->place == NULL && slice_eq(p->uri, uri))
			break;
	if (p == NULL) {
		p = arena_zero(&i->mem, sizeof *p);
		p->uri = arena_slice(&i->mem, uri);
		p->format = g.format;
		if (i->last)
			i->last->next = p;
		else
			i->first = p;
		i->last = p;
	}
	p->score = g.score;
	p->by_block = g.format->by_block && i->o.unwrap.n == 0 && g.format->by_block(head);
	p->wide = r->wide;
	p->newest = ingest_newest(i, r->src->uri, g.format);
	p->behind = 0;
	p->place = r->place;
	ingest_context(i, p->uri, arena_slice(&i->mem, r->src->name), &p->context);
	return p;
}

/*
 * ---- --strict: a JSON source is one JSON text, whole, to the letter of RFC 8259
 * ------------------------------------------------------
 */

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
		reject_add(&job->rejects, slice_str(i->t->about->name), &at, slice_head(reason, slice_find(reason, ':')),
		    f->offset, slice_from(buf_slice(&r->hold), r->from));
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

/* ---- what it is --------------------------------------------------------------------------------------------------------- */

/*
 * The head tells the format, and it shall not matter in what pieces a pipe brings it: it is waited for until it is whole, the end
 * comes, or a producer that has given a line pauses (what is live must not wait long).
 */
static bool
head_wanted(const struct reading *r, struct timespec *since)
{
	enum { HEAD_PAUSE = 200, HEAD_WAIT = 1000 };
	struct pollfd p = {.fd = r->src ? r->src->fd : -1, .events = POLLIN};

	if (r->eof || r->dry || r->hold.n >= HEAD)
		return false;
	if (r->fd >= 0 || !r->pipe || slice_find(buf_slice(&r->hold), '\n') == r->hold.n || !source_idle(r->i->in))
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
	} while (g.format == NULL && head->n < HEAD && !r->eof && !r->dry && ingest_more(r));
	*head = slice_head(slice_from(buf_slice(&r->hold), r->from), HEAD);
	return g;
}

static struct place *
place_for(struct reading *r, struct slice head)
{
	struct places *ps = r->i->places;
	const struct source *src = r->src;
	bool member = src->stored.n < src->uri.n;
	struct place *p = places_find(ps, src, head), *was = member ? NULL : places_by_file(ps, src->dev, src->ino);
	const struct map_row *row = map_get(&ps->by_uri, src->uri);

	if (p == NULL) {
		/* What stands for a name that it lost has the path of that name. */
		p = places_add(ps, src->uri, member ? (struct slice){NULL, 0} : src->first && row ?
		    ((const struct place *)row->v.p)->path : src->path);
		p->moved = src->first;
	}
	jobs_wait(r->i->jobs);
	/* Another file has its inode. */
	if (was && was != p)
		place_lost(ps, was);
	if (!member)
		place_file(ps, p, src->dev, src->ino);
	pthread_mutex_lock(&ps->lock);
	p->size = src->size;
	p->mtime = src->mtime;
	p->packed = !src->seekable;
	p->member = member;
	p->done = p->gone = p->unknown = false;
	place_sum(&p->head, head, PLACE_HEAD);
	pthread_mutex_unlock(&ps->lock);
	return p;
}

void
ingest_begin(struct reading *r)
{
	size_t want = r->i->places && !r->pipe ? PLACE_HEAD : 4;
	struct buf raw;

	while (r->hold.n < want && !r->eof && !r->dry && ingest_more(r))
		;
	if (r->i->places && !r->pipe && r->place == NULL)
		r->place = place_for(r, buf_slice(&r->hold));
	r->wide = ingest_wide(buf_slice(&r->hold));
	if (!r->wide)
		return;
	raw = r->raw;
	r->raw = r->hold;
	r->hold = raw;
	if (slice_starts(buf_slice(&r->raw), SLICE("\xff\xfe")) || slice_starts(buf_slice(&r->raw), SLICE("\xfe\xff"))) {
		memmove(r->raw.p, r->raw.p + 2, r->raw.n - 2);
		r->raw.n -= 2;
		r->at = 2;
	}
	wide_text(r->wide, &r->raw, &r->hold);
}

static void
begin_state(struct reading *r, struct slice head)
{
	const struct format *f = r->piece->format;

	buf_reset(&r->state);
	buf_room(&r->state, f->state + 1);
	memset(r->state.p, 0, f->state);
	r->state.n = f->state;
	r->piece->context.head = head;
	if (f->begin)
		f->begin(r->state.p, &r->piece->context);
	r->piece->context.head = (struct slice){NULL, 0};
}

bool
ingest_known(struct reading *r)
{
	struct slice head;
	struct format_guess g = read_head(r, &head);
	bool strict = strict_json(r->i, r->src, &g);

	if (r->hold.n == 0 && !(r->i->t->common.strict && slice_ends(r->src->name, SLICE(".json"))))
		return false;
	if (strict)
		g.format = format_by_name(SLICE("json"));
	if (g.format == NULL) {
		if (!r->told)
			unknown(r->i, r->src);
		return false;
	}
	r->piece = piece_for(r, g, head);
	if (strict) {
		if (!whole_is_json(r, r->src))
			return false;
		head = slice_head(slice_from(buf_slice(&r->hold), r->from), HEAD);
	}
	r->piece->context.first_year = ingest_first_year(r, &r->piece->context);
	begin_state(r, head);
	return true;
}

/* ---- where it begins ------------------------------------------------------------------------------------------------------- */

/* What an earlier run has given: the format's state needs it, or it cannot be jumped over. */
static void
read_to(struct reading *r, uint64_t off)
{
	const struct format *f = r->piece->format;
	bool learns = f->state && !r->piece->by_block;
	size_t longest = f->frame_max > r->i->o.max_record ? f->frame_max : r->i->o.max_record;

	while (r->at < off && !tool_stopped()) {
		struct slice in = slice_from(buf_slice(&r->hold), r->from), record = {0};
		size_t n = in.n < off - r->at ? in.n : (size_t)(off - r->at);

		if (learns || r->wide)
			n = in.n ? format_frame(f, in, false, r->state.p, &record) : 0;
		if (n == 0 && in.n > longest)
			n = in.n;
		if (n && record.n && f->learn && learns)
			f->learn(record, r->state.p);
		ingest_take(r, n);
		if (n == 0 && !ingest_more(r))
			break;
	}
}

void
ingest_resume(struct reading *r, uint64_t off)
{
	const struct format *f = r->piece->format;
	bool learns = f->state && !r->piece->by_block;

	if (r->at >= off)
		return;
	if (!learns && !r->wide && r->fd < 0 && source_seek(r->i->in, off)) {
		buf_reset(&r->hold);
		r->from = 0;
		r->at = off;
		r->dry = r->eof = false;
		return;
	}
	if (!learns && !r->wide && r->fd >= 0 && lseek(r->fd, (off_t)off, SEEK_SET) >= 0) {
		buf_reset(&r->hold);
		r->from = 0;
		r->at = off;
		r->dry = false;
		return;
	}
	read_to(r, off);
}

/* Binary formats have no lines. */
static bool
whole_document(const struct reading *r)
{
	return slice_find(buf_slice(&r->hold), '\0') < r->hold.n;
}

bool
ingest_quiet(int64_t mtime)
{
	enum { QUIET = 60 };

	return stamp_clock().s - mtime / 1000000000 > QUIET;
}

/* What no format reads belongs to the sum as well. */
static void
sum_all(struct reading *r)
{
	do
		r->from = r->hold.n;
	while (!r->eof && !r->dry && ingest_more(r));
	manifest_sum(r->i->manifest, r->src, r->sum, r->summed);
}

/* A text that is cut cleanly behind a record has no bad record: it is told of itself. */
static void
say_broken(struct reading *r)
{
	const char *words = r->piece->format->broken(r->state.p);
	struct ingest *i = r->i;

	if (words == NULL)
		return;
	jobs_wait(i->jobs);
	tool_status(i->t, 3);
	tool_say(i->t, "%.*s: %s", (int)r->piece->uri.n, r->piece->uri.p, words);
	if (!i->o.inventory)
		stream_note(i->t, "broken-off", r->piece->uri, slice_str(words));
	r->piece->broken = true;
}

void
ingest_source(struct ingest *i, const struct source *src)
{
	struct reading r = {.i = i, .src = src, .fd = -1, .rec = 1, .pipe = src->pipe};

	r.keep = i->places && src->seekable;
	if (i->manifest && manifest_wants(i->manifest, src))
		r.sum = digest_new();
	ingest_begin(&r);
	if (i->manifest)
		manifest_source(i->manifest, src, r.wide ? (struct slice){NULL, 0} : buf_slice(&r.hold));
	/* A half line in a file that was rotated away, and is not written to any more, gets no other half. */
	if (r.place && r.place->moved && ingest_quiet(r.place->mtime))
		r.keep = r.dry = false;
	/* Less than a line tells nothing yet. */
	if (r.keep && r.dry && r.hold.n < HEAD && slice_find(buf_slice(&r.hold), '\n') == r.hold.n && !whole_document(&r))
		goto out;
	if (!ingest_known(&r)) {
		/* Looked at again only if it changes. */
		if (r.place)
			r.place->unknown = r.place->done = r.place->size > 0;
		goto out;
	}
	r.piece->place = r.place;
	if (i->manifest)
		manifest_piece(i->manifest, src, r.piece);
	/* A file of numbered records may be written anew in place: known records are passed over by number. */
	if (r.piece->format->next && r.place)
		r.piece->behind = r.place->last;
	else if (r.place && r.place->off) {
		ingest_resume(&r, r.place->off);
		r.rec = r.place->rec + 1;
	}
	ingest_give(&r);
	if (r.eof && !tool_stopped() && !r.piece->by_block && r.piece->format->broken)
		say_broken(&r);
	/* Where the end was seen only behind the last block, as in a pipe: the same account of places. */
	ingest_shut(&r);
	if (i->o.follow) {
		jobs_wait(i->jobs);
		r.piece->place = NULL;
	}
out:
	if (r.sum)
		sum_all(&r);
	buf_free(&r.hold);
	buf_free(&r.raw);
	buf_free(&r.state);
}
