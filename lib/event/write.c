#include "lib/event/field.h"

/* Room that a field needs besides its text: closing braces, comma, opening, quotes, brackets. */
enum { FIELD_ROOM = FIELD_DEPTH + FIELD_OPEN + 16 };

/* memcpy for the short texts that nearly all values are: no call, and no branch that depends on each byte of the length. */
static inline __attribute__((always_inline)) char *
put_bytes(char *to, const char *from, size_t n)
{
	if (n > 64) {
		memcpy(to, from, n);
	} else if (n > 32) {
		memcpy(to, from, 32);
		memcpy(to + n - 32, from + n - 32, 32);
	} else if (n >= 16) {
		memcpy(to, from, 16);
		memcpy(to + n - 16, from + n - 16, 16);
	} else if (n >= 8) {
		memcpy(to, from, 8);
		memcpy(to + n - 8, from + n - 8, 8);
	} else if (n >= 4) {
		memcpy(to, from, 4);
		memcpy(to + n - 4, from + n - 4, 4);
	} else if (n) {
		to[0] = from[0];
		to[n / 2] = from[n / 2];
		to[n - 1] = from[n - 1];
	}
	return to + n;
}

static inline char *
room(struct buf *out, char *p, size_t n)
{
	out->n = (size_t)(p - out->p);
	if (__builtin_expect(out->cap - out->n < n, 0))
		buf_room(out, n);
	return out->p + out->n;
}

#define put_lit(p, lit) put_bytes((p), "" lit, sizeof(lit) - 1)

static void
related(struct event *e, const struct field_glue_set *glue)
{
	for (size_t w = 0; w < FIELD_WORDS; w++)
		for (uint64_t left = e->set[w] & glue->related[w]; left; left &= left - 1) {
			enum field f = (enum field)(w * 64 + (size_t)__builtin_ctzll(left));
			uint32_t at = e->first[f];

			for (;;) {
				event_again(e, (enum field)(F_related_ip + glue->f[f].related - 1), &e->value[at]);
				if (e->value[at].next == 0)
					break;
				at = e->value[at].next - 1;
			}
		}
}

/* Leaves room for what stands behind the value. */
static inline char *
put_value(struct buf *out, char *p, char type, const struct event_value *v)
{
	bool bare = type == 'l' || type == 'f' || type == 'o';

	p = room(out, p, v->v.n + FIELD_ROOM);
	if (bare)
		return put_bytes(p, v->v.p, v->v.n);
	if (v->form != FORM_TEXT) {
		*p++ = '"';
		p = put_bytes(p, v->v.p, v->v.n);
		*p++ = '"';
		return p;
	}
	json_put_text(out, v->v);
	return room(out, out->p + out->n, FIELD_ROOM);
}

static inline char *
put_values(const struct event *e, enum field f, struct buf *out, char *p)
{
	const struct event_value *v = &e->value[e->first[f]];

	if (!field_row[f].list)
		return put_value(out, p, field_row[f].type, v);
	*p++ = '[';
	for (;;) {
		p = put_value(out, p, field_row[f].type, v);
		if (v->next == 0)
			break;
		v = &e->value[v->next - 1];
		*p++ = ',';
	}
	*p++ = ']';
	return p;
}

/* Nearly all openings fit in 32 bytes: a copy of constant size, the rest is overwritten.  Both sides have room (field.c). */
static inline char *
open_objects(char *p, const char *open, size_t n)
{
	if (n <= 32)
		memcpy(p, open, 32);
	else
		memcpy(p, open, n);
	return p + n;
}

static inline char *
close_objects(char *p, unsigned n)
{
	for (; n > 0; n--)
		*p++ = '}';
	return p;
}

/* Each field brings its comma along: the head stands before all. */
static void
put_fields(const struct event *e, const struct field_glue_set *glue, struct buf *out)
{
	static const struct field_glue none;
	const struct field_glue *before = &none;
	char *p = room(out, out->p + out->n, FIELD_ROOM);

	for (size_t w = 0; w < FIELD_WORDS; w++)
		for (uint64_t left = e->set[w]; left; left &= left - 1) {
			enum field f = (enum field)(w * 64 + (size_t)__builtin_ctzll(left));
			const struct field_glue *g = &glue->f[f];
			unsigned kept = field_common(before, g);

			p = close_objects(p, before->depth - kept);
			*p++ = ',';
			p = open_objects(p, g->open + g->from[kept], (size_t)(g->len - g->from[kept]));
			p = put_values(e, f, out, p);
			before = g;
		}
	p = close_objects(p, before->depth);
	out->n = (size_t)(p - out->p);
}

static inline void
put_member(struct buf *out, bool *comma, const char *name, size_t n, struct slice text)
{
	char *p;

	if (text.n == 0)
		return;
	p = room(out, out->p + out->n, FIELD_ROOM);
	if (*comma)
		*p++ = ',';
	*comma = true;
	p = put_bytes(p, name, n);
	out->n = (size_t)(p - out->p);
	json_put_text(out, text);
}
#define put_ls_member(out, comma, name, text) put_member((out), (comma), "\"" name "\":", sizeof(name) + 2, (text))

static void
put_ls(const struct event *e, struct buf *out)
{
	buf_lit(out, ",\"ls\":[");
	for (unsigned i = 0; i < e->ls_n; i++) {
		bool comma = false;

		if (i)
			buf_byte(out, ',');
		buf_byte(out, '{');
		put_ls_member(out, &comma, "product", e->ls[i].product);
		put_ls_member(out, &comma, "service", e->ls[i].service);
		put_ls_member(out, &comma, "category", e->ls[i].category);
		buf_byte(out, '}');
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

static inline char *
put_number(char *p, uint64_t v)
{
	char t[20];
	size_t at = sizeof t;

	do
		t[--at] = (char)('0' + v % 10);
	while (v /= 10);
	memcpy(p, t + at, sizeof t - at);
	return p + (sizeof t - at);
}

/* What only bad or asked-for records have. */
static void
put_rare(const struct event *e, struct buf *out)
{
	if (e->bytes.n) {
		buf_lit(out, ",\"bytes\":\"");
		buf_base64(out, e->bytes);
		buf_byte(out, '"');
	}
	if (e->received.n) {
		buf_lit(out, ",\"received\":");
		json_put_text(out, e->received);
	}
}

/*
 * Source after source has thousands of records: what they share is made once.  The names are kept before the text made of them.
 */
struct slice
event_source(struct event *e, const struct event_src *src)
{
	struct buf *b = &e->source;
	struct slice fmt = slice_head(buf_slice(b), e->source_fmt), uri = slice_head(slice_from(buf_slice(b), fmt.n),
	    e->source_uri);

	if (b->n && slice_eq(fmt, src->fmt) && slice_eq(uri, src->uri))
		return slice_from(buf_slice(b), fmt.n + uri.n);
	buf_reset(b);
	buf_slice_add(b, src->fmt);
	buf_slice_add(b, src->uri);
	e->source_fmt = src->fmt.n;
	e->source_uri = src->uri.n;
	buf_lit(b, "\",\"src\":{\"fmt\":");
	json_put_text(b, src->fmt);
	buf_lit(b, ",\"uri\":");
	json_put_text(b, src->uri);
	buf_lit(b, ",\"off\":");
	return slice_from(buf_slice(b), src->fmt.n + src->uri.n);
}

/* What put_ls and put_err write of: it is the same for record after record, so their text is kept beside it. */
static bool
told_before(const struct event *e, const struct event_told *t, uint32_t err)
{
	const char *p = t->b.p, *end = p ? p + t->key : p;
	uint32_t head[2] = {err, e->ls_n};

	if (p == NULL || (size_t)(end - p) < sizeof head || memcmp(p, head, sizeof head))
		return false;
	p += sizeof head;
	for (unsigned i = 0; i <= e->ls_n; i++) {
		const struct slice *part = i < e->ls_n ? &e->ls[i].product : &e->tz;

		for (unsigned k = 0; k < (i < e->ls_n ? 3u : 1u); k++) {
			uint32_t n;

			memcpy(&n, p, sizeof n);
			if (n != part[k].n || memcmp(p + sizeof n, part[k].n ? part[k].p : "", n))
				return false;
			p += sizeof n + n;
		}
	}
	return true;
}

static void
tell_part(struct buf *b, struct slice s)
{
	uint32_t n = (uint32_t)s.n;

	buf_add(b, &n, sizeof n);
	buf_slice_add(b, s);
}

static void
tell(const struct event *e, struct event_told *t, uint32_t err)
{
	uint32_t head[2] = {err, e->ls_n};

	buf_reset(&t->b);
	buf_add(&t->b, head, sizeof head);
	for (unsigned i = 0; i < e->ls_n; i++) {
		tell_part(&t->b, e->ls[i].product);
		tell_part(&t->b, e->ls[i].service);
		tell_part(&t->b, e->ls[i].category);
	}
	tell_part(&t->b, e->tz);
	t->key = t->b.n;
	put_ls(e, &t->b);
	put_err(err, &t->b);
}

/* Which place a record's text has: lengths and letters of its first log source tell most apart. */
static unsigned
place(const struct event *e, uint32_t err)
{
	const struct logsource *l = &e->ls[0];
	size_t h = e->ls_n + err;

	if (e->ls_n)
		h += l->service.n * 5 + l->category.n * 3 + (l->service.n ? (unsigned char)l->service.p[0] : 0u) +
		    (l->product.n ? (unsigned char)l->product.p[0] : 0u);
	return (unsigned)h % EVENT_TOLD;
}

static inline uint32_t
errors(const struct event *e)
{
	return e->timed ? e->err : e->err | 1u << ERR_no_time;
}

void
event_put_ir(const struct event *e, struct buf *out)
{
	put_ls(e, out);
	put_err(errors(e), out);
	put_rare(e, out);
	buf_byte(out, '}');
}

static void
put_ir(struct event *e, struct buf *out)
{
	uint32_t err = errors(e);
	struct event_told *t = &e->told[place(e, err)];
	struct slice text;
	char *p;

	if (!told_before(e, t, err))
		tell(e, t, err);
	text = slice_from(buf_slice(&t->b), t->key);
	p = room(out, out->p + out->n, text.n);
	out->n = (size_t)(put_bytes(p, text.p, text.n) - out->p);
	put_rare(e, out);
	buf_byte(out, '}');
}

/* Records of one second share all of their stamp but the fraction. */
static inline void
put_stamp(struct event *e, char *p)
{
	uint32_t ns = e->at.ns;

	if (e->at.s != e->second || e->clock[0] == '\0') {
		stamp_put(e->clock, e->at);
		e->second = e->at.s;
	}
	memcpy(p, e->clock, STAMP_LEN);
	for (int i = 28; i > 19; i--, ns /= 10)
		p[i] = (char)('0' + ns % 10);
}

static void
put_head(struct event *e, const struct event_src *src, struct slice original, struct buf *out)
{
	struct slice source = event_source(e, src);
	char *p;

	p = room(out, out->p + out->n, 256 + source.n);

	p = put_lit(p, "{\"@timestamp\":\"");
	put_stamp(e, p);
	p = put_lit(p + STAMP_LEN, "\",\"ir\":{\"v\":1,\"kind\":\"event\",\"id\":\"");
	event_id(src->uri, src->off, original, p);
	p = put_bytes(p + 32, source.p, source.n);
	p = put_number(p, src->off);
	p = put_lit(p, ",\"rec\":");
	p = put_number(p, src->rec);
	*p++ = '}';
	out->n = (size_t)(p - out->p);
	put_ir(e, out);
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
put_pair(const struct event_pair *r, char before, struct buf *out)
{
	char *p;

	if (!r->ready || r->json || r->form == FORM_TEXT) {
		buf_byte(out, before);
		if (r->ready)
			buf_slice_add(out, r->key);
		else
			json_put_key(out, r->key);
		if (r->json)
			put_object(r->text, out);
		else
			json_put_text(out, r->text);
		return;
	}
	p = room(out, out->p + out->n, r->key.n + r->text.n + 4);
	*p++ = before;
	p = put_bytes(p, r->key.p, r->key.n);
	*p++ = '"';
	p = put_bytes(p, r->text.p, r->text.n);
	*p++ = '"';
	out->n = (size_t)(p - out->p);
}

static void
put_raw(const struct event *e, struct buf *out)
{
	if (e->raw_json.n == 0 && e->raws == 0)
		return;
	buf_lit(out, ",\"raw\":");
	if (e->raw_json.n) {
		if (e->raw_flat)
			buf_slice_add(out, e->raw_json);
		else
			put_object(e->raw_json, out);
		return;
	}
	for (size_t i = 0; i < e->raws; i++)
		put_pair(&e->raw[i], i ? ',' : '{', out);
	buf_byte(out, '}');
}

void
event_write(struct event *e, const struct event_src *src, struct slice original, struct buf *out)
{
	const struct field_glue_set *glue = field_glue();

	related(e, glue);
	if (out->cap - out->n < 2048 + original.n + e->raw_json.n)
		buf_room(out, 2048 + original.n + e->raw_json.n);
	put_head(e, src, original, out);
	e->ir_end = out->n - 1;
	put_fields(e, glue, out);
	put_raw(e, out);
	buf_lit(out, "}\n");
}
