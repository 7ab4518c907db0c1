/* --test: rules on the samples beside them. */
#include "cmd/match.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/port/fold.h"
#include "lib/sigma/meta.h"

struct testing {
	struct matching *m;
	struct sigma_set *sigma;
	struct match_set *set;
	struct match_room *room;
	struct correlate *correlate;	/* NULL: nothing correlates */
	struct event event;
	struct json *json;
	uint32_t *slots;
	unsigned count, failed, samples;
};

static void
say(struct testing *x, bool ok, struct slice file, unsigned line, const char *words)
{
	struct buf b = {0};

	x->count++;
	x->failed += !ok;
	buf_harmless(&b, file);
	printf("%sok %u - %s:%u %s\n", ok ? "" : "not ", x->count, buf_cstr(&b), line, words);
	buf_free(&b);
}

static unsigned
sources(struct testing *x, uint32_t event, struct logsource *ls, bool *ours)
{
	const struct json *j = x->json;
	uint32_t list = json_path(j, event, SLICE("ir.ls"));
	unsigned n = 0;

	*ours = json_path(j, event, SLICE("ir.kind")) != JSON_NONE;
	if (!*ours)
		return shape_sources(x->m->shapes, &x->m->shape, j, event, x->slots, ls);
	if (list == JSON_NONE || json_type(j, list) != JSON_ARRAY)
		return 0;
	for (uint32_t v = json_first(j, list); v != JSON_NONE && n < EVENT_LS_MAX; v = json_following(j, list, v)) {
		struct slice *part[] = {&ls[n].product, &ls[n].service, &ls[n].category};
		static const char *const name[] = {"product", "service", "category"};

		for (int i = 0; i < 3; i++) {
			uint32_t k = json_get(j, v, slice_str(name[i]));

			*part[i] = k == JSON_NONE ? (struct slice){NULL, 0} : json_inner(j, k);
		}
		n++;
	}
	return n;
}

/* One event of a sample: how many rules that speak for themselves it matches; what correlations hear is counted. */
static size_t
one_event(struct testing *x, uint32_t event, unsigned line)
{
	const struct json *j = x->json;
	struct logsource ls[EVENT_LS_MAX];
	struct match_event e = {.j = j, .ls = ls, .root = event};
	const struct sigma_rule **heard = mem_zero(x->sigma->rules + 1, sizeof(struct sigma_rule *));
	struct correlate_seen seen = {.rule = heard, .line = json_raw(j, event)};
	const struct match_hit *hit;
	struct buf pick = {0}, id = {0};
	uint32_t raw, at;
	size_t voices = 0;
	bool ours;

	e.ls_n = sources(x, event, ls, &ours);
	raw = ours ? json_get(j, event, SLICE("raw")) : JSON_NONE;
	e.raw = raw == JSON_NONE ? event : raw;
	/* Each event is asked anew: its log sources are its own. */
	buf_u64(&id, line);
	buf_byte(&id, ' ');
	buf_u64(&id, event);
	e.ls_key = seen.id = buf_slice(&id);
	for (size_t n = match_event(x->room, &e, &hit), i = 0; i < n; i++) {
		voices += !hit[i].rule->mute;
		if (correlate_hears(x->correlate, hit[i].rule))
			heard[seen.rules++] = hit[i].rule;
	}
	event_reset(&x->event);
	(void)shape_fill(x->m->shapes, &x->m->shape, j, event, x->slots, &x->event);
	seen.at = x->event.at;
	at = json_get(j, event, SLICE("@timestamp"));
	if (!x->event.timed && at != JSON_NONE)
		(void)!stamp_rfc3339(json_inner(j, at), &seen.at);
	if (seen.rules) {
		correlate_pick(x->correlate, x->room, &seen, &pick);
		correlate_add(x->correlate, buf_slice(&pick));
	}
	buf_free(&pick);
	buf_free(&id);
	free(heard);
	return voices;
}

/* Several events, of which a correlation makes one alert or more. */
static size_t
many_events(struct testing *x, uint32_t list, unsigned line)
{
	struct correlate_alert a;
	size_t n = 0;

	if (x->correlate)
		correlate_clear(x->correlate);
	for (uint32_t v = json_first(x->json, list); v != JSON_NONE; v = json_following(x->json, list, v))
		if (json_type(x->json, v) == JSON_OBJECT)
			n += one_event(x, v, line);
	if (x->correlate)
		correlate_end(x->correlate, true);
	while (x->correlate && correlate_next(x->correlate, &a))
		n++;
	return n;
}

static void
sample(struct testing *x, struct slice file, unsigned line)
{
	const struct json *j = x->json;
	uint32_t event = json_get(j, 0, SLICE("event")), events = json_get(j, 0, SLICE("events")),
	    expect = json_get(j, 0, SLICE("expect"));
	bool one = event != JSON_NONE && json_type(j, event) == JSON_OBJECT, want;
	size_t n;

	if (expect == JSON_NONE || (!one && (events == JSON_NONE || json_type(j, events) != JSON_ARRAY))) {
		say(x, false, file, line, "a sample is {\"expect\":true,\"event\":{}}, or has \"events\":[{},...]");
		return;
	}
	want = json_type(j, expect) == JSON_TRUE;
	n = one ? one_event(x, event, line) : many_events(x, events, line);
	x->samples++;
	say(x, (n > 0) == want, file, line, want ? "matches" : "does not match");
}

static struct slice
beside(struct arena *mem, struct slice rule)
{
	size_t dot = slice_rfind(rule, '.');
	struct buf b = {0};
	struct slice s;

	buf_slice_add(&b, slice_head(rule, dot));
	buf_lit(&b, ".test.ndjson");
	s = arena_slice(mem, buf_slice(&b));
	buf_free(&b);
	return s;
}

static void
samples(struct testing *x, struct slice rule)
{
	struct arena mem = {0};
	struct slice bytes, file = beside(&mem, rule);
	struct fault f = {0};
	unsigned line = 0;
	char *name = mem_str(file);

	if (!tool_file(name, 16 * 1024 * 1024, &mem, &bytes, &f)) {
		say(x, false, file, 0, "a rule has samples");
	} else {
		json_block(x->json, bytes);
		while (json_line(x->json, &f)) {
			line++;
			if (x->json->ok)
				sample(x, file, line);
			else
				say(x, false, file, line, "is JSON");
		}
	}
	free(name);
	arena_free(&mem);
}

static void
one_rule(struct testing *x, struct slice path, struct slice bytes)
{
	struct arena mem = {0};
	struct sigma_set set = {.mem = &mem};
	struct correlate_options o = {.lateness = CORRELATE_ALL, .memory = 32 * 1024 * 1024};

	sigma_load(&set, bytes, path, path);
	sigma_resolve(&set);
	x->sigma = &set;
	x->set = match_compile(&set, &mem);
	x->correlate = correlate_new(&set, &o);
	for (size_t i = 0; i < set.problems; i++)
		tool_fault(x->m->t, path, &set.problem[i].fault);
	if (set.rules == 0) {
		say(x, false, path, 0, "loads");
	} else {
		x->room = match_room_new(x->set);
		samples(x, path);
		match_room_free(x->room);
	}
	correlate_free(x->correlate);
	match_set_free(x->set);
	sigma_set_free(&set);
	arena_free(&mem);
}

int
match_test(struct matching *m)
{
	static const char *const endings[] = {".yml", ".yaml", NULL};
	struct testing x = {.m = m, .json = json_new(&json_limits_stream)};
	struct opt_list files = {0};
	struct fault f = {0};
	struct slice bytes;

	fold_start();
	m->shapes = shape_set_new();
	x.slots = mem_zero(shape_slots(m->shapes) + 1, sizeof(uint32_t));
	if (!tool_files(m->o.test, endings, &m->mem, &files, &f)) {
		tool_fault(m->t, m->o.test, &f);
		return 2;
	}
	for (size_t i = 0; i < files.n; i++) {
		struct arena once = {0};
		char *name = mem_str(files.v[i]);

		if (tool_file(name, 1024 * 1024, &once, &bytes, &f))
			one_rule(&x, files.v[i], bytes);
		else
			say(&x, false, files.v[i], 0, "can be read");
		arena_free(&once);
		free(name);
	}
	printf("1..%u\n", x.count);
	tool_say(m->t, "%zu rules, %u samples, %u failed", files.n, x.samples, x.failed);
	json_free(x.json);
	event_free(&x.event);
	free(x.slots);
	if (fflush(stdout) != 0)
		tool_die(m->t, 0, "cannot write the output");
	return x.failed || files.n == 0;
}
