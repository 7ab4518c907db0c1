#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * The fuzz targets' main where there is no libFuzzer: replays each file named.  A target that finds something wrong aborts,
 * and the name of its file is the last one printed.
 */
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

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

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		uint8_t *p;
		size_t n;

		if (f == NULL) {
			perror(argv[i]);
			return 1;
		}
		p = whole(f, &n);
		printf("# %s: %zu bytes\n", argv[i], n);
		fflush(stdout);
		LLVMFuzzerTestOneInput(p, n);
		free(p);
		fclose(f);
	}
	return 0;
}
