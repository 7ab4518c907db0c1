#include "cmd/respond.h"

#include "lib/tool/stream.h"

/* ---- the actor ------------------------------------------------------------------------------------------------------------- */

void
respond_ask(struct respond *r, const struct act_request *q, void (*result)(void *self, struct slice at, struct slice json),
    void *self)
{
	struct buf frame = {0}, body = {0};
	struct slice at, text;
	enum act_answer kind = ANSWER_RESULT;
	enum act_state state;

	if (!act_request_write(q, &frame) || !act_send(r->actor.fd, buf_slice(&frame)))
		tool_die(&r->t, 0, "the actor has ended; what it was doing is in the journal");
	while (kind != ANSWER_END) {
		if (!act_receive(r->actor.fd, ACT_ANSWER_MAX, &body) || !act_answer_read(buf_slice(&body), &kind, &state, &at,
		    &text))
			tool_die(&r->t, 0, "the actor has ended; what it was doing is in the journal");
		if (kind == ANSWER_BROKEN)
			tool_die(&r->t, 0, "%.*s", (int)text.n, text.p);
		if (kind == ANSWER_RESULT) {
			r->states[state]++;
			result(self, at, text);
		}
	}
	buf_free(&frame);
	buf_free(&body);
}

void
respond_line(struct slice at, struct slice result, struct buf *out)
{
	struct json_out j = json_out(out);

	jo_open(&j, '{');
	jo_ktext(&j, "@timestamp", at);
	jo_kopen(&j, "ir", '{');
	jo_ku64(&j, "v", 1);
	jo_kstr(&j, "kind", "result");
	jo_kraw(&j, "result", result);
	jo_close(&j, '}');
	jo_close(&j, '}');
}

/* ---- an action of the stream ----------------------------------------------------------------------------------------------- */

static struct slice
text_of(const struct json *j, uint32_t node, struct arena *mem)
{
	struct buf b = {0};
	struct slice s;

	if (node == JSON_NONE || (json_type(j, node) != JSON_STRING && json_type(j, node) != JSON_NUMBER))
		return (struct slice){NULL, 0};
	s = arena_slice(mem, json_text(j, node, &b));
	buf_free(&b);
	return s;
}

/* Values are texts or numbers.  NULL, or why the actor need not be asked. */
static const char *
read_args(const struct json *j, uint32_t object, struct arena *mem, struct act_request *q)
{
	if (object == JSON_NONE)
		return NULL;
	if (json_type(j, object) != JSON_OBJECT)
		return "args: an object is wanted";
	for (uint32_t k = json_first(j, object); k != JSON_NONE; k = json_following(j, object, k)) {
		uint32_t v = json_value(j, k);

		if (q->args == ACT_ARGS)
			return "args: more than 32";
		if (json_type(j, v) != JSON_STRING && json_type(j, v) != JSON_NUMBER)
			return "args: a text or a number is wanted";
		q->arg[q->args++] = (struct play_arg){.name = text_of(j, k, mem), .value = text_of(j, v, mem)};
	}
	return NULL;
}

static const char *
read_action(const struct record *rec, struct arena *mem, struct act_request *q)
{
	static const struct {
		const char *path;
		enum act_field field;
	} row[] = {{"id", F_ID}, {"incident", F_INCIDENT}, {"playbook.sha256", F_PLAYBOOK}, {"step", F_STEP}, {"name",
	    F_NAME}, {"key", F_KEY},
	    {"pap", F_PAP}, {"timeout", F_TIMEOUT}};
	const struct json *j = rec->j;
	uint32_t action = rec->node[R_action], need;
	uint64_t people = 1;

	if (action == JSON_NONE || json_type(j, action) != JSON_OBJECT)
		return "no ir.action object";
	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		q->field[row[i].field] = text_of(j, json_path(j, action, slice_str(row[i].path)), mem);
	need = json_path(j, action, SLICE("approve.need"));
	if (need != JSON_NONE && (!json_u64(j, need, &people) || people > 100))
		return "approve.need: a number up to 100 is wanted";
	q->need = (uint32_t)people;
	return read_args(j, json_get(j, action, SLICE("args")), mem, q);
}

struct answer {
	struct emit *e;
};

static void
emit_result(void *self, struct slice at, struct slice json)
{
	struct answer *a = self;
	struct buf line = {0};

	respond_line(at, json, &line);
	emit_made(a->e, KIND_RESULT, buf_slice(&line));
	buf_free(&line);
}

/* What is no request at all never reaches the actor. */
static void
refuse_here(struct respond *r, const struct act_request *q, const char *why, struct answer *a)
{
	const struct act_result result = {.id = q->field[F_ID], .key = q->field[F_KEY], .incident = q->field[F_INCIDENT],
	    .name = q->field[F_NAME], .state = ACT_REFUSED, .reason = slice_str(why)};
	struct buf b = {0};

	act_result_add(&result, &b);
	r->states[ACT_REFUSED]++;
	emit_result(a, q->field[F_AT], buf_slice(&b));
	buf_free(&b);
}

static void
foreign_in(struct respond *r, const struct record *rec, struct emit *e)
{
	struct buf *b = emit_scratch(e, 0);

	emit_wrap(e, rec, r->slots, &r->event, b);
	emit_line(e, KIND_EVENT, slice_of(b->p, b->n - 1));
}

void
respond_record(void *self, const struct record *rec, struct emit *e)
{
	struct respond *r = self;
	struct act_request q = {.verb = ACT_DO};
	struct answer a = {e};
	struct buf frame = {0};
	char at[STAMP_LEN];
	const char *why;

	if (rec->kind == KIND_FOREIGN) {
		foreign_in(r, rec, e);
		return;
	}
	emit_pass(e, rec);
	if (rec->kind != KIND_ACTION)
		return;
	stamp_put(at, rec->timed ? rec->at : (struct stamp){0});
	q.field[F_AT] = slice_of(at, sizeof at);
	why = read_action(rec, emit_arena(e), &q);
	if (why == NULL && !act_request_write(&q, &frame))
		why = "larger than 64 KiB";
	buf_free(&frame);
	if (why)
		refuse_here(r, &q, why, &a);
	else
		respond_ask(r, &q, emit_result, &a);
}

/* ---- verbs ----------------------------------------------------------------------------------------------------------------- */

static void
print_result(void *self, struct slice at, struct slice json)
{
	struct respond *r = self;
	struct stream_text *text = stream_text_new(&r->t);
	struct buf line = {0}, shown = {0};

	respond_line(at, json, &line);
	buf_byte(&line, '\n');
	if (text)
		stream_text_add(text, buf_slice(&line), &shown);
	r->t.account.made++;
	r->t.account.out[KIND_RESULT]++;
	if (!out_add(&r->t.out, text ? buf_slice(&shown) : buf_slice(&line)))
		tool_die(&r->t, r->t.out.error, "cannot write the output");
	stream_text_free(text);
	buf_free(&line);
	buf_free(&shown);
}

void
respond_verb(struct respond *r)
{
	struct act_request q = {.verb = r->verb};

	if (r->verb == ACT_UNDO || r->verb == ACT_SETTLE)
		q.field[F_ID] = r->t.args.v[1];
	if (r->verb == ACT_SETTLE)
		q.field[F_WORD] = r->t.args.v[2];
	q.field[F_INCIDENT] = r->incident;
	respond_ask(r, &q, print_result, r);
	stream_end(&r->t, (struct slice){NULL, 0});
}
