/* What must hold between the steps of a playbook (RESPONSE.md section 6, "lint"). */
#include "lib/play/play.h"

#include "lib/port/yaml.h"

/* The scalar with this text below y, breadth first over a few levels; NULL: none. */
static const struct yaml *
find_text(const struct yaml *y, struct slice text)
{
	const struct yaml *queue[256];
	size_t at = 0, n = 0;

	queue[n++] = y;
	while (at < n) {
		const struct yaml *v = queue[at++];

		if (v->type == YAML_SCALAR && slice_eq(v->text, text))
			return v;
		for (size_t k = 0; v->type != YAML_SCALAR && k < v->n; k++) {
			if (v->type == YAML_MAP && slice_eq(v->key[k].text, text))
				return &v->key[k];
			if (n < sizeof queue / sizeof *queue)
				queue[n++] = &v->item[k];
		}
	}
	return NULL;
}

bool
play_fault(const struct play_step *s, const char *key, const char *what, struct slice near, struct fault *f)
{
	const struct yaml *v = key ? yaml_get(s->y, key) : NULL, *at = v ? find_text(v, near) : NULL;

	if (at == NULL)
		at = v;
	return fault_place(f, what, near, at ? at->line : s->line, at ? at->column : s->column);
}

static bool
fault(const struct play_step *s, const char *what, struct slice near, struct fault *f)
{
	return fault_place(f, what, near, s->line, s->column);
}

/* The variable that a name means at a step: the playbook's, or a loop's around it. */
static bool
type_of(const struct play *p, const struct play_step *s, struct slice name, enum play_type *type, bool *list, bool *external)
{
	const struct play_var *v = play_var_find(p, name);

	for (size_t up = s->parent; v == NULL && up; up = p->step[up - 1].parent)
		if (p->step[up - 1].kind == PLAY_FOREACH && slice_eq(p->step[up - 1].var, name)) {
			v = play_var_find(p, p->step[up - 1].in);
			*type = v->type;
			*list = false;
			*external = v->external;
			return true;
		}
	if (v == NULL)
		return false;
	*type = v->type;
	*list = v->list;
	*external = v->external;
	return true;
}

/* Every ${name} of a text is a variable with one value; the type of the last is told. */
static bool
names(const struct play *p, const struct play_step *s, const char *key, struct slice text, struct fault *f)
{
	struct play_step here = *s;
	size_t at = 0;
	struct slice name;
	bool malformed, list, external;
	enum play_type type;

	if (key && yaml_get(s->y, key)) {
		here.line = yaml_get(s->y, key)->line;
		here.column = yaml_get(s->y, key)->column;
	}
	s = &here;
	while (play_names(text, &at, &name, &malformed)) {
		if (!type_of(p, s, name, &type, &list, &external))
			return fault(s, "no such variable", name, f);
		if (list)
			return fault(s, "a list stands where one value is wanted", name, f);
	}
	return !malformed || fault(s, "${ without }", text, f);
}

/* "${name}" and nothing else. */
static bool
lone_name(struct slice text, struct slice *name)
{
	size_t at = 0;

	return play_names(text, &at, name, NULL) && name->n + 3 == text.n;
}

static bool
may_become(enum play_type from, enum play_type to)
{
	if (from == to)
		return true;
	return (to == TYPE_CIDR && from == TYPE_IP) || (to == TYPE_HOST && from == TYPE_DOMAIN) || (to == TYPE_DOMAIN
	    && from == TYPE_HOST)
	    || to == TYPE_TEXT;
}

static bool
check_arg(const struct play *p, const struct play_step *s, const struct play_pair *a, struct fault *f)
{
	const struct action_param *want = action_param_find(s->action, a->name);
	struct play_step here = *s;
	struct slice name;
	enum play_type type;
	bool list, external, ok;
	struct buf b = {0};
	const char *why;

	here.line = a->line;
	here.column = a->column;
	if (want == NULL)
		return fault(&here, "the action has no such argument", a->name, f);
	if (!names(p, &here, NULL, a->value, f))
		return false;
	if (lone_name(a->value, &name)) {
		if (!type_of(p, &here, name, &type, &list, &external) || !may_become(type, want->type))
			return fault(&here, "a variable of another type is wanted", a->value, f);
		return !want->external || external || fault(&here, "a variable of scope external is wanted", a->value, f);
	}
	if (slice_find(a->value, '$') < a->value.n)
		return want->type == TYPE_TEXT || fault(&here, "a typed argument is one variable or one value", a->value, f);
	ok = play_type_write(want->type, a->value, &b, &why) || fault(&here, why, a->value, f);
	buf_free(&b);
	return ok;
}

static bool
has_pair(const struct play_step *s, struct slice name)
{
	for (size_t k = 0; k < s->pairs; k++)
		if (slice_eq(s->pair[k].name, name))
			return true;
	return false;
}

static bool
check_args(const struct play *p, const struct play_step *s, struct fault *f)
{
	for (size_t k = 0; k < s->pairs; k++)
		if (!check_arg(p, s, &s->pair[k], f))
			return false;
	for (size_t k = 0; k < s->action->params; k++)
		if (s->action->param[k].required && !has_pair(s, s->action->param[k].name))
			return fault(s, "an argument is missing", s->action->param[k].name, f);
	return true;
}

/* ---- containment --------------------------------------------------------------------------------------------------------- */

static bool
approved(const struct play *p, const struct play_step *s)
{
	for (size_t k = 0; k < s->afters; k++) {
		size_t n = play_step_find(p, s->after[k]);

		if (n && p->step[n - 1].kind == PLAY_APPROVE)
			return true;
	}
	return false;
}

static bool
check_containment(const struct play *p, const struct play_step *s, struct fault *f)
{
	const struct action *a = s->action;

	if (s->undo.n == 0)
		return fault(s, "containment without undo", s->id, f);
	if (s->key.n == 0)
		return fault(s, "containment without key", s->id, f);
	if (a->check.n == 0 && !a->check.native)
		return fault(s, "containment with an action that cannot be checked", s->id, f);
	if (s->ttl < 0 && !has_pair(s, SLICE("ttl")))
		return fault(s, "containment without ttl", s->id, f);
	return approved(p, s) || fault(s, "containment without approval", s->id, f);
}

/* Evidence comes before what destroys it (gate G1). */
static bool
evidence_before(const struct play *p, size_t number, struct fault *f)
{
	const struct play_step *s = &p->step[number];

	for (size_t k = 0; k < number; k++) {
		const struct play_step *e = &p->step[k];

		if (e->stage == STAGE_IDENTIFICATION && (e->kind == PLAY_MANUAL || (e->action
		    && e->action->class == CLASS_EVIDENCE)))
			return true;
	}
	return fault(s, "disruption before evidence", s->id, f);
}

/* ---- places -------------------------------------------------------------------------------------------------------------- */

static bool
forward(const struct play *p, size_t number, const char *key, struct slice target, struct fault *f)
{
	const struct play_step *s = &p->step[number];
	size_t to;

	if (target.n == 0 || slice_eq(target, SLICE("fail")) || slice_eq(target, SLICE("continue")))
		return true;
	to = play_step_find(p, target);
	if (to == 0)
		return play_fault(s, key, "no such step", target, f);
	return to > number + 1 || play_fault(s, key, "a jump goes forward only", target, f);
}

static bool
check_after(const struct play *p, size_t number, struct fault *f)
{
	const struct play_step *s = &p->step[number];

	for (size_t k = 0; k < s->afters; k++) {
		size_t n = play_step_find(p, s->after[k]);

		if (n == 0)
			return play_fault(s, "after", "no such step", s->after[k], f);
		if (n > number)
			return play_fault(s, "after", "after names a step that does not come before", s->after[k], f);
	}
	return true;
}

static bool
check_key(const struct play *p, size_t number, struct fault *f)
{
	const struct play_step *s = &p->step[number];

	if (s->key.n == 0)
		return true;
	for (size_t k = 0; k < number; k++)
		if (slice_eq(p->step[k].key, s->key))
			return play_fault(s, "key", "the key is taken by another step", s->key, f);
	/* The same key for each turn of a loop would do one turn only. */
	for (size_t up = s->parent; up; up = p->step[up - 1].parent)
		if (p->step[up - 1].kind == PLAY_FOREACH) {
			size_t at = 0;
			struct slice name;
			bool found = false;

			while (!found && play_names(s->key, &at, &name, NULL))
				found = slice_eq(name, p->step[up - 1].var);
			if (!found)
				return play_fault(s, "key", "the key is the same in each turn of the loop", s->key, f);
		}
	return names(p, s, "key", s->key, f);
}

static bool
check_undo(const struct play *p, size_t number, struct fault *f)
{
	const struct play_step *s = &p->step[number];
	size_t n = play_step_find(p, s->undo_of);

	if (n == 0)
		return play_fault(s, "run", "no such step", s->undo_of, f);
	if (n > number || p->step[n - 1].action == NULL)
		return play_fault(s, "run", "undo names a step before it that runs an action", s->undo_of, f);
	return true;
}

static bool
check_set(const struct play *p, const struct play_step *s, struct fault *f)
{
	for (size_t k = 0; k < s->pairs; k++) {
		const struct play_var *v = play_var_find(p, s->pair[k].name);
		struct buf b = {0};
		const char *why;
		bool ok;

		if (v == NULL || v->list)
			return fault_place(f, v ? "a list cannot be set" : "no such variable", s->pair[k].name,
			    s->pair[k].line, s->pair[k].column);
		ok = play_type_write(v->type, s->pair[k].value, &b, &why)
		    || fault_place(f, why, s->pair[k].value, s->pair[k].line, s->pair[k].column);
		buf_free(&b);
		if (!ok)
			return false;
	}
	return true;
}

static bool
check_step(const struct play *p, size_t number, struct fault *f)
{
	const struct play_step *s = &p->step[number];

	if (!check_after(p, number, f) || !forward(p, number, "on_failure", s->on_failure, f) || !forward(p, number,
	    s->kind == PLAY_APPROVE ? "approve" : "wait", s->on_timeout, f)
	    || !check_key(p, number, f) || !names(p, s, s->kind == PLAY_MANUAL ? "manual" : NULL, s->text, f))
		return false;
	if (s->kind == PLAY_SET)
		return check_set(p, s, f);
	if (s->kind != PLAY_RUN)
		return true;
	if (s->action == NULL)
		return check_undo(p, number, f);
	if (!check_args(p, s, f) || (s->stage == STAGE_CONTAINMENT && !check_containment(p, s, f)))
		return false;
	return !s->action->disruptive || evidence_before(p, number, f);
}

bool
play_check(const struct play *p, struct fault *f)
{
	unsigned stages = 0;

	for (size_t k = 0; k < p->steps; k++) {
		if (!check_step(p, k, f))
			return false;
		stages |= 1u << p->step[k].stage;
	}
	/* A playbook without trigger is called by others, which have the stages. */
	for (int k = 0; p->trigger.rows && k < STAGE_COUNT; k++)
		if ((stages & 1u << k) == 0)
			return fault_place(f, "a stage has no step", play_stage_name[k], 1, 1);
	return play_lint(p, f);
}
