/* alert: the line of an alert, made from the event's own. */
#ifndef IRPIPE_MATCH_ALERT_H
#define IRPIPE_MATCH_ALERT_H

#include "lib/event/record.h"
#include "lib/sigma/sigma.h"

struct alert_many {			/* a correlation: what the events have in common */
	const struct slice *event;	/* ids */
	size_t events;
	uint64_t count;
	struct stamp first, last;
	struct slice group;		/* JSON object */
};
struct alert {
	struct slice rule_id, rule_name, level, type;	/* type: sigma, expression, correlation ... */
	const struct sigma_rule *rule;			/* NULL: an expression */
	struct slice why;				/* JSON array */
	struct slice ruleset;
	struct slice threat;			/* JSON object, of an alert without a rule; empty: none */
	struct slice tlp;			/* JSON string: a stricter ir.tlp than the event's; empty: none */
	const struct alert_many *many;	/* NULL: of this event alone */
};
/*
 * Appends the alert's line (no \n) made from an event line whose tape is j (RECORDS: ir.kind, ir.alert, event.kind, rule,
 * threat).
 */
void alert_write(const struct json *j, const struct record *event, const struct alert *, struct json_edits *, struct buf *scratch,
    struct buf *out);
/*
 * The same for a line that event_write has just written from an event without fields of `rule` or `threat`: nothing is read
 * again.  `tail` is what alert_tail writes once for a rule.  alert_frame: false if the line is not such a one.
 */
struct alert_frame {
	struct slice line;
	size_t ir_end, kind;		/* places: of the brace that closes ir, of the value of event.kind */
};
bool alert_frame(struct slice line, size_t ir_end, size_t raw_length, struct alert_frame *) must_use;
void alert_tail(const struct alert *, struct buf *out);
void alert_write_framed(const struct alert_frame *, const struct alert *, struct slice tail, struct buf *out);

#endif
