/* indicators N: N indicators a line each to stdout, always the same: addresses, names, URLs, SHA-256 and MD5. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t state = 0x9e3779b97f4a7c15u;

/* xorshift64* (Vigna) */
static uint64_t
next(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1du;
}

static void
hex(unsigned words)
{
	for (unsigned i = 0; i < words; i++)
		printf("%016" PRIx64, next());
	putchar('\n');
}

int
main(int argc, char *argv[])
{
	static const char *const word[] = {"mail", "cdn", "login", "update", "static", "api"};
	static const char *const top[] = {"com", "net", "org", "xyz", "example.org"};
	uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;

	for (uint64_t i = 0; i < n; i++) {
		uint64_t a = next(), b = next();

		if (i % 10 < 3)
			printf("%u.%u.%u.%u\n", (unsigned)(a % 223 + 1), (unsigned)(a >> 8 & 255), (unsigned)(a >> 16 & 255),
			    (unsigned)(a >> 24) % 254 + 1);
		else if (i % 10 < 6)
			printf("%s%u.%s\n", word[a % 6], (unsigned)(b % 1000000000), top[(a >> 8) % 5]);
		else if (i % 10 < 7)
			printf("http://h%u.example.net/p/%u.php?id=%u\n", (unsigned)(a % 10000000), (unsigned)(b % 1000),
			    (unsigned)(b >> 40));
		else
			hex(i % 10 < 9 ? 4 : 2);
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
