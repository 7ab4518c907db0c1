/* hash: lists of hashes, one a line: of files that are known to be good (as `known`), or to be bad (as `intel`). */
#include "lib/enrich/source.h"

enum { BYTES = 2147483647 };

/* Only hashes: a list of something else was not meant. */
static bool
load(struct enrich_source *s, const char *path, struct fault *f)
{
	struct buf bytes = {0}, digest = {0};
	struct slice text, line;
	uint64_t n = 0;
	bool ok = enrich_read(s, path, &bytes, BYTES, f);

	text = buf_slice(&bytes);
	while (ok && text.p) {
		line = slice_cut(&text, '\n');
		line = slice_trim(slice_head(line, slice_find(line, '#')));
		n++;
		buf_reset(&digest);
		if (line.n && !value_hash(line, &digest))
			ok = fault_place(f, "no MD5, SHA-1 or SHA-2 in hex", slice_head(line, 40), n, 1);
	}
	buf_free(&bytes);
	buf_free(&digest);
	return ok;
}

const struct enrich_kind enrich_kind_hash = {.name = SLICE_INIT("hash"), .max_age = 365 * 86400, .load = load, .list = LIST_NONE,
    .as = {&enrich_kind_known, &enrich_kind_intel}};
