/* What must be so before an incident may be closed or called eradicated (RESPONSE.md section 3). */
#include "lib/incident/desk.h"
#include "lib/incident/store_priv.h"

struct gates {
	struct store *s;
	struct incident *i;
	struct arena *mem;
	struct gate *v;
	size_t n;
	struct json *json;
};

static bool
waived(const struct gates *g, const char *name)
{
	return desk_get2(g->i, "waive/", slice_str(name)).n > 0;
}

static void
fails(struct gates *g, const char *name, const char *words, struct slice what)
{
	struct buf b = {0};

	if (waived(g, name) || g->n == GATES_MAX)
		return;
	buf_str(&b, words);
	if (what.n) {
		buf_lit(&b, ": ");
		buf_slice_add(&b, what);
	}
	g->v[g->n++] = (struct gate){name, arena_slice(g->mem, buf_slice(&b))};
	buf_free(&b);
}

/* G2: what ir-respond did and did not take back. */
static bool
blocks(struct gates *g, struct fault *f)
{
	struct db_query *q = store_query(g->s, Q_step_open, f);
	enum store_get got = GET_FAILED;

	if (q)
		db_bind_text(q, 1, store_id(g->i->id));
	while (q && (got = store_row(q, f)) == GOT) {
		if (slice_eq(db_text(q, 1), SLICE("unknown")))
			fails(g, "G2", "an action of which nobody knows whether it was done", db_text(q, 0));
		else if (slice_eq(db_text(q, 2), SLICE("containment")))
			fails(g, "G2", "a block that is still there", db_text(q, 0));
	}
	return q && got == NOT_THERE;
}

static void
vulnerabilities(struct gates *g)
{
	for (size_t k = 0; k < g->i->findings; k++) {
		struct slice rule = g->i->finding[k].rule;

		if (slice_starts_nocase(rule, SLICE("CVE-")) && desk_get2(g->i, "fact/remediation.", rule).n == 0)
			fails(g, "G3", "a vulnerability without its remediation", rule);
	}
}

static void
cause(struct gates *g)
{
	if (g->i->priority > 2)
		return;
	if (desk_get(g->i, "root_cause").n == 0)
		fails(g, "G4", "no root cause is set", (struct slice){0});
	if (desk_get(g->i, "evidence").n == 0)
		fails(g, "G4", "no evidence is named for the root cause", (struct slice){0});
}

static struct slice
member(struct gates *g, struct slice json, const char *name)
{
	struct fault f = {0};
	uint32_t v;

	if (!json_one(g->json, json, &f) || json_type(g->json, 0) != JSON_OBJECT)
		return (struct slice){0};
	v = json_get(g->json, 0, slice_str(name));
	return v == JSON_NONE ? (struct slice){0} : arena_slice(g->mem, json_raw(g->json, v));
}

/* Tasks of the playbook and of people. */
static bool
tasks(struct gates *g, struct fault *f)
{
	struct slice duties = {0}, rest, value;
	enum store_get got = store_duties_of(g->s, g->i->id, g->mem, &duties, f);
	uint32_t list;
	size_t at = 0;

	if (got == GOT && json_one(g->json, duties, f) && (list = json_first(g->json, 0)) != JSON_NONE
	    && (list = json_following(g->json, 0, list)) != JSON_NONE)
		for (uint32_t k = json_first(g->json, list); k != JSON_NONE; k = json_following(g->json, list, k)) {
			uint32_t id = json_get(g->json, k, SLICE("id"));
			struct slice name = id == JSON_NONE ? (struct slice){0} : json_inner(g->json, id);

			if (desk_get2(g->i, "task/", name).n == 0)
				fails(g, "G5", "a task that is not done", name);
		}
	while (desk_each(g->i, "task/", &at, &rest, &value))
		if (!slice_eq(member(g, value, "state"), SLICE("\"done\"")) && !slice_eq(member(g, value, "state"),
		    SLICE("\"dropped\"")))
			fails(g, "G5", "a task that is not done", rest);
	return got != GET_FAILED;
}

/* Any filing of that clock. */
static bool
submitted(const struct gates *g, struct slice clock)
{
	struct slice rest, value;
	size_t at = 0;

	while (desk_each(g->i, "fact/submitted.", &at, &rest, &value))
		if (slice_starts(rest, clock) && (rest.n == clock.n || rest.p[clock.n] == '.'))
			return true;
	return false;
}

static void
people(struct gates *g)
{
	struct slice rest, value;
	size_t at = 0;

	if (desk_get(g->i, "verdict").n == 0)
		fails(g, "G5", "no verdict", (struct slice){0});
	while (desk_each(g->i, "handover/", &at, &rest, &value))
		if (member(g, value, "acked").n == 0)
			fails(g, "G5", "a hand-over that nobody answered", rest);
	for (at = 0; desk_each(g->i, "fact/aware.", &at, &rest, &value);)
		if (!submitted(g, rest) && desk_get2(g->i, "waive/clock.", rest).n == 0)
			fails(g, "G5", "a duty to report that is neither met nor waived", rest);
}

/* A second person for "false alarm" on what the law looks at. */
static void
regulated(struct gates *g)
{
	struct slice verdict = desk_get(g->i, "verdict");

	if (desk_get(g->i, "regulated").n == 0 || !slice_eq(member(g, verdict, "verdict"), SLICE("\"false_positive\"")))
		return;
	if (member(g, verdict, "second").n == 0 || slice_eq(member(g, verdict, "second"), member(g, verdict, "by")))
		fails(g, "G6", "a false positive on a regulated asset needs a second person", (struct slice){0});
	if (desk_get(g->i, "evidence").n == 0)
		fails(g, "G6", "a false positive on a regulated asset keeps its evidence", (struct slice){0});
}

static void
rematch(struct gates *g)
{
	struct slice fact = desk_get(g->i, "fact/rematch");

	if (fact.n == 0 || !slice_eq(member(g, fact, "value"), SLICE("\"0\"")))
		fails(g, "G7", "the rules were not run again, or they still find something: fact rematch=0", (struct slice){0});
}

size_t
gate_check(struct store *s, struct incident *i, enum incident_status to, struct arena *mem, struct gate v[GATES_MAX],
    struct fault *f,
    bool *failed)
{
	struct gates g = {s, i, mem, v, 0, json_new(&json_limits_stream)};

	*failed = false;
	if (to == STATUS_CLOSED) {
		*failed = !blocks(&g, f) || !tasks(&g, f);
		vulnerabilities(&g);
		cause(&g);
		people(&g);
		regulated(&g);
	}
	if (to == STATUS_ERADICATED)
		rematch(&g);
	json_free(g.json);
	return g.n;
}
