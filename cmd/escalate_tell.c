#include "cmd/escalate.h"

/* What people and later stages are told of an incident. */
static void
tell_one(struct desk *d, struct emit *e)
{
	struct incident *i = &d->incident;
	struct incident_more m = {.alert = d->ids};
	struct fault f = {0};
	struct slice id = slice_of(i->id, sizeof i->id), line;
	struct store_untold untold = {0};
	struct buf body = {0};
	bool ok;

	ok = store_untold(d->store, i->id, &d->mem, d->ids, &untold, &f);
	m.alerts = untold.n;
	i->seq++;
	desk_plan(d, &m);
	buf_reset(&d->line);
	incident_write(i, &m, &d->line);
	line = buf_slice(&d->line);
	buf_lit(&body, "seq ");
	buf_u64(&body, i->seq);
	ok = ok && store_out(d->store, KIND_INCIDENT, id, id, line, &f) && store_told(d->store, i->id, i->seq, &untold, line, &f)
	    && store_audit(d->store, i->last, SLICE("ir-escalate"), i->seq == 1 ? SLICE("open") : SLICE("change"), id,
	        buf_slice(&body), &f);
	buf_free(&body);
	if (!ok)
		desk_die(d, &f);
	desk_plan_out(d);
	emit_level(e, severity_name[i->severity]);
}

static void
send(struct desk *d, struct emit *e)
{
	struct fault f = {0};
	enum ir_kind kind;
	struct slice record;
	enum store_get got;

	while ((got = store_send(d->store, &kind, &record, &f)) == GOT)
		emit_made(e, kind, record);
	if (got == GET_FAILED)
		desk_die(d, &f);
}

void
desk_tell(struct desk *d, enum dirty at_least, struct emit *e)
{
	struct fault f = {0};
	enum store_get got;
	char id[32];

	while ((got = store_dirty(d->store, at_least, id, &f)) == GOT) {
		arena_reset(&d->mem);
		if (!store_begin(d->store, &f) || store_load(d->store, slice_of(id, sizeof id), &d->incident, &f) != GOT)
			desk_die(d, &f);
		tell_one(d, e);
	}
	if (got == GET_FAILED || !store_commit(d->store, &f))
		desk_die(d, &f);
	send(d, e);
}
