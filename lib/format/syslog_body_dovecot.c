/* Dovecot: login processes and what asks for passwords. */
#include "lib/format/syslog.h"

static bool
has(struct slice s, const char *word)
{
	return slice_has(s, slice_str(word));
}

/*
 * user=<U>, method=PLAIN, rip=ADDR, lip=ADDR, ...: the user's name may hold anything, so what follows is read from the last rip=.
 */
static void
login_fields(struct event *e, struct slice s)
{
	struct slice head = s, tail, rip, lip;
	size_t user;

	if (body_split_last(s, SLICE("rip="), &head, &tail)) {
		rip = slice_head(tail, slice_find(tail, ','));
		event_set_address(e, F_source_ip, slice_trim(rip));
		lip = slice_from(tail, slice_find_slice(tail, SLICE(" lip=")) + 5);
		if (lip.n)
			event_set_address(e, F_destination_ip, slice_head(lip, slice_find(lip, ',')));
	}
	user = slice_find_slice(head, SLICE("user=<"));
	if (user < head.n) {
		struct slice u = slice_from(head, user + 6);

		event_set(e, F_user_name, slice_head(u, slice_rfind(u, '>')));
	}
}

/* Who said what failed: brackets before the last `: user=<` or `rip=`; the text behind is the client's. */
static struct slice
verdict_part(struct slice s)
{
	size_t user = slice_find_slice(s, SLICE("user=<")), method = slice_find_slice(s, SLICE("method=")),
	    rip = slice_find_slice(s, SLICE("rip="));
	size_t end = user < method ? user : method;

	return slice_head(s, end < rip ? end : rip);
}

static bool
login(struct event *e, struct slice s)
{
	struct slice why = verdict_part(s);
	bool failed;

	if (slice_starts(s, SLICE("Login: "))) {
		body_what(e, SLICE("authentication"), SLICE("start"), SLICE("login"), SLICE("success"));
		login_fields(e, s);
		return true;
	}
	if (why.n == s.n)
		return false;
	failed = has(why, "auth failed") || has(why, "tried to use dis") || has(why, "auth_failed") || has(why,
	    "Permission denied") ||
	    has(why, "Authentication failure");
	body_what(e, SLICE("authentication"), failed ? SLICE("start") : SLICE("end"), failed ? SLICE("login") :
	    SLICE("disconnected"),
	    failed || has(why, "during TLS handshake") || has(why, "before auth was ready") || has(why,
	    "didn't finish SASL auth") ?
	    SLICE("failure") : SLICE("unknown"));
	event_set(e, F_event_reason, slice_trim(slice_head(why, why.n && why.p[why.n - 1] == ' ' ? why.n - 1 : why.n)));
	login_fields(e, s);
	return true;
}

/* DRIVER(USER,ADDR[,<session>]): text */
static bool
lookup(struct event *e, struct slice s)
{
	static const char *const bad[] = {"unknown user", "assword mismatch", "invalid credentials", "pam_authenticate() failed",
	    "Permission denied", "user not found", "user disabled", "pam_acct_mgmt() failed"};
	struct slice inside, who, rest, text;
	size_t open = slice_find(s, '('), close = slice_find_slice(s, SLICE("): ")), end = close + 3;

	/* auth(user,addr,sasl:login)<session>: Info: sql: text */
	if (close == s.n) {
		close = slice_find_slice(s, SLICE(")<"));
		end = close + slice_find_slice(slice_from(s, close), SLICE(">: ")) + 3;
	}
	if (open >= close || close == s.n)
		return false;
	inside = slice_of(s.p + open + 1, close - open - 1);
	text = slice_from(s, end);
	/* The session is the last part, in brackets or empty; the address stands before it. */
	if (!body_split_last(inside, SLICE(","), &who, &rest))
		return false;
	if (rest.n == 0 || rest.p[0] == '<' || slice_starts(rest, SLICE("sasl:")))
		if (!body_split_last(who, SLICE(","), &who, &rest))
			return false;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (!has(text, bad[i]))
			continue;
		body_what(e, SLICE("authentication"), SLICE("start"), SLICE("login"), SLICE("failure"));
		event_set(e, F_user_name, who);
		event_set_address(e, F_source_ip, rest);
		event_set(e, F_event_reason, text);
		return true;
	}
	return false;
}

/* imap-login: Info: conn unix:auth-worker (pid=1,uid=97): auth-worker<55>: -- names of processes and levels before the words. */
static struct slice
unprefixed(struct slice s)
{
	for (int i = 0; i < 6; i++) {
		size_t n = slice_find_slice(s, SLICE(": "));
		struct slice word = slice_head(s, n);

		if (n == s.n || n > 48)
			break;
		if (slice_ends(word, SLICE("-login")) || slice_eq(word, SLICE("Info")) || slice_eq(word, SLICE("Warning")) ||
		    slice_eq(word, SLICE("Error")) || slice_eq(word, SLICE("auth")) || slice_starts(word, SLICE("auth-worker")) ||
		    slice_eq(word, SLICE("dovecot")) || slice_starts(word, SLICE("conn unix:")) || slice_eq(word,
		    SLICE("auth(default)")))
			s = slice_from(s, n + 2);
		else
			break;
	}
	return s;
}

void
syslog_body_dovecot(struct event *e, struct slice s)
{
	struct slice rest = unprefixed(s);

	event_lit(e, F_network_protocol, "imap");
	if (slice_has(slice_head(s, 40), SLICE("pop3")))
		event_lit(e, F_network_protocol, "pop3");
	if (syslog_body_pam(e, rest) || login(e, rest))
		return;
	(void)lookup(e, rest);
}
