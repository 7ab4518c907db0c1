/*
 * evtx (tests): writes event logs of Windows: a file header and chunks with records of one template, whose fifth value is the case's own.
 * The bytes are in `out` and belong to it.
 */
#ifndef IRPIPE_TESTS_MAKER_EVTX_H
#define IRPIPE_TESTS_MAKER_EVTX_H

#include "lib/base/buf.h"

struct evtx_maker {
	struct buf out;
	size_t chunk;			/* where it starts in out; 0: none is open */
	size_t record;			/* where the last record starts */
	uint64_t id;			/* of the last record */
	bool plain;			/* elements have no dependency */
	uint32_t definition;		/* of the template in this chunk; 0: not yet written */
};

void evtx_make_begin(struct evtx_maker *);
/* <Event><System>EventID 4624, EventRecordID, TimeCreated, Channel Security</System><EventData><Data Name="v">VALUE</Data></EventData></Event> */
void evtx_make_record(struct evtx_maker *, uint8_t type, struct slice value);
/* The same with VALUE in a fragment of the same template, in place of the value. */
void evtx_make_within(struct evtx_maker *, uint8_t type, struct slice value);
/* The same without a template: tokens and texts, the last of them `text` (ASCII). */
void evtx_make_plain(struct evtx_maker *, const char *text);
void evtx_make_chunk_end(struct evtx_maker *);		/* sums and sizes; the next record begins a new one */
void evtx_make_end(struct evtx_maker *);

#endif
