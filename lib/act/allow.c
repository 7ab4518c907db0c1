#include "lib/act/allow.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/addr.h"
#include "lib/base/in.h"
#include "lib/play/read.h"

enum { ROWS_MAX = 1000, ROOTS_MAX = 64 };

static bool
failed(struct fault *f, const char *what)
{
	return fault_near(f, what, slice_str(strerrordesc_np(errno)), 0);
}

/* The open file itself is asked, so that no other can take its place. */
static bool
trusted(int fd, bool folder, struct fault *f)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return failed(f, "cannot open");
	if (folder ? !S_ISDIR(st.st_mode) : !S_ISREG(st.st_mode))
		return fault_set(f, folder ? "not a folder" : "not a plain file", 0);
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return fault_set(f, "belongs neither to root nor to the running user", 0);
	return !(st.st_mode & (S_IWGRP | S_IWOTH)) || fault_set(f, "others may write it", 0);
}

bool
act_trusted_folder(const char *path, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool ok = trusted(fd, true, f);

	if (fd >= 0)
		close(fd);
	return ok;
}

bool
act_trusted_file(const char *path, size_t max, struct arena *mem, struct slice *bytes, struct fault *f)
{
	struct in in = in_open(open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
	bool ok = trusted(in.fd, false, f);

	while (ok && in_view(&in).n <= max && in_more(&in))
		;
	if (ok && in.error)
		ok = failed(f, "cannot read");
	else if (ok && in_view(&in).n > max)
		ok = fault_set(f, "too large", max);
	if (ok)
		*bytes = arena_slice(mem, in_view(&in));
	if (in.fd >= 0)
		in_end(&in);
	return ok;
}

/* Words with a NUL behind each, for calls of the system. */
static void
end_words(struct arena *mem, struct slice *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char *p = arena_alloc(mem, v[i].n + 1);

		if (v[i].n)
			memcpy(p, v[i].p, v[i].n);
		p[v[i].n] = '\0';
		v[i].p = p;
	}
}

/* Absolute, without "." or ".." or empty parts: two texts never name one folder by turns. */
static bool
good_path(struct slice s)
{
	struct buf b = {0};
	const char *why;
	bool ok = play_type_write(TYPE_PATH, s, &b, &why);

	buf_free(&b);
	return ok;
}

static bool
read_places(const struct yaml *y, struct arena *mem, struct act_allow_row *row, struct fault *f)
{
	if (!read_words(y, "roots", MAY, mem, &row->root, &row->roots, f) || !read_text(y, "store", MAY, &row->store, f))
		return false;
	if (row->roots > ROOTS_MAX)
		return yaml_fault(f, "at most 64 roots", y);
	for (size_t i = 0; i < row->roots; i++)
		if (!good_path(row->root[i]))
			return yaml_fault(f, "a root is an absolute path without . and ..", yaml_get(y, "roots"));
	if (row->store.n && !good_path(row->store))
		return yaml_fault(f, "the store is an absolute path without . and ..", yaml_get(y, "store"));
	end_words(mem, row->root, row->roots);
	end_words(mem, &row->store, 1);
	return true;
}

static bool
read_row(const struct yaml *y, struct arena *mem, struct act_allow_row *row, struct fault *f)
{
	static const char *const known[] = {"action", "approve", "need", "by", "roots", "store", "max_per_10m", "max_active",
		"max_per_incident", NULL};
	static const char *const approve[] = {"signed", "none", NULL};
	int how = 0;

	if (!read_keys(y, known, "a row is a map", f) || !read_id(y, "action", MUST, &row->action, f) ||
	    !read_choice(y, "approve", MAY, approve, &how, f) || !read_u64(y, "need", MAY, 100, &row->need, f) ||
	    !read_words(y, "by", MAY, mem, &row->by, &row->bys, f) || !read_places(y, mem, row, f) ||
	    !read_u64(y, "max_per_10m", MAY, 1000000, &row->max_per_10m, f) ||
	    !read_u64(y, "max_active", MAY, 1000000, &row->max_active, f) ||
	    !read_u64(y, "max_per_incident", MAY, 1000000, &row->max_per_incident, f))
		return false;
	row->no_approval = how == 1;
	return true;
}

static bool
read_rows(const struct yaml *y, struct arena *mem, struct act_allow *a, struct fault *f)
{
	if (y == NULL)
		return true;
	if (y->type != YAML_LIST || y->n > ROWS_MAX)
		return yaml_fault(f, "actions is a list of at most 1,000 rows", y);
	a->row = arena_zero(mem, (y->n + 1) * sizeof *a->row);
	for (size_t i = 0; i < y->n; i++) {
		if (!read_row(&y->item[i], mem, &a->row[i], f))
			return false;
		if (act_allow_find(a, a->row[i].action))
			return yaml_fault(f, "this action has a row already", &y->item[i]);
		a->n++;
	}
	return true;
}

bool
act_allow_read(struct slice text, struct arena *mem, struct act_allow *a, struct fault *f)
{
	static const char *const known[] = {"irallow", "never", "actions", NULL};
	struct yaml *y;
	struct prefix x;
	uint64_t version = 0;
	size_t docs;

	*a = (struct act_allow){0};
	if (!yaml_read(text, 1, mem, &y, &docs, f))
		return false;
	if (docs != 1)
		return fault_set(f, "no document", 0);
	if (!read_keys(y, known, "an allow file is a map", f) || !read_u64(y, "irallow", MUST, 1, &version, f) ||
	    !read_words(y, "never", MAY, mem, &a->never, &a->nevers, f) || !read_rows(yaml_get(y, "actions"), mem, a, f))
		return false;
	if (version != 1)
		return yaml_fault(f, "irallow: 1 is the only version known", yaml_get(y, "irallow"));
	for (size_t i = 0; i < a->nevers; i++)
		if (!prefix_read(a->never[i], &x, NULL))
			return yaml_fault(f, "not an address or network", yaml_get(y, "never"));
	return true;
}

const struct act_allow_row *
act_allow_find(const struct act_allow *a, struct slice action)
{
	for (size_t i = 0; i < a->n; i++)
		if (slice_eq(a->row[i].action, action))
			return &a->row[i];
	return NULL;
}
