#include "tests/unit/base.h"

#include "lib/base/in.h"
#include "lib/base/mem.h"
#include "lib/base/out.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TOTAL = 3 * 1024 * 1024 + 17 };

static char
byte_at(size_t i)
{
	return (char)(i * 2654435761u >> 13);
}

/* The child writes TOTAL bytes in pieces of many sizes to a non-blocking pipe. */
static void
child(int fd)
{
	struct out o = out_open(fd);
	char *p = mem_alloc(TOTAL);
	int error;

	for (size_t i = 0; i < TOTAL; i++)
		p[i] = byte_at(i);
	for (size_t at = 0, n = 1; at < TOTAL; at += n, n = n * 3 % 700001 + 1) {
		if (n > TOTAL - at)
			n = TOTAL - at;
		if (!out_add(&o, slice_of(p + at, n)))
			_exit(1);
	}
	free(p);
	_exit(out_end(&o, &error) && o.written == TOTAL ? 0 : 2);
}

static void
through_pipe(void)
{
	int fd[2], status;
	struct in i;
	size_t at = 0;
	bool same = true;
	pid_t pid;

	if (!OK(pipe2(fd, O_NONBLOCK) == 0, "a pipe"))
		return;
	pid = fork();
	if (pid == 0) {
		close(fd[0]);
		child(fd[1]);
	}
	close(fd[1]);
	i = in_open(fd[0]);
	while (in_more(&i)) {
		struct slice s = in_view(&i);
		size_t take = s.n > 1000 ? s.n - 1000 : s.n;	/* leaves a rest that must move */

		for (size_t k = 0; k < take; k++)
			same &= s.p[k] == byte_at(at + k);
		in_take(&i, take);
		at += take;
	}
	for (size_t k = 0; k < in_view(&i).n; k++)
		same &= in_view(&i).p[k] == byte_at(at + k);
	INT(at + in_view(&i).n, TOTAL, "in: all bytes came");
	INT(i.at, at, "in: the offset follows what was taken");
	OK(same, "in: the bytes are the same");
	OK(i.eof && i.error == 0 && !in_more(&i), "in: the end stays the end");
	in_end(&i);
	OK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0, "out: all was written");
}

static void
idle(void)
{
	int fd[2];
	struct in i;

	if (!OK(pipe(fd) == 0, "a pipe"))
		return;
	i = in_open(fd[0]);
	OK(in_idle(&i), "in_idle: an empty pipe");
	OK(write(fd[1], "x\n", 2) == 2 && !in_idle(&i), "in_idle: bytes wait");
	OK(in_more(&i) && slice_eq(in_view(&i), SLICE("x\n")), "in_more: what there is");
	OK(in_idle(&i), "in_idle: empty again");
	close(fd[1]);
	OK(!in_idle(&i), "in_idle: an end does not block");
	OK(!in_more(&i) && i.eof, "in_more: the end");
	in_end(&i);
}

static void
failures(void)
{
	struct in i = in_open(open("/", O_RDONLY | O_DIRECTORY));
	struct out o;
	int fd[2], error = 0;

	OK(!in_more(&i) && i.error == EISDIR, "in: a folder cannot be read");
	in_end(&i);
	signal(SIGPIPE, SIG_IGN);
	if (!OK(pipe(fd) == 0, "a pipe"))
		return;
	close(fd[0]);
	o = out_open(fd[1]);
	OK(out_add(&o, SLICE("x")), "out: held back");
	OK(!out_flush(&o) && !out_add(&o, SLICE("y")) && !out_flush(&o), "out: nothing after a failure");
	OK(!out_end(&o, &error), "out_end tells of it");
	INT(error, EPIPE, "out: EPIPE is kept");
	o = out_open(open("/dev/full", O_WRONLY));
	OK(out_add(&o, SLICE("x")) && !out_end(&o, &error), "out: a full disk shows at the end");
	INT(error, ENOSPC, "out: ENOSPC");
	o = out_open(open("/dev/null", O_WRONLY));
	OK(out_end(&o, NULL), "out: nothing written is no failure");
}

void
base_io(void)
{
	through_pipe();
	idle();
	failures();
}
