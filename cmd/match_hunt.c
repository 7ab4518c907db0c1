/* Words to look for, and what came of a hunt. */
#include "cmd/match_hunt.h"

#include <stdlib.h>

#include "lib/port/digest.h"
#include "lib/port/yaml.h"

enum { WORDS_MAX = 100000, WORD_FILE_MAX = 64 * 1024 * 1024 };

struct query *
query_new(struct matching *m)
{
	struct hunting *h = m->hunting;

	h->query = mem_grow(h->query, &h->query_cap, h->queries, sizeof *h->query);
	h->query[h->queries] = (struct query){.level = m->o.level.n ? m->o.level : SLICE("medium")};
	return &h->query[h->queries++];
}

void
query_id(struct matching *m, struct query *q, const char *prefix, struct slice text)
{
	struct sha256 sum;
	struct buf b = {0};

	if (!digest_sha256(&text, 1, &sum))
		tool_die(m->t, 0, "SHA-256 is not to be had");
	buf_str(&b, prefix);
	buf_hex(&b, sum.b, 8);
	q->id = arena_slice(&m->mem, buf_slice(&b));
	buf_free(&b);
}

/* /re/ or /re/i; the text between the first and the last stroke. */
static bool
regex(struct slice s, struct slice *re, struct slice *flags)
{
	size_t last = slice_rfind(s, '/');

	if (s.n < 3 || s.p[0] != '/' || last == 0 || last == s.n)
		return false;
	*re = slice_of(s.p + 1, last - 1);
	*flags = slice_from(s, last + 1);
	for (size_t i = 0; i < flags->n; i++)
		if (!strchr("ims", flags->p[i]))
			return false;
	return re->n > 0;
}

/* What Sigma would read as wildcard or escape is itself here. */
static struct slice
literal(struct matching *m, struct slice s)
{
	struct buf b = {0};
	struct slice out;

	for (size_t i = 0; i < s.n; i++) {
		if (strchr("\\*?", s.p[i]))
			buf_byte(&b, '\\');
		buf_byte(&b, s.p[i]);
	}
	out = arena_slice(&m->mem, buf_slice(&b));
	buf_free(&b);
	return out;
}

static void
word(struct matching *m, struct slice s, struct slice from)
{
	struct yaml value = {.type = YAML_SCALAR, .line = 1, .column = 1}, key = value, list = value;
	struct slice re, flags;
	struct buf b = {0};
	struct query *q;
	struct fault f = {0};

	if (s.n == 0)
		tool_usage(m->t, "-k: an empty word is in every event");
	if (regex(s, &re, &flags)) {
		buf_lit(&b, "|re");
		for (size_t i = 0; i < flags.n; i++) {
			buf_byte(&b, '|');
			buf_byte(&b, flags.p[i]);
		}
		key.text = arena_slice(&m->mem, buf_slice(&b));
		value.text = re;
		list = (struct yaml){.type = YAML_MAP, .line = 1, .column = 1, .n = 1, .item = &value, .key = &key};
	} else {
		value.text = literal(m, s);
		list = (struct yaml){.type = YAML_LIST, .line = 1, .column = 1, .n = 1, .item = &value};
	}
	q = query_new(m);
	q->name = q->shown = s;
	query_id(m, q, "key-", s);
	q->when = sigma_aside(&m->sigma, &list, &f);
	if (q->when == NULL) {
		tool_fault(m->t, from, &f);
		exit(2);
	}
	q->when->file = from;
	q->when->title = s;
	buf_free(&b);
}

static void
word_file(struct matching *m, struct slice path)
{
	struct slice bytes, line;
	struct fault f = {0};
	char *name = mem_str(path);
	size_t n = 0;

	if (!tool_file(name, WORD_FILE_MAX, &m->mem, &bytes, &f)) {
		tool_fault(m->t, path, &f);
		exit(2);
	}
	free(name);
	while (bytes.n) {
		line = slice_cut(&bytes, '\n');
		if (slice_ends(line, SLICE("\r")))
			line.n--;
		if (line.n == 0)
			continue;
		if (++n > WORDS_MAX)
			tool_usage(m->t, "-K: more than 100,000 words; indicators (-i) are made for so many");
		word(m, line, path);
	}
}

void
hunt_load(struct matching *m)
{
	struct hunting *h = m->hunting = mem_zero(1, sizeof *m->hunting);

	if (m->o.level.n && level_of(m->o.level) == 0)
		tool_usage(m->t, "--level: informational, low, medium, high or critical is wanted");
	for (size_t i = 0; i < m->o.words.n; i++)
		word(m, m->o.words.v[i], SLICE("-k"));
	for (size_t i = 0; i < m->o.word_files.n; i++)
		word_file(m, m->o.word_files.v[i]);
	for (size_t i = 0; i < m->o.hunts.n; i++)
		hunt_read(m, m->o.hunts.v[i]);
	if (m->o.context)
		h->context = context_new(m->o.context, m->o.state_memory ? m->o.state_memory : 32 * 1024 * 1024);
}

/* ---- what came of it ----------------------------------------------------------------------------------------------------- */

void
hunt_say(struct matching *m, struct emit *e)
{
	struct hunting *h = m->hunting;
	struct buf b = {0};

	for (size_t i = 0; i < h->queries; i++) {
		const struct query *q = &h->query[i];

		if (q->hunt == NULL)
			continue;
		buf_reset(&b);
		buf_lit(&b, "hunt \"");
		buf_slice_add(&b, q->hunt->title);
		buf_lit(&b, "\", query \"");
		buf_slice_add(&b, q->name);
		buf_lit(&b, "\": ");
		if (q->found)
			buf_u64(&b, q->found);
		else
			buf_lit(&b, "nothing");
		buf_lit(&b, " found in ");
		buf_u64(&b, h->events);
		buf_lit(&b, " events");
		if (q->many) {
			buf_lit(&b, ", ");
			buf_u64(&b, q->matched);
			buf_lit(&b, " of them looked at");
		}
		buf_lit(&b, "; hypothesis: ");
		buf_slice_add(&b, q->hunt->hypothesis);
		emit_note(e, "hunt", q->hunt->file, buf_slice(&b));
	}
	buf_free(&b);
}

void
hunt_members(struct matching *m, struct json_out *o)
{
	const struct hunting *h = m->hunting;

	if (h->queries == 0)
		return;
	jo_kopen(o, "hunts", '[');
	for (size_t i = 0; i < h->queries; i++) {
		const struct query *q = &h->query[i];

		jo_open(o, '{');
		jo_ktext(o, "id", q->id);
		jo_ktext(o, "query", q->name);
		if (q->hunt) {
			jo_ktext(o, "hunt", q->hunt->title);
			jo_ktext(o, "hypothesis", q->hunt->hypothesis);
		}
		jo_ku64(o, "events", h->events);
		jo_ku64(o, "matched", q->matched);
		jo_ku64(o, "found", q->found);
		jo_close(o, '}');
	}
	jo_close(o, ']');
}

void
hunt_free(struct matching *m)
{
	if (m->hunting == NULL)
		return;
	context_free(m->hunting->context);
	free(m->hunting->query);
	free(m->hunting);
	m->hunting = NULL;
}
