/*
 * event: what a plan writes is what reading in full writes, byte for byte: the goldens' records, again and again, with other
 * values in them.
 */
#include "lib/event/plan.h"
#include "lib/event/record.h"
#include "tests/unit/json_rand.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

enum { ROUNDS = 60, COPIES = 6 };

struct bench {
	struct shape_set *set;
	struct shape_options o;
	struct json *j;
	uint32_t *slots;
	struct event e;
	struct plans *plans;
	unsigned long planned, lines;
	uint64_t rec;
	struct stamp before;
};

/* Values that conversions take for something: of all types, and such as are no value at all. */
static const char *const odd[] = {
	"\"\"", "\"-\"", "\"(null)\"", "\"a\\\\b\"", "\"DOM\\\\u\"", "\"C:\\\\x\\\\y.exe\"", "\"C:\\\\x/y\"", "\"\\\\\"",
	"\"\\\\\\\\srv\\\\sh\\\\f.txt\"", "\"q\\\"q\"", "\"\\u00e9\"", "\"a\\/b\"", "\"\xc3\xa9\"", "\"2001:db8::1\"",
	"\"::ffff:1.2.3.4\"", "\"1.2.3.4\"", "\"256.1.1.1\"", "\"01.2.3.4\"", "\"host.example\"", "\"0x1f4\"", "\"0x\"",
	"\"-5\"", "\"007\"", "\"MD5=D41D8CD98F00B204E9800998ECF8427E,IMPHASH=00000000000000000000000000000000\"",
	"\"SHA1=x\"", "\"2026-03-02T08:00:00.123Z\"", "\"2026-03-02 08:00:00\"", "\"2026-03-02T08:00:00+02:00\"",
	"\"2026-03-02T23:59:60Z\"", "\"1772438400\"", "\"/a/b.txt?x=1\"", "\"http://u@h.example:80/p?q\"", "\"a,b, c\"",
	"\"1.1.1.1;2.2.2.2;type:  5 x\"", "\"true\"", "\"dir\\\\file.\"", "\"HTTP/1.1\"", "0", "1", "-1", "1.5", "1e3",
	"12345678901234567890", "true", "false", "null", "[]", "[\"a\",\"b\"]", "[\"1.2.3.4\",\"1.2.3.4\"]", "{}",
	"{\"#text\":\"v\"}",
};

static void
in_full(struct bench *b, struct json_layout *l, uint64_t off, struct buf *out)
{
	struct event_src src = {.fmt = SLICE("json"), .uri = SLICE("x"), .off = off, .rec = b->rec++};

	event_reset(&b->e);
	if (b->plans)
		plan_watch(b->plans, l, b->j, &b->e);
	(void)shape_fill(b->set, &b->o, b->j, 0, b->slots, &b->e);
	b->e.raw_flat = true;
	if (b->plans)
		plan_learn(b->plans, b->j, &b->e);
	event_write(&b->e, &src, b->j->line, out);
}

static bool
planned(struct bench *b, struct json_layout *l, const struct json_quick *q, struct buf *out)
{
	struct plan_told told;

	if (!plan_read(b->plans, l, q, &told))
		return false;
	plan_put(b->plans, q->at, b->rec, out);
	json_quick_take(b->j);
	b->rec++;
	b->planned++;
	return true;
}

static void
write_all(struct bench *b, struct slice in, struct plans *plans, struct buf *out)
{
	struct json_quick q;
	struct fault f;

	buf_reset(out);
	b->rec = 1;
	b->plans = plans;
	if (plans)
		plan_from(plans, &(struct event_src){.fmt = SLICE("json"), .uri = SLICE("x")});
	json_block(b->j, in);
	for (;;) {
		struct json_layout *l = plans ? json_quick(b->j, plans_layouts(plans), &q) : NULL;

		if (l && planned(b, l, &q, out))
			continue;
		if (!json_line(b->j, &f))
			break;
		if (b->j->ok && json_type(b->j, 0) == JSON_OBJECT)
			in_full(b, l, b->j->at, out);
	}
}

/* The line with some of its scalars replaced. */
static void
change(struct bench *b, struct rnd *r, struct slice line, unsigned changes, struct buf *out)
{
	struct json_edits edits = {0};
	struct fault f;
	uint32_t from = 1;

	if (!json_one(b->j, line, &f))
		abort();
	for (; changes && from < b->j->nodes; changes--) {
		uint32_t v = from + rnd(r, b->j->nodes - from);
		enum json_type type = json_type(b->j, v);

		from = v + 1;
		if (!b->j->node[v].key && type != JSON_OBJECT && type != JSON_ARRAY)
			json_edit_value(&edits, b->j, v, slice_str(odd[rnd(r, sizeof odd / sizeof *odd)]));
	}
	json_splice(&edits, b->j->line, out);
	buf_byte(out, '\n');
	json_edits_free(&edits);
}

static void
make(struct bench *b, struct rnd *r, struct slice in, struct buf *out)
{
	buf_reset(out);
	for (unsigned round = 0; round < ROUNDS; round++)
		for (struct slice rest = in; rest.p;) {
			struct slice line = slice_trim(slice_cut(&rest, '\n'));

			for (unsigned i = 0; line.n && i < COPIES; i++, b->lines++)
				change(b, r, line, i % 2 ? 1 + rnd(r, 3) : 0, out);
		}
}

static void
check_file(struct bench *b, struct rnd *r, const char *name)
{
	struct buf path = {0}, in = {0}, want = {0}, got = {0};

	buf_str(&path, unit_srcdir());
	buf_lit(&path, "/tests/golden/event/");
	buf_str(&path, name);
	buf_lit(&path, ".in");
	make(b, r, unit_file(buf_cstr(&path)), &in);
	write_all(b, buf_slice(&in), NULL, &want);
	b->planned = b->lines = 0;
	for (int twice = 0; twice < 2; twice++) {
		struct plans *p = plans_new(&b->o);

		write_all(b, buf_slice(&in), p, &got);
		SAME(buf_slice(&got), buf_slice(&want), name);
		/* What the first run learnt holds in another block. */
		write_all(b, buf_slice(&in), p, &got);
		SAME(buf_slice(&got), buf_slice(&want), name);
		plans_free(p);
	}
	OK(b->planned > 1000, "%s: %lu records by plans", name, b->planned);
	buf_free(&path);
	buf_free(&in);
	buf_free(&want);
	buf_free(&got);
}

int
main(void)
{
	static const char *const name[] = {"sysmon", "windows", "evtx_dump", "winlogbeat", "eve", "zeek", "cloudtrail"};
	struct bench b = {.set = shape_set_new(), .j = json_new(&json_limits_source)};
	struct rnd r = {.state = 20260302};
	struct zone *zone = zone_open(SLICE("Europe/Berlin"));

	b.slots = mem_zero(shape_slots(b.set) + 1, sizeof *b.slots);
	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		check_file(&b, &r, name[i]);
	/* Times without zone are another's then. */
	if (zone) {
		b.o = (struct shape_options){.zone = zone, .zone_name = SLICE("Europe/Berlin")};
		check_file(&b, &r, "windows");
		check_file(&b, &r, "eve");
		zone_free(zone);
	}
	event_free(&b.e);
	free(b.slots);
	json_free(b.j);
	shape_set_free(b.set);
	return unit_done();
}
