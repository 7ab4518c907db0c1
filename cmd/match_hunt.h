/* match_hunt: what a person looks for: words (-k, -K), and hunts with a hypothesis (--hunt). */
#ifndef IRPIPE_CMD_MATCH_HUNT_H
#define IRPIPE_CMD_MATCH_HUNT_H

#include "cmd/match.h"

struct hunt {
	struct slice id, title, hypothesis, file;
};

struct query {
	struct hunt *hunt;		/* NULL: a word */
	struct slice id, name, level, shown;
	struct sigma_rule *when;
	struct logsource ls;		/* all that it names must be one of the event's; empty: any event */
	struct sigma_correlation *many;	/* NULL: each event is a find */
	uint64_t matched, found;	/* counted in input order */
};

struct hunting {
	struct query *query;
	size_t queries, query_cap;
	uint64_t events;
	struct context *context;	/* NULL without -C */
};

/* Before rules are compiled; a wrong request ends the program with 2. */
void hunt_load(struct matching *);
/* After sigma_resolve: what counts over several events becomes a correlation. */
void hunt_say(struct matching *, struct emit *);		/* a note for each query */
void hunt_members(struct matching *, struct json_out *);
void hunt_free(struct matching *);

/* match_hunt_read.c */
void hunt_read(struct matching *, struct slice path);
struct query *query_new(struct matching *);
void query_id(struct matching *, struct query *, const char *prefix, struct slice text);

/* match_context.c: -C N */
struct context *context_new(uint64_t n, uint64_t memory) must_use;
void context_free(struct context *);

#endif
