#include "cmd/escalate.h"

enum { COMMIT_AT = 100000, FOLDED_MAX = 100000, QUICK = 2000 };

void
desk_die(struct desk *d, const struct fault *f)
{
	struct slice name = d->t->common.state;

	if (name.n == 0)
		name = SLICE("the private state");
	tool_die(d->t, 0, "%.*s: %s%s%s", (int)name.n, name.p, f->what ? f->what : "state: failed", f->near[0] ? ": " : "",
	    f->near);
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

/* ---- alerts -------------------------------------------------------------------------------------------------------------- */

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
		d->undecided++;
		if (stamp_cmp(r->at, d->newest) > 0)
			d->newest = r->at;
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
	struct buf *b = emit_scratch(e, 0);

	emit_wrap(e, r, d->slots, &d->event, b);
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

/* ---- barriers ------------------------------------------------------------------------------------------------------------ */

/* Of the last mark: kept with what came before it, at the next commit. */
static void
positions(struct desk *d, const struct record *r)
{
	uint32_t pos = json_get(r->j, r->node[R_ir], SLICE("pos")), n = json_get(r->j, r->node[R_ir], SLICE("n"));

	if (pos == JSON_NONE || json_type(r->j, pos) != JSON_ARRAY || n == JSON_NONE || !json_u64(r->j, n, &d->mark))
		return;
	for (uint32_t k = json_first(r->j, pos); k != JSON_NONE; k = json_following(r->j, pos, k)) {
		uint32_t off, rec;
		struct position *p;
		bool made;

		if (json_type(r->j, k) != JSON_OBJECT)
			continue;
		off = json_get(r->j, k, SLICE("off"));
		rec = json_get(r->j, k, SLICE("rec"));
		p = arena_alloc(&d->kept, sizeof *p);
		if (off == JSON_NONE || rec == JSON_NONE || !json_u64(r->j, off, &p->off) || !json_u64(r->j, rec, &p->rec))
			continue;
		p->mark = d->mark;
		map_put(&d->positions, text(d, r, k, "uri"), &made)->v.p = p;
	}
}

static void
keep_positions(struct desk *d)
{
	struct fault f = {0};

	for (size_t k = 0; k < d->positions.n; k++) {
		const struct position *p = d->positions.row[k].v.p;

		if (!store_position(d->store, p->mark, d->positions.row[k].key, p->off, p->rec, &f))
			desk_die(d, &f);
	}
	map_reset(&d->positions);
	arena_reset(&d->kept);
}

/* ---- deciding ------------------------------------------------------------------------------------------------------------ */

/* What came is decided: live input up to `lateness` before the newest alert. */
static void
decide(struct desk *d, enum dirty at_least, bool all, struct emit *e)
{
	struct stamp until = {d->newest.s - d->lateness, d->newest.ns};
	struct fault f = {0};

	if (!story_settle(d->story, all ? NULL : &until, &d->merged, &f))
		desk_die(d, &f);
	d->undecided = 0;
	if (!d->t->cut)
		keep_positions(d);
	desk_tell(d, at_least, e);
}

/* Nothing more has come: a person may be waiting. */
void
desk_idle(struct tool *t, void *desk, struct emit *e)
{
	struct desk *d = desk;

	if ((t->live || d->live) && d->undecided)
		decide(d, SEEN, false, e);
}

/*
 * Finite input is decided at its end, and kept then; until then a run that is killed has changed nothing. Live input is decided
 * at each mark;
 * under full load marks come faster than anybody reads, and the batch is larger.
 */
void
desk_mark(struct tool *t, void *desk, const struct record *r, struct emit *e)
{
	struct desk *d = desk;
	uint32_t live;

	if (r->kind != KIND_MARK || r->node[R_ir] == JSON_NONE)
		return;
	positions(d, r);
	live = json_get(r->j, r->node[R_ir], SLICE("live"));
	d->live |= live != JSON_NONE && json_type(r->j, live) == JSON_TRUE;
	if ((t->live || d->live) && (d->undecided <= QUICK || d->undecided >= COMMIT_AT))
		decide(d, COUNTS, false, e);
}

void
desk_drain(struct tool *t, void *desk, struct emit *e)
{
	(void)t;
	decide(desk, COUNTS, true, e);
}
