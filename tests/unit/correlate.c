/*
 * Several events together: tests/golden/match/correlation.txt, case by case; each is also run with a snapshot between any
 * two events.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/correlate/correlate.h"
#include "lib/base/num.h"
#include "lib/port/fold.h"

enum { FIRST = 1772438400 };		/* 2026-03-02T08:00:00Z */

static const char base[] =
    "title: a\nname: a\nid: id-a\nlogsource: {product: test}\ndetection:\n    s: {what: a}\n    condition: s\n---\n"
    "title: b\nname: b\nid: id-b\nlogsource: {product: test}\ndetection:\n    s: {what: b}\n    condition: s\n---\n"
    "title: c\nname: c\nid: id-c\nlogsource: {product: test}\ndetection:\n    s: {what: c}\n    condition: s\n---\n";

struct world {
	struct arena mem;
	struct sigma_set sigma;
	struct match_set *set;
	struct match_room *room;
	struct correlate *c;
	struct json *json;
	struct buf got, want;
	struct slice rules;
	bool snapshots;
};

static void
begin(struct world *w, struct slice rules, int64_t lateness, bool snapshots)
{
	struct correlate_options o = {lateness, 1024 * 1024};
	struct buf text = {0};

	*w = (struct world){.rules = rules, .snapshots = snapshots};
	w->sigma.mem = &w->mem;
	buf_str(&text, base);
	buf_slice_add(&text, rules);
	sigma_load(&w->sigma, buf_slice(&text), SLICE("case"), SLICE("test"));
	sigma_resolve(&w->sigma);
	w->set = match_compile(&w->sigma, &w->mem);
	w->room = match_room_new(w->set);
	w->c = correlate_new(&w->sigma, &o);
	w->json = json_new(&json_limits_stream);
	buf_free(&text);
}

static void
end(struct world *w)
{
	correlate_free(w->c);
	match_room_free(w->room);
	match_set_free(w->set);
	json_free(w->json);
	sigma_set_free(&w->sigma);
	arena_free(&w->mem);
	buf_free(&w->got);
	buf_free(&w->want);
}

static uint64_t
seconds_of(const struct json *j, struct slice line)
{
	struct fault f;
	uint64_t n = 0;

	if (!json_one((struct json *)(uintptr_t)j, line, &f) || !json_u64(j, json_get(j, 0, SLICE("t")), &n))
		printf("# a line is lost: %.*s\n", (int)line.n, line.p);
	return n;
}

static void
tell(struct world *w)
{
	struct correlate_alert a;
	struct json *j = json_new(&json_limits_stream);

	while (w->c && correlate_next(w->c, &a)) {
		buf_u64(&w->got, seconds_of(j, a.line));
		buf_byte(&w->got, ' ');
		buf_slice_add(&w->got, a.by->about->title);
		for (size_t i = 0; i < a.groups; i++) {
			buf_byte(&w->got, ' ');
			buf_slice_add(&w->got, a.group[i].value);
		}
		buf_lit(&w->got, " count ");
		buf_u64(&w->got, a.count);
		buf_byte(&w->got, '\n');
	}
	json_free(j);
}

/* What was saved and read again must go on as if nothing had happened. */
static void
through_a_snapshot(struct world *w, int64_t lateness)
{
	struct correlate_options o = {lateness, 1024 * 1024};
	struct buf b = {0};
	struct fault f = {0};

	if (w->c == NULL || !w->snapshots)
		return;
	correlate_save(w->c, &b);
	correlate_free(w->c);
	w->c = correlate_new(&w->sigma, &o);
	if (!correlate_load(w->c, buf_slice(&b), &f))
		printf("# a snapshot is refused: %s\n", f.what);
	buf_free(&b);
}

static void
one_event(struct world *w, struct slice line, unsigned nth)
{
	static const struct logsource ls = {SLICE_INIT("test"), {NULL, 0}, {NULL, 0}};
	const struct sigma_rule *heard[8];
	struct correlate_seen seen = {.rule = heard};
	const struct match_hit *hit;
	struct match_event e = {.j = w->json, .ls = &ls, .ls_n = 1, .ls_key = SLICE("test")};
	struct slice rest = line, second = slice_cut(&rest, ' ');
	struct buf b = {0}, pick = {0}, id = {0};
	struct json_out o = json_out(&b);
	struct fault f;
	uint64_t at = 0;

	OK(num_u64(second, &at), "an event has a time");
	jo_open(&o, '{');
	jo_ku64(&o, "t", at);
	jo_ktext(&o, "what", slice_cut(&rest, ' '));
	while (rest.p) {
		struct slice value = slice_cut(&rest, ' '), name = slice_cut(&value, '=');

		jo_key(&o, name);
		jo_text(&o, value);
	}
	jo_close(&o, '}');
	seen.at = (struct stamp){FIRST + (int64_t)at, 0};
	seen.line = buf_slice(&b);
	buf_pad(&id, nth, 32);
	seen.id = buf_slice(&id);
	if (!json_one(w->json, seen.line, &f))
		printf("# no JSON: %.*s\n", (int)b.n, b.p);
	for (size_t n = match_event(w->room, &e, &hit), i = 0; i < n; i++) {
		if (correlate_hears(w->c, hit[i].rule))
			heard[seen.rules++] = hit[i].rule;
		if (hit[i].rule->mute)
			continue;
		buf_u64(&w->got, at);
		buf_byte(&w->got, ' ');
		buf_slice_add(&w->got, hit[i].rule->title);
		buf_byte(&w->got, '\n');
	}
	if (w->c)
		correlate_tick(w->c, seen.at);
	tell(w);
	if (seen.rules) {
		correlate_pick(w->c, w->room, &seen, &pick);
		correlate_add(w->c, buf_slice(&pick));
	}
	tell(w);
	buf_free(&b);
	buf_free(&pick);
	buf_free(&id);
}

static void
problem(const struct world *w, struct slice title, struct slice words)
{
	bool found = false;

	for (size_t i = 0; i < w->sigma.problems; i++)
		found |= slice_has(slice_str(w->sigma.problem[i].fault.what), words) && w->sigma.problem[i].fault.line > 0;
	if (!OK(found, "%.*s: said", (int)title.n, title.p))
		for (size_t i = 0; i < w->sigma.problems; i++)
			printf("# %s\n", w->sigma.problem[i].fault.what);
}

static int
by_bytes(const void *a, const void *b)
{
	return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

/* Alerts come in order of time, what is expected stands beside the events. */
static void
sorted(struct buf *b)
{
	struct slice *line = mem_zero(b->n + 1, sizeof *line), rest = buf_slice(b);
	struct buf out = {0};
	size_t n = 0;

	while (rest.n)
		line[n++] = slice_cut(&rest, '\n');
	qsort(line, n, sizeof *line, by_bytes);
	for (size_t i = 0; i < n; i++) {
		buf_slice_add(&out, line[i]);
		buf_byte(&out, '\n');
	}
	buf_free(b);
	*b = out;
	free(line);
}

static int64_t
lateness_of(struct slice *body)
{
	struct slice rest = *body, line = slice_cut(&rest, '\n');
	uint64_t n = 0;

	if (!slice_starts(line, SLICE("lateness ")) || !num_u64(slice_from(line, 9), &n))
		return CORRELATE_ALL;
	*body = rest;
	return (int64_t)n * 1000000000;
}

static void
one_case(struct slice title, struct slice body, bool snapshots)
{
	size_t bar = slice_find_slice(body, SLICE("----\n"));
	struct slice rules = slice_head(body, bar), rest = slice_from(body, bar + 5);
	int64_t lateness = lateness_of(&rest);
	struct world w;
	unsigned nth = 0;

	begin(&w, rules, lateness, snapshots);
	while (rest.n) {
		struct slice line = slice_cut(&rest, '\n');

		if (slice_starts(line, SLICE("! "))) {
			problem(&w, title, slice_from(line, 2));
		} else if (slice_starts(line, SLICE("= "))) {
			buf_slice_add(&w.want, slice_from(line, 2));
			buf_byte(&w.want, '\n');
		} else if (line.n) {
			one_event(&w, line, ++nth);
			through_a_snapshot(&w, lateness);
		}
	}
	if (w.c)
		correlate_end(w.c, true);
	tell(&w);
	sorted(&w.got);
	sorted(&w.want);
	if (!OK(slice_eq(buf_slice(&w.got), buf_slice(&w.want)), "%.*s%s", (int)title.n, title.p, snapshots ? " (snapshots)" :
	    "")) {
		printf("# wanted:\n%s", buf_cstr(&w.want));
		printf("# got:\n%s", buf_cstr(&w.got));
	}
	end(&w);
}

static void
cases(bool snapshots)
{
	static const char path[] = "/tests/golden/match/correlation.txt";
	struct buf name = {0};
	struct slice text, rest;
	int n = 0;

	buf_str(&name, unit_srcdir());
	buf_str(&name, path);
	text = rest = unit_file(buf_cstr(&name));
	rest = slice_from(rest, slice_find_slice(rest, SLICE("\n====")) + 1);
	while (rest.n) {
		struct slice title = slice_cut(&rest, '\n'), body = rest;

		body.n = slice_find_slice(rest, SLICE("\n===="));
		if (body.n < rest.n)
			body.n++;
		rest = slice_from(rest, body.n);
		one_case(slice_from(title, 5), body, snapshots);
		n++;
	}
	OK(n > 40, "cases were read");
	free((void *)(uintptr_t)text.p);
	buf_free(&name);
}

/* Keys without end: the memory that was given is not exceeded, and what was forgotten is counted. */
static void
bounded(void)
{
	static const char rules[] =
	    "title: T\ncorrelation: {type: event_count, rules: [a], group-by: [user], timespan: 1y, condition: {gte: 2}}\n";
	struct world w;

	begin(&w, slice_str(rules), 0, false);
	for (unsigned i = 0; i < 20000; i++) {
		struct buf b = {0};

		buf_u64(&b, i);
		buf_lit(&b, " a user=u");
		buf_u64(&b, i);
		one_event(&w, buf_slice(&b), i);
		buf_free(&b);
	}
	OK(correlate_counts(w.c)->evicted > 10000, "keys were forgotten: %llu",
	    (unsigned long long)correlate_counts(w.c)->evicted);
	OK(correlate_counts(w.c)->keys > 2000 && correlate_counts(w.c)->keys < 20000, "a mebibyte holds %llu keys",
	    (unsigned long long)correlate_counts(w.c)->keys);
	end(&w);
}

/* A snapshot that is cut, or of which a byte is another, is refused or read; it never harms. */
static void
damaged(void)
{
	static const char rules[] =
	    "title: T\nid: t\ncorrelation: {type: value_count, rules: [a], group-by: [user], timespan: 1y, condition: {field: ip, gte: 3}}\n";
	struct correlate_options o = {CORRELATE_ALL, 1024 * 1024};
	struct world w;
	struct buf b = {0};
	struct fault f;
	unsigned refused = 0;

	begin(&w, slice_str(rules), 0, false);
	one_event(&w, SLICE("1 a user=u ip=1"), 1);
	one_event(&w, SLICE("2 a user=u ip=2"), 2);
	correlate_save(w.c, &b);
	for (size_t i = 0; i < b.n; i++) {
		struct correlate *c = correlate_new(&w.sigma, &o);

		refused += !correlate_load(c, slice_head(buf_slice(&b), i), &f);
		b.p[i] = (char)(b.p[i] ^ 0x81);
		(void)!correlate_load(c, buf_slice(&b), &f);
		b.p[i] = (char)(b.p[i] ^ 0x81);
		correlate_free(c);
	}
	OK(refused == b.n, "each cut snapshot is refused: %u of %zu", refused, b.n);
	buf_free(&b);
	end(&w);
}

int
main(void)
{
	fold_start();
	cases(false);
	cases(true);
	bounded();
	damaged();
	return unit_done();
}
