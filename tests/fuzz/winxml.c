#include "lib/format/winxml.h"

#include <stdlib.h>

/* Windows events as XML: in whatever pieces the text comes, the same records are cut, and each is read or refused. */
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

extern const struct format format_winxml;

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
note(struct buf *b, const char *start, struct slice record)
{
	size_t at = (size_t)(record.p - start);

	if (record.n == 0)
		return;
	buf_add(b, &at, sizeof at);
	buf_add(b, &record.n, sizeof record.n);
}

static void
parse(struct format_room *room, struct slice record)
{
	struct event e = {0};
	struct fault f = {0};
	struct buf out = {0};
	bool skip = false;

	event_reset(&e);
	if (format_winxml.parse(record, room, &e, &skip, &f))
		event_write(&e, &(struct event_src){.fmt = SLICE("winxml"), .uri = SLICE("f")}, record, &out);
	else
		must(f.what != NULL);
	event_free(&e);
	buf_free(&out);
}

static void
whole(struct format_room *room, struct slice in, struct buf *places)
{
	const char *start = in.p;

	while (in.n) {
		struct slice record = {NULL, 0};
		size_t n = winxml_frame(in, true, NULL, &record);

		must(n > 0 && n <= in.n);
		note(places, start, record);
		if (record.n)
			parse(room, record);
		in = slice_from(in, n);
	}
}

static void
pieces(struct slice in, size_t piece, struct buf *places)
{
	size_t from = 0, have = 0;

	while (from < in.n) {
		struct slice record = {NULL, 0};
		size_t n = winxml_frame(slice_of(in.p + from, have - from), have == in.n, NULL, &record);

		must(n <= have - from);
		note(places, in.p, record);
		from += n;
		if (n == 0 || from == have)
			have = have + piece < in.n ? have + piece : in.n;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice in = slice_of((const char *)p, n);
	struct shape_options shape = {0};
	struct format_context c = {.zone_name = SLICE("utc"), .max_record = 1024 * 1024, .shape = &shape};
	struct shape_set *set = shape_set_new();
	struct format_room room = {.c = &c, .json = json_new(&json_limits_source)};
	struct buf a = {0}, b = {0};

	c.shapes = set;
	room.slots = mem_zero(shape_slots(set) + 1, sizeof(uint32_t));
	(void)format_winxml.sniff(in);
	whole(&room, in, &a);
	pieces(in, 1 + n / 16, &b);
	must(slice_eq(buf_slice(&a), buf_slice(&b)));
	if (room.own)
		format_winxml.release(room.own);
	shape_set_free(set);
	json_free(room.json);
	free(room.slots);
	buf_free(&room.scratch);
	buf_free(&a);
	buf_free(&b);
	return 0;
}
