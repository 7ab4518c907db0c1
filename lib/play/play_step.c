/* Steps of a playbook: read without recursion; a stack holds the lists that are still open. */
#include "lib/play/play.h"

#include "lib/base/num.h"
#include "lib/play/read.h"

struct open {
	const struct yaml *list;
	size_t at, parent;		/* parent: step number + 1; 0: the playbook */
	bool otherwise;
	size_t branch;
};
struct reader {
	const struct action_set *actions;
	struct arena *mem;
	struct play *p;
	struct open open[4 * PLAY_DEPTH];
	size_t opens;
	struct fault *f;
};

static const char *const kind_key[PLAY_KINDS] = {
	[PLAY_RUN] = "run", [PLAY_NOTIFY] = "notify", [PLAY_APPROVE] = "approve", [PLAY_MANUAL] = "manual",
	    [PLAY_WAIT] = "wait", [PLAY_SET] = "set",
	[PLAY_IF] = "if", [PLAY_FOREACH] = "foreach", [PLAY_PARALLEL] = "parallel", [PLAY_CALL] = "call",
};

/* ---- one kind each ------------------------------------------------------------------------------------------------------- */

static bool
pairs(struct reader *r, const struct yaml *map, struct play_step *s)
{
	if (map == NULL)
		return true;
	if (map->type != YAML_MAP || map->n > PLAY_VARS)
		return yaml_fault(r->f, "a map of names and values is wanted", map);
	s->pair = arena_zero(r->mem, (map->n + 1) * sizeof *s->pair);
	for (s->pairs = 0; s->pairs < map->n; s->pairs++) {
		const struct yaml *v = &map->item[s->pairs];

		if (v->type != YAML_SCALAR)
			return yaml_fault(r->f, "a value is wanted", v);
		s->pair[s->pairs] = (struct play_pair){map->key[s->pairs].text, v->text, v->line, v->column};
	}
	return true;
}

static bool
run(struct reader *r, const struct yaml *y, struct play_step *s)
{
	static const char *const known[] = {"action", "args", "undo", NULL};
	struct slice name = {0};

	if (!read_keys(y, known, "run is a map", r->f) || !read_text(y, "action", MAY, &name, r->f)
	    || !read_text(y, "undo", MAY, &s->undo_of, r->f))
		return false;
	if ((name.n > 0) == (s->undo_of.n > 0))
		return yaml_fault(r->f, "either an action or undo of a step is wanted", y);
	if (name.n && (s->action = action_find(r->actions, name)) == NULL)
		return yaml_fault(r->f, "no such action", yaml_get(y, "action"));
	return pairs(r, yaml_get(y, "args"), s);
}

static bool
notify(struct reader *r, const struct yaml *y, struct play_step *s)
{
	static const char *const known[] = {"to", "template", "every", NULL};
	return read_keys(y, known, "notify is a map", r->f) && read_text(y, "to", MUST, &s->to, r->f)
	    && read_text(y, "template", MUST, &s->template, r->f) && read_duration(y, "every", MAY, &s->every, r->f);
}

static bool
approve(struct reader *r, const struct yaml *y, struct play_step *s)
{
	static const char *const known[] = {"by", "need", "within", "valid", "on_timeout", NULL};

	s->need = 1;
	if (!read_keys(y, known, "approve is a map", r->f) || !read_words(y, "by", MUST, r->mem, &s->by, &s->bys, r->f)
	    || !read_u64(y, "need", MAY, 100, &s->need, r->f) || !read_duration(y, "within", MAY, &s->within, r->f)
	    || !read_duration(y, "valid", MAY, &s->valid, r->f) || !read_text(y, "on_timeout", MAY, &s->on_timeout, r->f))
		return false;
	if (s->bys == 0)
		return yaml_fault(r->f, "nobody may approve", yaml_get(y, "by"));
	return s->need > 0 || yaml_fault(r->f, "at least one person must approve", yaml_get(y, "need"));
}

static bool
manual(struct reader *r, const struct yaml *y, struct play_step *s)
{
	static const char *const known[] = {"do", "by", "due", NULL};

	return read_keys(y, known, "manual is a map", r->f) && read_text(y, "do", MUST, &s->text, r->f)
	    && read_words(y, "by", MAY, r->mem, &s->by, &s->bys, r->f) && read_duration(y, "due", MAY, &s->due, r->f);
}

/* What a wait waits for is kept in words: facts are told by people. */
static bool
until(struct reader *r, const struct yaml *y, struct play_step *s)
{
	struct buf b = {0};

	if (y == NULL)
		return true;
	if (y->type != YAML_MAP || y->n == 0)
		return yaml_fault(r->f, "a map of conditions is wanted", y);
	for (size_t k = 0; k < y->n; k++) {
		if (y->item[k].type != YAML_SCALAR)
			return yaml_fault(r->f, "a value is wanted", &y->item[k]);
		if (!slice_starts(y->key[k].text, SLICE("fact.")))
			return yaml_fault(r->f, "a wait waits for fact.NAME", &y->key[k]);
		if (k)
			buf_lit(&b, ", ");
		buf_slice_add(&b, y->key[k].text);
		buf_lit(&b, " = ");
		buf_slice_add(&b, y->item[k].text);
	}
	s->text = arena_slice(r->mem, buf_slice(&b));
	buf_free(&b);
	return true;
}

static bool
wait(struct reader *r, const struct yaml *y, struct play_step *s)
{
	static const char *const known[] = {"until", "for", "within", "on_timeout", NULL};

	if (!read_keys(y, known, "wait is a map", r->f) || !until(r, yaml_get(y, "until"), s) || !read_duration(y, "for", MAY,
	    &s->pause, r->f)
	    || !read_duration(y, "within", MAY, &s->within, r->f) || !read_text(y, "on_timeout", MAY, &s->on_timeout, r->f))
		return false;
	if ((s->text.n > 0) == (s->pause >= 0))
		return yaml_fault(r->f, "either until or for is wanted", y);
	return s->pause >= 0 || s->within >= 0 || yaml_fault(r->f, "a wait without end: within is missing", y);
}

static bool
foreach(struct reader *r, const struct yaml *y, struct play_step *s)
{
	static const char *const known[] = {"var", "in", "max", NULL};
	const struct play_var *v;

	if (!read_keys(y, known, "foreach is a map", r->f) || !read_text(y, "var", MUST, &s->var, r->f)
	    || !read_text(y, "in", MUST, &s->in, r->f) || !read_u64(y, "max", MUST, PLAY_EACH, &s->max, r->f))
		return false;
	v = play_var_find(r->p, s->in);
	if (v == NULL)
		return yaml_fault(r->f, "no such variable", yaml_get(y, "in"));
	if (!v->list)
		return yaml_fault(r->f, "no list", yaml_get(y, "in"));
	return play_var_find(r->p, s->var) == NULL || yaml_fault(r->f, "the name is taken by a variable", yaml_get(y, "var"));
}

static bool
call(struct reader *r, const struct yaml *y, struct play_step *s)
{
	static const char *const known[] = {"playbook", "args", NULL};

	return read_keys(y, known, "call is a map", r->f) && read_id(y, "playbook", MUST, &s->callee_id, r->f)
	    && pairs(r, yaml_get(y, "args"), s);
}

static bool
body(struct reader *r, const struct yaml *y, struct play_step *s)
{
	switch (s->kind) {
	case PLAY_RUN:
		return run(r, y, s);
	case PLAY_NOTIFY:
		return notify(r, y, s);
	case PLAY_APPROVE:
		return approve(r, y, s);
	case PLAY_MANUAL:
		return manual(r, y, s);
	case PLAY_WAIT:
		return wait(r, y, s);
	case PLAY_SET:
		return pairs(r, y, s);
	case PLAY_IF:
		return cond_read(y, r->mem, &s->cond, r->f);
	case PLAY_FOREACH:
		return foreach(r, y, s);
	case PLAY_CALL:
		return call(r, y, s);
	default:
		return true;
	}
}

/* ---- what all steps have ------------------------------------------------------------------------------------------------- */

static bool
undo(struct reader *r, const struct yaml *step, struct play_step *s)
{
	static const char *const known[] = {"manual", "none", NULL};
	const struct yaml *y = yaml_get(step, "undo");
	struct buf b = {0};
	bool ok = true;

	if (y == NULL)
		return true;
	if (y->type == YAML_SCALAR && slice_eq(y->text, SLICE("auto"))) {
		if (s->action && s->action->undo.n == 0 && !s->action->undo.native)
			return yaml_fault(r->f, "the action has no undo of its own", y);
		s->undo = y->text;
		return true;
	}
	if (y->type != YAML_MAP || y->n != 1)
		return yaml_fault(r->f, "auto, {manual: TEXT} or {none: REASON} is wanted", y);
	ok = read_keys(y, known, "undo", r->f) && (y->item[0].type == YAML_SCALAR || yaml_fault(r->f, "a text is wanted",
	    &y->item[0]));
	if (ok) {
		buf_slice_add(&b, y->key[0].text);
		buf_lit(&b, ": ");
		buf_slice_add(&b, y->item[0].text);
		s->undo = arena_slice(r->mem, buf_slice(&b));
	}
	buf_free(&b);
	return ok;
}

static bool
codes(struct reader *r, const struct yaml *y, struct play_step *s)
{
	if (y == NULL)
		return true;
	if (y->type != YAML_LIST || y->n > sizeof s->code / sizeof *s->code)
		return yaml_fault(r->f, "a list of at most 16 exit codes is wanted", y);
	for (; s->codes < y->n; s->codes++)
		if (!num_u64(y->item[s->codes].text, &s->code[s->codes]) || s->code[s->codes] > 255)
			return yaml_fault(r->f, "an exit code is 0 to 255", &y->item[s->codes]);
	return true;
}

static bool
retry(struct reader *r, const struct yaml *step, struct play_step *s)
{
	static const char *const known[] = {"max", "delay", "backoff", "codes", NULL};
	const struct yaml *y = yaml_get(step, "retry");

	if (y == NULL)
		return true;
	if (s->kind != PLAY_RUN)
		return yaml_fault(r->f, "only run is tried again", y);
	if (!read_keys(y, known, "retry is a map", r->f) || !read_u64(y, "max", MUST, 10, &s->retries, r->f)
	    || !read_duration(y, "delay", MAY, &s->retry_delay, r->f) || !read_bool(y, "backoff", MAY, &s->backoff, r->f)
	    || !codes(r, yaml_get(y, "codes"), s))
		return false;
	return (s->action && s->action->idempotent) || s->retries == 0 || yaml_get(step, "key")
	    || yaml_fault(r->f, "an action that is not idempotent is tried again only with a key", y);
}

/* out: {variable: member of the result}. */
static bool
out(struct reader *r, const struct yaml *step, struct play_step *s)
{
	const struct yaml *y = yaml_get(step, "out");

	if (y == NULL)
		return true;
	if (s->kind != PLAY_RUN || y->type != YAML_MAP || y->n > PLAY_VARS)
		return yaml_fault(r->f, "out: a map of names, of a run step", y);
	s->out = arena_zero(r->mem, (y->n + 1) * sizeof *s->out);
	for (; s->outs < y->n; s->outs++) {
		const struct yaml *v = &y->item[s->outs];

		if (v->type != YAML_SCALAR)
			return yaml_fault(r->f, "a name is wanted", v);
		s->out[s->outs] = (struct play_pair){y->key[s->outs].text, v->text, v->line, v->column};
	}
	return true;
}

static bool
kind_of(struct reader *r, const struct yaml *y, struct play_step *s, const struct yaml **at)
{
	int found = 0;

	for (int k = 0; k < PLAY_KINDS; k++)
		if (yaml_get(y, kind_key[k])) {
			s->kind = (enum play_kind)k;
			*at = yaml_get(y, kind_key[k]);
			found++;
		}
	if (found != 1)
		return yaml_fault(r->f,
		    "a step has exactly one of run notify approve manual wait set if foreach parallel call", y);
	return true;
}

static bool
stage_of(struct reader *r, const struct yaml *y, struct play_step *s)
{
	static const char *const stages[] = {"preparation", "identification", "containment", "eradication", "recovery",
	    "lessons", NULL};
	int stage = -1;

	if (!read_choice(y, "stage", MAY, stages, &stage, r->f))
		return false;
	if (stage < 0 && s->parent == 0)
		return read_missing(y, "stage", r->f);
	s->stage = stage >= 0 ? (enum play_stage)stage : r->p->step[s->parent - 1].stage;
	return true;
}

static bool
common(struct reader *r, const struct yaml *y, struct play_step *s)
{
	if (!read_id(y, "id", MUST, &s->id, r->f))
		return false;
	if (play_step_find(r->p, s->id))
		return yaml_fault(r->f, "the id is taken by another step", yaml_get(y, "id"));
	return stage_of(r, y, s) && read_text(y, "react", MAY, &s->react, r->f) && read_words(y, "after", MAY, r->mem,
	    &s->after, &s->afters, r->f)
	    && read_duration(y, "timeout", MAY, &s->timeout, r->f) && read_duration(y, "ttl", MAY, &s->ttl, r->f)
	    && read_text(y, "on_failure", MAY, &s->on_failure, r->f) && read_bool(y, "final", MAY, &s->final, r->f)
	    && read_text(y, "key", MAY, &s->key, r->f);
}

/* ---- lists inside -------------------------------------------------------------------------------------------------------- */

static bool
push(struct reader *r, const struct yaml *list, size_t parent, bool otherwise)
{
	if (list->type != YAML_LIST)
		return yaml_fault(r->f, "a list of steps is wanted", list);
	if (r->opens == sizeof r->open / sizeof *r->open)
		return yaml_fault(r->f, "steps are nested too deeply", list);
	r->open[r->opens++] = (struct open){list, 0, parent, otherwise, 0};
	return true;
}

static bool
inner(struct reader *r, const struct yaml *y, const struct yaml *at, const struct play_step *s, size_t number)
{
	const struct yaml *then = yaml_get(y, s->kind == PLAY_IF ? "then" : "do"), *other = yaml_get(y, "else");

	if (s->kind == PLAY_PARALLEL) {
		if (at->type != YAML_LIST || at->n == 0)
			return yaml_fault(r->f, "a list of lists of steps is wanted", at);
		for (size_t k = at->n; k-- > 0;)
			if (!push(r, &at->item[k], number, false))
				return false;
			else
				r->open[r->opens - 1].branch = k;
		return true;
	}
	if (s->kind != PLAY_IF && s->kind != PLAY_FOREACH)
		return true;
	if (then == NULL)
		return read_missing(y, s->kind == PLAY_IF ? "then" : "do", r->f);
	return (other == NULL || s->kind != PLAY_IF || push(r, other, number, true)) && push(r, then, number, false);
}

static bool
one(struct reader *r, const struct yaml *y, const struct open *o)
{
	static const char *const known[] = {"id", "stage", "timeout", "on_failure", "final", "after", "react", "run",
	    "notify", "approve", "manual",
		"wait", "set", "if", "then", "else", "foreach", "do", "parallel", "call", "key", "retry", "out", "undo",
		    "check", "ttl", NULL};
	struct play *p = r->p;
	struct play_step *s = &p->step[p->steps];
	const struct yaml *at = NULL;

	if (p->steps == PLAY_STEPS)
		return yaml_fault(r->f, "more than 500 steps", y);
	*s = (struct play_step){.line = y->line, .column = y->column, .y = y, .parent = o->parent, .otherwise = o->otherwise,
	    .branch = o->branch,
	    .timeout = -1, .within = -1,
	    .valid = -1, .due = -1, .pause = -1, .ttl = -1, .retry_delay = -1, .every = -1};
	if (!read_keys(y, known, "a step is a map", r->f) || !kind_of(r, y, s, &at) || !common(r, y, s) || !body(r, at, s)
	    || !undo(r, y, s)
	    || !retry(r, y, s) || !out(r, y, s))
		return false;
	p->steps++;
	return inner(r, y, at, s, p->steps);
}

bool
play_read_steps(const struct yaml *list, const struct action_set *actions, struct arena *mem, struct play *p, struct fault *f)
{
	struct reader r = {.actions = actions, .mem = mem, .p = p, .f = f};

	p->step = arena_zero(mem, PLAY_STEPS * sizeof *p->step);
	if (!push(&r, list, 0, false))
		return false;
	while (r.opens) {
		struct open *o = &r.open[r.opens - 1];

		if (o->at < o->list->n) {
			struct open now = *o;

			o->at++;
			if (!one(&r, &now.list->item[now.at], &now))
				return false;
			continue;
		}
		r.opens--;
	}
	/* A step ends where the next one stands that is not inside it. */
	for (size_t k = p->steps; k-- > 0;) {
		struct play_step *s = &p->step[k];

		if (s->end == 0)
			s->end = k + 1;
		if (s->parent && p->step[s->parent - 1].end < s->end)
			p->step[s->parent - 1].end = s->end;
	}
	return true;
}
