#include "lib/base/in.h"
#include "lib/enrich/priv.h"
#include "lib/intel/index.h"
#include "lib/port/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

const struct enrich_kind *const enrich_kind[ENRICH_KINDS] = {
#define SOURCE(id) [ENRICH_##id] = &enrich_kind_##id,
#include "lib/enrich/sources.def"
#undef SOURCE
};

const struct slice enrich_error_name[ENRICH_ERRORS] = {[ENRICH_CORRUPT] = SLICE_INIT("corrupt"),
    [ENRICH_AMBIGUOUS] = SLICE_INIT("ambiguous"), [ENRICH_LIMIT] = SLICE_INIT("limit")};

struct enrich *
enrich_new(void)
{
	struct enrich *e = mem_zero(1, sizeof *e);

	pthread_mutex_init(&e->lock, NULL);
	enrich_paths(e);
	return e;
}

static void
source_free(struct enrich_source *s)
{
	if (s->kind && s->kind->unload)
		s->kind->unload(s);
	mmdb_close(s->db);
	rows_free(&s->rows);
	arena_free(&s->mem);
	*s = (struct enrich_source){0};
}

void
enrich_free(struct enrich *e)
{
	if (e == NULL)
		return;
	for (size_t i = 0; i < e->n; i++)
		source_free(&e->source[i]);
	intel_set_free(e->set);
	json_paths_free(e->paths);
	pthread_mutex_destroy(&e->lock);
	free(e);
}

/* ---- a file -------------------------------------------------------------------------------------------------------------- */
static bool
read_through(struct in *in, struct digest *d, struct buf *keep, size_t max, struct fault *f)
{
	while (in_more(in)) {
		struct slice s = in_view(in);

		if (!digest_add(d, s))
			return fault_set(f, "SHA-256 failed", in->at);
		if (keep && s.n > max - keep->n)
			return fault_set(f, "larger than a table may be", max);
		if (keep)
			buf_slice_add(keep, s);
		in_take(in, s.n);
	}
	return in->error == 0 || fault_near(f, "cannot read", slice_str(strerrordesc_np(in->error)), in->at);
}

bool
enrich_read(struct enrich_source *s, const char *path, struct buf *keep, size_t max, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct digest *d;
	struct sha256 sum;
	struct buf hex = {0};
	struct in in;
	bool ok;

	if (fd < 0)
		return fault_near(f, "cannot open", slice_str(strerrordesc_np(errno)), 0);
	d = digest_new();
	in = in_open(fd);
	ok = d ? read_through(&in, d, keep, max, f) : fault_set(f, "SHA-256 failed", 0);
	in_end(&in);
	if (!ok) {
		digest_drop(d);
		return false;
	}
	if (!digest_end(d, &sum))
		return fault_set(f, "SHA-256 failed", 0);
	buf_hex(&hex, sum.b, 4);
	s->info.sha256 = arena_slice(&s->mem, buf_slice(&hex));
	buf_free(&hex);
	return true;
}

/* ---- -s ------------------------------------------------------------------------------------------------------------------- */
static bool
name_good(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9') && s.p[i] != '_' && s.p[i] != '-')
			return false;
	return s.n > 0 && s.n <= 32;
}

static bool
name_taken(const struct enrich *e, struct slice name)
{
	for (size_t i = 0; i < e->n; i++)
		if (slice_eq(e->source[i].info.name, name))
			return true;
	return false;
}

static bool
option(struct enrich_source *s, struct slice name, struct slice value, struct fault *f)
{
	if (slice_eq(name, SLICE("name"))) {
		s->info.name = arena_slice(&s->mem, value);
		return name_good(value) || fault_near(f, "a name has a-z 0-9 _ -, 32 at most", value, 0);
	}
	if (slice_eq(name, SLICE("max_age")))
		return (stamp_duration(value, &s->info.max_age) && s->info.max_age > 0) || fault_near(f, "no duration (60d)",
		    value, 0);
	if (slice_eq(name, SLICE("date"))) {
		struct buf at = {0};

		/* A date alone is its begin. */
		buf_slice_add(&at, value);
		if (value.n == 10)
			buf_lit(&at, "T00:00:00Z");
		s->info.dated = stamp_rfc3339(buf_slice(&at), &s->info.date);
		buf_free(&at);
		return s->info.dated || fault_near(f, "no date", value, 0);
	}
	if (slice_eq(name, SLICE("verdict")) && s->kind->as[0]) {
		s->bad = slice_eq(value, SLICE("bad"));
		return s->bad || slice_eq(value, SLICE("good")) || fault_near(f, "verdict is good or bad", value, 0);
	}
	return fault_near(f, "unknown option of a source (name, max_age, date; of hash: verdict)", name, 0);
}

/* Options are taken from the end, as long as there is WORD=: a file's name may hold commas. */
static bool
options(struct enrich_source *s, struct slice *rest, struct fault *f)
{
	for (;;) {
		size_t comma = slice_rfind(*rest, ','), eq;
		struct slice last = slice_from(*rest, comma + 1);

		eq = slice_find(last, '=');
		if (comma == rest->n || eq == last.n || slice_find(last, '/') < eq)
			return true;
		if (!option(s, slice_head(last, eq), slice_from(last, eq + 1), f))
			return false;
		rest->n = comma;
	}
}

static void
default_name(const struct enrich *e, struct enrich_source *s)
{
	struct buf b = {0};

	for (uint64_t i = 1; s->info.name.n == 0; i++) {
		buf_reset(&b);
		buf_slice_add(&b, s->kind->name);
		if (i > 1)
			buf_u64(&b, i);
		if (!name_taken(e, buf_slice(&b)))
			s->info.name = arena_slice(&s->mem, buf_slice(&b));
	}
	buf_free(&b);
}

static struct slice
joined(struct arena *mem, struct slice a, char c, struct slice b)
{
	char *p = arena_alloc(mem, a.n + 1 + b.n);

	memcpy(p, a.p, a.n);
	p[a.n] = c;
	memcpy(p + a.n + 1, b.p, b.n);
	return slice_of(p, a.n + 1 + b.n);
}

static struct slice
quoted(struct arena *mem, struct slice s)
{
	struct buf b = {0};

	(void)json_put_text(&b, s);		/* names are plain: name_good */
	s = arena_slice(mem, buf_slice(&b));
	buf_free(&b);
	return s;
}

static void
texts(struct enrich_source *s)
{
	s->id = quoted(&s->mem, joined(&s->mem, s->info.name, '@', s->info.sha256));
	for (int i = 0; i < ENRICH_ERRORS; i++)
		s->error[i] = quoted(&s->mem, joined(&s->mem, joined(&s->mem, SLICE("enrich"), ':', s->info.name), ':',
		    enrich_error_name[i]));
}

static const struct enrich_kind *
kind_of(struct slice name)
{
	for (int i = 0; i < ENRICH_KINDS; i++)
		if (slice_eq(enrich_kind[i]->name, name))
			return enrich_kind[i];
	return NULL;
}

static bool
add(struct enrich *e, struct enrich_source *s, struct slice spec, struct slice *file, struct fault *f)
{
	size_t eq = slice_find(spec, '=');
	struct slice rest = slice_from(spec, eq + 1);
	char *path;
	bool ok;

	s->kind = kind_of(slice_head(spec, eq));
	if (s->kind == NULL)
		return fault_near(f, "not a kind of source here", slice_head(spec, eq), 0);
	s->info.kind = s->kind->name;
	s->info.max_age = s->kind->max_age;
	if (!options(s, &rest, f))
		return false;
	if (rest.n == 0)
		return fault_set(f, "KIND=FILE is wanted", 0);
	if (name_taken(e, s->info.name))
		return fault_near(f, "two sources have this name", s->info.name, 0);
	default_name(e, s);
	*file = rest;
	s->info.file = arena_slice(&s->mem, rest);
	path = mem_str(rest);
	ok = s->kind->load(s, path, f);
	if (ok && s->kind->as[s->bad]) {
		s->kind = s->kind->as[s->bad];
		ok = s->kind->load(s, path, f);
	}
	free(path);
	return ok;
}

bool
enrich_add(struct enrich *e, struct slice spec, struct slice *file, struct fault *f)
{
	struct enrich_source *s = &e->source[e->n];

	*file = slice_of(NULL, 0);
	*f = (struct fault){0};
	if (e->n == ENRICH_SOURCES)
		return fault_set(f, "more than 16 sources", 0);
	if (!add(e, s, spec, file, f)) {
		source_free(s);
		return false;
	}
	texts(s);
	e->n++;
	return true;
}

void
enrich_now(struct enrich *e, struct stamp now)
{
	e->now = now;
	e->now_given = true;
}

void
enrich_zone(struct enrich *e, const struct zone *zone)
{
	e->zone = zone;
}

bool
enrich_home(struct enrich *e, struct slice country)
{
	if (country.n != 2 || !((country.p[0] | 0x20) >= 'a' && (country.p[0] | 0x20) <= 'z') || !((country.p[1] | 0x20) >= 'a' &&
	    (country.p[1] | 0x20) <= 'z'))
		return false;
	e->home[0] = (char)(country.p[0] & ~0x20);
	e->home[1] = (char)(country.p[1] & ~0x20);
	return true;
}

bool
enrich_tlp_max(struct enrich *e, struct slice word)
{
	e->tlp_max = (int)intel_tlp_read(word);
	return e->tlp_max != TLP_NONE;
}

size_t
enrich_sources(const struct enrich *e)
{
	return e->n;
}

struct enrich_info
enrich_info(const struct enrich *e, size_t i)
{
	return e->source[i].info;
}

bool
enrich_stale(const struct enrich_info *i, struct stamp now)
{
	return i->dated && now.s > i->date.s && now.s - i->date.s > i->max_age;
}
