#include "lib/play/type.h"

#include "lib/base/addr.h"
#include "lib/base/num.h"
#include "lib/base/stamp.h"
#include "lib/base/utf8.h"

enum { VALUE_MAX = 4096, NAME_MAX_DNS = 253, LABEL_MAX = 63, USER_MAX = 256, ID_MAX = 128 };

const struct slice play_type_name[TYPE_COUNT] = {
	[TYPE_IP] = SLICE_INIT("ip"), [TYPE_CIDR] = SLICE_INIT("cidr"), [TYPE_HOST] = SLICE_INIT("host"),
	    [TYPE_DOMAIN] = SLICE_INIT("domain"),
	[TYPE_URL] = SLICE_INIT("url"), [TYPE_EMAIL] = SLICE_INIT("email"), [TYPE_USER] = SLICE_INIT("user"),
	    [TYPE_PATH] = SLICE_INIT("path"),
	[TYPE_PID] = SLICE_INIT("pid"), [TYPE_PORT] = SLICE_INIT("port"), [TYPE_HASH] = SLICE_INIT("hash"),
	    [TYPE_INT] = SLICE_INIT("int"),
	[TYPE_DURATION] = SLICE_INIT("duration"), [TYPE_ID] = SLICE_INIT("id"), [TYPE_TEXT] = SLICE_INIT("text"),
};

enum play_type
play_type_by_name(struct slice name)
{
	for (enum play_type t = 0; t < TYPE_COUNT; t++)
		if (slice_eq(play_type_name[t], name))
			return t;
	return TYPE_COUNT;
}

static bool
alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || num_digit(c);
}

static bool
only(struct slice s, const char *more)
{
	for (size_t i = 0; i < s.n; i++)
		if (!alnum(s.p[i]) && (s.p[i] == 0 || strchr(more, s.p[i]) == NULL))
			return false;
	return s.n > 0;
}

/* No control (C0, DEL, C1), good UTF-8: for what has no narrower form. */
static bool
plain(struct slice s)
{
	uint32_t cp;

	for (size_t at = 0; at < s.n;) {
		at = utf8_next(s, at, &cp);
		if (cp == UTF8_BAD || cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
			return false;
		if ((cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0x200e || cp == 0x200f
		    || cp == 0x061c
		    || cp == 0x2028 || cp == 0x2029)
			return false;
	}
	return s.n > 0;
}

/* RFC 1123 section 2.1: labels of letters, digits and inner dashes; `_` occurs in names of services and of Windows hosts. */
static bool
dns_name(struct slice s, bool dot)
{
	bool dotted = false;

	if (s.n && s.p[s.n - 1] == '.')
		s.n--;
	if (s.n == 0 || s.n > NAME_MAX_DNS)
		return false;
	while (s.p) {
		struct slice label = slice_cut(&s, '.');

		if (label.n == 0 || label.n > LABEL_MAX || !only(label, "-_") || label.p[0] == '-' || label.p[label.n - 1] == '-')
			return false;
		dotted |= s.p != NULL;
	}
	return dotted || !dot;
}

static void
add_lower(struct buf *out, struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		buf_byte(out, (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + 32 : s.p[i]));
}

static bool
write_address(enum play_type type, struct slice v, struct buf *out)
{
	struct prefix p;
	struct addr a;

	if (type == TYPE_IP && addr_read(v, &a)) {
		addr_add(out, &a);
		return true;
	}
	if (type == TYPE_CIDR && prefix_read(v, &p, NULL)) {
		/* One address is written as such: nft 1.0.6 adds { A/32 } to a set of intervals and does not find it again. */
		if (p.bits == 128)
			addr_add(out, &p.a);
		else
			prefix_add(out, &p);
		return true;
	}
	return false;
}

static bool
write_name(enum play_type type, struct slice v, struct buf *out)
{
	if (!dns_name(v, type == TYPE_DOMAIN))
		return false;
	add_lower(out, v.p[v.n - 1] == '.' ? slice_head(v, v.n - 1) : v);
	return true;
}

static bool
write_email(struct slice v, struct buf *out)
{
	size_t at = slice_rfind(v, '@');

	if (at == 0 || at >= v.n || at > 64 || !only(slice_head(v, at), "!#%&'*+-/=?^_`{|}~.") || v.p[0] == '-'
	    || !dns_name(slice_from(v, at + 1), true))
		return false;
	buf_slice_add(out, slice_head(v, at + 1));
	add_lower(out, slice_from(v, at + 1));
	return true;
}

/* http(s) only, RFC 3986 characters only: what a browser would mend is refused. */
static bool
write_url(struct slice v, struct buf *out)
{
	if (v.n > 2048 || (!slice_starts(v, SLICE("https://")) && !slice_starts(v, SLICE("http://"))) || !only(v,
	    "-._~:/?#[]@!$&'()*+,;=%"))
		return false;
	buf_slice_add(out, v);
	return true;
}

/* Absolute, without empty, `.` or `..` parts. */
static bool
write_path(struct slice v, struct buf *out)
{
	struct slice rest = v;

	if (v.n < 2 || v.p[0] != '/' || !plain(v))
		return false;
	(void)slice_cut(&rest, '/');
	while (rest.p) {
		struct slice part = slice_cut(&rest, '/');

		if (part.n == 0 || slice_eq(part, SLICE(".")) || slice_eq(part, SLICE("..")))
			return false;
	}
	buf_slice_add(out, v);
	return true;
}

static bool
write_hash(struct slice v, struct buf *out)
{
	if (v.n != 32 && v.n != 40 && v.n != 64 && v.n != 128)
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (!num_digit(v.p[i]) && !((v.p[i] | 32) >= 'a' && (v.p[i] | 32) <= 'f'))
			return false;
	add_lower(out, v);
	return true;
}

static bool
write_number(enum play_type type, struct slice v, struct buf *out)
{
	int64_t n;

	if (!num_i64(v, &n) || (type == TYPE_PID && (n < 1 || n > 4194304)) || (type == TYPE_PORT && (n < 1 || n > 65535)))
		return false;
	buf_i64(out, n);
	return true;
}

/* The largest of d h m s that loses nothing: what nft reads. */
static bool
write_duration(struct slice v, struct buf *out)
{
	static const struct {
		int64_t s;
		char unit;
	} unit[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
	int64_t n;

	if (!stamp_duration(v, &n) || n < 0)
		return false;
	for (size_t i = 0; i < 4; i++)
		if (n % unit[i].s == 0 && (n >= unit[i].s || i == 3)) {
			buf_i64(out, n / unit[i].s);
			buf_byte(out, unit[i].unit);
			break;
		}
	return true;
}

static bool
write_word(enum play_type type, struct slice v, struct buf *out)
{
	bool ok = false;

	if (type == TYPE_USER)
		ok = v.n <= USER_MAX && v.p[0] != '-' && plain(v) && slice_find(v, ':') == v.n && slice_find(v, '/') == v.n;
	else if (type == TYPE_ID)
		ok = v.n <= ID_MAX && v.p[0] != '-' && only(v, "-_.:/@+");
	else
		ok = utf8_bad(v) == v.n;
	if (ok)
		buf_slice_add(out, v);
	return ok;
}

static bool
write_value(enum play_type type, struct slice v, struct buf *out)
{
	switch (type) {
	case TYPE_IP:
	case TYPE_CIDR:
		return write_address(type, v, out);
	case TYPE_HOST:
	case TYPE_DOMAIN:
		return write_name(type, v, out);
	case TYPE_URL:
		return write_url(v, out);
	case TYPE_EMAIL:
		return write_email(v, out);
	case TYPE_PATH:
		return write_path(v, out);
	case TYPE_HASH:
		return write_hash(v, out);
	case TYPE_PID:
	case TYPE_PORT:
	case TYPE_INT:
		return write_number(type, v, out);
	case TYPE_DURATION:
		return write_duration(v, out);
	default:
		return write_word(type, v, out);
	}
}

bool
play_type_write(enum play_type type, struct slice value, struct buf *out, const char **why)
{
	static const char *const words[TYPE_COUNT] = {
		[TYPE_IP] = "not an address", [TYPE_CIDR] = "not a network", [TYPE_HOST] = "not a host name",
		    [TYPE_DOMAIN] = "not a domain",
		[TYPE_URL] = "not an http URL", [TYPE_EMAIL] = "not a mail address", [TYPE_USER] = "not a user name",
		[TYPE_PATH] = "not an absolute path", [TYPE_PID] = "not a process id", [TYPE_PORT] = "not a port",
		    [TYPE_HASH] = "not a hash",
		[TYPE_INT] = "not a whole number", [TYPE_DURATION] = "not a duration", [TYPE_ID] = "not an id",
		    [TYPE_TEXT] = "not UTF-8",
	};

	*why = NULL;
	if (value.n > VALUE_MAX)
		*why = "longer than 4,096 bytes";
	else if (value.n == 0 && type != TYPE_TEXT)
		*why = "empty";
	else if (type >= TYPE_COUNT || !write_value(type, value, out))
		*why = type < TYPE_COUNT ? words[type] : "of no known type";
	return *why == NULL;
}

const struct play_arg *
play_arg_find(const struct play_arg *arg, size_t n, struct slice name)
{
	for (size_t i = 0; i < n; i++)
		if (slice_eq(arg[i].name, name))
			return &arg[i];
	return NULL;
}

/* The place of the next ${ that is no $${; text.n if there is none. */
static size_t
opening(struct slice text, size_t at)
{
	for (; at + 1 < text.n; at++) {
		if (text.p[at] != '$')
			continue;
		if (text.p[at + 1] == '$' && at + 2 < text.n && text.p[at + 2] == '{')
			at += 2;
		else if (text.p[at + 1] == '{')
			return at;
	}
	return text.n;
}

bool
play_names(struct slice text, size_t *at, struct slice *name, bool *malformed)
{
	size_t open = opening(text, *at), close;

	if (malformed)
		*malformed = false;
	if (open == text.n)
		return false;
	close = open + slice_find(slice_from(text, open), '}');
	if (close == text.n) {
		if (malformed)
			*malformed = true;
		return false;
	}
	*name = slice_of(text.p + open + 2, close - open - 2);
	*at = close + 1;
	return true;
}

static void
add_plain(struct buf *out, struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '$' && i + 2 < s.n && s.p[i + 1] == '$' && s.p[i + 2] == '{')
			continue;
		buf_byte(out, s.p[i]);
	}
}

static bool
add_value(struct slice name, const struct play_arg *arg, size_t n, struct buf *out)
{
	const struct play_arg *a = play_arg_find(arg, n, name);
	struct slice family = SLICE(".family");

	if (a) {
		buf_slice_add(out, a->value);
		return true;
	}
	if (!slice_ends(name, family))
		return false;
	a = play_arg_find(arg, n, slice_head(name, name.n - family.n));
	if (a == NULL || (a->type != TYPE_IP && a->type != TYPE_CIDR))
		return false;
	buf_byte(out, slice_find(a->value, ':') < a->value.n ? '6' : '4');
	return true;
}

bool
play_expand(struct slice text, const struct play_arg *arg, size_t n, struct buf *out, const char **why)
{
	size_t at = 0, before = 0, kept = out->n;
	struct slice name;
	bool malformed;

	*why = NULL;
	while (*why == NULL && play_names(text, &at, &name, &malformed)) {
		add_plain(out, slice_of(text.p + before, (size_t)(name.p - 2 - (text.p + before))));
		before = at;
		if (!add_value(name, arg, n, out))
			*why = "no such variable";
	}
	if (*why == NULL && malformed)
		*why = "${ without }";
	if (*why == NULL)
		add_plain(out, slice_from(text, before));
	else
		out->n = kept;
	return *why == NULL;
}
