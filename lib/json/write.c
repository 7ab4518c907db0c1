#include "lib/json/priv.h"

/* Eight bytes that need no look: none below 0x20, no quote, no backslash, none from 0x80 (Mycroft's byte tests). */
static inline bool
clean8(const char *p)
{
	const uint64_t one = 0x0101010101010101u, top = 0x8080808080808080u;
	uint64_t v, quote, slash;

	memcpy(&v, p, sizeof v);
	quote = v ^ one * '"';
	slash = v ^ one * '\\';
	return ((v | (v - one * 0x20) | (quote - one) | (slash - one)) & top) == 0;
}

static inline bool
clean(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 && c != '"' && c != '\\';
}

static size_t
clean_length(const char *p, const char *end)
{
	const char *q = p;

	while (end - q >= 8 && clean8(q))
		q += 8;
	while (q < end && clean(*q))
		q++;
	return (size_t)(q - p);
}

static void
add_escape(struct buf *b, unsigned char c)
{
	static const char digit[] = "0123456789abcdef";
	static const char letter[0x20] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
	char t[6] = {'\\', 'u', '0', '0', digit[c >> 4], digit[c & 15]};

	if (c < 0x20 && letter[c] == 0) {
		buf_add(b, t, sizeof t);
		return;
	}
	buf_byte(b, '\\');
	buf_byte(b, c < 0x20 ? letter[c] : (char)c);
}

/* One byte or sequence that is not clean; returns its length. */
static size_t
add_special(struct buf *b, const char *p, const char *end, bool *ok)
{
	uint32_t point;
	size_t n;

	if ((unsigned char)*p < 0x80) {
		add_escape(b, (unsigned char)*p);
		return 1;
	}
	n = utf8_next(slice_of(p, (size_t)(end - p)), 0, &point);
	if (point == UTF8_BAD) {
		*ok = false;
		buf_lit(b, "\xef\xbf\xbd");
	} else {
		buf_add(b, p, n);
	}
	return n;
}

bool
json_put_text(struct buf *b, struct slice text)
{
	const char *p = text.n ? text.p : "", *end = p + text.n;
	bool ok = true;

	buf_room(b, text.n + 2);
	buf_byte(b, '"');
	while (p < end) {
		size_t n = clean_length(p, end);

		buf_add(b, p, n);
		p += n;
		if (p < end)
			p += add_special(b, p, end, &ok);
	}
	buf_byte(b, '"');
	return ok;
}

void
json_put_key(struct buf *b, struct slice name)
{
	(void)json_put_text(b, name);
	buf_byte(b, ':');
}

/* What stands before a value; after it a comma is due. */
static inline void
comma(struct json_out *o)
{
	if (o->comma)
		buf_byte(o->b, ',');
	o->comma = true;
}

void
jo_open(struct json_out *o, char bracket)
{
	comma(o);
	buf_byte(o->b, bracket);
	o->depth++;
	o->comma = false;
}

void
jo_close(struct json_out *o, char bracket)
{
	buf_byte(o->b, bracket);
	o->depth--;
	o->comma = true;
}

void
jo_key(struct json_out *o, struct slice name)
{
	comma(o);
	json_put_key(o->b, name);
	o->comma = false;
}

void
jo_text(struct json_out *o, struct slice s)
{
	comma(o);
	(void)json_put_text(o->b, s);
}

void
jo_str(struct json_out *o, const char *s)
{
	jo_text(o, slice_str(s));
}

void
jo_i64(struct json_out *o, int64_t v)
{
	comma(o);
	buf_i64(o->b, v);
}

void
jo_u64(struct json_out *o, uint64_t v)
{
	comma(o);
	buf_u64(o->b, v);
}

void
jo_f64(struct json_out *o, double v)
{
	comma(o);
	buf_f64(o->b, v);
}

void
jo_bool(struct json_out *o, bool v)
{
	comma(o);
	buf_str(o->b, v ? "true" : "false");
}

void
jo_null(struct json_out *o)
{
	comma(o);
	buf_lit(o->b, "null");
}

void
jo_raw(struct json_out *o, struct slice json)
{
	comma(o);
	buf_slice_add(o->b, json);
}

void
jo_ktext(struct json_out *o, const char *name, struct slice s)
{
	jo_key(o, slice_str(name));
	jo_text(o, s);
}

void
jo_kstr(struct json_out *o, const char *name, const char *s)
{
	jo_key(o, slice_str(name));
	jo_str(o, s);
}

void
jo_ki64(struct json_out *o, const char *name, int64_t v)
{
	jo_key(o, slice_str(name));
	jo_i64(o, v);
}

void
jo_ku64(struct json_out *o, const char *name, uint64_t v)
{
	jo_key(o, slice_str(name));
	jo_u64(o, v);
}

void
jo_kbool(struct json_out *o, const char *name, bool v)
{
	jo_key(o, slice_str(name));
	jo_bool(o, v);
}

void
jo_kraw(struct json_out *o, const char *name, struct slice json)
{
	jo_key(o, slice_str(name));
	jo_raw(o, json);
}

void
jo_kopen(struct json_out *o, const char *name, char bracket)
{
	jo_key(o, slice_str(name));
	jo_open(o, bracket);
}
