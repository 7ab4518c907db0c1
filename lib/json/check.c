#include "lib/json/priv.h"

/*
 * The plain reader: RFC 8259 byte by byte.  It names each fault and is what the fast path is held against.  The open
 * containers are one byte each; nothing recurses.
 */
struct check {
	const char *start, *p, *end;
	const struct json_limits *limits;
	struct fault *f;
	uint32_t nodes, depth;
	char open[JSON_DEPTH_MAX];	/* '{' or '[' */
};

static bool
refuse(struct check *c, const char *what, const char *at)
{
	size_t left = (size_t)(c->end - at);

	return fault_near(c->f, what, slice_of(at, left < 24 ? left : 24), (uint64_t)(at - c->start));
}

/* A byte that fits nowhere: bad UTF-8 is said to be that. */
static bool
unexpected(struct check *c, const char *what)
{
	if (c->p < c->end && json_utf8(c->p, c->end) == 0)
		what = "json-utf8: no UTF-8 (RFC 3629)";
	else if (c->p == c->end)
		what = "json-syntax: the text ends early";
	return refuse(c, what, c->p);
}

static void
blanks(struct check *c)
{
	while (c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\r' || *c->p == '\n'))
		c->p++;
}

static bool
here(const struct check *c, char want)
{
	return c->p < c->end && *c->p == want;
}

static bool
node(struct check *c)
{
	return c->nodes++ < c->limits->nodes || refuse(c, "json-count: more values than the limit", c->p);
}

static bool
escape(struct check *c)
{
	const char *at = c->p++;

	if (c->p == c->end || !json_escape_ok(*c->p))
		return refuse(c, "json-syntax: no such escape", at);
	if (*c->p++ != 'u')
		return true;
	for (int i = 0; i < 4; i++, c->p++)
		if (c->p == c->end || json_hex(*c->p) < 0)
			return refuse(c, "json-syntax: \\u wants four hex digits", at);
	return true;
}

/* c->p is at the opening quote. */
static bool
string(struct check *c)
{
	const char *at = c->p++;
	size_t n;

	while (c->p < c->end && *c->p != '"') {
		if (*c->p == '\\') {
			if (!escape(c))
				return false;
			continue;
		}
		if ((unsigned char)*c->p < 0x20)
			return refuse(c, *c->p == '\n' ? "json-syntax: a string does not end in its line" :
			    "json-syntax: a control character in a string", c->p);
		n = json_utf8(c->p, c->end);
		if (n == 0)
			return refuse(c, "json-utf8: no UTF-8 (RFC 3629)", c->p);
		c->p += n;
	}
	if (c->p == c->end)
		return refuse(c, "json-syntax: a string does not end", at);
	c->p++;
	return true;
}

static size_t
digits(struct check *c)
{
	const char *at = c->p;

	while (c->p < c->end && *c->p >= '0' && *c->p <= '9')
		c->p++;
	return (size_t)(c->p - at);
}

static bool
number(struct check *c)
{
	const char *at = c->p;

	if (here(c, '-'))
		c->p++;
	if (here(c, '0'))
		c->p++;
	else if (digits(c) == 0)
		return c->p == at ? unexpected(c, "json-syntax: a value is missing") : refuse(c, "json-syntax: bad number", at);
	if (here(c, '.')) {
		c->p++;
		if (digits(c) == 0)
			return refuse(c, "json-syntax: bad number", at);
	}
	if (here(c, 'e') || here(c, 'E')) {
		c->p++;
		if (here(c, '+') || here(c, '-'))
			c->p++;
		if (digits(c) == 0)
			return refuse(c, "json-syntax: bad number", at);
	}
	return true;
}

static bool
word(struct check *c, struct slice want)
{
	if (!slice_starts(slice_of(c->p, (size_t)(c->end - c->p)), want))
		return refuse(c, "json-syntax: an unknown word", c->p);
	c->p += want.n;
	return true;
}

static bool
open(struct check *c)
{
	if (c->depth == c->limits->depth || c->depth == JSON_DEPTH_MAX)
		return refuse(c, "json-depth: nested deeper than the limit", c->p);
	c->open[c->depth++] = *c->p++;
	return true;
}

static bool
scalar(struct check *c)
{
	if (here(c, '"'))
		return string(c);
	if (here(c, 't'))
		return word(c, SLICE("true"));
	if (here(c, 'f'))
		return word(c, SLICE("false"));
	if (here(c, 'n'))
		return word(c, SLICE("null"));
	return number(c);
}

/* A name, its colon and the blanks behind it. */
static bool
key(struct check *c)
{
	blanks(c);
	if (!here(c, '"'))
		return unexpected(c, "json-syntax: a name in quotes is missing");
	if (!node(c) || !string(c))
		return false;
	blanks(c);
	if (!here(c, ':'))
		return unexpected(c, "json-syntax: a colon is missing");
	c->p++;
	return true;
}

/* Closes what ends here, up to the comma behind which another value is expected; *more tells that there is one. */
static bool
after(struct check *c, bool *more)
{
	for (*more = false; c->depth; c->depth--, c->p++) {
		bool object = c->open[c->depth - 1] == '{';

		blanks(c);
		if (here(c, ',')) {
			c->p++;
			*more = true;
			return !object || key(c);
		}
		if (!here(c, object ? '}' : ']'))
			return unexpected(c, object ? "json-syntax: a comma or } is missing" :
			    "json-syntax: a comma or ] is missing");
	}
	return true;
}

/* One value, or the start of a container; *inside tells that the container's first value follows. */
static bool
value(struct check *c, bool *inside)
{
	char bracket;

	*inside = false;
	blanks(c);
	if (!here(c, '{') && !here(c, '['))
		return (c->p < c->end || unexpected(c, "")) && node(c) && scalar(c);
	bracket = *c->p;
	if (!node(c) || !open(c))
		return false;
	blanks(c);
	*inside = !here(c, bracket == '{' ? '}' : ']');
	return !*inside || bracket == '[' || key(c);
}

bool
json_check(struct slice doc, const struct json_limits *limits, struct fault *f)
{
	const char *p = doc.n ? doc.p : "";
	struct check c = {.start = p, .p = p, .end = p + doc.n, .limits = limits, .f = f};
	bool more = true;

	if (doc.n > limits->length)
		return fault_set(f, "json-length: longer than the limit", limits->length);
	while (more) {
		if (!value(&c, &more))
			return false;
		if (!more && !after(&c, &more))
			return false;
	}
	blanks(&c);
	return c.p == c.end || unexpected(&c, "json-syntax: something follows the value");
}
