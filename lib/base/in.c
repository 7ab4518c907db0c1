#include "lib/base/in.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIPE_SIZE = 1024 * 1024 };

struct in
in_open(int fd)
{
	struct stat st;

	/* Fewer switches between the programs of a pipe.  A refusal (the user's pipe quota) costs speed only. */
	if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode))
		(void)fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);
	return (struct in){.fd = fd};
}

void
in_end(struct in *i)
{
	buf_free(&i->hold);
	if (i->fd > 2)
		(void)close(i->fd);	/* nothing was written through it: there is nothing to lose */
	i->fd = -1;
	i->from = 0;
	i->eof = true;
}

/* IN_BLOCK bytes free behind what is at hand; that moves only when the end of the buffer is near. */
static void
make_room(struct in *i)
{
	if (i->from == i->hold.n) {
		i->from = i->hold.n = 0;
	} else if (i->from && i->hold.cap - i->hold.n < IN_BLOCK) {
		memmove(i->hold.p, i->hold.p + i->from, i->hold.n - i->from);
		i->hold.n -= i->from;
		i->from = 0;
	}
	buf_room(&i->hold, IN_BLOCK);
}

static bool
again(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	if (errno == EINTR)
		return true;
	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return false;
	return poll(&p, 1, -1) >= 0 || errno == EINTR;
}

bool
in_more(struct in *i)
{
	ssize_t n;

	if (i->eof || i->error)
		return false;
	make_room(i);
	do
		n = read(i->fd, i->hold.p + i->hold.n, IN_BLOCK);
	while (n < 0 && again(i->fd));
	if (n < 0)
		i->error = errno;
	else if (n == 0)
		i->eof = true;
	else
		i->hold.n += (size_t)n;
	return n > 0;
}

bool
in_idle(const struct in *i)
{
	struct pollfd p = {.fd = i->fd, .events = POLLIN};

	return !i->eof && !i->error && poll(&p, 1, 0) == 0;
}
