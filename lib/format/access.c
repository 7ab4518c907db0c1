/*
 * Access logs of web servers: NCSA common and combined, Apache's vhost_combined, nginx.  Quoted text is as the server
 * escaped it: Apache writes \" \\ \n \xhh, nginx \xHH; raw keeps that, the normalised fields have printable characters back.
 */
#include "lib/format/format.h"

#include "lib/base/addr.h"
#include "lib/base/num.h"

enum { LINES_LOOKED = 20, METHOD_MAX = 24 };

struct access {
	struct slice vhost, host, user;	/* user: what stands behind ident, blanks and all */
	struct slice time, request, status, bytes;
	struct slice referer, agent, rest;
	bool quoted;			/* referer and agent are there */
	struct stamp at;
	bool utc, local;
};

/* ---- the line's parts ------------------------------------------------------------------------------ */

static struct slice
word(struct slice *s)
{
	size_t n = slice_find(*s, ' ');
	struct slice w = slice_head(*s, n);

	*s = slice_from(*s, n + 1);
	return w;
}

/* dd/Mon/yyyy:hh:mm:ss[.frac] +hhmm, or ISO 8601 */
static bool
read_time_anew(struct slice s, struct access *a)
{
	char iso[40] = "0000-00-00T", day[40];
	int month, n = 11;
	bool zoned = false;

	/* Some write the day without its zero. */
	if (s.n >= 19 && s.n <= 33 && s.p[1] == '/' && s.p[5] == '/') {
		day[0] = '0';
		memcpy(day + 1, s.p, s.n);
		s = slice_of(day, s.n + 1);
	}
	if (s.n >= 20 && s.n <= 34 && s.p[2] == '/' && s.p[6] == '/' && s.p[11] == ':') {
		month = stamp_month(slice_of(s.p + 3, 3));
		if (month == 0)
			return false;
		memcpy(iso, s.p + 7, 4);
		iso[5] = (char)('0' + month / 10);
		iso[6] = (char)('0' + month % 10);
		memcpy(iso + 8, s.p, 2);
		for (size_t i = 12; i < s.n; i++)
			if (s.p[i] != ' ')
				iso[n++] = s.p[i];
		s = slice_of(iso, (size_t)n);
	}
	if (s.n < 19 || !stamp_iso(s, &a->at, &zoned))
		return false;
	a->local = !zoned;
	a->utc = slice_ends(s, SLICE("+0000")) || slice_ends(s, SLICE("+00:00")) || slice_ends(s, SLICE("Z"));
	return true;
}

/* Neighbours are mostly of the same second. */
static bool
read_time(struct slice s, struct access *a, struct format_clock *last)
{
	if (last && last->n && slice_eq(s, slice_of(last->text, last->n))) {
		a->at = last->at;
		a->utc = last->utc;
		return true;
	}
	if (!read_time_anew(s, a))
		return false;
	if (last && !a->local && s.n <= sizeof last->text) {
		memcpy(last->text, s.p, s.n);
		last->n = (uint8_t)s.n;
		last->at = a->at;
		last->utc = a->utc;
	}
	return true;
}

/* The next `] "` from `at`; line.n: none. */
static size_t
time_end(struct slice line, size_t at)
{
	for (;; at++) {
		at += slice_find(slice_from(line, at), ']');
		if (at + 2 >= line.n)
			return line.n;
		if (line.p[at + 1] == ' ' && line.p[at + 2] == '"')
			return at;
	}
}

/*
 * Cuts line at `[time] "`: the user before it may hold brackets, but no quote that is not escaped, so the first such place
 * is the time's.
 */
static bool
cut_time(struct slice line, struct access *a, struct format_clock *last, struct slice *head, struct slice *tail)
{
	size_t at = 0;

	for (;;) {
		size_t close = time_end(line, at), open;

		if (close >= line.n)
			return false;
		open = slice_rfind(slice_head(line, close), '[');
		a->time = slice_of(line.p + open + 1, close - open - 1);
		if (open < close && open > 0 && line.p[open - 1] == ' ' && read_time(a->time, a, last)) {
			*head = slice_head(line, open - 1);
			*tail = slice_from(line, close + 3);
			return true;
		}
		at = close + 1;
	}
}

/* [vhost] host ident user */
static void
cut_head(struct slice s, struct access *a)
{
	struct slice first = word(&s), rest = s, second = slice_head(s, slice_find(s, ' '));
	struct addr addr;

	a->host = first;
	if (second.n > 1 && addr_read(second, &addr) && !addr_read(first, &addr)) {
		a->vhost = first;
		a->host = word(&rest);
	}
	(void)word(&rest);
	a->user = rest;
}

static bool
status_follows(struct slice s)
{
	return s.n >= 4 && s.p[0] == ' ' && ((num_digit(s.p[1]) && num_digit(s.p[2]) && num_digit(s.p[3]) && (s.n == 4 ||
	    s.p[4] == ' ')) ||
	    (s.p[1] == '-' && s.p[2] == ' '));
}

/* The place of the quote that ends quoted text; s.n: none. */
static size_t
quote_end(struct slice s)
{
	size_t at = 0;

	for (;;) {
		size_t back = 0;

		at += slice_find(slice_from(s, at), '"');
		if (at >= s.n)
			return s.n;
		while (back < at && s.p[at - 1 - back] == '\\')
			back++;
		if (back % 2 == 0)
			return at;
		at++;
	}
}

/* The request ends at a quote, not escaped, that a status follows: a server that does not escape leaves others inside. */
static bool
cut_request(struct slice *s, struct access *a)
{
	size_t at = 0;

	for (;;) {
		at += quote_end(slice_from(*s, at));
		if (at >= s->n)
			return false;
		if (status_follows(slice_from(*s, at + 1)))
			break;
		at++;
	}
	a->request = slice_head(*s, at);
	*s = slice_from(*s, at + 2);
	a->status = word(s);
	a->bytes = word(s);
	return true;
}

static bool
cut_quoted(struct slice *s, struct slice *out)
{
	size_t end;

	if (s->n < 2 || s->p[0] != '"')
		return false;
	end = quote_end(slice_from(*s, 1));
	if (end + 1 >= s->n)
		return false;
	*out = slice_of(s->p + 1, end);
	*s = slice_from(*s, end + 2);
	while (s->n && s->p[0] == ' ')
		*s = slice_from(*s, 1);
	return true;
}

static bool
cut(struct slice line, struct access *a, struct format_clock *last)
{
	struct slice head, tail;
	uint64_t n;

	*a = (struct access){0};
	if (!cut_time(line, a, last, &head, &tail) || !cut_request(&tail, a))
		return false;
	cut_head(head, a);
	if (a->host.n == 0 || (a->bytes.n && !slice_eq(a->bytes, SLICE("-")) && !num_u64(a->bytes, &n)))
		return false;
	a->quoted = cut_quoted(&tail, &a->referer) && cut_quoted(&tail, &a->agent);
	a->rest = tail;
	return true;
}

static int
sniff(struct slice head)
{
	struct slice rest = head;
	struct access a;
	int lines = 0, good = 0;

	while (rest.p && lines < LINES_LOOKED) {
		struct slice line = slice_trim(slice_cut(&rest, '\n'));

		if (line.n == 0)
			continue;
		/* The head's last line may be cut. */
		if (rest.p == NULL && lines)
			break;
		lines++;
		good += cut(line, &a, NULL);
	}
	return lines ? good * 96 / lines : 0;
}

/* ---- an event out of it ---------------------------------------------------------------------------- */

static int
hex(char c)
{
	return num_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Escapes of printable ASCII characters taken back. */
static struct slice
plain(struct event *e, struct format_room *room, struct slice s)
{
	if (slice_find(s, '\\') == s.n)
		return s;
	buf_reset(&room->scratch);
	for (size_t i = 0; i < s.n; i++) {
		int v = -1;

		if (s.p[i] == '\\' && i + 3 < s.n && s.p[i + 1] == 'x' && hex(s.p[i + 2]) >= 0 && hex(s.p[i + 3]) >= 0)
			v = hex(s.p[i + 2]) * 16 + hex(s.p[i + 3]);
		if (v >= 0x20 && v < 0x7f) {
			buf_byte(&room->scratch, (char)v);
			i += 3;
		} else if (s.p[i] == '\\' && i + 1 < s.n && (s.p[i + 1] == '"' || s.p[i + 1] == '\\')) {
			buf_byte(&room->scratch, s.p[++i]);
		} else {
			buf_byte(&room->scratch, s.p[i]);
		}
	}
	return event_keep(e, buf_slice(&room->scratch));
}

/* An HTTP method: upper case letters, and what WebDAV and its kin put between. */
static size_t
method(struct slice s)
{
	size_t n = 0;

	while (n < s.n && n <= METHOD_MAX && ((s.p[n] >= 'A' && s.p[n] <= 'Z') || s.p[n] == '-' || s.p[n] == '_'))
		n++;
	return n > 1 && n <= METHOD_MAX && n < s.n && s.p[n] == ' ' ? n : 0;
}

/* scheme://authority of an absolute request target (RFC 9112 section 3.2.2); returns what follows it. */
static struct slice
authority(struct event *e, struct slice uri)
{
	size_t colon = slice_find_slice(uri, SLICE("://")), end;
	struct slice host;

	if (colon > 8)
		return uri;
	host = slice_from(uri, colon + 3);
	for (end = 0; end < host.n && host.p[end] != '/' && host.p[end] != '?'; end++)
		;
	event_set(e, F_url_full, uri);
	uri = slice_from(host, end);
	host = slice_head(host, end);
	host = slice_from(host, slice_rfind(host, '@') + 1 > host.n ? 0 : slice_rfind(host, '@') + 1);
	if (host.n && host.p[0] != '[')
		host = slice_head(host, slice_rfind(host, ':'));
	event_set(e, F_url_domain, host);
	return uri;
}

static void
set_target(struct event *e, struct format_room *room, struct slice uri, bool connect)
{
	size_t mark = slice_find(uri, '?');
	struct slice text = plain(e, room, uri);

	event_raw_lit(e, "cs-uri-stem", slice_head(uri, mark));
	if (mark < uri.n)
		event_raw_lit(e, "cs-uri-query", slice_from(uri, mark + 1));
	event_set(e, F_url_original, text);
	if (connect) {
		event_set(e, F_url_domain, slice_head(text, slice_rfind(text, ':')));
		return;
	}
	if (text.n && text.p[0] != '/')
		text = authority(e, text);
	mark = slice_find(text, '?');
	event_set(e, F_url_path, slice_head(text, mark));
	if (mark < text.n)
		event_set(e, F_url_query, slice_from(text, mark + 1));
}

/* METHOD target[ HTTP/v]; the target may hold blanks.  What is no request (TLS on a plain port) stays as one piece. */
static void
set_request(struct event *e, struct format_room *room, struct slice s)
{
	size_t n = method(s), last = slice_rfind(s, ' ');
	struct slice version = slice_from(s, last + 1), verb = slice_head(s, n);

	if (n == 0) {
		event_raw_lit(e, "cs-request", s);
		event_set(e, F_url_original, plain(e, room, s));
		return;
	}
	event_set(e, F_http_request_method, verb);
	event_raw_lit(e, "cs-method", verb);
	if (last > n && slice_starts(version, SLICE("HTTP/")))
		s = slice_head(s, last);
	else
		version.n = 0;
	set_target(e, room, slice_from(s, n + 1), slice_eq(verb, SLICE("CONNECT")));
	if (version.n) {
		event_set(e, F_http_version, slice_from(version, 5));
		event_raw_lit(e, "cs-version", version);
	}
}

static void
set_answer(struct event *e, const struct access *a)
{
	event_raw_lit(e, "sc-status", a->status);
	event_set(e, F_http_response_status_code, a->status);
	if (a->status.p[0] >= '1' && a->status.p[0] <= '5')
		event_set(e, F_event_outcome, a->status.p[0] < '4' ? SLICE("success") : SLICE("failure"));
	if (a->bytes.n) {
		event_raw_lit(e, "sc-bytes", a->bytes);
		event_set(e, F_http_response_bytes, a->bytes);
	}
}

static void
set_client(struct event *e, struct format_room *room, const struct access *a)
{
	event_set_address(e, F_source_ip, a->host);
	event_raw_lit(e, "c-ip", a->host);
	if (a->user.n) {
		event_raw_lit(e, "cs-username", a->user);
		if (!slice_eq(a->user, SLICE("\"\"")))
			event_set(e, F_user_name, plain(e, room, a->user));
	}
	if (a->vhost.n) {
		event_raw_lit(e, "cs-host", a->vhost);
		event_set(e, F_url_domain, slice_head(a->vhost, slice_rfind(a->vhost, ':')));
	}
	if (!a->quoted)
		return;
	event_raw_lit(e, "cs-referer", a->referer);
	event_set(e, F_http_request_referrer, plain(e, room, a->referer));
	event_raw_lit(e, "cs-user-agent", a->agent);
	event_set(e, F_user_agent_original, plain(e, room, a->agent));
}

/* A file's name is short, and mostly has not even the word's first letter. */
static bool
named(struct slice name, struct slice word)
{
	for (size_t i = 0; i + word.n <= name.n; i++)
		if (name.p[i] == word.p[0] && slice_starts(slice_from(name, i), word))
			return true;
	return false;
}

static void
set_source(struct event *e, struct slice name)
{
	static const struct {
		struct slice word, product, dataset;
	} servers[] = {
		{SLICE_INIT("nginx"), SLICE_INIT("nginx"), SLICE_INIT("nginx.access")},
		{SLICE_INIT("apache"), SLICE_INIT("apache"), SLICE_INIT("apache.access")},
		{SLICE_INIT("httpd"), SLICE_INIT("apache"), SLICE_INIT("apache.access")},
	};
	size_t i = 0, all = sizeof servers / sizeof *servers;

	while (i < all && !named(name, servers[i].word))
		i++;
	event_set(e, F_event_dataset, i < all ? servers[i].dataset : SLICE("web.access"));
	event_ls(e, i < all ? servers[i].product : (struct slice){NULL, 0}, SLICE("access"), SLICE("webserver"));
}

static void
set_time(struct event *e, const struct format_context *c, const struct access *a)
{
	struct stamp_civil civil;

	e->at = a->at;
	e->timed = true;
	e->tz = a->utc ? SLICE("utc") : SLICE("offset");
	if (a->local) {
		civil = stamp_split(a->at);
		format_time_local(c, e, &civil);
	}
}

static bool
parse(struct slice record, struct format_room *room, struct event *e, bool *skip, struct fault *f)
{
	struct slice line;
	struct access a;
	unsigned quotes;

	if (slice_trim(record).n == 0) {
		*skip = true;
		return true;
	}
	line = format_text_seen(e, record, &quotes);
	if (!cut(line, &a, &room->clock))
		return fault_near(f, "access-line: not host, [time], \"request\" and status", line, 0);
	/* The quotes that were counted are those around the parts: there are none inside. */
	if (quotes == (a.quoted ? 6 : 2) && a.rest.n == 0)
		e->form = FORM_CLEAN;
	set_time(e, room->c, &a);
	event_set(e, F_event_kind, SLICE("event"));
	event_set(e, F_event_category, SLICE("web"));
	event_set(e, F_event_type, SLICE("access"));
	set_source(e, room->c->name);
	event_raw_lit(e, "timestamp", a.time);
	set_client(e, room, &a);
	set_request(e, room, a.request);
	set_answer(e, &a);
	if (a.rest.n)
		event_raw_lit(e, "rest", a.rest);
	return true;
}

static const enum field fields[] = {F_event_kind, F_event_category, F_event_type, F_event_outcome, F_event_dataset,
    F_event_original,
    F_user_name, F_source_ip, F_source_domain, F_source_address, F_http_request_method, F_http_request_referrer,
    F_http_response_status_code, F_http_response_bytes, F_http_version, F_url_original, F_url_full, F_url_domain, F_url_path,
    F_url_query,
    F_user_agent_original, FIELD_COUNT};

const struct format format_access = {
	.name = "access",
	.title = "access logs of Apache, nginx and others: common, combined, vhost_combined",
	.standard = "NCSA common and combined",
	.fields = fields,
	.sniff = sniff,
	.parse = parse,
};
