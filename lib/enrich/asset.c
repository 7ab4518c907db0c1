/* asset: what the machines of one's own are, by name, address, network, MAC address or id. */
#include "lib/enrich/source.h"

enum { BYTES = 512 * 1024 * 1024 };

static bool
load(struct enrich_source *s, const char *path, struct fault *f)
{
	struct buf bytes = {0};
	bool ok = enrich_read(s, path, &bytes, BYTES, f) && rows_load(&s->rows, buf_slice(&bytes), false, s->info.name, f);

	s->info.rows = s->rows.n;
	buf_free(&bytes);
	return ok;
}

const struct enrich_kind enrich_kind_asset = {.name = SLICE_INIT("asset"), .max_age = 30 * 86400, .load = load,
    .list = LIST_asset};
