/*
 * ir-verify playbook, undone: what was done is what was planned, by the playbook that is kept; and what was contained is
 * released, or known to be still active.
 */
#include "cmd/verify_verb.h"

#include "lib/base/map.h"
#include "lib/tool/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { PLAYBOOK_MAX = 1 << 20 };

static struct slice folder, journal_name;
static const struct opt playbook_options[] = {
	{0, "playbooks", "DIR", "the playbooks as they are kept", OPT_TEXT, &folder, "dir"},
	{0, "journal", "FILE", "ir-respond's journal: every intent has its result", OPT_TEXT, &journal_name, "file"},
	{0},
};
static const struct opt undone_options[] = {{0}};
static const char *const kinds[] = {"text", "json", NULL};

/* Value of a member of an object, in the arena; empty: none. */
static struct slice
text_of(const struct json *j, uint32_t object, const char *path, struct arena *mem)
{
	uint32_t v = object == JSON_NONE || json_type(j, object) != JSON_OBJECT ? JSON_NONE : json_path(j, object,
	    slice_str(path));
	struct buf b = {0};
	struct slice s;

	if (v == JSON_NONE || json_type(j, v) == JSON_NULL)
		return SLICE("");
	s = arena_slice(mem, json_text(j, v, &b));
	buf_free(&b);
	return s;
}

/* ---- playbook ---------------------------------------------------------------------------------------------------- */

static bool
slurp(int fd, struct buf *b)
{
	ssize_t n;

	buf_reset(b);
	do {
		buf_room(b, 65536);
		n = read(fd, b->p + b->n, 65536);
		b->n += n > 0 ? (size_t)n : 0;
	} while (n > 0 && b->n <= PLAYBOOK_MAX);
	return n == 0;
}

/* SHA-256 in hex -> path, of every file beneath the folder. */
static void
kept_read(struct tool *t, struct map *kept)
{
	char *name = mem_str(folder);
	int root = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct buf b = {0}, hex = {0};
	struct walk_item it;
	struct sha256 sum;
	struct walk w;
	enum walk_step step;

	if (root < 0)
		tool_usage(t, "--playbooks %s: %s", name, strerror(errno));
	walk_begin(&w, root);
	while ((step = walk_next(&w, &it)) != WALK_END) {
		int fd = step == WALK_FILE ? walk_open(&w) : -1;
		struct slice whole;

		if (fd < 0)
			continue;
		if (slurp(fd, &b)) {
			whole = buf_slice(&b);
			buf_reset(&hex);
			if (digest_sha256(&whole, 1, &sum)) {
				buf_hex(&hex, sum.b, sizeof sum.b);
				(void)map_put(kept, buf_slice(&hex), NULL);
			}
		}
		(void)close(fd);
	}
	walk_end(&w);
	(void)close(root);
	buf_free(&b);
	buf_free(&hex);
	free(name);
}

struct plan_check {
	struct ruling *r;
	struct slice file;
	struct map kept, actions;
	struct arena mem;
};

static void
action_check(struct plan_check *c, const struct json *j, uint32_t a, uint64_t line)
{
	struct slice sha = text_of(j, a, "playbook.sha256", &c->mem), id = text_of(j, a, "id", &c->mem);

	c->r->checked++;
	if (id.n == 0)
		ruling_wrong(c->r, c->file, line, "action", SLICE("it has no id"));
	else
		(void)map_put(&c->actions, id, NULL);
	if (sha.n == 0)
		ruling_wrong(c->r, c->file, line, "playbook", SLICE("the action names no playbook's SHA-256"));
	else if (!map_get(&c->kept, sha))
		ruling_wrong(c->r, c->file, line, "playbook", text_of(j, a, "playbook.id", &c->mem).n ? text_of(j, a,
		    "playbook.id", &c->mem) : sha);
}

static void
result_check(struct plan_check *c, const struct json *j, uint32_t a, uint64_t line)
{
	struct slice id = text_of(j, a, "action", &c->mem);

	c->r->checked++;
	if (!map_get(&c->actions, id))
		ruling_wrong(c->r, c->file, line, "result", SLICE("no action before it has this id"));
}

static void
stream_check(struct plan_check *c, struct slice text)
{
	struct json *j = json_new(&json_limits_stream);
	struct slice line, kind;
	uint64_t number = 0;
	struct fault f;

	while (verb_line(&text, &line)) {
		number++;
		if (line.n == 0)
			continue;
		if (!json_one(j, line, &f) || json_type(j, 0) != JSON_OBJECT) {
			ruling_wrong(c->r, c->file, number, "no-record", SLICE("not a JSON object"));
			continue;
		}
		kind = text_of(j, 0, "ir.kind", &c->mem);
		if (slice_eq(kind, SLICE("action")))
			action_check(c, j, json_path(j, 0, SLICE("ir.action")), number);
		else if (slice_eq(kind, SLICE("result")))
			result_check(c, j, json_path(j, 0, SLICE("ir.result")), number);
		arena_reset(&c->mem);
	}
	json_free(j);
}

/* ---- the journal as a state of actions --------------------------------------------------------------------------- */

enum state { NEVER, INTENDED, DONE, UNDOING, UNDONE, OTHER };
struct act {
	struct slice id, name, args, what;
	enum state state;
	uint64_t line;
};
struct acts {
	struct act *v;
	size_t n, cap;
	struct map by;
	struct arena mem;
};

static struct act *
act_of(struct acts *all, struct slice id)
{
	bool made;
	struct map_row *row = map_put(&all->by, id, &made);

	if (made) {
		all->v = mem_grow(all->v, &all->cap, all->n, sizeof *all->v);
		all->v[all->n] = (struct act){.id = arena_slice(&all->mem, id)};
		row->v.u = all->n++;
	}
	return &all->v[row->v.u];
}

static enum state
state_after(struct slice what, struct slice state, enum state was)
{
	if (slice_eq(what, SLICE("intent")))
		return INTENDED;
	if (slice_eq(what, SLICE("undo")))
		return UNDOING;
	if (slice_eq(what, SLICE("undone")))
		return slice_eq(state, SLICE("undone")) || state.n == 0 ? UNDONE : was == UNDOING ? DONE : was;
	if (slice_eq(what, SLICE("result")) || slice_eq(what, SLICE("settled")))
		return slice_eq(state, SLICE("done")) ? DONE : slice_eq(state, SLICE("undone")) ? UNDONE : OTHER;
	return was;
}

static void
acts_read(struct acts *all, struct ruling *r, struct slice file, struct slice text)
{
	struct json *j = json_new(&json_limits_stream);
	struct slice line;
	uint64_t number = 0;
	struct fault f;

	while (verb_line(&text, &line)) {
		uint32_t body;
		struct slice id, what;
		struct act *a;

		number++;
		if (!json_one(j, line, &f) || json_type(j, 0) != JSON_OBJECT || (body = json_get(j, 0,
		    SLICE("body"))) == JSON_NONE ||
		    (id = text_of(j, body, "action", &all->mem)).n == 0) {
			ruling_wrong(r, file, number, "no-row", SLICE("no row of a journal"));
			continue;
		}
		a = act_of(all, id);
		what = text_of(j, 0, "what", &all->mem);
		if (slice_eq(what, SLICE("intent"))) {
			a->name = text_of(j, body, "name", &all->mem);
			a->args = text_of(j, body, "args", &all->mem);
		}
		a->state = state_after(what, text_of(j, body, "state", &all->mem), a->state);
		a->line = number;
	}
	json_free(j);
}

static void
acts_free(struct acts *all)
{
	free(all->v);
	map_free(&all->by);
	arena_free(&all->mem);
}

static void
act_words(const struct act *a, struct buf *b)
{
	buf_reset(b);
	buf_slice_add(b, a->id);
	buf_byte(b, ' ');
	buf_slice_add(b, a->name);
	buf_byte(b, ' ');
	buf_slice_add(b, a->args);
}

static void
intents_check(struct ruling *r, struct slice text)
{
	struct acts all = {0};
	struct buf b = {0};

	acts_read(&all, r, journal_name, text);
	for (size_t i = 0; i < all.n; i++) {
		r->checked++;
		act_words(&all.v[i], &b);
		if (all.v[i].state == INTENDED || all.v[i].state == UNDOING)
			ruling_wrong(r, journal_name, all.v[i].line, "intent-without-result", buf_slice(&b));
	}
	buf_free(&b);
	acts_free(&all);
}

int
verify_playbook(int argc, char *argv[])
{
	static const struct tool_about about = {
		.name = "ir-verify", .what = "playbook: each action is of a playbook that is kept, each result of an action",
		.usage = "playbook --playbooks DIR [--journal FILE] STREAM...",
		.examples = {"ir-verify playbook --playbooks playbooks/ case.ndjson",
		    "ir-verify playbook --playbooks p/ --journal j.ndjson case.ndjson",
		    "ir-verify playbook --playbooks p/ -t json case.ndjson"},
		.kinds = kinds, .own_input = true, .terminal_ok = true,
	};
	struct ruling r;
	struct tool t;
	struct arena mem = {0};
	struct plan_check c = {.r = &r};
	struct slice journal = SLICE("");

	ruling_begin(&r, &t, &about, playbook_options, argc, argv);
	if (t.args.n == 0 || folder.n == 0)
		tool_usage(&t, "playbook: a stream and --playbooks DIR are wanted");
	kept_read(&t, &c.kept);
	if (journal_name.n)
		journal = verb_file(&t, journal_name, &mem);
	ruling_cell(&r, SLICE(""));
	for (size_t i = 0; i < t.args.n; i++) {
		c.file = t.args.v[i];
		stream_check(&c, verb_file(&t, c.file, &mem));
	}
	if (journal_name.n)
		intents_check(&r, journal);
	map_free(&c.kept);
	map_free(&c.actions);
	arena_free(&c.mem);
	arena_free(&mem);
	return ruling_end(&r);
}

/* ---- undone ------------------------------------------------------------------------------------------------------ */

int
verify_undone(int argc, char *argv[])
{
	static const struct tool_about about = {
		.name = "ir-verify", .what = "undone: nothing that was done is still active", .usage = "undone JOURNAL...",
		.examples = {"ir-verify undone journal.ndjson", "ir-verify undone -t json journal.ndjson",
		    "ir-verify chain journal.ndjson"},
		.kinds = kinds, .own_input = true, .terminal_ok = true,
	};
	struct ruling r;
	struct tool t;
	struct arena mem = {0};
	struct buf b = {0};

	ruling_begin(&r, &t, &about, undone_options, argc, argv);
	if (t.args.n == 0)
		tool_usage(&t, "undone: which journal?");
	ruling_cell(&r, SLICE(""));
	for (size_t i = 0; i < t.args.n; i++) {
		struct acts all = {0};

		acts_read(&all, &r, t.args.v[i], verb_file(&t, t.args.v[i], &mem));
		for (size_t k = 0; k < all.n; k++) {
			enum state state = all.v[k].state;

			r.checked++;
			act_words(&all.v[k], &b);
			if (state == DONE || state == INTENDED || state == UNDOING)
				ruling_wrong(&r, t.args.v[i], all.v[k].line, state == DONE ? "still-active" : "unknown",
				    buf_slice(&b));
		}
		acts_free(&all);
	}
	buf_free(&b);
	arena_free(&mem);
	return ruling_end(&r);
}
