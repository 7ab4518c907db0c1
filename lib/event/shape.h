/*
 * shape: what a foreign JSON object is, told from its members (DETECTION.md "Input shapes", INGEST.md "Recognisers"): Windows in
 * the flat, evtx_dump and winlogbeat forms, Suricata EVE, Zeek, CloudTrail, other clouds ...; one row of shapes.def each.  Gives
 * the normalised fields, the time and the log sources; raw is the object itself.
 */
#ifndef IRPIPE_EVENT_SHAPE_H
#define IRPIPE_EVENT_SHAPE_H

#include "lib/event/event.h"

struct shape_set;			/* compiled paths of all shapes; read-only, shared by threads */
struct shape_set *shape_set_new(void) must_use;
void shape_set_free(struct shape_set *);

struct shape_options {
	const struct zone *zone;	/* for times without zone; NULL: UTC */
	struct slice zone_name;		/* its name, for ir.tz */
	struct logsource assume;	/* --source product/service for objects that nothing knows; empty: none */
};

/*
 * Fills `e` from the object at node `v` of j (raw_json is set to its bytes).  Returns the shape's name ("sysmon",
 * "evtx_dump", "winlogbeat", "eve", "zeek", "cloudtrail", ..., "json" if nothing is known).  Never fails: what it does
 * not know stays in raw. `slots`: an array of shape_slots(set) numbers, one a thread, zeros at first; what was found out
 * about the layout of earlier records is kept there.
 */
size_t shape_slots(const struct shape_set *);
struct slice shape_fill(const struct shape_set *, const struct shape_options *, const struct json *j, uint32_t v,
    uint32_t *slots, struct event *e);
/* The log sources alone (a stage matches foreign records before it wraps them); returns how many. */
unsigned shape_sources(const struct shape_set *, const struct shape_options *, const struct json *j, uint32_t v, uint32_t *slots,
    struct logsource ls[EVENT_LS_MAX]);

/*
 * Zeek's fields by their names in the log, for the TSV form: `get` returns a column's text (sets: values between commas), empty
 * if unset. `path` is the log's name ("conn"); also sets class, dataset and the log source.
 */
struct shape_columns {
	struct slice (*get)(void *self, struct slice name);
	void *self;
};
void zeek_fields(struct event *, struct slice path, const struct shape_columns *);

/*
 * The line that ir-ingest writes for a foreign object (DECISIONS.md 4): ir.src.fmt is the shape's name, `uri` is the label ("-":
 * stdin), offset and ordinal are the record's in this stage's input.  A record without time gets the time that scratch->at had
 * (the record before it, DECISIONS.md 7) and no-time.
 */
struct record;
void event_wrap(const struct shape_set *, const struct shape_options *, const struct record *foreign, struct slice uri,
    uint32_t *slots, struct event *scratch, struct buf *out);

/* Windows: log sources by channel, event id and (registry) EventType; all compare without case (DETECTION.md "Log source"). */
unsigned windows_sources(struct slice channel, uint64_t event_id, struct slice event_type, struct logsource ls[EVENT_LS_MAX]);

/*
 * Normalised fields of a Windows event from its named data, for every shape and for EVTX: `get` looks a data member up.
 */
struct windows_data {
	struct slice (*get)(void *self, struct slice name);	/* empty: absent */
	void *self;
};
void windows_fields(struct event *, struct slice channel, uint64_t event_id, const struct windows_data *);

#endif
