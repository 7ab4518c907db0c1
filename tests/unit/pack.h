/*
 * pack: makers of small packed files for tests: gzip with stored blocks (RFC 1952, RFC 1951 section 3.2.4), ustar, zip with
 * stored members.
 */
#ifndef IRPIPE_TESTS_PACK_H
#define IRPIPE_TESTS_PACK_H

#include "lib/base/buf.h"

uint32_t pack_crc(struct slice);			/* CRC-32 of RFC 1952 section 8 */
void pack_gz(struct buf *out, struct slice text);	/* one gzip member */
/* One entry; type '0' file, '2' link, '5' folder. */
void pack_tar(struct buf *out, const char *name, char type, struct slice text);
void pack_tar_end(struct buf *out);

struct pack_zip {
	struct buf body, central;
	uint16_t n;
};
void pack_zip_add(struct pack_zip *, const char *name, struct slice text);
void pack_zip_end(struct pack_zip *, struct buf *out);	/* frees */

/* Removes a folder that a test has made, and all below. */
void pack_remove(const char *folder);

#endif
