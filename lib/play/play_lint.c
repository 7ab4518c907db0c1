/* What a playbook must not have although it could run (RESPONSE.md section 6, "lint"). */
#include "lib/play/play.h"

#include "lib/incident/desk.h"
#include "lib/incident/label.h"
#include "lib/port/yaml.h"

/* Who is not of the house's tiers, and the strictest label each may see. */
static const struct {
	struct slice name;
	int tlp;
} audience[] = {
	{SLICE_INIT("service-owner"), TLP_AMBER_STRICT}, {SLICE_INIT("user"), TLP_AMBER}, {SLICE_INIT("comms"), TLP_AMBER},
	{SLICE_INIT("customers"), TLP_GREEN}, {SLICE_INIT("partners"), TLP_AMBER}, {SLICE_INIT("public"), TLP_CLEAR},
	{SLICE_INIT("cert.sector"), TLP_AMBER_STRICT}, {SLICE_INIT("cert.national"), TLP_AMBER_STRICT},
};

static bool
is_role(struct slice s)
{
	return slice_starts(s, SLICE("role:")) ? desk_word(desk_tiers, slice_from(s, 5)) : slice_starts(s, SLICE("user:"))
	    && s.n > 5;
}

static bool
roles(const struct play_step *s, struct fault *f)
{
	for (size_t k = 0; k < s->bys; k++)
		if (!is_role(s->by[k]))
			return play_fault(s, s->kind == PLAY_APPROVE ? "approve" : "manual",
			    "no such role (role:TIER, user:NAME)", s->by[k], f);
	return true;
}

bool
play_audience(struct slice to, int tlp)
{
	for (size_t k = 0; k < sizeof audience / sizeof *audience; k++)
		if (slice_eq(audience[k].name, to))
			return tlp <= audience[k].tlp;
	return desk_word(desk_tiers, to);
}

static bool
notice(const struct play *p, const struct play_step *s, struct fault *f)
{
	int ceiling = TLP_RED;
	bool known = desk_word(desk_tiers, s->to);

	for (size_t k = 0; k < sizeof audience / sizeof *audience; k++)
		if (slice_eq(audience[k].name, s->to)) {
			ceiling = audience[k].tlp;
			known = true;
		}
	if (!known)
		return play_fault(s, "notify", "no such role or audience", s->to, f);
	return p->tlp <= ceiling || play_fault(s, "notify", "the playbook's label is above what this audience may see", s->to, f);
}

/* Words that a secret stands behind; a playbook is read by many. */
static bool
secret(struct slice s)
{
	static const char *const sign[] = {"password=", "passwd=", "password:", "secret=", "token=", "api_key=", "apikey=",
	    "-----begin ",
		"bearer ", "akia"};

	for (size_t k = 0; k < sizeof sign / sizeof *sign; k++) {
		struct slice w = slice_str(sign[k]);

		for (size_t at = 0; at + w.n < s.n; at++)
			if (slice_starts_nocase(slice_from(s, at), w) && s.p[at + w.n] != ' ' && s.p[at + w.n] != '$')
				return true;
	}
	return false;
}

static bool
secrets(const struct play_step *s, struct fault *f)
{
	for (size_t k = 0; k < s->pairs; k++)
		if (secret(s->pair[k].value))
			return fault_place(f, "a secret stands in the text", s->pair[k].name, s->pair[k].line, s->pair[k].column);
	return !secret(s->text) || play_fault(s, "manual", "a secret stands in the text", s->id, f);
}

static bool
react(const struct play_step *s, struct fault *f)
{
	bool ok = s->react.n == 6 && slice_starts(s->react, SLICE("RA"));

	for (size_t k = 2; ok && k < 6; k++)
		ok = s->react.p[k] >= '0' && s->react.p[k] <= '9';
	return s->react.n == 0 || ok || play_fault(s, "react", "a RE&CT id is RA and four digits", s->react, f);
}

/* Targets of programs that could be one's own need the list of what is never touched. */
static bool
guarded(const struct play_step *s, struct fault *f)
{
	const struct action *a = s->action;

	if (a == NULL || a->class != CLASS_CONTAINMENT || a->guard_never.n)
		return true;
	for (size_t k = 0; k < a->params; k++)
		if (a->param[k].type == TYPE_IP || a->param[k].type == TYPE_CIDR)
			return play_fault(s, "run", "the action takes addresses and has no guard", a->id, f);
	return true;
}

static bool
out_names(const struct play *p, const struct play_step *s, struct fault *f)
{
	for (size_t k = 0; k < s->outs; k++)
		if (play_var_find(p, s->out[k].name) == NULL)
			return fault_place(f, "no such variable", s->out[k].name, s->out[k].line, s->out[k].column);
	return true;
}

/* What is taken away must come back by a step, not only by its time. */
static bool
given_back(const struct play *p, const struct play_step *s, struct fault *f)
{
	if (s->action == NULL || action_param_find(s->action, SLICE("ttl")) == NULL || s->stage != STAGE_CONTAINMENT
	    || !slice_eq(s->undo, SLICE("auto")) || p->trigger.rows == 0)
		return true;
	for (size_t k = 0; k < p->steps; k++)
		if (slice_eq(p->step[k].undo_of, s->id))
			return true;
	return play_fault(s, "undo", "a block that no step takes back (run: {undo: STEP})", s->id, f);
}

static bool
is_target(const struct play *p, struct slice id)
{
	for (size_t k = 0; k < p->steps; k++)
		if (slice_eq(p->step[k].on_failure, id) || slice_eq(p->step[k].on_timeout, id))
			return true;
	return false;
}

/* Behind a final step only jumps lead on; the last step of each path is final. */
static bool
paths(const struct play *p, struct fault *f)
{
	const struct play_step *last = NULL;
	bool behind = false;

	for (size_t k = 0; k < p->steps; k++) {
		const struct play_step *s = &p->step[k];

		if (s->parent)
			continue;
		if (behind && !is_target(p, s->id))
			return play_fault(s, "id", "no path leads to this step", s->id, f);
		behind = s->final;
		last = s;
	}
	return p->trigger.rows == 0 || last == NULL || last->final || play_fault(last, "id",
	    "the last step is not final: a path without end", last->id, f);
}

static bool
used(const struct play *p, const struct play_var *v)
{
	struct buf want = {0};
	bool yes = p->trigger.rows == 0;

	buf_lit(&want, "${");
	buf_slice_add(&want, v->name);
	for (size_t k = 0; !yes && k < p->steps; k++) {
		const struct play_step *s = &p->step[k];

		yes = slice_eq(s->in, v->name) || slice_has(s->key, buf_slice(&want)) || slice_has(s->text, buf_slice(&want));
		for (size_t n = 0; !yes && n < s->pairs; n++)
			yes = slice_has(s->pair[n].value, buf_slice(&want)) || slice_eq(s->pair[n].name, v->name);
		for (size_t n = 0; !yes && n < s->outs; n++)
			yes = slice_eq(s->out[n].name, v->name);
	}
	buf_free(&want);
	return yes;
}

bool
play_lint(const struct play *p, struct fault *f)
{
	if (!is_role(p->owner))
		return fault_place(f, "no such role (role:TIER, user:NAME)", p->owner, p->owner_line, 1);
	for (size_t k = 0; k < p->steps; k++) {
		const struct play_step *s = &p->step[k];

		if (!roles(s, f) || (s->kind == PLAY_NOTIFY && !notice(p, s, f)) || !secrets(s, f) || !react(s, f)
		    || !guarded(s, f)
		    || !out_names(p, s, f) || !given_back(p, s, f))
			return false;
	}
	for (size_t k = 0; k < p->vars; k++)
		if (!used(p, &p->var[k]))
			return fault_place(f, "a variable that nothing uses", p->var[k].name, p->var[k].line, 1);
	return paths(p, f);
}
