/*
 * Zeek's own log form (ASCII writer): #-headers say separators, path, names and types of the columns; a file may hold several headers.  raw has the
 * values by their types, as Zeek's JSON writer gives them: numbers, booleans, sets as arrays; what is unset is left out.
 */
#include "lib/format/format.h"

#include "lib/base/num.h"

enum { HEADER_MAX = 16 * 1024, COLUMNS_MAX = 512 };

/* Copied with each block, so it holds no pointers: the text of the last headers and where the parts are. */
struct state {
	uint32_t used, path, path_n, names, names_n, types, types_n, empty_n, unset_n;
	char separator, set_separator;
	char empty[32], unset[32];
	char text[HEADER_MAX];
};

static int
sniff(struct slice head)
{
	return slice_starts(head, SLICE("#separator ")) ? slice_has(head, SLICE("#fields")) ? 100 : 70 : 0;
}

static void
begin(void *state, const struct format_context *c)
{
	struct state *s = state;

	(void)c;
	s->separator = '\t';
	s->set_separator = ',';
	memcpy(s->empty, "(empty)", 7);
	s->empty_n = 7;
	s->unset[0] = '-';
	s->unset_n = 1;
}

/* "\x09" is how a tab is written; else the byte itself. */
static char
byte_of(struct slice s)
{
	uint64_t v;

	if (slice_starts(s, SLICE("\\x")) && num_hex(slice_from(s, 2), &v) && v < 256)
		return (char)v;
	return s.n ? s.p[0] : '\t';
}

static void
keep(struct state *s, struct slice value, uint32_t *at, uint32_t *n)
{
	*n = 0;
	if (value.n > HEADER_MAX - s->used)
		return;
	*at = s->used;
	*n = (uint32_t)value.n;
	memcpy(s->text + s->used, value.p, value.n);
	s->used += (uint32_t)value.n;
}

static void
word(char to[32], uint32_t *n, struct slice value)
{
	*n = (uint32_t)(value.n < 32 ? value.n : 32);
	memcpy(to, value.p, *n);
}

static void
learn(struct slice record, void *state)
{
	struct state *s = state;
	struct slice rest = record, name;

	if (record.n == 0 || record.p[0] != '#')
		return;
	if (slice_starts(record, SLICE("#separator "))) {
		begin(s, NULL);
		s->separator = byte_of(slice_from(record, sizeof "#separator " - 1));
		s->used = s->path_n = s->names_n = s->types_n = 0;
		return;
	}
	name = slice_cut(&rest, s->separator);
	if (rest.p == NULL)
		return;
	if (slice_eq(name, SLICE("#set_separator")))
		s->set_separator = byte_of(rest);
	else if (slice_eq(name, SLICE("#empty_field")))
		word(s->empty, &s->empty_n, rest);
	else if (slice_eq(name, SLICE("#unset_field")))
		word(s->unset, &s->unset_n, rest);
	else if (slice_eq(name, SLICE("#path")))
		keep(s, rest, &s->path, &s->path_n);
	else if (slice_eq(name, SLICE("#fields")))
		keep(s, rest, &s->names, &s->names_n);
	else if (slice_eq(name, SLICE("#types")))
		keep(s, rest, &s->types, &s->types_n);
}

/* ---- values ------------------------------------------------------------------------------------------------------------------------------ */

/* \xHH stands for a byte that would end the value (ASCII writer); anything else is itself. */
static struct slice
unescape(struct event *e, struct slice v)
{
	struct buf b = {0};
	uint64_t byte;

	if (slice_find(v, '\\') == v.n)
		return v;
	for (size_t i = 0; i < v.n; i++)
		if (i + 4 <= v.n && v.p[i] == '\\' && v.p[i + 1] == 'x' && num_hex(slice_of(v.p + i + 2, 2), &byte) && byte < 0x80) {
			buf_byte(&b, (char)byte);
			i += 3;
		} else {
			buf_byte(&b, v.p[i]);
		}
	v = event_keep(e, buf_slice(&b));
	buf_free(&b);
	return v;
}

static bool
number_type(struct slice type)
{
	static const char *const types[] = {"count", "int", "port", "double", "interval", "time"};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (slice_eq(type, slice_str(types[i])))
			return true;
	return false;
}

/* Numbers keep their text: only what JSON takes as it stands. */
static bool
json_number(struct slice v)
{
	double d;
	size_t digits = v.n && v.p[0] == '-';

	if (!num_f64(v, &d) || v.p[0] == '+')
		return false;
	return !(v.n > digits + 1 && v.p[digits] == '0' && num_digit(v.p[digits + 1]));
}

static void
put(struct event *e, struct json_out *o, struct slice type, struct slice v)
{
	if (number_type(type) && json_number(v))
		jo_raw(o, v);
	else if (slice_eq(type, SLICE("bool")) && (slice_eq(v, SLICE("T")) || slice_eq(v, SLICE("F"))))
		jo_bool(o, v.p[0] == 'T');
	else
		jo_text(o, unescape(e, v));
}

/* set[T], vector[T]: the text between the brackets; empty if it is neither. */
static struct slice
of(struct slice type)
{
	size_t at = slice_find(type, '[');

	if (at == type.n || !slice_ends(type, SLICE("]")))
		return (struct slice){NULL, 0};
	return slice_of(type.p + at + 1, type.n - at - 2);
}

static void
column(struct event *e, const struct state *s, struct slice name, struct slice type, struct slice v)
{
	struct slice inner = of(type), empty = slice_of(s->empty, s->empty_n);
	struct buf b = {0};
	struct json_out o = json_out(&b);

	if (inner.n) {
		struct slice rest = v;

		jo_open(&o, '[');
		while (rest.p && !slice_eq(v, empty))
			put(e, &o, inner, slice_cut(&rest, s->set_separator));
		jo_close(&o, ']');
	} else if (slice_eq(v, empty)) {
		jo_text(&o, SLICE(""));
	} else if (number_type(type) || slice_eq(type, SLICE("bool"))) {
		put(e, &o, type, v);
	} else {
		event_raw(e, name, unescape(e, v));
		return;
	}
	event_raw_json(e, name, event_keep(e, buf_slice(&b)));
	buf_free(&b);
}

/* ---- one line -------------------------------------------------------------------------------------------------------------------------------- */

struct row {
	const struct state *s;
	struct slice line;
};

/* Zeek's columns are few: a walk along the header finds the one that is asked for. */
static struct slice
get(void *self, struct slice name)
{
	const struct row *r = self;
	struct slice names = slice_of(r->s->text + r->s->names, r->s->names_n), line = r->line;

	while (names.p && line.p) {
		struct slice n = slice_cut(&names, r->s->separator), v = slice_cut(&line, r->s->separator);

		if (slice_eq(n, name))
			return slice_eq(v, slice_of(r->s->unset, r->s->unset_n)) || slice_eq(v, slice_of(r->s->empty, r->s->empty_n)) ?
			    (struct slice){NULL, 0} : v;
	}
	return (struct slice){NULL, 0};
}

static bool
columns(struct event *e, const struct state *s, struct slice line, struct fault *f)
{
	struct slice names = slice_of(s->text + s->names, s->names_n), types = slice_of(s->text + s->types, s->types_n), rest = line;
	size_t n = 0;

	event_raw(e, SLICE("_path"), event_keep(e, slice_of(s->text + s->path, s->path_n)));
	while (names.p && rest.p) {
		struct slice name = slice_cut(&names, s->separator), v = slice_cut(&rest, s->separator);
		struct slice type = types.p ? slice_cut(&types, s->separator) : (struct slice){NULL, 0};

		if (n++ == COLUMNS_MAX)
			return fault_set(f, "zeek-columns: more than 512", 0);
		if (!slice_eq(v, slice_of(s->unset, s->unset_n)))
			column(e, s, event_keep(e, name), type, v);
	}
	if (names.p || rest.p)
		return fault_set(f, "zeek-columns: not as many as #fields names", 0);
	return true;
}

static bool
parse(struct slice record, struct format_room *room, struct event *e, bool *skip, struct fault *f)
{
	const struct state *s = room->state;
	struct row r = {s, {NULL, 0}};
	struct shape_columns c = {get, &r};
	struct slice ts;

	if (record.n == 0 || record.p[0] == '#') {
		*skip = true;
		return true;
	}
	if (s->names_n == 0)
		return fault_set(f, "zeek-header: no #fields before this line", 0);
	r.line = format_text(e, record);
	if (!columns(e, s, r.line, f))
		return false;
	zeek_fields(e, event_keep(e, slice_of(s->text + s->path, s->path_n)), &c);
	ts = get(&r, SLICE("ts"));
	e->timed = stamp_epoch(ts, &e->at) || stamp_rfc3339(ts, &e->at);
	return true;
}

const struct format format_zeek = {
	.name = "zeek",
	.title = "Zeek logs in their own tab-separated form",
	.standard = "Zeek ASCII writer",
	.sniff = sniff,
	.comment = '#',
	.state = sizeof(struct state),
	.begin = begin,
	.learn = learn,
	.parse = parse,
};
