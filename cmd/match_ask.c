/*
 * Expressions of -e.  Each worker asks processes of its own; what they answer is believed, noted and counted in input
 * order, so that the third death of an expression is the same record for any number of workers.
 */
#include "cmd/match_work.h"

enum { EXPRESSIONS = 64, DEATHS = 3 };

bool
ask_event(struct worker *w, const struct record *r, struct asked *a)
{
	*a = (struct asked){0};
	for (size_t i = 0; i < w->m->o.expressions.n && i < EXPRESSIONS; i++) {
		struct jq_result v = jq_ask(w->pool, w->m->expression[i], r->line);

		if (v.verdict == JQ_YES) {
			a->yes |= 1ull << i;
		} else if (v.verdict == JQ_UNDECIDED) {
			a->unsure |= 1ull << i;
			a->cause[i] = v.cause;
		}
	}
	return (a->yes | a->unsure) != 0;
}

/* yes, unsure, whether the event has an alert already, causes with a NUL each, the place, then the line. */
void
ask_later(struct worker *w, const struct record *r, const struct record *own, const struct asked *a, unsigned nth, struct emit *e)
{
	struct slice id = record_id(r);

	put_off_begin(w, PUT_ASKED, own);
	buf_add(&w->later, &a->yes, sizeof a->yes);
	buf_add(&w->later, &a->unsure, sizeof a->unsure);
	buf_byte(&w->later, nth > 0);
	for (size_t i = 0; i < EXPRESSIONS; i++)
		if (a->unsure >> i & 1) {
			buf_str(&w->later, a->cause[i]);
			buf_byte(&w->later, '\0');
		}
	if (id.n) {
		buf_slice_add(&w->later, id);
	} else {
		buf_lit(&w->later, "at byte ");
		buf_u64(&w->later, r->off);
	}
	buf_byte(&w->later, '\0');
	buf_slice_add(&w->later, own->line);
	if (nth)
		emit_later(e, buf_slice(&w->later));
	else
		emit_defer(e, buf_slice(&w->later));
}

/* Once for each event: what a denied expression would have said of it is not known. */
void
ask_tick(struct worker *w)
{
	for (size_t i = 0; i < w->m->o.expressions.n && i < EXPRESSIONS; i++)
		w->undecided += w->m->deaths[i] >= DEATHS;
}

static bool
kills(struct slice cause)
{
	return slice_eq(cause, SLICE("deadline")) || slice_eq(cause, SLICE("memory")) || slice_eq(cause, SLICE("signal")) ||
	    slice_eq(cause, SLICE("frame"));
}

static void
say(struct worker *w, size_t i, struct slice place, struct slice cause, struct emit *e)
{
	struct buf b = {0};

	buf_lit(&b, "rule ");
	buf_slice_add(&b, w->m->expression_id[i]);
	buf_lit(&b, " is undecided for event ");
	buf_slice_add(&b, place);
	buf_lit(&b, ": ");
	buf_slice_add(&b, cause);
	emit_note(e, "undecided", (struct slice){NULL, 0}, buf_slice(&b));
	w->undecided++;
	if (kills(cause) && ++w->m->deaths[i] == DEATHS) {
		buf_reset(&b);
		buf_lit(&b, "rule ");
		buf_slice_add(&b, w->m->expression_id[i]);
		buf_lit(&b, " is asked no more: it failed three times");
		emit_note(e, "denied", (struct slice){NULL, 0}, buf_slice(&b));
	}
	buf_free(&b);
}

static void
raise(struct worker *w, const struct record *own, size_t i, unsigned nth, struct emit *e)
{
	struct alert a = {.rule_id = w->m->expression_id[i], .rule_name = w->m->o.expressions.v[i], .level = w->m->o.level,
	    .type = SLICE("expression"), .ruleset = SLICE("-e")};
	struct json_out o;

	buf_reset(&w->why);
	o = json_out(&w->why);
	jo_open(&o, '[');
	jo_open(&o, '{');
	jo_kstr(&o, "field", "(expression)");
	jo_kstr(&o, "op", "jq");
	jo_ktext(&o, "pattern", w->m->o.expressions.v[i]);
	jo_close(&o, '}');
	jo_close(&o, ']');
	a.why = buf_slice(&w->why);
	work_raise(w, own, &a, nth, e);
}

static struct slice
word(struct slice *rest)
{
	return slice_cut(rest, '\0');
}

void
ask_settle(struct worker *w, struct slice what, struct emit *e)
{
	uint64_t yes, unsure;
	struct slice cause[EXPRESSIONS] = {{0}}, place, rest = slice_from(what, 1 + sizeof(struct stamp));
	struct record own;
	unsigned nth;

	memcpy(&yes, rest.p, sizeof yes);
	memcpy(&unsure, rest.p + sizeof yes, sizeof unsure);
	nth = (unsigned char)rest.p[sizeof yes + sizeof unsure];
	rest = slice_from(rest, sizeof yes + sizeof unsure + 1);
	for (size_t i = 0; i < EXPRESSIONS; i++)
		if (unsure >> i & 1)
			cause[i] = word(&rest);
	place = word(&rest);
	for (size_t i = 0; i < EXPRESSIONS; i++) {
		/* Counted by ask_tick. */
		if (w->m->deaths[i] >= DEATHS)
			yes &= ~(1ull << i);
		else if (unsure >> i & 1)
			say(w, i, place, cause[i], e);
	}
	if ((yes || (nth == 0 && w->m->o.all)) && !work_read(w, rest, &own))
		tool_die(w->m->t, 0, "a line that was read cannot be read again: this is an error in the program");
	for (size_t i = 0; i < EXPRESSIONS; i++)
		if (yes >> i & 1)
			raise(w, &own, i, nth++, e);
	if (nth == 0 && w->m->o.all)
		emit_line(e, KIND_EVENT, rest);
	else if (nth == 0)
		emit_unmatched(e, NULL);
}
