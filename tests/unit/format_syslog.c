/* What bodies say: a line, and the fields that must come out of it. */
#include "tests/unit/format.h"
#include "tests/unit/unit.h"

static const struct {
	const char *program, *message;
	const char *user, *effective, *target, *ip, *port, *action, *outcome;
} bodies[] = {
	{"sshd", "Failed password for invalid user test from 10.10.1.2 port 55555 ssh2 from 127.0.0.1 port 58946 ssh2",
	    "test from 10.10.1.2 port 55555 ssh2", "", "", "127.0.0.1", "58946", "ssh_login", "failure"},
	{"sshd", "Failed password for invalid user test from 127.0.0.1 port 58946 ssh2: from 10.10.1.2 port 55555 ssh2",
	    "test", "", "", "127.0.0.1", "58946", "ssh_login", "failure"},
	{"sshd", "Failed password for user from 127.0.0.1 port 20000 ssh1: ruser from 1.2.3.4", "user", "", "", "127.0.0.1", "20000", "ssh_login",
	    "failure"},
	{"sshd", "Failed password for invalid user  from 192.0.2.1 port 1 ssh2", "", "", "", "192.0.2.1", "1", "ssh_login", "failure"},
	{"sshd", "Accepted password for alice from fe80::1%eth0 port 5 ssh2", "alice", "", "", "fe80::1", "5", "ssh_login", "success"},
	{"sshd", "Connection closed by authenticating user test 127.0.0.1 port 12345 192.0.2.11 port 46039 [preauth]",
	    "test 127.0.0.1 port 12345", "", "", "192.0.2.11", "46039", "ssh_disconnected", "failure"},
	{"sshd", "Connection closed by 192.0.2.212 [preauth]", "", "", "", "192.0.2.212", "", "ssh_disconnected", ""},
	{"sshd", "Disconnecting invalid user admin 192.0.2.117 port 44004: Change of username or service not allowed", "admin", "", "",
	    "192.0.2.117", "44004", "ssh_disconnected", ""},
	{"sshd", "error: Received disconnect from 192.168.2.92 port 1684:14: No supported authentication methods available [preauth]", "", "", "",
	    "192.168.2.92", "1684", "ssh_disconnected", "failure"},
	{"sshd", "refused connect from x_@::ffff:218.249.210.161 (218.249.210.161)", "", "", "", "218.249.210.161", "", "ssh_connection", "failure"},
	{"sshd", "error: PAM: Authentication failure for myhlj1374 from 192.0.2.6 via 192.0.2.7", "myhlj1374", "", "", "192.0.2.6", "", "ssh_login",
	    "failure"},
	{"sshd", "User root from 211.188.220.49 not allowed because not listed in AllowUsers", "root", "", "", "211.188.220.49", "", "ssh_login",
	    "failure"},
	{"sshd", "User root not allowed because account is locked", "root", "", "", "", "", "ssh_login", "failure"},
	{"sshd", "error: maximum authentication attempts exceeded for invalid user a b from 192.0.2.1 port 2 ssh2 [preauth]", "a b", "", "",
	    "192.0.2.1", "2", "ssh_login", "failure"},
	{"sshd", "reverse mapping checking getaddrinfo for a.example [192.0.2.1] failed - POSSIBLE BREAK-IN ATTEMPT!", "", "", "", "192.0.2.1", "",
	    "ssh_reverse_mapping", "failure"},
	{"sshd", "banner exchange: Connection from 192.0.2.1 port 40000: invalid format", "", "", "", "192.0.2.1", "40000", "ssh_negotiation",
	    "failure"},
	{"sshd", "Did not receive identification string from 192.0.2.5 port 35836", "", "", "", "192.0.2.5", "35836", "ssh_no_identification",
	    "failure"},
	{"sshd", "Starting session: shell on pts/0 for alice from 192.0.2.1 port 5 id 0", "alice", "", "", "192.0.2.1", "5", "ssh_session", ""},
	{"sshd", "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.112  user=root", "root", "", "",
	    "192.0.2.112", "", "pam_authentication", "failure"},
	{"app", "pam_unix(auth): authentication failure; logname= uid=0 euid=0 tty=x ruser=test rhost=192.0.2.151 rhost=192.0.2.1",
	    "test rhost=192.0.2.151", "", "", "192.0.2.1", "", "pam_authentication", "failure"},
	{"app", "pam_unix(auth): authentication failure; logname= uid=0 euid=0 tty=x ruser= rhost=192.0.2.2 user=test rhost=192.0.2.152",
	    "test rhost=192.0.2.152", "", "", "192.0.2.2", "", "pam_authentication", "failure"},
	{"sudo", "pam_unix(sudo:session): session opened for user root(uid=0) by alice(uid=1000)", "alice", "root", "", "", "", "pam_session",
	    "success"},
	{"su(pam_unix)", "session opened for user news by (uid=0)", "news", "", "", "", "", "pam_session", "success"},
	{"passwd", "pam_unix(passwd:chauthtok): password changed for bob", "", "", "bob", "", "", "password_changed", "success"},
	{"sudo", "  mike : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/root ; USER=root ; COMMAND=/bin/ls", "mike", "root", "", "", "",
	    "sudo_command", "failure"},
	{"sudo", "bob : command not allowed ; TTY=pts/0 ; PWD=/ ; USER=root ; GROUP=adm ; ENV=A=b ; COMMAND=/bin/sh", "bob", "root", "", "", "",
	    "sudo_command", "failure"},
	{"su", "+ /dev/pts/0 bob:root", "bob", "root", "", "", "", "su", "success"},
	{"su", "- /dev/pts/0 bob:root", "bob", "root", "", "", "", "su", "failure"},
	{"su", "Successful su for root by alice", "alice", "root", "", "", "", "su", "success"},
	{"su", "BAD SU mallory to root on /dev/ttyp0", "mallory", "root", "", "", "", "su", "failure"},
	{"crontab", "(bob) REPLACE (bob)", "bob", "", "bob", "", "", "crontab_replaced", "success"},
	{"userdel", "delete user 'eve'", "", "", "eve", "", "", "user_deleted", "success"},
	{"gpasswd", "user eve added by root to group docker", "root", "", "eve", "", "", "user_added_to_group", "success"},
	{"login", "FAILED LOGIN (1) on '/dev/tty1' FOR 'root', Authentication failure", "root", "", "", "", "", "login", "failure"},
};

static void
field_is(struct event *e, enum field f, const char *want, const char *name)
{
	SAME(event_get(e, f), slice_str(want), name);
}

static void
body_tests(struct trial *t)
{
	struct buf line = {0};

	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		const char *name = bodies[i].message;

		buf_reset(&line);
		buf_str(&line, "Mar  1 10:00:00 h ");
		buf_str(&line, bodies[i].program);
		buf_str(&line, "[7]: ");
		buf_str(&line, bodies[i].message);
		if (!OK(trial_one(t, &format_syslog, buf_slice(&line)), "%s", name))
			continue;
		field_is(&t->e, F_user_name, bodies[i].user, name);
		field_is(&t->e, F_user_effective_name, bodies[i].effective, name);
		field_is(&t->e, F_user_target_name, bodies[i].target, name);
		field_is(&t->e, F_source_ip, bodies[i].ip, name);
		field_is(&t->e, F_source_port, bodies[i].port, name);
		field_is(&t->e, F_event_action, bodies[i].action, name);
		field_is(&t->e, F_event_outcome, bodies[i].outcome, name);
		field_is(&t->e, F_host_name, "h", name);
		field_is(&t->e, F_process_pid, "7", name);
	}
	buf_free(&line);
}

static const struct {
	const char *line, *at, *host, *program, *message;
} heads[] = {
	{"Mar  1 10:00:00 h p: m", "2026-03-01T10:00:00.000000000Z", "h", "p", "m"},
	{"Mar 1 10:00:00 h p: m", "2026-03-01T10:00:00.000000000Z", "h", "p", "m"},
	{"Mar  1 10:00:00.123456 h p[1]: m", "2026-03-01T10:00:00.123456000Z", "h", "p", "m"},
	{"<13>Mar  1 10:00:00 p[1]: m", "2026-03-01T10:00:00.000000000Z", "", "p", "m"},
	{"Mar  1 2024 10:00:00 h p: m", "2024-03-01T10:00:00.000000000Z", "h", "p", "m"},
	{"Mar  1 23:59:60 h p: m", "2026-03-01T23:59:59.999999999Z", "h", "p", "m"},
	{"2026-03-01T10:00:00+02:00 h p: m", "2026-03-01T08:00:00.000000000Z", "h", "p", "m"},
	{"2026-03-01 10:00:00 UTC h p: m", "2026-03-01T10:00:00.000000000Z", "h", "p", "m"},
	{"<14>2026-03-01T10:00:00Z h p: m", "2026-03-01T10:00:00.000000000Z", "h", "p", "m"},
	{"[Mar  1 10:00:00] h [p][3] m", "2026-03-01T10:00:00.000000000Z", "h", "p", "m"},
	{"Mar  1 10:00:00 192.0.2.1: %ASA-6-302013: m", "2026-03-01T10:00:00.000000000Z", "192.0.2.1", "", "%ASA-6-302013: m"},
	{"Mar  1 10:00:00 h sshd[2]: [ID 800047 auth.notice] m", "2026-03-01T10:00:00.000000000Z", "h", "sshd", "m"},
	{"Mar  1 10:00:00 h last message repeated 2 times", "2026-03-01T10:00:00.000000000Z", "h", "", "last message repeated 2 times"},
	{"<13>1 2026-03-01T10:00:00.5Z h p 7 ID [a b=\"c\"] m", "2026-03-01T10:00:00.500000000Z", "h", "p", "m"},
};

static void
head_tests(struct trial *t)
{
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		const char *name = heads[i].line;
		char at[STAMP_LEN];

		if (!OK(trial_one(t, &format_syslog, slice_str(name)), "%s", name))
			continue;
		stamp_put(at, t->e.at);
		SAME(slice_of(at, sizeof at), slice_str(heads[i].at), name);
		field_is(&t->e, F_host_name, heads[i].host, name);
		field_is(&t->e, F_process_name, heads[i].program, name);
		field_is(&t->e, F_message, heads[i].message, name);
	}
}

static const char *const refused[] = {"text", "Mar 32 10:00:00 h p: m", "Mar  1 24:00:00 h p: m", "   at java.lang.Thread", "<192>x", "}"};

void
format_syslog_tests(void)
{
	struct trial t;

	trial_begin(&t, SLICE("auth.log"));
	body_tests(&t);
	head_tests(&t);
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		OK(!trial_one(&t, &format_syslog, slice_str(refused[i])), "refused: %s", refused[i]);
	trial_end(&t);
}
