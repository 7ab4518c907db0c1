#include "lib/port/digest.h"
#include "tests/unit/unit.h"

#include "lib/base/buf.h"

#include <stdlib.h>

static void
same_hex(const void *p, size_t n, const char *want, const char *name)
{
	struct buf b = {0};

	buf_hex(&b, p, n);
	SAME(buf_slice(&b), slice_str(want), name);
	buf_free(&b);
}

/* FIPS 180-4 examples, and the same text in parts. */
static void
sha256(void)
{
	static const struct {
		struct slice part[3];
		size_t parts;
		const char *want, *name;
	} c[] = {
		{{SLICE_INIT("")}, 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "sha256: empty"},
		{{SLICE_INIT("")}, 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "sha256: no part"},
		{{SLICE_INIT("abc")}, 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "sha256: abc"},
		{{SLICE_INIT("a"), SLICE_INIT(""), SLICE_INIT("bc")}, 3,
		    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "sha256: abc in parts"},
		{{SLICE_INIT("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")}, 1,
		    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1", "sha256: two blocks"},
	};

	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct sha256 got;

		if (OK(digest_sha256(c[i].part, c[i].parts, &got), "%s: made", c[i].name))
			same_hex(got.b, sizeof got.b, c[i].want, c[i].name);
	}
}

static void
running(void)
{
	struct digest *d = digest_new();
	struct slice piece = SLICE("aaaaaaaaaa");
	struct sha256 got;
	bool ok = d != NULL;

	for (int i = 0; ok && i < 100000; i++)
		ok = digest_add(d, piece);
	OK(ok && digest_end(d, &got), "sha256: a million a, running");
	same_hex(got.b, sizeof got.b, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", "sha256: a million a");
	d = digest_new();
	OK(d != NULL, "sha256: dropped without a result");
	digest_drop(d);
	digest_drop(NULL);
}

/* Reference values of xxHash's own sanity check (seed 0), and parts = whole. */
static void
xxh3(void)
{
	struct slice none[1] = {SLICE_INIT("")}, abc[1] = {SLICE_INIT("abc")};
	struct slice parts[3] = {SLICE_INIT("a"), SLICE_INIT("b"), SLICE_INIT("c")};
	unsigned char out[16], other[16];
	char *text = malloc(5000);

	digest_xxh3(none, 1, out);
	same_hex(out, 16, "99aa06d3014798d86001c324468d497f", "xxh3: empty");
	digest_xxh3(abc, 1, out);
	same_hex(out, 16, "06b05ab6733a618578af5f94892f3950", "xxh3: abc");
	digest_xxh3(parts, 3, out);
	same_hex(out, 16, "06b05ab6733a618578af5f94892f3950", "xxh3: abc in parts");
	for (size_t i = 0; i < 5000; i++)
		text[i] = (char)(i * 7);
	for (size_t cut = 0; cut <= 5000; cut += 625) {
		struct slice whole = slice_of(text, 5000), two[2] = {slice_of(text, cut), slice_of(text + cut, 5000 - cut)};

		digest_xxh3(&whole, 1, out);
		digest_xxh3(two, 2, other);
		OK(memcmp(out, other, 16) == 0, "xxh3: 5000 bytes cut at %zu", cut);
	}
	free(text);
}

/* RFC 8032 section 7.1, TEST 2, in RFC 8410's PEM. */
static const char SECRET[] = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n-----END PRIVATE KEY-----\n";
static const char PUBLIC[] = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\n-----END PUBLIC KEY-----\n";
static const char LOCKED[] = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
	"MIGjMF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBDHdUPiM5G9mDY/1nwh\n-----END ENCRYPTED PRIVATE KEY-----\n";
static const char P256[] = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n"
	"6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n-----END PUBLIC KEY-----\n";

static void
keys_refused(void)
{
	static const struct {
		const char *pem, *what, *name;
		bool secret;
	} c[] = {
		{"", "key: no PEM file of a key", "key: empty", true},
		{"hello", "key: no readable secret key (PEM, without password)", "key: no PEM", true},
		{PUBLIC, "key: no readable secret key (PEM, without password)", "key: public for secret", true},
		{SECRET, "key: no readable public key (PEM)", "key: secret for public", false},
		{LOCKED, "key: no readable secret key (PEM, without password)", "key: with a password", true},
		{P256, "key: not of type Ed25519", "key: of another curve", false},
	};

	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct fault f = {0};
		struct digest_key *k = digest_key_read(slice_str(c[i].pem), c[i].secret, &f);

		OK(k == NULL, "%s: refused", c[i].name);
		SAME(slice_str(f.what), slice_str(c[i].what), c[i].name);
		digest_key_free(k);
	}
}

static void
ed25519(void)
{
	struct fault f = {0};
	struct digest_key *secret = digest_key_read(slice_str(SECRET), true, &f);
	struct digest_key *public = digest_key_read(slice_str(PUBLIC), false, &f);
	unsigned char sig[64];

	if (!OK(secret && public, "ed25519: keys read"))
		return;
	OK(digest_sign(secret, SLICE("\x72"), sig), "ed25519: signed");
	same_hex(sig, 64, "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00", "ed25519: RFC 8032 TEST 2");
	OK(digest_verify(public, SLICE("\x72"), sig), "ed25519: verified");
	OK(digest_verify(secret, SLICE("\x72"), sig), "ed25519: verified by the secret key");
	OK(!digest_verify(public, SLICE("\x73"), sig), "ed25519: another text");
	OK(!digest_sign(public, SLICE("\x72"), sig), "ed25519: a public key cannot sign");
	OK(digest_sign(secret, SLICE(""), sig) && digest_verify(public, SLICE(""), sig), "ed25519: empty text");
	sig[63] ^= 1;
	OK(!digest_verify(public, SLICE(""), sig), "ed25519: a bit of the signature");
	digest_key_free(secret);
	digest_key_free(public);
	digest_key_free(NULL);
}

int
main(void)
{
	OK(digest_start(), "digest: started");
	sha256();
	running();
	xxh3();
	ed25519();
	keys_refused();
	return unit_done();
}
