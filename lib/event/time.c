#include "lib/event/view.h"

#include "lib/base/num.h"

/* Without fraction and exponent shorter than nine digits: seconds early in 1970, or no time at all. */
static bool
epoch(struct slice s, struct stamp *at)
{
	double d;

	if (stamp_epoch(s, at))
		return true;
	/* 1.7e9 and floats in milliseconds: what JavaScript and Python make of a time. */
	if (!num_f64(s, &d) || d < 1e8 || d > 2e13)
		return false;
	if (d >= 1e11)
		d /= 1000;
	at->s = (int64_t)d;
	at->ns = (uint32_t)((d - (double)at->s) * 1e9);
	return true;
}

/* .NET's old form: /Date(1604291948640)/ or with an offset that changes nothing: /Date(1604291948640+0100)/. */
static bool
dotnet(struct slice s, struct stamp *at)
{
	size_t n = 0;

	if (!slice_starts(s, SLICE("/Date(")))
		return false;
	s = slice_from(s, 6);
	while (n < s.n && num_digit(s.p[n]))
		n++;
	return stamp_epoch(slice_head(s, n), at);
}

/* "2020-01-01 10:00:00 (UTC)" and the like: a remark behind the time. */
static struct slice
without_remark(struct slice s)
{
	if (slice_ends(s, SLICE(" (UTC)")))
		s.n -= 6;
	return slice_trim(s);
}

/* A day alone is its first moment. */
static bool
day(struct slice s, struct stamp *at)
{
	char t[20] = "0000-00-00T00:00:00Z";

	if (s.n != 10)
		return false;
	memcpy(t, s.p, 10);
	return stamp_rfc3339(slice_of(t, sizeof t), at);
}

bool
time_text(struct slice s, struct stamp *at, bool *zoned)
{
	struct slice t = without_remark(s);

	*zoned = true;
	if (s.n < 4)
		return false;
	/* What nearly all logs write is read once; the others go through all forms. */
	if (s.n >= 19 && s.p[4] == '-' && stamp_iso(t, at, zoned)) {
		*zoned |= t.n != s.n;
		return true;
	}
	*zoned = true;
	if (stamp_rfc3339(s, at) || epoch(s, at) || dotnet(s, at))
		return true;
	if (!stamp_iso(t, at, zoned)) {
		*zoned = false;
		return day(s, at);
	}
	if (t.n != s.n)
		*zoned = true;
	return true;
}

static bool
is_utc(struct slice s)
{
	char last = s.p[s.n - 1];

	return last == 'Z' || last == 'z' || last == ')' || slice_ends(s, SLICE("+0000")) || slice_ends(s, SLICE("+00:00")) ||
	    slice_ends(s, SLICE("UTC")) || slice_find(s, ':') == s.n;
}

bool
view_time_text(struct view *v, struct slice s, bool utc)
{
	struct event *e = v->e;
	bool zoned, twice = false;

	if (!time_text(s, &e->at, &zoned))
		return false;
	e->timed = true;
	if (zoned) {
		e->tz = is_utc(s) ? SLICE("utc") : SLICE("offset");
	} else if (!utc) {
		event_err(e, ERR_zone_assumed);
		if (v->options && v->options->zone) {
			e->at.s = zone_utc(v->options->zone, e->at.s, &twice);
			e->tz = v->options->zone_name.n ? v->options->zone_name : SLICE("utc");
			if (twice)
				event_err(e, ERR_ambiguous_time);
		}
	}
	return true;
}

bool
view_time(struct view *v, enum view_path p, bool utc)
{
	uint32_t node = view_node(v, p);
	struct slice s;

	if (node == JSON_NONE || (json_type(v->j, node) != JSON_STRING && json_type(v->j, node) != JSON_NUMBER))
		return false;
	if (v->e->trace)
		(void)trace_open(v->e->trace, v->j, node, STEP_TIME, utc, 0);
	s = view_value(v, node);
	if (v->e->trace)
		(void)trace_close(v->e->trace);
	return s.n > 0 && view_time_text(v, s, utc);
}
