/* The cell from inside, one child for each operation: what is forbidden is refused or killed; what the programs need works. */
#include "lib/port/cell.h"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#ifdef IR_SANITIZERS
enum { CELL_HOLDS = 0 };
#else
enum { CELL_HOLDS = 1 };
#endif

static char dir[] = "/tmp/irpipe-cell-XXXXXX";
static char in_read[128], in_write[128], other[128], link_to[128];
static pid_t parent;

static bool
open_how(uint64_t flags)
{
	uint64_t how[3] = { flags };

	return syscall(SYS_openat2, AT_FDCWD, in_read, how, sizeof how) >= 0;
}

static void *
anonymous(size_t n, int access)
{
	return mmap(NULL, n, access, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* Each returns true if the operation *worked*. */
static bool t_open_read(void) { return open(in_read, O_RDONLY) >= 0; }
static bool t_open_rdwr(void) { return open(in_read, O_RDWR) >= 0; }
static bool t_open_write(void) { return open(in_read, O_WRONLY) >= 0; }
static bool t_open_trunc(void) { return open(in_read, O_RDONLY | O_TRUNC) >= 0; }
static bool t_open_other(void) { return open(other, O_RDONLY) >= 0; }
static bool t_open_link(void) { return open(link_to, O_RDONLY) >= 0; }
static bool t_open_passwd(void) { return open("/etc/passwd", O_RDONLY) >= 0; }
static bool t_list_root(void) { return open("/", O_RDONLY | O_DIRECTORY) >= 0; }
static bool t_openat2(void) { return open_how(O_RDONLY); }
static bool t_openat2_w(void) { return open_how(O_WRONLY); }
static bool t_truncate(void) { return truncate(in_read, 0) == 0; }
static bool t_chmod(void) { return chmod(in_read, 0644) == 0; }
static bool t_chown(void) { return chown(in_read, 1, 1) == 0; }
static bool t_symlink(void) { return symlink("/etc", in_write) == 0; }
static bool t_mknod(void) { return mknod(in_write, S_IFIFO | 0600, 0) == 0; }
static bool t_tmpfile(void) { return open(dir, O_TMPFILE | O_RDWR, 0600) >= 0; }
static bool t_exec(void) { char *v[] = { NULL }; return execve("/bin/true", v, v) == 0; }
static bool t_fork(void) { pid_t p = fork(); if (p == 0) _exit(0); return p > 0; }
static bool t_vfork(void) { long p = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL); if (p == 0) _exit(0); return p > 0; }
static bool t_clone3(void) { return syscall(SYS_clone3, NULL, 0) >= 0 || errno != ENOSYS; }
static bool t_socket(void) { return socket(AF_INET, SOCK_STREAM, 0) >= 0; }
static bool t_socket_unix(void) { return socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }
static bool t_socket_netlink(void) { return socket(AF_NETLINK, SOCK_RAW, 0) >= 0; }
static bool t_ptrace(void) { return syscall(SYS_ptrace, 16 /* PTRACE_ATTACH */, parent, 0, 0) == 0; }
static bool t_kill(void) { return kill(parent, 0) == 0; }
static bool t_tgkill(void) { return syscall(SYS_tgkill, parent, parent, 0) == 0; }
static bool t_pidfd(void) { return syscall(SYS_pidfd_open, parent, 0) >= 0; }
static bool t_vm_readv(void) { return syscall(SYS_process_vm_readv, parent, NULL, 0, NULL, 0, 0) >= 0; }
static bool t_vm_writev(void) { return syscall(SYS_process_vm_writev, parent, NULL, 0, NULL, 0, 0) >= 0; }
static bool t_mmap_exec(void) { return anonymous(4096, PROT_READ | PROT_EXEC) != MAP_FAILED; }
static bool t_mprotect(void) { return mprotect(anonymous(4096, PROT_READ), 4096, PROT_READ | PROT_EXEC) == 0; }
static bool t_mount(void) { return mount("none", dir, "tmpfs", 0, NULL) == 0; }
static bool t_unshare(void) { return syscall(SYS_unshare, 0x10000000) == 0; }
static bool t_chroot(void) { return chroot(dir) == 0; }
static bool t_bpf(void) { return syscall(SYS_bpf, 0, NULL, 0) >= 0; }
static bool t_keyctl(void) { return syscall(SYS_keyctl, 0, -3, 0) >= 0; }
static bool t_io_uring(void) { return syscall(SYS_io_uring_setup, 1, NULL) >= 0; }
static bool t_memfd(void) { return memfd_create("x", 0) >= 0; }
static bool t_setuid(void) { return setuid(1) == 0; }
static bool t_rlimit(void) { struct rlimit r = { 1, 1 }; return setrlimit(RLIMIT_NOFILE, &r) == 0; }
static bool t_clock(void) { struct timespec t = { 1, 0 }; return clock_settime(CLOCK_REALTIME, &t) == 0; }
static bool t_dumpable(void) { return prctl(PR_SET_DUMPABLE, 1) == 0; }
static bool t_tiocsti(void) { return syscall(SYS_ioctl, 0, 0x5412, "x") == 0 || errno != ENOSYS; }
static bool t_unknown(void) { return syscall(SYS_lookup_dcookie + 4000) >= 0 || errno != ENOSYS; }
static bool t_make(void) { return open(in_write, O_WRONLY | O_CREAT | O_EXCL, 0600) >= 0; }
static bool t_memory(void) { return anonymous((size_t)1 << 31, PROT_READ | PROT_WRITE) != MAP_FAILED; }
static bool t_core(void) { struct rlimit r; return getrlimit(RLIMIT_CORE, &r) == 0 && r.rlim_max > 0; }
static bool t_files(void) { for (int i = 0; i < 200; i++) if (dup(0) < 0) return false; return true; }

static void *thread(void *at) { *(int *)at = 7; return NULL; }
static bool
t_threads(void)
{
	pthread_t t[4];
	int v[4] = { 0 };

	for (int i = 0; i < 4; i++)
		if (pthread_create(&t[i], NULL, thread, &v[i]) != 0)
			return false;
	for (int i = 0; i < 4; i++)
		if (pthread_join(t[i], NULL) != 0 || v[i] != 7)
			return false;
	return true;
}

/* Temporary, write, fsync, rename, fsync of the folder, remove: the way all state is written. */
static bool
t_replace(void)
{
	char tmp[sizeof in_write + 8];
	int fd, at = open(dir, O_RDONLY | O_DIRECTORY);
	bool ok;

	snprintf(tmp, sizeof tmp, "%s.tmp", in_write);
	fd = open(tmp, O_RDWR | O_CREAT | O_EXCL, 0600);
	ok = fd >= 0 && write(fd, "abcd", 4) == 4 && ftruncate(fd, 2) == 0 && fsync(fd) == 0 && close(fd) == 0;
	return ok && rename(tmp, in_write) == 0 && fsync(at) == 0 && unlink(in_write) == 0;
}

static bool
t_daily(void)
{
	struct timespec t;
	struct pollfd p = { .fd = 1, .events = POLLOUT };
	char room[16];
	void *m = malloc(8 << 20);
	FILE *f = fopen(in_read, "r");
	bool ok = f && fgetc(f) == 'x' && fclose(f) == 0 && m && realloc(m, 16 << 20);

	return ok && clock_gettime(CLOCK_MONOTONIC, &t) == 0 && getrandom(room, sizeof room, 0) == sizeof room &&
	    poll(&p, 1, 0) >= 0 && inotify_init1(IN_CLOEXEC) >= 0 && access(in_read, R_OK) == 0 &&
	    raise(SIGURG) == 0 && usleep(1) == 0;
}
static bool t_abort(void) { signal(SIGABRT, SIG_DFL); abort(); }

enum want { WORKS, REFUSED, ABORTS };
struct try {
	const char *name;
	bool (*f)(void);
	enum want reader, writer, worker;
};
static const struct try tries[] = {
	{ "open for read", t_open_read, WORKS, WORKS, REFUSED }, { "openat2 for read", t_openat2, WORKS, WORKS, REFUSED },
	{ "threads", t_threads, WORKS, WORKS, REFUSED }, { "daily work", t_daily, WORKS, WORKS, REFUSED },
	{ "temporary, fsync, rename", t_replace, REFUSED, WORKS, REFUSED }, { "create", t_make, REFUSED, WORKS, REFUSED },
	{ "abort", t_abort, ABORTS, ABORTS, ABORTS }, { "O_TMPFILE", t_tmpfile, REFUSED, WORKS, REFUSED },
#define NEVER(name, f) { name, f, REFUSED, REFUSED, REFUSED }
	NEVER("open for read and write", t_open_rdwr), NEVER("open for write", t_open_write),
	NEVER("open with O_TRUNC", t_open_trunc), NEVER("open elsewhere", t_open_other),
	NEVER("open a link that leads out", t_open_link), NEVER("open /etc/passwd", t_open_passwd),
	NEVER("list /", t_list_root), NEVER("openat2 for write", t_openat2_w), NEVER("truncate", t_truncate),
	NEVER("chmod", t_chmod), NEVER("chown", t_chown), NEVER("symlink", t_symlink), NEVER("mknod", t_mknod),
	NEVER("exec", t_exec), NEVER("fork", t_fork), NEVER("clone without CLONE_THREAD", t_vfork),
	NEVER("clone3", t_clone3), NEVER("socket AF_INET", t_socket), NEVER("socket AF_UNIX", t_socket_unix),
	NEVER("socket AF_NETLINK", t_socket_netlink), NEVER("ptrace", t_ptrace), NEVER("kill another process", t_kill),
	NEVER("tgkill another process", t_tgkill), NEVER("pidfd_open", t_pidfd), NEVER("process_vm_readv", t_vm_readv),
	NEVER("process_vm_writev", t_vm_writev), NEVER("mmap PROT_EXEC", t_mmap_exec),
	NEVER("mprotect PROT_EXEC", t_mprotect), NEVER("mount", t_mount), NEVER("unshare", t_unshare),
	NEVER("chroot", t_chroot), NEVER("bpf", t_bpf), NEVER("keyctl", t_keyctl), NEVER("io_uring", t_io_uring),
	NEVER("memfd_create", t_memfd), NEVER("setuid", t_setuid), NEVER("setrlimit", t_rlimit),
	NEVER("clock_settime", t_clock), NEVER("become dumpable", t_dumpable), NEVER("ioctl TIOCSTI", t_tiocsti),
	NEVER("unknown call", t_unknown), NEVER("memory beyond the limit", t_memory), NEVER("core limit above 0", t_core),
	NEVER("more descriptors than allowed", t_files),
};

static const char *const reads[] = { in_read, "/nonexistent/irpipe", NULL };
static const char *const writes[] = { dir, NULL };

static bool
enter(int who)
{
	struct cell_rights r = { .read = reads, .memory = 1 << 30 };
	struct buf held = { 0 };
	struct fault f;

	if (who == 2)
		return cell_worker(64 << 20, &f);
	if (who == 1)
		r.write = writes;
	return cell_enter(&r, &held, &f);
}

static void
one(const struct try *t, int who)
{
	static const char *const names[] = { "reader", "writer", "worker" };
	enum want want = who == 0 ? t->reader : who == 1 ? t->writer : t->worker;
	int status = 0;
	pid_t p;

	unlink(in_write);
	fflush(stdout);
	p = fork();
	if (p == 0) {
		if (!enter(who))
			_exit(9);
		_exit(t->f() ? 1 : 2);
	}
	if (waitpid(p, &status, 0) != p)
		status = -1;
	if (want == WORKS)
		OK(WIFEXITED(status) && WEXITSTATUS(status) == 1, "%s: %s works (%x)", names[who], t->name, (unsigned)status);
	else if (want == ABORTS)
		OK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "%s: %s ends (%x)", names[who], t->name, (unsigned)status);
	else
		OK((WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) || (WIFEXITED(status) && WEXITSTATUS(status) == 2),
		    "%s: %s is refused (%x)", names[who], t->name, (unsigned)status);
}

/* A writer may write what it may read in its folder, so these few differ. */
static bool
left_out(const struct try *t, int who)
{
	static bool (*const in_folder[])(void) = { t_open_rdwr, t_open_write, t_open_trunc, t_openat2_w, t_truncate };

	for (size_t i = 0; who == 1 && i < sizeof in_folder / sizeof *in_folder; i++)
		if (t->f == in_folder[i])
			return true;
	return who == 2 && t->f == t_files;
}

static void
put(const char *path)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fputs("x\n", f) < 0 || fclose(f) != 0)
		exit(1);
}

static void
begin(void)
{
	struct rlimit r;
	struct fault f;
	int fd;
	pid_t p = fork();
	int status = 0;

	if (p == 0) {
		close(0);
		close(1);
		close(2);
		if (!cell_begin(&f))
			_exit(1);
		fd = open("/dev/null", O_RDONLY);
		if (fd != 3 || read(0, &fd, 1) >= 0 || errno != EBADF || write(1, "x", 1) >= 0 || errno != EBADF)
			_exit(2);
		if (getrlimit(RLIMIT_CORE, &r) != 0 || r.rlim_max != 0 || umask(0) != 077 || prctl(PR_GET_DUMPABLE) != 0)
			_exit(3);
		_exit(0);
	}
	INT(waitpid(p, &status, 0), p, "begin: child");
	INT(WEXITSTATUS(status), 0, "begin: standard descriptors, umask, core, dumpable");
}

/* What `held` says, and how long entering takes. */
static void
held(void)
{
	struct cell_rights r = { .read = reads };
	struct timespec a, b;
	struct buf text = { 0 };
	struct fault f;
	char room[64] = { 0 };
	int pipes[2], status;
	pid_t p;

	if (pipe(pipes) != 0 || (p = fork()) < 0)
		exit(1);
	if (p == 0) {
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
		if (!cell_enter(&r, &text, &f) || !cell_enter(&r, &text, &f))
			_exit(1);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
		printf("# two cells, one in the other: %ld us\n", (b.tv_nsec - a.tv_nsec) / 1000);
		fflush(stdout);
		_exit(write(pipes[1], text.p, text.n) != (ssize_t)text.n);
	}
	close(pipes[1]);
	waitpid(p, &status, 0);
	INT(status, 0, "a cell within a cell");
	OK(read(pipes[0], room, sizeof room - 1) > 0 && strstr(room, "seccomp\"]"), "held: %s", room);
}

int
main(void)
{
	if (mkdtemp(dir) == NULL)
		return 1;
	parent = getpid();
	snprintf(in_read, sizeof in_read, "%s/read", dir);
	snprintf(in_write, sizeof in_write, "%s/write", dir);
	snprintf(link_to, sizeof link_to, "%s/link", dir);
	snprintf(other, sizeof other, "%s-other", dir);
	put(in_read);
	put(other);
	begin();
	if (symlink(other, link_to) != 0)
		return 1;
	if (!CELL_HOLDS)
		unit_skip("sanitizers: the cell is not entered");
	else
		held();
	for (int who = 0; CELL_HOLDS && who < 3; who++)
		for (size_t i = 0; i < sizeof tries / sizeof *tries; i++)
			if (!left_out(&tries[i], who))
				one(&tries[i], who);
	unlink(link_to);
	unlink(in_write);
	unlink(in_read);
	unlink(other);
	rmdir(dir);
	return unit_done();
}
