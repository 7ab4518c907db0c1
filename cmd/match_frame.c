/* Alerts of a foreign event, from its line as it is written: nobody needs to read it again. */
#include "cmd/match_work.h"

/* Fields of its own that an alert would replace. */
static bool
has_rule(const struct worker *w)
{
	for (unsigned i = 0; i < w->replaces; i++)
		if (event_has(&w->event, w->replaced[i]))
			return true;
	return false;
}

/* What a rule says of itself is the same in each of its alerts. */
static struct slice
tail_of(struct worker *w, const struct alert *a)
{
	struct slice *tail = &w->tail[a->rule->index];

	if (tail->n == 0) {
		buf_reset(&w->scratch);
		alert_tail(a, &w->scratch);
		*tail = arena_slice(&w->tails, buf_slice(&w->scratch));
	}
	return *tail;
}

void
frame_open(struct worker *w)
{
	w->tail = mem_zero(w->m->sigma.rules, sizeof *w->tail);
	for (enum field f = 0; f < FIELD_COUNT; f++)
		if (slice_starts(field_row[f].path, SLICE("rule.")) || slice_starts(field_row[f].path, SLICE("threat.")))
			w->replaced[w->replaces++] = f;
}

bool
frame_alerts(struct worker *w, const struct match_hit *hit, size_t hits, struct emit *e)
{
	struct alert_frame frame;
	unsigned nth = 0;

	if (!alert_frame(slice_trim(buf_slice(&w->wrapped)), w->event.ir_end, w->event.raw_json.n, &frame) || has_rule(w))
		return false;
	for (size_t i = 0; i < hits; i++) {
		struct alert a = work_alert(w, hit[i].rule);

		if (hit[i].rule->mute)
			continue;
		buf_reset(&w->line);
		alert_write_framed(&frame, &a, tail_of(w, &a), &w->line);
		if (nth++ == 0)
			emit_line(e, KIND_ALERT, buf_slice(&w->line));
		else
			emit_made(e, KIND_ALERT, buf_slice(&w->line));
		emit_level(e, a.level);
	}
	return true;
}
