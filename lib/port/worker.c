#include "lib/port/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/port/cell.h"

enum { SOCKET_AT = 3, MEM_DIED = 4 };	/* base/mem leaves with status 4 */

static uint64_t
now(clockid_t clock)
{
	struct timespec t = { 0 };

	if (clock_gettime(clock, &t) != 0)
		return 0;
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static uint64_t
cpu_of(const struct worker *w)
{
	clockid_t clock;

	return clock_getcpuclockid(w->pid, &clock) == 0 ? now(clock) : 0;
}

/* Only the socket stays: everything else that the program has open is none of the worker's business. */
static bool
strip(int fd)
{
	int null;

	if (dup2(fd, SOCKET_AT) != SOCKET_AT)
		return false;
	null = open("/dev/null", O_RDWR);
	for (int at = 0; at <= 2; at++)
		if (null < 0 || dup2(null, at) != at)
			return false;
	return syscall(SYS_close_range, SOCKET_AT + 1U, ~0U, 0) == 0;
}

static _Noreturn void
child(int fd, pid_t parent, worker_serve *serve, const void *state, uint64_t memory)
{
	static char home[] = "HOME=/nonexistent";
	static char *vars[] = { home, NULL };
	struct fault f;
	sigset_t none;

	environ = vars;
	sigemptyset(&none);
	for (int sig = 1; sig < SIGRTMIN; sig++)
		if (sig != SIGKILL && sig != SIGSTOP)
			signal(sig, SIG_DFL);
	signal(SIGINT, SIG_IGN);	/* a terminal's ^C is for the program, which then drains */
	signal(SIGTERM, SIG_IGN);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != parent || !strip(fd) || !cell_worker(memory, &f))
		_exit(1);
	serve(SOCKET_AT, state);
	_exit(0);
}

bool
worker_start(struct worker *w, worker_serve *serve, const void *state, uint64_t memory, struct fault *f)
{
	pid_t parent = getpid();
	int pair[2];

	*w = (struct worker){ .pidfd = -1, .fd = -1 };
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return fault_set(f, "cannot make a socket pair for a worker", 0);
	w->pid = fork();
	if (w->pid == 0)
		child(pair[1], parent, serve, state, memory);
	close(pair[1]);
	w->fd = pair[0];
	if (w->pid > 0)
		w->pidfd = (int)syscall(SYS_pidfd_open, w->pid, 0);
	if (w->pidfd >= 0 && fcntl(w->fd, F_SETFL, O_NONBLOCK) == 0)
		return true;
	if (w->pid > 0) {
		kill(w->pid, SIGKILL);
		waitpid(w->pid, NULL, 0);
	}
	if (w->pidfd >= 0)
		close(w->pidfd);
	close(w->fd);
	w->pid = 0;
	return fault_set(f, "cannot start a worker process", 0);
}

struct worker_until
worker_deadline(const struct worker *w, unsigned cpu_ms, unsigned wall_ms)
{
	struct worker_until u = { .wall = now(CLOCK_MONOTONIC) + (uint64_t)wall_ms * 1000000 };

	if (cpu_ms)
		u.cpu = cpu_of(w) + (uint64_t)cpu_ms * 1000000;
	return u;
}

/* Waits until the socket is ready.  The worker's clock runs no faster than the wall's: it is asked only when it could be over. */
static enum worker_io
ready(struct worker *w, short what, const struct worker_until *u)
{
	struct pollfd p = { .fd = w->fd, .events = what };

	for (;;) {
		uint64_t wall = now(CLOCK_MONOTONIC), left, used;

		if (wall >= u->wall)
			return WORKER_LATE;
		left = u->wall - wall;
		if (u->cpu) {
			used = cpu_of(w);
			if (used >= u->cpu)
				return WORKER_LATE;
			left = u->cpu - used < left ? u->cpu - used : left;
		}
		if (poll(&p, 1, (int)(left / 1000000 + 1)) > 0)
			return WORKER_DONE;
	}
}

enum worker_io
worker_write(struct worker *w, struct slice s, const struct worker_until *u)
{
	enum worker_io r;
	ssize_t n;

	while (s.n) {
		n = send(w->fd, s.p, s.n, MSG_NOSIGNAL);
		if (n > 0) {
			s = slice_from(s, (size_t)n);
		} else if (n < 0 && errno == EAGAIN) {
			r = ready(w, POLLOUT, u);
			if (r != WORKER_DONE)
				return r;
		} else if (!(n < 0 && errno == EINTR)) {
			return WORKER_GONE;
		}
	}
	return WORKER_DONE;
}

enum worker_io
worker_read(struct worker *w, void *to, size_t n, const struct worker_until *u)
{
	char *p = to;
	enum worker_io r;
	ssize_t got;

	while (n) {
		got = recv(w->fd, p, n, 0);
		if (got > 0) {
			p += got;
			n -= (size_t)got;
		} else if (got < 0 && errno == EAGAIN) {
			r = ready(w, POLLIN, u);
			if (r != WORKER_DONE)
				return r;
		} else if (!(got < 0 && errno == EINTR)) {
			return WORKER_GONE;
		}
	}
	return WORKER_DONE;
}

union rights {
	struct cmsghdr head;
	char room[CMSG_SPACE(sizeof(int))];
};

bool
worker_pass_fd(struct worker *w, int fd)
{
	char byte = 0;
	struct iovec one = { &byte, 1 };
	union rights r = { 0 };
	struct msghdr m = { .msg_iov = &one, .msg_iovlen = 1, .msg_control = r.room, .msg_controllen = sizeof r.room };

	r.head.cmsg_level = SOL_SOCKET;
	r.head.cmsg_type = SCM_RIGHTS;
	r.head.cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(&r.head), &fd, sizeof fd);
	return sendmsg(w->fd, &m, MSG_NOSIGNAL) == 1;
}

int
worker_take_fd(int fd)
{
	char byte;
	struct iovec one = { &byte, 1 };
	union rights r = { 0 };
	struct msghdr m = { .msg_iov = &one, .msg_iovlen = 1, .msg_control = r.room, .msg_controllen = sizeof r.room };
	int got = -1;

	if (recvmsg(fd, &m, MSG_CMSG_CLOEXEC) != 1 || m.msg_controllen < sizeof r.head || r.head.cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&got, CMSG_DATA(&r.head), sizeof got);
	return got;
}

const char *
worker_end(struct worker *w)
{
	siginfo_t how = { 0 };
	struct pollfd p = { .fd = w->pidfd, .events = POLLIN };
	struct pollfd closed = { .fd = w->fd };
	bool ran;

	if (w->pid == 0)
		return "signal";
	/* A closed socket means that it is dying: let it say of what. */
	ran = poll(&p, 1, poll(&closed, 1, 0) > 0 && (closed.revents & POLLHUP) ? 1000 : 0) <= 0;
	syscall(SYS_pidfd_send_signal, w->pidfd, SIGKILL, NULL, 0);
	while (waitid(P_PID, (id_t)w->pid, &how, WEXITED) != 0 && errno == EINTR)
		continue;
	close(w->pidfd);
	close(w->fd);
	*w = (struct worker){ .pidfd = -1, .fd = -1 };
	if (ran)
		return "deadline";
	if (how.si_code != CLD_EXITED)
		return "signal";
	return how.si_status == WORKER_OUT_OF_MEMORY || how.si_status == MEM_DIED ? "memory" : "frame";
}

void
worker_get(int fd, void *to, size_t n)
{
	char *p = to;

	while (n) {
		ssize_t got = read(fd, p, n);

		if (got == 0)
			_exit(0);
		if (got < 0 && errno != EINTR)
			_exit(WORKER_BAD_FRAME);
		if (got > 0) {
			p += got;
			n -= (size_t)got;
		}
	}
}

void
worker_put(int fd, const void *from, size_t n)
{
	const char *p = from;

	while (n) {
		ssize_t put = send(fd, p, n, MSG_NOSIGNAL);

		if (put < 0 && errno != EINTR)
			_exit(0);
		if (put > 0) {
			p += put;
			n -= (size_t)put;
		}
	}
}
