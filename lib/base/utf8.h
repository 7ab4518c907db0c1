/*
 * utf8: strict UTF-8 (RFC 3629): no surrogates, nothing over U+10FFFF, no longer form than needed.
 */
#ifndef IRPIPE_BASE_UTF8_H
#define IRPIPE_BASE_UTF8_H

#include "lib/base/buf.h"
#include "lib/base/slice.h"

/* What utf8_next gives for a bad part. */
#define UTF8_BAD UINT32_MAX

/* Offset of the first bad byte (the head of the first bad sequence); s.n if all is good. */
size_t utf8_bad(struct slice);
/*
 * Reads the character at `at` (at < s.n) and returns the offset behind it (not its length).  A bad part gives UTF8_BAD and is as
 * long as the longest start of a good sequence (Unicode 3.9, "maximal subpart"), at least one byte.
 */
size_t utf8_next(struct slice s, size_t at, uint32_t *cp);
/* A code point that has no UTF-8 (a surrogate, over U+10FFFF) is written as U+FFFD. */
void utf8_put(struct buf *, uint32_t cp);
/* Appends s with U+FFFD for each bad part; *bad (may be NULL) tells if there was one. */
void utf8_mend(struct slice, struct buf *out, bool *bad);

#endif
