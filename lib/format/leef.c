/*
 * QRadar's Log Event Extended Format: LEEF:1.0|Vendor|Product|Version|EventID|pairs by tab; LEEF:2.0 names the delimiter
 * before the pairs.
 */
#include "lib/format/cef.h"

#include "lib/base/num.h"

enum { LINES_LOOKED = 20 };

static struct slice
part(struct slice *rest)
{
	return slice_trim(slice_cut(rest, '|'));
}

/* A character, xHH or 0xHH. */
static char
delimiter(struct slice s)
{
	uint64_t v;

	if (s.n > 1 && (s.p[0] == 'x' || s.p[0] == 'X'))
		s = slice_from(s, 1);
	else if (s.n == 1)
		return s.p[0];
	return s.n && num_hex(s, &v) && v > 0 && v < 0x80 ? (char)v : '\t';
}

/* LEEF 2.0: a last header part that holds a pair already is none. */
static bool
is_delimiter(struct slice s)
{
	size_t n = slice_find(s, '|');

	return n < s.n && n <= 6 && (n <= 1 || slice_find(slice_head(s, n), '=') == n);
}

bool
leef_head(struct slice line, struct event *e, struct cef_head *h)
{
	size_t at = slice_find_slice(line, SLICE("LEEF:"));
	struct slice rest = slice_from(line, at + 5);

	(void)e;
	*h = (struct cef_head){.delimiter = '\t'};
	if (at >= line.n || slice_count(rest, '|') < 4)
		return false;
	h->prefix = slice_head(line, at);
	h->version = part(&rest);
	h->vendor = part(&rest);
	h->product = part(&rest);
	h->device_version = part(&rest);
	h->id = part(&rest);
	if (!slice_starts(h->version, SLICE("1")) && !slice_starts(h->version, SLICE("2")))
		return false;
	if (rest.p && h->version.p[0] == '2' && is_delimiter(rest))
		h->delimiter = delimiter(slice_cut(&rest, '|'));
	h->extension = rest.p ? rest : (struct slice){NULL, 0};
	return true;
}

void
leef_fill(struct event *e, const struct format_context *c, const struct cef_head *h)
{
	struct cef_pairs p = {.e = e, .c = c};
	struct slice rest = h->extension;

	/* Relays turn tabs into blanks: then pairs are parted as those of CEF. */
	if (h->delimiter == '\t' && slice_find(rest, '\t') == rest.n && slice_count(rest, '=') > 1) {
		cef_fill(e, c, h);
		event_lit(e, F_event_dataset, "leef");
		return;
	}
	e->raws = 0;
	event_raw(e, SLICE("deviceVendor"), h->vendor);
	event_raw(e, SLICE("deviceProduct"), h->product);
	event_raw(e, SLICE("deviceVersion"), h->device_version);
	event_raw(e, SLICE("eventId"), h->id);
	while (rest.p && rest.n) {
		struct slice pair = slice_cut(&rest, h->delimiter);
		size_t eq = slice_find(pair, '=');

		if (eq < pair.n && eq > 0)
			cef_pair(&p, slice_trim(slice_head(pair, eq)), slice_trim(slice_from(pair, eq + 1)));
	}
	cef_done(&p, h);
	event_lit(e, F_event_dataset, "leef");
}

static int
sniff(struct slice head)
{
	struct slice rest = head;
	struct cef_head h;
	int lines = 0, good = 0;

	while (rest.p && lines < LINES_LOOKED) {
		struct slice line = slice_trim(slice_cut(&rest, '\n'));

		if (line.n == 0)
			continue;
		if (rest.p == NULL && lines)
			break;
		lines++;
		good += leef_head(line, NULL, &h) && h.prefix.n < 256;
	}
	return lines ? good * 97 / lines : 0;
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
	if (!leef_head(line, e, &h))
		return fault_near(f, "leef-head: not LEEF:n|vendor|product|version|id|", line, 0);
	cef_prefix(e, room, h.prefix);
	leef_fill(e, room->c, &h);
	return true;
}

const struct format format_leef = {
	.name = "leef",
	.title = "QRadar LEEF 1.0 and 2.0, alone or behind a syslog header",
	.standard = "IBM LEEF 1.0, 2.0",
	.sniff = sniff,
	.parse = parse,
};
