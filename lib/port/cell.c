#include "lib/port/cell.h"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <poll.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include "lib/base/mem.h"

/*
 * Landlock as of ABI 7.  The kernel headers of Debian 12 end at ABI 2, so that numbers and the newest shape are given here; the
 * kernel is told only the part that its ABI knows (Documentation/userspace-api/landlock.rst).
 */
enum { LL_CREATE = 444, LL_ADD = 445, LL_RESTRICT = 446, LL_ASK = 1, LL_BENEATH = 1 };
#define LL_TRUNCATE (1ULL << 14)	/* ABI 3 */
#define LL_IOCTL (1ULL << 15)		/* ABI 5 */
#define LL_ABI_1 ((1ULL << 13) - 1)
#define LL_TCP 3ULL			/* bind, connect: ABI 4 */
#define LL_SCOPE_UNIX 1ULL		/* ABI 6.  Signals are not scoped: workers live outside of the domain and must be ended */
#define LL_OF_FILE (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE | \
	LL_TRUNCATE | LL_IOCTL)
#define LL_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define LL_WRITE (LL_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | \
	LANDLOCK_ACCESS_FS_REFER | LL_TRUNCATE)

struct ruleset {
	uint64_t fs, net, scoped;
};

static bool
limit(int what, uint64_t most)
{
	struct rlimit now;

	if (getrlimit((__rlimit_resource_t)what, &now) != 0)
		return false;
	if (now.rlim_max <= most && now.rlim_cur <= most)
		return true;
	if (now.rlim_max != RLIM_INFINITY && now.rlim_max < most)
		most = now.rlim_max;
	now.rlim_cur = now.rlim_max = most;
	return setrlimit((__rlimit_resource_t)what, &now) == 0;
}

/* A descriptor that is missing is filled with one on which the wrong use fails: reading 0, writing 1 or 2 gives EBADF. */
static bool
fill_standard(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		if (open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd)
			return false;
	}
	return true;
}

static void
others_cloexec(void)
{
	enum { CLOEXEC = 4 };	/* CLOSE_RANGE_CLOEXEC, Linux 5.11 */

	if (syscall(SYS_close_range, 3U, ~0U, CLOEXEC) == 0)
		return;
	for (int fd = 3, flags; fd < 1024; fd++)
		if ((flags = fcntl(fd, F_GETFD)) >= 0)
			fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
}

bool
cell_begin(struct fault *f)
{
	if (!fill_standard())
		return fault_set(f, "cannot open /dev/null for a standard descriptor that is closed", 0);
	others_cloexec();
	umask(077);
	if (!limit(RLIMIT_CORE, 0))
		return fault_set(f, "cannot set RLIMIT_CORE", 0);
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return fault_set(f, "cannot make the process undumpable", 0);
	return true;
}

#ifndef IR_SANITIZERS
#define S(name) SCMP_SYS(name)

/* What any program of this house does after its start.  What is in no table is ENOSYS: libraries then take their older way. */
static const int allowed[] = {
	/* descriptors that are open */
	S(read), S(write), S(readv), S(writev), S(pread64), S(pwrite64), S(preadv), S(pwritev), S(preadv2), S(pwritev2),
	S(lseek), S(_llseek), S(close), S(close_range), S(dup), S(dup2), S(dup3), S(fcntl), S(fcntl64), S(flock), S(fsync),
	S(fdatasync), S(sync_file_range), S(fallocate), S(ftruncate), S(ftruncate64), S(fadvise64), S(readahead),
	S(copy_file_range), S(sendfile), S(splice), S(tee), S(vmsplice), S(pipe), S(pipe2), S(poll), S(ppoll), S(select),
	S(pselect6), S(epoll_create1), S(epoll_ctl), S(epoll_wait), S(epoll_pwait), S(eventfd2), S(signalfd4),
	S(timerfd_create), S(timerfd_settime), S(timerfd_gettime), S(inotify_init1), S(inotify_add_watch),
	S(inotify_rm_watch), S(recvmsg), S(recvfrom), S(sendmsg), S(sendto), S(shutdown), S(getsockopt), S(getsockname),
	/* names: Landlock decides on what is opened */
	S(fstat), S(fstat64), S(stat), S(stat64), S(lstat), S(lstat64), S(newfstatat), S(fstatat64), S(statx), S(statfs),
	S(fstatfs), S(access), S(faccessat), S(faccessat2), S(readlink), S(readlinkat), S(getcwd), S(getdents), S(getdents64),
	S(umask),
	/* memory, threads, time, signals of one's own */
	S(munmap), S(mremap), S(madvise), S(brk), S(msync), S(mincore), S(mlock), S(munlock), S(membarrier), S(futex),
	S(futex_waitv), S(set_robust_list), S(get_robust_list), S(set_tid_address), S(rseq), S(sched_yield),
	S(sched_getaffinity), S(sched_setaffinity), S(sched_getparam), S(sched_getscheduler), S(getcpu), S(getpid), S(gettid),
	S(getppid), S(getuid), S(geteuid), S(getgid), S(getegid), S(getresuid), S(getresgid), S(getgroups), S(getpgrp),
	S(getpgid), S(getsid), S(getrusage), S(getrlimit), S(times), S(sysinfo), S(uname), S(getpriority), S(time),
	S(gettimeofday), S(clock_gettime), S(clock_getres), S(nanosleep), S(clock_nanosleep), S(alarm), S(setitimer),
	S(getitimer), S(timer_create), S(timer_settime), S(timer_gettime), S(timer_delete), S(timer_getoverrun),
	S(rt_sigaction), S(rt_sigprocmask), S(rt_sigreturn), S(rt_sigpending), S(rt_sigsuspend), S(rt_sigtimedwait),
	S(sigreturn), S(sigaltstack), S(pause), S(restart_syscall), S(exit), S(exit_group), S(getrandom),
	/* workers forked before; a narrower cell on top */
	S(wait4), S(waitid), S(pidfd_send_signal), S(seccomp), S(landlock_create_ruleset), S(landlock_add_rule),
	S(landlock_restrict_self),
};

/* Foreign code in a worker: memory, time, and the descriptors that it was given. */
static const int worker_allowed[] = {
	S(read), S(write), S(readv), S(writev), S(pread64), S(lseek), S(_llseek), S(close), S(fcntl), S(fcntl64), S(poll),
	S(ppoll), S(recvmsg), S(recvfrom), S(sendmsg), S(sendto), S(fstat), S(fstat64), S(newfstatat), S(fstatat64), S(statx),
	S(munmap), S(mremap), S(madvise), S(brk), S(futex), S(set_robust_list), S(rseq), S(sched_yield), S(sched_getaffinity),
	S(getpid), S(gettid), S(getuid), S(geteuid), S(getrlimit), S(sysinfo), S(uname), S(time), S(gettimeofday),
	S(clock_gettime), S(clock_getres), S(rt_sigaction), S(rt_sigprocmask), S(rt_sigreturn), S(restart_syscall), S(exit),
	S(exit_group), S(getrandom),
};

static const int open_calls[] = { S(open), S(openat), S(openat2) };
static const int write_calls[] = {
	S(rename), S(renameat), S(renameat2), S(unlink), S(unlinkat), S(link), S(linkat), S(mkdir), S(mkdirat), S(truncate),
	S(truncate64), S(fchmod), S(creat),
};
static const int exec_calls[] = { S(execve), S(execveat), S(uselib) };
static const int net_calls[] = { S(socket), S(connect), S(bind), S(listen), S(accept), S(accept4), S(socketcall) };
static const int net_more[] = { S(socketpair), S(setsockopt), S(getpeername), S(sendmmsg), S(recvmmsg) };

/* Nobody comes here by chance. */
static const int killed[] = {
	S(ptrace), S(process_vm_readv), S(process_vm_writev), S(process_madvise), S(kcmp), S(pidfd_getfd), S(bpf),
	S(perf_event_open), S(userfaultfd), S(io_uring_setup), S(io_uring_enter), S(io_uring_register), S(keyctl), S(add_key),
	S(request_key), S(mount), S(umount), S(umount2), S(pivot_root), S(chroot), S(move_mount), S(open_tree), S(fsopen),
	S(fsmount), S(fsconfig), S(fspick), S(mount_setattr), S(unshare), S(setns), S(init_module), S(finit_module),
	S(delete_module), S(kexec_load), S(kexec_file_load), S(reboot), S(swapon), S(swapoff), S(iopl), S(ioperm),
	S(modify_ldt), S(acct), S(quotactl), S(open_by_handle_at), S(name_to_handle_at), S(fanotify_init), S(settimeofday),
	S(clock_settime), S(adjtimex), S(clock_adjtime), S(syslog), S(sethostname), S(setdomainname), S(vhangup),
	S(lookup_dcookie), S(nfsservctl),
};

/* Programs ask for these in good faith; they hear no. */
static const int refused[] = {
	S(chmod), S(fchmodat), S(chown), S(fchown), S(lchown), S(fchownat), S(symlink), S(symlinkat), S(mknod), S(mknodat),
	S(rmdir), S(utime), S(utimes), S(utimensat), S(futimesat), S(setxattr), S(lsetxattr), S(fsetxattr), S(removexattr),
	S(lremovexattr), S(fremovexattr), S(setuid), S(setgid), S(setreuid), S(setregid), S(setresuid), S(setresgid),
	S(setfsuid), S(setfsgid), S(setgroups), S(capset), S(setpgid), S(setsid), S(setrlimit), S(setpriority),
	S(sched_setscheduler), S(sched_setparam), S(personality), S(memfd_create), S(memfd_secret), S(tkill),
	S(rt_sigqueueinfo), S(rt_tgsigqueueinfo), S(pidfd_open), S(fork), S(vfork), S(shmget), S(shmat), S(shmctl), S(msgget),
	S(semget), S(mq_open), S(chdir), S(fchdir), S(sync), S(syncfs),
};

static const unsigned long ioctls[] = { TCGETS, TIOCGWINSZ, TIOCGPGRP, FIONREAD, FIONBIO, FIOCLEX };
static const int prctls[] = {
	PR_SET_NAME, PR_GET_NAME, PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS, PR_GET_SECCOMP, PR_GET_DUMPABLE,
};

#define COUNT(v) (sizeof(v) / sizeof *(v))

/* ---- Landlock ---- */

static uint64_t
fs_of(long abi)
{
	uint64_t fs = LL_ABI_1;

	if (abi >= 2)
		fs |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		fs |= LL_TRUNCATE;
	if (abi >= 5)
		fs |= LL_IOCTL;
	return fs;
}

/* A path that is not there needs no rule: opening it will tell. */
static bool
allow_path(int rules, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr at = { 0 };
	struct stat st;
	bool ok;

	at.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (at.parent_fd < 0)
		return true;
	at.allowed_access = access;
	ok = fstat(at.parent_fd, &st) == 0;
	if (ok && !S_ISDIR(st.st_mode))
		at.allowed_access &= LL_OF_FILE;
	/* EBADFD: a thing outside of any mounted file system (a pipe of <(...)), which Landlock does not bind. */
	ok = ok && (syscall(LL_ADD, rules, LL_BENEATH, &at, 0) == 0 || errno == EBADFD);
	close(at.parent_fd);
	return ok;
}

static bool
allow_paths(int rules, const char *const *path, uint64_t access)
{
	for (; path && *path; path++)
		if (!allow_path(rules, *path, access))
			return false;
	return true;
}

/* *abi becomes 0 if the kernel has none. */
static bool
landlock(const struct cell_rights *r, long *abi)
{
	struct ruleset set = { 0 };
	uint64_t execute = r->exec ? LANDLOCK_ACCESS_FS_EXECUTE : 0;
	bool ok;
	int rules;

	*abi = syscall(LL_CREATE, NULL, 0, LL_ASK);
	if (*abi < 1) {
		*abi = 0;
		return true;
	}
	set.fs = r->exec && !r->read && !r->write ? 0 : fs_of(*abi);
	set.net = *abi >= 4 && !r->net ? LL_TCP : 0;
	set.scoped = *abi >= 6 && !r->net ? LL_SCOPE_UNIX : 0;
	if (set.fs == 0 && set.net == 0 && set.scoped == 0) {
		*abi = -1;
		return true;
	}
	rules = (int)syscall(LL_CREATE, &set, *abi >= 6 ? 24 : *abi >= 4 ? 16 : 8, 0);
	if (rules < 0)
		return false;
	ok = allow_paths(rules, r->read, (LL_READ | execute) & set.fs) && allow_paths(rules, r->write, LL_WRITE & set.fs) &&
	    syscall(LL_RESTRICT, rules, 0) == 0;
	close(rules);
	return ok;
}

/* ---- seccomp ---- */

static bool
add_all(scmp_filter_ctx x, uint32_t action, const int *call, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (seccomp_rule_add(x, action, call[i], 0) != 0)
			return false;
	return true;
}
#define ADD(x, action, table) add_all((x), (action), (table), COUNT(table))

static bool
add_if(scmp_filter_ctx x, uint32_t action, int call, struct scmp_arg_cmp is)
{
	return seccomp_rule_add_array(x, action, call, 1, &is) == 0;
}

/* Memory is never made executable: JIT code was made before. */
static bool
no_exec_memory(scmp_filter_ctx x)
{
	static const int call[] = { S(mmap), S(mmap2), S(mprotect), S(pkey_mprotect) };

	for (size_t i = 0; i < COUNT(call); i++)
		if (!add_if(x, SCMP_ACT_ALLOW, call[i], SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) ||
		    !add_if(x, SCMP_ACT_ERRNO(EPERM), call[i], SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC)))
			return false;
	return true;
}

/* Signals to oneself only (raise, abort). */
static bool
own_signals(scmp_filter_ctx x)
{
	static const int call[] = { S(kill), S(tgkill) };
	uint64_t self = (uint64_t)getpid();

	for (size_t i = 0; i < COUNT(call); i++)
		if (!add_if(x, SCMP_ACT_ALLOW, call[i], SCMP_A0(SCMP_CMP_EQ, self)) ||
		    !add_if(x, SCMP_ACT_ERRNO(EPERM), call[i], SCMP_A0(SCMP_CMP_NE, self)))
			return false;
	return true;
}

static bool
by_argument(scmp_filter_ctx x)
{
	for (size_t i = 0; i < COUNT(ioctls); i++)
		if (!add_if(x, SCMP_ACT_ALLOW, S(ioctl), SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffff, ioctls[i])))
			return false;
	for (size_t i = 0; i < COUNT(prctls); i++)
		if (!add_if(x, SCMP_ACT_ALLOW, S(prctl), SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)prctls[i])))
			return false;
	return seccomp_rule_add(x, SCMP_ACT_ALLOW, S(prctl), 2, SCMP_A0(SCMP_CMP_EQ, PR_SET_DUMPABLE),
	    SCMP_A1(SCMP_CMP_EQ, 0)) == 0 &&
	    add_if(x, SCMP_ACT_ALLOW, S(prlimit64), SCMP_A2(SCMP_CMP_EQ, 0)) &&
	    add_if(x, SCMP_ACT_ERRNO(EPERM), S(prlimit64), SCMP_A2(SCMP_CMP_NE, 0));
}

/* Without folders to write in, opening for writing is refused here too: not every kernel has Landlock, or its truncate right. */
static bool
opening(scmp_filter_ctx x, const struct cell_rights *r)
{
	const scmp_datum_t change = O_ACCMODE | O_CREAT | O_TRUNC;

	if (r->write)
		return ADD(x, SCMP_ACT_ALLOW, open_calls) && ADD(x, SCMP_ACT_ALLOW, write_calls);
	if (!ADD(x, SCMP_ACT_ERRNO(EACCES), write_calls))
		return false;
	if (r->read == NULL)
		return ADD(x, SCMP_ACT_ERRNO(EACCES), open_calls);
	for (scmp_datum_t bit = 1; bit <= change; bit <<= 1)
		if ((bit & change) && (!add_if(x, SCMP_ACT_ERRNO(EACCES), S(open), SCMP_A1(SCMP_CMP_MASKED_EQ, bit, bit)) ||
		    !add_if(x, SCMP_ACT_ERRNO(EACCES), S(openat), SCMP_A2(SCMP_CMP_MASKED_EQ, bit, bit))))
			return false;
	return add_if(x, SCMP_ACT_ALLOW, S(open), SCMP_A1(SCMP_CMP_MASKED_EQ, change, 0)) &&
	    add_if(x, SCMP_ACT_ALLOW, S(openat), SCMP_A2(SCMP_CMP_MASKED_EQ, change, 0)) &&
	    seccomp_rule_add(x, SCMP_ACT_ALLOW, S(openat2), 0) == 0;
}

/* Threads, but no processes.  clone3 hides its flags behind a pointer: ENOSYS makes glibc take clone. */
static bool
threads_only(scmp_filter_ctx x)
{
	return add_if(x, SCMP_ACT_ALLOW, S(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)) &&
	    add_if(x, SCMP_ACT_ERRNO(EPERM), S(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
}

static bool
fill_inner(scmp_filter_ctx x, const struct cell_rights *r)
{
	static const int forks[] = { S(clone), S(clone3), S(kill), S(tgkill) };

	if (!ADD(x, SCMP_ACT_ALLOW, allowed) || !ADD(x, SCMP_ACT_KILL_PROCESS, killed) ||
	    !ADD(x, SCMP_ACT_ERRNO(EPERM), refused) || !ADD(x, SCMP_ACT_KILL_PROCESS, exec_calls) ||
	    !no_exec_memory(x) || !by_argument(x) || !opening(x, r))
		return false;
	if (!ADD(x, r->net ? SCMP_ACT_ALLOW : SCMP_ACT_KILL_PROCESS, net_calls) || (r->net && !ADD(x, SCMP_ACT_ALLOW, net_more)))
		return false;
	return r->fork ? ADD(x, SCMP_ACT_ALLOW, forks) : threads_only(x) && own_signals(x);
}

/* Who may exec passes the filter on to programs of others: these are only kept from what no action needs. */
static bool
fill_actor(scmp_filter_ctx x, const struct cell_rights *r)
{
	return ADD(x, SCMP_ACT_KILL_PROCESS, killed) && (r->net || ADD(x, SCMP_ACT_KILL_PROCESS, net_calls)) &&
	    (r->fork || (threads_only(x) && seccomp_rule_add(x, SCMP_ACT_ERRNO(ENOSYS), S(clone3), 0) == 0));
}

static bool
fill_worker(scmp_filter_ctx x)
{
	return ADD(x, SCMP_ACT_ALLOW, worker_allowed) && ADD(x, SCMP_ACT_KILL_PROCESS, killed) &&
	    ADD(x, SCMP_ACT_KILL_PROCESS, exec_calls) && ADD(x, SCMP_ACT_KILL_PROCESS, net_calls) &&
	    ADD(x, SCMP_ACT_ERRNO(EACCES), open_calls) && no_exec_memory(x) && own_signals(x) &&
	    add_if(x, SCMP_ACT_ALLOW, S(prlimit64), SCMP_A2(SCMP_CMP_EQ, 0));
}

/* r NULL: a worker. */
static bool
filter(const struct cell_rights *r)
{
	bool actor = r && r->exec, ok;
	scmp_filter_ctx x = seccomp_init(actor ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(ENOSYS));

	if (x == NULL)
		return false;
	ok = seccomp_attr_set(x, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
	    seccomp_attr_set(x, SCMP_FLTATR_CTL_TSYNC, 1) == 0 &&
	    (actor ? fill_actor(x, r) : r ? fill_inner(x, r) : fill_worker(x)) && seccomp_load(x) == 0;
	seccomp_release(x);
	return ok;
}

static bool
has_seccomp(void)
{
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
}

/* The descriptor limit at which `more` can be opened: what was open before the cell takes nothing from the allowance. */
static uint64_t
room_for(unsigned more)
{
	struct rlimit now = { 0 };
	struct pollfd *p;
	unsigned n = 4096, at = 0;

	if (getrlimit(RLIMIT_NOFILE, &now) == 0 && now.rlim_cur < n)
		n = (unsigned)now.rlim_cur;
	p = mem_zero(n, sizeof *p);
	for (unsigned i = 0; i < n; i++)
		p[i].fd = (int)i;
	if (poll(p, n, 0) < 0)
		n = 0;
	for (; at < n && more; at++)
		if (p[at].revents & POLLNVAL)
			more--;
	free(p);
	return (uint64_t)at + more;
}

static bool
limits(const struct cell_rights *r, struct fault *f)
{
	enum { FILES = 64 };
	const uint64_t memory = r->memory ? r->memory : (uint64_t)2 << 30;

	if (!limit(RLIMIT_CORE, 0) || !limit(RLIMIT_DATA, memory) || !limit(RLIMIT_NOFILE, room_for(r->files ? r->files : FILES)))
		return fault_set(f, "cannot set the limits of the cell", 0);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return fault_set(f, "cannot set no_new_privs", 0);
	return true;
}

bool
cell_enter(const struct cell_rights *r, struct buf *held, struct fault *f)
{
	bool seccomp = has_seccomp();
	long abi = 0;

	if (!limits(r, f))
		return false;
	if (!landlock(r, &abi))
		return fault_set(f, "the kernel has Landlock but refuses the rules", 0);
	if (seccomp && !filter(r))
		return fault_set(f, "the kernel has seccomp but refuses the filter", 0);
	buf_lit(held, "[\"");
	if (abi > 0) {
		buf_lit(held, "landlock:");
		buf_i64(held, abi);
	} else {
		buf_str(held, abi < 0 ? "landlock:not-asked" : "none:landlock");
	}
	buf_str(held, seccomp ? "\",\"seccomp\"]" : "\",\"none:seccomp\"]");
	return true;
}

bool
cell_worker(uint64_t memory, struct fault *f)
{
	static const struct cell_rights nothing = { 0 };
	long abi;

	if (!limit(RLIMIT_CORE, 0) || !limit(RLIMIT_FSIZE, 0) || !limit(RLIMIT_NPROC, 0) || !limit(RLIMIT_AS, memory))
		return fault_set(f, "cannot set the limits of a worker", 0);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return fault_set(f, "cannot set no_new_privs", 0);
	if (!landlock(&nothing, &abi))
		return fault_set(f, "the kernel has Landlock but refuses the rules", 0);
	if (has_seccomp() && !filter(NULL))
		return fault_set(f, "the kernel has seccomp but refuses the filter", 0);
	return true;
}

#else
/* Sanitizers need what the cell takes away (ptrace of leaks, maps, address space): the cell is not entered, and that is said. */
bool
cell_enter(const struct cell_rights *r, struct buf *held, struct fault *f)
{
	(void)r;
	(void)f;
	buf_lit(held, "[\"none:sanitizers\"]");
	return true;
}

bool
cell_worker(uint64_t memory, struct fault *f)
{
	(void)memory;
	if (!limit(RLIMIT_CORE, 0))
		return fault_set(f, "cannot set RLIMIT_CORE", 0);
	return true;
}
#endif
