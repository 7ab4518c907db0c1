/*
 * trace (private to the room): how the fields of one event came about.  Shapes read an object in two ways: they ask for a text,
 * by which they may decide anything, or they let one scalar become fields by a conversion and do not look at it.  So the texts
 * asked for and what the conversions came to decide all the rest: another object of the same layout for which they are the same
 * has the same fields from the same places.
 *
 * Ownership: belongs to a struct plans (plan.h); one record at a time.
 */
#ifndef IRPIPE_EVENT_TRACE_H
#define IRPIPE_EVENT_TRACE_H

#include "lib/json/json.h"

enum { TRACE_MAX = 160 };

enum step_kind {
	STEP_TEXT,		/* the text was asked for */
	STEP_ANY,		/* it was asked whether there is a text */
	STEP_SET,		/* it became fields */
	STEP_TIME,		/* it was tried as the record's time */
	STEP_END,		/* plan.c: nothing more is asked */
};

struct trace_step {
	uint32_t node;
	uint16_t field;		/* STEP_TIME: 1 if it is UTC by rule */
	uint8_t kind, how;
};

struct trace {
	struct trace_step step[TRACE_MAX];
	uint16_t n;
	bool open;		/* inside a conversion: it looks at what it converts */
	bool lost;		/* something came about that is not told here */
};

/* A step that looks at `node` begins; its number, from 1. */
uint16_t trace_open(struct trace *, const struct json *, uint32_t node, enum step_kind, uint16_t field, uint8_t how);
uint16_t trace_close(struct trace *);		/* 0 */
/* A text is asked for, or (STEP_ANY) whether there is one. */
void trace_ask(struct trace *, const struct json *, uint32_t node, enum step_kind);

#endif
