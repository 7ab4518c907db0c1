/* The names that feeds give to columns, members and types. */
#include "lib/intel/read.h"

#include "lib/base/num.h"

static const struct {
	struct slice name;
	enum column column;
	enum intel_type type;
} column_row[] = {
	{SLICE_INIT("indicator"), COLUMN_VALUE, 0}, {SLICE_INIT("ioc"), COLUMN_VALUE, 0}, {SLICE_INIT("ioc_value"), COLUMN_VALUE, 0},
	{SLICE_INIT("value"), COLUMN_VALUE, 0}, {SLICE_INIT("observable"), COLUMN_VALUE, 0},
	{SLICE_INIT("indicator_value"), COLUMN_VALUE, 0}, {SLICE_INIT("artifact"), COLUMN_VALUE, 0},
	{SLICE_INIT("ip"), COLUMN_TYPED, INTEL_ipv4}, {SLICE_INIT("ip_address"), COLUMN_TYPED, INTEL_ipv4},
	{SLICE_INIT("ipaddress"), COLUMN_TYPED, INTEL_ipv4}, {SLICE_INIT("dst_ip"), COLUMN_TYPED, INTEL_ipv4},
	{SLICE_INIT("dstip"), COLUMN_TYPED, INTEL_ipv4}, {SLICE_INIT("source_ip"), COLUMN_TYPED, INTEL_ipv4},
	{SLICE_INIT("sourceip"), COLUMN_TYPED, INTEL_ipv4}, {SLICE_INIT("src_ip"), COLUMN_TYPED, INTEL_ipv4},
	{SLICE_INIT("srcip"), COLUMN_TYPED, INTEL_ipv4}, {SLICE_INIT("ipv4"), COLUMN_TYPED, INTEL_ipv4},
	{SLICE_INIT("ipv6"), COLUMN_TYPED, INTEL_ipv4}, {SLICE_INIT("threat.indicator.ip"), COLUMN_TYPED, INTEL_ipv4},
	{SLICE_INIT("source.ip"), COLUMN_TYPED, INTEL_ipv4}, {SLICE_INIT("source.network"), COLUMN_TYPED, INTEL_ipv4},
	{SLICE_INIT("network"), COLUMN_TYPED, INTEL_ipv4}, {SLICE_INIT("cidr"), COLUMN_TYPED, INTEL_ipv4},
	{SLICE_INIT("netblock"), COLUMN_TYPED, INTEL_ipv4}, {SLICE_INIT("subnet"), COLUMN_TYPED, INTEL_ipv4},
	{SLICE_INIT("domain"), COLUMN_TYPED, INTEL_domain}, {SLICE_INIT("domain_name"), COLUMN_TYPED, INTEL_domain},
	{SLICE_INIT("domainname"), COLUMN_TYPED, INTEL_domain}, {SLICE_INIT("hostname"), COLUMN_TYPED, INTEL_domain},
	{SLICE_INIT("host"), COLUMN_TYPED, INTEL_domain}, {SLICE_INIT("fqdn"), COLUMN_TYPED, INTEL_domain},
	{SLICE_INIT("source.fqdn"), COLUMN_TYPED, INTEL_domain}, {SLICE_INIT("source_fqdn"), COLUMN_TYPED, INTEL_domain},
	{SLICE_INIT("url"), COLUMN_TYPED, INTEL_url}, {SLICE_INIT("source.url"), COLUMN_TYPED, INTEL_url},
	{SLICE_INIT("source_url"), COLUMN_TYPED, INTEL_url}, {SLICE_INIT("malicious_url"), COLUMN_TYPED, INTEL_url},
	{SLICE_INIT("md5"), COLUMN_TYPED, INTEL_md5}, {SLICE_INIT("md5_hash"), COLUMN_TYPED, INTEL_md5},
	{SLICE_INIT("file_md5"), COLUMN_TYPED, INTEL_md5}, {SLICE_INIT("malware.hash.md5"), COLUMN_TYPED, INTEL_md5},
	{SLICE_INIT("sha1"), COLUMN_TYPED, INTEL_sha1}, {SLICE_INIT("sha1_hash"), COLUMN_TYPED, INTEL_sha1},
	{SLICE_INIT("sha_1"), COLUMN_TYPED, INTEL_sha1},
	{SLICE_INIT("file_sha1"), COLUMN_TYPED, INTEL_sha1}, {SLICE_INIT("malware.hash.sha1"), COLUMN_TYPED, INTEL_sha1},
	{SLICE_INIT("sha256"), COLUMN_TYPED, INTEL_sha256}, {SLICE_INIT("sha256_hash"), COLUMN_TYPED, INTEL_sha256},
	{SLICE_INIT("sha_256"), COLUMN_TYPED, INTEL_sha256},
	{SLICE_INIT("file_sha256"), COLUMN_TYPED, INTEL_sha256}, {SLICE_INIT("malware.hash.sha256"), COLUMN_TYPED, INTEL_sha256},
	{SLICE_INIT("sha512"), COLUMN_TYPED, INTEL_sha512}, {SLICE_INIT("sha224"), COLUMN_TYPED, INTEL_sha224},
	{SLICE_INIT("sha384"), COLUMN_TYPED, INTEL_sha384}, {SLICE_INIT("hash"), COLUMN_TYPED, INTEL_TYPES},
	{SLICE_INIT("file_hash"), COLUMN_TYPED, INTEL_TYPES}, {SLICE_INIT("imphash"), COLUMN_TYPED, INTEL_imphash},
	{SLICE_INIT("ja3"), COLUMN_TYPED, INTEL_ja3}, {SLICE_INIT("ja3_md5"), COLUMN_TYPED, INTEL_ja3},
	{SLICE_INIT("ja3_fingerprint"), COLUMN_TYPED, INTEL_ja3}, {SLICE_INIT("ja3s"), COLUMN_TYPED, INTEL_ja3s},
	{SLICE_INIT("email"), COLUMN_TYPED, INTEL_email}, {SLICE_INIT("email_address"), COLUMN_TYPED, INTEL_email},
	{SLICE_INIT("mail"), COLUMN_TYPED, INTEL_email}, {SLICE_INIT("sender"), COLUMN_TYPED, INTEL_email},
	{SLICE_INIT("type"), COLUMN_TYPE, 0}, {SLICE_INIT("ioc_type"), COLUMN_TYPE, 0}, {SLICE_INIT("indicator_type"), COLUMN_TYPE, 0},
	{SLICE_INIT("observable_type"), COLUMN_TYPE, 0},
	{SLICE_INIT("confidence"), COLUMN_CONFIDENCE, 0}, {SLICE_INIT("confidence_level"), COLUMN_CONFIDENCE, 0},
	{SLICE_INIT("feed.accuracy"), COLUMN_CONFIDENCE, 0},
	{SLICE_INIT("tlp"), COLUMN_TLP, 0}, {SLICE_INIT("marking"), COLUMN_TLP, 0}, {SLICE_INIT("marking.tlp"), COLUMN_TLP, 0},
	{SLICE_INIT("traffic_light"), COLUMN_TLP, 0},
	{SLICE_INIT("valid_from"), COLUMN_FROM, 0}, {SLICE_INIT("valid_until"), COLUMN_UNTIL, 0}, {SLICE_INIT("valid_to"), COLUMN_UNTIL, 0},
	{SLICE_INIT("expires"), COLUMN_UNTIL, 0}, {SLICE_INIT("expires_at"), COLUMN_UNTIL, 0}, {SLICE_INIT("expiration"), COLUMN_UNTIL, 0},
	{SLICE_INIT("expiration_date"), COLUMN_UNTIL, 0}, {SLICE_INIT("expiry"), COLUMN_UNTIL, 0}, {SLICE_INIT("expiry_date"), COLUMN_UNTIL, 0},
	{SLICE_INIT("source"), COLUMN_SOURCE, 0}, {SLICE_INIT("provider"), COLUMN_SOURCE, 0}, {SLICE_INIT("feed"), COLUMN_SOURCE, 0},
	{SLICE_INIT("feed.name"), COLUMN_SOURCE, 0}, {SLICE_INIT("feed_name"), COLUMN_SOURCE, 0},
	{SLICE_INIT("description"), COLUMN_NAME, 0}, {SLICE_INIT("comment"), COLUMN_NAME, 0}, {SLICE_INIT("name"), COLUMN_NAME, 0},
	{SLICE_INIT("title"), COLUMN_NAME, 0}, {SLICE_INIT("threat"), COLUMN_NAME, 0}, {SLICE_INIT("malware"), COLUMN_NAME, 0},
	{SLICE_INIT("malware_printable"), COLUMN_NAME, 0}, {SLICE_INIT("malware.name"), COLUMN_NAME, 0},
	{SLICE_INIT("uuid"), COLUMN_ID, 0}, {SLICE_INIT("id"), COLUMN_ID, 0}, {SLICE_INIT("to_ids"), COLUMN_IDS, 0},
};

/* Case, blanks and dashes tell nothing apart; a comment sign before a header is no part of it. */
static bool
name_same(struct slice name, struct slice row)
{
	if (name.n != row.n)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c | 0x20);
		if (c == ' ' || c == '-')
			c = '_';
		if (c != row.p[i])
			return false;
	}
	return true;
}

enum column
column_of(struct slice name, enum intel_type *type)
{
	name = slice_trim(name);
	while (name.n && (name.p[0] == '#' || name.p[0] == ' ' || name.p[0] == '"'))
		name = slice_from(name, 1);
	if (name.n && name.p[name.n - 1] == '"')
		name.n--;
	for (size_t i = 0; i < sizeof column_row / sizeof *column_row; i++)
		if (name_same(name, column_row[i].name)) {
			*type = column_row[i].type;
			return column_row[i].column;
		}
	return COLUMN_NONE;
}

static const struct {
	struct slice word;
	enum intel_type type;
} type_row[] = {
	{SLICE_INIT("ip"), INTEL_ipv4}, {SLICE_INIT("ipv4"), INTEL_ipv4}, {SLICE_INIT("ipv6"), INTEL_ipv4}, {SLICE_INIT("ip_src"), INTEL_ipv4},
	{SLICE_INIT("ip_dst"), INTEL_ipv4}, {SLICE_INIT("ipv4_addr"), INTEL_ipv4}, {SLICE_INIT("ipv6_addr"), INTEL_ipv4},
	{SLICE_INIT("ip_address"), INTEL_ipv4}, {SLICE_INIT("address"), INTEL_ipv4}, {SLICE_INIT("cidr"), INTEL_ipv4},
	{SLICE_INIT("ip:port"), INTEL_ipv4}, {SLICE_INIT("ip_port"), INTEL_ipv4}, {SLICE_INIT("network"), INTEL_ipv4},
	{SLICE_INIT("netblock"), INTEL_ipv4}, {SLICE_INIT("ipv4_cidr"), INTEL_ipv4}, {SLICE_INIT("ipv6_cidr"), INTEL_ipv4},
	{SLICE_INIT("domain"), INTEL_domain}, {SLICE_INIT("hostname"), INTEL_domain}, {SLICE_INIT("fqdn"), INTEL_domain},
	{SLICE_INIT("host"), INTEL_domain}, {SLICE_INIT("domain_name"), INTEL_domain}, {SLICE_INIT("dns"), INTEL_domain},
	{SLICE_INIT("url"), INTEL_url}, {SLICE_INIT("uri"), INTEL_url}, {SLICE_INIT("link"), INTEL_url},
	{SLICE_INIT("email"), INTEL_email}, {SLICE_INIT("email_src"), INTEL_email}, {SLICE_INIT("email_dst"), INTEL_email},
	{SLICE_INIT("email_addr"), INTEL_email}, {SLICE_INIT("email_address"), INTEL_email}, {SLICE_INIT("email_reply_to"), INTEL_email},
	{SLICE_INIT("email_src_address"), INTEL_email}, {SLICE_INIT("mail"), INTEL_email},
	{SLICE_INIT("md5"), INTEL_md5}, {SLICE_INIT("md5_hash"), INTEL_md5}, {SLICE_INIT("filehash_md5"), INTEL_md5},
	{SLICE_INIT("hash_md5"), INTEL_md5}, {SLICE_INIT("file_md5"), INTEL_md5},
	{SLICE_INIT("sha1"), INTEL_sha1}, {SLICE_INIT("sha1_hash"), INTEL_sha1}, {SLICE_INIT("filehash_sha1"), INTEL_sha1},
	{SLICE_INIT("hash_sha1"), INTEL_sha1}, {SLICE_INIT("file_sha1"), INTEL_sha1}, {SLICE_INIT("sha_1"), INTEL_sha1},
	{SLICE_INIT("sha256"), INTEL_sha256}, {SLICE_INIT("sha256_hash"), INTEL_sha256}, {SLICE_INIT("filehash_sha256"), INTEL_sha256},
	{SLICE_INIT("hash_sha256"), INTEL_sha256}, {SLICE_INIT("file_sha256"), INTEL_sha256}, {SLICE_INIT("sha_256"), INTEL_sha256},
	{SLICE_INIT("sha224"), INTEL_sha224}, {SLICE_INIT("sha_224"), INTEL_sha224}, {SLICE_INIT("sha384"), INTEL_sha384},
	{SLICE_INIT("sha_384"), INTEL_sha384}, {SLICE_INIT("sha512"), INTEL_sha512}, {SLICE_INIT("sha_512"), INTEL_sha512},
	{SLICE_INIT("sha512_hash"), INTEL_sha512}, {SLICE_INIT("authentihash"), INTEL_sha256},
	{SLICE_INIT("imphash"), INTEL_imphash}, {SLICE_INIT("filehash_imphash"), INTEL_imphash},
	{SLICE_INIT("ja3"), INTEL_ja3}, {SLICE_INIT("ja3_fingerprint_md5"), INTEL_ja3}, {SLICE_INIT("ja3s"), INTEL_ja3s},
	{SLICE_INIT("x509_fingerprint_md5"), INTEL_certificate}, {SLICE_INIT("x509_fingerprint_sha1"), INTEL_certificate},
	{SLICE_INIT("x509_fingerprint_sha256"), INTEL_certificate}, {SLICE_INIT("sslcertfingerprint"), INTEL_certificate},
	{SLICE_INIT("malware_sample"), INTEL_TYPES}, {SLICE_INIT("hash"), INTEL_TYPES}, {SLICE_INIT("file"), INTEL_TYPES},
	{SLICE_INIT("filehash"), INTEL_TYPES}, {SLICE_INIT("file_hash"), INTEL_TYPES},
};

enum intel_type
type_of(struct slice word, bool *known)
{
	word = slice_trim(word);
	*known = true;
	for (size_t i = 0; i < sizeof type_row / sizeof *type_row; i++)
		if (name_same(word, type_row[i].word))
			return type_row[i].type;
	*known = false;
	return INTEL_TYPES;
}

/* STIX 2.1 appendix A: None, Low, Med, High are 0, 15, 50, 85. */
uint8_t
confidence_of(struct slice s)
{
	static const struct {
		struct slice word;
		uint8_t value;
	} words[] = {{SLICE_INIT("none"), 0}, {SLICE_INIT("low"), 15}, {SLICE_INIT("med"), 50}, {SLICE_INIT("medium"), 50},
	    {SLICE_INIT("moderate"), 50}, {SLICE_INIT("high"), 85}, {SLICE_INIT("very high"), 95}, {SLICE_INIT("confirmed"),
	    100}};
	double d;

	s = slice_trim(s);
	if (s.n && s.p[s.n - 1] == '%')
		s.n--;
	if (num_f64(s, &d) && d >= 0 && d <= 100)
		return (uint8_t)(d < 1 && slice_find(s, '.') < s.n ? d * 100 : d);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_eq_nocase(s, words[i].word))
			return words[i].value;
	return INTEL_UNKNOWN;
}

/* A date alone is its begin; epoch numbers by their digits. */
bool
time_of(struct slice s, int64_t *seconds)
{
	struct buf b = {0};
	struct stamp at;
	bool zoned, ok;

	s = slice_trim(s);
	buf_slice_add(&b, s);
	if (s.n == 10 && s.p[4] == '-')
		buf_lit(&b, "T00:00:00Z");
	ok = stamp_iso(buf_slice(&b), &at, &zoned) || (s.n >= 9 && stamp_epoch(s, &at));
	*seconds = at.s;
	buf_free(&b);
	return ok;
}

/* 8-4-4-4-12 hex digits, perhaps behind "indicator--". */
bool
uuid_of(struct slice s, unsigned char id[16])
{
	struct slice tail = s.n > 36 ? slice_from(s, s.n - 36) : s;
	size_t n = 0;

	if (tail.n != 36 || (s.n > 36 && !slice_ends(slice_head(s, s.n - 36), SLICE("--"))))
		return false;
	for (size_t i = 0; i < 36;) {
		uint64_t byte;

		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (tail.p[i++] != '-')
				return false;
			continue;
		}
		if (!num_hex(slice_of(tail.p + i, 2), &byte))
			return false;
		id[n++] = (unsigned char)byte;
		i += 2;
	}
	return true;
}
