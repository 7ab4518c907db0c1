#include "tests/unit/base.h"

#include "lib/base/stamp.h"

#include <stdlib.h>

/* want: the moment as we write it; NULL: refused.  How: r rfc3339, i iso, w read, e epoch */
static const struct {
	char how;
	const char *in, *want;
} moments[] = {
	{'r', "2026-03-02T08:00:00Z", "2026-03-02T08:00:00.000000000Z"},
	{'r', "2026-03-02t08:00:00z", "2026-03-02T08:00:00.000000000Z"},
	{'r', "2026-03-02 08:00:00.5+02:00", "2026-03-02T06:00:00.500000000Z"},
	{'r', "2026-03-02T08:00:00.1234567899999Z", "2026-03-02T08:00:00.123456789Z"},
	{'r', "2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999999999Z"},
	{'r', "2024-02-29T00:00:00-23:59", "2024-02-29T23:59:00.000000000Z"},
	{'r', "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000000Z"},
	{'r', "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000000000Z"},
	{'r', "1969-12-31T23:59:59.25Z", "1969-12-31T23:59:59.250000000Z"}, {'r', "0001-01-01T00:00:00+00:01", NULL},
	{'r', "9999-12-31T23:59:59-00:01", NULL}, {'r', "0000-01-01T00:00:00Z", NULL}, {'r', "2023-02-29T00:00:00Z", NULL},
	{'r', "1900-02-29T00:00:00Z", NULL}, {'r', "2026-04-31T00:00:00Z", NULL}, {'r', "2026-13-01T00:00:00Z", NULL},
	{'r', "2026-01-01T24:00:00Z", NULL}, {'r', "2026-01-01T00:60:00Z", NULL}, {'r', "2026-01-01T00:00:61Z", NULL},
	{'r', "2026-01-01T00:00:00", NULL}, {'r', "2026-01-01T00:00:00.Z", NULL}, {'r', "2026-01-01T00:00:00,5Z", NULL},
	{'r', "2026-01-01T00:00:00+0200", NULL}, {'r', "2026-01-01T00:00:00+24:00", NULL}, {'r', "2026-01-01T00:00:00Zx", NULL},
	{'r', "2026-01-01T00:00:00 Z", NULL}, {'r', "2026/01/01T00:00:00Z", NULL}, {'r', "", NULL}, {'r', "2026-01-01", NULL},
	{'r', "2\xb2-01-01T00:00:00Z..", NULL}, {'i', "2026-01-01T00:00:00,5+0200", "2025-12-31T22:00:00.500000000Z"},
	{'i', "2026-01-01 00:00:00 UTC", "2026-01-01T00:00:00.000000000Z"},
	{'i', "2026-01-01 00:00:00 -05", "2026-01-01T05:00:00.000000000Z"},
	{'i', "2026/01/01 00:00:00.000001", "2026-01-01T00:00:00.000001000Z"}, {'i', "2026-01-01T00:00:00 ", NULL},
	{'i', "2026-01/01 00:00:00", NULL}, {'i', "2026-01-01T00:00:00 EST", NULL}, {'i', "2026-01-01T00:00:00+2", NULL},
	{'w', "2026-03-02T08:00:00.123456700Z", "2026-03-02T08:00:00.123456700Z"}, {'w', "2026-03-02T08:00:00.12345670Z", NULL},
	{'w', "2026-03-02T08:00:60.123456700Z", NULL}, {'w', "2026-03-02T08:00:00.12345670xZ", NULL},
	{'w', "2026-03-02 08:00:00.123456700Z", NULL}, {'w', "2026-03-02T08:00:00.123456700z", NULL},
	{'e', "1700000000", "2023-11-14T22:13:20.000000000Z"}, {'e', "999999999", "2001-09-09T01:46:39.000000000Z"},
	{'e', "1700000000.123456789012", "2023-11-14T22:13:20.123456789Z"},
	{'e', "1700000000123", "2023-11-14T22:13:20.123000000Z"},
	{'e', "1700000000123456", "2023-11-14T22:13:20.123456000Z"},
	{'e', "1700000000123456789", "2023-11-14T22:13:20.123456789Z"},
	{'e', "9999999999999999999", "2286-11-20T17:46:39.999999999Z"}, {'e', "12345678", NULL}, {'e', "17000000001", NULL},
	{'e', "17000000000000000000", NULL}, {'e', "1700000000.", NULL}, {'e', "1700000000123.5", NULL},
	{'e', "-1700000000", NULL},
	{'e', "1700000000 ", NULL}, {'e', "", NULL},
};

static bool
read_as(char how, struct slice s, struct stamp *t)
{
	bool zoned;

	if (how == 'r')
		return stamp_rfc3339(s, t);
	if (how == 'i')
		return stamp_iso(s, t, &zoned);
	return how == 'w' ? stamp_read(s, t) : stamp_epoch(s, t);
}

static void
texts(void)
{
	struct stamp t;
	char out[STAMP_LEN];
	bool zoned;

	for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
		bool ok = read_as(moments[i].how, slice_str(moments[i].in), &t);

		OK(ok == (moments[i].want != NULL), "%c \"%s\"", moments[i].how, moments[i].in);
		if (!ok)
			continue;
		stamp_put(out, t);
		SAME(slice_of(out, sizeof out), slice_str(moments[i].want), moments[i].in);
	}
	OK(stamp_iso(SLICE("2026-01-01T00:00:00"), &t, &zoned) && !zoned, "stamp_iso: no zone");
	OK(stamp_iso(SLICE("2026-01-01T00:00:00+00"), &t, &zoned) && zoned, "stamp_iso: a zone");
	stamp_put(out, stamp_filetime(132223104000000001));
	SAME(slice_of(out, sizeof out), SLICE("2020-01-01T00:00:00.000000100Z"), "stamp_filetime");
	stamp_put(out, stamp_filetime(UINT64_MAX));
	SAME(slice_of(out, sizeof out), SLICE("9999-12-31T23:59:59.999999999Z"), "stamp_put: behind the last year");
	stamp_put(out, (struct stamp){INT64_MIN, UINT32_MAX});
	SAME(slice_of(out, sizeof out), SLICE("0001-01-01T00:00:00.000000000Z"), "stamp_put: before the first year");
}

/* Every day of the years 1 to 9999 by counting. */
static void
calendar(void)
{
	int64_t day = stamp_days(1, 1, 1);
	bool same = true;

	INT(day, -719162, "the first day");
	INT(stamp_days(2000, 3, 1), 11017, "a day of 2000");
	for (int y = 1; y <= 9999; y++)
		for (int m = 1; m <= 12; m++)
			for (int d = 1; d <= 31; d++) {
				struct stamp_civil c = {y, m, d, 23, 59, 58, 7}, back;

				if (!stamp_civil_ok(&c))
					continue;
				back = stamp_split((struct stamp){day * 86400 + 86398, 7});
				same &= stamp_days(y, m, d) == day++ && memcmp(&c, &back, sizeof c) == 0;
			}
	OK(same, "each day there and back");
	INT(day, stamp_days(9999, 12, 31) + 1, "no day is left out");
	INT(stamp_month(SLICE("sEP")), 9, "stamp_month");
	INT(stamp_month(SLICE("anf")), 0, "stamp_month: not on a border");
	INT(stamp_month(SLICE("June")), 0, "stamp_month: three letters only");
}

static const struct {
	const char *in;
	int64_t want;	/* -1: refused */
} durations[] = {
	{"90", 90}, {"90s", 90}, {"5m", 300}, {"12h", 43200}, {"7d", 604800}, {"2w", 1209600}, {"0", 0}, {"", -1}, {"m", -1},
	{"-5m", -1}, {"+5m", -1}, {"5M", -1}, {"5 m", -1}, {"5mm", -1}, {"9223372036854775807w", -1},
	{"99999999999999999999", -1},
};

static const struct {
	const char *zone, *local;
	int64_t utc;
	bool twice;
} locals[] = {
	{"UTC", "2026-07-01T12:00:00", 1782907200, false}, {"+02:00", "2026-07-01T12:00:00", 1782900000, false},
	{"-0530", "2026-07-01T12:00:00", 1782927000, false}, {"Europe/Berlin", "2026-07-01T12:00:00", 1782900000, false},
	{"Europe/Berlin", "2026-03-29T02:30:00", 1774747800, false}, {"Europe/Berlin", "2026-03-29T03:00:00", 1774746000, false},
	{"Europe/Berlin", "2026-10-25T02:30:00", 1792888200, true}, {"Europe/Berlin", "2026-10-25T03:00:00", 1792893600, false},
	{"Europe/Berlin", "2026-10-25T01:59:59", 1792886399, false},
	{"America/New_York", "2100-07-01T12:00:00", 4118140800, false},
	{"Australia/Lord_Howe", "2026-01-01T12:00:00", 1767229200, false},
	{"America/Sao_Paulo", "2018-12-01T12:00:00", 1543672800, false},
	{"Asia/Kolkata", "2026-03-01T12:00:00", 1772346600, false}, {"Europe/Dublin", "2500-07-01T12:00:00", 16740903600, false},
};

static void
zones(void)
{
	static const char *const bad[] = {"", "/etc/passwd", "../zoneinfo/UTC", "Europe", "Europe/Nowhere", "tzdata.zi",
		"zone.tab",
		"+24:00", "+2", "+02:", "+02:60", "+020", "Europe/Berlin ", "right/Europe/Berlin"};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct zone *z = zone_open(slice_str(bad[i]));

		OK(z == NULL, "zone_open refuses \"%s\"", bad[i]);
		zone_free(z);
	}
	for (size_t i = 0; i < sizeof locals / sizeof *locals; i++) {
		struct zone *z = zone_open(slice_str(locals[i].zone));
		struct stamp t = {0};
		bool zoned, twice;

		if (z == NULL && strchr(locals[i].zone, '/')) {
			unit_skip("no zoneinfo on this machine");
			continue;
		}
		OK(z && stamp_iso(slice_str(locals[i].local), &t, &zoned), "zone %s", locals[i].zone);
		INT(zone_utc(z, t.s, &twice), locals[i].utc, locals[i].local);
		OK(twice == locals[i].twice, "%s comes twice", locals[i].local);
		zone_free(z);
	}
	INT(zone_utc(NULL, 5, NULL), 5, "no zone is UTC");
	INT(zone_local(NULL, 5), 5, "no zone is UTC, there");
}

/* Each half hour of two centuries: what local time gives, UTC gives back, or the time comes twice. */
static void
there_and_back(const char *name)
{
	struct zone *z = zone_open(slice_str(name));
	int64_t wrong = 0;

	if (z == NULL) {
		unit_skip("no zoneinfo on this machine");
		return;
	}
	for (int64_t t = -2000000000; t < 7000000000; t += 1800 * 7) {
		bool twice;
		int64_t back = zone_utc(z, zone_local(z, t), &twice);

		wrong += back > t || (back != t && !twice);
	}
	INT(wrong, 0, name);
	zone_free(z);
}

void
base_time(void)
{
	texts();
	calendar();
	for (size_t i = 0; i < sizeof durations / sizeof *durations; i++) {
		int64_t v;
		bool ok = stamp_duration(slice_str(durations[i].in), &v);

		OK(ok == (durations[i].want >= 0) && (!ok || v == durations[i].want), "stamp_duration \"%s\"", durations[i].in);
	}
	zones();
	there_and_back("Europe/Berlin");
	there_and_back("America/Sao_Paulo");
	there_and_back("Africa/Casablanca");
}
