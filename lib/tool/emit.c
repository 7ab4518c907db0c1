/* What a stage may do with a record; all of it is counted here, so that an account cannot differ from what was done. */
#include "lib/tool/each.h"

enum { DRAIN_BLOCK = 256 * 1024 };

/* ---- what a stage may do with a record --------------------------------------------------------------------------------- */

void
emit_out(struct emit *e, enum ir_kind kind, struct slice line)
{
	if (e->s->stage->quiet)
		return;
	e->job->account.out[kind]++;
	if (e->text) {
		buf_slice_add(&e->lines, line);
		buf_byte(&e->lines, '\n');
		stream_text_add(e->text, buf_slice(&e->lines), &e->job->out);
		buf_reset(&e->lines);
		return;
	}
	buf_room(&e->job->out, line.n + 1);
	buf_slice_add(&e->job->out, line);
	buf_byte(&e->job->out, '\n');
}

void
emit_pass(struct emit *e, const struct record *r)
{
	e->handled++;
	e->job->account.passed++;
	emit_out(e, r->kind, r->line);
}

void
emit_edits(struct emit *e, const struct record *r, struct json_edits *edits)
{
	if (edits->n == 0) {
		emit_pass(e, r);
		return;
	}
	e->handled++;
	e->job->account.passed++;
	e->job->account.out[r->kind]++;
	json_splice(edits, r->line, e->text ? &e->lines : &e->job->out);
	buf_byte(e->text ? &e->lines : &e->job->out, '\n');
	if (e->text)
		stream_text_add(e->text, buf_slice(&e->lines), &e->job->out);
	buf_reset(&e->lines);
}

void
emit_line(struct emit *e, enum ir_kind kind, struct slice line)
{
	e->handled++;
	e->job->account.passed++;
	emit_out(e, kind, line);
}

void
emit_made(struct emit *e, enum ir_kind kind, struct slice line)
{
	e->job->account.made++;
	emit_out(e, kind, line);
	if (e->draining && e->job->out.n >= DRAIN_BLOCK) {
		stream_take(e->s->t, e->job);
		buf_reset(&e->job->out);
		account_reset(&e->job->account);
	}
}

void
emit_unmatched(struct emit *e, const struct record *r)
{
	(void)r;
	e->handled++;
	e->job->account.unmatched++;
}

void
emit_folded(struct emit *e, const struct record *r)
{
	(void)r;
	e->handled++;
	e->job->account.folded++;
}

void
emit_suppressed(struct emit *e, const struct record *r)
{
	(void)r;
	e->handled++;
	e->job->account.suppressed++;
}

void
emit_refuse(struct emit *e, struct slice line, uint64_t off, uint64_t rec, uint64_t at, const char *reason)
{
	struct tool *t = e->s->t;
	struct event_src src = {.uri = SLICE("-"), .off = off, .rec = rec};

	account_reject(&e->job->account, reason, 1);
	if (t->priv->rejects_fd >= 0)
		reject_add(&e->job->rejects, slice_str(t->about->name), &src, slice_str(reason), at, line);
}

void
emit_reject(struct emit *e, const struct record *r, const char *reason)
{
	e->handled++;
	emit_refuse(e, r->line, r->off, r->rec, 0, reason);
}

/* ---- what is put off until its turn in input order ------------------------------------------------------------------------ */

void
emit_put_off(struct emit *e, enum later_kind kind, struct slice what)
{
	struct later l = {.at = e->job->out.n, .kind = kind, .n = (uint32_t)what.n, .newest = e->job->account.newest,
	    .dated = e->job->account.dated};

	buf_add(&e->job->later, &l, sizeof l);
	buf_slice_add(&e->job->later, what);
}

void
emit_later(struct emit *e, struct slice what)
{
	emit_put_off(e, LATER_STAGE, what);
}

void
emit_defer(struct emit *e, struct slice what)
{
	e->handled++;
	emit_put_off(e, LATER_STAGE, what);
}

void
emit_at(struct emit *e, struct stamp newest)
{
	e->job->account.newest = newest;
	e->job->account.dated = true;
}

/* A worker does not know what came before its block: the note's time is set when its turn comes, so that blocks do not show. */
static void
note_later(struct emit *e, const char *what, struct slice src, struct slice message)
{
	struct buf b = {0};
	uint32_t n[2] = {(uint32_t)strlen(what), (uint32_t)src.n};

	buf_add(&b, n, sizeof n);
	buf_str(&b, what);
	buf_byte(&b, 0);
	buf_slice_add(&b, src);
	buf_slice_add(&b, message);
	emit_put_off(e, LATER_NOTE, buf_slice(&b));
	buf_free(&b);
}

void
emit_note(struct emit *e, const char *what, struct slice src, struct slice message)
{
	struct stage_id id = {.by = slice_str(e->s->t->about->name), .newest = e->job->account.newest,
	    .dated = e->job->account.dated};
	struct buf b = {0};

	if (!e->settled) {
		note_later(e, what, src, message);
		return;
	}
	record_note(&b, &id, what, src, message);
	emit_out(e, KIND_NOTE, slice_of(b.p, b.n - 1));
	buf_free(&b);
}

struct arena *
emit_arena(struct emit *e)
{
	return &e->arena;
}

struct buf *
emit_scratch(struct emit *e, unsigned which)
{
	return &e->scratch[which & 3];
}

void
emit_level(struct emit *e, struct slice level)
{
	int n = level_of(level);

	if (n > e->job->level)
		e->job->level = n;
}
