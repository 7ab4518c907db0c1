/* Goldens: tests/golden/format/NAME/{good,bad}-what.in and .out.  BLESS=1 writes the .out anew. */
#include "tests/unit/format.h"
#include "tests/unit/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void
join(struct buf *b, const char *dir, const char *name, const char *end)
{
	buf_reset(b);
	buf_str(b, dir);
	buf_byte(b, '/');
	buf_str(b, name);
	if (end) {
		b->n -= 3;
		buf_str(b, end);
	}
	(void)buf_cstr(b);
}

static void
bless(const char *path, struct slice text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	OK(fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n && close(fd) == 0, "blessed %s", path);
}

/* However the bytes come and however the blocks are cut, the same comes out. */
static void
any_cut(const struct format *f, struct slice in, struct slice name, struct slice want)
{
	static const struct {
		size_t piece, each;
	} cut[] = {{1, 1}, {7, 2}, {64, 1}, {0, 1}, {0, 3}, {1000, 0}};

	for (size_t i = 0; i < sizeof cut / sizeof *cut; i++) {
		struct trial t;

		trial_begin(&t, name);
		trial_read(&t, f, in, cut[i].piece, cut[i].each);
		OK(slice_eq(buf_slice(&t.out), want), "%.*s: in pieces of %zu, blocks of %zu", (int)name.n, name.p, cut[i].piece, cut[i].each);
		trial_end(&t);
	}
}

static void
golden(const struct format *f, const char *dir, const char *name)
{
	struct buf path = {0};
	struct trial t;
	struct slice in, guess;
	struct format_guess g;

	join(&path, dir, name, NULL);
	in = unit_file(path.p);
	trial_begin(&t, slice_str(name));
	trial_read(&t, f, in, 0, 0);
	g = format_guess(slice_head(in, 64 * 1024), slice_str(name));
	guess = slice_str(g.format ? g.format->name : "none");
	if (slice_starts(slice_str(name), SLICE("good-")))
		SAME(guess, slice_str(f->name), name);
	join(&path, dir, name, ".out");
	if (getenv("BLESS"))
		bless(path.p, buf_slice(&t.out));
	SAME(buf_slice(&t.out), unit_file(path.p), name);
	any_cut(f, in, slice_str(name), buf_slice(&t.out));
	trial_end(&t);
	buf_free(&path);
}

static int
is_input(const struct dirent *d)
{
	return slice_ends(slice_str(d->d_name), SLICE(".in"));
}

void
format_golden_tests(void)
{
	for (const struct format *const *f = formats; *f; f++) {
		struct buf dir = {0};
		struct dirent **v;
		int n;

		/* Binary sources are made (tests/maker). */
		if (strcmp((*f)->name, "evtx") == 0 || strcmp((*f)->name, "utmp") == 0)
			continue;
		join(&dir, unit_srcdir(), "tests/golden/format/", NULL);
		buf_str(&dir, (*f)->name);
		n = scandir(buf_cstr(&dir), &v, is_input, alphasort);
		OK(n > 0, "%s has goldens", (*f)->name);
		for (int i = 0; i < n; i++) {
			golden(*f, dir.p, v[i]->d_name);
			free(v[i]);
		}
		if (n >= 0)
			free(v);
		buf_free(&dir);
	}
}
