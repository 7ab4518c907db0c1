#include "lib/port/yaml.h"

#include "lib/base/map.h"

#include <stdlib.h>
#include <yaml.h>

enum { TEXT_MAX = 1024 * 1024, EVENTS_MAX = 100000, DEPTH_MAX = 64 };

/* A list or map that is still open; its values (for a map: key, value, key ...) are value[from..). */
struct frame {
	enum yaml_type type;
	uint32_t line, column;
	size_t from;
};

/* The way from libyaml's places (characters) to ours (bytes): it only goes forward, as the events do. */
struct cursor {
	size_t index, at;		/* the same place in characters and in bytes */
	size_t line_start;		/* byte */
};

struct reader {
	yaml_parser_t parser;
	struct slice text;
	struct arena *arena;
	struct fault *f;
	struct cursor cursor;
	struct frame frame[DEPTH_MAX];
	size_t depth;
	struct yaml *value;
	size_t values, value_cap;
	struct yaml *doc;
	size_t docs, doc_cap, max;
};

/* Bytes of the line break at p (YAML 1.1 section 4.1.4 also breaks at NEL, LS and PS); 0: none. */
static size_t
line_break(struct slice s)
{
	if (s.n && (s.p[0] == '\n' || s.p[0] == '\r'))
		return 1;
	if (slice_starts(s, SLICE("\xc2\x85")))
		return 2;
	return slice_starts(s, SLICE("\xe2\x80\xa8")) || slice_starts(s, SLICE("\xe2\x80\xa9")) ? 3 : 0;
}

static uint32_t
column(struct reader *r, const yaml_mark_t *mark)
{
	struct cursor *c = &r->cursor;

	if (mark->index < c->index)
		return (uint32_t)mark->column + 1;
	while (c->index < mark->index && c->at < r->text.n) {
		size_t len = line_break(slice_from(r->text, c->at));
		bool newline = len != 0;

		for (len = len ? len : 1; c->at + len < r->text.n && ((unsigned char)r->text.p[c->at + len] & 0xc0) == 0x80;)
			len++;
		c->at += len;
		c->index++;
		if (newline)
			c->line_start = c->at;
	}
	return (uint32_t)(c->at - c->line_start) + 1;
}

static bool
refuse(struct reader *r, const char *what, struct slice near, const yaml_mark_t *mark)
{
	return fault_place(r->f, what, near, mark->line + 1, column(r, mark));
}

static struct yaml
node(struct reader *r, enum yaml_type type, const yaml_mark_t *mark)
{
	return (struct yaml){.type = type, .line = (uint32_t)mark->line + 1, .column = column(r, mark)};
}

static bool
wants_key(const struct reader *r)
{
	const struct frame *top = r->depth ? &r->frame[r->depth - 1] : NULL;

	return top && top->type == YAML_MAP && (r->values - top->from) % 2 == 0;
}

/* A finished value goes to the open frame, or is a document. */
static bool
push(struct reader *r, struct yaml y, const yaml_mark_t *mark)
{
	if (r->depth) {
		r->value = mem_grow(r->value, &r->value_cap, r->values, sizeof y);
		r->value[r->values++] = y;
		return true;
	}
	if (r->docs == r->max)
		return refuse(r, "yaml: too many documents", slice_of(NULL, 0), mark);
	r->doc = mem_grow(r->doc, &r->doc_cap, r->docs, sizeof y);
	r->doc[r->docs++] = y;
	return true;
}

static bool
scalar(struct reader *r, const yaml_event_t *e)
{
	struct yaml y = node(r, YAML_SCALAR, &e->start_mark);
	struct slice text = slice_of((const char *)e->data.scalar.value, e->data.scalar.length);

	if (e->data.scalar.anchor)
		return refuse(r, "yaml: anchors are refused", slice_str((const char *)e->data.scalar.anchor), &e->start_mark);
	if (e->data.scalar.tag)
		return refuse(r, "yaml: tags are refused", slice_str((const char *)e->data.scalar.tag), &e->start_mark);
	if (slice_find(text, '\0') < text.n)
		return refuse(r, "yaml: NUL in a scalar", text, &e->start_mark);
	y.plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	if (y.plain && wants_key(r) && slice_eq(text, SLICE("<<")))
		return refuse(r, "yaml: merge keys are refused", text, &e->start_mark);
	y.text = arena_slice(r->arena, text);
	return push(r, y, &e->start_mark);
}

static bool
open_frame(struct reader *r, enum yaml_type type, const yaml_char_t *anchor, const yaml_char_t *tag, const yaml_mark_t *mark)
{
	struct yaml y;

	if (anchor)
		return refuse(r, "yaml: anchors are refused", slice_str((const char *)anchor), mark);
	if (tag)
		return refuse(r, "yaml: tags are refused", slice_str((const char *)tag), mark);
	if (wants_key(r))
		return refuse(r, "yaml: a key that is no scalar", slice_of(NULL, 0), mark);
	if (r->depth == DEPTH_MAX)
		return refuse(r, "yaml: deeper than 64", slice_of(NULL, 0), mark);
	y = node(r, type, mark);
	r->frame[r->depth++] = (struct frame){.type = type, .line = y.line, .column = y.column, .from = r->values};
	return true;
}

/* The keys of an open map have no order yet: the first that repeats an earlier one is a fault. */
static bool
keys_differ(struct reader *r, const struct yaml *pair, size_t pairs)
{
	struct map seen = {0};
	bool made = true;

	for (size_t i = 0; i < pairs && made; i++) {
		(void)map_put(&seen, pair[2 * i].text, &made);
		if (!made)
			yaml_fault(r->f, "yaml: duplicate key", &pair[2 * i]);
	}
	map_free(&seen);
	return made;
}

static bool
close_frame(struct reader *r, const yaml_mark_t *mark)
{
	struct frame *top = &r->frame[--r->depth];
	struct yaml y = {.type = top->type, .line = top->line, .column = top->column};
	const struct yaml *from = r->value + top->from;
	size_t n = r->values - top->from;

	r->values = top->from;
	if (top->type == YAML_LIST) {
		y.n = n;
		y.item = n ? (struct yaml *)(void *)arena_dup(r->arena, from, n * sizeof y) : NULL;
		return push(r, y, mark);
	}
	if (n && !keys_differ(r, from, n / 2))
		return false;
	y.n = n / 2;
	y.key = n ? arena_alloc(r->arena, y.n * sizeof y) : NULL;
	y.item = n ? arena_alloc(r->arena, y.n * sizeof y) : NULL;
	for (size_t i = 0; i < y.n; i++) {
		y.key[i] = from[2 * i];
		y.item[i] = from[2 * i + 1];
	}
	return push(r, y, mark);
}

static bool
event(struct reader *r, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_ALIAS_EVENT:
		return refuse(r, "yaml: aliases are refused", slice_str((const char *)e->data.alias.anchor), &e->start_mark);
	case YAML_SCALAR_EVENT:
		return scalar(r, e);
	case YAML_SEQUENCE_START_EVENT:
		return open_frame(r, YAML_LIST, e->data.sequence_start.anchor, e->data.sequence_start.tag, &e->start_mark);
	case YAML_MAPPING_START_EVENT:
		return open_frame(r, YAML_MAP, e->data.mapping_start.anchor, e->data.mapping_start.tag, &e->start_mark);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return close_frame(r, &e->start_mark);
	case YAML_DOCUMENT_START_EVENT:
		if (e->data.document_start.tag_directives.start != e->data.document_start.tag_directives.end)
			return refuse(r, "yaml: tags are refused", SLICE("%TAG"), &e->start_mark);
		return true;
	default:
		return true;
	}
}

static bool
broken(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	struct slice near = slice_str(p->problem);

	if (p->error != YAML_READER_ERROR)
		return refuse(r, "yaml: not valid", near, &p->problem_mark);
	/* The reader runs ahead of the marks: it knows a byte. */
	fault_near(r->f, "yaml: not valid", near, p->problem_offset);
	fault_locate(r->f, r->text);
	return false;
}

static bool
read_events(struct reader *r)
{
	bool ok = true, end = false;

	for (size_t n = 0; ok && !end; n++) {
		yaml_event_t e;

		if (!yaml_parser_parse(&r->parser, &e))
			return broken(r);
		end = e.type == YAML_STREAM_END_EVENT;
		ok = n < EVENTS_MAX ? event(r, &e) : refuse(r, "yaml: more than 100000 events", slice_of(NULL, 0), &e.start_mark);
		yaml_event_delete(&e);
	}
	return ok;
}

bool
yaml_read(struct slice text, size_t max, struct arena *arena, struct yaml **doc, size_t *docs, struct fault *f)
{
	struct reader *r;
	bool ok;

	*doc = NULL;
	*docs = 0;
	if (text.n > TEXT_MAX)
		return fault_set(f, "yaml: larger than 1 MiB", TEXT_MAX);
	if (slice_starts(text, SLICE("\xef\xbb\xbf")))
		text = slice_from(text, 3);
	r = mem_zero(1, sizeof *r);
	r->text = text;
	r->arena = arena;
	r->f = f;
	r->max = max;
	ok = yaml_parser_initialize(&r->parser) == 1;
	if (ok) {
		/* Said, not guessed: a UTF-16 mark would change what the bytes mean. */
		yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
		yaml_parser_set_input_string(&r->parser, (const unsigned char *)(text.n ? text.p : ""), text.n);
		ok = read_events(r);
		yaml_parser_delete(&r->parser);
	} else {
		fault_set(f, "yaml: the library failed", 0);
	}
	if (ok && r->docs) {
		*doc = (struct yaml *)(void *)arena_dup(arena, r->doc, r->docs * sizeof *r->doc);
		*docs = r->docs;
	}
	free(r->doc);
	free(r->value);
	free(r);
	return ok;
}

const struct yaml *
yaml_get(const struct yaml *y, const char *key)
{
	struct slice want = slice_str(key);

	if (y == NULL || y->type != YAML_MAP)
		return NULL;
	for (size_t i = 0; i < y->n; i++)
		if (slice_eq(y->key[i].text, want))
			return &y->item[i];
	return NULL;
}

/* YAML 1.1's null: the words in three cases only. */
bool
yaml_null(const struct yaml *y)
{
	if (y == NULL || y->type != YAML_SCALAR || !y->plain)
		return false;
	return y->text.n == 0 || slice_eq(y->text, SLICE("~")) || slice_eq(y->text, SLICE("null"))
	    || slice_eq(y->text, SLICE("Null")) || slice_eq(y->text, SLICE("NULL"));
}

bool
yaml_bool(const struct yaml *y, bool *out)
{
	if (y == NULL || y->type != YAML_SCALAR || !y->plain)
		return false;
	*out = slice_eq_nocase(y->text, SLICE("true"));
	return *out || slice_eq_nocase(y->text, SLICE("false"));
}

bool
yaml_fault(struct fault *f, const char *what, const struct yaml *y)
{
	return fault_place(f, what, y->type == YAML_SCALAR ? y->text : slice_of(NULL, 0), y->line, y->column);
}
