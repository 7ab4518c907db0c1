/*
 * sections: the parts of a report.  Each writes itself on any sheet; reports and views are lists of them.
 */
#ifndef IRPIPE_REPORT_SECTIONS_H
#define IRPIPE_REPORT_SECTIONS_H

#include "lib/report/sheet.h"

#define SECTION(id, title, writer) void writer(struct sheet *);
#include "lib/report/sections.def"
#undef SECTION

struct section {
	const char *id, *title;
	void (*write)(struct sheet *);
};
extern const struct section sections[];		/* id == NULL ends */

enum { STORIES_FULL = 25, STORIES_OPEN = 3 };	/* events on the page; not folded away */

/* One row an event, all rules that named it in that row.  Returns the rows that found no room. */
uint64_t event_rows(struct sheet *, const uint32_t *alert, size_t n, bool hosts, size_t most);
void story_name_put(struct sheet *, const struct story *);	/* tactics in order */
void story_whole(struct sheet *, size_t story, bool rows);
void story_tree(struct sheet *, const struct story *);		/* processes of its alerts; nothing if there are none */
bool story_hosts(const struct model *, const struct story *);	/* its alerts are of several hosts */
void why_put(struct sheet *, const struct alert *);		/* items: field, operator, pattern, value with the match marked */

#endif
