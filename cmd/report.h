/*
 * report: what the files of ir-report share.
 */
#ifndef IRPIPE_CMD_REPORT_H
#define IRPIPE_CMD_REPORT_H

#include "lib/report/report.h"
#include "lib/tool/tool.h"

/* Is the first argument a verb?  Runs it and returns its status, else -1. */
int verb_run(int argc, char *argv[]);
int report_why(int argc, char *argv[]);
int report_clock(int argc, char *argv[]);

/* For tool_each: records and control records into a model, the status from what the stages' accounts say. */
void report_record(void *model, const struct record *, struct emit *);
void report_control(struct tool *, void *model, const struct record *, struct emit *);
void report_judge(struct tool *, const struct model *);
/* case.yaml; name empty: none.  Faults end with 2. */
void report_case_load(struct tool *, struct slice name, struct arena *, struct report_case *);

#endif
