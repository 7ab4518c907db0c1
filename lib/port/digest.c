#include "lib/port/digest.h"

#include "lib/base/mem.h"
#include "lib/port/digest_xxh3.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

/* A PEM key of Ed25519 has about 120 bytes; comments around it may stand in the file. */
enum { PEM_MAX = 64 * 1024 };

struct digest {
	EVP_MD_CTX *ctx;
};
struct digest_key {
	EVP_PKEY *pkey;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *sha;

/*
 * EVP_sha256() would be looked up again by each EVP_DigestInit_ex: fetched once. No configuration file: $OPENSSL_CONF and
 * openssl.cnf can load foreign code.
 */
static void
start(void)
{
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1)
		sha = EVP_MD_fetch(NULL, "SHA256", NULL);
	ERR_clear_error();
}

bool
digest_start(void)
{
	return pthread_once(&once, start) == 0 && sha != NULL;
}

struct digest *
digest_new(void)
{
	struct digest *d;

	if (!digest_start())
		return NULL;
	d = mem_alloc(sizeof *d);
	d->ctx = EVP_MD_CTX_new();
	if (d->ctx == NULL || EVP_DigestInit_ex2(d->ctx, sha, NULL) != 1) {
		EVP_MD_CTX_free(d->ctx);
		free(d);
		ERR_clear_error();
		return NULL;
	}
	return d;
}

bool
digest_add(struct digest *d, struct slice s)
{
	return s.n == 0 || EVP_DigestUpdate(d->ctx, s.p, s.n) == 1;
}

bool
digest_end(struct digest *d, struct sha256 *out)
{
	unsigned n = 0;
	bool ok = EVP_DigestFinal_ex(d->ctx, out->b, &n) == 1 && n == sizeof out->b;

	digest_drop(d);
	if (!ok)
		ERR_clear_error();
	return ok;
}

void
digest_drop(struct digest *d)
{
	if (d == NULL)
		return;
	EVP_MD_CTX_free(d->ctx);
	free(d);
}

bool
digest_sha1(const struct slice *part, size_t parts, unsigned char out[20])
{
	EVP_MD_CTX *ctx = digest_start() ? EVP_MD_CTX_new() : NULL;
	unsigned n = 0;
	bool ok = ctx != NULL && EVP_DigestInit_ex2(ctx, EVP_sha1(), NULL) == 1;

	for (size_t i = 0; ok && i < parts; i++)
		ok = part[i].n == 0 || EVP_DigestUpdate(ctx, part[i].p, part[i].n) == 1;
	ok = ok && EVP_DigestFinal_ex(ctx, out, &n) == 1 && n == 20;
	EVP_MD_CTX_free(ctx);
	if (!ok)
		ERR_clear_error();
	return ok;
}

bool
digest_sha256(const struct slice *part, size_t parts, struct sha256 *out)
{
	struct digest *d = digest_new();

	if (d == NULL)
		return false;
	for (size_t i = 0; i < parts; i++)
		if (!digest_add(d, part[i])) {
			digest_drop(d);
			return false;
		}
	return digest_end(d, out);
}

/* Records are short: brought together they need no state. */
static bool
together(const struct slice *part, size_t parts, char *to, size_t room, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < parts; i++) {
		if (part[i].n > room - *n)
			return false;
		if (part[i].n)
			memcpy(to + *n, part[i].p, part[i].n);
		*n += part[i].n;
	}
	return true;
}

static XXH128_hash_t
stream(const struct slice *part, size_t parts)
{
	XXH3_state_t state;

	XXH3_INITSTATE(&state);
	XXH3_128bits_reset(&state);
	for (size_t i = 0; i < parts; i++)
		if (part[i].n)
			XXH3_128bits_update(&state, part[i].p, part[i].n);
	return XXH3_128bits_digest(&state);
}

void
digest_xxh3_one(const char *p, size_t n, unsigned char out[16])
{
	XXH128_canonical_t canonical;

#if defined __x86_64__ && !defined __clang__
	if (__builtin_cpu_supports("avx2")) {
		digest_xxh3_avx2(p, n, out);
		return;
	}
#endif
	XXH128_canonicalFromHash(&canonical, XXH3_128bits(p, n));
	memcpy(out, canonical.digest, sizeof canonical.digest);
}

void
digest_xxh3(const struct slice *part, size_t parts, unsigned char out[16])
{
	/* Nothing is read from it that was not written before. */
	__attribute__((uninitialized)) char all[4096];
	XXH128_canonical_t canonical;
	size_t n;

	if (together(part, parts, all, sizeof all, &n)) {
		digest_xxh3_one(all, n, out);
		return;
	}
	XXH128_canonicalFromHash(&canonical, stream(part, parts));
	memcpy(out, canonical.digest, sizeof canonical.digest);
}

void
digest_seeded(uint64_t seed, struct slice s, uint64_t out[2])
{
	XXH128_hash_t h = XXH3_128bits_withSeed(s.p, s.n, seed);

	out[0] = h.low64;
	out[1] = h.high64;
}

/* An encrypted key would make OpenSSL ask at the terminal: there is no password. */
static int
no_password(char *text, int size, int writing, void *arg)
{
	(void)text, (void)size, (void)writing, (void)arg;
	return -1;
}

struct digest_key *
digest_key_read(struct slice pem, bool secret, struct fault *f)
{
	struct digest_key *k = NULL;
	EVP_PKEY *pkey = NULL;
	BIO *bio = NULL;

	if (!digest_start())
		fault_set(f, "key: the library failed", 0);
	else if (pem.n == 0 || pem.n > PEM_MAX)
		fault_set(f, "key: no PEM file of a key", 0);
	else if ((bio = BIO_new_mem_buf(pem.p, (int)pem.n)) == NULL)
		fault_set(f, "key: the library failed", 0);
	else if ((pkey = secret ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL)
	    : PEM_read_bio_PUBKEY(bio, NULL, no_password, NULL)) == NULL)
		fault_set(f, secret ? "key: no readable secret key (PEM, without password)"
		    : "key: no readable public key (PEM)", 0);
	else if (EVP_PKEY_get_id(pkey) != EVP_PKEY_ED25519)
		fault_set(f, "key: not of type Ed25519", 0);
	else {
		k = mem_alloc(sizeof *k);
		k->pkey = pkey;
		pkey = NULL;
	}
	EVP_PKEY_free(pkey);
	BIO_free(bio);
	ERR_clear_error();
	return k;
}

void
digest_key_free(struct digest_key *k)
{
	if (k == NULL)
		return;
	EVP_PKEY_free(k->pkey);
	free(k);
}

/* OpenSSL wants a pointer even for the empty text. */
static const unsigned char *
bytes(struct slice s)
{
	return (const unsigned char *)(s.n ? s.p : "");
}

bool
digest_sign(const struct digest_key *k, struct slice text, unsigned char sig[64])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t n = 64;
	bool ok = ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, k->pkey) == 1
	    && EVP_DigestSign(ctx, sig, &n, bytes(text), text.n) == 1 && n == 64;

	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}

bool
digest_verify(const struct digest_key *k, struct slice text, const unsigned char sig[64])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, k->pkey) == 1
	    && EVP_DigestVerify(ctx, sig, 64, bytes(text), text.n) == 1;

	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}
