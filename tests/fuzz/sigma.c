#include "lib/correlate/correlate.h"

#include <stdlib.h>

#include "lib/port/fold.h"

/* Rules of a stranger: whatever stands in them, they load or are refused; what loads is asked about an event and counted. */
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define EVENT \
	"{\"EventID\":1,\"Image\":\"C:\\\\a\\\\b.exe\",\"CommandLine\":\"b -x /y\",\"User\":\"u\"," \
	"\"n\":[1,2.5,null],\"o\":{\"p\":\"q\"}}"

static void
ask(struct sigma_set *sigma, struct match_set *set, struct correlate *c)
{
	static const struct logsource ls[] = {{SLICE_INIT("windows"), SLICE_INIT("sysmon"), SLICE_INIT("process_creation")},
	    {SLICE_INIT("test"), {NULL, 0}, {NULL, 0}}};
	struct match_room *room = match_room_new(set);
	struct json *j = json_new(&json_limits_stream);
	struct match_event e = {.j = j, .ls = ls, .ls_n = 2, .ls_key = SLICE("x")};
	const struct sigma_rule **heard = mem_zero(sigma->rules + 1, sizeof(struct sigma_rule *));
	const struct match_hit *hit;
	struct correlate_alert alert;
	struct fault f;

	if (!json_one(j, SLICE(EVENT), &f))
		abort();
	for (int64_t at = 0; at < 5; at++) {
		struct correlate_seen seen = {.rule = heard, .at = {1772438400 + at * 20, 0}, .id = SLICE("id"),
		    .line = SLICE(EVENT)};
		struct buf pick = {0};

		for (size_t n = match_event(room, &e, &hit), i = 0; i < n; i++)
			if (correlate_hears(c, hit[i].rule))
				heard[seen.rules++] = hit[i].rule;
		if (seen.rules) {
			correlate_pick(c, room, &seen, &pick);
			correlate_add(c, buf_slice(&pick));
		}
		buf_free(&pick);
	}
	if (c) {
		correlate_end(c, true);
		while (correlate_next(c, &alert))
			continue;
	}
	free(heard);
	json_free(j);
	match_room_free(room);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct correlate_options o = {CORRELATE_ALL, 1024 * 1024};
	struct arena mem = {0};
	struct sigma_set sigma = {.mem = &mem};
	struct match_set *set;
	struct correlate *c;
	struct fault f;

	fold_start();
	(void)!sigma_values(&sigma, SLICE("admins: [u, 'a*']\n"), &f);
	sigma_load(&sigma, slice_of((const char *)p, n), SLICE("f"), SLICE("f"));
	sigma_resolve(&sigma);
	set = match_compile(&sigma, &mem);
	c = correlate_new(&sigma, &o);
	ask(&sigma, set, c);
	correlate_free(c);
	match_set_free(set);
	sigma_set_free(&sigma);
	arena_free(&mem);
	return 0;
}
