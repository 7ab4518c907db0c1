/*
 * Events in a text of Windows event XML: one or many, with or without a root, with declarations between them.  An event
 * ends with its end tag; one that never ends is cut where the next one begins, so that it costs itself alone.
 */
#include "lib/format/winxml.h"

enum { MORE = 0, LONGEST_SIGN = 12 };

static const struct slice space = SLICE_INIT("schemas.microsoft.com/win/2004/08/events/event");

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t
skip_blanks(struct slice in, size_t at)
{
	while (at < in.n && blank(in.p[at]))
		at++;
	return at;
}

static bool
at_text(struct slice in, size_t at, struct slice s)
{
	return slice_starts(slice_from(in, at), s);
}

/* Behind the next `s` from `at`; MORE: there is none. */
static size_t
behind(struct slice in, size_t at, struct slice s)
{
	size_t n = slice_find_slice(slice_from(in, at), s);

	return n < in.n - at ? at + n + s.n : MORE;
}

/* Behind a tag, whose values may hold '>'. */
static size_t
behind_tag(struct slice in, size_t at)
{
	char quote = 0;

	for (; at < in.n; at++) {
		char c = in.p[at];

		if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '>')
			return at + 1;
	}
	return MORE;
}

bool
winxml_is_event(struct slice s)
{
	return s.n > 6 && memcmp(s.p, "<Event", 6) == 0 && (blank(s.p[6]) || s.p[6] == '>' || s.p[6] == '/');
}

/* Comment, declaration, CDATA; 0: `at` is none of them, SIZE_MAX: its end is not there. */
static size_t
behind_markup(struct slice in, size_t at)
{
	static const struct { struct slice from, to; } kind[] = {
		{SLICE_INIT("<!--"), SLICE_INIT("-->")}, {SLICE_INIT("<![CDATA["), SLICE_INIT("]]>")},
		{SLICE_INIT("<?"), SLICE_INIT("?>")},
	};

	for (size_t i = 0; i < sizeof kind / sizeof *kind; i++)
		if (at_text(in, at, kind[i].from)) {
			size_t end = behind(in, at + kind[i].from.n, kind[i].to);

			return end == MORE ? SIZE_MAX : end;
		}
	return 0;
}

size_t
winxml_body(struct slice in)
{
	size_t at = 0, next;

	for (;;) {
		at = skip_blanks(in, at);
		next = behind_markup(in, at);
		if (next == 0 || next == SIZE_MAX)
			return at;
		at = next;
	}
}

static bool
ends_event(struct slice in, size_t at, size_t *end)
{
	if (!at_text(in, at, SLICE("</Event")))
		return false;
	*end = skip_blanks(in, at + 7);
	return *end < in.n && in.p[(*end)++] == '>';
}

/* Behind the event at `at`, or where the next one begins; MORE. */
static size_t
behind_event(struct slice in, size_t at)
{
	size_t depth = 0, from = at, end;

	for (;;) {
		at += slice_find(slice_from(in, at), '<');
		if (at == in.n)
			return MORE;
		end = behind_markup(in, at);
		if (end == SIZE_MAX)
			return MORE;
		if (end) {
			at = end;
		} else if (ends_event(in, at, &end)) {
			if (--depth == 0)
				return end;
			at = end;
		} else if (winxml_is_event(slice_from(in, at))) {
			end = behind_tag(in, at);
			if (end == MORE)
				return MORE;
			/* One of these is in no other: its end tag was lost. */
			if (at > from && slice_has(slice_of(in.p + at, end - at), space))
				return at;
			if (in.p[end - 2] != '/')
				depth++;
			else if (depth == 0)
				return end;
			at = end;
		} else {
			at++;
		}
	}
}

/* What evtx_dump writes before each event. */
static size_t
behind_count(struct slice in, size_t at)
{
	size_t n;

	if (!at_text(in, at, SLICE("Record ")))
		return 0;
	for (n = at + 7; n < in.n && in.p[n] >= '0' && in.p[n] <= '9'; n++)
		continue;
	return n > at + 7 && n < in.n && blank(in.p[n]) ? n : 0;
}

/* Behind what is no event at `at`; *junk: it is not what belongs around events.  MORE. */
static size_t
behind_other(struct slice in, size_t at, bool *junk)
{
	size_t end = behind_markup(in, at);

	if (end == SIZE_MAX)
		return MORE;
	if (end)
		return end;
	end = behind_count(in, at);
	if (end)
		return end;
	if (in.p[at] != '<') {
		*junk = true;
		return at + slice_find(slice_from(in, at), '<');
	}
	*junk |= at_text(in, at, SLICE("<!"));
	return behind_tag(in, at + 1);
}

size_t
winxml_frame(struct slice in, bool last, void *state, struct slice *record)
{
	size_t at = 0, end, from = SIZE_MAX;

	(void)state;
	for (;;) {
		bool junk = false;

		at = skip_blanks(in, at);
		if (!last && in.n - at < LONGEST_SIGN)
			return from == SIZE_MAX ? at : MORE;
		if (at == in.n)
			break;
		if (winxml_is_event(slice_from(in, at))) {
			if (from != SIZE_MAX)
				break;
			end = behind_event(in, at);
			if (end == MORE && !last)
				return at;
			end = end == MORE ? in.n : end;
			*record = slice_of(in.p + at, end - at);
			return end;
		}
		end = behind_other(in, at, &junk);
		if (end == MORE && !last)
			return from == SIZE_MAX ? at : MORE;
		if (end == MORE) {
			junk = true;
			end = in.n;
		}
		from = junk && from == SIZE_MAX ? at : from;
		at = end;
	}
	if (from != SIZE_MAX)
		*record = slice_trim(slice_of(in.p + from, at - from));
	return at;
}
