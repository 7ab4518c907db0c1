#include "lib/report/graph.h"

#include "lib/report/esc.h"

#include <stdlib.h>

enum { ROW = 26, TOP = 24, WIDTH = 960, LEFT = 300, MIDDLE = 480, RIGHT = 660, NAME_MAX_SHOWN = 34 };

static void
edge_add(struct graph *g, struct map *seen, uint32_t from, uint32_t to, bool user, int level)
{
	uint32_t key[3] = {from, to, user};
	bool made;
	struct map_row *row;

	if (!from || !to || from == to)
		return;
	row = map_put(seen, slice_of((const char *)key, sizeof key), &made);
	if (made) {
		g->edge = mem_grow(g->edge, &g->cap, g->n, sizeof *g->edge);
		g->edge[g->n] = (struct graph_edge){.from = from, .to = to, .user = user};
		row->v.u = g->n++;
	}
	g->edge[row->v.u].hits++;
	if (level > g->edge[row->v.u].level)
		g->edge[row->v.u].level = level;
}

static int
by_hits(const void *a, const void *b, void *model)
{
	const struct graph_edge *x = a, *y = b;

	if (x->level != y->level)
		return y->level - x->level;
	if (x->hits != y->hits)
		return x->hits > y->hits ? -1 : 1;
	if (x->to != y->to)
		return slice_cmp(text_of(model, x->to), text_of(model, y->to));
	return slice_cmp(text_of(model, x->from), text_of(model, y->from));
}

struct graph
graph_make(struct model *m, const struct story *y)
{
	struct graph g = {0};
	struct map seen = {0};

	for (uint32_t i = 0; i < y->n; i++) {
		const struct alert *a = &m->alert[m->order[y->from + i]];

		edge_add(&g, &seen, a->source, a->host, false, a->level);
		edge_add(&g, &seen, a->destination, a->host, false, a->level);
		edge_add(&g, &seen, a->user, a->host, true, a->level);
	}
	map_free(&seen);
	if (g.n)
		qsort_r(g.edge, g.n, sizeof *g.edge, by_hits, m);
	return g;
}

void
graph_free(struct graph *g)
{
	free(g->edge);
}

/* ---- the page ---------------------------------------------------------------------------------------------------- */

struct column {
	uint32_t name[GRAPH_NODES];
	size_t n;
};

/* Row of a name; GRAPH_NODES: it found no place. */
static size_t
place(struct column *c, uint32_t name)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->name[i] == name)
			return i;
	if (c->n == GRAPH_NODES)
		return GRAPH_NODES;
	c->name[c->n] = name;
	return c->n++;
}

static void
attr(struct buf *out, const char *name, uint64_t v)
{
	buf_byte(out, ' ');
	buf_str(out, name);
	buf_lit(out, "=\"");
	buf_u64(out, v);
	buf_byte(out, '"');
}

static uint64_t
y_of(size_t row)
{
	return TOP + row * ROW;
}

static void
edge_put(struct model *m, const struct graph_edge *e, size_t from, size_t to, struct buf *out)
{
	buf_lit(out, "<g class=\"e");
	buf_u64(out, (uint64_t)e->level);
	buf_lit(out, "\"><title>");
	esc_html(out, text_of(m, e->from));
	buf_lit(out, " - ");
	esc_html(out, text_of(m, e->to));
	buf_lit(out, ": hits ");
	buf_u64(out, e->hits);
	buf_lit(out, "</title><line");
	attr(out, "x1", e->user ? RIGHT - 6 : LEFT + 6);
	attr(out, "y1", y_of(from));
	attr(out, "x2", e->user ? MIDDLE + 110 : MIDDLE - 110);
	attr(out, "y2", y_of(to));
	attr(out, "stroke-width", e->hits >= 100 ? 4 : e->hits >= 10 ? 3 : e->hits > 1 ? 2 : 1);
	buf_lit(out, "/></g>\n");
}

/* A long name is cut in the picture; the table has it whole. */
static void
names_put(struct model *m, const struct column *c, uint64_t x, const char *class, struct buf *out)
{
	for (size_t i = 0; i < c->n; i++) {
		struct slice s = text_of(m, c->name[i]);
		size_t n = s.n > NAME_MAX_SHOWN ? NAME_MAX_SHOWN - 3 : s.n;

		while (n > 0 && n < s.n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
			n--;
		buf_lit(out, "<text class=\"");
		buf_str(out, class);
		buf_byte(out, '"');
		attr(out, "x", x);
		attr(out, "y", y_of(i) + 4);
		buf_byte(out, '>');
		esc_html(out, slice_head(s, n));
		if (n < s.n)
			buf_lit(out, "...");
		buf_lit(out, "</text>\n");
	}
}

void
graph_svg(struct model *m, const struct graph *g, struct buf *out)
{
	struct column address = {0}, host = {0}, user = {0};
	struct buf lines = {0};
	size_t rows, left = 0;

	for (size_t i = 0; i < g->n; i++) {
		const struct graph_edge *e = &g->edge[i];
		size_t to = place(&host, e->to), from = to < GRAPH_NODES ? place(e->user ? &user : &address, e->from) :
		    GRAPH_NODES;

		if (from < GRAPH_NODES)
			edge_put(m, e, from, to, &lines);
		else
			left++;
	}
	rows = address.n > host.n ? address.n : host.n;
	rows = user.n > rows ? user.n : rows;
	buf_lit(out, "<svg class=\"when graph\" role=\"img\" viewBox=\"0 0 960 ");
	buf_u64(out, y_of(rows));
	buf_lit(out, "\"><title>Addresses, hosts and users of a story");
	if (left) {
		buf_lit(out, "; pairs without room: ");
		buf_u64(out, left);
	}
	buf_lit(out, "</title>\n");
	buf_slice_add(out, buf_slice(&lines));
	names_put(m, &address, LEFT, "r", out);
	names_put(m, &host, MIDDLE, "m", out);
	names_put(m, &user, RIGHT, "l", out);
	buf_lit(out, "</svg>\n");
	buf_free(&lines);
}
