/*
 * The time of the record before, for a foreign one that has none (DECISIONS.md 4 and 7).  It is looked for backwards from there
 * and only when it is wanted; what the blocks before say is told by the reader, so that neither blocks nor -j show.
 */
#include "lib/tool/wrap.h"
#include "lib/tool/each.h"

#include <stdlib.h>

struct before {
	const struct wraps *wraps;
	const struct record_paths *paths;
	struct json *json;
	uint32_t *slots;
	struct event event;
};

struct before *
before_new(const struct shared *s)
{
	struct before *b = mem_zero(1, sizeof *b);

	b->wraps = s->stage->wraps;
	b->paths = s->paths;
	b->json = json_new(&json_limits_stream);
	b->slots = mem_zero(shape_slots(b->wraps->shapes) + 1, sizeof *b->slots);
	return b;
}

void
before_free(struct before *b)
{
	if (b == NULL)
		return;
	json_free(b->json);
	event_free(&b->event);
	free(b->slots);
	free(b);
}

/* Control records and rejects tell of the stream, not of what happened. */
static bool
time_of(struct before *b, struct slice line, struct stamp *at)
{
	struct record r;
	struct fault f;
	const char *reason;

	json_block(b->json, line);
	if (!json_line(b->json, &f) || !b->json->ok || !record_read(b->paths, b->json, &r, &reason))
		return false;
	if (r.kind == KIND_FOREIGN) {
		event_reset(&b->event);
		(void)shape_fill(b->wraps->shapes, &b->wraps->shape, r.j, 0, b->slots, &b->event);
		*at = b->event.timed ? b->event.at : *at;
		return b->event.timed;
	}
	if (!r.timed || r.kind == KIND_NOTE || r.kind == KIND_MARK || r.kind == KIND_END || r.kind == KIND_REJECT)
		return false;
	*at = r.at;
	return true;
}

void
before_find(struct before *b, struct slice lines, struct stamp *at)
{
	while (lines.n) {
		size_t n = lines.n - (lines.p[lines.n - 1] == '\n'), nl = slice_rfind(slice_head(lines, n), '\n');
		size_t from = nl < n ? nl + 1 : 0;

		if (from < n && time_of(b, slice_of(lines.p + from, n - from), at))
			return;
		lines = slice_head(lines, from);
	}
}

/* Each line of a block is looked at once at most: what was found for a record without time holds for those behind it. */
static struct stamp
time_before(struct emit *e, const struct record *r)
{
	const char *from = e->job->view.p + e->looked;

	if (e->before == NULL)
		e->before = before_new(e->s);
	before_find(e->before, slice_of(from, (size_t)(r->line.p - from)), &e->job->before);
	e->looked = (size_t)(r->line.p + r->line.n - e->job->view.p);
	return e->job->before;
}

void
emit_wrap(struct emit *e, const struct record *foreign, uint32_t *slots, struct event *scratch, struct buf *out)
{
	static const size_t behind = sizeof "{\"@timestamp\":\"" - 1;
	const struct wraps *w = e->s->stage->wraps;
	size_t from = out->n;

	scratch->at = (struct stamp){0, 0};
	event_wrap(w->shapes, &w->shape, foreign, SLICE("-"), slots, scratch, out);
	if (scratch->timed || !w->before)
		return;
	scratch->at = time_before(e, foreign);
	stamp_put(out->p + from + behind, scratch->at);
}
