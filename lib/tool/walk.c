#include "lib/tool/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/mem.h"

struct walk_name {
	struct slice name;
	size_t at;			/* in blob, until that is full */
	unsigned char type;		/* DT_x */
};

struct walk_level {
	struct walk_name *v;
	size_t n, cap, i;
	struct buf blob;
	size_t path_n;			/* length of this folder's own path */
	bool cut;			/* names_max was hit: to be told */
};

/* One part after the other: kernels, or cells, without openat2. */
static int
open_steps(int root, const char *path, int flags)
{
	struct slice rest = slice_str(path);
	int at = root;

	while (rest.p) {
		struct slice part = slice_cut(&rest, '/');
		char *name = mem_str(part);
		int fd = openat(at, name, rest.p ? O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC : flags | O_NOFOLLOW);
		int error = errno;

		free(name);
		if (at != root)
			(void)close(at);
		errno = error;
		if (fd < 0)
			return -1;
		at = fd;
	}
	return at;
}

/* O_NOFOLLOW guards the last part only: the whole path is resolved beneath the root and without links. */
static int
open_beneath(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, root, path, &how, sizeof how);

	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return open_steps(root, path, (int)how.flags);
	return (int)fd;
}

static int
name_order(const void *a, const void *b)
{
	const struct walk_name *x = a, *y = b;

	return slice_cmp(x->name, y->name);
}

static unsigned char
type_at(int folder, const struct dirent *e)
{
	struct stat st;

	if (e->d_type != DT_UNKNOWN)
		return e->d_type;
	if (fstatat(folder, e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return DT_REG;		/* opening it will tell why */
	return (unsigned char)IFTODT(st.st_mode);
}

static void
name_add(struct walk_level *l, int folder, const struct dirent *e)
{
	size_t n = strlen(e->d_name);

	l->v = mem_grow(l->v, &l->cap, l->n, sizeof *l->v);
	l->v[l->n++] = (struct walk_name){.name = {NULL, n}, .at = l->blob.n, .type = type_at(folder, e)};
	buf_add(&l->blob, e->d_name, n);
}

/* All names of a folder, in order.  False: errno. */
static bool
level_read(struct walk_level *l, int fd, size_t max)
{
	DIR *d = fdopendir(fd);
	const struct dirent *e;
	int error;

	if (!d) {
		error = errno;
		(void)close(fd);
		errno = error;
		return false;
	}
	while (errno = 0, (e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (l->n == max) {
			l->cut = true;
			break;
		}
		name_add(l, dirfd(d), e);
	}
	error = e ? 0 : errno;
	(void)closedir(d);
	for (size_t i = 0; i < l->n; i++)
		l->v[i].name.p = l->blob.p + l->v[i].at;
	if (l->n)
		qsort(l->v, l->n, sizeof *l->v, name_order);
	errno = error;
	return error == 0;
}

static void
level_free(struct walk_level *l)
{
	free(l->v);
	buf_free(&l->blob);
}

static enum walk_step
note(const struct walk *w, struct walk_item *it, const char *what, const char *message)
{
	it->path = buf_slice(&w->path);
	it->what = what;
	it->message = message;
	return WALK_NOTE;
}

/* Enters the folder at w->path: NULL, or what is wrong (names read before a failure are kept). */
static const char *
enter(struct walk *w, const char **message)
{
	struct walk_level l = {.path_n = w->path.n};
	int fd;

	if (w->levels >= w->depth_max) {
		*message = "folders nested too deep; not entered";
		return "limit-depth";
	}
	fd = open_beneath(w->root, w->path.n ? buf_cstr(&w->path) : ".", O_RDONLY | O_DIRECTORY);
	if (fd < 0) {
		*message = strerrordesc_np(errno);
		return "unreadable";
	}
	*message = level_read(&l, fd, w->names_max) ? NULL : strerrordesc_np(errno);
	w->level = mem_grow(w->level, &w->cap, w->levels, sizeof *w->level);
	w->level[w->levels++] = l;
	if (*message)
		return "unreadable";
	if (!l.cut)
		return NULL;
	*message = "more names in one folder than are read; the rest is left out";
	return "limit-names";
}

void
walk_begin(struct walk *w, int root)
{
	*w = (struct walk){.root = root, .depth_max = WALK_DEPTH, .names_max = WALK_NAMES};
}

static bool
next_name(struct walk *w, unsigned char *type)
{
	while (w->levels) {
		struct walk_level *l = &w->level[w->levels - 1];

		w->path.n = l->path_n;
		if (l->i < l->n) {
			if (l->path_n)
				buf_byte(&w->path, '/');
			buf_slice_add(&w->path, l->v[l->i].name);
			*type = l->v[l->i++].type;
			return true;
		}
		level_free(l);
		w->levels--;
	}
	return false;
}

static const char *
type_words(unsigned char type)
{
	switch (type) {
	case DT_FIFO:
		return "a fifo inside a folder is not read";
	case DT_SOCK:
		return "a socket is not read";
	default:
		return "a device is not read";
	}
}

enum walk_step
walk_next(struct walk *w, struct walk_item *it)
{
	const char *what, *message = NULL;
	unsigned char type;

	*it = (struct walk_item){0};
	if (!w->begun) {
		w->begun = true;
		what = enter(w, &message);
		if (what)
			return note(w, it, what, message);
	}
	while (next_name(w, &type)) {
		if (type == DT_REG) {
			it->path = buf_slice(&w->path);
			return WALK_FILE;
		}
		if (type == DT_LNK)
			return note(w, it, "link", "links inside a folder are not followed");
		if (type != DT_DIR)
			return note(w, it, "not-regular", type_words(type));
		what = enter(w, &message);
		if (what)
			return note(w, it, what, message);
	}
	return WALK_END;
}

int
walk_open(struct walk *w)
{
	int fd = open_beneath(w->root, buf_cstr(&w->path), O_RDONLY);
	struct stat st;
	int error = 0;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) != 0)
		error = errno;
	else if (!S_ISREG(st.st_mode))
		error = EINVAL;
	if (!error)
		return fd;
	(void)close(fd);
	errno = error;
	return -1;
}

void
walk_end(struct walk *w)
{
	while (w->levels)
		level_free(&w->level[--w->levels]);
	free(w->level);
	buf_free(&w->path);
	if (w->root >= 0)
		(void)close(w->root);
	*w = (struct walk){.root = -1};
}
