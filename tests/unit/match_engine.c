/*
 * The engine against the evaluator that asks every rule: made rules and events, and real ones where they are to be had.  Packs: the same answers,
 * and no harm from a damaged one.
 */
#include "tests/unit/match_rand.h"
#include "tests/unit/unit.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/event/shape.h"
#include "lib/match/match.h"
#include "lib/port/digest.h"
#include "lib/port/fold.h"

enum { SETS = 600, RULES = 40, EVENTS = 50, DAMAGES = 400, HEAD_SUM = 24, HEAD = 48, LINES = 1000 };

struct rules {
	struct arena mem;
	struct sigma_set sigma;
	struct match_set *set;
	struct match_room *engine, *plain;
};

static void
rules_open(struct rules *x, struct slice text)
{
	*x = (struct rules){0};
	x->sigma.mem = &x->mem;
	sigma_load(&x->sigma, text, SLICE("made"), SLICE("test"));
	x->set = match_compile(&x->sigma, &x->mem);
}

static void
rooms(struct rules *x)
{
	x->engine = match_room_new(x->set);
	x->plain = match_room_new(x->set);
	match_plain(x->plain, true);
}

static void
rules_close(struct rules *x)
{
	match_room_free(x->engine);
	match_room_free(x->plain);
	match_set_free(x->set);
	sigma_set_free(&x->sigma);
	arena_free(&x->mem);
}

/* Ids of what matched and of what is undecided. */
static void
answers(struct match_room *room, const struct match_event *e, struct buf *out)
{
	const struct match_hit *hit;
	const struct sigma_rule *const *unsure;
	size_t n = match_event(room, e, &hit);

	buf_reset(out);
	for (size_t i = 0; i < n; i++) {
		buf_slice_add(out, hit[i].rule->id);
		buf_byte(out, ' ');
	}
	buf_str(out, "? ");
	n = match_undecided(room, &unsure);
	for (size_t i = 0; i < n; i++) {
		buf_slice_add(out, unsure[i]->id);
		buf_byte(out, ' ');
	}
}

static size_t
count(struct slice s)
{
	return slice_count(s, ' ') - 1;
}

/* ---- made ------------------------------------------------------------------------------------------------------------------ */

static void
made_rules(struct rnd *r, struct buf *out)
{
	for (unsigned i = 0; i < RULES; i++) {
		if (i)
			buf_str(out, "---\n");
		rnd_rule(r, i, out);
	}
}

static void
unpacked(struct rules *x, struct slice bytes)
{
	struct fault f = {0};

	*x = (struct rules){0};
	x->sigma.mem = &x->mem;
	x->set = match_unpack(bytes, &x->sigma, &f);
	if (x->set)
		match_finish(x->set, &x->sigma);
}

struct tally {
	size_t pairs, hits, differ;
};

static void
one_set(struct rnd *r, struct json *j, struct tally *t)
{
	static const struct logsource ls = {SLICE_INIT("test"), {NULL, 0}, {NULL, 0}};
	struct buf text = {0}, event = {0}, a = {0}, b = {0}, c = {0}, pack = {0};
	struct rules x, y;
	struct fault f;

	made_rules(r, &text);
	rules_open(&x, buf_slice(&text));
	match_pack(x.set, &x.sigma, &pack);
	unpacked(&y, buf_slice(&pack));
	rooms(&x);
	rooms(&y);
	for (int i = 0; i < EVENTS; i++) {
		struct match_event e = {.j = j, .ls = &ls, .ls_n = 1, .ls_key = SLICE("test")};

		buf_reset(&event);
		rnd_event(r, &event);
		if (!json_one(j, buf_slice(&event), &f)) {
			t->differ++;
			continue;
		}
		answers(x.plain, &e, &a);
		answers(x.engine, &e, &b);
		answers(y.engine, &e, &c);
		t->pairs += x.sigma.rules;
		t->hits += count(buf_slice(&a));
		if (slice_eq(buf_slice(&a), buf_slice(&b)) && slice_eq(buf_slice(&a), buf_slice(&c)))
			continue;
		if (t->differ++ == 0)
			printf("# %s\n# plain: %s\n# engine: %s\n# pack: %s\n%s\n", buf_cstr(&event), buf_cstr(&a), buf_cstr(&b), buf_cstr(&c),
			    buf_cstr(&text));
	}
	rules_close(&x);
	rules_close(&y);
	buf_free(&text);
	buf_free(&event);
	buf_free(&a);
	buf_free(&b);
	buf_free(&c);
	buf_free(&pack);
}

static void
made(void)
{
	struct rnd r = {2026};
	struct json *j = json_new(&json_limits_stream);
	struct tally t = {0};

	for (int i = 0; i < SETS; i++)
		one_set(&r, j, &t);
	OK(t.pairs >= 1000000 && t.hits > t.pairs / 50, "%zu pairs of made rules and events, %zu of them match", t.pairs, t.hits);
	INT(t.differ, 0, "the engine and a pack answer as the evaluator that asks every rule");
	json_free(j);
}

static bool
cut_is_refused(struct slice pack)
{
	struct rules x;
	bool refused = true;

	for (size_t n = 0; refused && n < pack.n; n += 97) {
		unpacked(&x, slice_head(pack, n));
		refused = x.set == NULL;
		rules_close(&x);
	}
	return refused;
}

/* Whatever is turned over, a pack is refused or can be run: the sum is made right, so that more is looked at than it. */
static void
damage(void)
{
	static const struct logsource ls = {SLICE_INIT("test"), {NULL, 0}, {NULL, 0}};
	struct rnd r = {7};
	struct buf text = {0}, pack = {0}, bad = {0}, event = {0}, a = {0};
	struct json *j = json_new(&json_limits_stream);
	struct match_event e = {.j = j, .ls = &ls, .ls_n = 1, .ls_key = SLICE("test")};
	struct rules x;
	struct fault f;
	int refused = 0;

	made_rules(&r, &text);
	rules_open(&x, buf_slice(&text));
	match_pack(x.set, &x.sigma, &pack);
	rooms(&x);
	rules_close(&x);
	rnd_event(&r, &event);
	OK(json_one(j, buf_slice(&event), &f), "an event");
	for (int i = 0; i < DAMAGES; i++) {
		struct slice body;

		buf_reset(&bad);
		buf_slice_add(&bad, buf_slice(&pack));
		for (unsigned n = 1 + rnd(&r, 3); n; n--)
			bad.p[HEAD_SUM + 16 + rnd(&r, (uint32_t)bad.n - HEAD_SUM - 16)] = (char)rnd(&r, 256);
		body = slice_from(buf_slice(&bad), HEAD + 12 * 16);
		digest_xxh3(&body, 1, (unsigned char *)bad.p + HEAD_SUM);
		unpacked(&x, buf_slice(&bad));
		refused += x.set == NULL;
		if (x.set) {
			rooms(&x);
			answers(x.engine, &e, &a);
		}
		rules_close(&x);
	}
	OK(refused > 0, "%d of %d damaged packs are refused, the others are harmless", refused, DAMAGES);
	OK(cut_is_refused(buf_slice(&pack)), "a pack that is cut short is refused");
	buf_free(&text);
	buf_free(&pack);
	buf_free(&bad);
	buf_free(&event);
	buf_free(&a);
	json_free(j);
}

/* ---- real ------------------------------------------------------------------------------------------------------------------ */

static struct {
	struct rules x;
	struct shape_set *shapes;
	uint32_t *slots;
	struct json *j;
	size_t events, hits, differ;
} real;

static bool
ends(const char *path, const char *end)
{
	return slice_ends(slice_str(path), slice_str(end));
}

static int
add_rules(const char *path, const struct stat *st, int type, struct FTW *w)
{
	struct slice text;

	(void)st;
	(void)w;
	if (type != FTW_F || !ends(path, ".yml") || strstr(path, "/deprecated/") || strstr(path, "/unsupported/"))
		return 0;
	text = unit_file(path);
	sigma_load(&real.x.sigma, text, slice_str(path), SLICE("shared"));
	free((void *)(uintptr_t)text.p);
	return 0;
}

static void
one_line(void)
{
	struct logsource ls[EVENT_LS_MAX];
	struct shape_options o = {0};
	struct match_event e = {.j = real.j, .ls = ls};
	struct buf key = {0}, a = {0}, b = {0};

	e.ls_n = shape_sources(real.shapes, &o, real.j, 0, real.slots, ls);
	for (unsigned i = 0; i < e.ls_n; i++) {
		buf_slice_add(&key, ls[i].product);
		buf_byte(&key, '/');
		buf_slice_add(&key, ls[i].category);
		buf_byte(&key, '/');
		buf_slice_add(&key, ls[i].service);
		buf_byte(&key, ' ');
	}
	e.ls_key = buf_slice(&key);
	answers(real.x.plain, &e, &a);
	answers(real.x.engine, &e, &b);
	real.events++;
	real.hits += count(buf_slice(&a));
	if (!slice_eq(buf_slice(&a), buf_slice(&b)) && real.differ++ == 0)
		printf("# %.300s\n# plain: %s\n# engine: %s\n", real.j->line.p, buf_cstr(&a), buf_cstr(&b));
	buf_free(&key);
	buf_free(&a);
	buf_free(&b);
}

static int
add_events(const char *path, const struct stat *st, int type, struct FTW *w)
{
	struct slice text;
	struct fault f;
	int n = 0;

	(void)st;
	(void)w;
	if (type != FTW_F || !(ends(path, ".json") || ends(path, ".ndjson") || ends(path, ".jsonl")))
		return 0;
	text = unit_file(path);
	json_block(real.j, text);
	while (n < LINES && json_line(real.j, &f))
		if (real.j->ok && json_type(real.j, 0) == JSON_OBJECT) {
			one_line();
			n++;
		}
	free((void *)(uintptr_t)text.p);
	return 0;
}

static void
real_events(void)
{
	static const char *const sets[] = {"rsigma-lanes", "security-datasets", "sigma-regression", "suricata-eve", "zeek-logs", "cloudtrail"};
	const char *rules = unit_unpack("sigma-rules");

	if (rules == NULL) {
		unit_skip("no shared rules");
		return;
	}
	real.x.sigma.mem = &real.x.mem;
	(void)nftw(rules, add_rules, 16, FTW_PHYS);
	real.x.set = match_compile(&real.x.sigma, &real.x.mem);
	rooms(&real.x);
	real.shapes = shape_set_new();
	real.slots = mem_zero(shape_slots(real.shapes) + 1, sizeof *real.slots);
	real.j = json_new(&json_limits_stream);
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
		const char *folder = unit_unpack(sets[i]);

		if (folder)
			(void)nftw(folder, add_events, 16, FTW_PHYS);
	}
	OK(real.x.sigma.rules > 3000 && real.events > 1000, "%zu rules, %zu events, %zu matches", real.x.sigma.rules, real.events, real.hits);
	INT(real.differ, 0, "the engine answers as the evaluator that asks every rule");
	rules_close(&real.x);
	shape_set_free(real.shapes);
	free(real.slots);
	json_free(real.j);
}

int
main(void)
{
	fold_start();
	made();
	damage();
	real_events();
	return unit_done();
}
