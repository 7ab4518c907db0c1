/* digest_xxh3 (private to digest.c): XXH3-128 of one text, canonical, by wider registers than every processor has. */
#ifndef IRPIPE_PORT_DIGEST_XXH3_H
#define IRPIPE_PORT_DIGEST_XXH3_H

#include <stddef.h>

void digest_xxh3_avx2(const void *p, size_t n, unsigned char out[16]);

#endif
