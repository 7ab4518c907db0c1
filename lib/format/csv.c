/* CSV with a header row (RFC 4180): raw by the names of the columns.  Purview's AuditData is expanded: it is the record. */
#include "lib/format/format.h"
#include "lib/format/when.h"

#include "lib/base/num.h"

enum { NAMES = 16 * 1024, COLUMNS = 512, CELLS_LOOKED = 64 };

/* Copied with each block: the header row and where its names are. */
struct state {
	uint32_t at[COLUMNS], len[COLUMNS];
	uint32_t n, used;
	char separator;
	bool broken;
	size_t max_record;
	char text[NAMES];
};

/* ---- rows ------------------------------------------------------------------------------------------ */

/* Length of the first row with its line end, quotes looked through; 0: more is needed. */
static size_t
row(struct slice in, bool last, size_t max)
{
	bool quoted = false;

	for (size_t i = 0; i < in.n; i++) {
		if (in.p[i] == '"')
			quoted = !quoted;
		else if (in.p[i] == '\n' && !quoted)
			return i + 1;
		/* A quote that nothing closes would swallow the file: then the line alone is the row. */
		if (i > max) {
			size_t n = slice_find(in, '\n');

			return n < in.n ? n + 1 : 0;
		}
	}
	if (last && quoted) {
		size_t n = slice_find(in, '\n');

		return n < in.n ? n + 1 : in.n;
	}
	return last ? in.n : 0;
}

static size_t
frame(struct slice in, bool last, void *state, struct slice *record)
{
	const struct state *s = state;
	size_t n = row(in, last, s->max_record ? s->max_record : 1024 * 1024);

	*record = slice_head(in, n);
	while (record->n && (record->p[record->n - 1] == '\n' || record->p[record->n - 1] == '\r'))
		record->n--;
	return n;
}

/* One cell; what is quoted is written anew only if it holds a quote. */
static struct slice
cell(struct event *e, struct slice *rest, char separator)
{
	struct slice v;
	struct buf b = {0};
	size_t i = 1;
	bool doubled = false;

	if (rest->n == 0 || rest->p[0] != '"')
		return slice_cut(rest, separator);
	for (; i < rest->n; i++) {
		if (rest->p[i] != '"')
			continue;
		if (i + 1 == rest->n || rest->p[i + 1] != '"')
			break;
		doubled = true;
		i++;
	}
	v = slice_of(rest->p + 1, (i < rest->n ? i : rest->n) - 1);
	*rest = slice_from(*rest, i + 1);
	if (rest->n)
		(void)slice_cut(rest, separator);
	else
		rest->p = NULL;
	if (!doubled || e == NULL)
		return v;
	for (i = 0; i < v.n; i++) {
		buf_byte(&b, v.p[i]);
		i += v.p[i] == '"';
	}
	v = event_keep(e, buf_slice(&b));
	buf_free(&b);
	return v;
}

/* ---- the header ------------------------------------------------------------------------------------ */

/* A name: begins with a letter, and is short. */
static bool
name_like(struct slice s)
{
	s = slice_trim(s);
	if (s.n && (s.p[0] == '@' || s.p[0] == '_' || s.p[0] == '#'))
		s = slice_from(s, 1);
	return s.n > 0 && s.n <= 64 && ((s.p[0] | 0x20) >= 'a' && (s.p[0] | 0x20) <= 'z') && slice_find(s, '=') == s.n &&
	    slice_find(s, '{') == s.n;
}

static size_t
names(struct slice header, char separator, bool *good)
{
	size_t n = 0;

	*good = true;
	while (header.p && n < CELLS_LOOKED) {
		*good = name_like(cell(NULL, &header, separator)) && *good;
		n++;
	}
	return n;
}

static size_t
cells(struct slice line, char separator)
{
	size_t n = 0;

	while (line.p && n < COLUMNS) {
		(void)cell(NULL, &line, separator);
		n++;
	}
	return n;
}

static char
separator_of(struct slice header)
{
	static const char marks[] = {',', ';', '\t', '|'};
	char best = ',';
	size_t most = 0;

	for (size_t i = 0; i < sizeof marks; i++)
		if (slice_count(header, marks[i]) > most) {
			most = slice_count(header, marks[i]);
			best = marks[i];
		}
	return best;
}

/* A header of three names or more, and rows with as many cells. */
static int
sniff(struct slice head)
{
	size_t n = row(head, true, 64 * 1024), width, rows = 0, same = 0;
	struct slice header = slice_trim(slice_head(head, n)), rest = slice_from(head, n);
	char separator = separator_of(header);
	bool good;

	width = names(header, separator, &good);
	if (!good || width < 3)
		return 0;
	while (rest.n && rows < 10) {
		struct slice line;

		n = row(rest, true, 64 * 1024);
		line = slice_trim(slice_head(rest, n));
		rest = slice_from(rest, n);
		/* The head may cut the last row. */
		if (line.n == 0 || (rest.n == 0 && rows))
			continue;
		rows++;
		same += cells(line, separator) == cells(header, separator);
	}
	return rows ? (int)(same * 75 / rows) : 0;
}

static void
begin(void *state, const struct format_context *c)
{
	struct state *s = state;

	s->max_record = c->max_record;
}

static void
learn(struct slice record, void *state)
{
	struct state *s = state;
	struct slice rest, line = slice_trim(record);

	if (s->n || s->broken || line.n == 0)
		return;
	s->broken = line.n > sizeof s->text;
	if (s->broken)
		return;
	memcpy(s->text, line.p, line.n);
	s->used = (uint32_t)line.n;
	rest = slice_of(s->text, line.n);
	s->separator = separator_of(rest);
	while (rest.p && s->n < COLUMNS) {
		struct slice name = slice_trim(cell(NULL, &rest, s->separator));

		s->at[s->n] = name.n ? (uint32_t)(name.p - s->text) : 0;
		s->len[s->n++] = (uint32_t)name.n;
	}
	s->broken = rest.p != NULL;
}

/* ---- an event out of a row ------------------------------------------------------------------------- */

static const struct {
	struct slice name;
	enum field field;
} known[] = {
	{SLICE_INIT("message"), F_message}, {SLICE_INIT("msg"), F_message}, {SLICE_INIT("host"), F_host_name},
	{SLICE_INIT("hostname"), F_host_name},
	{SLICE_INIT("computer"), F_host_name}, {SLICE_INIT("computername"), F_host_name}, {SLICE_INIT("user"), F_user_name},
	{SLICE_INIT("username"), F_user_name}, {SLICE_INIT("userid"), F_user_name}, {SLICE_INIT("useridstring"), F_user_name},
	{SLICE_INIT("src"), F_source_ip}, {SLICE_INIT("srcip"), F_source_ip}, {SLICE_INIT("src_ip"), F_source_ip},
	{SLICE_INIT("source_ip"), F_source_ip},
	{SLICE_INIT("sourceip"), F_source_ip}, {SLICE_INIT("clientip"), F_source_ip}, {SLICE_INIT("client_ip"), F_source_ip},
	{SLICE_INIT("ipaddress"), F_source_ip}, {SLICE_INIT("ip address"), F_source_ip}, {SLICE_INIT("dst"), F_destination_ip},
	{SLICE_INIT("dstip"), F_destination_ip}, {SLICE_INIT("dst_ip"), F_destination_ip}, {SLICE_INIT("destination_ip"),
	F_destination_ip},
	{SLICE_INIT("destinationip"), F_destination_ip}, {SLICE_INIT("src_port"), F_source_port}, {SLICE_INIT("srcport"),
	F_source_port},
	{SLICE_INIT("source_port"), F_source_port}, {SLICE_INIT("dst_port"), F_destination_port}, {SLICE_INIT("dstport"),
	F_destination_port},
	{SLICE_INIT("destination_port"), F_destination_port}, {SLICE_INIT("protocol"), F_network_transport}, {SLICE_INIT("proto"),
	F_network_transport},
	{SLICE_INIT("action"), F_event_action}, {SLICE_INIT("operation"), F_event_action}, {SLICE_INIT("eventid"), F_event_code},
	{SLICE_INIT("event id"), F_event_code}, {SLICE_INIT("image"), F_process_executable}, {SLICE_INIT("commandline"),
	F_process_command_line},
	{SLICE_INIT("processid"), F_process_pid}, {SLICE_INIT("url"), F_url_original}, {SLICE_INIT("sha256"), F_file_hash_sha256},
	{SLICE_INIT("md5"), F_file_hash_md5}, {SLICE_INIT("filename"), F_file_name}, {SLICE_INIT("filepath"), F_file_path},
};

static const struct slice times[] = {SLICE_INIT("@timestamp"), SLICE_INIT("timestamp"), SLICE_INIT("time"),
    SLICE_INIT("datetime"),
    SLICE_INIT("date"), SLICE_INIT("creationdate"), SLICE_INIT("creationtime"), SLICE_INIT("timecreated"),
    SLICE_INIT("eventtime"),
    SLICE_INIT("event_time"), SLICE_INIT("timegenerated"), SLICE_INIT("date (utc)"), SLICE_INIT("utctime"), SLICE_INIT("_time"),
    SLICE_INIT("start time")};

static void
set(struct event *e, struct slice name, struct slice v)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (!slice_eq_nocase(known[i].name, name))
			continue;
		if (known[i].field == F_source_ip || known[i].field == F_destination_ip)
			event_set_address(e, known[i].field, v);
		else
			(void)event_set(e, known[i].field, v);
	}
}

/* The place in `times` says which wins. */
static size_t
time_rank(struct slice name)
{
	size_t i = 0;

	while (i < sizeof times / sizeof *times && !slice_eq_nocase(times[i], name))
		i++;
	return i;
}

/* Microsoft's unified audit log: the cell is the record that the other columns repeat in part. */
static bool
audit_data(struct event *e, struct format_room *room, struct slice v)
{
	struct fault f;

	if (v.n < 2 || v.p[0] != '{' || !json_one(room->json, v, &f))
		return false;
	e->raws = 0;
	e->form = FORM_TEXT;
	(void)shape_fill(room->c->shapes, room->c->shape, room->json, 0, room->slots, e);
	e->form = FORM_TEXT;
	return e->timed;
}

static bool
cells_of(struct event *e, struct format_room *room, const struct state *s, struct slice line, struct slice *when)
{
	struct slice rest = line, audit = {NULL, 0};
	size_t best = sizeof times / sizeof *times;
	uint32_t i = 0;

	for (; i < s->n && rest.p; i++) {
		struct slice name = slice_of(s->text + s->at[i], s->len[i]), v = cell(e, &rest, s->separator);
		size_t rank = time_rank(name);

		event_raw(e, name.n ? name : SLICE("column"), v);
		if (v.n == 0)
			continue;
		if (rank < best) {
			best = rank;
			*when = v;
		}
		if (slice_eq(name, SLICE("AuditData")))
			audit = v;
	}
	if (i < s->n || rest.p)
		return false;
	if (audit.n && audit_data(e, room, audit))
		*when = (struct slice){NULL, 0};
	else
		for (size_t k = 0; k < e->raws; k++)
			set(e, e->raw[k].key, e->raw[k].text);
	return true;
}

static bool
parse(struct slice record, struct format_room *room, struct event *e, bool *skip, struct fault *f)
{
	const struct state *s = room->state;
	struct slice line = slice_trim(record), when = {NULL, 0};

	/* The header row: learn has just taken it. */
	if (line.n == 0 || (s->n && slice_eq(line, slice_of(s->text, s->used)))) {
		*skip = true;
		return true;
	}
	if (s->broken || s->n == 0)
		return fault_set(f, "csv-header: more than 512 columns or 16 KiB of names", 0);
	line = format_text(e, line);
	if (!cells_of(e, room, s, line, &when))
		return fault_near(f, "csv-columns: not as many as the header names", line, 0);
	event_lit(e, F_event_kind, "event");
	if (!event_has(e, F_event_dataset))
		event_lit(e, F_event_dataset, "csv");
	if (when.n)
		(void)when_any(room->c, e, when);
	return true;
}

const struct format format_csv = {
	.name = "csv",
	.title = "CSV with a header row, Purview's audit exports among them",
	.standard = "RFC 4180",
	.sniff = sniff,
	.frame = frame,
	.state = sizeof(struct state),
	.begin = begin,
	.learn = learn,
	.parse = parse,
};
