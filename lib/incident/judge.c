/* Severity, priority, class and timers: RESPONSE.md sections 2 and 4. */
#include "lib/incident/desk.h"
#include "lib/incident/policy.h"


const struct slice timer_name[TIMER_COUNT] = {SLICE_INIT("acknowledge"), SLICE_INIT("triage"), SLICE_INIT("containment"),
    SLICE_INIT("resolved"), SLICE_INIT("update"), SLICE_INIT("review")};

static const struct policy *policy = &policy_default;

void
incident_policy(const struct policy *p)
{
	policy = p;
}

/*
 * Tactics by how far an intruder has come, with the class of RSIT v1003 that they speak for. A proposal: a person sets the
 * class.
 * The furthest tactic decides.
 */
static const struct {
	struct slice tactic, class;
} stage[] = {
	{SLICE_INIT("reconnaissance"), SLICE_INIT("information-gathering")},
	{SLICE_INIT("resource-development"), SLICE_INIT("information-gathering")},
	{SLICE_INIT("credential-access"), SLICE_INIT("intrusion-attempts")},
	{SLICE_INIT("initial-access"), SLICE_INIT("intrusion-attempts")},
	{SLICE_INIT("discovery"), SLICE_INIT("intrusions")},
	{SLICE_INIT("execution"), SLICE_INIT("intrusions")},
	{SLICE_INIT("persistence"), SLICE_INIT("intrusions")},
	{SLICE_INIT("privilege-escalation"), SLICE_INIT("intrusions")},
	{SLICE_INIT("defense-evasion"), SLICE_INIT("intrusions")},
	{SLICE_INIT("defense-impairment"), SLICE_INIT("intrusions")},
	{SLICE_INIT("stealth"), SLICE_INIT("intrusions")},
	{SLICE_INIT("lateral-movement"), SLICE_INIT("intrusions")},
	{SLICE_INIT("command-and-control"), SLICE_INIT("malicious-code")},
	{SLICE_INIT("collection"), SLICE_INIT("information-content-security")},
	{SLICE_INIT("exfiltration"), SLICE_INIT("information-content-security")},
	{SLICE_INIT("impact"), SLICE_INIT("availability")},
};

struct slice
incident_rsit(const struct incident *i)
{
	for (size_t k = sizeof stage / sizeof *stage; k-- > 0;)
		if (map_get(&i->tactics, stage[k].tactic))
			return stage[k].class;
	return i->vulnerability ? SLICE("vulnerable") : (struct slice){0};
}

static void
why(struct incident *i, struct buf *b)
{
	if (i->whys < sizeof i->why / sizeof *i->why)
		i->why[i->whys++] = arena_slice(&i->mem, buf_slice(b));
	buf_reset(b);
}

/* The most critical asset adds one; if all are low, they take one. */
static int
asset_score(struct incident *i, struct buf *b)
{
	size_t low = 0;

	for (size_t k = 0; k < i->assets; k++) {
		if (slice_eq_nocase(i->asset[k].criticality, SLICE("critical"))) {
			buf_lit(b, "asset ");
			buf_slice_add(b, i->asset[k].name.n ? i->asset[k].name : i->asset[k].of);
			buf_lit(b, " is critical: +1");
			why(i, b);
			return 1;
		}
		low += slice_eq_nocase(i->asset[k].criticality, SLICE("low"));
	}
	if (low == 0 || low < i->assets)
		return 0;
	buf_lit(b, "every known asset is of low criticality: -1");
	why(i, b);
	return -1;
}

/* What people said of the impact (RESPONSE.md section 2): the largest score counts. */
static int
impact_score(struct incident *i, int score, struct buf *b)
{
	static const struct {
		const char *name, *value;
		int score;
	} row[] = {
		{"impact.functional", "low", 2}, {"impact.functional", "medium", 3}, {"impact.functional", "high", 4},
		{"impact.information", "privacy", 3}, {"impact.information", "proprietary", 3}, {"impact.information",
		    "integrity", 3},
	};

	for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
		struct slice value = desk_text(desk_get(i, row[k].name), &i->mem);

		if (!slice_eq(value, slice_str(row[k].value)) || row[k].score <= score)
			continue;
		buf_str(b, row[k].name);
		buf_lit(b, " is ");
		buf_slice_add(b, value);
		buf_lit(b, ": ");
		buf_i64(b, row[k].score);
		why(i, b);
		score = row[k].score;
	}
	return score;
}

static bool
hard_to_recover(const struct incident *i)
{
	struct slice v = desk_get(i, "impact.recoverability");

	return slice_eq(v, SLICE("\"extended\"")) || slice_eq(v, SLICE("\"not-recoverable\""));
}

static bool
confirmed(const struct incident *i, const char *fact)
{
	return slice_has(desk_get(i, fact), SLICE("\"value\":\"true\""));
}

static void
priority(struct incident *i)
{
	static const int score_of[SEVERITY_COUNT] = {1, 1, 1, 2, 3, 4};
	int score = score_of[i->severity];
	struct buf b = {0};

	i->whys = 0;
	buf_lit(&b, "severity ");
	buf_slice_add(&b, severity_name[i->severity]);
	buf_lit(&b, ": ");
	buf_i64(&b, score);
	why(i, &b);
	score = impact_score(i, score, &b);
	score += asset_score(i, &b);
	if (map_get(&i->tactics, SLICE("lateral-movement")) || hard_to_recover(i)) {
		buf_str(&b, hard_to_recover(i) ? "recovery takes long: +1" : "lateral movement was seen: +1");
		why(i, &b);
		score++;
	}
	if (i->all_blocked) {
		buf_lit(&b, "a control blocked every part of it: -1");
		why(i, &b);
		score--;
	}
	if (confirmed(i, "fact/destruction") || confirmed(i, "fact/exfiltration")) {
		buf_lit(&b, "destruction or exfiltration is confirmed: P1");
		why(i, &b);
		score = 4;
	}
	score = score < 1 ? 1 : score > 4 ? 4 : score;
	i->priority = 5 - score;
	buf_lit(&b, "5 - ");
	buf_i64(&b, score);
	buf_lit(&b, " = P");
	buf_i64(&b, i->priority);
	why(i, &b);
	buf_free(&b);
}

void
incident_judge(struct incident *i)
{
	i->severity = 0;
	for (int k = 1; k < SEVERITY_COUNT; k++)
		if (i->counts[k])
			i->severity = k;
	priority(i);
	i->rsit = desk_get(i, "class.rsit").n ? desk_text(desk_get(i, "class.rsit"), &i->mem) : incident_rsit(i);
	for (int k = 0; k < TIMER_COUNT; k++)
		i->due[k] = policy_due(policy->timer[i->priority][k],
		    k == TIMER_REVIEW && i->closed ? (struct stamp){i->closed, 0} : i->opened);
}

/* The rule that people should read first: the most severe, then the earliest. */
static const struct finding *
foremost(const struct incident *i)
{
	const struct finding *best = NULL;

	for (size_t k = 0; k < i->findings; k++) {
		const struct finding *x = &i->finding[k];
		int by = best == NULL ? 1 : x->level - best->level;

		if (by == 0)
			by = stamp_cmp(best->first, x->first);
		if (by == 0)
			by = slice_cmp(best->rule, x->rule);
		if (by > 0)
			best = x;
	}
	return best;
}

void
incident_title(const struct incident *i, struct buf *out)
{
	const struct finding *x = foremost(i);

	if (x && i->findings == 1 && slice_eq(x->rule, SLICE("reported"))) {
		buf_lit(out, "reported: ");
		buf_slice_add(out, x->name);
		return;
	}
	for (size_t k = 0; k < i->tactics.n && k < 4; k++) {
		if (k)
			buf_lit(out, " > ");
		buf_slice_add(out, i->tactics.row[k].key);
	}
	if (i->tactics.n > 4)
		buf_lit(out, " ...");
	buf_str(out, i->tactics.n ? " on " : i->vulnerability ? "vulnerability on " : "alerts on ");
	buf_slice_add(out, i->value);
	if (x) {
		buf_lit(out, ": ");
		buf_slice_add(out, x->name);
	}
	if (i->findings > 1) {
		buf_lit(out, " +");
		buf_u64(out, i->findings - 1);
	}
}
