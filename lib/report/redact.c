#include "lib/report/redact.h"

/* What stands before a secret.  `sep`: '=' the word is followed by = or : (quotes and blanks allowed), ' ' by blanks. */
struct lead {
	struct slice word;
	char sep;
	size_t least;			/* a shorter secret is none */
};
static const struct lead leads[] = {
	{SLICE_INIT("password"), '=', 1}, {SLICE_INIT("passwd"), '=', 1}, {SLICE_INIT("passphrase"), '=', 1}, {SLICE_INIT("pwd"),
	    '=', 1},
	{SLICE_INIT("pass"), '=', 1}, {SLICE_INIT("secret"), '=', 1}, {SLICE_INIT("token"), '=', 6}, {SLICE_INIT("api_key"), '=',
	    4},
	{SLICE_INIT("apikey"), '=', 4}, {SLICE_INIT("api-key"), '=', 4}, {SLICE_INIT("access_key"), '=', 4},
	    {SLICE_INIT("accountkey"), '=', 4},
	{SLICE_INIT("sharedaccesskey"), '=', 4}, {SLICE_INIT("/p"), '=', 1}, {SLICE_INIT("/rp"), '=', 1},
	{SLICE_INIT("-pw"), ' ', 1}, {SLICE_INIT("-password"), ' ', 1}, {SLICE_INIT("-passwd"), ' ', 1}, {SLICE_INIT("-pass"),
	    ' ', 1},
	{SLICE_INIT("/rp"), ' ', 1}, {SLICE_INIT("sshpass -p"), ' ', 1}, {SLICE_INIT("bearer"), ' ', 8}, {SLICE_INIT("basic"),
	    ' ', 8},
	{SLICE_INIT("convertto-securestring -string"), ' ', 1}, {SLICE_INIT("convertto-securestring"), ' ', 1},
};

static bool
word_char(char c)
{
	return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t
skip_blanks(struct slice s, size_t at)
{
	while (at < s.n && blank(s.p[at]))
		at++;
	return at;
}

/* The secret that starts at `at`: up to its closing quote, or to a blank or what ends a parameter. */
static struct redact_span
secret_at(struct slice s, size_t at)
{
	size_t from, to;
	char quote = 0;

	at = skip_blanks(s, at);
	if (at < s.n && s.p[at] == '\\' && at + 1 < s.n && s.p[at + 1] == '"')
		at++;
	if (at < s.n && (s.p[at] == '"' || s.p[at] == '\''))
		quote = s.p[at++];
	for (from = to = at; to < s.n; to++)
		if (quote ? s.p[to] == quote : blank(s.p[to]) || s.p[to] == '&' || s.p[to] == ';' || s.p[to] == '"' ||
		    s.p[to] == '\'' ||
		    s.p[to] == ',' || s.p[to] == '}' || s.p[to] == ')')
			break;
	return (struct redact_span){from, to - from};
}

static bool
lead_at(struct slice s, size_t at, struct redact_span *found)
{
	if (s.n - at < 3)
		return false;
	/* Two letters tell nearly all apart: this runs at every place of every text. */
	for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
		const struct lead *l = &leads[i];
		size_t after = at + l->word.n;

		if ((s.p[at + 1] | 0x20) != l->word.p[1] || (s.p[at] | 0x20) != l->word.p[0] ||
		    !slice_starts_nocase(slice_from(s, at), l->word))
			continue;
		if (l->sep == ' ' && (after >= s.n || !blank(s.p[after])))
			continue;
		if (l->sep == '=') {
			if (after < s.n && (s.p[after] == '"' || s.p[after] == '\''))
				after++;
			after = skip_blanks(s, after);
			if (after >= s.n || (s.p[after] != '=' && s.p[after] != ':'))
				continue;
			after++;
		}
		*found = secret_at(s, after);
		if (found->n >= l->least && s.p[found->at] != '-' && s.p[found->at] != '$')
			return true;
	}
	return false;
}

static bool
base64url(char c)
{
	return word_char(c) || c == '-';
}

/* RFC 7519: three parts of base64url; the first is an object, so it starts with eyJ. */
static bool
jwt_at(struct slice s, size_t at, struct redact_span *found)
{
	size_t to = at, dots = 0;

	if (!slice_starts(slice_from(s, at), SLICE("eyJ")))
		return false;
	while (to < s.n && (base64url(s.p[to]) || (s.p[to] == '.' && dots < 2)))
		dots += s.p[to++] == '.';
	*found = (struct redact_span){at, to - at};
	return dots == 2 && found->n > 16;
}

static bool
aws_at(struct slice s, size_t at, struct redact_span *found)
{
	size_t n = 4;
	struct slice t = slice_from(s, at);

	if (!slice_starts(t, SLICE("AKIA")) && !slice_starts(t, SLICE("ASIA")))
		return false;
	while (n < t.n && ((t.p[n] >= 'A' && t.p[n] <= 'Z') || (t.p[n] >= '0' && t.p[n] <= '9')))
		n++;
	*found = (struct redact_span){at, n};
	return n == 20;
}

static bool
key_at(struct slice s, size_t at, struct redact_span *found)
{
	struct slice t = slice_from(s, at);
	size_t head = slice_find_slice(slice_head(t, 48), SLICE("PRIVATE KEY-----"));
	size_t end;

	if (!slice_starts(t, SLICE("-----BEGIN ")) || head >= slice_head(t, 48).n)
		return false;
	end = slice_find_slice(slice_from(t, head), SLICE("-----END "));
	*found = (struct redact_span){at + head + 16, 0};
	found->n = end < t.n - head ? at + head + end - found->at : s.n - found->at;
	return found->n > 0;
}

/* RFC 3986 section 3.2.1: scheme://user:password@host. */
static bool
userinfo_at(struct slice s, size_t at, struct redact_span *found)
{
	size_t to = at + 3, colon = 0;

	if (!slice_starts(slice_from(s, at), SLICE("://")))
		return false;
	for (; to < s.n && !blank(s.p[to]) && s.p[to] != '/' && s.p[to] != '@' && s.p[to] != '"'; to++)
		if (s.p[to] == ':' && !colon)
			colon = to + 1;
	*found = (struct redact_span){colon, to - colon};
	return colon && to < s.n && s.p[to] == '@' && to > colon;
}

/* The word that ends before `at`. */
static struct redact_span
word_before(struct slice s, size_t at)
{
	size_t to = at, from;

	while (to > 0 && blank(s.p[to - 1]))
		to--;
	for (from = to; from > 0 && !blank(s.p[from - 1]); from--)
		;
	return (struct redact_span){from, to - from};
}

/* net use \\host\share PASS /user:NAME, and with the password behind the name. */
static bool
net_use_at(struct slice s, size_t at, struct redact_span *found)
{
	struct slice t = slice_from(s, at);
	size_t user, after;

	if (!slice_starts_nocase(t, SLICE("use ")) || !slice_ends_nocase(slice_trim(slice_head(s, at)), SLICE("net")))
		if (!slice_ends_nocase(slice_trim(slice_head(s, at)), SLICE("net.exe")) || !slice_starts_nocase(t, SLICE("use ")))
			return false;
	for (user = 4; user + 2 < t.n; user++)
		if (blank(t.p[user]) && slice_starts_nocase(slice_from(t, user + 1), SLICE("/u")))
			break;
	if (user + 2 >= t.n)
		return false;
	*found = word_before(s, at + user);
	if (found->n && s.p[found->at] != '\\' && s.p[found->at] != '*' && s.p[found->at + found->n - 1] != ':' &&
	    found->at > at + 3)
		return true;
	for (after = user + 1; after < t.n && !blank(t.p[after]); after++)
		;
	*found = secret_at(s, at + after);
	return found->n && s.p[found->at] != '/';
}

static bool
secret_here(struct slice s, size_t at, struct redact_span *found)
{
	bool begins = at == 0 || !word_char(s.p[at - 1]);

	switch (s.p[at]) {
	case 'e':
		return jwt_at(s, at, found);
	case ':':
		return userinfo_at(s, at, found);
	case 'u': case 'U':
		return begins && net_use_at(s, at, found);
	case '-':
		return key_at(s, at, found) || lead_at(s, at, found);
	case 'A':
		return (begins && aws_at(s, at, found)) || lead_at(s, at, found);
	case 'a': case 'b': case 'B': case 'c': case 'C': case 'p': case 'P': case 's': case 'S': case 't': case 'T': case '/':
		return lead_at(s, at, found);
	default:
		return false;
	}
}

size_t
redact_find(struct slice s, struct redact_span span[REDACT_MAX])
{
	size_t n = 0;

	for (size_t at = 0; at < s.n; at++) {
		struct redact_span found;

		if (!secret_here(s, at, &found) || (n && found.at < span[n - 1].at + span[n - 1].n))
			continue;
		if (n + 1 == REDACT_MAX)
			found.n = s.n - found.at;
		span[n++] = found;
		if (n == REDACT_MAX)
			break;
		/* The lead stays readable; nothing is sought inside a secret. */
		if (found.at + found.n > at)
			at = found.at + found.n - 1;
	}
	return n;
}

static void
put_number(struct redactor *r, struct slice secret, struct buf *out)
{
	bool made;
	struct map_row *row = map_put(&r->secret, secret, &made);

	if (made)
		row->v.u = r->secret.n;
	buf_lit(out, "[redacted ");
	buf_u64(out, row->v.u);
	buf_byte(out, ']');
}

/* The longest mask that stands at `at`; 0: none. */
static size_t
mask_at(const struct redactor *r, struct slice s, size_t at, size_t *which)
{
	size_t n = 0;

	for (size_t i = 0; i < r->masks; i++)
		if (r->mask[i].n > n && slice_starts_nocase(slice_from(s, at), r->mask[i])) {
			n = r->mask[i].n;
			*which = i;
		}
	return n;
}

/* s with its names masked, in r->masked; s itself if none stands in it. */
static struct slice
mask(struct redactor *r, struct slice s, size_t *len)
{
	size_t at = 0, which = 0, n;

	buf_reset(&r->masked);
	for (size_t i = 0; i < s.n; i += n ? n : 1) {
		n = mask_at(r, s, i, &which);
		if (n == 0)
			continue;
		buf_add(&r->masked, s.p + at, i - at);
		buf_lit(&r->masked, "[masked ");
		buf_u64(&r->masked, which + 1);
		buf_byte(&r->masked, ']');
		at = i + n;
	}
	if (at == 0)
		return s;
	buf_add(&r->masked, s.p + at, s.n - at);
	/* Where the match stood is no longer known. */
	if (len)
		*len = 0;
	return buf_slice(&r->masked);
}

void
redact_add(struct redactor *r, struct slice s, struct buf *out, size_t *off, size_t *len)
{
	struct redact_span span[REDACT_MAX];
	size_t n, at = 0, began = out->n, off_in = off ? *off : 0, len_in;

	if (r->masks)
		s = mask(r, s, len);
	len_in = len ? *len : 0;
	n = r->off ? 0 : redact_find(s, span);

	for (size_t i = 0; i < n; i++) {
		size_t end = span[i].at + span[i].n;

		buf_add(out, s.p + at, span[i].at - at);
		put_number(r, slice_of(s.p + span[i].at, span[i].n), out);
		at = end;
		if (off && end <= off_in)
			*off = off_in + (out->n - began) - end;
		else if (len && span[i].at < off_in + len_in)
			*len = 0;
	}
	buf_add(out, s.p + at, s.n - at);
}

void
redact_free(struct redactor *r)
{
	map_free(&r->secret);
	buf_free(&r->masked);
}
