#include "lib/base/mem.h"
#include "lib/json/layout.h"
#include "lib/json/priv.h"

#include <stdlib.h>

const struct json_limits json_limits_source = {1024 * 1024, JSON_DEPTH_MAX, 262144};
const struct json_limits json_limits_stream = {16 * 1024 * 1024, JSON_DEPTH_MAX, 4194304};

/* Blanks around a line that is near the limit cost no memory beyond this. */
enum { BLANKS_MAX = 64 * 1024 };

struct json *
json_new(const struct json_limits *limits)
{
	struct json *j = mem_zero(1, sizeof *j);

	j->priv = mem_zero(1, sizeof *j->priv);
	j->priv->limits = *limits;
	if (j->priv->limits.depth > JSON_DEPTH_MAX)
		j->priv->limits.depth = JSON_DEPTH_MAX;
	j->priv->run = json_scan_best();
	return j;
}

void
json_free(struct json *j)
{
	if (j == NULL)
		return;
	json_layouts_free(j->priv->layouts);
	json_scan_free(&j->priv->lines);
	json_scan_free(&j->priv->one);
	buf_free(&j->priv->copy);
	buf_free(&j->priv->doc);
	free(j->priv->node);
	free(j->priv);
	free(j);
}

/* Each node has an index of its own, so the indexes of a batch bound the nodes of each of its documents. */
static void
nodes_room(struct json_priv *pr, size_t n)
{
	if (n > pr->limits.nodes)
		n = pr->limits.nodes;
	n += 1;
	if (n <= pr->cap)
		return;
	n += n / 2;
	free(pr->node);
	pr->node = mem_resize(NULL, n, sizeof *pr->node);
	pr->cap = n;
}

/* A copy that ends with the newline that the walk relies on. */
static const char *
with_newline(struct buf *b, struct slice s)
{
	buf_reset(b);
	buf_slice_add(b, s);
	buf_byte(b, '\n');
	return b->p;
}

static void
scan(struct json_priv *pr, struct scan *s, const char *p, size_t n, bool lines)
{
	json_scan_room(s, n);
	pr->run(s, p, n, lines);
	nodes_room(pr, s->indexes);
}

void
json_block(struct json *j, struct slice block)
{
	struct json_priv *pr = j->priv;

	pr->block = block;
	pr->batch = pr->ahead = 0;
	pr->at = pr->lines.indexes = pr->too_long = 0;
}

/* Whole lines of about JSON_BATCH, at least one: what stays in the second cache between the two stages. */
static size_t
batch_length(struct slice rest)
{
	struct slice head = slice_head(rest, JSON_BATCH);
	size_t last = slice_rfind(head, '\n');

	if (last < head.n)
		return last + 1;
	last = head.n + slice_find(slice_from(rest, head.n), '\n');
	return last < rest.n ? last + 1 : rest.n;
}

/* Scans the next batch, unless it is one line that is too long for that; false at the block's end. */
static bool
batch_next(struct json_priv *pr)
{
	struct slice rest = slice_from(pr->block, pr->ahead);
	size_t n = batch_length(rest);

	pr->batch = pr->ahead;
	pr->ahead += n;
	pr->at = pr->suspect = pr->odd = pr->row = pr->lines.indexes = 0;
	if (n == 0)
		return false;
	pr->base = rest.p;
	if (n > JSON_BATCH && n > pr->limits.length + BLANKS_MAX) {
		pr->too_long = n;
		return true;
	}
	if (rest.p[n - 1] != '\n')
		pr->base = with_newline(&pr->copy, slice_head(rest, n));
	scan(pr, &pr->lines, pr->base, n + (rest.p[n - 1] != '\n'), true);
	return true;
}

static void
place(struct json *j, size_t from, size_t n)
{
	struct json_priv *pr = j->priv;

	j->line = slice_of(pr->block.p + pr->batch + from, n);
	j->at = pr->batch + from;
	j->node = pr->node;
	j->nodes = 0;
	j->ok = false;
}

/* A line that the walk refused or whose bytes are suspect; the plain reader decides. */
static bool
doubtful(struct json *j, uint32_t from, bool walked, struct fault *f)
{
	struct json_priv *pr = j->priv;
	const struct scan *s = &pr->lines;
	uint32_t nodes = j->nodes;
	struct slice line;

	while (!walked && pr->base[s->index[pr->at++]] != '\n')
		;
	line = slice_trim(slice_of(pr->base + from, s->index[pr->at - 1] - from));
	place(j, from, line.n);
	if (!json_check(j->line, &pr->limits, f))
		return true;
	if (!walked)
		fault_set(f, "json-syntax: the two readers disagree", 0);
	j->ok = walked;
	j->nodes = walked ? nodes : 0;
	return true;
}

static bool
too_long(struct json *j, size_t n, struct fault *f)
{
	struct json_priv *pr = j->priv;
	struct slice line = slice_trim(slice_of(pr->base, n));

	if (line.n == 0)
		return false;
	place(j, (size_t)(line.p - pr->base), line.n);
	fault_set(f, "json-length: longer than the limit", pr->limits.length);
	return true;
}

/* Skips blank lines; false if the batch is done. */
static bool
line_first(struct json_priv *pr)
{
	const struct scan *s = &pr->lines;

	while (pr->at < s->indexes && pr->base[s->index[pr->at]] == '\n')
		pr->at++;
	return pr->at < s->indexes;
}

bool
json_batch(struct json_priv *pr)
{
	while (!line_first(pr))
		if (pr->too_long || !batch_next(pr))
			return false;
	return true;
}

static bool
line(struct json *j, struct fault *f)
{
	struct json_priv *pr = j->priv;
	const struct scan *s = &pr->lines;
	uint32_t from;
	size_t n;

	while (!json_batch(pr)) {
		n = pr->too_long;
		pr->too_long = 0;
		if (n == 0)
			return false;
		if (too_long(j, n, f))
			return true;
	}
	pr->first = pr->at;
	from = s->index[pr->at];
	if (!json_walk(j, pr->base, s, &pr->at))
		return doubtful(j, from, false, f);
	n = pr->node[0].end;
	/* A step that the line touches may hold something that only json_check can judge. */
	if (n > pr->limits.length || json_touched(s->suspect, s->suspects, &pr->suspect, from, s->index[pr->at - 1]))
		return doubtful(j, from, true, f);
	j->line = slice_of(pr->block.p + pr->batch + from, n);
	j->at = pr->batch + from;
	j->ok = true;
	return true;
}

bool
json_line(struct json *j, struct fault *f)
{
	struct json_layout *l;

	j->layout = 0;
	j->priv->layout = NULL;
	if (j->priv->layouts == NULL)
		return line(j, f);
	if (json_layout_line(j))
		return true;
	if (!line(j, f))
		return false;
	l = j->ok ? json_layout_learn(j, j->priv->layouts) : NULL;
	if (l)
		l->serial = ++j->priv->serial;
	return true;
}

bool
json_one(struct json *j, struct slice doc, struct fault *f)
{
	struct json_priv *pr = j->priv;
	struct scan *s = &pr->one;
	struct slice line = slice_trim(doc);
	const char *p;
	size_t at = 0;

	j->line = line;
	j->at = (uint64_t)(line.p - doc.p);
	j->nodes = 0;
	j->layout = 0;
	pr->layout = NULL;
	j->ok = false;
	if (line.n > pr->limits.length)
		return json_check(line, &pr->limits, f);
	p = with_newline(&pr->doc, line);
	scan(pr, s, p, line.n + 1, false);
	j->ok = json_walk(j, p, s, &at) && s->suspects == 0;
	if (j->ok)
		return true;
	if (json_check(line, &pr->limits, f))
		fault_set(f, "json-syntax: the two readers disagree", 0);
	j->nodes = 0;
	return false;
}
