/* Syslog: RFC 5424, RFC 3164 and its relatives, framed by lines or counted (RFC 6587 section 3.4.1). */
#include "lib/format/syslog.h"

#include "lib/format/audit.h"
#include "lib/format/cef.h"
#include "lib/format/fw.h"
#include "lib/format/kv.h"

#include "lib/base/addr.h"
#include "lib/base/num.h"

enum { LINES_LOOKED = 20, COUNT_DIGITS = 7 };

struct syslog_state {
	struct format_year year;	/* first: format.h */
	const struct format_context *c;
};

/* ---- what it is ---------------------------------------------------------------------------------------------------------- */

/* Octet counting: `LEN SP <`; how long prefix and message are, 0: these are lines. */
static size_t
counted(struct slice in, size_t *prefix)
{
	uint64_t len;
	size_t n = in.n && in.p[0] >= '1' && in.p[0] <= '9' ? num_digits(in, COUNT_DIGITS, &len) : 0;
	int pri;

	if (n == 0 || n + 1 >= in.n || in.p[n] != ' ' || syslog_pri(slice_from(in, n + 1), &pri) == 0)
		return 0;
	*prefix = n + 1;
	return n + 1 + (size_t)len;
}

static size_t
frame(struct slice in, bool last, void *state, struct slice *record)
{
	const struct syslog_state *s = state;
	size_t prefix, n = counted(in, &prefix);

	if (n && s->c && n - prefix > s->c->max_record)
		n = 0;
	if (n == 0 || (n > in.n && last)) {
		n = slice_find(in, '\n');
		*record = slice_head(in, n);
		while (record->n && (record->p[record->n - 1] == '\r' || record->p[record->n - 1] == '\0'))
			record->n--;
		return n < in.n ? n + 1 : last ? in.n : 0;
	}
	if (n > in.n)
		return 0;
	*record = slice_of(in.p + prefix, n - prefix);
	while (record->n && (record->p[record->n - 1] == '\n' || record->p[record->n - 1] == '\0'))
		record->n--;
	return n;
}

/* 3: RFC 5424, or a time and a tag; 2: a time; 1: PRI alone. */
static int
likeness(struct slice line)
{
	struct syslog s;
	struct addr a;
	size_t at;

	if (syslog_5424(line, false, &s, &at))
		return 3;
	if (!syslog_3164(line, &s))
		return 0;
	/* `host program[pid]: ` without any time, as some exports of the journal have it. */
	if (s.time.kind == CLOCK_NONE)
		return s.host.n && s.procid.n ? 2 : s.pri >= 0 ? 1 : 0;
	if (s.app.n || fw_panos_is(s.msg) || fw_cisco_is(s.msg) || kv_is(s.msg))
		return 3;
	/* Boxes without a tag: a time and an address of their own. */
	return s.pri >= 0 || (s.host.n && addr_read(s.host, &a)) ? 2 : 1;
}

static int
sniff(struct slice head)
{
	struct syslog_state none = {0};
	struct slice rest = head, line;
	int lines = 0, points = 0;

	while (rest.n && lines < LINES_LOOKED) {
		size_t n = frame(rest, true, &none, &line);

		rest = slice_from(rest, n);
		if (slice_trim(line).n == 0)
			continue;
		lines++;
		points += likeness(line);
	}
	return lines ? points * 94 / (lines * 3) : 0;
}

static void
begin(void *state, const struct format_context *c)
{
	((struct syslog_state *)state)->c = c;
}

/* Month and day of a line that gives no year. */
static bool
day_of(struct slice line, int *month, int *day)
{
	int pri;
	struct slice rest = slice_from(line, syslog_pri(line, &pri));

	return syslog_month_day(slice_from(rest, rest.n && rest.p[0] == '['), month, day);
}

static void
learn(struct slice record, void *state)
{
	struct syslog_state *s = state;
	int month, day;

	if (day_of(record, &month, &day))
		(void)format_year_next(&s->year, s->c, month, day);
}

/* ---- an event out of it -------------------------------------------------------------------------------------------------- */

static bool
is_utc(struct slice s)
{
	return slice_ends(s, SLICE("Z")) || s.p[0] == '@' || slice_ends(s, SLICE("+00:00")) || slice_ends(s, SLICE("UTC")) ||
	    slice_ends(s,
	    SLICE("GMT"));
}

void
syslog_set_time(const struct format_context *c, const struct format_year *year, struct syslog_time *t, struct event *e)
{
	struct format_year alone = {0};

	switch (t->kind) {
	case CLOCK_NONE:
		return;
	case CLOCK_UTC:
		e->at = t->at;
		e->timed = true;
		e->tz = is_utc(t->text) ? SLICE("utc") : SLICE("offset");
		return;
	case CLOCK_NO_YEAR:
		t->civil.year = year && year->year ? year->year : format_year_next(&alone, c, t->civil.month, t->civil.day);
		/* 29 February: the leap year before. */
		for (int back = 0; back < 8 && !stamp_civil_ok(&t->civil); back++)
			t->civil.year--;
		if (c->year_err != ERR_COUNT)
			event_err(e, c->year_err);
		break;
	case CLOCK_LOCAL:
		break;
	}
	format_time_local(c, e, &t->civil);
}

static void
set_host(struct event *e, struct slice host)
{
	struct addr a;

	if (host.n == 0 || (host.n == 1 && host.p[0] == '-'))
		return;
	event_set(e, F_host_name, host);
	if ((num_digit(host.p[0]) || slice_find(host, ':') < host.n) && addr_read(host, &a))
		event_set(e, F_host_ip, host);
}

/* Numbers below 192, ready as text. */
static struct slice
small(struct event *e, unsigned v)
{
	char text[3];
	size_t n = 0;

	if (v >= 100)
		text[n++] = (char)('0' + v / 100);
	if (v >= 10)
		text[n++] = (char)('0' + v / 10 % 10);
	text[n++] = (char)('0' + v % 10);
	return event_keep(e, slice_of(text, n));
}

static void
set_pri(struct event *e, unsigned pri)
{
	static const struct slice level[] = {SLICE_INIT("emergency"), SLICE_INIT("alert"), SLICE_INIT("critical"),
	    SLICE_INIT("error"),
	    SLICE_INIT("warning"), SLICE_INIT("notice"), SLICE_INIT("informational"), SLICE_INIT("debug")};
	struct slice text = small(e, pri);

	event_set(e, F_log_syslog_priority, text);
	event_set(e, F_log_syslog_facility_code, small(e, pri / 8));
	event_set(e, F_log_syslog_severity_code, small(e, pri % 8));
	event_set(e, F_log_level, level[pri % 8]);
	event_raw_lit(e, "priority", text);
}

static struct slice
base_name(struct slice app)
{
	size_t slash = slice_rfind(app, '/');

	/* postfix/smtpd is a name; /usr/sbin/cron a path. */
	return app.n && app.p[0] == '/' && slash + 1 < app.n ? slice_from(app, slash + 1) : app;
}

static void
set_head(struct event *e, const struct syslog *s, struct format_room *room)
{
	bool ok;

	if (s->pri >= 0)
		set_pri(e, (unsigned)s->pri);
	if (s->version) {
		struct slice text = event_keep(e, slice_of((const char[]){(char)('0' + s->version / 100),
		    (char)('0' + s->version / 10 % 10),
		    (char)('0' + s->version % 10)}, 3));

		text = slice_from(text, s->version < 10 ? 2 : s->version < 100 ? 1 : 0);
		event_set(e, F_log_syslog_version, text);
		event_raw_lit(e, "version", text);
	}
	if (s->time.text.n)
		event_raw_lit(e, "timestamp", s->time.text);
	if (s->host.n) {
		set_host(e, s->host);
		event_raw_lit(e, "hostname", s->host);
	}
	if (s->app.n) {
		event_set(e, F_log_syslog_appname, s->app);
		event_raw_lit(e, "program", s->app);
	}
	if (s->procid.n) {
		uint64_t pid;

		event_set(e, F_log_syslog_procid, s->procid);
		event_raw_lit(e, "pid", s->procid);
		if (num_u64(s->procid, &pid))
			event_set(e, F_process_pid, s->procid);
	}
	if (s->msgid.n) {
		event_set(e, F_log_syslog_msgid, s->msgid);
		event_raw_lit(e, "msgid", s->msgid);
	}
	if (s->sd.n) {
		buf_reset(&room->scratch);
		(void)syslog_sd(s->sd, false, &room->scratch, &ok);
		event_set_json(e, F_log_syslog_structured_data, event_keep(e, buf_slice(&room->scratch)));
		event_raw_lit(e, "structured_data", s->sd);
	}
	event_raw_lit(e, "message", s->msg);
}

/*
 * @cee: and bare JSON: the object inside is the record (INGEST.md section 3).  The line's host and program stay where the
 * object names none.
 */
static bool
json_body(struct format_room *room, struct event *e, struct slice msg, const struct syslog_program *p)
{
	bool announced = body_skip(&msg, SLICE("@cee:")), timed = e->timed;
	struct stamp at = e->at;
	struct slice tz = e->tz;
	uint32_t err = e->err;
	struct fault f;

	msg = slice_trim(msg);
	if (msg.n < 2 || msg.p[0] != '{')
		return false;
	if (msg.p[msg.n - 1] != '}' || !json_one(room->json, msg, &f)) {
		if (announced)
			event_err(e, ERR_bad_body);
		return false;
	}
	e->timed = false;
	e->err &= 1u << ERR_bad_utf8;
	if (slice_eq(shape_fill(room->c->shapes, room->c->shape, room->json, 0, room->slots, e), SLICE("json"))) {
		event_ls(e, SLICE("linux"), p->service, (struct slice){0});
		event_set(e, F_event_dataset, p->dataset);
	}
	if (!e->timed) {
		e->at = at;
		e->timed = timed;
		e->tz = tz;
		e->err = (e->err & ~(1u << ERR_no_time)) | err;
	}
	return true;
}

/* message repeated 3 times: [ the message]  (rsyslog) */
static struct slice
repeated(struct slice msg)
{
	struct slice in = msg;
	size_t colon;

	if (!body_skip(&in, SLICE("message repeated ")))
		return msg;
	colon = slice_find_slice(in, SLICE(" times: ["));
	if (colon > 10 || in.p[in.n - 1] != ']')
		return msg;
	in = slice_from(in, colon + 9);
	in.n--;
	(void)body_skip(&in, SLICE(" "));
	return in;
}

/* A record of a format of its own as the message: raw is that record's then (INGEST.md section 3), the line's host stays. */
static bool
audit_body(struct event *e, struct slice msg)
{
	struct audit_head h;

	/* [ 101.123456], the kernel's own time */
	if (msg.n && msg.p[0] == '[')
		msg = slice_trim(slice_from(msg, slice_find(msg, ']') + 1));
	if (!audit_head(msg, &h))
		return false;
	e->raws = 0;
	e->form = FORM_TEXT;
	e->at = h.at;
	e->timed = true;
	e->tz = SLICE("utc");
	e->err &= 1u << ERR_bad_utf8;
	audit_fill(e, &h, NULL);
	return true;
}

/* CEF and LEEF, also where the tag took `CEF:` away. */
static bool
cef_body(struct event *e, const struct format_context *c, struct slice app, struct slice msg)
{
	struct cef_head h;

	e->form = FORM_TEXT;
	if (slice_starts(msg, SLICE("LEEF:"))) {
		if (!leef_head(msg, e, &h))
			return false;
		leef_fill(e, c, &h);
		return true;
	}
	if (!cef_head(msg, slice_eq(app, SLICE("CEF")), e, &h) || h.prefix.n)
		return false;
	cef_fill(e, c, &h);
	return true;
}

/* Firewalls and other boxes that write a form of their own behind the header. */
static bool
box_body(struct event *e, const struct format_context *c, struct slice app, struct slice msg)
{
	if (slice_find(slice_head(msg, 64), '%') < msg.n && fw_cisco(e, msg))
		return true;
	if (slice_eq(app, SLICE("filterlog")) && fw_pf(e, msg)) {
		event_set(e, F_message, msg);
		return true;
	}
	if (c && msg.n > 20 && msg.n > 2 && (msg.p[1] == ',' || msg.p[2] == ',') && fw_panos(e, c, msg))
		return true;
	if (c && app.n == 0 && slice_find(slice_head(msg, 32), '=') < msg.n && kv_is(msg)) {
		kv_fill(e, c, msg);
		return true;
	}
	return false;
}

void
syslog_message(struct event *e, struct format_room *room, struct slice app, struct slice msg, bool pam)
{
	struct slice name = base_name(app);
	const struct syslog_program *p = syslog_program(name);

	if (msg.n > 16 && strchr("tnaT[", msg.p[0]) && slice_has(slice_head(msg, 64), SLICE("type=")) && audit_body(e, msg))
		return;
	if (room && (slice_starts(msg, SLICE("CEF:")) || slice_starts(msg, SLICE("LEEF:")) || slice_eq(app, SLICE("CEF"))) &&
	    cef_body(e, room->c, app, msg))
		return;
	if (box_body(e, room ? room->c : NULL, app, msg))
		return;
	event_set(e, F_process_name, name);
	if (room && msg.n && (msg.p[0] == '{' || msg.p[0] == '@') && json_body(room, e, msg, p))
		return;
	event_set(e, F_event_dataset, p->dataset);
	event_ls(e, SLICE("linux"), p->service, (struct slice){0});
	if (p->also.n)
		event_ls(e, SLICE("linux"), p->also, (struct slice){0});
	event_set(e, F_message, msg);
	if (msg.n == 0)
		return;
	if (pam || msg.p[0] == 'p' || msg.p[0] == 'a' || msg.p[0] == '(' || msg.p[0] == 'P')
		if (syslog_body_pam(e, msg))
			return;
	if (p->body)
		p->body(e, repeated(msg));
}

static bool
parse(struct slice record, struct format_room *room, struct event *e, bool *skip, struct fault *f)
{
	const struct syslog_state *state = room->state;
	struct syslog s;
	size_t at;
	struct slice line;
	unsigned quotes;

	if (slice_trim(record).n == 0) {
		*skip = true;
		return true;
	}
	line = format_text_seen(e, record, &quotes);
	if (!syslog_5424(line, false, &s, &at)) {
		if (s.version && s.time.text.p)
			s.msg = slice_from(line, at);
		else if (!syslog_3164(line, &s))
			return fault_near(f, "syslog-header: neither PRI nor time", line, 0);
	}
	event_set(e, F_event_kind, SLICE("event"));
	syslog_set_time(room->c, state ? &state->year : NULL, &s.time, e);
	set_head(e, &s, room);
	syslog_message(e, room, s.app, s.msg, s.pam);
	return true;
}

static const enum field fields[] = {F_message, F_event_kind, F_event_category, F_event_type, F_event_action, F_event_outcome,
    F_event_dataset,
    F_event_reason, F_event_original, F_log_level, F_log_syslog_priority, F_log_syslog_facility_code, F_log_syslog_severity_code,
    F_log_syslog_appname, F_log_syslog_procid, F_log_syslog_msgid, F_log_syslog_version, F_log_syslog_structured_data,
    F_host_name, F_host_ip,
    F_user_name, F_user_id, F_user_target_name, F_user_effective_name, F_group_name, F_group_id, F_process_pid, F_process_name,
    F_process_command_line, F_process_working_directory, F_service_name, F_source_ip, F_source_port, F_source_domain,
    F_source_address,
    F_network_protocol, FIELD_COUNT};

const struct format format_syslog = {
	.name = "syslog",
	.title = "syslog, with the messages of sshd, sudo, su, cron, PAM and account tools",
	.standard = "RFC 5424, RFC 3164, RFC 6587",
	.fields = fields,
	.sniff = sniff,
	.frame = frame,
	.state = sizeof(struct syslog_state),
	.begin = begin,
	.learn = learn,
	.years = true,
	.parse = parse,
};
