/* The language and the engine: tests/golden/match/conformance.txt, case by case; values and places of `why`. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/match/match.h"
#include "lib/port/fold.h"

static const char head[] = "title: t\nid: 00000000-0000-4000-8000-000000000000\nlogsource: {product: test}\ndetection:\n";

struct one {
	struct arena mem;
	struct sigma_set sigma;
	struct match_set *set;
	struct match_room *room;
	struct json *json;
	struct match_event event;
};

static void
open_rule(struct one *o, struct slice detection)
{
	struct buf text = {0};
	struct slice rest = detection;

	*o = (struct one){0};
	o->sigma.mem = &o->mem;
	buf_str(&text, head);
	while (rest.n) {
		buf_lit(&text, "    ");
		buf_slice_add(&text, slice_cut(&rest, '\n'));
		buf_byte(&text, '\n');
	}
	sigma_load(&o->sigma, buf_slice(&text), SLICE("case"), SLICE("test"));
	o->set = match_compile(&o->sigma, &o->mem);
	o->room = match_room_new(o->set);
	o->json = json_new(&json_limits_stream);
	buf_free(&text);
}

static void
close_rule(struct one *o)
{
	match_room_free(o->room);
	match_set_free(o->set);
	json_free(o->json);
	sigma_set_free(&o->sigma);
	arena_free(&o->mem);
}

static size_t
run(struct one *o, struct slice event)
{
	static const struct logsource ls = {SLICE_INIT("test"), {NULL, 0}, {NULL, 0}};
	const struct match_hit *hit;
	struct fault f;

	if (!json_one(o->json, event, &f))
		return 99;
	o->event = (struct match_event){.j = o->json, .ls = &ls, .ls_n = 1, .ls_key = SLICE("test")};
	return match_event(o->room, &o->event, &hit);
}

static void
one_event(struct one *o, struct slice title, struct slice line)
{
	size_t got = run(o, slice_from(line, 2));

	OK(got == (line.p[0] == '+'), "%.*s: %.*s", (int)title.n, title.p, (int)line.n, line.p);
}

static void
refused(const struct one *o, struct slice title, struct slice words)
{
	const char *what = o->sigma.problems ? o->sigma.problem[0].fault.what : "";

	if (!OK(o->sigma.rules == 0 && slice_has(slice_str(what), words), "%.*s: refused", (int)title.n, title.p))
		printf("# got: %s\n", what);
	if (o->sigma.problems && !slice_has(words, SLICE("wildcard")))
		OK(o->sigma.problem[0].fault.line > 0, "%.*s: has a place", (int)title.n, title.p);
}

static void
one_case(struct slice title, struct slice body)
{
	struct slice rest = body, detection = {body.p, 0};
	struct one o;

	while (rest.n && !strchr("+-!", rest.p[0])) {
		struct slice line = slice_cut(&rest, '\n');

		detection.n = (size_t)(line.p + line.n - body.p) + 1;
	}
	open_rule(&o, slice_head(detection, detection.n - 1));
	if (rest.n && rest.p[0] != '!' && o.sigma.problems)
		OK(false, "%.*s: loads (%s)", (int)title.n, title.p, o.sigma.problem[0].fault.what);
	while (rest.n) {
		struct slice line = slice_cut(&rest, '\n');

		if (line.n > 2 && line.p[0] == '!')
			refused(&o, title, slice_from(line, 2));
		else if (line.n > 2)
			one_event(&o, title, line);
	}
	close_rule(&o);
}

static void
conformance(void)
{
	static const char path[] = "/tests/golden/match/conformance.txt";
	struct buf name = {0};
	struct slice text, rest;
	int cases = 0;

	buf_str(&name, unit_srcdir());
	buf_str(&name, path);
	text = rest = unit_file(buf_cstr(&name));
	rest = slice_from(rest, slice_find_slice(rest, SLICE("\n====")) + 1);
	while (rest.n) {
		struct slice title = slice_cut(&rest, '\n'), body = rest;

		body.n = slice_find_slice(rest, SLICE("\n===="));
		rest = slice_from(rest, body.n + 1);
		one_case(slice_from(title, 5), body);
		cases++;
	}
	OK(cases > 60, "cases were read");
	free((void *)(uintptr_t)text.p);
	buf_free(&name);
}

/* Values of `why`: the place counts in the original text, also where folding changes the number of bytes. */
static void
why(void)
{
	static const struct {
		const char *detection, *event, *want;
	} row[] = {
		{"s: {f|contains: Bc}\ncondition: s", "{\"f\":\"xaBCd\"}",
		    "[{\"field\":\"f\",\"op\":\"contains\",\"pattern\":\"Bc\",\"value\":\"xaBCd\",\"off\":2,\"len\":2}]"},
		{"s: {f|contains: kelvin}\ncondition: s", "{\"f\":\"\xe2\x84\xaa" "a \xe2\x84\xaa" "elvin\"}",
		    "[{\"field\":\"f\",\"op\":\"contains\",\"pattern\":\"kelvin\",\"value\":\"\xe2\x84\xaa" "a \xe2\x84\xaa" "elvin\",\"off\":5,\"len\":8}]"},
		{"s: {f|endswith: x}\nn: {g: y}\ncondition: s and not n", "{\"f\":\"abx\"}",
		    "[{\"field\":\"f\",\"op\":\"endswith\",\"pattern\":\"x\",\"value\":\"abx\",\"off\":2,\"len\":1}]"},
		{"s: {f|re: 'b+'}\ncondition: s", "{\"f\":[\"a\",\"abb\"]}",
		    "[{\"field\":\"f\",\"op\":\"re\",\"pattern\":\"b+\",\"value\":\"abb\",\"off\":1,\"len\":2}]"},
		{"s: [word]\ncondition: s", "{\"f\":{\"g\":\"a word\"}}",
		    "[{\"field\":\"(any)\",\"op\":\"contains\",\"pattern\":\"word\",\"value\":\"a word\",\"off\":2,\"len\":4}]"},
	};

	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct buf out = {0};
		struct one o;

		open_rule(&o, slice_str(row[i].detection));
		if (OK(run(&o, slice_str(row[i].event)) == 1, "why %zu: matches", i)) {
			match_why(o.room, match_rule(o.set, 0), &out);
			SAME(buf_slice(&out), slice_str(row[i].want), "why");
		}
		buf_free(&out);
		close_rule(&o);
	}
}

int
main(void)
{
	fold_start();
	conformance();
	why();
	return unit_done();
}
