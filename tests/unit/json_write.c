#include "lib/json/json.h"
#include "tests/unit/json_rand.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

/* Interned paths, the writers and splicing. */

static void
picks(void)
{
	static const char doc[] = "{\"a\":{\"b\":{\"c\":1},\"b.d\":2,\"x\":[{\"y\":3}]},\"a.e.f\":4,\"\\u0061b\":6,"
	    "\"q\":7,\"q\":8,\"a_name_longer_than_sixteen_bytes\":9,\"a_name_LONGER_than_sixteen_bytes\":10,"
	    "\"a\":{\"g\":11,\"b\":12},\"\":13}";
	static const struct { const char *path, *want; } row[] = {
		{"a.b.c", "1"}, {"a.b.d", "2"}, {"a.e.f", "4"}, {"ab", "6"}, {"q", "7"}, {"a.x", "[{\"y\":3}]"},
		{"a.x.y", ""}, {"a.g", "11"},
		{"a_name_longer_than_sixteen_bytes", "9"}, {"a_name_LONGER_than_sixteen_bytes", "10"}, {"zz", ""},
		{"a.b", "{\"c\":1}"},
		{"", "13"}, {"a", NULL},
	};
	enum { ROWS = sizeof row / sizeof row[0] };
	struct json_paths *paths = json_paths_new();
	struct json *j = json_new(&json_limits_stream);
	uint32_t slot[ROWS];
	struct fault f;

	for (uint32_t i = 0; i < ROWS; i++)
		INT(json_paths_add(paths, slice_str(row[i].path)), i, "a new slot");
	INT(json_paths_add(paths, SLICE("a.b")), 11, "the same path has the same slot");
	json_paths_done(paths);
	INT(json_paths_count(paths), ROWS, "slots");
	OK(json_one(j, slice_str(doc), &f), "read");
	json_pick(j, paths, 0, slot);
	for (uint32_t i = 0; i < ROWS; i++)
		if (row[i].want)
			SAME(slot[i] == JSON_NONE ? SLICE("") : json_raw(j, slot[i]), slice_str(row[i].want), row[i].path);
	INT(slot[ROWS - 1], json_get(j, 0, SLICE("a")), "a subtree and the object around it");
	OK(json_one(j, SLICE("[1]"), &f), "read");
	json_pick(j, paths, 0, slot);
	OK(slot[0] == JSON_NONE && slot[ROWS - 1] == JSON_NONE, "no object, no values");
	json_paths_free(paths);
	json_free(j);
}

/* Many paths: none is lost as the table grows. */
static void
many_paths(void)
{
	struct json_paths *paths = json_paths_new();
	struct json *j = json_new(&json_limits_stream);
	struct buf b = {0};
	uint32_t *slot, right = 0;
	struct fault f;

	for (uint32_t i = 0; i < 3000; i++) {
		buf_reset(&b);
		buf_str(&b, "top.name");
		buf_u64(&b, i);
		json_paths_add(paths, buf_slice(&b));
	}
	json_paths_done(paths);
	buf_reset(&b);
	buf_str(&b, "{\"top\":{");
	for (uint32_t i = 0; i < 3000; i++) {
		buf_str(&b, i ? ",\"name" : "\"name");
		buf_u64(&b, i);
		buf_str(&b, "\":");
		buf_u64(&b, i);
	}
	buf_str(&b, "}}");
	OK(json_one(j, buf_slice(&b), &f), "read");
	slot = calloc(json_paths_count(paths), sizeof *slot);
	json_pick(j, paths, 0, slot);
	for (uint32_t i = 0; i < 3000; i++) {
		uint64_t v = 0;

		right += slot[i] != JSON_NONE && json_u64(j, slot[i], &v) && v == i;
	}
	INT(right, 3000, "each of 3,000 paths finds its value");
	free(slot);
	buf_free(&b);
	json_paths_free(paths);
	json_free(j);
}

static void
writers(void)
{
	static const struct { struct slice text, want; bool ok; } row[] = {
		{SLICE_INIT(""), SLICE_INIT("\"\""), true},
		{SLICE_INIT("plain ascii text of some length"), SLICE_INIT("\"plain ascii text of some length\""), true},
		{SLICE_INIT("C:\\a\"b\""), SLICE_INIT("\"C:\\\\a\\\"b\\\"\""), true},
		{SLICE_INIT("\b\t\n\f\r\x01\x1f\x7f/"), SLICE_INIT("\"\\b\\t\\n\\f\\r\\u0001\\u001f\x7f/\""), true},
		{SLICE_INIT("\0"), SLICE_INIT("\"\\u0000\""), true},
		{SLICE_INIT("12345678\xc3\xa9\xf0\x9f\x98\x80"), SLICE_INIT("\"12345678\xc3\xa9\xf0\x9f\x98\x80\""), true},
		{SLICE_INIT("a\xff" "b"), SLICE_INIT("\"a\xef\xbf\xbd" "b\""), false},
		{SLICE_INIT("\xe2\x82z"), SLICE_INIT("\"\xef\xbf\xbdz\""), false},
		{SLICE_INIT("\xed\xa0\x80"), SLICE_INIT("\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""), false},
		{SLICE_INIT("\xf0\x9f\x98"), SLICE_INIT("\"\xef\xbf\xbd\""), false},
	};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		buf_reset(&b);
		INT(json_put_text(&b, row[i].text), row[i].ok, "was it UTF-8");
		SAME(buf_slice(&b), row[i].want, "written");
	}
	buf_free(&b);
}

static void
commas(void)
{
	struct buf b = {0};
	struct json_out o = json_out(&b);

	jo_open(&o, '{');
	jo_ktext(&o, "a", SLICE("x"));
	jo_kopen(&o, "b", '[');
	jo_i64(&o, -1);
	jo_u64(&o, UINT64_MAX);
	jo_open(&o, '{');
	jo_close(&o, '}');
	jo_null(&o);
	jo_f64(&o, 0.5);
	jo_bool(&o, true);
	jo_str(&o, "s");
	jo_close(&o, ']');
	jo_kbool(&o, "c", false);
	jo_kraw(&o, "d", SLICE("[1.0]"));
	jo_ki64(&o, "e", -5);
	jo_ku64(&o, "f", 5);
	jo_kstr(&o, "g\"", "h");
	jo_close(&o, '}');
	SAME(buf_slice(&b),
	    SLICE("{\"a\":\"x\",\"b\":[-1,18446744073709551615,{},null,0.5,true,\"s\"],\"c\":false,\"d\":[1.0],\"e\":-5,"
	    "\"f\":5,\"g\\\"\":\"h\"}"), "commas stand where they must");
	INT(o.depth, 0, "all is closed");
	buf_free(&b);
}

static void
splices(void)
{
	static const char doc[] = "{\"ir\":{ },\"n\":1.0 , \"o\":{\"p\":2}}";
	struct json *j = json_new(&json_limits_stream);
	struct json_edits e = {0};
	struct buf b = {0};
	struct fault f;

	OK(json_one(j, slice_str(doc), &f), "read");
	json_edit_members(&e, j, 0, SLICE("\"z\":1"));
	json_edit_members(&e, j, json_path(j, 0, SLICE("ir")), SLICE("\"k\":2"));
	json_edit_value(&e, j, json_path(j, 0, SLICE("n")), SLICE("true"));
	json_edit_members(&e, j, json_path(j, 0, SLICE("o")), SLICE("\"q\":3"));
	json_edit_members(&e, j, 0, SLICE("\"y\":2"));
	json_edit_members(&e, j, json_path(j, 0, SLICE("ir")), SLICE("\"l\":4"));
	json_edit_members(&e, j, 0, SLICE(""));
	json_splice(&e, j->line, &b);
	SAME(buf_slice(&b), SLICE("{\"ir\":{ \"k\":2,\"l\":4},\"n\":true , \"o\":{\"p\":2,\"q\":3},\"z\":1,\"y\":2}"), "edits");
	json_edits_reset(&e);
	buf_reset(&b);
	json_splice(&e, j->line, &b);
	SAME(buf_slice(&b), slice_str(doc), "no edits: the same bytes");
	json_edits_free(&e);
	buf_free(&b);
	json_free(j);
}

/* Some values replaced at random; taking the new texts out again leaves the old bytes. */
static bool
splice_keeps(struct json *j, struct rnd *r, struct slice doc, struct json_edits *e, struct buf *out)
{
	static const struct slice text = SLICE_INIT("\"<new>\"");
	size_t from = 0, at = 0;
	struct fault f;
	bool same = true;

	if (!json_one(j, doc, &f))
		return false;
	json_edits_reset(e);
	buf_reset(out);
	for (uint32_t v = 0; v < j->nodes;) {
		bool take = rnd(r, 4) == 0 && !j->node[v].key;

		if (take)
			json_edit_value(e, j, v, text);
		v = take ? j->node[v].next : v + 1;
	}
	json_splice(e, j->line, out);
	for (size_t i = 0; i <= e->n && same; i++) {
		size_t end = i < e->n ? e->v[i].at : j->line.n;

		same = out->n - at >= end - from && memcmp(out->p + at, j->line.p + from, end - from) == 0;
		at += end - from + (i < e->n ? text.n : 0);
		from = i < e->n ? end + e->v[i].del : end;
	}
	return same && at == out->n && json_one(j, buf_slice(out), &f);
}

static void
splice_property(void)
{
	struct json *j = json_new(&json_limits_stream);
	struct buf doc = {0}, out = {0};
	struct json_edits e = {0};
	struct rnd r = {7};
	bool ok = true;

	for (int i = 0; i < 20000 && ok; i++) {
		buf_reset(&doc);
		rnd_document(&r, &doc);
		ok = splice_keeps(j, &r, buf_slice(&doc), &e, &out);
	}
	OK(ok, "20,000 spliced documents are valid and keep every other byte");
	json_edits_free(&e);
	buf_free(&doc);
	buf_free(&out);
	json_free(j);
}

int
main(void)
{
	picks();
	many_paths();
	writers();
	commas();
	splices();
	splice_property();
	return unit_done();
}
