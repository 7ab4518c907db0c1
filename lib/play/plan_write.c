#include "lib/incident/label.h"
#include "lib/play/plan.h"

static void
put_approve(struct json_out *o, const struct plan_step *x)
{
	const struct play_step *a = x->approve;

	jo_kopen(o, "approve", '{');
	jo_ku64(o, "need", a ? a->need : 0);
	jo_kopen(o, "by", '[');
	for (size_t k = 0; a && k < a->bys; k++)
		jo_text(o, a->by[k]);
	jo_close(o, ']');
	jo_kstr(o, "state", a ? "pending" : "none");
	if (a && a->valid >= 0) {
		struct buf b = {0};
		struct buf text = {0};
		const char *why;

		buf_i64(&b, a->valid);
		if (play_type_write(TYPE_DURATION, buf_slice(&b), &text, &why))
			jo_ktext(o, "for", buf_slice(&text));
		buf_free(&b);
		buf_free(&text);
	}
	jo_close(o, '}');
}

static void
put_retry(struct json_out *o, const struct play_step *s)
{
	struct buf b = {0};

	if (s->retries == 0)
		return;
	jo_kopen(o, "retry", '{');
	jo_ku64(o, "max", s->retries);
	if (s->retry_delay >= 0) {
		buf_i64(&b, s->retry_delay);
		buf_byte(&b, 's');
		jo_ktext(o, "delay", buf_slice(&b));
	}
	if (s->backoff)
		jo_kbool(o, "backoff", true);
	if (s->codes) {
		jo_kopen(o, "codes", '[');
		for (size_t k = 0; k < s->codes; k++)
			jo_u64(o, s->code[k]);
		jo_close(o, ']');
	}
	jo_close(o, '}');
	buf_free(&b);
}

static void
put_out(struct json_out *o, const struct play_step *s)
{
	if (s->outs == 0)
		return;
	jo_kopen(o, "out", '{');
	for (size_t k = 0; k < s->outs; k++) {
		jo_key(o, s->out[k].name);
		jo_text(o, s->out[k].value);
	}
	jo_close(o, '}');
}

static void
put_rest(struct json_out *o, const struct plan_step *x, const struct incident *i, size_t order)
{
	const struct play_step *s = x->step;
	struct buf b = {0};

	jo_ktext(o, "key", x->key);
	if (x->undo.n)
		jo_ktext(o, "undo", x->undo);
	jo_kbool(o, "check", x->check);
	if (x->timeout >= 0) {
		buf_i64(&b, x->timeout);
		buf_byte(&b, 's');
		jo_ktext(o, "timeout", buf_slice(&b));
	}
	put_retry(o, s);
	put_out(o, s);
	jo_ktext(o, "pap", pap_name[i->pap]);
	if (x->owner.n)
		jo_ktext(o, "owner", x->owner);
	if (x->due.n)
		jo_ktext(o, "due", x->due);
	if (s->react.n)
		jo_ktext(o, "react", s->react);
	jo_ku64(o, "order", order);
	jo_kopen(o, "after", '[');
	for (size_t k = 0; k < s->afters; k++)
		jo_text(o, s->after[k]);
	jo_close(o, ']');
	buf_free(&b);
}

void
plan_write(const struct plan *p, const struct incident *i, size_t order, struct stamp at, struct buf *out)
{
	const struct plan_step *x = &p->step[order - 1];
	struct json_out o = json_out(out);
	char time[STAMP_LEN];

	stamp_put(time, at);
	jo_open(&o, '{');
	jo_ktext(&o, "@timestamp", slice_of(time, sizeof time));
	jo_kopen(&o, "ir", '{');
	jo_ki64(&o, "v", 1);
	jo_kstr(&o, "kind", "action");
	jo_kopen(&o, "action", '{');
	jo_ktext(&o, "id", slice_of(x->action, sizeof x->action));
	jo_ktext(&o, "incident", slice_of(i->id, sizeof i->id));
	jo_kopen(&o, "playbook", '{');
	jo_ktext(&o, "id", p->play->id);
	jo_kraw(&o, "version", p->play->version);
	jo_ktext(&o, "sha256", slice_of(p->play->sha, sizeof p->play->sha));
	if (x->playbook.n)
		jo_ktext(&o, "called", x->playbook);
	jo_close(&o, '}');
	jo_ktext(&o, "step", x->id);
	jo_ktext(&o, "stage", play_stage_name[x->step->stage]);
	jo_ktext(&o, "name", x->name);
	jo_kopen(&o, "args", '{');
	for (size_t k = 0; k < x->args; k++) {
		jo_key(&o, x->arg[k].name);
		jo_text(&o, x->arg[k].value);
	}
	jo_close(&o, '}');
	put_approve(&o, x);
	put_rest(&o, x, i, order);
	jo_close(&o, '}');
	jo_close(&o, '}');
	jo_close(&o, '}');
}
