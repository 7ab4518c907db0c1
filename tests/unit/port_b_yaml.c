#include "lib/port/yaml.h"
#include "tests/unit/unit.h"

#include "lib/base/buf.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* A tree as one line: s scalar ("quoted"), [..], {k:v,..}. */
static void
show(struct buf *b, const struct yaml *y)
{
	if (y->type == YAML_SCALAR) {
		if (!y->plain)
			buf_byte(b, '"');
		buf_slice_add(b, y->text);
		if (!y->plain)
			buf_byte(b, '"');
		return;
	}
	buf_byte(b, y->type == YAML_LIST ? '[' : '{');
	for (size_t i = 0; i < y->n; i++) {
		if (i)
			buf_byte(b, ',');
		if (y->type == YAML_MAP) {
			show(b, &y->key[i]);
			buf_byte(b, ':');
		}
		show(b, &y->item[i]);
	}
	buf_byte(b, y->type == YAML_LIST ? ']' : '}');
}

static void
good(void)
{
	static const struct {
		struct slice in, want;
		const char *name;
	} c[] = {
		{SLICE_INIT(""), SLICE_INIT(""), "empty"},
		{SLICE_INIT("# only a comment\n"), SLICE_INIT(""), "comment"},
		{SLICE_INIT("a: 1\nb:\n  - x\n  - 'y'\n  - \"z\\n\"\n"), SLICE_INIT("{a:1,b:[x,\"y\",\"z\n\"]};"), "map and list"},
		{SLICE_INIT("\xef\xbb\xbf" "a: b"), SLICE_INIT("{a:b};"), "byte order mark"},
		{SLICE_INIT("--- a\n--- [b, {c: d}]\n...\n---\n"), SLICE_INIT("a;[b,{c:d}];;"), "documents"},
		{SLICE_INIT("a: {}\nb: []\nc:\n"), SLICE_INIT("{a:{},b:[],c:};"), "empty ones"},
		{SLICE_INIT("a: |\n  x\n  y\nb: >\n  x\n  y\n"), SLICE_INIT("{a:\"x\ny\n\",b:\"x y\n\"};"), "block scalars"},
		{SLICE_INIT("'<<': 1\n"), SLICE_INIT("{\"<<\":1};"), "quoted << is a key"},
		{SLICE_INIT("- <<\n"), SLICE_INIT("[<<];"), "<< as a value"},
		{SLICE_INIT("a|contains: '*\\x'\r\n"), SLICE_INIT("{a|contains:\"*\\x\"};"), "CR LF"},
		{SLICE_INIT("%YAML 1.1\n--- x\n"), SLICE_INIT("x;"), "version directive"},
	};

	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct arena a = {0};
		struct buf b = {0};
		struct fault f = {0};
		struct yaml *doc;
		size_t docs;

		if (!OK(yaml_read(c[i].in, 10, &a, &doc, &docs, &f), "%s: read", c[i].name))
			printf("# %s %s %d:%d\n", f.what, f.near, (int)f.line, (int)f.column);
		for (size_t k = 0; k < docs; k++) {
			show(&b, &doc[k]);
			buf_byte(&b, ';');
		}
		SAME(buf_slice(&b), c[i].want, c[i].name);
		buf_free(&b);
		arena_free(&a);
	}
}

static void
refused(void)
{
	static const struct {
		struct slice in;
		const char *want;	/* as people see it */
	} c[] = {
		{SLICE_INIT("a: 1\nb: 2\na: 3\n"), "3:1: yaml: duplicate key: a"},
		{SLICE_INIT("x:\n  {k: 1, \"k\": 2}\n"), "2:10: yaml: duplicate key: k"},
		{SLICE_INIT("a: &x 1\n"), "1:4: yaml: anchors are refused: x"},
		{SLICE_INIT("a: &x [1]\n"), "1:4: yaml: anchors are refused: x"},
		{SLICE_INIT("a: &x {b: 1}\n"), "1:4: yaml: anchors are refused: x"},
		{SLICE_INIT("a: *x\n"), "1:4: yaml: aliases are refused: x"},
		{SLICE_INIT("a: !!str 1\n"), "1:4: yaml: tags are refused: tag:yaml.org,2002:str"},
		{SLICE_INIT("a: !foo [1]\n"), "1:4: yaml: tags are refused: !foo"},
		{SLICE_INIT("a: !foo {b: 1}\n"), "1:4: yaml: tags are refused: !foo"},
		{SLICE_INIT("%TAG ! tag:x,2000:\n---\na: 1\n"), "1:1: yaml: tags are refused: %TAG"},
		{SLICE_INIT("a:\n  <<: {b: 1}\n"), "2:3: yaml: merge keys are refused: <<"},
		{SLICE_INIT("a: \"x\\0y\"\n"), "1:4: yaml: NUL in a scalar: x\\u{0}y"},
		{SLICE_INIT("? [a, b]\n: 1\n"), "1:3: yaml: a key that is no scalar"},
		{SLICE_INIT("? {a: b}\n: 1\n"), "1:3: yaml: a key that is no scalar"},
		{SLICE_INIT("--- 1\n--- 2\n--- 3\n--- 4\n"), "4:5: yaml: too many documents"},
		{SLICE_INIT("\xc3\xa9\xc3\xa9: {b: 1, b: 2}\n"), "1:14: yaml: duplicate key: b"},
	};

	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct arena a = {0};
		struct buf b = {0};
		struct fault f = {0};
		struct yaml *doc;
		size_t docs = 7;

		OK(!yaml_read(c[i].in, 3, &a, &doc, &docs, &f) && docs == 0 && doc == NULL, "%s: refused", c[i].want);
		fault_words(&f, &b);
		SAME(buf_slice(&b), slice_str(c[i].want), c[i].want);
		buf_free(&b);
		arena_free(&a);
	}
}

/* What libyaml itself refuses: its words follow ours, the place is known. */
static void
not_valid(void)
{
	static const struct {
		struct slice in;
		uint64_t line, column;
		const char *name;
	} c[] = {
		{SLICE_INIT("a: [1\nb: 2\n"), 2, 2, "open list"},
		{SLICE_INIT("a: 'x\n"), 2, 1, "open quote"},
		{SLICE_INIT("a: 1\n\tb: 2\n"), 2, 1, "tab"},
		{SLICE_INIT("a: 1\nb: \xff\n"), 2, 4, "bad UTF-8"},
		{SLICE_INIT("a: \xed\xa0\x80\n"), 1, 4, "surrogate"},
		{SLICE_INIT("a: 1\nb: \0\n"), 2, 4, "raw NUL"},
		{SLICE_INIT("\xff\xfe" "a\0"), 1, 1, "UTF-16"},
	};

	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct arena a = {0};
		struct fault f = {0};
		struct yaml *doc;
		size_t docs;

		OK(!yaml_read(c[i].in, 3, &a, &doc, &docs, &f), "%s: refused", c[i].name);
		SAME(slice_str(f.what), SLICE("yaml: not valid"), c[i].name);
		INT(f.line, c[i].line, c[i].name);
		INT(f.column, c[i].column, c[i].name);
		OK(f.near[0] != 0, "%s: \"%s\"", c[i].name, f.near);
		arena_free(&a);
	}
}

static void
words(void)
{
	static const struct {
		const char *in;
		bool null, is_bool, value;
	} c[] = {
		{"true", false, true, true}, {"True", false, true, true}, {"TRUE", false, true, true}, {"false", false, true, false},
		{"FALSE", false, true, false}, {"yes", false, false, false}, {"on", false, false, false}, {"'true'", false, false, false},
		{"null", true, false, false}, {"~", true, false, false}, {"---", true, false, false}, {"Null", true, false, false},
		{"''", false, false, false}, {"'null'", false, false, false}, {"[]", false, false, false}, {"nULL", false, false, false},
	};

	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct arena a = {0};
		struct fault f = {0};
		struct yaml *doc;
		size_t docs;
		bool value = false;

		if (!OK(yaml_read(slice_str(c[i].in), 1, &a, &doc, &docs, &f) && docs == 1, "%s: read", c[i].in))
			continue;
		OK(yaml_null(doc) == c[i].null, "%s: null", c[i].in);
		OK(yaml_bool(doc, &value) == c[i].is_bool && (!c[i].is_bool || value == c[i].value), "%s: bool", c[i].in);
		arena_free(&a);
	}
	OK(!yaml_null(NULL) && !yaml_bool(NULL, NULL) && yaml_get(NULL, "a") == NULL, "of nothing");
}

static void
places(void)
{
	struct arena a = {0};
	struct fault f = {0};
	struct yaml *doc;
	size_t docs;
	const struct yaml *y;
	struct buf b = {0};

	if (!OK(yaml_read(SLICE("a: 1\n\xc3\xa9: {k: x}\nl:\n  - p\n  - \xc3\xa9q\n"), 1, &a, &doc, &docs, &f), "places: read"))
		return;
	y = yaml_get(yaml_get(doc, "\xc3\xa9"), "k");
	INT(y ? y->line : 0, 2, "places: line");
	INT(y ? y->column : 0, 9, "places: column in bytes");
	y = yaml_get(doc, "l");
	INT(y && y->n == 2 ? y->item[1].line : 0, 5, "places: line in a list");
	INT(y && y->n == 2 ? y->item[1].column : 0, 5, "places: column in a list");
	OK(yaml_get(doc, "none") == NULL && yaml_get(y, "a") == NULL, "places: not there");
	OK(y && !yaml_fault(&f, "rule: bad", &y->item[1]), "places: a fault is false");
	fault_words(&f, &b);
	SAME(buf_slice(&b), SLICE("5:5: rule: bad: \xc3\xa9q"), "places: a fault at a node");
	buf_free(&b);
	arena_free(&a);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
limit(const struct buf *b, const char *words, double seconds, const char *name)
{
	struct arena a = {0};
	struct fault f = {0};
	struct yaml *doc;
	size_t docs;
	double from = now();
	bool ok = yaml_read(buf_slice(b), 1, &a, &doc, &docs, &f);
	double took = now() - from;

	if (words)
		OK(!ok && slice_eq(slice_str(f.what), slice_str(words)), "%s: %s", name, words);
	else
		OK(ok, "%s: read%s%s", name, ok ? "" : f.what, ok ? "" : f.near);
	OK(took < seconds, "%s: %.1f ms (at most %.0f)", name, took * 1e3, seconds * 1e3);
	arena_free(&a);
}

static void
repeat(struct buf *b, const char *s, size_t n)
{
	buf_reset(b);
	for (size_t i = 0; i < n; i++)
		buf_str(b, s);
}

static void
limits(void)
{
	struct buf b = {0};

	repeat(&b, "[", 100000);
	limit(&b, "yaml: deeper than 64", .01, "100 kB of [");
	repeat(&b, "{a: ", 25000);
	limit(&b, "yaml: deeper than 64", .05, "100 kB of {a:");
	repeat(&b, "- ", 50000);
	limit(&b, "yaml: deeper than 64", .05, "100 kB of - -");
	repeat(&b, "[", 64);
	for (int i = 0; i < 64; i++)
		buf_byte(&b, ']');
	limit(&b, NULL, .05, "depth 64");
	repeat(&b, "[", 65);
	for (int i = 0; i < 65; i++)
		buf_byte(&b, ']');
	limit(&b, "yaml: deeper than 64", .05, "depth 65");
	repeat(&b, "- a\n", 99990);
	limit(&b, NULL, 1, "99,990 items");
	repeat(&b, "- a\n", 100000);
	limit(&b, "yaml: more than 100000 events", 1, "100,000 items");
	repeat(&b, "a", 1024 * 1024);
	limit(&b, NULL, 1, "1 MiB");
	repeat(&b, "a", 1024 * 1024 + 1);
	limit(&b, "yaml: larger than 1 MiB", .01, "1 MiB and a byte");
	buf_reset(&b);
	for (uint64_t i = 0; i < 49000; i++) {
		buf_byte(&b, 'k');
		buf_u64(&b, i);
		buf_lit(&b, ": v\n");
	}
	limit(&b, NULL, 1, "49,000 keys");
	buf_lit(&b, "k17: v\n");
	limit(&b, "yaml: duplicate key", 1, "49,000 keys and one again");
	buf_free(&b);
}

static size_t rules, rules_bad, rules_docs, rules_bytes;

static int
rule(const char *path, const struct stat *st, int type, struct FTW *at)
{
	struct arena a = {0};
	struct fault f = {0};
	struct yaml *doc;
	size_t docs;
	struct slice text;

	(void)st;
	if (type != FTW_F || !slice_ends(slice_str(path + at->base), SLICE(".yml")))
		return 0;
	text = unit_file(path);
	rules++;
	rules_bytes += text.n;
	if (!yaml_read(text, 1000, &a, &doc, &docs, &f) || docs == 0 || yaml_get(doc, "title") == NULL) {
		printf("# %s:%d:%d: %s: %s\n", path, (int)f.line, (int)f.column, f.what, f.near);
		rules_bad++;
	}
	rules_docs += docs;
	arena_free(&a);
	free((void *)(uintptr_t)text.p);
	return 0;
}

static void
sigma(void)
{
	const char *dir = unit_unpack("sigma-rules");
	double from = now();

	if (dir == NULL) {
		unit_skip("sigma-rules: the shared data is not there");
		return;
	}
	nftw(dir, rule, 16, FTW_PHYS);
	OK(rules > 3000 && rules_bad == 0, "%zu files, %zu documents, %zu bytes in %.0f ms; refused: %zu", rules, rules_docs, rules_bytes,
	    (now() - from) * 1e3, rules_bad);
}

int
main(void)
{
	good();
	refused();
	not_valid();
	words();
	places();
	limits();
	sigma();
	return unit_done();
}
