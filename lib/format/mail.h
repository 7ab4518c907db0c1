/*
 * mail (private to the room): a message in its parts.  Slices point into the message or into the reading's arena.
 */
#ifndef IRPIPE_FORMAT_MAIL_H
#define IRPIPE_FORMAT_MAIL_H

#include "lib/base/mem.h"
#include "lib/format/format.h"

enum { MAIL_DEPTH = 8, MAIL_PARTS = 200, MAIL_HEADERS = 1000, MAIL_URLS = 100 };

/* ---- mail_text.c: decoding; results live in `mem` -------------------------------------------------------------------------- */

/* The field's text without folds, with RFC 2047's encoded words read; always UTF-8. */
struct slice mail_header_text(struct arena *mem, struct slice raw);
/* Content-Transfer-Encoding: base64 and quoted-printable undone, anything else as it is. */
struct slice mail_decode(struct arena *mem, struct slice encoding, struct slice body);
/* Text of a charset as UTF-8: UTF-8, US-ASCII, ISO 8859-1 and -15, Windows-1252; others and bad bytes as U+FFFD. */
struct slice mail_utf8(struct arena *mem, struct slice charset, struct slice text);

/* ---- mail_mime.c: headers and parts ---------------------------------------------------------------- */

/* One header field from the front of *rest; false: the head has ended, and *rest stands behind the blank line. */
bool mail_field(struct slice *rest, struct slice *name, struct slice *raw) must_use;
/* The value of the first field of that name in the head of a message or part; empty: none. */
struct slice mail_get(struct slice message, struct slice name);
/* `name=` of a structured value, quotes taken off. */
struct slice mail_parameter(struct slice value, struct slice name);
/* type/subtype: the word before the first semicolon */
struct slice mail_type(struct slice content_type);
/* What stands behind the head. */
struct slice mail_body(struct slice message);

struct mail_part {
	struct slice head_and_body;	/* of the part: fields, blank line, body */
	struct slice type;		/* Content-Type's first word; empty: text/plain */
	unsigned depth;
	bool forwarded;			/* inside a message/rfc822, or that itself */
};
/* Every part that holds no others, and each message/rfc822, outermost first; false: cut at MAIL_PARTS or MAIL_DEPTH. */
bool mail_parts(struct slice message, struct mail_part part[MAIL_PARTS], size_t *n) must_use;

#endif
