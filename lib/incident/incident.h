/*
 * incident: one story of alerts as it stands, and its record.
 *
 * Ownership: a struct incident is reused (incident_reset) and owned by its maker (incident_free); its texts live in its arena
 * and maps.
 */
#ifndef IRPIPE_INCIDENT_INCIDENT_H
#define IRPIPE_INCIDENT_INCIDENT_H

#include "lib/base/map.h"
#include "lib/incident/cue.h"

enum {
	INCIDENT_ENTITIES = 1000,	/* of one type shown; more are counted */
	INCIDENT_ALERTS = 10000,	/* ids in one record (DECISIONS.md 6) */
	INCIDENT_LINKS = 1000, INCIDENT_ASSETS = 1000, INCIDENT_WORDS = 1000
};

enum incident_status {
	STATUS_NEW, STATUS_TRIAGE, STATUS_IN_PROGRESS, STATUS_CONTAINED, STATUS_ERADICATED, STATUS_RECOVERED, STATUS_CLOSED,
	    STATUS_ON_HOLD,
	STATUS_ESCALATED, STATUS_MERGED, STATUS_REOPENED, STATUS_COUNT
};
extern const struct slice status_name[STATUS_COUNT];

enum timer_kind { TIMER_ACKNOWLEDGE, TIMER_TRIAGE, TIMER_CONTAINMENT, TIMER_RESOLVED, TIMER_UPDATE, TIMER_REVIEW, TIMER_COUNT };
extern const struct slice timer_name[TIMER_COUNT];

struct finding {				/* (rule, entity) */
	struct slice rule, name, entity;
	int level;
	uint64_t n;
	struct stamp first, last;
	bool changed;				/* since it was stored */
};
struct incident_link {
	struct slice incident, reason;
};

struct incident {
	char id[32];
	enum key_type key;
	struct slice value, continues;		/* continues: empty or an id */
	uint64_t seq;				/* of the last record written */
	struct stamp first, last, opened;
	int64_t closed;				/* seconds; 0: it is open */
	int64_t since;				/* an incident that was woken: its span counts from here */
	uint64_t acts;				/* of people, in the audit */
	enum incident_status status;
	uint64_t counts[SEVERITY_COUNT], total, left_out;
	int tlp, pap;
	bool all_blocked, vulnerability;
	struct map tactics, techniques;		/* in first-seen order */
	struct map entity[ENTITY_COUNT];	/* v.u: 1 = stored */
	uint64_t more[ENTITY_COUNT];
	struct map finding_by;			/* rule NUL entity -> finding[] */
	struct finding *finding;
	size_t findings, finding_cap;
	struct map asset_by;
	struct cue_asset *asset;
	size_t assets, asset_cap;
	struct incident_link *link;
	size_t links, link_cap;
	struct map desk;			/* what people said: name -> struct slice, JSON (lib/incident/desk.h) */
	struct arena mem;
	/* derived by incident_judge: */
	int severity, priority;			/* 1..4 is P1..P4 */
	struct slice why[12];			/* priority_why */
	size_t whys;
	struct slice rsit;			/* empty: no proposal */
	struct stamp due[TIMER_COUNT];
	int64_t kept[TIMER_COUNT];		/* due times as stored; 0: not stored */
};

void incident_reset(struct incident *);
void incident_free(struct incident *);
/* Opens a story with its first alert (not yet added); its id is XXH3-128 of the key and the alert's id. */
void incident_open(struct incident *, const struct cue *);
/*
 * Adds an alert.  more(self, type, value) is called for an entity beyond INCIDENT_ENTITIES and tells whether it is a new one.
 * True if what people see at once has changed (it is new, or severity, tactics or labels rose), false if counts alone did.
 */
bool incident_add(struct incident *, const struct cue *, bool (*more)(void *, enum entity_type, struct slice), void *self);
void incident_asset(struct incident *, const struct cue_asset *);	/* once each */
/* The findings of `from` come to those of `i`. */
void incident_findings(struct incident *i, const struct incident *from);
/* What b knew, a knows. */
void incident_absorb(struct incident *a, const struct incident *b);
/* The times allowed, for all that follows; the default is policy_default.  Before any incident is judged. */
struct policy;
void incident_policy(const struct policy *);
/* Severity, priority with its reasons, class, timers (RESPONSE.md section 2). */
void incident_judge(struct incident *);
/* "credential-access > execution on web01: Rule name +3" */
void incident_title(const struct incident *, struct buf *out);

/* The record, without \n.  alerts: ids added since the previous seq. */
struct incident_more {
	const struct slice *alert;
	size_t alerts;
	struct slice playbook, tasks;	/* JSON values; empty: none chosen */
};
void incident_write(const struct incident *, const struct incident_more *, struct buf *out);

/* RSIT v1003's class for a tactic of ATT&CK (its lower-case name with dashes); empty: none. */
struct slice incident_rsit(const struct incident *);

#endif
