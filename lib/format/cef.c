/* ArcSight's Common Event Format, revision 25: CEF:Version|Vendor|Product|Version|Class ID|Name|Severity|Extension. */
#include "lib/format/cef.h"
#include "lib/format/syslog.h"

#include "lib/base/num.h"

enum { LINES_LOOKED = 20, HEADER_PARTS = 7 };

/* The next | that no backslash escapes; s.n: none. */
static size_t
bar(struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '|')
			return i;
	}
	return s.n;
}

/* \\ \| \= are the character, \n and \r line ends; any other backslash is itself. */
static struct slice
unescape(struct event *e, struct slice s)
{
	struct buf b = {0};

	if (slice_find(s, '\\') == s.n)
		return s;
	for (size_t i = 0; i < s.n; i++) {
		char next = i + 1 < s.n ? s.p[i + 1] : '\0';

		if (s.p[i] == '\\' && (next == '\\' || next == '|' || next == '='))
			buf_byte(&b, s.p[++i]);
		else if (s.p[i] == '\\' && (next == 'n' || next == 'r')) {
			buf_byte(&b, next == 'n' ? '\n' : '\r');
			i++;
		} else {
			buf_byte(&b, s.p[i]);
		}
	}
	s = event_keep(e, buf_slice(&b));
	buf_free(&b);
	return s;
}

/* `0|` or ` 0|` behind CEF: -- a blank has been seen there. */
static bool
version_follows(struct slice s)
{
	uint64_t v;
	size_t blank = s.n && s.p[0] == ' ', n = num_digits(slice_from(s, blank), 2, &v);

	return n && blank + n < s.n && s.p[blank + n] == '|';
}

static bool
find_head(struct slice line, bool bare, struct slice *prefix, struct slice *rest)
{
	size_t at = 0;

	if (bare && version_follows(line)) {
		*prefix = (struct slice){NULL, 0};
		*rest = line;
		return true;
	}
	for (;;) {
		at += slice_find_slice(slice_from(line, at), SLICE("CEF:"));
		if (at >= line.n)
			return false;
		*rest = slice_from(line, at + 4);
		if (version_follows(*rest))
			break;
		at += 4;
	}
	*prefix = slice_head(line, at);
	return true;
}

bool
cef_head(struct slice line, bool bare, struct event *e, struct cef_head *h)
{
	struct slice *part[HEADER_PARTS] = {&h->version, &h->vendor, &h->product, &h->device_version, &h->id, &h->name,
	    &h->severity};
	struct slice rest;

	*h = (struct cef_head){0};
	if (!find_head(line, bare, &h->prefix, &rest))
		return false;
	for (int i = 0; i < HEADER_PARTS; i++) {
		size_t n = bar(rest);

		/* The bar behind the severity may be absent if there is no extension. */
		if (n == rest.n && i < HEADER_PARTS - 1)
			return false;
		*part[i] = slice_trim(unescape(e, slice_head(rest, n)));
		rest = slice_from(rest, n + 1);
	}
	h->extension = rest;
	return true;
}

/* ---- extension ------------------------------------------------------------------------------------------------------------ */

static bool
key_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || num_digit(c) || c == '_' || c == '.' || c == '-' || c == '[' ||
	    c == ']';
}

/*
 * The next key: a word of key characters between a blank (or the start) and a `=` that no backslash escapes.  Returns its
 * place, s.n if there is none; *n its length.
 */
static size_t
next_key(struct slice s, size_t from, size_t *n)
{
	for (size_t i = from; i < s.n; i++) {
		size_t start = i;

		if (s.p[i] == '\\') {
			i++;
			continue;
		}
		if (s.p[i] != '=')
			continue;
		while (start > from && key_byte(s.p[start - 1]))
			start--;
		if (start < i && (start == 0 || s.p[start - 1] == ' ' || s.p[start - 1] == '\t' || s.p[start - 1] == '|')) {
			*n = i - start;
			return start;
		}
	}
	return s.n;
}

void
cef_fill(struct event *e, const struct format_context *c, const struct cef_head *h)
{
	struct cef_pairs p = {.e = e, .c = c};
	struct slice s = h->extension;
	size_t n = 0, at = next_key(s, 0, &n);

	e->raws = 0;
	event_raw(e, SLICE("deviceVendor"), h->vendor);
	event_raw(e, SLICE("deviceProduct"), h->product);
	event_raw(e, SLICE("deviceVersion"), h->device_version);
	event_raw(e, SLICE("deviceEventClassId"), h->id);
	event_raw(e, SLICE("name"), h->name);
	event_raw(e, SLICE("severity"), h->severity);
	while (at < s.n) {
		struct slice key = slice_of(s.p + at, n);
		size_t from = at + n + 1, next = next_key(s, from, &n);

		cef_pair(&p, key, unescape(e, slice_trim(slice_of(s.p + from, next - from))));
		at = next;
	}
	cef_done(&p, h);
}

/* ---- the format ------------------------------------------------------------------------------------ */

static int
sniff(struct slice head)
{
	struct slice rest = head, prefix, tail;
	int lines = 0, good = 0;

	while (rest.p && lines < LINES_LOOKED) {
		struct slice line = slice_trim(slice_cut(&rest, '\n'));

		if (line.n == 0)
			continue;
		if (rest.p == NULL && lines)
			break;
		lines++;
		if (find_head(line, true, &prefix, &tail) && prefix.n < 256)
			good += slice_count(slice_head(tail, 1024), '|') >= HEADER_PARTS - 1;
	}
	return lines ? good * 97 / lines : 0;
}

void
cef_prefix(struct event *e, struct format_room *room, struct slice prefix)
{
	struct syslog s;
	size_t at;

	prefix = slice_trim(prefix);
	if (prefix.n == 0)
		return;
	if (!syslog_5424(prefix, false, &s, &at) && !syslog_3164(prefix, &s))
		return;
	/* A header alone: its last word is the host, or looks like the message. */
	if (s.host.n == 0 && slice_find(s.msg, ' ') == s.msg.n)
		s.host = s.msg;
	syslog_set_time(room->c, NULL, &s.time, e);
	if (!slice_eq(s.host, SLICE("-")))
		event_set(e, F_observer_name, s.host);
}

static bool
parse(struct slice record, struct format_room *room, struct event *e, bool *skip, struct fault *f)
{
	struct cef_head h;
	struct slice line;

	if (slice_trim(record).n == 0) {
		*skip = true;
		return true;
	}
	line = format_text(e, record);
	if (!cef_head(line, true, e, &h))
		return fault_near(f, "cef-head: not CEF:n|vendor|product|version|id|name|severity", line, 0);
	cef_prefix(e, room, h.prefix);
	cef_fill(e, room->c, &h);
	return true;
}

const struct format format_cef = {
	.name = "cef",
	.title = "ArcSight CEF, alone or behind a syslog header",
	.standard = "ArcSight CEF revision 25",
	.sniff = sniff,
	.parse = parse,
};
