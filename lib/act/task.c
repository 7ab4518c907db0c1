#include "lib/act/task.h"

#include <linux/capability.h>
#include <unistd.h>

#include "lib/act/quarantine.h"
#include "lib/act/run.h"
#include "lib/json/json.h"

enum { RETRY = 75, NO = 77, SAID = 300 };

struct stamp
task_now(const struct act_now *n)
{
	return n->c->fixed ? n->c->now : stamp_clock();
}

bool
task_end(struct act_task *t, enum act_state state, struct slice reason)
{
	t->r.state = state;
	t->r.reason = reason;
	return false;
}

static bool
end_two(struct act_now *n, struct act_task *t, enum act_state state, struct slice name, const char *what)
{
	struct buf b = {0};

	buf_slice_add(&b, slice_head(name, 100));
	buf_lit(&b, ": ");
	buf_str(&b, what);
	task_end(t, state, arena_slice(&n->mem, buf_slice(&b)));
	buf_free(&b);
	return false;
}

bool
task_caps(const struct action *a, uint64_t *caps)
{
	static const struct {
		const char *name;
		int cap;
	} row[] = {{"net_admin", CAP_NET_ADMIN}, {"dac_override", CAP_DAC_OVERRIDE}, {"chown", CAP_CHOWN}, {"fowner", CAP_FOWNER},
	    {"kill", CAP_KILL}};
	bool known;

	*caps = 0;
	for (size_t i = 0; i < a->caps; i++) {
		known = false;
		for (size_t k = 0; k < sizeof row / sizeof *row; k++)
			if (slice_eq(a->cap[i], slice_str(row[k].name))) {
				*caps |= (uint64_t)1 << row[k].cap;
				known = true;
			}
		if (!known)
			return false;
	}
	return true;
}

/* ---- values ---------------------------------------------------------------------------------------------------------------- */

bool
task_words(struct act_now *n, struct act_task *t, const struct action_argv *argv, const char *native)
{
	struct slice *v = arena_zero(&n->mem, (argv->n + ACT_ARGS + 1) * sizeof *v);
	const char *why;

	t->r.argv = v;
	t->r.argc = 0;
	if (!argv->native) {
		if (!action_expand(argv, t->arg, t->args, &n->mem, v, &why))
			return task_end(t, ACT_REFUSED, slice_str(why));
		t->r.argc = argv->n;
		return true;
	}
	v[t->r.argc++] = slice_str(native);
	for (size_t i = 0; i < t->args; i++)
		v[t->r.argc++] = t->arg[i].value;
	return true;
}

bool
task_values(struct act_now *n, struct act_task *t, const struct play_arg *given, size_t count)
{
	struct buf b = {0};
	struct slice bad = {0};
	const char *why;

	for (size_t i = 0; i < count; i++) {
		if (given[i].value.n && given[i].value.p[0] == '-')
			return end_two(n, t, ACT_REFUSED, given[i].name, "starts with -");
		for (size_t k = 0; k < i; k++)
			if (slice_eq(given[i].name, given[k].name))
				return end_two(n, t, ACT_REFUSED, given[i].name, "given twice");
	}
	if (!action_args(t->a, given, count, &n->mem, t->arg, &t->args, &bad, &why))
		return end_two(n, t, ACT_REFUSED, bad, why);
	/* A zone names an interface: what stands behind it is in no parsed form, so it would be lost without a word. */
	for (size_t i = 0; i < count; i++) {
		const struct play_arg *v = play_arg_find(t->arg, t->args, given[i].name);

		if (v && (v->type == TYPE_IP || v->type == TYPE_CIDR) && slice_find(given[i].value, '%') < given[i].value.n)
			return end_two(n, t, ACT_REFUSED, given[i].name, "has a zone");
	}
	act_canonical(t->arg, t->args, &b);
	t->r.args = arena_slice(&n->mem, buf_slice(&b));
	buf_free(&b);
	return task_words(n, t, &t->a->run, "native");
}

/* What the journal holds was canonical once; it is read again by the same rules. */
bool
task_from_entry(struct act_now *n, struct act_task *t, const struct act_entry *e)
{
	struct json *j = json_new(&json_limits_stream);
	struct play_arg given[ACT_ARGS];
	struct buf b = {0};
	struct fault f;
	size_t count = 0;
	bool ok;

	*t = (struct act_task){.r = {.id = e->id, .key = e->key, .incident = e->incident, .name = e->name, .args = e->args,
	    .argv = e->argv,
	    .argc = e->argc}};
	t->a = action_find(n->c->actions, e->name);
	t->row = n->c->allow ? act_allow_find(n->c->allow, e->name) : NULL;
	t->timeout_ms = t->a ? t->a->timeout * 1000 : 0;
	ok = t->a && json_one(j, e->args, &f) && json_type(j, 0) == JSON_OBJECT;
	for (uint32_t k = ok ? json_first(j, 0) : JSON_NONE; k != JSON_NONE && count < ACT_ARGS; k = json_following(j, 0, k)) {
		buf_reset(&b);
		given[count].name = arena_slice(&n->mem, json_text(j, k, &b));
		buf_reset(&b);
		given[count++].value = arena_slice(&n->mem, json_text(j, json_value(j, k), &b));
	}
	ok = ok ? task_values(n, t, given, count) : task_end(t, ACT_FAILED, SLICE("no such action"));
	json_free(j);
	buf_free(&b);
	return ok;
}

/* ---- doing ----------------------------------------------------------------------------------------------------------------- */

static struct act_quarantine
quarantine_of(const struct act_task *t)
{
	const struct play_arg *path = play_arg_find(t->arg, t->args, SLICE("path"));

	return (struct act_quarantine){.row = t->row, .id = t->r.id, .path = path ? path->value : (struct slice){NULL, 0}};
}

static bool
run_argv(struct act_now *n, struct act_task *t, const struct action_argv *argv, struct act_exit *x, struct fault *f)
{
	struct slice *v = arena_zero(&n->mem, (argv->n + 1) * sizeof *v);
	struct act_command c = {.word = v, .n = argv->n, .timeout_ms = t->timeout_ms};
	const char *why;

	*x = (struct act_exit){0};
	if (!task_caps(t->a, &c.caps))
		return fault_set(f, "a capability that is not known", 0);
	if (!action_expand(argv, t->arg, t->args, &n->mem, v, &why))
		return fault_set(f, why, 0);
	return act_run(&c, x, f);
}

enum act_there
task_check(struct act_now *n, struct act_task *t, bool undoing)
{
	enum act_there there = THERE_UNSURE;
	struct act_quarantine q;
	struct act_exit x;
	struct fault f;

	if (t->a->check.native) {
		q = quarantine_of(t);
		there = (undoing ? act_quarantine_holds(&q) : act_quarantine_check(&q)) ? THERE_PRESENT : THERE_ABSENT;
	} else if (t->a->check.n == 0) {
		return THERE_NOT_ASKED;
	} else {
		if (run_argv(n, t, &t->a->check, &x, &f) && x.ended && !x.late && x.status <= 1)
			there = x.status == 0 ? THERE_PRESENT : THERE_ABSENT;
		buf_free(&x.said);
	}
	t->r.checked = there != THERE_UNSURE;
	t->r.present = there == THERE_PRESENT;
	return there;
}

/* "exit 1: what the program said" */
static void
say_exit(struct act_now *n, struct act_task *t, const struct act_exit *x)
{
	struct slice said = slice_trim(buf_slice(&x->said));
	struct buf b = {0};

	said = slice_head(said, slice_find(said, '\n'));
	if (x->late)
		buf_lit(&b, "timeout");
	else if (x->ended && x->status == RETRY)
		buf_lit(&b, "it says: try again");
	else if (x->ended && x->status == NO)
		buf_lit(&b, "it refuses");
	else
		buf_str(&b, x->ended ? "exit " : "signal ");
	if (!x->late && !(x->ended && (x->status == RETRY || x->status == NO)))
		buf_i64(&b, x->ended ? x->status : x->signal);
	if (said.n) {
		buf_lit(&b, ": ");
		buf_harmless(&b, slice_head(said, SAID));
	}
	task_end(t, x->ended && !x->late && x->status == NO ? ACT_REFUSED : ACT_FAILED, arena_slice(&n->mem, buf_slice(&b)));
	buf_free(&b);
}

static bool
end_fault(struct act_now *n, struct act_task *t, const struct fault *f)
{
	struct buf b = {0};

	fault_words(f, &b);
	task_end(t, ACT_FAILED, arena_slice(&n->mem, buf_slice(&b)));
	buf_free(&b);
	return false;
}

static bool
one_program(struct act_now *n, struct act_task *t, const struct action_argv *argv)
{
	struct act_exit x;
	struct fault f = {0};
	bool ok = run_argv(n, t, argv, &x, &f);

	if (!ok) {
		(void)end_fault(n, t, &f);
	} else {
		t->r.ran = x.ended;
		t->r.exit = x.status;
		ok = x.ended && !x.late && x.status == 0;
		if (!ok)
			say_exit(n, t, &x);
	}
	buf_free(&x.said);
	return ok;
}

bool
task_run(struct act_now *n, struct act_task *t)
{
	struct act_quarantine q;
	struct fault f = {0};

	if (t->a->run.native) {
		q = quarantine_of(t);
		return act_quarantine_do(&q, &f) || end_fault(n, t, &f);
	}
	for (size_t i = 0; i < t->a->setups; i++)
		if (!one_program(n, t, &t->a->setup[i]))
			return false;
	return one_program(n, t, &t->a->run);
}

bool
task_undo(struct act_now *n, struct act_task *t)
{
	struct act_quarantine q;
	struct fault f = {0};

	if (!t->a->undo.native)
		return one_program(n, t, &t->a->undo);
	q = quarantine_of(t);
	return act_quarantine_undo(&q, &f) || end_fault(n, t, &f);
}

/* ---- journal and answers --------------------------------------------------------------------------------------------------- */

static _Noreturn void
broken(struct act_now *n, const struct fault *f)
{
	struct buf b = {0};

	fault_words(f, &b);
	buf_reset(&n->frame);
	act_answer_write(ANSWER_BROKEN, ACT_FAILED, (struct slice){NULL, 0}, buf_slice(&b), &n->frame);
	_exit(act_send(n->fd, buf_slice(&n->frame)) ? 4 : 5);
}

static void
journal(struct act_now *n, const char *what, struct buf *body)
{
	struct fault f = {0};

	if (!act_journal_add(n->c->journal, task_now(n), what, buf_slice(body), &f))
		broken(n, &f);
	buf_free(body);
}

void
task_intent(struct act_now *n, struct act_task *t, struct slice approval, bool prior, const struct stamp *until)
{
	struct buf b = {0}, words = {0};
	struct json_out j = json_out(&b);
	char stamp[STAMP_LEN];

	act_words_add(t->r.argv, t->r.argc, &words);
	jo_open(&j, '{');
	jo_ktext(&j, "action", t->r.id);
	jo_ktext(&j, "key", t->r.key);
	jo_ktext(&j, "incident", t->r.incident);
	jo_ktext(&j, "name", t->r.name);
	jo_kraw(&j, "args", t->r.args);
	jo_ktext(&j, "playbook", t->playbook);
	jo_ktext(&j, "step", t->step);
	if (approval.n)
		jo_ktext(&j, "approval", approval);
	jo_kbool(&j, "prior", prior);
	if (until) {
		stamp_put(stamp, *until);
		t->r.until = arena_slice(&n->mem, slice_of(stamp, sizeof stamp));
		jo_ktext(&j, "until", t->r.until);
	}
	jo_kraw(&j, "argv", buf_slice(&words));
	jo_close(&j, '}');
	buf_free(&words);
	journal(n, "intent", &b);
}

void
task_result(struct act_now *n, const struct act_task *t, const char *what, enum act_state kept)
{
	struct buf b = {0};
	struct json_out j = json_out(&b);

	jo_open(&j, '{');
	jo_ktext(&j, "action", t->r.id);
	jo_ktext(&j, "state", act_state_name[kept]);
	if (t->r.reason.n)
		jo_ktext(&j, "reason", t->r.reason);
	if (t->r.ran)
		jo_ki64(&j, "exit", t->r.exit);
	if (t->r.checked)
		jo_kbool(&j, "check", t->r.present);
	jo_close(&j, '}');
	journal(n, what, &b);
}

void
task_undo_intent(struct act_now *n, const struct act_task *t)
{
	struct buf b = {0}, words = {0};
	struct json_out j = json_out(&b);

	act_words_add(t->r.argv, t->r.argc, &words);
	jo_open(&j, '{');
	jo_ktext(&j, "action", t->r.id);
	jo_kraw(&j, "argv", buf_slice(&words));
	jo_close(&j, '}');
	buf_free(&words);
	journal(n, "undo", &b);
}

/* Name, key and incident only of a request that is in order: they are of any size else. */
void
task_refused(struct act_now *n, const struct act_task *t)
{
	struct buf b = {0};
	struct json_out j = json_out(&b);

	jo_open(&j, '{');
	jo_ktext(&j, "action", t->r.id);
	if (t->a) {
		jo_ktext(&j, "key", t->r.key);
		jo_ktext(&j, "incident", t->r.incident);
		jo_ktext(&j, "name", t->a->id);
	}
	jo_ktext(&j, "reason", t->r.reason);
	jo_close(&j, '}');
	journal(n, "refused", &b);
}

void
task_answer(struct act_now *n, const struct act_task *t, struct slice at)
{
	struct buf b = {0};

	act_result_add(&t->r, &b);
	buf_reset(&n->frame);
	act_answer_write(ANSWER_RESULT, t->r.state, at, buf_slice(&b), &n->frame);
	buf_free(&b);
	/* Nobody hears: the journal has it, and what was asked for before is all there is to do. */
	if (!act_send(n->fd, buf_slice(&n->frame)))
		_exit(0);
}
