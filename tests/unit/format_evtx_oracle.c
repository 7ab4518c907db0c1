/* Windows event logs of others, as libevtx reads them (evtx-samples): how many records, and the System values of each. */
#include "tests/unit/format.h"
#include "tests/unit/unit.h"

#include <stdio.h>

struct oracle {
	struct json *want, *mine;
	struct buf a, b;
	bool known;			/* libevtx's lines are scanned into `want` */
	unsigned all, compared, equal;
};

/* Both as text, numbers too. */
static bool
same(struct oracle *o, const char *name, const char *path)
{
	uint32_t w = json_get(o->want, 0, slice_str(name)), v = json_path(o->mine, 0, slice_str(path));
	struct slice a = {NULL, 0}, b = {NULL, 0};

	buf_reset(&o->a);
	buf_reset(&o->b);
	if (v != JSON_NONE && json_type(o->mine, v) == JSON_OBJECT)
		v = json_get(o->mine, v, SLICE("#text"));
	if (w != JSON_NONE && json_type(o->want, w) != JSON_NULL)
		a = json_text(o->want, w, &o->a);
	if (v != JSON_NONE && json_type(o->mine, v) != JSON_NULL)
		b = json_text(o->mine, v, &o->b);
	return slice_eq(slice_trim(a), slice_trim(b));
}

/* Lines about what libevtx could not read have no number. */
static bool
next_known(struct oracle *o)
{
	struct fault f;

	while (json_line(o->want, &f))
		if (o->want->ok && json_get(o->want, 0, SLICE("record_id")) != JSON_NONE)
			return true;
	return false;
}

static void
compare(struct oracle *o)
{
	static const struct { const char *name, *path; } row[] = {
		{"provider", "Event.System.Provider.#attributes.Name"}, {"event_id", "Event.System.EventID"},
		{"version", "Event.System.Version"}, {"level", "Event.System.Level"}, {"task", "Event.System.Task"},
		{"opcode", "Event.System.Opcode"}, {"record_id", "Event.System.EventRecordID"}, {"channel", "Event.System.Channel"},
		{"computer", "Event.System.Computer"}, {"process_id", "Event.System.Execution.#attributes.ProcessID"},
		{"thread_id", "Event.System.Execution.#attributes.ThreadID"},
	};
	bool equal = true;

	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		equal = same(o, row[i].name, row[i].path) && equal;
	o->equal += equal;
	o->compared++;
}

/* libevtx passes over damaged records: the next one of its lines waits for the record of its number. */
static void
see(struct trial *t, const char *reason)
{
	struct oracle *o = t->self;
	struct fault f;

	o->all++;
	if (reason || !o->known || !json_one(o->mine, t->e.raw_json, &f))
		return;
	if (!same(o, "record_id", "Event.System.EventRecordID") || !same(o, "computer", "Event.System.Computer"))
		return;
	compare(o);
	o->known = next_known(o);
}

static void
one(struct oracle *o, const char *dir, struct slice file)
{
	struct buf path = {0};
	struct slice lines = {NULL, 0};
	struct trial t;
	FILE *known;

	buf_str(&path, dir);
	buf_str(&path, "/evtx-samples/oracle-libevtx/");
	buf_slice_add(&path, slice_from(file, 5));
	buf_str(&path, ".ndjson");
	known = fopen(buf_cstr(&path), "r");
	if (known) {
		fclose(known);
		lines = unit_file(buf_cstr(&path));
	}
	json_block(o->want, lines);
	o->known = next_known(o);
	buf_reset(&path);
	buf_str(&path, dir);
	buf_str(&path, "/evtx-samples/");
	buf_slice_add(&path, file);
	trial_begin(&t, SLICE("t.evtx"));
	t.see = see;
	t.self = o;
	trial_read(&t, &format_evtx, unit_file(buf_cstr(&path)), 0, 0);
	trial_end(&t);
	buf_free(&path);
}

void
format_evtx_oracle_tests(void)
{
	const char *dir = unit_unpack("evtx-samples");
	struct json *index = json_new(&json_limits_source);
	struct oracle o = {.want = json_new(&json_limits_source), .mine = json_new(&json_limits_source)};
	struct buf path = {0}, name = {0};
	unsigned hard = 0;
	struct fault f;

	if (!dir) {
		unit_skip("no evtx-samples");
		goto out;
	}
	buf_str(&path, dir);
	buf_str(&path, "/evtx-samples/index.ndjson");
	json_block(index, unit_file(buf_cstr(&path)));
	while (json_line(index, &f)) {
		unsigned before = o.all;

		buf_reset(&name);
		one(&o, dir, json_text(index, json_get(index, 0, SLICE("file")), &name));
		if (json_type(index, json_get(index, 0, SLICE("hard"))) == JSON_TRUE)
			hard += o.all - before;
	}
	printf("# evtx-samples: %u records, %u hard, %u of %u equal\n", o.all, hard, o.equal, o.compared);
	OK(o.all >= 14382, "no fewer records than the best other reader finds");
	INT(hard, 613, "hard records");
	INT(o.compared, 13760, "records that libevtx reads");
	INT(o.equal, o.compared, "equal System values");
out:
	json_free(index);
	json_free(o.want);
	json_free(o.mine);
	buf_free(&o.a);
	buf_free(&o.b);
	buf_free(&path);
	buf_free(&name);
}
