/* Who and what the hits speak of; and of these what is worth passing on. */
#include "lib/base/addr.h"
#include "lib/report/esc.h"
#include "lib/report/graph.h"
#include "lib/report/sections.h"
#include "lib/report/share.h"

#include <stdlib.h>

enum { ROWS_MAX = 200, INDICATORS_MAX = 5000 };

static int
by_weight(const void *a, const void *b, void *model)
{
	const struct model *m = model;
	const struct entity *x = &m->entity[*(const uint32_t *)a], *y = &m->entity[*(const uint32_t *)b];

	if (x->type != y->type)
		return x->type < y->type ? -1 : 1;
	if (x->level != y->level)
		return y->level - x->level;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return slice_cmp(text_of(m, x->value), text_of(m, y->value));
}

uint32_t *
entities_sorted(struct model *m)
{
	uint32_t *order = mem_alloc((m->entities + 1) * sizeof *order);

	for (size_t i = 0; i < m->entities; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, m->entities, sizeof *order, by_weight, m);
	return order;
}

static void
row(struct sheet *s, const struct entity *e)
{
	sheet_cell_text(s, e->type >= ENTITY_HASH ? RUN_CODE : RUN_TEXT, e->value);
	sheet_cell_level(s, e->level);
	sheet_cell_u64(s, e->count);
	sheet_cell(s);
	sheet_times(s, e->first, e->last);
	sheet_cell_end(s);
	sheet_cell_text(s, RUN_TEXT, e->about);
}

static void
type_put(struct sheet *s, const uint32_t *order, size_t n, enum entity_type type)
{
	static const char *const heads[] = {"Value", "Worst hit", "Hits", "When (UTC)", "Known of it"};
	static const char *const title[] = {"Hosts", "Users", "Addresses", "Domains", "Hashes", "Files", "Programs"};
	size_t rows = 0, all = 0;

	for (size_t i = 0; i < n; i++)
		all += s->m->entity[order[i]].type == type;
	if (all == 0)
		return;
	sheet_heading(s, "", slice_str(title[type]));
	sheet_table(s, heads, "tlrdl");
	for (size_t i = 0; i < n && rows < ROWS_MAX && !sheet_full(s); i++)
		if (s->m->entity[order[i]].type == type) {
			row(s, &s->m->entity[order[i]]);
			rows++;
		}
	sheet_table_end(s);
	if (all > rows) {
		sheet_para(s);
		sheet_u64(s, all - rows);
		sheet_str(s, " more with fewer or lesser hits are not shown.");
		sheet_para_end(s);
	}
}

static void
graph_put(struct sheet *s, const struct graph *g, size_t story)
{
	static const char *const heads[] = {"Address or user", "Host", "Worst hit", "Hits"};
	struct buf title = {0};

	buf_lit(&title, "Who with whom, in S");
	buf_u64(&title, story + 1);
	sheet_heading(s, "", buf_slice(&title));
	if (s->ops == &sheet_html)
		graph_svg(s->m, g, s->b);
	sheet_fold(s, SLICE("The pairs as a table"));
	sheet_table(s, heads, "ttlr");
	for (size_t i = 0; i < g->n && i < ROWS_MAX && !sheet_full(s); i++) {
		sheet_cell_text(s, RUN_TEXT, g->edge[i].from);
		sheet_cell_text(s, RUN_TEXT, g->edge[i].to);
		sheet_cell_level(s, g->edge[i].level);
		sheet_cell_u64(s, g->edge[i].hits);
	}
	sheet_table_end(s);
	sheet_fold_end(s);
	buf_free(&title);
}

/* Of the weightiest story that has something to draw, and no other: of all stories it would be a ball of wool. */
static void
first_graph(struct sheet *s)
{
	bool drawn = false;

	for (size_t i = 0; i < s->m->stories && i < STORIES_FULL && !drawn; i++) {
		struct graph g = graph_make(s->m, &s->m->story[i]);

		drawn = g.n > 1;
		if (drawn)
			graph_put(s, &g, i);
		graph_free(&g);
	}
}

void
section_entities(struct sheet *s)
{
	uint32_t *order = entities_sorted(s->m);

	first_graph(s);
	for (int t = 0; t < ENTITY_TYPES; t++)
		type_put(s, order, s->m->entities, (enum entity_type)t);
	if (s->m->entities == 0) {
		sheet_para(s);
		sheet_str(s, "No hit names one.");
		sheet_para_end(s);
	}
	free(order);
}

/* ---- indicators -------------------------------------------------------------------------------------------------- */

/* Addresses of one's own: RFC 1918, RFC 4193, loopback, link-local, unspecified, multicast. */
static bool
own_address(struct slice v)
{
	static const struct slice own[] = {SLICE_INIT("10.0.0.0/8"), SLICE_INIT("172.16.0.0/12"), SLICE_INIT("192.168.0.0/16"),
	    SLICE_INIT("127.0.0.0/8"), SLICE_INIT("169.254.0.0/16"), SLICE_INIT("0.0.0.0/8"), SLICE_INIT("224.0.0.0/3"),
	    SLICE_INIT("fc00::/7"),
	    SLICE_INIT("fe80::/10"), SLICE_INIT("::1/128"), SLICE_INIT("::/128"), SLICE_INIT("ff00::/8")};
	struct prefix p;
	struct addr a;

	if (!addr_read(v, &a))
		return true;
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (prefix_read(own[i], &p, NULL) && prefix_holds(&p, &a))
			return true;
	return false;
}

static bool
own_name(struct slice v)
{
	static const struct slice own[] = {SLICE_INIT(".local"), SLICE_INIT(".lan"), SLICE_INIT(".internal"),
	    SLICE_INIT(".intern"),
	    SLICE_INIT(".corp"), SLICE_INIT(".home.arpa"), SLICE_INIT(".localdomain"), SLICE_INIT(".in-addr.arpa"),
	    SLICE_INIT(".ip6.arpa")};
	struct addr a;

	if (slice_find(v, '.') == v.n || addr_read(v, &a))
		return true;
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (slice_ends_nocase(v, own[i]))
			return true;
	return false;
}

bool
indicator_is(const struct model *m, const struct entity *e)
{
	struct slice v = text_of(m, e->value);

	switch (e->type) {
	case ENTITY_IP:
		return !own_address(v);
	case ENTITY_DOMAIN:
		return !own_name(v);
	case ENTITY_HASH:
		return true;
	default:
		return false;
	}
}

static void
csv_row(struct model *m, const struct entity *e, struct buf *out)
{
	struct buf t = {0};

	esc_csv(out, slice_str(entity_word[e->type]));
	buf_byte(out, ',');
	esc_csv(out, text_of(m, e->value));
	buf_byte(out, ',');
	stamp_add(&t, e->first);
	esc_csv(out, buf_slice(&t));
	buf_byte(out, ',');
	buf_reset(&t);
	stamp_add(&t, e->last);
	esc_csv(out, buf_slice(&t));
	buf_byte(out, ',');
	buf_u64(out, e->count);
	buf_byte(out, ',');
	esc_csv(out, slice_str(level_words[e->level]));
	buf_byte(out, ',');
	esc_csv(out, text_of(m, e->about));
	buf_lit(out, "\r\n");
	buf_free(&t);
}

static void
indicator_row(struct sheet *s, const struct entity *e)
{
	struct buf b = {0};

	sheet_cell_str(s, entity_word[e->type]);
	esc_defang(&b, text_of(s->m, e->value));
	sheet_cell_slice(s, RUN_CODE, buf_slice(&b));
	sheet_cell_level(s, e->level);
	sheet_cell_u64(s, e->count);
	sheet_cell(s);
	sheet_times(s, e->first, e->last);
	sheet_cell_end(s);
	sheet_cell_text(s, RUN_TEXT, e->about);
	buf_free(&b);
}

void
section_indicators(struct sheet *s)
{
	static const char *const heads[] = {"Kind", "Value (defanged)", "Worst hit", "Hits", "When (UTC)", "Known of it"};
	uint32_t *order = entities_sorted(s->m);
	struct buf csv = {0};
	size_t n = 0;

	buf_lit(&csv, "type,value,first,last,hits,level,about\r\n");
	sheet_para(s);
	sheet_str(s, "Addresses, names and hashes that hits speak of, without private addresses and local names. They are "
	    "candidates: a person "
	    "decides which are malicious.");
	sheet_para_end(s);
	sheet_table(s, heads, "ltlrdl");
	for (size_t i = 0; i < s->m->entities && n < INDICATORS_MAX && !sheet_full(s); i++)
		if (indicator_is(s->m, &s->m->entity[order[i]])) {
			indicator_row(s, &s->m->entity[order[i]]);
			csv_row(s->m, &s->m->entity[order[i]], &csv);
			n++;
		}
	sheet_table_end(s);
	if (n && !sheet_full(s))
		s->ops->download(s, "indicators.csv", "text/csv", buf_slice(&csv));
	buf_free(&csv);
	free(order);
}
