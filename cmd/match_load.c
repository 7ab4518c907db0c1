/* The request: rules, expressions; everything that can be wrong with them is said here, before the first record is read. */
#include "cmd/match_hunt.h"
#include "cmd/match_local.h"

#include <stdlib.h>
#include <unistd.h>

#include "lib/port/digest.h"
#include "lib/port/fold.h"
#include "lib/sigma/meta.h"
#include "lib/tool/text.h"

extern const struct embed builtin_rules[], builtin_pack[];

enum { RULE_MAX = 1024 * 1024, STATE_MEMORY = 32 * 1024 * 1024 };

static void
load_path(struct matching *m, struct slice path)
{
	static const char *const endings[] = {".yml", ".yaml", NULL};
	struct opt_list files = {0};
	struct fault f = {0};
	struct slice bytes;
	char *name;

	if (pack_load(m, path))
		return;
	if (!tool_files(path, endings, &m->mem, &files, &f)) {
		tool_fault(m->t, path, &f);
		exit(2);
	}
	for (size_t i = 0; i < files.n; i++) {
		struct arena once = {0};

		name = mem_str(files.v[i]);
		if (tool_file(name, RULE_MAX, &once, &bytes, &f)) {
			sigma_load(&m->sigma, bytes, files.v[i], path);
		} else {
			tool_fault(m->t, files.v[i], &f);
			m->faulty++;
		}
		arena_free(&once);
		free(name);
	}
	free(files.v);
}

static void
problems(struct matching *m)
{
	for (size_t i = 0; i < m->sigma.problems; i++) {
		const struct sigma_problem *p = &m->sigma.problem[i];

		if (p->trouble != SIGMA_UNSUPPORTED)
			tool_fault(m->t, p->file, &p->fault);
		m->faulty += p->trouble == SIGMA_FAULTY;
		m->unsupported += p->trouble != SIGMA_FAULTY;
	}
	if (m->unsupported)
		tool_say(m->t, "%zu rules cannot run here; --why-not lists them", m->unsupported);
	if (m->faulty)
		tool_status(m->t, 3);
	if (m->faulty && m->t->common.strict)
		exit(2);
	if (m->sigma.rules == 0 && !m->o.why_not && !m->o.list && m->o.expressions.n == 0 && m->intel == NULL &&
	    m->hunting->queries == 0)
		tool_usage(m->t, "no usable rule");
}

/* A pool belongs to one thread, so each worker has its own; they fork before the cell closes. */
static void
expressions(struct matching *m)
{
	struct fault f = {0};
	struct sha256 sum;
	struct buf b = {0};
	size_t n = m->o.expressions.n;

	if (n == 0)
		return;
	if (m->o.level.n == 0)
		m->o.level = SLICE("medium");
	if (level_of(m->o.level) == 0)
		tool_usage(m->t, "--level: informational, low, medium, high or critical is wanted");
	m->pools = m->t->common.jobs;
	m->pool = mem_zero(m->pools, sizeof(struct jq_pool *));
	m->expression = mem_zero(n, sizeof *m->expression);
	m->expression_id = mem_zero(n, sizeof *m->expression_id);
	for (size_t p = 0; p < m->pools; p++) {
		m->pool[p] = jq_pool_new();
		for (size_t i = 0; i < n; i++)
			if (!jq_pool_add(m->pool[p], m->o.expressions.v[i], &m->expression[i], &f)) {
				tool_fault(m->t, m->o.expressions.v[i], &f);
				exit(2);
			}
		if (!jq_pool_start(m->pool[p], &f)) {
			tool_fault(m->t, SLICE("-e"), &f);
			exit(2);
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (!digest_sha256(&m->o.expressions.v[i], 1, &sum))
			tool_die(m->t, 0, "SHA-256 is not to be had");
		buf_reset(&b);
		buf_lit(&b, "expr-");
		buf_hex(&b, sum.b, 8);
		m->expression_id[i] = arena_slice(&m->mem, buf_slice(&b));
	}
	buf_free(&b);
}

/* What carries an old aggregation's condition and the correlation that it is part of are one rule. */
size_t
rules_loaded(const struct matching *m)
{
	return m->sigma.rules + sigma_correlations(&m->sigma) - (m->sigma.meta ? m->sigma.meta->parts : 0);
}

static void
correlations(struct matching *m)
{
	struct correlate_options o = {.lateness = CORRELATE_ALL, .memory = m->o.state_memory ? m->o.state_memory : STATE_MEMORY};
	int64_t seconds;

	m->said.late = m->said.evicted = 1;
	if (m->o.lateness.n && !slice_eq(m->o.lateness, SLICE("all"))) {
		if (!stamp_duration(m->o.lateness, &seconds) || seconds > 3155695200)
			tool_usage(m->t, "--lateness: all, or a duration such as 10m, is wanted");
		o.lateness = seconds * 1000000000;
	}
	if (o.memory < 1024 * 1024)
		tool_usage(m->t, "--state-memory: 1M is the least");
	m->correlate = correlate_new(&m->sigma, &o);
	state_begin(m);
}

static bool
is_packed(const struct matching *m, struct slice file)
{
	for (size_t i = 0; i < m->sigma.rules; i++)
		if (slice_eq(m->sigma.rule[i]->file, file))
			return true;
	return false;
}

/* Rules are packed; what else is built in (correlations) is read. */
static void
builtin(struct matching *m)
{
	if (m->o.why_event.n == 0 && m->o.values.n == 0)
		(void)pack_builtin(m, builtin_pack[0].bytes);
	for (const struct embed *e = builtin_rules; e->name; e++)
		if (!is_packed(m, slice_str(e->name)))
			sigma_load(&m->sigma, e->bytes, slice_str(e->name), SLICE("builtin"));
}

static void
values(struct matching *m)
{
	struct fault f = {0};
	struct slice bytes;
	char *name = mem_str(m->o.values);

	if (m->o.values.n && (!tool_file(name, RULE_MAX, &m->mem, &bytes, &f) || !sigma_values(&m->sigma, bytes, &f))) {
		tool_fault(m->t, m->o.values, &f);
		exit(2);
	}
	free(name);
}

void
match_load(struct matching *m)
{
	struct slice rest = m->o.assume;

	m->sigma.mem = &m->mem;
	fold_start();
	expressions(m);
	if (m->o.indicators.n || (m->o.compile.n && m->o.rules.n == 0))
		indicators_load(m);
	values(m);
	local_load(m);
	hunt_load(m);
	for (size_t i = 0; i < m->o.rules.n; i++)
		load_path(m, m->o.rules.v[i]);
	if (m->o.rules.n == 0 && m->o.expressions.n == 0 && m->intel == NULL && m->hunting->queries == 0)
		builtin(m);
	if (m->set && m->sigma.meta && m->sigma.meta->filters)
		tool_usage(m->t, "filters want rules that are not packed");
	sigma_resolve(&m->sigma);
	if (m->o.why_event.n)
		whynot_load(m);
	local_overlay(m);
	if (m->set)
		match_finish(m->set, &m->sigma);
	else
		m->set = match_compile(&m->sigma, &m->mem);
	if (m->o.compile.n) {
		problems(m);
		pack_write(m);
	}
	correlations(m);
	problems(m);
	m->shapes = shape_set_new();
	if (rest.n) {
		m->shape.assume.product = slice_cut(&rest, '/');
		m->shape.assume.service = rest;
	}
	m->hits = mem_zero(m->sigma.rules, sizeof *m->hits);
	m->cost = mem_zero(m->sigma.rules, sizeof *m->cost);
	m->looked = mem_zero(match_kinds(m->set) + 1, sizeof *m->looked);
}

/* ---- --list, --why-not ---------------------------------------------------------------------------------------------- */

static void
print(struct tool *t, struct text_table *table)
{
	struct text_style style = {.width = isatty(1) ? t->width : 0, .colour = t->colour, .utf8 = t->utf8};
	struct buf b = {0};

	text_table_put(table, &style, &b);
	t->out = out_open(1);
	out_add(&t->out, buf_slice(&b));
	if (!out_end(&t->out, NULL))
		tool_die(t, 0, "cannot write the output");
	buf_free(&b);
	text_table_free(table);
}

static void
list_rules(struct matching *m)
{
	static const char *const heads[] = {"LEVEL", "RULE", "LOG SOURCE", "ATT&CK", "ID", NULL};
	struct text_table *table = text_table_new(heads, "lllll");
	struct buf b = {0};

	for (size_t i = 0; i < m->sigma.rules; i++) {
		const struct sigma_rule *r = m->sigma.rule[i];

		text_cell(table, r->level);
		text_cell(table, r->title);
		buf_reset(&b);
		buf_slice_add(&b, r->product);
		buf_lit(&b, "/");
		buf_slice_add(&b, r->service.n ? r->service : r->category);
		text_cell(table, buf_slice(&b));
		buf_reset(&b);
		for (size_t k = 0; k < r->tags.n; k++)
			if (slice_starts(r->tags.v[k], SLICE("attack.t")) && r->tags.v[k].n > 8 && r->tags.v[k].p[8] <= '9') {
				buf_str(&b, b.n ? " T" : "T");
				buf_slice_add(&b, slice_from(r->tags.v[k], 8));
			}
		text_cell(table, buf_slice(&b));
		text_cell(table, r->id);
	}
	buf_free(&b);
	print(m->t, table);
}

void
match_list(struct matching *m)
{
	static const char *const heads[] = {"FILE", "PLACE", "WHY NOT", "RULE", NULL};
	struct text_table *table;
	struct buf b = {0};

	if (m->o.list) {
		list_rules(m);
		return;
	}
	table = text_table_new(heads, "llll");
	for (size_t i = 0; i < m->sigma.problems; i++) {
		const struct sigma_problem *p = &m->sigma.problem[i];

		text_cell(table, p->file);
		buf_reset(&b);
		buf_u64(&b, p->fault.line);
		buf_byte(&b, ':');
		buf_u64(&b, p->fault.column);
		text_cell(table, buf_slice(&b));
		buf_reset(&b);
		buf_str(&b, p->fault.what);
		if (p->fault.near[0]) {
			buf_lit(&b, ": ");
			buf_str(&b, p->fault.near);
		}
		text_cell(table, buf_slice(&b));
		text_cell(table, p->title);
	}
	buf_free(&b);
	print(m->t, table);
}
