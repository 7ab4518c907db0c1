/* Verbs on tasks, hand-overs, merging, splitting, and what people report themselves. */
#include "cmd/escalate_act.h"

#include "lib/port/digest.h"
#include "lib/tool/text.h"

#include <stdlib.h>


/* A moment, or a duration from now. */
static bool
moment(struct verb_context *v, struct slice text, struct stamp *at)
{
	int64_t after;

	*at = v->now;
	if (stamp_duration(text, &after)) {
		at->s += after;
		return true;
	}
	return stamp_rfc3339(text, at);
}

static void
put_moment(struct verb_context *v, struct json_out *o, const char *name, struct slice text)
{
	struct stamp at;
	char out[STAMP_LEN];

	if (!moment(v, text, &at))
		act_refuse(v, "not a moment, nor a duration", text);
	stamp_put(out, at);
	jo_ktext(o, name, slice_of(out, sizeof out));
}

static void
list(struct json_out *o, const char *name, const struct opt_list *v)
{
	jo_kopen(o, name, '[');
	for (size_t k = 0; k < v->n; k++)
		jo_text(o, v->v[k]);
	jo_close(o, ']');
}

static struct slice
store_of(const struct incident *i)
{
	return slice_of(i->id, sizeof i->id);
}

static bool
never(void *self, enum entity_type type, struct slice value)
{
	(void)self;
	(void)type;
	(void)value;
	return false;
}

static bool
incident_known(struct verb_context *v)
{
	struct fault f = {0};
	bool yes = false;

	if (!store_knows_incident(v->d.store, store_of(&v->d.incident), &yes, &f))
		desk_die(&v->d, &f);
	return yes;
}

/* ---- tasks ----------------------------------------------------------------------------------------------------------- */

static int
save_task(struct verb_context *v, struct slice id, struct buf *value)
{
	struct buf name = {0};

	buf_lit(&name, "task/");
	buf_slice_add(&name, id);
	act_set_json(v, buf_slice(&name), buf_slice(value));
	buf_free(&name);
	return act_end(v, "task", buf_slice(value));
}

static int
task_add(struct verb_context *v)
{
	struct slice id = act_word(v, 2, "the task's name"), what = act_word(v, 3, "what is to be done");
	struct buf b = {0};
	struct json_out o = act_body(v, &b);

	if (desk_get2(&v->d.incident, "task/", id).n)
		act_refuse(v, "there is such a task", id);
	if (act_opt.owner.n == 0 || act_opt.due.n == 0)
		act_refuse(v, "a task needs --owner and --due", (struct slice){0});
	jo_ktext(&o, "what", what);
	jo_ktext(&o, "owner", act_opt.owner);
	put_moment(v, &o, "due", act_opt.due);
	jo_kstr(&o, "state", "open");
	jo_close(&o, '}');
	return save_task(v, id, &b);
}

static bool
known_task(struct verb_context *v, struct slice id)
{
	struct incident_more m = {0};
	struct buf want = {0};
	bool yes;

	desk_duties(&v->d, &m);
	buf_lit(&want, "\"id\":");
	(void)json_put_text(&want, id);
	yes = desk_get2(&v->d.incident, "task/", id).n || slice_has(m.tasks, buf_slice(&want));
	buf_free(&want);
	return yes;
}

static int
task_end(struct verb_context *v, const char *state)
{
	struct slice id = act_word(v, 2, "the task's name"), old;
	struct buf b = {0};
	struct json_out o = act_body(v, &b);
	struct fault f = {0};

	if (!known_task(v, id))
		act_refuse(v, "no such task", id);
	if (slice_eq(slice_str(state), SLICE("dropped")) && act_opt.reason.n == 0)
		act_refuse(v, "a task is dropped with --reason", id);
	old = desk_get2(&v->d.incident, "task/", id);
	if (old.n && json_one(v->d.json, old, &f)) {
		static const char *const keep[] = {"what", "owner", "due"};

		for (size_t k = 0; k < 3; k++) {
			uint32_t n = json_get(v->d.json, 0, slice_str(keep[k]));

			if (n != JSON_NONE)
				jo_kraw(&o, keep[k], json_raw(v->d.json, n));
		}
	}
	jo_kstr(&o, "state", state);
	if (act_opt.reason.n)
		jo_ktext(&o, "reason", act_opt.reason);
	if (act_opt.evidence.n)
		list(&o, "evidence", &act_opt.evidence);
	jo_close(&o, '}');
	return save_task(v, id, &b);
}

struct open_tasks {
	struct verb_context *v;
	struct text_table *table;
	struct json *json;
	struct buf scratch;
};

static struct slice
at(struct open_tasks *x, uint32_t node, const char *name)
{
	uint32_t k = json_get(x->json, node, slice_str(name));

	return k == JSON_NONE ? (struct slice){0} : arena_slice(&x->v->d.mem, json_text(x->json, k, &x->scratch));
}

static void
one_task(struct open_tasks *x, struct slice incident, uint32_t node)
{
	struct slice state = at(x, node, "state"), due = at(x, node, "due");
	struct stamp when;
	bool late = stamp_read(due, &when) && stamp_cmp(when, x->v->now) < 0;
	struct buf b = {0};

	if (slice_eq(state, SLICE("done")) || slice_eq(state, SLICE("dropped")))
		return;
	if (x->table) {
		text_cell(x->table, slice_head(incident, 12));
		text_cell(x->table, at(x, node, "id"));
		text_cell(x->table, at(x, node, "owner"));
		text_cell(x->table, slice_head(due, 19));
		text_cell(x->table, late ? SLICE("late") : SLICE("open"));
		text_cell(x->table, at(x, node, "what"));
		return;
	}
	buf_lit(&b, "{\"incident\":\"");
	buf_slice_add(&b, incident);
	buf_str(&b, late ? "\",\"late\":true," : "\",\"late\":false,");
	buf_slice_add(&b, slice_from(json_raw(x->json, node), 1));
	buf_byte(&b, '\n');
	act_print(x->v, buf_slice(&b));
	buf_free(&b);
}

static bool
tasks_of(void *self, struct slice record)
{
	struct open_tasks *x = self;
	struct fault f = {0};
	uint32_t list, id, status;

	if (!json_one(x->json, record, &f))
		return true;
	list = json_path(x->json, 0, SLICE("ir.incident.tasks"));
	id = json_path(x->json, 0, SLICE("ir.incident.id"));
	status = json_path(x->json, 0, SLICE("ir.incident.status"));
	if (list == JSON_NONE || id == JSON_NONE || slice_eq(json_inner(x->json, status), SLICE("merged")))
		return true;
	for (uint32_t k = json_first(x->json, list); k != JSON_NONE; k = json_following(x->json, list, k))
		one_task(x, json_inner(x->json, id), k);
	return true;
}

/* What is open at the moment, of all incidents. */
static int
task_list(struct verb_context *v)
{
	static const char *const heads[] = {"incident", "task", "owner", "due", "state", "what", NULL};
	struct open_tasks x = {.v = v, .json = json_new(&json_limits_stream)};
	struct text_style style = {.width = v->t.width, .colour = v->t.colour, .utf8 = v->t.utf8};
	struct fault f = {0};
	struct buf b = {0};

	if (slice_eq(v->t.common.to, SLICE("text")) || (v->t.common.to.n == 0 && v->t.colour))
		x.table = text_table_new(heads, "llllll");
	if (!store_list(v->d.store, tasks_of, &x, &f))
		desk_die(&v->d, &f);
	if (x.table) {
		text_table_put(x.table, &style, &b);
		act_print(v, buf_slice(&b));
		text_table_free(x.table);
	}
	json_free(x.json);
	buf_free(&x.scratch);
	buf_free(&b);
	return act_finish(v);
}

int
verb_task(int argc, char *argv[])
{
	static const struct tool_about about = ACT_ABOUT("task: what is to be done, by whom, until when",
	    "task [ID add NAME TEXT | ID done NAME | ID drop NAME] --state FILE", "ir-escalate task --state case.db",
	    "ir-escalate task 1f2e add image 'take a disk image' --owner bob --due 4h --state case.db",
	    "ir-escalate task 1f2e done backups --by alice --state case.db");
	struct verb_context v = {0};
	struct slice what;

	if (argc < 2 || argv[1][0] == '-') {
		act_begin(&v, &about, argc, argv, STORE_READ);
		return task_list(&v);
	}
	act_begin(&v, &about, argc, argv, STORE_ACT);
	act_load(&v, act_word(&v, 0, "an incident's id"));
	what = act_word(&v, 1, "add, done or drop");
	if (slice_eq(what, SLICE("add")))
		return task_add(&v);
	if (slice_eq(what, SLICE("done")))
		return task_end(&v, "done");
	if (slice_eq(what, SLICE("drop")))
		return task_end(&v, "dropped");
	tool_usage(&v.t, "task: add, done or drop is wanted");
}

/* ---- hand-over ------------------------------------------------------------------------------------------------------- */

static void
missing(struct verb_context *v, struct slice given, const char *option, size_t *n)
{
	if (given.n)
		return;
	(*n)++;
	tool_say(&v->t, "hand-over: %s is missing", option);
}

/* Every part must be there: one missing and it is refused (RESPONSE.md section 4). */
static void
complete(struct verb_context *v)
{
	struct slice have = SLICE("x"), none = {0};
	size_t n = 0;

	missing(v, act_opt.from, "--from", &n);
	missing(v, act_opt.to, "--to", &n);
	missing(v, act_opt.reason, "--reason", &n);
	missing(v, act_opt.text, "--text (the summary)", &n);
	missing(v, act_opt.evidence.n ? have : none, "--evidence", &n);
	missing(v, act_opt.entities.n ? have : none, "--entity", &n);
	missing(v, act_opt.done.n ? have : none, "--done", &n);
	missing(v, act_opt.open.n ? have : none, "--open", &n);
	missing(v, act_opt.gaps.n ? have : none, "--gap", &n);
	missing(v, act_opt.owner, "--owner", &n);
	missing(v, act_opt.next, "--next (the next decision)", &n);
	missing(v, act_opt.due, "--due (of the next decision)", &n);
	missing(v, act_opt.tlp, "--tlp", &n);
	missing(v, act_opt.ack_due, "--ack-due", &n);
	if (n) {
		tool_say(&v->t, "refused: %zu part%s missing", n, n == 1 ? "" : "s");
		exit(2);
	}
}

static bool
starts(struct slice s, const char *head)
{
	return slice_starts(s, slice_str(head));
}

static void
typed(struct verb_context *v)
{
	int tlp = tlp_by_name(act_opt.tlp);

	if (!desk_word(desk_tiers, act_opt.from))
		act_refuse(v, "no such tier", act_opt.from);
	if (!desk_word(desk_tiers, act_opt.to))
		act_refuse(v, "no such tier", act_opt.to);
	if (!desk_word(desk_handover_up, act_opt.reason))
		act_refuse(v, "no such reason of a hand-over", act_opt.reason);
	if (starts(act_opt.to, "cert") && !starts(act_opt.from, "csirt"))
		act_refuse(v, "only the CSIRT hands over to a CERT", act_opt.from);
	if (tlp == 0)
		act_refuse(v, "no such label", act_opt.tlp);
	if (tlp < v->d.incident.tlp)
		act_refuse(v, "the label is weaker than the incident's", act_opt.tlp);
	if (starts(act_opt.to, "cert") && tlp == TLP_RED)
		act_refuse(v, "TLP:RED does not leave the house", (struct slice){0});
}

int
verb_handover(int argc, char *argv[])
{
	static const struct tool_about about = ACT_ABOUT("handover: from one tier to the next, whole or not at all",
	    "handover ID --from TIER --to TIER --reason WORD --text SUMMARY ... --state FILE",
	    "ir-escalate handover 1f2e --from soc.t2 --to csirt --reason confirmed-compromise ...",
	    "ir-escalate ack 1f2e handover 1 --by bob --state case.db", NULL);
	struct verb_context v = {0};
	struct buf b = {0}, name = {0};
	struct json_out o;
	size_t n = 1, walk = 0;
	struct slice rest, json;

	act_begin(&v, &about, argc, argv, STORE_ACT);
	act_load(&v, act_word(&v, 0, "an incident's id"));
	complete(&v);
	typed(&v);
	o = act_body(&v, &b);
	jo_ktext(&o, "from", act_opt.from);
	jo_ktext(&o, "to", act_opt.to);
	jo_ktext(&o, "reason", act_opt.reason);
	jo_ktext(&o, "summary", act_opt.text);
	list(&o, "evidence", &act_opt.evidence);
	list(&o, "entities", &act_opt.entities);
	list(&o, "done", &act_opt.done);
	list(&o, "open", &act_opt.open);
	list(&o, "gaps", &act_opt.gaps);
	jo_ktext(&o, "owner", act_opt.owner);
	jo_ktext(&o, "next", act_opt.next);
	put_moment(&v, &o, "due", act_opt.due);
	jo_ktext(&o, "tlp", tlp_name[tlp_by_name(act_opt.tlp)]);
	put_moment(&v, &o, "ack_due", act_opt.ack_due);
	jo_close(&o, '}');
	while (desk_each(&v.d.incident, "handover/", &walk, &rest, &json))
		n++;
	buf_lit(&name, "handover/");
	buf_u64(&name, n);
	act_set_json(&v, buf_slice(&name), buf_slice(&b));
	act_set(&v, "tier", act_opt.to);
	act_set(&v, "owner", act_opt.owner);
	v.d.incident.status = STATUS_ESCALATED;
	buf_free(&name);
	return act_end(&v, "handover", buf_slice(&b));
}

/* ---- merge, split, new ----------------------------------------------------------------------------------------------- */

/* Everything of B goes to A; the earlier clock counts, all tasks and actions stay. */
int
verb_merge(int argc, char *argv[])
{
	static const struct tool_about about = ACT_ABOUT("merge: two incidents are one",
	    "merge ID OTHER --reason TEXT --state FILE",
	    "ir-escalate merge 1f2e 77ab --reason 'the same intruder' --state case.db", NULL, NULL);
	struct verb_context v = {0};
	struct incident to = {0};
	struct buf b = {0};
	struct json_out o;
	struct slice rest, json;
	struct fault f = {0};
	size_t walk = 0;

	act_begin(&v, &about, argc, argv, STORE_ACT);
	if (act_opt.reason.n == 0)
		act_refuse(&v, "a merger needs --reason", (struct slice){0});
	act_load(&v, act_word(&v, 1, "the other incident's id"));
	if (v.d.incident.status == STATUS_MERGED)
		act_refuse(&v, "it is merged already", store_of(&v.d.incident));
	to = v.d.incident;
	v.d.incident = (struct incident){.seq = 0};
	act_load(&v, act_word(&v, 0, "an incident's id"));
	if (memcmp(to.id, v.d.incident.id, sizeof to.id) == 0 || v.d.incident.status == STATUS_MERGED)
		act_refuse(&v, "not two open incidents", (struct slice){0});
	while (desk_each(&to, "", &walk, &rest, &json))
		if (desk_get2(&v.d.incident, "", rest).n == 0)
			act_set_json(&v, rest, json);
	if (!store_merge(v.d.store, &v.d.incident, &to, &f))
		desk_die(&v.d, &f);
	o = act_body(&v, &b);
	jo_ktext(&o, "other", store_of(&to));
	jo_ktext(&o, "reason", act_opt.reason);
	jo_close(&o, '}');
	incident_free(&to);
	return act_end(&v, "merge", buf_slice(&b));
}

/* What people tell: an incident without an alert, with a receipt. */
int
verb_new(int argc, char *argv[])
{
	static const struct tool_about about = ACT_ABOUT("new: what somebody reports",
	    "new TITLE --by NAME [--entity host:web01] --state FILE",
	    "ir-escalate new 'strange mail about an invoice' --by carol --state case.db",
	    "ir-escalate new 'laptop lost on a train' --entity host:lt0042 --entity user:carol --state case.db", NULL);
	struct verb_context v = {0};
	struct cue *a = mem_zero(1, sizeof *a);
	struct buf b = {0}, id = {0};
	struct json_out o;
	unsigned char sum[16];
	struct fault f = {0};
	struct slice zero = SLICE("\0");
	char at_text[STAMP_LEN];

	act_begin(&v, &about, argc, argv, STORE_ACT);
	a->at = v.now;
	a->rule = SLICE("reported");
	a->rule_name = act_word(&v, 0, "what it is about");
	a->level = SEVERITY_MEDIUM;
	a->key = KEY_GROUP;
	a->tlp = TLP_AMBER;
	a->pap = PAP_GREEN;
	stamp_put(at_text, v.now);
	digest_xxh3((struct slice[]){v.who, zero, a->rule_name, zero, slice_of(at_text, sizeof at_text)}, 5, sum);
	buf_hex(&id, sum, sizeof sum);
	a->id = buf_slice(&id);
	a->value = slice_head(a->rule_name, CUE_VALUE_MAX);
	for (size_t k = 0; k < act_opt.entities.n && a->entities < CUE_VALUES; k++) {
		struct slice value = act_opt.entities.v[k], type = slice_cut(&value, ':');
		enum entity_type t = entity_by_name(type);

		if (t == ENTITY_COUNT || value.n == 0 || value.n > CUE_VALUE_MAX)
			act_refuse(&v, "an entity is TYPE:VALUE (host user ip domain hash file process)", act_opt.entities.v[k]);
		a->entity[a->entities++] = (struct cue_entity){t, value};
	}
	if (!store_begin(v.d.store, &f))
		desk_die(&v.d, &f);
	incident_open(&v.d.incident, a);
	if (incident_known(&v))
		act_refuse(&v, "this was reported at this very moment", a->rule_name);
	(void)incident_add(&v.d.incident, a, never, NULL);
	if (!store_save(v.d.store, &v.d.incident, SEEN, &f))
		desk_die(&v.d, &f);
	o = act_body(&v, &b);
	jo_ktext(&o, "title", a->rule_name);
	jo_ktext(&o, "receipt", slice_head(store_of(&v.d.incident), 12));
	jo_close(&o, '}');
	tool_say(&v.t, "receipt: %.12s", v.d.incident.id);
	free(a);
	return act_end(&v, "new", buf_slice(&b));
}
