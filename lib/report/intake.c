/* Alerts into rows. */
#include "lib/report/model_priv.h"

struct slice
value_of(struct model *m, uint32_t node)
{
	if (node == JSON_NONE)
		return SLICE("");
	if (json_type(m->j, node) == JSON_ARRAY) {
		node = json_first(m->j, node);
		if (node == JSON_NONE)
			return SLICE("");
	}
	if (json_type(m->j, node) == JSON_OBJECT || json_type(m->j, node) == JSON_NULL)
		return SLICE("");
	buf_reset(&m->scratch);
	return json_text(m->j, node, &m->scratch);
}

struct slice
value_at(struct model *m, enum path p)
{
	return value_of(m, m->slot[p]);
}

uint64_t
number_at(struct model *m, enum path p)
{
	uint64_t n = 0;

	return m->slot[p] != JSON_NONE && json_u64(m->j, m->slot[p], &n) ? n : 0;
}

static uint32_t
keep_at(struct model *m, enum path p, size_t max)
{
	return text_shown(m, value_at(m, p), max);
}

/* ---- rules ------------------------------------------------------------------------------------------------------- */

enum { LIST_MAX = 64 };

static struct list
list_at(struct model *m, enum path p)
{
	uint32_t node = m->slot[p];
	struct list l = {0};

	if (node == JSON_NONE)
		return l;
	if (json_type(m->j, node) != JSON_ARRAY) {
		item_add(m, &l, keep_at(m, p, VALUE_MAX));
		return l;
	}
	for (uint32_t k = json_first(m->j, node); k != JSON_NONE && l.n < LIST_MAX; k = json_following(m->j, node, k))
		item_add(m, &l, text_shown(m, value_of(m, k), VALUE_MAX));
	return l;
}

static void
rule_read(struct model *m, struct rule *r)
{
	r->id = keep_at(m, P_rule_id, VALUE_MAX);
	r->name = keep_at(m, P_rule_name, VALUE_MAX);
	if (!r->name)
		r->name = r->id ? r->id : keep_text(m, SLICE("(no name)"));
	r->author = keep_at(m, P_rule_author, VALUE_MAX);
	r->description = keep_at(m, P_rule_description, 4 * VALUE_MAX);
	r->license = keep_at(m, P_rule_license, VALUE_MAX);
	r->ruleset = keep_at(m, P_rule_ruleset, VALUE_MAX);
	r->version = keep_at(m, P_rule_version, VALUE_MAX);
	r->tactics = list_at(m, P_tactic);
	r->techniques = list_at(m, P_technique);
	r->technique_names = list_at(m, P_technique_name);
	r->benign = list_at(m, P_rule_falsepositives);
	r->references = list_at(m, P_rule_references);
}

static uint32_t
rule_take(struct model *m, int level)
{
	bool made;
	struct map_row *row;

	buf_reset(&m->made);
	buf_slice_add(&m->made, value_at(m, P_rule_id));
	buf_byte(&m->made, '\0');
	buf_slice_add(&m->made, value_at(m, P_rule_name));
	row = map_put(&m->rule_by, buf_slice(&m->made), &made);
	if (made) {
		m->rule = mem_grow(m->rule, &m->rule_cap, m->rules, sizeof *m->rule);
		m->rule[m->rules] = (struct rule){.level = level};
		rule_read(m, &m->rule[m->rules]);
		row->v.u = m->rules++;
	}
	if (level > m->rule[row->v.u].level)
		m->rule[row->v.u].level = level;
	return (uint32_t)row->v.u;
}

/* ---- why --------------------------------------------------------------------------------------------------------- */

static uint32_t
member(struct model *m, uint32_t object, struct slice name)
{
	return json_get(m->j, object, name);
}

/* What matched, if the record does not tell its length: the pattern itself, where it stands in the value as it is. */
static size_t
match_length(struct slice value, struct slice pattern, uint64_t off)
{
	if (pattern.n == 0 || off > value.n || pattern.n > value.n - off)
		return 0;
	return slice_starts_nocase(slice_from(value, (size_t)off), pattern) ? pattern.n : 0;
}

static void
why_one(struct model *m, uint32_t node)
{
	uint32_t value = member(m, node, SLICE("value")), off_node = member(m, node, SLICE("off")), len_node = member(m, node,
	    SLICE("len"));
	struct why w = {0};
	uint64_t off = 0, n = 0;
	size_t at, len = 0;

	w.field = text_shown(m, value_of(m, member(m, node, SLICE("field"))), VALUE_MAX);
	w.op = text_shown(m, value_of(m, member(m, node, SLICE("op"))), VALUE_MAX);
	buf_reset(&m->made);
	buf_slice_add(&m->made, value_of(m, member(m, node, SLICE("pattern"))));
	w.pattern = text_shown(m, buf_slice(&m->made), VALUE_MAX);
	if (off_node != JSON_NONE && json_u64(m->j, off_node, &off)) {
		if (len_node != JSON_NONE && json_u64(m->j, len_node, &n))
			len = (size_t)n;
		else
			len = match_length(value_of(m, value), buf_slice(&m->made), off);
	}
	if (off > value_of(m, value).n || len > value_of(m, value).n - off)
		len = 0;
	at = (size_t)off;
	w.value = text_shown_part(m, value_of(m, value), VALUE_MAX, &at, &len);
	if (at + len > text_of(m, w.value).n)
		len = 0;
	w.off = (uint32_t)at;
	w.len = (uint32_t)len;
	m->why = mem_grow(m->why, &m->why_cap, m->whys, sizeof *m->why);
	m->why[m->whys++] = w;
}

static void
why_take(struct model *m, struct alert *a)
{
	uint32_t list = m->slot[P_why];

	a->why_from = (uint32_t)m->whys;
	if (list == JSON_NONE || json_type(m->j, list) != JSON_ARRAY)
		return;
	for (uint32_t k = json_first(m->j, list); k != JSON_NONE && a->why_n < WHY_MAX; k = json_following(m->j, list, k))
		if (json_type(m->j, k) == JSON_OBJECT) {
			why_one(m, k);
			a->why_n++;
		}
}

/* ---- the row ----------------------------------------------------------------------------------------------------- */

static uint32_t
process_take(struct model *m)
{
	struct process p = {
		.exe = keep_at(m, P_exe, VALUE_MAX), .cmd = keep_at(m, P_cmd, VALUE_MAX), .entity = keep_at(m, P_entity,
		    VALUE_MAX),
		.pid = keep_at(m, P_pid, VALUE_MAX), .pexe = keep_at(m, P_pexe, VALUE_MAX), .pcmd = keep_at(m, P_pcmd, VALUE_MAX),
		.pentity = keep_at(m, P_pentity, VALUE_MAX), .ppid = keep_at(m, P_ppid, VALUE_MAX),
	};

	if (!p.exe)
		p.exe = keep_at(m, P_process_name, VALUE_MAX);
	if (!p.pexe)
		p.pexe = keep_at(m, P_pname, VALUE_MAX);
	/* Without a number or an id it has no place in a tree. */
	if (!p.exe || (!p.entity && !p.pid))
		return 0;
	m->process = mem_grow(m->process, &m->process_cap, m->processes, sizeof *m->process);
	m->process[m->processes++] = p;
	return (uint32_t)m->processes;
}

static uint32_t
host_take(struct model *m)
{
	static const enum path from[] = {P_host, P_observer, P_source_ip, P_user, P_account};

	for (size_t i = 0; i < sizeof from / sizeof *from; i++)
		if (value_at(m, from[i]).n)
			return keep_at(m, from[i], VALUE_MAX);
	return keep_text(m, SLICE("-"));
}

static void
span_grow(struct stamp *first, struct stamp *last, struct stamp at, bool begin)
{
	if (begin || stamp_cmp(at, *first) < 0)
		*first = at;
	if (begin || stamp_cmp(at, *last) > 0)
		*last = at;
}

static void
finding_take(struct model *m, const struct alert *a)
{
	uint32_t key[2] = {a->rule, a->host};
	struct rule *r = &m->rule[a->rule];
	bool made;
	struct map_row *row = map_put(&m->finding_by, slice_of((const char *)key, sizeof key), &made);
	struct finding *f;

	if (made) {
		m->finding = mem_grow(m->finding, &m->finding_cap, m->findings, sizeof *m->finding);
		m->finding[m->findings] = (struct finding){.rule = a->rule, .host = a->host};
		row->v.u = m->findings++;
		r->hosts++;
	}
	f = &m->finding[row->v.u];
	span_grow(&f->first, &f->last, a->at, made);
	f->count++;
	span_grow(&r->first, &r->last, a->at, r->hits == 0);
	r->hits++;
}

struct source_row *
source_take(struct model *m, struct slice uri)
{
	bool made;
	struct map_row *row = map_get(&m->source_by, uri);

	if (!row && m->sources >= SOURCES_MAX) {
		m->sources_dropped++;
		return NULL;
	}
	row = map_put(&m->source_by, uri, &made);
	if (made) {
		m->source = mem_grow(m->source, &m->source_cap, m->sources, sizeof *m->source);
		m->source[m->sources] = (struct source_row){.uri = text_shown(m, uri, VALUE_MAX)};
		row->v.u = m->sources++;
	}
	return &m->source[row->v.u];
}

static void
source_alert(struct model *m, const struct alert *a)
{
	struct source_row *s;

	buf_reset(&m->made);
	buf_slice_add(&m->made, value_at(m, P_uri));
	if (m->made.n == 0 || !(s = source_take(m, buf_slice(&m->made))))
		return;
	if (!s->fmt)
		s->fmt = keep_at(m, P_fmt, VALUE_MAX);
	s->alerts++;
	span_grow(&s->first, &s->last, a->at, !s->dated);
	s->dated = true;
}

/* The same alert again (a replay) counts once.  The id's row says which alert has it. */
static bool
seen(struct model *m, uint32_t id)
{
	if (id == 0)
		return false;
	if (m->text.row[id].v.u) {
		m->folded++;
		return true;
	}
	m->text.row[id].v.u = m->alerts + 1;
	return false;
}

void
alert_take(struct model *m, const struct record *r)
{
	struct alert a = {.at = r->at};
	int level;

	m->j = r->j;
	json_pick(r->j, m->paths, 0, m->slot);
	if (m->alerts >= ALERTS_MAX) {
		m->alerts_dropped++;
		return;
	}
	a.id = keep_text(m, slice_head(value_at(m, P_alert_id), TEXT_SHORT));
	if (seen(m, a.id))
		return;
	level = level_word(value_at(m, P_alert_level));
	if (!level)
		level = level_word(value_at(m, P_rule_level));
	a.level = (uint8_t)level;
	a.event = keep_text(m, slice_head(value_at(m, P_id), TEXT_SHORT));
	a.rule = rule_take(m, level);
	a.host = host_take(m);
	a.user = keep_at(m, P_user, VALUE_MAX);
	a.source = keep_at(m, P_source_ip, VALUE_MAX);
	a.destination = keep_at(m, P_destination_ip, VALUE_MAX);
	a.uri = keep_at(m, P_uri, VALUE_MAX);
	a.off = number_at(m, P_off);
	a.rec = number_at(m, P_rec);
	a.count = number_at(m, P_alert_count);
	a.summary = summary_take(m);
	a.process = process_take(m);
	why_take(m, &a);
	finding_take(m, &a);
	source_alert(m, &a);
	if (m->rule[a.rule].hits == 1)
		m->rule[a.rule].example = (uint32_t)m->alerts;
	m->hits[level]++;
	m->alert = mem_grow(m->alert, &m->alert_cap, m->alerts, sizeof *m->alert);
	m->alert[m->alerts++] = a;
	entities_take(m, &a, (uint32_t)m->alerts);
}
