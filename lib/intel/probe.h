/*
 * probe (private to the room): values gathered from one record, in their canonical form, each once.
 */
#ifndef IRPIPE_INTEL_PROBE_H
#define IRPIPE_INTEL_PROBE_H

#include "lib/intel/seek.h"

enum { TWINS = 256 };

struct probe {
	uint32_t at, n;			/* canonical bytes in seek.text */
	uint32_t node, off, len;	/* where it stands: in the decoded text of the node */
	uint16_t field;			/* row of fields.def + 1; 0: in raw */
	uint8_t kind;
	bool parent;
	struct intel_key key;
};

struct intel_set {
	const struct intel_index *index[INTEL_INDEXES];
	size_t n;
	unsigned kinds;
	struct json_paths *paths;
	uint32_t *slot;
	size_t host, path;		/* rows of fields.def */
};

struct intel_seek {
	const struct intel_set *set;
	const struct json *j;
	void *kept;
	struct buf text, decoded, word;
	struct probe probe[INTEL_PROBES];
	size_t n;
	uint16_t twin[TWINS];
	struct intel_hit hit[INTEL_HITS];
	size_t hits;
	bool cut;
};

/* Where a piece stands. */
struct place {
	uint32_t node, off;
	uint16_t field;
};

/* Each adds what the text is, and what goes with it (of a URL or mail address its host; of a name its parents); false:
    nothing. */
bool probe_ip(struct intel_seek *, struct slice, struct place);
bool probe_name(struct intel_seek *, struct slice, struct place);
bool probe_url(struct intel_seek *, struct slice, struct place);
bool probe_mail(struct intel_seek *, struct slice, struct place);
bool probe_hash(struct intel_seek *, struct slice, struct place);
/* Host and path that stand apart. */
void probe_web(struct intel_seek *, struct slice host, struct slice path, struct place);

/* seek_raw.c */
void seek_raw(struct intel_seek *, uint32_t raw, bool text);

#endif
