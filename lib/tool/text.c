#include "lib/tool/text_priv.h"
#include "lib/tool/tool.h"

/* SGR parameters by level.  Low is not green: nothing here says "good". */
static const char *const level_colour[6] = {NULL, "2", "36", "33", "31", "1;31"};
static const char *const level_word[6] = {"UNKNOWN", "INFO", "LOW", "MEDIUM", "HIGH", "CRITICAL"};

static uint32_t
node(const struct record *r, const char *path)
{
	return json_path(r->j, 0, slice_str(path));
}

/* The first of the paths that is there. */
static bool
part(struct text_line *l, const struct record *r, const char *const *paths, unsigned cap, unsigned drop, const char *colour)
{
	size_t from = l->room->n;

	for (; *paths; paths++) {
		uint32_t v = node(r, *paths);

		if (v == JSON_NONE || json_type(r->j, v) == JSON_NULL)
			continue;
		line_add_json(l, r->j, v);
		line_made(l, from, cap, drop, colour);
		return true;
	}
	return false;
}
#define PART(l, r, cap, drop, colour, ...) part(l, r, (const char *const[]){__VA_ARGS__, NULL}, cap, drop, colour)

/* UTC; what there is room for: with milliseconds, with seconds, without the year, the time of day. */
static void
time_part(struct text_line *l, const struct record *r)
{
	unsigned w = l->style->width;
	char t[STAMP_LEN];
	size_t from = l->room->n;

	if (!r->timed) {
		line_part(l, SLICE("-"), 0, 0, "2");
		return;
	}
	stamp_put(t, r->at);
	t[10] = ' ';
	if (w && w < 60)
		buf_add(l->room, t + 11, 8);
	else if (w && w < 100)
		buf_add(l->room, t + 5, 14);
	else
		buf_add(l->room, t, w && w < 160 ? 19 : 23);
	if (!w || w >= 60)
		buf_byte(l->room, 'Z');
	line_made(l, from, 0, 0, "2");
}

/* A number 0..5 or a word. */
static void
level_part(struct text_line *l, const struct record *r, uint32_t v)
{
	size_t from = l->room->n;
	uint64_t n;

	if (v == JSON_NONE)
		return;
	if (!json_u64(r->j, v, &n) || n > 5) {
		line_add_json(l, r->j, v);
		n = (uint64_t)level_of(slice_of(l->room->p + from, l->room->n - from));
		l->room->n = from;
	}
	buf_str(l->room, level_word[n]);
	line_made(l, from, 0, 0, level_colour[n]);
}

static bool
add_first(struct text_line *l, const struct record *r, const char *first, const char *second)
{
	uint32_t v = node(r, first);

	if (v == JSON_NONE)
		v = node(r, second);
	line_add_json(l, r->j, v);
	return v != JSON_NONE;
}

static void
flow_part(struct text_line *l, const struct record *r, unsigned drop)
{
	size_t from = l->room->n;
	bool source = add_first(l, r, "source.ip", "source.address");
	size_t arrow = l->room->n;
	uint32_t port;

	if (l->style->utf8)
		buf_lit(l->room, "\xe2\x86\x92");
	else
		buf_lit(l->room, "->");
	if (!add_first(l, r, "destination.ip", "destination.address")) {
		l->room->n = source ? arrow : from;
	} else if ((port = node(r, "destination.port")) != JSON_NONE) {
		buf_byte(l->room, ':');
		line_add_json(l, r->j, port);
	}
	line_made(l, from, 40, drop, NULL);
}

static const char *
outcome_colour(const struct record *r)
{
	uint32_t v = node(r, "event.outcome");

	return v != JSON_NONE && slice_eq(json_raw(r->j, v), SLICE("\"failure\"")) ? "33" : NULL;
}

static void
event_text(struct text_line *l, const struct record *r)
{
	time_part(l, r);
	PART(l, r, 18, 2, NULL, "host.name", "observer.name", "host.ip");
	PART(l, r, 20, 6, "2", "event.dataset", "event.module", "ir.src.fmt");
	PART(l, r, 0, 5, outcome_colour(r), "event.outcome");
	PART(l, r, 18, 3, NULL, "user.name", "user.target.name", "user.id");
	flow_part(l, r, 4);
	if (!PART(l, r, 0, 0, NULL, "message", "process.command_line", "url.original", "dns.question.name", "file.path",
	    "registry.path", "event.original", "event.action", "process.executable", "event.code", "raw"))
		line_part(l, r->line, 0, 0, NULL);
}

/* One reason: its words, or field operator value. */
static void
add_reason(struct text_line *l, const struct record *r, uint32_t v)
{
	static const char *const member[] = {"field", "op", "operator", "value"};
	bool any = false;

	if (json_type(r->j, v) != JSON_OBJECT) {
		line_add_json(l, r->j, v);
		return;
	}
	for (size_t i = 0; i < sizeof member / sizeof *member; i++) {
		uint32_t m = json_get(r->j, v, slice_str(member[i]));

		if (m == JSON_NONE)
			continue;
		if (any)
			buf_byte(l->room, ' ');
		line_add_json(l, r->j, m);
		any = true;
	}
}

static void
why_part(struct text_line *l, const struct record *r)
{
	uint32_t why = node(r, "ir.alert.why");
	size_t from = l->room->n;

	if (why == JSON_NONE)
		return;
	if (json_type(r->j, why) != JSON_ARRAY) {
		line_add_json(l, r->j, why);
	} else {
		for (uint32_t k = json_first(r->j, why); k != JSON_NONE; k = json_following(r->j, why, k)) {
			if (l->room->n > from)
				buf_lit(l->room, "; ");
			add_reason(l, r, k);
		}
	}
	line_made(l, from, 0, 0, "2");
}

static void
count_part(struct text_line *l, const struct record *r, uint32_t v, const char *word)
{
	size_t from = l->room->n;
	uint64_t n = 0;

	if (v == JSON_NONE)
		return;
	if (json_type(r->j, v) == JSON_ARRAY) {
		for (uint32_t k = json_first(r->j, v); k != JSON_NONE; k = json_following(r->j, v, k))
			n++;
	} else if (!json_u64(r->j, v, &n)) {
		return;
	}
	buf_u64(l->room, n);
	buf_byte(l->room, ' ');
	buf_str(l->room, word);
	if (n != 1)
		buf_byte(l->room, 's');
	line_made(l, from, 0, 7, NULL);
}

/* The reasons stand on a line of their own where one line has no room for them. */
static void
alert_text(struct text_line *l, const struct record *r, struct buf *out)
{
	unsigned w = l->style->width;

	time_part(l, r);
	level_part(l, r, r->node[R_alert_level] != JSON_NONE ? r->node[R_alert_level] : node(r, "rule.level"));
	PART(l, r, 50, 0, "1", "rule.name", "rule.id", "ir.alert.type");
	PART(l, r, 20, 2, NULL, "host.name", "observer.name", "host.ip");
	PART(l, r, 20, 3, NULL, "user.name", "user.target.name");
	flow_part(l, r, 4);
	count_part(l, r, node(r, "ir.alert.count"), "event");
	if (w && w < 160) {
		line_put(l, 0, out);
		l->n = 0;
		why_part(l, r);
		if (l->n)
			line_put(l, 2, out);
		return;
	}
	why_part(l, r);
	line_put(l, 0, out);
}

static void
incident_text(struct text_line *l, const struct record *r)
{
	time_part(l, r);
	PART(l, r, 24, 4, "1", "ir.incident.id");
	PART(l, r, 6, 0, "1", "ir.incident.priority");
	level_part(l, r, node(r, "ir.incident.severity"));
	PART(l, r, 12, 5, NULL, "ir.incident.status");
	count_part(l, r, node(r, "ir.incident.alerts"), "alert");
	count_part(l, r, node(r, "ir.incident.tasks"), "task");
	PART(l, r, 0, 0, NULL, "ir.incident.title");
}

static void
args_part(struct text_line *l, const struct record *r)
{
	uint32_t args = node(r, "ir.action.args");
	size_t from = l->room->n;

	if (args == JSON_NONE || json_type(r->j, args) != JSON_OBJECT)
		return;
	for (uint32_t k = json_first(r->j, args); k != JSON_NONE; k = json_following(r->j, args, k)) {
		if (l->room->n > from)
			buf_byte(l->room, ' ');
		line_add_json(l, r->j, k);
		buf_byte(l->room, '=');
		line_add_json(l, r->j, json_value(r->j, k));
	}
	line_made(l, from, 0, 0, NULL);
}

static void
action_text(struct text_line *l, const struct record *r)
{
	size_t from;

	time_part(l, r);
	line_part(l, SLICE("action"), 0, 5, "2");
	PART(l, r, 30, 0, "1", "ir.action.name");
	PART(l, r, 24, 4, NULL, "ir.action.incident");
	from = l->room->n;
	if (node(r, "ir.action.approve") != JSON_NONE) {
		buf_lit(l->room, "approve: ");
		line_add_json(l, r->j, node(r, "ir.action.approve"));
		line_made(l, from, 30, 3, "33");
	}
	args_part(l, r);
}

static const char *
state_colour(const struct record *r)
{
	uint32_t v = node(r, "ir.result.state");
	struct slice s = v == JSON_NONE ? SLICE("") : json_raw(r->j, v);

	if (slice_eq(s, SLICE("\"failed\"")) || slice_eq(s, SLICE("\"refused\"")))
		return "31";
	return slice_eq(s, SLICE("\"unknown\"")) ? "33" : NULL;
}

static void
result_text(struct text_line *l, const struct record *r)
{
	time_part(l, r);
	PART(l, r, 0, 0, state_colour(r), "ir.result.state");
	PART(l, r, 36, 2, "1", "ir.result.name", "ir.action.name", "ir.result.action");
	PART(l, r, 24, 3, NULL, "ir.result.incident");
	PART(l, r, 0, 4, NULL, "ir.result.check");
	PART(l, r, 0, 0, NULL, "ir.result.reason");
}

static void
note_text(struct text_line *l, const struct record *r)
{
	time_part(l, r);
	line_part(l, SLICE("note"), 0, 4, "33");
	PART(l, r, 20, 3, NULL, "ir.by");
	PART(l, r, 24, 0, "33", "ir.what");
	PART(l, r, 40, 2, NULL, "ir.src.uri", "ir.src");
	PART(l, r, 0, 0, NULL, "message");
}

void
text_record(const struct record *r, const struct text_style *style, struct buf *scratch, struct buf *out)
{
	struct text_line l = {.style = style, .room = scratch};

	switch (r->kind) {
	case KIND_ALERT:
		alert_text(&l, r, out);
		return;
	case KIND_INCIDENT:
		incident_text(&l, r);
		break;
	case KIND_ACTION:
		action_text(&l, r);
		break;
	case KIND_RESULT:
		result_text(&l, r);
		break;
	case KIND_NOTE:
		note_text(&l, r);
		break;
	case KIND_MARK:
	case KIND_END:
		return;
	default:
		event_text(&l, r);
		break;
	}
	line_put(&l, 0, out);
}
