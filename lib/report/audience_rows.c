/* The audiences: which rows each has, and what the stream says in those that it fills. */
#include "lib/report/account.h"
#include "lib/report/audience.h"
#include "lib/report/clocks.h"
#include "lib/report/sections.h"
#include "lib/report/share.h"

#include <stdlib.h>

enum { NAMES_MAX = 20, TIMELINE_MAX = 200, INDICATORS_MAX = 200 };

/* ---- what the stream tells --------------------------------------------------------------------------------------- */

static int
worst(const struct model *m)
{
	int level = 0;

	for (int l = 0; l < LEVELS; l++)
		level = m->hits[l] ? l : level;
	return level;
}

static size_t
closed(const struct model *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->stories; i++)
		n += m->story[i].status && slice_eq(text_of(m, m->story[i].status), SLICE("closed"));
	return n;
}

/* No names of rules: they mean nothing to this reader. */
static void
what(struct sheet *s, const struct report_case *c)
{
	struct model *m = s->m;
	struct slice summary = case_text(c, "summary");

	if (summary.n) {
		sheet_para(s);
		sheet_run(s, RUN_TEXT, summary);
		sheet_para_end(s);
	}
	sheet_para(s);
	sheet_u64(s, m->stories);
	sheet_str(s, m->stories == 1 ? " incident on " : " incidents on ");
	sheet_u64(s, m->hosts);
	sheet_str(s, m->hosts == 1 ? " system; worst severity " : " systems; worst severity ");
	sheet_level(s, worst(m));
	sheet_str(s, ".");
	if (m->cut)
		sheet_run(s, RUN_STRONG, SLICE(" The records are not complete (PARTIAL)."));
	sheet_para_end(s);
}

static void
since(struct sheet *s, const struct report_case *c)
{
	struct model *m = s->m;

	(void)c;
	sheet_para(s);
	if (m->alerts == 0)
		sheet_str(s, "No hit is in the records.");
	else {
		sheet_str(s, "First trace ");
		sheet_time(s, m->alert[m->by_time[0]].at);
		sheet_str(s, " UTC, last trace ");
		sheet_time(s, m->alert[m->by_time[m->alerts - 1]].at);
		sheet_str(s, " UTC. As of ");
		sheet_time(s, report_time(m));
		sheet_str(s, " UTC.");
	}
	sheet_para_end(s);
}

static void
over(struct sheet *s, const struct report_case *c)
{
	struct slice status = case_text(c, "status");

	sheet_para(s);
	if (status.n) {
		sheet_run(s, RUN_STRONG, status);
		sheet_str(s, ". ");
	}
	sheet_str(s, "Incidents closed: ");
	sheet_u64(s, closed(s->m));
	sheet_str(s, " of ");
	sheet_u64(s, s->m->stories);
	sheet_str(s, ".");
	sheet_para_end(s);
}

static int
by_name(const void *a, const void *b, void *model)
{
	return slice_cmp(text_of(model, *(const uint32_t *)a), text_of(model, *(const uint32_t *)b));
}

static void
systems(struct sheet *s, const struct report_case *c)
{
	struct model *m = s->m;
	uint32_t *host = mem_alloc((m->findings + 1) * sizeof *host);
	size_t n = 0, shown = 0;

	(void)c;
	for (size_t i = 0; i < m->findings; i++)
		host[n++] = m->finding[i].host;
	qsort_r(host, n, sizeof *host, by_name, m);
	sheet_list(s);
	for (size_t i = 0; i < n; i++)
		if ((i == 0 || host[i] != host[i - 1]) && shown++ < NAMES_MAX) {
			sheet_item(s);
			sheet_text_no(s, RUN_TEXT, host[i]);
			sheet_item_end(s);
		}
	if (shown > NAMES_MAX) {
		sheet_item(s);
		sheet_u64(s, shown - NAMES_MAX);
		sheet_str(s, " more");
		sheet_item_end(s);
	}
	sheet_list_end(s);
	free(host);
}

/* Steps by what became of them. */
static void
done(struct sheet *s, const struct report_case *c)
{
	static const char *const state[] = {"done", "undone", "failed", "refused", "unknown", "planned"};
	struct model *m = s->m;
	uint64_t n[sizeof state / sizeof *state] = {0};

	(void)c;
	for (size_t i = 0; i < m->result.n; i++) {
		struct slice v = doc_open(m, m->result.v[i].json) ? doc_text(m, doc_node(m, "state")) : SLICE("");

		for (size_t k = 0; k < sizeof state / sizeof *state; k++)
			n[k] += slice_eq(v, slice_str(state[k]));
	}
	sheet_para(s);
	sheet_u64(s, m->action.n);
	sheet_str(s, " response steps");
	for (size_t k = 0; k < sizeof state / sizeof *state; k++)
		if (n[k]) {
			sheet_str(s, "; ");
			sheet_str(s, state[k]);
			sheet_str(s, " ");
			sheet_u64(s, n[k]);
		}
	sheet_str(s, ".");
	sheet_para_end(s);
}

static void
steps(struct sheet *s, const struct report_case *c)
{
	(void)c;
	section_response(s);
}

static void
techniques(struct sheet *s, const struct report_case *c)
{
	(void)c;
	section_attack(s);
}

static void
indicators(struct sheet *s, const struct report_case *c)
{
	(void)c;
	section_indicators(s);
}

static void
limits(struct sheet *s, const struct report_case *c)
{
	(void)c;
	section_coverage(s);
}

/* For a peer: when, which rule, which technique.  No victim's name, no value of the log. */
static void
timeline(struct sheet *s, const struct report_case *c)
{
	static const char *const heads[] = {"Time (UTC)", "Severity", "Rule", "Techniques"};
	struct model *m = s->m;

	(void)c;
	sheet_table(s, heads, "dltt");
	for (size_t i = 0; i < m->alerts && i < TIMELINE_MAX; i++) {
		const struct alert *a = &m->alert[m->by_time[i]];

		sheet_cell_time(s, a->at);
		sheet_cell_level(s, a->level);
		sheet_cell_text(s, RUN_TEXT, m->rule[a->rule].name);
		sheet_cell(s);
		sheet_list_of(s, m->rule[a->rule].techniques, ", ");
		sheet_cell_end(s);
	}
	sheet_table_end(s);
	if (m->alerts > TIMELINE_MAX) {
		sheet_para(s);
		sheet_u64(s, m->alerts - TIMELINE_MAX);
		sheet_str(s, " more hits are in the exports.");
		sheet_para_end(s);
	}
}

static void
clocks(struct sheet *s, const struct report_case *c)
{
	static const char *const heads[] = {"Clock", "Step", "Due (UTC)", "State", "Law"};
	struct arena mem = {0};
	size_t n;
	const struct due *v = clocks_due(c, NULL, 0, SLICE(""), report_time(s->m), &mem, &n);

	if (n)
		sheet_table(s, heads, "lldlt");
	for (size_t i = 0; i < n; i++) {
		sheet_cell_slice(s, RUN_TEXT, v[i].clock);
		sheet_cell_slice(s, RUN_TEXT, v[i].step);
		sheet_cell_time(s, v[i].at);
		sheet_cell_str(s, clock_state_name[v[i].state]);
		sheet_cell_slice(s, RUN_TEXT, v[i].law);
	}
	if (n)
		sheet_table_end(s);
	else {
		sheet_para(s);
		sheet_str(s, "No clock can be told: aware_at is not known.");
		sheet_para_end(s);
	}
	arena_free(&mem);
}

/* Rules that often meant nothing, steps that came late, sources that nobody looked at: what the records say for the review. */
static void
noisy(struct sheet *s, const struct report_case *c)
{
	struct totals t = totals_read(s->m);

	(void)c;
	sheet_list(s);
	sheet_item(s);
	sheet_str(s, "Kinds of events that no rule looked at: ");
	sheet_u64(s, t.types_blind);
	sheet_item_end(s);
	sheet_item(s);
	sheet_str(s, "Rules that could not run: ");
	sheet_u64(s, t.rules_faulty + t.rules_unsupported);
	sheet_item_end(s);
	sheet_item(s);
	sheet_str(s, "Records that could not be read: ");
	sheet_u64(s, t.rejected);
	sheet_item_end(s);
	sheet_list_end(s);
}

/* ---- who reads what ---------------------------------------------------------------------------------------------- */

#define GEN(title, write) {title, NULL, false, write}
#define ASK(title, path) {title, path, true, NULL}
#define MAY(title, path) {title, path, false, NULL}
#define END {NULL, NULL, false, NULL}
#define WHO ASK("Reporting entity", "entity.name"), ASK("Country", "entity.country"), ASK("Sector", "entity.sector"), \
	ASK("Contact", "entity.contact")

static const struct audience_row management[] = {
	GEN("What happened", what), GEN("Since when", since), ASK("Business services hit", "affected.services"), GEN("Systems",
	    systems),
	GEN("Is it over", over), ASK("Personal or secret data", "personal_data"), ASK("Impact and cost", "losses"),
	    GEN("Done so far", done),
	ASK("Decisions wanted", "decisions"), ASK("Next update", "next_update"), GEN("Clocks", clocks), END,
};
static const struct audience_row nis2_24h[] = {
	WHO, ASK("Aware since", "aware_at"), ASK("Suspected to be malicious", "malicious"), ASK("Cross-border effect",
	    "cross_border"),
	GEN("What is known", what), GEN("Since when", since), END,
};
static const struct audience_row nis2_72h[] = {
	WHO, ASK("Aware since", "aware_at"), ASK("Suspected to be malicious", "malicious"), ASK("Cross-border effect",
	    "cross_border"),
	GEN("Assessment: severity", what), GEN("Since when", since), ASK("Impact: services", "affected.services"),
	ASK("Impact: persons", "affected.persons"), GEN("Indicators of compromise", indicators), END,
};
static const struct audience_row nis2_final[] = {
	WHO, ASK("Aware since", "aware_at"), GEN("Description", what), GEN("Since when", since), ASK("Severity and impact",
	    "consequences"),
	ASK("Type of threat or root cause", "root_cause.class"), ASK("Root cause", "root_cause.text"), ASK("Measures",
	    "measures"),
	ASK("Cross-border effect", "cross_border"), MAY("Countries", "affected.countries"), GEN("Techniques", techniques),
	    GEN("Steps", steps), END,
};
static const struct audience_row dora_initial[] = {
	ASK("Reference", "reference"), WHO, ASK("LEI", "entity.lei"), ASK("Detected", "aware_at"), ASK("Classified",
	    "classified_at"),
	ASK("Criteria met", "root_cause.class"), GEN("Description", what), GEN("Since when", since), ASK("Member states",
	    "affected.countries"),
	ASK("Measures and continuity plan", "measures"), END,
};
static const struct audience_row dora_intermediate[] = {
	ASK("Reference", "reference"), WHO, ASK("LEI", "entity.lei"), ASK("Detected", "aware_at"), ASK("Classified",
	    "classified_at"),
	GEN("Times", since), ASK("Clients affected", "affected.clients"), ASK("Services and processes", "affected.services"),
	GEN("Type of attack", techniques), ASK("Measures and recovery", "measures"), GEN("State", over), GEN("Steps", done), END,
};
static const struct audience_row dora_final[] = {
	ASK("Reference", "reference"), WHO, ASK("LEI", "entity.lei"), ASK("Classified", "classified_at"), GEN("Times", since),
	ASK("Root cause: class", "root_cause.class"), ASK("Root cause", "root_cause.text"), ASK("Clients affected",
	    "affected.clients"),
	ASK("Losses", "losses"), ASK("Measures", "measures"), GEN("Steps", steps), END,
};
static const struct audience_row gdpr_33[] = {
	WHO, ASK("Aware since", "aware_at"), ASK("Nature of the breach", "summary"), GEN("What the records show", since),
	ASK("Persons concerned", "affected.persons"), ASK("Records concerned", "affected.records"), ASK("Contact point",
	    "contact"),
	ASK("Likely consequences", "consequences"), ASK("Measures taken or proposed", "measures"), MAY("Reasons for delay",
	    "late_reasons"), END,
};
static const struct audience_row sec_8k[] = {
	ASK("Registrant", "entity.name"), ASK("Determined to be material", "material_at"), ASK("Nature and scope", "summary"),
	    GEN("Timing", since),
	ASK("Material impact", "consequences"), END,
};
static const struct audience_row hipaa[] = {
	ASK("Covered entity", "entity.name"), ASK("Discovered", "aware_at"), ASK("What happened", "summary"), GEN("Timing",
	    since),
	ASK("Individuals concerned", "affected.persons"), ASK("Consequences", "consequences"), ASK("Measures", "measures"),
	ASK("Contact", "contact"), END,
};
static const struct audience_row cert_in[] = {
	WHO, ASK("Noticed", "aware_at"), GEN("Nature", what), GEN("Timing", since), GEN("Systems", systems), ASK("Impact",
	    "consequences"),
	GEN("Indicators", indicators), END,
};
static const struct audience_row peer[] = {
	ASK("In short", "summary"), GEN("Timeline (UTC)", timeline), GEN("Techniques", techniques), GEN("Indicators", indicators),
	ASK("What we ask of you", "request"), MAY("Contact", "contact"), END,
};
static const struct audience_row lessons[] = {
	GEN("What happened, and when", what), GEN("Times", since), ASK("What happened when: what people add", "lessons.happened"),
	ASK("Were procedures followed", "lessons.procedures"), GEN("Steps", steps), ASK("What was needed sooner",
	    "lessons.sooner"),
	ASK("What hindered", "lessons.hindered"), GEN("What the records say", noisy), ASK("What will be done differently",
	    "lessons.differently"),
	ASK("Actions", "actions"), GEN("Coverage and limits", limits), END,
};
static const struct audience_row advisory[] = {
	ASK("Title", "title"), ASK("Summary", "summary"), MAY("Affected", "affected.services"), ASK("Mitigations", "mitigations"),
	MAY("References", "references"), ASK("Contact", "contact"), ASK("Released by", "sign_off"), END,
};
static const struct audience_row handover[] = {
	GEN("In short", what), GEN("Open", over), GEN("Since", since), GEN("Steps and active blocks", steps), GEN("Systems",
	    systems),
	MAY("Next update", "next_update"), GEN("Clocks", clocks), END,
};

const struct audience audiences[] = {
	{"management", "Incident: for management", management, false},
	{"nis2-24h", "NIS2 Article 23: early warning", nis2_24h, false},
	{"nis2-72h", "NIS2 Article 23: incident notification", nis2_72h, false},
	{"nis2-final", "NIS2 Article 23: final report", nis2_final, false},
	{"dora-initial", "DORA Article 19: initial notification", dora_initial, false},
	{"dora-intermediate", "DORA Article 19: intermediate report", dora_intermediate, false},
	{"dora-final", "DORA Article 19: final report", dora_final, false},
	{"gdpr-33", "GDPR Article 33: notification of a personal data breach", gdpr_33, false},
	{"sec-8k", "Form 8-K Item 1.05", sec_8k, false},
	{"hipaa", "HIPAA breach notification", hipaa, false},
	{"cert-in", "CERT-In incident report", cert_in, false},
	{"peer", "For a peer CSIRT", peer, false},
	{"lessons", "Review after the incident", lessons, false},
	{"advisory", "Advisory", advisory, true},
	{"handover", "Hand-over of the shift", handover, false},
	{NULL, NULL, NULL, false},
};
