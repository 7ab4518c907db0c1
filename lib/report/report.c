#include "lib/report/report.h"

#define REPORT(id, name, ending, annexes, writer) \
	bool writer(struct model *, const struct report_request *, struct buf *, uint64_t *, struct fault *);
#include "lib/report/reports.def"
#undef REPORT

const struct report_kind report_kinds[] = {
#define REPORT(id, name, ending, annexes, writer) {name, ending, annexes, writer},
#include "lib/report/reports.def"
#undef REPORT
	{NULL, NULL, false, NULL},
};

const struct report_kind *
report_by_name(struct slice name)
{
	for (const struct report_kind *k = report_kinds; k->name; k++)
		if (slice_eq(name, slice_str(k->name)))
			return k;
	return NULL;
}
