#include "lib/intel/value.h"

#include "lib/base/num.h"
#include "lib/port/idn.h"

const struct intel_type_row intel_type_row[INTEL_TYPES] = {
#define TYPE(id, name, kind, ecs) [INTEL_##id] = {SLICE_INIT(name), SLICE_INIT(ecs), INTEL_##kind},
#include "lib/intel/types.def"
#undef TYPE
};

static inline char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* ---- names --------------------------------------------------------------------------------------------------------------- */
/* Labels of 1 to 63 bytes (RFC 1035 section 2.3.4); `_` stands in names of services.  A name of numbers alone is an address. */
static bool
labels(struct slice s, bool bare)
{
	size_t label = 0, points = 0;
	bool letter = false;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '.') {
			if (label == 0)
				return false;
			points++;
			label = 0;
			letter = false;
			continue;
		}
		if (++label > 63)
			return false;
		if (c >= 'a' && c <= 'z')
			letter = true;
		else if (!num_digit(c) && c != '-' && c != '_')
			return false;
	}
	return label > 0 && letter && (points > 0 || bare);
}

bool
value_name(struct slice s, bool bare, struct buf *out)
{
	size_t from = out->n;
	char high = 0;

	if (s.n && s.p[s.n - 1] == '.')
		s.n--;
	if (s.n == 0 || s.n > 4 * INTEL_NAME)
		return false;
	buf_room(out, s.n);
	for (size_t i = 0; i < s.n; i++) {
		out->p[from + i] = lower(s.p[i]);
		high |= s.p[i];
	}
	if (!(high & 0x80))
		out->n += s.n;
	else if (!idn_ascii(s, out))
		return false;
	if (out->n - from <= INTEL_NAME && labels(slice_of(out->p + from, out->n - from), bare))
		return true;
	out->n = from;
	return false;
}

/* ---- hashes -------------------------------------------------------------------------------------------------------------- */
static inline int
hex(char c)
{
	if (num_digit(c))
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum intel_type
value_hash_type(size_t bytes)
{
	switch (bytes) {
	case 16:
		return INTEL_md5;
	case 20:
		return INTEL_sha1;
	case 28:
		return INTEL_sha224;
	case 32:
		return INTEL_sha256;
	case 48:
		return INTEL_sha384;
	case 64:
		return INTEL_sha512;
	default:
		return INTEL_TYPES;
	}
}

bool
value_hash(struct slice s, struct buf *out)
{
	unsigned char bytes[INTEL_DIGEST];

	if (s.n % 2 || value_hash_type(s.n / 2) == INTEL_TYPES)
		return false;
	for (size_t i = 0; i < s.n / 2; i++) {
		int high = hex(s.p[2 * i]), low = hex(s.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (unsigned char)(high << 4 | low);
	}
	buf_add(out, bytes, s.n / 2);
	return true;
}

/* ---- what feeds write ---------------------------------------------------------------------------------------------------- */
static const struct {
	struct slice from, to;
} fang[] = {
	{SLICE_INIT("[dot]"), SLICE_INIT(".")}, {SLICE_INIT("(dot)"), SLICE_INIT(".")}, {SLICE_INIT("{dot}"), SLICE_INIT(".")},
	{SLICE_INIT("[://]"), SLICE_INIT("://")}, {SLICE_INIT("[:]"), SLICE_INIT(":")}, {SLICE_INIT("[at]"), SLICE_INIT("@")},
	{SLICE_INIT("(at)"), SLICE_INIT("@")}, {SLICE_INIT("[@]"), SLICE_INIT("@")}, {SLICE_INIT("[.]"), SLICE_INIT(".")},
	{SLICE_INIT("(.)"), SLICE_INIT(".")}, {SLICE_INIT("{.}"), SLICE_INIT(".")}, {SLICE_INIT("[."), SLICE_INIT(".")},
	{SLICE_INIT(".]"), SLICE_INIT(".")}, {SLICE_INIT("[/]"), SLICE_INIT("/")}, {SLICE_INIT("\\."), SLICE_INIT(".")},
};
static const struct {
	struct slice from, to;
} scheme[] = {
	{SLICE_INIT("hxxps"), SLICE_INIT("https")}, {SLICE_INIT("hxxp"), SLICE_INIT("http")}, {SLICE_INIT("h**p"), SLICE_INIT("http")},
	{SLICE_INIT("htxp"), SLICE_INIT("http")}, {SLICE_INIT("meow"), SLICE_INIT("http")}, {SLICE_INIT("fxp"), SLICE_INIT("ftp")},
};

/* Most texts are written as they are. */
static bool
plain(struct slice s)
{
	char c = s.n ? (char)(s.p[0] | 0x20) : '-';

	if (c == 'h' || c == 'm' || c == 'f')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '[' || s.p[i] == '(' || s.p[i] == '{' || s.p[i] == '.' || s.p[i] == '\\')
			if (s.p[i] != '.' || (i + 1 < s.n && s.p[i + 1] == ']'))
				return false;
	return true;
}

void
value_refang(struct slice s, struct buf *out)
{
	if (plain(s)) {
		buf_slice_add(out, s);
		return;
	}
	for (size_t i = 0; i < sizeof scheme / sizeof *scheme; i++)
		if (slice_starts_nocase(s, scheme[i].from) && slice_has(slice_head(s, 12), SLICE(":"))) {
			buf_slice_add(out, scheme[i].to);
			s = slice_from(s, scheme[i].from.n);
			break;
		}
	for (size_t at = 0; at < s.n;) {
		size_t i = 0, rows = sizeof fang / sizeof *fang;

		if (strchr("[({.\\", s.p[at]) == NULL || s.p[at] == '\0')
			i = rows;
		while (i < rows && !slice_starts_nocase(slice_from(s, at), fang[i].from))
			i++;
		if (i < rows)
			buf_slice_add(out, fang[i].to);
		else
			buf_byte(out, s.p[at]);
		at += i < rows ? fang[i].from.n : 1;
	}
}

/* An address, perhaps with a port behind it or in brackets; a prefix. */
static bool
address(struct slice s, struct prefix *net)
{
	size_t colon = slice_rfind(s, ':'), close = slice_find(s, ']');
	uint64_t port;

	if (prefix_read(s, net, NULL))
		return true;
	if (s.n && s.p[0] == '[' && close < s.n && (close + 1 == s.n || s.p[close + 1] == ':'))
		return prefix_read(slice_of(s.p + 1, close - 1), net, NULL) && net->bits == 128;
	return colon < s.n && slice_find(s, ':') == colon && num_u64(slice_from(s, colon + 1), &port) && port < 65536 &&
	    prefix_read(slice_head(s, colon), net, NULL) && net->bits == 128;
}

static bool
domain(struct slice s, struct intel_value *v, bool bare, struct buf *out)
{
	size_t colon = slice_rfind(s, ':');
	uint64_t port;

	if (slice_starts(s, SLICE("*."))) {
		v->scope = INTEL_ONLY_BELOW;
		s = slice_from(s, 2);
	} else if (s.n && s.p[0] == '.') {
		s = slice_from(s, 1);
	}
	if (colon < s.n && num_u64(slice_from(s, colon + 1), &port) && port < 65536)
		s = slice_head(s, colon);
	v->type = INTEL_domain;
	if (!value_name(s, bare, out))
		return false;
	/* A whole top-level domain is no indicator: a single label is a machine's name. */
	if (memchr(out->p + v->at, '.', out->n - v->at) == NULL)
		v->scope = INTEL_ITSELF;
	return true;
}

static bool
url(struct slice s, struct intel_value *v, struct buf *out)
{
	struct intel_span host;

	v->type = INTEL_url;
	return value_url(s, out, &host);
}

static bool
ip(struct slice s, struct intel_value *v)
{
	if (!address(s, &v->net))
		return false;
	v->type = addr_is4(&v->net.a) && v->net.bits >= 96 ? INTEL_ipv4 : INTEL_ipv6;
	return true;
}

static bool
hash(struct slice s, enum intel_type type, struct intel_value *v, struct buf *out)
{
	size_t from = out->n;

	if (!value_hash(s, out))
		return false;
	v->type = type == INTEL_TYPES ? value_hash_type(out->n - from) : type;
	return type == INTEL_TYPES || type >= INTEL_imphash || value_hash_type(out->n - from) == type;
}

/* The narrow kinds first. */
static bool
any(struct slice s, struct intel_value *v, struct buf *out)
{
	struct intel_span host;

	if (hash(s, INTEL_TYPES, v, out) || ip(s, v))
		return true;
	if (slice_has(s, SLICE("://")))
		return url(s, v, out);
	v->type = INTEL_email;
	if (slice_find(s, '@') < s.n && slice_find(s, '/') == s.n)
		return value_email(s, out, &host);
	if (domain(s, v, false, out))
		return true;
	v->scope = INTEL_BELOW;
	return slice_find(s, '/') > 0 && slice_find(s, '/') < s.n && url(s, v, out);
}

static bool
typed(struct slice s, enum intel_type type, struct intel_value *v, struct buf *out)
{
	struct intel_span host;

	switch (type == INTEL_TYPES ? INTEL_KINDS : intel_type_row[type].kind) {
	case INTEL_IP:
		return ip(s, v);
	case INTEL_DOMAIN:
		return domain(s, v, true, out) || (slice_has(s, SLICE("://")) && url(s, v, out));
	case INTEL_URL:
		return url(s, v, out);
	case INTEL_EMAIL:
		v->type = INTEL_email;
		return value_email(s, out, &host);
	case INTEL_HASH:
		return hash(s, type, v, out);
	default:
		return any(s, v, out);
	}
}

bool
value_read(struct slice text, enum intel_type type, struct intel_value *v, struct buf *out)
{
	struct buf plain = {0};
	size_t from = out->n;
	bool ok;

	*v = (struct intel_value){.at = from};
	text = slice_trim(text);
	if (text.n == 0 || text.n > INTEL_URL_MAX)
		return false;
	value_refang(text, &plain);
	ok = typed(buf_slice(&plain), type, v, out);
	v->n = out->n - from;
	if (!ok)
		out->n = from;
	buf_free(&plain);
	return ok;
}
