#include "lib/format/evtx.h"
#include "tests/maker/evtx.h"

#include <stdlib.h>

/*
 * A file of Windows events, by plans and in general: the same lines come out, also when records are looked for in any
 * bytes.  A seed is a text of which the maker makes a file: "#evtx", then "record TYPE HEX", "within TYPE HEX", "plain
 * TEXT" or "chunk" a line.
 */
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);
size_t fuzz_seed(const uint8_t *, size_t, uint8_t **);

extern const struct format format_evtx;

static void
must(bool ok)
{
	if (!ok)
		abort();
}

struct reader {
	struct shape_options shape;
	struct format_context c;
	struct format_room room;
	struct event e;
	struct buf out;
};

static void
begin(struct reader *r, bool general, bool carve)
{
	*r = (struct reader){0};
	r->c = (struct format_context){.zone_name = SLICE("utc"), .max_record = 1024 * 1024, .carve = carve, .shape = &r->shape};
	r->c.shapes = shape_set_new();
	r->room = (struct format_room){.c = &r->c, .json = json_new(&json_limits_source)};
	r->room.slots = mem_zero(shape_slots(r->c.shapes) + 1, sizeof(uint32_t));
	r->room.state = mem_zero(1, format_evtx.state);
	r->room.own = mem_zero(1, sizeof(struct evtx));
	((struct evtx *)r->room.own)->in_general = general;
	if (!general)
		r->room.plans = plans_new(&r->shape);
	format_evtx.begin(r->room.state, &r->c);
}

static void
end(struct reader *r)
{
	format_evtx.release(r->room.own);
	plans_free(r->room.plans);
	shape_set_free((struct shape_set *)(uintptr_t)r->c.shapes);
	json_free(r->room.json);
	free(r->room.slots);
	free(r->room.state);
	event_free(&r->e);
	buf_free(&r->out);
}

static void
events(struct reader *r, struct slice frame)
{
	struct event_src src = {.fmt = SLICE("evtx"), .uri = SLICE("f")};
	struct format_part part = {0};
	struct fault fault = {0};

	if (r->room.plans)
		plan_from(r->room.plans, &src);
	for (;;) {
		event_reset(&r->e);
		if (!format_evtx.next(frame, &r->room, &r->e, &part, &fault))
			break;
		must(part.bytes.p >= frame.p && part.bytes.p + part.bytes.n <= frame.p + frame.n);
		src.off = (uint64_t)(part.bytes.p - frame.p);
		src.rec = part.rec;
		if (!part.ok)
			buf_str(&r->out, fault.what);
		else if (part.planned)
			plan_put_record(r->room.plans, src.off, src.rec, part.bytes, &r->out);
		else
			event_write(&r->e, &src, part.bytes, &r->out);
	}
}

static void
read_all(struct reader *r, struct slice in)
{
	while (in.n) {
		struct slice record = {NULL, 0};
		size_t n = format_evtx.frame(in, true, r->room.state, &record);

		must(n > 0 && n <= in.n);
		if (record.n)
			events(r, record);
		in = slice_from(in, n);
	}
}

static void
both(struct slice in, bool carve)
{
	struct reader quick, general;

	begin(&quick, false, carve);
	begin(&general, true, carve);
	/* The second time all is known. */
	for (int i = 0; i < 2; i++) {
		buf_reset(&quick.out);
		buf_reset(&general.out);
		memset(quick.room.state, 0, format_evtx.state);
		memset(general.room.state, 0, format_evtx.state);
		format_evtx.begin(quick.room.state, &quick.c);
		format_evtx.begin(general.room.state, &general.c);
		read_all(&quick, in);
		read_all(&general, in);
		must(slice_eq(buf_slice(&quick.out), buf_slice(&general.out)));
	}
	end(&quick);
	end(&general);
}

static bool
byte(struct slice *hex, char *out)
{
	static const char digit[] = "0123456789abcdef";
	const char *a = hex->n > 1 ? strchr(digit, hex->p[0]) : NULL, *b = hex->n > 1 ? strchr(digit, hex->p[1]) : NULL;

	if (a == NULL || b == NULL || hex->p[0] == 0 || hex->p[1] == 0)
		return false;
	*out = (char)((a - digit) << 4 | (b - digit));
	*hex = slice_from(*hex, 2);
	return true;
}

static void
line(struct evtx_maker *m, struct slice l)
{
	struct slice word = slice_cut(&l, ' ');
	struct buf value = {0};
	char type = 0, c;

	if (slice_eq(word, SLICE("chunk")) && m->chunk)
		evtx_make_chunk_end(m);
	if (slice_eq(word, SLICE("plain"))) {
		buf_slice_add(&value, l);
		evtx_make_plain(m, buf_cstr(&value));
	}
	if (byte(&l, &type)) {
		l = slice_trim(l);
		while (byte(&l, &c))
			buf_byte(&value, c);
		if (slice_eq(word, SLICE("record")))
			evtx_make_record(m, (uint8_t)type, buf_slice(&value));
		else if (slice_eq(word, SLICE("within")))
			evtx_make_within(m, (uint8_t)type, buf_slice(&value));
	}
	buf_free(&value);
}

size_t
fuzz_seed(const uint8_t *p, size_t n, uint8_t **out)
{
	struct slice text = slice_of((const char *)p, n);
	struct evtx_maker m;

	if (!slice_starts(text, SLICE("#evtx\n")))
		return 0;
	(void)slice_cut(&text, '\n');
	evtx_make_begin(&m);
	/* No chunk holds more than its 64 KiB. */
	while (text.p && m.out.n - m.chunk < EVTX_CHUNK / 2)
		line(&m, slice_trim(slice_cut(&text, '\n')));
	evtx_make_end(&m);
	*out = (uint8_t *)m.out.p;
	return m.out.n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice in = slice_of((const char *)p, n);
	uint8_t *made = NULL;
	size_t size = fuzz_seed(p, n, &made);

	if (size)
		in = slice_of((const char *)made, size);
	both(in, false);
	both(in, true);
	free(made);
	return 0;
}
