#include "lib/play/play.h"

#include "lib/incident/label.h"
#include "lib/play/read.h"
#include "lib/port/digest.h"

const struct slice play_stage_name[STAGE_COUNT] = {
	[STAGE_PREPARATION] = SLICE_INIT("preparation"), [STAGE_IDENTIFICATION] = SLICE_INIT("identification"),
	[STAGE_CONTAINMENT] = SLICE_INIT("containment"), [STAGE_ERADICATION] = SLICE_INIT("eradication"),
	[STAGE_RECOVERY] = SLICE_INIT("recovery"), [STAGE_LESSONS] = SLICE_INIT("lessons"),
};

const struct play_var *
play_var_find(const struct play *p, struct slice name)
{
	for (size_t k = 0; k < p->vars; k++)
		if (slice_eq(p->var[k].name, name))
			return &p->var[k];
	return NULL;
}

size_t
play_step_find(const struct play *p, struct slice id)
{
	for (size_t k = 0; k < p->steps; k++)
		if (slice_eq(p->step[k].id, id))
			return k + 1;
	return 0;
}

/* ---- variables ----------------------------------------------------------------------------------------------------------- */

static bool
var_from(const struct yaml *y, struct play_var *v, struct fault *f)
{
	struct slice from = {0}, head = SLICE("incident.entities.");

	if (!read_text(y, "from", MAY, &from, f))
		return false;
	v->from = ENTITY_COUNT;
	if (from.n == 0)
		return true;
	if (slice_starts(from, head))
		v->from = entity_by_name(slice_from(from, head.n));
	return v->from < ENTITY_COUNT || yaml_fault(f, "a variable comes from incident.entities.TYPE", yaml_get(y, "from"));
}

static bool
var_value(const struct yaml *y, struct arena *mem, struct play_var *v, struct fault *f)
{
	struct buf b = {0};
	const char *why;
	bool ok;

	if (v->from < ENTITY_COUNT)
		return v->value.n == 0 || yaml_fault(f, "either from or value", yaml_get(y, "value"));
	if (v->value.n == 0)
		return yaml_fault(f, "a variable needs from or value", y);
	ok = play_type_write(v->type, v->value, &b, &why) || yaml_fault(f, why, yaml_get(y, "value"));
	v->value = arena_slice(mem, buf_slice(&b));
	buf_free(&b);
	return ok;
}

static bool
read_var(const struct yaml *key, const struct yaml *y, struct arena *mem, struct play_var *v, struct fault *f)
{
	static const char *const known[] = {"from", "value", "type", "scope", "list", NULL};
	static const char *const scopes[] = {"any", "external", NULL};
	struct slice type = {0};
	int scope = 0;

	v->name = key->text;
	v->line = key->line;
	if (!read_keys(y, known, "a variable is a map", f) || !read_text(y, "type", MUST, &type, f) || !var_from(y, v, f)
	    || !read_text(y, "value", MAY, &v->value, f) || !read_choice(y, "scope", MAY, scopes, &scope, f)
	    || !read_bool(y, "list", MAY, &v->list, f))
		return false;
	v->type = play_type_by_name(type);
	if (v->type == TYPE_COUNT)
		return yaml_fault(f, "no such type", yaml_get(y, "type"));
	v->external = scope == 1;
	if (v->external && v->type != TYPE_IP && v->type != TYPE_CIDR)
		return yaml_fault(f, "only an ip or a cidr has a scope", yaml_get(y, "scope"));
	if (v->list && v->from == ENTITY_COUNT)
		return yaml_fault(f, "a list comes from the incident", yaml_get(y, "list"));
	return var_value(y, mem, v, f);
}

static bool
read_vars(const struct yaml *y, struct arena *mem, struct play *p, struct fault *f)
{
	const struct yaml *map = yaml_get(y, "vars");

	if (map == NULL)
		return true;
	if (map->type != YAML_MAP || map->n > PLAY_VARS)
		return yaml_fault(f, "vars is a map of at most 100", map);
	p->var = arena_zero(mem, (map->n + 1) * sizeof *p->var);
	for (p->vars = 0; p->vars < map->n; p->vars++)
		if (!read_var(&map->key[p->vars], &map->item[p->vars], mem, &p->var[p->vars], f))
			return false;
	return true;
}

/* ---- the head ------------------------------------------------------------------------------------------------------------ */

static bool
read_limits(const struct yaml *y, struct play *p, struct fault *f)
{
	static const char *const known[] = {"per_hour", "per_incident", NULL};
	const struct yaml *map = yaml_get(y, "limits");

	p->per_incident = 50;
	return map == NULL || (read_keys(map, known, "limits is a map", f) && read_u64(map, "per_hour", MAY, 100000,
	    &p->per_hour, f)
	    && read_u64(map, "per_incident", MAY, 100000, &p->per_incident, f));
}

static bool
read_labels(const struct yaml *y, struct play *p, struct fault *f)
{
	static const char *const pers[] = {"host", "user", "ip", "incident", NULL};
	static const enum entity_type entity[] = {ENTITY_HOST, ENTITY_USER, ENTITY_IP, ENTITY_COUNT};
	struct slice tlp = SLICE("amber");
	int per = 3;

	if (!read_text(y, "tlp", MAY, &tlp, f) || !read_choice(y, "per", MAY, pers, &per, f))
		return false;
	p->per = entity[per];
	p->tlp = tlp_by_name(tlp);
	return p->tlp > 0 || yaml_fault(f, "clear, green, amber, amber+strict or red is wanted", yaml_get(y, "tlp"));
}

static bool
read_head(const struct yaml *y, struct play *p, struct fault *f)
{
	static const char *const known[] = {"irpb", "id", "version", "title", "owner", "tlp", "per", "limits", "trigger",
	    "vars", "steps", "description",
		NULL};
	uint64_t format = 0, version = 0;
	struct slice title = {0};

	if (!read_keys(y, known, "a playbook is a map", f) || !read_u64(y, "irpb", MUST, 1, &format, f))
		return false;
	if (format != 1)
		return yaml_fault(f, "version 1 of the language is wanted", yaml_get(y, "irpb"));
	if (!read_id(y, "id", MUST, &p->id, f) || !read_u64(y, "version", MUST, 1000000000, &version, f) || !read_text(y,
	    "title", MAY, &title, f)
	    || !read_text(y, "owner", MUST, &p->owner, f) || !read_text(y, "description", MAY, &title, f))
		return false;
	p->version = yaml_get(y, "version")->text;
	p->owner_line = yaml_get(y, "owner")->line;
	while (p->version.n > 1 && p->version.p[0] == 0x30)
		p->version = slice_from(p->version, 1);
	return read_labels(y, p, f) && read_limits(y, p, f);
}

static bool
sum(struct slice text, struct play *p, struct fault *f)
{
	struct sha256 s;
	struct buf hex = {0};

	if (!digest_sha256(&text, 1, &s))
		return fault_set(f, "SHA-256 failed", 0);
	buf_hex(&hex, s.b, sizeof s.b);
	memcpy(p->sha, hex.p, sizeof p->sha);
	buf_free(&hex);
	return true;
}

bool
play_read(struct slice text, const struct action_set *actions, struct arena *mem, struct play *p, struct fault *f)
{
	const struct yaml *trigger;
	struct yaml *y;
	size_t docs;

	*p = (struct play){.bytes = text};
	if (!yaml_read(text, 1, mem, &y, &docs, f) || !sum(text, p, f))
		return false;
	if (docs != 1)
		return fault_set(f, "no document", 0);
	if (!read_head(y, p, f) || !read_vars(y, mem, p, f))
		return false;
	trigger = yaml_get(y, "trigger");
	if (trigger && !cond_read(trigger, mem, &p->trigger, f))
		return false;
	if (yaml_get(y, "steps") == NULL)
		return read_missing(y, "steps", f);
	return play_read_steps(yaml_get(y, "steps"), actions, mem, p, f) && play_check(p, f);
}
