/*
 * port/idn: names of hosts in other scripts as DNS has them (libidn2: IDNA 2008 with UTS #46, non-transitional).
 */
#ifndef IRPIPE_PORT_IDN_H
#define IRPIPE_PORT_IDN_H

#include "lib/base/buf.h"
#include "lib/base/slice.h"

/* Appends the name's ASCII form (xn--...), lower case.  False if it has none: nothing is appended. */
bool idn_ascii(struct slice name, struct buf *out) must_use;

#endif
