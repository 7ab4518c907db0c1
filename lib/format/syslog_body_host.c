/* The host's own affairs: cron, accounts, logins, sessions, services. */
#include "lib/format/syslog.h"

/* (USER) CMD (command); crontab: (USER) REPLACE (USER) */
void
syslog_body_cron(struct event *e, struct slice s)
{
	static const struct {
		struct slice word, type, action;
	} edits[] = {
		{SLICE_INIT("REPLACE ("), SLICE_INIT("change"), SLICE_INIT("crontab_replaced")},
		{SLICE_INIT("DELETE ("), SLICE_INIT("deletion"), SLICE_INIT("crontab_deleted")},
		{SLICE_INIT("BEGIN EDIT ("), SLICE_INIT("access"), SLICE_INIT("crontab_edit_begun")},
		{SLICE_INIT("END EDIT ("), SLICE_INIT("access"), SLICE_INIT("crontab_edit_ended")},
		{SLICE_INIT("LIST ("), SLICE_INIT("access"), SLICE_INIT("crontab_listed")},
		{SLICE_INIT("RELOAD ("), SLICE_INIT("change"), SLICE_INIT("crontab_reloaded")},
	};
	size_t end = slice_find_slice(s, SLICE(") "));

	if (s.n == 0 || s.p[0] != '(' || end == s.n)
		return;
	event_set(e, F_user_name, slice_of(s.p + 1, end - 1));
	s = slice_from(s, end + 2);
	if (body_skip(&s, SLICE("CMD ("))) {
		body_what(e, SLICE("process"), SLICE("start"), SLICE("cron_command"), SLICE("success"));
		event_set(e, F_process_command_line, slice_trim(slice_head(s, slice_ends(s, SLICE(")")) ? s.n - 1 : s.n)));
		return;
	}
	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++)
		if (body_skip(&s, edits[i].word)) {
			body_what(e, SLICE("configuration"), edits[i].type, edits[i].action, SLICE("success"));
			event_set(e, F_user_target_name, slice_head(s, slice_rfind(s, ')')));
		}
}

/* The value of `name=` up to a comma. */
static struct slice
value(struct slice s, struct slice name)
{
	size_t at = slice_find_slice(s, name);

	s = slice_from(s, at + name.n);
	return slice_head(s, slice_find(s, ','));
}

/* What stands in quotes behind `before`; without quotes the next word. */
static struct slice
quoted(struct slice s, struct slice before)
{
	size_t at = slice_find_slice(s, before);

	if (at == s.n)
		return (struct slice){NULL, 0};
	s = slice_from(s, at + before.n);
	if (body_skip(&s, SLICE("'")))
		return slice_head(s, slice_find(s, '\''));
	return slice_trim(body_word(&s));
}

static void
iam(struct event *e, const char *of, const char *type, const char *action, bool good)
{
	body_what(e, SLICE("iam"), slice_str(of), slice_str(action), good ? SLICE("success") : SLICE("failure"));
	event_set(e, F_event_type, slice_str(type));
}

static bool
new_account(struct event *e, struct slice s)
{
	if (body_skip(&s, SLICE("new user: "))) {
		iam(e, "user", "creation", "user_added", true);
		event_set(e, F_user_target_name, value(s, SLICE("name=")));
		event_set(e, F_user_target_id, value(s, SLICE("UID=")));
		event_set(e, F_group_id, value(s, SLICE("GID=")));
		return true;
	}
	if (body_skip(&s, SLICE("new group: ")) || body_skip(&s, SLICE("group added to "))) {
		iam(e, "group", "creation", "group_added", true);
		event_set(e, F_group_name, value(s, SLICE("name=")));
		if (slice_has(s, SLICE("GID=")))
			event_set(e, F_group_id, value(s, SLICE("GID=")));
		return true;
	}
	if (body_skip(&s, SLICE("failed adding user "))) {
		iam(e, "user", "creation", "user_added", false);
		event_set(e, F_user_target_name, quoted(s, SLICE("")));
		return true;
	}
	return false;
}

static bool
membership(struct event *e, struct slice s)
{
	bool added = slice_starts(s, SLICE("add '")), gone = slice_starts(s, SLICE("delete '"));

	if ((!added && !gone) || !slice_has(s, SLICE("group '")))
		return false;
	iam(e, "group", "change", added ? "user_added_to_group" : "user_removed_from_group", true);
	event_set(e, F_user_target_name, quoted(s, added ? SLICE("add ") : SLICE("delete ")));
	event_set(e, F_group_name, quoted(s, SLICE("group ")));
	return true;
}

static bool
end_of_account(struct event *e, struct slice s)
{
	if (slice_starts(s, SLICE("delete user "))) {
		iam(e, "user", "deletion", "user_deleted", true);
		event_set(e, F_user_target_name, quoted(s, SLICE("delete user ")));
		return true;
	}
	if ((slice_starts(s, SLICE("group '")) || slice_starts(s, SLICE("removed group '"))) && slice_has(s, SLICE("removed"))) {
		iam(e, "group", "deletion", "group_deleted", true);
		event_set(e, F_group_name, quoted(s, SLICE("group ")));
		return true;
	}
	return false;
}

/* useradd, usermod, groupadd, passwd and their kin (shadow) */
void
syslog_body_account(struct event *e, struct slice s)
{
	if (new_account(e, s) || membership(e, s) || end_of_account(e, s))
		return;
	if (slice_starts(s, SLICE("change user "))) {
		iam(e, "user", "change", slice_has(s, SLICE(" password")) ? "password_changed" : "user_changed", true);
		event_set(e, F_user_target_name, quoted(s, SLICE("change user ")));
	} else if (slice_starts(s, SLICE("password for "))) {
		iam(e, "user", "change", "password_changed", true);
		event_set(e, F_user_target_name, quoted(s, SLICE("password for ")));
		event_set(e, F_user_name, quoted(s, SLICE(" by ")));
	} else if (slice_starts(s, SLICE("user ")) && (slice_has(s, SLICE(" added by ")) || slice_has(s, SLICE(" removed by ")))) {
		iam(e, "group", "change", slice_has(s, SLICE(" added by ")) ? "user_added_to_group" : "user_removed_from_group", true);
		event_set(e, F_user_target_name, quoted(s, SLICE("user ")));
		event_set(e, F_user_name, quoted(s, SLICE(" by ")));
		event_set(e, F_group_name, quoted(s, SLICE(" group ")));
	} else if (slice_starts(s, SLICE("changed password expiry for "))) {
		iam(e, "user", "change", "password_expiry_changed", true);
		event_set(e, F_user_target_name, quoted(s, SLICE(" for ")));
	}
}

/* login(1) of util-linux and of shadow */
void
syslog_body_login(struct event *e, struct slice s)
{
	if (slice_starts(s, SLICE("FAILED LOGIN"))) {
		body_what(e, SLICE("authentication"), SLICE("start"), SLICE("login"), SLICE("failure"));
		event_set(e, F_user_name, quoted(s, SLICE(" FOR ")));
		if (slice_has(s, SLICE(" FROM ")))
			body_source(e, quoted(s, SLICE(" FROM ")));
	} else if (slice_starts(s, SLICE("LOGIN ON "))) {
		body_what(e, SLICE("authentication"), SLICE("start"), SLICE("login"), SLICE("success"));
		event_set(e, F_user_name, quoted(s, SLICE(" BY ")));
		if (slice_has(s, SLICE(" FROM ")))
			body_source(e, quoted(s, SLICE(" FROM ")));
	} else if (slice_starts(s, SLICE("ROOT LOGIN "))) {
		body_what(e, SLICE("authentication"), SLICE("start"), SLICE("login"), SLICE("success"));
		event_set(e, F_user_name, SLICE("root"));
		if (slice_has(s, SLICE(" FROM ")))
			body_source(e, quoted(s, SLICE(" FROM ")));
	}
}

void
syslog_body_logind(struct event *e, struct slice s)
{
	struct slice head, who;

	if (slice_starts(s, SLICE("New session "))) {
		body_what(e, SLICE("session"), SLICE("start"), SLICE("session_opened"), SLICE("success"));
		if (body_split_last(s, SLICE(" of user "), &head, &who))
			event_set(e, F_user_name, slice_head(who, slice_ends(who, SLICE(".")) ? who.n - 1 : who.n));
	} else if (slice_starts(s, SLICE("Removed session ")) || (slice_starts(s, SLICE("Session ")) && slice_has(s, SLICE(" logged out")))) {
		body_what(e, SLICE("session"), SLICE("end"), SLICE("session_closed"), SLICE("success"));
	}
}

/* Started ssh.service - OpenBSD Secure Shell server. */
void
syslog_body_systemd(struct event *e, struct slice s)
{
	static const struct {
		struct slice head, type, action, outcome;
	} words[] = {
		{SLICE_INIT("Started "), SLICE_INIT("start"), SLICE_INIT("service_started"), SLICE_INIT("success")},
		{SLICE_INIT("Stopped "), SLICE_INIT("end"), SLICE_INIT("service_stopped"), SLICE_INIT("success")},
		{SLICE_INIT("Failed to start "), SLICE_INIT("start"), SLICE_INIT("service_started"), SLICE_INIT("failure")},
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct slice name;

		if (!body_skip(&s, words[i].head))
			continue;
		body_what(e, SLICE("process"), words[i].type, words[i].action, words[i].outcome);
		name = body_word(&s);
		if (name.n > 8 && slice_ends(name, SLICE(".")))
			name.n--;
		if (slice_ends(name, SLICE(".service")))
			event_set(e, F_service_name, slice_head(name, name.n - 8));
		return;
	}
}
