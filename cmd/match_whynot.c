/* --why-not RULE/EVENT: what of a rule did not hold for an event. */
#include "cmd/match_work.h"

#include <stdlib.h>
#include <unistd.h>

enum { LEAVES = 20000, SHOWN = 200 };

/* The rule's tree as it was read, and beside each atom the question to the engine. */
struct whynot {
	struct slice rule_ref, event_ref;
	const struct sigma_rule *rule;
	struct sigma_rule **leaf;	/* in the order of the tree */
	uint32_t *field;		/* wanted; SIGMA_NO_SLOT: a keyword */
	size_t leaves;
	struct buf out;
	uint64_t found;
	const struct logsource *ls;
	unsigned ls_n;
};

static void
leaf(struct matching *m, struct whynot *y, const struct sigma_atom *a)
{
	if (y->leaves == LEAVES)
		return;
	y->leaf[y->leaves] = sigma_aside_atom(&m->sigma, a);
	y->field[y->leaves++] = a->field.n ? sigma_want(&m->sigma, a->field) : SIGMA_NO_SLOT;
}

/* Depth is bounded when the rule compiles; this comes before. */
static void
leaves(struct matching *m, struct whynot *y, const struct sigma_node *n, unsigned depth)
{
	if (n->kind == SIGMA_ATOM)
		leaf(m, y, n->atom);
	for (size_t i = 0; depth < 200 && i < n->kids; i++)
		leaves(m, y, n->kid[i], depth + 1);
}

/* After the rules are read, before they are compiled. */
void
whynot_load(struct matching *m)
{
	struct slice rest = m->o.why_event;
	struct whynot *y = m->whynot = mem_zero(1, sizeof *y);

	y->rule_ref = slice_cut(&rest, '/');
	y->event_ref = rest;
	for (size_t i = 0; i < m->sigma.rules && y->rule == NULL; i++) {
		const struct sigma_rule *r = m->sigma.rule[i];

		if (y->rule_ref.n && (slice_starts_nocase(r->id, y->rule_ref) || slice_eq(r->name, y->rule_ref)))
			y->rule = r;
	}
	for (size_t i = 0; i < m->sigma.problems && y->rule == NULL; i++)
		if (slice_has(m->sigma.problem[i].title, y->rule_ref))
			tool_fault(m->t, m->sigma.problem[i].file, &m->sigma.problem[i].fault);
	if (y->rule == NULL)
		tool_usage(m->t, "--why-not: no rule %.*s was loaded", (int)y->rule_ref.n, y->rule_ref.p);
	if (y->rule->root == NULL)
		tool_usage(m->t, "--why-not: a packed rule does not say its parts; name its file with -r");
	y->leaf = mem_zero(LEAVES, sizeof(struct sigma_rule *));
	y->field = mem_zero(LEAVES, sizeof *y->field);
	leaves(m, y, y->rule->root, 0);
}

/* ---- the answer ------------------------------------------------------------------------------------------------------------ */

struct walking {
	struct worker *w;
	struct whynot *y;
	size_t at;			/* leaf */
};

static void
indent(struct buf *b, unsigned depth)
{
	for (unsigned i = 0; i < depth + 1; i++)
		buf_lit(b, "  ");
}

static bool
atom(struct walking *x, const struct sigma_atom *a, unsigned depth)
{
	struct whynot *y = x->y;
	size_t at = x->at++;
	bool yes = at < y->leaves && match_holds(x->w->room, y->leaf[at]);
	struct slice value;

	indent(&y->out, depth);
	buf_str(&y->out, yes ? "yes " : "no  ");
	buf_harmless(&y->out, a->field.n ? a->field : SLICE("(any)"));
	buf_byte(&y->out, ' ');
	buf_str(&y->out, sigma_op_name[a->op]);
	buf_lit(&y->out, " \"");
	buf_harmless(&y->out, slice_head(a->shown, SHOWN));
	buf_lit(&y->out, "\"");
	if (at < y->leaves && y->field[at] != SIGMA_NO_SLOT) {
		if (match_wanted(x->w->room, y->field[at], &value)) {
			buf_lit(&y->out, "; the event has \"");
			buf_harmless(&y->out, slice_head(value, SHOWN));
			buf_str(&y->out, value.n > SHOWN ? "...\"" : "\"");
		} else {
			buf_lit(&y->out, "; the event has no such field");
		}
	}
	buf_byte(&y->out, '\n');
	return yes;
}

static bool
walk(struct walking *x, const struct sigma_node *n, unsigned depth)
{
	static const char *const word[] = {[SIGMA_ALL] = "all of", [SIGMA_ANY] = "any of", [SIGMA_NOT] = "not",
	    [SIGMA_NEVER] = "never"};
	struct buf *out = &x->y->out;
	size_t place, yes = 0, kids = n->kids;
	bool holds;

	if (n->kind == SIGMA_ATOM)
		return atom(x, n->atom, depth);
	indent(out, depth);
	place = out->n;
	buf_lit(out, "no  ");
	buf_str(out, word[n->kind]);
	if (n->selection.n) {
		buf_lit(out, " (");
		buf_harmless(out, n->selection);
		buf_byte(out, ')');
	}
	buf_byte(out, '\n');
	for (size_t i = 0; depth < 200 && i < kids; i++)
		yes += walk(x, n->kid[i], depth + 1);
	holds = n->kind == SIGMA_ALL ? yes == kids : n->kind == SIGMA_ANY ? yes > 0 : n->kind == SIGMA_NOT && yes == 0;
	if (holds)
		memcpy(out->p + place, "yes ", 4);
	return holds;
}

static void
put_source(struct buf *out, const struct logsource *ls)
{
	const struct slice part[] = {ls->product, ls->category, ls->service};

	for (size_t i = 0; i < 3; i++) {
		buf_str(out, i ? "/" : "");
		buf_harmless(out, part[i].n ? part[i] : SLICE("*"));
	}
}

static bool
part(struct slice rule, struct slice event)
{
	return rule.n == 0 || slice_eq_nocase(rule, event);
}

static bool
source(struct whynot *y, const struct match_event *ev)
{
	const struct sigma_rule *r = y->rule;
	const struct logsource own = {r->product, r->service, r->category};
	bool fits = false;

	for (unsigned i = 0; i < ev->ls_n; i++)
		fits |= part(r->product, ev->ls[i].product) && part(r->category, ev->ls[i].category) && part(r->service,
		    ev->ls[i].service);
	buf_str(&y->out, fits ? "  yes log source " : "  no  log source ");
	put_source(&y->out, &own);
	buf_str(&y->out, ev->ls_n ? "; the event is" : "; the event has none that is known");
	for (unsigned i = 0; i < ev->ls_n; i++) {
		buf_byte(&y->out, ' ');
		put_source(&y->out, &ev->ls[i]);
	}
	buf_byte(&y->out, '\n');
	return fits;
}

void
whynot_event(struct worker *w, const struct record *own, const struct match_event *ev)
{
	struct whynot *y = w->m->whynot;
	struct walking x = {w, y, 0};
	bool fits, holds;

	if (!slice_starts(record_id(own), y->event_ref))
		return;
	buf_reset(&y->out);
	buf_lit(&y->out, "rule ");
	buf_harmless(&y->out, y->rule->id);
	buf_lit(&y->out, " ");
	buf_harmless(&y->out, y->rule->title);
	buf_lit(&y->out, "\nevent ");
	buf_harmless(&y->out, record_id(own));
	buf_byte(&y->out, '\n');
	fits = source(y, ev);
	holds = walk(&x, y->rule->root, 0);
	buf_str(&y->out, fits && holds ? "The rule matches.\n" : "The rule does not match.\n");
	if (!out_add(&w->m->t->out, buf_slice(&y->out)))
		tool_die(w->m->t, w->m->t->out.error, "cannot write the output");
	y->found++;
}

void
whynot_end(struct matching *m)
{
	if (m->whynot->found == 0) {
		tool_say(m->t, "no event with the id %.*s", (int)m->whynot->event_ref.n, m->whynot->event_ref.p);
		tool_status(m->t, 1);
	}
	buf_free(&m->whynot->out);
	free(m->whynot->leaf);
	free(m->whynot->field);
	free(m->whynot);
	m->whynot = NULL;
}
