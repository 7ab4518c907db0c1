#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/port/archive.h"
#include "lib/tool/source_archive.h"
#include "lib/tool/source_priv.h"

void
voice_say(const struct voice *v, const char *what, struct slice uri, struct slice message)
{
	if (!v->late) {
		if (v->o->note)
			v->o->note(v->o->self, what, uri, message);
		return;
	}
	/* `what` is constant words: its address travels. */
	buf_add(v->late, &what, sizeof what);
	buf_add(v->late, &uri.n, sizeof uri.n);
	buf_add(v->late, &message.n, sizeof message.n);
	buf_slice_add(v->late, uri);
	buf_slice_add(v->late, message);
}

void
voice_late(const struct voice *to, struct buf *late)
{
	for (size_t at = 0; at < late->n;) {
		const char *what;
		struct slice uri, message;

		memcpy(&what, late->p + at, sizeof what);
		at += sizeof what;
		memcpy(&uri.n, late->p + at, sizeof uri.n);
		at += sizeof uri.n;
		memcpy(&message.n, late->p + at, sizeof message.n);
		at += sizeof message.n;
		uri.p = late->p + at;
		at += uri.n;
		message.p = late->p + at;
		at += message.n;
		voice_say(to, what, uri, message);
	}
	buf_reset(late);
}

struct layer *
layer_fd(int fd, bool pipe, const struct voice *voice, struct slice uri)
{
	struct layer *l = mem_zero(1, sizeof *l);

	l->kind = LAYER_FD;
	l->fd = fd;
	l->pipe = pipe;
	l->voice = voice;
	buf_slice_add(&l->uri, uri);
	return l;
}

struct layer *
layer_gz(struct layer *under, struct budget *budget, unsigned depth)
{
	struct layer *l = mem_zero(1, sizeof *l);

	l->kind = LAYER_GZ;
	l->fd = -1;
	l->under = under;
	l->voice = under->voice;
	l->budget = budget;
	l->depth = depth;
	buf_slice_add(&l->uri, buf_slice(&under->uri));
	l->gz = gz_new();
	l->in_room = mem_alloc(LAYER_BLOCK);
	return l;
}

void
layer_free(struct layer *l)
{
	while (l) {
		struct layer *under = l->under;

		if (l->fd > 2)
			(void)close(l->fd);
		gz_free(l->gz);
		free(l->in_room);
		free(l->hold);
		buf_free(&l->uri);
		free(l);
		l = under;
	}
}

size_t
budget_take(struct layer *l, size_t n)
{
	uint64_t *left = &l->budget->left[l->depth];

	if (n <= *left) {
		*left -= n;
		return n;
	}
	n = (size_t)*left;
	*left = 0;
	l->ended = true;
	if (!l->budget->told[l->depth])
		voice_say(l->voice, "inflate-limit", buf_slice(&l->uri),
		    SLICE("more bytes unpacked than --max-inflate allows; the rest is not read"));
	l->budget->told[l->depth] = true;
	return n;
}

/* A fifo without a writer yet reads as ended; poll knows better, and lets a signal through. */
static bool
wait_bytes(const struct layer *l)
{
	int patience = PIPE_PATIENCE_MS;

	while (l->pipe) {
		struct pollfd p = {.fd = l->fd, .events = POLLIN};
		int r = poll(&p, 1, 200);

		if (r > 0 || (r < 0 && errno != EINTR))
			break;
		if (tool_stopped() && (patience -= 200) < 0)
			return false;
	}
	return true;
}

static size_t
fd_read(struct layer *l, char *to, size_t cap)
{
	ssize_t r;

	do {
		if (!wait_bytes(l)) {
			l->ended = true;
			return 0;
		}
		r = read(l->fd, to, cap);
	} while (r < 0 && (errno == EINTR || (l->pipe && errno == EAGAIN)));
	if (r < 0)
		voice_say(l->voice, "unreadable", buf_slice(&l->uri), slice_str(strerrordesc_np(errno)));
	if (r <= 0) {
		l->ended = true;
		return 0;
	}
	l->in_at += (uint64_t)r;
	if (l->done)
		atomic_fetch_add(l->done, (unsigned long long)r);
	return (size_t)r;
}

static size_t
gz_damaged(struct layer *l, const char *why, size_t got)
{
	l->damage = why;
	if (got || l->n > l->from)
		return budget_take(l, got);
	l->ended = true;
	voice_say(l->voice, "damaged", buf_slice(&l->uri), slice_str(why));
	return 0;
}

static size_t
gz_layer_read(struct layer *l, char *to, size_t cap)
{
	const char *why = NULL;
	size_t got = 0;

	if (l->damage)
		return gz_damaged(l, l->damage, 0);
	for (;;) {
		if (!l->in.n && !l->in_last) {
			l->in = slice_of(l->in_room, layer_read(l->under, l->in_room, LAYER_BLOCK));
			l->in_last = l->in.n == 0;
		}
		switch (gz_read(l->gz, &l->in, l->in_last, to, cap, &got, &why)) {
		case GZ_DATA:
			return budget_take(l, got);
		case GZ_MORE:
			if (l->in_last)
				return gz_damaged(l, "gzip: cut", 0);
			break;
		case GZ_DAMAGE:
			return gz_damaged(l, why, got);
		case GZ_END:
			l->ended = true;
			return budget_take(l, got);
		}
	}
}

static size_t
read_through(struct layer *l, char *to, size_t cap)
{
	if (l->ended)
		return 0;
	switch (l->kind) {
	case LAYER_FD:
		return fd_read(l, to, cap);
	case LAYER_GZ:
		return gz_layer_read(l, to, cap);
	case LAYER_MEMBER:
		return member_read(l, to, cap);
	}
	return 0;
}

size_t
layer_read(struct layer *l, char *to, size_t cap)
{
	size_t n = l->n - l->from;

	if (!n)
		return read_through(l, to, cap);
	n = n < cap ? n : cap;
	memcpy(to, l->hold + l->from, n);
	l->from += n;
	return n;
}

enum { HEAD_LIVE = 32 };	/* enough for all but tar, whose writers send whole blocks */

/* Could more bytes still make this the head of something packed? Live text must not wait for them. */
static bool
undecided(struct slice head)
{
	static const struct slice magic[] = {
		SLICE_INIT("\x1f\x8b\x08"), SLICE_INIT("\x28\xb5\x2f\xfd"), SLICE_INIT("\xfd" "7zXZ"), SLICE_INIT("BZh"),
		    SLICE_INIT("\x04\x22\x4d\x18"),
		SLICE_INIT("PK"), SLICE_INIT("7z\xbc\xaf\x27\x1c"),
	};

	if (head.n == 0 || head.n >= HEAD_LIVE)
		return head.n == 0;
	for (size_t i = 0; i < sizeof magic / sizeof *magic; i++)
		if (slice_starts(slice_head(head, magic[i].n), slice_head(magic[i], head.n)))
			return true;
	return false;
}

struct slice
layer_head(struct layer *l)
{
	bool waits = l->kind == LAYER_FD && l->pipe;

	if (!l->hold)
		l->hold = mem_alloc(HEAD_MAX);
	while (l->n < HEAD_MAX && !l->damage && (!waits || undecided(slice_of(l->hold, l->n)))) {
		size_t r = read_through(l, l->hold + l->n, HEAD_MAX - l->n);

		if (!r)
			break;
		l->n += r;
	}
	return slice_of(l->hold + l->from, l->n - l->from);
}
