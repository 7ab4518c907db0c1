/* match_work: one worker of ir-match, and what its files share of it. */
#ifndef IRPIPE_CMD_MATCH_WORK_H
#define IRPIPE_CMD_MATCH_WORK_H

#include "cmd/match.h"

struct worker {
	struct matching *m;
	struct match_room *room;
	struct jq_pool *pool;
	uint32_t *slots;
	struct event event;
	struct buf wrapped, why, scratch, line, key, later;
	struct json *json;		/* of a wrapped line */
	struct record_paths *paths;
	struct json_edits edits;
	struct slice *tail;		/* by rule: what alert_tail wrote */
	struct arena tails;
	enum field replaced[FIELD_COUNT];	/* fields of rule and threat */
	unsigned replaces;
	uint64_t *hits;
	uint64_t undecided, untimed;
	uint64_t *suppressed, *expired;	/* by suppression */
	struct sightings *sightings;	/* NULL without -i */
	struct emit *emit;		/* of the record at hand */
	unsigned nth;			/* its alerts */
};

struct worker *worker_new(struct matching *) must_use;
void worker_free(struct worker *);		/* adds its counts to the program's */

/* The first alert is the event itself in another form; each further one is made. */
void work_raise(struct worker *, const struct record *, const struct alert *, unsigned nth, struct emit *);
/* The alert of a rule that matched: counts it; `why` is in w->why. */
struct alert work_alert(struct worker *, const struct sigma_rule *);
/* A line that is kept for later as a record again; false: it is none. */
bool work_read(struct worker *, struct slice line, struct record *) must_use;

/* What is put off begins with one of these (emit_later); then the record's time, then its own. */
enum put_off { PUT_TICK = 't', PUT_PICK = 'p', PUT_ASKED = 'a', PUT_FOUND = 'f', PUT_CONTEXT = 'c' };
void put_off_begin(struct worker *, enum put_off, const struct record *);

/* match_frame.c: false: the line must be read.  At least one of the hits speaks. */
void frame_open(struct worker *);
bool frame_alerts(struct worker *, const struct match_hit *, size_t hits, struct emit *);

/* match_ask.c: expressions of -e.  Answers come from any worker; whether an expression is still believed is decided in order. */
struct asked {
	uint64_t yes, unsure;		/* by expression */
	const char *cause[64];
};
bool ask_event(struct worker *, const struct record *, struct asked *);
void ask_later(struct worker *, const struct record *, const struct record *own, const struct asked *, unsigned nth,
    struct emit *);
void ask_settle(struct worker *, struct slice what, struct emit *);
void ask_tick(struct worker *);

/* match_quiet.c: suppressions, log sources of this place */
size_t quiet_hits(struct worker *, const struct record *own, const struct match_hit **hit, size_t hits, struct emit *);
void quiet_many(struct worker *, const struct record *own, struct correlate_seen *, struct emit *);
bool quiet_sources(struct worker *, struct match_event *, struct logsource *);

/* match_many.c: correlations */
bool many_hears(struct worker *, const struct match_hit *, size_t hits);
struct heard {
	const struct match_hit *hit;
	size_t hits;
	const uint32_t *held;		/* queries */
	size_t queries;
};
void many_pick(struct worker *, const struct record *own, const struct heard *, struct emit *);
void many_settle(struct worker *, struct slice what, struct emit *);
void many_tick(struct worker *, struct stamp, struct emit *);
void many_mark(struct worker *, const struct record *mark, struct emit *);
void many_drain(struct worker *, struct emit *);
void many_members(struct matching *, struct json_out *);

/* match_seek.c: -k, --hunt, -C */
size_t seek_event(struct worker *, const struct match_event *, uint32_t **held, bool *find, struct emit *);
unsigned seek_raise(struct worker *, const struct record *own, const uint32_t *held, size_t n, unsigned nth, struct emit *);
void seek_settle(struct worker *, struct slice what);
bool seek_found(struct worker *, const struct sigma_correlation *);
void context_later(struct worker *, const struct record *own, bool find, struct emit *);
void context_settle(struct worker *, struct slice what, struct emit *);

/* match_whynot.c */
void whynot_event(struct worker *, const struct record *own, const struct match_event *);

/* match_account.c */
struct coverage *account_covered(struct map *, struct coverage **list, size_t *cap, struct slice key);
void account_looked(struct matching *, const struct match_room *);	/* which log sources had events */
void account_members(struct tool *, void *shared, struct buf *out);

#endif
