#include "lib/report/share.h"

#include "lib/port/digest.h"

#include <stdlib.h>

/* Random once (version 4): never to be changed, or the same incident would get another name. */
const unsigned char uuid_irpipe[16] = {0x6d, 0x0f, 0x4a, 0x91, 0x3c, 0x57, 0x4e, 0x2b, 0xa8, 0x14, 0xf2, 0x5e, 0x90, 0x7b, 0xc3,
    0x6d};
const unsigned char uuid_stix_sco[16] = {0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9,
    0xb7};

bool
uuid_put(char out[UUID_LEN], const unsigned char space[16], struct slice kind, struct slice name)
{
	static const char digit[] = "0123456789abcdef";
	struct slice part[3] = {slice_of((const char *)space, 16), kind, name};
	unsigned char sha[20];
	size_t n = 0;

	if (!digest_sha1(part, 3, sha))
		return false;
	sha[6] = (unsigned char)((sha[6] & 0x0f) | 0x50);
	sha[8] = (unsigned char)((sha[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			out[n++] = '-';
		out[n++] = digit[sha[i] >> 4];
		out[n++] = digit[sha[i] & 15];
	}
	return true;
}

/* ---- times ------------------------------------------------------------------------------------------------------- */

static void
time_add(struct buf *b, struct stamp at, size_t digits)
{
	char t[STAMP_LEN];

	stamp_put(t, at);
	buf_add(b, t, 20 + digits);
	buf_byte(b, 'Z');
}

void
time_ms_add(struct buf *b, struct stamp at)
{
	time_add(b, at, 3);
}

void
time_us_add(struct buf *b, struct stamp at)
{
	time_add(b, at, 6);
}

struct stamp
report_time(const struct model *m)
{
	return m->o.now_given ? m->o.now : m->newest;
}

/* ---- hashes, techniques ------------------------------------------------------------------------------------------ */

const char *
hash_name(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f') || (s.p[i] >= 'A' && s.p[i] <= 'F')))
			return NULL;
	switch (s.n) {
	case 32:
		return "MD5";
	case 40:
		return "SHA-1";
	case 64:
		return "SHA-256";
	case 128:
		return "SHA-512";
	default:
		return NULL;
	}
}

static bool
digits(struct slice s, size_t from, size_t n)
{
	if (s.n < from + n)
		return false;
	for (size_t i = from; i < from + n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

bool
technique_is(struct slice s)
{
	if (s.n < 5 || s.p[0] != 'T' || !digits(s, 1, 4))
		return false;
	return s.n == 5 || (s.n == 9 && s.p[5] == '.' && digits(s, 6, 3));
}

void
technique_url_add(struct buf *b, struct slice id)
{
	buf_lit(b, "https://attack.mitre.org/techniques/");
	buf_slice_add(b, slice_head(id, 5));
	buf_byte(b, '/');
	if (id.n > 5) {
		buf_slice_add(b, slice_from(id, 6));
		buf_byte(b, '/');
	}
}

void
tactic_short_add(struct buf *b, struct slice tactic)
{
	for (size_t i = 0; i < tactic.n; i++) {
		char c = tactic.p[i];

		if (c == '_' || c == ' ')
			c = '-';
		else if (c >= 'A' && c <= 'Z')
			c = (char)(c + 32);
		buf_byte(b, c);
	}
}

static int
by_id(const void *a, const void *b, void *model)
{
	const struct technique *x = a, *y = b;

	return slice_cmp(text_of(model, x->id), text_of(model, y->id));
}

struct technique *
techniques_make(struct model *m, size_t *n)
{
	struct technique *v = NULL;
	struct map at = {0};
	size_t cap = 0;

	*n = 0;
	for (size_t i = 0; i < m->rules; i++) {
		const struct rule *r = &m->rule[i];

		for (uint32_t k = 0; k < r->techniques.n; k++) {
			uint32_t id = item_of(m, r->techniques, k);
			bool made;
			struct map_row *row;

			if (!technique_is(text_of(m, id)))
				continue;
			row = map_put(&at, text_of(m, id), &made);
			if (made) {
				v = mem_grow(v, &cap, *n, sizeof *v);
				v[*n] = (struct technique){.id = id, .tactic = r->tactics.n ? item_of(m, r->tactics, 0) : 0};
				row->v.u = (*n)++;
			}
			v[row->v.u].hits += r->hits;
			if (r->level > v[row->v.u].level)
				v[row->v.u].level = r->level;
			if (!v[row->v.u].name && k < r->technique_names.n)
				v[row->v.u].name = item_of(m, r->technique_names, k);
		}
	}
	if (*n)
		qsort_r(v, *n, sizeof *v, by_id, m);
	map_free(&at);
	return v;
}
