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

struct side_paths {
	uint32_t object, ip, member[MEMBERS], prov[MEMBERS];
};

enum { FIELDS = 15 };

struct enrich {
	struct enrich_source source[ENRICH_SOURCES];
	size_t n;
	struct json_paths *paths;
	struct side_paths side[SIDES];
	uint32_t ir, err, asset, prov, prov_asset, field[FIELDS];
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
	uint32_t *slot;
	struct json_edits edits;
	struct enrich_count count[ENRICH_SOURCES];
	bool any[MEMBERS], rows;	/* is there a source for it? */
	struct place *place;
	struct buf side[SIDES], asset, list, prov, err, prov_asset, scratch, value[SIDES * MEMBERS];
	struct taken {
		uint32_t row;
		uint8_t source, group;
	} taken[TAKEN];
	size_t takes;
	bool asked[ENRICH_SOURCES], hit[ENRICH_SOURCES], full[ENRICH_SOURCES];
};

/* worker.c */
void enrich_paths(struct enrich *);
void worker_error(struct enrich_worker *, size_t source, enum enrich_error);
/* "name":"value" into the members that ir.prov will get. */
void worker_prov(struct enrich_worker *, struct slice name, struct slice value);
/* assets.c: items of ir.asset */
void assets_paths(struct enrich *);
void assets_add(struct enrich_worker *);

#endif
