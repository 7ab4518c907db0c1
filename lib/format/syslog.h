/*
 * syslog (private to the room): a syslog line in its parts.  All slices point into the line.
 */
#ifndef IRPIPE_FORMAT_SYSLOG_H
#define IRPIPE_FORMAT_SYSLOG_H

#include "lib/format/format.h"

enum syslog_clock { CLOCK_NONE, CLOCK_NO_YEAR, CLOCK_LOCAL, CLOCK_UTC };

struct syslog_time {
	enum syslog_clock kind;
	struct stamp_civil civil;	/* CLOCK_NO_YEAR, CLOCK_LOCAL */
	struct stamp at;		/* CLOCK_UTC */
	struct slice text;		/* empty with p != NULL: RFC 5424's NILVALUE */
};

struct syslog {
	int pri;			/* -1: none */
	unsigned version;		/* RFC 5424: 1..999; 0: RFC 3164 */
	struct syslog_time time;
	struct slice host, app, procid, msgid, sd, msg;
	bool pam;			/* tag `sshd(pam_unix)` */
};

/* Length of the time at the start of `s`; 0: there is none. */
size_t syslog_time(struct slice s, struct syslog_time *);
/* The same for its commonest form alone, `Mmm dd`: the year's rule needs no more. */
bool syslog_month_day(struct slice s, int *month, int *day);
/* <PRI>: its length, 0: there is none (RFC 3164 section 4.1.1, RFC 5424 section 6.2.1: 0 to 191, no leading zeros). */
size_t syslog_pri(struct slice s, int *pri);

/*
 * RFC 5424.  False: not all of it is as the grammar says; what was understood is filled, `at` is where it ended.  With
 * `strict` lengths, characters and the time's form are the RFC's own; else any words and any ISO 8601 time.
 */
bool syslog_5424(struct slice line, bool strict, struct syslog *, size_t *at) must_use;
/*
 * STRUCTURED-DATA (section 6.3) at the start of `s`: its length, 0: none.  *json (may be NULL) gets the object by SD-ID; a
 * parameter that comes more than once is an array.  *ok: well-formed to its end; else the object holds what came before.
 */
size_t syslog_sd(struct slice s, bool strict, struct buf *json, bool *ok);
/* RFC 3164 and its relatives; false: neither PRI nor time nor tag. */
bool syslog_3164(struct slice line, struct syslog *) must_use;

/* The event's time; `year` is what earlier records told, NULL: nothing. */
void syslog_set_time(const struct format_context *, const struct format_year *year, struct syslog_time *, struct event *);
/*
 * Program and message of any record that carries a syslog message: log source, data set, message and what the body says.
 * With room == NULL a body in JSON is left alone.
 */
void syslog_message(struct event *, struct format_room *, struct slice program, struct slice msg, bool pam);

/* ---- bodies: what a program's message says ------------------------------------------------------------------------------- */

struct syslog_program {
	struct slice name;		/* process.name, without path and `(pam_unix)` */
	struct slice dataset;
	struct slice service, also;	/* of product linux; also: empty if there is no second */
	void (*body)(struct event *, struct slice msg);
};
const struct syslog_program *syslog_program(struct slice name);

void syslog_body_sshd(struct event *, struct slice msg);
void syslog_body_sudo(struct event *, struct slice msg);
void syslog_body_su(struct event *, struct slice msg);
void syslog_body_cron(struct event *, struct slice msg);
void syslog_body_account(struct event *, struct slice msg);
void syslog_body_logind(struct event *, struct slice msg);
void syslog_body_systemd(struct event *, struct slice msg);
void syslog_body_login(struct event *, struct slice msg);
void syslog_body_postfix(struct event *, struct slice msg);
void syslog_body_exim(struct event *, struct slice msg);
/* A line of Exim's own log behind its time. */
bool syslog_exim_line(struct slice);
void syslog_body_dovecot(struct event *, struct slice msg);
void syslog_body_ftp(struct event *, struct slice msg);
void syslog_body_dropbear(struct event *, struct slice msg);
void syslog_body_named(struct event *, struct slice msg);
void syslog_body_kernel(struct event *, struct slice msg);
/* Error logs of nginx and Apache as messages: their own time is left out. */
void syslog_body_nginx(struct event *, struct slice msg);
void syslog_body_apache(struct event *, struct slice msg);
/* pam_unix(service:type): and (pam_unix): false: it is none. */
bool syslog_body_pam(struct event *, struct slice msg);

/* ---- pieces of messages -------------------------------------------------------------------------------------------------- */

/* Cuts `word` off the front; false: s starts otherwise. */
static inline bool
body_skip(struct slice *s, struct slice word)
{
	if (!slice_starts(*s, word))
		return false;
	*s = slice_from(*s, word.n);
	return true;
}
/* What stands before the last `mark` of s, and behind it in *tail; false: there is none. */
bool body_split_last(struct slice s, struct slice mark, struct slice *head, struct slice *tail);
/* The first word; s moves behind it and its blanks. */
struct slice body_word(struct slice *s);
/* `ADDRESS[ port N]...`: source.*; false: no address and no name stands there. */
bool body_source(struct event *, struct slice s);
/* category, type, action and outcome in one call; empty ones are left out. */
void body_what(struct event *, struct slice category, struct slice type, struct slice action, struct slice outcome);

#endif
