/* What a source's head tells: a document a line, or which member wraps the records. */
#include "lib/format/json_frame.h"

#include <stdlib.h>

const struct json_wrap json_wraps[] = {
#define LIST(name, empty) {{{SLICE_INIT(name), true}}, empty}
	LIST("Records", true), LIST("records", true), LIST("value", true), LIST("items", false), LIST("events", false),
	LIST("entries", false), LIST("results", false), LIST("logEvents", true), LIST("matches", false),
	LIST("vulnerabilities", false),
#undef LIST
	{{{SLICE_INIT("hits"), false}, {SLICE_INIT("hits"), true}}, false},
	{{{SLICE_INIT("Results"), true}, {SLICE_INIT("Vulnerabilities"), true}}, false},
};
enum { WRAPS = sizeof json_wraps / sizeof *json_wraps, LINES_SEEN = 16 };

static bool
opens(const struct json_wrap *w, struct slice in, size_t at)
{
	return at < in.n && in.p[at] == (w->step[0].list ? '[' : '{');
}

/* Does the value at `at` look like this row's: a list of objects, or an object on the way to one? */
static bool
fits(const struct json_wrap *w, struct slice in, size_t at)
{
	size_t inner;

	if (!opens(w, in, at))
		return false;
	inner = json_blanks(in, at + 1);
	if (w->step[1].name.n)
		return slice_has(slice_from(in, at), w->step[1].name);
	return inner < in.n && (in.p[inner] == '{' || (in.p[inner] == ']' && w->empty));
}

/* The row that a member with this name and value opens: `row` alone, or with row == 0 any that fits. */
static uint8_t
row_of(uint8_t row, struct slice name, struct slice in, size_t value)
{
	uint8_t from = row ? (uint8_t)(row - 1) : 0, to = row ? row : WRAPS;

	for (uint8_t i = from; i < to; i++)
		if (slice_eq(json_wraps[i].step[0].name, name) && (row ? opens(&json_wraps[i], in, value) : fits(&json_wraps[i], in, value)))
			return (uint8_t)(i + 1);
	return 0;
}

uint8_t
json_wrap_find(struct slice in, uint8_t row, size_t *value)
{
	size_t at = json_blanks(in, 0);
	uint8_t found = 0;

	if (at == in.n || in.p[at] != '{')
		return 0;
	at = json_blanks(in, at + 1);
	while (found == 0 && at < in.n && in.p[at] == '"') {
		size_t key = at, end = json_scan_value(in, at);

		*value = end == JSON_SCAN_MORE ? in.n : json_blanks(in, end);
		if (*value == in.n || in.p[*value] != ':')
			break;
		*value = json_blanks(in, *value + 1);
		found = row_of(row, slice_of(in.p + key + 1, end - key - 2), in, *value);
		at = *value < in.n ? json_scan_value(in, *value) : JSON_SCAN_MORE;
		if (at == JSON_SCAN_MORE)
			break;
		at = json_blanks(in, at);
		at = json_blanks(in, at + (at < in.n && in.p[at] == ','));
	}
	return found;
}

static bool
whole_object(struct slice line)
{
	struct fault f;

	line = slice_trim(line);
	return line.n > 1 && line.p[0] == '{' && line.p[line.n - 1] == '}' && json_check(line, &json_limits_source, &f);
}

/* Would valid JSON go on behind this line's end with more of the same value? */
static bool
goes_on(struct slice line)
{
	char c;

	line = slice_trim(line);
	c = line.n ? line.p[line.n - 1] : 0;
	return c == '{' || c == '[' || c == ',';
}

static bool
next_line(struct slice *rest, struct slice *line)
{
	while (rest->p) {
		*line = slice_trim(slice_cut(rest, '\n'));
		if (line->n)
			return true;
	}
	return false;
}

bool
json_by_block(struct slice head)
{
	struct slice rest = head, line, first;
	int seen = 0, whole = 0;
	size_t value;

	if (!next_line(&rest, &first))
		return false;
	if (whole_object(first) && json_wrap_find(first, 0, &value) == 0)
		return !next_line(&rest, &line) || line.n > 1;
	if (whole_object(first) || goes_on(first))
		return false;
	while (seen < LINES_SEEN && next_line(&rest, &line)) {
		/* The head's last line may be cut. */
		if (rest.p == NULL && line.n < head.n && seen)
			break;
		seen++;
		whole += whole_object(line);
	}
	return whole * 2 > seen;
}
