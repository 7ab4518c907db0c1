/*
 * kv (private to the room): lines of key=value pairs: logfmt, FortiGate, Sophos, SonicWall.  Slices point into the line or
 * the event's memory.
 */
#ifndef IRPIPE_FORMAT_KV_H
#define IRPIPE_FORMAT_KV_H

#include "lib/format/format.h"

/* At least three pairs, and hardly a word that is none. */
bool kv_is(struct slice line) must_use;
/* Fills e; raw begins anew. */
void kv_fill(struct event *, const struct format_context *, struct slice line);

#endif
