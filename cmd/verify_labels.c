/*
 * ir-verify labels: no word that only records above the ceiling hold stands in an output.  Words are the strings of those
 * records, in full; what a record at or below the ceiling says as well is no secret.
 */
#include "cmd/verify_verb.h"

#include "lib/base/map.h"

#include <stdlib.h>

enum { WORD_MIN = 6, WORDS_MAX = 200000 };

static struct slice ceiling, stream;
static struct opt_list masked;
static const struct opt options[] = {
	{0, "tlp-max", "LABEL", "the ceiling: clear, green, amber, amber+strict", OPT_TEXT, &ceiling,
	    "clear|green|amber|amber+strict"},
	{0, "stream", "FILE", "the records that the output was made of", OPT_TEXT, &stream, "file"},
	{0, "masked", "WORD", "a name that must not stand in it either", OPT_LIST, &masked, NULL},
	{0},
};
static const char *const kinds[] = {"text", "json", NULL};

static int
rank(struct slice s)
{
	static const char *const word[] = {"clear", "green", "amber", "amber+strict", "red"};

	if (slice_starts_nocase(s, SLICE("tlp:")))
		s = slice_from(s, 4);
	for (int i = 0; i < 5; i++)
		if (slice_eq_nocase(s, slice_str(word[i])))
			return i + 1;
	return 0;
}

struct words {
	struct map above, below;
	struct json *j;
	struct buf text;
	bool full;
};

static int
record_rank(struct words *w)
{
	static const char *const path[] = {"ir.tlp", "ir.incident.tlp"};
	uint32_t v;
	int got;

	for (size_t i = 0; i < 2; i++) {
		v = json_path(w->j, 0, slice_str(path[i]));
		buf_reset(&w->text);
		if (v != JSON_NONE && (got = rank(json_text(w->j, v, &w->text))) != 0)
			return got;
	}
	return 3;			/* no mark counts as amber */
}

static void
record_words(struct words *w)
{
	bool above = record_rank(w) > rank(ceiling);

	for (uint32_t i = 0; i < w->j->nodes; i++) {
		struct slice s;

		if (json_type(w->j, i) != JSON_STRING || w->j->node[i].key)
			continue;
		buf_reset(&w->text);
		s = json_text(w->j, i, &w->text);
		if (s.n < WORD_MIN)
			continue;
		if (above && w->above.n >= WORDS_MAX)
			w->full = true;
		else
			(void)map_put(above ? &w->above : &w->below, s, NULL);
	}
}

static void
stream_words(struct ruling *r, struct words *w, struct slice text)
{
	struct slice line;
	uint64_t number = 0;
	struct fault f;

	while (verb_line(&text, &line)) {
		number++;
		if (line.n && json_one(w->j, line, &f) && json_type(w->j, 0) == JSON_OBJECT)
			record_words(w);
		else if (line.n)
			ruling_wrong(r, stream, number, "no-record", SLICE("not a JSON object"));
	}
}

/* Line of the first place; 0: it is not there. */
static uint64_t
line_of(struct slice text, struct slice word)
{
	const char *at = word.n ? memmem(text.p, text.n, word.p, word.n) : NULL;
	uint64_t n = 1;

	if (!at)
		return 0;
	for (const char *p = text.p; p < at; p++)
		n += *p == '\n';
	return n;
}

static void
output_check(struct ruling *r, const struct words *w, struct slice name, struct slice text)
{
	for (size_t i = 0; i < w->above.n; i++) {
		struct slice word = w->above.row[i].key;
		uint64_t line;

		r->checked++;
		/* A word that is part of one that may be known says nothing. */
		if (map_get(&w->below, word) || (line = line_of(text, word)) == 0)
			continue;
		ruling_wrong(r, name, line, "above-the-ceiling", word);
	}
	for (size_t i = 0; i < masked.n; i++) {
		uint64_t line = line_of(text, masked.v[i]);

		r->checked++;
		if (line)
			ruling_wrong(r, name, line, "not-masked", masked.v[i]);
	}
}

int
verify_labels(int argc, char *argv[])
{
	static const struct tool_about about = {
		.name = "ir-verify", .what = "labels: nothing above the ceiling stands in an output",
		.usage = "labels --tlp-max LABEL --stream FILE OUTPUT...",
		.examples = {"ir-verify labels --tlp-max green --stream case.ndjson case.html",
		    "ir-verify labels --tlp-max amber --stream s o.stix.json",
		    "ir-verify labels --tlp-max red --stream s --masked web01 peer.md"},
		.kinds = kinds, .own_input = true, .terminal_ok = true,
	};
	struct ruling r;
	struct tool t;
	struct arena mem = {0};
	struct words w = {0};

	ruling_begin(&r, &t, &about, options, argc, argv);
	if (t.args.n == 0 || stream.n == 0 || rank(ceiling) == 0)
		tool_usage(&t, "labels: --tlp-max, --stream and an output are wanted");
	ruling_cell(&r, stream);
	w.j = json_new(&json_limits_stream);
	stream_words(&r, &w, verb_file(&t, stream, &mem));
	if (w.full)
		ruling_untold(&r, stream, "it holds too many words above the ceiling");
	for (size_t i = 0; i < t.args.n; i++)
		output_check(&r, &w, t.args.v[i], verb_file(&t, t.args.v[i], &mem));
	if (r.checked == 0)
		ruling_fact(&r, stream, "nothing-above", SLICE("no record is marked above the ceiling"));
	map_free(&w.above);
	map_free(&w.below);
	json_free(w.j);
	buf_free(&w.text);
	arena_free(&mem);
	return ruling_end(&r);
}
