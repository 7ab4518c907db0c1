/*
 * summary: the report for a terminal.  At most 120 columns; what is narrower loses columns from the right.
 */
#ifndef IRPIPE_REPORT_SUMMARY_H
#define IRPIPE_REPORT_SUMMARY_H

#include "lib/report/sheet.h"

enum { SUMMARY_STORIES = 12 };

void summary_put(struct sheet *);			/* the first screen */
void stories_put(struct sheet *, size_t most);		/* the table of stories */
void stack_put(struct sheet *, bool rare);		/* values of --stack */

#endif
