/*
 * priv (private to the room): the sources as a worker sees them, and what it keeps from record to record.
 */
#ifndef IRPIPE_ENRICH_PRIV_H
#define IRPIPE_ENRICH_PRIV_H

#include "lib/enrich/source.h"

#include <pthread.h>

enum { PLACES = 4096, TAKEN = 64 };

/* The two ends of a connection that get geo and as. */
enum side_id { SIDE_source, SIDE_destination, SIDES };
enum member_id { MEMBER_geo, MEMBER_as, MEMBERS };

/* What ir.prov says of a source: nothing, the same bytes, other bytes. */
enum origin { ABSENT, SAME, OTHER };

struct side_paths {
	uint32_t object, ip, as, country, member[MEMBERS], prov[MEMBERS];
};

enum { FIELDS = 15, CONTACT_NAMES = 4 };

/* A member that a source sets: the object it stands in, itself, its origin. */
struct member_paths {
	uint32_t object, member, prov;
};

struct enrich {
	struct enrich_source source[ENRICH_SOURCES];
	size_t n;
	int tlp_max;			/* what is labelled more strictly is not told; 0: all is */
	struct json_paths *paths;
	struct side_paths side[SIDES];
	struct list_paths {
		uint32_t list, parent, prov;
	} list[LISTS];
	uint32_t ir, err, prov, at, raw, tlp, pap, field[FIELDS];
	struct {
		uint32_t id;
		struct member_paths name, tactic;
	} attack;
	struct user_paths {
		uint32_t id, name, domain, email;
		struct member_paths full, mail, roles;
	} user;
	struct vuln_paths {
		uint32_t object, prov, id, tags, score, kind;
	} vuln;
	const struct zone *zone;	/* where a day ends; NULL: UTC */
	struct stamp now;
	bool now_given;
	uint32_t contact_name[CONTACT_NAMES], countries;
	char home[2];			/* the country that is not abroad; 0: not given */
	struct intel_set *set;		/* of all sources that have an index; NULL: none */
	size_t index[ENRICH_SOURCES];	/* the source's number in it */
	pthread_mutex_t lock;		/* of the sources' counts */
};

/* What the sources say of one address, kept: the same addresses come again and again. */
struct place {
	struct addr a;
	bool used;
	struct {
		enum enrich_found found;
		uint8_t source;		/* that said it */
		struct buf value;
	} member[MEMBERS];
};

struct enrich_worker {
	struct enrich *e;
	const struct json *j;
	const uint32_t *slot;
	void *kept;
	struct json_edits edits;
	struct enrich_count count[ENRICH_SOURCES];
	bool any[MEMBERS], lists[LISTS];	/* is there a source for it? */
	void *state[ENRICH_SOURCES];
	struct intel_seek *seek;
	const struct intel_hit *found;	/* of this record, once sought */
	size_t founds;
	bool sought;
	struct place *place;
	struct buf side[SIDES], prov, err, scratch, text, value[SIDES * MEMBERS], tlp_text, pap_text;
	struct list_work {
		struct buf items, whole, prov;
		enum origin origin[ENRICH_SOURCES];
		bool asked[ENRICH_SOURCES], hit[ENRICH_SOURCES], full[ENRICH_SOURCES];
	} list[LISTS];
	struct buf vuln, vuln_prov;
	bool vulns;			/* is there a table of CVEs? */
	struct arena mem;		/* of this record: texts of members */
	int tlp, pap;			/* the strictest of what was added */
	struct taken {
		uint32_t row;
		uint8_t source, group;
	} taken[TAKEN];
	size_t takes;
};

static inline void
comma(struct buf *b)
{
	if (b->n)
		buf_byte(b, ',');
}
/* sides.c */
void sides_paths(struct enrich *);
void sides_open(struct enrich_worker *);
void sides_close(struct enrich_worker *);
void sides_look(struct enrich_worker *);
/* Of the record, or as added just now: the number of the AS, the country's two letters; empty: not known. */
struct slice side_as(const struct enrich_worker *, enum side_id);
struct slice side_country(const struct enrich_worker *, enum side_id);
/* ir.countries and ir.cross_border; where --home was given. */
void sides_countries(struct enrich_worker *);
/* worker.c */
void enrich_paths(struct enrich *);
uint32_t enrich_prov_path(struct json_paths *, struct slice member);
void worker_error(struct enrich_worker *, size_t source, enum enrich_error);
/* "name":"value" into the members that ir.prov will get. */
void worker_prov(struct enrich_worker *, struct slice name, struct slice value);
/*
 * A member that the record lacks, or that an older table of this source has set; one of the record's own stays.  `value` is
 * JSON that
 * lives as long as the record.
 */
void worker_member(struct enrich_worker *, size_t source, const struct member_paths *, const char *key, const char *path,
    struct slice value);
/* What the indexes have of the record; *hits belong to all of them.  False: more than are looked up. */
size_t worker_hits(struct enrich_worker *, const struct intel_hit **hits);
/* lists.c: between open and close items are added; a list that is not ours is left alone,
    and one of an older source is made anew. */
void lists_paths(struct enrich *);
void list_open(struct enrich_worker *, enum list_id);
struct buf *list_item(struct enrich_worker *, enum list_id, size_t source);	/* where the next item, an object, goes */
void list_limit(struct enrich_worker *, enum list_id, size_t source);		/* there were more than are told */
void list_close(struct enrich_worker *, enum list_id);
/* vulns.c: ir.vuln; after the assets.  True: w->vuln is to be added. */
void vulns_paths(struct enrich *);
bool vulns_look(struct enrich_worker *);
/* assets.c: items of ir.asset */
void assets_paths(struct enrich *);
void assets_look(struct enrich_worker *);

#endif
