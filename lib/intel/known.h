/*
 * known: lists of what is known to be good or at least no sign of harm: MISP's warninglists (types cidr, hostname, string,
 * substring,
 * regex, each for the attributes that it names) and plain lists.
 *
 * Ownership: a struct known is read-only after known_done, shared by threads; a struct known_seek belongs to one thread.
 */
#ifndef IRPIPE_INTEL_KNOWN_H
#define IRPIPE_INTEL_KNOWN_H

#include "lib/intel/seek.h"

struct known;
struct known *known_new(void) must_use;
void known_free(struct known *);
/* One file: a warninglist, or values one a line (then `name` is the list's). */
bool known_read(struct known *, struct slice bytes, struct slice name, struct fault *) must_use;
/* After the last file, before the first look. */
bool known_done(struct known *, struct fault *) must_use;
size_t known_lists(const struct known *);
size_t known_entries(const struct known *);
/* Entries that cannot be looked up here (telephone numbers, ids of applications). */
size_t known_useless(const struct known *);

struct known_seek;
struct known_seek *known_seek_new(const struct known *) must_use;
void known_seek_free(struct known_seek *);
struct known_hit {
	struct slice list;
	uint32_t node;			/* the value */
	struct slice field;		/* as in struct intel_hit */
};
enum { KNOWN_HITS = 128 };
/* Each list once for a value. */
size_t known_look(struct known_seek *, const struct json *, uint32_t own, uint32_t raw, const struct known_hit **);
bool known_cut(const struct known_seek *);	/* there were more values, or a limit of a regular expression was hit */
/* Does any list have this value of a feed? */
bool known_has(const struct known *, const struct intel_value *, struct slice bytes);

#endif
