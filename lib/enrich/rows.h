/*
 * rows (private to the room): a table of assets or networks, ready to be looked up and to be copied: each row's members are
 * JSON already.
 *
 * A cell of a key (host, ip, mac, cidr, id) may hold several, with ; between them.  A key that stands in two rows is refused:
 * which row is meant would be a guess.
 */
#ifndef IRPIPE_ENRICH_ROWS_H
#define IRPIPE_ENRICH_ROWS_H

#include "lib/base/fault.h"
#include "lib/base/map.h"
#include "lib/enrich/cidr.h"

#define ROW_NONE UINT32_MAX
#define ROW_AMBIGUOUS (UINT32_MAX - 1)

enum { ROW_KEY = 255 };			/* bytes of a name (RFC 1035 section 2.3.4) or id */

struct rows {
	struct slice *json;		/* "by":"asset","name":"..." ... */
	size_t n, cap;
	struct map host, shorts, id, mac;
	struct cidr cidr;
	struct arena mem;
};

/* Columns: see columns.def; `net` allows those of networks alone.  `by` is the source's name. */
bool rows_load(struct rows *, struct slice text, bool net, struct slice by, struct fault *) must_use;
void rows_free(struct rows *);
/* Names compare without case; a record's short name finds a full one of the table and the other way round. */
uint32_t rows_name(const struct rows *, struct slice name);
uint32_t rows_id(const struct rows *, struct slice id);
uint32_t rows_mac(const struct rows *, struct slice mac);
static inline uint32_t
rows_address(const struct rows *r, const struct addr *a)
{
	return cidr_find(&r->cidr, a);
}

#endif
