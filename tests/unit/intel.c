/* Values and patterns of lib/intel. */
#include "tests/unit/intel.h"

#include "lib/intel/pattern.h"
#include "tests/unit/unit.h"

#include "lib/port/digest.h"

/* ---- values -------------------------------------------------------------------------------------------------------------- */
static const struct {
	const char *text, *type, *canonical;	/* type "": no indicator */
} values[] = {
	{"203.0.113.9", "ipv4-addr", "203.0.113.9/32"}, {"203.0.113[.]9", "ipv4-addr", "203.0.113.9/32"},
	{"203.0.113.9:8080", "ipv4-addr", "203.0.113.9/32"}, {"198.51.100.7/24", "ipv4-addr", "198.51.100.0/24"},
	{"::ffff:192.0.2.1", "ipv4-addr", "192.0.2.1/32"}, {"2001:DB8::/32", "ipv6-addr", "2001:db8::/32"},
	{"[2001:db8::1]:443", "ipv6-addr", "2001:db8::1/128"}, {"1.2.3", "", ""}, {"1.2.3.256", "", ""},
	{"Evil.Example.", "domain-name", "evil.example"}, {"evil[dot]example", "domain-name", "evil.example"},
	{"*.evil.example", "domain-name", "evil.example"}, {".evil.example", "domain-name", "evil.example"},
	{"b\xc3\xbc" "cher.example", "domain-name", "xn--bcher-kva.example"}, {"xn--bcher-kva.example", "domain-name", "xn--bcher-kva.example"},
	{"_sip.evil.example", "domain-name", "_sip.evil.example"}, {"evil..example", "", ""}, {"localhost", "", ""},
	{"evil.example:443", "domain-name", "evil.example"}, {"a b.example", "", ""},
	{"hxxp://EVIL[.]example:80/A?b=C#d", "url", "evil.example/A?b=C"}, {"https://evil.example:443", "url", "evil.example/"},
	{"http://evil.example:443/", "url", "evil.example:443/"}, {"http://u:p@evil.example/x", "url", "evil.example/x"},
	{"evil.example/x", "url", "evil.example/x"}, {"ftp://evil.example/x", "url", "ftp:evil.example/x"},
	{"http://[2001:DB8::1]:8080/x", "url", "[2001:db8::1]:8080/x"}, {"http://192.0.2.1", "url", "192.0.2.1/"},
	{"http:///x", "", ""}, {"http://evil.example:99999/", "", ""},
	{"Bad.Guy@Evil.Example", "email-addr", "bad.guy@evil.example"}, {"Bad <bad[@]evil.example>", "email-addr", "bad@evil.example"},
	{"@evil.example", "", ""}, {"a b@evil.example", "", ""},
	{"D41D8CD98F00B204E9800998ECF8427E", "md5", "d41d8cd98f00b204e9800998ecf8427e"},
	{"da39a3ee5e6b4b0d3255bfef95601890afd80709", "sha1", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
	{"d41d8cd98f00b204e9800998ecf8427", "", ""}, {"", "", ""},
};

static void
canonical(const struct intel_value *v, const struct buf *bytes, struct buf *out)
{
	if (intel_type_row[v->type].kind == INTEL_IP) {
		addr_add(out, &v->net.a);
		buf_byte(out, '/');
		buf_u64(out, v->net.bits - (v->type == INTEL_ipv4 ? 96u : 0u));
	} else if (intel_type_row[v->type].kind == INTEL_HASH) {
		buf_hex(out, bytes->p + v->at, v->n);
	} else {
		buf_add(out, bytes->p + v->at, v->n);
	}
}

static void
test_values(void)
{
	struct buf bytes = {0}, out = {0};
	struct intel_value v;

	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		bool ok = value_read(slice_str(values[i].text), INTEL_TYPES, &v, &bytes);

		buf_reset(&out);
		SAME(ok ? intel_type_row[v.type].name : SLICE(""), slice_str(values[i].type), values[i].text);
		if (ok)
			canonical(&v, &bytes, &out);
		SAME(buf_slice(&out), slice_str(values[i].canonical), values[i].text);
	}
	OK(!value_read(SLICE("d41d8cd98f00b204e9800998ecf8427e"), INTEL_sha1, &v, &bytes), "an MD5 is no SHA-1");
	OK(value_read(SLICE("d41d8cd98f00b204e9800998ecf8427e"), INTEL_imphash, &v, &bytes) && v.type == INTEL_imphash,
	    "an import hash");
	buf_free(&bytes);
	buf_free(&out);
}

/* ---- patterns ------------------------------------------------------------------------------------------------------------ */
/* want: values with blanks between them, those that are a part with +; "!": no pattern; "": nothing to look up. */
static const struct {
	const char *pattern, *want;
} patterns[] = {
	{"[ipv4-addr:value = '198.51.100.1/32']", "198.51.100.1/32"},
	{"[ ipv4-addr:value = '10.0.0.0' ]", "10.0.0.0"},
	{"[domain-name:value = 'a.example' OR domain-name:value = 'b.example']", "a.example b.example"},
	{"[domain-name:value IN ('a.example', 'b.example')]", "a.example b.example"},
	{"[file:hashes.MD5 = 'aa' AND file:hashes.'SHA-256' = 'bb']", "aa bb"},
	{"[file:hashes.'SHA-256' = 'bb' AND file:name = 'x.exe']", "bb+"},
	{"[domain-name:value = 'a.example' AND url:value = 'http://a.example/x']", "http://a.example/x+"},
	{"[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '192.0.2.1']", "192.0.2.1+"},
	{"[ipv4-addr:value = '192.0.2.1'] FOLLOWEDBY [domain-name:value = 'a.example'] WITHIN 600 SECONDS", "192.0.2.1+ a.example+"},
	{"[ipv4-addr:value = '192.0.2.1'] OR [ipv4-addr:value = '192.0.2.2']", "192.0.2.1 192.0.2.2"},
	{"([ipv4-addr:value = '192.0.2.1'] AND [ipv4-addr:value = '192.0.2.2']) WITHIN 5 SECONDS", "192.0.2.1+ 192.0.2.2+"},
	{"[(domain-name:value = 'a.example' OR url:value = 'http://b.example/') AND file:name = 'x']", "a.example+ http://b.example/+"},
	{"[ipv4-addr:value ISSUBSET '198.51.100.0/24']", "198.51.100.0/24"},
	{"[domain-name:value LIKE '%.a.example']", "*.a.example"}, {"[domain-name:value LIKE 'a%.example']", ""},
	{"[domain-name:value MATCHES '^a']", ""}, {"[domain-name:value != 'a.example']", ""}, {"[NOT domain-name:value = 'a']", "!"},
	{"[domain-name:value NOT = 'a.example']", ""}, {"[file:name = 'it\\'s']", ""}, {"[url:value = 'http://a.example/it\\'s']",
	    "http://a.example/it's"},
	{"[x509-certificate:issuer = 'CN=X' AND x509-certificate:hashes.'SHA-1' = 'cc']", "cc+"},
	{"[email-message:from_ref.value = 'a@b.example']", "a@b.example"}, {"[file:size > 10 OR file:hashes.MD5 = 'aa']", "aa"},
	{"[ipv4-addr:value = '192.0.2.1'", "!"}, {"ipv4-addr:value = '192.0.2.1'", "!"}, {"[ipv4-addr:value = ]", "!"}, {"[]", "!"},
	{"", "!"}, {"[ipv4-addr:value = '1'] AND", "!"}, {"[a:b = 'x'", "!"}, {"[a:b = 'x]", "!"}, {"((((((([a:b = 'x']", "!"},
	{"[ipv4-addr:value = '1' = '2']", "!"}, {"[[a:b = 'x']]", "!"}, {")", "!"}, {"AND", "!"},
};

static void
test_patterns(void)
{
	struct pattern p = {0};
	struct fault f;
	struct buf got = {0}, deep = {0};

	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
		buf_reset(&got);
		if (!pattern_read(slice_str(patterns[i].pattern), &p, &f))
			buf_byte(&got, '!');
		else
			for (uint32_t k = p.first + 1; k; k = p.term[k - 1].next) {
				if (got.n)
					buf_byte(&got, ' ');
				buf_slice_add(&got, p.term[k - 1].value);
				if (p.term[k - 1].part)
					buf_byte(&got, '+');
			}
		SAME(buf_slice(&got), slice_str(patterns[i].want), patterns[i].pattern);
	}
	for (size_t i = 0; i < 100000; i++)
		buf_byte(&deep, i % 2 ? '[' : '(');
	OK(!pattern_read(buf_slice(&deep), &p, &f), "depth is bounded");
	buf_free(&deep);
	buf_free(&got);
	pattern_free(&p);
}

int
main(void)
{
	OK(digest_start(), "SHA-256 is there");
	test_values();
	test_patterns();
	test_feeds();
	test_index();
	return unit_done();
}
