/*
 * Processes of a story's alerts as a tree.  A parent that no alert shows is made up from the child's parent fields, and marked
 * so.
 */
#include "lib/report/sections.h"

#include <stdlib.h>

enum { NODES_MAX = 400, TREE_DEPTH = 24 };
#define NO_NODE UINT32_MAX

struct node {
	uint32_t exe, cmd, pid, host;
	uint32_t parent, child, next;		/* child: first; next: sibling */
	struct stamp at;
	bool made_up;
};
struct tree {
	struct node *v;
	size_t n, cap;
	struct map by_key;
};

/* An id of the process if the log has one; else host, number and program, which may be two processes in time. */
static struct slice
key_of(struct model *m, uint32_t host, uint32_t entity, uint32_t pid, uint32_t exe)
{
	uint32_t key[4] = {host, entity, entity ? 0 : pid, entity ? 0 : exe};

	buf_reset(&m->made);
	buf_add(&m->made, key, sizeof key);
	return buf_slice(&m->made);
}

static uint32_t
node_take(struct tree *t, struct slice key, bool *made)
{
	struct map_row *row = map_put(&t->by_key, key, made);

	if (*made) {
		t->v = mem_grow(t->v, &t->cap, t->n, sizeof *t->v);
		t->v[t->n] = (struct node){.parent = NO_NODE, .child = NO_NODE, .next = NO_NODE};
		row->v.u = t->n++;
	}
	return (uint32_t)row->v.u;
}

static bool
above(const struct tree *t, uint32_t node, uint32_t of)
{
	for (int i = 0; i < TREE_DEPTH && of != NO_NODE; i++, of = t->v[of].parent)
		if (of == node)
			return true;
	return of != NO_NODE;
}

static void
hang(struct tree *t, uint32_t child, uint32_t parent)
{
	uint32_t *last = &t->v[parent].child;

	if (t->v[child].parent != NO_NODE || above(t, child, parent))
		return;
	t->v[child].parent = parent;
	while (*last != NO_NODE)
		last = &t->v[*last].next;
	*last = child;
}

static void
take(struct model *m, struct tree *t, const struct alert *a)
{
	const struct process *p = &m->process[a->process - 1];
	bool made;
	uint32_t n = node_take(t, key_of(m, a->host, p->entity, p->pid, p->exe), &made), up;

	if (made || t->v[n].made_up)
		t->v[n] = (struct node){.exe = p->exe, .cmd = p->cmd, .pid = p->pid, .host = a->host, .at = a->at, .parent =
		    t->v[n].parent,
		    .child = t->v[n].child, .next = t->v[n].next};
	if (!p->pexe || (!p->pentity && !p->ppid))
		return;
	up = node_take(t, key_of(m, a->host, p->pentity, p->ppid, p->pexe), &made);
	if (made) {
		t->v[up].exe = p->pexe;
		t->v[up].cmd = p->pcmd;
		t->v[up].pid = p->ppid;
		t->v[up].host = a->host;
		t->v[up].at = a->at;
		t->v[up].made_up = true;
	}
	hang(t, n, up);
}

static void
node_put(struct sheet *s, const struct node *n, bool hosts)
{
	if (!n->made_up) {
		sheet_time(s, n->at);
		sheet_str(s, " ");
	}
	if (hosts) {
		sheet_text_no(s, RUN_TEXT, n->host);
		sheet_str(s, " ");
	}
	if (n->pid) {
		sheet_str(s, "[");
		sheet_text_no(s, RUN_MUTED, n->pid);
		sheet_str(s, "] ");
	}
	sheet_text_no(s, RUN_CODE, n->cmd ? n->cmd : n->exe);
	if (n->made_up)
		sheet_run(s, RUN_MADE, SLICE(" (known only as a parent)"));
}

/* Down by child, right by next, up by parent: no recursion, since depth is data. */
static void
walk(struct sheet *s, const struct tree *t, uint32_t root, bool hosts)
{
	uint32_t n = root;

	for (;;) {
		sheet_item(s);
		node_put(s, &t->v[n], hosts);
		if (t->v[n].child != NO_NODE) {
			sheet_list(s);
			n = t->v[n].child;
			continue;
		}
		sheet_item_end(s);
		while (n != root && t->v[n].next == NO_NODE) {
			n = t->v[n].parent;
			sheet_list_end(s);
			sheet_item_end(s);
		}
		if (n == root)
			return;
		n = t->v[n].next;
	}
}

void
story_tree(struct sheet *s, const struct story *y)
{
	struct tree t = {0};
	uint64_t left = 0;

	for (uint32_t i = 0; i < y->n; i++) {
		const struct alert *a = &s->m->alert[s->m->order[y->from + i]];

		if (a->process && t.n < NODES_MAX)
			take(s->m, &t, a);
		else
			left += a->process != 0;
	}
	if (t.n) {
		sheet_list(s);
		for (uint32_t i = 0; i < t.n; i++)
			if (t.v[i].parent == NO_NODE)
				walk(s, &t, i, story_hosts(s->m, y));
		sheet_list_end(s);
	}
	if (left) {
		sheet_para(s);
		sheet_str(s, "Hits whose processes are not drawn, for size: ");
		sheet_u64(s, left);
		sheet_para_end(s);
	}
	free(t.v);
	map_free(&t.by_key);
}

static bool
has_process(const struct model *m, const struct story *y)
{
	for (uint32_t i = 0; i < y->n; i++)
		if (m->alert[m->order[y->from + i]].process)
			return true;
	return false;
}

void
section_processes(struct sheet *s)
{
	struct buf b = {0};
	bool some = false;

	for (size_t i = 0; i < s->m->stories && i < STORIES_FULL && !sheet_full(s); i++) {
		if (!has_process(s->m, &s->m->story[i]))
			continue;
		some = true;
		buf_reset(&b);
		buf_lit(&b, "S");
		buf_u64(&b, i + 1);
		buf_lit(&b, "  ");
		buf_slice_add(&b, text_of(s->m, s->m->story[i].host));
		sheet_fold(s, buf_slice(&b));
		story_tree(s, &s->m->story[i]);
		sheet_fold_end(s);
	}
	buf_free(&b);
	if (some)
		return;
	sheet_para(s);
	sheet_str(s, "No hit names a process.");
	sheet_para_end(s);
}
