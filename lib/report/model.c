#include "lib/report/model.h"

#include <stdlib.h>

#include "lib/base/fault.h"
#include "lib/base/utf8.h"
#include "lib/report/model_priv.h"

const char *const level_words[LEVELS] = {"unknown", "informational", "low", "medium", "high", "critical"};
const char *const tlp_words[6] = {"", "TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"};
const char *const entity_word[ENTITY_TYPES] = {"host", "user", "ip", "domain", "hash", "file", "process"};

static const struct slice path_text[PATH_COUNT] = {
#define PATH(id, path) [P_##id] = SLICE_INIT(path),
#include "lib/report/paths.def"
#undef PATH
};

int
level_word(struct slice s)
{
	for (int i = 1; i < LEVELS; i++)
		if (slice_eq_nocase(s, slice_str(level_words[i])))
			return i;
	return 0;
}

struct model *
model_new(const struct report_options *o)
{
	struct model *m = mem_zero(1, sizeof *m);

	m->o = *o;
	m->redactor.off = o->keep_secrets;
	m->redactor.mask = o->mask;
	m->redactor.masks = o->masks;
	m->text_budget = o->text_budget ? o->text_budget : TEXT_BUDGET;
	(void)map_put(&m->text, SLICE(""), NULL);
	m->paths = json_paths_new();
	for (int i = 0; i < PATH_COUNT; i++)
		(void)json_paths_add(m->paths, path_text[i]);
	json_paths_done(m->paths);
	m->slot = mem_zero(json_paths_count(m->paths), sizeof *m->slot);
	m->reader = json_new(&json_limits_stream);
	return m;
}

static void
docs_free(struct docs *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free((char *)(uintptr_t)d->v[i].json.p);
		free(d->v[i].alert);
	}
	free(d->v);
	map_free(&d->by_id);
}

void
model_free(struct model *m)
{
	if (!m)
		return;
	redact_free(&m->redactor);
	map_free(&m->text);
	map_free(&m->rule_by);
	map_free(&m->finding_by);
	map_free(&m->entity_by);
	map_free(&m->note_by);
	map_free(&m->source_by);
	map_free(&m->stack_by);
	map_free(&m->withheld);
	docs_free(&m->incident);
	docs_free(&m->action);
	docs_free(&m->result);
	for (size_t i = 0; i < m->ends; i++)
		free((char *)(uintptr_t)m->end[i].json.p);
	free(m->item);
	free(m->alert);
	free(m->why);
	free(m->process);
	free(m->rule);
	free(m->finding);
	free(m->entity);
	free(m->note);
	free(m->source);
	free(m->order);
	free(m->by_time);
	free(m->story);
	free(m->chart.v);
	json_paths_free(m->paths);
	free(m->slot);
	json_free(m->reader);
	buf_free(&m->scratch);
	buf_free(&m->shown);
	buf_free(&m->made);
	free(m);
}

/* ---- texts --------------------------------------------------------------------------------------------------------------- */

uint32_t
keep_text(struct model *m, struct slice s)
{
	bool made;
	struct map_row *row;

	if (s.n == 0)
		return 0;
	if (s.n > TEXT_SHORT && m->text_bytes + s.n > m->text_budget && !map_get(&m->text, s)) {
		m->texts_dropped++;
		s = SLICE("[not kept: memory]");
	}
	row = map_put(&m->text, s, &made);
	if (made)
		m->text_bytes += s.n + sizeof *row;
	return (uint32_t)(row - m->text.row);
}

/* The first `max` bytes, but no part of a character. */
struct slice
text_head(struct slice s, size_t max)
{
	size_t n = max;

	if (s.n <= max)
		return s;
	while (n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return slice_head(s, n);
}

uint32_t
text_shown_part(struct model *m, struct slice s, size_t max, size_t *off, size_t *len)
{
	struct slice head;

	buf_reset(&m->shown);
	redact_add(&m->redactor, s, &m->shown, off, len);
	head = text_head(buf_slice(&m->shown), max);
	if (head.n < m->shown.n) {
		size_t whole = m->shown.n;

		m->shown.n = head.n;
		buf_lit(&m->shown, "[... of ");
		buf_u64(&m->shown, whole);
		buf_lit(&m->shown, " bytes]");
		if (off && len && *off + *len > head.n)
			*len = 0;
	}
	return keep_text(m, buf_slice(&m->shown));
}

uint32_t
text_shown(struct model *m, struct slice s, size_t max)
{
	return s.n ? text_shown_part(m, s, max, NULL, NULL) : 0;
}

uint32_t
item_of(const struct model *m, struct list l, uint32_t i)
{
	return m->item[l.from + i];
}

bool
list_has(const struct model *m, struct list l, uint32_t text)
{
	for (uint32_t i = 0; i < l.n; i++)
		if (m->item[l.from + i] == text)
			return true;
	return false;
}

void
item_add(struct model *m, struct list *l, uint32_t text)
{
	m->item = mem_grow(m->item, &m->item_cap, m->items, sizeof *m->item);
	if (l->n == 0)
		l->from = (uint32_t)m->items;
	m->item[m->items++] = text;
	l->n++;
}

/* ---- documents ----------------------------------------------------------------------------------------------------------- */

bool
doc_open(struct model *m, struct slice json)
{
	struct fault f = {0};

	return json.n && json_one(m->reader, json, &f);
}

uint32_t
doc_node(const struct model *m, const char *path)
{
	return json_path(m->reader, 0, slice_str(path));
}

struct slice
doc_text(struct model *m, uint32_t node)
{
	buf_reset(&m->scratch);
	buf_reset(&m->shown);
	if (node == JSON_NONE || json_type(m->reader, node) == JSON_NULL)
		return SLICE("");
	redact_add(&m->redactor, json_text(m->reader, node, &m->scratch), &m->shown, NULL, NULL);
	return buf_slice(&m->shown);
}

uint64_t
doc_u64(const struct model *m, const char *path)
{
	uint32_t v = doc_node(m, path);
	uint64_t n = 0;

	return v != JSON_NONE && json_u64(m->reader, v, &n) ? n : 0;
}
