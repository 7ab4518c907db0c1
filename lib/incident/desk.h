/*
 * desk: what people said of an incident: small named values (JSON), each set by an act that stands in the audit.  Names:
 *	ack owner tier verdict class.rsit root_cause hold status-independent words of `set`
 *	task/ID handover/N fact/NAME waive/GATE note/N
 *
 * Ownership: values live in the incident's arena.
 */
#ifndef IRPIPE_INCIDENT_DESK_H
#define IRPIPE_INCIDENT_DESK_H

#include "lib/incident/store.h"

/* The JSON value; empty: not set. */
struct slice desk_get(const struct incident *, const char *name);
struct slice desk_get2(const struct incident *, const char *head, struct slice tail);	/* head + tail */
/* The text of a JSON string; empty otherwise. */
struct slice desk_text(struct slice json, struct arena *);
/* Sets one, in the incident and in the store; json empty: removes it. */
bool desk_put(struct store *, struct incident *, struct slice name, struct slice json, struct fault *) must_use;
/* The k-th name that begins with `head` (the rest of it), and its value; false: no more.  *at starts as 0. */
bool desk_each(const struct incident *, const char *head, size_t *at, struct slice *rest, struct slice *json);

/* One act: the audit's row; the incident counts it. */
struct act {
	struct stamp at;
	struct slice who, what, body;	/* body: a JSON object */
};
bool desk_act(struct store *, struct incident *, const struct act *, struct fault *) must_use;

/* ---- closed vocabularies (RESPONSE.md sections 1 to 4) */
extern const char *const desk_verdicts[];	/* OCSF's verdict_id is the place */
extern const char *const desk_false_reasons[];
extern const char *const desk_root_causes[];
extern const char *const desk_tiers[];
extern const char *const desk_handover_up[];	/* SOC to CSIRT, then CSIRT to CERT */
extern const char *const desk_rsit[];
bool desk_word(const char *const *words, struct slice);

/* ---- gates: every one that fails, by name and in words */
struct gate {
	const char *name;
	struct slice why;
};
enum { GATES_MAX = 64 };
/* May the incident go to `to`?  0: yes. */
size_t gate_check(struct store *, struct incident *, enum incident_status to, struct arena *, struct gate v[GATES_MAX],
    struct fault *, bool *failed);

#endif
