/*
 * --manifest: what was read, so that another can tell that it is the same (INGEST.md section 7): a line for each stored file with
 * the SHA-256 of its bytes, a line for each member with that of what was unpacked. Nothing in it differs from run to run.
 */
#include "cmd/ingest_manifest.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct entry {
	struct slice uri;
	uint64_t size;
	int64_t mtime;			/* ns; stored files alone */
	struct sha256 sum;
	bool stored, summed;
	const struct piece *piece;	/* NULL: not recognised, or holds others */
	bool evtx;
	unsigned char head[128];	/* of an EVTX file */
};

struct manifest {
	struct entry *v;
	size_t n, cap;
	struct arena mem;
	char *room;
};

enum { ROOM = 256 * 1024 };

struct manifest *
manifest_new(void)
{
	struct manifest *m = mem_zero(1, sizeof *m);

	m->room = mem_alloc(ROOM);
	return m;
}

void
manifest_free(struct manifest *m)
{
	if (m == NULL)
		return;
	free(m->v);
	free(m->room);
	arena_free(&m->mem);
	free(m);
}

static struct entry *
add(struct manifest *m, struct slice uri)
{
	m->v = mem_grow(m->v, &m->cap, m->n, sizeof *m->v);
	m->v[m->n] = (struct entry){.uri = arena_slice(&m->mem, uri)};
	return &m->v[m->n++];
}

/* By places, not by the descriptor's own: that is the reader's. */
static bool
sum_file(struct manifest *m, int fd, uint64_t *size, struct sha256 *sum)
{
	struct digest *d = digest_new();
	bool ok = d != NULL;
	off_t at = 0;
	ssize_t n;

	while (ok) {
		n = pread(fd, m->room, ROOM, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		at += n;
		ok = digest_add(d, slice_of(m->room, (size_t)n));
	}
	*size = (uint64_t)at;
	if (ok && n == 0)
		return digest_end(d, sum);
	digest_drop(d);
	return false;
}

void
manifest_stored(struct manifest *m, int fd, const struct stat *st, struct slice uri)
{
	struct entry *e;

	if (!S_ISREG(st->st_mode))
		return;
	e = add(m, uri);
	e->stored = true;
	e->mtime = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
	e->summed = sum_file(m, fd, &e->size, &e->sum);
}

/* The last stored file, if the source is that itself, or a member of it. */
static struct entry *
entry_of(struct manifest *m, struct slice uri)
{
	for (size_t k = m->n; k-- > 0;) {
		if (slice_eq(m->v[k].uri, uri))
			return &m->v[k];
		if (m->v[k].stored)
			break;
	}
	return NULL;
}

bool
manifest_wants(struct manifest *m, const struct source *src)
{
	return entry_of(m, src->uri) == NULL;
}

void
manifest_source(struct manifest *m, const struct source *src, struct slice head)
{
	struct entry *e = entry_of(m, src->uri);

	if (e == NULL)
		e = add(m, src->uri);
	e->evtx = slice_starts(head, SLICE("ElfFile")) && head.n >= sizeof e->head;
	if (e->evtx)
		memcpy(e->head, head.p, sizeof e->head);
}

void
manifest_piece(struct manifest *m, const struct source *src, const struct piece *piece)
{
	struct entry *e = entry_of(m, src->uri);

	if (e)
		e->piece = piece;
}

void
manifest_sum(struct manifest *m, const struct source *src, struct digest *sum, uint64_t size)
{
	struct entry *e = entry_of(m, src->uri);

	if (e == NULL)
		e = add(m, src->uri);
	e->size = size;
	e->summed = digest_end(sum, &e->sum);
}

/* ---- writing ----------------------------------------------------------------------------------------------------------- */

static void
put_stamp(struct json_out *o, const char *name, struct stamp at)
{
	char text[STAMP_LEN];

	stamp_put(text, at);
	jo_ktext(o, name, slice_of(text, sizeof text));
}

static uint64_t
little(const unsigned char *p, unsigned n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | p[n];
	return v;
}

/* [MS-EVEN6] has no file header; libevtx's notes tell these places. */
static void
put_evtx(struct json_out *o, const struct entry *e)
{
	uint64_t flags = little(e->head + 120, 4);

	jo_kopen(o, "evtx", '{');
	jo_ku64(o, "major", little(e->head + 38, 2));
	jo_ku64(o, "minor", little(e->head + 36, 2));
	jo_ku64(o, "chunks", little(e->head + 42, 2));
	jo_ku64(o, "next_record", little(e->head + 24, 8));
	jo_kbool(o, "dirty", flags & 1);
	jo_kbool(o, "full", (flags & 2) != 0);
	jo_ku64(o, "flags", flags);
	jo_close(o, '}');
}

static void
put_entry(struct buf *b, const struct entry *e)
{
	struct json_out o = json_out(b);
	struct buf hex = {0};

	jo_open(&o, '{');
	jo_ktext(&o, "path", e->uri);
	jo_ku64(&o, "size", e->size);
	if (e->summed) {
		buf_hex(&hex, e->sum.b, sizeof e->sum.b);
		jo_ktext(&o, "sha256", buf_slice(&hex));
	}
	if (e->stored)
		put_stamp(&o, "mtime", (struct stamp){e->mtime / 1000000000, (uint32_t)(e->mtime % 1000000000)});
	if (e->piece) {
		const struct sighting *s = &e->piece->seen;

		jo_kstr(&o, "format", e->piece->format->name);
		jo_ku64(&o, "records", s->records);
		jo_ku64(&o, "bad", s->rejects);
		if (s->dated) {
			put_stamp(&o, "first", s->first);
			put_stamp(&o, "last", s->last);
		}
	}
	if (e->evtx)
		put_evtx(&o, e);
	jo_close(&o, '}');
	buf_byte(b, '\n');
	buf_free(&hex);
}

bool
manifest_write(const struct manifest *m, const char *path, struct fault *f)
{
	struct buf b = {0};
	bool ok;

	for (size_t k = 0; k < m->n; k++)
		put_entry(&b, &m->v[k]);
	ok = tool_write_file(path, buf_slice(&b), f);
	buf_free(&b);
	return ok;
}
