#include "lib/event/record.h"

#include <stdlib.h>

const struct slice kind_name[KIND_COUNT] = {
	[KIND_EVENT] = SLICE_INIT("event"), [KIND_ALERT] = SLICE_INIT("alert"), [KIND_INCIDENT] = SLICE_INIT("incident"),
	[KIND_ACTION] = SLICE_INIT("action"), [KIND_RESULT] = SLICE_INIT("result"), [KIND_NOTE] = SLICE_INIT("note"),
	[KIND_MARK] = SLICE_INIT("mark"), [KIND_END] = SLICE_INIT("end"), [KIND_REJECT] = SLICE_INIT("reject"),
	[KIND_UNKNOWN] = SLICE_INIT("unknown"), [KIND_FOREIGN] = SLICE_INIT("foreign"),
};

/* The two last are no kinds that a line may name. */
enum ir_kind
kind_by_name(struct slice name)
{
	for (enum ir_kind k = 0; k < KIND_UNKNOWN; k++)
		if (slice_eq(kind_name[k], name))
			return k;
	return KIND_UNKNOWN;
}

static const struct slice path[R_COUNT + 1] = {
	[R_timestamp] = SLICE_INIT("@timestamp"), [R_ir] = SLICE_INIT("ir"), [R_id] = SLICE_INIT("ir.id"),
	    [R_err] = SLICE_INIT("ir.err"),
	[R_src_fmt] = SLICE_INIT("ir.src.fmt"), [R_src_uri] = SLICE_INIT("ir.src.uri"), [R_src_off] = SLICE_INIT("ir.src.off"),
	[R_src_rec] = SLICE_INIT("ir.src.rec"), [R_ls] = SLICE_INIT("ir.ls"), [R_raw] = SLICE_INIT("raw"),
	[R_alert] = SLICE_INIT("ir.alert"), [R_alert_id] = SLICE_INIT("ir.alert.id"),
	    [R_alert_level] = SLICE_INIT("ir.alert.level"),
	[R_incident] = SLICE_INIT("ir.incident"), [R_action] = SLICE_INIT("ir.action"), [R_result] = SLICE_INIT("ir.result"),
	[R_rule] = SLICE_INIT("rule"), [R_threat] = SLICE_INIT("threat"), [R_event] = SLICE_INIT("event"),
	[R_event_kind] = SLICE_INIT("event.kind"), [R_host] = SLICE_INIT("host"), [R_tlp] = SLICE_INIT("ir.tlp"),
	[R_pap] = SLICE_INIT("ir.pap"), [R_COUNT] = SLICE_INIT("ir.kind"),
};

struct record_paths {
	struct json_paths *set;
	uint32_t slot[R_COUNT + 1];
};

struct record_paths *
record_paths_new(void)
{
	struct record_paths *p = mem_zero(1, sizeof *p);

	p->set = json_paths_new();
	for (int i = 0; i <= R_COUNT; i++)
		p->slot[i] = json_paths_add(p->set, path[i]);
	json_paths_done(p->set);
	return p;
}

void
record_paths_free(struct record_paths *p)
{
	if (!p)
		return;
	json_paths_free(p->set);
	free(p);
}

/* Our kind stands in the object `ir`; a foreign member named "ir.kind" does not make a record ours. */
static enum ir_kind
kind_at(const struct json *j, uint32_t ir, uint32_t kind)
{
	if (ir == JSON_NONE || kind == JSON_NONE || json_type(j, ir) != JSON_OBJECT || kind < ir || kind >= j->node[ir].next)
		return KIND_FOREIGN;
	if (json_type(j, kind) != JSON_STRING)
		return KIND_FOREIGN;
	return kind_by_name(json_inner(j, kind));
}

bool
record_read(const struct record_paths *p, const struct json *j, struct record *r, const char **reason)
{
	uint32_t room[R_COUNT + 1];
	const uint32_t *slot;
	struct slice at;

	if (!j->ok || json_type(j, 0) != JSON_OBJECT) {
		*reason = "not-object";
		return false;
	}
	slot = json_pick_root(j, p->set, room);
	for (int i = 0; i < R_COUNT; i++)
		r->node[i] = slot[p->slot[i]];
	r->j = j;
	r->line = j->line;
	r->kind = kind_at(j, r->node[R_ir], slot[p->slot[R_COUNT]]);
	r->timed = false;
	r->at = (struct stamp){0};
	if (r->node[R_timestamp] != JSON_NONE && json_type(j, r->node[R_timestamp]) == JSON_STRING) {
		at = json_inner(j, r->node[R_timestamp]);
		r->timed = stamp_read(at, &r->at) || stamp_rfc3339(at, &r->at);
	}
	return true;
}

static struct slice
text_at(const struct json *j, uint32_t v)
{
	return v != JSON_NONE && json_type(j, v) == JSON_STRING ? json_inner(j, v) : (struct slice){0};
}

static struct slice
id_in(const struct record *r, enum record_slot slot)
{
	uint32_t v = r->node[slot];

	if (v == JSON_NONE || json_type(r->j, v) != JSON_OBJECT)
		return (struct slice){0};
	return text_at(r->j, json_get(r->j, v, SLICE("id")));
}

struct slice
record_id(const struct record *r)
{
	switch (r->kind) {
	case KIND_ALERT:
		return text_at(r->j, r->node[R_alert_id]);
	case KIND_INCIDENT:
		return id_in(r, R_incident);
	case KIND_ACTION:
		return id_in(r, R_action);
	default:
		return text_at(r->j, r->node[R_id]);
	}
}
