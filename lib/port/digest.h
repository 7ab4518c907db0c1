/*
 * port/digest: SHA-256 and Ed25519 (OpenSSL EVP), XXH3-128 (xxHash). Every return of OpenSSL is checked: a failure there is
 * false.
 */
#ifndef IRPIPE_PORT_DIGEST_H
#define IRPIPE_PORT_DIGEST_H

#include "lib/base/fault.h"
#include "lib/base/slice.h"

/* Fetches SHA-256 without any configuration file: before the cell closes.  The others call it themselves if it was not called. */
bool digest_start(void) must_use;

struct sha256 { unsigned char b[32]; };
bool digest_sha256(const struct slice *part, size_t parts, struct sha256 *out) must_use;
/* SHA-1 of the parts in order: only for identifiers that a standard builds on it (RFC 4122 section 4.3). */
bool digest_sha1(const struct slice *part, size_t parts, unsigned char out[20]) must_use;
/* Running: */
struct digest;
struct digest *digest_new(void) must_use;		/* NULL: the library failed */
bool digest_add(struct digest *, struct slice) must_use;
bool digest_end(struct digest *, struct sha256 *out) must_use;	/* frees */
void digest_drop(struct digest *);			/* frees without a result */
/* XXH3-128 of the parts in order, canonical big-endian bytes: ir.id (not trusted against forgers). */
void digest_xxh3(const struct slice *part, size_t parts, unsigned char out[16]);
void digest_xxh3_one(const char *p, size_t n, unsigned char out[16]);		/* the same of one text; p is not NULL */
/* XXH3-128 with a seed, as two numbers (the same on every machine): for tables of names. */
void digest_seeded(uint64_t seed, struct slice, uint64_t out[2]);

/* Ed25519 (RFC 8032): PEM files as OpenSSL writes them. */
struct digest_key;
struct digest_key *digest_key_read(struct slice pem, bool secret, struct fault *) must_use;
void digest_key_free(struct digest_key *);
bool digest_sign(const struct digest_key *, struct slice text, unsigned char sig[64]) must_use;
bool digest_verify(const struct digest_key *, struct slice text, const unsigned char sig[64]) must_use;

#endif
