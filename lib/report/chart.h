/*
 * chart: hits over time, for the page (SVG) and for the terminal (one line of blocks).  Both draw model.chart; time without hits
 * is left out.
 */
#ifndef IRPIPE_REPORT_CHART_H
#define IRPIPE_REPORT_CHART_H

#include "lib/report/model.h"

void chart_svg(const struct model *, struct buf *out);
/* "2017-06 ___-_ 2022-05"; at most `columns` bars: neighbours are then added up. */
void spark(const struct model *, unsigned columns, bool utf8, struct buf *out);
/* The name of a step's start: day or day and minute, by its length. */
struct slice bucket_name(const struct chart *, int64_t at, char room[STAMP_LEN]);

#endif
