#include "lib/act/run.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/mem.h"

enum { SAID_MAX = 64 * 1024, GRACE_MS = 2000, NOT_STARTED = 126 };

/* ---- capabilities: by the kernel's calls, capset(2) ------------------------------------------------------------------------ */

static bool
set_caps(uint64_t want)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{0}, {0}};
	uint32_t part[2] = {(uint32_t)want, (uint32_t)(want >> 32)};

	if (syscall(SYS_capget, &head, data) != 0)
		return false;
	for (int i = 0; i < 2; i++) {
		data[i].permitted &= part[i];
		data[i].effective = data[i].permitted;
		data[i].inheritable = data[i].permitted;
	}
	return syscall(SYS_capset, &head, data) == 0;
}

/* Without CAP_SETPCAP the bounding set stays; no_new_privs keeps execve from gaining what is not permitted here. */
static void
narrow_bounds(uint64_t keep)
{
	for (int cap = 0; cap < 64; cap++)
		if (!(keep >> cap & 1))
			(void)prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
}

bool
act_keep_caps(uint64_t caps, struct fault *f)
{
	narrow_bounds(caps);
	return set_caps(caps) || fault_near(f, "cannot give up capabilities", slice_str(strerrordesc_np(errno)), 0);
}

/* A user who is not root keeps capabilities over execve as ambient ones only. */
static bool
child_caps(uint64_t caps)
{
	if (!set_caps(caps))
		return false;
	for (int cap = 0; cap < 64; cap++)
		if (caps >> cap & 1)
			(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0);
	return true;
}

/* ---- the child ------------------------------------------------------------------------------------------------------------- */

static bool
limits(void)
{
	static const struct {
		int what;
		rlim_t most;
	} row[] = {{RLIMIT_CORE, 0}, {RLIMIT_NOFILE, 256}, {RLIMIT_FSIZE, (rlim_t)1 << 30}, {RLIMIT_DATA, (rlim_t)1 << 30}};

	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct rlimit l;

		if (getrlimit((__rlimit_resource_t)row[i].what, &l) != 0)
			return false;
		l.rlim_cur = l.rlim_max < row[i].most ? l.rlim_max : row[i].most;
		l.rlim_max = l.rlim_cur;
		if (setrlimit((__rlimit_resource_t)row[i].what, &l) != 0)
			return false;
	}
	return true;
}

static void
plain_signals(void)
{
	sigset_t none;

	for (int sig = 1; sig < SIGRTMIN; sig++)
		if (sig != SIGKILL && sig != SIGSTOP)
			signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void
child(const struct act_command *c, char **argv, int out, pid_t parent)
{
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", locale[] = "LC_ALL=C", home[] = "HOME=/nonexistent",
	    zone[] = "TZ=UTC";
	static char *vars[] = {path, locale, home, zone, NULL};
	int null = open("/dev/null", O_RDONLY);

	plain_signals();
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != parent || setpgid(0, 0) != 0 || null < 0 || dup2(null, 0) != 0 || dup2(out, 1) != 1 || dup2(out,
	    2) != 2 ||
	    syscall(SYS_close_range, 3U, ~0U, 0) != 0 || chdir("/") != 0 || !limits())
		_exit(NOT_STARTED);
	umask(077);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !child_caps(c->caps))
		_exit(NOT_STARTED);
	execve(argv[0], argv, vars);
	_exit(NOT_STARTED + 1);
}

/* ---- the parent ------------------------------------------------------------------------------------------------------------ */

static int64_t
now_ms(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* What is said beyond the limit is read and dropped: the program must not block on it.  False: all writers are gone. */
static bool
listen_to(int fd, struct buf *said)
{
	char piece[4096];
	ssize_t n = read(fd, piece, sizeof piece);

	if (n > 0)
		buf_add(said, piece, (size_t)n < SAID_MAX - said->n ? (size_t)n : SAID_MAX - said->n);
	return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

static bool
is_over(pid_t pid)
{
	siginfo_t info = {0};

	/* Not reaped yet: as long as the leader is a zombie its number names this group and no other. */
	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid;
}

static void
wait_for(pid_t pid, int pidfd, int fd, int64_t timeout_ms, struct act_exit *x)
{
	int64_t end = now_ms() + timeout_ms, left;
	bool open = true;

	while (!is_over(pid)) {
		struct pollfd p[2] = {{.fd = pidfd, .events = POLLIN}, {.fd = open ? fd : -1, .events = POLLIN}};

		left = end - now_ms();
		if (left <= 0 && x->late) {
			kill(-pid, SIGKILL);
			left = GRACE_MS;
		} else if (left <= 0) {
			x->late = true;
			kill(-pid, SIGTERM);
			end = now_ms() + GRACE_MS;
			left = GRACE_MS;
		}
		if (poll(p, 2, (int)(pidfd < 0 && left > 50 ? 50 : left < 60000 ? left : 60000)) > 0 && p[1].revents)
			open = listen_to(fd, &x->said);
	}
}

/* Descendants may still hold the pipe: what is there is read, nothing is waited for. */
static void
finish(pid_t pid, int fd, struct act_exit *x)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int status = 0;

	while (poll(&p, 1, 0) > 0 && (p.revents & POLLIN) && listen_to(fd, &x->said))
		;
	kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	x->ended = WIFEXITED(status);
	x->status = x->ended ? WEXITSTATUS(status) : 0;
	x->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static char **
words(const struct act_command *c)
{
	char **argv = mem_zero(c->n + 1, sizeof *argv);

	for (size_t i = 0; i < c->n; i++)
		argv[i] = mem_str(c->word[i]);
	return argv;
}

bool
act_run(const struct act_command *c, struct act_exit *x, struct fault *f)
{
	pid_t parent = getpid(), pid;
	char **argv = words(c);
	int pair[2], pidfd;
	bool ok = true;

	*x = (struct act_exit){0};
	if (pipe2(pair, O_CLOEXEC) != 0) {
		pid = -1;
	} else if ((pid = fork()) == 0) {
		child(c, argv, pair[1], parent);
	} else {
		close(pair[1]);
		if (pid > 0) {
			/* In both processes: whoever is first. */
			(void)setpgid(pid, pid);
			pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
			wait_for(pid, pidfd, pair[0], c->timeout_ms, x);
			finish(pid, pair[0], x);
			if (pidfd >= 0)
				close(pidfd);
		}
		close(pair[0]);
	}
	if (pid < 0)
		ok = fault_near(f, "cannot start a program", slice_str(strerrordesc_np(errno)), 0);
	else if (x->ended && x->status >= NOT_STARTED && x->status <= NOT_STARTED + 1 && x->said.n == 0)
		ok = fault_near(f, "the program cannot be run", c->word[0], 0);
	for (size_t i = 0; i < c->n; i++)
		free(argv[i]);
	free(argv);
	return ok;
}
