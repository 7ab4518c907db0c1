#include "lib/tool/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/tool/source_archive.h"
#include "lib/tool/source_priv.h"

#define INFLATE_DEFAULT (UINT64_C(100) << 30)

struct sources {
	struct source_options o;
	struct voice voice;
	struct budget budget;
	struct archive_pile pile;
	bool workers;			/* pile was started */
	char **arg;
	size_t args, at;
	const char **path;		/* without "-"; NULL-terminated */
	char **folder;			/* of `path`, where it is one of ours */
	bool at_first;			/* what is open is one of: */
	struct opt_list first;		/* path and uri of what comes first, one after the other */
	size_t first_at;
	bool walking;
	struct walk walk;
	struct buf prefix;		/* label of the folder that is walked, with its / */
	struct layer *top;
	struct buf name;		/* raw path of what is open */
	struct buf file;		/* the same so that it can be opened */
	struct buf stored_uri;
	struct stat st;
	uint64_t stored;		/* its size, 0: unknown */
	bool regular;
	atomic_ullong done;
	uint64_t total;
	bool unsized;			/* something without a size is among the arguments */
};

static struct slice
message_errno(void)
{
	return slice_str(strerrordesc_np(errno));
}

static void
weigh(struct sources *s, const char *path)
{
	struct stat st;

	if (strcmp(path, "-") == 0 ? fstat(0, &st) != 0 : stat(path, &st) != 0)
		return;
	if (S_ISREG(st.st_mode))
		s->total += (uint64_t)st.st_size;
	else if (!S_ISDIR(st.st_mode))
		s->unsized = true;
}

struct sources *
sources_new(struct tool *t, const struct opt_list *args, const struct source_options *o)
{
	struct sources *s = mem_zero(1, sizeof *s);
	size_t paths = 0;
	bool packed = false;

	(void)t;
	s->o = *o;
	s->voice = (struct voice){.o = &s->o};
	s->args = args && args->n ? args->n : 1;
	s->arg = mem_zero(s->args, sizeof *s->arg);
	s->path = mem_zero(s->args + 1, sizeof *s->path);
	s->folder = mem_zero(s->args + 1, sizeof *s->folder);
	for (size_t i = 0; i < s->args; i++) {
		s->arg[i] = mem_str(args && args->n ? args->v[i] : SLICE("-"));
		weigh(s, s->arg[i]);
		if (strcmp(s->arg[i], "-") != 0)
			s->path[paths++] = o->again ? (s->folder[i] = path_folder(s->arg[i])) : s->arg[i];
		packed = packed || (o->compressed && (o->again || !path_plain(s->arg[i])));
	}
	if (packed)
		archive_passwords(o->password, o->passwords);
	if (packed)
		pile_start(&s->pile, &s->voice, &s->budget);
	s->workers = packed;
	return s;
}

const char *const *
sources_paths(const struct sources *s)
{
	return s->path;
}

static void
close_top(struct sources *s)
{
	layer_free(s->top);
	s->top = NULL;
}

static bool
present(struct sources *s, struct layer *l, struct source *out, bool packed)
{
	bool fd = l->kind == LAYER_FD;

	s->top = l;
	*out = (struct source){
		.uri = buf_slice(&l->uri),
		.name = label_name(buf_slice(&s->name), packed),
		.size = s->stored,
		.seekable = fd && s->regular,
		.pipe = fd && l->pipe,
		.fd = l->fd,
		.dev = (uint64_t)s->st.st_dev,
		.ino = (uint64_t)s->st.st_ino,
		.mtime = (int64_t)s->st.st_mtim.tv_sec * 1000000000 + s->st.st_mtim.tv_nsec,
		.stored = buf_slice(&s->stored_uri),
		.first = s->at_first,
		.path = S_ISREG(s->st.st_mode) ? buf_slice(&s->file) : (struct slice){NULL, 0},
		.priv = s,
	};
	return true;
}

/* Looks inside what `l` reads.  True: a source; false: it was told why not, or the pile has an archive more. */
static bool
open_layer(struct sources *s, struct layer *l, unsigned depth, bool packed, struct source *out)
{
	while (s->o.compressed && !(s->o.live && l->pipe)) {
		struct slice head = layer_head(l);
		bool whole = l->kind == LAYER_FD && s->regular;

		if (gz_looks(head)) {
			if (++depth > NEST_MAX) {
				voice_say(l->voice, "nesting", buf_slice(&l->uri), SLICE("packed too many times; not opened"));
				layer_free(l);
				return false;
			}
			l = layer_gz(l, &s->budget, depth);
			packed = true;
			continue;
		}
		if (!archive_looks(head))
			break;
		if (!pile_open(&s->pile, l, whole, depth + 1, label_name(buf_slice(&s->name), packed)))
			return false;
		if (whole)
			atomic_fetch_add(&s->done, s->stored);
		return false;
	}
	return present(s, l, out, packed);
}

/* A stored file or pipe begins: `fd` is the layer's. */
static bool
open_fd(struct sources *s, int fd, const struct stat *st, struct slice uri, struct slice raw, struct source *out)
{
	bool regular = S_ISREG(st->st_mode);
	struct layer *l = layer_fd(fd, !regular, &s->voice, uri);

	s->st = *st;
	buf_reset(&s->stored_uri);
	buf_slice_add(&s->stored_uri, uri);
	l->done = &s->done;
	s->regular = regular && lseek(fd, 0, SEEK_CUR) == 0;
	s->stored = regular ? (uint64_t)st->st_size : 0;
	buf_reset(&s->name);
	buf_slice_add(&s->name, raw);
	s->budget = (struct budget){0};
	for (unsigned i = 0; i <= NEST_MAX; i++)
		s->budget.left[i] = s->o.max_inflate ? s->o.max_inflate : INFLATE_DEFAULT;
	return open_layer(s, l, 0, false, out);
}

static bool
next_member(struct sources *s, struct source *out)
{
	struct member m;

	while (pile_next(&s->pile, &m)) {
		s->regular = false;
		s->stored = m.size;
		buf_reset(&s->name);
		buf_slice_add(&s->name, m.name);
		if (open_layer(s, m.layer, m.depth, m.bare, out))
			return true;
	}
	return false;
}

static void
say_item(struct sources *s, const char *what, struct slice path, struct slice message)
{
	struct buf uri = {0};

	buf_slice_add(&uri, buf_slice(&s->prefix));
	label_add(&uri, path, false);
	if (!path.n && uri.n > 1 && uri.p[uri.n - 1] == '/')
		uri.n--;
	if (!uri.n)
		buf_byte(&uri, '.');
	voice_say(&s->voice, what, buf_slice(&uri), message);
	buf_free(&uri);
}

/* Asks whether a stored file is wanted: else it is closed. */
static bool
picked(struct sources *s, int fd, const struct stat *st, struct slice uri)
{
	if (!s->o.pick || s->o.pick(s->o.self, fd, st, uri, buf_slice(&s->file)))
		return true;
	if (fd > 2)
		(void)close(fd);
	return false;
}

static bool
open_item(struct sources *s, struct slice path, struct source *out)
{
	int fd = walk_open(&s->walk);
	struct buf uri = {0};
	struct stat st;
	bool ok;

	if (fd < 0 || fstat(fd, &st) != 0) {
		say_item(s, "unreadable", path, errno == EINVAL ? SLICE("no regular file any more") : message_errno());
		if (fd >= 0)
			(void)close(fd);
		return false;
	}
	s->total += (uint64_t)st.st_size;
	buf_slice_add(&uri, buf_slice(&s->prefix));
	label_add(&uri, path, false);
	buf_reset(&s->file);
	buf_str(&s->file, s->arg[s->at - 1]);
	buf_byte(&s->file, '/');
	buf_slice_add(&s->file, path);
	ok = picked(s, fd, &st, buf_slice(&uri)) && open_fd(s, fd, &st, buf_slice(&uri), path, out);
	buf_free(&uri);
	return ok;
}

/* One step of the walk.  True: a source. */
static bool
next_item(struct sources *s, struct source *out)
{
	struct walk_item it;

	switch (walk_next(&s->walk, &it)) {
	case WALK_FILE:
		return open_item(s, it.path, out);
	case WALK_NOTE:
		say_item(s, it.what, it.path, slice_str(it.message));
		return false;
	case WALK_END:
		break;
	}
	walk_end(&s->walk);
	s->walking = false;
	return false;
}

static void
start_walk(struct sources *s, int fd, struct slice label)
{
	buf_reset(&s->prefix);
	buf_slice_add(&s->prefix, label);
	if (label.n && label.p[label.n - 1] != '/')
		buf_byte(&s->prefix, '/');
	walk_begin(&s->walk, fd);
	s->walking = true;
}

/* What is itself an argument may be a link, a fifo, /dev/fd/N; opening never waits. */
static bool
next_arg(struct sources *s, struct source *out)
{
	const char *arg = s->arg[s->at++];
	struct slice raw = slice_str(arg);
	bool in = slice_eq(raw, SLICE("-")), found = false;
	int fd = in ? 0 : s->o.files_only && path_pipe(arg) ? -2 : open(arg, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct buf label = {0};
	struct stat st;

	/* To open a fifo and close it again takes its bytes from the reader. */
	if (fd == -2)
		return false;
	label_add(&label, s->o.label.n ? s->o.label : raw, true);
	buf_reset(&s->file);
	if (!in)
		buf_slice_add(&s->file, raw);
	if (fd < 0 && errno == ENOENT && s->o.again)
		found = false;		/* it may come later */
	else if (fd < 0 || fstat(fd, &st) != 0)
		voice_say(&s->voice, "unreadable", label.n ? buf_slice(&label) : raw, message_errno());
	else if (S_ISDIR(st.st_mode) && !in)
		start_walk(s, fd, buf_slice(&label));
	else if (S_ISDIR(st.st_mode) || S_ISBLK(st.st_mode))
		voice_say(&s->voice, "not-regular", buf_slice(&label), SLICE("neither a file, a folder nor a pipe"));
	else if (picked(s, fd, &st, buf_slice(&label)))
		found = open_fd(s, fd, &st, buf_slice(&label), in ? SLICE("") : raw, out);
	if (fd > 2 && S_ISBLK(st.st_mode))
		(void)close(fd);
	buf_free(&label);
	return found;
}

static bool
next_first(struct sources *s, struct source *out)
{
	struct slice path = s->first.v[s->first_at], uri = s->first.v[s->first_at + 1];
	char *name = mem_str(path);
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
	struct stat st;
	bool found = false;

	s->first_at += 2;
	s->at_first = true;
	buf_reset(&s->file);
	buf_slice_add(&s->file, path);
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		found = open_fd(s, fd, &st, uri, path, out);
	else if (fd >= 0)
		(void)close(fd);
	free(name);
	return found;
}

void
sources_first(struct sources *s, struct slice path, struct slice uri)
{
	const struct slice both[2] = {path, uri};

	for (size_t i = 0; i < 2; i++) {
		s->first.v = mem_grow(s->first.v, &s->first.cap, s->first.n, sizeof *s->first.v);
		s->first.v[s->first.n++] = slice_of(mem_dup(both[i].p, both[i].n), both[i].n);
	}
}

static void
forget_first(struct sources *s)
{
	for (size_t i = 0; i < s->first.n; i++)
		free((char *)(uintptr_t)s->first.v[i].p);
	s->first.n = s->first_at = 0;
}

void
sources_again(struct sources *s)
{
	close_top(s);
	if (s->walking)
		walk_end(&s->walk);
	s->walking = false;
	s->at = 0;
}

bool
source_seek(struct sources *s, uint64_t off)
{
	struct layer *l = s->top;

	if (!l || l->kind != LAYER_FD || l->pipe || !s->regular || lseek(l->fd, (off_t)off, SEEK_SET) < 0)
		return false;
	l->from = l->n = 0;
	l->in_at = off;
	l->ended = false;
	return true;
}

bool
sources_next(struct sources *s, struct source *out)
{
	close_top(s);
	for (;;) {
		if (s->workers && next_member(s, out))
			return true;
		if (s->first_at < s->first.n) {
			if (next_first(s, out))
				return true;
			continue;
		}
		forget_first(s);
		s->at_first = false;
		if (s->walking) {
			if (next_item(s, out))
				return true;
		} else if (s->at == s->args) {
			return false;
		} else if (next_arg(s, out)) {
			return true;
		}
	}
}

size_t
source_read(struct sources *s, char *to, size_t cap)
{
	return s->top ? layer_read(s->top, to, cap) : 0;
}

bool
source_idle(const struct sources *s)
{
	const struct layer *l = s->top;
	struct pollfd p = {.events = POLLIN};

	while (l && l->n == l->from && !l->in.n && !l->ended && l->under)
		l = l->under;
	if (!l || l->kind != LAYER_FD || !l->pipe || l->ended || l->n > l->from || l->in.n)
		return false;
	p.fd = l->fd;
	return poll(&p, 1, 0) == 0;
}

size_t
source_tail(const struct source *src, char *to, size_t cap)
{
	uint64_t from = src->size > cap ? src->size - cap : 0;
	size_t n = 0;

	if (!src->seekable)
		return 0;
	while (n < cap) {
		ssize_t r = pread(src->fd, to + n, cap - n, (off_t)(from + n));

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			break;
		n += (size_t)r;
	}
	return n;
}

void
sources_progress(const struct sources *s, uint64_t *done, uint64_t *total)
{
	*done = atomic_load(&s->done);
	*total = s->unsized ? 0 : s->total;
}

void
sources_end(struct sources *s)
{
	if (!s)
		return;
	close_top(s);
	if (s->workers)
		pile_end(&s->pile);
	if (s->walking)
		walk_end(&s->walk);
	for (size_t i = 0; i < s->args; i++)
		free(s->arg[i]);
	for (size_t i = 0; i < s->args; i++)
		free(s->folder[i]);
	free(s->folder);
	forget_first(s);
	free(s->first.v);
	free(s->arg);
	free(s->path);
	buf_free(&s->file);
	buf_free(&s->stored_uri);
	buf_free(&s->prefix);
	buf_free(&s->name);
	free(s);
}
