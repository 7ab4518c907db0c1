/* What geo and as share: MaxMind databases, which are hostile bytes (SECURITY.md section 1). */
#include "lib/enrich/source.h"

bool
place_load(struct enrich_source *s, const char *path, const char *const *not_these, struct fault *f)
{
	struct slice type;
	struct buf version = {0};
	char at[STAMP_LEN];

	if (!enrich_read(s, path, NULL, 0, f))
		return false;
	s->db = mmdb_open(path, f);
	if (s->db == NULL)
		return false;
	type = mmdb_type(s->db);
	for (; *not_these; not_these++)
		if (slice_ends(type, slice_str(*not_these)))
			return fault_near(f, "the database is of another kind", type, 0);
	/* The year 9999 at most: a build epoch is as hostile as the rest. */
	s->info.date = (struct stamp){.s = (int64_t)(mmdb_build(s->db) % 253402300800u)};
	s->info.dated = true;
	stamp_put(at, s->info.date);
	buf_slice_add(&version, type);
	buf_byte(&version, ' ');
	buf_add(&version, at, 10);
	s->info.version = arena_slice(&s->mem, buf_slice(&version));
	buf_free(&version);
	return true;
}

bool
place_text(const struct enrich_source *s, const struct mmdb_hit *hit, const char *const *path, const char *name,
    struct json_out *o)
{
	struct slice text;

	switch (mmdb_text(s->db, hit, path, &text)) {
	case MMDB_CORRUPT:
		return false;
	case MMDB_HIT:
		if (text.n && text.n <= PLACE_TEXT)
			jo_ktext(o, name, text);
		return true;
	default:
		return true;
	}
}
