/* sudo and su. */
#include "lib/format/syslog.h"

/* One `NAME=value ; ` part before the command. */
static void
part(struct event *e, struct slice s)
{
	if (body_skip(&s, SLICE("PWD=")))
		event_set(e, F_process_working_directory, s);
	else if (body_skip(&s, SLICE("USER=")))
		event_set(e, F_user_effective_name, s);
	else if (body_skip(&s, SLICE("GROUP=")))
		event_set(e, F_group_name, s);
}

static bool
named(struct slice s)
{
	size_t eq = slice_find(s, '=');

	for (size_t i = 0; i < eq; i++)
		if (s.p[i] < 'A' || s.p[i] > 'Z')
			return false;
	return eq > 0 && eq < s.n;
}

/* Everything behind COMMAND= is the command: it may hold ` ; ` itself. */
static void
command(struct event *e, struct slice s)
{
	struct slice rest = s;

	event_set(e, F_process_command_line, s);
	s = body_word(&rest);
	if (s.n && s.p[0] == '/')
		event_set(e, F_process_executable, s);
}

/* USER : [what went wrong ; ]TTY=.. ; PWD=.. ; USER=.. ; [GROUP=.. ; ][ENV=.. ; ]COMMAND=.. (sudoers(5), LOG FORMAT) */
void
syslog_body_sudo(struct event *e, struct slice s)
{
	struct slice who;
	size_t at;
	bool wrong = false;

	s = slice_trim(s);
	at = slice_find_slice(s, SLICE(" : "));
	if (at == s.n)
		return;
	who = slice_head(s, at);
	s = slice_from(s, at + 3);
	if (!slice_has(s, SLICE("TTY=")) && !slice_has(s, SLICE("COMMAND=")))
		return;
	event_set(e, F_user_name, who);
	while (s.p && !slice_starts(s, SLICE("COMMAND="))) {
		struct slice piece;

		at = slice_find_slice(s, SLICE(" ; "));
		piece = slice_head(s, at);
		s = at < s.n ? slice_from(s, at + 3) : (struct slice){NULL, 0};
		if (named(piece)) {
			part(e, piece);
		} else if (!wrong) {
			event_set(e, F_event_reason, piece);
			wrong = true;
		}
	}
	if (s.p && body_skip(&s, SLICE("COMMAND=")))
		command(e, s);
	body_what(e, SLICE("process"), SLICE("start"), SLICE("sudo_command"), wrong ? SLICE("failure") : SLICE("success"));
	if (wrong) {
		event_set(e, F_event_category, SLICE("authentication"));
		event_set(e, F_event_type, SLICE("denied"));
	}
}

static void
changed(struct event *e, struct slice to, struct slice by, bool good)
{
	body_what(e, SLICE("authentication"), SLICE("start"), SLICE("su"), good ? SLICE("success") : SLICE("failure"));
	event_set(e, F_user_effective_name, to);
	event_set(e, F_user_name, by);
}

/* Successful su for T by U; FAILED su for T by U (shadow) */
static bool
shadow(struct event *e, struct slice s)
{
	struct slice to, by;
	bool good = body_skip(&s, SLICE("Successful su for "));

	if (!good && !body_skip(&s, SLICE("FAILED su for ")))
		return false;
	if (body_split_last(s, SLICE(" by "), &to, &by))
		changed(e, to, by, good);
	return true;
}

/* [FAILED SU ](to T) U on TTY (util-linux) */
static bool
util_linux(struct event *e, struct slice s)
{
	struct slice by, tty;
	bool good = !body_skip(&s, SLICE("FAILED SU "));
	size_t end;

	if (!body_skip(&s, SLICE("(to ")))
		return false;
	end = slice_find_slice(s, SLICE(") "));
	if (end < s.n && body_split_last(slice_from(s, end + 2), SLICE(" on "), &by, &tty))
		changed(e, slice_head(s, end), by, good);
	return true;
}

/* + /dev/pts/0 U:T and - /dev/pts/0 U:T */
static bool
signs(struct event *e, struct slice s)
{
	bool good = body_skip(&s, SLICE("+ "));
	size_t colon;

	if (!good && !body_skip(&s, SLICE("- ")))
		return false;
	(void)body_word(&s);
	colon = slice_rfind(s, ':');
	if (colon < s.n)
		changed(e, slice_from(s, colon + 1), slice_head(s, colon), good);
	return true;
}

/* 'su T' failed for U on TTY; BAD SU U to T on TTY; U to T on TTY (the BSDs) */
static void
bsd(struct event *e, struct slice s)
{
	struct slice who, tty, by, to;
	bool bad = body_skip(&s, SLICE("BAD SU "));
	size_t end = slice_find_slice(s, SLICE("' failed for "));

	if (!body_split_last(s, SLICE(" on "), &who, &tty))
		return;
	if (body_skip(&who, SLICE("'su ")) && end < s.n)
		changed(e, slice_head(who, end - 4), slice_from(who, end - 4 + 13), false);
	else if (body_split_last(who, SLICE(" to "), &by, &to))
		changed(e, to, by, !bad);
}

void
syslog_body_su(struct event *e, struct slice s)
{
	s = slice_trim(s);
	if (!shadow(e, s) && !util_linux(e, s) && !signs(e, s))
		bsd(e, s);
}
