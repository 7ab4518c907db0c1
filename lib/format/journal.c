/*
 * The journal's export format (systemd, JOURNAL_EXPORT_FORMATS): fields as NAME=text, or NAME, a line end, the length
 * (LE64), the bytes and a line end; a blank line ends an entry.  What `journalctl -o export` prints and
 * systemd-journal-remote sends.
 */
#include "lib/format/audit.h"
#include "lib/format/syslog.h"

#include "lib/base/num.h"
#include "lib/base/utf8.h"

#include <endian.h>

enum { FIELDS_MAX = 1024, NAME_LONGEST = 64, LENGTH = 8 };

struct state {
	size_t max_record;
	uint64_t left;			/* bytes of a value that passes by */
	bool eating;			/* the rest of an entry that was too long passes by, */
	bool in_line;			/* and it stands inside a line */
	bool cut;			/* the record is the start of such an entry */
};

static bool
name_ok(struct slice s)
{
	if (s.n == 0 || s.n > NAME_LONGEST || num_digit(s.p[0]))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'A' && s.p[i] <= 'Z') || num_digit(s.p[i]) || s.p[i] == '_'))
			return false;
	return true;
}

/* A name alone on its line: length and bytes follow. */
static bool
binary(struct slice line)
{
	return slice_find(line, '=') == line.n && name_ok(line);
}

static uint64_t
length(const char *p)
{
	uint64_t le;

	memcpy(&le, p, sizeof le);
	return le64toh(le);
}

static int
sniff(struct slice head)
{
	struct slice rest = head, line = slice_cut(&rest, '\n');

	while (rest.p && line.n == 0)
		line = slice_cut(&rest, '\n');
	if (slice_starts(line, SLICE("__CURSOR=")))
		return slice_has(head, SLICE("\n__REALTIME_TIMESTAMP=")) ? 99 : 70;
	/* What systemd-journal-remote gets may begin otherwise. */
	return name_ok(slice_head(line, slice_find(line, '='))) && slice_has(head, SLICE("__REALTIME_TIMESTAMP=")) &&
	    slice_has(head, SLICE("\n_BOOT_ID=")) ? 90 : 0;
}

static void
begin(void *state, const struct format_context *c)
{
	((struct state *)state)->max_record = c->max_record;
}

/* ---- entries --------------------------------------------------------------------------------------- */

/* Passes by what is left of the entry: bytes of its field, then lines up to the blank one. */
static size_t
eat(struct slice in, bool last, struct state *s)
{
	size_t at = 0;

	while (at < in.n) {
		struct slice rest = slice_from(in, at), line = slice_head(rest, slice_find(rest, '\n'));
		bool ended = line.n < rest.n;

		if (s->left) {
			size_t n = s->left < rest.n ? (size_t)s->left : rest.n;

			s->left -= n;
			at += n;
		} else if (s->in_line || line.n > NAME_LONGEST || (last && !ended)) {
			s->in_line = !ended;
			at += ended ? line.n + 1 : rest.n;
		} else if (!ended || (binary(line) && rest.n < line.n + 1 + LENGTH && !last)) {
			break;
		} else if (line.n == 0) {
			s->eating = false;
			return at + 1;
		} else {
			at += line.n + 1;
			if (binary(line) && rest.n >= line.n + 1 + LENGTH) {
				uint64_t n = length(rest.p + line.n + 1);

				s->left = n < UINT64_MAX - LENGTH ? n + LENGTH + 1 : n;
			}
		}
	}
	return at;
}

/* The entry is cut `n` bytes into it, `left` bytes or a line's end follow: that place does not depend on how much was read. */
static size_t
too_long(struct slice in, size_t n, uint64_t left, struct state *s, struct slice *record)
{
	*record = slice_head(in, n);
	s->cut = s->eating = true;
	s->left = left;
	s->in_line = left == 0;
	return n;
}

static size_t
frame(struct slice in, bool last, void *state, struct slice *record)
{
	struct state *s = state;
	size_t at = 0;

	s->cut = false;
	if (s->eating)
		return eat(in, last, s);
	if (in.n && in.p[0] == '\n')
		return 1;
	for (;;) {
		struct slice rest = slice_from(in, at), line = slice_head(rest, slice_find(rest, '\n'));
		size_t total = line.n + 1;
		uint64_t n;

		if (line.n == 0 && rest.n) {
			*record = slice_head(in, at - 1);
			return at + 1;
		}
		if (at + total > s->max_record)
			return too_long(in, at + 1, 0, s, record);
		if (line.n < rest.n && binary(line) && rest.n >= total + LENGTH) {
			n = length(rest.p + total);
			if (n > s->max_record || at + total + LENGTH + n + 1 > s->max_record)
				return too_long(in, at + total + LENGTH, n + (n < UINT64_MAX), s, record);
			total += LENGTH + (size_t)n + 1;
		} else if (line.n < rest.n && binary(line)) {
			total += LENGTH;
		}
		if (total > rest.n)
			break;
		at += total;
	}
	if (!last)
		return 0;
	*record = in;
	return in.n;
}

/* ---- an event out of one --------------------------------------------------------------------------- */

struct entry {
	struct slice name[FIELDS_MAX], value[FIELDS_MAX];
	size_t n;
};

static bool
read_entry(struct slice record, struct entry *t, struct fault *f)
{
	size_t at = 0;

	t->n = 0;
	while (at < record.n) {
		struct slice rest = slice_from(record, at), line = slice_head(rest, slice_find(rest, '\n'));
		size_t eq = slice_find(line, '=');

		if (!name_ok(slice_head(line, eq)))
			return fault_set(f, "journal-field: no name", at);
		if (t->n == FIELDS_MAX)
			return fault_set(f, "journal-fields: more than 1024", at);
		t->name[t->n] = slice_head(line, eq);
		t->value[t->n] = slice_from(line, eq + 1);
		at += line.n + 1;
		if (eq == line.n) {
			uint64_t n = rest.n >= line.n + 1 + LENGTH ? length(rest.p + line.n + 1) : UINT64_MAX;

			if (n > record.n - at - LENGTH || rest.n < line.n + 1 + LENGTH)
				return fault_set(f, "journal-length: behind the end of the entry", at);
			t->value[t->n] = slice_of(record.p + at + LENGTH, (size_t)n);
			at += LENGTH + (size_t)n + 1;
		}
		t->n++;
	}
	return true;
}

/* Text as it is; what is no UTF-8 is mended, and ir.bytes has the entry. */
static struct slice
text(struct event *e, struct slice v)
{
	struct buf b = {0};

	if (utf8_bad(v) == v.n)
		return v;
	utf8_mend(v, &b, NULL);
	event_err(e, ERR_bad_utf8);
	v = event_keep(e, buf_slice(&b));
	buf_free(&b);
	return v;
}

/* A field may come more than once: an array then, at the place of the first, as `-o json` has it. */
static void
put_raw(struct event *e, struct entry *t, size_t at)
{
	struct buf b = {0};
	struct json_out o = json_out(&b);
	struct slice name = t->name[at];
	size_t twin = at + 1;

	while (twin < t->n && !slice_eq(t->name[twin], name))
		twin++;
	if (twin == t->n) {
		event_raw(e, name, t->value[at]);
		return;
	}
	jo_open(&o, '[');
	for (size_t i = at; i < t->n; i++)
		if (slice_eq(t->name[i], name)) {
			jo_text(&o, t->value[i]);
			t->name[i].n = i == at ? name.n : 0;
		}
	jo_close(&o, ']');
	event_raw_json(e, name, event_keep(e, buf_slice(&b)));
	buf_free(&b);
}

static const struct {
	struct slice name;
	enum field field;
} plain[] = {
	{SLICE_INIT("_HOSTNAME"), F_host_name}, {SLICE_INIT("_MACHINE_ID"), F_host_id}, {SLICE_INIT("_EXE"),
	F_process_executable},
	{SLICE_INIT("_CMDLINE"), F_process_command_line}, {SLICE_INIT("_PID"), F_process_pid}, {SLICE_INIT("__SEQNUM"),
	F_event_sequence},
	{SLICE_INIT("MESSAGE_ID"), F_event_code}, {SLICE_INIT("SYSLOG_FACILITY"), F_log_syslog_facility_code},
	{SLICE_INIT("PRIORITY"), F_log_syslog_severity_code}, {SLICE_INIT("CONTAINER_ID_FULL"), F_container_id},
	{SLICE_INIT("_AUDIT_ID"), F_event_id}, {SLICE_INIT("SYSLOG_IDENTIFIER"), F_log_syslog_appname}, {SLICE_INIT("SYSLOG_PID"),
	F_log_syslog_procid},
};

static struct slice
get(const struct entry *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (slice_eq(t->name[i], slice_str(name)))
			return t->value[i];
	return (struct slice){NULL, 0};
}

static void
put_fields(struct event *e, struct entry *t)
{
	static const struct slice levels[] = {SLICE_INIT("emergency"), SLICE_INIT("alert"), SLICE_INIT("critical"),
	    SLICE_INIT("error"),
	    SLICE_INIT("warning"), SLICE_INIT("notice"), SLICE_INIT("informational"), SLICE_INIT("debug")};
	struct slice unit = get(t, "_SYSTEMD_UNIT"), level = get(t, "PRIORITY");

	for (size_t i = 0; i < t->n; i++) {
		t->value[i] = text(e, t->value[i]);
		for (size_t k = 0; k < sizeof plain / sizeof *plain; k++)
			if (slice_eq(plain[k].name, t->name[i]))
				(void)event_set(e, plain[k].field, t->value[i]);
	}
	if (slice_ends(unit, SLICE(".service")))
		event_set(e, F_service_name, slice_head(unit, unit.n - 8));
	if (level.n == 1 && level.p[0] >= '0' && level.p[0] <= '7')
		event_set(e, F_log_level, levels[level.p[0] - '0']);
	event_lit(e, F_host_os_type, "linux");
}

/* _TRANSPORT=audit: the record of the audit system without its head, which journald took apart. */
static bool
audit(struct event *e, const struct entry *t)
{
	struct audit_head h = {.type = get(t, "_AUDIT_TYPE_NAME"), .serial = get(t, "_AUDIT_ID"), .body = get(t, "MESSAGE")};
	size_t n = slice_find(h.body, ' ');

	if (!slice_eq(get(t, "_TRANSPORT"), SLICE("audit")) || h.type.n == 0)
		return false;
	if (slice_eq(slice_head(h.body, n), h.type))
		h.body = slice_from(h.body, n + 1);
	event_set(e, F_message, get(t, "MESSAGE"));
	audit_fill(e, &h, NULL);
	return true;
}

static void
put_message(struct event *e, struct format_room *room, const struct entry *t)
{
	struct slice program = get(t, "SYSLOG_IDENTIFIER"), uid = get(t, "_UID");

	if (program.n == 0)
		program = get(t, "_COMM");
	syslog_message(e, room, program, get(t, "MESSAGE"), false);
	/* The account in the message is not the one that the daemon runs as. */
	if (!event_has(e, F_user_name))
		event_set(e, F_user_id, uid);
}

static bool
parse(struct slice record, struct format_room *room, struct event *e, bool *skip, struct fault *f)
{
	const struct state *s = room->state;
	struct entry *t = arena_alloc(&e->mem, sizeof *t);

	(void)skip;
	if (s && s->cut)
		return fault_set(f, "record-length: longer than --max-record", s->max_record);
	if (!read_entry(record, t, f))
		return false;
	(void)format_text(e, record);
	event_lit(e, F_event_kind, "event");
	put_fields(e, t);
	e->timed = stamp_epoch(get(t, "_SOURCE_REALTIME_TIMESTAMP"), &e->at) || stamp_epoch(get(t, "__REALTIME_TIMESTAMP"),
	    &e->at);
	e->tz = SLICE("utc");
	if (!audit(e, t))
		put_message(e, room, t);
	/* The names of audit's own fields stand first, the journal's behind them. */
	for (size_t i = 0; i < t->n; i++)
		if (t->name[i].n)
			put_raw(e, t, i);
	return true;
}

static const enum field fields[] = {F_message, F_event_kind, F_event_category, F_event_type, F_event_action, F_event_outcome,
    F_event_dataset,
    F_event_reason, F_event_original, F_event_code, F_event_id, F_event_sequence, F_log_level, F_log_syslog_facility_code,
    F_log_syslog_severity_code, F_log_syslog_appname, F_log_syslog_procid, F_host_name, F_host_id, F_host_os_type, F_user_name,
    F_user_id,
    F_process_pid, F_process_name, F_process_executable, F_process_command_line, F_service_name, F_container_id, F_source_ip,
    F_source_port,
    F_source_domain, F_source_address, FIELD_COUNT};

const struct format format_journal = {
	.name = "journal",
	.title = "the journal of systemd in its export form",
	.standard = "systemd JOURNAL_EXPORT_FORMATS",
	.fields = fields,
	.sniff = sniff,
	.frame = frame,
	.state = sizeof(struct state),
	.begin = begin,
	.parse = parse,
};
