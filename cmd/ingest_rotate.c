/*
 * Rotation: a name that was read belongs to another file now, or to none. What the old file became, and files that came and went
 * in between, stand beside it under names of its family; they are read first, under its label, oldest first.
 */
#include "cmd/ingest_live.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { SIBLINGS_MAX = 100000, AGAIN_MS = 3000 };

struct sibling {
	struct slice path;
	int64_t mtime;
};

/* Those that bear, or bore, one label. */
struct family {
	struct ingest *i;
	struct slice uri, path, folder, name;	/* folder with its /, or "" */
	uint64_t dev, ino;		/* the file that has the name now; 0: none */
	int64_t floor;
	struct sibling *v;
	size_t n, cap;
};

static int64_t
mtime_of(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

/* app.log: app.log.1, app.log.1.gz, app.log-20260302, app-20260302.log.gz; not app.log.bak, not apple.log. */
static bool
relative(struct slice name, struct slice other)
{
	static const struct slice packed[] = {
		SLICE_INIT(".gz"), SLICE_INIT(".zst"), SLICE_INIT(".xz"), SLICE_INIT(".bz2"), SLICE_INIT(".lz4"),
	};
	size_t dot = slice_rfind(name, '.'), digits = 0;
	struct slice between;

	for (size_t k = 0; k < sizeof packed / sizeof *packed; k++)
		if (slice_ends(other, packed[k]))
			other.n -= packed[k].n;
	if (slice_starts(other, name))
		between = slice_from(other, name.n);
	else if (dot < name.n && slice_starts(other, slice_head(name, dot)) && slice_ends(other, slice_from(name, dot)) &&
	    other.n > name.n)
		between = slice_of(other.p + dot, other.n - name.n);
	else
		return false;
	for (size_t k = 0; k < between.n; k++) {
		bool digit = between.p[k] >= '0' && between.p[k] <= '9';

		digits += digit;
		if (!digit && slice_find(SLICE("-_.:TZ+"), between.p[k]) == 7)
			return false;
	}
	return digits > 0 || between.n == 0 || slice_eq(between, SLICE("."));
}

static int
older(const void *a, const void *b)
{
	const struct sibling *x = a, *y = b;

	return x->mtime < y->mtime ? -1 : x->mtime > y->mtime ? 1 : slice_cmp(x->path, y->path);
}

static void
look(struct family *f, struct slice name)
{
	const struct place *known;
	struct buf path = {0};
	struct stat st;
	bool bore;

	buf_slice_add(&path, f->folder);
	buf_slice_add(&path, name);
	if (slice_eq(name, f->name) || lstat(buf_cstr(&path), &st) != 0 || !S_ISREG(st.st_mode))
		goto out;
	known = places_by_file(f->i->places, st.st_dev, st.st_ino);
	bore = known && slice_eq(known->uri, f->uri);
	if ((st.st_dev == f->dev && st.st_ino == f->ino) || (!bore && !relative(f->name, name)))
		goto out;
	if (known ? !place_news(known, &st) : mtime_of(&st) < f->floor)
		goto out;
	f->v = mem_grow(f->v, &f->cap, f->n, sizeof *f->v);
	f->v[f->n++] = (struct sibling){slice_of(mem_dup(path.p, path.n), path.n), mtime_of(&st)};
out:
	buf_free(&path);
}

static void
gather(struct family *f)
{
	size_t slash = slice_rfind(f->path, '/');
	const struct dirent *e;
	size_t seen = 0;
	char *folder;
	DIR *d;

	f->folder = slash < f->path.n ? slice_head(f->path, slash + 1) : SLICE("");
	f->name = slash < f->path.n ? slice_from(f->path, slash + 1) : f->path;
	folder = mem_str(f->folder.n ? f->folder : SLICE("."));
	d = opendir(folder);
	free(folder);
	while (d && seen++ < SIBLINGS_MAX && (e = readdir(d)) != NULL)
		look(f, slice_str(e->d_name));
	if (d)
		(void)closedir(d);
	if (f->n)
		qsort(f->v, f->n, sizeof *f->v, older);
	for (size_t k = 0; k < f->n; k++) {
		sources_first(f->i->in, f->v[k].path, f->uri);
		free((char *)(uintptr_t)f->v[k].path.p);
	}
	free(f->v);
}

long
ingest_clock(void)
{
	static struct timespec begun;

	return stream_clock(&begun);
}

/* The same inode may be another file's by now. */
static bool
holds(const struct place *p, const char *path, const struct stat *st)
{
	int fd;
	bool same;

	if (p->packed || p->open || (p->size == (uint64_t)st->st_size && p->mtime == mtime_of(st)))
		return true;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return true;
	same = place_holds(p, fd, p->off);
	(void)close(fd);
	return same;
}

/* True: the name stands for what was read. */
static bool
in_place(struct ingest *i, struct place *p, struct stat *st, bool *there)
{
	char *path = mem_str(p->path);
	bool same;

	*there = stat(path, st) == 0;
	same = *there && (uint64_t)st->st_dev == p->dev && (uint64_t)st->st_ino == p->ino;
	if (same && !p->packed && !p->open && (uint64_t)st->st_size < p->off) {
		ingest_truncated(i, p);
		same = false;
	} else if (same && !holds(p, path, st)) {
		place_lost(i->places, p);
		same = false;
	}
	free(path);
	return same;
}

void
ingest_truncated(struct ingest *i, struct place *p)
{
	jobs_wait(i->jobs);
	stream_note(i->t, "truncated", p->uri, SLICE("shorter than what was read; what was written in between is not known"));
	place_lost(i->places, p);
}

/* One look at the folder for all places of a label. */
static void
add_family(struct ingest *i, struct map *families, const struct place *p, const struct stat *now)
{
	bool made;
	struct map_row *row = map_put(families, p->uri, &made);
	struct family *f;

	if (made) {
		row->v.p = f = mem_zero(1, sizeof *f);
		*f = (struct family){.i = i, .uri = p->uri, .path = p->path, .floor = p->mtime};
	}
	f = row->v.p;
	if (now) {
		f->dev = now->st_dev;
		f->ino = now->st_ino;
	}
}

void
ingest_rotated(struct ingest *i, bool start)
{
	struct places *ps = i->places;
	struct map families = {0};

	for (size_t k = 0; k < ps->n; k++) {
		struct place *p = ps->v[k];
		struct stat st;
		bool there, was = p->moved || p->gone;

		if (p->path.n == 0 || p->unknown || (p->ino == 0 && !p->gone))
			continue;
		if (was && !start && (p->moved_at == 0 || ingest_clock() - p->moved_at > AGAIN_MS))
			continue;
		if (in_place(i, p, &st, &there) && !was)
			continue;
		if (!was || p->moved_at == 0)
			p->moved_at = ingest_clock() + 1;
		p->moved = true;
		add_family(i, &families, p, there ? &st : NULL);
	}
	/* What is newer than the oldest that is known, and not known itself, was missed: it came and went while nobody looked. */
	for (size_t k = 0; families.n && k < ps->n; k++) {
		const struct map_row *row = map_get(&families, ps->v[k]->uri);
		struct family *f = row ? row->v.p : NULL;

		if (f && ps->v[k]->mtime < f->floor)
			f->floor = ps->v[k]->mtime;
	}
	for (size_t k = 0; k < families.n; k++) {
		gather(families.row[k].v.p);
		free(families.row[k].v.p);
	}
	map_free(&families);
}
