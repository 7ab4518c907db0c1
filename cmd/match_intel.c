/* Indicators: -i, --compile, and what is raised when one is seen. */
#include "cmd/match.h"

#include <stdlib.h>

#include "lib/intel/read.h"
#include "lib/intel/seek.h"
#include "lib/port/digest.h"

enum { FEED_MAX = 2147483647, GROUPS = INTEL_HITS, WHY_MAX = 32, VALUE_SHOWN = 512 };

struct indicators {
	struct intel_index *index[INTEL_INDEXES];
	size_t n;
	struct intel_set *set;
	uint64_t loaded, skipped[INTEL_SKIPS];
	size_t files;
};

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

/* ---- the request --------------------------------------------------------------------------------------------------------- */
struct loading {
	struct matching *m;
	struct indicators *x;
	struct intel_build *build;
	struct intel_read read;
};

static bool
compiled(struct slice path)
{
	return slice_ends_nocase(path, SLICE(".iri"));
}

static void
open_index(struct loading *l, struct slice file)
{
	struct fault f = {0};
	char *path = mem_str(file);

	if (l->x->n == INTEL_INDEXES - 1)
		tool_usage(l->m->t, "-i: more than %d compiled indexes", INTEL_INDEXES - 1);
	l->x->index[l->x->n] = intel_open(path, &f);
	free(path);
	if (l->x->index[l->x->n] == NULL) {
		tool_fault(l->m->t, file, &f);
		tool_usage(l->m->t, "-i %.*s: refused", (int)file.n, file.p);
	}
	l->x->loaded += intel_count(l->x->index[l->x->n++]);
}

/* A file that was named by itself must be good; of a folder the others still count. */
static void
read_feed(struct loading *l, struct slice file, bool named)
{
	struct arena once = {0};
	struct fault f = {0};
	struct slice bytes;
	char *path = mem_str(file);

	l->read.source = slice_from(file, slice_rfind(file, '/') < file.n ? slice_rfind(file, '/') + 1 : 0);
	if (!tool_file(path, FEED_MAX, &once, &bytes, &f) || !intel_read(&l->read, bytes, &f)) {
		tool_fault(l->m->t, file, &f);
		if (named || l->m->t->common.strict)
			exit(2);
		tool_status(l->m->t, 3);
	}
	l->x->files++;
	arena_free(&once);
	free(path);
}

static void
load_path(struct loading *l, struct slice path)
{
	static const char *const endings[] = {".json", ".ndjson", ".jsonl", ".csv", ".tsv", ".txt", ".list", ".lst", ".ioc", ".iri", ".md5",
	    ".sha1", ".sha256", ".sha512", ".stix", ".misp", ".netset", ".ipset", ".hosts", ".domains", NULL};
	struct opt_list files = {0};
	struct fault f = {0};

	if (!tool_files(path, endings, &l->m->mem, &files, &f)) {
		tool_fault(l->m->t, path, &f);
		exit(2);
	}
	for (size_t i = 0; i < files.n; i++)
		if (compiled(files.v[i]))
			open_index(l, files.v[i]);
		else
			read_feed(l, files.v[i], files.n == 1 && slice_eq(files.v[i], path));
	free(files.v);
}

static void
say_loaded(struct loading *l)
{
	struct buf b = {0};

	for (int i = 0; i < INTEL_SKIPS; i++) {
		l->x->skipped[i] += l->read.skipped[i];
		if (l->read.skipped[i] == 0)
			continue;
		buf_str(&b, b.n ? ", " : "");
		buf_u64(&b, l->read.skipped[i]);
		buf_byte(&b, ' ');
		buf_slice_add(&b, intel_skip_name[i]);
	}
	tool_detail(l->m->t, "%llu indicators of %zu files; left out: %s", (unsigned long long)l->read.added, l->x->files,
	    b.n ? buf_cstr(&b) : "none");
	buf_free(&b);
}

static void
image(struct loading *l, struct buf *to)
{
	struct fault f = {0};

	if (!intel_build_image(l->build, to, &f)) {
		tool_fault(l->m->t, SLICE("-i"), &f);
		exit(4);
	}
}

static _Noreturn void
write_index(struct loading *l, struct slice to)
{
	struct buf bytes = {0};
	struct fault f = {0};
	char *path = mem_str(to);

	if (l->x->n)
		tool_usage(l->m->t, "--compile reads feeds, no compiled indexes");
	if (intel_build_count(l->build) == 0)
		tool_usage(l->m->t, "--compile: no indicator was found");
	image(l, &bytes);
	if (!tool_write_file(path, buf_slice(&bytes), &f)) {
		tool_fault(l->m->t, to, &f);
		exit(4);
	}
	tool_say(l->m->t, "%llu indicators in %.*s (%zu bytes)", (unsigned long long)intel_build_count(l->build), (int)to.n, to.p, bytes.n);
	buf_free(&bytes);
	free(path);
	exit(l->m->t->status);
}

static void
own_index(struct loading *l)
{
	struct buf bytes = {0};
	struct fault f = {0};

	if (intel_build_count(l->build) == 0)
		return;
	image(l, &bytes);
	l->x->index[l->x->n] = intel_of(&bytes, &f);
	if (l->x->index[l->x->n] == NULL) {
		tool_fault(l->m->t, SLICE("-i"), &f);
		exit(4);
	}
	l->x->loaded += intel_count(l->x->index[l->x->n++]);
}

void
indicators_load(struct matching *m)
{
	struct loading l = {.m = m, .x = mem_zero(1, sizeof *l.x), .build = intel_build_new()};
	struct slice to = m->o.compile, *feed = m->o.indicators.v;
	size_t feeds = m->o.indicators.n;

	/* `--compile FEED -o INDEX` is `-i FEED --compile INDEX`. */
	if (to.n && feeds == 0) {
		feed = &m->o.compile;
		feeds = 1;
		to = m->t->common.output;
		if (to.n == 0)
			tool_usage(m->t, "--compile wants -i FEED, or -o INDEX");
	}
	if (m->o.level.n && level_of(m->o.level) == 0)
		tool_usage(m->t, "--level: informational, low, medium, high or critical is wanted");
	l.read.build = l.build;
	for (size_t i = 0; i < feeds; i++)
		load_path(&l, feed[i]);
	say_loaded(&l);
	if (to.n)
		write_index(&l, to);
	own_index(&l);
	intel_build_free(l.build);
	intel_read_end(&l.read);
	if (l.x->n == 0)
		tool_usage(m->t, "-i: no indicator was found");
	l.x->set = intel_set_new((const struct intel_index *const *)l.x->index, l.x->n);
	m->intel = l.x;
}

void
indicators_free(struct matching *m)
{
	if (m->intel == NULL)
		return;
	intel_set_free(m->intel->set);
	for (size_t i = 0; i < m->intel->n; i++)
		intel_close(m->intel->index[i]);
	free(m->intel);
}

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
	return c == INTEL_UNKNOWN ? SLICE("Not Specified") : c == 0 ? SLICE("None") : c < 30 ? SLICE("Low") : c < 70 ? SLICE("Medium") : SLICE(
	    "High");
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

static void
put_threat(struct sightings *s, const struct intel_entry *e, const struct group *g)
{
	struct json_out o;
	const struct intel_type_row *type = &intel_type_row[e->meta.type];

	buf_reset(&s->threat);
	o = json_out(&s->threat);
	jo_open(&o, '{');
	jo_kopen(&o, "indicator", '{');
	jo_ktext(&o, "type", e->meta.type == INTEL_certificate ? SLICE("x509-certificate") : type->kind == INTEL_HASH ? SLICE("file") : type->name);
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

	if (tlp == TLP_NONE || (have != JSON_NONE && (json_type(r->j, have) != JSON_STRING || intel_tlp_read(json_inner(r->j, have)) >= tlp)))
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
static bool
dated(const struct record *r)
{
	return r->timed && r->at.s != 0;
}

/* ---- records ------------------------------------------------------------------------------------------------------------- */
/*
 * Could there be one?  A foreign object has neither normalised fields nor a time yet: what its members say is looked at, and what is
 * expired shows when it is wrapped.
 */
bool
sightings_possible(struct matching *m, struct sightings *s, const struct record *r)
{
	const struct intel_hit *hit;
	bool foreign = r->kind == KIND_FOREIGN;

	return intel_seek(s->seek, r->j, foreign ? JSON_NONE : 0, foreign ? 0 : r->node[R_raw], foreign || m->o.ignore_expiry || !dated(r) ? NULL : &r->at,
	    m->o.scan_text, &hit) > 0;
}

/* An alert for each indicator, in the order in which the record names them. */
void
sightings_raise(struct matching *m, struct sightings *s, const struct record *r, alert_raise *raise, void *to)
{
	const struct intel_hit *hit;
	size_t n = intel_seek(s->seek, r->j, 0, r->node[R_raw], m->o.ignore_expiry || !dated(r) ? NULL : &r->at, m->o.scan_text, &hit);
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

/* ---- the account --------------------------------------------------------------------------------------------------------- */
void
indicators_account(struct matching *m, struct json_out *o)
{
	if (m->intel == NULL)
		return;
	jo_kopen(o, "indicators", '{');
	jo_ku64(o, "loaded", m->intel->loaded);
	jo_ku64(o, "seen", m->sightings);
	for (int i = 0; i < INTEL_SKIPS; i++)
		if (m->intel->skipped[i]) {
			jo_key(o, intel_skip_name[i]);
			jo_u64(o, m->intel->skipped[i]);
		}
	if (m->sightings_cut) {
		jo_ku64(o, "cut", m->sightings_cut);
		tool_say(m->t, "%llu records have more values than are looked up", (unsigned long long)m->sightings_cut);
		tool_status(m->t, 3);
	}
	jo_close(o, '}');
}
