/* utmp: a record of wtmp as utmp(5) has it, little-endian. */
#ifndef IRPIPE_TESTS_UTMP_H
#define IRPIPE_TESTS_UTMP_H

#include "lib/base/buf.h"

enum { UTMP_RECORD = 384 };

/* Appends one; ip has the four bytes in network order. */
void utmp_make(struct buf *, uint32_t type, const char *user, const char *host, const unsigned char ip[4]);
void utmp_number(char *at, uint32_t v);

#endif
