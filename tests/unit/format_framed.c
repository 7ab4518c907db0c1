/* Sources that are not lines: made here byte by byte, read in every cut. */
#include "tests/unit/format.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

extern const struct format format_journal;

struct seen {
	unsigned events, rejects;
	const char *reason;
	struct buf message;
};

static void
see(struct trial *t, const char *reason)
{
	struct seen *s = t->self;

	if (reason) {
		s->rejects++;
		s->reason = reason;
		return;
	}
	s->events++;
	buf_slice_add(&s->message, event_get(&t->e, F_message));
	buf_byte(&s->message, '|');
}

/* The same in pieces of any size: how many events and rejects, and the messages. */
static void
reads(const struct format *f, struct slice in, size_t max, unsigned events, unsigned rejects, const char *messages,
    const char *what)
{
	static const size_t pieces[] = {0, 1, 7, 64};

	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct trial t;
		struct seen s = {0};

		trial_begin(&t, SLICE("made"));
		t.c.max_record = max;
		t.see = see;
		t.self = &s;
		trial_read(&t, f, in, pieces[i], pieces[i] ? 1 : 0);
		OK(s.events == events && s.rejects == rejects, "%s, pieces of %zu: %u events, %u rejects", what, pieces[i],
		s.events, s.rejects);
		SAME(buf_slice(&s.message), slice_str(messages), what);
		buf_free(&s.message);
		trial_end(&t);
	}
}

static void
field(struct buf *b, const char *name, struct slice value)
{
	uint64_t n = value.n;

	buf_str(b, name);
	buf_byte(b, '\n');
	for (int i = 0; i < 8; i++)
		buf_byte(b, (char)(n >> 8 * i & 0xff));
	buf_slice_add(b, value);
	buf_byte(b, '\n');
}

static void
entry(struct buf *b, struct slice value)
{
	buf_lit(b, "__CURSOR=x\n__REALTIME_TIMESTAMP=1772438400123456\n_BOOT_ID=1\n");
	field(b, "MESSAGE", value);
	buf_lit(b, "PRIORITY=6\n\n");
}

static void
journal(void)
{
	struct buf b = {0}, big = {0};

	entry(&b, SLICE("two\nlines"));
	entry(&b, SLICE("a\n\n__CURSOR=forged\n__REALTIME_TIMESTAMP=1\nMESSAGE=no"));
	entry(&b, SLICE(""));
	reads(&format_journal, buf_slice(&b), 4096, 3, 0, "two\nlines|a\n\n__CURSOR=forged\n__REALTIME_TIMESTAMP=1\nMESSAGE=no||",
	    "journal: line breaks inside a value");
	for (int i = 0; i < 1000; i++)
		buf_lit(&big, "0123456\n\n");
	entry(&b, buf_slice(&big));
	entry(&b, SLICE("after"));
	reads(&format_journal, buf_slice(&b), 4096, 4, 1,
	    "two\nlines|a\n\n__CURSOR=forged\n__REALTIME_TIMESTAMP=1\nMESSAGE=no||after|",
	    "journal: an entry too long costs itself");
	buf_reset(&b);
	entry(&b, SLICE("cut"));
	reads(&format_journal, slice_head(buf_slice(&b), b.n - 20), 4096, 0, 1, "", "journal: cut in a value");
	buf_reset(&b);
	buf_lit(&b, "__CURSOR=x\nMESSAGE\n\xff\xff\xff\xff\xff\xff\xff\xff" "abc\n\n");
	reads(&format_journal, buf_slice(&b), 4096, 0, 1, "", "journal: a length that cannot be");
	buf_reset(&b);
	buf_lit(&b, "__CURSOR=x\nMESSAGE=");
	for (int i = 0; i < 5000; i++)
		buf_byte(&b, 'x');
	buf_lit(&b, "\nA=b\n\n__CURSOR=y\n__REALTIME_TIMESTAMP=1772438400123456\nMESSAGE=next\n\n");
	reads(&format_journal, buf_slice(&b), 4096, 1, 1, "next|", "journal: a line too long");
	buf_free(&b);
	buf_free(&big);
}

void
format_framed_tests(void)
{
	journal();
}
