/* match: the parts of ir-match. */
#ifndef IRPIPE_CMD_MATCH_H
#define IRPIPE_CMD_MATCH_H

#include <pthread.h>

#include "lib/base/map.h"
#include "lib/event/shape.h"
#include "lib/correlate/correlate.h"
#include "lib/match/match.h"
#include "lib/port/jq.h"
#include "lib/tool/embed.h"
#include "lib/tool/tool.h"
#include "lib/tool/wrap.h"

struct local;
struct match_options {
	struct opt_list rules, expressions, indicators, exclude, words, word_files, hunts;
	struct slice level, explain, assume, test;
	struct slice compile;
	bool ignore_expiry, scan_text;
	struct slice why_event;		/* RULE/EVENT */
	struct slice lateness, values, suppress, overlay, map;
	uint64_t state_memory, context;
	bool all, list, why_not, profile;
};

/* Counts of one log source: what the coverage account is made of. */
struct coverage {
	uint64_t events, candidates, alerts;
};

struct matching {
	struct tool *t;
	struct match_options o;
	struct arena mem;
	struct sigma_set sigma;
	struct match_set *set;
	struct shape_set *shapes;
	struct shape_options shape;
	struct jq_pool **pool;		/* one for each worker; NULL without -e */
	size_t pools, pool_next;
	uint32_t *expression;		/* ids in the pools, in the order of -e */
	struct slice *expression_id;	/* expr- and 16 hex */
	pthread_mutex_t lock;
	struct map coverage;		/* by the log sources' JSON; struct coverage in `covered` */
	struct coverage *covered;
	size_t covered_cap;
	uint64_t *hits;			/* by rule */
	bool *looked;			/* by kind of log source: an event of it came */
	struct match_cost *cost;	/* by rule, with --profile */
	uint64_t undecided;
	size_t faulty, unsupported;
	struct indicators *intel;	/* NULL without -i */
	uint64_t sightings, sightings_cut;
	struct whynot *whynot;		/* NULL without RULE/EVENT */
	struct hunting *hunting;
	struct local *local;		/* what this place says */
	/* in input order alone: */
	struct worker *settler;
	struct correlate *correlate;	/* NULL: nothing correlates */
	unsigned deaths[64];		/* of expressions */
	uint64_t correlated, untimed;
	struct { uint64_t late, evicted; } said;	/* the next count that is told */
	bool marked;			/* a mark went by */
	uint64_t *snapshot;		/* numbers of the files of --state */
	size_t snapshots, snapshot_cap;
};
#define LATENESS_LIVE (600 * (int64_t)1000000000)

/* match_load.c: the request; ends with 2 if there is no usable rule */
void match_load(struct matching *);
size_t rules_loaded(const struct matching *);
void match_list(struct matching *);		/* --list, --why-not */
/* match_each.c: the stage */
void match_run(struct matching *);
/* match_pack.c: false: the path is no pack */
bool pack_load(struct matching *, struct slice path);
bool pack_builtin(struct matching *, struct slice bytes);
_Noreturn void pack_write(struct matching *);
/* match_profile.c: --profile */
void match_profile_add(struct matching *, const struct match_room *);
void match_profile(struct matching *);
/* match_explain.c: --explain; match_test.c: --test */
void match_explain(struct matching *);
int match_test(struct matching *);

/* match_intel.c: indicators */
struct sightings;
typedef void alert_raise(void *to, const struct record *, const struct alert *);
void indicators_load(struct matching *);	/* -i; with --compile it ends the program */
void indicators_free(struct matching *);
void indicators_account(struct matching *, struct json_out *);
struct sightings *sightings_new(struct matching *) must_use;
void sightings_free(struct matching *, struct sightings *);	/* under the lock: adds its counts */
bool sightings_possible(struct matching *, struct sightings *, const struct record *) must_use;
void sightings_raise(struct matching *, struct sightings *, const struct record *own, alert_raise *, void *to);
/* match_whynot.c: --why-not RULE/EVENT */
void whynot_load(struct matching *);
void whynot_end(struct matching *);
/* match_state.c: --state */
const char *state_folder(const struct matching *);
void state_begin(struct matching *);
void state_mark(struct matching *, const struct record *mark);
bool state_goes_on(const struct matching *);
void state_end(struct matching *);

#endif
