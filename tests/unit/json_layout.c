/* json: a tape made by a layout is the tape of a walk, for random documents and for such as are almost like one before. */
#include "lib/json/json.h"
#include "tests/unit/json_rand.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

enum { DOCUMENTS = 300, COPIES = 12 };

static const char *const scalar[] = {
	"1", "0", "-1", "1.5e3", "12345678901234567890", "true", "false", "null", "\"\"", "\"a\"", "\"a\\\\b\"",
	"\"\\u00e9\\\"\"", "\"some longer text that has more than fifty-six bytes, and then a \\\\ and more\"", "[]", "{}",
	"01", "1.", "tru", "\"\\x\"", "\"\x80\"",
};

/* The document with another scalar here and there, and now and then a blank or a damage. */
static void
variant(struct json *j, struct rnd *r, struct slice doc, struct buf *out)
{
	struct json_edits edits = {0};
	struct fault f;
	size_t from = out->n;

	if (!json_one(j, doc, &f))
		abort();
	for (uint32_t v = rnd(r, 9); v < j->nodes; v += 1 + rnd(r, 12))
		if (!j->node[v].key && json_type(j, v) != JSON_OBJECT && json_type(j, v) != JSON_ARRAY)
			json_edit_value(&edits, j, v, slice_str(scalar[rnd(r, sizeof scalar / sizeof *scalar)]));
	json_splice(&edits, j->line, out);
	json_edits_free(&edits);
	if (rnd(r, 20) == 0) {
		struct buf b = {0};

		buf_add(&b, out->p + from, out->n - from);
		rnd_damage(r, &b);
		out->n = from;
		buf_slice_add(out, buf_slice(&b));
		buf_free(&b);
	}
	if (rnd(r, 20) == 0)
		buf_lit(out, " \r");
	buf_byte(out, '\n');
}

static void
make(struct rnd *r, struct buf *out)
{
	struct json *j = json_new(&json_limits_source);
	struct buf doc = {0};

	for (int i = 0; i < DOCUMENTS; i++) {
		buf_reset(&doc);
		buf_lit(&doc, "{\"k\":");
		rnd_document(r, &doc);
		buf_lit(&doc, ",\"and one more\":1,\"z\":\"y\"}");
		for (int k = 0; k < COPIES; k++)
			variant(j, r, buf_slice(&doc), out);
	}
	buf_free(&doc);
	json_free(j);
}

static bool
same(const struct json *a, const struct json *b)
{
	if (a->ok != b->ok || a->at != b->at || !slice_eq(a->line, b->line) || a->nodes != b->nodes)
		return false;
	return !a->ok || memcmp(a->node, b->node, a->nodes * sizeof *a->node) == 0;
}

static void
check(struct slice block, const char *engine)
{
	struct json *plain = json_new(&json_limits_source), *kept = json_new(&json_limits_source);
	struct json_paths *paths = json_paths_new();
	uint32_t a[2], room[2], last = json_paths_add(paths, SLICE("and one more"));
	unsigned long lines = 0, known = 0;
	struct fault f, g;
	bool more, fine = true;

	(void)json_paths_add(paths, SLICE("k"));
	json_keep_layouts(kept);
	json_block(plain, block);
	json_block(kept, block);
	do {
		more = json_line(plain, &f);
		fine &= json_line(kept, &g) == more;
		if (!more)
			break;
		fine &= same(plain, kept) && (plain->ok || strcmp(f.what, g.what) == 0);
		if (plain->ok && json_type(plain, 0) == JSON_OBJECT) {
			json_pick(plain, paths, 0, a);
			fine &= json_pick_root(kept, paths, room)[last] == a[last];
		}
		lines++;
		known += kept->layout != 0;
	} while (fine);
	OK(fine, "%s: line %lu", engine, lines);
	OK(known > lines / 8, "%s: %lu of %lu lines by a layout", engine, known, lines);
	json_paths_free(paths);
	json_free(plain);
	json_free(kept);
}

int
main(void)
{
	static const char *const engine[] = {"avx512", "avx2", "sse2", "c"};
	struct rnd r = {.state = 4711};
	struct buf block = {0};

	make(&r, &block);
	for (size_t i = 0; i < sizeof engine / sizeof *engine; i++)
		if (json_force(engine[i]))
			check(buf_slice(&block), engine[i]);
	buf_free(&block);
	return unit_done();
}
