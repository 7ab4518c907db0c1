/* RFC 3164 section 4.1 and its relatives: PRI, time, host and tag may each be absent. */
#include "lib/format/syslog.h"

#include "lib/base/addr.h"
#include "lib/base/num.h"

static struct slice
unblank(struct slice s)
{
	while (s.n && s.p[0] == ' ')
		s = slice_from(s, 1);
	return s;
}

/* <auth.info>, as syslogd -vv of the BSDs writes it behind the time. */
static struct slice
without_names(struct slice s)
{
	size_t end;

	if (s.n == 0 || s.p[0] != '<')
		return s;
	end = slice_find(s, '>');
	if (end == s.n || end > 24 || slice_find(slice_head(s, end), '.') == end)
		return s;
	return unblank(slice_from(s, end + 1));
}

/* Bytes that a program's name may have. */
static inline bool
tag_byte(char c)
{
	char low = (char)(c | 0x20);

	/* From * to 9 all but the comma. */
	return (low >= 'a' && low <= 'z') || (c >= '*' && c <= '9' && c != ',') || c == '_' || c == '@' || c == '%';
}

/* `[name]` and `[name][pid]`, as some daemons write themselves; the length with brackets, 0: none. */
static size_t
bracketed(struct slice s, struct slice *name)
{
	size_t n = 1;

	if (s.n < 3 || s.p[0] != '[')
		return 0;
	while (n < s.n && tag_byte(s.p[n]))
		n++;
	if (n == s.n || s.p[n] != ']' || n == 1 || num_digit(s.p[1]))
		return 0;
	*name = slice_of(s.p + 1, n - 1);
	return n + 1;
}

/*
 * TAG: name, perhaps `(pam_unix)`, perhaps `[pid]`, and a colon that may be left out behind a bracket.  Fills s and moves
 * *rest behind it; false: the word is no tag.
 */
static bool
tag(struct slice *rest, struct syslog *s)
{
	struct slice in = *rest, name = {0};
	size_t n = bracketed(in, &name);
	bool closed = n > 0;

	if (n == 0) {
		while (n < in.n && tag_byte(in.p[n]))
			n++;
		name = slice_head(in, n);
	}
	/* %ASA-4-106023: is a message of Cisco's and its name in one. */
	if (n == 0 || n == in.n || in.p[0] == '%')
		return false;
	if (in.p[n] == '(') {
		size_t end = slice_find(slice_from(in, n), ')');

		if (n + end == in.n || slice_find(slice_head(slice_from(in, n), end), ' ') < end)
			return false;
		s->pam = slice_eq(slice_head(slice_from(in, n), end), SLICE("(pam_unix"));
		n += end + 1;
		closed = true;
	}
	if (n < in.n && in.p[n] == '[') {
		size_t end = slice_find(slice_from(in, n), ']');

		if (n + end == in.n || end < 2 || end > 32)
			return false;
		s->procid = slice_head(slice_from(in, n + 1), end - 1);
		n += end + 1;
		closed = true;
	}
	if (n < in.n && in.p[n] == ':')
		n++;
	else if (!closed || (n < in.n && in.p[n] != ' '))
		return false;
	if (n < in.n && in.p[n] != ' ' && in.p[n - 1] == ':' && !closed)
		return false;
	s->app = name;
	*rest = unblank(slice_from(in, n));
	return true;
}

/* [ID 800047 auth.notice], Solaris: msgid(1M). */
static void
solaris_id(struct syslog *s)
{
	struct slice m = s->msg;
	uint64_t v;
	size_t n, end;

	if (!body_skip(&m, SLICE("[ID ")))
		return;
	n = num_digits(m, 10, &v);
	end = slice_find(m, ']');
	if (n == 0 || n >= m.n || m.p[n] != ' ' || end == m.n)
		return;
	s->msgid = slice_head(m, n);
	s->msg = unblank(slice_from(m, end + 1));
}

/* `192.0.2.1: `, as Cisco writes itself: a host, though it looks like a tag. */
static bool
is_address(struct slice s)
{
	size_t n = slice_find(s, ' ');
	struct addr a;

	return n > 1 && num_digit(s.p[0]) && s.p[n - 1] == ':' && addr_read(slice_head(s, n - 1), &a);
}

/*
 * `123: *Mar  2 08:00:04.123: `, Cisco IOS: a running number and a mark of a clock that is not set; how much stands before
 * the time.
 */
static size_t
numbered(struct slice s)
{
	uint64_t v;
	size_t n = num_digits(s, 10, &v);

	if (n == 0 || n + 2 >= s.n || s.p[n] != ':' || s.p[n + 1] != ' ')
		return 0;
	n += 2;
	if (s.p[n] == '*' || s.p[n] == '.')
		n++;
	return slice_find(slice_from(s, n), '%') < 40 ? n : 0;
}

bool
syslog_3164(struct slice line, struct syslog *s)
{
	struct slice rest = line, after, host;
	bool timed;
	size_t n;

	*s = (struct syslog){.pri = -1};
	rest = slice_from(rest, syslog_pri(rest, &s->pri));
	if (rest.n && num_digit(rest.p[0]))
		rest = slice_from(rest, numbered(rest));
	n = syslog_time(rest, &s->time);
	timed = n > 0;
	rest = without_names(unblank(slice_from(rest, n)));
	if (timed && rest.n && rest.p[0] == ':')
		rest = unblank(slice_from(rest, 1));
	if (timed && s->time.kind == CLOCK_LOCAL && syslog_exim_line(rest)) {
		s->app = SLICE("exim");
	} else if (timed && slice_starts(rest, SLICE("auth(")) && slice_has(rest, SLICE(")<"))) {
		/* Dovecot 2.4's own log: what stands in the brackets belongs to the message. */
		s->app = SLICE("auth");
	} else if (timed && slice_starts(rest, SLICE("[pid ")) && slice_has(rest, SLICE(": Client \""))) {
		s->app = SLICE("vsftpd");
	} else if (is_address(rest) || !tag(&rest, s)) {
		n = slice_find(rest, ' ');
		host = slice_head(rest, n);
		after = unblank(slice_from(rest, n));
		if (is_address(rest))
			host.n--;
		/* date=2026-03-02, %ASA-: no host, but the message's own first word. */
		if (slice_find(host, '=') == host.n && host.n && host.p[0] != '%' && (tag(&after, s) || timed)) {
			s->host = host;
			rest = after;
		}
		/* HOST : %ASA-4-106023: text */
		if (s->host.n && s->app.n == 0 && rest.n > 2 && rest.p[0] == ':' && rest.p[1] == ' ')
			rest = unblank(slice_from(rest, 1));
	}
	s->msg = rest;
	solaris_id(s);
	return timed || s->pri >= 0 || (s->host.n && s->procid.n);
}
