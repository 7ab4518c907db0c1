/* libarchive in its worker: formats, what is skipped and why, cut and altered archives, bombs. */
#include "lib/port/archive.h"

#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/port/cell.h"
#include "tests/unit/unit.h"

static char path[] = "/tmp/irpipe-archive-XXXXXX";
static struct archive_worker *worker;

#define PLAIN "[a.txt 6][b/big 300000]"
static const struct {
	const char *format, *filter, *kind, *want;
} made[] = {
	{ "zip", "none", "plain", PLAIN }, { "ustar", "none", "plain", PLAIN }, { "pax", "none", "plain", PLAIN },
	{ "7zip", "none", "plain", PLAIN }, { "pax", "gzip", "plain", PLAIN }, { "pax", "zstd", "plain", PLAIN },
	{ "pax", "xz", "plain", PLAIN }, { "pax", "bzip2", "plain", PLAIN }, { "pax", "lz4", "plain", PLAIN },
	{ "raw", "zstd", "plain", "[ 6]" }, { "raw", "xz", "plain", "[ 6]" }, { "raw", "bzip2", "plain", "[ 6]" },
	{ "raw", "lz4", "plain", "[ 6]" },
	{ "zip", "none", "secret", "(a.txt encrypted)(b/big encrypted)" },
	{ "zip", "none", "hostile",
	  "[a.txt 6](soft link)(/abs path)(../up path)(in/../../up path)(C:/x path)(../up path)[z..txt 5]" },
	{ "pax", "none", "hostile",
	  "[a.txt 6](soft link)(hard link)(null device)(fifo device)(/abs path)(../up path)(in/../../up path)"
	  "(C:\\x path)(..\\up path)[z..txt 5]" },
	{ "pax", "none", "sparse", "[sparse 1048577]" }, { "pax", "zstd", "bomb", "[bomb 268435456][after 1]" },
};

static bool
make(const char *format, const char *filter, const char *kind)
{
	int status = -1;
	pid_t p = fork();

	if (p == 0) {
		execl("tests/maker/archive", "archive", format, filter, kind, path, (char *)NULL);
		_exit(127);
	}
	return waitpid(p, &status, 0) == p && status == 0;
}

/* What comes, as words; members named `leave` are skipped. */
static void
words(struct buf *b, const char *leave)
{
	struct archive_event e;
	enum archive_step what;
	uint64_t n = 0;
	bool in = false;

	do {
		what = archive_next(worker, &e);
		if (in && what != ARCHIVE_DATA) {
			buf_byte(b, ' ');
			buf_u64(b, n);
			buf_byte(b, ']');
			in = false;
		}
		if (what == ARCHIVE_DATA)
			n += e.data.n;
		if (what == ARCHIVE_MEMBER || what == ARCHIVE_SKIPPED) {
			buf_byte(b, what == ARCHIVE_MEMBER ? '[' : '(');
			buf_slice_add(b, e.name);
			in = what == ARCHIVE_MEMBER;
			n = 0;
			if (in && leave && slice_eq(e.name, slice_str(leave)))
				archive_skip(worker);
		}
		if (what == ARCHIVE_SKIPPED || what == ARCHIVE_DAMAGE || what == ARCHIVE_LOST) {
			buf_str(b, what == ARCHIVE_SKIPPED ? " " : what == ARCHIVE_DAMAGE ? "!" : "?");
			buf_str(b, e.why);
			if (what == ARCHIVE_SKIPPED)
				buf_byte(b, ')');
		}
	} while (what != ARCHIVE_END && what != ARCHIVE_LOST);
}

static void
read_it(struct buf *b, const char *leave)
{
	struct fault f;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	buf_reset(b);
	if (fd < 0 || !archive_open(worker, fd, &f))
		buf_lit(b, "cannot open");
	if (fd >= 0)
		close(fd);
	words(b, leave);
}

static bool
starts(struct slice *all)
{
	*all = unit_file(path);
	return archive_looks(slice_head(*all, 65536));
}

static void
write_file(struct slice s)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	if (fd < 0 || write(fd, s.p, s.n) != (ssize_t)s.n || close(fd) != 0)
		exit(1);
}

static void
formats(void)
{
	struct buf b = { 0 };
	struct slice all;
	char name[64];

	for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
		snprintf(name, sizeof name, "%s %s %s", made[i].format, made[i].filter, made[i].kind);
		if (!OK(make(made[i].format, made[i].filter, made[i].kind), "%s: made", name))
			continue;
		OK(starts(&all), "%s: looks like an archive", name);
		free((char *)all.p);
		read_it(&b, NULL);
		SAME(buf_slice(&b), slice_str(made[i].want), name);
	}
	read_it(&b, "bomb");
	SAME(buf_slice(&b), SLICE("[bomb 0][after 1]"), "a member is left");
	buf_free(&b);
}

static void
damaged(void)
{
	static const char *const filters[] = { "none", "zstd", "xz", "bzip2" };
	struct buf b = { 0 };
	struct slice all;

	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
		if (!OK(make("pax", filters[i], "plain"), "pax %s: made", filters[i]))
			continue;
		all = unit_file(path);
		write_file(slice_head(all, all.n / 2));
		read_it(&b, NULL);
		buf_byte(&b, '\0');
		OK(strchr(b.p, '!'), "pax %s, cut: %s", filters[i], b.p);
		free((char *)all.p);
	}
	write_file(SLICE("just some lines\nof text\n"));
	read_it(&b, NULL);
	SAME(buf_slice(&b), SLICE("!not an archive"), "text");
	OK(!archive_looks(SLICE("just some lines\nof text\n")), "text does not look like one");
	write_file(SLICE(""));
	read_it(&b, NULL);
	SAME(buf_slice(&b), SLICE("!not an archive"), "empty");
	buf_free(&b);
}

/* Each byte of a small zip altered in turn: whatever comes, it ends, and the worker is there for the next. */
static void
altered(void)
{
	struct buf b = { 0 };
	struct slice all;
	char *copy;
	int lost = 0;

	if (!OK(make("zip", "none", "hostile"), "zip: made"))
		return;
	all = unit_file(path);
	copy = malloc(all.n);
	for (size_t i = 0; copy && i < all.n; i += 3) {
		memcpy(copy, all.p, all.n);
		copy[i] = (char)(copy[i] ^ 0x81);
		write_file(slice_of(copy, all.n));
		read_it(&b, NULL);
		buf_byte(&b, '\0');
		lost += strchr(b.p, '?') != NULL;
	}
	write_file(all);
	read_it(&b, NULL);
	OK(buf_slice(&b).n > 10 && slice_starts(buf_slice(&b), SLICE("[a.txt 6](soft link)")), "works on; %d lost", lost);
	free((char *)all.p);
	free(copy);
	buf_free(&b);
}

/* Not seekable, and the program in its cell. */
static int
from_pipe(void)
{
	static const struct cell_rights nothing = { 0 };
	struct buf held = { 0 }, b = { 0 };
	struct slice all = unit_file(path);
	struct fault f;
	int fd[2];

	worker = archive_start(1, &f);
	if (worker == NULL || pipe(fd) != 0 || !cell_enter(&nothing, &held, &f))
		return 1;
	if (write(fd[1], all.p, all.n) != (ssize_t)all.n || close(fd[1]) != 0 || !archive_open(worker, fd[0], &f))
		return 2;
	words(&b, NULL);
	if (!slice_eq(buf_slice(&b), SLICE(PLAIN)))
		return 3;
	archive_stop(worker);
	return waitpid(-1, NULL, WNOHANG) != -1;
}

int
main(void)
{
	struct fault f;
	int fd, status = -1;
	pid_t p;

	fd = mkstemp(path);
	if (fd < 0)
		return 1;
	close(fd);
	worker = archive_start(1, &f);
	if (!OK(worker, "start"))
		return unit_done();
	formats();
	damaged();
	altered();
	archive_stop(worker);
	if (OK(make("pax", "zstd", "plain"), "pax zstd: made")) {
		p = fork();
		if (p == 0)
			_exit(from_pipe());
		waitpid(p, &status, 0);
		INT(status, 0, "from a pipe, in the cell, no worker left");
	}
	unlink(path);
	return unit_done();
}
