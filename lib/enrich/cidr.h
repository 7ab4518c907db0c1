/*
 * cidr (private to the room): the longest prefix that holds an address.  Prefixes lie sorted in one array, each knows the next shorter one
 * that holds it: a binary search, then at most as many steps as prefixes are nested.  32 bytes a prefix.
 */
#ifndef IRPIPE_ENRICH_CIDR_H
#define IRPIPE_ENRICH_CIDR_H

#include "lib/base/addr.h"
#include "lib/base/mem.h"

#define CIDR_NONE UINT32_MAX

struct cidr_row {
	uint64_t hi, lo;
	uint32_t value, parent;		/* parent: its place, CIDR_NONE at the top */
	uint8_t bits;
};
struct cidr {
	struct cidr_row *row;
	size_t n, cap;
};

/* {0} is empty.  Equal prefixes must not be added twice. */
void cidr_add(struct cidr *, const struct prefix *, uint32_t value);
void cidr_done(struct cidr *);			/* after the last add, before the first look-up; read-only then */
uint32_t cidr_find(const struct cidr *, const struct addr *);	/* the value, or CIDR_NONE */
void cidr_free(struct cidr *);

#endif
