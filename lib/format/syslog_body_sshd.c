/*
 * OpenSSH's sshd.  A user name may hold anything, ` from 192.0.2.1 port 22` too: what surrounds it is found from the fixed words.
 */
#include "lib/format/syslog.h"

#include "lib/base/num.h"

#define AUTH SLICE("authentication")
#define NET SLICE("network")
#define START SLICE("start")
#define END SLICE("end")
#define FAILURE SLICE("failure")
#define NONE ((struct slice){NULL, 0})

static void
user(struct event *e, struct slice name)
{
	(void)(body_skip(&name, SLICE("invalid user ")) || body_skip(&name, SLICE("illegal user ")) ||
	    body_skip(&name, SLICE("authenticating user ")) || body_skip(&name, SLICE("user ")));
	if (!slice_eq(name, SLICE("<invalid username>")))
		event_set(e, F_user_name, name);
}

/* ADDRESS port N ssh2, then nothing or `: key` */
static bool
peer(struct slice s)
{
	struct slice port;

	(void)body_word(&s);
	if (!body_skip(&s, SLICE("port ")))
		return false;
	port = body_word(&s);
	if (port.n == 0 || port.n > 5 || !num_digit(port.p[0]))
		return false;
	return slice_eq(s, SLICE("ssh2")) || slice_eq(s, SLICE("ssh1")) || slice_starts(s, SLICE("ssh2: ")) || slice_starts(s,
	    SLICE("ssh1: "));
}

/*
 * USER from ADDRESS port N ssh2[: info].  The first ` from ` that the fixed words follow to the end or to `: ` counts,
 * since behind that the client may write; without such words the last.
 */
static void
user_from(struct event *e, struct slice s)
{
	static const struct slice mark = SLICE_INIT(" from ");
	struct slice head = s, tail = NONE;

	for (size_t at = slice_find_slice(s, mark); at < s.n; ) {
		size_t next;

		if (peer(slice_from(s, at + mark.n))) {
			user(e, slice_head(s, at));
			body_source(e, slice_from(s, at + mark.n));
			return;
		}
		next = slice_find_slice(slice_from(s, at + 1), mark);
		at = next == s.n - at - 1 ? s.n : at + 1 + next;
	}
	if (body_split_last(s, mark, &head, &tail))
		body_source(e, tail);
	else if (body_skip(&s, SLICE("from ")))
		body_source(e, s), head = NONE;
	user(e, head);
}

/* [authenticating user|invalid user|user U] ADDRESS port N[:...]: the address stands before the last ` port `. */
static void
user_address(struct event *e, struct slice s)
{
	struct slice head, tail, name, address = s;

	if (body_split_last(s, SLICE(" port "), &head, &tail)) {
		if (body_split_last(head, SLICE(" "), &name, &address)) {
			user(e, name);
			address = slice_from(s, name.n + 1);
		}
	} else if (body_split_last(s, SLICE(" "), &name, &address) && slice_has(name, SLICE("user "))) {
		user(e, name);
	} else {
		address = s;
	}
	body_source(e, address);
}

/* METHOD for USER from ... */
static bool
attempt(struct event *e, struct slice s, struct slice type, struct slice action, struct slice outcome)
{
	struct slice method = body_word(&s);

	if (!body_skip(&s, SLICE("for ")))
		return false;
	body_what(e, AUTH, type, action, outcome);
	(void)method;
	user_from(e, s);
	return true;
}

static void
accepted(struct event *e, struct slice s)
{
	(void)attempt(e, s, START, SLICE("ssh_login"), SLICE("success"));
}

static void
failed(struct event *e, struct slice s)
{
	(void)attempt(e, s, START, SLICE("ssh_login"), FAILURE);
}

static void
postponed(struct event *e, struct slice s)
{
	(void)attempt(e, s, START, SLICE("ssh_login_postponed"), SLICE("unknown"));
}

static void
invalid_user(struct event *e, struct slice s)
{
	body_what(e, AUTH, START, SLICE("ssh_invalid_user"), FAILURE);
	user_from(e, s);
}

static void
no_such_user(struct event *e, struct slice s)
{
	body_what(e, AUTH, START, SLICE("ssh_invalid_user"), FAILURE);
	user(e, s);
}

static void
closed(struct event *e, struct slice s)
{
	body_what(e, NET, END, SLICE("ssh_disconnected"), NONE);
	user_address(e, s);
}

static void
received(struct event *e, struct slice s)
{
	size_t colon = slice_find_slice(s, SLICE(": "));

	body_what(e, NET, END, SLICE("ssh_disconnected"), NONE);
	body_source(e, s);
	event_set(e, F_event_reason, slice_from(s, colon + 2));
}

/* : reason[ for U], or a user, address and reason. */
static void
disconnecting(struct event *e, struct slice s)
{
	struct slice head, tail;
	size_t port = slice_find_slice(s, SLICE(" port "));
	size_t colon = slice_find_slice(slice_from(s, port == s.n ? 0 : port), SLICE(": "));

	body_what(e, NET, END, SLICE("ssh_disconnected"), NONE);
	if (port < s.n && !slice_starts(s, SLICE(": "))) {
		user_address(e, slice_trim(slice_head(s, port + colon)));
		event_set(e, F_event_reason, slice_from(s, port + colon + 2));
		return;
	}
	(void)body_skip(&s, SLICE(": "));
	event_set(e, F_event_reason, s);
	if (!slice_starts(s, SLICE("Too many authentication failures")))
		return;
	event_set(e, F_event_category, AUTH);
	event_set(e, F_event_outcome, FAILURE);
	if (body_split_last(s, SLICE(" for "), &head, &tail))
		user(e, tail);
}

static void
connection(struct event *e, struct slice s)
{
	struct slice head, to, port;

	body_what(e, NET, START, SLICE("ssh_connection"), NONE);
	body_source(e, s);
	if (!body_split_last(s, SLICE(" on "), &head, &to))
		return;
	event_set_address(e, F_destination_ip, body_word(&to));
	if (!body_skip(&to, SLICE("port ")))
		return;
	port = body_word(&to);
	if (port.n && port.n <= 5 && num_digits(port, 5, &(uint64_t){0}) == port.n)
		event_set(e, F_destination_port, port);
}

/* USER [from ADDRESS] not allowed because REASON */
static void
not_allowed(struct event *e, struct slice s)
{
	struct slice who, reason;

	if (!body_split_last(s, SLICE(" not allowed because "), &who, &reason))
		return;
	body_what(e, AUTH, SLICE("denied"), SLICE("ssh_login"), FAILURE);
	event_set(e, F_event_reason, reason);
	user_from(e, who);
}

static void
root_refused(struct event *e, struct slice s)
{
	body_what(e, AUTH, SLICE("denied"), SLICE("ssh_login"), FAILURE);
	event_set(e, F_user_name, SLICE("root"));
	body_source(e, s);
}

/* NAME (ADDRESS), libwrap */
static void
refused(struct event *e, struct slice s)
{
	struct slice head, tail;

	body_what(e, NET, SLICE("denied"), SLICE("ssh_connection"), FAILURE);
	if (body_split_last(s, SLICE(" ("), &head, &tail) && slice_ends(tail, SLICE(")")))
		s = slice_head(tail, tail.n - 1);
	body_source(e, s);
}

/* Authentication failure for USER from ADDRESS[ via ADDRESS] */
static void
pam(struct event *e, struct slice s)
{
	struct slice head, tail;
	size_t at = slice_find_slice(s, SLICE(" for "));

	if (at == s.n)
		return;
	body_what(e, AUTH, START, SLICE("ssh_login"), FAILURE);
	event_set(e, F_event_reason, slice_head(s, at));
	s = slice_trim(slice_from(s, at + 5));
	if (body_split_last(s, SLICE(" via "), &head, &tail) && slice_find(tail, ' ') == tail.n)
		s = head;
	user_from(e, s);
}

static void
attempts(struct event *e, struct slice s)
{
	body_what(e, AUTH, SLICE("denied"), SLICE("ssh_login"), FAILURE);
	event_set(e, F_event_reason, SLICE("maximum authentication attempts exceeded"));
	user_from(e, s);
}

static void
no_identification(struct event *e, struct slice s)
{
	body_what(e, NET, SLICE("error"), SLICE("ssh_no_identification"), FAILURE);
	body_source(e, s);
}

/* 'WHAT THE CLIENT SENT' from ADDRESS port N */
static void
bad_version(struct event *e, struct slice s)
{
	struct slice head, tail;

	body_what(e, NET, SLICE("error"), SLICE("ssh_bad_version"), FAILURE);
	if (body_split_last(s, SLICE(" from "), &head, &tail))
		body_source(e, tail);
}

/* ADDRESS port N: reason */
static void
trouble(struct event *e, struct slice s)
{
	size_t colon = slice_find_slice(s, SLICE(": "));

	body_what(e, NET, SLICE("error"), SLICE("ssh_negotiation"), FAILURE);
	event_set(e, F_event_reason, slice_from(s, colon + 2));
	user_address(e, slice_head(s, colon));
}

static void
timeout(struct event *e, struct slice s)
{
	body_what(e, AUTH, END, SLICE("ssh_login_timeout"), FAILURE);
	body_source(e, s);
}

/* NAME [ADDRESS] failed - POSSIBLE BREAK-IN ATTEMPT! */
static void
reverse(struct event *e, struct slice s)
{
	size_t open = slice_find(s, '['), close = slice_find(s, ']');

	body_what(e, NET, SLICE("info"), SLICE("ssh_reverse_mapping"), FAILURE);
	if (open < close && close < s.n)
		event_set_address(e, F_source_ip, slice_of(s.p + open + 1, close - open - 1));
	event_set(e, F_source_domain, body_word(&s));
}

/* ADDRESS maps to NAME, but this does not map back ... */
static void
maps_to(struct event *e, struct slice s)
{
	struct slice name = s;

	body_what(e, NET, SLICE("info"), SLICE("ssh_reverse_mapping"), FAILURE);
	body_source(e, s);
	(void)body_word(&name);
	if (body_skip(&name, SLICE("maps to ")))
		event_set(e, F_source_domain, slice_head(name, slice_find(name, ',')));
}

/* shell on pts/0 for U from A port P id 0; user U from A port P id 0 */
static void
session(struct event *e, struct slice s, struct slice type)
{
	struct slice who;
	size_t at;

	body_what(e, SLICE("session"), type, SLICE("ssh_session"), NONE);
	if (!body_skip(&s, SLICE("user "))) {
		at = slice_find_slice(s, SLICE(" for "));
		s = slice_from(s, at + 5);
	}
	if (body_split_last(s, SLICE(" from "), &who, &s)) {
		user(e, who);
		body_source(e, s);
	}
}

static void
session_starts(struct event *e, struct slice s)
{
	session(e, s, START);
}

static void
session_closes(struct event *e, struct slice s)
{
	session(e, s, END);
}

/* sftp by user U[ failed, subsystem not found] */
static void
subsystem(struct event *e, struct slice s)
{
	struct slice head, tail;

	body_what(e, SLICE("session"), START, SLICE("ssh_subsystem"), slice_has(s, SLICE(" failed, ")) ? FAILURE :
	    SLICE("success"));
	if (body_split_last(s, SLICE(" by user "), &head, &tail))
		user(e, slice_head(tail, slice_find_slice(tail, SLICE(" failed, "))));
}

static void
bad_files(struct event *e, struct slice s)
{
	body_what(e, AUTH, SLICE("denied"), SLICE("ssh_login"), FAILURE);
	event_set(e, F_event_reason, s);
}

/* What names nobody: the reason alone. */
static void
broken(struct event *e, struct slice s)
{
	(void)s;
	body_what(e, NET, SLICE("error"), SLICE("ssh_negotiation"), FAILURE);
	event_set(e, F_event_reason, event_get(e, F_message));
}

static const struct {
	struct slice head;
	void (*read)(struct event *, struct slice rest);
} messages[] = {
	{SLICE_INIT("Failed "), failed},
	{SLICE_INIT("Accepted "), accepted},
	{SLICE_INIT("Invalid user "), invalid_user},
	{SLICE_INIT("Illegal user "), invalid_user},
	{SLICE_INIT("Connection closed by "), closed},
	{SLICE_INIT("Connection reset by "), closed},
	{SLICE_INIT("Disconnected from "), closed},
	{SLICE_INIT("Received disconnect from "), received},
	{SLICE_INIT("Disconnecting"), disconnecting},
	{SLICE_INIT("Connection from "), connection},
	{SLICE_INIT("Postponed "), postponed},
	{SLICE_INIT("Partial "), postponed},
	{SLICE_INIT("User "), not_allowed},
	{SLICE_INIT("PAM: "), pam},
	{SLICE_INIT("maximum authentication attempts exceeded for "), attempts},
	{SLICE_INIT("Did not receive identification string from "), no_identification},
	{SLICE_INIT("Bad protocol version identification "), bad_version},
	{SLICE_INIT("Magic value check failed "), bad_version},
	{SLICE_INIT("banner exchange: Connection from "), trouble},
	{SLICE_INIT("ssh_dispatch_run_fatal: Connection from "), trouble},
	{SLICE_INIT("Unable to negotiate with "), trouble},
	{SLICE_INIT("Protocol major versions differ for "), trouble},
	{SLICE_INIT("Read error from remote host "), trouble},
	{SLICE_INIT("input_userauth_request: "), no_such_user},
	{SLICE_INIT("ROOT LOGIN REFUSED FROM "), root_refused},
	{SLICE_INIT("refused connect from "), refused},
	{SLICE_INIT("reverse mapping checking getaddrinfo for "), reverse},
	{SLICE_INIT("Address "), maps_to},
	{SLICE_INIT("Starting session: "), session_starts},
	{SLICE_INIT("Close session: "), session_closes},
	{SLICE_INIT("subsystem request for "), subsystem},
	{SLICE_INIT("Authentication refused: "), bad_files},
	{SLICE_INIT("Unable to negotiate a "), broken},
	{SLICE_INIT("no matching "), broken},
	{SLICE_INIT("Read from socket failed: "), broken},
	{SLICE_INIT("kex_exchange_identification: "), broken},
	{SLICE_INIT("Timeout before authentication for connection from "), timeout},
	{SLICE_INIT("Timeout before authentication for "), timeout},
};

/* kernel: [  970.699396] before a message, from journals that mixed two. */
static void
skip_kernel(struct slice *s)
{
	size_t end;

	if (!body_skip(s, SLICE("kernel:")))
		return;
	*s = slice_trim(*s);
	end = slice_find(*s, ']');
	if (s->n && s->p[0] == '[' && end < s->n)
		*s = slice_from(*s, end + 1);
	(void)body_skip(s, SLICE(":"));
	*s = slice_trim(*s);
}

/* Who leaves in the midst of a login, or because no method was good, has failed. */
static bool
gave_up(struct slice s, bool preauth)
{
	if (slice_has(s, SLICE(": Auth fail")) || slice_has(s, SLICE("No supported authentication methods available")))
		return true;
	return preauth && (slice_starts(s, SLICE("authenticating user ")) || slice_starts(s, SLICE("invalid user ")) ||
	    slice_starts(s, SLICE(" invalid user ")) || slice_starts(s, SLICE(" authenticating user ")));
}

void
syslog_body_sshd(struct event *e, struct slice s)
{
	bool preauth;

	s = slice_trim(s);
	if (s.n && s.p[0] == 'k')
		skip_kernel(&s);
	preauth = slice_ends(s, SLICE(" [preauth]"));
	if (preauth)
		s.n -= 10;
	if (s.n && (s.p[0] == 'e' || s.p[0] == 'f'))
		(void)(body_skip(&s, SLICE("error: ")) || body_skip(&s, SLICE("fatal: ")));
	for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
		if (body_skip(&s, messages[i].head)) {
			event_set(e, F_network_protocol, SLICE("ssh"));
			messages[i].read(e, s);
			if ((messages[i].read == closed || messages[i].read == received || messages[i].read == disconnecting) &&
			    gave_up(s, preauth))
				event_set(e, F_event_outcome, FAILURE);
			return;
		}
}
