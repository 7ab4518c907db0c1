/* Mail servers: Postfix and Exim. */
#include "lib/format/syslog.h"

#include "lib/base/addr.h"
#include "lib/base/num.h"

/* ---- NAME[ADDRESS], NAME[ADDRESS]:PORT ---------------------------------------------------------------------------------- */

/* Postfix writes names that it has checked: the first bracket is its own.  False: there is none. */
static bool
client(struct event *e, struct slice s)
{
	size_t open = slice_find(s, '['), close = slice_find(s, ']');
	struct slice name, addr, port;
	struct addr a;
	uint64_t n;

	if (close == s.n || open >= close)
		return false;
	name = slice_head(s, open);
	addr = slice_of(s.p + open + 1, close - open - 1);
	if (!addr_read(addr, &a))
		return false;
	if (name.n && !slice_eq(name, SLICE("unknown")) && slice_find(name, ' ') == name.n)
		event_set(e, F_source_domain, name);
	event_set_address(e, F_source_ip, addr);
	port = slice_from(s, close + 1);
	if (body_skip(&port, SLICE(":")) && num_digits(port, 5, &n) && n <= 65535)
		event_set_u64(e, F_source_port, n);
	return true;
}

/* The value of `name=` up to `end`, <> taken off. */
static struct slice
value(struct slice s, struct slice name, char end)
{
	size_t at = slice_find_slice(s, name);
	struct slice v = slice_from(s, at + name.n);

	if (at == s.n)
		return (struct slice){NULL, 0};
	if (v.n && v.p[0] == '<') {
		v = slice_from(v, 1);
		return slice_head(v, slice_find(v, '>'));
	}
	v = slice_head(v, slice_find(v, end));
	return v.n && v.p[v.n - 1] == ',' ? slice_head(v, v.n - 1) : v;
}

/* ---- Postfix --------------------------------------------------------------------------------------------------------------- */

/* RCPT from NAME[ADDR]: 554 5.7.1 text; from=<> to=<> proto=ESMTP helo=<> */
static void
reject(struct event *e, struct slice s, struct slice action)
{
	size_t at = slice_find_slice(s, SLICE(" from "));
	struct slice rest, why;
	uint64_t code;

	body_what(e, SLICE("email"), SLICE("denied"), action, SLICE("failure"));
	if (at == s.n)
		return;
	rest = slice_from(s, at + 6);
	(void)client(e, rest);
	at = slice_find_slice(rest, SLICE(": "));
	rest = slice_from(rest, at + 2);
	why = slice_head(rest, slice_find_slice(rest, SLICE("; from=")));
	event_set(e, F_event_reason, why);
	if (num_digits(why, 3, &code) == 3)
		event_set(e, F_event_code, slice_head(why, 3));
	rest = slice_from(rest, why.n);
	event_set(e, F_email_from_address, value(rest, SLICE(" from="), ' '));
	event_set(e, F_email_to_address, value(rest, SLICE(" to="), ' '));
}

/* warning: NAME[ADDR]: SASL LOGIN authentication failed: reason[, sasl_username=U] */
static bool
sasl(struct event *e, struct slice s)
{
	size_t at = slice_find_slice(s, SLICE(": SASL ")), failed = slice_find_slice(s, SLICE(" authentication failed"));
	struct slice why, user;
	size_t name;

	if (at == s.n || failed == s.n || failed < at || !client(e, s))
		return false;
	why = slice_from(s, failed + sizeof " authentication failed" - 1);
	(void)body_skip(&why, SLICE(":"));
	why = slice_trim(why);
	/* The service that knows the passwords did not answer: nobody failed. */
	body_what(e, SLICE("authentication"), SLICE("start"), SLICE("smtp_login"),
	    slice_starts(why, SLICE("Connection lost to authentication server")) ? SLICE("unknown") : SLICE("failure"));
	name = slice_find_slice(why, SLICE("sasl_username="));
	user = slice_from(why, name + 14);
	if (name < why.n)
		event_set(e, F_user_name, slice_head(user, slice_find(user, ',')));
	event_set(e, F_event_reason, why);
	return true;
}

/* auth=0/1: none of one try was good. */
static bool
auth_failed(struct slice s)
{
	size_t at = slice_find_slice(s, SLICE(" auth="));
	struct slice v = slice_from(s, at + 6);
	uint64_t good, all;
	size_t n = num_digits(v, 9, &good);

	return at < s.n && n && n < v.n && v.p[n] == '/' && num_digits(slice_from(v, n + 1), 9, &all) && all > good;
}

static void
lost(struct event *e, struct slice s)
{
	size_t from = slice_find_slice(s, SLICE(" from "));
	struct slice step = slice_head(s, from);
	bool late = slice_ends(step, SLICE(" DATA")) || slice_ends(step, SLICE(" AUTH"));

	body_what(e, SLICE("email"), SLICE("end"), SLICE("lost_connection"), late ? SLICE("unknown") : SLICE("failure"));
	(void)client(e, slice_from(s, from + 6));
}

static const struct {
	struct slice head, action;
	bool bad;
} words[] = {
	{SLICE_INIT("improper command pipelining after "), SLICE_INIT("command_pipelining"), true},
	{SLICE_INIT("too many errors after "), SLICE_INIT("too_many_errors"), true},
	{SLICE_INIT("timeout after "), SLICE_INIT("timeout"), false},
	{SLICE_INIT("PREGREET "), SLICE_INIT("pregreet"), true},
	{SLICE_INIT("HANGUP "), SLICE_INIT("hangup"), true},
	{SLICE_INIT("COMMAND TIME LIMIT"), SLICE_INIT("command_time_limit"), true},
	{SLICE_INIT("COMMAND COUNT LIMIT"), SLICE_INIT("command_count_limit"), true},
	{SLICE_INIT("COMMAND LENGTH LIMIT"), SLICE_INIT("command_length_limit"), true},
	{SLICE_INIT("COMMAND PIPELINING"), SLICE_INIT("command_pipelining"), true},
	{SLICE_INIT("NON-SMTP COMMAND"), SLICE_INIT("non_smtp_command"), true},
	{SLICE_INIT("BARE NEWLINE"), SLICE_INIT("bare_newline"), true},
	{SLICE_INIT("warning: Connection rate limit exceeded"), SLICE_INIT("rate_limit"), true},
	{SLICE_INIT("warning: Connection concurrency limit exceeded"), SLICE_INIT("rate_limit"), true},
	{SLICE_INIT("warning: Message delivery request rate limit exceeded"), SLICE_INIT("rate_limit"), true},
	{SLICE_INIT("warning: Recipient address rate limit exceeded"), SLICE_INIT("rate_limit"), true},
	{SLICE_INIT("warning: AUTH command rate limit exceeded"), SLICE_INIT("rate_limit"), true},
	{SLICE_INIT("connect from "), SLICE_INIT("connect"), false},
	{SLICE_INIT("CONNECT from "), SLICE_INIT("connect"), false},
	{SLICE_INIT("PASS "), SLICE_INIT("pass"), false},
	{SLICE_INIT("DNSBL rank "), SLICE_INIT("dnsbl"), true},
	{SLICE_INIT("BLACKLISTED "), SLICE_INIT("denylisted"), true},
	{SLICE_INIT("DENYLISTED "), SLICE_INIT("denylisted"), true},
};

/* The words and then ` from NAME[ADDR]`, ` for [ADDR]` or ` [ADDR]`. */
static bool
by_words(struct event *e, struct slice s)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct slice rest = s;
		size_t at;

		if (!body_skip(&rest, words[i].head))
			continue;
		body_what(e, SLICE("email"), words[i].bad ? SLICE("denied") : SLICE("info"), words[i].action,
		    words[i].bad ? SLICE("failure") : SLICE(""));
		at = slice_find_slice(s, SLICE(" from "));
		rest = at < s.n ? slice_from(s, at + 6) : rest;
		if (!client(e, rest))
			(void)client(e, slice_from(rest, slice_find(rest, '[')));
		return true;
	}
	return false;
}

/* hostname NAME does not resolve to address ADDR[: why] */
static bool
forged(struct event *e, struct slice s)
{
	size_t at = slice_find_slice(s, SLICE(" does not resolve to address "));
	struct slice addr = slice_from(s, at + 29);

	if (at == s.n || !slice_starts(s, SLICE("hostname ")))
		return false;
	body_what(e, SLICE("email"), SLICE("info"), SLICE("name_not_resolved"), SLICE("failure"));
	addr = slice_head(addr, slice_find(addr, ' '));
	if (addr.n && addr.p[addr.n - 1] == ':')
		addr.n--;
	event_set_address(e, F_source_ip, addr);
	return true;
}

/* to=<>, relay=.., status=sent (..) */
static void
delivery(struct event *e, struct slice s)
{
	struct slice status = value(s, SLICE(" status="), ' ');

	event_set(e, F_email_from_address, value(s, SLICE("from="), ' '));
	event_set(e, F_email_to_address, value(s, SLICE("to="), ' '));
	event_set(e, F_email_message_id, value(s, SLICE("message-id="), ' '));
	if (status.n) {
		body_what(e, SLICE("email"), SLICE("info"), SLICE("delivery"), slice_eq(status, SLICE("sent")) ?
		    SLICE("success") :
		    SLICE("failure"));
		event_set(e, F_event_reason, status);
	}
	if (!slice_starts(s, SLICE("client=")))
		return;
	(void)client(e, slice_from(s, 7));
	if (slice_has(s, SLICE("sasl_username="))) {
		body_what(e, SLICE("authentication"), SLICE("start"), SLICE("smtp_login"), SLICE("success"));
		event_set(e, F_user_name, value(s, SLICE("sasl_username="), ','));
	}
}

void
syslog_body_postfix(struct event *e, struct slice s)
{
	struct slice rest = s;
	size_t id = slice_find_slice(s, SLICE(": "));
	bool queued = id < 20 && id > 0 && slice_find(slice_head(s, id), ' ') == id && !slice_eq(slice_head(s, id),
	    SLICE("warning"));

	if (queued)
		rest = slice_from(s, id + 2);
	if (body_skip(&rest, SLICE("reject: ")) || body_skip(&rest, SLICE("milter-reject: "))) {
		reject(e, rest, SLICE("reject"));
	} else if (body_skip(&rest, SLICE("lost connection after "))) {
		lost(e, rest);
	} else if (body_skip(&rest, SLICE("disconnect from "))) {
		body_what(e, SLICE("email"), SLICE("end"), SLICE("disconnect"), auth_failed(rest) ? SLICE("failure") : SLICE(""));
		(void)client(e, rest);
	} else if (!by_words(e, rest)) {
		if (!queued && body_skip(&rest, SLICE("warning: "))) {
			if (!sasl(e, rest))
				(void)forged(e, rest);
		} else if (queued) {
			delivery(e, rest);
		}
	}
}

/* ---- Exim ------------------------------------------------------------------------------------------ */

/* NAME (HELO) [ADDR]:PORT, each name optional; what is in round brackets is the client's word, so the address is the last one. */
static bool
exim_host(struct event *e, struct slice s)
{
	struct slice left = s;
	struct addr a;

	for (;;) {
		size_t close = slice_rfind(left, ']'), open = slice_rfind(slice_head(left, close), '[');
		struct slice addr = slice_of(s.p + open + 1, close > open ? close - open - 1 : 0), name;

		if (close == left.n || open >= close)
			return false;
		left = slice_head(s, open);
		/* ([ADDR]) is what the client calls itself, I=[ADDR] the server. */
		if (!addr_read(addr, &a) || slice_ends(left, SLICE("(")) || slice_ends(left, SLICE("I=")))
			continue;
		name = slice_head(s, slice_find(s, ' '));
		if (name.n && name.p[0] != '(' && name.p[0] != '[')
			event_set(e, F_source_domain, name);
		event_set_address(e, F_source_ip, addr);
		return true;
	}
}

/* What stands between the words and the reason: up to the given mark. */
static void
exim_bad(struct event *e, struct slice host, const char *category, const char *action, struct slice why)
{
	body_what(e, slice_str(category), slice_eq(slice_str(category), SLICE("email")) ? SLICE("denied") : SLICE("start"),
	    slice_str(action),
	    SLICE("failure"));
	(void)exim_host(e, host);
	event_set(e, F_event_reason, slice_trim(why));
}

static bool
exim_auth(struct event *e, struct slice s)
{
	size_t at = slice_find_slice(s, SLICE(" authenticator failed for ")), end, set;
	struct slice rest, who;

	if (at == s.n)
		return false;
	rest = slice_from(s, at + 26);
	/* The helo may hold anything but a bracket that closes: the reason's code follows the address. */
	end = slice_find_slice(rest, SLICE(": 5"));
	exim_bad(e, slice_head(rest, end), "authentication", "smtp_login", slice_from(rest, end + 2));
	set = slice_find_slice(rest, SLICE("(set_id="));
	who = slice_from(rest, set + 8);
	if (set < rest.n)
		event_set(e, F_user_name, slice_head(who, slice_rfind(who, ')')));
	return true;
}

/* H=NAME (HELO) [ADDR]...; the last ` H=` before the verdict, since a quoted command may hold one. */
static struct slice
after_h(struct slice s)
{
	struct slice head, tail;

	if (slice_starts(s, SLICE("H=")))
		return slice_from(s, 2);
	return body_split_last(s, SLICE(" H="), &head, &tail) ? tail : (struct slice){NULL, 0};
}

static bool
exim_rejects(struct event *e, struct slice s)
{
	static const struct slice marks[] = {SLICE_INIT(" sender verify fail for "), SLICE_INIT(" rejected "),
	    SLICE_INIT(" temporarily rejected "),
	    SLICE_INIT(" dropped by "), SLICE_INIT(" AUTH command used when not advertised"),
	    SLICE_INIT(" authentication mechanism not supported")};
	struct slice h = after_h(s);

	if (slice_starts(s, SLICE("SMTP protocol "))) {
		exim_bad(e, h.n ? slice_head(h, slice_find_slice(h, SLICE("put=\""))) : s, "email", "protocol_error", s);
		return true;
	}
	if (!slice_starts(s, SLICE("H=")) && slice_find_slice(s, SLICE(" H=")) == s.n)
		return false;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		size_t at = slice_find_slice(h, marks[i]);

		if (at == h.n)
			continue;
		exim_bad(e, slice_head(h, slice_find_slice(slice_head(h, at), SLICE(" F="))), "email", "reject", slice_from(h,
		    at));
		event_set(e, F_email_from_address, value(slice_head(h, at), SLICE(" F="), ' '));
		event_set(e, F_email_to_address, value(slice_from(h, at), SLICE(" rejected RCPT "), ' '));
		return true;
	}
	return false;
}

static bool
exim_connection(struct event *e, struct slice s)
{
	static const struct {
		struct slice head, action;
	} heads[] = {
		{SLICE_INIT("SMTP call from "), SLICE_INIT("dropped")}, {SLICE_INIT("no MAIL in SMTP connection from "),
		SLICE_INIT("no_mail")},
		{SLICE_INIT("SMTP connection from "), SLICE_INIT("connection")},
		{SLICE_INIT("no host name found for IP address "), SLICE_INIT("no_name")},
		{SLICE_INIT("no IP address found for host "), SLICE_INIT("no_address")},
	};

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		struct slice rest = s;
		size_t end;

		if (!body_skip(&rest, heads[i].head))
			continue;
		end = slice_find_slice(rest, SLICE(" dropped: "));
		end = end == rest.n ? slice_find_slice(rest, SLICE(" closed by ")) : end;
		end = end == rest.n ? slice_find_slice(rest, SLICE(" D=")) : end;
		exim_bad(e, slice_head(rest, end), "email", heads[i].action.p, slice_from(rest, end));
		if (i == 3)
			event_set_address(e, F_source_ip, slice_head(rest, slice_find(rest, ' ')));
		if (i == 2 && end == rest.n)
			event_set(e, F_event_outcome, SLICE("unknown"));
		return true;
	}
	return false;
}

/* [pid] and a message id (1akDqs-0005aQ-9b) may stand first. */
static struct slice
exim_trimmed(struct slice s)
{
	size_t n;

	if (s.n && s.p[0] == '[' && s.n > 1 && num_digit(s.p[1]))
		s = slice_trim(slice_from(s, slice_find(s, ']') + 1));
	n = slice_find(s, ' ');
	if ((n == 16 || n == 23) && s.p[6] == '-')
		s = slice_from(s, n + 1);
	return s;
}

bool
syslog_exim_line(struct slice s)
{
	s = exim_trimmed(s);
	return slice_starts(s, SLICE("H=")) || slice_starts(s, SLICE("SMTP ")) || slice_starts(s, SLICE("no MAIL in SMTP ")) ||
	    slice_starts(s, SLICE("no host name found for IP ")) || slice_starts(s, SLICE("no IP address found for host ")) ||
	    slice_has(slice_head(s, 80), SLICE(" authenticator failed for ")) || slice_starts(s, SLICE("<= ")) || slice_starts(s,
	    SLICE("=> "));
}

void
syslog_body_exim(struct event *e, struct slice s)
{
	/* Behind syslog exim may repeat its own time. */
	if (s.n > 20 && num_digit(s.p[0]) && s.p[4] == '-' && s.p[10] == ' ')
		s = slice_from(s, 20);
	s = exim_trimmed(s);
	if (exim_auth(e, s) || exim_connection(e, s) || exim_rejects(e, s))
		return;
	if (slice_starts(s, SLICE("<= "))) {
		body_what(e, SLICE("email"), SLICE("info"), SLICE("received"), SLICE("success"));
		(void)exim_host(e, after_h(s));
		s = slice_from(s, 3);
		event_set(e, F_email_from_address, body_word(&s));
	} else if (slice_starts(s, SLICE("=> ")) || slice_starts(s, SLICE("-> "))) {
		body_what(e, SLICE("email"), SLICE("info"), SLICE("delivery"), SLICE("success"));
		s = slice_from(s, 3);
		event_set(e, F_email_to_address, body_word(&s));
	}
}
