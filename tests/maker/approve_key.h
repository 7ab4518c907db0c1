/*
 * approve_key: keys for tests.  They are the published test vectors of RFC 8032 section 7.1 (tests 1 to 3), so nobody may ever
 * trust them.
 */
#ifndef IRPIPE_TESTS_MAKER_APPROVE_KEY_H
#define IRPIPE_TESTS_MAKER_APPROVE_KEY_H

#include "lib/act/approve.h"

/* Appends the PEM of "alice", "bob" or "mallory"; false: no such person. */
bool approve_key_pem(struct slice name, bool secret, struct buf *out);
/* Appends the line of an approval, with \n, signed by `name`; false: the library failed. */
bool approve_sign(struct slice name, const struct act_approved *, struct slice valid, struct buf *out);

#endif
