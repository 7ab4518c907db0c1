#include "tests/maker/approve_key.h"

#include "lib/json/json.h"

static const struct {
	const char *name, *seed, *public;
} people[] = {
	{"alice", "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"},
	{"bob", "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"},
	{"mallory", "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
	    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"},
};

static int
nibble(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

static void
unhex(const char *hex, struct buf *out)
{
	for (; hex[0] && hex[1]; hex += 2)
		buf_byte(out, (char)(nibble(hex[0]) << 4 | nibble(hex[1])));
}

/* RFC 8410 sections 4 and 7: what stands before the 32 bytes of a key. */
bool
approve_key_pem(struct slice name, bool secret, struct buf *out)
{
	struct buf der = {0};

	for (size_t i = 0; i < sizeof people / sizeof *people; i++)
		if (slice_eq(name, slice_str(people[i].name))) {
			unhex(secret ? "302e020100300506032b657004220420" : "302a300506032b6570032100", &der);
			unhex(secret ? people[i].seed : people[i].public, &der);
		}
	if (der.n == 0)
		return false;
	buf_str(out, secret ? "-----BEGIN PRIVATE KEY-----\n" : "-----BEGIN PUBLIC KEY-----\n");
	buf_base64(out, buf_slice(&der));
	buf_str(out, secret ? "\n-----END PRIVATE KEY-----\n" : "\n-----END PUBLIC KEY-----\n");
	buf_free(&der);
	return true;
}

static void
put_line(struct slice hex, struct slice by, struct slice valid, const unsigned char sig[64], struct buf *out)
{
	struct json_out j = json_out(out);
	struct buf b = {0};

	buf_base64(&b, slice_of((const char *)sig, 64));
	jo_open(&j, '{');
	jo_ktext(&j, "approval", hex);
	jo_ktext(&j, "by", by);
	jo_ktext(&j, "valid", valid);
	jo_ktext(&j, "sig", buf_slice(&b));
	jo_close(&j, '}');
	buf_byte(out, '\n');
	buf_free(&b);
}

bool
approve_sign(struct slice name, const struct act_approved *about, struct slice valid, struct buf *out)
{
	struct buf pem = {0}, text = {0};
	struct digest_key *key = NULL;
	unsigned char sig[64];
	struct fault f;
	char hex[64];
	bool ok;

	ok = approve_key_pem(name, true, &pem) && (key = digest_key_read(buf_slice(&pem), true, &f)) != NULL &&
	    act_approval(about, valid, hex);
	if (ok) {
		act_approval_text(slice_of(hex, 64), name, valid, &text);
		ok = digest_sign(key, buf_slice(&text), sig);
	}
	if (ok)
		put_line(slice_of(hex, 64), name, valid, sig, out);
	digest_key_free(key);
	buf_free(&pem);
	buf_free(&text);
	return ok;
}
