/*
 * policy: the numbers by which a house works (RESPONSE.md sections 1 and 4): how long each step may take, whom to call when
 * nobody answers,
 * how alerts are put together.  YAML:
 *
 *	irpolicy: 1
 *	timers: {P1: {acknowledge: 5m, triage: 15m, containment: 30m, update: 30m, resolved: 4h, review: 24h}, ...}
 *	ladder: {P1: [{after: 0m, to: [soc.t1]}, {after: 5m, to: [soc.t2, soc.lead]}], ...}
 *	story: {gap: 30m, span: 7d, near: 24h, hub: 50}
 *	links: apart		-- linked stories become one incident by a person's word only
 *
 * What is absent keeps its default.  Ownership: texts live in the arena given to policy_read, or are constant.
 */
#ifndef IRPIPE_INCIDENT_POLICY_H
#define IRPIPE_INCIDENT_POLICY_H

#include "lib/base/mem.h"
#include "lib/base/stamp.h"
#include "lib/incident/story.h"

enum { POLICY_RUNGS = 8, POLICY_ROLES = 8, POLICY_REPEATS = 5 };

struct rung {
	int64_t after;				/* seconds since it was opened */
	struct slice role[POLICY_ROLES];
	size_t roles;
};
struct policy {
	int64_t timer[5][TIMER_COUNT];		/* [1..4]; -1: the next business day */
	struct rung rung[5][POLICY_RUNGS];
	size_t rungs[5];
	struct story_limits story;
};
extern const struct policy policy_default;

bool policy_read(struct slice yaml, struct arena *, struct policy *, struct fault *) must_use;
/* As YAML that policy_read reads. */
void policy_write(const struct policy *, struct buf *out);
/* Moment + allowed time; for -1 the same time of day on the next day that is no Saturday or Sunday. */
struct stamp policy_due(int64_t allowed, struct stamp from);

#endif
