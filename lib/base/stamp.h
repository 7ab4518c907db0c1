/*
 * stamp: a moment in UTC, as seconds since 1970 (no leap seconds) and nanoseconds.  Years 0001 to 9999.
 * `:60` reads as :59.999999999 (INGEST.md section 6).  Nothing here looks at the clock but stamp_clock.
 */
#ifndef IRPIPE_BASE_STAMP_H
#define IRPIPE_BASE_STAMP_H

#include "lib/base/buf.h"
#include "lib/base/slice.h"

struct stamp {
	int64_t s;
	uint32_t ns;
};

enum { STAMP_LEN = 30 };	/* 2026-03-02T08:00:00.123456700Z */

struct stamp_civil {
	int year, month, day, hour, minute, second;
	uint32_t ns;
};

/* A time zone: fixed, or a TZif file's transitions (RFC 8536).  zone_open reads /usr/share/zoneinfo; never TZ. */
struct zone;
/* "UTC", "Z", "+02:00", "-0530" or an IANA name; NULL if there is none of that name.  Owner: caller, zone_free. */
struct zone *zone_open(struct slice name) must_use;
void zone_free(struct zone *);
/* Local to UTC.  *twice: the local time comes twice; the first is taken.  NULL is UTC. */
int64_t zone_utc(const struct zone *, int64_t local, bool *twice);
int64_t zone_local(const struct zone *, int64_t utc);

static inline int
stamp_cmp(struct stamp a, struct stamp b)
{
	if (a.s != b.s)
		return a.s < b.s ? -1 : 1;
	return a.ns < b.ns ? -1 : a.ns > b.ns;
}

int64_t stamp_days(int year, int month, int day);		/* since 1970-01-01, proleptic Gregorian */
bool stamp_civil_ok(const struct stamp_civil *) must_use;	/* a date that exists; second 60 allowed */
int64_t stamp_seconds(const struct stamp_civil *);		/* as if UTC; second 60 counts as 59 */
struct stamp_civil stamp_split(struct stamp);

/* RFC 3339 with any number of fractional digits (more than nine are cut), 'T' or one blank, 'Z' or offset; all of the slice. */
bool stamp_rfc3339(struct slice, struct stamp *) must_use;
/*
 * The same and its looser relatives that logs use: comma for point, +0200, UTC after a blank, no zone at all (*zoned false: the
 * fields are local time).
 */
bool stamp_iso(struct slice, struct stamp *, bool *zoned) must_use;
/* Exactly the form that we write. */
bool stamp_read(struct slice, struct stamp *) must_use;
/* Epoch number as text by its digits: 9-10 s, 12-13 ms, 15-16 us, 18-19 ns; a fraction is allowed after seconds. */
bool stamp_epoch(struct slice, struct stamp *) must_use;
/* Month by its English three letters: 1..12, 0 if none. */
int stamp_month(struct slice);
/* Windows FILETIME: 100 ns since 1601. */
struct stamp stamp_filetime(uint64_t);

void stamp_put(char out[STAMP_LEN], struct stamp);		/* exactly 30 characters, no NUL */
void stamp_add(struct buf *, struct stamp);
struct stamp stamp_clock(void);					/* CLOCK_REALTIME: only where STREAM.md law 5 allows */
/* "90", "90s", "5m", "12h", "7d", "2w" to seconds. */
bool stamp_duration(struct slice, int64_t *seconds) must_use;

#endif
