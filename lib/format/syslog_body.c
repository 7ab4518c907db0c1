/* Which program's messages are understood, and the pieces that messages are made of. */
#include "lib/format/syslog.h"

#include "lib/base/addr.h"
#include "lib/base/num.h"

#define ROW(name, service, also, body) \
	{SLICE_INIT(name), SLICE_INIT("linux." service), SLICE_INIT(service), SLICE_INIT(also), body}
static const struct syslog_program programs[] = {
	ROW("sshd", "sshd", "auth", syslog_body_sshd),
	ROW("sshd-session", "sshd", "auth", syslog_body_sshd),
	ROW("sshd-auth", "sshd", "auth", syslog_body_sshd),
	ROW("sudo", "sudo", "auth", syslog_body_sudo),
	ROW("su", "auth", "", syslog_body_su),
	ROW("CRON", "cron", "", syslog_body_cron),
	ROW("cron", "cron", "", syslog_body_cron),
	ROW("CROND", "cron", "", syslog_body_cron),
	ROW("crond", "cron", "", syslog_body_cron),
	ROW("crontab", "cron", "", syslog_body_cron),
	ROW("anacron", "cron", "", NULL),
	ROW("useradd", "auth", "", syslog_body_account),
	ROW("userdel", "auth", "", syslog_body_account),
	ROW("usermod", "auth", "", syslog_body_account),
	ROW("groupadd", "auth", "", syslog_body_account),
	ROW("groupdel", "auth", "", syslog_body_account),
	ROW("groupmod", "auth", "", syslog_body_account),
	ROW("gpasswd", "auth", "", syslog_body_account),
	ROW("passwd", "auth", "", syslog_body_account),
	ROW("chpasswd", "auth", "", syslog_body_account),
	ROW("chage", "auth", "", syslog_body_account),
	ROW("chsh", "auth", "", syslog_body_account),
	ROW("chfn", "auth", "", syslog_body_account),
	ROW("login", "auth", "", syslog_body_login),
	ROW("systemd-logind", "auth", "", syslog_body_logind),
	ROW("systemd", "syslog", "", syslog_body_systemd),
	ROW("polkitd", "auth", "", NULL),
	ROW("pkexec", "auth", "", NULL),
	ROW("doas", "auth", "", NULL),
	ROW("gdm-password]", "auth", "", NULL),
	ROW("postfix", "postfix", "syslog", syslog_body_postfix),
	ROW("exim", "exim", "syslog", syslog_body_exim),
	ROW("exim4", "exim", "syslog", syslog_body_exim),
	ROW("dovecot", "dovecot", "syslog", syslog_body_dovecot),
	ROW("dovecot-auth", "dovecot", "syslog", syslog_body_dovecot),
	ROW("imap-login", "dovecot", "syslog", syslog_body_dovecot),
	ROW("pop3-login", "dovecot", "syslog", syslog_body_dovecot),
	ROW("managesieve-login", "dovecot", "syslog", syslog_body_dovecot),
	ROW("submission-login", "dovecot", "syslog", syslog_body_dovecot),
	ROW("auth", "dovecot", "auth", syslog_body_dovecot),
	ROW("auth-worker", "dovecot", "auth", syslog_body_dovecot),
	ROW("vsftpd", "vsftpd", "auth", syslog_body_ftp),
	ROW("proftpd", "proftpd", "auth", syslog_body_ftp),
	ROW("pure-ftpd", "pure-ftpd", "auth", syslog_body_ftp),
	ROW("dropbear", "sshd", "auth", syslog_body_dropbear),
	ROW("named", "named", "syslog", syslog_body_named),
	ROW("kernel", "kernel", "syslog", syslog_body_kernel),
	ROW("ulogd", "kernel", "syslog", syslog_body_kernel),
	ROW("nginx", "nginx", "syslog", syslog_body_nginx),
	ROW("apache2", "apache", "syslog", syslog_body_apache),
	ROW("httpd", "apache", "syslog", syslog_body_apache),
	ROW("clamd", "clamav", "syslog", NULL),
	ROW("freshclam", "clamav", "syslog", NULL),
	ROW("guacd", "guacamole", "syslog", NULL),
};
static const struct syslog_program other = ROW("", "syslog", "", NULL);

const struct syslog_program *
syslog_program(struct slice name)
{
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		if (programs[i].name.n == name.n && slice_eq(programs[i].name, name))
			return &programs[i];
	/* postfix/smtpd, postfix-out/submission/smtpd: the first part is set by syslog_name (postconf(5)). */
	if (slice_starts(name, SLICE("postfix")) && slice_find(name, '/') < name.n)
		return syslog_program(SLICE("postfix"));
	return &other;
}

bool
body_split_last(struct slice s, struct slice mark, struct slice *head, struct slice *tail)
{
	for (size_t n = s.n; n >= mark.n; n--) {
		const char *hit = memrchr(s.p, mark.p[0], n - mark.n + 1);

		if (hit == NULL)
			return false;
		n = (size_t)(hit - s.p) + mark.n;
		if (memcmp(hit, mark.p, mark.n))
			continue;
		*head = slice_head(s, n - mark.n);
		*tail = slice_from(s, n);
		return true;
	}
	return false;
}

struct slice
body_word(struct slice *s)
{
	size_t n = slice_find(*s, ' ');
	struct slice word = slice_head(*s, n);

	*s = slice_from(*s, n);
	while (s->n && s->p[0] == ' ')
		*s = slice_from(*s, 1);
	return word;
}

bool
body_source(struct event *e, struct slice s)
{
	struct slice word = body_word(&s);
	struct addr a;
	uint64_t port;
	size_t n;

	if (word.n && (word.p[word.n - 1] == ':' || word.p[word.n - 1] == '.' || word.p[word.n - 1] == ',') && !addr_read(word,
	    &a))
		word.n--;
	if (word.n == 0 || slice_eq(word, SLICE("UNKNOWN")))
		return false;
	event_set_address(e, F_source_ip, word);
	if (!body_skip(&s, SLICE("port ")))
		return true;
	n = num_digits(s, 5, &port);
	if (n && port <= 65535)
		event_set(e, F_source_port, slice_head(s, n));
	return true;
}

void
body_what(struct event *e, struct slice category, struct slice type, struct slice action, struct slice outcome)
{
	event_set(e, F_event_category, category);
	event_set(e, F_event_type, type);
	event_set(e, F_event_action, action);
	event_set(e, F_event_outcome, outcome);
}
