/*
 * esc: text of records on its way to people and machines (SECURITY.md section 5): one function for each kind of output.  All
 * append to the caller's buffer and read any bytes: bad UTF-8, control and bidirectional characters come out as \u{..}.
 */
#ifndef IRPIPE_REPORT_ESC_H
#define IRPIPE_REPORT_ESC_H

#include "lib/base/buf.h"

/* Text and attribute values alike; tab and newline stay, since HTML shows them as blanks. */
void esc_html(struct buf *, struct slice);
/* The same for XML 1.0 (section 2.2), where U+FFFE and U+FFFF are no characters. */
void esc_xml(struct buf *, struct slice);
/* Every ASCII punctuation character gets a backslash (CommonMark 0.30 section 2.4): never a tag, a link, a table's bar. */
void esc_md(struct buf *, struct slice);
/* One field with its quotes where RFC 4180 wants them; a formula gets ' before it (also behind blanks), numbers excepted. */
void esc_csv(struct buf *, struct slice);
/* An indicator that no program turns into a link: hxxp, [.], [:]// . */
void esc_defang(struct buf *, struct slice);
/* A file name in a data: address: all but letters, digits and -._~ percent-encoded. */
void esc_percent(struct buf *, struct slice);

#endif
