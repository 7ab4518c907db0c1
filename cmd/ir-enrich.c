/* ir-enrich: context for events and alerts; nothing else is changed, nothing is dropped. */
#include "lib/enrich/enrich.h"
#include "lib/port/digest.h"
#include "lib/tool/stream.h"
#include "lib/tool/tool.h"
#include "lib/tool/wrap.h"

#include <stdlib.h>

static struct tool t;
static struct opt_list sources;
static struct slice tlp_max, home, sheet;
static struct zone *zone;

struct shared {
	struct enrich *e;
	struct shape_set *shapes;
};

struct context {
	struct shared *s;
	struct enrich_worker *w;
	struct json *json;		/* of wrapped lines */
	uint32_t *slots;
	struct event event;
};

static const struct opt options[] = {
	{'s', "source", "KIND=FILE", "add what FILE says; KIND: see ir-enrich(1)", OPT_LIST, &sources, "file"},
	{0, "sources", "FILE", "sources declared in YAML (before those of -s)", OPT_TEXT, &sheet, "file"},
	{0, "home", "COUNTRY", "tell the countries of both ends, and which records cross the border (two letters)", OPT_TEXT, &home, NULL},
	{0, "tlp-max", "LABEL", "add nothing that is labelled more strictly", OPT_TEXT, &tlp_max,
	    "clear|green|amber|amber+strict|red"},
	{0, NULL, NULL, NULL, OPT_FLAG, NULL, NULL},
};
static const char *const kinds[] = {"ndjson", "text", NULL};
static const struct tool_about about = {
	.name = "ir-enrich", .what = "context for events and alerts", .usage = "[-s KIND=FILE]... [FILE...]",
	.examples = {"ir-match < events.ndjson | ir-enrich -s asset=assets.csv",
	    "ir-enrich -s geo=City.mmdb -s as=ASN.mmdb alerts.ndjson",
	    "ir-enrich -s asset=hosts.csv,date=2026-03-01 -s net=networks.csv,max_age=90d alerts.ndjson"},
	.kinds = kinds, .takes = TAKES_JOBS | TAKES_REJECTS | TAKES_NOW | TAKES_TZ,
};

/* ---- the request ---------------------------------------------------------------------------------------------------- */
static void
declared(struct enrich *e)
{
	struct arena mem = {0};
	struct slice bytes, file = {NULL, 0};
	struct fault f = {0};
	char *path = mem_str(sheet);

	if (!tool_file(path, 1024 * 1024, &mem, &bytes, &f) || !enrich_sheet(e, bytes, sheet, &file, &f)) {
		tool_fault(&t, file.n ? file : sheet, &f);
		tool_usage(&t, "--sources %.*s: refused; nothing was read", (int)sheet.n, sheet.p);
	}
	arena_free(&mem);
	free(path);
}

static struct enrich *
load(void)
{
	struct enrich *e = enrich_new();
	struct slice file;
	struct fault f;

	if (sheet.n)
		declared(e);
	for (size_t i = 0; i < sources.n; i++) {
		if (enrich_add(e, sources.v[i], &file, &f))
			continue;
		tool_fault(&t, file.n ? file : sources.v[i], &f);
		tool_usage(&t, "-s %.*s: refused; nothing was read", (int)sources.v[i].n, sources.v[i].p);
	}
	if (tlp_max.n && !enrich_tlp_max(e, tlp_max))
		tool_usage(&t, "--tlp-max: clear, green, amber, amber+strict or red is wanted");
	if (home.n && !enrich_home(e, home))
		tool_usage(&t, "--home: two letters of ISO 3166-1 are wanted");
	if (t.common.now.given)
		enrich_now(e, t.common.now.at);
	if (t.common.tz.n && (zone = zone_open(t.common.tz)) == NULL)
		tool_usage(&t, "--tz: no such time zone");
	enrich_zone(e, zone);
	if (enrich_sources(e) == 0)
		tool_say(&t, "no source is named (-s): nothing will be added");
	return e;
}

/* Where the context comes from (ENRICH.md section 2, Provenance). */
static void
origin_note(const struct enrich_info *i)
{
	struct buf b = {0};

	buf_slice_add(&b, i->name);
	buf_lit(&b, ": kind ");
	buf_slice_add(&b, i->kind);
	if (i->version.n) {
		buf_lit(&b, ", ");
		buf_slice_add(&b, i->version);
	}
	buf_lit(&b, ", sha256 ");
	buf_slice_add(&b, i->sha256);
	if (i->rows) {
		buf_lit(&b, ", ");
		buf_u64(&b, i->rows);
		buf_str(&b, i->rows == 1 ? " row" : " rows");
	}
	stream_note(&t, "source", i->file, buf_slice(&b));
	tool_detail(&t, "%.*s: %s", (int)i->file.n, i->file.p, buf_cstr(&b));
	buf_free(&b);
}

/* ---- records -------------------------------------------------------------------------------------------------------- */
static void *
open_context(struct tool *tool, void *shared)
{
	struct context *c = mem_zero(1, sizeof *c);

	(void)tool;
	c->s = shared;
	c->w = enrich_worker_new(c->s->e);
	c->json = json_new(&json_limits_stream);
	c->slots = mem_zero(shape_slots(c->s->shapes) + 1, sizeof *c->slots);
	return c;
}

static void
close_context(void *context)
{
	struct context *c = context;

	enrich_worker_free(c->w);
	json_free(c->json);
	event_free(&c->event);
	free(c->slots);
	free(c);
}

/* Foreign lines are wrapped as ir-ingest would (DECISIONS.md 4). */
static void
foreign(struct context *c, const struct record *r, struct emit *e)
{
	struct buf *line = emit_scratch(e, 0), *out = emit_scratch(e, 1);
	struct json_edits *edits;
	struct fault f;

	emit_wrap(e, r, c->slots, &c->event, line);
	json_block(c->json, buf_slice(line));
	if (!json_line(c->json, &f) || !c->json->ok) {
		emit_reject(e, r, "not-wrapped");
		return;
	}
	edits = enrich_record(c->w, c->json);
	json_splice(edits, c->json->line, out);
	emit_line(e, KIND_EVENT, buf_slice(out));
}

static void
one_record(void *context, const struct record *r, struct emit *e)
{
	struct context *c = context;

	if (r->kind == KIND_FOREIGN)
		foreign(c, r, e);
	else if (r->kind == KIND_EVENT || r->kind == KIND_ALERT)
		emit_edits(e, r, enrich_record(c->w, r->j));
	else
		emit_pass(e, r);
}

/* ---- the account ---------------------------------------------------------------------------------------------------- */
static bool
stale(const struct enrich_info *i)
{
	struct stamp now = t.common.now.given ? t.common.now.at : t.account.newest;

	return (t.common.now.given || t.account.dated) && enrich_stale(i, now);
}

static void
stale_note(const struct enrich_info *i)
{
	struct buf b = {0};

	buf_slice_add(&b, i->name);
	buf_lit(&b, " is older than it may be (");
	buf_i64(&b, i->max_age / 86400);
	buf_lit(&b, " days): ");
	stamp_add(&b, i->date);
	stream_note(&t, "stale", i->file, buf_slice(&b));
	tool_say(&t, "%s", buf_cstr(&b));
	buf_free(&b);
}

static void
errors(const struct enrich_info *i, struct json_out *o)
{
	jo_kopen(o, "error", '{');
	for (int k = 0; k < ENRICH_ERRORS; k++) {
		if (i->count.error[k] == 0)
			continue;
		jo_key(o, enrich_error_name[k]);
		jo_u64(o, i->count.error[k]);
		tool_status(&t, 3);
		tool_say(&t, "%.*s: %llu times %.*s", (int)i->name.n, i->name.p, (unsigned long long)i->count.error[k],
		    (int)enrich_error_name[k].n, enrich_error_name[k].p);
	}
	jo_close(o, '}');
}

static void
members(struct tool *tool, void *shared, struct buf *out)
{
	const struct shared *s = shared;
	struct json_out o = json_out(out);

	(void)tool;
	jo_kopen(&o, "sources", '[');
	for (size_t n = 0; n < enrich_sources(s->e); n++) {
		struct enrich_info i = enrich_info(s->e, n);
		bool old = stale(&i);

		jo_open(&o, '{');
		jo_ktext(&o, "name", i.name);
		jo_ktext(&o, "kind", i.kind);
		jo_ktext(&o, "sha256", i.sha256);
		jo_ku64(&o, "hit", i.count.hit);
		jo_ku64(&o, "miss", i.count.miss);
		jo_ku64(&o, "kept", i.count.kept);
		errors(&i, &o);
		if (old)
			jo_kbool(&o, "stale", true);
		jo_close(&o, '}');
		if (old)
			stale_note(&i);
	}
	jo_close(&o, ']');
}

int
main(int argc, char *argv[])
{
	struct cell_rights rights = {0};
	struct wraps wraps = {.before = true};
	struct shared s = {0};
	struct stage stage = {.open = open_context, .record = one_record, .close = close_context, .end = members, .shared = &s,
	    .wraps = &wraps};

	tool_begin(&t, &about, options, argc, argv);
	if (!digest_start())
		tool_die(&t, 0, "SHA-256 is not to be had");
	s.e = load();
	s.shapes = shape_set_new();
	wraps.shapes = s.shapes;
	tool_cell(&t, &rights);
	for (size_t i = 0; i < enrich_sources(s.e); i++) {
		struct enrich_info info = enrich_info(s.e, i);

		origin_note(&info);
	}
	tool_each(&t, &stage);
	shape_set_free(s.shapes);
	enrich_free(s.e);
	zone_free(zone);
	return tool_end(&t);
}
