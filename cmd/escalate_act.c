/* What the verbs of people share: options, the state, one act in one transaction. */
#include "cmd/escalate_act.h"

#include "lib/port/digest.h"
#include "lib/tool/stream.h"

#include <stdlib.h>
#include <unistd.h>

struct act_options act_opt;
const char *const act_kinds[] = {"ndjson", "text", NULL};

static const struct opt options[] = {
	{0, "by", "NAME", "who acts (default: the number of the user)", OPT_TEXT, &act_opt.by, NULL},
	{0, "reason", "TEXT", "why", OPT_TEXT, &act_opt.reason, NULL},
	{0, "text", "TEXT", "words for people; the summary of a hand-over", OPT_TEXT, &act_opt.text, NULL},
	{0, "to", "TIER", "to whom", OPT_TEXT, &act_opt.to, NULL},
	{0, "from", "TIER", "from whom; duty: from when", OPT_TEXT, &act_opt.from, NULL},
	{0, "until", "TIME", "duty: until when", OPT_TEXT, &act_opt.valid, NULL},
	{0, "owner", "NAME", "who is to do it", OPT_TEXT, &act_opt.owner, NULL},
	{0, "due", "TIME", "when it is to be done: a moment, or a duration from now", OPT_TEXT, &act_opt.due, NULL},
	{0, "next", "TEXT", "the next decision", OPT_TEXT, &act_opt.next, NULL},
	{0, "tlp", "LABEL", "what may be told to whom", OPT_TEXT, &act_opt.tlp, NULL},
	{0, "ack-due", "TIME", "when the other side must have answered", OPT_TEXT, &act_opt.ack_due, NULL},
	{0, "second", "NAME", "the second person", OPT_TEXT, &act_opt.second, NULL},
	{0, "evidence", "ID", "id of a record that proves it; may be repeated", OPT_LIST, &act_opt.evidence, NULL},
	{0, "entity", "VALUE", "what it is about; may be repeated", OPT_LIST, &act_opt.entities, NULL},
	{0, "done", "TEXT", "what has been done; may be repeated", OPT_LIST, &act_opt.done, NULL},
	{0, "open", "TEXT", "what is still to do; may be repeated", OPT_LIST, &act_opt.open, NULL},
	{0, "gap", "TEXT", "what is not known; may be repeated", OPT_LIST, &act_opt.gaps, NULL},
	{0, "key", "FILE", "the secret key that signs (Ed25519, PEM)", OPT_TEXT, &act_opt.key, "file"},
	{0, "roster", "FILE", "who is on duty", OPT_TEXT, &act_opt.roster, "file"},
	{0, "role", "TIER", "duty: of this role only", OPT_TEXT, &act_opt.role, NULL},
	{0, "policy", "FILE", "timers, ladder and grouping of this house", OPT_TEXT, &act_opt.policy, "file"},
	{0, "prove", NULL, "duty: walk every minute and name each hole", OPT_FLAG, &act_opt.prove, NULL},
	{0},
};

static struct arena policy_mem;

struct slice
act_word(struct verb_context *v, size_t k, const char *what)
{
	if (v->t.args.n <= k)
		tool_usage(&v->t, "%s is wanted", what);
	return v->t.args.v[k];
}


static void
load_policy(struct verb_context *v)
{
	static struct policy p;
	struct fault f = {0};
	struct slice bytes;
	char *path;

	v->d.policy = &policy_default;
	if (act_opt.policy.n == 0)
		return;
	path = mem_str(act_opt.policy);
	if (!tool_file(path, 1024 * 1024, &policy_mem, &bytes, &f) || !policy_read(bytes, &policy_mem, &p, &f)) {
		tool_fault(&v->t, act_opt.policy, &f);
		exit(2);
	}
	free(path);
	v->d.policy = &p;
	incident_policy(&p);
}

static void
whose(struct verb_context *v)
{
	struct buf b = {0};

	if (act_opt.by.n == 0) {
		buf_lit(&b, "uid:");
		buf_u64(&b, getuid());
		act_opt.by = arena_slice(&policy_mem, buf_slice(&b));
		buf_free(&b);
	}
	v->who = act_opt.by;
	v->now = v->t.common.now.given ? v->t.common.now.at : stamp_clock();
}

static void
open_store(struct verb_context *v, enum store_use use)
{
	struct fault f = {0};
	bool busy;
	char *path;

	if (v->t.common.state.n == 0)
		tool_usage(&v->t, "--state FILE is wanted");
	path = mem_str(v->t.common.state);
	if (!v->makes && access(path, F_OK) != 0) {
		tool_say(&v->t, "%s: there is no such state", path);
		exit(2);
	}
	v->d.store = store_open(path, use, &busy, &f);
	free(path);
	if (v->d.store == NULL && busy) {
		tool_say(&v->t, "the state is busy; try again (nothing was done)");
		exit(75);
	}
	if (v->d.store == NULL)
		desk_die(&v->d, &f);
}

/* SQLite makes its own files beside the state. */
static const char *
folder(struct slice path)
{
	size_t at = slice_rfind(path, '/');

	return at == path.n ? "." : mem_str(at == 0 ? SLICE("/") : slice_head(path, at));
}

void
act_options(struct verb_context *v, const struct tool_about *about, int argc, char *argv[])
{
	tool_begin(&v->t, about, options, argc, argv);
	v->d.t = &v->t;
	if (!digest_start())
		tool_die(&v->t, 0, "SHA-256 is not to be had");
	load_policy(v);
	whose(v);
}

void
act_store(struct verb_context *v, enum store_use use)
{
	const char *write[2] = {NULL, NULL};

	open_store(v, use);
	v->d.ids = mem_zero(INCIDENT_ALERTS + 1, sizeof *v->d.ids);
	v->d.json = json_new(&json_limits_stream);
	if (use == STORE_ACT)
		write[0] = folder(v->t.common.state);
	tool_cell(&v->t, &(struct cell_rights){.write = write});
}

void
act_begin(struct verb_context *v, const struct tool_about *about, int argc, char *argv[], enum store_use use)
{
	v->makes = slice_eq(slice_str(argv[0]), SLICE("new"));
	act_options(v, about, argc, argv);
	act_store(v, use);
}

void
act_find(struct verb_context *v, struct slice id)
{
	struct fault f = {0};
	struct slice record;
	uint32_t at;
	enum store_get got = store_record(v->d.store, id, &v->d.mem, &record, &f);

	if (got == NOT_THERE) {
		tool_say(&v->t, "%.*s: no incident, or more than one, begins so", (int)id.n, id.p);
		exit(2);
	}
	if (got != GOT || !json_one(v->d.json, record, &f) || (at = json_path(v->d.json, 0, SLICE("ir.incident.id"))) == JSON_NONE
	    || store_load(v->d.store, arena_slice(&v->d.mem, json_inner(v->d.json, at)), &v->d.incident, &f) != GOT)
		desk_die(&v->d, &f);
}

/* The transaction first: what is read must be what is changed. */
void
act_load(struct verb_context *v, struct slice id)
{
	struct fault f = {0};

	if (!store_begin(v->d.store, &f)) {
		tool_say(&v->t, "the state is busy; try again (nothing was done)");
		exit(slice_eq(slice_str(f.what), SLICE("state: busy")) ? 75 : 4);
	}
	act_find(v, id);
}

void
act_set_json(struct verb_context *v, struct slice name, struct slice json)
{
	struct fault f = {0};

	if (!desk_put(v->d.store, &v->d.incident, name, json, &f))
		desk_die(&v->d, &f);
}

void
act_set(struct verb_context *v, const char *name, struct slice text)
{
	struct buf b = {0};

	if (text.n)
		(void)json_put_text(&b, text);
	act_set_json(v, slice_str(name), buf_slice(&b));
	buf_free(&b);
}

struct json_out
act_body(struct verb_context *v, struct buf *b)
{
	struct json_out o = json_out(b);
	char at[STAMP_LEN];

	stamp_put(at, v->now);
	jo_open(&o, '{');
	jo_ktext(&o, "by", v->who);
	jo_ktext(&o, "at", slice_of(at, sizeof at));
	return o;
}

void
act_record(struct verb_context *v, struct buf *line)
{
	struct desk *d = &v->d;
	struct incident_more m = {.alert = d->ids};
	struct store_untold untold = {0};
	struct fault f = {0};

	if (!store_untold(d->store, d->incident.id, &d->mem, d->ids, &untold, &f))
		desk_die(d, &f);
	m.alerts = untold.n;
	d->incident.seq++;
	incident_judge(&d->incident);
	desk_duties(d, &m);
	buf_reset(line);
	incident_write(&d->incident, &m, line);
	if (!store_told(d->store, d->incident.id, d->incident.seq, &untold, buf_slice(line), &f))
		desk_die(d, &f);
}

void
act_print(struct verb_context *v, struct slice text)
{
	if (!out_add(&v->t.out, text))
		tool_die(&v->t, v->t.out.error, "cannot write the output");
}

void
act_put(struct verb_context *v, struct slice line)
{
	struct stream_text *text = stream_text_new(&v->t);
	struct buf b = {0}, lines = {0};

	buf_slice_add(&lines, line);
	buf_byte(&lines, '\n');
	if (text)
		stream_text_add(text, buf_slice(&lines), &b);
	act_print(v, text ? buf_slice(&b) : buf_slice(&lines));
	stream_text_free(text);
	buf_free(&b);
	buf_free(&lines);
}

int
act_end(struct verb_context *v, const char *what, struct slice body)
{
	struct act act = {v->now, v->who, slice_str(what), body};
	struct fault f = {0};
	struct buf line = {0};

	if (!desk_act(v->d.store, &v->d.incident, &act, &f) || !store_save(v->d.store, &v->d.incident, SEEN, &f))
		desk_die(&v->d, &f);
	act_record(v, &line);
	if (!store_commit(v->d.store, &f))
		desk_die(&v->d, &f);
	act_put(v, buf_slice(&line));
	buf_free(&line);
	return act_finish(v);
}

int
act_finish(struct verb_context *v)
{
	struct fault f = {0};

	if (!store_close(v->d.store, &f))
		desk_die(&v->d, &f);
	arena_free(&v->d.mem);
	incident_free(&v->d.incident);
	json_free(v->d.json);
	free(v->d.ids);
	v->t.common.quiet++;
	return tool_end(&v->t);
}

void
act_refuse(struct verb_context *v, const char *words, struct slice what)
{
	tool_say(&v->t, "refused: %s%s%.*s", words, what.n ? ": " : "", (int)what.n, what.n ? what.p : "");
	exit(2);
}
