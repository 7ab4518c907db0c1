/* Incidents, actions, results, notes, marks, ends; and model_record, which sends each record where it belongs. */
#include "lib/report/model_priv.h"

#include <stdlib.h>

/* The object as JSON without one member: an incident's alerts are kept as numbers. */
static void
copy_object(struct model *m, uint32_t object, struct slice without, struct buf *out)
{
	bool some = false;

	buf_byte(out, '{');
	for (uint32_t k = json_first(m->j, object); k != JSON_NONE; k = json_following(m->j, object, k)) {
		if (slice_eq(json_inner(m->j, k), without))
			continue;
		if (some)
			buf_byte(out, ',');
		some = true;
		buf_slice_add(out, json_raw(m->j, k));
		buf_byte(out, ':');
		buf_slice_add(out, json_raw(m->j, json_value(m->j, k)));
	}
	buf_byte(out, '}');
}

static uint32_t
member_text(struct model *m, uint32_t object, struct slice name)
{
	return text_shown(m, value_of(m, json_get(m->j, object, name)), VALUE_MAX);
}

/* Takes the place of the state before; too large a one is left out and counted. */
static void
doc_set(struct model *m, struct doc *d, uint32_t object)
{
	free((char *)(uintptr_t)d->json.p);
	m->doc_bytes -= d->json.n;
	d->json = slice_of(NULL, 0);
	buf_reset(&m->made);
	copy_object(m, object, SLICE("alerts"), &m->made);
	if (m->made.n > DOC_MAX || m->doc_bytes + m->made.n > DOC_BUDGET) {
		m->docs_dropped++;
		return;
	}
	d->json = slice_of(mem_dup(m->made.p, m->made.n), m->made.n);
	m->doc_bytes += m->made.n;
}

static void
doc_alerts(struct model *m, struct doc *d, uint32_t object)
{
	uint32_t list = json_get(m->j, object, SLICE("alerts"));

	if (list == JSON_NONE || json_type(m->j, list) != JSON_ARRAY)
		return;
	for (uint32_t k = json_first(m->j, list); k != JSON_NONE; k = json_following(m->j, list, k)) {
		d->alert = mem_grow(d->alert, &d->alert_cap, d->alerts, sizeof *d->alert);
		d->alert[d->alerts++] = keep_text(m, slice_head(value_of(m, k), TEXT_SHORT));
	}
}

static struct doc *
doc_find(struct model *m, struct docs *all, struct slice id, bool *made)
{
	struct map_row *row = map_get(&all->by_id, id);

	if (!row && all->n >= DOCS_MAX) {
		m->docs_dropped++;
		return NULL;
	}
	row = map_put(&all->by_id, id, made);
	if (*made) {
		all->v = mem_grow(all->v, &all->cap, all->n, sizeof *all->v);
		all->v[all->n] = (struct doc){.id = keep_text(m, slice_head(id, TEXT_SHORT))};
		row->v.u = all->n++;
	}
	return &all->v[row->v.u];
}

static uint64_t
seq_of(struct model *m, uint32_t object)
{
	uint32_t v = json_get(m->j, object, SLICE("seq"));
	uint64_t n = 0;

	return v != JSON_NONE && json_u64(m->j, v, &n) ? n : 0;
}

static void
reach(struct doc *d, enum doc_state state, struct stamp at)
{
	if (!(d->states & 1u << state) || stamp_cmp(at, d->reached[state]) < 0)
		d->reached[state] = at;
	d->states |= 1u << state;
}

/* Recovered is contained as well; a closed incident says neither. */
static void
states_take(struct model *m, struct doc *d, uint32_t object, struct stamp at)
{
	struct slice v = value_of(m, json_get(m->j, object, SLICE("status")));

	if (v.n && !slice_eq(v, SLICE("new")))
		reach(d, STATE_TOUCHED, at);
	if (slice_eq(v, SLICE("contained")) || slice_eq(v, SLICE("eradicated")) || slice_eq(v, SLICE("recovered")))
		reach(d, STATE_CONTAINED, at);
	if (slice_eq(v, SLICE("recovered")))
		reach(d, STATE_RECOVERED, at);
}

/* The highest seq of an incident is its state; each seq brings further alerts.  The last action or result of an id holds. */
void
doc_take(struct model *m, const struct record *r)
{
	struct docs *all = r->kind == KIND_INCIDENT ? &m->incident : r->kind == KIND_ACTION ? &m->action : &m->result;
	uint32_t object = r->kind == KIND_INCIDENT ? r->node[R_incident] : r->kind == KIND_ACTION ? r->node[R_action] :
	    r->node[R_result];
	struct slice id_name = r->kind == KIND_RESULT ? SLICE("action") : SLICE("id");
	uint64_t seq;
	struct doc *d;
	bool made = false;

	m->j = r->j;
	if (object == JSON_NONE || json_type(r->j, object) != JSON_OBJECT)
		return;
	seq = seq_of(m, object);
	d = doc_find(m, all, value_of(m, json_get(r->j, object, id_name)), &made);
	if (!d)
		return;
	if (r->kind == KIND_INCIDENT && (made || seq > d->seq))
		doc_alerts(m, d, object);
	if (r->kind == KIND_INCIDENT)
		states_take(m, d, object, r->at);
	if (!made && seq < d->seq)
		return;
	d->seq = seq;
	d->at = r->at;
	d->of = member_text(m, object, SLICE("incident"));
	doc_set(m, d, object);
}

/* ---- notes, ends, marks ------------------------------------------------------------------------------------------ */

static void
note_take(struct model *m, const struct record *r)
{
	uint32_t ir = r->node[R_ir], src = json_path(r->j, ir, SLICE("src.uri"));
	struct note n = {.by = member_text(m, ir, SLICE("by")), .what = member_text(m, ir, SLICE("what")),
	    .src = text_shown(m, value_of(m, src), VALUE_MAX), .message = member_text(m, 0, SLICE("message")), .n = 1};
	uint32_t key[3] = {n.by, n.what, n.src};
	bool made;
	struct map_row *row = map_get(&m->note_by, slice_of((const char *)key, sizeof key));

	if (!row && m->notes >= NOTES_MAX) {
		m->note[NOTES_MAX - 1].n++;
		return;
	}
	row = map_put(&m->note_by, slice_of((const char *)key, sizeof key), &made);
	if (!made) {
		m->note[row->v.u].n++;
		return;
	}
	m->note = mem_grow(m->note, &m->note_cap, m->notes, sizeof *m->note);
	row->v.u = m->notes;
	m->note[m->notes++] = n;
}

static void
end_take(struct model *m, const struct record *r)
{
	uint32_t ir = r->node[R_ir], status = json_get(r->j, ir, SLICE("status"));
	struct stage_end *e;
	int64_t n = 0;

	if (status != JSON_NONE && json_i64(r->j, status, &n) && n > m->status)
		m->status = n;
	if (m->ends == ENDS_MAX || json_raw(r->j, ir).n > DOC_MAX * 4) {
		m->docs_dropped++;
		return;
	}
	e = &m->end[m->ends++];
	e->by = member_text(m, ir, SLICE("by"));
	e->status = n;
	e->json = slice_of(mem_dup(json_raw(r->j, ir).p, json_raw(r->j, ir).n), json_raw(r->j, ir).n);
}

static void
mark_take(struct model *m, const struct record *r)
{
	uint32_t list = json_get(r->j, r->node[R_ir], SLICE("pos"));

	if (list == JSON_NONE || json_type(r->j, list) != JSON_ARRAY)
		return;
	for (uint32_t k = json_first(r->j, list); k != JSON_NONE; k = json_following(r->j, list, k)) {
		uint32_t uri = json_type(r->j, k) == JSON_OBJECT ? json_get(r->j, k, SLICE("uri")) : JSON_NONE;
		uint32_t rec = uri != JSON_NONE ? json_get(r->j, k, SLICE("rec")) : JSON_NONE;
		struct source_row *s = uri != JSON_NONE ? source_take(m, slice_head(value_of(m, uri), VALUE_MAX)) : NULL;
		uint64_t n = 0;

		if (s && rec != JSON_NONE && json_u64(r->j, rec, &n) && n > s->records)
			s->records = n;
	}
}

bool
model_manifest(struct model *m, struct slice line, struct fault *f)
{
	uint32_t path, sha, size, records, fmt;
	struct source_row *row;
	uint64_t n;

	if (!json_one(m->reader, line, f))
		return false;
	m->j = m->reader;
	if (json_type(m->j, 0) != JSON_OBJECT || (path = json_get(m->j, 0, SLICE("path"))) == JSON_NONE)
		return fault_set(f, "a row of a manifest has a path", 0);
	row = source_take(m, slice_head(value_of(m, path), VALUE_MAX));
	if (!row)
		return true;
	sha = json_get(m->j, 0, SLICE("sha256"));
	size = json_get(m->j, 0, SLICE("size"));
	records = json_get(m->j, 0, SLICE("records"));
	fmt = json_get(m->j, 0, SLICE("format"));
	if (sha != JSON_NONE)
		row->sha256 = text_shown(m, value_of(m, sha), VALUE_MAX);
	if (size != JSON_NONE && json_u64(m->j, size, &n))
		row->size = n;
	if (records != JSON_NONE && json_u64(m->j, records, &n))
		row->records = n;
	if (fmt != JSON_NONE && !row->fmt)
		row->fmt = text_shown(m, value_of(m, fmt), VALUE_MAX);
	return true;
}

void
control_take(struct model *m, const struct record *r)
{
	m->j = r->j;
	if (r->node[R_ir] == JSON_NONE || json_type(r->j, r->node[R_ir]) != JSON_OBJECT)
		return;
	if (r->kind == KIND_NOTE)
		note_take(m, r);
	else if (r->kind == KIND_END)
		end_take(m, r);
	else
		mark_take(m, r);
}

/* An incident whose mark rose above the ceiling with a later seq: it and its steps were taken in before. */
static void
docs_withhold(struct model *m, struct docs *d, bool by_incident)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->n; i++) {
		struct doc one = d->v[i];

		if (map_get(&m->withheld, text_of(m, by_incident ? one.of : one.id))) {
			free((char *)(uintptr_t)one.json.p);
			free(one.alert);
			continue;
		}
		d->v[kept++] = one;
	}
	d->n = kept;
	/* Who looks up from here on has the ids as they are kept. */
	map_reset(&d->by_id);
	for (size_t i = 0; i < d->n; i++)
		map_put(&d->by_id, text_of(m, d->v[i].id), NULL)->v.u = i;
}

void
docs_settle(struct model *m)
{
	if (m->withheld.n == 0)
		return;
	docs_withhold(m, &m->incident, false);
	docs_withhold(m, &m->action, true);
	docs_withhold(m, &m->result, true);
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

/* --stack FIELD: a value of the normalised names, else of the original. */
static void
stack_take(struct model *m, const struct record *r)
{
	uint32_t node;
	struct map_row *row;
	struct slice v;

	m->j = r->j;
	node = json_path(r->j, 0, m->o.stack);
	if (node == JSON_NONE && r->node[R_raw] != JSON_NONE)
		node = json_path(r->j, r->node[R_raw], m->o.stack);
	v = value_of(m, node);
	if (v.n == 0)
		return;
	m->stacked++;
	buf_reset(&m->shown);
	redact_add(&m->redactor, slice_head(v, VALUE_MAX), &m->shown, NULL, NULL);
	row = map_get(&m->stack_by, buf_slice(&m->shown));
	if (!row && m->stack_by.n >= STACK_MAX) {
		m->stack_dropped++;
		return;
	}
	if (!row)
		row = map_put(&m->stack_by, buf_slice(&m->shown), NULL);
	row->v.u++;
}

/* Rank of the record's own mark: 1 clear .. 5 red; 0: it has none. */
static uint32_t
tlp_of(struct model *m, const struct record *r)
{
	uint32_t node = r->node[R_tlp];
	struct slice v;

	m->j = r->j;
	if (node == JSON_NONE && r->node[R_incident] != JSON_NONE && json_type(r->j, r->node[R_incident]) == JSON_OBJECT)
		node = json_get(r->j, r->node[R_incident], SLICE("tlp"));
	v = value_of(m, node);
	if (slice_starts_nocase(v, SLICE("tlp:")))
		v = slice_from(v, 4);
	for (uint32_t i = 1; i < 6; i++)
		if (slice_eq_nocase(v, slice_from(slice_str(tlp_words[i]), 4)))
			return i;
	return 0;
}

/*
 * Marked above the ceiling: gone before anything is counted.  What has no mark counts as amber, as it does when the report marks
 * itself.  An incident that was above once stays out, and so do its actions and results.
 */
static bool
withheld(struct model *m, const struct record *r, uint32_t tlp)
{
	bool above = (tlp ? tlp : 3) > m->o.tlp_max, made = false;
	struct slice id = SLICE("");

	if (r->kind == KIND_NOTE || r->kind == KIND_MARK || r->kind == KIND_END)
		return false;
	m->j = r->j;
	if (r->kind == KIND_INCIDENT && r->node[R_incident] != JSON_NONE)
		id = value_of(m, json_get(r->j, r->node[R_incident], SLICE("id")));
	if (id.n && above)
		(void)map_put(&m->withheld, id, &made);
	if (id.n)
		return map_get(&m->withheld, id) != NULL;
	if (r->kind == KIND_ACTION || r->kind == KIND_RESULT) {
		uint32_t object = r->node[r->kind == KIND_ACTION ? R_action : R_result];

		if (object == JSON_NONE || json_type(r->j, object) != JSON_OBJECT)
			return true;
		id = value_of(m, json_get(r->j, object, SLICE("incident")));
		return map_get(&m->withheld, id) != NULL || (!map_get(&m->incident.by_id, id) && (tlp ? tlp : 3) > m->o.tlp_max);
	}
	return above;
}

void
model_record(struct model *m, const struct record *r)
{
	uint32_t tlp = tlp_of(m, r);

	if (m->o.tlp_max && withheld(m, r, tlp))
		return;
	m->in[r->kind]++;
	m->tlp = tlp > m->tlp ? tlp : m->tlp;
	if (r->timed && r->kind <= KIND_RESULT && (!m->dated || stamp_cmp(r->at, m->newest) > 0)) {
		m->newest = r->at;
		m->dated = true;
	}
	if (m->o.stack.n && (r->kind == KIND_EVENT || r->kind == KIND_ALERT || r->kind == KIND_FOREIGN))
		stack_take(m, r);
	switch (r->kind) {
	case KIND_ALERT:
		alert_take(m, r);
		break;
	case KIND_INCIDENT: case KIND_ACTION: case KIND_RESULT:
		doc_take(m, r);
		break;
	case KIND_NOTE: case KIND_END: case KIND_MARK:
		control_take(m, r);
		break;
	default:
		break;
	}
}
