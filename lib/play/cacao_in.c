#include "lib/play/cacao.h"

#include "lib/base/base64.h"

#include <stdlib.h>

enum { STEPS_MAX = 400 };

struct reader {
	struct json *j;
	struct buf *out;
	struct buf scratch;
	struct map seen;		/* steps that were written */
	uint32_t *stack;		/* keys of steps that wait */
	size_t n, cap;
	uint32_t workflow;
	unsigned steps;
};

static struct slice
text(struct reader *r, uint32_t object, const char *name)
{
	uint32_t v = object == JSON_NONE ? JSON_NONE : json_get(r->j, object, slice_str(name));

	buf_reset(&r->scratch);
	return v == JSON_NONE || json_type(r->j, v) != JSON_STRING ? (struct slice){0} : json_text(r->j, v, &r->scratch);
}

static void
wait_for(struct reader *r, struct slice id)
{
	uint32_t v = id.n ? json_get(r->j, r->workflow, id) : JSON_NONE;
	bool made;

	if (v == JSON_NONE || json_type(r->j, v) != JSON_OBJECT)
		return;
	(void)map_put(&r->seen, id, &made);
	if (!made)
		return;
	r->stack = mem_grow(r->stack, &r->cap, r->n, sizeof *r->stack);
	r->stack[r->n++] = v;
}

/* A JSON string is a YAML string in double quotes, but for surrogates: our writer writes UTF-8. */
static void
quoted(struct reader *r, struct slice s)
{
	struct buf line = {0};

	for (size_t k = 0; k < s.n && k < 2000; k++)
		buf_byte(&line, (char)(s.p[k] == '\n' || s.p[k] == '\r' || s.p[k] == '\t' ? ' ' : s.p[k]));
	for (size_t k = 0; k + 1 < line.n; k++)
		if (line.p[k] == '$' && line.p[k + 1] == '{')
			line.p[k + 1] = '(';
	(void)json_put_text(r->out, buf_slice(&line));
	buf_free(&line);
}

static void
manual(struct reader *r, struct slice head, struct slice words)
{
	struct buf b = {0};

	if (r->steps >= STEPS_MAX)
		return;
	buf_lit(r->out, "  - id: s");
	buf_u64(r->out, ++r->steps);
	buf_lit(r->out, "\n    stage: identification\n    manual: {do: ");
	buf_slice_add(&b, head);
	if (head.n && words.n)
		buf_lit(&b, ": ");
	buf_slice_add(&b, words);
	if (b.n == 0)
		buf_lit(&b, "(no words)");
	quoted(r, buf_slice(&b));
	buf_lit(r->out, "}\n");
	buf_free(&b);
}

/* A command of a stranger is words for a person. */
static void
command(struct reader *r, struct slice name, uint32_t c)
{
	struct buf words = {0}, plain = {0};
	struct slice b64;

	buf_slice_add(&words, text(r, c, "type"));
	buf_lit(&words, ": ");
	b64 = text(r, c, "command_b64");
	if (b64.n && base64_decode(b64, &plain))
		buf_slice_add(&words, buf_slice(&plain));
	else
		buf_slice_add(&words, text(r, c, "command"));
	manual(r, name, buf_slice(&words));
	buf_free(&words);
	buf_free(&plain);
}

static void
one_step(struct reader *r, uint32_t v)
{
	static const char *const next[] = {"on_failure", "on_false", "on_completion", "on_success", "on_true"};
	struct buf name = {0};
	struct slice type;
	uint32_t list;

	buf_slice_add(&name, text(r, v, "name"));
	if (name.n == 0)
		buf_slice_add(&name, text(r, v, "description"));
	list = json_get(r->j, v, SLICE("commands"));
	for (uint32_t k = list == JSON_NONE ? JSON_NONE : json_first(r->j, list); k != JSON_NONE; k = json_following(r->j,
	    list, k))
		command(r, buf_slice(&name), k);
	type = text(r, v, "type");
	if (slice_ends(type, SLICE("-condition")))
		manual(r, buf_slice(&name), text(r, v, "condition"));
	else if (slice_eq(type, SLICE("playbook-action")))
		manual(r, SLICE("Run the playbook"), text(r, v, "playbook_id"));
	for (size_t k = 0; k < sizeof next / sizeof *next; k++)
		wait_for(r, text(r, v, next[k]));
	list = json_get(r->j, v, SLICE("next_steps"));
	for (uint32_t k = list == JSON_NONE ? JSON_NONE : json_first(r->j, list); k != JSON_NONE; k = json_following(r->j,
	    list, k))
		wait_for(r, json_inner(r->j, k));
	list = json_get(r->j, v, SLICE("cases"));
	for (uint32_t k = list == JSON_NONE ? JSON_NONE : json_first(r->j, list); k != JSON_NONE; k = json_following(r->j,
	    list, k))
		wait_for(r, json_inner(r->j, r->j->node[k].next));
	buf_free(&name);
}

/* An id of ours from any name. */
static void
put_id(struct reader *r, struct slice name)
{
	size_t n = 0;

	for (size_t k = 0; k < name.n && n < 48; k++) {
		char c = name.p[k];
		bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		if (c >= 'A' && c <= 'Z') {
			c = (char)(c + 32);
			word = true;
		}
		if (!word && (n == 0 || r->out->p[r->out->n - 1] == '-'))
			continue;
		buf_byte(r->out, (char)(word ? c : '-'));
		n++;
	}
	buf_str(r->out, n ? "" : "imported");
}

static bool
foreign(struct reader *r, struct fault *f)
{
	uint32_t start = json_get(r->j, 0, SLICE("workflow_start"));

	r->workflow = json_get(r->j, 0, SLICE("workflow"));
	if (r->workflow == JSON_NONE || json_type(r->j, r->workflow) != JSON_OBJECT || start == JSON_NONE)
		return fault_set(f, "no workflow", 0);
	buf_lit(r->out,
	    "# From CACAO 2.0: every command is a step for a person; give the stages, variables and actions that fit.\n");
	buf_lit(r->out, "irpb: 1\nid: ");
	put_id(r, text(r, 0, "name"));
	buf_lit(r->out, "\nversion: 1\ntitle: ");
	quoted(r, text(r, 0, "name"));
	buf_lit(r->out, "\nowner: role:csirt\ntlp: amber\nsteps:\n");
	wait_for(r, json_inner(r->j, start));
	while (r->n)
		one_step(r, r->stack[--r->n]);
	if (r->steps == 0)
		return fault_set(f, "the workflow leads to no step that does anything", 0);
	return true;
}

/* Our own text, if this JSON is what it makes. */
static bool
own(struct reader *r, struct slice json, const struct action_set *actions, struct buf *yaml)
{
	uint32_t x = json_get(r->j, 0, SLICE("playbook_extensions")), first = x == JSON_NONE ? JSON_NONE : json_first(r->j, x);
	struct slice b64 = text(r, first == JSON_NONE ? JSON_NONE : r->j->node[first].next, "yaml");
	struct buf bytes = {0}, again = {0};
	struct arena mem = {0};
	struct fault f = {0};
	struct play p;
	bool same;

	same = b64.n && base64_decode(b64, &bytes) && play_read(buf_slice(&bytes), actions, &mem, &p, &f) && cacao_write(&p,
	    &again, &f)
	    && slice_eq(slice_trim(buf_slice(&again)), slice_trim(json));
	if (same)
		buf_slice_add(yaml, buf_slice(&bytes));
	buf_free(&bytes);
	buf_free(&again);
	arena_free(&mem);
	return same;
}

bool
cacao_read(struct slice json, const struct action_set *actions, struct buf *yaml, bool *ours, struct fault *f)
{
	struct reader r = {.j = json_new(&json_limits_stream), .out = yaml};
	bool ok;

	*ours = false;
	ok = json_one(r.j, json, f);
	if (ok && (json_type(r.j, 0) != JSON_OBJECT || !slice_eq(text(&r, 0, "type"), SLICE("playbook"))
	    || !slice_eq(text(&r, 0, "spec_version"), SLICE("cacao-2.0"))))
		ok = fault_set(f, "no playbook of CACAO 2.0", 0);
	if (ok && own(&r, json, actions, yaml))
		*ours = true;
	else if (ok)
		ok = foreign(&r, f);
	json_free(r.j);
	buf_free(&r.scratch);
	map_free(&r.seen);
	free(r.stack);
	return ok;
}
