/*
 * port/gz: gzip through zlib's inflate(), not gzread (SECURITY.md section 1): members until the end, CRC and length checked, zero
 * padding allowed, other trailing bytes a note; all bytes before damage are delivered.
 */
#ifndef IRPIPE_PORT_GZ_H
#define IRPIPE_PORT_GZ_H

#include "lib/base/slice.h"

struct gz;
enum gz_step { GZ_MORE, GZ_DATA, GZ_END, GZ_DAMAGE };

struct gz *gz_new(void) must_use;
void gz_free(struct gz *);
/* Is this the start of a gzip stream? */
bool gz_looks(struct slice head);
/*
 * Inflates from *in (advanced) into out[0..cap): *got bytes.  `last`: no input follows.
 * GZ_DATA: *got > 0. GZ_MORE: wants input. GZ_END: all members whole. GZ_DAMAGE: *why says what (constant words: "gzip: bad
 * header", "gzip: bad data", "gzip: cut", "gzip: bad CRC", "gzip: bad length", "gzip: trailing bytes"); bytes already delivered
 * are good as far as known; *got may be > 0 with it.
 */
enum gz_step gz_read(struct gz *, struct slice *in, bool last, char *out, size_t cap, size_t *got, const char **why);

#endif
