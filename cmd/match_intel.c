/* Indicators: -i, --compile. */
#include "cmd/match_intel.h"

#include <stdlib.h>

#include "lib/intel/known.h"

enum { FEED_MAX = 2147483647 };

/* ---- the request --------------------------------------------------------------------------------------------------------- */
struct loading {
	struct matching *m;
	struct indicators *x;
	struct intel_build *build;
	struct intel_read read;
	struct known *known;		/* of --exclude; NULL: nothing is left out */
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
	static const char *const endings[] = {".json", ".ndjson", ".jsonl", ".csv", ".tsv", ".txt", ".list", ".lst", ".ioc",
	    ".iri",
	    ".md5", ".sha1", ".sha256", ".sha512", ".stix", ".misp", ".netset", ".ipset", ".hosts", ".domains", NULL};
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

static bool
is_known(void *known, const struct intel_value *v, struct slice bytes)
{
	return known_has(known, v, bytes);
}

static void
load_known(struct loading *l, struct slice path)
{
	static const char *const endings[] = {".json", ".txt", ".list", NULL};
	struct opt_list files = {0};
	struct fault f = {0};
	bool ok = tool_files(path, endings, &l->m->mem, &files, &f);

	for (size_t i = 0; ok && i < files.n; i++) {
		struct arena once = {0};
		struct slice bytes;
		char *name = mem_str(files.v[i]);

		if (!slice_ends(files.v[i], SLICE("schema.json")))
			ok = tool_file(name, FEED_MAX, &once, &bytes, &f) && known_read(l->known, bytes, files.v[i], &f);
		if (!ok)
			tool_fault(l->m->t, files.v[i], &f);
		arena_free(&once);
		free(name);
	}
	if (!ok)
		tool_usage(l->m->t, "--exclude %.*s: refused", (int)path.n, path.p);
	free(files.v);
}

static void
exclude(struct loading *l)
{
	struct fault f = {0};

	if (l->m->o.exclude.n == 0)
		return;
	l->known = known_new();
	for (size_t i = 0; i < l->m->o.exclude.n; i++)
		load_known(l, l->m->o.exclude.v[i]);
	if (!known_done(l->known, &f)) {
		tool_fault(l->m->t, SLICE("--exclude"), &f);
		exit(4);
	}
	l->read.known = is_known;
	l->read.self = l->known;
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
	tool_say(l->m->t, "%llu indicators in %.*s (%zu bytes)", (unsigned long long)intel_build_count(l->build), (int)to.n, to.p,
	    bytes.n);
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
	exclude(&l);
	for (size_t i = 0; i < feeds; i++)
		load_path(&l, feed[i]);
	known_free(l.known);
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
