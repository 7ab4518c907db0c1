/*
 * wtmp, btmp and utmp of Linux (utmp(5)): records of 384 bytes, little-endian, as glibc has them on x86_64 and on machines
 * with 32-bit compatible time.  btmp holds nothing but failures; the file's name tells it.
 */
#include "lib/format/format.h"
#include "lib/format/syslog.h"

#include "lib/base/addr.h"
#include "lib/base/utf8.h"

#include <endian.h>

enum { RECORD = 384, LINE = 8, ID = 40, USER = 44, HOST = 76, EXIT = 332, SESSION = 336, SECONDS = 340, MICROS = 344,
    ADDRESS = 348 };
enum { EMPTY, RUN_LEVEL, BOOT_TIME, NEW_TIME, OLD_TIME, INIT_PROCESS, LOGIN_PROCESS, USER_PROCESS, DEAD_PROCESS, TYPES = 10 };

static uint32_t
word(const char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof v);
	return le32toh(v);
}

/* The fixed field up to its NUL. */
static struct slice
text(struct slice record, size_t at, size_t n)
{
	struct slice s = slice_of(record.p + at, n);

	return slice_head(s, slice_find(s, '\0'));
}

static bool
padded(struct slice record, size_t at, size_t n)
{
	struct slice s = slice_of(record.p + at, n), v = slice_head(s, slice_find(s, '\0'));

	for (size_t i = 0; i < v.n; i++)
		if ((unsigned char)v.p[i] < 0x20 || v.p[i] == 0x7f)
			return false;
	return true;
}

/* A type that exists, a time since 1980, text in the text fields, and 20 reserved zero bytes. */
static bool
plausible(struct slice r)
{
	uint32_t type = word(r.p), at = word(r.p + SECONDS);

	if (type >= TYPES || (type != EMPTY && at < 315532800) || word(r.p + MICROS) >= 1000000)
		return false;
	for (size_t i = 364; i < RECORD; i++)
		if (r.p[i])
			return false;
	return padded(r, LINE, 32) && padded(r, USER, 32) && padded(r, HOST, 256);
}

static int
sniff(struct slice head)
{
	size_t n = head.n / RECORD, good = 0, empty = 0, looked = n < 20 ? n : 20;

	if (n == 0 || (head.n < 64 * 1024 && head.n % RECORD))
		return 0;
	for (size_t i = 0; i < looked; i++) {
		struct slice r = slice_of(head.p + i * RECORD, RECORD);

		good += plausible(r);
		empty += word(r.p) == EMPTY && word(r.p + SECONDS) == 0;
	}
	return empty == looked ? 0 : (int)(good * 95 / looked);
}

static size_t
frame(struct slice in, bool last, void *state, struct slice *record)
{
	(void)state;
	if (in.n < RECORD && !last)
		return 0;
	*record = slice_head(in, RECORD);
	return record->n;
}

static const struct {
	const char *name, *category, *type, *action;
} kinds[TYPES] = {
	[EMPTY] = {"EMPTY", "", "", ""},
	[RUN_LEVEL] = {"RUN_LVL", "host", "change", "runlevel_changed"},
	[BOOT_TIME] = {"BOOT_TIME", "host", "start", "system_booted"},
	[NEW_TIME] = {"NEW_TIME", "configuration", "change", "clock_set"},
	[OLD_TIME] = {"OLD_TIME", "configuration", "change", "clock_was"},
	[INIT_PROCESS] = {"INIT_PROCESS", "process", "start", "init_process"},
	[LOGIN_PROCESS] = {"LOGIN_PROCESS", "authentication", "start", "login_prompt"},
	[USER_PROCESS] = {"USER_PROCESS", "session", "start", "user_login"},
	[DEAD_PROCESS] = {"DEAD_PROCESS", "session", "end", "user_logout"},
	[9] = {"ACCOUNTING", "", "", ""},
};

static struct slice
mended(struct event *e, struct slice s)
{
	struct buf b = {0};

	if (utf8_bad(s) == s.n)
		return s;
	utf8_mend(s, &b, NULL);
	event_err(e, ERR_bad_utf8);
	s = event_keep(e, buf_slice(&b));
	buf_free(&b);
	return s;
}

static void
number(struct event *e, struct slice key, uint32_t v)
{
	struct buf b = {0};

	buf_u64(&b, v);
	event_raw_json(e, key, event_keep(e, buf_slice(&b)));
	buf_free(&b);
}

/* ut_addr_v6: four words, network order; an IPv4 address fills the first alone. */
static struct slice
address(struct event *e, const char *p)
{
	struct addr a = {{0}};
	struct buf b = {0};
	struct slice s;
	static const char zero[16];

	if (memcmp(p, zero, 16) == 0)
		return (struct slice){NULL, 0};
	if (memcmp(p + 4, zero, 12) == 0) {
		a.b[10] = a.b[11] = 0xff;
		memcpy(a.b + 12, p, 4);
	} else {
		memcpy(a.b, p, 16);
	}
	addr_add(&b, &a);
	s = event_keep(e, buf_slice(&b));
	buf_free(&b);
	return s;
}

static void
put_raw(struct event *e, struct slice r, struct slice line, struct slice user, struct slice host, struct slice addr)
{
	number(e, SLICE("ut_type"), word(r.p));
	number(e, SLICE("ut_pid"), word(r.p + 4));
	event_raw(e, SLICE("ut_line"), line);
	event_raw(e, SLICE("ut_id"), mended(e, text(r, ID, 4)));
	event_raw(e, SLICE("ut_user"), user);
	event_raw(e, SLICE("ut_host"), host);
	number(e, SLICE("ut_exit"), word(r.p + EXIT));
	number(e, SLICE("ut_session"), word(r.p + SESSION));
	number(e, SLICE("ut_tv_sec"), word(r.p + SECONDS));
	number(e, SLICE("ut_tv_usec"), word(r.p + MICROS));
	event_raw(e, SLICE("ut_addr"), addr);
}

static void
classify(struct event *e, uint32_t type, bool failed)
{
	event_lit(e, F_event_kind, "event");
	event_lit(e, F_host_os_type, "linux");
	event_set(e, F_event_dataset, failed ? SLICE("linux.btmp") : SLICE("linux.wtmp"));
	event_ls(e, SLICE("linux"), failed ? SLICE("btmp") : SLICE("wtmp"), (struct slice){NULL, 0});
	event_ls(e, SLICE("linux"), SLICE("auth"), (struct slice){NULL, 0});
	if (failed)
		body_what(e, SLICE("authentication"), SLICE("start"), SLICE("user_login"), SLICE("failure"));
	else
		body_what(e, slice_str(kinds[type].category), slice_str(kinds[type].type), slice_str(kinds[type].action),
		    type == USER_PROCESS ? SLICE("success") : SLICE(""));
}

static bool
parse(struct slice r, struct format_room *room, struct event *e, bool *skip, struct fault *f)
{
	uint32_t type = r.n == RECORD ? word(r.p) : 0;
	bool failed = slice_has(room->c->name, SLICE("btmp"));
	struct slice line, user, host, addr;

	if (r.n != RECORD)
		return fault_set(f, "utmp-record: cut", r.n);
	if (type >= TYPES)
		return fault_set(f, "utmp-type: not one of utmp(5)", 0);
	if (type == EMPTY && word(r.p + SECONDS) == 0) {
		*skip = true;
		return true;
	}
	line = mended(e, text(r, LINE, 32));
	user = mended(e, text(r, USER, 32));
	host = mended(e, text(r, HOST, 256));
	addr = address(e, r.p + ADDRESS);
	put_raw(e, r, line, user, host, addr);
	e->at = (struct stamp){word(r.p + SECONDS), word(r.p + MICROS) % 1000000 * 1000};
	e->timed = true;
	e->tz = SLICE("utc");
	classify(e, type, failed);
	if (type == USER_PROCESS || type == DEAD_PROCESS || type == LOGIN_PROCESS || failed)
		event_set(e, F_user_name, user);
	event_set_u64(e, F_process_pid, word(r.p + 4));
	event_set(e, F_event_code, slice_str(kinds[type].name));
	if (type != BOOT_TIME && type != RUN_LEVEL)
		event_set_address(e, F_source_ip, addr.n ? addr : host);
	return true;
}

const struct format format_utmp = {
	.name = "utmp",
	.title = "wtmp, btmp and utmp of Linux: logins, failed logins, boots",
	.standard = "utmp(5), 384-byte records",
	.sniff = sniff,
	.frame = frame,
	.closed = true,
	.parse = parse,
};
