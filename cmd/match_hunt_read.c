/* A hunt file: a hypothesis and the queries that would show it. */
#include "cmd/match_hunt.h"

#include <stdlib.h>

#include "lib/base/num.h"
#include "lib/port/yaml.h"

enum { HUNT_MAX = 1024 * 1024, BASELINE_MAX = 256 * 1024 * 1024 };

struct hunt_file {
	struct matching *m;
	struct slice path;
	struct hunt *hunt;
};

static _Noreturn void
refuse(struct hunt_file *h, const char *what, const struct yaml *y, struct slice near)
{
	struct fault f = {0};

	(void)fault_place(&f, what, near, y->line, y->column);
	tool_fault(h->m->t, h->path, &f);
	exit(2);
}

static const struct yaml *
must(struct hunt_file *h, const struct yaml *y, const char *name)
{
	const struct yaml *v = yaml_get(y, name);

	if (v == NULL)
		refuse(h, "is missing", y, slice_str(name));
	return v;
}

static struct slice
text(struct hunt_file *h, const struct yaml *y)
{
	if (y->type != YAML_SCALAR || y->text.n == 0)
		refuse(h, "text is wanted", y, SLICE(""));
	return y->text;
}

static void
only(struct hunt_file *h, const struct yaml *y, const char *const *names)
{
	if (y->type != YAML_MAP)
		refuse(h, "a map is wanted", y, SLICE(""));
	for (size_t i = 0; i < y->n; i++) {
		size_t k = 0;

		while (names[k] && !slice_eq(y->key[i].text, slice_str(names[k])))
			k++;
		if (names[k] == NULL)
			refuse(h, "unknown word", &y->key[i], y->key[i].text);
	}
}

/* ---- queries that count --------------------------------------------------------------------------------------------------- */

static void
group(struct hunt_file *h, const struct yaml *y, struct sigma_correlation *c)
{
	size_t n = y->type == YAML_LIST ? y->n : 1;

	if (y->type == YAML_MAP || n == 0 || n > SIGMA_GROUPS)
		refuse(h, "a field, or up to 16 of them, is wanted", y, SLICE(""));
	c->group = arena_zero(&h->m->mem, n * sizeof *c->group);
	for (size_t i = 0; i < n; i++) {
		struct slice name = text(h, y->type == YAML_LIST ? &y->item[i] : y);

		c->group[c->groups++] = (struct sigma_key){.name = name, .slot = {sigma_want(&h->m->sigma, name)}};
	}
}

static void
span(struct hunt_file *h, const struct yaml *y, struct sigma_correlation *c)
{
	if (!sigma_span(text(h, y), &c->span))
		refuse(h, "a time such as 90s, 5m, 1h or 7d is wanted", y, y->text);
}

static double
number(struct hunt_file *h, const struct yaml *y)
{
	double n;

	if (!num_f64(text(h, y), &n))
		refuse(h, "a number is wanted", y, y->text);
	return n;
}

/* One value a line; of several fields the values stand between tabs. */
static void
baseline(struct hunt_file *h, const struct yaml *y, struct sigma_correlation *c)
{
	struct slice bytes, line;
	struct fault f = {0};
	struct arena once = {0};
	char *name = mem_str(text(h, y));
	struct buf b = {0};

	if (!tool_file(name, BASELINE_MAX, &once, &bytes, &f)) {
		tool_fault(h->m->t, y->text, &f);
		exit(2);
	}
	c->known = mem_zero(1, sizeof *c->known);
	while (bytes.n) {
		line = slice_cut(&bytes, '\n');
		buf_reset(&b);
		while (c->groups > 1 && line.p) {
			struct slice v = slice_cut(&line, '\t');
			uint32_t n = (uint32_t)v.n;

			buf_add(&b, &n, sizeof n);
			buf_slice_add(&b, v);
		}
		map_put(c->known, c->groups > 1 ? buf_slice(&b) : line, NULL);
	}
	buf_free(&b);
	arena_free(&once);
	free(name);
}

static void
first_seen(struct hunt_file *h, const struct yaml *y, struct sigma_correlation *c)
{
	static const char *const names[] = {"field", "baseline", NULL};
	const struct yaml *b = yaml_get(y, "baseline");

	only(h, y, names);
	c->type = SIGMA_FIRST_SEEN;
	group(h, must(h, y, "field"), c);
	if (b)
		baseline(h, b, c);
}

static void
more(struct sigma_correlation *c, double n)
{
	c->bound[c->bounds++] = (struct sigma_bound){'}', n};
}

static void
threshold(struct hunt_file *h, const struct yaml *y, struct sigma_correlation *c)
{
	static const char *const names[] = {"by", "at-least", "within", NULL};
	const struct yaml *by = yaml_get(y, "by");

	only(h, y, names);
	c->type = SIGMA_EVENT_COUNT;
	if (by)
		group(h, by, c);
	more(c, number(h, must(h, y, "at-least")));
	span(h, must(h, y, "within"), c);
}

static void
spike(struct hunt_file *h, const struct yaml *y, struct sigma_correlation *c)
{
	static const char *const names[] = {"by", "every", "factor", "at-least", NULL};
	const struct yaml *by = yaml_get(y, "by"), *least = yaml_get(y, "at-least");

	only(h, y, names);
	c->type = SIGMA_SPIKE;
	if (by)
		group(h, by, c);
	span(h, must(h, y, "every"), c);
	c->factor = number(h, must(h, y, "factor"));
	more(c, least ? number(h, least) : 10);
}

static void
silence(struct hunt_file *h, const struct yaml *y, struct sigma_correlation *c)
{
	static const char *const names[] = {"by", "longer-than", NULL};
	const struct yaml *by = yaml_get(y, "by");

	only(h, y, names);
	c->type = SIGMA_SILENCE;
	if (by)
		group(h, by, c);
	span(h, must(h, y, "longer-than"), c);
}

/* ---- queries -------------------------------------------------------------------------------------------------------- */

static void
counting(struct hunt_file *h, const struct yaml *y, struct query *q)
{
	static const struct {
		const char *name;
		void (*read)(struct hunt_file *, const struct yaml *, struct sigma_correlation *);
	} row[] = {{"first-seen", first_seen}, {"threshold", threshold}, {"spike", spike}, {"silence", silence}};
	struct sigma_rule *about;

	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		const struct yaml *v = yaml_get(y, row[i].name);

		if (v == NULL)
			continue;
		if (q->many)
			refuse(h, "only one of first-seen, threshold, spike and silence", v, SLICE(""));
		about = arena_zero(&h->m->mem, sizeof *about);
		*about = (struct sigma_rule){.id = q->id, .title = q->shown, .level = q->level,
		    .description = h->hunt->hypothesis,
		    .file = h->path, .folder = h->path, .line = y->line};
		q->many = sigma_hears(&h->m->sigma, about, q->when);
		row[i].read(h, v, q->many);
	}
}

static void
logsource(struct hunt_file *h, const struct yaml *y, struct query *q)
{
	static const char *const names[] = {"product", "category", "service", NULL};
	struct slice *to[] = {&q->ls.product, &q->ls.category, &q->ls.service};

	if (y == NULL)
		return;
	only(h, y, names);
	for (size_t i = 0; i < 3; i++)
		if (yaml_get(y, names[i]))
			*to[i] = text(h, yaml_get(y, names[i]));
}

static struct slice
joined(struct hunt_file *h, struct slice a, const char *between, struct slice b)
{
	struct buf t = {0};
	struct slice s;

	buf_slice_add(&t, a);
	buf_str(&t, between);
	buf_slice_add(&t, b);
	s = arena_slice(&h->m->mem, buf_slice(&t));
	buf_free(&t);
	return s;
}

static void
query(struct hunt_file *h, const struct yaml *y)
{
	static const char *const names[] = {"name", "logsource", "selection", "first-seen", "threshold", "spike", "silence",
	    "level", NULL};
	const struct yaml *level = yaml_get(y, "level");
	struct query *q = query_new(h->m);
	struct fault f = {0};

	only(h, y, names);
	q->hunt = h->hunt;
	q->name = text(h, must(h, y, "name"));
	q->shown = joined(h, h->hunt->title, ": ", q->name);
	q->id = joined(h, h->hunt->id, "/", q->name);
	if (level && level_of(text(h, level)) == 0)
		refuse(h, "informational, low, medium, high or critical is wanted", level, level->text);
	if (level)
		q->level = level->text;
	logsource(h, yaml_get(y, "logsource"), q);
	q->when = sigma_aside(&h->m->sigma, must(h, y, "selection"), &f);
	if (q->when == NULL) {
		tool_fault(h->m->t, h->path, &f);
		exit(2);
	}
	q->when->file = h->path;
	q->when->title = q->shown;
	q->when->mute = true;
	counting(h, y, q);
}

void
hunt_read(struct matching *m, struct slice path)
{
	static const char *const names[] = {"title", "id", "hypothesis", "author", "date", "references", "queries", NULL};
	struct hunt_file h = {m, path, arena_zero(&m->mem, sizeof *h.hunt)};
	struct slice bytes;
	struct yaml *doc = NULL;
	const struct yaml *list, *id;
	struct fault f = {0};
	char *name = mem_str(path);
	size_t n = 0;

	if (!tool_file(name, HUNT_MAX, &m->mem, &bytes, &f) || !yaml_read(bytes, 1, &m->mem, &doc, &n, &f) || n == 0) {
		if (f.what == NULL)
			(void)fault_set(&f, "the file is empty", 0);
		tool_fault(m->t, path, &f);
		exit(2);
	}
	free(name);
	only(&h, doc, names);
	h.hunt->file = path;
	h.hunt->title = text(&h, must(&h, doc, "title"));
	h.hunt->hypothesis = text(&h, must(&h, doc, "hypothesis"));
	id = yaml_get(doc, "id");
	h.hunt->id = id ? text(&h, id) : h.hunt->title;
	list = must(&h, doc, "queries");
	if (list->type != YAML_LIST || list->n == 0)
		refuse(&h, "a list of queries is wanted", list, SLICE(""));
	for (size_t i = 0; i < list->n; i++)
		query(&h, &list->item[i]);
}
