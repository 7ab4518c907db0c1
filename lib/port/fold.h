/*
 * port/fold: simple case folding of Sigma values (libunistring, DECISIONS.md 26): one code point to one, so that places stay.
 * The table is built at start; look-ups touch no library.
 */
#ifndef IRPIPE_PORT_FOLD_H
#define IRPIPE_PORT_FOLD_H

#include "lib/base/buf.h"
#include "lib/base/slice.h"

void fold_start(void);				/* once, before threads */
uint32_t fold_point(uint32_t code_point);	/* k = U+212A */
/* Appends the folded text; ASCII is the fast path.  Bad UTF-8 bytes stay. */
void fold_add(struct buf *, struct slice text);
/* The folded text of one that is ASCII alone, of the same length, at `to`; false: it is not, and what is there is worth nothing. */
bool fold_ascii(struct slice text, char *to) must_use;
bool fold_is(struct slice text);		/* already folded (ASCII without A-Z, or folded code points) */

#endif
