/*
 * base64: the strict reader of RFC 4648 section 4; the writer is buf_base64.
 */
#ifndef IRPIPE_BASE_BASE64_H
#define IRPIPE_BASE_BASE64_H

#include "lib/base/buf.h"

/*
 * Appends what the text says.  Padding is needed; a blank, a line break, a byte outside the alphabet or bits behind the end
 * that are
 * not 0 (section 3.5) is false, and then out is as it was.
 */
bool base64_decode(struct slice, struct buf *out) must_use;

#endif
