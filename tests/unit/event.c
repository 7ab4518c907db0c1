/* event: the builder, the canonical line, reading lines back, accounts. */
#include "lib/event/record.h"
#include "tests/unit/unit.h"

#include "lib/json/json.h"

static const struct event_src src = {SLICE_INIT("json"), SLICE_INIT("a/b.json"), 7, 3};

static struct slice
line_of(struct event *e, struct buf *out)
{
	buf_reset(out);
	event_write(e, &src, SLICE("bytes"), out);
	return buf_slice(out);
}

/* What stands behind ir: the fields and raw. */
static struct slice
tail_of(struct event *e, struct buf *out)
{
	struct slice line = line_of(e, out);
	size_t at = slice_find_slice(line, SLICE("\"err\":["));

	at += slice_find(slice_from(line, at), '}') + 1;
	return slice_from(line, at);
}

/* event_write closes and opens objects by their order alone: members of one object must stand together. */
static void
check_order(void)
{
	for (enum field f = 1; f < FIELD_COUNT; f++) {
		struct slice path = field_row[f].path;

		INT(field_by_path(path), f, path.p);
		for (size_t n = 0; n < path.n; n++) {
			struct slice head = slice_head(path, n + 1);
			enum field g = f - 1;

			if (path.p[n] != '.' || slice_starts(field_row[g].path, head))
				continue;
			while (g > 0 && !slice_starts(field_row[g].path, head))
				g--;
			OK(!slice_starts(field_row[g].path, head), "%s stands apart from its object", path.p);
		}
	}
	INT(field_by_path(SLICE("no.such")), FIELD_COUNT, "no field");
}

static void
check_head(void)
{
	struct event e = {0};
	struct buf out = {0};

	event_reset(&e);
	e.at = (struct stamp){1772438400, 123456700};
	e.timed = true;
	event_ls(&e, SLICE("windows"), SLICE("sysmon"), SLICE(""));
	event_ls(&e, SLICE("windows"), SLICE("sysmon"), SLICE(""));
	event_err(&e, ERR_zone_assumed);
	e.raw_json = SLICE("{\"a\":1,\n\"b\" : 1.10}");
	SAME(line_of(&e, &out), SLICE("{\"@timestamp\":\"2026-03-02T08:00:00.123456700Z\",\"ir\":{\"v\":1,\"kind\":\"event\","
	    "\"id\":\"1d6f2a38b913f4a92be4a55276805e16\",\"src\":{\"fmt\":\"json\",\"uri\":\"a/b.json\",\"off\":7,\"rec\":3},"
	    "\"ls\":[{\"product\":\"windows\",\"service\":\"sysmon\"}],\"tz\":\"utc\",\"err\":[\"zone-assumed\"]},"
	    "\"raw\":{\"a\":1, \"b\" : 1.10}}\n"), "head, raw with a line break");
	event_reset(&e);
	OK(slice_has(line_of(&e, &out), SLICE("\"1970-01-01T00:00:00.000000000Z\"")), "no time is 1970");
	OK(slice_has(buf_slice(&out), SLICE("\"err\":[\"no-time\"]")), "and said");
	e.bytes = SLICE("\xff");
	OK(slice_has(line_of(&e, &out), SLICE(",\"bytes\":\"/w==\"}")), "undecodable bytes");
	event_free(&e);
	buf_free(&out);
}

static void
check_fields(void)
{
	struct event e = {0};
	struct buf out = {0};

	event_reset(&e);
	OK(event_set(&e, F_process_parent_name, SLICE("p")), "deep");
	OK(event_set(&e, F_process_pe_imphash, SLICE("h")), "beside");
	OK(event_set(&e, F_event_category, SLICE("a")) && event_set(&e, F_event_category, SLICE("b")) &&
	    event_set(&e, F_event_category, SLICE("a")), "a list keeps equal values once");
	OK(event_set(&e, F_event_action, SLICE("x")) && event_set(&e, F_event_action, SLICE("y\"")), "the last one stays");
	OK(event_set(&e, F_source_ip, SLICE("2001:DB8:0::1")), "address");
	OK(event_set(&e, F_source_port, SLICE("0443")), "leading zero");
	OK(event_set(&e, F_user_name, SLICE("-")) && event_set(&e, F_user_id, SLICE("(null)")) &&
	    event_set(&e, F_group_id, SLICE("")),
	    "nothing");
	event_raw(&e, SLICE("k"), SLICE("v\n"));
	event_raw_json(&e, SLICE("j"), SLICE("[1]"));
	SAME(tail_of(&e, &out),
	    SLICE(",\"event\":{\"category\":[\"a\",\"b\"],\"action\":\"y\\\"\"},\"process\":{\"pe\":{\"imphash\":\"h\"},"
	    "\"parent\":{\"name\":\"p\"}},\"source\":{\"ip\":\"2001:db8::1\",\"port\":443},\"related\":{\"ip\":[\"2001:db8::1\"],"
	    "\"hash\":[\"h\"]},\"raw\":{\"k\":\"v\\n\",\"j\":[1]}}\n"), "nested fields");
	INT(e.err, 0, "no error");
	OK(!event_set(&e, F_source_port, SLICE("http")) && !event_set(&e, F_source_ip, SLICE("10.0.0.256")) &&
	    !event_set(&e, F_event_start, SLICE("yesterday")), "wrong types");
	INT(e.err, 1 << ERR_bad_field, "wrong types are said");
	SAME(event_get(&e, F_source_port), SLICE("443"), "and set nothing");
	event_reset(&e);
	event_set_address(&e, F_source_ip, SLICE("ws1.example"));
	event_set_address(&e, F_destination_ip, SLICE("a b"));
	SAME(event_get(&e, F_source_domain), SLICE("ws1.example"), "a name");
	OK(!event_has(&e, F_destination_domain) && event_has(&e, F_destination_address), "neither");
	event_free(&e);
	buf_free(&out);
}

static void
check_long_list(void)
{
	struct event e = {0};
	struct buf t = {0}, out = {0};

	event_reset(&e);
	for (unsigned i = 0; i < 1000; i++) {
		buf_reset(&t);
		buf_u64(&t, i);
		(void)event_set(&e, F_tags, event_keep(&e, buf_slice(&t)));
	}
	INT(e.err, 1u << ERR_list_long, "a long list is cut and said");
	OK(slice_has(line_of(&e, &out), SLICE("\"255\"]")), "at 256");
	event_free(&e);
	buf_free(&t);
	buf_free(&out);
}

static void
check_read(void)
{
	static const struct {
		const char *line;
		enum ir_kind kind;
		bool timed;
		const char *id;
	} row[] = {
		{"{\"@timestamp\":\"2026-03-02T08:00:00.000000000Z\",\"ir\":{\"v\":1,\"kind\":\"event\",\"id\":\"x\"}}",
		KIND_EVENT, true, "x"},
		{"{\"@timestamp\":\"2026-03-02T08:00:00Z\",\"ir\":{\"v\":1,\"kind\":\"alert\",\"id\":\"x\","
		    "\"alert\":{\"id\":\"y\"}}}", KIND_ALERT, true, "y"},
		{"{\"ir\":{\"kind\":\"incident\",\"incident\":{\"id\":\"z\"}}}", KIND_INCIDENT, false, "z"},
		{"{\"ir\":{\"kind\":\"later\"}}", KIND_UNKNOWN, false, ""}, {"{\"ir.kind\":\"event\"}", KIND_FOREIGN, false, ""},
		{"{\"ir\":{\"kind\":5}}", KIND_FOREIGN, false, ""}, {"{\"@timestamp\":\"now\"}", KIND_FOREIGN, false, ""},
	};
	struct record_paths *paths = record_paths_new();
	struct json *j = json_new(&json_limits_stream);
	struct fault f;
	const char *reason = NULL;

	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct record r = {0};

		OK(json_one(j, slice_str(row[i].line), &f) && record_read(paths, j, &r, &reason), "read %s", row[i].line);
		INT(r.kind, row[i].kind, row[i].line);
		INT(r.timed, row[i].timed, row[i].line);
		SAME(record_id(&r), slice_str(row[i].id), row[i].line);
	}
	struct record r = {0};
	OK(json_one(j, SLICE("[1]"), &f) && !record_read(paths, j, &r, &reason), "an array is no record");
	SAME(slice_str(reason), SLICE("not-object"), "and the reason");
	json_free(j);
	record_paths_free(paths);
}

static void
check_account(void)
{
	struct account a = {0}, b = {0};
	struct buf out = {0};
	struct stage_id id = {.by = SLICE("ir-match")};
	struct slice seen[] = {SLICE("ir-ingest")};

	a.in[KIND_EVENT] = 3;
	a.passed = 1;
	account_reject(&a, "json-utf8: a byte", 1);
	b.out[KIND_NOTE] = 1;
	account_reject(&b, "json-syntax: x", 2);
	account_reject(&b, "json-utf8: other words", 1);
	account_merge(&a, &b);
	INT(account_rejected(&a), 4, "sum of rejections");
	record_end(&out, &id, &a, seen, 1, false, 3, SLICE("\"x\":1"));
	SAME(buf_slice(&out),
	    SLICE("{\"@timestamp\":\"1970-01-01T00:00:00.000000000Z\",\"ir\":{\"v\":1,\"kind\":\"end\",\"by\":\"ir-match\","
	    "\"seen\":[\"ir-ingest\"],\"in\":{\"event\":3},\"out\":{\"note\":1},\"passed\":1,\"made\":0,"
	    "\"unmatched\":0,\"folded\":0,"
	    "\"suppressed\":0,\"rejected\":{\"json-syntax\":2,\"json-utf8\":2},\"cut\":false,\"status\":3,\"x\":1}}\n"), "end");
	buf_reset(&out);
	record_note(&out, &id, "limit-depth", SLICE("a.log"), SLICE("too deep"));
	SAME(buf_slice(&out),
	    SLICE("{\"@timestamp\":\"1970-01-01T00:00:00.000000000Z\",\"ir\":{\"v\":1,\"kind\":\"note\",\"by\":\"ir-match\","
	    "\"what\":\"limit-depth\",\"src\":\"a.log\"},\"message\":\"too deep\"}\n"), "note");
	account_free(&a);
	account_free(&b);
	buf_free(&out);
}

static void
check_ids(void)
{
	char one[32], two[32];
	struct slice ids[] = {SLICE("b"), SLICE("a")}, turned[] = {SLICE("a"), SLICE("b")}, joined[] = {SLICE("ab")};

	alert_id(SLICE("r"), ids, 2, one);
	alert_id(SLICE("r"), turned, 2, two);
	SAME(slice_of(one, 32), slice_of(two, 32), "order of events does not matter");
	alert_id(SLICE("r"), joined, 1, two);
	OK(!slice_eq(slice_of(one, 32), slice_of(two, 32)), "borders do");
	event_id(SLICE("a"), 1, SLICE("x"), one);
	event_id(SLICE("a"), 256, SLICE("x"), two);
	OK(!slice_eq(slice_of(one, 32), slice_of(two, 32)), "the offset counts");
}

int
main(void)
{
	check_order();
	check_head();
	check_fields();
	check_long_list();
	check_read();
	check_account();
	check_ids();
	return unit_done();
}
