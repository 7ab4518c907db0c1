/* Linux-PAM: pam_unix and the modules that write like it. */
#include "lib/format/syslog.h"

/* `pam_unix(sshd:session): `, `pam_unix: `, `(pam_unix) `, `PAM `: the message behind it. */
static bool
skip_module(struct slice *s)
{
	size_t end;

	if (body_skip(s, SLICE("(pam_unix) ")) || body_skip(s, SLICE("PAM ")))
		return true;
	if (!slice_starts(*s, SLICE("pam_")))
		return false;
	end = slice_find_slice(*s, SLICE(": "));
	if (end == s->n || slice_find(slice_head(*s, end), ' ') < end)
		return false;
	*s = slice_from(*s, end + 2);
	return true;
}

/*
 * logname= uid=0 euid=0 tty=ssh ruser=R rhost=H  user=U: names may hold blanks and ` rhost=`.  The user is all behind the
 * first ` user=`; of what stands before it the last ` rhost=` counts.
 */
static void
failure(struct event *e, struct slice s)
{
	struct slice who = {NULL, 0}, ruser = {NULL, 0}, host;
	size_t at = slice_find_slice(s, SLICE(" ruser="));

	body_what(e, SLICE("authentication"), SLICE("start"), SLICE("pam_authentication"), SLICE("failure"));
	if (at == s.n)
		return;
	s = slice_from(s, at + 7);
	at = slice_find_slice(s, SLICE(" user="));
	if (at < s.n)
		who = slice_trim(slice_from(s, at + 6));
	s = slice_head(s, at);
	/* No remote user at all: ` ruser= rhost=H` has the blank that starts the next part. */
	if (body_split_last(s, SLICE(" rhost="), &ruser, &host)) {
		host = slice_trim(host);
		if (host.n && slice_find(host, ' ') == host.n)
			body_source(e, host);
	}
	event_set(e, F_user_name, who.n ? who : slice_trim(ruser));
}

/* user U(uid=0) by V(uid=0), older: user U by (uid=0) */
static void
session(struct event *e, struct slice s, struct slice type)
{
	struct slice head, by;
	size_t uid;

	body_what(e, SLICE("session"), type, SLICE("pam_session"), SLICE("success"));
	if (body_split_last(s, SLICE(" by "), &head, &by)) {
		struct slice actor = slice_head(by, slice_find(by, '('));

		s = head;
		if (actor.n) {
			event_set(e, F_user_name, actor);
			s = slice_head(s, slice_find(s, '('));
			event_set(e, F_user_effective_name, s);
			return;
		}
	}
	uid = slice_find_slice(s, SLICE("(uid="));
	if (uid < s.n && slice_ends(s, SLICE(")")))
		event_set(e, F_user_id, slice_of(s.p + uid + 5, s.n - uid - 6));
	event_set(e, F_user_name, slice_head(s, uid));
}

static void
quoted_user(struct event *e, struct slice s)
{
	size_t from = slice_find_slice(s, SLICE("user "));
	struct slice name = slice_from(s, from + 5);

	(void)body_word(&s);
	if (body_skip(&name, SLICE("\"")) || body_skip(&name, SLICE("'")))
		name = slice_head(name, slice_find(name, name.p[-1]));
	else
		name = body_word(&name);
	event_set(e, F_user_name, name);
}

bool
syslog_body_pam(struct event *e, struct slice s)
{
	if (!skip_module(&s) && !slice_starts(s, SLICE("session ")) && !slice_starts(s, SLICE("authentication failure; ")) &&
	    !slice_starts(s, SLICE("check pass; ")) && !slice_has(s, SLICE(" more authentication failure")))
		return false;
	if (body_skip(&s, SLICE("session opened for user "))) {
		session(e, s, SLICE("start"));
	} else if (body_skip(&s, SLICE("session closed for user "))) {
		session(e, s, SLICE("end"));
	} else if (slice_starts(s, SLICE("authentication failure")) || slice_has(slice_head(s, 40),
	    SLICE(" more authentication failure"))) {
		failure(e, s);
	} else if (body_skip(&s, SLICE("check pass; user unknown"))) {
		body_what(e, SLICE("authentication"), SLICE("start"), SLICE("pam_authentication"), SLICE("failure"));
		event_set(e, F_event_reason, SLICE("user unknown"));
	} else if (body_skip(&s, SLICE("password changed for "))) {
		body_what(e, SLICE("iam"), SLICE("user"), SLICE("password_changed"), SLICE("success"));
		event_set(e, F_event_type, SLICE("change"));
		event_set(e, F_user_target_name, s);
	} else if (slice_starts(s, SLICE("Consecutive login failures for user "))) {
		body_what(e, SLICE("authentication"), SLICE("denied"), SLICE("account_locked"), SLICE("failure"));
		quoted_user(e, s);
	} else if (slice_starts(s, SLICE("requirement ")) && slice_has(s, SLICE(" not met by user "))) {
		body_what(e, SLICE("authentication"), SLICE("denied"), SLICE("pam_authentication"), SLICE("failure"));
		quoted_user(e, slice_from(s, slice_find_slice(s, SLICE(" not met by user "))));
	}
	return true;
}
