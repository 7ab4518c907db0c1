/*
 * stix: what the files of the STIX bundle share.  Slices are valid until the next call that makes an identifier.
 */
#ifndef IRPIPE_REPORT_STIX_H
#define IRPIPE_REPORT_STIX_H

#include "lib/report/report.h"
#include "lib/report/share.h"

struct stix {
	struct model *m;
	struct json_out o;
	struct buf id, refs, time, text;	/* refs: ids of the bundle's objects, one after the other, each with a NUL */
	struct stamp now;
	bool failed;				/* an identifier could not be made */
	char self[sizeof "identity--" + UUID_LEN];
	char extension[sizeof "extension-definition--" + UUID_LEN];
	bool extended;
};

/* "indicator--<uuid of type and key>". */
struct slice stix_id(struct stix *, const char *type, struct slice key);
void stix_time(struct stix *, const char *name, struct stamp);
void stix_ref_keep(struct stix *, struct slice id);
void stix_mark(struct stix *);			/* object_marking_refs */
/* Head of an SDO or SRO (section 3.2); the caller adds what the type wants, then stix_end. */
void stix_object(struct stix *, const char *type, struct slice id, struct stamp created, struct stamp modified);
void stix_end(struct stix *);
void stix_indicator(struct stix *, const struct entity *);	/* with its observable, observed data and sighting */

#endif
