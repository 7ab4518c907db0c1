/* Verbs on the journal: undo, tick, list, settle. */
#include "lib/act/task.h"

static void
answer_now(struct act_now *n, const struct act_task *t)
{
	char stamp[STAMP_LEN];

	stamp_put(stamp, task_now(n));
	task_answer(n, t, slice_of(stamp, sizeof stamp));
}

/* Another action that holds the very same thing: the last one takes it away. */
static const struct act_entry *
other_holder(const struct act_now *n, const struct act_entry *e)
{
	for (size_t i = 0; i < n->c->journal->n; i++) {
		const struct act_entry *o = n->c->journal->entry[i];

		if (o != e && slice_eq(o->name, e->name) && slice_eq(o->args, e->args) && o->state == ACT_DONE)
			return o;
	}
	return NULL;
}

/* An undo that failed leaves the action as it was: active. */
static void
undone(struct act_now *n, struct act_task *t, const struct act_entry *e, bool ok)
{
	enum act_state kept = ok ? ACT_UNDONE : e->state;

	if (ok)
		t->r.state = ACT_UNDONE;
	task_result(n, t, "undone", kept);
}

static void
undo_for_real(struct act_now *n, struct act_task *t, const struct act_entry *e)
{
	enum act_there there;
	bool ok;

	task_undo_intent(n, t);
	if (other_holder(n, e)) {
		task_end(t, ACT_UNDONE, SLICE("still held by another action"));
		undone(n, t, e, true);
		return;
	}
	there = task_check(n, t, true);
	if (there == THERE_ABSENT) {
		task_end(t, ACT_UNDONE, SLICE("already absent"));
		undone(n, t, e, true);
		return;
	}
	ok = task_undo(n, t);
	if (ok && task_check(n, t, true) == THERE_PRESENT)
		ok = task_end(t, ACT_FAILED, SLICE("it is still there"));
	undone(n, t, e, ok);
}

static void
undo_entry(struct act_now *n, const struct act_entry *e)
{
	struct act_task t;

	if (!task_from_entry(n, &t, e)) {
		answer_now(n, &t);
		return;
	}
	if (t.a->undo.n == 0 && !t.a->undo.native)
		task_end(&t, ACT_REFUSED, SLICE("this action has no undo"));
	else if (!task_words(n, &t, &t.a->undo, "native undo"))
		t.r.argc = 0;
	else if (e->state == ACT_UNDONE)
		task_end(&t, ACT_UNDONE, SLICE("already undone"));
	else if (!act_entry_active(e))
		task_end(&t, ACT_REFUSED, e->held ? SLICE("it was so before") : SLICE("it was not done"));
	else if (!n->c->execute)
		task_end(&t, ACT_PLANNED, SLICE("dry run"));
	else if (t.row == NULL)
		task_end(&t, ACT_REFUSED, SLICE("not in the allow file"));
	else
		undo_for_real(n, &t, e);
	answer_now(n, &t);
}

void
verb_undo(struct act_now *n, struct slice id)
{
	const struct act_entry *e = act_journal_find(n->c->journal, id);
	struct act_task t = {.r = {.id = id}};

	if (e) {
		undo_entry(n, e);
		return;
	}
	task_end(&t, ACT_REFUSED, SLICE("the journal knows no such action"));
	answer_now(n, &t);
}

/* The newest first: what was built on something goes before it. */
void
verb_undo_incident(struct act_now *n, struct slice incident)
{
	for (size_t i = n->c->journal->n; i > 0; i--) {
		const struct act_entry *e = n->c->journal->entry[i - 1];

		if (slice_eq(e->incident, incident) && act_entry_active(e))
			undo_entry(n, e);
	}
}

void
verb_tick(struct act_now *n)
{
	struct stamp now = task_now(n);

	for (size_t i = n->c->journal->n; i > 0; i--) {
		const struct act_entry *e = n->c->journal->entry[i - 1];

		if (e->has_until && act_entry_active(e) && stamp_cmp(e->until, now) <= 0)
			undo_entry(n, e);
	}
}

static void
list_entry(struct act_now *n, const struct act_entry *e)
{
	struct act_task t = {.r = {.id = e->id, .key = e->key, .incident = e->incident, .name = e->name, .args = e->args,
	    .state = e->state,
	    .reason = e->why, .argv = e->argv, .argc = e->argc}};
	char stamp[STAMP_LEN];

	if (e->undoing)
		t.r.reason = SLICE("an undo was begun and not ended");
	if (e->has_until) {
		stamp_put(stamp, e->until);
		t.r.until = slice_of(stamp, sizeof stamp);
	}
	answer_now(n, &t);
}

void
verb_list(struct act_now *n)
{
	for (size_t i = 0; i < n->c->journal->n; i++)
		if (act_entry_active(n->c->journal->entry[i]))
			list_entry(n, n->c->journal->entry[i]);
}

void
verb_settle(struct act_now *n, struct slice id, struct slice word)
{
	const struct act_entry *e = act_journal_find(n->c->journal, id);
	struct act_task t = {.r = {.id = id}};
	enum act_state state;

	if (e)
		t.r = (struct act_result){.id = id, .key = e->key, .incident = e->incident, .name = e->name, .args = e->args,
		    .argv = e->argv,
		    .argc = e->argc};
	if (e == NULL) {
		task_end(&t, ACT_REFUSED, SLICE("the journal knows no such action"));
	} else if (!act_state_read(word, &state) || (state != ACT_DONE && state != ACT_FAILED)) {
		task_end(&t, ACT_REFUSED, SLICE("settle: done or failed is wanted"));
	} else if (e->state != ACT_UNKNOWN) {
		task_end(&t, ACT_REFUSED, SLICE("its result is known"));
	} else {
		task_end(&t, state, SLICE("settled by a person"));
		if (n->c->execute)
			task_result(n, &t, "settled", state);
		else
			task_end(&t, ACT_PLANNED, SLICE("dry run"));
	}
	answer_now(n, &t);
}
