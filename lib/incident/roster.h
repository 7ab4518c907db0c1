/*
 * roster: who is on duty (RESPONSE.md section 4).  YAML:
 *
 *	irroster: 1
 *	zone: Europe/Berlin
 *	holidays: [2026-12-25]
 *	people: {alice: {mail: alice@example.org, roles: [soc.t1]}}
 *	shifts:
 *	  - {role: soc.t1, who: [alice], days: [mon, tue], from: "22:00", to: "06:00", holidays: all}	-- all, off, only
 *	overrides:
 *	  - {role: soc.t1, who: [bob], from: 2026-03-05T08:00:00Z, to: 2026-03-05T16:00:00Z}
 *
 * A shift whose end is not after its begin ends on the next day; its day is that of its begin.  The last override that fits wins.
 *
 * Ownership: texts live in the arena given to roster_read, zones until roster_free.
 */
#ifndef IRPIPE_INCIDENT_ROSTER_H
#define IRPIPE_INCIDENT_ROSTER_H

#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/stamp.h"

struct roster_person {
	struct slice id, mail, phone;
	struct slice *role;
	size_t roles;
};
enum roster_holidays { HOLIDAYS_ALL, HOLIDAYS_OFF, HOLIDAYS_ONLY };
struct roster_shift {
	struct slice role;
	struct slice *who;
	size_t whos;
	unsigned days;			/* bit 0 is Monday */
	int from, to;			/* minutes of the day */
	enum roster_holidays holidays;
	struct zone *zone;		/* NULL: the roster's */
};
struct roster_override {
	struct slice role;
	struct slice *who;
	size_t whos;
	struct stamp from, to;
};
struct roster {
	struct roster_person *person;
	struct roster_shift *shift;
	struct roster_override *override;
	size_t persons, shifts, overrides;
	int64_t *holiday;		/* days since 1970 */
	size_t holidays;
	struct zone *zone;
};

/* Zones are opened here: before the cell. */
bool roster_read(struct slice yaml, struct arena *, struct roster *, struct fault *) must_use;
void roster_free(struct roster *);
/* Who answers for a role at a moment; 0: nobody. */
size_t roster_duty(const struct roster *, struct slice role, struct stamp at, const struct slice **who);
const struct roster_person *roster_person(const struct roster *, struct slice id);
/* Every minute of [from, to): hole(self, from, to) for each time without anybody.  Returns the minutes that were looked at. */
uint64_t roster_prove(const struct roster *, struct slice role, struct stamp from, struct stamp to,
    void (*hole)(void *, struct stamp, struct stamp), void *self);

#endif
