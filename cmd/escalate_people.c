/* Verbs of people on one incident: ack assign set note verdict fact waive close. */
#include "cmd/escalate_act.h"

#include <stdlib.h>


static void
done(struct verb_context *v, const char *timer)
{
	struct fault f = {0};

	if (!store_timer_done(v->d.store, v->d.incident.id, slice_str(timer), v->now.s, &f))
		desk_die(&v->d, &f);
}

static int
end(struct verb_context *v, const char *what, struct buf *body, struct json_out *o)
{
	int status;

	jo_close(o, '}');
	status = act_end(v, what, buf_slice(body));
	buf_free(body);
	return status;
}

/* ---- ack, assign, note --------------------------------------------------------------------------------------------------- */

static void
ack_handover(struct verb_context *v, struct slice n)
{
	struct slice old = desk_get2(&v->d.incident, "handover/", n), name;
	struct buf b = {0}, key = {0};
	char at[STAMP_LEN];

	if (old.n == 0)
		act_refuse(v, "no such hand-over", n);
	if (slice_has(old, SLICE("\"acked\"")))
		act_refuse(v, "this hand-over was answered", n);
	stamp_put(at, v->now);
	buf_slice_add(&b, slice_head(old, old.n - 1));
	buf_lit(&b, ",\"acked\":\"");
	buf_add(&b, at, sizeof at);
	buf_lit(&b, "\",\"acked_by\":");
	(void)json_put_text(&b, v->who);
	buf_byte(&b, '}');
	buf_lit(&key, "handover/");
	buf_slice_add(&key, n);
	name = buf_slice(&key);
	act_set_json(v, name, buf_slice(&b));
	buf_free(&b);
	buf_free(&key);
}

int
verb_ack(int argc, char *argv[])
{
	static const struct tool_about about = ACT_ABOUT("ack: somebody looks after it", "ack ID [handover N] --state FILE",
	    "ir-escalate ack 1f2e --by alice --state case.db", "ir-escalate ack 1f2e handover 1 --by bob --state case.db",
	    "ir-escalate ack 1f2e --now 2026-03-02T08:00:00Z --state case.db");
	struct verb_context v = {0};
	struct buf b = {0};
	struct json_out o;

	act_begin(&v, &about, argc, argv, STORE_ACT);
	act_load(&v, act_word(&v, 0, "an incident's id"));
	o = act_body(&v, &b);
	if (v.t.args.n > 1 && slice_eq(v.t.args.v[1], SLICE("handover"))) {
		ack_handover(&v, act_word(&v, 2, "the hand-over's number"));
		jo_ktext(&o, "handover", v.t.args.v[2]);
		return end(&v, "ack", &b, &o);
	}
	if (v.d.incident.status == STATUS_CLOSED || v.d.incident.status == STATUS_MERGED)
		act_refuse(&v, "the incident is", status_name[v.d.incident.status]);
	if (v.d.incident.status == STATUS_NEW || v.d.incident.status == STATUS_REOPENED)
		v.d.incident.status = STATUS_TRIAGE;
	if (desk_get(&v.d.incident, "owner").n == 0)
		act_set(&v, "owner", v.who);
	if (desk_get(&v.d.incident, "acknowledged").n == 0) {
		struct buf value = {0};
		struct json_out w = act_body(&v, &value);

		jo_close(&w, '}');
		act_set_json(&v, SLICE("acknowledged"), buf_slice(&value));
		buf_free(&value);
	}
	done(&v, "acknowledge");
	return end(&v, "ack", &b, &o);
}

int
verb_assign(int argc, char *argv[])
{
	static const struct tool_about about = ACT_ABOUT("assign: who looks after it", "assign ID NAME --state FILE",
	    "ir-escalate assign 1f2e alice --by lead --state case.db",
	        "ir-escalate assign 1f2e bob --reason 'end of shift' --state case.db", NULL);
	struct verb_context v = {0};
	struct buf b = {0};
	struct json_out o;

	act_begin(&v, &about, argc, argv, STORE_ACT);
	act_load(&v, act_word(&v, 0, "an incident's id"));
	o = act_body(&v, &b);
	jo_ktext(&o, "owner", act_word(&v, 1, "a name"));
	if (act_opt.reason.n)
		jo_ktext(&o, "reason", act_opt.reason);
	act_set(&v, "owner", v.t.args.v[1]);
	return end(&v, "assign", &b, &o);
}

int
verb_note(int argc, char *argv[])
{
	static const struct tool_about about = ACT_ABOUT("note: words for the record", "note ID TEXT --state FILE",
	    "ir-escalate note 1f2e 'the host is a test machine' --by alice --state case.db",
	    "ir-escalate note 1f2e 'see ticket 4711' --evidence 9ab0 --state case.db", NULL);
	struct verb_context v = {0};
	struct buf b = {0}, name = {0}, value = {0};
	struct json_out o, w;

	act_begin(&v, &about, argc, argv, STORE_ACT);
	act_load(&v, act_word(&v, 0, "an incident's id"));
	o = act_body(&v, &b);
	w = act_body(&v, &value);
	jo_ktext(&o, "text", act_word(&v, 1, "a text"));
	jo_ktext(&w, "text", v.t.args.v[1]);
	jo_close(&w, '}');
	buf_lit(&name, "note/");
	buf_pad(&name, v.d.incident.acts + 1, 6);
	act_set_json(&v, buf_slice(&name), buf_slice(&value));
	done(&v, "update");
	buf_free(&name);
	buf_free(&value);
	return end(&v, "note", &b, &o);
}

/* ---- set ------------------------------------------------------------------------------------------------------------- */

static void
show_gates(struct verb_context *v, const struct gate *g, size_t n)
{
	for (size_t k = 0; k < n; k++)
		tool_say(&v->t, "%s: %.*s", g[k].name, (int)g[k].why.n, g[k].why.p);
	tool_say(&v->t, "refused: %zu gate%s; mend it, or waive it with a reason", n, n == 1 ? "" : "s");
	exit(2);
}

static void
pass_gates(struct verb_context *v, enum incident_status to)
{
	struct gate g[GATES_MAX];
	struct fault f = {0};
	bool failed;
	size_t n = gate_check(v->d.store, &v->d.incident, to, &v->d.mem, g, &f, &failed);

	if (failed)
		desk_die(&v->d, &f);
	if (n)
		show_gates(v, g, n);
}

static void
set_status(struct verb_context *v, struct slice value)
{
	struct incident *i = &v->d.incident;
	int to = 0;

	while (to < STATUS_COUNT && !slice_eq(status_name[to], value))
		to++;
	if (to == STATUS_COUNT || to == STATUS_MERGED || to == STATUS_REOPENED)
		act_refuse(v, "no such status, or one that no person sets", value);
	if (to == STATUS_CLOSED)
		act_refuse(v, "use the verb", SLICE("close"));
	if (to == STATUS_ON_HOLD && act_opt.reason.n == 0)
		act_refuse(v, "on_hold needs --reason", (struct slice){0});
	pass_gates(v, (enum incident_status)to);
	act_set(v, "hold", to == STATUS_ON_HOLD ? act_opt.reason : (struct slice){0});
	i->status = (enum incident_status)to;
	i->closed = 0;
	if (to >= STATUS_IN_PROGRESS && to <= STATUS_RECOVERED)
		done(v, "triage");
	if (to >= STATUS_CONTAINED && to <= STATUS_RECOVERED)
		done(v, "containment");
	done(v, "update");
}

static void
one_of(struct verb_context *v, const char *name, const char *const *words, struct slice value)
{
	if (!desk_word(words, value))
		act_refuse(v, "not one of the words allowed here", value);
	act_set(v, name, value);
}

/* Labels only become stricter by a person's word; what is derived takes its parents' strictest. */
static void
set_label(struct verb_context *v, bool tlp, struct slice value)
{
	int *at = tlp ? &v->d.incident.tlp : &v->d.incident.pap, n = tlp ? tlp_by_name(value) : pap_by_name(value);

	if (n == 0)
		act_refuse(v, "no such label", value);
	if (n < *at && act_opt.reason.n == 0)
		act_refuse(v, "a weaker label needs --reason", value);
	*at = n;
}

static void
set_one(struct verb_context *v, struct slice key, struct slice value)
{
	static const char *const functional[] = {"none", "low", "medium", "high", NULL};
	static const char *const information[] = {"none", "privacy", "proprietary", "integrity", NULL};
	static const char *const recoverability[] = {"regular", "supplemented", "extended", "not-recoverable", NULL};
	static const char *const yes[] = {"true", NULL};
	static const struct {
		const char *name;
		const char *const *words;	/* NULL: any */
	} row[] = {
		{"tier", desk_tiers}, {"class.rsit", desk_rsit}, {"root_cause", desk_root_causes}, {"impact.functional",
		    functional},
		{"impact.information", information}, {"impact.recoverability", recoverability}, {"regulated", yes}, {"owner",
		    NULL},
		{"evidence", NULL}, {"label", NULL},
	};

	if (slice_eq(key, SLICE("status"))) {
		set_status(v, value);
		return;
	}
	if (slice_eq(key, SLICE("tlp")) || slice_eq(key, SLICE("pap"))) {
		set_label(v, slice_eq(key, SLICE("tlp")), value);
		return;
	}
	if (slice_eq(key, SLICE("class")))
		key = SLICE("class.rsit");
	for (size_t k = 0; k < sizeof row / sizeof *row; k++)
		if (slice_eq(key, slice_str(row[k].name))) {
			if (row[k].words)
				one_of(v, row[k].name, row[k].words, value);
			else
				act_set(v, row[k].name, value);
			return;
		}
	act_refuse(v, "no such name", key);
}

int
verb_set(int argc, char *argv[])
{
	static const struct tool_about about = ACT_ABOUT("set: status, class, owner, impact, labels",
	    "set ID NAME=VALUE... --state FILE",
	    "ir-escalate set 1f2e status=in_progress --by alice --state case.db",
	    "ir-escalate set 1f2e class=intrusions impact.functional=medium --state case.db",
	    "ir-escalate set 1f2e status=on_hold --reason 'waits for the vendor' --state case.db");
	struct verb_context v = {0};
	struct buf b = {0};
	struct json_out o;

	act_begin(&v, &about, argc, argv, STORE_ACT);
	act_load(&v, act_word(&v, 0, "an incident's id"));
	(void)act_word(&v, 1, "NAME=VALUE");
	o = act_body(&v, &b);
	for (size_t k = 1; k < v.t.args.n; k++) {
		struct slice rest = v.t.args.v[k], key = slice_cut(&rest, '=');

		if (rest.p == NULL)
			tool_usage(&v.t, "NAME=VALUE is wanted");
		set_one(&v, key, rest);
		jo_key(&o, key);
		jo_text(&o, rest);
	}
	if (act_opt.reason.n)
		jo_ktext(&o, "reason", act_opt.reason);
	return end(&v, "set", &b, &o);
}

/* ---- verdict, fact, waive, close ------------------------------------------------------------------------------------- */

static void
list(struct json_out *o, const char *name, const struct opt_list *v)
{
	if (v->n == 0)
		return;
	jo_kopen(o, name, '[');
	for (size_t k = 0; k < v->n; k++)
		jo_text(o, v->v[k]);
	jo_close(o, ']');
}

/* On the incident, or on a finding: verdict ID WORD [RULE]. */
int
verb_verdict(int argc, char *argv[])
{
	static const struct tool_about about = ACT_ABOUT("verdict: what it was",
	    "verdict ID WORD [RULE] --reason TEXT --state FILE",
	    "ir-escalate verdict 1f2e true_positive --reason 'web shell found' --state case.db",
	    "ir-escalate verdict 1f2e false_positive --reason known-tool --state case.db",
	    "ir-escalate verdict 1f2e false_positive proc_rundll --reason rule-too-wide --state case.db");
	struct verb_context v = {0};
	struct buf b = {0}, name = {0};
	struct json_out o;
	struct slice what;

	act_begin(&v, &about, argc, argv, STORE_ACT);
	act_load(&v, act_word(&v, 0, "an incident's id"));
	what = act_word(&v, 1, "a verdict");
	if (!desk_word(desk_verdicts, what))
		act_refuse(&v, "no such verdict", what);
	if (act_opt.reason.n == 0)
		act_refuse(&v, "a verdict needs --reason", (struct slice){0});
	if (slice_eq(what, SLICE("false_positive")) && !desk_word(desk_false_reasons, act_opt.reason))
		act_refuse(&v, "no such reason of a false positive (rule-too-wide known-tool admin-activity scanner data-error "
		    "stale-indicator)", act_opt.reason);
	o = act_body(&v, &b);
	jo_ktext(&o, "verdict", what);
	jo_ktext(&o, "reason", act_opt.reason);
	if (act_opt.second.n)
		jo_ktext(&o, "second", act_opt.second);
	list(&o, "evidence", &act_opt.evidence);
	buf_lit(&name, "verdict");
	if (v.t.args.n > 2) {
		jo_ktext(&o, "rule", v.t.args.v[2]);
		buf_byte(&name, '/');
		buf_slice_add(&name, v.t.args.v[2]);
	}
	jo_close(&o, '}');
	act_set_json(&v, buf_slice(&name), buf_slice(&b));
	return act_end(&v, "verdict", buf_slice(&b));
}

int
verb_fact(int argc, char *argv[])
{
	static const struct tool_about about = ACT_ABOUT("fact: what is known, and how",
	    "fact ID NAME=VALUE... --evidence ID --state FILE",
	    "ir-escalate fact 1f2e aware.nis2=2026-03-02T08:00:00Z --evidence 77aa --state case.db",
	    "ir-escalate fact 1f2e rematch=0 --evidence 12cd --state case.db",
	    "ir-escalate fact 1f2e remediation.CVE-2026-1234=CHG-4711 --state case.db");
	struct verb_context v = {0};
	struct buf b = {0};
	struct json_out o;

	act_begin(&v, &about, argc, argv, STORE_ACT);
	act_load(&v, act_word(&v, 0, "an incident's id"));
	(void)act_word(&v, 1, "NAME=VALUE");
	o = act_body(&v, &b);
	list(&o, "evidence", &act_opt.evidence);
	for (size_t k = 1; k < v.t.args.n; k++) {
		struct slice rest = v.t.args.v[k], key = slice_cut(&rest, '=');
		struct buf name = {0}, value = {0};
		struct json_out w = act_body(&v, &value);

		if (rest.p == NULL)
			tool_usage(&v.t, "NAME=VALUE is wanted");
		jo_ktext(&w, "value", rest);
		list(&w, "evidence", &act_opt.evidence);
		jo_close(&w, '}');
		buf_lit(&name, "fact/");
		buf_slice_add(&name, key);
		act_set_json(&v, buf_slice(&name), buf_slice(&value));
		jo_key(&o, key);
		jo_text(&o, rest);
		buf_free(&name);
		buf_free(&value);
	}
	return end(&v, "fact", &b, &o);
}

int
verb_waive(int argc, char *argv[])
{
	static const struct tool_about about = ACT_ABOUT("waive: a gate that need not hold, and why",
	    "waive ID GATE --owner NAME --reason TEXT --state FILE",
	    "ir-escalate waive 1f2e G2 --owner bob --reason 'the block stays for a month' --state case.db",
	    "ir-escalate waive 1f2e clock.gdpr --owner dpo --reason 'no personal data' --state case.db", NULL);
	struct verb_context v = {0};
	struct buf b = {0}, name = {0};
	struct json_out o;

	act_begin(&v, &about, argc, argv, STORE_ACT);
	act_load(&v, act_word(&v, 0, "an incident's id"));
	if (act_opt.reason.n == 0 || act_opt.owner.n == 0)
		act_refuse(&v, "a waiver needs --reason and --owner", (struct slice){0});
	if (!slice_starts(act_word(&v, 1, "a gate"), SLICE("G")) && !slice_starts(v.t.args.v[1], SLICE("clock.")))
		act_refuse(&v, "no such gate", v.t.args.v[1]);
	o = act_body(&v, &b);
	jo_ktext(&o, "gate", v.t.args.v[1]);
	jo_ktext(&o, "owner", act_opt.owner);
	jo_ktext(&o, "reason", act_opt.reason);
	jo_close(&o, '}');
	buf_lit(&name, "waive/");
	buf_slice_add(&name, v.t.args.v[1]);
	act_set_json(&v, buf_slice(&name), buf_slice(&b));
	buf_free(&name);
	return act_end(&v, "waive", buf_slice(&b));
}

int
verb_close(int argc, char *argv[])
{
	static const struct tool_about about = ACT_ABOUT("close: it is over", "close ID --state FILE",
	    "ir-escalate close 1f2e --by alice --state case.db",
	    "ir-escalate close 1f2e --reason 'all done' --state case.db", NULL);
	struct verb_context v = {0};
	struct buf b = {0};
	struct json_out o;

	act_begin(&v, &about, argc, argv, STORE_ACT);
	act_load(&v, act_word(&v, 0, "an incident's id"));
	if (v.d.incident.status == STATUS_CLOSED || v.d.incident.status == STATUS_MERGED)
		act_refuse(&v, "the incident is", status_name[v.d.incident.status]);
	pass_gates(&v, STATUS_CLOSED);
	v.d.incident.status = STATUS_CLOSED;
	v.d.incident.closed = v.now.s;
	done(&v, "acknowledge");
	done(&v, "triage");
	done(&v, "containment");
	done(&v, "resolved");
	o = act_body(&v, &b);
	if (act_opt.reason.n)
		jo_ktext(&o, "reason", act_opt.reason);
	return end(&v, "close", &b, &o);
}
