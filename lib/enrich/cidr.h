/*
 * cidr (private to the room): the longest prefix that holds an address.  When all prefixes are known they are cut into ranges
 * that do not overlap, so a look-up is one search; every 64th start lies in an array of its own that stays in the cache.  At
 * most 24 bytes a prefix of IPv4 and 40 of IPv6.
 */
#ifndef IRPIPE_ENRICH_CIDR_H
#define IRPIPE_ENRICH_CIDR_H

#include "lib/base/addr.h"
#include "lib/base/mem.h"

#define CIDR_NONE UINT32_MAX

struct cidr_row {
	unsigned __int128 from, to;
	uint32_t value;
};
struct cidr_list {			/* prefixes until cidr_done */
	struct cidr_row *row;
	size_t n, cap;
};
/* Range i begins at hi[i], lo[i] (IPv4: the address in hi, no lo) and ends where the next one begins. */
struct cidr_ranges {
	uint64_t *hi, *lo, *sample;
	uint32_t *value;
	size_t n, samples;
};
struct cidr {
	struct cidr_list list4, list6;
	struct cidr_ranges v4, v6;
};

/* {0} is empty.  Equal prefixes must not be added twice. */
void cidr_add(struct cidr *, const struct prefix *, uint32_t value);
void cidr_done(struct cidr *);			/* after the last add, before the first look-up; read-only then */
uint32_t cidr_find(const struct cidr *, const struct addr *);	/* the value, or CIDR_NONE */
void cidr_free(struct cidr *);

#endif
