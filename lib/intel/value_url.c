/* URLs and mail addresses: their canonical forms (RFC 3986 section 6.2.2 and 6.2.3, as far as logs and feeds keep to it). */
#include "lib/intel/value.h"

#include "lib/base/num.h"

static inline bool
scheme_char(char c)
{
	char l = (char)(c | 0x20);

	return (l >= 'a' && l <= 'z') || num_digit(c) || c == '+' || c == '-' || c == '.';
}

/* *rest is moved behind "://"; empty: there is none. */
static struct slice
scheme(struct slice *rest)
{
	size_t n = 0;
	struct slice s = *rest;

	while (n < s.n && n < 32 && scheme_char(s.p[n]))
		n++;
	if (n == 0 || !slice_starts(slice_from(s, n), SLICE("://")))
		return slice_of(s.p, 0);
	*rest = slice_from(s, n + 3);
	return slice_head(s, n);
}

/* An address in its canonical text (IPv6 in brackets), or a name. */
static bool
host(struct slice s, struct buf *out, struct intel_span *where)
{
	struct addr a;
	bool bracket = s.n > 2 && s.p[0] == '[' && s.p[s.n - 1] == ']', ok = true;

	if (bracket)
		s = slice_of(s.p + 1, s.n - 2);
	if (bracket)
		buf_byte(out, '[');
	where->at = out->n;
	if (addr_read(s, &a))
		addr_add(out, &a);
	else
		ok = !bracket && value_name(s, true, out);
	where->n = out->n - where->at;
	if (bracket)
		buf_byte(out, ']');
	return ok;
}

/* Behind the host: nothing, or a colon and digits. */
static bool
port(struct slice s, struct slice scheme, struct buf *out)
{
	uint64_t n;
	bool http = scheme.n == 0 || slice_eq_nocase(scheme, SLICE("http"));

	if (s.n == 0 || (s.n == 1 && s.p[0] == ':'))
		return true;
	if (s.p[0] != ':' || !num_u64(slice_from(s, 1), &n) || n > 65535)
		return false;
	if ((http && n == 80) || (slice_eq_nocase(scheme, SLICE("https")) && n == 443) || (slice_eq_nocase(scheme,
	    SLICE("ftp")) && n == 21))
		return true;
	buf_byte(out, ':');
	buf_u64(out, n);
	return true;
}

static size_t
authority_end(struct slice s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != '/' && s.p[n] != '?' && s.p[n] != '#')
		n++;
	return n;
}

static void
path(struct slice s, struct buf *out)
{
	s = slice_head(s, slice_find(s, '#'));
	if (s.n == 0 || s.p[0] != '/')
		buf_byte(out, '/');
	buf_slice_add(out, s);
}

bool
value_url(struct slice s, struct buf *out, struct intel_span *where)
{
	size_t from = out->n, n, at;
	struct slice by = scheme(&s), authority;

	if (s.n > INTEL_URL_MAX)
		return false;
	n = authority_end(s);
	authority = slice_head(s, n);
	at = slice_rfind(authority, '@');
	if (at < authority.n)
		authority = slice_from(authority, at + 1);
	at = authority.n && authority.p[0] == '[' ? slice_find(authority, ']') + 1 : slice_find(authority, ':');
	if (at > authority.n)
		return false;
	if (by.n && !slice_eq_nocase(by, SLICE("http")) && !slice_eq_nocase(by, SLICE("https"))) {
		for (size_t i = 0; i < by.n; i++)
			buf_byte(out, by.p[i] >= 'A' && by.p[i] <= 'Z' ? (char)(by.p[i] | 0x20) : by.p[i]);
		buf_byte(out, ':');
	}
	if (host(slice_head(authority, at), out, where) && port(slice_from(authority, at), by, out)) {
		path(slice_from(s, n), out);
		return true;
	}
	out->n = from;
	return false;
}

/* "Name <a@b>" is a@b (RFC 5322 section 3.4). */
bool
value_email(struct slice s, struct buf *out, struct intel_span *where)
{
	size_t open = slice_rfind(s, '<'), close = slice_rfind(s, '>'), at, from = out->n;

	if (open < s.n && close < s.n && open < close)
		s = slice_of(s.p + open + 1, close - open - 1);
	s = slice_trim(s);
	if (slice_starts_nocase(s, SLICE("mailto:")))
		s = slice_from(s, 7);
	at = slice_rfind(s, '@');
	if (at == 0 || at >= s.n || at > 255)
		return false;
	for (size_t i = 0; i <= at; i++) {
		if ((unsigned char)s.p[i] <= ' ')
			break;
		buf_byte(out, s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] | 0x20) : s.p[i]);
	}
	where->at = out->n;
	if (out->n - from == at + 1 && value_name(slice_from(s, at + 1), true, out)) {
		where->n = out->n - where->at;
		return true;
	}
	out->n = from;
	return false;
}
