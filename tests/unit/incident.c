/* lib/incident: stories whatever the order, priority with its reasons, the audit's chain, what is external. */
#include "lib/incident/label.h"
#include "lib/incident/story.h"
#include "tests/unit/unit.h"

#include <stdio.h>

enum { MINUTES = 60, HOURS = 3600, DAYS = 86400 };

static bool
never(void *self, enum entity_type type, struct slice value)
{
	(void)self;
	(void)type;
	(void)value;
	return false;
}

/* ---- grouping ------------------------------------------------------------------------------------------------------------------ */

struct given {
	const char *id, *host, *ip;
	int64_t at;
};

static void
put(struct store *s, const struct given *g)
{
	static struct cue c;
	struct fault f = {0};

	c = (struct cue){.id = slice_str(g->id), .at = {1000000 + g->at, 0}, .level = SEVERITY_MEDIUM, .rule = SLICE("r"), .rule_name = SLICE("R"),
	    .key = KEY_HOST, .value = slice_str(g->host), .tlp = TLP_AMBER, .pap = PAP_GREEN};
	memcpy(c.print, g->id, strlen(g->id));
	c.entity[c.entities++] = (struct cue_entity){ENTITY_HOST, slice_str(g->host)};
	if (g->ip)
		c.entity[c.entities++] = (struct cue_entity){ENTITY_IP, slice_str(g->ip)};
	OK(store_alert(s, &c, &f) == PUT_NEW, "alert %s: %s", g->id, f.what ? f.what : "");
	OK(store_alert(s, &c, &f) == PUT_KNOWN, "alert %s comes again", g->id);
	c.print[15] ^= 1;
	OK(store_alert(s, &c, &f) == PUT_CONFLICT, "another alert with the id %s", g->id);
}

/* "host:alerts:links ..." of all incidents, in the order of their first alerts. */
static void
stories(const struct given *g, size_t n, bool backwards, struct buf *out)
{
	struct fault f = {0};
	struct incident i = {.seq = 0};
	struct store *s;
	struct story *t;
	bool busy;
	char id[32];

	s = store_open(NULL, true, &busy, &f);
	if (!OK(s != NULL, "a private store"))
		return;
	t = story_new(s, &story_limits);
	for (size_t k = 0; k < n; k++)
		put(s, &g[backwards ? n - 1 - k : k]);
	OK(story_settle(t, NULL, &f), "settled: %s %s", f.what ? f.what : "", f.near);
	while (store_dirty(s, COUNTS, id, &f) == GOT && store_load(s, slice_of(id, 32), &i, &f) == GOT) {
		if (out->n)
			buf_byte(out, ' ');
		buf_slice_add(out, i.value);
		buf_byte(out, ':');
		buf_u64(out, i.total);
		buf_byte(out, ':');
		buf_u64(out, i.links);
		buf_str(out, i.continues.n ? "c" : "");
		OK(store_told(s, id, 1, NULL, 0, false, SLICE("{}"), &f), "told");
	}
	incident_free(&i);
	story_free(t);
	OK(store_close(s, &f), "closed");
}

static void
grouping(void)
{
	static const struct given gap[] = {{"1", "a", NULL, 0}, {"2", "a", NULL, 30 * MINUTES}, {"3", "a", NULL, 60 * MINUTES + 1}, {"4", "b", NULL, 5}};
	static const struct given day[] = {{"1", "a", NULL, 0}, {"2", "a", NULL, 25 * HOURS}};
	static const struct given outside[] = {{"1", "a", "203.0.113.9", 0}, {"2", "b", "203.0.113.9", HOURS}, {"3", "c", "203.0.113.9", 26 * HOURS},
	    {"4", "d", "10.0.0.1", 0}, {"5", "e", "10.0.0.1", 0}};
	static const struct {
		const char *name;
		const struct given *g;
		size_t n;
		const char *want;
	} row[] = {
		{"30 minutes hold, a second more does not", gap, 4, "a:2:0 b:1:0 a:1:0c"},
		{"what ended a day ago is not continued", day, 2, "a:1:0 a:1:0"},
		{"an outside address links within 24 h, an inside one never", outside, 5, "a:1:1 d:1:0 e:1:0 b:1:1 c:1:0"},
	};

	for (size_t k = 0; k < sizeof row / sizeof *row; k++)
		for (int back = 0; back < 2; back++) {
			struct buf b = {0};

			stories(row[k].g, row[k].n, back, &b);
			if (k < 2)
				SAME(buf_slice(&b), slice_str(row[k].want), row[k].name);
			else
				INT(slice_has(buf_slice(&b), SLICE("a:1:1")) + slice_has(buf_slice(&b), SLICE("b:1:1")) * 2
				    + slice_has(buf_slice(&b), SLICE("c:1:0")) * 4 + slice_has(buf_slice(&b), SLICE("d:1:0")) * 8, 15, row[k].name);
			buf_free(&b);
		}
}

/* 7 days are the longest; 51 stories with one address are a hub. */
static void
bounds(void)
{
	static char name[400][8];
	static struct given g[400];
	struct buf b = {0};

	for (int k = 0; k < 400; k++) {
		(void)snprintf(name[k], sizeof name[k], "i%d", k);
		g[k] = (struct given){name[k], "a", NULL, (int64_t)k * 29 * MINUTES};
	}
	stories(g, 400, false, &b);
	SAME(buf_slice(&b), SLICE("a:348:0 a:52:0c"), "a story of 7 days at most");
	for (int n = 50; n <= 51; n++) {
		buf_reset(&b);
		for (int k = 0; k < n; k++)
			g[k] = (struct given){name[k], name[k], "203.0.113.9", k};
		stories(g, (size_t)n, false, &b);
		OK(slice_has(buf_slice(&b), n == 50 ? SLICE("i0:1:49") : SLICE("i0:1:0")), "%d stories with one address", n);
	}
	buf_free(&b);
}

/* ---- priority ------------------------------------------------------------------------------------------------------------------ */

static void
priority(void)
{
	static const struct {
		const char *name;
		int level, priority;
		const char *tactic, *criticality;
		bool blocked;
	} row[] = {
		{"informational", 1, 4, NULL, NULL, false}, {"low", 2, 4, NULL, NULL, false}, {"medium", 3, 3, NULL, NULL, false},
		{"high", 4, 2, NULL, NULL, false}, {"critical", 5, 1, NULL, NULL, false}, {"unknown", 0, 4, NULL, NULL, false},
		{"high on a critical asset", 4, 1, NULL, "critical", false}, {"high on a low asset", 4, 3, NULL, "low", false},
		{"high on a high asset", 4, 2, NULL, "high", false}, {"medium moving", 3, 2, "Lateral Movement", NULL, false},
		{"high, blocked", 4, 3, NULL, NULL, true}, {"low, blocked: not below P4", 2, 4, NULL, "low", true},
		{"critical on a critical asset: not above P1", 5, 1, "lateral-movement", "critical", false},
	};
	static const int64_t ack[5] = {0, 5 * MINUTES, 15 * MINUTES, HOURS, 4 * HOURS};

	for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
		static struct cue c;
		struct incident i = {.seq = 0};

		c = (struct cue){.id = SLICE("a"), .at = {0, 0}, .level = row[k].level, .rule = SLICE("r"), .rule_name = SLICE("R"), .value = SLICE("h"),
		    .tlp = TLP_AMBER, .pap = PAP_GREEN, .blocked = row[k].blocked};
		if (row[k].tactic)
			c.tactic[c.tactics++] = slice_str(row[k].tactic);
		if (row[k].criticality)
			c.asset[c.assets++] = (struct cue_asset){.of = SLICE("host.name"), .name = SLICE("h"), .criticality = slice_str(row[k].criticality)};
		incident_open(&i, &c);
		OK(incident_add(&i, &c, never, NULL), "%s: is seen", row[k].name);
		incident_judge(&i);
		INT(i.priority, row[k].priority, row[k].name);
		INT(i.due[TIMER_ACKNOWLEDGE].s, ack[i.priority], "acknowledge");
		OK(i.whys >= 2, "%s: reasons", row[k].name);
		/* 1970-01-01 was a Thursday: the next business day is Friday. */
		if (i.priority == 4)
			INT(i.due[TIMER_CONTAINMENT].s, DAYS, "next business day");
		incident_free(&i);
	}
}

/* ---- audit and labels ---------------------------------------------------------------------------------------------------------- */

static void
audit(void)
{
	struct fault f = {0};
	uint64_t rows, bad;
	bool busy;
	struct store *s = store_open(NULL, true, &busy, &f);

	if (!OK(s != NULL, "a private store"))
		return;
	for (int k = 0; k < 3; k++)
		OK(store_audit(s, (struct stamp){k, 0}, SLICE("w"), SLICE("open"), SLICE("i"), SLICE("b"), &f), "a row");
	OK(store_audit_check(s, &rows, &bad, &f) && rows == 3 && bad == 0, "the chain holds");
	OK(store_close(s, &f), "closed");
}

static void
words(void)
{
	OK(entity_external(SLICE("203.0.113.9")) && entity_external(SLICE("8.8.8.8")) && entity_external(SLICE("2001:db8::1")), "external");
	OK(!entity_external(SLICE("10.1.2.3")) && !entity_external(SLICE("::ffff:192.168.1.1")) && !entity_external(SLICE("fe80::1"))
	    && !entity_external(SLICE("127.0.0.1")) && !entity_external(SLICE("x")), "not external");
	OK(entity_common_user(SLICE("NT AUTHORITY\\SYSTEM")) && entity_common_user(SLICE("WEB01$")) && entity_common_user(SLICE("root")), "common");
	OK(!entity_common_user(SLICE("CORP\\alice")) && !entity_common_user(SLICE("alice")), "not common");
	INT(tlp_by_name(SLICE("TLP:AMBER+STRICT")), TLP_AMBER_STRICT, "tlp");
	INT(tlp_by_name(SLICE("white")), TLP_CLEAR, "tlp 1.0");
	INT(pap_by_name(SLICE("PAP:RED")), PAP_RED, "pap");
	INT(pap_by_name(SLICE("pink")), 0, "no pap");
}

int
main(void)
{
	grouping();
	bounds();
	priority();
	audit();
	words();
	return unit_done();
}
