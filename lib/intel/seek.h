/*
 * seek: the values of one record that indicators can be about, looked up in compiled indexes: the normalised fields of
 * fields.def, and
 * in `raw` (or in a foreign object) what shows by itself: whole values that are addresses, hashes, URLs, and members whose name
 * says
 * that there stands a host, URL, mail address or list of hashes.
 *
 * Ownership: a set is shared by threads and does not own its indexes; a seeker belongs to one thread; hits are valid until its
 * next
 * record and point into the record and into it.
 */
#ifndef IRPIPE_INTEL_SEEK_H
#define IRPIPE_INTEL_SEEK_H

#include "lib/intel/index.h"
#include "lib/json/json.h"

enum { INTEL_INDEXES = 16, INTEL_PROBES = 4096, INTEL_HITS = 256 };

struct intel_set;
struct intel_set *intel_set_new(const struct intel_index *const *, size_t n) must_use;	/* INTEL_INDEXES at most */
void intel_set_free(struct intel_set *);
/* Values of these kinds (bits) are gathered although no indicator is of them. */
void intel_set_wants(struct intel_set *, unsigned kinds);

struct intel_hit {
	size_t index;
	uint32_t entry;
	enum intel_kind kind;
	bool parent;			/* a name below the indicator's */
	uint32_t node;			/* the value: its text from `at` on is what was looked up */
	size_t at, len;
	struct slice field;		/* path of a normalised field; empty: in raw (intel_field tells) */
	struct slice text;		/* the canonical bytes that hit (of addresses: 16) */
};

struct intel_seek;
struct intel_seek *intel_seek_new(const struct intel_set *) must_use;
void intel_seek_free(struct intel_seek *);
/*
 * `own`: the object of normalised fields, or JSON_NONE; `raw`: the object of the original, or JSON_NONE.  `at`: indicators that
 * are not
 * valid then are inert; NULL: all count.  `text`: also pieces of free text.
 */
size_t intel_seek(struct intel_seek *, const struct json *, uint32_t own, uint32_t raw, const struct stamp *at, bool text,
    const struct intel_hit **hits);
/* The n-th value of the last record, as a hit without an entry; names above a name are `parent`.  False: there are no more. */
bool intel_seen(const struct intel_seek *, size_t n, struct intel_hit *) must_use;
/* More values or hits than a record may have: some were not looked up. */
bool intel_cut(const struct intel_seek *);
/* The path of a hit's value from the record's root. */
void intel_field(const struct json *, const struct intel_hit *, struct buf *out);
/* The indicator's value as text: address, network, name, URL, hex digits. */
void intel_text(const struct intel_index *, const struct intel_hit *, struct buf *out);

#endif
