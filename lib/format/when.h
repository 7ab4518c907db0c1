/*
 * when (private to the room): times by a pattern in the letters of Java's SimpleDateFormat, which LEEF announces and which
 * tell the times of other logs shortly: y M d H h k m s S a E z Z X, 'quoted' text, anything else is itself.  yyyy reads
 * any year, S any number of digits.
 */
#ifndef IRPIPE_FORMAT_WHEN_H
#define IRPIPE_FORMAT_WHEN_H

#include "lib/format/format.h"

struct when {
	struct stamp_civil c;
	bool yeared, dated, zoned;
	int offset;			/* seconds east, if zoned */
};

/* How much of `text` the pattern takes; 0: it does not fit, or the date does not exist. */
size_t when_read(struct slice text, struct slice pattern, struct when *);
/* Epochs, RFC 3339 and its relatives, `Mmm dd yyyy hh:mm:ss[.frac][ zone]` and `Mmm dd hh:mm:ss`: all of the text. */
bool when_any(const struct format_context *, struct event *, struct slice text);
/* The event's time; a year that is not there is the reference's (format_time_local tells the rest). */
void when_set(const struct format_context *, struct event *, const struct when *);

#endif
