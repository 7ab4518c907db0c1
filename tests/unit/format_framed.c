/* Sources that are not lines: made here byte by byte, read in every cut. */
#include "tests/unit/format.h"
#include "tests/unit/unit.h"

#include "tests/maker/utmp.h"

#include <stdio.h>
#include <stdlib.h>

extern const struct format format_journal, format_utmp;

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

static void
utmp_is(const char *name, struct slice record, const char *user, const char *ip, const char *action, const char *outcome)
{
	struct trial t;

	trial_begin(&t, slice_str(name));
	OK(trial_one(&t, &format_utmp, record), "%s: a record", name);
	OK(t.e.at.s == 1772438400 && t.e.at.ns == 250000000, "%s: its time", name);
	SAME(event_get(&t.e, F_user_name), slice_str(user), name);
	SAME(event_get(&t.e, F_source_ip), slice_str(ip), name);
	SAME(event_get(&t.e, F_event_action), slice_str(action), name);
	SAME(event_get(&t.e, F_event_outcome), slice_str(outcome), name);
	trial_end(&t);
}

static void
utmp(void)
{
	struct buf b = {0};
	struct format_guess g;

	utmp_make(&b, 7, "root", "203.0.113.9", (const unsigned char[4]){203, 0, 113, 9});
	utmp_make(&b, 2, "reboot", "6.1.0-18-amd64", (const unsigned char[4]){0});
	utmp_make(&b, 8, "", "", (const unsigned char[4]){0});
	g = format_guess(buf_slice(&b), SLICE("wtmp"));
	OK(g.format == &format_utmp, "wtmp is known");
	utmp_is("wtmp", slice_head(buf_slice(&b), 384), "root", "203.0.113.9", "user_login", "success");
	utmp_is("btmp.1", slice_head(buf_slice(&b), 384), "root", "203.0.113.9", "user_login", "failure");
	utmp_is("wtmp", slice_of(b.p + 384, 384), "", "", "system_booted", "");
	reads(&format_utmp, buf_slice(&b), 1 << 20, 3, 0, "|||", "utmp: three records");
	reads(&format_utmp, slice_head(buf_slice(&b), 800), 1 << 20, 2, 1, "||", "utmp: the last one is cut");
	utmp_number(b.p, 77);
	reads(&format_utmp, buf_slice(&b), 1 << 20, 2, 1, "||", "utmp: a type that is none");
	memset(b.p, 0, b.n);
	g = format_guess(buf_slice(&b), SLICE("zeros"));
	OK(g.format == NULL, "zeros alone are not utmp");
	buf_free(&b);
}

void
format_framed_tests(void)
{
	journal();
	utmp();
}
