#include "lib/correlate/correlate.h"

#include <stdlib.h>

#include "lib/port/fold.h"

/*
 * A snapshot with some bytes changed: pairs of bytes say how far on, and what the byte there becomes. It is refused or goes
 * on.
 */
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define RULES \
    "title: a\nname: a\nid: id-a\nlogsource: {product: test}\ndetection: {s: {what: a}, condition: s}\n---\n" \
    "title: v\nid: v\ncorrelation: {type: value_count, rules: [a], group-by: [u], timespan: 1h, " \
    "condition: {field: w, gte: 3}}\n---\n" \
    "title: p\nid: p\ncorrelation: {type: value_percentile, rules: [a], group-by: [u], timespan: 1h, " \
    "condition: {field: n, percentile: 50, gte: 3}}\n---\n" \
    "title: o\nid: o\ncorrelation: {type: temporal_ordered, rules: [v, a], group-by: [u], timespan: 1h}\n---\n" \
    "title: e\nid: e\ncorrelation: {type: event_count, rules: [a], group-by: [u], timespan: 1h, condition: {lt: 3}}\n"

struct world {
	struct arena mem;
	struct sigma_set sigma;
	struct match_set *set;
	struct match_room *room;
	struct json *json;
};

static void
event(struct world *w, struct correlate *c, struct slice line, int64_t at)
{
	static const struct logsource ls = {SLICE_INIT("test"), {NULL, 0}, {NULL, 0}};
	struct match_event e = {.j = w->json, .ls = &ls, .ls_n = 1, .ls_key = SLICE("test")};
	const struct sigma_rule *heard = NULL;
	struct correlate_seen seen = {.rule = &heard, .at = {1772438400 + at, 0}, .id = SLICE("0123456789abcdef0123456789abcdef"),
	    .line = line};
	struct correlate_alert alert;
	const struct match_hit *hit;
	struct buf pick = {0};
	struct fault f;

	if (!json_one(w->json, line, &f) || match_event(w->room, &e, &hit) != 1)
		abort();
	heard = hit[0].rule;
	seen.rules = 1;
	correlate_tick(c, seen.at);
	correlate_pick(c, w->room, &seen, &pick);
	correlate_add(c, buf_slice(&pick));
	while (correlate_next(c, &alert))
		continue;
	buf_free(&pick);
}

static void
go_on(struct world *w, struct slice snapshot)
{
	struct correlate_options o = {60000000000, 1024 * 1024};
	struct correlate *c = correlate_new(&w->sigma, &o);
	struct correlate_alert alert;
	struct fault f;

	if (correlate_load(c, snapshot, &f)) {
		event(w, c, SLICE("{\"what\":\"a\",\"u\":\"x\",\"w\":\"3\",\"n\":4}"), 600);
		correlate_end(c, true);
		while (correlate_next(c, &alert))
			continue;
	}
	correlate_free(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct correlate_options o = {60000000000, 1024 * 1024};
	struct world w = {.sigma = {.mem = NULL}};
	struct correlate *c;
	struct buf b = {0};
	size_t at = 0;

	fold_start();
	w.sigma.mem = &w.mem;
	sigma_load(&w.sigma, SLICE(RULES), SLICE("f"), SLICE("f"));
	sigma_resolve(&w.sigma);
	w.set = match_compile(&w.sigma, &w.mem);
	w.room = match_room_new(w.set);
	w.json = json_new(&json_limits_stream);
	c = correlate_new(&w.sigma, &o);
	event(&w, c, SLICE("{\"what\":\"a\",\"u\":\"x\",\"w\":\"1\",\"n\":1}"), 0);
	event(&w, c, SLICE("{\"what\":\"a\",\"u\":\"x\",\"w\":\"2\",\"n\":2}"), 100);
	event(&w, c, SLICE("{\"what\":\"a\",\"u\":\"y\",\"w\":\"a long value, longer than sixteen bytes\",\"n\":9}"), 170);
	correlate_save(c, &b);
	for (size_t i = 0; i + 1 < n; i += 2) {
		at = (at + p[i]) % b.n;
		b.p[at] = (char)p[i + 1];
	}
	go_on(&w, buf_slice(&b));
	correlate_free(c);
	buf_free(&b);
	match_room_free(w.room);
	match_set_free(w.set);
	json_free(w.json);
	sigma_set_free(&w.sigma);
	arena_free(&w.mem);
	return 0;
}
