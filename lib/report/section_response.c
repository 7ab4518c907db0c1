/* Response: what was planned, approved and done, by incident; and, last, the words of the report. */
#include "lib/report/sections.h"

#include <stdlib.h>

#define NO_ACTION UINT32_MAX

struct plans {
	struct map first;		/* incident's id -> first action + 1 */
	uint32_t *next;
};

static struct plans
plans_make(const struct model *m)
{
	struct plans p = {.next = mem_alloc((m->action.n + 1) * sizeof *p.next)};

	for (size_t i = m->action.n; i-- > 0;) {
		struct map_row *row = map_put(&p.first, text_of(m, m->action.v[i].of), NULL);

		p.next[i] = row->v.u ? (uint32_t)(row->v.u - 1) : NO_ACTION;
		row->v.u = i + 1;
	}
	return p;
}

static void
cell_of(struct sheet *s, int run, const char *path)
{
	sheet_cell_slice(s, run, doc_text(s->m, doc_node(s->m, path)));
}

/* name key=value ...: of the open action. */
static void
args_cell(struct sheet *s)
{
	struct model *m = s->m;
	uint32_t args = doc_node(m, "args");

	sheet_cell(s);
	sheet_run(s, RUN_CODE, doc_text(m, doc_node(m, "name")));
	if (args != JSON_NONE && json_type(m->reader, args) == JSON_OBJECT)
		for (uint32_t k = json_first(m->reader, args); k != JSON_NONE; k = json_following(m->reader, args, k)) {
			sheet_str(s, " ");
			sheet_run(s, RUN_MUTED, doc_text(m, k));
			sheet_str(s, "=");
			sheet_run(s, RUN_CODE, doc_text(m, json_value(m->reader, k)));
		}
	sheet_cell_end(s);
}

static void
argv_put(struct sheet *s)
{
	struct model *m = s->m;
	uint32_t v = doc_node(m, "argv");

	if (v == JSON_NONE || json_type(m->reader, v) != JSON_ARRAY)
		return;
	sheet_break(s);
	for (uint32_t k = json_first(m->reader, v); k != JSON_NONE; k = json_following(m->reader, v, k)) {
		sheet_run(s, RUN_CODE, doc_text(m, k));
		sheet_str(s, " ");
	}
}

static void
result_cell(struct sheet *s, uint32_t action)
{
	struct model *m = s->m;
	const struct map_row *row = map_get(&m->result.by_id, text_of(m, action));
	uint32_t check;

	sheet_cell(s);
	if (!row)
		sheet_run(s, RUN_MUTED, SLICE("no result"));
	else if (doc_open(m, m->result.v[row->v.u].json)) {
		sheet_run(s, RUN_STRONG, doc_text(m, doc_node(m, "state")));
		if (doc_node(m, "reason") != JSON_NONE) {
			sheet_str(s, ": ");
			sheet_run(s, RUN_TEXT, doc_text(m, doc_node(m, "reason")));
		}
		check = doc_node(m, "check");
		if (check != JSON_NONE)
			sheet_str(s, json_type(m->reader, check) == JSON_TRUE ? "; checked: holds" : "; checked: does not hold");
		if (doc_node(m, "until") != JSON_NONE) {
			sheet_str(s, "; until ");
			sheet_run(s, RUN_TEXT, slice_head(doc_text(m, doc_node(m, "until")), 19));
		}
		argv_put(s);
	}
	sheet_cell_end(s);
}

static void
action_row(struct sheet *s, const struct doc *d)
{
	if (!doc_open(s->m, d->json)) {
		sheet_cell_str(s, "");
		sheet_cell_str(s, "");
		sheet_cell_str(s, "not kept: too large");
		sheet_cell_str(s, "");
		sheet_cell_str(s, "");
		result_cell(s, d->id);
		return;
	}
	cell_of(s, RUN_TEXT, "stage");
	cell_of(s, RUN_TEXT, "step");
	args_cell(s);
	cell_of(s, RUN_TEXT, "approve.state");
	sheet_cell_slice(s, RUN_TEXT, slice_head(doc_text(s->m, doc_node(s->m, "due")), 16));
	result_cell(s, d->id);
}

static void
plan_head(struct sheet *s, const struct story *y)
{
	struct model *m = s->m;

	if (!doc_open(m, y->incident->json) || doc_node(m, "playbook.id") == JSON_NONE)
		return;
	sheet_para(s);
	sheet_str(s, "Playbook ");
	sheet_run(s, RUN_STRONG, doc_text(m, doc_node(m, "playbook.id")));
	sheet_str(s, " version ");
	sheet_run(s, RUN_TEXT, doc_text(m, doc_node(m, "playbook.version")));
	if (doc_node(m, "playbook.sha256") != JSON_NONE) {
		sheet_str(s, ", SHA-256 ");
		sheet_run(s, RUN_CODE, doc_text(m, doc_node(m, "playbook.sha256")));
	}
	sheet_para_end(s);
}

static void
plan_put(struct sheet *s, const struct plans *p, size_t story)
{
	static const char *const heads[] = {"Stage", "Step", "Action", "Approval", "Due (UTC)", "Result"};
	const struct story *y = &s->m->story[story];
	struct map_row *row = y->incident ? map_get(&p->first, text_of(s->m, y->id)) : NULL;
	struct buf b = {0};

	if (!row)
		return;
	buf_lit(&b, "S");
	buf_u64(&b, story + 1);
	buf_lit(&b, "  ");
	buf_slice_add(&b, text_of(s->m, y->title));
	sheet_heading(s, "", buf_slice(&b));
	plan_head(s, y);
	sheet_table(s, heads, "llttdt");
	for (uint32_t a = (uint32_t)(row->v.u - 1); a != NO_ACTION && !sheet_full(s); a = p->next[a])
		action_row(s, &s->m->action.v[a]);
	sheet_table_end(s);
	buf_free(&b);
}

void
section_response(struct sheet *s)
{
	struct plans p;

	if (s->m->action.n == 0) {
		sheet_para(s);
		sheet_str(s, "The stream holds no response steps (ir-escalate plans them).");
		sheet_para_end(s);
		return;
	}
	p = plans_make(s->m);
	sheet_para(s);
	sheet_str(s, "Planned steps and what became of them. `planned` is a dry run: nothing was changed.");
	sheet_para_end(s);
	for (size_t i = 0; i < s->m->stories && !sheet_full(s); i++)
		plan_put(s, &p, i);
	map_free(&p.first);
	free(p.next);
}

void
section_glossary(struct sheet *s)
{
	static const struct { const char *word, *meaning; } term[] = {
#define TERM(word, meaning) {word, meaning},
#include "lib/report/glossary.def"
#undef TERM
	};
	static const char *const heads[] = {"Word", "Meaning"};

	sheet_table(s, heads, "lt");
	for (size_t i = 0; i < sizeof term / sizeof *term; i++) {
		sheet_cell_slice(s, RUN_STRONG, slice_str(term[i].word));
		sheet_cell_str(s, term[i].meaning);
	}
	sheet_table_end(s);
}
