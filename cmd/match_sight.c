/* What is raised when an indicator is seen. */
#include "cmd/match_intel.h"

#include <stdlib.h>

#include "lib/port/digest.h"

enum { WHY_MAX = 32, VALUE_SHOWN = 512 };

/* One indicator's value and where it was seen. */
struct group {
	struct slice text;
	size_t first, hits;		/* of the order in seen.by */
	uint8_t confidence;
	enum intel_tlp tlp;
};
struct sightings {
	struct intel_seek *seek;
	struct arena mem;
	struct buf text, field, why, threat, decoded, name, id, tlp;
	uint64_t seen, cut;
};

struct sightings *
sightings_new(struct matching *m)
{
	struct sightings *s = mem_zero(1, sizeof *s);

	s->seek = intel_seek_new(m->intel->set);
	return s;
}

void
sightings_free(struct matching *m, struct sightings *s)
{
	if (s == NULL)
		return;
	m->sightings += s->seen;
	m->sightings_cut += s->cut;
	intel_seek_free(s->seek);
	arena_free(&s->mem);
	buf_free(&s->text);
	buf_free(&s->field);
	buf_free(&s->why);
	buf_free(&s->threat);
	buf_free(&s->decoded);
	buf_free(&s->name);
	buf_free(&s->id);
	buf_free(&s->tlp);
	free(s);
}

/* ---- one alert ----------------------------------------------------------------------------------------------------------- */
static void
put_id(struct json_out *o, const unsigned char *id)
{
	struct buf b = {0};

	buf_hex(&b, id, 4);
	for (size_t i = 4; i < 10; i += 2) {
		buf_byte(&b, '-');
		buf_hex(&b, id + i, 2);
	}
	buf_byte(&b, '-');
	buf_hex(&b, id + 10, 6);
	jo_ktext(o, "indicator", buf_slice(&b));
	buf_free(&b);
}

static void
put_time(struct json_out *o, const char *name, uint32_t at)
{
	char text[STAMP_LEN];

	stamp_put(text, (struct stamp){.s = at});
	jo_ktext(o, name, slice_of(text, sizeof text));
}

static void
put_why(struct sightings *s, const struct json *j, const struct intel_hit *h, const struct intel_entry *e, struct slice text,
    struct json_out *o)
{
	struct slice value;

	buf_reset(&s->field);
	intel_field(j, h, &s->field);
	buf_reset(&s->decoded);
	value = json_text(j, h->node, &s->decoded);
	jo_open(o, '{');
	jo_ktext(o, "field", buf_slice(&s->field));
	jo_kstr(o, "op", "indicator");
	jo_ktext(o, "pattern", text);
	/* Of a long text the piece alone. */
	if (value.n > VALUE_SHOWN) {
		jo_ktext(o, "value", slice_head(slice_from(value, h->at), h->len < VALUE_SHOWN ? h->len : VALUE_SHOWN));
		jo_kbool(o, "cut", true);
	} else {
		jo_ktext(o, "value", value);
		jo_ku64(o, "off", h->at);
		jo_ku64(o, "len", h->len < value.n - h->at ? h->len : value.n - h->at);
	}
	if (e->id)
		put_id(o, e->id);
	jo_ktext(o, "source", e->meta.source);
	if (e->meta.name.n)
		jo_ktext(o, "name", e->meta.name);
	if (e->meta.confidence != INTEL_UNKNOWN)
		jo_ku64(o, "confidence", e->meta.confidence);
	if (e->meta.tlp != TLP_NONE)
		jo_ktext(o, "tlp", intel_tlp_name[e->meta.tlp]);
	if (e->from)
		put_time(o, "valid_from", e->from);
	if (e->until != UINT32_MAX)
		put_time(o, "valid_until", e->until);
	if (e->meta.flags & INTEL_PART)
		jo_kbool(o, "part", true);
	jo_close(o, '}');
}

/* ECS: threat.indicator.confidence is Not Specified, None, Low, Medium, High (STIX 2.1 appendix A). */
static struct slice
confidence_word(uint8_t c)
{
	if (c == INTEL_UNKNOWN)
		return SLICE("Not Specified");
	return c == 0 ? SLICE("None") : c < 30 ? SLICE("Low") : c < 70 ? SLICE("Medium") : SLICE("High");
}

static struct slice
level_word(uint8_t c)
{
	return c == INTEL_UNKNOWN || (c >= 30 && c < 70) ? SLICE("medium") : c < 30 ? SLICE("low") : SLICE("high");
}

/* "file.hash.md5": objects inside of one another. */
static void
put_path(struct json_out *o, struct slice path, struct slice value)
{
	size_t depth = 0;

	while (slice_find(path, '.') < path.n) {
		jo_key(o, slice_cut(&path, '.'));
		jo_open(o, '{');
		depth++;
	}
	jo_key(o, path);
	jo_text(o, value);
	while (depth--)
		jo_close(o, '}');
}

static struct slice
ecs_type(enum intel_type type)
{
	if (type == INTEL_certificate)
		return SLICE("x509-certificate");
	return intel_type_row[type].kind == INTEL_HASH ? SLICE("file") : intel_type_row[type].name;
}

static void
put_threat(struct sightings *s, const struct intel_entry *e, const struct group *g)
{
	struct json_out o;
	const struct intel_type_row *type = &intel_type_row[e->meta.type];

	buf_reset(&s->threat);
	o = json_out(&s->threat);
	jo_open(&o, '{');
	jo_kopen(&o, "indicator", '{');
	jo_ktext(&o, "type", ecs_type(e->meta.type));
	jo_ktext(&o, "name", g->text);
	jo_ktext(&o, "provider", e->meta.source);
	jo_ktext(&o, "confidence", confidence_word(g->confidence));
	if (g->tlp != TLP_NONE) {
		jo_kopen(&o, "marking", '{');
		jo_ktext(&o, "tlp", intel_tlp_name[g->tlp]);
		jo_close(&o, '}');
	}
	if (e->meta.name.n)
		jo_ktext(&o, "description", e->meta.name);
	if (type->ecs.n && !(type->kind == INTEL_IP && e->bits < 128))
		put_path(&o, type->ecs, g->text);
	jo_close(&o, '}');
	jo_close(&o, '}');
}

/* A record that is labelled more strictly already keeps its label. */
static struct slice
label(struct sightings *s, const struct record *r, enum intel_tlp tlp)
{
	uint32_t have = r->node[R_tlp];

	if (tlp == TLP_NONE)
		return slice_of(NULL, 0);
	if (have != JSON_NONE && (json_type(r->j, have) != JSON_STRING || intel_tlp_read(json_inner(r->j, have)) >= tlp))
		return slice_of(NULL, 0);
	buf_reset(&s->tlp);
	buf_byte(&s->tlp, '"');
	for (size_t i = 0; i < intel_tlp_name[tlp].n; i++)
		buf_byte(&s->tlp, (char)(intel_tlp_name[tlp].p[i] | (intel_tlp_name[tlp].p[i] >= 'A' ? 0x20 : 0)));
	buf_byte(&s->tlp, '"');
	return buf_slice(&s->tlp);
}

/* The same indicator has the same id whatever index it came from. */
static void
rule_id(struct sightings *s, enum intel_kind kind, struct slice text)
{
	const char k = (char)('0' + kind);
	struct slice part[2] = {slice_of(&k, 1), text};
	unsigned char sum[16];

	digest_xxh3(part, 2, sum);
	buf_reset(&s->id);
	buf_lit(&s->id, "indicator-");
	buf_hex(&s->id, sum, 8);
}

static void
one_alert(struct matching *m, struct sightings *s, const struct record *r, const struct intel_hit *hit, const size_t *by,
    struct group *g, alert_raise *raise, void *to)
{
	struct intel_entry first = intel_entry(m->intel->index[hit[by[0]].index], hit[by[0]].entry);
	struct alert a = {.type = SLICE("indicator"), .ruleset = first.meta.source};
	struct json_out o;

	buf_reset(&s->why);
	o = json_out(&s->why);
	jo_open(&o, '[');
	g->confidence = INTEL_UNKNOWN;
	for (size_t i = 0; i < g->hits && i < WHY_MAX; i++) {
		const struct intel_hit *h = &hit[by[i]];
		struct intel_entry e = intel_entry(m->intel->index[h->index], h->entry);

		put_why(s, r->j, h, &e, g->text, &o);
		g->tlp = e.meta.tlp > g->tlp ? e.meta.tlp : g->tlp;
		if (e.meta.confidence != INTEL_UNKNOWN && (g->confidence == INTEL_UNKNOWN || e.meta.confidence > g->confidence))
			g->confidence = e.meta.confidence;
	}
	jo_close(&o, ']');
	put_threat(s, &first, g);
	rule_id(s, hit[by[0]].kind, g->text);
	buf_reset(&s->name);
	buf_lit(&s->name, "Indicator seen: ");
	buf_slice_add(&s->name, g->text);
	a.rule_id = buf_slice(&s->id);
	a.rule_name = buf_slice(&s->name);
	a.level = m->o.level.n ? m->o.level : level_word(g->confidence);
	a.why = buf_slice(&s->why);
	a.threat = buf_slice(&s->threat);
	a.tlp = label(s, r, g->tlp);
	s->seen++;
	raise(to, r, &a);
}

/* 1970 stands where the log tells no time (DECISIONS.md 7): then nothing is expired. */
static const struct stamp *
valid_at(const struct matching *m, const struct record *r)
{
	return m->o.ignore_expiry || !r->timed || r->at.s == 0 ? NULL : &r->at;
}

/* ---- records ------------------------------------------------------------------------------------------------------------- */
/*
 * Could there be one?  A foreign object has neither normalised fields nor a time yet: what its members say is looked at, and
 * what is
 * expired shows when it is wrapped.
 */
bool
sightings_possible(struct matching *m, struct sightings *s, const struct record *r)
{
	const struct intel_hit *hit;
	bool foreign = r->kind == KIND_FOREIGN;

	return intel_seek(s->seek, r->j, foreign ? JSON_NONE : 0, foreign ? 0 : r->node[R_raw], foreign ? NULL : valid_at(m, r),
	    m->o.scan_text, &hit) > 0;
}

/* An alert for each indicator, in the order in which the record names them. */
void
sightings_raise(struct matching *m, struct sightings *s, const struct record *r, alert_raise *raise, void *to)
{
	const struct intel_hit *hit;
	size_t n = intel_seek(s->seek, r->j, 0, r->node[R_raw], valid_at(m, r), m->o.scan_text, &hit);
	size_t by[INTEL_HITS];
	struct slice text[INTEL_HITS];
	bool done[INTEL_HITS] = {false};

	s->cut += intel_cut(s->seek);
	arena_reset(&s->mem);
	for (size_t i = 0; i < n; i++) {
		buf_reset(&s->text);
		intel_text(m->intel->index[hit[i].index], &hit[i], &s->text);
		text[i] = arena_slice(&s->mem, buf_slice(&s->text));
	}
	for (size_t i = 0; i < n; i++) {
		struct group g = {.text = text[i]};

		if (done[i])
			continue;
		for (size_t k = i; k < n; k++)
			if (!done[k] && hit[k].kind == hit[i].kind && slice_eq(text[k], text[i])) {
				done[k] = true;
				by[g.hits++] = k;
			}
		one_alert(m, s, r, hit, by, &g, raise, to);
	}
}
