/* What meets the network: FTP servers, the name server, the packet filter. */
#include "lib/format/syslog.h"

#include "lib/base/addr.h"
#include "lib/base/num.h"

/* ---- FTP ------------------------------------------------------------------------------------------------------------------- */

static void
ftp_login(struct event *e, bool good)
{
	body_what(e, SLICE("authentication"), SLICE("start"), SLICE("ftp_login"), good ? SLICE("success") : SLICE("failure"));
	event_lit(e, F_network_protocol, "ftp");
}

/* [pid 12] [user] FAIL LOGIN: Client "ADDR" (vsftpd) */
static bool
vsftpd(struct event *e, struct slice s)
{
	/* FTP response: Client "ADDR", "530 Permission denied." */
	bool refused = slice_has(s, SLICE("FTP response: Client \"")) && slice_has(s, SLICE(", \"530 "));
	size_t ok = slice_find_slice(s, SLICE("OK LOGIN: Client \"")), bad = slice_find_slice(s, refused ?
	    SLICE("FTP response: Client \"") :
	    SLICE("FAIL LOGIN: Client \""));
	struct slice before, addr;

	if (ok == s.n && bad == s.n)
		return false;
	ftp_login(e, ok < bad);
	before = slice_trim(slice_head(s, ok < bad ? ok : bad));
	addr = slice_from(s, ok < bad ? ok + 18 : bad + (refused ? 22 : 20));
	event_set_address(e, F_source_ip, slice_head(addr, slice_find(addr, '"')));
	if (slice_ends(before, SLICE("]"))) {
		size_t open = slice_rfind(before, '[');

		if (open < before.n)
			event_set(e, F_user_name, slice_of(before.p + open + 1, before.n - open - 2));
	}
	return true;
}

/* HOST (NAME[ADDR]): USER u (Login failed): why; ... - SECURITY VIOLATION (ProFTPD).  The server writes the first bracket. */
static bool
proftpd(struct event *e, struct slice s)
{
	size_t open = slice_find(s, '('), at = slice_find(slice_from(s, open), '['), end;
	struct slice rest = slice_from(s, open + at + 1), addr = slice_head(rest, slice_find(rest, ']')), text, user;
	bool good;

	if (open == s.n || addr.n == rest.n || open > 256)
		return false;
	text = slice_from(rest, addr.n + 1);
	while (text.n && (text.p[0] == ')' || text.p[0] == ':' || text.p[0] == ' ' || text.p[0] == '-'))
		text = slice_from(text, 1);
	good = slice_has(text, SLICE("Login successful"));
	if (!good && !slice_has(text, SLICE("Login failed")) && !slice_has(text, SLICE("no such user")) &&
	    !slice_starts_nocase(text, SLICE("SECURITY VIOLATION")) && !slice_starts(text, SLICE("Maximum login attempts")) &&
	    !slice_has(text, SLICE("Incorrect password")))
		return false;
	ftp_login(e, good);
	event_set_address(e, F_source_ip, addr);
	event_set(e, F_event_reason, text);
	if (!slice_starts(text, SLICE("USER ")))
		return true;
	user = slice_from(text, 5);
	end = slice_find_slice(user, SLICE(": no such user found from "));
	end = end < user.n ? end : slice_find_slice(user, SLICE(" (Login failed)"));
	end = end < user.n ? end : slice_find_slice(user, SLICE(": Login successful"));
	event_set(e, F_user_name, slice_head(user, end));
	return true;
}

/* (?@ADDR) [WARNING] Authentication failed for user [u] (Pure-FTPd) */
static void
pure(struct event *e, struct slice s)
{
	size_t at = slice_find(s, '@'), close = slice_find(s, ')'), user = slice_find_slice(s, SLICE(" for user ["));
	struct slice u = slice_from(s, user + 11);

	if (at > close || close == s.n || s.p[0] != '(')
		return;
	if (slice_has(s, SLICE("Authentication failed for user ["))) {
		ftp_login(e, false);
		event_set(e, F_user_name, slice_head(u, slice_rfind(u, ']')));
	} else if (slice_has(s, SLICE(" is now logged in"))) {
		ftp_login(e, true);
		u = slice_trim(slice_from(s, slice_find(s, ']') + 1));
		event_set(e, F_user_name, slice_head(u, slice_find_slice(u, SLICE(" is now logged in"))));
	} else {
		return;
	}
	event_set_address(e, F_source_ip, slice_of(s.p + at + 1, close - at - 1));
}

void
syslog_body_ftp(struct event *e, struct slice s)
{
	if (!vsftpd(e, s) && !proftpd(e, s))
		pure(e, s);
}

/* ---- Dropbear ------------------------------------------------------------------------------------------------------------- */

/* Bad password attempt for 'U' from ADDR:PORT; Exit before auth[ from <ADDR:PORT>]: (user 'U', 10 fails): why */
void
syslog_body_dropbear(struct event *e, struct slice s)
{
	struct slice head, tail, user;
	bool good;
	size_t colon;

	/* [825] Mmm dd hh:mm:ss, said again */
	if (s.n && s.p[0] == '[')
		s = slice_from(s, slice_find(s, ']') + 18);
	good = slice_has(s, SLICE("auth succeeded for '"));
	if (!good && !slice_starts_nocase(s, SLICE("Bad password attempt")) && !slice_starts_nocase(s,
	    SLICE("Login attempt for nonexistent user")) &&
	    !slice_starts(s, SLICE("Exit before auth")) && !slice_starts(s, SLICE("User ")))
		return;
	body_what(e, SLICE("authentication"), SLICE("start"), SLICE("ssh_login"), good ? SLICE("success") : SLICE("failure"));
	event_lit(e, F_network_protocol, "ssh");
	if (slice_starts(s, SLICE("Exit before auth from <"))) {
		tail = slice_from(s, 23);
		tail = slice_head(tail, slice_find(tail, '>'));
		head = s;
	} else if (!body_split_last(s, SLICE(" from "), &head, &tail)) {
		return;
	}
	colon = slice_rfind(tail, ':');
	(void)event_set(e, F_source_port, slice_from(tail, colon + 1));
	event_set_address(e, F_source_ip, slice_head(tail, colon));
	user = slice_from(head, slice_find(head, '\'') + 1);
	if (user.n)
		event_set(e, F_user_name, slice_head(user, slice_find(user, '\'')));
}

/* ---- BIND ------------------------------------------------------------------------------------------ */

/* client [@0x7f..] ADDR#PORT (name): [view v: ]query: NAME IN A +E(0)K (ADDR); query (cache) 'NAME/A/IN' denied */
void
syslog_body_named(struct event *e, struct slice s)
{
	struct slice word, rest, query;
	size_t hash, at;
	uint64_t port;

	for (int i = 0; i < 3 && !slice_starts(s, SLICE("client ")); i++) {
		at = slice_find_slice(s, SLICE(": "));
		s = slice_from(s, at + 2);
	}
	if (!body_skip(&s, SLICE("client ")))
		return;
	if (s.n && s.p[0] == '@')
		(void)body_word(&s);
	word = body_word(&s);
	hash = slice_find(word, '#');
	event_set_address(e, F_source_ip, slice_head(word, hash));
	rest = slice_from(word, hash + 1);
	if (num_digits(rest, 5, &port) && port <= 65535)
		event_set_u64(e, F_source_port, port);
	body_what(e, SLICE("network"), SLICE("protocol"), SLICE("query"), SLICE(""));
	event_lit(e, F_network_protocol, "dns");
	if (slice_has(s, SLICE(" denied"))) {
		body_what(e, SLICE(""), SLICE("denied"), SLICE("query"), SLICE("failure"));
		at = slice_find(s, '\'');
		rest = slice_from(s, at + 1);
		event_set(e, F_dns_question_name, slice_head(rest, slice_find(rest, '/')));
		return;
	}
	at = slice_find_slice(s, SLICE("query: "));
	if (at == s.n)
		return;
	query = slice_from(s, at + 7);
	event_set(e, F_dns_question_name, body_word(&query));
	(void)body_word(&query);
	event_set(e, F_dns_question_type, body_word(&query));
	event_ls(e, (struct slice){0}, (struct slice){0}, SLICE("dns"));
}

/* ---- netfilter ------------------------------------------------------------------------------------- */

static struct slice
value(struct slice s, const char *name)
{
	struct slice n = slice_str(name);
	size_t at = slice_find_slice(s, n);
	struct slice v = slice_from(s, at + n.n);

	return at == s.n ? (struct slice){NULL, 0} : slice_head(v, slice_find(v, ' '));
}

static struct slice
lower(struct event *e, struct slice v)
{
	struct slice copy = event_keep(e, slice_head(v, 32));

	for (size_t i = 0; i < copy.n; i++)
		if (copy.p[i] >= 'A' && copy.p[i] <= 'Z')
			((char *)(uintptr_t)copy.p)[i] |= 0x20;
	return copy;
}

/* What the administrator wrote before IN= (iptables --log-prefix) tells what was done, if anything does. */
static void
filter_verdict(struct event *e, struct slice prefix)
{
	static const char *const bad[] = {"BLOCK", "DROP", "DENY", "DENIED", "REJECT", "INVALID"}, *const good[] = {"ALLOW",
	    "ACCEPT", "PASS"};

	event_set(e, F_event_action, slice_trim(prefix));
	event_set(e, F_rule_name, slice_trim(prefix));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (slice_has(prefix, slice_str(bad[i]))) {
			body_what(e, SLICE("network"), SLICE("denied"), SLICE(""), SLICE("failure"));
			return;
		}
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (slice_has(prefix, slice_str(good[i]))) {
			body_what(e, SLICE("network"), SLICE("allowed"), SLICE(""), SLICE("success"));
			return;
		}
	body_what(e, SLICE("network"), SLICE("connection"), SLICE(""), SLICE(""));
}

static void
filter_raw(struct event *e, struct slice s)
{
	while (s.n) {
		struct slice word = body_word(&s);
		size_t eq = slice_find(word, '=');

		if (eq > 0 && eq < word.n)
			event_raw(e, slice_head(word, eq), slice_from(word, eq + 1));
	}
}

/* [  12.3] [UFW BLOCK] IN=eth0 OUT= MAC=.. SRC=.. DST=.. LEN=.. PROTO=TCP SPT=.. DPT=.. ... */
void
syslog_body_kernel(struct event *e, struct slice s)
{
	size_t in = slice_find_slice(s, SLICE("IN=")), out = slice_find_slice(s, SLICE(" OUT="));
	struct slice rest = slice_from(s, in), prefix = slice_head(s, in), v;

	if (in == s.n || out == s.n || out < in || value(rest, " SRC=").n == 0)
		return;
	if (prefix.n && prefix.p[0] == '[' && prefix.n > 1 && (prefix.p[1] == ' ' || num_digit(prefix.p[1])))
		prefix = slice_from(prefix, slice_find(prefix, ']') + 1);
	filter_verdict(e, prefix);
	event_set_address(e, F_source_ip, value(rest, " SRC="));
	event_set_address(e, F_destination_ip, value(rest, " DST="));
	if ((v = value(rest, " SPT=")).n)
		(void)event_set(e, F_source_port, v);
	if ((v = value(rest, " DPT=")).n)
		(void)event_set(e, F_destination_port, v);
	event_set(e, F_network_transport, lower(e, value(rest, " PROTO=")));
	if ((v = value(rest, " LEN=")).n)
		(void)event_set(e, F_network_bytes, v);
	event_set(e, F_network_direction, value(rest, "IN=").n ? SLICE("ingress") : SLICE("egress"));
	event_lit(e, F_event_dataset, "linux.iptables");
	event_ls(e, SLICE("linux"), SLICE("iptables"), SLICE("firewall"));
	filter_raw(e, rest);
}
