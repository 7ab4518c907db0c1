/*
 * story: from alerts to incidents (RESPONSE.md section 1). Alerts wait in the store; story_settle takes them in the order of
 * (key, time, id),
 * so that the order in which they came does not matter, and links the incidents that share a hash, an outside address or an
 * account.
 */
#ifndef IRPIPE_INCIDENT_STORY_H
#define IRPIPE_INCIDENT_STORY_H

#include "lib/incident/store.h"

struct story_limits {
	int64_t gap, span, near;	/* seconds: between alerts, of a story, between linked stories */
	unsigned hub;			/* more stories with one entity: it links nothing */
};

struct story;
struct story *story_new(struct store *, const struct story_limits *) must_use;
void story_free(struct story *);
/*
 * Every waiting alert, or with `until` every one not after it, finds its incident. *merged (may be NULL) counts stories that a
 * late alert
 * joined to an earlier one.
 */
bool story_settle(struct story *, const struct stamp *until, uint64_t *merged, struct fault *f) must_use;

/* Its last part: links of incidents whose entities have changed. */
bool story_link(struct store *, const struct story_limits *, struct fault *) must_use;

#endif
