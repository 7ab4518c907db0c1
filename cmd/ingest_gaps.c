/*
 * --gaps: what is missing between the records, as notes (INGEST.md section 7). A worker takes down facts of its block; in order
 * they become ranges of numbers and silences; the end says what is left open.
 */
#include "cmd/ingest_gaps.h"

#include <stdlib.h>

#include "lib/base/map.h"

enum { RANGES_MAX = 100000, TOLD_MAX = 1000, LINES_MAX = 100000, SILENCE_S = 3600, TIMES_MEDIAN = 20, BACK_S = 300, STEPS = 4,
	SAID_MAX = 20 };
enum fact_kind { FACT_NUMBER, FACT_TIME, FACT_CLEARED, FACT_SET, FACT_LOST };

struct fact {
	uint64_t number;
	struct stamp at;
	uint32_t kind, n;		/* n bytes of key follow */
};

struct range {
	uint64_t from, to;
	struct stamp at_from, at_to;
};

/* Records that belong together, by number or by time. */
struct line {
	struct slice name, src;
	struct range *v;
	size_t n, cap;
	uint64_t last;			/* number and time of the record before */
	struct stamp at, newest;
	uint64_t times, bucket[64 * STEPS];
	struct range *silent;		/* from and to in at_from, at_to */
	size_t silences, silent_cap;
	bool begun, full;
};

struct gaps {
	struct map lines;
	struct arena mem;
	struct buf told;		/* what NUL src NUL message NUL ...: known before the end */
	uint64_t more, said;
};

/* ---- in a worker ------------------------------------------------------------------------------------------------------- */

static void
put_fact(struct buf *b, enum fact_kind kind, uint64_t number, struct stamp at, struct slice key)
{
	struct fact f = {.number = number, .at = at, .kind = kind, .n = (uint32_t)key.n};

	buf_add(b, &f, sizeof f);
	buf_slice_add(b, key);
}

/* The text of a string member, wherever it stands; a channel's name holds no escapes. */
static struct slice
member(struct slice json, struct slice name)
{
	size_t at = slice_find_slice(json, name);
	struct slice rest = slice_from(json, at < json.n ? at + name.n : json.n);

	return slice_head(rest, slice_find(rest, '"'));
}

static uint64_t
number_behind(struct slice text, struct slice name)
{
	size_t at = slice_find_slice(text, name);
	uint64_t n = 0;

	at = at < text.n ? at + name.n : text.n;
	for (; at < text.n && text.p[at] >= '0' && text.p[at] <= '9' && n < UINT64_MAX / 10 - 1; at++)
		n = n * 10 + (uint64_t)(text.p[at] - '0');
	return n;
}

static bool
to_number(struct slice s, uint64_t *n)
{
	*n = number_behind(s, (struct slice){"", 0});
	return s.n > 0 && s.p[0] >= '0' && s.p[0] <= '9';
}

static struct slice
raw_of(const struct event *e, struct slice name)
{
	for (size_t k = 0; k < e->raws; k++)
		if (slice_eq(e->raw[k].key, name))
			return e->raw[k].text;
	return (struct slice){NULL, 0};
}

/* A log of Windows numbers its records, by computer and channel; what clears it, or sets the clock, says so. */
static void
windows(struct event *e, struct slice host, struct buf *key, struct buf *out)
{
	struct slice channel = member(e->raw_json, SLICE("\"Channel\":\"")), code = event_get(e, F_event_code);
	uint64_t n;

	if (channel.n == 0)
		channel = member(e->raw_json, SLICE("\"channel\":\""));
	if (channel.n == 0 || !to_number(event_get(e, F_event_sequence), &n))
		return;
	buf_slice_add(key, host);
	buf_byte(key, ' ');
	buf_slice_add(key, channel);
	put_fact(out, FACT_NUMBER, n, e->at, buf_slice(key));
	if ((slice_eq(code, SLICE("1102")) && slice_eq(channel, SLICE("Security"))) ||
	    (slice_eq(code, SLICE("104")) && slice_eq(channel, SLICE("System"))))
		put_fact(out, FACT_CLEARED, n, e->at, buf_slice(key));
	if (slice_eq(code, SLICE("4616")) && slice_eq(channel, SLICE("Security")))
		put_fact(out, FACT_SET, n, e->at, buf_slice(key));
}

static void
audit(struct event *e, struct slice host, struct buf *key, struct buf *out)
{
	uint64_t n;

	buf_slice_add(key, host);
	buf_lit(key, " auditd");
	if (to_number(event_get(e, F_event_id), &n))
		put_fact(out, FACT_NUMBER, n, e->at, buf_slice(key));
	n = number_behind(raw_of(e, SLICE("lost")), SLICE(""));
	if (n)
		put_fact(out, FACT_LOST, n, e->at, buf_slice(key));
}

static void
journal(struct event *e, struct buf *key, struct buf *out)
{
	uint64_t n;

	if (!to_number(raw_of(e, SLICE("__SEQNUM")), &n))
		return;
	buf_lit(key, "journal ");
	buf_slice_add(key, raw_of(e, SLICE("__SEQNUM_ID")));
	put_fact(out, FACT_NUMBER, n, e->at, buf_slice(key));
}

void
gaps_see(struct event *e, struct slice format, struct slice uri, struct buf *out)
{
	struct slice host = event_get(e, F_host_name), drops = SLICE("\"kernel_drops\":");
	struct buf key = {0};

	if (slice_eq(event_get(e, F_host_os_type), SLICE("windows")))
		windows(e, host, &key, out);
	else if (slice_eq(format, SLICE("auditd")))
		audit(e, host, &key, out);
	else if (slice_eq(format, SLICE("journal")))
		journal(e, &key, out);
	else if (slice_starts(event_get(e, F_event_dataset), SLICE("suricata.stats")) && number_behind(e->raw_json, drops))
		put_fact(out, FACT_LOST, number_behind(e->raw_json, drops), e->at, uri);
	buf_reset(&key);
	buf_slice_add(&key, uri);
	if (host.n) {
		buf_byte(&key, ' ');
		buf_slice_add(&key, host);
	}
	if (e->timed)
		put_fact(out, FACT_TIME, 0, e->at, buf_slice(&key));
	buf_free(&key);
}

/* ---- in order ---------------------------------------------------------------------------------------------------------- */

struct gaps *
gaps_new(void)
{
	return mem_zero(1, sizeof(struct gaps));
}

static void
tell(struct gaps *g, const char *what, struct slice src, const struct buf *words)
{
	if (g->told.n > 16 * 1024 * 1024) {
		g->more++;
		return;
	}
	buf_add(&g->told, what, strlen(what) + 1);
	buf_slice_add(&g->told, src);
	buf_byte(&g->told, 0);
	buf_slice_add(&g->told, buf_slice(words));
	buf_byte(&g->told, 0);
}

/* NAME: words NUMBER words, at TIME */
static void
tell_fact(struct gaps *g, const char *what, const struct line *l, const char *before, uint64_t n, const char *behind,
    struct stamp at)
{
	struct buf b = {0};

	buf_slice_add(&b, l->name);
	buf_str(&b, before);
	buf_u64(&b, n);
	buf_str(&b, behind);
	stamp_add(&b, at);
	tell(g, what, l->src, &b);
	buf_free(&b);
}

/* The first range that ends at n - 1 or later. */
static size_t
range_at(const struct line *l, uint64_t n)
{
	size_t low = 0, high = l->n;

	if (l->n && l->v[l->n - 1].to + 1 < n)
		return l->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (l->v[mid].to + 1 < n)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void
add_number(struct line *l, uint64_t n, struct stamp at)
{
	size_t k = range_at(l, n);

	if (k < l->n && l->v[k].from <= n && n <= l->v[k].to)
		return;
	if (k < l->n && n == l->v[k].to + 1) {
		l->v[k].to = n;
		l->v[k].at_to = at;
		if (k + 1 < l->n && l->v[k + 1].from == n + 1) {
			l->v[k].to = l->v[k + 1].to;
			l->v[k].at_to = l->v[k + 1].at_to;
			memmove(l->v + k + 1, l->v + k + 2, (l->n - k - 2) * sizeof *l->v);
			l->n--;
		}
		return;
	}
	if (k < l->n && n + 1 == l->v[k].from) {
		l->v[k].from = n;
		l->v[k].at_from = at;
		return;
	}
	l->full |= l->n == RANGES_MAX;
	if (l->full)
		return;
	l->v = mem_grow(l->v, &l->cap, l->n, sizeof *l->v);
	memmove(l->v + k + 1, l->v + k, (l->n - k) * sizeof *l->v);
	l->v[k] = (struct range){n, n, at, at};
	l->n++;
}

/* Quarter steps of powers of two: what the median is good for. */
static size_t
bucket(uint64_t seconds)
{
	unsigned power = 63 - (unsigned)__builtin_clzll(seconds | 1);
	uint64_t rest = power >= 2 ? (seconds >> (power - 2)) & 3 : 0;

	return power * STEPS + (size_t)rest;
}

static void
add_time(struct line *l, struct stamp at)
{
	int64_t gap = at.s - l->newest.s;

	if (l->begun && gap >= 0) {
		l->bucket[bucket((uint64_t)gap)]++;
		l->times++;
		if (gap > SILENCE_S && l->silences < TOLD_MAX) {
			l->silent = mem_grow(l->silent, &l->silent_cap, l->silences, sizeof *l->silent);
			l->silent[l->silences++] = (struct range){.at_from = l->newest, .at_to = at};
		}
	}
	if (!l->begun || gap > 0)
		l->newest = at;
	l->begun = true;
}

static void
add_fact(struct gaps *g, struct line *l, const struct fact *f)
{
	switch (f->kind) {
	case FACT_NUMBER:
		if (l->last && f->number == l->last + 1 && f->at.s < l->at.s - BACK_S)
			tell_fact(g, "clock-back", l, ": the clock was set back before record ", f->number, ", at ", f->at);
		l->last = f->number;
		l->at = f->at;
		add_number(l, f->number, f->at);
		break;
	case FACT_TIME:
		add_time(l, f->at);
		break;
	case FACT_CLEARED:
		tell_fact(g, "log-cleared", l, ": the log was cleared, says record ", f->number, ", at ", f->at);
		break;
	case FACT_SET:
		tell_fact(g, "clock-set", l, ": the system time was changed, says record ", f->number, ", at ", f->at);
		break;
	case FACT_LOST:
		if (f->number > l->last)
			tell_fact(g, "records-lost", l, ": the source itself lost ", f->number, " so far, at ", f->at);
		l->last = f->number;
		break;
	}
}

void
gaps_take(struct gaps *g, struct slice uri, struct slice facts)
{
	struct buf name = {0};
	struct fact f;

	for (; facts.n >= sizeof f; facts = slice_from(facts, sizeof f + f.n)) {
		struct map_row *row;
		bool made;

		memcpy(&f, facts.p, sizeof f);
		/* Times and numbers of one name are lines of their own, and so are losses. */
		buf_reset(&name);
		buf_byte(&name, f.kind == FACT_TIME ? 't' : f.kind == FACT_LOST ? 'l' : 'n');
		buf_add(&name, facts.p + sizeof f, f.n);
		if (g->lines.n >= LINES_MAX && !map_get(&g->lines, buf_slice(&name))) {
			g->more++;
			continue;
		}
		row = map_put(&g->lines, buf_slice(&name), &made);
		if (made) {
			struct line *l = mem_zero(1, sizeof *l);

			l->name = slice_from(row->key, 1);
			l->src = arena_slice(&g->mem, uri);
			row->v.p = l;
		}
		add_fact(g, row->v.p, &f);
	}
	buf_free(&name);
}

/* ---- at the end -------------------------------------------------------------------------------------------------------- */

static void
tell_holes(struct gaps *g, const struct line *l)
{
	struct buf b = {0};

	for (size_t k = 1; k < l->n; k++) {
		if (k > TOLD_MAX) {
			tell_fact(g, "numbers-missing", l, ": ", l->n - k,
			    " further holes are not told one by one; the last ends at ", l->v[l->n - 1].at_from);
			break;
		}
		buf_reset(&b);
		buf_slice_add(&b, l->name);
		buf_lit(&b, ": records ");
		buf_u64(&b, l->v[k - 1].to + 1);
		buf_lit(&b, " to ");
		buf_u64(&b, l->v[k].from - 1);
		buf_lit(&b, " (");
		buf_u64(&b, l->v[k].from - l->v[k - 1].to - 1);
		buf_lit(&b, ") are missing, between ");
		stamp_add(&b, l->v[k - 1].at_to);
		buf_lit(&b, " and ");
		stamp_add(&b, l->v[k].at_from);
		tell(g, "numbers-missing", l->src, &b);
	}
	if (l->full)
		tell_fact(g, "gaps-limit", l, ": more than ", RANGES_MAX, " holes; the rest was not looked for, from ", l->at);
	buf_free(&b);
}

static uint64_t
median(const struct line *l)
{
	uint64_t n = 0;

	for (size_t k = 0; k < sizeof l->bucket / sizeof *l->bucket; k++) {
		n += l->bucket[k];
		if (n * 2 >= l->times)
			return (UINT64_C(1) << k / STEPS) + (k < 2 * STEPS ? 0 : (uint64_t)(k % STEPS) << (k / STEPS - 2));
	}
	return 0;
}

static void
tell_silences(struct gaps *g, const struct line *l)
{
	uint64_t usual = l->silences ? median(l) : 0;
	struct buf b = {0};

	for (size_t k = 0; k < l->silences; k++) {
		uint64_t gap = (uint64_t)(l->silent[k].at_to.s - l->silent[k].at_from.s);

		if (gap / TIMES_MEDIAN <= usual)
			continue;
		buf_reset(&b);
		buf_slice_add(&b, l->name);
		buf_lit(&b, ": silent for ");
		buf_u64(&b, gap);
		buf_lit(&b, " s, from ");
		stamp_add(&b, l->silent[k].at_from);
		buf_lit(&b, " to ");
		stamp_add(&b, l->silent[k].at_to);
		buf_lit(&b, "; usual are ");
		buf_u64(&b, usual);
		buf_lit(&b, " s");
		tell(g, "silence", l->src, &b);
	}
	buf_free(&b);
}

void
gaps_tell(struct gaps *g, struct tool *t, bool end)
{
	const char *p, *to;

	for (size_t k = 0; end && k < g->lines.n; k++) {
		tell_holes(g, g->lines.row[k].v.p);
		tell_silences(g, g->lines.row[k].v.p);
	}
	for (p = g->told.p, to = p + g->told.n; p < to;) {
		const char *src = p + strlen(p) + 1, *words = src + strlen(src) + 1;

		/* People get the first few, all with -v; the stream has each. */
		if (g->said++ < SAID_MAX)
			tool_say(t, "%s", words);
		else
			tool_detail(t, "%s", words);
		stream_note(t, p, slice_str(src), slice_str(words));
		p = words + strlen(words) + 1;
	}
	buf_reset(&g->told);
	if (end && g->said > SAID_MAX && !t->common.verbose)
		tool_say(t, "%llu further gaps stand in the stream as notes", (unsigned long long)(g->said - SAID_MAX));
	if (end && g->more)
		stream_note(t, "gaps-limit", (struct slice){NULL, 0},
		    SLICE("more sources, hosts or findings than are kept; the rest is not told"));
}

void
gaps_free(struct gaps *g)
{
	if (g == NULL)
		return;
	for (size_t k = 0; k < g->lines.n; k++) {
		struct line *l = g->lines.row[k].v.p;

		free(l->v);
		free(l->silent);
		free(l);
	}
	map_free(&g->lines);
	arena_free(&g->mem);
	buf_free(&g->told);
	free(g);
}
