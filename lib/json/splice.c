#include "lib/base/mem.h"
#include "lib/json/priv.h"

#include <assert.h>
#include <stdlib.h>

void
json_edit(struct json_edits *e, uint32_t at, uint32_t del, struct slice text)
{
	e->v = mem_grow(e->v, &e->cap, e->n, sizeof *e->v);
	e->v[e->n++] = (struct json_edit){at, del, text};
}

/* Did an earlier call already put members there? */
static bool
inserted(const struct json_edits *e, uint32_t at)
{
	for (size_t i = e->n; i > 0; i--)
		if (e->v[i - 1].at == at && e->v[i - 1].del == 0)
			return true;
	return false;
}

void
json_edit_members(struct json_edits *e, const struct json *j, uint32_t object, struct slice members)
{
	const struct json_node *v = &j->node[object];
	uint32_t at = v->end - 1;

	if (members.n == 0)
		return;
	if (v->next > object + 1 || inserted(e, at))
		json_edit(e, at, 0, SLICE(","));
	json_edit(e, at, 0, members);
}

void
json_edit_value(struct json_edits *e, const struct json *j, uint32_t v, struct slice json)
{
	json_edit(e, j->node[v].at, j->node[v].end - j->node[v].at, json);
}

/* Stable, and linear when the edits were made from left to right, as most are; a record has few of them. */
static void
sort(struct json_edits *e)
{
	for (size_t i = 1; i < e->n; i++) {
		struct json_edit x = e->v[i];
		size_t k = i;

		for (; k > 0 && e->v[k - 1].at > x.at; k--)
			e->v[k] = e->v[k - 1];
		e->v[k] = x;
	}
}

void
json_splice(struct json_edits *e, struct slice line, struct buf *out)
{
	size_t from = 0;

	sort(e);
	buf_room(out, line.n);
	for (size_t i = 0; i < e->n; i++) {
		const struct json_edit *x = &e->v[i];

		assert(x->at >= from && x->del <= line.n - x->at);
		buf_add(out, line.p + from, x->at - from);
		buf_slice_add(out, x->text);
		from = x->at + x->del;
	}
	buf_add(out, line.p + from, line.n - from);
}

void
json_edits_free(struct json_edits *e)
{
	free(e->v);
	*e = (struct json_edits){0};
}
