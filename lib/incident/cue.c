#include "lib/incident/cue.h"

#include "lib/base/addr.h"
#include "lib/incident/label.h"
#include "lib/port/digest.h"

#include <stdlib.h>

const struct slice severity_name[SEVERITY_COUNT] = {SLICE_INIT("unknown"), SLICE_INIT("informational"), SLICE_INIT("low"),
    SLICE_INIT("medium"),
    SLICE_INIT("high"), SLICE_INIT("critical")};
const struct slice key_type_name[KEY_COUNT] = {SLICE_INIT("host"), SLICE_INIT("user"), SLICE_INIT("address"), SLICE_INIT("hash"),
    SLICE_INIT("group"), SLICE_INIT("rule")};

int
severity_by_name(struct slice s)
{
	for (int i = 1; i < SEVERITY_COUNT; i++)
		if (slice_eq_nocase(s, severity_name[i]))
			return i;
	return 0;
}

enum path_id {
	P_rule_id, P_rule_name, P_technique, P_tactic, P_group, P_outcome, P_type, P_action, P_asset, P_vuln, P_cve,
	    P_vuln_outcome, P_kev,
	P_host, P_host_id, P_user, P_user_target, P_source, P_destination, P_ips, P_users, P_hashes, P_hosts, P_dns, P_url, P_sni,
	P_destination_domain, P_source_domain, P_file, P_executable, P_process, P_known, P_alert_type, P_COUNT
};
static const struct slice path[P_COUNT] = {
	[P_rule_id] = SLICE_INIT("rule.id"), [P_rule_name] = SLICE_INIT("rule.name"),
	    [P_technique] = SLICE_INIT("threat.technique.id"),
	[P_tactic] = SLICE_INIT("threat.tactic.name"), [P_group] = SLICE_INIT("ir.alert.group"),
	    [P_outcome] = SLICE_INIT("event.outcome"),
	[P_type] = SLICE_INIT("event.type"), [P_action] = SLICE_INIT("event.action"), [P_asset] = SLICE_INIT("ir.asset"),
	[P_vuln] = SLICE_INIT("ir.vuln"), [P_cve] = SLICE_INIT("ir.vuln.cve"), [P_vuln_outcome] = SLICE_INIT("ir.vuln.outcome"),
	[P_kev] = SLICE_INIT("ir.vuln.kev"), [P_host] = SLICE_INIT("host.name"), [P_host_id] = SLICE_INIT("host.id"),
	[P_user] = SLICE_INIT("user.name"), [P_user_target] = SLICE_INIT("user.target.name"),
	    [P_source] = SLICE_INIT("source.ip"),
	[P_destination] = SLICE_INIT("destination.ip"), [P_ips] = SLICE_INIT("related.ip"),
	    [P_users] = SLICE_INIT("related.user"),
	[P_hashes] = SLICE_INIT("related.hash"), [P_hosts] = SLICE_INIT("related.hosts"),
	    [P_dns] = SLICE_INIT("dns.question.name"),
	[P_url] = SLICE_INIT("url.domain"), [P_sni] = SLICE_INIT("tls.client.server_name"),
	[P_destination_domain] = SLICE_INIT("destination.domain"), [P_source_domain] = SLICE_INIT("source.domain"),
	[P_file] = SLICE_INIT("file.path"), [P_executable] = SLICE_INIT("process.executable"),
	    [P_process] = SLICE_INIT("process.name"),
	[P_known] = SLICE_INIT("ir.known"), [P_alert_type] = SLICE_INIT("ir.alert.type"),
};

struct cue_paths {
	struct json_paths *set;
	uint32_t slot[P_COUNT];
};

struct cue_paths *
cue_paths_new(void)
{
	struct cue_paths *p = mem_zero(1, sizeof *p);

	p->set = json_paths_new();
	for (int i = 0; i < P_COUNT; i++)
		p->slot[i] = json_paths_add(p->set, path[i]);
	json_paths_done(p->set);
	return p;
}

void
cue_paths_free(struct cue_paths *p)
{
	if (!p)
		return;
	json_paths_free(p->set);
	free(p);
}

/* ---- taking -------------------------------------------------------------------------------------------------------------- */

struct take {
	const struct json *j;
	const struct cue_paths *paths;
	uint32_t slot[P_COUNT + 8];
	struct arena *mem;
	struct cue *a;
};

static uint32_t
node(const struct take *t, enum path_id p)
{
	return t->slot[t->paths->slot[p]];
}

static struct slice
value_at(const struct take *t, uint32_t v)
{
	struct buf b = {0};
	struct slice s;

	if (v == JSON_NONE || (json_type(t->j, v) != JSON_STRING && json_type(t->j, v) != JSON_NUMBER))
		return (struct slice){0};
	if (json_type(t->j, v) == JSON_NUMBER)
		return json_raw(t->j, v);
	if (!t->j->node[v].escaped)
		return json_inner(t->j, v);
	json_text_add(t->j, v, &b);
	s = arena_slice(t->mem, buf_slice(&b));
	buf_free(&b);
	return s;
}

/* The text, or the first of a list. */
static struct slice
text(const struct take *t, enum path_id p)
{
	uint32_t v = node(t, p);

	if (v != JSON_NONE && json_type(t->j, v) == JSON_ARRAY)
		v = json_first(t->j, v);
	return value_at(t, v);
}

static struct slice
lower(struct arena *mem, struct slice s)
{
	char *p = arena_dup(mem, s.p, s.n);

	for (size_t i = 0; i < s.n; i++)
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] + 32);
	return slice_of(p, s.n);
}

static void
entity(struct take *t, enum entity_type type, struct slice v)
{
	struct cue *a = t->a;

	if (v.n == 0 || slice_eq(v, SLICE("-")))
		return;
	if (v.n > CUE_VALUE_MAX || a->entities == CUE_VALUES) {
		a->left_out++;
		return;
	}
	if (type == ENTITY_HOST || type == ENTITY_DOMAIN || type == ENTITY_HASH)
		v = lower(t->mem, v);
	for (size_t i = 0; i < a->entities; i++)
		if (a->entity[i].type == type && slice_eq(a->entity[i].value, v))
			return;
	a->entity[a->entities++] = (struct cue_entity){type, v};
}

/* related.hosts holds hosts and domains alike: what is not the host itself and no address is a domain. */
static void
related(struct take *t, struct slice v)
{
	struct slice host = text(t, P_host);
	size_t dot = slice_find(v, '.');
	struct addr address;

	if (dot == v.n || slice_eq_nocase(v, host) || addr_read(v, &address))
		return;
	entity(t, ENTITY_DOMAIN, v);
}

static void
entities(struct take *t, enum path_id p, enum entity_type type)
{
	uint32_t v = node(t, p);

	if (v == JSON_NONE)
		return;
	if (json_type(t->j, v) != JSON_ARRAY) {
		entity(t, type, value_at(t, v));
		return;
	}
	for (uint32_t k = json_first(t->j, v); k != JSON_NONE; k = json_following(t->j, v, k)) {
		if (p == P_hosts)
			related(t, value_at(t, k));
		else
			entity(t, type, value_at(t, k));
	}
}

static void
all_entities(struct take *t)
{
	static const struct {
		enum path_id path;
		enum entity_type type;
	} from[] = {
		{P_host, ENTITY_HOST}, {P_user, ENTITY_USER}, {P_user_target, ENTITY_USER}, {P_users, ENTITY_USER}, {P_source,
		    ENTITY_IP},
		{P_destination, ENTITY_IP}, {P_ips, ENTITY_IP}, {P_dns, ENTITY_DOMAIN}, {P_url, ENTITY_DOMAIN}, {P_sni,
		    ENTITY_DOMAIN},
		{P_destination_domain, ENTITY_DOMAIN}, {P_source_domain, ENTITY_DOMAIN}, {P_hosts, ENTITY_DOMAIN}, {P_hashes,
		    ENTITY_HASH},
		{P_file, ENTITY_FILE}, {P_executable, ENTITY_PROCESS},
	};

	for (size_t i = 0; i < sizeof from / sizeof *from; i++)
		entities(t, from[i].path, from[i].type);
	if (text(t, P_executable).n == 0)
		entities(t, P_process, ENTITY_PROCESS);
}

static size_t
words(struct take *t, enum path_id p, struct slice *out)
{
	uint32_t v = node(t, p);
	size_t n = 0;

	if (v == JSON_NONE)
		return 0;
	if (json_type(t->j, v) != JSON_ARRAY) {
		out[0] = value_at(t, v);
		return out[0].n > 0;
	}
	for (uint32_t k = json_first(t->j, v); k != JSON_NONE; k = json_following(t->j, v, k)) {
		struct slice s = value_at(t, k);

		if (s.n == 0)
			continue;
		if (n == CUE_WORDS || s.n > CUE_VALUE_MAX)
			t->a->left_out++;
		else
			out[n++] = s;
	}
	return n;
}

static struct slice
member(const struct take *t, uint32_t object, const char *name)
{
	return slice_head(value_at(t, json_get(t->j, object, slice_str(name))), CUE_VALUE_MAX);
}

static void
assets(struct take *t)
{
	uint32_t v = node(t, P_asset);

	if (v == JSON_NONE || json_type(t->j, v) != JSON_ARRAY)
		return;
	for (uint32_t k = json_first(t->j, v); k != JSON_NONE; k = json_following(t->j, v, k)) {
		if (json_type(t->j, k) != JSON_OBJECT)
			continue;
		if (t->a->assets == CUE_WORDS) {
			t->a->left_out++;
			break;
		}
		t->a->asset[t->a->assets++] = (struct cue_asset){member(t, k, "for"), member(t, k, "name"), member(t, k, "owner"),
		    member(t, k, "criticality")};
	}
}

static bool
says_blocked(const struct take *t)
{
	static const struct slice word[] = {SLICE_INIT("denied"), SLICE_INIT("blocked"), SLICE_INIT("dropped"),
	    SLICE_INIT("quarantined"),
		SLICE_INIT("prevented")};
	struct slice type[CUE_WORDS + 1];
	size_t n = words((struct take *)(uintptr_t)t, P_type, type);

	type[n++] = text(t, P_action);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < sizeof word / sizeof *word; k++)
			if (slice_eq_nocase(type[i], word[k]))
				return true;
	return false;
}

/* ---- the story's key ----------------------------------------------------------------------------------------------------- */

static bool
key_is(struct take *t, enum key_type key, struct slice v)
{
	if (v.n == 0 || v.n > CUE_VALUE_MAX || slice_eq(v, SLICE("-")))
		return false;
	t->a->key = key;
	t->a->value = key == KEY_ADDRESS || key == KEY_GROUP || key == KEY_RULE ? v : lower(t->mem, v);
	return true;
}

static bool
key_address(struct take *t)
{
	for (size_t i = 0; i < t->a->entities; i++)
		if (t->a->entity[i].type == ENTITY_IP && entity_external(t->a->entity[i].value))
			return key_is(t, KEY_ADDRESS, t->a->entity[i].value);
	return false;
}

static bool
key_group(struct take *t)
{
	uint32_t v = node(t, P_group);

	if (v == JSON_NONE || json_type(t->j, v) == JSON_NULL)
		return false;
	return key_is(t, KEY_GROUP, json_type(t->j, v) == JSON_STRING ? value_at(t, v) : json_raw(t->j, v));
}

static void
story_key(struct take *t)
{
	struct slice user = text(t, P_user);

	if (key_is(t, KEY_HOST, text(t, P_host)) || key_is(t, KEY_HOST, text(t, P_host_id))
	    || (!entity_common_user(user) && key_is(t, KEY_USER, user)) || key_address(t) || key_is(t, KEY_HASH, text(t,
	        P_hashes))
	    || key_group(t))
		return;
	t->a->key = KEY_RULE;
	t->a->value = t->a->rule;
}

/* ---- one record ---------------------------------------------------------------------------------------------------------- */

/* SSVC's outcome; without one, known exploitation is high (ENRICH.md section 4). */
static int
vulnerability_level(const struct take *t)
{
	static const struct {
		struct slice outcome;
		int level;
	} row[] = {
		{SLICE_INIT("act"), SEVERITY_CRITICAL}, {SLICE_INIT("immediate"), SEVERITY_CRITICAL}, {SLICE_INIT("attend"),
		    SEVERITY_HIGH},
		{SLICE_INIT("out-of-cycle"), SEVERITY_HIGH}, {SLICE_INIT("track*"), SEVERITY_MEDIUM},
		    {SLICE_INIT("scheduled"), SEVERITY_MEDIUM},
	};
	struct slice outcome = text(t, P_vuln_outcome);
	uint32_t kev = node(t, P_kev);

	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		if (slice_eq_nocase(outcome, row[i].outcome))
			return row[i].level;
	return kev != JSON_NONE && json_type(t->j, kev) == JSON_TRUE ? SEVERITY_HIGH : SEVERITY_LOW;
}

/* Without an id of its own (another tool's alert) it gets the one that ir-match would give. */
static struct slice
identity(struct take *t, const struct record *r)
{
	struct slice id = record_id(r), event;
	char hex[32];

	if (r->kind == KIND_ALERT && id.n && id.n <= 128)
		return id;
	event = r->node[R_id] != JSON_NONE ? value_at(t, r->node[R_id]) : r->line;
	alert_id(t->a->rule, &event, 1, hex);
	return slice_of(arena_dup(t->mem, hex, sizeof hex), sizeof hex);
}

static bool
fingerprint(const struct take *t, const struct record *r)
{
	char at[STAMP_LEN];
	struct slice event = r->node[R_id] != JSON_NONE ? value_at(t, r->node[R_id]) : (struct slice){0};
	struct slice zero = SLICE("\0");
	struct slice part[7] = {t->a->rule, zero, event, zero, t->a->uri, zero, slice_of(at, sizeof at)};
	struct sha256 sum;

	stamp_put(at, t->a->at);
	if (!digest_sha256(part, 7, &sum))
		return false;
	memcpy(t->a->print, sum.b, sizeof t->a->print);
	return true;
}

static void
labels(const struct take *t, const struct record *r)
{
	t->a->tlp = r->node[R_tlp] != JSON_NONE ? tlp_by_name(value_at(t, r->node[R_tlp])) : 0;
	t->a->pap = r->node[R_pap] != JSON_NONE ? pap_by_name(value_at(t, r->node[R_pap])) : 0;
	if (t->a->tlp == 0)
		t->a->tlp = TLP_AMBER;
	if (t->a->pap == 0)
		t->a->pap = PAP_GREEN;
}

/* An indicator that a warning list names (a public resolver, a great site) says nothing alone (RESPONSE.md section 1). */
static bool
on_warning_list(const struct take *t)
{
	uint32_t known = node(t, P_known);

	return known != JSON_NONE && json_type(t->j, known) == JSON_ARRAY && json_first(t->j, known) != JSON_NONE
	    && slice_starts(text(t, P_alert_type), SLICE("indicator"));
}

static void
rule_of(struct take *t, const struct record *r)
{
	struct cue *a = t->a;
	struct slice level = r->node[R_alert_level] != JSON_NONE ? value_at(t, r->node[R_alert_level]) : (struct slice){0};

	a->vulnerability = r->kind == KIND_EVENT;
	a->rule = slice_head(text(t, a->vulnerability ? P_cve : P_rule_id), CUE_VALUE_MAX);
	a->rule_name = slice_head(text(t, P_rule_name), CUE_VALUE_MAX);
	if (a->rule.n == 0)
		a->rule = a->rule_name.n ? a->rule_name : SLICE("unknown");
	if (a->vulnerability || a->rule_name.n == 0)
		a->rule_name = a->rule;
	a->known_good = on_warning_list(t);
	a->level = a->vulnerability ? vulnerability_level(t) : severity_by_name(level);
	if (a->known_good && a->level > SEVERITY_LOW)
		a->level = SEVERITY_LOW;
}

bool
cue_take(const struct cue_paths *p, const struct record *r, struct arena *mem, struct cue *a, const char **reason)
{
	struct take t = {.j = r->j, .paths = p, .mem = mem, .a = a};

	*reason = NULL;
	if (r->kind != KIND_ALERT && r->kind != KIND_EVENT)
		return false;
	json_pick(r->j, p->set, 0, t.slot);
	if (r->kind == KIND_EVENT && (node(&t, P_vuln) == JSON_NONE || json_type(r->j, node(&t, P_vuln)) != JSON_OBJECT))
		return false;
	memset(a, 0, offsetof(struct cue, entity));
	a->entities = a->techniques = a->tactics = a->assets = 0;
	a->left_out = 0;
	a->at = r->at;
	rule_of(&t, r);
	a->id = identity(&t, r);
	a->uri = r->node[R_src_uri] != JSON_NONE ? value_at(&t, r->node[R_src_uri]) : (struct slice){0};
	a->off = 0;
	if (r->node[R_src_off] != JSON_NONE && !json_u64(r->j, r->node[R_src_off], &a->off))
		a->off = 0;
	a->techniques = words(&t, P_technique, a->technique);
	a->tactics = words(&t, P_tactic, a->tactic);
	all_entities(&t);
	assets(&t);
	labels(&t, r);
	a->blocked = says_blocked(&t);
	story_key(&t);
	if (!r->timed)
		*reason = "no-time";
	else if (!fingerprint(&t, r))
		*reason = "digest-failed";
	return *reason == NULL;
}
