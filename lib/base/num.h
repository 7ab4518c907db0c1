/*
 * num: numbers in text.  The whole slice must be the number; no blanks, no locale; overflow is false, never a wrap.
 */
#ifndef IRPIPE_BASE_NUM_H
#define IRPIPE_BASE_NUM_H

#include "lib/base/slice.h"

bool num_u64(struct slice, uint64_t *) must_use;	/* digits */
bool num_i64(struct slice, int64_t *) must_use;		/* [-+] digits */
bool num_hex(struct slice, uint64_t *) must_use;	/* with or without 0x */
bool num_f64(struct slice, double *) must_use;		/* decimal, optional exponent; no inf, nan, hex */
/* "64k", "1M", "2GiB": powers of 1024. */
bool num_size(struct slice, uint64_t *) must_use;
static inline bool num_digit(char c) { return c >= '0' && c <= '9'; }
/* Digits only, at most `max` of them; returns how many were read. */
size_t num_digits(struct slice, size_t max, uint64_t *);

#endif
