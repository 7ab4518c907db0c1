#include "lib/intel/read.h"

#include <stdlib.h>

static const struct json_limits limits = {.length = (size_t)1 << 30, .depth = 256, .nodes = UINT32_MAX / 2};

/* ---- JSON of no standard ------------------------------------------------------------------------------------------------- */
/* A MISP feed's manifest: UUIDs whose objects tell of events; the events are in files of their own. */
static bool
manifest(const struct json *j, uint32_t v)
{
	uint32_t first = json_first(j, v), of;
	unsigned char id[16];

	if (first == JSON_NONE || !uuid_of(json_inner(j, first), id))
		return false;
	of = json_value(j, first);
	return json_type(j, of) == JSON_OBJECT && json_get(j, of, SLICE("info")) != JSON_NONE;
}

static bool
warninglist(const struct json *j, uint32_t v)
{
	uint32_t list = json_get(j, v, SLICE("list"));

	return list != JSON_NONE && json_type(j, list) == JSON_ARRAY && (json_get(j, v,
	    SLICE("matching_attributes")) != JSON_NONE ||
	    json_get(j, v, SLICE("type")) != JSON_NONE);
}

/* Members of one object as a row; texts must stay until its end. */
static bool
object_row(struct intel_read *r, const struct json *j, uint32_t v, struct buf *text)
{
	struct row row;

	row_begin(&row, r->source);
	buf_reset(text);
	buf_room(text, j->node[v].end - j->node[v].at);
	for (uint32_t k = json_first(j, v); k != JSON_NONE; k = json_following(j, v, k)) {
		uint32_t of = json_value(j, k);
		enum intel_type type = INTEL_TYPES;
		enum column column = column_of(json_inner(j, k), &type);
		size_t from = text->n;

		if (column == COLUMN_NONE || (json_type(j, of) != JSON_STRING && json_type(j, of) != JSON_NUMBER &&
		    json_type(j, of) != JSON_FALSE))
			continue;
		json_text_add(j, of, text);
		row_cell(&row, column, type, slice_of(text->p + from, text->n - from));
	}
	return row_end(r, &row);
}

/* Every object is a row; texts count where a list has nothing but texts. */
static bool
objects(struct intel_read *r, const struct json *j)
{
	struct buf text = {0};
	struct intel_new n = {.source = r->source, .confidence = INTEL_UNKNOWN, .from = INT64_MIN, .until = INT64_MAX};
	bool more = true;

	for (uint32_t v = 0; v < j->nodes && more; v++) {
		if (json_type(j, v) == JSON_OBJECT)
			more = object_row(r, j, v, &text);
		else if (json_type(j, v) == JSON_STRING && j->node[v].depth == 1 && !j->node[v].key && json_type(j,
		    0) == JSON_ARRAY) {
			buf_reset(&text);
			more = read_value(r, json_text(j, v, &text), INTEL_TYPES, &n);
		}
	}
	buf_free(&text);
	return more;
}

static bool
document(struct intel_read *r, const struct json *j, struct fault *f)
{
	bool more;

	if (json_type(j, 0) == JSON_OBJECT && warninglist(j, 0))
		return fault_set(f, "a list of what is known to be good, and no indicators (--exclude takes it)", 0);
	if (json_type(j, 0) == JSON_OBJECT && manifest(j, 0))
		return true;
	if (stix_is(j, 0))
		more = stix_read(r, j, 0);
	else if (misp_is(j, 0))
		more = misp_read(r, j, 0);
	else if (json_type(j, 0) == JSON_ARRAY && json_first(j, 0) != JSON_NONE && stix_is(j, json_first(j, 0))) {
		more = true;
		for (uint32_t v = json_first(j, 0); v != JSON_NONE && more; v = json_following(j, 0, v))
			more = json_type(j, v) != JSON_OBJECT || !stix_is(j, v) || stix_read(r, j, v);
	} else {
		more = objects(r, j);
	}
	return more || fault_set(f, "more than 100 million indicators", 0);
}

/* ---- a file -------------------------------------------------------------------------------------------------------------- */
static bool
lines(struct intel_read *r, struct json *j, struct slice text, struct fault *f)
{
	json_block(j, text);
	while (json_line(j, f)) {
		if (!j->ok) {
			f->offset += j->at;
			return false;
		}
		if (!document(r, j, f))
			return false;
	}
	return true;
}

/* One document a line: the first line is one, and there are more. */
static bool
by_lines(struct json *j, struct slice text)
{
	struct fault f;
	size_t end = slice_find(text, '\n');

	return end < text.n && slice_trim(slice_from(text, end)).n && json_one(j, slice_head(text, end), &f);
}

static bool
json_read(struct intel_read *r, struct slice text, struct fault *f)
{
	struct json *j = json_new(&limits);
	bool ok;

	if (by_lines(j, text))
		ok = lines(r, j, text, f);
	else
		ok = json_one(j, text, f) && document(r, j, f);
	if (!ok && f->line == 0)
		fault_locate(f, text);
	json_free(j);
	return ok;
}

bool
intel_read(struct intel_read *r, struct slice text, struct fault *f)
{
	struct slice s = text;

	if (slice_starts(s, SLICE("\xef\xbb\xbf")))
		s = slice_from(s, 3);
	s = slice_trim(s);
	if (s.n >= (size_t)1 << 30 && (s.p[0] == '{' || s.p[0] == '['))
		return fault_set(f, "JSON of more than 1 GiB: split it, or one object a line", 0);
	if (!intel_build_source(r->build, text))
		return fault_set(f, "SHA-256 failed", 0);
	if (s.n && (s.p[0] == '{' || (s.p[0] == '[' && s.n > 1 && strchr("{[\"] \t\r\n", s.p[1]))))
		return json_read(r, s, f);
	if (s.n && s.p[0] == '<')
		return fault_place(f, "neither STIX 2, MISP, CSV, JSON nor a list", slice_head(s, 40), 1, 1);
	if (memchr(s.p ? s.p : "", '\0', s.n))
		return fault_place(f, "a NUL: this is no feed", slice_of(NULL, 0), 1, 1);
	return read_list(r, s, f);
}

void
intel_read_end(struct intel_read *r)
{
	buf_free(&r->bytes);
}
