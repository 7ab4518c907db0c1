#include "tests/maker/utmp.h"

enum { PID = 4711, LINE = 8, USER = 44, HOST = 76, SECONDS = 340, MICROS = 344, ADDRESS = 348 };

void
utmp_number(char *at, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		at[i] = (char)(v >> 8 * i & 0xff);
}

void
utmp_make(struct buf *b, uint32_t type, const char *user, const char *host, const unsigned char ip[4])
{
	char r[UTMP_RECORD] = {0};

	utmp_number(r, type);
	utmp_number(r + 4, PID);
	memcpy(r + LINE, "pts/0", 5);
	memcpy(r + USER, user, strlen(user));
	memcpy(r + HOST, host, strlen(host));
	utmp_number(r + SECONDS, 1772438400);
	utmp_number(r + MICROS, 250000);
	memcpy(r + ADDRESS, ip, 4);
	buf_add(b, r, sizeof r);
}
