/* Windows event logs: raw as evtx_dump writes it; fields, log source and time from there. */
#include "lib/format/evtx.h"

#include "lib/base/num.h"

#include <stdlib.h>

struct state {
	bool begun;			/* the file's header is behind us */
	bool no_crc;			/* which says that there are no checksums */
	bool carve;
};

static int
sniff(struct slice head)
{
	return slice_starts(head, slice_of("ElfFile", 8)) ? 100 : 0;
}

static void
begin(void *state, const struct format_context *c)
{
	struct state *s = state;

	s->carve = c->carve;
}

static size_t
frame(struct slice in, bool last, void *state, struct slice *record)
{
	struct state *s = state;
	size_t n = s->begun ? EVTX_CHUNK : EVTX_HEAD;

	if (s->carve)
		return evtx_carve_frame(in, last, record);
	if (in.n < n && !last)
		return 0;
	if (in.n < n)
		n = in.n;
	if (s->begun)
		*record = slice_head(in, n);
	else
		s->no_crc = n >= 124 && (evtx_u32(in.p + 120) & 4);
	s->begun = true;
	return n;
}

static void
release(void *own)
{
	struct evtx *x = own;

	evtx_write_free(&x->w);
	evtx_plan_forget(x);
	evtx_share_free(x);
	free(x->passing.v);
	arena_free(&x->mem);
	free(x->index);
	buf_free(&x->slash);
	buf_free(&x->whole);
	buf_free(&x->type);
	buf_free(&x->sign);
	buf_free(&x->plain);
	buf_free(&x->marked);
	free(x->value);
	free(x);
}

/* The record's own time is that of the event; the header's stands in where the event's is lost. */
static void
header_time(struct event *e, const char *record)
{
	uint64_t written = evtx_u64(record + 16);

	if (e->timed || written == 0)
		return;
	e->at = stamp_filetime(written);
	e->timed = true;
	e->err &= ~(1u << ERR_no_time);
}

/* Record and chunk are whole, and the number is the event's own: what such a record comes to may be known (lib/event/plan.h). */
static bool
may_be_known(const struct evtx *x, const struct evtx_record *r, const struct format_room *room)
{
	return x->plan && room->plans && x->plan->number != JSON_NONE && (x->err | x->w.err) == 0 && !r->size_differs;
}

static bool
fill(struct evtx *x, const struct evtx_record *r, struct format_room *room, struct slice json,
    struct event *e, struct format_part *part, struct fault *f)
{
	if (!json_one(room->json, json, f)) {
		e->trace = NULL;
		return false;
	}
	(void)shape_fill(room->c->shapes, room->c->shape, room->json, 0, room->slots, e);
	e->raw_flat = true;
	if (e->trace)
		plan_learn_quick(room->plans, &x->quick, e);
	e->err |= x->err | x->w.err;
	if (r->size_differs)
		event_err(e, ERR_wrong_size);
	if (e->err & 1u << ERR_bad_utf8)
		e->bytes = part->bytes;
	header_time(e, part->bytes.p);
	if (!num_u64(event_get(e, F_event_sequence), &part->rec)) {
		part->rec = r->id;
		event_set_u64(e, F_event_sequence, r->id);
	}
	return true;
}

static bool
one(struct evtx *x, const struct evtx_record *r, struct format_room *room, struct event *e, struct format_part *part,
    struct fault *f)
{
	struct slice json;
	bool known, ok;

	if (!evtx_render(x, r->at + 24, r->at + r->n - 4, &json, f))
		return false;
	known = may_be_known(x, r, room);
	if (known) {
		evtx_plan_quick(x, json);
		part->planned = num_u64(json_slot(&x->quick, x->plan->number), &part->rec) &&
		    plan_read(room->plans, x->plan->layout, &x->quick, &part->told);
		if (!part->planned)
			plan_watch(room->plans, x->plan->layout, room->json, e);
	}
	ok = part->planned || fill(x, r, room, json, e, part, f);
	if (known)
		evtx_plan_quick_end(x);
	return ok;
}

static bool
next(struct slice chunk, struct format_room *room, struct event *e, struct format_part *part, struct fault *f)
{
	const struct state *s = room->state;
	struct evtx_record r;
	struct evtx *x;

	if (room->own == NULL)
		room->own = mem_zero(1, sizeof(struct evtx));
	x = room->own;
	x->json = room->json;
	if (!part->begun) {
		x->carve = s->carve;
		x->lead = 0;
		if (s->carve && !slice_starts(chunk, slice_of("ElfChnk", 8)))
			evtx_carve_begin(x, chunk);
		else
			evtx_chunk_begin(x, chunk);
		evtx_chunk_look(x, !s->no_crc);
		part->begun = true;
	}
	if (!evtx_chunk_next(x, &r))
		return false;
	part->bytes = slice_of(chunk.p + (r.at - x->lead), r.n);
	part->rec = part->number = r.id;
	part->planned = false;
	part->ok = r.whole ? one(x, &r, room, e, part, f) : fault_set(f, "evtx-record: bytes that are no record", 0);
	return true;
}

const struct format format_evtx = {
	.name = "evtx",
	.title = "Windows event log",
	.standard = "MS-EVEN6",
	.sniff = sniff,
	.frame = frame,
	.closed = true,
	.state = sizeof(struct state),
	.begin = begin,
	.next = next,
	.count = evtx_chunk_count,
	.newest = evtx_chunk_newest,
	.frame_max = EVTX_CHUNK,
	.release = release,
};
