/*
 * model_rows: the rows of the model and the caps on their number.  Texts are numbers of model.text, so that each is kept once; 0
 * is the empty text.  All belong to the model.
 */
#ifndef IRPIPE_REPORT_MODEL_ROWS_H
#define IRPIPE_REPORT_MODEL_ROWS_H

#include "lib/event/record.h"

enum {
	LEVELS = 6,			/* 0 unknown, 1 informational .. 5 critical */
	ALERTS_MAX = 500000,
	TEXT_BUDGET = 96 << 20,		/* bytes of all texts */
	TEXT_SHORT = 64,		/* such are kept beyond the budget: names, ids */
	VALUE_MAX = 1024, SUMMARY_MAX = 400,
	DOC_MAX = 256 << 10,		/* of one incident, action or result as JSON */
	DOCS_MAX = 50000, DOC_BUDGET = 64 << 20,
	ENTITIES_MAX = 100000, NOTES_MAX = 2000, ENDS_MAX = 64, SOURCES_MAX = 20000, STACK_MAX = 500000,
	WHY_MAX = 8, ENTITY_EXAMPLES = 8,
	STORY_GAP = 30 * 60		/* seconds: a longer silence of a host begins another story */
};

/* A text's number in model.text; 0 is the empty text. */
struct list { uint32_t from, n; };	/* of model.item: text numbers */

struct why {
	uint32_t field, op, pattern, value;
	uint32_t off, len;		/* of what matched in value; len 0: not known */
};

struct rule {
	uint32_t id, name, author, description, license, ruleset, version;
	int level;
	struct list tactics, techniques, technique_names, benign, references;
	uint64_t hits;
	uint32_t hosts, example;	/* example: an alert */
	struct stamp first, last;
};

struct process {			/* text numbers; 0: not told */
	uint32_t exe, cmd, entity, pid, pexe, pcmd, pentity, ppid;
};

struct alert {
	struct stamp at;
	/* process: row + 1 of model.process */
	uint32_t id, event, rule, host, user, source, destination, summary, uri, process;
	uint32_t why_from, story;	/* story: row of model.story */
	uint64_t off, rec, count;
	uint8_t level, why_n;
};

struct finding {			/* a rule on a host */
	uint32_t rule, host;
	uint64_t count;
	struct stamp first, last;
};

enum entity_type { ENTITY_HOST, ENTITY_USER, ENTITY_IP, ENTITY_DOMAIN, ENTITY_HASH, ENTITY_FILE, ENTITY_PROCESS, ENTITY_TYPES };
extern const char *const entity_word[ENTITY_TYPES];
struct entity {
	enum entity_type type;
	uint32_t value, about;		/* about: country and network, if known */
	uint64_t count;
	struct stamp first, last;
	int level;			/* worst */
	uint32_t last_alert;		/* so that one alert counts once */
	uint32_t example[ENTITY_EXAMPLES];	/* ids of the first alerts that name it; 0: no more */
};

/* What an incident has reached, for the first time, by the record that said so. */
enum doc_state { STATE_TOUCHED /* no longer new */, STATE_CONTAINED, STATE_RECOVERED, DOC_STATES };

struct doc {				/* latest state of an incident, an action or a result: its JSON object */
	struct slice json;		/* malloc-ed; empty: too large to keep */
	uint32_t id, of;		/* of: the incident of an action, the action of a result */
	uint64_t seq;
	struct stamp at;
	struct stamp reached[DOC_STATES];
	unsigned states;		/* bits of those reached */
	uint32_t *alert;		/* of an incident: its alerts' ids */
	size_t alerts, alert_cap;
};
struct docs {
	struct doc *v;
	size_t n, cap;
	struct map by_id;
};

struct story {
	struct doc *incident;		/* NULL: grouped by the report itself */
	uint32_t host, title, id;
	uint32_t priority, status, severity;	/* words; 0: not told */
	int level;			/* worst alert */
	struct stamp first, last;
	uint64_t hits[LEVELS];
	uint32_t from, n;		/* of model.order */
	uint32_t events, rules, tactic_n;
	struct list tactics;
};

struct note {
	uint32_t by, what, src, message;
	uint64_t n;
};
struct stage_end {
	uint32_t by;
	struct slice json;		/* its ir object */
	int64_t status;
};
struct source_row {
	uint32_t uri, fmt;
	uint64_t records, alerts, size;
	uint32_t sha256;		/* of a manifest; 0: not told */
	struct stamp first, last;	/* of its alerts */
	bool dated;
};

struct bucket {
	int64_t at;			/* start, seconds */
	uint64_t hits[LEVELS];
};
struct chart {
	struct bucket *v;		/* only those with hits, in order */
	size_t n;
	int64_t step;			/* seconds */
	uint64_t days_active, days;
};

#endif
