/* JSON (RFC 8259), as lines (NDJSON), concatenated, one document, or wrapped; raw is the object's own bytes. */
#include "lib/format/json_frame.h"
#include "lib/format/syslog.h"

enum { LINES_LOOKED = 20 };

/* `{` and a name, or `[` and an object. */
static bool
starts_well(struct slice s)
{
	size_t at = json_blanks(s, 0), next = json_blanks(s, at + 1);

	if (next >= s.n)
		return false;
	return s.p[at] == '{' ? s.p[next] == '"' || s.p[next] == '}' : s.p[at] == '[' && (s.p[next] == '{' || s.p[next] == ']');
}

/* A damaged first line does not make it another format. */
static int
by_lines(struct slice head)
{
	struct slice rest = head;
	int lines = 0, good = 0;

	while (rest.p && lines < LINES_LOOKED) {
		struct slice line = slice_trim(slice_cut(&rest, '\n'));

		if (line.n == 0)
			continue;
		lines++;
		good += line.p[0] == '{' && starts_well(line);
	}
	return good * 2 > lines ? 60 : 0;
}

static int
sniff(struct slice head)
{
	struct fault f;
	size_t at = json_blanks(head, 0);

	if (at == head.n)
		return 0;
	if (starts_well(head))
		return 90;
	if ((head.p[at] == '[' || head.p[at] == '{') && json_check(head, &json_limits_source, &f))
		return 80;
	return by_lines(head);
}

/* An element may carry its record one step further in: Elasticsearch's _source, CloudWatch's message. */
static uint32_t
inner(struct format_room *room, struct event *e)
{
	struct json *j = room->json;
	uint32_t v = json_get(j, 0, SLICE("_source"));
	struct slice text;
	struct fault f;

	if (v != JSON_NONE && json_type(j, v) == JSON_OBJECT && json_get(j, 0, SLICE("_index")) != JSON_NONE)
		return v;
	v = json_get(j, 0, SLICE("message"));
	if (v == JSON_NONE || json_type(j, v) != JSON_STRING || json_inner(j, v).n < 2 || json_inner(j, v).p[0] != '{')
		return 0;
	if (json_get(j, 0, SLICE("id")) == JSON_NONE || json_get(j, 0, SLICE("timestamp")) == JSON_NONE)
		return 0;
	buf_reset(&room->scratch);
	text = event_keep(e, json_text(j, v, &room->scratch));
	if (json_check(text, &json_limits_source, &f) && json_one(j, text, &f) && json_type(j, 0) == JSON_OBJECT)
		return 0;
	event_err(e, ERR_bad_body);
	return 0;
}

/* The journal as JSON: its messages are those of syslog. */
static void
journal_body(struct event *e)
{
	struct slice program = event_get(e, F_process_name), msg = event_get(e, F_message);

	e->form = FORM_TEXT;
	syslog_message(e, NULL, program, msg, false);
}

static bool
parse(struct slice record, struct format_room *room, struct event *e, bool *skip, struct fault *f)
{
	const struct json_frame *s = room->state;
	struct json *j = room->json;
	uint32_t v = 0;

	(void)skip;
	if (record.n && !json_one(j, record, f))
		return false;
	if (json_type(j, 0) != JSON_OBJECT)
		return fault_near(f, "not-object: a record is a JSON object", json_raw(j, 0), 0);
	if (record.n && s && s->wrap)
		v = inner(room, e);
	if (slice_eq(shape_fill(room->c->shapes, room->c->shape, j, v, room->slots, e), SLICE("journal")))
		journal_body(e);
	e->raw_flat = record.n == 0;
	return true;
}

const struct format format_json = {
	.name = "json",
	.title = "JSON: lines, concatenated, one document, wrapped",
	.standard = "RFC 8259, RFC 7464, NDJSON",
	.sniff = sniff,
	.frame = json_frame,
	.closed = true,
	.broken = json_frame_broken,
	.state = sizeof(struct json_frame),
	.begin = json_frame_begin,
	.parse = parse,
	.by_block = json_by_block,
};
