#include "tests/unit/format.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

void
trial_begin(struct trial *t, struct slice name)
{
	*t = (struct trial){0};
	t->c = (struct format_context){.zone_name = SLICE("utc"), .reference = {INT64_C(1772438400), 0}, .year_err = ERR_year_inferred,
	    .max_record = 1024 * 1024, .name = name, .shape = &t->shape};
	t->c.shapes = shape_set_new();
	t->room = (struct format_room){.c = &t->c, .json = json_new(&json_limits_source)};
	t->room.slots = calloc(shape_slots(t->c.shapes) + 1, sizeof(uint32_t));
}

void
trial_end(struct trial *t)
{
	if (t->room.own)
		t->reader->release(t->room.own);
	plans_free(t->room.plans);
	shape_set_free((struct shape_set *)(uintptr_t)t->c.shapes);
	json_free(t->room.json);
	free(t->room.slots);
	buf_free(&t->room.scratch);
	event_free(&t->e);
	buf_free(&t->out);
}

static struct slice
reason_of(const struct fault *f)
{
	struct slice s = slice_str(f->what ? f->what : "no reason given");

	return slice_head(s, slice_find(s, ':'));
}

static void
refused(struct trial *t, const struct fault *f, uint64_t off)
{
	struct json_out o = json_out(&t->out);

	t->rec++;
	if (t->see) {
		t->see(t, f->what);
		return;
	}
	jo_open(&o, '{');
	jo_ktext(&o, "reject", reason_of(f));
	jo_ku64(&o, "off", off);
	jo_close(&o, '}');
	buf_byte(&t->out, '\n');
}

static void
one(struct trial *t, const struct format *f, struct slice record, struct slice bytes, uint64_t off)
{
	struct event_src src = {.fmt = slice_str(f->name), .uri = t->c.name, .off = off, .rec = t->rec + 1};
	struct fault fault = {0};
	bool skip = false;

	event_reset(&t->e);
	if (!f->parse(record, &t->room, &t->e, &skip, &fault)) {
		refused(t, &fault, off);
		return;
	}
	if (skip)
		return;
	t->rec++;
	if (t->see)
		t->see(t, NULL);
	else
		event_write(&t->e, &src, bytes, &t->out);
}

static void
parts(struct trial *t, const struct format *f, struct slice frame, uint64_t off)
{
	struct format_part part = {0};
	struct fault fault = {0};

	for (;;) {
		struct event_src src = {.fmt = slice_str(f->name), .uri = t->c.name};

		event_reset(&t->e);
		if (!f->next(frame, &t->room, &t->e, &part, &fault))
			break;
		src.off = off + (uint64_t)(part.bytes.p - frame.p);
		src.rec = part.rec;
		if (!part.ok) {
			refused(t, &fault, src.off);
			continue;
		}
		t->rec++;
		if (part.planned)
			plan_put_record(t->room.plans, src.off, src.rec, part.bytes, &t->out);
		else if (t->see)
			t->see(t, NULL);
		else
			event_write(&t->e, &src, part.bytes, &t->out);
	}
}

bool
trial_one(struct trial *t, const struct format *f, struct slice record)
{
	struct fault fault = {0};
	bool skip = false, ok;
	void *state = calloc(1, f->state + 1);

	if (f->begin)
		f->begin(state, &t->c);
	if (f->learn)
		f->learn(record, state);
	t->room.state = state;
	t->reader = f;
	event_reset(&t->e);
	ok = f->parse(record, &t->room, &t->e, &skip, &fault);
	t->room.state = NULL;
	free(state);
	return ok && !skip;
}

/* As a worker: the state is that of the block's start. */
static void
block(struct trial *t, const struct format *f, struct slice in, uint64_t off, void *state)
{
	struct slice rest = in;

	t->room.state = state;
	t->reader = f;
	while (rest.n) {
		struct slice record = {0};
		size_t n = format_frame(f, rest, true, state, &record);

		OK(n > 0, "frame goes on at %zu of %zu", in.n - rest.n, in.n);
		if (n == 0)
			break;
		if (record.n && f->next) {
			parts(t, f, record, off + (uint64_t)(record.p - in.p));
		} else if (record.n > t->c.max_record) {
			struct fault fault = {.what = "record-length: too long"};

			refused(t, &fault, off + (uint64_t)(record.p - in.p));
		} else if (record.n) {
			if (f->learn)
				f->learn(record, state);
			one(t, f, record, record, off + (uint64_t)(record.p - in.p));
		}
		rest = slice_from(rest, n);
	}
}

static void
lines(struct trial *t, const struct format *f, struct slice in)
{
	struct fault fault = {0};
	struct json *j = t->room.json;

	json_block(j, in);
	while (json_line(j, &fault)) {
		if (j->ok && j->node[0].type == JSON_OBJECT) {
			one(t, f, (struct slice){NULL, 0}, j->line, j->at);
			continue;
		}
		if (j->ok)
			fault = (struct fault){.what = "not-object"};
		refused(t, &fault, j->at);
	}
}

/* The reader: `at` bytes are given away, `have` are read. */
struct reader {
	struct slice in;
	size_t at, have, piece, each;
};

static size_t
gather(struct trial *t, const struct format *f, struct reader *r, void *state)
{
	size_t n = 0, count = 0;

	while (r->each == 0 || count < r->each) {
		struct slice record = {0}, view = slice_of(r->in.p + r->at + n, r->have - r->at - n);
		size_t len = view.n ? format_frame(f, view, r->have == r->in.n, state, &record) : 0;

		if (len == 0)
			break;
		n += len;
		count += record.n > 0;
		if (record.n && f->learn)
			f->learn(record, state);
	}
	(void)t;
	return n;
}

void
trial_read(struct trial *t, const struct format *f, struct slice in, size_t piece, size_t each)
{
	struct slice head = slice_head(in, 64 * 1024);
	struct reader r = {.in = in, .piece = piece ? piece : in.n, .each = each};
	char *state = calloc(1, f->state + 1), *work = calloc(1, f->state + 1), *ahead = calloc(1, f->state + 1);

	if (f->by_block && f->by_block(head)) {
		lines(t, f, in);
		goto out;
	}
	t->c.head = head;
	if (f->begin)
		f->begin(state, &t->c);
	t->c.head = (struct slice){NULL, 0};
	while (r.at < in.n) {
		size_t n;

		memcpy(ahead, state, f->state);
		n = gather(t, f, &r, ahead);
		if (n) {
			memcpy(work, state, f->state);
			block(t, f, slice_of(in.p + r.at, n), r.at, work);
			memcpy(state, ahead, f->state);
			r.at += n;
		} else if (r.have == in.n) {
			OK(false, "the reader stands still at %zu of %zu", r.at, in.n);
			break;
		}
		r.have = r.have + r.piece < in.n ? r.have + r.piece : in.n;
	}
out:
	t->room.state = NULL;
	free(state);
	free(work);
	free(ahead);
}
