/*
 * hash: keyed hashing for tables whose keys a stranger chooses (SECURITY.md section 6): SipHash-1-3 with a random key per
 * process.  The value never shows in output and never orders it.
 */
#ifndef IRPIPE_BASE_HASH_H
#define IRPIPE_BASE_HASH_H

#include "lib/base/slice.h"

/* Called once at start-up, before the cell (getrandom).  Without it the key is 0: tests only. */
void hash_seed(void);
uint64_t hash_bytes(const void *p, size_t n);
static inline uint64_t
hash_slice(struct slice s)
{
	return hash_bytes(s.p, s.n);
}

#endif
