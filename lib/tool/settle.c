/* What workers put off, in input order: notes get their time here, marks and a stage's settle() their turn. */
#include "lib/tool/each.h"

#include <stdlib.h>

/* One for the run: what settle() and `mark` emit goes through it. */
struct settling {
	struct emit e;
	struct job job;
	struct json *json;
};

struct settling *
settling_new(struct shared *s)
{
	struct settling *x = mem_zero(1, sizeof *x);

	x->e = (struct emit){.s = s, .json = json_new(&json_limits_stream), .job = &x->job, .settled = true};
	x->e.text = s->stage->quiet ? NULL : stream_text_new(s->t);
	x->json = json_new(&json_limits_stream);
	return x;
}

void
settling_free(struct settling *x)
{
	json_free(x->e.json);
	json_free(x->json);
	arena_free(&x->e.arena);
	for (int i = 0; i < 4; i++)
		buf_free(&x->e.scratch[i]);
	buf_free(&x->e.lines);
	stream_text_free(x->e.text);
	buf_free(&x->job.out);
	account_free(&x->job.account);
	free(x);
}

static void
settle_note(struct emit *e, struct slice what)
{
	uint32_t n[2];
	const char *word = what.p + sizeof n;

	memcpy(n, what.p, sizeof n);
	what = slice_from(what, sizeof n + n[0] + 1);
	emit_note(e, word, slice_head(what, n[1]), slice_from(what, n[1]));
}

static void
settle_mark(struct settling *x, struct slice line)
{
	const struct stage *stage = x->e.s->stage;
	struct fault f;
	struct record r;
	const char *reason;

	if (stage->mark && json_one(x->json, line, &f) && record_read(x->e.s->paths, x->json, &r, &reason))
		stage->mark(x->e.s->t, stage->shared, &r, &x->e);
	emit_out(&x->e, KIND_MARK, line);
}

/* The newest stamp up to here, wherever blocks begin. */
static void
settle_time(struct settling *x, const struct later *l)
{
	const struct account *all = &x->e.s->t->account;
	struct account *a = &x->job.account;

	a->newest = all->newest;
	a->dated = all->dated;
	if (l->dated && (!a->dated || stamp_cmp(l->newest, a->newest) > 0)) {
		a->newest = l->newest;
		a->dated = true;
	}
}

/* Copies the block's output, and between its parts what was put off makes its own. */
void
settle_block(struct shared *s, struct job *job)
{
	struct settling *x = s->settling;
	struct slice rest = buf_slice(&job->later);
	size_t from = 0;
	struct buf swap;

	if (rest.n == 0)
		return;
	buf_reset(&x->job.out);
	account_reset(&x->job.account);
	x->job.level = 0;
	while (rest.n) {
		struct later l;
		struct slice what;

		memcpy(&l, rest.p, sizeof l);
		what = slice_of(rest.p + sizeof l, l.n);
		rest = slice_from(rest, sizeof l + l.n);
		buf_add(&x->job.out, job->out.p + from, l.at - from);
		from = l.at;
		settle_time(x, &l);
		arena_reset(&x->e.arena);
		for (int i = 0; i < 4; i++)
			buf_reset(&x->e.scratch[i]);
		if (l.kind == LATER_NOTE)
			settle_note(&x->e, what);
		else if (l.kind == LATER_MARK)
			settle_mark(x, what);
		else
			s->stage->settle(s->t, s->stage->shared, what, &x->e);
	}
	buf_add(&x->job.out, job->out.p + from, job->out.n - from);
	swap = job->out;
	job->out = x->job.out;
	x->job.out = swap;
	x->job.account.newest = job->account.newest;
	x->job.account.dated = job->account.dated;
	account_merge(&job->account, &x->job.account);
	if (x->job.level > job->level)
		job->level = x->job.level;
}
