/* winxml: where an event stands in a text of Windows event XML (winxml_frame.c).  Nothing is kept from call to call. */
#ifndef IRPIPE_FORMAT_WINXML_H
#define IRPIPE_FORMAT_WINXML_H

#include "lib/format/format.h"

/*
 * format.h's frame: one <Event>..</Event>, or what is none up to the next one; declarations, comments and a root around
 * them are no record.
 */
size_t winxml_frame(struct slice in, bool last, void *state, struct slice *record);
/* Behind blanks, declarations and comments. */
size_t winxml_body(struct slice in);
/* <Event, and not a longer name. */
bool winxml_is_event(struct slice);

#endif
