#include "lib/play/cacao.h"

#include "lib/port/digest.h"

#include <stdlib.h>

/* CACAO 2.0 section 10.10: the namespace of UUIDv5. */
static const unsigned char space[16] = {0xaa, 0x7c, 0xaf, 0x3a, 0xd5, 0x5a, 0x4e, 0x9a, 0xb3, 0x4e, 0x05, 0x62, 0x15, 0xfb,
    0xa5, 0x6a};

struct writer {
	const struct play *p;
	struct json_out o;
	struct fault *f;
	bool ok;
};

bool
cacao_id(const char *type, struct slice name, struct buf *out)
{
	unsigned char sum[20];
	struct buf hex = {0};
	static const int group[] = {8, 4, 4, 4, 12};
	int at = 0;

	if (!digest_sha1((struct slice[]){slice_of((const char *)space, sizeof space), slice_str(type), SLICE("/"), name}, 4,
	    sum))
		return false;
	sum[6] = (unsigned char)((sum[6] & 0x0f) | 0x50);
	sum[8] = (unsigned char)((sum[8] & 0x3f) | 0x80);
	buf_hex(&hex, sum, 16);
	buf_str(out, type);
	buf_lit(out, "--");
	for (int k = 0; k < 5; k++) {
		buf_str(out, k ? "-" : "");
		buf_add(out, hex.p + at, (size_t)group[k]);
		at += group[k];
	}
	buf_free(&hex);
	return true;
}

/* An id of this playbook's: "PLAYBOOK/NAME". */
static void
put_id(struct writer *w, const char *member, const char *type, struct slice name)
{
	struct buf full = {0}, id = {0};

	buf_slice_add(&full, w->p->id);
	buf_byte(&full, '/');
	buf_slice_add(&full, name);
	w->ok &= cacao_id(type, buf_slice(&full), &id);
	if (member)
		jo_ktext(&w->o, member, buf_slice(&id));
	else
		jo_key(&w->o, buf_slice(&id));
	buf_free(&full);
	buf_free(&id);
}

static const char *
type_of(const struct play_step *s)
{
	static const char *const type[PLAY_KINDS] = {[PLAY_IF] = "if-condition", [PLAY_FOREACH] = "while-condition",
	    [PLAY_PARALLEL] = "parallel", [PLAY_CALL] = "playbook-action"};

	return type[s->kind] ? type[s->kind] : "action";
}

/* What follows a step on its level: the next one, or the end of its list, which is an end step of its own. */
static void
put_next(struct writer *w, const char *member, size_t k)
{
	const struct play_step *s = &w->p->step[k];
	size_t next = s->end;
	bool same = next < w->p->steps && w->p->step[next].parent == s->parent && w->p->step[next].otherwise == s->otherwise
	    && !s->final && !(s->parent && w->p->step[s->parent - 1].kind == PLAY_PARALLEL
	        && w->p->step[next].branch != s->branch);
	struct buf name = {0};

	if (same) {
		put_id(w, member, type_of(&w->p->step[next]), w->p->step[next].id);
		return;
	}
	buf_lit(&name, "end/");
	buf_slice_add(&name, s->id);
	put_id(w, member, "end", buf_slice(&name));
	buf_free(&name);
}

static bool
ends(const struct writer *w, size_t k)
{
	const struct play_step *s = &w->p->step[k];
	size_t next = s->end;

	return !(next < w->p->steps && w->p->step[next].parent == s->parent && w->p->step[next].otherwise == s->otherwise
	    && !s->final
	    && !(s->parent && w->p->step[s->parent - 1].kind == PLAY_PARALLEL && w->p->step[next].branch != s->branch));
}

/*
 * ---- commands
 * -----------------------------------------------------------------------------------------------------------------
 */

/* A word for bash, with ${name} as a CACAO variable. */
static void
put_word(struct buf *b, struct slice word)
{
	size_t at = 0, before = 0;
	struct slice name;

	buf_byte(b, '\'');
	while (play_names(word, &at, &name, NULL)) {
		buf_slice_add(b, slice_of(word.p + before, (size_t)(name.p - 2 - (word.p + before))));
		buf_lit(b, "__");
		buf_slice_add(b, name);
		buf_lit(b, "__:value");
		before = at;
	}
	for (struct slice rest = slice_from(word, before); rest.n; rest = slice_from(rest, 1)) {
		if (rest.p[0] == '\'')
			buf_lit(b, "'\\'");
		buf_byte(b, rest.p[0]);
	}
	buf_byte(b, '\'');
}

static void
command_of(const struct play_step *s, struct buf *b)
{
	const struct action_argv *run = &s->action->run;

	if (run->native) {
		buf_lit(b, "ir-respond ");
		put_word(b, s->action->id);
	}
	for (size_t k = 0; !run->native && k < run->n; k++) {
		buf_str(b, k ? " " : "");
		put_word(b, run->v[k]);
	}
	for (size_t k = 0; run->native && k < s->pairs; k++) {
		buf_byte(b, ' ');
		put_word(b, s->pair[k].value);
	}
}

static void
words_of(const struct play_step *s, struct buf *b)
{
	switch (s->kind) {
	case PLAY_NOTIFY:
		buf_lit(b, "Notify ");
		buf_slice_add(b, s->to);
		buf_lit(b, ": ");
		buf_slice_add(b, s->template);
		break;
	case PLAY_APPROVE:
		buf_lit(b, "Approval by ");
		buf_u64(b, s->need);
		buf_lit(b, " of");
		for (size_t k = 0; k < s->bys; k++) {
			buf_byte(b, ' ');
			buf_slice_add(b, s->by[k]);
		}
		break;
	case PLAY_WAIT:
		buf_str(b, s->text.n ? "Wait until " : "Wait ");
		buf_slice_add(b, s->text);
		if (s->text.n == 0)
			buf_i64(b, s->pause);
		break;
	case PLAY_SET:
		for (size_t k = 0; k < s->pairs; k++) {
			buf_str(b, k ? ", set " : "Set ");
			buf_slice_add(b, s->pair[k].name);
			buf_lit(b, " = ");
			buf_slice_add(b, s->pair[k].value);
		}
		break;
	case PLAY_RUN:
		buf_lit(b, "Undo ");
		buf_slice_add(b, s->undo_of);
		break;
	default:
		buf_slice_add(b, s->text);
	}
}

static void
put_commands(struct writer *w, const struct play_step *s)
{
	struct buf text = {0}, encoded = {0};

	jo_kopen(&w->o, "commands", '[');
	jo_open(&w->o, '{');
	if (s->action) {
		command_of(s, &text);
		buf_base64(&encoded, buf_slice(&text));
		jo_kstr(&w->o, "type", "bash");
		jo_ktext(&w->o, "command_b64", buf_slice(&encoded));
	} else {
		words_of(s, &text);
		jo_kstr(&w->o, "type", "manual");
		jo_ktext(&w->o, "command", buf_slice(&text));
	}
	jo_close(&w->o, '}');
	jo_close(&w->o, ']');
	put_id(w, "agent", s->action ? "linux" : "group", s->action ? SLICE("agent") : s->bys ? s->by[0] : w->p->owner);
	buf_free(&text);
	buf_free(&encoded);
}

/*
 * ---- steps
 * ----------------------------------------------------------------------------------------------------------------------
 */

static void
put_extension(struct writer *w, const struct play_step *s)
{
	jo_kopen(&w->o, "step_extensions", '{');
	put_id(w, NULL, "extension-definition", SLICE("irpipe"));
	jo_open(&w->o, '{');
	jo_ktext(&w->o, "id", s->id);
	jo_ktext(&w->o, "stage", play_stage_name[s->stage]);
	if (s->key.n)
		jo_ktext(&w->o, "key", s->key);
	if (s->undo.n)
		jo_ktext(&w->o, "undo", s->undo);
	if (s->ttl >= 0)
		jo_ki64(&w->o, "ttl", s->ttl);
	if (s->retries)
		jo_ku64(&w->o, "retry", s->retries);
	jo_close(&w->o, '}');
	jo_close(&w->o, '}');
}

static void
put_inner(struct writer *w, size_t k)
{
	const struct play *p = w->p;
	const struct play_step *s = &p->step[k];
	struct buf b = {0};

	if (s->kind == PLAY_IF) {
		jo_kstr(&w->o, "condition", "__incident__:value MATCHES 'the condition of this step'");
		for (size_t n = k + 1; n < s->end; n++)
			if (p->step[n].parent == k + 1 && (n == k + 1 || p->step[n].otherwise != p->step[n - 1].otherwise)
			    && (n == k + 1 || p->step[n].otherwise))
				put_id(w, p->step[n].otherwise ? "on_false" : "on_true", type_of(&p->step[n]), p->step[n].id);
	}
	if (s->kind == PLAY_FOREACH) {
		buf_lit(&b, "__");
		buf_slice_add(&b, s->var);
		buf_lit(&b, "__:value IN __");
		buf_slice_add(&b, s->in);
		buf_lit(&b, "__:value");
		jo_ktext(&w->o, "condition", buf_slice(&b));
		put_id(w, "on_true", type_of(&p->step[k + 1]), p->step[k + 1].id);
	}
	if (s->kind == PLAY_PARALLEL) {
		jo_kopen(&w->o, "next_steps", '[');
		for (size_t n = k + 1, branch = SIZE_MAX; n < s->end; n++) {
			struct buf id = {0}, full = {0};

			if (p->step[n].parent != k + 1 || p->step[n].branch == branch)
				continue;
			branch = p->step[n].branch;
			buf_slice_add(&full, p->id);
			buf_byte(&full, '/');
			buf_slice_add(&full, p->step[n].id);
			w->ok &= cacao_id(type_of(&p->step[n]), buf_slice(&full), &id);
			jo_text(&w->o, buf_slice(&id));
			buf_free(&id);
			buf_free(&full);
		}
		jo_close(&w->o, ']');
	}
	if (s->kind == PLAY_CALL) {
		w->ok &= cacao_id("playbook", s->callee_id, &b);
		jo_ktext(&w->o, "playbook_id", buf_slice(&b));
	}
	buf_free(&b);
}

static void
put_jump(struct writer *w, struct slice target)
{
	size_t n = play_step_find(w->p, target);

	if (n)
		put_id(w, "on_failure", type_of(&w->p->step[n - 1]), target);
}

static void
put_step(struct writer *w, size_t k)
{
	const struct play_step *s = &w->p->step[k];
	struct buf end = {0};

	put_id(w, NULL, type_of(s), s->id);
	jo_open(&w->o, '{');
	jo_kstr(&w->o, "type", type_of(s));
	jo_ktext(&w->o, "name", s->id);
	if (s->timeout >= 0)
		jo_ki64(&w->o, "timeout", s->timeout * 1000);
	if (s->on_failure.n && play_step_find(w->p, s->on_failure)) {
		put_next(w, "on_success", k);
		put_jump(w, s->on_failure);
	} else if (s->on_timeout.n && play_step_find(w->p, s->on_timeout)) {
		put_next(w, "on_success", k);
		put_jump(w, s->on_timeout);
	} else {
		put_next(w, "on_completion", k);
	}
	put_inner(w, k);
	if (slice_eq(slice_str(type_of(s)), SLICE("action")))
		put_commands(w, s);
	put_extension(w, s);
	jo_close(&w->o, '}');
	if (!ends(w, k))
		return;
	buf_lit(&end, "end/");
	buf_slice_add(&end, s->id);
	put_id(w, NULL, "end", buf_slice(&end));
	jo_open(&w->o, '{');
	jo_kstr(&w->o, "type", "end");
	jo_close(&w->o, '}');
	buf_free(&end);
}

/*
 * ---- the playbook
 * ----------------------------------------------------------------------------------------------------------------
 */

static void
put_variables(struct writer *w)
{
	struct buf name = {0};

	jo_kopen(&w->o, "playbook_variables", '{');
	for (size_t k = 0; k < w->p->vars; k++) {
		const struct play_var *v = &w->p->var[k];

		buf_reset(&name);
		buf_lit(&name, "__");
		buf_slice_add(&name, v->name);
		buf_lit(&name, "__");
		jo_key(&w->o, buf_slice(&name));
		jo_open(&w->o, '{');
		jo_kstr(&w->o, "type", v->list ? "list" : v->type == TYPE_INT || v->type == TYPE_PORT ? "integer" : "string");
		if (v->value.n)
			jo_ktext(&w->o, "value", v->value);
		jo_kbool(&w->o, "external", v->from < ENTITY_COUNT);
		jo_close(&w->o, '}');
	}
	jo_close(&w->o, '}');
	buf_free(&name);
}

static void
put_agent(struct writer *w, struct map *seen, const struct play_step *s)
{
	struct slice name = s->action ? SLICE("agent") : s->bys ? s->by[0] : w->p->owner;
	bool made;

	(void)map_put(seen, name, &made);
	if (!made)
		return;
	put_id(w, NULL, s->action ? "linux" : "group", name);
	jo_open(&w->o, '{');
	jo_kstr(&w->o, "type", s->action ? "linux" : "group");
	jo_ktext(&w->o, "name", name);
	if (s->action) {
		jo_kopen(&w->o, "address", '{');
		jo_kopen(&w->o, "ipv4", '[');
		jo_str(&w->o, "127.0.0.1");
		jo_close(&w->o, ']');
		jo_close(&w->o, '}');
	}
	jo_close(&w->o, '}');
}

static void
put_definitions(struct writer *w)
{
	struct map seen = {0};
	struct buf text = {0};

	jo_kopen(&w->o, "agent_definitions", '{');
	for (size_t k = 0; k < w->p->steps; k++)
		if (slice_eq(slice_str(type_of(&w->p->step[k])), SLICE("action")))
			put_agent(w, &seen, &w->p->step[k]);
	jo_close(&w->o, '}');
	jo_kopen(&w->o, "extension_definitions", '{');
	put_id(w, NULL, "extension-definition", SLICE("irpipe"));
	jo_open(&w->o, '{');
	jo_kstr(&w->o, "type", "extension-definition");
	jo_kstr(&w->o, "name", "irpipe playbook");
	w->ok &= cacao_id("identity", SLICE("irpipe"), &text);
	jo_ktext(&w->o, "created_by", buf_slice(&text));
	jo_kstr(&w->o, "schema", "ir-playbook(5)");
	jo_kstr(&w->o, "version", "1.0.0");
	jo_close(&w->o, '}');
	jo_close(&w->o, '}');
	jo_kopen(&w->o, "playbook_extensions", '{');
	put_id(w, NULL, "extension-definition", SLICE("irpipe"));
	jo_open(&w->o, '{');
	buf_reset(&text);
	buf_base64(&text, w->p->bytes);
	jo_ktext(&w->o, "yaml", buf_slice(&text));
	jo_close(&w->o, '}');
	jo_close(&w->o, '}');
	map_free(&seen);
	buf_free(&text);
}

bool
cacao_write(const struct play *p, struct buf *out, struct fault *f)
{
	struct writer w = {.p = p, .o = json_out(out), .f = f, .ok = true};
	struct buf id = {0};

	jo_open(&w.o, '{');
	jo_kstr(&w.o, "type", "playbook");
	jo_kstr(&w.o, "spec_version", "cacao-2.0");
	w.ok &= cacao_id("playbook", p->id, &id);
	jo_ktext(&w.o, "id", buf_slice(&id));
	jo_ktext(&w.o, "name", p->id);
	if (p->title.n)
		jo_ktext(&w.o, "description", p->title);
	buf_reset(&id);
	w.ok &= cacao_id("identity", SLICE("irpipe"), &id);
	jo_ktext(&w.o, "created_by", buf_slice(&id));
	jo_kstr(&w.o, "created", "2026-01-01T00:00:00.000Z");
	jo_kstr(&w.o, "modified", "2026-01-01T00:00:00.000Z");
	if (p->vars)
		put_variables(&w);
	put_id(&w, "workflow_start", "start", SLICE("start"));
	jo_kopen(&w.o, "workflow", '{');
	put_id(&w, NULL, "start", SLICE("start"));
	jo_open(&w.o, '{');
	jo_kstr(&w.o, "type", "start");
	put_id(&w, "on_completion", type_of(&p->step[0]), p->step[0].id);
	jo_close(&w.o, '}');
	for (size_t k = 0; k < p->steps; k++)
		put_step(&w, k);
	jo_close(&w.o, '}');
	put_definitions(&w);
	jo_close(&w.o, '}');
	buf_byte(out, '\n');
	buf_free(&id);
	return w.ok || fault_set(f, "SHA-1 failed", 0);
}
