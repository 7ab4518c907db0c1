/* Windows event logs made by tests/maker/evtx.c: each type of value, and damage. */
#include "tests/maker/evtx.h"
#include "tests/unit/format.h"
#include "tests/unit/unit.h"

#define BYTES(lit) SLICE_INIT(lit)

static const struct {
	const char *name;
	uint8_t type;
	struct slice bytes;
	const char *want;		/* EventData; the word of ir.err behind a blank */
} value[] = {
	{"null", 0x00, {NULL, 0}, "{\"v\":\"\"}"},
	{"string", 0x01, BYTES("a\0\"\0\xe9\0\n\0"), "{\"v\":\"a\\\"\xc3\xa9\\n\"}"},
	{"string, pair", 0x01, BYTES("\x3d\xd8\x00\xde"), "{\"v\":\"\xf0\x9f\x98\x80\"}"},
	{"string, lone half", 0x01, BYTES("\x3d\xd8x\0"), "{\"v\":\"\xef\xbf\xbdx\"} bad-utf8"},
	{"string, NUL at the end", 0x01, BYTES("a\0\0\0"), "{\"v\":\"a\"}"},
	{"string, text behind NUL", 0x01, BYTES("a\0\0\0b\0"), "{\"v\":\"a\"} nul-text"},
	{"string, 18 letters", 0x01, BYTES("a\0b\0c\0d\0e\0f\0g\0h\0i\0j\0k\0l\0m\0n\0o\0p\0q\0r\0"), "{\"v\":\"abcdefghijklmnopqr\"}"},
	{"string, a tab among 17", 0x01, BYTES("a\0b\0c\0d\0\t\0f\0g\0h\0i\0j\0k\0l\0m\0n\0o\0p\0\x80\x30"),
	    "{\"v\":\"abcd\\tfghijklmnop\xe3\x82\x80\"}"},
	{"ansi", 0x02, BYTES("a\x80\xe9\0"), "{\"v\":\"a\xe2\x82\xac\xc3\xa9\"}"},
	{"i8", 0x03, BYTES("\xff"), "{\"v\":-1}"},
	{"u8", 0x04, BYTES("\xff"), "{\"v\":255}"},
	{"i16", 0x05, BYTES("\xfe\xff"), "{\"v\":-2}"},
	{"u16", 0x06, BYTES("\xfe\xff"), "{\"v\":65534}"},
	{"i32", 0x07, BYTES("\0\0\0\x80"), "{\"v\":-2147483648}"},
	{"u32", 0x08, BYTES("\0\0\0\x80"), "{\"v\":2147483648}"},
	{"i64", 0x09, BYTES("\0\0\0\0\0\0\0\x80"), "{\"v\":-9223372036854775808}"},
	{"u64", 0x0a, BYTES("\xff\xff\xff\xff\xff\xff\xff\xff"), "{\"v\":18446744073709551615}"},
	{"float", 0x0b, BYTES("\0\0\xc0\x3f"), "{\"v\":1.5}"},
	{"float, inf", 0x0b, BYTES("\0\0\x80\xff"), "{\"v\":\"-inf\"}"},
	{"double", 0x0c, BYTES("\0\0\0\0\0\0\xf8\x3f"), "{\"v\":1.5}"},
	{"bool of 4", 0x0d, BYTES("\0\1\0\0"), "{\"v\":true}"},
	{"bool of 1", 0x0d, BYTES("\0"), "{\"v\":false}"},
	{"binary", 0x0e, BYTES("\xab\x01"), "{\"v\":\"AB01\"}"},
	{"guid", 0x0f, BYTES("\x25\x96\x84\x54\x78\x54\x94\x49\xa5\xba\x3e\x3b\x03\x28\xc3\x0d"),
	    "{\"v\":\"54849625-5478-4994-A5BA-3E3B0328C30D\"}"},
	{"size of 4", 0x10, BYTES("\xe7\3\0\0"), "{\"v\":\"0x3e7\"}"},
	{"size of 8", 0x10, BYTES("\xe7\3\0\0\0\0\0\0"), "{\"v\":\"0x3e7\"}"},
	{"filetime", 0x11, BYTES("\x00\x80\x3e\xd5\xde\xb1\x9d\x01"), "{\"v\":\"1970-01-01T00:00:00.0000000Z\"}"},
	{"systemtime", 0x12, BYTES("\xe0\x07\7\0\5\0\x08\0\x12\0\x0c\0\x33\0\xa9\2"), "{\"v\":\"2016-07-08T18:12:51.6810000Z\"}"},
	{"systemtime, no such month", 0x12, BYTES("\xe0\x07\x0d\0\5\0\x08\0\x12\0\x0c\0\x33\0\xa9\2"), "{\"v\":null} wrong-size"},
	{"sid", 0x13, BYTES("\1\2\0\0\0\0\0\5\x20\0\0\0\x27\2\0\0"), "{\"v\":\"S-1-5-32-551\"}"},
	{"hex32", 0x14, BYTES("\0\0\0\0"), "{\"v\":\"0x0\"}"},
	{"hex64", 0x15, BYTES("\0\0\0\0\0\0\0\x80"), "{\"v\":\"0x8000000000000000\"}"},
	{"strings", 0x81, BYTES("a\0\0\0b\0\0\0"), "{\"v\":\"a\",\"v_1\":\"b\"}"},
	{"numbers", 0x88, BYTES("\1\0\0\0\2\0\0\0"), "{\"v\":1,\"v_1\":2}"},
	{"u32 of 3 bytes", 0x08, BYTES("\1\2\3"), "{\"v\":null} wrong-size"},
	{"sid that is cut", 0x13, BYTES("\1\4\0\0\0\0\0\5\x20\0\0\0"), "{\"v\":null} wrong-size"},
	{"array that is cut", 0x88, BYTES("\1\0\0\0\2\0"), "{\"v\":1} wrong-size"},
	{"a type that is none", 0x1f, BYTES("\1\2\3"), "{\"v\":null} wrong-size"},
};

/* EventData of each event and the words of ir.err, or the reason of the reject, a line each. */
static void
see(struct trial *t, const char *reason)
{
	struct slice raw = t->e.raw_json, key = SLICE("\"EventData\":");
	size_t at;

	if (reason) {
		struct slice r = slice_str(reason);

		buf_slice_add(&t->out, slice_head(r, slice_find(r, ':')));
	} else {
		at = slice_find_slice(raw, key) + key.n;
		OK(at + 2 <= raw.n, "an event has EventData");
		raw = slice_from(raw, at);
		buf_slice_add(&t->out, slice_head(raw, raw.n - 2));
		for (unsigned i = 0; i < ERR_COUNT; i++)
			if (t->e.err >> i & 1) {
				buf_byte(&t->out, ' ');
				buf_slice_add(&t->out, err_row[i].name);
			}
	}
	buf_byte(&t->out, '\n');
}

static void
reads(struct slice file, const char *want, const char *name)
{
	struct trial t;

	for (size_t piece = 0; piece < 70000; piece += 34999) {
		trial_begin(&t, SLICE("t.evtx"));
		t.see = see;
		trial_read(&t, &format_evtx, file, piece, piece ? 1 : 0);
		SAME(buf_slice(&t.out), slice_str(want), name);
		trial_end(&t);
	}
}

static void
values(void)
{
	for (size_t i = 0; i < sizeof value / sizeof *value; i++) {
		struct evtx_maker m;
		struct buf want = {0};

		evtx_make_begin(&m);
		evtx_make_record(&m, value[i].type, value[i].bytes);
		evtx_make_end(&m);
		buf_str(&want, value[i].want);
		buf_byte(&want, '\n');
		reads(buf_slice(&m.out), buf_cstr(&want), value[i].name);
		buf_free(&want);
		buf_free(&m.out);
	}
}

/* Three records in one chunk and one in a second. */
static struct evtx_maker
three(size_t at[3])
{
	struct evtx_maker m;

	evtx_make_begin(&m);
	for (size_t i = 0; i < 3; i++) {
		evtx_make_record(&m, 0x04, slice_of("\1\2\3" + i, 1));
		at[i] = m.record;
	}
	evtx_make_chunk_end(&m);
	evtx_make_record(&m, 0x04, SLICE("\4"));
	evtx_make_end(&m);
	return m;
}

static void
damage(void)
{
	size_t at[3];
	struct evtx_maker m = three(at);
	struct buf *b = &m.out;
	char kept;

	reads(buf_slice(b), "{\"v\":1}\n{\"v\":2}\n{\"v\":3}\n{\"v\":4}\n", "whole");
	b->p[4096 + 52] ^= 1;
	reads(buf_slice(b), "{\"v\":1} bad-crc\n{\"v\":2} bad-crc\n{\"v\":3} bad-crc\n{\"v\":4}\n", "a wrong sum");
	b->p[120] = 4;
	reads(buf_slice(b), "{\"v\":1}\n{\"v\":2}\n{\"v\":3}\n{\"v\":4}\n", "a file without sums");
	b->p[at[1]] = 0x2b;
	reads(buf_slice(b), "{\"v\":1}\nevtx-record\n{\"v\":3}\n{\"v\":4}\n", "a record without signature");
	b->p[at[1]] = 0x2a;
	kept = b->p[at[1] + 6];
	b->p[at[1] + 6] = 0x7f;
	reads(buf_slice(b), "{\"v\":1}\nevtx-record\n{\"v\":3}\n{\"v\":4}\n", "a record longer than its chunk");
	b->p[at[1] + 6] = kept;
	b->p[at[1] + 24 + 4 + 9] = 0x7f;
	reads(buf_slice(b), "{\"v\":1}\n"
	    "{\"Data\":{\"#text\":[4624,2,\"2016-07-08T18:12:51.6816408Z\",\"Security\",2]}} no-template\n"
	    "{\"v\":3}\n{\"v\":4}\n",
	    "a template that is lost");
	buf_free(b);
}

static void
cuts(void)
{
	size_t at[3];
	struct evtx_maker m = three(at);

	reads(slice_head(buf_slice(&m.out), at[2] + 40), "{\"v\":1} truncated\n{\"v\":2} truncated\nevtx-record\n", "a file that ends in a record");
	for (size_t n = 0; n < at[2] + 300; n += n < 4096 ? 64 : 3) {
		struct trial t;

		trial_begin(&t, SLICE("t.evtx"));
		trial_read(&t, &format_evtx, slice_head(buf_slice(&m.out), n), 0, 0);
		if (!OK(t.rec <= 3, "a file of %zu bytes", n))
			break;
		trial_end(&t);
	}
	buf_free(&m.out);
}

static void
carved_as(struct slice image, const char *want, const char *name)
{
	for (size_t piece = 0; piece < 70000; piece += 34999) {
		struct trial t;

		trial_begin(&t, SLICE("t.img"));
		t.c.carve = true;
		t.see = see;
		trial_read(&t, &format_evtx, image, piece, piece ? 1 : 0);
		SAME(buf_slice(&t.out), slice_str(want), name);
		trial_end(&t);
	}
}

static void
junk(struct buf *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_byte(b, "*E\0**\0\0ElfChnk\0\xff"[i * 7 % 17]);
}

/* A chunk, a record that brings its template, one that does not, a chunk that is cut by another; then what stands behind free space. */
static void
carving(void)
{
	size_t at[3];
	struct evtx_maker m = three(at);
	struct slice file = buf_slice(&m.out);
	struct buf b = {0};

	junk(&b, 777);
	buf_slice_add(&b, slice_of(file.p + 4096, 65536));
	junk(&b, 100);
	buf_slice_add(&b, slice_of(file.p + at[0], at[1] - at[0]));
	junk(&b, 90001);
	buf_slice_add(&b, slice_of(file.p + at[1], at[2] - at[1]));
	junk(&b, 13);
	carved_as(buf_slice(&b), "{\"v\":1}\n{\"v\":2}\n{\"v\":3}\n{\"v\":1} carved\n"
	    "{\"Data\":{\"#text\":[4624,2,\"2016-07-08T18:12:51.6816408Z\",\"Security\",2]}} no-template carved\n", "an image");
	buf_reset(&b);
	buf_slice_add(&b, slice_of(file.p + 4096, at[2] - 4096));
	buf_slice_add(&b, slice_of(file.p + 4096 + 65536, 65536));
	carved_as(buf_slice(&b), "{\"v\":1} truncated\n{\"v\":2} truncated\n{\"v\":4}\n", "a chunk that another cuts");
	/* Free space begins before the third record. */
	m.out.p[4096 + 48] = (char)(at[2] - 4096);
	m.out.p[4096 + 49] = (char)((at[2] - 4096) >> 8);
	m.out.p[at[2] + 8] = 9;
	carved_as(file, "{\"v\":1} bad-crc\n{\"v\":2} bad-crc\n{\"v\":3} bad-crc carved\n{\"v\":4}\n", "behind free space");
	reads(file, "{\"v\":1} bad-crc\n{\"v\":2} bad-crc\n{\"v\":4}\n", "not without being asked");
	m.out.p[at[2] + 8] = 3;
	reads(file, "{\"v\":1} bad-crc\n{\"v\":2} bad-crc\n{\"v\":3} bad-crc carved\n{\"v\":4}\n", "a header that lags behind");
	buf_free(&b);
	buf_free(&m.out);
}

/* Sectors of zeros, at a chunk's start and among its records. */
static void
holes(void)
{
	size_t at[3];
	struct evtx_maker m = three(at);

	memset(m.out.p + at[1], 0, 24);
	reads(buf_slice(&m.out), "{\"v\":1} bad-crc\nevtx-record\n{\"v\":3} bad-crc\n{\"v\":4}\n", "a hole");
	memset(m.out.p + 4096, 0, 512);
	reads(buf_slice(&m.out), "{\"v\":1} carved\nevtx-record\n{\"v\":3} carved\n{\"v\":4}\n", "a chunk without its header");
	buf_free(&m.out);
}

/* Fragments: the template within itself, and records without one; the second of each is by the first's plan. */
static void
fragments(void)
{
	struct evtx_maker m;

	evtx_make_begin(&m);
	evtx_make_within(&m, 0x08, SLICE("\7\0\0\0"));
	evtx_make_within(&m, 0x08, SLICE("\x10\0\0\0"));
	evtx_make_plain(&m, "C:\\a \"b\"");
	evtx_make_plain(&m, "second");
	evtx_make_chunk_end(&m);
	evtx_make_plain(&m, "third");
	evtx_make_end(&m);
	reads(buf_slice(&m.out), "{\"v\":{\"Event\":{\"System\":{\"EventID\":4624,\"EventRecordID\":1,\"TimeCreated\":{\"#attributes\":"
	    "{\"SystemTime\":\"2016-07-08T18:12:51.6816408Z\"}},\"Channel\":\"Security\"},\"EventData\":{\"v\":7}}}}\n"
	    "{\"v\":{\"Event\":{\"System\":{\"EventID\":4624,\"EventRecordID\":2,\"TimeCreated\":{\"#attributes\":"
	    "{\"SystemTime\":\"2016-07-08T18:12:51.6816408Z\"}},\"Channel\":\"Security\"},\"EventData\":{\"v\":16}}}}\n"
	    "{\"v\":\"C:\\\\a \\\"b\\\"\"}\n{\"v\":\"second\"}\n{\"v\":\"third\"}\n", "fragments");
	buf_free(&m.out);
}

/* By plans of lib/event or read in full: the same lines. */
static void
ways(void)
{
	struct evtx_maker m;
	struct trial t, u;

	evtx_make_begin(&m);
	for (size_t i = 0; i < 600; i++) {
		const struct slice text = i % 7 ? SLICE("a\0\\\0b\0") : SLICE("\n\0\"\0");

		if (i % 5 == 0)
			evtx_make_plain(&m, i % 2 ? "x" : "y\\");
		else
			evtx_make_record(&m, i % 3 ? 0x01 : 0x81, text);
		if (m.out.n - m.chunk > 60000)
			evtx_make_chunk_end(&m);
	}
	evtx_make_end(&m);
	trial_begin(&t, SLICE("t.evtx"));
	trial_begin(&u, SLICE("t.evtx"));
	u.room.plans = plans_new(&u.shape);
	plan_from(u.room.plans, &(struct event_src){.fmt = SLICE("evtx"), .uri = SLICE("t.evtx")});
	trial_read(&t, &format_evtx, buf_slice(&m.out), 0, 0);
	trial_read(&u, &format_evtx, buf_slice(&m.out), 0, 0);
	INT(t.rec, 600, "records");
	SAME(buf_slice(&u.out), buf_slice(&t.out), "by plans and in full");
	trial_end(&t);
	trial_end(&u);
	buf_free(&m.out);
}

void
format_evtx_tests(void)
{
	values();
	carving();
	holes();
	fragments();
	ways();
	damage();
	cuts();
}
