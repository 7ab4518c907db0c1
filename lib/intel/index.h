/*
 * index: compiled indicators (.iri): one image, mapped from a file or made in memory, read-only, shared by threads.  Names,
 * URLs, hashes and addresses are 64-bit keyed hashes sorted in buckets, before them a filter of one word a look-up; networks
 * are sorted by their begin and know the one around them.  A file is hostile until intel_open has looked at all of it;
 * afterwards no number in it can lead out of it.
 *
 * Layout (little endian, each part on 8 bytes): header | filter u64[] | bucket u32[] | key u64[] | v4 begin u32[] |
 * v4 outer u32[] | v4 bits u8[] | v6 begin u64[2][] | v6 outer u32[] | v6 bits u8[] | of each indicator: meta u32[] |
 * [from u32[] | until u32[]] | [id u8[16][]] | meta rows | texts (offset u32[n + 1], bytes).
 */
#ifndef IRPIPE_INTEL_INDEX_H
#define IRPIPE_INTEL_INDEX_H

#include "lib/base/fault.h"
#include "lib/base/stamp.h"
#include "lib/intel/value.h"

#define INTEL_NONE UINT32_MAX
enum { INTEL_UNKNOWN = 255 };		/* no confidence told */

/* Traffic Light Protocol 2.0 and PAP, the strictest last; 0: none. */
enum intel_tlp { TLP_NONE, TLP_CLEAR, TLP_GREEN, TLP_AMBER, TLP_AMBER_STRICT, TLP_RED, TLPS };
extern const struct slice intel_tlp_name[TLPS];
enum intel_tlp intel_tlp_read(struct slice);		/* "tlp:amber+strict", "AMBER", "white"; TLP_NONE: no such word */

enum { INTEL_PART = 1 };		/* the feed wants more than this one value: a part of it was seen */

/* What many indicators share. */
struct intel_meta {
	struct slice source, name;
	enum intel_type type;
	enum intel_scope scope;
	enum intel_tlp tlp, pap;
	uint8_t confidence, flags;	/* 0..100 */
};
struct intel_entry {
	struct intel_meta meta;
	uint32_t from, until;		/* seconds since 1970; 0, UINT32_MAX: without begin, without end */
	const unsigned char *id;	/* UUID; NULL: none */
	unsigned bits;			/* of a network, over the mapped form (addr.h); 128: no network */
};

struct intel_index;
struct intel_index *intel_open(const char *path, struct fault *) must_use;
/* Takes over the image's memory. */
struct intel_index *intel_of(struct buf *image, struct fault *) must_use;
void intel_close(struct intel_index *);

uint64_t intel_count(const struct intel_index *);
/* SHA-256 of the SHA-256s of what it was made from. */
const unsigned char *intel_sha256(const struct intel_index *);
/* Newest of what it was made from; false: nothing told a date. */
bool intel_date(const struct intel_index *, struct stamp *);
/* Bit n: there are indicators of kind n (addresses and networks: INTEL_IP). */
unsigned intel_kinds(const struct intel_index *);
struct intel_entry intel_entry(const struct intel_index *, uint32_t entry);

/* Is it valid at that time (NULL: at any), and does it mean this name (`parent`: a name below)? */
bool intel_counts(const struct intel_index *, uint32_t entry, const struct stamp *at, bool name, bool parent);
/* Its source as a number, below intel_origins; their names. */
uint32_t intel_origin(const struct intel_index *, uint32_t entry);
uint32_t intel_origins(const struct intel_index *);
struct slice intel_origin_name(const struct intel_index *, uint32_t origin);

struct intel_key {
	uint64_t lo, hi;
};
struct intel_key intel_key(const struct intel_index *, enum intel_kind, struct slice canonical);
void intel_prefetch(const struct intel_index *, struct intel_key);
/* The first indicator of that key; the others follow it: while ((i = intel_next(x, i)) != INTEL_NONE). */
uint32_t intel_find(const struct intel_index *, struct intel_key);
uint32_t intel_next(const struct intel_index *, uint32_t entry);
/* The narrowest network that holds the address, and the next one around it (equal ones too). */
uint32_t intel_net(const struct intel_index *, const struct addr *);
uint32_t intel_outer(const struct intel_index *, uint32_t entry);

#endif
