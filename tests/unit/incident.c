/* lib/incident: clocks, rosters, policies, lines of waiting alerts. */
#include "lib/incident/clock.h"
#include "lib/incident/cue.h"
#include "lib/incident/policy.h"
#include "lib/incident/roster.h"
#include "lib/tool/embed.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

extern const struct embed builtin_clocks[];

/* ---- clocks: a table of facts and due times -------------------------------------------------------------------------------- */

static bool
get(void *self, struct slice name, struct stamp *at)
{
	struct slice rest = *(struct slice *)self;

	while (rest.p) {
		struct slice value = slice_cut(&rest, ' '), key = slice_cut(&value, '=');

		if (slice_eq(key, name))
			return stamp_rfc3339(value, at);
	}
	return false;
}

static const struct clock_step *
find(const struct clock_set *set, struct slice law, struct slice step, const struct clock_law **l)
{
	for (size_t k = 0; k < set->laws; k++)
		for (size_t n = 0; slice_eq(set->law[k].id, law) && n < set->law[k].steps; n++)
			if (slice_eq(set->law[k].step[n].id, step)) {
				*l = &set->law[k];
				return &set->law[k].step[n];
			}
	return NULL;
}

static void
one_clock(const struct clock_set *set, struct slice line)
{
	struct slice rest = line, law = slice_cut(&rest, ' '), step = slice_cut(&rest, ' '),
	    facts = slice_trim(slice_cut(&rest, '|'));
	const struct clock_law *l = NULL;
	const struct clock_step *s = find(set, law, step, &l);
	struct clock_facts f = {get, &facts};
	struct stamp due = {0}, done, want;
	enum clock_state state = s ? clock_judge(l, s, &f, (struct stamp){0, 0}, &due, &done) : CLOCK_OFF;

	rest = slice_trim(rest);
	if (slice_eq(rest, SLICE("off")))
		OK(s && state == CLOCK_OFF, "%.*s", (int)line.n, line.p);
	else
		OK(s && state != CLOCK_OFF && stamp_rfc3339(rest, &want) && stamp_cmp(due, want) == 0, "%.*s", (int)line.n,
		    line.p);
}

static void
clocks(void)
{
	struct buf path = {0};
	struct arena mem = {0};
	struct clock_set set;
	struct fault f = {0};
	struct slice rest;
	size_t n = 0;

	OK(clock_read(builtin_clocks[0].bytes, &mem, &set, &f), "the built-in clocks");
	buf_str(&path, unit_srcdir());
	buf_lit(&path, "/tests/golden/incident/clocks.txt");
	rest = unit_file(buf_cstr(&path));
	while (rest.p) {
		struct slice line = slice_trim(slice_cut(&rest, '\n'));

		if (line.n == 0 || line.p[0] == '#')
			continue;
		one_clock(&set, line);
		n++;
	}
	OK(n >= 100, "at least 100 cases of clocks");
	buf_free(&path);
	arena_free(&mem);
}

/*
 * ---- roster
 * ------------------------------------------------------------------------------------------------------------------
 */

static const char roster_text[] =
    "irroster: 1\n"
    "zone: Europe/Berlin\n"
    "holidays: [2026-12-25]\n"
    "people:\n"
    "  ann: {mail: ann@example.org, roles: [soc.t1]}\n"
    "  bob: {roles: [soc.t1]}\n"
    "  cem: {roles: [csirt]}\n"
    "shifts:\n"
    "  - {role: soc.t1, who: [ann], from: \"06:00\", to: \"18:00\"}\n"
    "  - {role: soc.t1, who: [bob], from: \"18:00\", to: \"06:00\"}\n"
    "  - {role: csirt, who: [cem], days: [mon, tue, wed, thu, fri], from: \"09:00\", to: \"17:00\", holidays: off}\n"
    "overrides:\n"
    "  - {role: soc.t1, who: [cem], from: 2026-03-05T08:00:00Z, to: 2026-03-05T09:00:00Z}\n";

struct holes {
	uint64_t n, minutes;
};

static void
hole(void *self, struct stamp from, struct stamp to)
{
	struct holes *h = self;

	h->n++;
	h->minutes += (uint64_t)(to.s - from.s) / 60;
}

static void
rosters(void)
{
	static const struct {
		const char *role, *at, *who;	/* NULL: nobody */
	} row[] = {
		{"soc.t1", "2026-01-05T05:00:00Z", "ann"},	/* 06:00 in winter */
		{"soc.t1", "2026-01-05T04:59:00Z", "bob"}, {"soc.t1", "2026-07-06T04:00:00Z", "ann"},	/* 06:00 in summer */
		{"soc.t1", "2026-07-06T03:59:00Z", "bob"}, {"soc.t1", "2026-03-29T00:30:00Z", "bob"},	/* the hour that is not */
		{"soc.t1", "2026-10-25T01:30:00Z", "bob"}, {"soc.t1", "2026-03-05T08:30:00Z", "cem"},
		{"soc.t1", "2026-03-05T09:00:00Z", "ann"}, {"csirt", "2026-03-02T08:00:00Z", "cem"},
		{"csirt", "2026-03-01T10:00:00Z", NULL}, {"csirt", "2026-12-25T10:00:00Z", NULL}, {"csirt",
		    "2026-12-24T10:00:00Z", "cem"},
		{"ciso", "2026-12-24T10:00:00Z", NULL},
	};
	struct arena mem = {0};
	struct roster r;
	struct fault f = {0};
	struct stamp from, to;
	struct holes h = {0};

	OK(roster_read(slice_str(roster_text), &mem, &r, &f), "a roster");
	for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
		const struct slice *who = NULL;
		struct stamp at;
		size_t n = stamp_rfc3339(slice_str(row[k].at), &at) ? roster_duty(&r, slice_str(row[k].role), at, &who) : 99;

		OK(row[k].who ? n == 1 && slice_eq(who[0], slice_str(row[k].who)) : n == 0, "%s at %s", row[k].role, row[k].at);
	}
	OK(stamp_rfc3339(SLICE("2026-01-01T00:00:00Z"), &from) && stamp_rfc3339(SLICE("2027-01-01T00:00:00Z"), &to), "a year");
	INT(roster_prove(&r, SLICE("soc.t1"), from, to, hole, &h), 365 * 1440, "each minute of a year was looked at");
	INT(h.n, 0, "around the clock, through both changes");
	roster_prove(&r, SLICE("csirt"), from, to, hole, &h);
	OK(h.n > 250 && h.minutes > 200000, "office hours have holes");
	roster_free(&r);
	arena_free(&mem);
}

static void
bad_rosters(void)
{
	static const struct {
		const char *text;
		unsigned line;
	} row[] = {
		{"irroster: 1\npeople: {a: {roles: [nobody]}}\n", 2},
		    {"irroster: 1\npeople: {a: {}}\nshifts:\n  - {role: soc.t1, who: [b], from: \"01:00\", to: \"02:00\"}\n", 4},
		{"irroster: 1\nzone: Nowhere/City\npeople: {}\n", 2}, {"irroster: 1\npeople: {}\nshift: []\n", 3},
		{"irroster: 1\npeople: {a: {}}\nshifts:\n  - {role: soc.t1, who: [a], from: \"25:00\", to: \"02:00\"}\n", 4},
	};

	for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
		struct arena mem = {0};
		struct roster r;
		struct fault f = {0};

		OK(!roster_read(slice_str(row[k].text), &mem, &r, &f), "roster %zu is refused", k);
		INT(f.line, row[k].line, f.what ? f.what : "no fault");
		roster_free(&r);
		arena_free(&mem);
	}
}

/*
 * ---- policy, lines
 * --------------------------------------------------------------------------------------------------------------
 */

static void
policies(void)
{
	struct buf one = {0}, two = {0};
	struct arena mem = {0};
	struct policy p;
	struct fault f = {0};

	policy_write(&policy_default, &one);
	OK(policy_read(buf_slice(&one), &mem, &p, &f), "the default policy reads back");
	policy_write(&p, &two);
	SAME(buf_slice(&two), buf_slice(&one), "and is the same");
	OK(policy_read(SLICE("irpolicy: 1\ntimers: {P1: {acknowledge: 1m}}\n"), &mem, &p, &f)
	    && p.timer[1][TIMER_ACKNOWLEDGE] == 60
	    && p.timer[2][TIMER_ACKNOWLEDGE] == 900, "one timer, the others as they were");
	OK(!policy_read(SLICE("irpolicy: 1\nladder: {P1: [{after: 1m, to: [nobody]}]}\n"), &mem, &p, &f) && f.line == 2,
	    "no such role");
	buf_free(&one);
	buf_free(&two);
	arena_free(&mem);
}

static void
lines(void)
{
	struct cue *a = calloc(2, sizeof *a), *b = a + 1;
	struct buf line = {0};
	struct fault f = {0};

	a->id = SLICE("00112233445566778899aabbccddeeff");
	a->at = (struct stamp){-5, 7};
	a->level = 3;
	a->key = KEY_USER;
	a->value = SLICE("alice");
	a->rule = SLICE("r");
	a->rule_name = SLICE("");
	a->entity[a->entities++] = (struct cue_entity){ENTITY_IP, SLICE("203.0.113.9")};
	a->asset[a->assets++] = (struct cue_asset){SLICE("a"), SLICE("b"), SLICE("c"), SLICE("d")};
	a->off = 1234567890123;
	cue_write(a, &line);
	OK(cue_read(buf_slice(&line), b, &f), "a line reads back");
	OK(stamp_cmp(a->at, b->at) == 0 && slice_eq(a->id, b->id) && slice_eq(b->value, a->value) && b->off == a->off
	    && b->entities == 1
	    && slice_eq(b->asset[0].criticality, SLICE("d")), "as it was");
	for (size_t n = 0; n < line.n; n++)
		OK(!cue_read(slice_of(line.p, n), b, &f), "cut at %zu", n);
	buf_free(&line);
	free(a);
}

int
main(void)
{
	clocks();
	rosters();
	bad_rosters();
	policies();
	lines();
	return unit_done();
}
