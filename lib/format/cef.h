/*
 * cef (private to the room): CEF and LEEF messages, alone on a line or behind a syslog header.  Slices point into the line
 * or the event's memory.
 */
#ifndef IRPIPE_FORMAT_CEF_H
#define IRPIPE_FORMAT_CEF_H

#include "lib/format/format.h"

struct cef_head {
	struct slice prefix;		/* the syslog header before it */
	struct slice version, vendor, product, device_version, id, name, severity;
	struct slice extension;
	char delimiter;			/* LEEF: between pairs */
};

/* Header of the first `CEF:n|` of the line; `bare` also takes `n|vendor|...` at its start.  Values are unescaped. */
bool cef_head(struct slice line, bool bare, struct event *, struct cef_head *) must_use;
bool leef_head(struct slice line, struct event *, struct cef_head *) must_use;

/* Fills e: raw, fields by the dictionary, time, log source.  raw begins anew. */
void cef_fill(struct event *, const struct format_context *, const struct cef_head *);
void leef_fill(struct event *, const struct format_context *, const struct cef_head *);

/* One key of the dictionary; what a key says about another (cs1Label) is put together by cef_done. */
struct cef_pairs {
	struct event *e;
	const struct format_context *c;
	struct slice time, time_format;
	struct slice label[24], custom[24];
	struct slice message, code, direction, action;
};
void cef_pair(struct cef_pairs *, struct slice key, struct slice value);
void cef_done(struct cef_pairs *, const struct cef_head *);

/* The syslog header before a message: time and host; nothing if it is none. */
void cef_prefix(struct event *, struct format_room *, struct slice prefix);

#endif
