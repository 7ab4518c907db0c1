/*
 * The sums of STREAM.md law 3, made again from the lines.  An `end` covers the ends that it saw: those that stand right before
 * it. So one stream may be joined of several (cat a b | ir-match), and the chain is a tree of accounts.
 */
#include "cmd/verify.h"

static uint64_t
records(const uint64_t n[LINE_KINDS])
{
	uint64_t sum = 0;

	for (int k = 0; k < LINE_NOTE; k++)
		if (__builtin_add_overflow(sum, n[k], &sum))
			return UINT64_MAX;
	return sum;
}

static struct slice
pair(struct proof *p, struct slice a, struct slice b)
{
	buf_reset(&p->text);
	buf_slice_add(&p->text, a);
	buf_lit(&p->text, " > ");
	buf_slice_add(&p->text, b);
	return arena_slice(&p->mem, buf_slice(&p->text));
}

/* ---- one stage by itself ----------------------------------------------------------------------------------------- */

static uint64_t
sum_of(const uint64_t *v, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		if (__builtin_add_overflow(sum, v[i], &sum))
			return UINT64_MAX;
	return sum;
}

static void
sums(struct proof *p, const struct held *h)
{
	uint64_t in = records(h->in), out = records(h->out);
	uint64_t where = sum_of((uint64_t[]){h->passed, h->unmatched, h->folded, h->suppressed, h->rejected}, 5);
	uint64_t from = sum_of((uint64_t[]){h->passed, h->made}, 2);

	if (in != where)
		found(p, h->name, "sum-in", (struct slice){0}, in, where,
		    "in %zu is not passed %zu + unmatched %zu + folded %zu + suppressed %zu + rejected %zu = %zu", (size_t)in,
		    (size_t)h->passed,
		    (size_t)h->unmatched, (size_t)h->folded, (size_t)h->suppressed, (size_t)h->rejected, (size_t)where);
	if (out != from)
		found(p, h->name, "sum-out", (struct slice){0}, out, from, "out %zu is not passed %zu + made %zu = %zu",
		    (size_t)out,
		    (size_t)h->passed, (size_t)h->made, (size_t)from);
}

/* Control lines stand outside the sums: all that come in go out, and a stage adds notes, marks and one `end` of its own. */
static void
controls(struct proof *p, const struct held *h)
{
	for (int k = LINE_NOTE; k <= LINE_MARK; k++)
		if (h->out[k] < h->in[k])
			found(p, h->name, "control", line_name[k], h->in[k], h->out[k], "%zu %.*s in, only %zu out",
			    (size_t)h->in[k],
			    (int)line_name[k].n, line_name[k].p, (size_t)h->out[k]);
	if (h->out[LINE_END] != h->in[LINE_END] + 1)
		found(p, h->name, "control", line_name[LINE_END], h->in[LINE_END] + 1, h->out[LINE_END],
		    "%zu end in and one of its own are not %zu out", (size_t)h->in[LINE_END], (size_t)h->out[LINE_END]);
	if (h->in[LINE_END] != h->saws)
		found(p, h->name, "seen", line_name[LINE_END], h->in[LINE_END], h->saws, "%zu end in, but %zu named in `seen`",
		    (size_t)h->in[LINE_END], h->saws);
}

static void
states(struct proof *p, const struct held *h)
{
	if (h->cut)
		found(p, h->name, "said-cut", (struct slice){0}, 0, 0, "says that its input was cut");
	if ((h->cut || h->rejected) && h->status < 3)
		found(p, h->name, "status", (struct slice){0}, h->status, 3, "rejected %zu records%s, but its status is %zu",
		    (size_t)h->rejected,
		    h->cut ? " and was cut" : "", (size_t)h->status);
}

/* ---- the chain --------------------------------------------------------------------------------------------------- */

/* The first of the ends that it saw which does not stand before it in that order; saws if there is none. */
static size_t
unseen(const struct proof *p, size_t i)
{
	const struct held *h = &p->held[i];
	size_t k, at = 0;

	for (k = 0; k < h->saws; k++) {
		while (at < i && !slice_eq(h->saw[k], p->held[at].name))
			at++;
		if (at++ >= i)
			break;
	}
	return k;
}

/* The ends that it saw must be the last ones before it, and whole trees of them. */
static bool
joins(struct proof *p, size_t i)
{
	struct held *h = &p->held[i];
	size_t first = h->saws > i ? 0 : i - h->saws, k = 0, root = i;

	while (h->saws <= i && k < h->saws && slice_eq(h->saw[k], p->held[first + k].name))
		k++;
	while (root > first)
		root = p->held[root - 1].first;
	h->first = root;
	if (k == h->saws && root == first && h->saws <= i)
		return true;
	h->first = 0;
	k = unseen(p, i);
	if (k < h->saws)
		found(p, h->saw[k], "no-end", line_name[LINE_END], 1, 0, "its end was seen by %.*s and is not here, or not at "
		    "its place",
		    (int)h->name.n, h->name.p);
	else
		found(p, h->name, "seen", line_name[LINE_END], h->saws, i - root, "it saw %zu ends, but %zu belong before it",
		    h->saws, i - root);
	return false;
}

/* Adds up the outs of the stages that feed stage i; returns their names. */
static struct slice
feeders(struct proof *p, size_t i, uint64_t out[LINE_KINDS])
{
	struct slice names = {0};

	for (size_t at = i; at > p->held[i].first; at = p->held[at - 1].first) {
		struct held *h = &p->held[at - 1];

		h->last = false;
		for (int k = 0; k < LINE_KINDS; k++)
			out[k] = sum_of((uint64_t[]){out[k], h->out[k]}, 2);
		if (names.n == 0) {
			names = h->name;
		} else {
			buf_reset(&p->text);
			buf_slice_add(&p->text, h->name);
			buf_lit(&p->text, " + ");
			buf_slice_add(&p->text, names);
			names = arena_slice(&p->mem, buf_slice(&p->text));
		}
	}
	return names;
}

static void
links(struct proof *p, size_t i)
{
	struct held *h = &p->held[i];
	uint64_t out[LINE_KINDS] = {0};
	struct slice before;

	h->joined = joins(p, i);
	before = feeders(p, i, out);
	/* The first stage reads files, not a stream; where an end is missing there is nothing to compare with. */
	if (!h->joined || before.n == 0)
		return;
	for (int k = 0; k < LINE_KINDS; k++)
		if (out[k] != h->in[k])
			found(p, pair(p, before, h->name), "chain", line_name[k], out[k], h->in[k],
			    "%.*s: %zu out of %.*s, %zu into %.*s",
			    (int)line_name[k].n, line_name[k].p, (size_t)out[k], (int)before.n, before.p, (size_t)h->in[k],
			    (int)h->name.n,
			    h->name.p);
}

/* ---- the lines --------------------------------------------------------------------------------------------------- */

/* Notes and marks are signed, so that a lost one names its maker. */
static void
signatures(struct proof *p)
{
	struct map said[2] = {{0}, {0}};

	for (size_t i = 0; i < p->helds; i++) {
		const struct held *h = &p->held[i];

		for (int m = 0; m < 2; m++)
			if (h->out[LINE_NOTE + m] >= h->in[LINE_NOTE + m])
				map_put(&said[m], h->name, NULL)->v.u += h->out[LINE_NOTE + m] - h->in[LINE_NOTE + m];
	}
	for (int m = 0; m < 2; m++) {
		struct slice kind = line_name[LINE_NOTE + m];

		for (size_t i = 0; i < said[m].n; i++) {
			struct map_row *row = map_get(&p->own[m], said[m].row[i].key);
			uint64_t n = row ? row->v.u : 0;

			if (n != said[m].row[i].v.u)
				found(p, proof_name(p, said[m].row[i].key), "own", kind, said[m].row[i].v.u, n,
				    "%.*s: %zu of its own made, %zu here",
				    (int)kind.n, kind.p, (size_t)said[m].row[i].v.u, (size_t)n);
		}
		for (size_t i = 0; i < p->own[m].n; i++)
			if (!map_get(&said[m], p->own[m].row[i].key))
				found(p, proof_name(p, p->own[m].row[i].key), "no-end", kind, 0, p->own[m].row[i].v.u,
				    "%zu %.*s of it are here, and no end", (size_t)p->own[m].row[i].v.u, (int)kind.n, kind.p);
		map_free(&said[m]);
	}
}

/* Lines that an outermost account covers: those since the one before it. */
static void
lines_of(struct proof *p, size_t i)
{
	const struct held *h = &p->held[i];
	const uint64_t *from = h->first ? p->held[h->first - 1].lines : NULL;

	for (int k = 0; k < LINE_KINDS; k++) {
		uint64_t n = h->lines[k] - (from ? from[k] : 0);

		if (n == h->out[k])
			continue;
		if (h->out[k] == 0 && line_maker[k].n)
			found(p, h->name, "lines", line_name[k], 0, n, "%.*s: 0 out, but %zu lines are here, as %.*s makes them",
			    (int)line_name[k].n, line_name[k].p, (size_t)n, (int)line_maker[k].n, line_maker[k].p);
		else
			found(p, h->name, "lines", line_name[k], h->out[k], n, "%.*s: %zu out, but %zu lines are here",
			    (int)line_name[k].n, line_name[k].p, (size_t)h->out[k], (size_t)n);
	}
}

/* Without an end: who made the last kind of line in the order of the pipe? */
static struct slice
last_maker(const struct proof *p)
{
	static const enum line_kind order[] = {LINE_RESULT, LINE_ACTION, LINE_INCIDENT, LINE_ALERT, LINE_MARK, LINE_EVENT};

	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if (p->lines[order[i]])
			return line_maker[order[i]];
	return SLICE("stream");
}

static void
end_missing(struct proof *p)
{
	if (p->ended || p->ours == 0)
		return;
	if (p->helds == 0)
		found(p, last_maker(p), "no-end", line_name[LINE_END], 1, 0, "cut: %zu lines and no end", (size_t)p->line);
	else
		found(p, p->held[p->helds - 1].name, "no-end", line_name[LINE_END], p->held[p->helds - 1].line, p->line,
		    "cut: lines stand behind its end in line %zu, and no stage accounts for them",
		    (size_t)p->held[p->helds - 1].line);
}

static bool
is_here(const struct proof *p, struct slice name)
{
	for (size_t i = 0; i < p->helds; i++)
		if (slice_eq(p->held[i].name, name))
			return true;
	return false;
}

/* Each wanted stage must have an end, behind the one before it. */
static void
wants(struct proof *p, struct slice wanted)
{
	size_t at = 0;

	while (wanted.p) {
		struct slice name = slice_trim(slice_cut(&wanted, ','));

		if (name.n == 0)
			continue;
		while (at < p->helds && !slice_eq(p->held[at].name, name))
			at++;
		if (at == p->helds)
			found(p, proof_name(p, name), "no-end", line_name[LINE_END], 1, 0,
			    "wanted, and its end is not here, or not at its place");
		else
			at++;
	}
}

void
proof_judge(struct proof *p, struct slice wanted)
{
	for (size_t i = 0; i < p->helds; i++)
		p->held[i].last = true;
	for (size_t i = 0; i < p->helds; i++) {
		if (!p->held[i].whole) {
			found(p, p->held[i].name, "account", line_name[LINE_END], 0, 0, "the end in line %zu is no whole account",
			    (size_t)p->held[i].line);
			continue;
		}
		sums(p, &p->held[i]);
		controls(p, &p->held[i]);
		states(p, &p->held[i]);
	}
	for (size_t i = 0; i < p->helds; i++)
		links(p, i);
	for (size_t i = 0; i < p->helds; i++)
		if (p->held[i].last)
			lines_of(p, i);
	if (p->helds)
		signatures(p);
	end_missing(p);
	/* ir-enrich makes no record: that its account is gone shows by its work alone. */
	if (p->helds && p->enriched && !is_here(p, SLICE("ir-enrich")))
		found(p, SLICE("ir-enrich"), "no-end", line_name[LINE_END], 1, 0, "%zu lines carry its work, and its end is not "
		    "here",
		    (size_t)p->enriched);
	wants(p, wanted);
}
