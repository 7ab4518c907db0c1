#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/tool/tool.h"
#include "lib/tool/walk.h"

static bool
failed(struct fault *f, const char *what, int error)
{
	return fault_near(f, what, slice_str(strerrordesc_np(error)), 0);
}

/* ---- reading ---------------------------------------------------------------------------------------------------------- */
enum { FILE_BLOCK = 64 * 1024 };

/* The size that fstat tells is a hint alone: the file may be a pipe or grow. */
static bool
read_all(int fd, size_t max, struct buf *b, struct fault *f)
{
	for (;;) {
		ssize_t r;

		buf_room(b, FILE_BLOCK);
		r = read(fd, b->p + b->n, FILE_BLOCK);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return failed(f, "cannot read", errno);
		if (r == 0)
			return true;
		b->n += (size_t)r;
		if (b->n > max)
			return fault_set(f, "larger than a file of this kind may be", max);
	}
}

bool
tool_file(const char *path, size_t max, struct arena *mem, struct slice *bytes, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct buf b = {0};
	struct stat st;
	bool ok;

	if (fd < 0)
		return failed(f, "cannot open", errno);
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		ok = failed(f, "cannot read", EISDIR);
	else
		ok = read_all(fd, max, &b, f);
	if (ok)
		*bytes = arena_slice(mem, buf_slice(&b));
	(void)close(fd);
	buf_free(&b);
	return ok;
}

/* ---- folders ------------------------------------------------------------------------------------------------------------ */
static bool
wanted(struct slice path, const char *const *endings)
{
	struct slice rest = path;

	while (rest.p)
		if (slice_starts(slice_cut(&rest, '/'), SLICE(".")))
			return false;		/* .git, .github, editors' leavings */
	for (size_t i = 0; endings[i]; i++)
		if (slice_ends(path, slice_str(endings[i])))
			return true;
	return false;
}

static void
files_add(struct opt_list *files, struct arena *mem, struct slice path, struct slice below)
{
	struct buf b = {0};

	buf_slice_add(&b, path);
	if (below.n) {
		if (!slice_ends(path, SLICE("/")))
			buf_byte(&b, '/');
		buf_slice_add(&b, below);
	}
	(void)buf_cstr(&b);		/* the NUL travels along: path of tool_file */
	files->v = mem_grow(files->v, &files->cap, files->n, sizeof *files->v);
	files->v[files->n++] = slice_of(arena_dup(mem, b.p, b.n + 1), b.n);
	buf_free(&b);
}

static bool
walk_files(struct walk *w, struct slice path, const char *const *endings, struct arena *mem, struct opt_list *files,
    struct fault *f)
{
	struct walk_item it;

	for (;;) {
		switch (walk_next(w, &it)) {
		case WALK_END:
			return true;
		case WALK_FILE:
			if (wanted(it.path, endings))
				files_add(files, mem, path, it.path);
			break;
		case WALK_NOTE:
			if (slice_eq(slice_str(it.what), SLICE("unreadable")))
				return fault_near(f, "cannot read a folder", it.path.n ? it.path : path, 0);
			if (slice_starts(slice_str(it.what), SLICE("limit")))
				return fault_near(f, it.message, it.path.n ? it.path : path, 0);
			break;
		}
	}
}

bool
tool_files(struct slice path, const char *const *endings, struct arena *mem, struct opt_list *files, struct fault *f)
{
	char *name = mem_str(path);
	struct stat st;
	struct walk w;
	bool ok = true;
	int fd = -1;

	if (stat(name, &st) != 0) {
		ok = failed(f, "cannot open", errno);
	} else if (!S_ISDIR(st.st_mode)) {
		files_add(files, mem, path, slice_of(NULL, 0));
	} else if ((fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
		ok = failed(f, "cannot open", errno);
	} else {
		walk_begin(&w, fd);
		ok = walk_files(&w, path, endings, mem, files, f);
		walk_end(&w);
	}
	free(name);
	return ok;
}

/* ---- writing ------------------------------------------------------------------------------------------------------------ */
static bool
write_all(int fd, struct slice rest)
{
	while (rest.n) {
		ssize_t r = write(fd, rest.p, rest.n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return false;
		rest = slice_from(rest, (size_t)r);
	}
	return true;
}

/* A device or pipe that is named (/dev/null) is written, not replaced. */
static bool
write_through(const char *path, struct slice bytes, struct fault *f)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	bool ok = fd >= 0 && write_all(fd, bytes);
	int error = errno;

	if (fd >= 0 && close(fd) != 0 && ok) {
		error = errno;
		ok = false;
	}
	return ok || failed(f, "cannot write", error);
}

/* The rename lasts when the folder itself is on disk. */
static bool
sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), error;
	bool ok = fd >= 0 && fsync(fd) == 0;

	error = errno;
	if (fd >= 0)
		(void)close(fd);
	errno = error;
	return ok;
}

/* A failed fsync is final: what it lost is not retried and believed (SECURITY.md section 4). */
static bool
write_beside(const char *path, char *temp, const char *folder, struct slice bytes)
{
	int fd = mkostemp(temp, O_CLOEXEC), error;
	bool ok;

	if (fd < 0)
		return false;
	ok = write_all(fd, bytes) && fsync(fd) == 0;
	error = errno;
	if (close(fd) != 0 && ok) {
		error = errno;
		ok = false;
	}
	if (ok && rename(temp, path) == 0)
		return sync_folder(folder);
	error = ok ? errno : error;
	(void)unlink(temp);
	errno = error;
	return false;
}

bool
tool_write_file(const char *path, struct slice bytes, struct fault *f)
{
	struct slice p = slice_str(path);
	size_t slash = slice_rfind(p, '/');
	struct buf folder = {0}, temp = {0};
	struct stat st;
	int error;
	bool ok;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? failed(f, "cannot write", EISDIR) : write_through(path, bytes, f);
	if (slash < p.n)
		buf_add(&folder, p.p, slash + 1);
	else
		buf_lit(&folder, "./");
	buf_slice_add(&temp, buf_slice(&folder));
	buf_lit(&temp, ".irpipe-XXXXXX");
	(void)buf_cstr(&temp);
	ok = write_beside(path, temp.p, buf_cstr(&folder), bytes);
	error = errno;
	buf_free(&folder);
	buf_free(&temp);
	return ok || failed(f, "cannot write", error);
}
