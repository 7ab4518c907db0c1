/*
 * case: what only people know of an incident (REPORT.md section 3), from case.yaml.  "unknown" is a value of every key.  The case
 * lives in the caller's arena.
 */
#ifndef IRPIPE_REPORT_CASE_H
#define IRPIPE_REPORT_CASE_H

#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/stamp.h"
#include "lib/port/yaml.h"

struct report_case {
	const struct yaml *root;	/* NULL: none was given */
};

/* Unknown keys and wrong types are faults with line and column. */
bool case_read(struct slice text, struct arena *, struct report_case *, struct fault *) must_use;
/* Value at a path of case.def; NULL: not there, or empty. */
const struct yaml *case_at(const struct report_case *, const char *path);
/* A scalar as text; empty: not there. */
struct slice case_text(const struct report_case *, const char *path);
bool case_time(const struct report_case *, const char *path, struct stamp *) must_use;	/* false: not there, or "unknown" */

/* Names under `anonymise`, in the arena. */
const struct slice *case_masks(const struct report_case *, struct arena *, size_t *n);

#endif
