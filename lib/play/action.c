#include "lib/play/action.h"

#include "lib/base/num.h"
#include "lib/base/stamp.h"
#include "lib/incident/label.h"
#include "lib/play/read.h"

const struct slice action_class_name[CLASS_COUNT] = {
	[CLASS_EVIDENCE] = SLICE_INIT("evidence"), [CLASS_CONTAINMENT] = SLICE_INIT("containment"),
	[CLASS_ERADICATION] = SLICE_INIT("eradication"), [CLASS_RECOVERY] = SLICE_INIT("recovery"),
	    [CLASS_NOTIFY] = SLICE_INIT("notify"),
};

enum { ARGV_MAX = 64, PARAM_MAX = 32, SETUP_MAX = 32, TIMEOUT_MAX = 24 * 3600 };

const struct action_param *
action_param_find(const struct action *a, struct slice name)
{
	for (size_t i = 0; i < a->params; i++)
		if (slice_eq(a->param[i].name, name))
			return &a->param[i];
	return NULL;
}

/* ---- reading ------------------------------------------------------------------------------------------------------------- */

static bool
read_max(const struct yaml *y, struct action_param *p, struct fault *f)
{
	const struct yaml *max = yaml_get(y, "max");

	if (max == NULL)
		return true;
	if (p->type == TYPE_DURATION)
		return read_duration(y, "max", MAY, &p->max, f);
	if (p->type != TYPE_INT || max->type != YAML_SCALAR || !num_i64(max->text, &p->max))
		return yaml_fault(f, "max is a number for int, a duration for duration", max);
	return true;
}

static bool
read_param(const struct yaml *key, const struct yaml *y, struct action_param *p, struct fault *f)
{
	static const char *const known[] = {"type", "scope", "required", "max", NULL};
	static const char *const scopes[] = {"any", "external", NULL};
	struct slice type = {0};
	int scope = 0;

	p->name = key->text;
	if (!read_keys(y, known, "a parameter is a map", f) || !read_text(y, "type", MUST, &type, f)
	    || !read_choice(y, "scope", MAY, scopes, &scope, f) || !read_bool(y, "required", MAY, &p->required, f))
		return false;
	p->type = play_type_by_name(type);
	if (p->type == TYPE_COUNT)
		return yaml_fault(f, "no such type", yaml_get(y, "type"));
	p->external = scope == 1;
	if (p->external && p->type != TYPE_IP && p->type != TYPE_CIDR)
		return yaml_fault(f, "only an ip or a cidr has a scope", yaml_get(y, "scope"));
	return read_max(y, p, f);
}

static bool
read_params(const struct yaml *y, struct arena *mem, struct action *a, struct fault *f)
{
	const struct yaml *map = yaml_get(y, "params");

	if (map == NULL)
		return true;
	if (map->type != YAML_MAP || map->n > PARAM_MAX)
		return yaml_fault(f, "params is a map of at most 32", map);
	a->param = arena_zero(mem, (map->n + 1) * sizeof *a->param);
	for (a->params = 0; a->params < map->n; a->params++)
		if (!read_param(&map->key[a->params], &map->item[a->params], &a->param[a->params], f))
			return false;
	return true;
}

/* ${name} must be a parameter that may stand in argv; programs with a language take no free value (RESPONSE.md section 7). */
static bool
check_element(const struct action *a, const struct yaml *item, struct fault *f)
{
	size_t at = 0;
	struct slice name, family = SLICE(".family");
	bool malformed;

	while (play_names(item->text, &at, &name, &malformed)) {
		const struct action_param *p = action_param_find(a, name);

		if (p == NULL && slice_ends(name, family)) {
			p = action_param_find(a, slice_head(name, name.n - family.n));
			if (p && p->type != TYPE_IP && p->type != TYPE_CIDR)
				p = NULL;
		}
		if (p == NULL)
			return fault_place(f, "no such parameter", name, item->line, item->column);
		if (p->type == TYPE_TEXT)
			return fault_place(f, "text never reaches argv", name, item->line, item->column);
		if (a->language && (p->type == TYPE_USER || p->type == TYPE_PATH || p->type == TYPE_URL || p->type == TYPE_ID))
			return fault_place(f, "a program with a language takes no such type", name, item->line, item->column);
	}
	return !malformed || yaml_fault(f, "${ without }", item);
}

static bool
check_argv(const struct action *a, const struct yaml *y, struct arena *mem, struct action_argv *v, struct fault *f)
{
	if (y->type == YAML_SCALAR && slice_eq(y->text, SLICE("native"))) {
		v->native = true;
		return a->program.n == 0 || yaml_fault(f, "native has no program", y);
	}
	if (y->type != YAML_LIST || y->n == 0 || y->n > ARGV_MAX)
		return yaml_fault(f, "a list of 1 to 64 arguments, or native, is wanted", y);
	v->v = arena_zero(mem, y->n * sizeof *v->v);
	for (v->n = 0; v->n < y->n; v->n++) {
		const struct yaml *item = &y->item[v->n];

		if (item->type != YAML_SCALAR)
			return yaml_fault(f, "an argument is a text", item);
		if (!check_element(a, item, f))
			return false;
		v->v[v->n] = item->text;
	}
	return slice_eq(v->v[0], a->program) || yaml_fault(f, "the program is not the one that needs.program names", &y->item[0]);
}

static bool
read_argvs(const struct yaml *y, struct arena *mem, struct action *a, struct fault *f)
{
	const struct yaml *run = yaml_get(y, "do"), *check = yaml_get(y, "check"), *undo = yaml_get(y, "undo"),
	    *setup = yaml_get(y, "setup");

	if (run == NULL)
		return read_missing(y, "do", f);
	if (!check_argv(a, run, mem, &a->run, f) || (check && !check_argv(a, check, mem, &a->check, f))
	    || (undo && !check_argv(a, undo, mem, &a->undo, f)))
		return false;
	if (setup == NULL)
		return true;
	if (setup->type != YAML_LIST || setup->n > SETUP_MAX)
		return yaml_fault(f, "setup is a list of at most 32 argument lists", setup);
	a->setup = arena_zero(mem, (setup->n + 1) * sizeof *a->setup);
	for (a->setups = 0; a->setups < setup->n; a->setups++)
		if (!check_argv(a, &setup->item[a->setups], mem, &a->setup[a->setups], f))
			return false;
	return true;
}

static bool
read_needs(const struct yaml *y, struct arena *mem, struct action *a, struct fault *f)
{
	static const char *const known[] = {"program", "cap", NULL};
	const struct yaml *needs = yaml_get(y, "needs");

	if (needs == NULL)
		return true;
	if (!read_keys(needs, known, "needs is a map", f) || !read_text(needs, "program", MAY, &a->program, f)
	    || !read_words(needs, "cap", MAY, mem, &a->cap, &a->caps, f))
		return false;
	if (a->program.n && a->program.p[0] != '/')
		return yaml_fault(f, "a program is named by its absolute path", yaml_get(needs, "program"));
	return true;
}

static bool
read_guard(const struct yaml *y, struct action *a, struct fault *f)
{
	static const char *const known[] = {"never", "max_per_10m", "max_active", NULL};
	const struct yaml *guard = yaml_get(y, "guard");

	if (guard == NULL)
		return true;
	if (!read_keys(guard, known, "guard is a map", f) || !read_text(guard, "never", MAY, &a->guard_never, f)
	    || !read_u64(guard, "max_per_10m", MAY, 1000000, &a->max_per_10m, f)
	    || !read_u64(guard, "max_active", MAY, 1000000, &a->max_active, f))
		return false;
	if (a->guard_never.n && action_param_find(a, a->guard_never) == NULL)
		return yaml_fault(f, "no such parameter", yaml_get(guard, "never"));
	return true;
}

static bool
read_labels(const struct yaml *y, struct action *a, struct fault *f)
{
	static const char *const classes[] = {"evidence", "containment", "eradication", "recovery", "notify", NULL};
	static const char *const paps[] = {"clear", "green", "amber", "red", NULL};
	int class = 0, pap = PAP_GREEN - 1;

	if (!read_choice(y, "class", MUST, classes, &class, f) || !read_choice(y, "pap", MAY, paps, &pap, f))
		return false;
	a->class = (enum action_class)class;
	a->pap = pap + 1;
	return true;
}

bool
action_read(struct slice text, struct arena *mem, struct action *a, struct fault *f)
{
	static const char *const known[] = {"irpact", "id", "title", "class", "params", "idempotent", "disruptive", "pap",
	    "needs", "language",
		"timeout", "guard", "setup", "check", "do", "undo", NULL};
	struct yaml *y;
	size_t docs;
	uint64_t version = 0;

	*a = (struct action){.timeout = 30};
	if (!yaml_read(text, 1, mem, &y, &docs, f))
		return false;
	if (docs != 1)
		return fault_set(f, "no document", 0);
	if (!read_keys(y, known, "an action is a map", f) || !read_u64(y, "irpact", MUST, 1, &version, f))
		return false;
	if (version != 1)
		return yaml_fault(f, "version 1 is wanted", yaml_get(y, "irpact"));
	if (!read_id(y, "id", MUST, &a->id, f) || !read_text(y, "title", MAY, &a->title, f) || !read_labels(y, a, f)
	    || !read_params(y, mem, a, f) || !read_bool(y, "idempotent", MAY, &a->idempotent, f)
	    || !read_bool(y, "disruptive", MAY, &a->disruptive, f) || !read_needs(y, mem, a, f)
	    || !read_bool(y, "language", MAY, &a->language, f) || !read_duration(y, "timeout", MAY, &a->timeout, f))
		return false;
	if (a->timeout < 1 || a->timeout > TIMEOUT_MAX)
		return yaml_fault(f, "a timeout is 1 s to 24 h", yaml_get(y, "timeout"));
	return read_guard(y, a, f) && read_argvs(y, mem, a, f);
}

/* ---- the set ------------------------------------------------------------------------------------------------------------- */

/* The first place whose id is not before `id`. */
static size_t
place(const struct action_set *s, struct slice id)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (slice_cmp(s->v[mid]->id, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct action *
action_find(const struct action_set *s, struct slice id)
{
	size_t at = place(s, id);

	return at < s->n && slice_eq(s->v[at]->id, id) ? s->v[at] : NULL;
}

/* Sets are read once and small: each addition copies the list into the arena. */
bool
action_add(struct action_set *s, const struct action *a, struct arena *mem)
{
	size_t at = place(s, a->id);
	const struct action **v;

	if (at < s->n && slice_eq(s->v[at]->id, a->id))
		return false;
	v = arena_zero(mem, (s->n + 1) * sizeof *v);
	for (size_t i = 0; i < s->n; i++)
		v[i + (i >= at)] = s->v[i];
	v[at] = a;
	s->v = v;
	s->n++;
	return true;
}

/* ---- values -------------------------------------------------------------------------------------------------------------- */

static bool
within(const struct action_param *p, struct slice value)
{
	int64_t n;

	if (p->max == 0 || (p->type != TYPE_INT && p->type != TYPE_DURATION))
		return true;
	return (p->type == TYPE_INT ? num_i64(value, &n) : stamp_duration(value, &n)) && n <= p->max;
}

static bool
one_arg(const struct action_param *p, struct slice value, struct arena *mem, struct play_arg *out, const char **why)
{
	struct buf b = {0};
	bool ok = play_type_write(p->type, value, &b, why);

	if (ok && !within(p, buf_slice(&b))) {
		*why = "more than the action allows";
		ok = false;
	}
	if (ok)
		*out = (struct play_arg){p->name, arena_slice(mem, buf_slice(&b)), p->type};
	buf_free(&b);
	return ok;
}

bool
action_args(const struct action *a, const struct play_arg *given, size_t n, struct arena *mem, struct play_arg *out, size_t *outs,
    struct slice *bad, const char **why)
{
	*outs = 0;
	*why = NULL;
	for (size_t i = 0; i < n; i++)
		if (action_param_find(a, given[i].name) == NULL) {
			*bad = given[i].name;
			*why = "no such parameter";
			return false;
		}
	for (size_t i = 0; i < a->params; i++) {
		const struct play_arg *g = play_arg_find(given, n, a->param[i].name);

		*bad = a->param[i].name;
		if (g == NULL && a->param[i].required)
			*why = "a parameter is missing";
		if (g && one_arg(&a->param[i], g->value, mem, &out[*outs], why))
			(*outs)++;
		if (*why)
			return false;
	}
	return true;
}

bool
action_expand(const struct action_argv *argv, const struct play_arg *arg, size_t n, struct arena *mem, struct slice *v,
    const char **why)
{
	struct buf b = {0};
	bool ok = true, dashes = false;

	*why = NULL;
	for (size_t i = 0; ok && i < argv->n; i++) {
		struct slice text = argv->v[i];

		buf_reset(&b);
		ok = play_expand(text, arg, n, &b, why);
		if (ok && b.n && b.p[0] == '-' && text.p[0] == '$' && !dashes) {
			*why = "a value that begins with -";
			ok = false;
		}
		if (ok && slice_find(buf_slice(&b), 0) < b.n) {
			*why = "a value with a NUL";
			ok = false;
		}
		dashes |= slice_eq(text, SLICE("--"));
		if (ok) {
			v[i] = arena_slice(mem, slice_of(buf_cstr(&b), b.n + 1));
			v[i].n--;
		}
	}
	buf_free(&b);
	return ok;
}
