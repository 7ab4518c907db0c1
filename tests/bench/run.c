/*
 * bench/run NAME INPUT RUNS OURS [PEER]: whole processes in turn, after one warm-up of each.  OURS and PEER are shell command
 * lines that
 * find the input in $BENCH_INPUT; output goes to /dev/null.  One line: medians of user plus system seconds of all their
 * processes, the ratio, events and bytes of the input, and the largest process's peak memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RUNS_MAX = 99, BLOCK = 256 * 1024 };

struct figures {
	double cpu[RUNS_MAX];
	long peak;			/* KiB */
};

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "bench/run: %s: %s\n", what, strerror(errno));
	exit(1);
}

static bool
count(const char *path, uint64_t *bytes, uint64_t *lines)
{
	static char block[BLOCK];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	*bytes = *lines = 0;
	if (fd < 0)
		return false;
	while ((n = read(fd, block, sizeof block)) > 0) {
		*bytes += (uint64_t)n;
		for (const char *p = block; (p = memchr(p, '\n', (size_t)(block + n - p))) != NULL; p++)
			++*lines;
	}
	close(fd);
	return n == 0;
}

static _Noreturn void
child(const char *command)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, 0) != 0 || dup2(null, 1) != 1)
		_exit(126);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* The shell waits for all processes of its pipe: their use is in its own. */
static double
once(const char *command, long *peak)
{
	struct rusage use;
	int status;
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid == 0)
		child(command);
	while (wait4(pid, &status, 0, &use) < 0)
		if (errno != EINTR)
			die("wait4");
	if (!WIFEXITED(status) || (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != 3)) {
		errno = ECANCELED;
		die(command);
	}
	if (peak && use.ru_maxrss > *peak)
		*peak = use.ru_maxrss;
	return seconds(use.ru_utime) + seconds(use.ru_stime);
}

static int
order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(struct figures *f, int runs)
{
	qsort(f->cpu, (size_t)runs, sizeof *f->cpu, order);
	return f->cpu[runs / 2];
}

int
main(int argc, char **argv)
{
	static struct figures ours, peer;
	uint64_t bytes, lines;
	double mine, other;
	int runs = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 0;

	if (argc < 5 || argc > 6 || runs < 1 || runs > RUNS_MAX) {
		fprintf(stderr, "usage: run NAME INPUT RUNS OURS [PEER]\n");
		return 2;
	}
	if (!count(argv[2], &bytes, &lines) || setenv("BENCH_INPUT", argv[2], 1) != 0)
		die(argv[2]);
	once(argv[4], NULL);
	if (argc > 5)
		once(argv[5], NULL);
	for (int i = 0; i < runs; i++) {
		ours.cpu[i] = once(argv[4], &ours.peak);
		if (argc > 5)
			peer.cpu[i] = once(argv[5], &peer.peak);
	}
	mine = median(&ours, runs);
	printf("%s: ours %.3f s (%.0f MB/s, %.1f MiB)", argv[1], mine, (double)bytes / 1e6 / mine, (double)ours.peak / 1024);
	if (argc > 5) {
		other = median(&peer, runs);
		printf(", peer %.3f s (%.0f MB/s, %.1f MiB), ratio %.2f", other, (double)bytes / 1e6 / other,
		    (double)peer.peak / 1024, other / mine);
	}
	printf(", %" PRIu64 " events, %" PRIu64 " bytes\n", lines, bytes);
	return 0;
}
