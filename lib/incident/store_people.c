/* What verbs of people ask of the store. */
#include "lib/incident/store_priv.h"

static const struct {
	enum query q;
	int texts, numbers;
} ask[] = {
	[ASK_TIMERS] = {Q_timer_all, 2, 3}, [ASK_AUDIT] = {Q_audit_list, 6, 1}, [ASK_AUDIT_OF] = {Q_audit_of, 6, 1},
	[ASK_ACTIONS_OF] = {Q_actions_of, 2, 0}, [ASK_ACTION] = {Q_action_get, 2, 0}, [ASK_INCIDENTS] = {Q_incident_ids, 1, 0},
};

static bool
asks_of(enum store_ask a)
{
	return a == ASK_AUDIT_OF || a == ASK_ACTIONS_OF || a == ASK_ACTION;
}

bool
store_ask(struct store *s, enum store_ask a, struct slice of, bool (*each)(void *self, const struct store_cells *), void *self,
    struct fault *f)
{
	struct db_query *q = store_query(s, ask[a].q, f);
	enum store_get got = GET_FAILED;
	struct store_cells c;
	bool more = true;

	if (q && asks_of(a))
		db_bind_text(q, 1, of);
	if (q && (a == ASK_ACTIONS_OF || a == ASK_ACTION))
		db_bind_i64(q, 2, KIND_ACTION);
	while (q && more && (got = store_row(q, f)) == GOT) {
		for (int k = 0; k < ask[a].texts; k++)
			c.text[k] = db_text(q, k);
		for (int k = 0; k < ask[a].numbers; k++)
			c.number[k] = db_i64(q, ask[a].texts + k);
		more = each(self, &c);
	}
	if (q && !more)
		db_reset(q);
	return q && got != GET_FAILED;
}

static bool
timer(struct store *s, enum query which, const char incident[32], struct slice kind, int64_t v, struct fault *f)
{
	struct db_query *q = store_query(s, which, f);

	if (q == NULL)
		return false;
	db_bind_text(q, 1, store_id(incident));
	db_bind_text(q, 2, kind);
	db_bind_i64(q, 3, v);
	return store_do(q, f);
}

bool
store_timer(struct store *s, const char incident[32], struct slice kind, int64_t due, bool *fresh, struct fault *f)
{
	if (!timer(s, Q_timer_new, incident, kind, due, f))
		return false;
	*fresh = db_changes(s->db) > 0;
	return true;
}

bool
store_timer_done(struct store *s, const char incident[32], struct slice kind, int64_t at, struct fault *f)
{
	return timer(s, Q_timer_done, incident, kind, at, f);
}

bool
store_timer_told(struct store *s, const char incident[32], struct slice kind, int64_t times, struct fault *f)
{
	return timer(s, Q_timer_told, incident, kind, times, f);
}

bool
store_merge(struct store *s, struct incident *to, struct incident *from, struct fault *f)
{
	struct db_query *q = store_query(s, Q_member_move, f);

	if (q == NULL)
		return false;
	db_bind_text(q, 1, store_id(from->id));
	db_bind_text(q, 2, store_id(to->id));
	if (!store_do(q, f))
		return false;
	incident_absorb(to, from);
	from->status = STATUS_MERGED;
	from->continues = arena_slice(&from->mem, store_id(to->id));
	return store_save(s, to, SEEN, f) && store_save(s, from, SEEN, f);
}
