/*
 * share: what exports to other teams and tools have in common: identifiers that come out the same each time, times as the
 * standards want them, and which entities are worth passing on.  All append to the caller's buffers.
 */
#ifndef IRPIPE_REPORT_SHARE_H
#define IRPIPE_REPORT_SHARE_H

#include "lib/report/model.h"

/* The version of ATT&CK whose tactics attack.def lists. */
#define ATTACK_VERSION "19"

enum { UUID_LEN = 36, SHARE_ENTITIES_MAX = 5000 };

extern const unsigned char uuid_irpipe[16];		/* namespace of all that the project's formats name themselves */
extern const unsigned char uuid_stix_sco[16];		/* STIX 2.1 section 2.9: observables */
/* Version 5 (RFC 4122 section 4.3) of `kind` and `name` in a namespace.  False: the library for SHA-1 failed. */
bool uuid_put(char out[UUID_LEN], const unsigned char space[16], struct slice kind, struct slice name) must_use;

void time_ms_add(struct buf *, struct stamp);		/* 2026-03-02T08:00:00.123Z: cut, not rounded */
void time_us_add(struct buf *, struct stamp);		/* ...123456Z */
struct stamp report_time(const struct model *);	/* "as of": --now, else the newest record */

/* Entity rows by type, worst level, hits, value.  Caller frees. */
uint32_t *entities_sorted(struct model *) must_use;
bool indicator_is(const struct model *, const struct entity *);	/* worth passing on: no private address, no local name */
/* "MD5", "SHA-1", "SHA-256", "SHA-512" by its length; NULL: no hash of these in hexadecimal digits. */
const char *hash_name(struct slice);
/* A technique's id (T1059, T1059.001) and no other text. */
bool technique_is(struct slice);
/* https://attack.mitre.org/techniques/T1059/001/ */
void technique_url_add(struct buf *, struct slice id);
/* Every technique of the rules that hit, once, in the order of their ids: text numbers.  Caller frees. */
struct technique {
	uint32_t id, name;		/* name: 0 if no rule told */
	uint32_t tactic;		/* as the rule that named it first wrote it; 0: not told */
	uint64_t hits;
	int level;
};
struct technique *techniques_make(struct model *, size_t *n) must_use;
/* Tactic in the form of ATT&CK's short names: initial-access. */
void tactic_short_add(struct buf *, struct slice tactic);

#endif
