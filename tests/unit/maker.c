/* The bundled case: the same bytes each time, and a truth that is true of the files as they lie on disk. */
#include "tests/maker/case.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST = 40000 };

static void
make(struct company *c)
{
	*c = (struct company){.scale = 1};
	case_make(c);
}

static void
gone(struct company *c)
{
	for (int i = 0; i < LOGS; i++)
		log_free(&c->log[i]);
}

static void
same_bytes(void)
{
	static struct company a, b;
	size_t total = 0;

	make(&a);
	make(&b);
	for (int i = 0; i < LOGS; i++) {
		struct buf x = {0}, y = {0};

		log_bytes(&a.log[i], &x);
		log_bytes(&b.log[i], &y);
		OK(x.n > 1000 && slice_eq(buf_slice(&x), buf_slice(&y)), "%s is the same again", a.log[i].path);
		total += a.log[i].n;
		if (a.log[i].shape == LOG_GZ)
			OK(memcmp(x.p, "\x1f\x8b\x08\0\0\0\0\0", 8) == 0, "gzip header has no name and no time");
		buf_free(&x);
		buf_free(&y);
	}
	OK(total >= 20000 && total < 60000, "%zu records", total);
	gone(&a);
	gone(&b);
}

/* The records of a file by its own framing: lines, or the objects of the list. */
static size_t
split(struct slice all, bool list, struct slice *rec)
{
	size_t n = 0;

	if (list) {
		struct slice head = SLICE("{\"eventVersion\"");

		all = slice_from(all, slice_find_slice(all, head));
		for (; all.n > 0 && n < MOST; n++) {
			size_t next = 1 + slice_find_slice(slice_from(all, 1), head);

			rec[n] = slice_head(all, next);
			all = slice_from(all, next);
		}
		return n;
	}
	while (all.n > 0 && n < MOST)
		rec[n++] = slice_cut(&all, '\n');
	return n;
}

static bool
names_intruder(struct slice s)
{
	static const struct slice sign[] = {
		SLICE_INIT(ATTACKER), SLICE_INIT(BRUTE), SLICE_INIT(CLOUD_THIEF), SLICE_INIT(C2), SLICE_INIT(DROP),
		SLICE_INIT(C2_NAME), SLICE_INIT(TUNNEL_NAME), SLICE_INIT("svc-sync"), SLICE_INIT("svc-backup2"),
		SLICE_INIT("comsvcs"),
	};

	for (size_t i = 0; i < sizeof sign / sizeof *sign; i++) {
		size_t at = slice_find_slice(s, sign[i]);

		/* 203.0.113.66 is not in 203.0.113.66x, nor 198.51.100.23 in 198.51.100.23x. */
		if (at < s.n && !(at + sign[i].n < s.n && s.p[at + sign[i].n] >= '0' && s.p[at + sign[i].n] <= '9'))
			return true;
	}
	return false;
}

/* Whoever names an intruder is in the truth. */
static void
complete(const struct log *l, const struct slice *rec, size_t n, const bool *told)
{
	size_t missed = 0, first = 0;

	for (size_t i = 0; i < n; i++)
		if (names_intruder(rec[i]) && !told[i] && missed++ == 0)
			first = i + 1;
	OK(missed == 0, "%s: each record that names an intruder is told (missed %zu, first %zu)", l->path, missed, first);
}

static const struct {
	const char *path, *what, *words;
	unsigned count;
} expected[] = {
	{"web01/var/log/nginx/access.log", "web shell uploaded as a CV", "POST /careers/upload", 1},
	{"web01/var/log/nginx/access.log", "web shell: whoami", "cmd=whoami", 1},
	{"web01/var/log/nginx/access.log", "SQL injection; referer carries a spreadsheet formula", "\"=cmd|' /C calc'!A0\"", 1},
	{"web01/var/log/nginx/access.log", "scan; user agent carries a script", "<script>alert(1)</script>", 1},
	{"jump01/auth.log", "a guess is right", "Accepted password for backup from 203.0.113.71", 1},
	{"jump01/auth.log", "user name with an ESC sequence", "\x1b[2J", 1},
	{"jump01/auth.log", "sudo to a root shell", "COMMAND=/bin/bash", 1},
	{"web01/auth.log", "www-data tries sudo", "NOT in sudoers", 1},
	{"db01/auth.log", "customers dumped", "pg_dump -Fc customers", 1},
	{"fw01/syslog5424.log", "port scan", "action=\"drop\" src=\"203.0.113.66\"", 24},
	{"sensor/eve.json", "C2 seen by the IDS", "ET MALWARE", 1},
	{"sensor/zeek/conn.log", "4.1 GB leave the database host", "\"orig_bytes\":4127733908", 1},
	{"sensor/zeek/dns.log.gz", "DNS tunnel", "." TUNNEL_NAME, 48},
	{"win/ws07-sysmon.ndjson", "LSASS dumped by comsvcs.dll", "MiniDump", 1},
	{"win/ws07-sysmon.ndjson", "Word starts encoded PowerShell", "-Enc SQBFAFgA", 1},
	{"win/dc01-winlogbeat.ndjson", "service of PsExec", "PSEXESVC.exe", 1},
	{"win/ws07-security.evtx_dump.json", "scheduled task", "\"EventID\":4698", 1},
	{"aws/cloudtrail.json", "logging stopped", "\"eventName\":\"StopLogging\"", 1},
};

static void
count_row(const char *path, struct slice what, struct slice rec, unsigned *count)
{
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		if (strcmp(expected[i].path, path) == 0 && slice_eq(slice_str(expected[i].what), what)
			&& slice_has(rec, slice_str(expected[i].words)))
			count[i]++;
	}
}

static void
truth(struct log *l, unsigned *count)
{
	static struct slice rec[MOST];
	static bool told[MOST];
	struct buf all = {0}, rows = {0};
	struct slice rest;
	bool list = l->shape == LOG_RECORDS;
	size_t n, outside = 0;

	if (l->shape == LOG_GZ)
		l->shape = LOG_LINES;
	log_bytes(l, &all);
	n = split(buf_slice(&all), list, rec);
	INT(n, l->n, l->path);
	memset(told, 0, sizeof told);
	case_truth(l, &rows);
	for (rest = buf_slice(&rows); rest.n > 0;) {
		struct slice row = slice_cut(&rest, '\n'), path = slice_cut(&row, '\t'), number = slice_cut(&row, '\t');
		size_t at = strtoul(number.p, NULL, 10);

		slice_cut(&row, '\t');
		if (at < 1 || at > n || !slice_eq(path, slice_str(l->path))) {
			outside++;
			continue;
		}
		told[at - 1] = true;
		count_row(l->path, row, rec[at - 1], count);
	}
	OK(outside == 0, "%s: each row names a record (%zu do not)", l->path, outside);
	complete(l, rec, n, told);
	buf_free(&rows);
	buf_free(&all);
}

int
main(void)
{
	static struct company c;
	unsigned count[sizeof expected / sizeof *expected] = {0};

	same_bytes();
	make(&c);
	for (int i = 0; i < LOGS; i++)
		truth(&c.log[i], count);
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
		INT(count[i], expected[i].count, expected[i].what);
	gone(&c);
	return unit_done();
}
