/*
 * Exports with one line an alert: Timesketch (JSONL for its importer), ECS (documents as Elastic's detection alerts), OCSF
 * (Detection Finding 2004 for each alert, Incident Finding 2005 for each incident).
 */
#include "lib/base/addr.h"
#include "lib/base/num.h"
#include "lib/report/report.h"
#include "lib/report/share.h"

bool report_timesketch(struct model *, const struct report_request *, struct buf *, uint64_t *, struct fault *);
bool report_ecs(struct model *, const struct report_request *, struct buf *, uint64_t *, struct fault *);
bool report_ocsf(struct model *, const struct report_request *, struct buf *, uint64_t *, struct fault *);

static void
text_member(struct json_out *o, const struct model *m, const char *name, uint32_t text)
{
	if (text)
		jo_ktext(o, name, text_of(m, text));
}

static void
list_member(struct json_out *o, const struct model *m, const char *name, struct list l)
{
	if (l.n == 0)
		return;
	jo_kopen(o, name, '[');
	for (uint32_t i = 0; i < l.n; i++)
		jo_text(o, text_of(m, item_of(m, l, i)));
	jo_close(o, ']');
}

/* Members named for addresses hold addresses: a name that stands there in the log is left out. */
static bool
address(const struct model *m, uint32_t text)
{
	struct addr a;

	return text && addr_read(text_of(m, text), &a);
}

static void
u64_text(struct json_out *o, const struct model *m, const char *name, uint32_t text)
{
	uint64_t n;

	if (text && num_u64(text_of(m, text), &n))
		jo_ku64(o, name, n);
}

/* ---- Timesketch -------------------------------------------------------------------------------------------------- */

static void
timesketch_put(struct json_out *o, struct model *m, const struct alert *a)
{
	const struct rule *r = &m->rule[a->rule];
	struct buf b = {0};

	buf_slice_add(&b, text_of(m, r->name));
	if (a->summary) {
		buf_lit(&b, ": ");
		buf_slice_add(&b, text_of(m, a->summary));
	}
	jo_open(o, '{');
	jo_ktext(o, "message", buf_slice(&b));
	buf_reset(&b);
	time_us_add(&b, a->at);
	b.n--;
	buf_lit(&b, "+00:00");
	jo_ktext(o, "datetime", buf_slice(&b));
	jo_kstr(o, "timestamp_desc", "Event Time");
	jo_kstr(o, "level", level_words[a->level]);
	text_member(o, m, "rule_name", r->name);
	text_member(o, m, "rule_id", r->id);
	text_member(o, m, "hostname", a->host);
	text_member(o, m, "username", a->user);
	text_member(o, m, "src_ip", a->source);
	text_member(o, m, "dst_ip", a->destination);
	list_member(o, m, "tag", r->techniques);
	text_member(o, m, "source_file", a->uri);
	jo_ku64(o, "source_offset", a->off);
	text_member(o, m, "event_id", a->event);
	text_member(o, m, "alert_id", a->id);
	jo_close(o, '}');
	buf_free(&b);
}

bool
report_timesketch(struct model *m, const struct report_request *r, struct buf *out, uint64_t *left, struct fault *f)
{
	(void)r;
	(void)f;
	*left = 0;
	for (size_t i = 0; i < m->alerts; i++) {
		struct json_out o = json_out(out);

		timesketch_put(&o, m, &m->alert[m->by_time[i]]);
		buf_byte(out, '\n');
	}
	return true;
}

/* ---- ECS --------------------------------------------------------------------------------------------------------- */

/* Elastic's own scale of risk: low 21, medium 47, high 73, critical 99. */
static const uint64_t risk[LEVELS] = {0, 1, 21, 47, 73, 99};

static void
one_member(struct json_out *o, const struct model *m, const char *object, const char *name, uint32_t text)
{
	if (!text)
		return;
	jo_kopen(o, object, '{');
	text_member(o, m, name, text);
	jo_close(o, '}');
}

static void
ecs_threat(struct json_out *o, const struct model *m, const struct rule *r)
{
	if (r->techniques.n == 0 && r->tactics.n == 0)
		return;
	jo_kopen(o, "threat", '{');
	jo_kstr(o, "framework", "MITRE ATT&CK");
	if (r->techniques.n) {
		jo_kopen(o, "technique", '{');
		list_member(o, m, "id", r->techniques);
		list_member(o, m, "name", r->technique_names);
		jo_close(o, '}');
	}
	if (r->tactics.n) {
		jo_kopen(o, "tactic", '{');
		list_member(o, m, "name", r->tactics);
		jo_close(o, '}');
	}
	jo_close(o, '}');
}

static void
ecs_process(struct json_out *o, const struct model *m, const struct process *p)
{
	jo_kopen(o, "process", '{');
	text_member(o, m, "executable", p->exe);
	text_member(o, m, "command_line", p->cmd);
	text_member(o, m, "entity_id", p->entity);
	u64_text(o, m, "pid", p->pid);
	if (p->pexe || p->ppid) {
		jo_kopen(o, "parent", '{');
		text_member(o, m, "executable", p->pexe);
		text_member(o, m, "command_line", p->pcmd);
		text_member(o, m, "entity_id", p->pentity);
		u64_text(o, m, "pid", p->ppid);
		jo_close(o, '}');
	}
	jo_close(o, '}');
}

static void
ecs_rule(struct json_out *o, const struct model *m, const struct rule *r)
{
	jo_kopen(o, "rule", '{');
	text_member(o, m, "id", r->id);
	text_member(o, m, "name", r->name);
	text_member(o, m, "description", r->description);
	text_member(o, m, "license", r->license);
	text_member(o, m, "ruleset", r->ruleset);
	text_member(o, m, "version", r->version);
	if (r->author) {
		jo_kopen(o, "author", '[');
		jo_text(o, text_of(m, r->author));
		jo_close(o, ']');
	}
	jo_close(o, '}');
}

static void
ecs_put(struct json_out *o, struct model *m, const struct alert *a)
{
	char t[STAMP_LEN];

	stamp_put(t, a->at);
	jo_open(o, '{');
	jo_ktext(o, "@timestamp", slice_of(t, sizeof t));
	jo_kopen(o, "ecs", '{');
	jo_kstr(o, "version", "9.0.0");
	jo_close(o, '}');
	text_member(o, m, "message", a->summary);
	jo_kopen(o, "event", '{');
	jo_kstr(o, "kind", "alert");
	text_member(o, m, "id", a->id);
	jo_ku64(o, "severity", risk[a->level]);
	jo_close(o, '}');
	ecs_rule(o, m, &m->rule[a->rule]);
	ecs_threat(o, m, &m->rule[a->rule]);
	one_member(o, m, "host", "name", a->host);
	one_member(o, m, "user", "name", a->user);
	if (address(m, a->source))
		one_member(o, m, "source", "ip", a->source);
	if (address(m, a->destination))
		one_member(o, m, "destination", "ip", a->destination);
	if (a->process)
		ecs_process(o, m, &m->process[a->process - 1]);
	if (a->uri) {
		jo_kopen(o, "log", '{');
		one_member(o, m, "file", "path", a->uri);
		jo_close(o, '}');
	}
	jo_close(o, '}');
}

bool
report_ecs(struct model *m, const struct report_request *r, struct buf *out, uint64_t *left, struct fault *f)
{
	(void)r;
	(void)f;
	*left = 0;
	for (size_t i = 0; i < m->alerts; i++) {
		struct json_out o = json_out(out);

		ecs_put(&o, m, &m->alert[m->by_time[i]]);
		buf_byte(out, '\n');
	}
	return true;
}

/* ---- OCSF -------------------------------------------------------------------------------------------------------- */

static uint64_t
epoch_ms(struct stamp at)
{
	return at.s > 0 ? (uint64_t)at.s * 1000 + at.ns / 1000000 : 0;
}

/* Class, category and type of OCSF's base event; the time is the event's (ms). */
static void
ocsf_head(struct json_out *o, uint64_t class, uint64_t activity, int level, struct stamp at)
{
	static const uint64_t severity[LEVELS] = {0, 1, 2, 3, 4, 5};
	static const char *const word[LEVELS] = {"Unknown", "Informational", "Low", "Medium", "High", "Critical"};

	jo_open(o, '{');
	jo_ku64(o, "activity_id", activity);
	jo_ku64(o, "category_uid", 2);
	jo_ku64(o, "class_uid", class);
	jo_ku64(o, "type_uid", class * 100 + activity);
	jo_ku64(o, "severity_id", severity[level]);
	jo_kstr(o, "severity", word[level]);
	jo_ku64(o, "time", epoch_ms(at));
	jo_kopen(o, "metadata", '{');
	jo_kstr(o, "version", "1.3.0");
	jo_kopen(o, "product", '{');
	jo_kstr(o, "name", "irpipe");
	jo_kstr(o, "vendor_name", "irpipe");
	jo_close(o, '}');
	jo_close(o, '}');
}

static void
ocsf_attacks(struct json_out *o, const struct model *m, const struct rule *r)
{
	bool some = false;

	for (uint32_t i = 0; i < r->techniques.n; i++) {
		uint32_t t = item_of(m, r->techniques, i);

		if (!technique_is(text_of(m, t)))
			continue;
		if (!some)
			jo_kopen(o, "attacks", '[');
		some = true;
		jo_open(o, '{');
		jo_kstr(o, "version", ATTACK_VERSION);
		jo_kopen(o, "technique", '{');
		jo_ktext(o, "uid", slice_head(text_of(m, t), 5));
		if (i < r->technique_names.n && text_of(m, t).n == 5)
			jo_ktext(o, "name", text_of(m, item_of(m, r->technique_names, i)));
		jo_close(o, '}');
		if (text_of(m, t).n > 5) {
			jo_kopen(o, "sub_technique", '{');
			jo_ktext(o, "uid", text_of(m, t));
			jo_close(o, '}');
		}
		jo_close(o, '}');
	}
	if (some)
		jo_close(o, ']');
}

static void
observable(struct json_out *o, const struct model *m, const char *name, const char *type, uint64_t type_id, uint32_t text)
{
	if (!text)
		return;
	jo_open(o, '{');
	jo_kstr(o, "name", name);
	jo_kstr(o, "type", type);
	jo_ku64(o, "type_id", type_id);
	jo_ktext(o, "value", text_of(m, text));
	jo_close(o, '}');
}

/* Another tool's alert may have no id: then its event's. */
static void
uid_member(struct json_out *o, const struct model *m, const struct alert *a)
{
	jo_ktext(o, "uid", a->id || a->event ? text_of(m, a->id ? a->id : a->event) : SLICE("unknown"));
}

static void
ocsf_alert(struct json_out *o, struct model *m, const struct alert *a)
{
	const struct rule *r = &m->rule[a->rule];

	ocsf_head(o, 2004, 1, a->level, a->at);
	jo_kopen(o, "finding_info", '{');
	uid_member(o, m, a);
	text_member(o, m, "title", r->name);
	text_member(o, m, "desc", r->description);
	ocsf_attacks(o, m, r);
	jo_kopen(o, "analytic", '{');
	text_member(o, m, "uid", r->id);
	text_member(o, m, "name", r->name);
	jo_kstr(o, "type", "Rule");
	jo_ku64(o, "type_id", 1);
	jo_close(o, '}');
	jo_close(o, '}');
	text_member(o, m, "message", a->summary);
	jo_kopen(o, "observables", '[');
	observable(o, m, "device.hostname", "Hostname", 1, a->host);
	observable(o, m, "actor.user.name", "User Name", 4, a->user);
	observable(o, m, "src_endpoint.ip", "IP Address", 2, address(m, a->source) ? a->source : 0);
	observable(o, m, "dst_endpoint.ip", "IP Address", 2, address(m, a->destination) ? a->destination : 0);
	jo_close(o, ']');
	jo_close(o, '}');
}

/* OCSF's states: new, in progress, on hold, resolved, closed. */
static uint64_t
ocsf_status(struct slice s)
{
	return s.n == 0 || slice_eq(s, SLICE("new")) ? 1 : slice_eq(s, SLICE("on-hold")) ? 3 : slice_eq(s, SLICE("resolved")) ?
	    4 :
	    slice_eq(s, SLICE("closed")) ? 5 : 2;
}

static void
ocsf_assignee(struct json_out *o, struct model *m, const struct story *y)
{
	struct slice who = SLICE("");

	if (y->incident && doc_open(m, y->incident->json))
		who = doc_text(m, doc_node(m, "tier"));
	jo_kopen(o, "assignee_group", '{');
	jo_ktext(o, "name", who.n ? who : SLICE("unassigned"));
	jo_close(o, '}');
}

static void
ocsf_incident(struct json_out *o, struct model *m, const struct story *y)
{
	struct slice status = y->status ? text_of(m, y->status) : SLICE("");
	static const char *const word[6] = {"", "New", "In Progress", "On Hold", "Resolved", "Closed"};
	uint64_t id = ocsf_status(status);

	ocsf_head(o, 2005, id == 5 ? 3 : 1, y->level, y->first);
	jo_ku64(o, "start_time", epoch_ms(y->first));
	jo_ku64(o, "end_time", epoch_ms(y->last));
	jo_ku64(o, "status_id", id);
	jo_kstr(o, "status", word[id]);
	text_member(o, m, "desc", y->title ? y->title : y->host);
	ocsf_assignee(o, m, y);
	jo_kopen(o, "finding_info_list", '[');
	for (uint32_t i = 0; i < y->n && i < SHARE_ENTITIES_MAX; i++) {
		const struct alert *a = &m->alert[m->order[y->from + i]];

		jo_open(o, '{');
		uid_member(o, m, a);
		text_member(o, m, "title", m->rule[a->rule].name);
		jo_close(o, '}');
	}
	jo_close(o, ']');
	jo_close(o, '}');
}

bool
report_ocsf(struct model *m, const struct report_request *r, struct buf *out, uint64_t *left, struct fault *f)
{
	(void)r;
	(void)f;
	*left = 0;
	for (size_t i = 0; i < m->stories; i++) {
		struct json_out o = json_out(out);

		ocsf_incident(&o, m, &m->story[i]);
		buf_byte(out, '\n');
	}
	for (size_t i = 0; i < m->alerts; i++) {
		struct json_out o = json_out(out);

		ocsf_alert(&o, m, &m->alert[m->by_time[i]]);
		buf_byte(out, '\n');
	}
	return true;
}
