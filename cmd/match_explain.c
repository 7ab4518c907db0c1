/* --explain: why an alert was raised. */
#include "cmd/match.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/port/fold.h"

/* ---- --explain ------------------------------------------------------------------------------------------------------ */

struct explaining {
	struct matching *m;
	uint64_t found;
};

static struct slice
text(const struct json *j, uint32_t v, const char *path, struct buf *b)
{
	uint32_t k = v == JSON_NONE ? JSON_NONE : json_path(j, v, slice_str(path));

	buf_reset(b);
	if (k != JSON_NONE && json_type(j, k) != JSON_NULL)
		json_text_add(j, k, b);
	return buf_slice(b);
}

/* A text of several lines, as rules have them, becomes one. */
static void
row(struct buf *out, const char *name, struct slice value)
{
	value = slice_trim(value);
	if (value.n == 0)
		return;
	buf_lit(out, "  ");
	buf_str(out, name);
	for (size_t n = strlen(name); n < 12; n++)
		buf_byte(out, ' ');
	while (value.p) {
		buf_harmless(out, slice_cut(&value, '\n'));
		buf_byte(out, value.p ? ' ' : '\n');
	}
}

/* The value with the match between marks. */
static void
marked(struct buf *out, struct slice value, uint64_t off, uint64_t len)
{
	struct slice head = slice_head(value, off), hit = slice_head(slice_from(value, off), len);

	buf_harmless(out, head);
	buf_lit(out, ">>");
	buf_harmless(out, hit);
	buf_lit(out, "<<");
	buf_harmless(out, slice_from(value, head.n + hit.n));
}

static void
one_reason(const struct json *j, uint32_t why, struct buf *b, struct buf *out)
{
	uint64_t off = 0, len = 0;
	uint32_t o = json_get(j, why, SLICE("off")), l = json_get(j, why, SLICE("len"));

	buf_lit(out, "  because     ");
	buf_harmless(out, text(j, why, "field", b));
	buf_byte(out, ' ');
	buf_harmless(out, text(j, why, "op", b));
	buf_lit(out, " \"");
	buf_harmless(out, text(j, why, "pattern", b));
	buf_lit(out, "\"\n");
	if (json_get(j, why, SLICE("value")) == JSON_NONE)
		return;
	if (o != JSON_NONE && l != JSON_NONE && json_u64(j, o, &off) && json_u64(j, l, &len)) {
		buf_lit(out, "              ");
		marked(out, text(j, why, "value", b), off, len);
		buf_byte(out, '\n');
	}
}

static void
items(const struct json *j, uint32_t list, const char *name, struct buf *b, struct buf *out)
{
	if (list == JSON_NONE || json_type(j, list) != JSON_ARRAY)
		return;
	for (uint32_t v = json_first(j, list); v != JSON_NONE; v = json_following(j, list, v)) {
		buf_reset(b);
		json_text_add(j, v, b);
		row(out, name, buf_slice(b));
	}
}

/* Of several events: what they have in common, and which they are. */
static void
several(const struct json *j, struct buf *b, struct buf *out)
{
	uint32_t group = json_path(j, 0, SLICE("ir.alert.group")), events = json_path(j, 0, SLICE("ir.alert.events"));
	struct buf line = {0};

	if (!slice_eq(text(j, 0, "ir.alert.type", b), SLICE("correlation")) && group == JSON_NONE)
		return;
	row(out, "count", text(j, 0, "ir.alert.count", b));
	row(out, "first", text(j, 0, "ir.alert.first", b));
	row(out, "last", text(j, 0, "ir.alert.last", b));
	if (group != JSON_NONE && json_type(j, group) == JSON_OBJECT)
		for (uint32_t k = json_first(j, group); k != JSON_NONE; k = json_following(j, group, k)) {
			buf_reset(&line);
			json_text_add(j, k, &line);
			buf_lit(&line, " = ");
			json_text_add(j, json_value(j, k), &line);
			row(out, "group", buf_slice(&line));
		}
	items(j, events, "event", b, out);
	buf_free(&line);
}

static void
explain(struct explaining *x, const struct record *r)
{
	const struct json *j = r->j;
	uint32_t why = json_path(j, 0, SLICE("ir.alert.why"));
	struct buf b = {0}, out = {0};

	buf_lit(&out, "alert ");
	buf_harmless(&out, text(j, 0, "ir.alert.id", &b));
	buf_byte(&out, '\n');
	row(&out, "rule", text(j, 0, "rule.name", &b));
	row(&out, "id", text(j, 0, "rule.id", &b));
	row(&out, "level", text(j, 0, "rule.level", &b));
	row(&out, "kind", text(j, 0, "ir.alert.type", &b));
	row(&out, "rule set", text(j, 0, "rule.ruleset", &b));
	row(&out, "means", text(j, 0, "rule.description", &b));
	row(&out, "time", text(j, 0, "@timestamp", &b));
	row(&out, "host", text(j, 0, "host.name", &b));
	row(&out, "source", text(j, 0, "ir.src.uri", &b));
	row(&out, "offset", text(j, 0, "ir.src.off", &b));
	row(&out, "record", text(j, 0, "ir.src.rec", &b));
	if (why != JSON_NONE && json_type(j, why) == JSON_ARRAY)
		for (uint32_t v = json_first(j, why); v != JSON_NONE; v = json_following(j, why, v))
			one_reason(j, v, &b, &out);
	several(j, &b, &out);
	items(j, json_path(j, 0, SLICE("rule.falsepositives")), "benign if", &b, &out);
	items(j, json_path(j, 0, SLICE("rule.tags")), "tag", &b, &out);
	if (!out_add(&x->m->t->out, buf_slice(&out)))
		tool_die(x->m->t, x->m->t->out.error, "cannot write the output");
	x->found++;
	buf_free(&b);
	buf_free(&out);
}

static void
look(void *context, const struct record *r, struct emit *e)
{
	struct explaining *x = context;

	if (r->kind == KIND_ALERT && slice_starts(record_id(r), x->m->o.explain))
		explain(x, r);
	emit_unmatched(e, r);
}

void
match_explain(struct matching *m)
{
	struct explaining x = {.m = m};
	struct stage stage = {.record = look, .shared = &x, .serial = true, .quiet = true};

	tool_each(m->t, &stage);
	if (x.found == 0) {
		tool_say(m->t, "no alert with the id %.*s", (int)m->o.explain.n, m->o.explain.p);
		tool_status(m->t, 1);
	}
}
