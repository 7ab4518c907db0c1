/*
 * One format by its name (FUZZ_FORMAT): reads the bytes as a source, in one piece and in small ones.  The frames must be
 * the same, each step must go on, and what is no reject must be written as one line of JSON.
 */
#include "lib/format/format.h"

#include "tests/maker/utmp.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define NAME(f) NAME_(f)
#define NAME_(f) #f

enum { SMALL = 4096 };			/* --max-record here: what lies beyond is looked at too */

struct run {
	const struct format *f;
	struct format_context c;
	struct shape_options shape;
	struct format_room room;
	struct event e;
	struct json *check;
	struct buf out;
};

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
written(struct run *r, struct slice bytes)
{
	struct event_src src = {.fmt = slice_str(r->f->name), .uri = SLICE("x"), .off = 1, .rec = 1};
	struct fault f;

	buf_reset(&r->out);
	event_write(&r->e, &src, bytes, &r->out);
	must(r->out.n && r->out.p[r->out.n - 1] == '\n');
	must(json_one(r->check, slice_head(buf_slice(&r->out), r->out.n - 1), &f));
}

static void
parse(struct run *r, struct slice record)
{
	struct format_part part = {0};
	struct fault f = {0};
	bool skip = false;

	if (r->f->next) {
		for (size_t n = 0;; n++) {
			event_reset(&r->e);
			if (!r->f->next(record, &r->room, &r->e, &part, &f))
				return;
			must(n <= record.n + 1 && part.bytes.p >= record.p && part.bytes.p + part.bytes.n <= record.p + record.n);
			must(part.ok || f.what);
			if (part.ok)
				written(r, part.bytes);
		}
	}
	if (r->f->learn)
		r->f->learn(record, r->room.state);
	event_reset(&r->e);
	if (!r->f->parse(record, &r->room, &r->e, &skip, &f))
		must(f.what != NULL);
	else if (!skip)
		written(r, record);
}

/* Frames in pieces of `piece` bytes; *sum tells where each record stands. */
static void
frames(struct run *r, struct slice in, size_t piece, bool parsed, uint64_t *sum)
{
	void *state = calloc(1, r->f->state + 1);
	size_t at = 0, have = piece ? (piece < in.n ? piece : in.n) : in.n;

	*sum = 0;
	r->c.head = slice_head(in, 64 * 1024);
	if (r->f->begin)
		r->f->begin(state, &r->c);
	r->room.state = state;
	while (at < in.n) {
		struct slice record = {0}, view = slice_of(in.p + at, have - at);
		size_t n = view.n ? format_frame(r->f, view, have == in.n, state, &record) : 0;

		must(n <= view.n && (n > 0 || have < in.n));
		if (n == 0) {
			have = have + piece < in.n ? have + piece : in.n;
			continue;
		}
		if (record.n) {
			must(record.p >= view.p && record.p + record.n <= view.p + n);
			*sum = *sum * 1099511628211u + (uint64_t)(record.p - in.p) * 31 + record.n;
			if (parsed && (record.n <= SMALL || r->f->next))
				parse(r, record);
			else if (r->f->learn)
				r->f->learn(record, state);
		}
		at += n;
	}
	if (r->room.own && r->f->release)
		r->f->release(r->room.own);
	r->room.own = NULL;
	r->room.state = NULL;
	free(state);
}

/* Binary records around the bytes, since seeds are text. */
static struct slice
dressed(const struct format *f, struct slice in, struct buf *b)
{
	if (strcmp(f->name, "utmp") == 0 && in.n > 2) {
		for (size_t i = 0; i + 1 < in.n && i < 64; i += 2) {
			utmp_make(b, (uint32_t)(unsigned char)in.p[i] % 12, "root", "host", (const unsigned char *)in.p);
			b->p[b->n - 1 - (size_t)(unsigned char)in.p[i + 1]] = in.p[i];
		}
		buf_slice_add(b, in);
		return buf_slice(b);
	}
	if (strcmp(f->name, "journal") == 0 && in.n > 1) {
		buf_lit(b, "__CURSOR=x\n__REALTIME_TIMESTAMP=1772438400123456\nMESSAGE\n");
		for (int i = 0; i < 8; i++)
			buf_byte(b, (char)(i < 2 ? (in.n + (size_t)(in.p[1] == 'x')) >> 8 * i & 0xff : 0));
		buf_slice_add(b, in);
		buf_lit(b, "\nA=b\n\n");
		buf_slice_add(b, in);
		return buf_slice(b);
	}
	return in;
}

/* What is costly to make is made once. */
static void
start(struct run *r)
{
	r->f = format_by_name(slice_str(NAME(FUZZ_FORMAT)));
	r->c = (struct format_context){.zone_name = SLICE("utc"), .reference = {INT64_C(1772438400), 0},
	    .year_err = ERR_year_inferred,
	    .max_record = SMALL, .name = SLICE("x"), .shape = &r->shape};
	r->c.shapes = shape_set_new();
	r->check = json_new(&json_limits_stream);
	r->room = (struct format_room){.c = &r->c, .json = json_new(&json_limits_source)};
	r->room.slots = calloc(shape_slots(r->c.shapes) + 1, sizeof(uint32_t));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct run r;
	struct buf b = {0};
	struct slice in;
	uint64_t whole, pieces;

	if (r.f == NULL)
		start(&r);
	in = dressed(r.f, slice_of((const char *)p, n), &b);
	(void)format_guess(slice_head(in, 64 * 1024), SLICE("x"));
	frames(&r, in, 0, true, &whole);
	frames(&r, in, 61, false, &pieces);
	must(whole == pieces);
	buf_free(&b);
	return 0;
}
