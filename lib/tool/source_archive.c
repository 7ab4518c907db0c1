#include "lib/tool/source_archive.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

struct pump {
	pthread_t thread;
	struct layer *from;
	int to;
	struct voice voice;
	struct buf late;
};

struct archive_in {
	struct archive_worker *worker;
	struct voice voice;
	struct pump *pump;		/* NULL: the worker reads the file itself */
	struct buf uri, name;		/* name: of what holds it; then of the member at hand */
	struct buf held;		/* the next member's name, met while reading the one before */
	uint64_t held_size;
	bool begun, holds, ended;
	unsigned depth;
};

void
pile_start(struct archive_pile *p, const struct voice *voice, struct budget *budget)
{
	*p = (struct archive_pile){.voice = voice, .budget = budget};
	for (unsigned i = 0; i < NEST_MAX; i++) {
		p->worker[i] = archive_start(i == 0 ? 2 : 1, &p->fault);
		if (!p->worker[i])
			break;
	}
}

/* ---- the pump --------------------------------------------------------------------------------------------------------- */
static bool
write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t r = write(fd, p, n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return false;	/* EPIPE: the worker wants no more, or is dead and that is told */
		p += r;
		n -= (size_t)r;
	}
	return true;
}

static void *
pump_run(void *arg)
{
	struct pump *p = arg;
	char *room = mem_alloc(LAYER_BLOCK);
	size_t n;

	while ((n = layer_read(p->from, room, LAYER_BLOCK)) > 0)
		if (!write_all(p->to, room, n))
			break;
	(void)close(p->to);
	free(room);
	return NULL;
}

/* Signals are the main thread's; SIGPIPE stays blocked here, so that a worker that leaves is EPIPE. */
static bool
pump_thread(struct pump *p)
{
	sigset_t all, old;
	int error;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(&p->thread, NULL, pump_run, p);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	return error == 0;
}

static struct pump *
pump_start(struct layer *from, const struct voice *voice, int *fd)
{
	struct pump *p = mem_zero(1, sizeof *p);
	int end[2];

	p->from = from;
	p->voice = (struct voice){.o = voice->o, .late = &p->late};
	if (pipe2(end, O_CLOEXEC) != 0) {
		free(p);
		return NULL;
	}
	for (struct layer *l = from; l; l = l->under) {
		l->voice = &p->voice;
		if (l->archive)
			l->archive->voice.late = &p->late;
	}
	*fd = end[0];
	p->to = end[1];
	if (pump_thread(p))
		return p;
	(void)close(end[0]);
	(void)close(end[1]);
	for (struct layer *l = from; l; l = l->under) {
		l->voice = voice;
		if (l->archive)
			l->archive->voice.late = NULL;
	}
	free(p);
	return NULL;
}

static void
pump_end(struct pump *p, const struct voice *voice)
{
	if (!p)
		return;
	(void)pthread_join(p->thread, NULL);
	for (struct layer *l = p->from; l; l = l->under)
		if (l->archive)
			l->archive->voice.late = NULL;
	voice_late(voice, &p->late);
	layer_free(p->from);
	buf_free(&p->late);
	free(p);
}

/* ---- archives --------------------------------------------------------------------------------------------------------- */
static void
in_free(struct archive_in *a, const struct voice *voice)
{
	if (!a->ended)
		archive_close(a->worker);
	pump_end(a->pump, voice);
	buf_free(&a->uri);
	buf_free(&a->name);
	buf_free(&a->held);
	free(a);
}

static const char *
refused(const struct archive_pile *p, struct layer *l, bool whole, unsigned depth, const char **message)
{
	if (depth > NEST_MAX || p->n == NEST_MAX) {
		*message = "packed too many times; not opened";
		return "nesting";
	}
	if (!p->worker[p->n]) {
		*message = p->fault.what ? p->fault.what : "no process to open archives";
		return "not-read";
	}
	if (!whole && slice_starts(layer_head(l), SLICE("7z\xbc\xaf\x27\x1c"))) {
		*message = "a 7z archive is read from a file only";
		return "not-read";
	}
	return NULL;
}

static struct archive_in *
in_new(struct archive_worker *worker, const struct layer *l, const struct source_options *o, unsigned depth, struct slice name)
{
	struct archive_in *a = mem_zero(1, sizeof *a);

	a->worker = worker;
	a->voice = (struct voice){.o = o};
	a->depth = depth;
	buf_slice_add(&a->uri, buf_slice(&l->uri));
	buf_slice_add(&a->name, name);
	return a;
}

bool
pile_open(struct archive_pile *p, struct layer *l, bool whole, unsigned depth, struct slice name)
{
	const char *message, *what = refused(p, l, whole, depth, &message);
	struct archive_in *a;
	struct fault fault;
	int fd = l->fd;
	bool ok;

	if (what) {
		voice_say(l->voice, what, buf_slice(&l->uri), slice_str(message));
		layer_free(l);
		return false;
	}
	a = in_new(p->worker[p->n], l, p->voice->o, depth, name);
	if (whole)
		ok = lseek(fd, 0, SEEK_SET) == 0;
	else
		ok = (a->pump = pump_start(l, p->voice, &fd)) != NULL;
	fault_set(&fault, "cannot be handed to a worker", 0);
	ok = ok && archive_open(a->worker, fd, &fault);
	if (!ok)
		voice_say(p->voice, "not-read", buf_slice(&a->uri), slice_str(fault.what));
	if (a->pump)
		(void)close(fd);
	else
		layer_free(l);		/* no pump: l is ours still, whether it was handed over or failed */
	if (ok) {
		p->in[p->n++] = a;
		return true;
	}
	a->ended = true;
	in_free(a, p->voice);
	return false;
}

/* What is no data and no member: told; true if the archive is over. */
static bool
aside(struct archive_in *a, enum archive_step step, const struct archive_event *e)
{
	struct buf uri = {0};

	switch (step) {
	case ARCHIVE_SKIPPED:
		buf_slice_add(&uri, buf_slice(&a->uri));
		buf_lit(&uri, "!/");
		label_add(&uri, e->name, false);
		voice_say(&a->voice, e->why, buf_slice(&uri), SLICE("a member of an archive that is not read"));
		buf_free(&uri);
		return false;
	case ARCHIVE_DAMAGE:
		voice_say(&a->voice, "damaged", buf_slice(&a->uri), slice_str(e->why));
		return false;		/* what can be read behind it follows */
	case ARCHIVE_LOST:
		voice_say(&a->voice, "archive-lost", buf_slice(&a->uri), slice_str(e->why));
		break;
	default:
		break;
	}
	a->ended = true;
	return true;
}

/* The next step that is a member or data of one; false at the end. */
static bool
in_step(struct archive_in *a, struct archive_event *e, bool *data)
{
	while (!a->ended) {
		enum archive_step step = archive_next(a->worker, e);

		*data = step == ARCHIVE_DATA;
		if (step == ARCHIVE_DATA || step == ARCHIVE_MEMBER)
			return true;
		if (aside(a, step, e))
			break;
	}
	return false;
}

size_t
member_read(struct layer *l, char *to, size_t cap)
{
	struct archive_in *a = l->archive;
	struct archive_event e;
	bool data;
	size_t n;

	while (!l->data.n) {
		if (a->holds || !in_step(a, &e, &data)) {
			l->ended = true;
			return 0;
		}
		if (data) {
			l->data = e.data;
			continue;
		}
		buf_reset(&a->held);
		buf_slice_add(&a->held, e.name);
		a->held_size = e.size;
		a->holds = true;
	}
	n = l->data.n < cap ? l->data.n : cap;
	memcpy(to, l->data.p, n);
	l->data = slice_from(l->data, n);
	return budget_take(l, n);
}

static bool
in_next(struct archive_in *a)
{
	struct archive_event e;
	bool data = true;

	if (a->begun && !a->holds && !a->ended)
		archive_skip(a->worker);
	a->begun = true;
	while (!a->holds && in_step(a, &e, &data)) {
		if (data)
			continue;
		buf_reset(&a->held);
		buf_slice_add(&a->held, e.name);
		a->held_size = e.size;
		a->holds = true;
	}
	return a->holds;
}

static struct layer *
member_layer(struct archive_pile *p, struct archive_in *a)
{
	struct layer *l = mem_zero(1, sizeof *l);

	l->kind = LAYER_MEMBER;
	l->fd = -1;
	l->archive = a;
	l->voice = &a->voice;
	l->budget = p->budget;
	l->depth = a->depth;
	buf_slice_add(&l->uri, buf_slice(&a->uri));
	if (!a->held.n)
		return l;
	buf_lit(&l->uri, "!/");
	label_add(&l->uri, buf_slice(&a->held), false);
	return l;
}

bool
pile_next(struct archive_pile *p, struct member *m)
{
	while (p->n) {
		struct archive_in *a = p->in[p->n - 1];

		if (!p->budget->told[a->depth] && in_next(a)) {
			a->holds = false;
			*m = (struct member){.layer = member_layer(p, a), .size = a->held_size, .depth = a->depth,
			    .bare = a->held.n == 0};
			if (a->held.n) {
				buf_reset(&a->name);
				buf_slice_add(&a->name, buf_slice(&a->held));
			}
			m->name = buf_slice(&a->name);
			return true;
		}
		p->n--;
		in_free(a, p->voice);
	}
	return false;
}

void
pile_close(struct archive_pile *p)
{
	while (p->n)
		in_free(p->in[--p->n], p->voice);
}

void
pile_end(struct archive_pile *p)
{
	pile_close(p);
	for (unsigned i = 0; i < NEST_MAX; i++)
		archive_stop(p->worker[i]);
}
