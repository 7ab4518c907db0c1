/*
 * audience: reports for one kind of reader (REPORT.md section 3): rows that the stream fills, and rows that only people can fill.
 *  What a
 * person must still say prints as [to be completed].
 */
#ifndef IRPIPE_REPORT_AUDIENCE_H
#define IRPIPE_REPORT_AUDIENCE_H

#include "lib/report/case.h"
#include "lib/report/sheet.h"

struct audience_row {
	const char *title;
	const char *path;		/* of case.def; NULL: the stream fills it */
	bool required;
	void (*write)(struct sheet *, const struct report_case *);
};
struct audience {
	const char *name, *title;
	const struct audience_row *row;	/* title == NULL ends */
	bool open;			/* TLP:CLEAR: holds nothing that a person has not written */
};
extern const struct audience audiences[];		/* name == NULL ends */
const struct audience *audience_by_name(struct slice);	/* NULL: none */
void audience_put(struct sheet *, const struct audience *, const struct report_case *);
/* Appends a line for each required row that is empty; returns how many. */
size_t audience_missing(const struct audience *, const struct report_case *, struct buf *);

#endif
