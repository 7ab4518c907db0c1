/* Where records and rejects go, and the account of the run. */
#include "lib/tool/priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* A device or a pipe holds nothing that could be overwritten: it is written to, never replaced by a file. */
static bool
opened_through(struct tool *t, const char *path)
{
	struct stat st;
	int fd;

	if (stat(path, &st) != 0 || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
		return false;
	fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		tool_die(t, errno, "-o %s", path);
	t->out = out_open(fd);
	return true;
}

void
output_open(struct tool *t)
{
	char *path;
	struct buf tmp = {0};
	size_t slash;
	int fd;

	t->out = out_open(1);
	if (t->common.output.n == 0 || slice_eq(t->common.output, SLICE("-")))
		return;
	path = mem_str(t->common.output);
	if (opened_through(t, path)) {
		free(path);
		return;
	}
	if (!t->common.force && exists(path))
		tool_usage(t, "-o %s: exists; --force overwrites it", path);
	slash = slice_rfind(t->common.output, '/');
	if (slash < t->common.output.n)
		buf_add(&tmp, path, slash + 1);
	buf_lit(&tmp, ".");
	buf_str(&tmp, slash < t->common.output.n ? path + slash + 1 : path);
	buf_lit(&tmp, ".tmp-");
	buf_u64(&tmp, (uint64_t)getpid());
	t->priv->output_tmp = mem_str(buf_slice(&tmp));
	fd = open(t->priv->output_tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (fd < 0) {
		int error = errno;

		free(t->priv->output_tmp);
		t->priv->output_tmp = NULL;
		tool_die(t, error, "-o %s", path);
	}
	signals_unfinished(t->priv->output_tmp);
	t->out = out_open(fd);
	buf_free(&tmp);
	free(path);
}

/* Readers of the file see the old one or the whole new one. */
static void
output_rename(struct tool *t)
{
	char *path = mem_str(t->common.output);
	size_t slash = slice_rfind(t->common.output, '/');
	char *folder = slash < t->common.output.n ? mem_str(slice_head(t->common.output, slash + 1)) : mem_str(SLICE("."));
	int dir;

	if (rename(t->priv->output_tmp, path) != 0)
		tool_die(t, errno, "-o %s", path);
	signals_unfinished(NULL);
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0) {
		/* The name is there; that it survives a power cut is as good as this file system gives. */
		(void)fsync(dir);
		close(dir);
	}
	free(t->priv->output_tmp);
	t->priv->output_tmp = NULL;
	free(path);
	free(folder);
}

void
output_done(struct tool *t)
{
	int error = 0;

	if (t->priv->rejects_fd >= 0 && !out_end(&t->priv->rejects, &error))
		tool_die(t, error, "--rejects %.*s", (int)t->common.rejects.n, t->common.rejects.p);
	out_flush(&t->out);
	if (t->out.error == 0 && t->priv->output_tmp && fsync(t->out.fd) != 0 && errno != EINVAL)
		t->out.error = errno;
	if (!out_end(&t->out, &error))
		tool_die(t, error, "cannot write the output");
	if (t->priv->output_tmp)
		output_rename(t);
	else if (close(1) != 0)
		tool_die(t, errno, "cannot write the output");
}

void
rejects_open(struct tool *t)
{
	char *path;
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW;

	if (t->common.rejects.n == 0)
		return;
	path = mem_str(t->common.rejects);
	if (t->common.state.n)
		flags |= O_APPEND;
	else if (t->common.force)
		flags |= O_TRUNC;
	else
		flags |= O_EXCL;
	t->priv->rejects_fd = open(path, flags, 0600);
	if (t->priv->rejects_fd < 0 && errno == EEXIST)
		tool_usage(t, "--rejects %s: exists; --force overwrites it", path);
	if (t->priv->rejects_fd < 0)
		tool_die(t, errno, "--rejects %s", path);
	t->priv->rejects = out_open(t->priv->rejects_fd);
	free(path);
}

/* ---- the account ----------------------------------------------------------------------------------------------------- */

static double
cpu_seconds(const struct rusage *u)
{
	return (double)u->ru_utime.tv_sec + (double)u->ru_stime.tv_sec +
	    (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e6;
}

static double
wall_seconds(const struct tool *t)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - t->priv->begun.tv_sec) + (double)(now.tv_nsec - t->priv->begun.tv_nsec) / 1e9;
}

/* Hundredths, so that the text of a double never depends on the library. */
static void
put_seconds(struct buf *b, double v)
{
	uint64_t h = (uint64_t)(v * 100 + 0.5);

	buf_u64(b, h / 100);
	buf_byte(b, '.');
	buf_pad(b, h % 100, 2);
}

static void
put_kinds(struct buf *b, const uint64_t *n)
{
	bool some = false;

	for (int k = 0; k < KIND_COUNT; k++) {
		if (n[k] == 0 || k == KIND_MARK || k == KIND_END)
			continue;
		buf_str(b, some ? ", " : "");
		buf_u64(b, n[k]);
		buf_byte(b, ' ');
		buf_slice_add(b, kind_name[k]);
		some = true;
	}
	if (!some)
		buf_lit(b, "nothing");
}

static void
put_rest(struct buf *b, const struct account *a)
{
	const struct {
		const char *name;
		uint64_t n;
	} rest[] = {{"unmatched", a->unmatched}, {"folded", a->folded}, {"suppressed", a->suppressed}};

	for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
		if (rest[i].n) {
			buf_lit(b, ", ");
			buf_u64(b, rest[i].n);
			buf_byte(b, ' ');
			buf_str(b, rest[i].name);
		}
	for (size_t i = 0; i < a->rejections; i++) {
		buf_str(b, i ? ", " : "; rejected: ");
		buf_u64(b, a->rejected[i].n);
		buf_byte(b, ' ');
		buf_slice_add(b, a->rejected[i].reason);
	}
}

void
account_line(struct tool *t)
{
	struct rusage u;
	struct buf b = {0};

	getrusage(RUSAGE_SELF, &u);
	buf_lit(&b, "in ");
	put_kinds(&b, t->account.in);
	buf_lit(&b, "; out ");
	put_kinds(&b, t->account.out);
	put_rest(&b, &t->account);
	if (t->cut)
		buf_lit(&b, "; CUT: the stream has no end");
	if (t->common.verbose) {
		buf_lit(&b, "; ");
		put_seconds(&b, wall_seconds(t));
		buf_lit(&b, " s, CPU ");
		put_seconds(&b, cpu_seconds(&u));
		buf_lit(&b, " s, ");
		buf_u64(&b, (uint64_t)u.ru_maxrss / 1024);
		buf_lit(&b, " MiB");
	}
	tool_say(t, "%s", buf_cstr(&b));
	buf_free(&b);
}

void
account_file(struct tool *t)
{
	struct rusage u;
	struct buf b = {0}, s = {0};
	struct fault f = {0};
	struct stage_id id = {.by = slice_str(t->about->name), .newest = t->account.newest, .dated = t->account.dated};
	char *path = mem_str(t->common.account);

	getrusage(RUSAGE_SELF, &u);
	buf_lit(&s, "\"wall\":");
	put_seconds(&s, wall_seconds(t));
	buf_lit(&s, ",\"cpu\":");
	put_seconds(&s, cpu_seconds(&u));
	buf_lit(&s, ",\"memory_kib\":");
	buf_u64(&s, (uint64_t)u.ru_maxrss);
	buf_lit(&s, ",\"jobs\":");
	buf_u64(&s, t->common.jobs);
	buf_lit(&s, ",\"cell\":");
	buf_slice_add(&s, t->priv->cell.n ? buf_slice(&t->priv->cell) : SLICE("[]"));
	record_end(&b, &id, &t->account, t->seen, t->seen_n, t->cut, t->status, buf_slice(&s));
	if (!tool_write_file(path, buf_slice(&b), &f)) {
		tool_fault(t, t->common.account, &f);
		tool_status(t, 4);
	}
	buf_free(&b);
	buf_free(&s);
	free(path);
}
