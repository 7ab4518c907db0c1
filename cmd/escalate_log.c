/* Verbs on the record of what was done: log, head, fsck, position, noise; and approve, which signs. */
#include "cmd/escalate_act.h"

#include "lib/act/approve.h"
#include "lib/port/digest.h"

#include <stdlib.h>


/* ---- the log --------------------------------------------------------------------------------------------------------- */

static bool
log_row(void *self, const struct store_cells *c)
{
	static const char *const name[] = {"at", "who", "what", "incident", "body", "sha256"};
	struct verb_context *v = self;
	struct buf b = {0};
	struct json_out o = json_out(&b);

	jo_open(&o, '{');
	jo_ki64(&o, "seq", c->number[0]);
	for (int k = 0; k < 6; k++)
		if (k == 4 && c->text[k].n && c->text[k].p[0] == '{')
			jo_kraw(&o, name[k], c->text[k]);
		else
			jo_ktext(&o, name[k], c->text[k]);
	jo_close(&o, '}');
	buf_byte(&b, '\n');
	act_print(v, buf_slice(&b));
	buf_free(&b);
	return true;
}

int
verb_log(int argc, char *argv[])
{
	static const struct tool_about about = ACT_ABOUT("log: who did what", "log [ID] --state FILE",
	    "ir-escalate log --state case.db",
	    "ir-escalate log 1f2e --state case.db", NULL);
	struct verb_context v = {0};
	struct slice of = {0};
	struct fault f = {0};

	act_begin(&v, &about, argc, argv, STORE_READ);
	if (v.t.args.n) {
		act_find(&v, v.t.args.v[0]);
		of = slice_of(v.d.incident.id, sizeof v.d.incident.id);
	}
	if (!store_ask(v.d.store, of.n ? ASK_AUDIT_OF : ASK_AUDIT, of, log_row, &v, &f))
		desk_die(&v.d, &f);
	return act_finish(&v);
}

struct last {
	int64_t seq;
	struct buf sum;
};

static bool
last_row(void *self, const struct store_cells *c)
{
	struct last *l = self;

	l->seq = c->number[0];
	buf_reset(&l->sum);
	buf_slice_add(&l->sum, c->text[5]);
	return true;
}

/* What binds the log once it stands elsewhere. */
int
verb_head(int argc, char *argv[])
{
	static const struct tool_about about = ACT_ABOUT("head: number and sum of the last row of the log", "head --state FILE",
	    "ir-escalate head --state case.db", NULL, NULL);
	struct verb_context v = {0};
	struct last l = {0};
	struct fault f = {0};
	struct buf b = {0};
	struct json_out o = json_out(&b);

	act_begin(&v, &about, argc, argv, STORE_READ);
	if (!store_ask(v.d.store, ASK_AUDIT, (struct slice){0}, last_row, &l, &f))
		desk_die(&v.d, &f);
	jo_open(&o, '{');
	jo_ki64(&o, "seq", l.seq);
	jo_ktext(&o, "sha256", buf_slice(&l.sum));
	jo_close(&o, '}');
	buf_byte(&b, '\n');
	act_print(&v, buf_slice(&b));
	buf_free(&b);
	buf_free(&l.sum);
	return act_finish(&v);
}

int
verb_fsck(int argc, char *argv[])
{
	static const struct tool_about about = ACT_ABOUT("fsck: is the state whole, and its log unbroken?", "fsck --state FILE",
	    "ir-escalate fsck --state case.db", NULL, NULL);
	struct verb_context v = {0};
	uint64_t rows, bad;
	struct fault f = {0};

	act_begin(&v, &about, argc, argv, STORE_READ);
	if (!store_audit_check(v.d.store, &rows, &bad, &f))
		desk_die(&v.d, &f);
	if (bad) {
		tool_say(&v.t, "the log is broken at row %llu of %llu", (unsigned long long)bad, (unsigned long long)rows);
		tool_status(&v.t, 4);
	} else {
		tool_say(&v.t, "the log holds: %llu rows", (unsigned long long)rows);
	}
	return act_finish(&v);
}

/* ---- approve --------------------------------------------------------------------------------------------------------- */

struct signing {
	struct verb_context *v;
	struct plays plays;
	struct digest_key *key;
	struct json *json;
	char valid[STAMP_LEN];
	struct buf out, body;
	size_t n;
	struct slice only;		/* the action's id or the step's; empty: all of the incident */
};

static struct slice
text(struct signing *s, uint32_t v)
{
	struct buf b = {0};
	struct slice t;

	if (v == JSON_NONE || json_type(s->json, v) != JSON_STRING)
		return (struct slice){0};
	t = arena_slice(&s->v->d.mem, json_text(s->json, v, &b));
	buf_free(&b);
	return t;
}

static bool
canonical(struct signing *s, uint32_t args, struct slice name, struct slice *out)
{
	const struct action *a = action_find(&s->plays.actions, name);
	struct play_arg given[64], arg[64];
	struct slice bad;
	struct buf b = {0};
	const char *why;
	size_t n = 0, outs;

	if (a == NULL || a->params > 64)
		return false;
	for (uint32_t k = json_first(s->json, args); k != JSON_NONE && n < 64; k = json_following(s->json, args, k))
		given[n++] = (struct play_arg){.name = text(s, k), .value = text(s, s->json->node[k].next)};
	if (!action_args(a, given, n, &s->v->d.mem, arg, &outs, &bad, &why))
		return false;
	act_canonical(arg, outs, &b);
	*out = arena_slice(&s->v->d.mem, buf_slice(&b));
	buf_free(&b);
	return true;
}

static void
sign_it(struct signing *s, const struct act_approved *about)
{
	struct slice valid = slice_of(s->valid, sizeof s->valid);
	unsigned char sig[64];
	char hex[64];
	struct buf words = {0};
	struct json_out o = json_out(&s->out);
	struct buf encoded = {0};

	if (!act_approval(about, valid, hex))
		tool_die(&s->v->t, 0, "SHA-256 failed");
	act_approval_text(slice_of(hex, sizeof hex), s->v->who, valid, &words);
	if (!digest_sign(s->key, buf_slice(&words), sig))
		tool_die(&s->v->t, 0, "the signature failed");
	buf_base64(&encoded, slice_of((const char *)sig, sizeof sig));
	jo_open(&o, '{');
	jo_ktext(&o, "approval", slice_of(hex, sizeof hex));
	jo_ktext(&o, "by", s->v->who);
	jo_ktext(&o, "valid", valid);
	jo_ktext(&o, "sig", buf_slice(&encoded));
	jo_close(&o, '}');
	buf_byte(&s->out, '\n');
	buf_free(&words);
	buf_free(&encoded);
}

/* G1: what disrupts waits for its evidence. */
static bool
evidence_first(struct signing *s, uint32_t after, struct slice name, struct slice *missing)
{
	const struct action *a = action_find(&s->plays.actions, name);

	if (a == NULL || !a->disruptive || after == JSON_NONE || desk_get2(&s->v->d.incident, "waive/G1", (struct slice){0}).n)
		return true;
	for (uint32_t k = json_first(s->json, after); k != JSON_NONE; k = json_following(s->json, after, k)) {
		struct slice step = text(s, k), state = desk_get2(&s->v->d.incident, "task/", step);
		struct incident_more m = {0};
		struct buf want = {0};
		bool is_task;

		desk_duties(&s->v->d, &m);
		buf_lit(&want, "\"id\":");
		(void)json_put_text(&want, step);
		is_task = slice_has(m.tasks, buf_slice(&want));
		buf_free(&want);
		if (is_task && !slice_has(state, SLICE("\"state\":\"done\""))) {
			*missing = step;
			return false;
		}
	}
	return true;
}

static bool
one_action(void *self, const struct store_cells *c)
{
	struct signing *s = self;
	struct slice missing = {0};
	struct act_approved about;
	struct fault f = {0};
	uint32_t a;

	if (!json_one(s->json, c->text[0], &f) || (a = json_path(s->json, 0, SLICE("ir.action"))) == JSON_NONE)
		return true;
	about = (struct act_approved){.playbook = text(s, json_path(s->json, a, SLICE("playbook.sha256"))),
	    .step = text(s, json_get(s->json, a, SLICE("step"))), .name = text(s, json_get(s->json, a, SLICE("name"))),
	    .incident = text(s, json_get(s->json, a, SLICE("incident")))};
	if (s->only.n && !slice_eq(s->only, about.step) && !slice_eq(s->only, c->text[1]))
		return true;
	if (!canonical(s, json_get(s->json, a, SLICE("args")), about.name, &about.args))
		return true;
	if (!evidence_first(s, json_get(s->json, a, SLICE("after")), about.name, &missing))
		act_refuse(s->v, "G1: the evidence is not secured yet; this task is open", missing);
	sign_it(s, &about);
	if (s->n++)
		buf_byte(&s->body, ',');
	(void)json_put_text(&s->body, arena_slice(&s->v->d.mem, c->text[1]));
	return true;
}

static void
read_key(struct signing *s)
{
	struct fault f = {0};
	struct slice pem;
	char *path;

	if (act_opt.key.n == 0)
		tool_usage(&s->v->t, "approve: --key FILE is wanted");
	path = mem_str(act_opt.key);
	if (!tool_file(path, 65536, &s->plays.mem, &pem, &f) || (s->key = digest_key_read(pem, true, &f)) == NULL) {
		tool_fault(&s->v->t, act_opt.key, &f);
		exit(2);
	}
	free(path);
}

static void
validity(struct signing *s)
{
	struct stamp until = s->v->now;
	int64_t after = 3600;

	if (act_opt.due.n && !stamp_duration(act_opt.due, &after) && !stamp_rfc3339(act_opt.due, &until))
		tool_usage(&s->v->t, "--due: a moment or a duration is wanted");
	if (stamp_cmp(until, s->v->now) == 0)
		until.s += after;
	if (stamp_cmp(until, s->v->now) <= 0)
		act_refuse(s->v, "the approval would have expired", act_opt.due);
	stamp_put(s->valid, until);
}

int
verb_approve(int argc, char *argv[])
{
	static const struct tool_about about = ACT_ABOUT("approve: sign what may be done",
	    "approve ID [STEP|ACTION] --key FILE --by NAME [--due TIME] --state FILE",
	    "ir-escalate approve 1f2e block-one/1 --key alice.key --by alice --state case.db >> approvals",
	    "ir-escalate approve 1f2e --key alice.key --by alice --due 2h --state case.db >> approvals", NULL);
	static struct opt_list none;
	struct verb_context v = {0};
	struct signing s = {.v = &v, .json = json_new(&json_limits_stream)};
	struct slice id;
	struct buf body = {0};
	struct act act;
	struct fault f = {0};

	act_options(&v, &about, argc, argv);
	if (v.t.args.n == 0)
		tool_usage(&v.t, "an incident's id is wanted");
	read_key(&s);
	validity(&s);
	plays_load(&v.t, &s.plays, &none, true);
	act_store(&v, STORE_ACT);
	act_load(&v, v.t.args.v[0]);
	id = slice_of(v.d.incident.id, sizeof v.d.incident.id);
	s.only = v.t.args.n > 1 ? v.t.args.v[1] : (struct slice){0};
	if (!store_ask(v.d.store, ASK_ACTIONS_OF, id, one_action, &s, &f))
		desk_die(&v.d, &f);
	if (s.n == 0)
		act_refuse(&v, "no such action waits for an approval", s.only);
	buf_lit(&body, "{\"actions\":[");
	buf_slice_add(&body, buf_slice(&s.body));
	buf_lit(&body, "],\"valid\":\"");
	buf_add(&body, s.valid, sizeof s.valid);
	buf_lit(&body, "\"}");
	act = (struct act){v.now, v.who, SLICE("approve"), buf_slice(&body)};
	if (!desk_act(v.d.store, &v.d.incident, &act, &f) || !store_commit(v.d.store, &f))
		desk_die(&v.d, &f);
	act_print(&v, buf_slice(&s.out));
	digest_key_free(s.key);
	json_free(s.json);
	buf_free(&s.out);
	buf_free(&s.body);
	buf_free(&body);
	arena_free(&s.plays.mem);
	return act_finish(&v);
}
