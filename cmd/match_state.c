/*
 * --state FILE: windows that survive a restart.  At each mark that says `save` a snapshot FILE.N is written (N is the
 * mark's number; the last eight are kept), and a stream that begins with `resume` N goes on from it.  Input without marks
 * goes on from FILE, which is written at its end.
 */
#include "cmd/match.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/num.h"
#include "lib/port/digest.h"

enum { KEPT = 8 };
static const char head[] = "irpipe-match-state 1\n";

static struct slice
folder_of(struct slice path, struct slice *base)
{
	size_t at = slice_rfind(path, '/');

	if (at == path.n) {
		*base = path;
		return SLICE(".");
	}
	*base = slice_from(path, at + 1);
	return at == 0 ? SLICE("/") : slice_head(path, at);
}

const char *
state_folder(const struct matching *m)
{
	struct slice base;

	return m->t->common.state.n ? mem_str(folder_of(m->t->common.state, &base)) : NULL;
}

static char *
name_of(const struct matching *m, uint64_t n, bool numbered)
{
	struct buf b = {0};
	char *s;

	buf_slice_add(&b, m->t->common.state);
	if (numbered) {
		buf_byte(&b, '.');
		buf_u64(&b, n);
	}
	s = mem_str(buf_slice(&b));
	buf_free(&b);
	return s;
}

static int
by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Snapshots of earlier runs, so that they are among the eight. */
static void
look_around(struct matching *m)
{
	struct slice base, folder = folder_of(m->t->common.state, &base);
	char *path = mem_str(folder);
	DIR *d = opendir(path);

	free(path);
	for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
		struct slice name = slice_str(e->d_name);
		uint64_t n;

		if (!slice_starts(name, base) || name.n < base.n + 2 || name.p[base.n] != '.' || !num_u64(slice_from(name,
		    base.n + 1), &n))
			continue;
		m->snapshot = mem_grow(m->snapshot, &m->snapshot_cap, m->snapshots, sizeof *m->snapshot);
		m->snapshot[m->snapshots++] = n;
	}
	if (d)
		(void)closedir(d);
	if (m->snapshots)
		qsort(m->snapshot, m->snapshots, sizeof *m->snapshot, by_number);
}

/* ---- reading -------------------------------------------------------------------------------------------------------- */

/* Head, state, sum.  A file that is not whole is named and never replaced. */
static void
load(struct matching *m, const char *path, bool must)
{
	struct arena mem = {0};
	struct slice bytes, body;
	struct fault f = {0};
	unsigned char sum[16];

	if (!tool_file(path, 1ull << 40, &mem, &bytes, &f)) {
		if (must || access(path, F_OK) == 0)
			tool_die(m->t, 0, "--state %s: %s %s", path, f.what, f.near);
		arena_free(&mem);
		return;
	}
	body = slice_head(bytes, bytes.n < sizeof sum ? 0 : bytes.n - sizeof sum);
	digest_xxh3(&body, 1, sum);
	if (!slice_starts(body, slice_str(head)) || memcmp(sum, bytes.p + body.n, sizeof sum) != 0)
		tool_die(m->t, 0, "--state %s: the file is damaged or of another version; it is left as it is", path);
	if (!correlate_load(m->correlate, slice_from(body, sizeof head - 1), &f))
		tool_die(m->t, 0, "--state %s: %s", path, f.what);
	arena_free(&mem);
}

/* Before the cell closes: what input without marks goes on from. */
void
state_begin(struct matching *m)
{
	char *path;

	if (m->t->common.state.n == 0 || m->correlate == NULL)
		return;
	look_around(m);
	path = name_of(m, 0, false);
	load(m, path, false);
	free(path);
}

/* ---- writing -------------------------------------------------------------------------------------------------------- */

static void
save(struct matching *m, const char *path)
{
	struct buf b = {0};
	struct slice s;
	struct fault f = {0};
	unsigned char sum[16];

	buf_str(&b, head);
	correlate_save(m->correlate, &b);
	s = buf_slice(&b);
	digest_xxh3(&s, 1, sum);
	buf_add(&b, sum, sizeof sum);
	if (!tool_write_file(path, buf_slice(&b), &f))
		tool_die(m->t, 0, "--state %s: %s %s", path, f.what, f.near);
	buf_free(&b);
}

static void
forget_old(struct matching *m, uint64_t newest)
{
	size_t kept = 0;

	/* Numbers beyond belong to a stream that began anew. */
	for (size_t i = 0; i < m->snapshots; i++)
		if (m->snapshot[i] != newest)
			m->snapshot[kept++] = m->snapshot[i];
	m->snapshots = kept;
	while (m->snapshots >= KEPT) {
		char *path = name_of(m, m->snapshot[0], true);

		if (unlink(path) != 0 && errno != ENOENT)
			tool_say(m->t, "--state %s: %s", path, strerrordesc_np(errno));
		free(path);
		memmove(m->snapshot, m->snapshot + 1, --m->snapshots * sizeof *m->snapshot);
	}
	m->snapshot = mem_grow(m->snapshot, &m->snapshot_cap, m->snapshots, sizeof *m->snapshot);
	m->snapshot[m->snapshots++] = newest;
}

void
state_mark(struct matching *m, const struct record *r)
{
	uint32_t resume = json_path(r->j, 0, SLICE("ir.resume")), save_it = json_path(r->j, 0, SLICE("ir.save")),
	    number = json_path(r->j, 0, SLICE("ir.n"));
	uint64_t n = 0;
	bool first = !m->marked;
	char *path;

	m->marked = true;
	if (m->t->common.state.n == 0 || m->correlate == NULL)
		return;
	/* A stream with marks has its own snapshots: what FILE holds is of another. */
	if (first || resume != JSON_NONE)
		correlate_clear(m->correlate);
	if (resume != JSON_NONE && json_u64(r->j, resume, &n)) {
		path = name_of(m, n, true);
		load(m, path, true);
		free(path);
	}
	if (save_it == JSON_NONE || json_type(r->j, save_it) != JSON_TRUE || number == JSON_NONE || !json_u64(r->j, number, &n))
		return;
	path = name_of(m, n, true);
	save(m, path);
	forget_old(m, n);
	free(path);
}

bool
state_goes_on(const struct matching *m)
{
	return m->t->common.state.n && (m->t->live || !m->marked);
}

void
state_end(struct matching *m)
{
	char *path;

	if (m->t->common.state.n == 0 || m->marked)
		return;
	path = name_of(m, 0, false);
	save(m, path);
	free(path);
}
