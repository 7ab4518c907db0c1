#include "lib/event/field.h"

static void
related(struct event *e, const struct field_glue_set *glue)
{
	for (size_t w = 0; w < FIELD_WORDS; w++)
		for (uint64_t left = e->set[w] & glue->related[w]; left; left &= left - 1) {
			enum field f = (enum field)(w * 64 + (size_t)__builtin_ctzll(left));
			uint32_t at = e->first[f];

			for (;;) {
				event_set(e, (enum field)(F_related_ip + glue->f[f].related - 1), e->value[at].v);
				if (e->value[at].next == 0)
					break;
				at = e->value[at].next - 1;
			}
		}
}

static void
put_value(struct buf *out, char type, struct slice v)
{
	switch (type) {
	case 'l': case 'f': case 'o':
		buf_slice_add(out, v);
		break;
	case 'i': case 'd':
		buf_byte(out, '"');
		buf_slice_add(out, v);
		buf_byte(out, '"');
		break;
	default:
		json_put_text(out, v);
	}
}

static void
put_values(const struct event *e, enum field f, struct buf *out)
{
	uint32_t at = e->first[f];

	if (!field_row[f].list) {
		put_value(out, field_row[f].type, e->value[at].v);
		return;
	}
	buf_byte(out, '[');
	for (;;) {
		put_value(out, field_row[f].type, e->value[at].v);
		if (e->value[at].next == 0)
			break;
		at = e->value[at].next - 1;
		buf_byte(out, ',');
	}
	buf_byte(out, ']');
}

/* Nearly all openings fit in 32 bytes: a copy of constant size, the rest is overwritten.  Both sides have room (field.c). */
static inline void
open_objects(struct buf *out, const char *open, size_t n)
{
	if (n <= 32)
		memcpy(out->p + out->n, open, 32);
	else
		memcpy(out->p + out->n, open, n);
	out->n += n;
}

static void
put_field(const struct event *e, enum field f, const struct field_glue *g, const struct field_glue *before, struct buf *out)
{
	unsigned common = 0, depth = before ? before->depth : 0;

	if (before)
		while (common < depth && common < g->depth && before->object[common] == g->object[common])
			common++;
	if (out->cap - out->n < FIELD_DEPTH + 1 + FIELD_OPEN)
		buf_room(out, FIELD_DEPTH + 1 + FIELD_OPEN);
	for (; depth > common; depth--)
		out->p[out->n++] = '}';
	out->p[out->n++] = ',';
	open_objects(out, g->open + g->from[common], (size_t)(g->len - g->from[common]));
	put_values(e, f, out);
}

/* Each field brings its comma along: the head stands before all. */
static void
put_fields(const struct event *e, const struct field_glue_set *glue, struct buf *out)
{
	const struct field_glue *before = NULL;

	for (size_t w = 0; w < FIELD_WORDS; w++)
		for (uint64_t left = e->set[w]; left; left &= left - 1) {
			enum field f = (enum field)(w * 64 + (size_t)__builtin_ctzll(left));

			put_field(e, f, &glue->f[f], before, out);
			before = &glue->f[f];
		}
	for (unsigned d = before ? before->depth : 0; d > 0; d--)
		buf_byte(out, '}');
}

static void
put_ls(const struct event *e, struct buf *out)
{
	buf_lit(out, ",\"ls\":[");
	for (unsigned i = 0; i < e->ls_n; i++) {
		struct json_out o = json_out(out);

		if (i)
			buf_byte(out, ',');
		jo_open(&o, '{');
		if (e->ls[i].product.n)
			jo_ktext(&o, "product", e->ls[i].product);
		if (e->ls[i].service.n)
			jo_ktext(&o, "service", e->ls[i].service);
		if (e->ls[i].category.n)
			jo_ktext(&o, "category", e->ls[i].category);
		jo_close(&o, '}');
	}
	buf_lit(out, "],\"tz\":");
	json_put_text(out, e->tz);
}

static void
put_err(uint32_t err, struct buf *out)
{
	bool comma = false;

	buf_lit(out, ",\"err\":[");
	for (; err; err &= err - 1) {
		if (comma)
			buf_byte(out, ',');
		comma = true;
		json_put_text(out, err_row[__builtin_ctz(err)].name);
	}
	buf_byte(out, ']');
}

static void
put_head(const struct event *e, const struct event_src *src, struct slice original, struct buf *out)
{
	char hex[32], at[STAMP_LEN];

	stamp_put(at, e->at);
	event_id(src->uri, src->off, original, hex);
	buf_lit(out, "{\"@timestamp\":\"");
	buf_add(out, at, sizeof at);
	buf_lit(out, "\",\"ir\":{\"v\":1,\"kind\":\"event\",\"id\":\"");
	buf_add(out, hex, sizeof hex);
	buf_lit(out, "\",\"src\":{\"fmt\":");
	json_put_text(out, src->fmt);
	buf_lit(out, ",\"uri\":");
	json_put_text(out, src->uri);
	buf_lit(out, ",\"off\":");
	buf_u64(out, src->off);
	buf_lit(out, ",\"rec\":");
	buf_u64(out, src->rec);
	buf_byte(out, '}');
	put_ls(e, out);
	put_err(e->timed ? e->err : e->err | 1u << ERR_no_time, out);
	if (e->bytes.n) {
		buf_lit(out, ",\"bytes\":\"");
		buf_base64(out, e->bytes);
		buf_byte(out, '"');
	}
	if (e->received.n) {
		buf_lit(out, ",\"received\":");
		json_put_text(out, e->received);
	}
	buf_byte(out, '}');
}

/* A line break in valid JSON stands between tokens: as a blank it keeps every offset (STREAM.md, raw). */
static void
put_object(struct slice json, struct buf *out)
{
	size_t from = out->n;

	buf_slice_add(out, json);
	for (;;) {
		char *nl = memchr(out->p + from, '\n', out->n - from);

		if (!nl)
			return;
		*nl = ' ';
		from = (size_t)(nl - out->p) + 1;
	}
}

static void
put_raw(const struct event *e, struct buf *out)
{
	if (e->raw_json.n == 0 && e->raws == 0)
		return;
	buf_lit(out, ",\"raw\":");
	if (e->raw_json.n) {
		put_object(e->raw_json, out);
		return;
	}
	for (size_t i = 0; i < e->raws; i++) {
		buf_byte(out, i ? ',' : '{');
		json_put_key(out, e->raw[i].key);
		if (e->raw[i].json)
			put_object(e->raw[i].text, out);
		else
			json_put_text(out, e->raw[i].text);
	}
	buf_byte(out, '}');
}

void
event_write(struct event *e, const struct event_src *src, struct slice original, struct buf *out)
{
	const struct field_glue_set *glue = field_glue();

	related(e, glue);
	buf_room(out, 2048 + original.n + e->raw_json.n);
	put_head(e, src, original, out);
	put_fields(e, glue, out);
	put_raw(e, out);
	buf_lit(out, "}\n");
}
