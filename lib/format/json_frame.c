#include "lib/format/json_frame.h"

#include <stdlib.h>

/* A wrapper's name may be a member of a record that some shape knows: then the object is the record. */
static bool
is_record(const struct format_context *c, struct slice object)
{
	struct json *j;
	uint32_t *slots;
	struct event e = {0};
	struct fault f;
	bool known = false;

	if (c->shapes == NULL || object.n > json_limits_source.length)
		return false;
	j = json_new(&json_limits_source);
	slots = mem_zero(shape_slots(c->shapes) + 1, sizeof *slots);
	event_reset(&e);
	if (json_one(j, object, &f) && json_type(j, 0) == JSON_OBJECT)
		known = !slice_eq(shape_fill(c->shapes, c->shape, j, 0, slots, &e), SLICE("json"));
	event_free(&e);
	free(slots);
	json_free(j);
	return known;
}

/* A Kubernetes list has the apiVersion of its items. */
static bool
is_list(struct slice object)
{
	size_t at = slice_find_slice(object, SLICE("List\""));

	return at < object.n && slice_has(slice_head(object, at), SLICE("\"kind\""));
}

static void
decide(struct json_frame *s, struct slice head)
{
	size_t at = json_blanks(head, 0), end, value;

	s->decided = true;
	s->wrap = json_wrap_find(head, 0, &value);
	if (s->wrap == 0)
		return;
	end = json_scan_value(head, at);
	if (end != JSON_SCAN_MORE && !is_list(slice_head(slice_from(head, at), end - at)) &&
	    is_record(s->c, slice_of(head.p + at, end - at)))
		s->wrap = 0;
}

static void
read_way(struct json_frame *s, struct slice way)
{
	s->decided = true;
	s->wrap = JSON_WAY;
	way = slice_from(way, 1);
	while (way.p && s->steps < JSON_WAY_MAX)
		s->way[s->steps++] = slice_cut(&way, '.');
}

void
json_frame_begin(void *state, const struct format_context *c)
{
	struct json_frame *s = state;

	s->c = c;
	if (c->unwrap.n)
		read_way(s, c->unwrap);
	else if (c->head.n)
		decide(s, c->head);
}

static void
enter(struct json_frame *s, char kind, uint8_t step)
{
	s->level[s->levels++] = (struct json_level){kind, step, 0};
}

static bool
opens(const struct json_frame *s, uint8_t step, char bracket)
{
	if (s->wrap != JSON_WAY)
		return bracket == (json_wraps[s->wrap - 1].step[step].list ? '[' : '{');
	return bracket == '[' || (bracket == '{' && step + 1 < s->steps);
}

static struct slice
name_of(const struct json_frame *s, uint8_t step)
{
	return s->wrap == JSON_WAY ? s->way[step] : json_wraps[s->wrap - 1].step[step].name;
}

/* The value of step `step` of the way: its bracket is behind us. */
static void
into(struct json_frame *s, uint8_t step, char bracket)
{
	const struct json_wrap_step *w;
	bool final;

	if (s->wrap == JSON_WAY) {
		s->found |= step + 1 == s->steps;
		enter(s, bracket == '{' ? 'o' : step + 1 == s->steps ? 'e' : 'l', (uint8_t)(step + 1));
		return;
	}
	w = &json_wraps[s->wrap - 1].step[step];
	final = step + 1 == JSON_WRAP_STEPS || w[1].name.n == 0;
	enter(s, !w->list ? 'o' : final ? 'e' : 'l', (uint8_t)(step + 1));
}

/* What one look at `in` came to: `at` bytes are dealt with. */
enum look { LOOK_ON, LOOK_MORE, LOOK_RECORD };

static enum look
skip_value(struct json_frame *s, struct slice in, size_t *at)
{
	size_t end;

	if (!s->skip) {
		s->skip = true;
		s->scan = (struct json_scan){0};
	}
	end = json_scan_run(&s->scan, in, *at);
	s->skip = end == JSON_SCAN_MORE;
	*at = s->skip ? in.n : end;
	return LOOK_ON;
}

/* The value at *at as a record; one that is longer than a record may be is cut there and the rest of it skipped. */
static enum look
take_value(struct json_frame *s, struct slice in, bool last, size_t *at, struct slice *record)
{
	size_t max = s->c->max_record, end;

	if (in.n - *at > max) {
		struct json_scan scan = {0};

		end = json_scan_run(&scan, slice_head(in, *at + max + 1), *at);
		if (end == JSON_SCAN_MORE) {
			s->skip = true;
			s->scan = scan;
			end = *at + max + 1;
		}
	} else {
		end = json_scan_value(in, *at);
		if (end == JSON_SCAN_MORE && !last)
			return LOOK_MORE;
		if (end == JSON_SCAN_MORE)
			end = in.n;
	}
	*record = slice_trim(slice_of(in.p + *at, end - *at));
	*at = end;
	return LOOK_RECORD;
}

/* A member of an object on the way: the next step's value is entered, any other skipped. */
static enum look
member(struct json_frame *s, struct slice in, bool last, size_t *at, struct slice *record)
{
	const struct json_level *l = &s->level[s->levels - 1];
	size_t key = *at, end = json_scan_value(in, key), value;

	value = end == JSON_SCAN_MORE ? in.n : json_blanks(in, end);
	if (value < in.n && in.p[value] != ':')
		return take_value(s, in, last, at, record);
	value = value < in.n ? json_blanks(in, value + 1) : in.n;
	if (value == in.n)
		return last || in.n - *at > s->c->max_record ? take_value(s, in, last, at, record) : LOOK_MORE;
	if (slice_eq(slice_of(in.p + *at + 1, end - *at - 2), name_of(s, l->step)) && opens(s, l->step, in.p[value])) {
		into(s, l->step, in.p[value]);
		*at = value + 1;
		return LOOK_ON;
	}
	*at = value;
	/* The way ends at an object: that is the record. */
	if (s->wrap == JSON_WAY && l->step + 1 == s->steps && in.p[value] == '{' &&
	    slice_eq(slice_of(in.p + key + 1, end - key - 2), name_of(s, l->step))) {
		s->found = true;
		return take_value(s, in, last, at, record);
	}
	return skip_value(s, in, at);
}

/*
 * At the top: an array, a wrapper of the same kind as the first, or a record.  A wrapper is entered at its list at once: workers, who see no
 * more than their block, must come to the same.
 */
static enum look
document(struct json_frame *s, struct slice in, bool last, size_t *at, struct slice *record)
{
	size_t value;

	if (in.p[*at] == '[') {
		enter(s, 'e', 0);
		++*at;
		return LOOK_ON;
	}
	if (s->wrap == JSON_WAY && in.p[*at] == '{') {
		enter(s, 'o', 0);
		++*at;
		return LOOK_ON;
	}
	if (s->wrap == 0 || s->wrap == JSON_WAY || in.p[*at] != '{' || json_wrap_find(slice_from(in, *at), s->wrap, &value) == 0)
		return take_value(s, in, last, at, record);
	enter(s, 'o', 0);
	into(s, 0, in.p[*at + value]);
	*at += value + 1;
	return LOOK_ON;
}

/* One byte that stands where it cannot: refused as a record of its own. */
static enum look
stray(struct slice in, size_t *at, struct slice *record)
{
	*record = slice_of(in.p + *at, 1);
	++*at;
	return LOOK_RECORD;
}

/* In a list of records. */
static enum look
element(struct json_frame *s, struct slice in, bool last, size_t *at, struct slice *record)
{
	struct json_level *l = &s->level[s->levels - 1];
	char before = l->before, c = in.p[*at];
	enum look look;

	if (c == ']') {
		s->levels--;
		if (before == ',')
			return stray(in, at, record);
		++*at;
		return LOOK_ON;
	}
	if (c == ',') {
		l->before = ',';
		if (before != 'v')
			return stray(in, at, record);
		++*at;
		return LOOK_ON;
	}
	look = take_value(s, in, last, at, record);
	if (look == LOOK_RECORD)
		l->before = 'v';
	return look;
}

static enum look
look(struct json_frame *s, struct slice in, bool last, size_t *at, struct slice *record)
{
	const struct json_level *l = s->levels ? &s->level[s->levels - 1] : NULL;
	char c = in.p[*at];

	if (json_blank(c) || (c == ',' && l && l->kind != 'e')) {
		++*at;
		return LOOK_ON;
	}
	if (l == NULL)
		return document(s, in, last, at, record);
	if (l->kind == 'e')
		return element(s, in, last, at, record);
	if (c == (l->kind == 'o' ? '}' : ']')) {
		s->levels--;
		++*at;
		return LOOK_ON;
	}
	if (l->kind == 'o' && c == '"')
		return member(s, in, last, at, record);
	if (l->kind == 'l' && c == '{') {
		enter(s, 'o', l->step);
		++*at;
		return LOOK_ON;
	}
	if (l->kind == 'l')
		return skip_value(s, in, at);
	return take_value(s, in, last, at, record);
}

size_t
json_frame(struct slice in, bool last, void *state, struct slice *record)
{
	struct json_frame *s = state;
	size_t at = 0;
	enum look l = LOOK_ON;

	*record = (struct slice){NULL, 0};
	if (!s->decided)
		decide(s, in);
	while (at < in.n && l == LOOK_ON)
		l = s->skip ? skip_value(s, in, &at) : look(s, in, last, &at, record);
	return at;
}

const char *
json_frame_broken(const void *state)
{
	const struct json_frame *s = state;

	if (s->wrap == JSON_WAY && !s->found)
		return "no document has a list or an object where --unwrap looks for it";
	return s->levels || s->skip ? "the JSON text ends before its last bracket: what stood behind is not there" : NULL;
}
