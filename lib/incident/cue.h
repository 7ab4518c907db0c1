/*
 * cue: what an incident needs to know of one alert. Taken from the record as it goes by, kept as one line of JSON in the store,
 * read back
 * when the stories are told.
 *
 * Ownership: slices point into the record's line or the arena of the call; no longer valid than both.
 */
#ifndef IRPIPE_INCIDENT_CUE_H
#define IRPIPE_INCIDENT_CUE_H

#include "lib/base/mem.h"
#include "lib/base/stamp.h"
#include "lib/event/record.h"
#include "lib/incident/entity.h"

/* OCSF's order: 0 unknown, 1 informational .. 5 critical. */
enum { SEVERITY_COUNT = 6, SEVERITY_UNKNOWN = 0, SEVERITY_LOW = 2, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL };
extern const struct slice severity_name[SEVERITY_COUNT];
int severity_by_name(struct slice);	/* 0: none of them */

enum { CUE_VALUES = 256 /* entities */, CUE_WORDS = 64 /* techniques, tactics, assets */,
    CUE_VALUE_MAX = 1024 /* bytes of one */ };

/* What stories are told by, in this order (RESPONSE.md section 1); an alert that names none of them stands by its rule. */
enum key_type { KEY_HOST, KEY_USER, KEY_ADDRESS, KEY_HASH, KEY_GROUP, KEY_RULE, KEY_COUNT };
extern const struct slice key_type_name[KEY_COUNT];

struct cue_asset {
	struct slice of, name, owner, criticality;
};
struct cue_entity {
	enum entity_type type;
	struct slice value;
};
struct cue {
	struct slice id;
	struct stamp at;
	int level;
	struct slice rule, rule_name;
	enum key_type key;
	struct slice value;			/* the key's, in lower case for names */
	struct slice uri;			/* where its event stands */
	uint64_t off;
	struct cue_entity entity[CUE_VALUES];
	struct slice technique[CUE_WORDS], tactic[CUE_WORDS];
	struct cue_asset asset[CUE_WORDS];
	size_t entities, techniques, tactics, assets;
	uint64_t left_out;			/* values beyond the limits */
	int tlp, pap;
	bool blocked;				/* a control says that it stopped it */
	bool vulnerability;
	bool known_good;			/* it rests on nothing but an indicator that a warning list names */
	unsigned char print[16];		/* SHA-256 of what makes it this alert, cut: a forged id shows */
};

struct cue_paths;
struct cue_paths *cue_paths_new(void) must_use;
void cue_paths_free(struct cue_paths *);
/* False: the record is no alert (an event without ir.vuln); *reason is set (constant words) if it is one that cannot be taken. */
bool cue_take(const struct cue_paths *, const struct record *, struct arena *, struct cue *, const char **reason) must_use;

/*
 * The line in which it waits for its story, and back; slices point into the line. print is not in it. Lines are ordered by
 * their first
 * CUE_HEAD bytes: those of one key are together, by time and id.
 */
enum { CUE_HEAD = 36 };
void cue_write(const struct cue *, struct buf *out);
bool cue_read(struct slice line, struct cue *, struct fault *) must_use;
struct stamp cue_at(struct slice line);
/* An id of 32 hex digits as its 16 bytes; false: another one, its first 16 bytes. */
bool cue_id_pack(struct slice id, unsigned char out[16]);

#endif
