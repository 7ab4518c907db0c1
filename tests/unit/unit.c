#include "tests/unit/unit.h"

#include <ftw.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int count, failed;

bool
unit_ok(bool ok, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	count++;
	printf("%sok %d - ", ok ? "" : "not ", count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	if (!ok) {
		failed++;
		printf("# %s:%d\n", file, line);
	}
	return ok;
}

bool
unit_same(struct slice got, struct slice want, const char *file, int line, const char *name)
{
	bool ok = unit_ok(slice_eq(got, want), file, line, "%s", name);

	if (!ok) {
		printf("# got:  %.*s\n", (int)got.n, got.n ? got.p : "");
		printf("# want: %.*s\n", (int)want.n, want.n ? want.p : "");
	}
	return ok;
}

bool
unit_int(long long got, long long want, const char *file, int line, const char *name)
{
	bool ok = unit_ok(got == want, file, line, "%s", name);

	if (!ok)
		printf("# got %lld, want %lld\n", got, want);
	return ok;
}

void
unit_skip(const char *why)
{
	count++;
	printf("ok %d # SKIP %s\n", count, why);
}

const char *
unit_srcdir(void)
{
	const char *dir = getenv("srcdir");

	return dir ? dir : ".";
}

const char *
unit_shared(void)
{
	static char path[4096];
	const char *dir = getenv("IR_SHARED");
	struct stat st;

	if (dir == NULL) {
		snprintf(path, sizeof path, "%s/../shared/data", unit_srcdir());
		dir = path;
	}
	return stat(dir, &st) == 0 && S_ISDIR(st.st_mode) ? dir : NULL;
}

static char **unpacked;
static size_t unpacked_count;
static pid_t unpacked_by;

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static void
remove_unpacked(void)
{
	for (size_t i = 0; getpid() == unpacked_by && i < unpacked_count; i++)
		nftw(unpacked[i], remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *
unit_unpack(const char *set)
{
	const char *shared = unit_shared();
	char archive[4096], *dir;
	char *argv[] = {(char[]){"tar"}, (char[]){"-xzf"}, archive, (char[]){"-C"}, NULL, NULL};
	pid_t pid;
	int status = -1;

	snprintf(archive, sizeof archive, "%s/%s.tar.gz", shared ? shared : "", set);
	if (shared == NULL || access(archive, R_OK) != 0)
		return NULL;
	unpacked = realloc(unpacked, (unpacked_count + 1) * sizeof *unpacked);
	if (unpacked == NULL)
		abort();
	dir = strdup("/tmp/irpipe-test-XXXXXX");
	if (dir == NULL || mkdtemp(dir) == NULL)
		abort();
	unpacked[unpacked_count] = dir;
	if (unpacked_count++ == 0) {
		unpacked_by = getpid();
		atexit(remove_unpacked);
	}
	argv[4] = dir;
	if (posix_spawnp(&pid, "tar", NULL, NULL, argv, environ) != 0 || waitpid(pid, &status, 0) != pid || status != 0) {
		fprintf(stderr, "cannot unpack %s\n", archive);
		exit(1);
	}
	return dir;
}

struct slice
unit_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *p = NULL;
	size_t n = 0, cap = 0, got;

	if (f == NULL) {
		perror(path);
		exit(1);
	}
	do {
		cap = cap ? cap * 2 : 4096;
		p = realloc(p, cap);
		if (p == NULL)
			abort();
		got = fread(p + n, 1, cap - n, f);
		n += got;
	} while (n == cap);
	fclose(f);
	return slice_of(p, n);
}

int
unit_done(void)
{
	printf("1..%d\n", count);
	if (failed)
		printf("# %d of %d failed\n", failed, count);
	return failed != 0;
}
