#include "lib/play/plan.h"

#include "lib/port/digest.h"

#include <stdlib.h>

/* ---- values -------------------------------------------------------------------------------------------------------------- */

struct walk {
	const struct play *p;
	const struct incident *i;
	struct slice per;
	struct stamp base;
	struct arena *mem;
	struct plan *plan;
	struct play_arg bound[PLAY_VARS + PLAY_DEPTH * 4];
	size_t vars;			/* bound[0..vars): variables; behind them the loops' */
	struct loop {
		const struct play_step *step;
		size_t start;
		struct slice *value;
		size_t n, k;
	} loop[PLAY_DEPTH * 4];
	size_t loops;
	bool *taken;			/* if: by number of the step */
	struct slice prefix;		/* ids of called steps: "clean." */
	const struct play_step *approve;	/* of the call */
	unsigned depth;
	size_t cap, runs;
};

static int
by_text(const void *a, const void *b)
{
	return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

/* Sorted values of an entity in canonical form; what is of a wrong form or not in scope is left out. */
static size_t
values_of(struct walk *w, const struct play_var *v, struct slice **out)
{
	const struct map *m = &w->i->entity[v->from];
	struct buf b = {0};
	const char *why;
	size_t n = 0;

	*out = arena_zero(w->mem, (m->n + 1) * sizeof **out);
	for (size_t k = 0; k < m->n; k++) {
		buf_reset(&b);
		if (!play_type_write(v->type, m->row[k].key, &b, &why)) {
			w->plan->left_out++;
			continue;
		}
		if (!v->external || entity_external(buf_slice(&b)))
			(*out)[n++] = arena_slice(w->mem, buf_slice(&b));
	}
	qsort(*out, n, sizeof **out, by_text);
	buf_free(&b);
	return n;
}

static void
bind(struct walk *w)
{
	const struct play *p = w->p;

	for (size_t k = 0; k < p->vars; k++) {
		const struct play_var *v = &p->var[k];
		struct play_arg a = {v->name, v->value, v->type};
		struct slice *all;

		if (v->list)
			continue;
		if (v->from < ENTITY_COUNT) {
			if (v->from == p->per)
				a.value = w->per;
			else if (values_of(w, v, &all) > 0)
				a.value = all[0];
			else
				continue;
		}
		w->bound[w->vars++] = a;
	}
}

static bool
expand(struct walk *w, struct slice text, struct slice *out)
{
	struct buf b = {0};
	const char *why;
	bool ok = play_expand(text, w->bound, w->vars + w->loops, &b, &why);

	if (ok)
		*out = arena_slice(w->mem, buf_slice(&b));
	buf_free(&b);
	return ok;
}

/* ---- one step -------------------------------------------------------------------------------------------------------- */

static void
number(struct walk *w, const struct play_step *s, struct plan_step *x)
{
	struct buf b = {0};

	buf_slice_add(&b, w->prefix);
	buf_slice_add(&b, s->id);
	for (size_t k = 0; k < w->loops; k++) {
		buf_byte(&b, '/');
		buf_u64(&b, w->loop[k].k + 1);
	}
	x->id = arena_slice(w->mem, buf_slice(&b));
	buf_free(&b);
}

/* Without a key of its own a step is known by playbook, entity and id. */
static bool
key(struct walk *w, const struct play_step *s, struct plan_step *x)
{
	struct slice zero = SLICE("\0");
	struct slice incident = slice_of(w->i->id, sizeof w->i->id);
	unsigned char sum[16];
	struct buf b = {0};

	if (s->key.n && !expand(w, s->key, &x->key))
		return false;
	if (s->key.n == 0) {
		buf_slice_add(&b, w->p->id);
		buf_byte(&b, '/');
		if (w->per.n) {
			buf_slice_add(&b, w->per);
			buf_byte(&b, '/');
		}
		buf_slice_add(&b, x->id);
		x->key = arena_slice(w->mem, buf_slice(&b));
		buf_reset(&b);
	}
	digest_xxh3((struct slice[]){x->key, zero, incident}, 3, sum);
	buf_hex(&b, sum, sizeof sum);
	memcpy(x->action, b.p, sizeof x->action);
	buf_free(&b);
	return true;
}

static void
due(struct walk *w, int64_t after, struct plan_step *x)
{
	struct stamp at = {w->base.s + after, w->base.ns};
	char text[STAMP_LEN];

	if (after < 0)
		return;
	stamp_put(text, at);
	x->due = slice_of(arena_dup(w->mem, text, sizeof text), sizeof text);
}

static bool
run(struct walk *w, const struct play_step *s, struct plan_step *x)
{
	const struct action *a = s->action;
	struct play_arg *given = arena_zero(w->mem, (s->pairs + 1) * sizeof *given);
	struct slice bad;
	const char *why;

	for (size_t k = 0; k < s->pairs; k++) {
		given[k].name = s->pair[k].name;
		if (!expand(w, s->pair[k].value, &given[k].value))
			return false;
	}
	x->name = a->id;
	x->arg = arena_zero(w->mem, (a->params + 1) * sizeof *x->arg);
	x->check = a->check.n > 0 || a->check.native;
	x->timeout = s->timeout >= 0 ? s->timeout : a->timeout;
	x->undo = s->undo;
	return action_args(a, given, s->pairs, w->mem, x->arg, &x->args, &bad, &why);
}

static void
argument(struct walk *w, struct plan_step *x, struct slice name, struct slice value)
{
	x->arg[x->args++] = (struct play_arg){name, arena_slice(w->mem, value), TYPE_TEXT};
}

static void
seconds(struct walk *w, struct plan_step *x, struct slice name, int64_t s)
{
	struct buf b = {0}, text = {0};
	const char *why;

	buf_i64(&b, s);
	if (s >= 0 && play_type_write(TYPE_DURATION, buf_slice(&b), &text, &why))
		argument(w, x, name, buf_slice(&text));
	buf_free(&b);
	buf_free(&text);
}

/* The id of the action that an undo takes back: the last one of that step. */
static struct slice
undone(const struct walk *w, struct slice step)
{
	for (size_t k = w->plan->steps; k-- > 0;)
		if (slice_eq(w->plan->step[k].step->id, step))
			return slice_of(w->plan->step[k].action, sizeof w->plan->step[k].action);
	return (struct slice){0};
}

/* What no program does: a person's task, a notice, a wait, an undo.  Steps of the plan, so that it is whole. */
static void
task(struct walk *w, const struct play_step *s, struct plan_step *x)
{
	static const struct slice name[PLAY_KINDS] = {[PLAY_RUN] = SLICE_INIT("undo"), [PLAY_NOTIFY] = SLICE_INIT("notify"),
	    [PLAY_MANUAL] = SLICE_INIT("manual"), [PLAY_WAIT] = SLICE_INIT("wait")};
	struct slice text;

	x->name = name[s->kind];
	x->arg = arena_zero(w->mem, 4 * sizeof *x->arg);
	if (s->kind == PLAY_MANUAL) {
		argument(w, x, SLICE("do"), expand(w, s->text, &text) ? text : s->text);
	} else if (s->kind == PLAY_NOTIFY) {
		argument(w, x, SLICE("to"), s->to);
		argument(w, x, SLICE("template"), s->template);
		seconds(w, x, SLICE("every"), s->every);
	} else if (s->kind == PLAY_WAIT) {
		if (s->text.n)
			argument(w, x, SLICE("until"), s->text);
		seconds(w, x, SLICE("for"), s->pause);
		seconds(w, x, SLICE("within"), s->within);
	} else {
		argument(w, x, SLICE("step"), s->undo_of);
		text = undone(w, s->undo_of);
		if (text.n)
			argument(w, x, SLICE("action"), text);
	}
	x->owner = s->bys ? s->by[0] : s->kind == PLAY_NOTIFY ? w->p->owner : (struct slice){0};
	due(w, s->due >= 0 ? s->due : s->within >= 0 ? s->within : s->pause, x);
}

static void
approval(struct walk *w, const struct play_step *s, struct plan_step *x)
{
	x->approve = w->approve;
	for (size_t k = 0; k < s->afters; k++) {
		size_t n = play_step_find(w->p, s->after[k]);

		if (n && w->p->step[n - 1].kind == PLAY_APPROVE)
			x->approve = &w->p->step[n - 1];
	}
}

static void
add(struct walk *w, const struct play_step *s)
{
	struct plan_step x = {.step = s, .timeout = -1, .playbook = w->depth ? w->p->id : (struct slice){0}};
	bool acts = s->kind == PLAY_RUN && s->action;
	bool ok = true;

	number(w, s, &x);
	if (acts && w->runs >= w->p->per_incident)
		ok = false;
	else if (acts)
		ok = run(w, s, &x);
	else
		task(w, s, &x);
	approval(w, s, &x);
	if (!ok || !key(w, s, &x)) {
		w->plan->left_out++;
		return;
	}
	w->runs += acts;
	if (w->plan->steps == w->cap) {
		struct plan_step *more = arena_alloc(w->mem, (w->cap * 2 + 16) * sizeof *more);

		if (w->plan->steps)
			memcpy(more, w->plan->step, w->plan->steps * sizeof *more);
		w->plan->step = more;
		w->cap = w->cap * 2 + 16;
	}
	w->plan->step[w->plan->steps++] = x;
}

/* ---- the walk -------------------------------------------------------------------------------------------------------- */

static void
turn(struct walk *w)
{
	struct loop *l = &w->loop[w->loops - 1];

	w->bound[w->vars + w->loops - 1] = (struct play_arg){l->step->var, l->value[l->k], play_var_find(w->p,
	    l->step->in)->type};
}

static size_t
loop(struct walk *w, size_t at)
{
	const struct play_step *s = &w->p->step[at];
	struct loop *l = &w->loop[w->loops];

	*l = (struct loop){.step = s, .start = at + 1};
	l->n = values_of(w, play_var_find(w->p, s->in), &l->value);
	if (l->n > s->max) {
		w->plan->left_out += l->n - s->max;
		l->n = s->max;
	}
	if (l->n == 0)
		return s->end;
	w->loops++;
	turn(w);
	return at + 1;
}

/* Behind the last step of a loop: its next turn, or out of it. */
static size_t
around(struct walk *w, size_t at)
{
	while (w->loops && w->loop[w->loops - 1].step->end == at) {
		struct loop *l = &w->loop[w->loops - 1];

		if (++l->k < l->n) {
			turn(w);
			return l->start;
		}
		w->loops--;
	}
	return at;
}

/* An argument of a call becomes the variable of that name. */
static void
give(struct walk *from, struct walk *to, const struct play_pair *a)
{
	const struct play_var *v = play_var_find(to->p, a->name);
	struct buf b = {0};
	struct slice text;
	const char *why;
	size_t n = 0;

	if (v == NULL || !expand(from, a->value, &text) || !play_type_write(v->type, text, &b, &why)) {
		from->plan->left_out++;
		buf_free(&b);
		return;
	}
	while (n < to->vars && !slice_eq(to->bound[n].name, a->name))
		n++;
	to->bound[n] = (struct play_arg){v->name, arena_slice(to->mem, buf_slice(&b)), v->type};
	to->vars += n == to->vars;
	buf_free(&b);
}

static void
set(struct walk *w, const struct play_step *s)
{
	for (size_t k = 0; k < s->pairs; k++)
		for (size_t n = 0; n < w->vars; n++)
			if (slice_eq(w->bound[n].name, s->pair[k].name)) {
				struct buf b = {0};
				const char *why;

				if (play_type_write(w->bound[n].type, s->pair[k].value, &b, &why))
					w->bound[n].value = arena_slice(w->mem, buf_slice(&b));
				buf_free(&b);
			}
}

static void walk(struct walk *w);

/* Its steps stand in the plan where the call stands.  Calls do not lead back and are eight deep at most (play_link). */
static void
call(struct walk *w, const struct play_step *s)
{
	struct walk *in;
	struct plan_step x = {.approve = NULL};
	struct buf prefix = {0};

	if (s->callee == NULL || w->depth >= PLAY_DEPTH)
		return;
	in = mem_zero(1, sizeof *in);
	approval(w, s, &x);
	buf_slice_add(&prefix, w->prefix);
	buf_slice_add(&prefix, s->id);
	buf_byte(&prefix, '.');
	*in = (struct walk){.p = s->callee, .i = w->i, .per = w->per, .base = w->base, .mem = w->mem, .plan = w->plan,
	    .cap = w->cap,
	    .runs = w->runs, .depth = w->depth + 1, .approve = x.approve, .prefix = arena_slice(w->mem, buf_slice(&prefix))};
	in->taken = arena_zero(w->mem, s->callee->steps + 1);
	bind(in);
	for (size_t k = 0; k < s->pairs; k++)
		give(w, in, &s->pair[k]);
	walk(in);
	w->cap = in->cap;
	w->runs = in->runs;
	buf_free(&prefix);
	free(in);
}

static size_t
step(struct walk *w, size_t at)
{
	const struct play_step *s = &w->p->step[at];

	if (s->parent && w->p->step[s->parent - 1].kind == PLAY_IF && s->otherwise == w->taken[s->parent - 1])
		return s->end;
	switch (s->kind) {
	case PLAY_IF:
		w->taken[at] = cond_holds(&s->cond, w->i) > 0;
		break;
	case PLAY_FOREACH:
		return loop(w, at);
	case PLAY_SET:
		set(w, s);
		break;
	case PLAY_CALL:
		call(w, s);
		break;
	case PLAY_APPROVE:
	case PLAY_PARALLEL:
		break;
	default:
		add(w, s);
	}
	return at + 1;
}

/* Steps behind a final one are reached by jumps only (on_failure, on_timeout): they are no part of the plan. */
static void
walk(struct walk *w)
{
	size_t at = 0;

	while (at < w->p->steps) {
		const struct play_step *s = &w->p->step[at];

		at = around(w, step(w, at));
		if (s->final && w->loops == 0 && s->parent == 0)
			break;
	}
}

void
plan_make(const struct play *p, const struct incident *i, struct slice per, struct stamp base, struct arena *mem,
    struct plan *plan)
{
	struct walk *w = mem_zero(1, sizeof *w);

	*plan = (struct plan){.play = p, .per = per};
	w->p = p;
	w->i = i;
	w->per = per;
	w->base = base;
	w->mem = mem;
	w->plan = plan;
	w->taken = arena_zero(mem, p->steps + 1);
	bind(w);
	walk(w);
	free(w);
}

bool
plan_per(const struct play *p, const struct incident *i, size_t k, struct slice *per)
{
	struct slice *v;
	bool there;

	*per = (struct slice){0};
	if (p->per == ENTITY_COUNT)
		return k == 0;
	if (k >= i->entity[p->per].n || k >= p->per_incident)
		return false;
	v = mem_zero(i->entity[p->per].n, sizeof *v);
	for (size_t n = 0; n < i->entity[p->per].n; n++)
		v[n] = i->entity[p->per].row[n].key;
	qsort(v, i->entity[p->per].n, sizeof *v, by_text);
	*per = v[k];
	there = per->n > 0;
	free(v);
	return there;
}
