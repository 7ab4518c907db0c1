#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

/*
 * The fuzz targets' main where there is no libFuzzer: replays each file named; with -m N first, then N times each file
 * with bytes of it changed, always the same ones.  A target that finds something wrong aborts, and the name of its file
 * is the last one printed.
 */
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);
/* A target whose seeds are recipes makes the input of one; 0: it is the input itself. */
__attribute__((weak)) size_t fuzz_seed(const uint8_t *, size_t, uint8_t **);

static uint8_t *
whole(FILE *f, size_t *n)
{
	size_t cap = 4096, got;
	uint8_t *p = NULL;

	*n = 0;
	do {
		cap *= 2;
		p = realloc(p, cap);
		if (p == NULL)
			abort();
		got = fread(p + *n, 1, cap - *n, f);
		*n += got;
	} while (got);
	return p;
}

/* Marsaglia's xorshift64. */
static uint64_t
next(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

/* Where there is something: much of a file may be zeros. */
static size_t
place(const uint8_t *p, size_t n, uint64_t *x)
{
	size_t at = next(x) % n;

	for (int i = 0; i < 16 && p[at] == 0; i++)
		at = next(x) % n;
	for (int i = 0; i < 64 && at > 0 && p[at] == 0; i++)
		at--;
	return at;
}

/* A piece taken out or doubled, a byte that means something to somebody: what makes another text. */
static size_t
change_text(uint8_t *p, size_t n, size_t cap, uint64_t *x)
{
	static const char words[] = "\n\"\\'<>=&%[]{}()|,;: \t\r\0\x01\x1d\x7f\x80\xff\xc3#/-+*0T@";
	size_t at = place(p, n, x), len = next(x) % 64 + 1;

	len = len < n - at ? len : n - at;
	switch (next(x) % 3) {
	case 0:
		p[at] = (uint8_t)words[next(x) % (sizeof words - 1)];
		return n;
	case 1:
		memmove(p + at, p + at + len, n - at - len);
		return n - len ? n - len : 1;
	default:
		len = len < cap - n ? len : cap - n;
		memmove(p + at + len, p + at, n - at);
		return n + len;
	}
}

static void
change(uint8_t *p, size_t n, uint64_t *x)
{
	static const uint32_t edge[] = {0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff};
	size_t at = place(p, n, x), to = place(p, n, x), len = next(x) % 16 + 1, room = n - (at > to ? at : to);

	switch (next(x) % 4) {
	case 0:
		p[at] ^= (uint8_t)(1u << next(x) % 8);
		break;
	case 1:
		p[at] = (uint8_t)next(x);
		break;
	case 2:
		len = n - at < 4 ? n - at : 4;
		memcpy(p + at, &edge[next(x) % (sizeof edge / sizeof *edge)], len);
		break;
	default:
		memmove(p + to, p + at, len < room ? len : room);
	}
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
changed(const uint8_t *p, size_t n, unsigned long times, double *worst)
{
	size_t cap = n + 4096;
	uint8_t *copy = malloc(cap);
	uint64_t x = 0x9e3779b97f4a7c15u;

	if (copy == NULL)
		abort();
	for (unsigned long i = 0; n && i < times; i++) {
		double from = seconds(), took;
		size_t some = next(&x) % 8 + 1, size = next(&x) % 8 ? n : next(&x) % n + 1;
		bool text = next(&x) % 2;

		memcpy(copy, p, n);
		while (some--)
			if (text)
				size = change_text(copy, size, cap, &x);
			else
				change(copy, n, &x);
		LLVMFuzzerTestOneInput(copy, size);
		took = seconds() - from;
		*worst = took > *worst ? took : *worst;
	}
	free(copy);
}

static bool
replay(const char *name, unsigned long times, double *worst)
{
	FILE *f = fopen(name, "rb");
	uint8_t *p, *made = NULL;
	size_t n;

	if (f == NULL) {
		perror(name);
		return false;
	}
	p = whole(f, &n);
	printf("# %s: %zu bytes\n", name, n);
	fflush(stdout);
	LLVMFuzzerTestOneInput(p, n);
	if (times && fuzz_seed) {
		size_t size = fuzz_seed(p, n, &made);

		n = made ? size : n;
	}
	changed(made ? made : p, n, times, worst);
	free(made);
	free(p);
	fclose(f);
	return true;
}

int
main(int argc, char **argv)
{
	unsigned long times = argc > 2 && strcmp(argv[1], "-m") == 0 ? strtoul(argv[2], NULL, 10) : 0;
	struct rusage used;
	double worst = 0;

	for (int i = times ? 3 : 1; i < argc; i++)
		if (!replay(argv[i], times, &worst))
			return 1;
	if (times && getrusage(RUSAGE_SELF, &used) == 0)
		printf("# %lu changes each; the longest took %.3f s; %ld MiB\n", times, worst, used.ru_maxrss / 1024);
	return 0;
}
