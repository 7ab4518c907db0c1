/*
 * match: the engine.  Rules are compiled once into a set that all threads share and only read; a room holds what one thread
 * needs for one event at a time and allocates nothing per event once it is warm.
 *
 * Look-up of a field (DETECTION.md): as written and as a path in the original, names of the other shapes, then the
 * normalised names; the first that is there counts.
 */
#ifndef IRPIPE_MATCH_MATCH_H
#define IRPIPE_MATCH_MATCH_H

#include "lib/event/event.h"
#include "lib/event/record.h"
#include "lib/sigma/sigma.h"

struct match_set;
/*
 * Rules whose regular expressions do not compile become problems of the sigma set. NULL only if there is not one usable
 * rule and `empty_ok` is false.
 */
struct match_set *match_compile(struct sigma_set *, struct arena *) must_use;
/*
 * A pack: a set that was compiled before, as one run of bytes.  match_unpack fills an empty sigma set with its rules (their texts
 * point into the bytes, which live as long as the set; they start at a multiple of 8) and gives a set that match_finish makes
 * ready, once further rules, those put aside and wanted fields are there.  NULL: damaged, or of another version.
 */
void match_pack(const struct match_set *, const struct sigma_set *, struct buf *out);
bool match_is_pack(struct slice bytes);
bool match_pack_magic(const char head[8]);
struct match_set *match_unpack(struct slice bytes, struct sigma_set *, struct fault *) must_use;
void match_finish(struct match_set *, struct sigma_set *);
void match_set_free(struct match_set *);
size_t match_rules(const struct match_set *);
const struct sigma_rule *match_rule(const struct match_set *, uint32_t rule);

struct match_room;
struct match_room *match_room_new(const struct match_set *) must_use;
void match_room_free(struct match_room *);

/*
 * What one event is (it must live until the next one is matched): its tape, where the original and the normalised members
 * start (the same node for a foreign object), its log sources.
 */
struct match_event {
	const struct json *j;
	uint32_t root, raw;
	const struct logsource *ls;
	unsigned ls_n;
	struct slice ls_key;		/* bytes that tell this set of log sources from others (its JSON) */
};

struct match_hit {
	const struct sigma_rule *rule;
};
/* Rules that match, critical first, then by id.  Valid until the next call. */
size_t match_event(struct match_room *, const struct match_event *, const struct match_hit **hits);
/* How many rules looked at the last event (their log source fits). */
size_t match_candidates(const struct match_room *);
/*
 * What came of one set of log sources, for the coverage account; `key` is ls_key, MATCH_MORE for those beyond
 * MATCH_SOURCES_MAX.
 */
struct match_source {
	struct slice key;
	uint64_t events, asked, hits;	/* asked: rules that a text of theirs made candidates */
	uint32_t rules;			/* that look at such events */
};
#define MATCH_MORE SLICE("(more)")
enum { MATCH_SOURCES_MAX = 4096 };
size_t match_sources(const struct match_room *);
const struct match_source *match_source(const struct match_room *, size_t);
/* What each rule cost: how often it was asked, and (if timed) for how long.  By index of the rule. */
struct match_cost {
	uint64_t asked, hits, ns;
};
/*
 * Kinds of log source that rules name, each once, in the order of the set: one of the rules (its product, category and
 * service) and how many have the same; whether an event of that kind came.
 */
size_t match_kinds(const struct match_set *);
const struct sigma_rule *match_kind(const struct match_set *, size_t kind, uint32_t *rules);
bool match_kind_looked(const struct match_room *, size_t kind);
/* No text tells when this rule may match: it is asked at each event of its log source. */
bool match_blind(const struct match_set *, uint32_t rule);
const struct match_cost *match_costs(const struct match_room *);
void match_timed(struct match_room *, bool timed);
/* Every rule of the log source is asked, one after the other: the evaluator that the engine is tested against. */
void match_plain(struct match_room *, bool plain);
/* Rules whose answer for the last event was not found because a limit was hit: a note each, never "no match". */
size_t match_undecided(const struct match_room *, const struct sigma_rule *const **rules);

/*
 * What others ask of one event: begins it without running a rule (match_event does both); whether a rule holds, of those
 * put aside too, whatever its log source; the text of a field of sigma_set.wanted (false: absent or null), valid until the
 * next event.
 */
void match_look(struct match_room *, const struct match_event *);
bool match_holds(struct match_room *, const struct sigma_rule *) must_use;
bool match_wanted(struct match_room *, size_t wanted, struct slice *text) must_use;

/* Why a hit of the last event matched: members of `why` in RECORD order; appends a JSON array. */
void match_why(struct match_room *, const struct sigma_rule *, struct buf *out);

#include "lib/match/alert.h"

#endif
