/* The hash of records by AVX2: the whole file is compiled for it, and nothing of it runs before digest.c has asked the processor. */
#if defined __x86_64__ && !defined __clang__
#pragma GCC target("avx2")
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "lib/port/digest_xxh3.h"

void
digest_xxh3_avx2(const void *p, size_t n, unsigned char out[16])
{
	XXH128_canonical_t canonical;

	XXH128_canonicalFromHash(&canonical, XXH3_128bits(p, n));
	memcpy(out, canonical.digest, sizeof canonical.digest);
}
#else
typedef int digest_no_avx2;
#endif
