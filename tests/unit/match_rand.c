#include "tests/unit/match_rand.h"

/* What rules say and events hold: folding, escapes, wildcards, dashes, numbers, addresses, broken ends of words. */
static const char *const words[] = {
	"a", "ab", "abc", "abcd", "cmd", "\\cmd.exe", "C:\\Windows\\", "powershell", "PowerShell.exe", "-e", "/c", " -enc ", "net user",
	"\xc3\xbc", "\xc3\x9c", "K", "\xe2\x84\xaa", "\xc5\xbf", "s", "1", "11", "4624", "0x10", "10.1.2.3", "fe80::1", "true", "Q29t", "\"",
	"\n", "\t", "x", "xy", "*", "?", "`", "mimikatz", "sekurlsa::", "http://", "evil.com", "2026-01-02T23:04:05Z", "", " ",
};
enum { WORDS = sizeof words / sizeof *words, FIELDS = 7, LONG = 70 };

static const char *const field[FIELDS] = {"Image", "CommandLine", "f", "g", "a.b", "Threat", "EventID"};
static const char *const modifier[] = {
	"", "", "|contains", "|contains", "|endswith", "|endswith", "|startswith", "|contains|all", "|cased", "|contains|cased", "|re", "|re|i",
	"|contains|windash", "|base64offset|contains", "|exists", "|gt", "|lte", "|cidr", "|neq", "|fieldref", "|fieldref|endswith", "|endswith|all",
	"|wide|base64offset|contains", "|hour|gte",
};
static const char *const regex[] = {"a+b", "(cmd|net) user", "^x.*y$", "[a-c]{2}d", "\\\\cmd\\.exe$", "abc?d", "(?i)power.?shell", "a|cmd|xy",
	"\\.exe", "x{1,3}y", "`\\w", "K", "\xc3\xbc+"};
static const char *const condition[] = {"s0", "s0 and s1", "s0 and not s1", "not s0", "s0 or s1", "1 of s*", "all of s*", "not (s0 and s1)",
	"(s0 or s1) and not s2", "not 1 of s*", "s0 and not (s1 or not s2)", "not not s0"};

static void
quoted(struct buf *out, const char *s)
{
	buf_byte(out, '"');
	for (; *s; s++)
		switch (*s) {
		case '"': case '\\':
			buf_byte(out, '\\');
			buf_byte(out, *s);
			break;
		case '\n':
			buf_str(out, "\\n");
			break;
		case '\t':
			buf_str(out, "\\t");
			break;
		default:
			buf_byte(out, *s);
		}
	buf_byte(out, '"');
}

static void
words_of(struct rnd *r, unsigned most, struct buf *b)
{
	buf_reset(b);
	for (unsigned n = 1 + rnd(r, most); n; n--)
		buf_str(b, words[rnd(r, WORDS)]);
}

static void
value(struct rnd *r, const char *mod, struct buf *out)
{
	static const char *const number[] = {"1", "11", "10", "4624", "-3", "5.5", "22"}, *const net[] = {"10.0.0.0/8", "fe80::/10", "10.1.2.3/32"};
	struct buf b = {0};

	if (strncmp(mod, "|re", 3) == 0) {
		quoted(out, regex[rnd(r, sizeof regex / sizeof *regex)]);
	} else if (strcmp(mod, "|exists") == 0) {
		buf_str(out, rnd(r, 2) ? "true" : "false");
	} else if (strstr(mod, "gt") || strstr(mod, "lte")) {
		buf_str(out, number[rnd(r, 7)]);
	} else if (strcmp(mod, "|cidr") == 0) {
		buf_str(out, net[rnd(r, 3)]);
	} else if (strncmp(mod, "|fieldref", 9) == 0) {
		buf_str(out, field[rnd(r, FIELDS)]);
	} else if (*mod == '\0' && rnd(r, 12) == 0) {
		buf_str(out, "null");
	} else {
		words_of(r, 3, &b);
		quoted(out, buf_cstr(&b));
	}
	buf_free(&b);
}

static void
values(struct rnd *r, const char *mod, struct buf *out)
{
	unsigned n = rnd(r, 30) == 0 ? LONG : rnd(r, 3) ? 1 : 1 + rnd(r, 5);

	if (n == 1 && rnd(r, 2)) {
		value(r, mod, out);
		return;
	}
	buf_byte(out, '[');
	for (unsigned i = 0; i < n; i++) {
		if (i)
			buf_byte(out, ',');
		value(r, mod, out);
	}
	buf_byte(out, ']');
}

static bool
alone(const char *mod)
{
	return strcmp(mod, "|exists") == 0;
}

static void
search(struct rnd *r, struct buf *out)
{
	unsigned n = 1 + rnd(r, 3), first = rnd(r, FIELDS);

	if (rnd(r, 10) == 0) {
		values(r, "", out);
		return;
	}
	buf_byte(out, '{');
	for (unsigned i = 0; i < n; i++) {
		const char *mod = modifier[rnd(r, sizeof modifier / sizeof *modifier)];

		if (i)
			buf_byte(out, ',');
		buf_byte(out, '"');
		buf_str(out, field[(first + i) % FIELDS]);
		buf_str(out, mod);
		buf_str(out, "\": ");
		if (alone(mod))
			value(r, mod, out);
		else
			values(r, mod, out);
	}
	buf_byte(out, '}');
}

void
rnd_rule(struct rnd *r, unsigned number, struct buf *out)
{
	buf_str(out, "title: t\nid: 00000000-0000-4000-8000-");
	buf_pad(out, number, 12);
	buf_str(out, "\nlogsource: {product: test}\ndetection:\n");
	for (int i = 0; i < 3; i++) {
		buf_str(out, "    s");
		buf_u64(out, (unsigned)i);
		buf_str(out, ": ");
		search(r, out);
		buf_byte(out, '\n');
	}
	buf_str(out, "    condition: ");
	buf_str(out, condition[rnd(r, sizeof condition / sizeof *condition)]);
	buf_byte(out, '\n');
}

/* ---- events ------------------------------------------------------------------------------------------------------------- */

/* JSON text, at times with escapes where none is needed, and in the other case. */
static void
text(struct rnd *r, struct buf *out)
{
	struct buf b = {0};
	bool escape = rnd(r, 8) == 0, flip = rnd(r, 3) == 0;

	words_of(r, 4, &b);
	buf_byte(out, '"');
	for (size_t i = 0; i < b.n; i++) {
		char c = b.p[i], hex = c;

		if (flip && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
			hex = c = (char)(c ^ 0x20);
		if (c == '"' || c == '\\') {
			buf_byte(out, '\\');
			buf_byte(out, c);
		} else if ((unsigned char)c < 0x20 || (escape && (unsigned char)c < 0x80)) {
			buf_str(out, "\\u00");
			buf_hex(out, &hex, 1);
		} else {
			buf_byte(out, c);
		}
	}
	buf_byte(out, '"');
	buf_free(&b);
}

static void
scalar(struct rnd *r, struct buf *out)
{
	static const char *const bare[] = {"null", "true", "1", "4624", "5.5", "-3", "11"};

	if (rnd(r, 5) == 0)
		buf_str(out, bare[rnd(r, 7)]);
	else
		text(r, out);
}

static void
member(struct rnd *r, struct buf *out)
{
	unsigned n = rnd(r, 4);

	if (rnd(r, 6)) {
		scalar(r, out);
		return;
	}
	buf_byte(out, '[');
	for (unsigned i = 0; i < n; i++) {
		if (i)
			buf_byte(out, ',');
		scalar(r, out);
	}
	buf_byte(out, ']');
}

static void
nested(struct rnd *r, struct buf *out)
{
	bool list = rnd(r, 2);

	buf_str(out, list ? "\"a\":[{\"b\":" : "\"a\":{\"b\":");
	member(r, out);
	if (list) {
		buf_str(out, "},{\"c\":1},{\"b\":");
		member(r, out);
	}
	buf_str(out, list ? "}]" : "}");
}

void
rnd_event(struct rnd *r, struct buf *out)
{
	bool comma = false;

	buf_byte(out, '{');
	for (int i = 0; i < FIELDS; i++) {
		if (rnd(r, 4) == 0)
			continue;
		if (comma)
			buf_byte(out, ',');
		comma = true;
		if (strcmp(field[i], "a.b") == 0 && rnd(r, 3)) {
			nested(r, out);
			continue;
		}
		buf_byte(out, '"');
		buf_str(out, field[i]);
		buf_str(out, "\":");
		member(r, out);
	}
	buf_byte(out, '}');
}
