/* The values of a record against the lists. */
#include "lib/intel/known_priv.h"

#include <stdlib.h>

struct known_seek {
	const struct known *k;
	struct pcre_room *room;
	struct buf text;
	struct known_hit hit[KNOWN_HITS];
	size_t n;
	bool cut;
};

struct known_seek *
known_seek_new(const struct known *k)
{
	struct known_seek *s = mem_zero(1, sizeof *s);

	s->k = k;
	s->room = k->patterns ? pcre_room_new() : NULL;
	return s;
}

void
known_seek_free(struct known_seek *s)
{
	if (s == NULL)
		return;
	if (s->room)
		pcre_room_free(s->room);
	buf_free(&s->text);
	free(s);
}

bool
known_cut(const struct known_seek *s)
{
	return s->cut;
}

static void
hit(struct known_seek *s, uint32_t list, const struct intel_hit *h)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->hit[i].list == list && s->hit[i].node == h->node)
			return;
	if (s->n == KNOWN_HITS) {
		s->cut = true;
		return;
	}
	s->hit[s->n++] = (struct known_hit){.list = list, .node = h->node, .field = h->field};
}

static bool
wanted(const struct known *k, uint32_t list, enum intel_kind kind)
{
	return k->list[list].kinds >> kind & 1;
}

static void
chain(struct known_seek *s, size_t gram, struct slice rest, const struct intel_hit *h)
{
	const struct known *k = s->k;

	for (uint32_t i = k->head[gram]; i; i = k->part[i - 1].next)
		if (slice_starts(rest, k->part[i - 1].text) && wanted(k, k->part[i - 1].list, h->kind))
			hit(s, k->part[i - 1].list, h);
}

static void
parts(struct known_seek *s, struct slice text, const struct intel_hit *h)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.n - i >= 4)
			chain(s, known_gram(text.p + i, 4), slice_from(text, i), h);
		if (s->k->head[KNOWN_GRAMS])
			chain(s, KNOWN_GRAMS, slice_from(text, i), h);
	}
}

static void
patterns(struct known_seek *s, struct slice text, const struct intel_hit *h)
{
	for (size_t i = 0; i < s->k->patterns; i++) {
		enum pcre_verdict v;

		if (!wanted(s->k, s->k->pattern[i].list, h->kind))
			continue;
		v = pcre_match(s->k->pattern[i].code, s->room, text, NULL, NULL);
		s->cut |= v == PCRE_UNDECIDED;
		if (v == PCRE_YES)
			hit(s, s->k->pattern[i].list, h);
	}
}

static void
texts(struct known_seek *s, const struct intel_seek *seek)
{
	struct intel_hit h;

	for (size_t i = 0; intel_seen(seek, i, &h); i++) {
		struct slice text = h.text;
		struct addr a;

		if (h.parent || h.kind == INTEL_HASH || (h.kind == INTEL_IP && !s->k->addresses))
			continue;
		if (h.kind == INTEL_IP) {
			memcpy(a.b, h.text.p, 16);
			buf_reset(&s->text);
			addr_add(&s->text, &a);
			text = buf_slice(&s->text);
		}
		parts(s, text, &h);
		patterns(s, text, &h);
	}
}

size_t
known_look(struct known_seek *s, const struct intel_seek *seek, const struct intel_hit *found, size_t n, size_t index,
    const struct known_hit **hits)
{
	s->n = 0;
	s->cut = false;
	for (size_t i = 0; i < n; i++)
		if (found[i].index == index)
			hit(s, s->k->list_of[intel_origin(s->k->index, found[i].entry)], &found[i]);
	if (s->k->parts || s->k->patterns)
		texts(s, seek);
	*hits = s->hit;
	return s->n;
}

/* ---- values of feeds ------------------------------------------------------------------------------------------------------ */
static bool
name_has(const struct known *k, struct slice name)
{
	bool parent = false;

	for (; name.n; parent = true) {
		for (uint32_t i = intel_find(k->index, intel_key(k->index, INTEL_DOMAIN,
		    name)); i != INTEL_NONE; i = intel_next(k->index, i))
			if (intel_entry(k->index, i).meta.scope == INTEL_BELOW || !parent)
				return true;
		name = slice_from(name, slice_find(name, '.') + 1);
	}
	return false;
}

bool
known_has(const struct known *k, const struct intel_value *v, struct slice bytes)
{
	enum intel_kind kind = intel_type_row[v->type].kind;
	struct slice s = slice_of(bytes.p + v->at, v->n);

	if (kind == INTEL_DOMAIN)
		return name_has(k, s);
	if (kind == INTEL_IP && v->net.bits == 128 && intel_net(k->index, &v->net.a) != INTEL_NONE)
		return true;
	if (kind == INTEL_IP)
		s = slice_of((const char *)v->net.a.b, 16);
	return (kind != INTEL_IP || v->net.bits == 128) && intel_find(k->index, intel_key(k->index, kind, s)) != INTEL_NONE;
}
