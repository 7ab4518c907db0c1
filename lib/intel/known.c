#include "lib/intel/known_priv.h"

#include "lib/base/mem.h"
#include "lib/base/num.h"

#include <stdlib.h>

static const struct json_limits limits = {.length = (size_t)256 << 20, .depth = 64, .nodes = 64000000};

/* MISP's attribute types, by what they hold; a composite holds both. */
static const struct {
	struct slice name;
	unsigned kinds;
} attribute[] = {
	{SLICE_INIT("ip-src"), 1u << INTEL_IP}, {SLICE_INIT("ip-dst"), 1u << INTEL_IP}, {SLICE_INIT("ip-src|port"), 1u << INTEL_IP},
	{SLICE_INIT("ip-dst|port"), 1u << INTEL_IP}, {SLICE_INIT("domain"), 1u << INTEL_DOMAIN},
	{SLICE_INIT("hostname"), 1u << INTEL_DOMAIN}, {SLICE_INIT("hostname|port"), 1u << INTEL_DOMAIN},
	{SLICE_INIT("domain|ip"), 1u << INTEL_DOMAIN | 1u << INTEL_IP},
	{SLICE_INIT("url"), 1u << INTEL_URL | 1u << INTEL_DOMAIN}, {SLICE_INIT("uri"), 1u << INTEL_URL | 1u << INTEL_DOMAIN},
	{SLICE_INIT("link"), 1u << INTEL_URL | 1u << INTEL_DOMAIN},
	{SLICE_INIT("email"), 1u << INTEL_EMAIL}, {SLICE_INIT("email-src"), 1u << INTEL_EMAIL}, {SLICE_INIT("email-dst"), 1u << INTEL_EMAIL},
	{SLICE_INIT("email-reply-to"), 1u << INTEL_EMAIL}, {SLICE_INIT("target-email"), 1u << INTEL_EMAIL},
	{SLICE_INIT("whois-registrant-email"), 1u << INTEL_EMAIL}, {SLICE_INIT("dns-soa-email"), 1u << INTEL_EMAIL},
};

static unsigned
kinds_of(struct slice name)
{
	for (size_t i = 0; i < sizeof attribute / sizeof *attribute; i++)
		if (slice_eq(name, attribute[i].name))
			return attribute[i].kinds;
	return slice_has(name, SLICE("md5")) || slice_has(name, SLICE("sha")) || slice_has(name, SLICE("imphash")) ?
	    1u << INTEL_HASH : 0;
}

struct known *
known_new(void)
{
	struct known *k = mem_zero(1, sizeof *k);

	k->build = intel_build_new();
	return k;
}

void
known_free(struct known *k)
{
	if (k == NULL)
		return;
	for (size_t i = 0; i < k->patterns; i++)
		pcre_free(k->pattern[i].code);
	intel_close(k->index);
	intel_build_free(k->build);
	arena_free(&k->mem);
	free(k->list);
	free(k->part);
	free(k->list_of);
	free(k->pattern);
	free(k);
}

/* ---- entries ------------------------------------------------------------------------------------------------------------- */
/* A list's number stands where feeds have the name of their source. */
static bool
put(struct known *k, const struct intel_value *v, const struct buf *bytes)
{
	struct buf number = {0};
	struct intel_new n = {.confidence = INTEL_UNKNOWN, .from = INT64_MIN, .until = INT64_MAX};
	bool ok;

	buf_u64(&number, k->lists - 1);
	n.source = buf_slice(&number);
	ok = intel_build_add(k->build, v, buf_slice(bytes), &n);
	buf_free(&number);
	return ok;
}

static void
exact(struct known *k, struct slice text, enum match how, struct buf *bytes)
{
	struct intel_value v;
	bool ok;

	buf_reset(bytes);
	ok = value_read(text, INTEL_TYPES, &v, bytes) || value_read(text, INTEL_domain, &v, bytes);
	/* ".example" of a list of hosts is all below it and itself; a list of strings means what it says. */
	if (ok && v.type == INTEL_domain)
		v.scope = how == MATCH_HOST || text.p[0] == '.' ? INTEL_BELOW : INTEL_ITSELF;
	if (!ok || !(k->list[k->lists - 1].kinds >> intel_type_row[v.type].kind & 1) || !put(k, &v, bytes))
		k->useless++;
}

static void
part_put(struct known *k, struct slice text)
{
	struct known_part *p;
	char *to = arena_dup(&k->mem, text.p, text.n);

	for (size_t i = 0; i < text.n; i++)
		to[i] = (char)(to[i] >= 'A' && to[i] <= 'Z' ? to[i] | 0x20 : to[i]);
	k->part = mem_grow(k->part, &k->part_cap, k->parts, sizeof *k->part);
	p = &k->part[k->parts++];
	*p = (struct known_part){.text = slice_of(to, text.n), .list = (uint32_t)(k->lists - 1)};
	p->next = k->head[known_gram(p->text.p, p->text.n)];
	k->head[known_gram(p->text.p, p->text.n)] = (uint32_t)k->parts;
}

static bool
address_like(struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = (char)(s.p[i] | 0x20);

		if (!(s.p[i] >= '0' && s.p[i] <= '9') && !(c >= 'a' && c <= 'f') && s.p[i] != '.' && s.p[i] != ':')
			return false;
	}
	return true;
}

/* A whole address is meant as such: 2.2.2.2 is no part of 12.2.2.22. */
static void
part(struct known *k, struct slice text, struct buf *bytes)
{
	struct addr a;

	if (addr_read(text, &a)) {
		exact(k, text, MATCH_TEXT, bytes);
		return;
	}
	k->addresses |= (k->list[k->lists - 1].kinds >> INTEL_IP & 1) && address_like(text);
	part_put(k, text);
}

/* "/.../flags" as PHP has it; the others than i, m, s do not change whether it matches. */
static bool
pattern(struct known *k, struct slice text, struct fault *f)
{
	size_t end = slice_rfind(text, '/');
	unsigned flags = 0;
	struct known_pattern *p;

	if (text.n > 2 && text.p[0] == '/' && end > 0 && end < text.n) {
		for (size_t i = end + 1; i < text.n; i++)
			flags |= text.p[i] == 'i' ? PCRE_CASELESS : text.p[i] == 'm' ? PCRE_MULTILINE : text.p[i] == 's' ?
			    PCRE_DOTALL : 0;
		text = slice_of(text.p + 1, end - 1);
	}
	k->pattern = mem_grow(k->pattern, &k->pattern_cap, k->patterns, sizeof *k->pattern);
	p = &k->pattern[k->patterns];
	p->list = (uint32_t)(k->lists - 1);
	p->code = pcre_new(text, flags, f);
	k->patterns += p->code != NULL;
	return p->code != NULL;
}

static bool
entry(struct known *k, enum match how, struct slice text, struct buf *bytes, struct fault *f)
{
	text = slice_trim(text);
	k->entries++;
	if (text.n == 0 || text.n > 4096 || k->list[k->lists - 1].kinds == 0)
		k->useless++;
	else if (how == MATCH_PART)
		part(k, text, bytes);
	else if (how == MATCH_PATTERN)
		return pattern(k, text, f);
	else
		exact(k, text, how, bytes);
	return true;
}

/* ---- lists --------------------------------------------------------------------------------------------------------------- */
static void
list_new(struct known *k, struct slice name, unsigned kinds)
{
	struct buf text = {0};

	(void)json_put_text(&text, slice_head(name, 256));
	k->list = mem_grow(k->list, &k->list_cap, k->lists, sizeof *k->list);
	k->list[k->lists++] = (struct known_list){.name = arena_slice(&k->mem, buf_slice(&text)), .kinds = kinds};
	buf_free(&text);
}

static bool
how_of(struct slice type, enum match *how)
{
	static const struct slice names[] = {[MATCH_ADDRESS] = SLICE_INIT("cidr"), [MATCH_HOST] = SLICE_INIT("hostname"),
	    [MATCH_TEXT] = SLICE_INIT("string"), [MATCH_PART] = SLICE_INIT("substring"), [MATCH_PATTERN] = SLICE_INIT("regex")};

	for (*how = 0; *how < sizeof names / sizeof *names; ++*how)
		if (slice_eq(type, names[*how]))
			return true;
	return false;
}

static struct slice
text_of(const struct json *j, uint32_t object, struct slice name, struct buf *b)
{
	uint32_t v = json_get(j, object, name);

	buf_reset(b);
	return v != JSON_NONE && json_type(j, v) == JSON_STRING ? json_text(j, v, b) : slice_of(NULL, 0);
}

static unsigned
attributes(const struct json *j)
{
	uint32_t list = json_get(j, 0, SLICE("matching_attributes"));
	unsigned kinds = 0;

	if (list == JSON_NONE || json_type(j, list) != JSON_ARRAY)
		return (1u << INTEL_KINDS) - 1;
	for (uint32_t v = json_first(j, list); v != JSON_NONE; v = json_following(j, list, v))
		if (json_type(j, v) == JSON_STRING)
			kinds |= kinds_of(json_inner(j, v));
	return kinds;
}

static bool
warninglist(struct known *k, const struct json *j, struct slice file, struct fault *f)
{
	struct buf text = {0}, bytes = {0};
	uint32_t list = json_type(j, 0) == JSON_OBJECT ? json_get(j, 0, SLICE("list")) : JSON_NONE;
	struct slice name;
	enum match how;
	bool ok = true;

	if (list == JSON_NONE || json_type(j, list) != JSON_ARRAY)
		return fault_set(f, "no warninglist: it has no list", 0);
	if (!how_of(text_of(j, 0, SLICE("type"), &text), &how))
		ok = fault_near(f, "a warninglist of a type that is not known", buf_slice(&text), 0);
	name = text_of(j, 0, SLICE("name"), &text);
	list_new(k, name.n ? name : file, attributes(j));
	for (uint32_t v = json_first(j, list); v != JSON_NONE && ok; v = json_following(j, list, v)) {
		buf_reset(&text);
		if (json_type(j, v) == JSON_STRING)
			ok = entry(k, how, json_text(j, v, &text), &bytes, f);
	}
	buf_free(&text);
	buf_free(&bytes);
	return ok;
}

static bool
plain(struct known *k, struct slice text, struct slice name)
{
	struct buf bytes = {0};
	struct fault f;

	list_new(k, name, (1u << INTEL_KINDS) - 1);
	while (text.p) {
		struct slice line = slice_trim(slice_cut(&text, '\n'));

		line = slice_trim(slice_head(line, slice_find_slice(line, SLICE(" #"))));
		if (line.n && line.p[0] != '#' && line.p[0] != ';')
			(void)entry(k, MATCH_HOST, line, &bytes, &f);
	}
	buf_free(&bytes);
	return true;
}

bool
known_read(struct known *k, struct slice bytes, struct slice name, struct fault *f)
{
	struct slice s = slice_trim(slice_starts(bytes, SLICE("\xef\xbb\xbf")) ? slice_from(bytes, 3) : bytes);
	struct json *j;
	bool ok;

	if (!intel_build_source(k->build, bytes))
		return fault_set(f, "SHA-256 failed", 0);
	if (s.n == 0 || s.p[0] != '{')
		return plain(k, s, name);
	j = json_new(&limits);
	ok = json_one(j, s, f) && warninglist(k, j, name, f);
	if (!ok && f->line == 0)
		fault_locate(f, s);
	json_free(j);
	return ok;
}

bool
known_done(struct known *k, struct fault *f)
{
	struct buf image = {0};

	if (!intel_build_image(k->build, &image, f))
		return false;
	k->index = intel_of(&image, f);
	if (k->index == NULL)
		return false;
	for (size_t i = 0; i < k->lists; i++)
		k->kinds |= k->list[i].kinds;
	for (size_t i = 0; i < k->patterns; i++)
		k->addresses |= k->list[k->pattern[i].list].kinds >> INTEL_IP & 1;
	k->list_of = mem_zero(intel_origins(k->index), sizeof *k->list_of);
	for (uint32_t i = 0; i < intel_origins(k->index); i++) {
		uint64_t n;

		if (num_u64(intel_origin_name(k->index, i), &n) && n < k->lists)
			k->list_of[i] = (uint32_t)n;
	}
	return true;
}

size_t
known_lists(const struct known *k)
{
	return k->lists;
}

size_t
known_entries(const struct known *k)
{
	return k->entries;
}

size_t
known_useless(const struct known *k)
{
	return k->useless;
}

const struct intel_index *
known_index(const struct known *k)
{
	return k->index;
}

unsigned
known_kinds(const struct known *k)
{
	return k->kinds;
}

struct slice
known_list_name(const struct known *k, size_t list)
{
	return k->list[list].name;
}
