#include "cmd/escalate.h"

enum { COMMIT_AT = 10000, FOLDED_MAX = 100000 };

void
desk_die(struct desk *d, const struct fault *f)
{
	struct slice name = d->t->common.state;

	if (name.n == 0)
		name = SLICE("the private state");
	tool_die(d->t, 0, "%.*s: %s%s%s", (int)name.n, name.p, f->what ? f->what : "state: failed", f->near[0] ? ": " : "", f->near);
}

static struct slice
text(const struct desk *d, const struct record *r, uint32_t object, const char *name)
{
	uint32_t v = object == JSON_NONE ? JSON_NONE : json_get(r->j, object, slice_str(name));

	(void)d;
	return v != JSON_NONE && json_type(r->j, v) == JSON_STRING ? json_inner(r->j, v) : (struct slice){0};
}

/* ---- records that this program has made before --------------------------------------------------------------------------- */

static bool
known_incident(struct desk *d, struct slice id)
{
	struct fault f = {0};
	bool yes = id.n && map_get(&d->folded, id) != NULL;

	if (!yes && id.n && !store_knows_incident(d->store, id, &yes, &f))
		desk_die(d, &f);
	return yes;
}

/* It will be made again if the alerts that it is made of are here. */
static bool
made_again(struct desk *d, const struct record *r)
{
	uint32_t v = json_get(r->j, r->node[R_incident], SLICE("alerts"));
	struct fault f = {0};
	bool yes = false;

	if (v == JSON_NONE || json_type(r->j, v) != JSON_ARRAY || json_first(r->j, v) == JSON_NONE)
		return false;
	v = json_first(r->j, v);
	if (json_type(r->j, v) == JSON_STRING && !store_knows_alert(d->store, json_inner(r->j, v), &yes, &f))
		desk_die(d, &f);
	return yes;
}

static void
incident_in(struct desk *d, const struct record *r, struct emit *e)
{
	struct slice id = record_id(r);

	if (!known_incident(d, id)) {
		if (id.n == 0 || !made_again(d, r) || d->folded.n >= FOLDED_MAX) {
			emit_pass(e, r);
			return;
		}
		(void)map_put(&d->folded, id, NULL);
	}
	emit_folded(e, r);
}

static void
result_in(struct desk *d, const struct record *r, struct emit *e)
{
	struct fault f = {0};
	struct slice action = text(d, r, r->node[R_result], "action"), state = text(d, r, r->node[R_result], "state");

	if (action.n && state.n && !store_answered(d->store, action, state, &f))
		desk_die(d, &f);
	emit_pass(e, r);
}

/* ---- alerts --------------------------------------------------------------------------------------------------------------- */

static void
decide_now(struct desk *d, struct emit *e)
{
	struct fault f = {0};

	if (!story_settle(d->story, &d->merged, &f))
		desk_die(d, &f);
	desk_tell(d, SEEN, e);
}

static void
alert_in(struct desk *d, const struct record *r, struct emit *e)
{
	const char *reason = NULL;
	struct fault f = {0};

	if (!cue_take(d->paths, r, emit_arena(e), &d->alert, &reason)) {
		if (reason)
			emit_reject(e, r, reason);
		else
			emit_pass(e, r);
		return;
	}
	switch (store_alert(d->store, &d->alert, &f)) {
	case PUT_NEW:
		emit_pass(e, r);
		if (d->t->live)
			decide_now(d, e);
		else if (store_pending(d->store) >= COMMIT_AT && !store_commit(d->store, &f))
			desk_die(d, &f);
		break;
	case PUT_KNOWN:
		emit_folded(e, r);
		break;
	case PUT_CONFLICT:
		emit_reject(e, r, "id-conflict");
		break;
	default:
		desk_die(d, &f);
	}
}

static void
foreign_in(struct desk *d, const struct record *r, struct emit *e)
{
	static const struct shape_options options = {.zone = NULL};
	struct buf *b = emit_scratch(e, 0);

	event_wrap(d->shapes, &options, r, SLICE("-"), d->slots, &d->event, b);
	emit_line(e, KIND_EVENT, slice_of(b->p, b->n - 1));
}

void
desk_record(void *desk, const struct record *r, struct emit *e)
{
	struct desk *d = desk;

	switch (r->kind) {
	case KIND_ALERT:
	case KIND_EVENT:
		alert_in(d, r, e);
		break;
	case KIND_INCIDENT:
		incident_in(d, r, e);
		break;
	case KIND_ACTION:
		if (known_incident(d, text(d, r, r->node[R_action], "incident")))
			emit_folded(e, r);
		else
			emit_pass(e, r);
		break;
	case KIND_RESULT:
		result_in(d, r, e);
		break;
	case KIND_FOREIGN:
		foreign_in(d, r, e);
		break;
	default:
		emit_pass(e, r);
	}
}

/* ---- barriers -------------------------------------------------------------------------------------------------------------- */

static void
positions(struct desk *d, const struct record *r)
{
	uint32_t pos = json_get(r->j, r->node[R_ir], SLICE("pos")), n = json_get(r->j, r->node[R_ir], SLICE("n"));
	struct fault f = {0};
	uint64_t mark = 0;

	if (pos == JSON_NONE || json_type(r->j, pos) != JSON_ARRAY || n == JSON_NONE || !json_u64(r->j, n, &mark))
		return;
	for (uint32_t k = json_first(r->j, pos); k != JSON_NONE; k = json_following(r->j, pos, k)) {
		uint32_t off, rec;
		uint64_t o = 0, c = 0;

		if (json_type(r->j, k) != JSON_OBJECT)
			continue;
		off = json_get(r->j, k, SLICE("off"));
		rec = json_get(r->j, k, SLICE("rec"));
		if (off == JSON_NONE || rec == JSON_NONE || !json_u64(r->j, off, &o) || !json_u64(r->j, rec, &c))
			continue;
		if (!store_position(d->store, mark, text(d, r, k, "uri"), o, c, &f))
			desk_die(d, &f);
	}
}

/* Finite input is decided at its end; what came is kept at each mark (SECURITY.md section 7). */
void
desk_mark(struct tool *t, void *desk, const struct record *r, struct emit *e)
{
	struct desk *d = desk;
	struct fault f = {0};
	uint32_t live;

	if (r->kind != KIND_MARK || r->node[R_ir] == JSON_NONE)
		return;
	positions(d, r);
	live = json_get(r->j, r->node[R_ir], SLICE("live"));
	if (t->live || (live != JSON_NONE && json_type(r->j, live) == JSON_TRUE)) {
		if (!story_settle(d->story, &d->merged, &f))
			desk_die(d, &f);
		desk_tell(d, COUNTS, e);
	} else if (!store_commit(d->store, &f)) {
		desk_die(d, &f);
	}
}

void
desk_drain(struct tool *t, void *desk, struct emit *e)
{
	struct desk *d = desk;
	struct fault f = {0};

	(void)t;
	if (!story_settle(d->story, &d->merged, &f))
		desk_die(d, &f);
	desk_tell(d, COUNTS, e);
}
