/*
 * Lines of real servers with what fail2ban's authors say of them: time, address, and whether somebody failed.  Each line is
 * read alone, as a source of its own; the clock of the labels is that of Zurich on 14 August 2005.
 */
#include "tests/unit/format.h"
#include "tests/unit/unit.h"

#include "lib/base/addr.h"
#include "lib/base/num.h"

#include <stdio.h>
#include <stdlib.h>

struct score {
	unsigned lines, read, times, dated, hosts, named, verdicts;
};

/*
 * What is missing: a verdict that depends on the jail's mode (the same line is both) or on another line of the connection;
 * an address that only another line of the connection has; TAI64N, which the labels read as if it were UTC (10 s).
 */
static const struct {
	const char *file;
	unsigned read, times, hosts, verdicts;	/* at least so many */
} service[] = {
	{"sshd-journal", 129, 0, 78, 97}, {"postfix", 63, 57, 58, 59}, {"dovecot", 67, 62, 56, 60}, {"nginx-botsearch", 14, 12,
	14, 14},
	{"nginx-forbidden", 2, 2, 2, 2}, {"nginx-http-auth", 18, 16, 17, 18}, {"apache-badbots", 4, 4, 4, 1},
	{"apache-modsecurity",
	0, 0, 0, 0},
	{"apache-pass", 1, 1, 1, 0}, {"apache-shellshock", 2, 2, 2, 2}, {"exim", 51, 47, 48, 48}, {"proftpd", 10, 10, 10, 10},
	{"vsftpd",
	0, 0, 0, 0},
	{"pure-ftpd", 1, 1, 1, 1}, {"pam-generic", 9, 9, 8, 8}, {"selinux-ssh", 11, 9, 5, 5}, {"dropbear", 10, 10, 10, 10},
};

/* 2005-06-13T16:30:54, the label's local time; `Mar 7` is written 2005-03-7. */
static bool
label_time(struct slice s, const struct zone *zone, int64_t *at)
{
	struct stamp_civil c = {0};
	int *part[] = {&c.year, &c.month, &c.day, &c.hour, &c.minute, &c.second};
	bool twice;

	for (size_t i = 0; i < 6; i++) {
		uint64_t v;
		size_t n = num_digits(s, 4, &v);

		if (n == 0)
			return false;
		*part[i] = (int)v;
		s = slice_from(s, n + 1);
	}
	*at = zone_utc(zone, stamp_seconds(&c), &twice);
	return true;
}

static struct slice
member(const struct json *j, const char *name)
{
	uint32_t v = json_get(j, 0, slice_str(name));

	return v == JSON_NONE ? (struct slice){NULL, 0} : json_inner(j, v);
}

static bool
same_address(struct slice a, struct slice b)
{
	struct addr x, y;

	return addr_read(a, &x) && addr_read(b, &y) ? memcmp(&x, &y, sizeof x) == 0 : slice_eq(a, b);
}

static void
one(struct trial *t, const struct json *label, struct slice line, struct score *s)
{
	struct format_guess g = format_guess(line, t->c.name);
	struct slice host = member(label, "host"), time = member(label, "time");
	uint32_t m = json_get(label, 0, SLICE("match"));
	bool match = m != JSON_NONE && json_type(label, m) == JSON_TRUE, failed;
	int64_t want;
	const char *wrong = "";

	s->lines++;
	if (g.format == NULL || !trial_one(t, g.format, line)) {
		printf("# unread: %.*s\n", (int)line.n, line.p);
		return;
	}
	s->read++;
	if (label_time(time, t->c.zone, &want)) {
		s->dated++;
		if (t->e.timed && t->e.at.s == want)
			s->times++;
		else
			wrong = "time";
	}
	if (host.n && match) {
		s->named++;
		if (same_address(event_get(&t->e, F_source_ip), host) || same_address(event_get(&t->e, F_source_address), host))
			s->hosts++;
		else
			wrong = "address";
	}
	failed = slice_eq(event_get(&t->e, F_event_outcome), SLICE("failure"));
	if (failed == match)
		s->verdicts++;
	else if (!*wrong)
		wrong = match ? "verdict: not failed" : "verdict: failed";
	if (*wrong && getenv("SHOW"))
		printf("# %s (%s): %.*s\n", wrong, g.format->name, (int)line.n, line.p);
}

static void
file(const char *dir, size_t at, struct zone *zone)
{
	struct buf path = {0}, text = {0};
	struct json *j = json_new(&json_limits_source);
	struct score s = {0};
	struct slice rest, label = {NULL, 0};
	struct trial t;
	struct fault f;

	buf_str(&path, dir);
	buf_lit(&path, "/fail2ban-logs/");
	buf_str(&path, service[at].file);
	rest = unit_file(buf_cstr(&path));
	trial_begin(&t, slice_str(service[at].file));
	t.c.zone = zone;
	t.c.zone_name = SLICE("Europe/Zurich");
	t.c.zone_given = true;
	t.c.reference.s = INT64_C(1124013600);
	while (rest.p) {
		struct slice line = slice_cut(&rest, '\n');
		size_t json = slice_find_slice(line, SLICE("failJSON:"));

		if (line.n && line.p[0] == '#') {
			if (json < line.n)
				label = slice_trim(slice_from(line, json + 9));
		} else if (line.n && label.n && json_one(j, label, &f)) {
			one(&t, j, line, &s);
			label.n = 0;
		}
	}
	printf("# fail2ban %s: %u lines, read %u, time %u of %u, address %u of %u, verdict %u\n", service[at].file, s.lines,
	    s.read,
	    s.times, s.dated, s.hosts, s.named, s.verdicts);
	OK(s.read >= service[at].read && s.times >= service[at].times && s.hosts >= service[at].hosts &&
	s.verdicts >= service[at].verdicts,
	    "fail2ban %s", service[at].file);
	trial_end(&t);
	json_free(j);
	buf_free(&path);
	buf_free(&text);
}

void
format_fail2ban_tests(void)
{
	const char *dir = unit_unpack("fail2ban-logs");
	struct zone *zone = zone_open(SLICE("Europe/Zurich"));

	if (!dir || !zone) {
		unit_skip("no fail2ban-logs or no time zones");
		zone_free(zone);
		return;
	}
	for (size_t i = 0; i < sizeof service / sizeof *service; i++)
		file(dir, i, zone);
	zone_free(zone);
}
