/* The alert: the event's own line with members spliced in. */
#include "lib/match/match.h"

static void
texts(struct json_out *o, const char *name, const struct sigma_list *l)
{
	if (l->n == 0)
		return;
	jo_kopen(o, name, '[');
	for (size_t i = 0; i < l->n; i++)
		jo_text(o, l->v[i]);
	jo_close(o, ']');
}

static void
put_rule(struct buf *b, const struct alert *a)
{
	struct json_out o = json_out(b);
	const struct sigma_rule *r = a->rule;

	jo_open(&o, '{');
	jo_ktext(&o, "id", a->rule_id);
	jo_ktext(&o, "name", a->rule_name);
	jo_ktext(&o, "level", a->level);
	if (r && r->author.n)
		jo_ktext(&o, "author", r->author);
	if (r && r->license.n)
		jo_ktext(&o, "license", r->license);
	if (r && r->description.n)
		jo_ktext(&o, "description", r->description);
	if (r) {
		texts(&o, "tags", &r->tags);
		texts(&o, "falsepositives", &r->falsepositives);
		texts(&o, "references", &r->references);
	}
	if (a->ruleset.n)
		jo_ktext(&o, "ruleset", a->ruleset);
	jo_close(&o, '}');
}

/* attack.t1059.001 is a technique, attack.execution a tactic; groups (g), software (s) and others are neither. */
static bool
technique(struct slice tag, char out[16], size_t *n)
{
	if (!slice_starts_nocase(tag, SLICE("attack.t")) || tag.n < 12 || tag.n > 16)
		return false;
	for (size_t i = 8; i < tag.n; i++)
		if (!(tag.p[i] >= '0' && tag.p[i] <= '9') && !(i == 12 && tag.p[i] == '.'))
			return false;
	*n = tag.n - 7;
	memcpy(out, tag.p + 7, *n);
	out[0] = 'T';
	return true;
}

static bool
tactic(struct slice tag)
{
	if (!slice_starts_nocase(tag, SLICE("attack.")) || tag.n < 10)
		return false;
	for (size_t i = 7; i < tag.n; i++)
		if (!(tag.p[i] >= 'a' && tag.p[i] <= 'z') && tag.p[i] != '-' && tag.p[i] != '_')
			return false;
	return true;
}

static void
put_tactic(struct json_out *o, struct slice tag)
{
	char name[32];
	size_t n = tag.n - 7 < sizeof name ? tag.n - 7 : sizeof name;

	for (size_t i = 0; i < n; i++)
		name[i] = tag.p[7 + i] == '_' ? '-' : tag.p[7 + i];
	jo_text(o, slice_of(name, n));
}

static bool
put_threat(struct buf *b, const struct alert *a)
{
	const struct sigma_rule *r = a->rule;
	struct json_out o = json_out(b);
	size_t techniques = 0, tactics = 0, n;
	char id[16];

	for (size_t i = 0; r && i < r->tags.n; i++) {
		techniques += technique(r->tags.v[i], id, &n);
		tactics += tactic(r->tags.v[i]);
	}
	if (techniques + tactics == 0) {
		buf_slice_add(b, a->threat);
		return a->threat.n > 0;
	}
	jo_open(&o, '{');
	jo_kstr(&o, "framework", "MITRE ATT&CK");
	if (techniques) {
		jo_kopen(&o, "technique", '{');
		jo_kopen(&o, "id", '[');
		for (size_t i = 0; i < r->tags.n; i++)
			if (technique(r->tags.v[i], id, &n))
				jo_text(&o, slice_of(id, n));
		jo_close(&o, ']');
		jo_close(&o, '}');
	}
	if (tactics) {
		jo_kopen(&o, "tactic", '{');
		jo_kopen(&o, "name", '[');
		for (size_t i = 0; i < r->tags.n; i++)
			if (tactic(r->tags.v[i]))
				put_tactic(&o, r->tags.v[i]);
		jo_close(&o, ']');
		jo_close(&o, '}');
	}
	jo_close(&o, '}');
	return true;
}

static void
put_alert(struct buf *b, struct slice event, struct stamp when, const struct alert *a)
{
	struct json_out o = json_out(b);
	const struct alert_many one = {&event, 1, 1, when, when, {NULL, 0}}, *m = a->many ? a->many : &one;
	char id[32], at[STAMP_LEN];

	alert_id(a->rule_id, m->event, m->events, id);
	jo_open(&o, '{');
	jo_ktext(&o, "id", slice_of(id, sizeof id));
	jo_ktext(&o, "type", a->type);
	jo_ktext(&o, "level", a->level);
	jo_kraw(&o, "why", a->why.n ? a->why : SLICE("[]"));
	if (m->group.n)
		jo_kraw(&o, "group", m->group);
	jo_kopen(&o, "events", '[');
	for (size_t i = 0; i < m->events; i++)
		jo_text(&o, m->event[i]);
	jo_close(&o, ']');
	jo_ku64(&o, "count", m->count);
	stamp_put(at, m->first);
	jo_ktext(&o, "first", slice_of(at, sizeof at));
	stamp_put(at, m->last);
	jo_ktext(&o, "last", slice_of(at, sizeof at));
	jo_close(&o, '}');
}

/* Another value where there is one, else a member more; what the event brought under this name stays in its `raw`. */
static void
member(const struct json *j, struct json_edits *edits, uint32_t object, struct slice name, struct slice value, struct buf *b)
{
	uint32_t v = json_get(j, object, name);
	size_t at = b->n;

	if (v != JSON_NONE) {
		json_edit_value(edits, j, v, value);
		return;
	}
	buf_byte(b, '"');
	buf_slice_add(b, name);
	buf_lit(b, "\":");
	buf_slice_add(b, value);
	json_edit_members(edits, j, object, slice_of(b->p + at, b->n - at));
}

void
alert_write(const struct json *j, const struct record *e, const struct alert *a, struct json_edits *edits, struct buf *b,
    struct buf *out)
{
	uint32_t ir = e->node[R_ir], kind = ir == JSON_NONE ? JSON_NONE : json_get(j, ir, SLICE("kind")),
	    event = e->node[R_event];
	size_t rule, threat, alert;
	bool threats;

	buf_reset(b);
	json_edits_reset(edits);
	/* Everything is written before anything points into the buffer, and room is made for the names that `member` adds. */
	put_rule(b, a);
	rule = b->n;
	threats = put_threat(b, a);
	threat = b->n;
	put_alert(b, record_id(e), e->at, a);
	alert = b->n;
	buf_room(b, alert + 256);
	if (kind != JSON_NONE)
		json_edit_value(edits, j, kind, SLICE("\"alert\""));
	if (ir != JSON_NONE && a->tlp.n)
		member(j, edits, ir, SLICE("tlp"), a->tlp, b);
	if (ir != JSON_NONE)
		member(j, edits, ir, SLICE("alert"), slice_of(b->p + threat, alert - threat), b);
	if (event != JSON_NONE && j->node[event].type == JSON_OBJECT)
		member(j, edits, event, SLICE("kind"), SLICE("\"alert\""), b);
	else
		json_edit_members(edits, j, 0, SLICE("\"event\":{\"kind\":\"alert\"}"));
	member(j, edits, 0, SLICE("rule"), slice_of(b->p, rule), b);
	if (threats)
		member(j, edits, 0, SLICE("threat"), slice_of(b->p + rule, threat - rule), b);
	json_splice(edits, e->line, out);
}

/* ---- the line of a foreign event that was just written: its places are known ------------------------------------------------------------ */

/* How such a line begins (event_write): each part has one length. */
#define HEAD "{\"@timestamp\":\""
#define KIND "\",\"ir\":{\"v\":1,\"kind\":"
#define VALUE "\"event\""
#define ID ",\"id\":\""
#define EVENT ",\"event\":{\"kind\":"
enum { AT = sizeof HEAD - 1, KIND_AT = AT + STAMP_LEN + sizeof KIND - 1, ID_AT = KIND_AT + sizeof VALUE - 1 + sizeof ID - 1, ID_LEN = 32 };

static bool
holds(struct slice line, size_t at, struct slice text)
{
	return slice_starts(slice_from(line, at), text);
}

/* A quote inside a text is escaped, so what is looked for stands in no text; and it is looked for before `raw`. */
bool
alert_frame(struct slice line, size_t ir_end, size_t raw, struct alert_frame *f)
{
	struct slice fields = slice_from(slice_head(line, line.n > raw ? line.n - raw : 0), ir_end + 1);
	size_t at = slice_starts(fields, SLICE(EVENT VALUE)) ? 0 : slice_find_slice(fields, SLICE(EVENT VALUE));

	*f = (struct alert_frame){.line = line, .ir_end = ir_end, .kind = ir_end + 1 + at + sizeof EVENT - 1};
	return holds(line, 0, SLICE(HEAD)) && holds(line, AT + STAMP_LEN, SLICE(KIND VALUE ID)) && holds(line, ir_end, SLICE("},")) &&
	    at < fields.n && slice_ends(line, SLICE("}"));
}

void
alert_tail(const struct alert *a, struct buf *out)
{
	buf_lit(out, ",\"rule\":");
	put_rule(out, a);
	buf_lit(out, ",\"threat\":");
	if (!put_threat(out, a))
		out->n -= sizeof ",\"threat\":" - 1;
	buf_lit(out, "}");
}

/* As put_alert writes it for one event. */
static void
put_one(struct buf *b, struct slice event, struct slice at, const struct alert *a)
{
	char id[ID_LEN];

	alert_id(a->rule_id, &event, 1, id);
	buf_lit(b, "{\"id\":\"");
	buf_add(b, id, sizeof id);
	buf_lit(b, "\",\"type\":");
	(void)json_put_text(b, a->type);
	buf_lit(b, ",\"level\":");
	(void)json_put_text(b, a->level);
	buf_lit(b, ",\"why\":");
	buf_slice_add(b, a->why);
	buf_lit(b, ",\"events\":[\"");
	buf_slice_add(b, event);
	buf_lit(b, "\"],\"count\":1,\"first\":\"");
	buf_slice_add(b, at);
	buf_lit(b, "\",\"last\":\"");
	buf_slice_add(b, at);
	buf_lit(b, "\"}");
}

void
alert_write_framed(const struct alert_frame *f, const struct alert *a, struct slice tail, struct buf *out)
{
	const char *p = f->line.p;
	size_t behind = KIND_AT + sizeof VALUE - 1;

	buf_room(out, f->line.n + tail.n + a->why.n + 512);
	buf_add(out, p, KIND_AT);
	buf_lit(out, "\"alert\"");
	buf_add(out, p + behind, f->ir_end - behind);
	buf_lit(out, ",\"alert\":");
	put_one(out, slice_of(p + ID_AT, ID_LEN), slice_of(p + AT, STAMP_LEN), a);
	buf_add(out, p + f->ir_end, f->kind - f->ir_end);
	buf_lit(out, "\"alert\"");
	behind = f->kind + sizeof VALUE - 1;
	buf_add(out, p + behind, f->line.n - 1 - behind);
	buf_slice_add(out, tail);
}
