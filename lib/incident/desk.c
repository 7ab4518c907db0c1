#include "lib/incident/desk.h"

#include "lib/incident/store_priv.h"

const char *const desk_verdicts[] = {"unknown", "false_positive", "true_positive", "disregard", "suspicious", "benign", "test",
	"insufficient_data", "security_risk", "managed_externally", "duplicate", NULL};
const char *const desk_false_reasons[] = {"rule-too-wide", "known-tool", "admin-activity", "scanner", "data-error",
    "stale-indicator", NULL};
const char *const desk_root_causes[] = {"system-failures", "natural-phenomena", "human-errors", "malicious-actions",
	"third-party-failures", NULL};
const char *const desk_tiers[] = {"soc.t1", "soc.t2", "soc.t3", "soc.lead", "csirt", "csirt.ic", "cert.sector",
    "cert.national", "mgmt",
	"ciso", "legal", "dpo", "comms", NULL};
const char *const desk_handover_up[] = {"confirmed-compromise", "many-hosts", "privileged-account", "sensitive-data",
    "destructive-action",
	"sla-breach", "clock-started", "unknown-too-long", "cross-organisation", "critical-sector", "cross-border",
	"unknown-vulnerability", "legal-duty", NULL};
/* Reference Security Incident Taxonomy v1003: the classes. */
const char *const desk_rsit[] = {"abusive-content", "malicious-code", "information-gathering", "intrusion-attempts", "intrusions",
	"availability", "information-content-security", "fraud", "vulnerable", "other", "test", NULL};

bool
desk_word(const char *const *words, struct slice s)
{
	for (; *words; words++)
		if (slice_eq(slice_str(*words), s))
			return true;
	return false;
}

struct slice
desk_get2(const struct incident *i, const char *head, struct slice tail)
{
	struct buf name = {0};
	struct map_row *row;

	buf_str(&name, head);
	buf_slice_add(&name, tail);
	row = map_get(&i->desk, buf_slice(&name));
	buf_free(&name);
	return row && row->v.p ? *(struct slice *)row->v.p : (struct slice){0};
}

struct slice
desk_get(const struct incident *i, const char *name)
{
	return desk_get2(i, name, (struct slice){0});
}

struct slice
desk_text(struct slice json, struct arena *mem)
{
	struct buf b = {0};
	struct slice s;

	if (json.n < 2 || json.p[0] != '"')
		return (struct slice){0};
	json_decode(slice_of(json.p + 1, json.n - 2), &b);
	s = arena_slice(mem, buf_slice(&b));
	buf_free(&b);
	return s;
}

static void
keep(struct incident *i, struct slice name, struct slice json)
{
	struct slice *v = arena_alloc(&i->mem, sizeof *v);

	*v = arena_slice(&i->mem, json);
	map_put(&i->desk, name, NULL)->v.p = v;
}

bool
desk_put(struct store *s, struct incident *i, struct slice name, struct slice json, struct fault *f)
{
	struct db_query *q = store_query(s, json.n ? Q_desk_put : Q_desk_drop, f);

	if (q == NULL)
		return false;
	keep(i, name, json);
	db_bind_text(q, 1, store_id(i->id));
	db_bind_text(q, 2, name);
	if (json.n)
		db_bind_text(q, 3, json);
	return store_do(q, f);
}

bool
store_desk(struct store *s, struct incident *i, struct fault *f)
{
	struct db_query *q = store_query(s, Q_desk_get, f);
	enum store_get got = GET_FAILED;

	if (q)
		db_bind_text(q, 1, store_id(i->id));
	while (q && (got = store_row(q, f)) == GOT)
		keep(i, db_text(q, 0), db_text(q, 1));
	return q && got == NOT_THERE;
}

bool
desk_each(const struct incident *i, const char *head, size_t *at, struct slice *rest, struct slice *json)
{
	struct slice h = slice_str(head);

	while (*at < i->desk.n) {
		const struct map_row *row = &i->desk.row[(*at)++];
		const struct slice *v = row->v.p;

		if (!slice_starts(row->key, h) || v == NULL || v->n == 0)
			continue;
		*rest = slice_from(row->key, h.n);
		*json = *v;
		return true;
	}
	return false;
}

bool
desk_act(struct store *s, struct incident *i, const struct act *a, struct fault *f)
{
	struct db_query *q;

	if (!store_audit(s, a->at, a->who, a->what, store_id(i->id), a->body, f) || (q = store_query(s, Q_incident_acts,
	    f)) == NULL)
		return false;
	i->acts++;
	db_bind_text(q, 1, store_id(i->id));
	db_bind_i64(q, 2, (int64_t)i->acts);
	return store_do(q, f);
}
