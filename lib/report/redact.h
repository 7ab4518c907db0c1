/*
 * redact: passwords, tokens and keys in text that is shown become [redacted N]: the same number for the same secret in one
 * report. The redactor owns the numbers; one thread.
 */
#ifndef IRPIPE_REPORT_REDACT_H
#define IRPIPE_REPORT_REDACT_H

#include "lib/base/buf.h"
#include "lib/base/map.h"

enum { REDACT_MAX = 32 };		/* secrets in one value; the rest of the value is then redacted whole */

struct redactor {
	struct map secret;		/* bytes -> number */
	bool off;			/* --no-redact */
	const struct slice *mask;	/* names that come out as [masked N], whatever their case; the caller's */
	size_t masks;
	struct buf masked;
};

struct redact_span {
	size_t at, n;			/* in the value as it came */
};
/* Places of secrets, in order, not overlapping; returns how many. */
size_t redact_find(struct slice, struct redact_span span[REDACT_MAX]);
/*
 * Appends s with its secrets replaced.  *off and *len (may be NULL) are a part of s that is to be marked: they move with the
 * text, and *len becomes 0 when a secret lies in the part.
 */
void redact_add(struct redactor *, struct slice s, struct buf *out, size_t *off, size_t *len);
void redact_free(struct redactor *);

#endif
