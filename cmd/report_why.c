/* ir-report why: from a figure of the JSON report to records, and to the bytes of the evidence that gave them. */
#include "cmd/report.h"

#include "lib/port/digest.h"
#include "lib/report/why.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { EVIDENCE_MAX = 16 * 1024 * 1024, SHOWN_MAX = 1000 };

static struct slice evidence;
static bool leaves, check;

static const struct opt options[] = {
	{0, "evidence", "DIR", "folder that sources are named from: read their bytes, give their SHA-256, prove their ids",
	    OPT_TEXT, &evidence, "dir"},
	{0, "leaves", NULL, "print the pointer of every leaf instead", OPT_FLAG, &leaves, NULL},
	{0, "check", NULL, "1 if a leaf leads nowhere", OPT_FLAG, &check, NULL},
	{0},
};
static const char *const kinds[] = {"ndjson", NULL};

struct asked {
	struct tool *t;
	struct json *j;
	struct buf out;
	uint64_t lost;
	int folder;			/* -1: no evidence is at hand */
};

/* ---- evidence ---------------------------------------------------------------------------------------------------- */

/* A line of text, or a record of a Windows event log, which tells its own length behind its mark. */
static size_t
record_length(struct slice s)
{
	size_t n = slice_find(s, '\n');
	uint32_t size;

	if (s.n >= 8 && memcmp(s.p, "**\0\0", 4) == 0) {
		memcpy(&size, s.p + 4, sizeof size);
		return size <= s.n ? size : 0;
	}
	if (n > 0 && n < s.n && s.p[n - 1] == '\r')
		n--;
	return n;
}

/* The JSON object that begins here: elements of an array share a line. */
static size_t
object_length(struct slice s)
{
	bool text = false;
	size_t depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (text) {
			i += s.p[i] == '\\';
			text = i >= s.n || s.p[i] != '"';
		} else if (s.p[i] == '"')
			text = true;
		else if (s.p[i] == '{')
			depth++;
		else if (s.p[i] == '}' && --depth == 0)
			return i + 1;
		if (depth == 0)
			return 0;
	}
	return 0;
}

/* What is packed gives offsets in what it holds, not in itself. */
static bool
packed(int fd)
{
	static const struct slice mark[] = {SLICE_INIT("\x1f\x8b"), SLICE_INIT("PK\3\4"), SLICE_INIT("\xfd" "7zXZ"),
	    SLICE_INIT("7z\xbc\xaf"),
	    SLICE_INIT("BZh"), SLICE_INIT("\x28\xb5\x2f\xfd")};
	char head[6] = {0};
	ssize_t n = pread(fd, head, sizeof head, 0);

	for (size_t i = 0; i < sizeof mark / sizeof *mark; i++)
		if (n >= (ssize_t)mark[i].n && memcmp(head, mark[i].p, mark[i].n) == 0)
			return true;
	return false;
}

static bool
bytes_at(struct asked *a, struct slice uri, uint64_t off, struct buf *b)
{
	char *path = mem_str(uri);
	int fd = slice_starts(uri, SLICE("/")) ? -1 : openat(a->folder, path,
	    O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
	ssize_t n = 0;

	free(path);
	if (fd < 0 || off > INT64_MAX / 2 || packed(fd)) {
		if (fd >= 0)
			(void)close(fd);
		return false;
	}
	buf_reset(b);
	buf_room(b, EVIDENCE_MAX);
	while (b->n < EVIDENCE_MAX && (n = pread(fd, b->p + b->n, EVIDENCE_MAX - b->n, (off_t)(off + b->n))) > 0) {
		b->n += (size_t)n;
		if (record_length(buf_slice(b)) < b->n)
			break;
	}
	(void)close(fd);
	return n >= 0 && b->n > 0;
}

/* Length, SHA-256, and whether label, offset and bytes give the event's id (STREAM.md): then these are the bytes. */
static void
prove(struct asked *a, struct json_out *o, struct slice uri, uint64_t off, struct slice event)
{
	struct buf b = {0}, hex = {0};
	struct sha256 sum;
	struct slice bytes;
	char id[32];

	if (a->folder < 0 || uri.n == 0)
		return;
	if (!bytes_at(a, uri, off, &b)) {
		jo_kbool(o, "read", false);
	} else {
		bytes = slice_head(buf_slice(&b), record_length(buf_slice(&b)));
		event_id(uri, off, bytes, id);
		if (!slice_eq(slice_of(id, sizeof id), event) && object_length(buf_slice(&b))) {
			bytes = slice_head(buf_slice(&b), object_length(buf_slice(&b)));
			event_id(uri, off, bytes, id);
		}
		jo_ku64(o, "len", bytes.n);
		if (digest_sha256(&bytes, 1, &sum)) {
			buf_hex(&hex, sum.b, sizeof sum.b);
			jo_ktext(o, "sha256", buf_slice(&hex));
		}
		jo_kbool(o, "proven", slice_eq(slice_of(id, sizeof id), event));
	}
	buf_free(&b);
	buf_free(&hex);
}

/* ---- one pointer ------------------------------------------------------------------------------------------------- */

static void
copy(struct asked *a, struct json_out *o, uint32_t row, const char *name)
{
	uint32_t v = json_get(a->j, row, slice_str(name));

	if (v != JSON_NONE)
		jo_kraw(o, name, json_raw(a->j, v));
}

static void
alert_put(struct asked *a, struct slice pointer, uint32_t alert)
{
	static const char *const member[] = {"alert", "event", "@timestamp", "level", "rule", "rule_id", "host", "uri", "off",
	    "rec"};
	struct json_out o = json_out(&a->out);
	struct buf uri = {0}, event = {0};
	uint32_t v;
	uint64_t off = 0;

	jo_open(&o, '{');
	jo_ktext(&o, "pointer", pointer);
	for (size_t i = 0; i < sizeof member / sizeof *member; i++)
		copy(a, &o, alert, member[i]);
	if ((v = json_get(a->j, alert, SLICE("uri"))) != JSON_NONE)
		json_text_add(a->j, v, &uri);
	if ((v = json_get(a->j, alert, SLICE("event"))) != JSON_NONE)
		json_text_add(a->j, v, &event);
	if ((v = json_get(a->j, alert, SLICE("off"))) != JSON_NONE && json_u64(a->j, v, &off))
		prove(a, &o, buf_slice(&uri), off, buf_slice(&event));
	jo_close(&o, '}');
	buf_byte(&a->out, '\n');
	buf_free(&uri);
	buf_free(&event);
}

static void
head_put(struct asked *a, struct slice pointer, const struct why_answer *w)
{
	struct json_out o = json_out(&a->out);
	struct slice value = json_raw(a->j, w->node);

	jo_open(&o, '{');
	jo_ktext(&o, "pointer", pointer);
	if (value.n <= 1024)
		jo_kraw(&o, "value", value);
	jo_kstr(&o, "how", w->how);
	jo_ku64(&o, "alerts", w->alerts);
	if (w->record != JSON_NONE && json_raw(a->j, w->record).n <= 64 * 1024)
		jo_kraw(&o, "record", json_raw(a->j, w->record));
	jo_close(&o, '}');
	buf_byte(&a->out, '\n');
}

static void
flush_out(struct asked *a)
{
	if (!out_add(&a->t->out, buf_slice(&a->out)))
		tool_die(a->t, a->t->out.error, "cannot write the output");
	buf_reset(&a->out);
}

static void
answer(struct asked *a, struct slice pointer)
{
	struct why_answer w;
	struct fault f = {0};

	if (!why_find(a->j, pointer, &w, &f)) {
		tool_say(a->t, "%s: %s", f.what, f.near);
		tool_status(a->t, 1);
		return;
	}
	head_put(a, pointer, &w);
	for (size_t i = 0; i < w.alerts && i < SHOWN_MAX; i++)
		alert_put(a, pointer, w.alert[i]);
	if (w.alerts > SHOWN_MAX)
		tool_say(a->t, "%zu more alerts are not shown", w.alerts - SHOWN_MAX);
	flush_out(a);
	why_free(&w);
}

/* ---- all leaves -------------------------------------------------------------------------------------------------- */

static void
leaf(void *self, struct slice pointer)
{
	struct asked *a = self;
	struct why_answer w;
	struct fault f = {0};

	if (leaves) {
		buf_slice_add(&a->out, pointer);
		buf_byte(&a->out, '\n');
		flush_out(a);
	}
	if (!check)
		return;
	if (!why_find(a->j, pointer, &w, &f)) {
		a->lost++;
		tool_say(a->t, "%s: %s", f.what, f.near);
		return;
	}
	why_free(&w);
}

static void
load(struct asked *a, struct slice name, struct arena *mem)
{
	struct fault f = {0};
	struct slice text;
	char *path = mem_str(name);

	if (!tool_file(path, why_limits.length, mem, &text, &f) || !json_one(a->j, text, &f)) {
		tool_fault(a->t, name, &f);
		exit(2);
	}
	free(path);
}

int
report_why(int argc, char *argv[])
{
	static const struct tool_about about = {
		.name = "ir-report", .what = "why: the records behind a figure of the JSON report", .usage =
		    "why REPORT.json POINTER...",
		.examples = {"ir-report why case.json '/summary/alerts'", "ir-report why case.json '/stories/0/title' --evidence "
		    ".",
		    "ir-report why case.json --leaves"},
		.kinds = kinds, .own_input = true, .terminal_ok = true,
	};
	struct tool t;
	struct asked a = {.t = &t, .folder = -1};
	struct arena mem = {0};
	const char *read[2] = {NULL, NULL};
	struct cell_rights rights = {.read = read, .memory = (uint64_t)8 << 30};

	tool_begin(&t, &about, options, argc, argv);
	if (t.args.n < 1 || (t.args.n < 2 && !leaves && !check))
		tool_usage(&t, "why: a report and a pointer are wanted");
	if (!digest_start())
		tool_die(&t, 0, "SHA-256 is not to be had");
	a.j = json_new(&why_limits);
	load(&a, t.args.v[0], &mem);
	if (evidence.n) {
		read[0] = mem_str(evidence);
		a.folder = open(read[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (a.folder < 0)
			tool_usage(&t, "--evidence %s: %s", read[0], strerror(errno));
	}
	tool_cell(&t, &rights);
	for (size_t i = 1; i < t.args.n; i++)
		answer(&a, t.args.v[i]);
	if (leaves || check)
		why_leaves(a.j, leaf, &a);
	if (a.lost)
		tool_status(&t, 1);
	json_free(a.j);
	buf_free(&a.out);
	arena_free(&mem);
	t.common.quiet++;
	return tool_end(&t);
}
