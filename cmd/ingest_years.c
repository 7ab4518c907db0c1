/*
 * Years that a log does not give: the last line lies nearest to what is dated, lines before it follow by the steps from December
 * to January (INGEST.md section 6). A file is looked over for them before it is read.
 */
#include "cmd/ingest_read.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* Of a big file a line each 64 KiB is enough: no such piece holds ten months. */
enum { PIECE = 64 * 1024, WHOLE_MAX = 16 * 1024 * 1024, LINE_LOOKED = 4096 };

static size_t
read_at(int fd, char *room, size_t n, uint64_t at)
{
	ssize_t got;

	do
		got = pread(fd, room, n, (off_t)at);
	while (got < 0 && errno == EINTR);
	return got < 0 ? 0 : (size_t)got;
}

/* Learns the whole lines of a piece; returns the bytes they take. */
static size_t
learn_lines(const struct format *f, struct slice piece, void *state, struct format_year *first)
{
	size_t at = 0;

	for (;;) {
		struct slice rest = slice_from(piece, at);
		size_t nl = slice_find(rest, '\n');
		const struct format_year *y = state;

		if (nl == rest.n)
			return at;
		f->learn(slice_trim(slice_head(rest, nl)), state);
		if (first->year == 0)
			*first = *y;
		at += nl + 1;
	}
}

static void
look_over(const struct format *f, const struct source *src, void *state, struct format_year *first)
{
	bool whole = src->size <= WHOLE_MAX;
	size_t want = whole ? PIECE : LINE_LOOKED;
	char *room = mem_alloc(PIECE);

	for (uint64_t at = 0; at < src->size && !tool_stopped();) {
		size_t n = read_at(src->fd, room, want, at), from = 0, used;

		if (n == 0)
			break;
		/* A piece from the middle begins within a line. */
		if (!whole && at)
			from = slice_find(slice_of(room, n), '\n') + 1;
		used = from < n ? learn_lines(f, slice_of(room + from, n - from), state, first) : 0;
		/* The last line counts: what is near the end is looked at. */
		if (whole)
			at += used ? used : n;
		else if (at + PIECE < src->size || at + LINE_LOOKED >= src->size)
			at += PIECE;
		else
			at = src->size - LINE_LOOKED;
	}
	free(room);
}

int
ingest_first_year(const struct reading *r, const struct format_context *c)
{
	const struct format *f = r->piece->format;
	struct format_context near = *c;
	struct format_year first = {0}, last;
	void *state;
	int year = 0;

	if (!f->years || !r->src->seekable || r->wide || c->year_err == ERR_COUNT)
		return 0;
	near.first_year = 0;
	near.head = (struct slice){NULL, 0};
	state = mem_zero(1, f->state);
	if (f->begin)
		f->begin(state, &near);
	look_over(f, r->src, state, &first);
	memcpy(&last, state, sizeof last);
	if (first.year)
		year = format_year_near(c->reference, last.month, last.day) - (last.year - first.year);
	free(state);
	return year;
}

/* A date in a file's name: app-20260302.log, app.log.2026-03-02. */
static bool
date_at(struct slice s, struct stamp *day)
{
	struct stamp_civil c = {0};
	int part[3] = {0};
	size_t at = 0;
	static const int digits[3] = {4, 2, 2};
	bool dashed = s.n > 4 && s.p[4] == '-';

	for (int k = 0; k < 3; k++) {
		if (k && dashed && (at == s.n || s.p[at++] != '-'))
			return false;
		for (int d = 0; d < digits[k]; d++, at++) {
			if (at == s.n || s.p[at] < '0' || s.p[at] > '9')
				return false;
			part[k] = part[k] * 10 + (s.p[at] - '0');
		}
	}
	if (at < s.n && s.p[at] >= '0' && s.p[at] <= '9')
		return false;
	c.year = part[0];
	c.month = part[1];
	c.day = part[2];
	if (c.year < 1990 || c.year > 2100 || !stamp_civil_ok(&c))
		return false;
	*day = (struct stamp){stamp_seconds(&c), 0};
	return true;
}

bool
ingest_date_of_name(struct slice name, struct stamp *day)
{
	for (size_t k = 0; k + 8 <= name.n; k++)
		if ((k == 0 || name.p[k - 1] < '0' || name.p[k - 1] > '9') && date_at(slice_from(name, k), day))
			return true;
	return false;
}
