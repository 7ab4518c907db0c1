/* Places: how far each source was read, and how it is known again under another name. */
#include "cmd/ingest_live.h"

#include <stdlib.h>
#include <unistd.h>

struct places *
places_new(void)
{
	struct places *ps = mem_zero(1, sizeof *ps);

	pthread_mutex_init(&ps->lock, NULL);
	return ps;
}

void
places_free(struct places *ps)
{
	if (ps == NULL)
		return;
	map_free(&ps->by_file);
	map_free(&ps->by_uri);
	arena_free(&ps->mem);
	pthread_mutex_destroy(&ps->lock);
	free(ps->changed);
	free(ps->v);
	free(ps);
}

struct place *
places_add(struct places *ps, struct slice uri, struct slice path)
{
	struct place *p;

	pthread_mutex_lock(&ps->lock);
	p = arena_zero(&ps->mem, sizeof *p);
	p->uri = arena_slice(&ps->mem, uri);
	p->path = path.n ? arena_slice(&ps->mem, path) : path;
	ps->v = mem_grow(ps->v, &ps->cap, ps->n, sizeof *ps->v);
	ps->v[ps->n++] = p;
	map_put(&ps->by_uri, uri, NULL)->v.p = p;
	pthread_mutex_unlock(&ps->lock);
	return p;
}

static struct slice
file_key(const uint64_t id[2])
{
	return slice_of((const char *)id, 2 * sizeof *id);
}

void
place_file(struct places *ps, struct place *p, uint64_t dev, uint64_t ino)
{
	const uint64_t id[2] = {dev, ino};

	pthread_mutex_lock(&ps->lock);
	p->dev = dev;
	p->ino = ino;
	map_put(&ps->by_file, file_key(id), NULL)->v.p = p;
	pthread_mutex_unlock(&ps->lock);
}

/* The map keeps the last that had this file; it may have become another since. */
struct place *
places_by_file(const struct places *ps, uint64_t dev, uint64_t ino)
{
	const uint64_t id[2] = {dev, ino};
	const struct map_row *row = map_get(&ps->by_file, file_key(id));
	struct place *p = row ? row->v.p : NULL;

	return p && p->dev == dev && p->ino == ino && !p->gone ? p : NULL;
}

bool
place_news(const struct place *p, const struct stat *st)
{
	int64_t mtime = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
	bool same = p->size == (uint64_t)st->st_size && p->mtime == mtime;

	if (p->open)
		return false;
	if (p->done && same)
		return p->moved && !p->unknown && !p->packed && p->off < p->size && ingest_quiet(p->mtime);
	return true;
}

void
place_sum(struct place_sum *s, struct slice bytes, size_t max)
{
	bytes = slice_head(bytes, max);
	s->n = bytes.n;
	if (bytes.n)
		digest_xxh3(&bytes, 1, s->sum);
}

bool
place_is(const struct place_sum *s, struct slice bytes)
{
	struct place_sum now;

	if (bytes.n < s->n)
		return false;
	place_sum(&now, bytes, (size_t)s->n);
	return s->n == 0 || memcmp(now.sum, s->sum, sizeof now.sum) == 0;
}

bool
place_holds(const struct place *p, int fd, uint64_t off)
{
	char room[PLACE_HEAD];
	ssize_t n;

	if (p->head.n) {
		n = pread(fd, room, (size_t)p->head.n, 0);
		if (n < 0 || !place_is(&p->head, slice_of(room, (size_t)n)))
			return false;
	}
	if (p->tail.n == 0 || off != p->off || p->tail.n > off)
		return true;
	n = pread(fd, room, (size_t)p->tail.n, (off_t)(off - p->tail.n));
	return n >= 0 && place_is(&p->tail, slice_of(room, (size_t)n));
}

void
place_lost(struct places *ps, struct place *p)
{
	pthread_mutex_lock(&ps->lock);
	p->gone = p->moved = true;
	p->dev = p->ino = 0;
	pthread_mutex_unlock(&ps->lock);
}

/* A packed file, or a copy, whose head is that of a file which is not there any more: it goes on where that ended. */
static struct place *
find_lost(struct places *ps, struct slice head)
{
	struct place *found = NULL;

	pthread_mutex_lock(&ps->lock);
	for (size_t i = ps->n; i-- > 0 && !found;) {
		struct place *p = ps->v[i];

		if ((p->gone || p->moved) && p->open == NULL && p->head.n && place_is(&p->head, head) &&
		    (p->head.n == PLACE_HEAD || p->off <= p->head.n))
			found = p;
	}
	pthread_mutex_unlock(&ps->lock);
	return found;
}

/* Does the file that a place names still stand somewhere? A copy is no heir then. */
static bool
stands(const struct place *p)
{
	char *path = mem_str(p->path);
	struct stat st;
	bool there = stat(path, &st) == 0 && st.st_dev == p->dev && st.st_ino == p->ino;

	free(path);
	return there;
}

struct place *
places_find(struct places *ps, const struct source *src, struct slice head)
{
	bool member = src->stored.n < src->uri.n;
	struct place *p = member ? NULL : places_by_file(ps, src->dev, src->ino);
	const struct map_row *row;

	if (p && place_is(&p->head, head))
		return p;
	row = map_get(&ps->by_uri, src->uri);
	p = row ? row->v.p : NULL;
	/* A file that was copied back, or another program's state, which knows no files. */
	if (p && !p->moved && !p->gone && place_is(&p->head, head) && (member || p->ino == 0 || !stands(p)))
		return p;
	p = member ? NULL : find_lost(ps, head);
	return p && !(p->moved && !p->gone && stands(p)) ? p : NULL;
}

void
places_put(struct places *ps, struct json_out *o, bool identity)
{
	for (size_t i = 0; i < ps->changes; i++) {
		struct place *p = ps->changed[i];

		jo_open(o, '{');
		jo_ktext(o, "uri", p->uri);
		jo_ku64(o, "off", p->off);
		jo_ku64(o, "rec", p->rec);
		if (identity && p->ino) {
			jo_ku64(o, "dev", p->dev);
			jo_ku64(o, "ino", p->ino);
		}
		jo_close(o, '}');
		p->changed = false;
	}
	ps->changes = 0;
}
