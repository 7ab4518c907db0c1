/*
 * Plain lists and CSV.  A header tells the columns; without one each cell that is an address, URL, hash or mail address as a
 * whole
 * counts, else the first piece of the line that is any indicator.  Behind # and ; stands a comment.
 */
#include "lib/intel/read.h"

enum { CELLS = 64 };

struct table {
	enum column column[CELLS];
	enum intel_type type[CELLS];
	size_t columns;
	char between;
};

/* ---- cells --------------------------------------------------------------------------------------------------------------- */
/*
 * The next cell of the line; quotes as RFC 4180 has them, blanks around are forgiven.  A cell whose quotes hold quotes is written
 * anew into the scratch.
 */
static struct slice
cell(struct slice *rest, char between, struct buf *scratch)
{
	struct slice s = slice_trim(*rest);
	size_t from = scratch->n;

	if (s.n == 0 || s.p[0] != '"')
		return slice_trim(slice_cut(rest, between));
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '"' && i + 1 < s.n && s.p[i + 1] == '"')
			i++;
		else if (s.p[i] == '"') {
			struct slice behind = slice_from(s, i + 1);

			(void)slice_cut(&behind, between);
			*rest = behind;
			break;
		}
		buf_byte(scratch, s.p[i]);
		if (i + 1 == s.n)
			*rest = slice_of(NULL, 0);
	}
	return slice_trim(slice_of(scratch->p + from, scratch->n - from));
}

/* A scratch that grows moves: room for the whole line is made first. */
static size_t
cells(struct slice line, char between, struct slice *to, struct buf *scratch)
{
	size_t n = 0;

	buf_reset(scratch);
	buf_room(scratch, line.n + 1);
	while (line.p && n < CELLS)
		to[n++] = cell(&line, between, scratch);
	return n;
}

/* ---- a header ------------------------------------------------------------------------------------------------------------ */
static bool
header_by(struct slice line, char between, struct table *t, struct buf *scratch)
{
	struct slice name[CELLS];
	bool value = false;

	*t = (struct table){.between = between, .columns = cells(line, between, name, scratch)};
	for (size_t i = 0; i < t->columns; i++) {
		t->column[i] = column_of(name[i], &t->type[i]);
		value |= t->column[i] == COLUMN_VALUE || t->column[i] == COLUMN_TYPED;
	}
	return value;
}

static bool
header(struct slice line, struct table *t, struct buf *scratch)
{
	static const char between[] = {',', ';', '\t', '|'};

	for (size_t i = 0; i < sizeof between; i++)
		if (slice_find(line, between[i]) < line.n && header_by(line, between[i], t, scratch))
			return true;
	/* One column alone: its name, and no value of its own. */
	return header_by(line, ',', t, scratch) && t->columns == 1;
}

static bool
table_line(struct intel_read *r, const struct table *t, struct slice line, struct buf *scratch)
{
	struct slice value[CELLS];
	size_t n = cells(line, t->between, value, scratch);
	struct row row;

	row_begin(&row, r->source);
	for (size_t i = 0; i < n && i < t->columns; i++)
		row_cell(&row, t->column[i], t->type[i], value[i]);
	if (row.n == 0)
		return read_skip(r, INTEL_VALUE);
	return row_end(r, &row);
}

/* ---- lines --------------------------------------------------------------------------------------------------------------- */
/* "http://192.0.2.1" without any path names the host. */
static struct slice
host_alone(struct slice s)
{
	size_t at = slice_find_slice(s, SLICE("://"));
	struct slice host = slice_from(s, at + 3);

	if (at == s.n || host.n == 0 || slice_find(host, '/') < host.n || slice_find(host, '?') < host.n)
		return s;
	return host;
}

/* "||evil.example^" of filters for browsers. */
static struct slice
stripped(struct slice s)
{
	if (slice_starts(s, SLICE("||")))
		s = slice_from(s, 2);
	while (s.n && strchr("\"'`<([,;", s.p[0]) && s.p[0])
		s = slice_from(s, 1);
	while (s.n && strchr("\"'`>)],;^", s.p[s.n - 1]) && s.p[s.n - 1])
		s.n--;
	return s;
}

static bool
piece(struct intel_read *r, struct slice s, const struct intel_new *n, bool narrow, bool *found, bool *more)
{
	struct intel_value v;
	struct slice whole = host_alone(s);

	buf_reset(&r->bytes);
	if (!value_read(whole, INTEL_TYPES, &v, &r->bytes) && (whole.n == s.n || !value_read(s, INTEL_TYPES, &v, &r->bytes)))
		return false;
	if (narrow && v.type == INTEL_domain)
		return false;
	*found = true;
	*more = read_value(r, whole, INTEL_TYPES, n);
	return true;
}

/* "0.0.0.0 name", "127.0.0.1 name" of a hosts file. */
static struct slice
hosts_file(struct slice s)
{
	static const struct slice none[] = {SLICE_INIT("0.0.0.0"), SLICE_INIT("127.0.0.1"), SLICE_INIT("::1"), SLICE_INIT("::")};

	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		if (slice_starts(s, none[i]) && s.n > none[i].n && (s.p[none[i].n] == ' ' || s.p[none[i].n] == '\t'))
			return slice_trim(slice_from(s, none[i].n));
	return s;
}

/* A comment begins at # or ; with a blank before it. */
static struct slice
no_comment(struct slice s)
{
	for (size_t i = 1; i < s.n; i++)
		if ((s.p[i] == '#' || s.p[i] == ';') && (s.p[i - 1] == ' ' || s.p[i - 1] == '\t'))
			return slice_trim(slice_head(s, i));
	return s;
}

static bool
list_line(struct intel_read *r, struct slice line, struct buf *scratch)
{
	struct intel_new n = {.source = r->source, .confidence = INTEL_UNKNOWN, .from = INT64_MIN, .until = INT64_MAX};
	struct slice value[CELLS], rest = hosts_file(no_comment(line));
	bool found = false, more = true;

	if (piece(r, stripped(rest), &n, false, &found, &more))
		return more;
	for (size_t i = 0, k = cells(rest, ',', value, scratch); i < k && more; i++)
		(void)piece(r, stripped(value[i]), &n, true, &found, &more);
	while (!found && rest.n && more) {
		size_t end = 0;

		while (end < rest.n && strchr(" \t,;|", rest.p[end]) == NULL)
			end++;
		if (end && piece(r, stripped(slice_head(rest, end)), &n, false, &found, &more))
			break;
		rest = slice_from(rest, end + 1);
	}
	return found ? more : read_skip(r, INTEL_VALUE);
}

/* "MD5 of a value,UUID of its event": hashes.csv of a MISP feed tells nothing about files. */
static bool
misp_hashes(struct slice line)
{
	unsigned char id[16];
	struct slice first = slice_trim(slice_cut(&line, ','));

	return first.n == 32 && line.p && uuid_of(slice_trim(line), id);
}

bool
read_list(struct intel_read *r, struct slice text, struct fault *f)
{
	struct table t = {0};
	struct buf scratch = {0};
	bool more = true, first = true, table = false;
	uint64_t line_no = 0;

	while (text.p && more) {
		struct slice line = slice_trim(slice_cut(&text, '\n'));
		struct table named;

		line_no++;
		if (line.n == 0)
			continue;
		/* The last comment before the first row may name the columns. */
		if (line.p[0] == '#' || line.p[0] == ';' || slice_starts(line, SLICE("//"))) {
			if (first && slice_find(line, ',') < line.n && header(line, &named, &scratch) && named.columns > 1) {
				t = named;
				table = true;
			}
			continue;
		}
		if (first && misp_hashes(line))
			break;
		if (first && header(line, &named, &scratch)) {
			t = named;
			table = true;
			first = false;
			continue;
		}
		first = false;
		more = table ? table_line(r, &t, line, &scratch) : list_line(r, line, &scratch);
	}
	buf_free(&scratch);
	return more || fault_place(f, "more than 100 million indicators", slice_of(NULL, 0), line_no, 1);
}
