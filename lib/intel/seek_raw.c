/* The original: values that show what they are, members whose name tells it, and free text on request. */
#include "lib/intel/probe.h"

#include "lib/base/num.h"

enum how { PLAIN, HOST, LINK, MAIL, HASHES };
enum { NAMES = 256, LONG = 4096, PIECES = 256 };

static const struct name {
	struct slice word;
	enum how how;
} names[] = {
#define NAME(word, how) {SLICE_INIT(word), how},
#include "lib/intel/names.def"
#undef NAME
};

static inline char
folded(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c == '-' ? '_' : c;
}

static inline size_t
place_of(const char *p, size_t n)
{
	return ((size_t)(unsigned char)folded(p[0]) * 7 + (size_t)(unsigned char)folded(p[n - 1]) * 31 +
	    (size_t)(unsigned char)folded(p[n / 2]) * 3 + n * 13) % NAMES;
}

/* Rows by the hash of their word, made by the first look; each place holds a row + 1. */
static uint8_t at_place[NAMES];

__attribute__((constructor)) static void
places(void)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		size_t at = place_of(names[i].word.p, names[i].word.n);

		while (at_place[at])
			at = (at + 1) % NAMES;
		at_place[at] = (uint8_t)(i + 1);
	}
}
_Static_assert(sizeof names / sizeof *names < NAMES / 2, "the table of names has free places");

static enum how
how_of(struct slice key)
{
	size_t dot = slice_rfind(key, '.'), at;

	/* "id.orig_h", "source.ip": the last part counts; Zeek's ends of a connection are addresses by themselves. */
	if (dot < key.n)
		key = slice_from(key, dot + 1);
	if (key.n == 0 || key.n > 24)
		return PLAIN;
	for (at = place_of(key.p, key.n); at_place[at]; at = (at + 1) % NAMES) {
		const struct name *r = &names[at_place[at] - 1];
		size_t i = 0;

		if (r->word.n != key.n)
			continue;
		while (i < key.n && folded(key.p[i]) == r->word.p[i])
			i++;
		if (i == key.n)
			return r->how;
	}
	return PLAIN;
}

/* ---- one value ----------------------------------------------------------------------------------------------------------- */
static bool
between(char c)
{
	return c == ' ' || c == ',' || c == ';' || c == '\t' || c == '\n' || c == '\r' || c == '"' || c == '\'' || c == '<' ||
	    c == '>' ||
	    c == '(' || c == ')' || c == '|' || c == '=';
}

static bool
hex_run(struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i] | 0x20;

		if (!num_digit(s.p[i]) && !(c >= 'a' && c <= 'f'))
			return false;
	}
	return true;
}

/* The first group of an address ends soon. */
static inline bool
address_like(struct slice t)
{
	for (size_t i = 0; i < t.n && i < 6; i++)
		if (t.p[i] == ':' || (t.p[i] == '.' && i < 4))
			return true;
	return false;
}

/* http://, https://, ftp:// and what is as short. */
static inline bool
link_like(struct slice t)
{
	for (size_t i = 2; i < 9 && i + 2 < t.n; i++)
		if (t.p[i] == ':')
			return t.p[i + 1] == '/' && t.p[i + 2] == '/';
	return false;
}

/* What a text is as a whole, by its looks alone. */
static bool
whole(struct intel_seek *s, struct slice t, struct place where)
{
	char c = t.n ? t.p[0] : ' ';
	bool digit = num_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');

	if (t.n >= 32 && t.n <= 128 && digit && (t.n % 8) == 0 && hex_run(t))
		return probe_hash(s, t, where);
	if ((digit || c == ':' || c == '[') && t.n >= 3 && t.n <= 53 && address_like(t))
		return probe_ip(s, t, where);
	return t.n > 8 && t.n <= INTEL_URL_MAX && link_like(t) && probe_url(s, t, where);
}

/* A piece of a value that names hosts, mail addresses, links or hashes. */
static void
piece(struct intel_seek *s, struct slice t, struct place where, enum how how)
{
	while (t.n && (t.p[t.n - 1] == '.' || t.p[t.n - 1] == ':' || t.p[t.n - 1] == '!' || t.p[t.n - 1] == '?'))
		t.n--;
	if (t.n < 3 || whole(s, t, where))
		return;
	if (how == MAIL || memchr(t.p, '@', t.n)) {
		if (memchr(t.p, '@', t.n) && probe_mail(s, t, where))
			return;
	}
	if ((how == HOST || how == LINK) && memchr(t.p, '.', t.n) && t.p[0] != '/')
		(void)(how == LINK && memchr(t.p, '/', t.n) ? probe_url(s, t, where) : probe_name(s, t, where));
}

static void
pieces(struct intel_seek *s, struct slice t, struct place where, enum how how)
{
	size_t from = 0, n = 0;

	for (size_t i = 0; i <= t.n; i++) {
		if (i < t.n && !between(t.p[i]))
			continue;
		if (i > from) {
			if (n++ == PIECES) {
				s->cut = true;
				return;
			}
			piece(s, slice_of(t.p + from, i - from), (struct place){where.node, (uint32_t)from, 0}, how);
		}
		from = i + 1;
	}
}

struct web {
	uint32_t host, path;		/* the last ones seen, JSON_NONE: none */
};

/* Host and path in two members of one object (eve's http, Zeek's http.log, proxies). */
static void
web(struct intel_seek *s, struct web *w)
{
	const struct json_node *n = s->j->node;
	uint32_t far = w->host > w->path ? w->host - w->path : w->path - w->host;

	if (w->host == JSON_NONE || w->path == JSON_NONE || n[w->host].depth != n[w->path].depth || far > 64 ||
	    n[w->host].escaped ||
	    n[w->path].escaped)
		return;
	probe_web(s, json_inner(s->j, w->host), json_inner(s->j, w->path), (struct place){w->path, 0, 0});
	w->path = JSON_NONE;
}

static void
value(struct intel_seek *s, uint32_t v, enum how how, struct slice key, struct web *w, bool text)
{
	struct place where = {.node = v};
	struct slice t;

	if (s->j->node[v].end - s->j->node[v].at < 5)
		return;
	if (s->j->node[v].escaped) {
		buf_reset(&s->decoded);
		t = json_text(s->j, v, &s->decoded);
	} else {
		t = json_inner(s->j, v);
	}
	if (how == PLAIN && !text) {
		/* A version has the form of an address. */
		if (!(key.n > 6 && slice_ends_nocase(key, SLICE("version"))))
			(void)whole(s, t, where);
		return;
	}
	if (t.n > LONG && !text)
		return;
	if (how == HOST && t.p[0] != '/' && !memchr(t.p, ' ', t.n))
		w->host = v;
	if (how == LINK && t.p[0] == '/')
		w->path = v;
	web(s, w);
	if (how != PLAIN && whole(s, t, where))
		return;
	pieces(s, t, where, text && how == PLAIN ? HOST : how);
}

void
seek_raw(struct intel_seek *s, uint32_t raw, bool text)
{
	const struct json *j = s->j;
	uint32_t end = j->node[raw].next;
	enum how how = PLAIN;
	struct slice key = {NULL, 0};
	struct web w = {JSON_NONE, JSON_NONE};

	for (uint32_t v = raw; v < end; v++) {
		if (j->node[v].type != JSON_STRING)
			continue;
		if (!j->node[v].key) {
			value(s, v, how, key, &w, text);
			continue;
		}
		key = json_inner(j, v);
		how = PLAIN;
		/* Only what holds texts needs its name looked at. */
		if (v + 1 < end && (j->node[v + 1].type == JSON_STRING || j->node[v + 1].type == JSON_ARRAY))
			how = how_of(key);
	}
}
