#include "lib/act/quarantine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/stamp.h"
#include "lib/json/json.h"
#include "lib/port/digest.h"

enum { BLOCK = 256 * 1024, META_MAX = 64 * 1024 };

/* Everything that is open during one act; -1: not open. */
struct place {
	int folder, file;		/* where the file lies; the file */
	int store, copy;
	struct slice base;		/* last part of the path */
	struct buf name;		/* ID.bin and so on */
	struct stat st;
};

static bool
failed(struct fault *f, const char *what)
{
	return fault_near(f, what, slice_str(strerrordesc_np(errno)), 0);
}

static void
shut(struct place *p)
{
	int *fd[] = {&p->folder, &p->file, &p->store, &p->copy};

	for (size_t i = 0; i < 4; i++)
		if (*fd[i] >= 0)
			close(*fd[i]);
	buf_free(&p->name);
}

/* Kernel 5.6; RESOLVE_BENEATH and NO_SYMLINKS hold for every part of the path (O_NOFOLLOW for the last one only). */
static int
open_below(int folder, const char *path, uint64_t flags)
{
	struct open_how how = {.flags = flags | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};

	if (folder != AT_FDCWD)
		how.resolve |= RESOLVE_BENEATH | RESOLVE_NO_XDEV;
	return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

static const char *
named(struct place *p, struct slice id, const char *ending)
{
	buf_reset(&p->name);
	buf_slice_add(&p->name, id);
	buf_str(&p->name, ending);
	return buf_cstr(&p->name);
}

/* ---- finding --------------------------------------------------------------------------------------------------------------- */

/* The part of path below the first root that holds it. */
static bool
below_root(const struct act_quarantine *q, struct slice *root, struct slice *rest)
{
	for (size_t i = 0; i < q->row->roots; i++) {
		*root = q->row->root[i];
		if (slice_starts(q->path, *root) && q->path.n > root->n + 1 && q->path.p[root->n] == '/') {
			*rest = slice_from(q->path, root->n + 1);
			return true;
		}
	}
	return false;
}

static bool
open_folder(const struct act_quarantine *q, struct place *p, struct fault *f)
{
	struct slice root, rest;
	char *folder;
	size_t slash;
	int fd;

	if (!below_root(q, &root, &rest))
		return fault_set(f, "not below an allowed root", 0);
	fd = open_below(AT_FDCWD, root.p, O_PATH | O_DIRECTORY);
	if (fd < 0)
		return failed(f, "the root cannot be opened");
	slash = slice_rfind(rest, '/');
	p->base = slash == rest.n ? rest : slice_from(rest, slash + 1);
	folder = slash == rest.n ? mem_str(SLICE(".")) : mem_str(slice_head(rest, slash));
	p->folder = open_below(fd, folder, O_RDONLY | O_DIRECTORY);
	free(folder);
	if (p->folder < 0)
		(void)failed(f, "the folder cannot be opened without following links");
	close(fd);
	return p->folder >= 0;
}

/* The store is the operator's own: nobody else may write there, or a copy could be changed. */
static bool
open_store(const struct act_quarantine *q, struct place *p, struct fault *f)
{
	if (q->row->store.n == 0)
		return fault_set(f, "the allow file names no store", 0);
	if (mkdir(q->row->store.p, 0700) != 0 && errno != EEXIST)
		return failed(f, "the store cannot be made");
	if (!act_trusted_folder(q->row->store.p, f))
		return false;
	p->store = open_below(AT_FDCWD, q->row->store.p, O_RDONLY | O_DIRECTORY);
	return p->store >= 0 || failed(f, "the store cannot be opened");
}

static bool
open_file(struct place *p, struct fault *f)
{
	char *name = mem_str(p->base);
	const uint64_t flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

	p->file = open_below(p->folder, name, flags | O_NOATIME);
	if (p->file < 0 && errno == EPERM)
		p->file = open_below(p->folder, name, flags);
	free(name);
	if (p->file < 0)
		return failed(f, errno == ELOOP ? "a link" : "the file cannot be opened");
	if (fstat(p->file, &p->st) != 0)
		return failed(f, "the file cannot be looked at");
	if (!S_ISREG(p->st.st_mode))
		return fault_set(f, "not a plain file", 0);
	return p->st.st_nlink == 1 || fault_set(f, "the file has other names (hard links)", 0);
}

/* ---- copying --------------------------------------------------------------------------------------------------------------- */

static bool
write_all(int fd, struct slice rest)
{
	while (rest.n) {
		ssize_t n = write(fd, rest.p, rest.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		rest = slice_from(rest, (size_t)n);
	}
	return true;
}

/* All bytes of `from`, to the disk, and their hash. */
static bool
copy_bytes(int from, int to, struct sha256 *sum, uint64_t *size, struct fault *f)
{
	struct digest *d = digest_new();
	char *block = mem_alloc(BLOCK);
	ssize_t n = -1;
	bool ok = d != NULL;

	for (*size = 0; ok; *size += (uint64_t)n) {
		n = read(from, block, BLOCK);
		if (n < 0 && errno == EINTR)
			n = 0;
		else if (n <= 0)
			break;
		ok = digest_add(d, slice_of(block, (size_t)n)) && write_all(to, slice_of(block, (size_t)n));
	}
	free(block);
	if (!ok || n < 0 || fsync(to) != 0) {
		digest_drop(d);
		return failed(f, "the copy failed");
	}
	return digest_end(d, sum) || fault_set(f, "the hash failed", 0);
}

static void
put_time(struct json_out *j, const char *name, struct timespec t)
{
	jo_kopen(j, name, '[');
	jo_i64(j, t.tv_sec);
	jo_i64(j, t.tv_nsec);
	jo_close(j, ']');
}

static void
describe(const struct act_quarantine *q, const struct stat *st, const struct sha256 *sum, struct buf *out)
{
	struct json_out j = json_out(out);
	struct buf hex = {0};

	buf_hex(&hex, sum->b, sizeof sum->b);
	jo_open(&j, '{');
	jo_ktext(&j, "action", q->id);
	jo_ktext(&j, "path", q->path);
	jo_ktext(&j, "sha256", buf_slice(&hex));
	jo_ku64(&j, "size", (uint64_t)st->st_size);
	jo_ku64(&j, "uid", st->st_uid);
	jo_ku64(&j, "gid", st->st_gid);
	jo_ku64(&j, "mode", st->st_mode & 07777);
	put_time(&j, "atime", st->st_atim);
	put_time(&j, "mtime", st->st_mtim);
	jo_close(&j, '}');
	buf_byte(out, '\n');
	buf_free(&hex);
}

/* A file of the store, whole or not at all. */
static int
begin_file(struct place *p, struct slice id)
{
	const char *name = named(p, id, ".part");

	(void)unlinkat(p->store, name, 0);
	return openat(p->store, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0400);
}

static bool
end_file(struct place *p, struct slice id, const char *ending, struct fault *f)
{
	struct place to = {.name = {0}};
	bool ok;

	close(p->copy);
	p->copy = -1;
	ok = renameat(p->store, named(p, id, ".part"), p->store, named(&to, id, ending)) == 0 && fsync(p->store) == 0;
	buf_free(&to.name);
	return ok || failed(f, "the store cannot be written");
}

static bool
write_meta(struct place *p, const struct act_quarantine *q, const struct sha256 *sum, struct fault *f)
{
	struct buf b = {0};
	bool ok;

	describe(q, &p->st, sum, &b);
	p->copy = begin_file(p, q->id);
	ok = p->copy >= 0 && write_all(p->copy, buf_slice(&b)) && fsync(p->copy) == 0;
	buf_free(&b);
	return ok ? end_file(p, q->id, ".json", f) : failed(f, "the store cannot be written");
}

/* The name must still be that file, unchanged, or what goes is not what was kept. */
static bool
remove_file(struct place *p, struct fault *f)
{
	char *name = mem_str(p->base);
	struct stat now, there;
	bool same, ok;

	same = fstat(p->file, &now) == 0 && fstatat(p->folder, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	    there.st_dev == p->st.st_dev &&
	    there.st_ino == p->st.st_ino && now.st_size == p->st.st_size && now.st_mtim.tv_sec == p->st.st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == p->st.st_mtim.tv_nsec && now.st_nlink == 1;
	ok = same && unlinkat(p->folder, name, 0) == 0 && fsync(p->folder) == 0;
	free(name);
	return ok || (same ? failed(f, "the file cannot be removed") : fault_set(f, "the file changed while it was copied", 0));
}

bool
act_quarantine_do(const struct act_quarantine *q, struct fault *f)
{
	struct place p = {.folder = -1, .file = -1, .store = -1, .copy = -1};
	struct sha256 sum;
	uint64_t size = 0;
	bool ok = open_folder(q, &p, f) && open_file(&p, f) && open_store(q, &p, f);

	if (ok && (p.copy = begin_file(&p, q->id)) < 0)
		ok = failed(f, "the store cannot be written");
	ok = ok && copy_bytes(p.file, p.copy, &sum, &size, f) && end_file(&p, q->id, ".bin", f);
	if (ok && size != (uint64_t)p.st.st_size)
		ok = fault_set(f, "the file changed while it was copied", 0);
	ok = ok && write_meta(&p, q, &sum, f) && remove_file(&p, f);
	shut(&p);
	return ok;
}

/* ---- undo ------------------------------------------------------------------------------------------------------------------ */

struct meta {
	uint64_t uid, gid, mode;
	struct timespec time[2];
	char sha256[64];
};

static bool
get_time(const struct json *j, const char *name, struct timespec *t)
{
	uint32_t list = json_get(j, 0, slice_str(name)), first, second;
	int64_t s, ns;

	if (list == JSON_NONE || json_type(j, list) != JSON_ARRAY || (first = json_first(j, list)) == JSON_NONE ||
	    (second = json_following(j, list, first)) == JSON_NONE || !json_i64(j, first, &s) || !json_i64(j, second, &ns))
		return false;
	*t = (struct timespec){.tv_sec = s, .tv_nsec = ns};
	return true;
}

static bool
get_number(const struct json *j, const char *name, uint64_t *v)
{
	uint32_t node = json_get(j, 0, slice_str(name));

	return node != JSON_NONE && json_u64(j, node, v);
}

static bool
parse_meta(const struct act_quarantine *q, struct slice text, struct meta *m)
{
	struct json *j = json_new(&json_limits_source);
	struct fault f;
	struct buf b = {0};
	bool ok = json_one(j, text, &f) && json_type(j, 0) == JSON_OBJECT;
	uint32_t path = ok ? json_get(j, 0, SLICE("path")) : JSON_NONE, sum = ok ? json_get(j, 0, SLICE("sha256")) : JSON_NONE;

	ok = path != JSON_NONE && sum != JSON_NONE && slice_eq(json_text(j, path, &b), q->path) && json_inner(j, sum).n == 64 &&
	    get_number(j, "uid", &m->uid) && get_number(j, "gid", &m->gid) && get_number(j, "mode", &m->mode) &&
	    get_time(j, "atime", &m->time[0]) && get_time(j, "mtime", &m->time[1]);
	if (ok)
		memcpy(m->sha256, json_inner(j, sum).p, 64);
	buf_free(&b);
	json_free(j);
	return ok;
}

static bool
read_meta(struct place *p, const struct act_quarantine *q, struct meta *m, struct fault *f)
{
	char *text = mem_alloc(META_MAX);
	int fd = openat(p->store, named(p, q->id, ".json"), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, META_MAX) : -1;
	bool ok = n > 0 && parse_meta(q, slice_of(text, (size_t)n), m);

	if (fd >= 0)
		close(fd);
	free(text);
	return ok || fault_set(f, "the store does not describe this file", 0);
}

/* Owner before mode: chown takes set-id bits away. */
static bool
restore(struct place *p, const struct meta *m, struct fault *f)
{
	struct sha256 sum;
	struct buf hex = {0};
	uint64_t size;
	bool ok = copy_bytes(p->copy, p->file, &sum, &size, f);

	if (!ok)
		return false;
	buf_hex(&hex, sum.b, sizeof sum.b);
	ok = slice_eq(buf_slice(&hex), slice_of(m->sha256, 64));
	buf_free(&hex);
	if (!ok)
		return fault_set(f, "the copy in the store is not what was put there", 0);
	if (fchown(p->file, (uid_t)m->uid, (gid_t)m->gid) != 0 || fchmod(p->file, (mode_t)m->mode) != 0 ||
	    futimens(p->file, m->time) != 0 || fsync(p->file) != 0)
		return failed(f, "owner, mode and times cannot be restored");
	return true;
}

static bool
put_back(struct place *p, const struct act_quarantine *q, const struct meta *m, struct fault *f)
{
	struct place part = {.name = {0}};
	char *name = mem_str(p->base);
	const char *temp;
	bool ok;

	buf_lit(&part.name, ".irpipe-");
	buf_slice_add(&part.name, q->id);
	temp = buf_cstr(&part.name);
	(void)unlinkat(p->folder, temp, 0);	/* left by an undo that was cut short */
	p->file = openat(p->folder, temp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	ok = p->file >= 0 ? restore(p, m, f) : failed(f, "the file cannot be made");
	if (ok && renameat2(p->folder, temp, p->folder, name, RENAME_NOREPLACE) != 0)
		ok = failed(f, "the file's place is taken");
	if (!ok && p->file >= 0)
		(void)unlinkat(p->folder, temp, 0);
	if (ok && fsync(p->folder) != 0)
		ok = failed(f, "the folder cannot be synced");
	buf_free(&part.name);
	free(name);
	return ok;
}

bool
act_quarantine_undo(const struct act_quarantine *q, struct fault *f)
{
	struct place p = {.folder = -1, .file = -1, .store = -1, .copy = -1};
	struct meta m;
	bool ok = open_folder(q, &p, f) && open_store(q, &p, f) && read_meta(&p, q, &m, f);

	if (ok && (p.copy = openat(p.store, named(&p, q->id, ".bin"), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)) < 0)
		ok = failed(f, "the copy cannot be opened");
	ok = ok && put_back(&p, q, &m, f);
	/* The description goes last: until then a repeated undo finds what it needs. */
	if (ok && (unlinkat(p.store, named(&p, q->id, ".bin"), 0) != 0 || unlinkat(p.store, named(&p, q->id, ".json"), 0) != 0 ||
	    fsync(p.store) != 0))
		ok = failed(f, "the store cannot be cleared");
	shut(&p);
	return ok;
}

bool
act_quarantine_holds(const struct act_quarantine *q)
{
	struct place p = {.folder = -1, .file = -1, .store = -1, .copy = -1};
	struct fault f;
	struct stat st;
	bool kept = open_store(q, &p, &f) && fstatat(p.store, named(&p, q->id, ".json"), &st, AT_SYMLINK_NOFOLLOW) == 0;

	shut(&p);
	return kept;
}

bool
act_quarantine_check(const struct act_quarantine *q)
{
	struct place p = {.folder = -1, .file = -1, .store = -1, .copy = -1};
	struct fault f;
	struct stat st;
	char *name = NULL;
	bool gone = act_quarantine_holds(q);

	if (gone && open_folder(q, &p, &f)) {
		name = mem_str(p.base);
		gone = fstatat(p.folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
	}
	free(name);
	shut(&p);
	return gone;
}
