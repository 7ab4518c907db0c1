/* A source that is a folder: its files in the order of their names, links left alone. */
#include "lib/enrich/source.h"

#include "lib/port/digest.h"

#include <errno.h>
#include <fts.h>
#include <sys/stat.h>

static int
by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool
ends(const char *name, const char *const *endings)
{
	for (; *endings; endings++)
		if (slice_ends_nocase(slice_str(name), slice_str(*endings)))
			return true;
	return false;
}

static bool
walk(struct enrich_source *s, FTS *tree, const char *const *endings, enrich_file *one, struct buf *hashes, struct fault *f)
{
	FTSENT *e;
	bool any = false;

	while ((e = fts_read(tree)) != NULL) {
		if (e->fts_info == FTS_DNR || e->fts_info == FTS_ERR)
			return fault_near(f, "cannot read", slice_str(strerrordesc_np(e->fts_errno)), 0);
		/* A repository's own folders and the schema beside the lists hold none. */
		if (e->fts_info == FTS_D && e->fts_level > 0 && e->fts_name[0] == '.')
			(void)fts_set(tree, e, FTS_SKIP);
		if (e->fts_info != FTS_F || !ends(e->fts_name, endings) || e->fts_name[0] == '.' || strcmp(e->fts_name,
		    "schema.json") == 0)
			continue;
		if (!one(s, e->fts_path, f)) {
			s->info.file = arena_slice(&s->mem, slice_str(e->fts_path));
			return false;
		}
		buf_slice_add(hashes, s->info.sha256);
		any = true;
	}
	return any || fault_set(f, "no file of this kind in the folder", 0);
}

/* The folder's hash is that of its files' hashes. */
static bool
all_hash(struct enrich_source *s, const struct buf *hashes)
{
	struct slice all = buf_slice(hashes);
	struct buf hex = {0};
	struct sha256 sum;
	bool ok = digest_sha256(&all, 1, &sum);

	if (ok) {
		buf_hex(&hex, sum.b, 4);
		s->info.sha256 = arena_slice(&s->mem, buf_slice(&hex));
	}
	buf_free(&hex);
	return ok;
}

bool
enrich_files(struct enrich_source *s, const char *path, const char *const *endings, enrich_file *one, struct fault *f)
{
	char *root[] = {(char *)(uintptr_t)path, NULL};
	struct buf hashes = {0};
	struct stat st;
	FTS *tree;
	bool ok;

	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return one(s, path, f);
	tree = fts_open(root, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	if (tree == NULL)
		return fault_near(f, "cannot read", slice_str(strerrordesc_np(errno)), 0);
	ok = walk(s, tree, endings, one, &hashes, f) && all_hash(s, &hashes);
	(void)fts_close(tree);
	buf_free(&hashes);
	return ok;
}
