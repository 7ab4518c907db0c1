#include "cmd/escalate.h"

#include "lib/incident/desk.h"
#include "lib/tool/embed.h"

#include <stdlib.h>

/* The playbooks and actions of this run: those compiled in, or those of -p. */

extern const struct embed builtin_playbooks[], builtin_actions[];

static const char *const endings[] = {".yaml", ".yml", NULL};
enum { FILE_LIMIT = 1024 * 1024 };

static bool
is_action(struct slice path)
{
	return slice_has(path, SLICE("/actions/")) || slice_starts(path, SLICE("actions/"));
}

/* Clocks and templates lie beside playbooks and are none. */
static bool
is_other(struct slice path)
{
	return slice_has(path, SLICE("/clocks/")) || slice_has(path, SLICE("/templates/")) || slice_has(path, SLICE("/drills/"));
}

static void
bad(struct tool *t, struct slice name, const struct fault *f)
{
	tool_fault(t, name, f);
	exit(2);
}

static void
add_action(struct tool *t, struct plays *p, struct slice name, struct slice bytes)
{
	struct action *a = arena_zero(&p->mem, sizeof *a);
	struct fault f = {0};

	if (!action_read(bytes, &p->mem, a, &f))
		bad(t, name, &f);
	if (!action_add(&p->actions, a, &p->mem)) {
		fault_place(&f, "an action of this id is there already", a->id, 1, 1);
		bad(t, name, &f);
	}
}

static void
add_play(struct tool *t, struct plays *p, struct slice name, struct slice bytes)
{
	struct play *x = arena_zero(&p->mem, sizeof *x);
	struct fault f = {0};

	if (!play_read(bytes, &p->actions, &p->mem, x, &f))
		bad(t, name, &f);
	x->file = name;
	if (!play_add(&p->set, x, &p->mem)) {
		fault_place(&f, "a playbook of this id is there already", x->id, 1, 1);
		bad(t, name, &f);
	}
}

static void
read_files(struct tool *t, struct plays *p, const struct opt_list *files, bool actions)
{
	for (size_t k = 0; k < files->n; k++) {
		struct fault f = {0};
		struct slice bytes;

		if (is_action(files->v[k]) != actions || is_other(files->v[k]))
			continue;
		if (!tool_file(files->v[k].p, FILE_LIMIT, &p->mem, &bytes, &f))
			bad(t, files->v[k], &f);
		if (actions)
			add_action(t, p, files->v[k], bytes);
		else
			add_play(t, p, files->v[k], bytes);
	}
}

static void
builtin(struct tool *t, struct plays *p, const struct embed *e, void (*add)(struct tool *, struct plays *, struct slice,
    struct slice))
{
	for (; e->name; e++)
		add(t, p, slice_str(e->name), e->bytes);
}

/* Actions first: playbooks name them.  A folder without actions uses those compiled in. */
void
plays_load(struct tool *t, struct plays *p, const struct opt_list *from, bool with_builtin)
{
	struct opt_list files = {0};
	struct fault f = {0};
	const struct play *at;

	for (size_t k = 0; k < from->n; k++)
		if (!tool_files(from->v[k], endings, &p->mem, &files, &f))
			bad(t, from->v[k], &f);
	read_files(t, p, &files, true);
	if (p->actions.n == 0)
		builtin(t, p, builtin_actions, add_action);
	if (from->n == 0 && with_builtin)
		builtin(t, p, builtin_playbooks, add_play);
	else
		read_files(t, p, &files, false);
	if (!play_link(&p->set, &at, &f))
		bad(t, at->file, &f);
	if (from->n && p->set.n == 0 && with_builtin) {
		tool_say(t, "no playbook was found");
		exit(2);
	}
}

/* ---- the plan of one incident ---------------------------------------------------------------------------------------- */

/* For people: what a step asks of them. */
static void
what(const struct plan_step *x, struct buf *b)
{
	bool manual = slice_eq(x->name, SLICE("manual"));

	if (!manual)
		buf_slice_add(b, x->name);
	for (size_t k = 0; k < x->args && !(manual && k); k++) {
		if (!manual) {
			buf_byte(b, ' ');
			buf_slice_add(b, x->arg[k].name);
			buf_byte(b, ' ');
		}
		buf_slice_add(b, x->arg[k].value);
	}
}

static void
put_task(struct json_out *o, const struct plan_step *x)
{
	struct buf b = {0};

	jo_open(o, '{');
	jo_ktext(o, "id", x->id);
	what(x, &b);
	jo_ktext(o, "what", buf_slice(&b));
	buf_free(&b);
	jo_ktext(o, "stage", play_stage_name[x->step->stage]);
	if (x->owner.n)
		jo_ktext(o, "owner", x->owner);
	if (x->due.n)
		jo_ktext(o, "due", x->due);
	jo_close(o, '}');
}

static bool
is_task(const struct plan_step *x)
{
	return x->step->action == NULL;
}

/* [playbook, tasks]: what the incident's record says of its plan. */
static void
write_duties(const struct play *p, const struct plan *plan, size_t plans, struct buf *out)
{
	struct json_out o = json_out(out);

	jo_open(&o, '[');
	jo_open(&o, '{');
	jo_ktext(&o, "id", p->id);
	jo_kraw(&o, "version", p->version);
	jo_ktext(&o, "sha256", slice_of(p->sha, sizeof p->sha));
	jo_close(&o, '}');
	jo_open(&o, '[');
	for (size_t k = 0; k < plans; k++)
		for (size_t n = 0; n < plan[k].steps; n++)
			if (is_task(&plan[k].step[n]))
				put_task(&o, &plan[k].step[n]);
	jo_close(&o, ']');
	jo_close(&o, ']');
}

/* The task and what became of it: members of its value come behind its own. */
static void
put_state(struct buf *out, struct slice task, struct slice state)
{
	buf_slice_add(out, slice_head(task, task.n - 1));
	if (state.n > 2) {
		buf_byte(out, ',');
		buf_slice_add(out, slice_of(state.p + 1, state.n - 2));
	}
	buf_byte(out, '}');
}

/* Tasks of the plan in its order, then those that people added. */
static void
merge_tasks(struct desk *d, struct slice tasks, struct buf *out)
{
	struct incident *i = &d->incident;
	struct slice rest, state;
	struct map seen = {0};
	struct fault f = {0};
	size_t at = 0, n = 0;

	buf_byte(out, '[');
	if (tasks.n && json_one(d->json, tasks, &f))
		for (uint32_t k = json_first(d->json, 0); k != JSON_NONE; k = json_following(d->json, 0, k)) {
			uint32_t id = json_get(d->json, k, SLICE("id"));
			struct slice name = id == JSON_NONE ? (struct slice){0} : json_inner(d->json, id);

			buf_str(out, n++ ? "," : "");
			put_state(out, json_raw(d->json, k), desk_get2(i, "task/", name));
			(void)map_put(&seen, name, NULL);
		}
	while (desk_each(i, "task/", &at, &rest, &state)) {
		if (map_get(&seen, rest))
			continue;
		buf_str(out, n++ ? ",{\"id\":" : "{\"id\":");
		(void)json_put_text(out, rest);
		buf_byte(out, ',');
		buf_slice_add(out, slice_from(state, 1));
	}
	buf_byte(out, ']');
	map_free(&seen);
}

static void
split_duties(struct desk *d, struct slice duties, struct incident_more *m)
{
	struct fault f = {0};
	uint32_t v;

	if (!json_one(d->json, duties, &f) || json_type(d->json, 0) != JSON_ARRAY || (v = json_first(d->json, 0)) == JSON_NONE) {
		fault_set(&f, "state: damaged: an incident's duties", 0);
		desk_die(d, &f);
	}
	m->playbook = json_raw(d->json, v);
	v = json_following(d->json, 0, v);
	m->tasks = v == JSON_NONE ? (struct slice){0} : json_raw(d->json, v);
}

void
desk_duties(struct desk *d, struct incident_more *m)
{
	struct slice duties = {0};
	struct fault f = {0};
	struct buf b = {0};

	if (store_duties_of(d->store, d->incident.id, &d->mem, &duties, &f) == GET_FAILED)
		desk_die(d, &f);
	if (duties.n)
		split_duties(d, duties, m);
	if (d->incident.acts == 0)
		return;
	m->playbook = arena_slice(&d->mem, m->playbook);
	m->tasks = arena_slice(&d->mem, m->tasks);
	merge_tasks(d, m->tasks, &b);
	m->tasks = arena_slice(&d->mem, buf_slice(&b));
	buf_free(&b);
}

struct stamp
desk_base(const struct desk *d, const struct incident *i)
{
	return d->t->common.now.given ? d->t->common.now.at : i->last;
}

/* Plans of every entity that had no run of this playbook yet. */
static size_t
make_plans(struct desk *d, const struct play *p, struct plan **out)
{
	struct incident *i = &d->incident;
	struct slice per;
	struct fault f = {0};
	size_t n = 0, cap = 0;
	bool fresh;

	for (size_t k = 0; plan_per(p, i, k, &per); k++) {
		if (!store_run(d->store, i->id, p->id, slice_of(p->sha, sizeof p->sha), p->version, p->bytes, per, &fresh, &f))
			desk_die(d, &f);
		if (!fresh)
			continue;
		*out = mem_grow(*out, &cap, n, sizeof **out);
		plan_make(p, i, per, desk_base(d, i), &d->mem, &(*out)[n++]);
	}
	return n;
}

void
desk_plan(struct desk *d, struct incident_more *m)
{
	struct incident *i = &d->incident;
	struct slice duties = {0};
	struct fault f = {0};
	enum store_get got = store_duties_of(d->store, i->id, &d->mem, &duties, &f);
	const struct play *p = got == NOT_THERE && i->status != STATUS_MERGED ? play_choose(&d->plays.set, i) : NULL;
	struct buf b = {0};

	d->plan_n = 0;
	if (got == GET_FAILED)
		desk_die(d, &f);
	if (p) {
		free(d->plan);
		d->plan = NULL;
		d->plan_n = make_plans(d, p, &d->plan);
		write_duties(p, d->plan, d->plan_n, &b);
		duties = arena_slice(&d->mem, buf_slice(&b));
		if (!store_duties(d->store, i->id, duties, &f))
			desk_die(d, &f);
	}
	buf_free(&b);
	desk_duties(d, m);
}

/* The actions go out behind the incident's record. */
void
desk_plan_out(struct desk *d)
{
	struct incident *i = &d->incident;
	struct slice incident = slice_of(i->id, sizeof i->id);
	struct fault f = {0};

	for (size_t k = 0; k < d->plan_n; k++) {
		const struct plan *p = &d->plan[k];

		d->left_out += p->left_out;
		for (size_t n = 0; n < p->steps; n++) {
			const struct plan_step *x = &p->step[n];
			struct slice id = slice_of(x->action, sizeof x->action);

			buf_reset(&d->line);
			plan_write(p, i, n + 1, i->last, &d->line);
			if (!store_step(d->store, i->id, p->play->id, p->per, x->id, id,
			    x->step->action ? action_class_name[x->step->action->class] : SLICE("people"), &f)
			    || !store_out(d->store, KIND_ACTION, id, incident, buf_slice(&d->line), &f)
			    || !store_audit(d->store, i->last, SLICE("ir-escalate"), SLICE("plan"), incident, id, &f))
				desk_die(d, &f);
		}
	}
}
