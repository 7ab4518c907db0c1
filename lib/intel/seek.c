#include "lib/intel/probe.h"

#include "lib/base/mem.h"

#include <stdlib.h>

enum how { IP, NAME, URL, HASH, MAIL };

static const struct field {
	struct slice path;
	enum how how;
} fields[] = {
#define FIELD(path, how) {SLICE_INIT(path), how},
#include "lib/intel/fields.def"
#undef FIELD
};
enum { FIELDS = sizeof fields / sizeof *fields };

struct intel_set *
intel_set_new(const struct intel_index *const *v, size_t n)
{
	struct intel_set *set = mem_zero(1, sizeof *set);

	for (size_t i = 0; i < n && i < INTEL_INDEXES; i++) {
		set->index[set->n++] = v[i];
		set->kinds |= intel_kinds(v[i]);
	}
	set->paths = json_paths_new();
	set->slot = mem_alloc(FIELDS * sizeof *set->slot);
	for (size_t i = 0; i < FIELDS; i++) {
		set->slot[i] = json_paths_add(set->paths, fields[i].path);
		if (slice_eq(fields[i].path, SLICE("url.domain")))
			set->host = i;
		if (slice_eq(fields[i].path, SLICE("url.original")))
			set->path = i;
	}
	json_paths_done(set->paths);
	return set;
}

void
intel_set_free(struct intel_set *set)
{
	if (set == NULL)
		return;
	json_paths_free(set->paths);
	free(set->slot);
	free(set);
}

struct intel_seek *
intel_seek_new(const struct intel_set *set)
{
	struct intel_seek *s = mem_zero(1, sizeof *s);

	s->set = set;
	s->kept = mem_zero(1, json_kept_room(set->paths) + 8);
	return s;
}

void
intel_seek_free(struct intel_seek *s)
{
	if (s == NULL)
		return;
	buf_free(&s->text);
	buf_free(&s->decoded);
	buf_free(&s->word);
	free(s->kept);
	free(s);
}

void
intel_set_wants(struct intel_set *set, unsigned kinds)
{
	set->kinds |= kinds;
}

bool
intel_cut(const struct intel_seek *s)
{
	return s->cut;
}

/* ---- the normalised fields ----------------------------------------------------------------------------------------------- */
static void
one(struct intel_seek *s, size_t field, uint32_t v)
{
	struct place where = {.node = v, .field = (uint16_t)(field + 1)};
	struct slice text;

	if (json_type(s->j, v) != JSON_STRING)
		return;
	buf_reset(&s->decoded);
	text = json_text(s->j, v, &s->decoded);
	switch (fields[field].how) {
	case IP:
		(void)probe_ip(s, text, where);
		break;
	case NAME:
		(void)probe_name(s, text, where);
		break;
	case URL:
		(void)probe_url(s, text, where);
		break;
	case HASH:
		(void)probe_hash(s, text, where);
		break;
	case MAIL:
		(void)probe_mail(s, text, where);
		break;
	}
}

static uint32_t
text_at(const struct intel_seek *s, const uint32_t *slot, size_t field)
{
	uint32_t v = slot[s->set->slot[field]];

	return v != JSON_NONE && json_type(s->j, v) == JSON_STRING ? v : JSON_NONE;
}

/* A path alone (url.original) belongs to the host beside it. */
static void
web(struct intel_seek *s, const uint32_t *slot)
{
	uint32_t host = text_at(s, slot, s->set->host), path = text_at(s, slot, s->set->path);

	if (host == JSON_NONE || path == JSON_NONE || s->j->node[path].escaped || s->j->node[host].escaped)
		return;
	probe_web(s, json_inner(s->j, host), json_inner(s->j, path), (struct place){path, 0, (uint16_t)(s->set->path + 1)});
}

static void
own_fields(struct intel_seek *s, uint32_t own)
{
	const uint32_t *slot = json_pick_kept(s->j, s->set->paths, own, s->kept);

	for (size_t i = 0; i < FIELDS; i++) {
		uint32_t v = slot[s->set->slot[i]];

		if (v == JSON_NONE)
			continue;
		if (json_type(s->j, v) != JSON_ARRAY) {
			one(s, i, v);
			continue;
		}
		for (uint32_t k = json_first(s->j, v); k != JSON_NONE; k = json_following(s->j, v, k))
			one(s, i, k);
	}
	if (s->set->kinds >> INTEL_URL & 1)
		web(s, slot);
}

/* ---- looking up ---------------------------------------------------------------------------------------------------------- */
static struct intel_hit
of_probe(const struct intel_seek *s, const struct probe *p)
{
	return (struct intel_hit){.entry = INTEL_NONE, .kind = (enum intel_kind)p->kind, .parent = p->parent, .node = p->node,
	    .at = p->off, .len = p->len, .field = p->field ? fields[p->field - 1].path : slice_of(NULL, 0),
	    .text = slice_of(s->text.p + p->at, p->n)};
}

static void
hit(struct intel_seek *s, size_t index, uint32_t entry, const struct probe *p, const struct stamp *at)
{
	if (!intel_counts(s->set->index[index], entry, at, p->kind == INTEL_DOMAIN, p->parent))
		return;
	if (s->hits == INTEL_HITS) {
		s->cut = true;
		return;
	}
	s->hit[s->hits] = of_probe(s, p);
	s->hit[s->hits].index = index;
	s->hit[s->hits++].entry = entry;
}

bool
intel_seen(const struct intel_seek *s, size_t n, struct intel_hit *h)
{
	if (n >= s->n)
		return false;
	*h = of_probe(s, &s->probe[n]);
	return true;
}

static void
nets(struct intel_seek *s, size_t index, const struct probe *p, const struct stamp *at)
{
	struct addr a;
	uint32_t steps = 0;

	memcpy(a.b, s->text.p + p->at, 16);
	for (uint32_t i = intel_net(s->set->index[index], &a); i != INTEL_NONE && steps < INTEL_HITS; steps++) {
		hit(s, index, i, p, at);
		i = intel_outer(s->set->index[index], i);
	}
}

/* All words of the filter are asked for before the first is looked at: one wait for memory instead of many. */
static void
look_up(struct intel_seek *s, size_t index, const struct stamp *at)
{
	const struct intel_index *x = s->set->index[index];

	for (size_t i = 0; i < s->n; i++) {
		struct probe *p = &s->probe[i];

		p->key = intel_key(x, (enum intel_kind)p->kind, slice_of(s->text.p + p->at, p->n));
		intel_prefetch(x, p->key);
	}
	for (size_t i = 0; i < s->n; i++) {
		const struct probe *p = &s->probe[i];

		for (uint32_t k = intel_find(x, p->key); k != INTEL_NONE && !s->cut; k = intel_next(x, k))
			hit(s, index, k, p, at);
		if (p->kind == INTEL_IP)
			nets(s, index, p, at);
	}
}

size_t
intel_seek(struct intel_seek *s, const struct json *j, uint32_t own, uint32_t raw, const struct stamp *at, bool text,
    const struct intel_hit **hits)
{
	s->j = j;
	s->n = s->hits = 0;
	s->cut = false;
	buf_reset(&s->text);
	memset(s->twin, 0, sizeof s->twin);
	if (own != JSON_NONE && json_type(j, own) == JSON_OBJECT)
		own_fields(s, own);
	if (raw != JSON_NONE)
		seek_raw(s, raw, text);
	if (s->n)
		for (size_t i = 0; i < s->set->n; i++)
			look_up(s, i, at);
	*hits = s->hit;
	return s->hits;
}

/* ---- telling ------------------------------------------------------------------------------------------------------------- */
void
intel_field(const struct json *j, const struct intel_hit *h, struct buf *out)
{
	uint32_t v = 0;

	if (h->field.n) {
		buf_slice_add(out, h->field);
		return;
	}
	while (v != h->node) {
		uint32_t k = json_first(j, v), of = k;

		for (; k != JSON_NONE; k = json_following(j, v, k)) {
			of = j->node[k].key ? json_value(j, k) : k;
			if (h->node >= of && h->node < j->node[of].next)
				break;
		}
		if (k == JSON_NONE)
			return;
		if (j->node[k].key) {
			if (out->n)
				buf_byte(out, '.');
			json_text_add(j, k, out);
		}
		v = of;
	}
}

void
intel_text(const struct intel_index *x, const struct intel_hit *h, struct buf *out)
{
	struct prefix net = {.bits = 128};
	struct intel_entry e = intel_entry(x, h->entry);

	switch (h->kind) {
	case INTEL_IP:
		memcpy(net.a.b, h->text.p, 16);
		net.bits = (uint8_t)e.bits;
		for (size_t i = net.bits; i < 128; i++)
			net.a.b[i / 8] = (unsigned char)(net.a.b[i / 8] & ~(0x80 >> i % 8));
		if (net.bits < 128)
			prefix_add(out, &net);
		else
			addr_add(out, &net.a);
		break;
	case INTEL_HASH:
		buf_hex(out, h->text.p, h->text.n);
		break;
	default:
		buf_slice_add(out, h->text);
	}
}
