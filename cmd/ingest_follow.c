/*
 * --follow: files that grow are read on, names are looked at again, all until a signal comes. inotify makes it quick; every
 * second it is done in any case, for inotify does not see what another machine writes.
 */
#include "cmd/ingest_gaps.h"
#include "cmd/ingest_live.h"
#include "cmd/ingest_manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>

enum { TICK_MS = 1000, SCAN_MS = 1000, HEAD_MS = 1000, SETTLE_MS = 2000, FINAL_MS = 10000, OPEN_MAX_FILES = 700 };

struct followed {
	struct reading r;
	struct source src;		/* what reading needs to know of it */
	struct timespec quiet;		/* since when nothing has come; 0: something came */
	size_t told;			/* of so many bytes: that no format knows it */
	bool inside;			/* the file's name is another's now, or none's */
};

struct follow {
	struct ingest *i;
	struct followed **v;
	size_t n, cap;
	int watch;
	bool news;			/* names have changed */
	bool fresh;			/* places that the state does not know */
	bool files;			/* something but pipes was named */
	struct timespec begun;
	long scanned, ticked;
};

static bool
more_than_pipes(const struct ingest *i)
{
	for (size_t k = 0; k < i->t->args.n; k++) {
		char *path = mem_str(i->t->args.v[k]);
		struct stat st;
		bool pipe = slice_eq(i->t->args.v[k], SLICE("-")) ||
		    (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode));

		free(path);
		if (!pipe)
			return true;
	}
	return false;
}

/* ---- one that is followed -------------------------------------------------------------------------------------------------- */

static void
drop(struct follow *f, size_t at)
{
	struct followed *w = f->v[at];

	ingest_shut(&w->r);
	if (w->r.piece == NULL && w->r.hold.n >= HEAD && w->r.told && w->r.place)
		w->r.place->unknown = w->r.place->done = true;
	jobs_wait(f->i->jobs);
	if (w->r.piece)
		w->r.piece->place = NULL;
	if (w->r.place)
		w->r.place->open = NULL;
	(void)close(w->r.fd);
	buf_free(&w->r.hold);
	buf_free(&w->r.raw);
	buf_free(&w->r.state);
	free((char *)(uintptr_t)w->src.uri.p);
	free((char *)(uintptr_t)w->src.path.p);
	free((char *)(uintptr_t)w->src.stored.p);
	free((char *)(uintptr_t)w->src.name.p);
	free(w);
	f->v[at] = f->v[--f->n];
}

static struct slice
own(struct slice s)
{
	return slice_of(mem_dup(s.p, s.n), s.n);
}

/* Room for one more: what has been quiet longest can be opened again. */
static void
make_room(struct follow *f)
{
	size_t oldest = f->n;
	long most = -1;

	if (f->n < OPEN_MAX_FILES)
		return;
	for (size_t k = 0; k < f->n; k++) {
		struct followed *w = f->v[k];
		long quiet = w->quiet.tv_sec && !w->r.pipe ? stream_clock(&w->quiet) + (w->inside ? 1000000000L : 0) : -1;

		if (quiet > most) {
			most = quiet;
			oldest = k;
		}
	}
	if (oldest < f->n)
		drop(f, oldest);
}

static void
follow_one(struct follow *f, const struct source *src)
{
	struct followed *w = mem_zero(1, sizeof *w);
	struct reading *r = &w->r;

	w->src = *src;
	w->src.uri = own(src->uri);
	w->src.path = own(src->path);
	w->src.stored = own(src->stored);
	w->src.name = own(src->name);
	*r = (struct reading){.i = f->i, .src = &w->src, .rec = 1, .pipe = src->pipe, .keep = true};
	r->fd = fcntl(src->fd, F_DUPFD_CLOEXEC, 3);
	if (r->fd < 0 || (!src->pipe && lseek(r->fd, 0, SEEK_SET) < 0))
		tool_die(f->i->t, errno, "%.*s", (int)src->uri.n, src->uri.p);
	make_room(f);
	if (!src->pipe) {
		ingest_begin(r);
		r->place->open = r;
		w->inside = r->place->moved;
	} else {
		r->place = places_add(f->i->places, w->src.uri, (struct slice){NULL, 0});
	}
	f->v = mem_grow(f->v, &f->cap, f->n, sizeof *f->v);
	f->v[f->n++] = w;
	f->fresh = true;
}

/* Whole lines are wanted for a guess, or some time to pass. */
static bool
born(struct followed *w)
{
	struct reading *r = &w->r;

	while (r->hold.n < HEAD && ingest_more(r))
		;
	if (r->hold.n == w->told && !r->eof)
		return false;
	if (!r->eof && r->hold.n < HEAD && slice_find(buf_slice(&r->hold), '\n') == r->hold.n &&
	    stream_clock(&w->quiet) < HEAD_MS)
		return false;
	if (r->at == 0)
		ingest_begin(r);
	if (!ingest_known(r)) {
		w->told = r->hold.n;
		r->told = r->hold.n > 0;
		return false;
	}
	if (r->place->off && !r->pipe) {
		ingest_resume(r, r->place->off);
		r->rec = r->place->rec + 1;
	}
	return true;
}

/* A head that was short when it was taken is taken anew while the file grows: it is what the file will be known by. */
static void
grow_head(struct reading *r)
{
	struct place *p = r->place;
	char room[PLACE_HEAD];
	ssize_t n;

	if (r->pipe || p->head.n == PLACE_HEAD)
		return;
	n = pread(r->fd, room, sizeof room, 0);
	if (n <= (ssize_t)p->head.n || !place_is(&p->head, slice_of(room, (size_t)n)))
		return;
	pthread_mutex_lock(&r->i->places->lock);
	place_sum(&p->head, slice_of(room, (size_t)n), PLACE_HEAD);
	pthread_mutex_unlock(&r->i->places->lock);
}

/* True: the file is not what it was (copytruncate, or written anew in place). */
static bool
truncated(struct follow *f, size_t at)
{
	struct followed *w = f->v[at];
	struct reading *r = &w->r;
	struct stat st;
	off_t now;

	if (r->pipe || fstat(r->fd, &st) != 0 || (now = lseek(r->fd, 0, SEEK_CUR)) < 0)
		return false;
	if (st.st_size >= now && (st.st_size == now || place_holds(r->place, r->fd, UINT64_MAX)))
		return false;
	jobs_wait(f->i->jobs);
	ingest_truncated(f->i, r->place);
	r->place->moved_at = ingest_clock() + 1;
	r->hold.n = r->from = r->raw.n = 0;
	r->ended = true;
	drop(f, at);
	f->news = true;
	return true;
}

/* Reads what has come: true if anything has. */
static bool
read_on(struct follow *f, size_t at)
{
	struct followed *w = f->v[at];
	struct reading *r = &w->r;
	uint64_t was = r->at + r->hold.n - r->from;

	if (truncated(f, at))
		return true;
	r->dry = false;
	if (r->piece == NULL && !born(w))
		goto out;
	grow_head(r);
	ingest_give(r);
out:
	if (r->at + r->hold.n - r->from != was) {
		w->quiet = (struct timespec){0};
		if (r->piece == NULL)
			(void)stream_clock(&w->quiet);
		return true;
	}
	(void)stream_clock(&w->quiet);
	if (w->inside && !r->eof && r->piece && stream_clock(&w->quiet) > FINAL_MS) {
		/* Rotated away and quiet: a half line will not become whole. */
		r->keep = false;
		r->eof = true;
		r->dry = false;
		ingest_give(r);
	}
	if (r->eof || (r->told && r->hold.n >= HEAD))
		drop(f, at);
	return false;
}

static bool
read_all(struct follow *f)
{
	bool some = false;

	/* From the last to the first: one that ends takes the last one's place. */
	for (size_t k = f->n; k-- > 0 && !tool_stopped();)
		some |= read_on(f, k);
	return some;
}

/* ---- names ----------------------------------------------------------------------------------------------------------------- */

static void
watch(struct follow *f, struct slice path)
{
	size_t slash = slice_rfind(path, '/');
	char *folder = slash < path.n ? mem_str(slice_head(path, slash ? slash : 1)) : mem_str(SLICE("."));

	/* What cannot be watched is polled. */
	if (f->watch >= 0 && path.n)
		(void)inotify_add_watch(f->watch, folder,
		    IN_CREATE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_MODIFY | IN_CLOSE_WRITE);
	free(folder);
}

/* The old file of a label to its end before the new one begins. */
static void
finish(struct follow *f, struct slice uri)
{
	for (size_t k = f->n; k-- > 0;)
		if (k < f->n && slice_eq(f->v[k]->r.place->uri, uri)) {
			f->v[k]->inside = true;
			f->v[k]->r.place->moved = true;
			(void)read_on(f, k);
		}
}

/* A packed file is written to its end before it is opened, or its half would be damage. */
static bool
settled(struct follow *f, const struct source *src)
{
	(void)f;
	return stamp_clock().s - src->mtime / 1000000000 >= SETTLE_MS / 1000;
}

static void
look(struct follow *f)
{
	struct ingest *i = f->i;
	struct source src;

	ingest_rotated(i, false);
	sources_again(i->in);
	while (!tool_stopped() && sources_next(i->in, &src)) {
		char magic[8];

		watch(f, src.path);
		if (src.pipe) {
			follow_one(f, &src);
			continue;
		}
		if (!src.seekable) {
			if (settled(f, &src))
				ingest_source(i, &src);
			continue;
		}
		finish(f, src.uri);
		/* Not by its end, but by its records' numbers. */
		if (pread(src.fd, magic, sizeof magic, 0) == sizeof magic && memcmp(magic, "ElfFile", 8) == 0)
			ingest_source(i, &src);
		else
			follow_one(f, &src);
	}
	i->pipes_open = true;
	f->scanned = stream_clock(&f->begun);
}

/* What this run writes is not what it reads. */
static bool
ours(const struct ingest *i, const struct stat *st, struct slice path)
{
	struct slice state = i->t->common.state, rest;
	struct stat out;

	if (fstat(1, &out) == 0 && out.st_dev == st->st_dev && out.st_ino == st->st_ino)
		return true;
	if (state.n == 0)
		return false;
	state = slice_from(state, slice_rfind(state, '/') == state.n ? 0 : slice_rfind(state, '/') + 1);
	rest = slice_from(path, slice_rfind(path, '/') == path.n ? 0 : slice_rfind(path, '/') + 1);
	if (slice_starts(rest, SLICE(".irpipe-")))
		return true;
	return slice_starts(rest, state) && (rest.n == state.n || slice_eq(slice_from(rest, state.n), SLICE(".lock")));
}

bool
ingest_pick(void *self, int fd, const struct stat *st, struct slice uri, struct slice path)
{
	struct ingest *i = self;
	struct place *p = i->places ? places_by_file(i->places, st->st_dev, st->st_ino) : NULL;

	if (i->places == NULL) {
		manifest_stored(i->manifest, fd, st, uri);
		return true;
	}
	if (!S_ISREG(st->st_mode))
		return !i->pipes_open;
	if (ours(i, st, path))
		return false;
	if (p == NULL)
		return true;
	/* What is out may bring it to the end. */
	jobs_wait(i->jobs);
	if (place_news(p, st))
		return true;
	/* An inode that another file has now: the same size and time, other bytes. */
	return !p->open && !p->packed && !place_holds(p, fd, p->off);
}

/* ---- waiting --------------------------------------------------------------------------------------------------------------- */

static void
drain_watch(struct follow *f)
{
	char room[4096] __attribute__((aligned(8)));
	ssize_t n;

	while ((n = read(f->watch, room, sizeof room)) > 0)
		for (char *p = room; p < room + n;) {
			struct inotify_event e;

			memcpy(&e, p, sizeof e);
			f->news |= (e.mask & ~(uint32_t)(IN_MODIFY | IN_CLOSE_WRITE)) != 0;
			p += sizeof e + e.len;
		}
}

/* Until something may have come: at most until the next tick. */
static void
rest(struct follow *f)
{
	struct pollfd *p = mem_zero(f->n + 1, sizeof *p);
	nfds_t n = 0;
	long left = f->ticked + TICK_MS - stream_clock(&f->begun);

	if (f->watch >= 0)
		p[n++] = (struct pollfd){.fd = f->watch, .events = POLLIN};
	for (size_t k = 0; k < f->n; k++)
		if (f->v[k]->r.pipe)
			p[n++] = (struct pollfd){.fd = f->v[k]->r.fd, .events = POLLIN};
	left = left < 1 ? 1 : f->watch < 0 && f->files && left > 100 ? 100 : left > 250 ? 250 : left;
	if (poll(p, n, (int)left) > 0 && f->watch >= 0)
		drain_watch(f);
	free(p);
}

/* Quiet: what was made is written now. */
static void
settle(struct follow *f)
{
	jobs_wait(f->i->jobs);
	if (f->i->gaps)
		gaps_tell(f->i->gaps, f->i->t, false);
	if (!out_flush(&f->i->t->out))
		tool_die(f->i->t, f->i->t->out.error, "cannot write the output");
	state_commit(f->i, false);
}

static void
tick(struct follow *f)
{
	long now = stream_clock(&f->begun);

	if (now - f->ticked < TICK_MS)
		return;
	f->ticked = now;
	jobs_wait(f->i->jobs);
	ingest_mark(f->i, true);
	state_commit(f->i, false);
}

void
ingest_follow(struct ingest *i)
{
	struct follow f = {.i = i, .watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC), .files = more_than_pipes(i)};

	(void)stream_clock(&f.begun);
	for (size_t k = 0; k < i->t->args.n; k++)
		watch(&f, i->t->args.v[k]);
	f.news = true;
	while (!tool_stopped() && (f.news || f.files || f.n)) {
		if (f.news || stream_clock(&f.begun) - f.scanned >= SCAN_MS) {
			f.news = false;
			look(&f);
		}
		/* A place that is new is known to the state before any of its records is written: its label is found again. */
		if (f.fresh) {
			jobs_wait(i->jobs);
			state_commit(i, true);
		}
		f.fresh = false;
		if (!read_all(&f)) {
			settle(&f);
			rest(&f);
		}
		tick(&f);
	}
	while (f.n)
		drop(&f, f.n - 1);
	if (f.watch >= 0)
		(void)close(f.watch);
	free(f.v);
}
