/*
 * report: kinds of report (reports.def) and views of the terminal (views.def).  A kind is one row and one writer; it reads the
 * model and appends the whole report to a buffer.
 */
#ifndef IRPIPE_REPORT_REPORT_H
#define IRPIPE_REPORT_REPORT_H

#include "lib/report/audience.h"
#include "lib/report/model.h"
#include "lib/tool/text.h"

struct report_request {
	struct text_style style;		/* of text */
	const char *view;			/* of text: a name of views.def; NULL: the summary */
	struct slice story;			/* view "story": "S1" */
	bool rare;				/* view "stack": rarest first */
	bool bom;				/* csv: begins with a byte order mark, as some spreadsheets want */
	const struct audience *audience;	/* text, md, html: instead of all sections; NULL: all */
	struct report_case kase;		/* what people entered */
	struct slice annex;			/* name of the file that takes rows for which the page has no room; empty: none */
};

struct report_kind {
	const char *name, *ending;		/* "html", ".html" */
	bool annexes;				/* may leave rows to the annex */
	/* False: fault (a story that is not there ...).  *left: rows that the annex must hold. */
	bool (*write)(struct model *, const struct report_request *, struct buf *out, uint64_t *left, struct fault *);
};
extern const struct report_kind report_kinds[];		/* name == NULL ends */
const struct report_kind *report_by_name(struct slice name);	/* NULL: none */

/* All event rows as NDJSON, redacted: the annex of a page. */
void report_annex(struct model *, struct buf *out);

#endif
