/*
 * why: from any leaf of the JSON report to the records it came from (REPORT.md section 6).  The document is the caller's; an
 * answer's node numbers are of that document.
 */
#ifndef IRPIPE_REPORT_WHY_H
#define IRPIPE_REPORT_WHY_H

#include "lib/base/fault.h"
#include "lib/json/json.h"

extern const struct json_limits why_limits;	/* of a JSON report: 1 GiB */

struct why_answer {
	uint32_t node;			/* what the pointer names */
	const char *how;		/* constant words: how the figure comes about */
	uint32_t record;		/* an incident, action, result, account or note that says it; JSON_NONE */
	uint32_t *alert;		/* items of /alerts that it was counted over; malloc-ed */
	size_t alerts;
};
/* pointer: RFC 6901 ("" is the whole), with or without the leading #.  False: it names nothing, or the document is no report. */
bool why_find(const struct json *report, struct slice pointer, struct why_answer *, struct fault *) must_use;
void why_free(struct why_answer *);
/* Calls leaf for the pointer of every leaf (no object, no array) of the document. */
void why_leaves(const struct json *report, void (*leaf)(void *self, struct slice pointer), void *self);

#endif
