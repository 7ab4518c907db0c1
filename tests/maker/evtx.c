#include "tests/maker/evtx.h"

#include "lib/format/evtx.h"

static void
u16(struct buf *b, unsigned v)
{
	buf_byte(b, (char)v);
	buf_byte(b, (char)(v >> 8));
}

static void
u32(struct buf *b, uint32_t v)
{
	u16(b, v & 0xffff);
	u16(b, v >> 16);
}

static void
u64(struct buf *b, uint64_t v)
{
	u32(b, (uint32_t)v);
	u32(b, (uint32_t)(v >> 32));
}

static void
set32(struct buf *b, size_t at, uint32_t v)
{
	for (size_t i = 0; i < 4; i++)
		b->p[at + i] = (char)(v >> 8 * i);
}

static void
zeros(struct buf *b, size_t to)
{
	while (b->n < to)
		buf_byte(b, 0);
}

static uint32_t
here(const struct evtx_maker *m)
{
	return (uint32_t)(m->out.n - m->chunk);
}

static void
utf16(struct buf *b, const char *s)
{
	for (; *s; s++)
		u16(b, (unsigned char)*s);
}

/* The name stands where it is used. */
static void
name(struct evtx_maker *m, const char *s)
{
	u32(&m->out, here(m) + 4);
	u32(&m->out, 0);
	u16(&m->out, 0);
	u16(&m->out, (unsigned)strlen(s));
	utf16(&m->out, s);
	u16(&m->out, 0);
}

static void
element(struct evtx_maker *m, const char *s, bool attribute)
{
	buf_byte(&m->out, attribute ? 0x41 : 0x01);
	if (!m->plain)
		u16(&m->out, 0xffff);
	u32(&m->out, 0);
	name(m, s);
	if (attribute)
		u32(&m->out, 0);
}

static void
slot(struct evtx_maker *m, unsigned index)
{
	buf_byte(&m->out, 0x0e);
	u16(&m->out, index);
	buf_byte(&m->out, 0);
}

static void
simple(struct evtx_maker *m, const char *s, unsigned index)
{
	element(m, s, false);
	buf_byte(&m->out, 0x02);
	slot(m, index);
	buf_byte(&m->out, 0x04);
}

static void
attribute(struct evtx_maker *m, const char *s)
{
	buf_byte(&m->out, 0x06);
	name(m, s);
}

static void
definition(struct evtx_maker *m)
{
	size_t at = m->out.n;

	m->definition = here(m);
	u32(&m->out, 0);
	u64(&m->out, 1);
	u64(&m->out, 2);
	u32(&m->out, 0);
	buf_lit(&m->out, "\x0f\1\1\0");
	element(m, "Event", false);
	buf_byte(&m->out, 0x02);
	element(m, "System", false);
	buf_byte(&m->out, 0x02);
	simple(m, "EventID", 0);
	simple(m, "EventRecordID", 1);
	element(m, "TimeCreated", true);
	attribute(m, "SystemTime");
	slot(m, 2);
	buf_byte(&m->out, 0x03);
	simple(m, "Channel", 3);
	buf_byte(&m->out, 0x04);
	element(m, "EventData", false);
	buf_byte(&m->out, 0x02);
	element(m, "Data", true);
	attribute(m, "Name");
	buf_lit(&m->out, "\5\1\1\0v\0");
	buf_byte(&m->out, 0x02);
	slot(m, 4);
	buf_lit(&m->out, "\4\4\4\0");
	set32(&m->out, at + 20, (uint32_t)(m->out.n - at - 24));
}

void
evtx_make_begin(struct evtx_maker *m)
{
	*m = (struct evtx_maker){0};
	buf_lit(&m->out, "ElfFile\0");
	zeros(&m->out, EVTX_HEAD);
}

static void
chunk_begin(struct evtx_maker *m)
{
	m->chunk = m->out.n;
	m->definition = 0;
	buf_lit(&m->out, "ElfChnk\0");
	zeros(&m->out, m->chunk + EVTX_RECORDS);
}

static void
instance(struct evtx_maker *m)
{
	buf_lit(&m->out, "\x0f\1\1\0\x0c\1");
	u32(&m->out, 1);
	u32(&m->out, m->definition ? m->definition : here(m) + 4);
	if (m->definition == 0)
		definition(m);
}

static const uint64_t written = UINT64_C(131124751716816408);		/* 2016-07-08T18:12:51.6816408Z */

static void
record_begin(struct evtx_maker *m)
{
	struct buf *b = &m->out;

	if (m->chunk == 0)
		chunk_begin(m);
	m->record = b->n;
	u32(b, 0x2a2a);
	u32(b, 0);
	u64(b, ++m->id);
	u64(b, written);
}

static void
record_end(struct evtx_maker *m)
{
	struct buf *b = &m->out;

	buf_byte(b, 0);
	while ((b->n - m->record) % 8 != 4)
		buf_byte(b, 0);
	u32(b, (uint32_t)(b->n - m->record + 4));
	set32(b, m->record + 4, (uint32_t)(b->n - m->record));
}

/* An instance with its values; the fifth is to come. */
static void
values(struct evtx_maker *m, uint8_t type, size_t n)
{
	static const char channel[] = "Security";
	static const uint8_t types[] = {0x06, 0x0a, 0x11, 0x01};
	static const uint16_t sizes[] = {2, 8, 8, 16};
	struct buf *b = &m->out;

	instance(m);
	u32(b, 5);
	for (size_t i = 0; i < 4; i++) {
		u16(b, sizes[i]);
		u16(b, types[i]);
	}
	u16(b, (unsigned)n);
	u16(b, type);
	u16(b, 4624);
	u64(b, m->id);
	u64(b, written);
	utf16(b, channel);
}

void
evtx_make_record(struct evtx_maker *m, uint8_t type, struct slice value)
{
	record_begin(m);
	values(m, type, value.n);
	buf_slice_add(&m->out, value);
	record_end(m);
}

void
evtx_make_within(struct evtx_maker *m, uint8_t type, struct slice value)
{
	enum { INSTANCE = 14 + 4 + 5 * 4 + 2 + 8 + 8 + 16 };

	record_begin(m);
	values(m, 0x21, INSTANCE + value.n);
	values(m, type, value.n);
	buf_slice_add(&m->out, value);
	record_end(m);
}

static void
text(struct evtx_maker *m, const char *s)
{
	buf_lit(&m->out, "\5\1");
	u16(&m->out, (unsigned)strlen(s));
	utf16(&m->out, s);
}

static void
plain(struct evtx_maker *m, const char *name, const char *s)
{
	element(m, name, false);
	buf_byte(&m->out, 0x02);
	text(m, s);
	buf_byte(&m->out, 0x04);
}

void
evtx_make_plain(struct evtx_maker *m, const char *s)
{
	record_begin(m);
	m->plain = true;
	buf_lit(&m->out, "\x0f\1\1\0");
	element(m, "Event", false);
	buf_byte(&m->out, 0x02);
	element(m, "System", false);
	buf_byte(&m->out, 0x02);
	plain(m, "EventID", "7");
	plain(m, "EventRecordID", "70");
	plain(m, "Channel", "System");
	buf_byte(&m->out, 0x04);
	element(m, "EventData", false);
	buf_byte(&m->out, 0x02);
	element(m, "Data", true);
	attribute(m, "Name");
	text(m, "v");
	buf_byte(&m->out, 0x02);
	text(m, s);
	buf_lit(&m->out, "\4\4\4");
	record_end(m);
	m->plain = false;
}

void
evtx_make_chunk_end(struct evtx_maker *m)
{
	struct buf *b = &m->out;
	size_t c = m->chunk, n = b->n - c;

	set32(b, c + 40, 128);
	set32(b, c + 44, (uint32_t)(m->record - c));
	set32(b, c + 48, (uint32_t)n);
	set32(b, c + 52, evtx_crc(0, slice_of(b->p + c + EVTX_RECORDS, n - EVTX_RECORDS)));
	set32(b, c + 124, evtx_crc(evtx_crc(0, slice_of(b->p + c, 120)), slice_of(b->p + c + 128, EVTX_RECORDS - 128)));
	zeros(b, c + EVTX_CHUNK);
	m->chunk = 0;
}

void
evtx_make_end(struct evtx_maker *m)
{
	if (m->chunk)
		evtx_make_chunk_end(m);
}
