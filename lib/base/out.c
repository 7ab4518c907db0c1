#include "lib/base/out.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIPE_SIZE = 1024 * 1024 };

struct out
out_open(int fd)
{
	struct stat st;

	/* Fewer switches between the programs of a pipe.  A refusal (the user's pipe quota) costs speed only. */
	if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode))
		(void)fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);
	return (struct out){.fd = fd};
}

/* True if a write that failed with errno may be tried again. */
static bool
again(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	if (errno == EINTR)
		return true;
	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return false;
	return poll(&p, 1, -1) >= 0 || errno == EINTR;
}

static bool
write_all(struct out *o, struct slice s)
{
	while (s.n) {
		ssize_t n = write(o->fd, s.p, s.n);

		if (n > 0) {
			o->written += (uint64_t)n;
			s = slice_from(s, (size_t)n);
		} else if (n == 0 || !again(o->fd)) {
			o->error = n == 0 ? EIO : errno;
			return false;
		}
	}
	return true;
}

bool
out_flush(struct out *o)
{
	struct slice s = buf_slice(&o->pending);

	if (o->error)
		return false;
	buf_reset(&o->pending);
	return write_all(o, s);
}

bool
out_add(struct out *o, struct slice s)
{
	if (o->error)
		return false;
	if (o->pending.n + s.n >= OUT_BLOCK) {
		/* One write for both where they make about one block; a long piece is not copied. */
		if (o->pending.n < OUT_BLOCK / 4 && s.n < OUT_BLOCK) {
			buf_slice_add(&o->pending, s);
			return out_flush(o);
		}
		if (!out_flush(o))
			return false;
		if (s.n >= OUT_BLOCK)
			return write_all(o, s);
	}
	buf_slice_add(&o->pending, s);
	return true;
}

bool
out_end(struct out *o, int *error)
{
	int e;

	out_flush(o);
	if (o->fd > 2 && close(o->fd) != 0 && errno != EINTR && o->error == 0)
		o->error = errno;
	e = o->error;
	if (error)
		*error = e;
	buf_free(&o->pending);
	o->fd = -1;
	return e == 0;
}
