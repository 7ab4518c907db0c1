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

/* What goes into an intel_set: the lists' exact values, and which kinds of values the lists want gathered. */
const struct intel_index *known_index(const struct known *);
unsigned known_kinds(const struct known *);

struct known_seek;
struct known_seek *known_seek_new(const struct known *) must_use;
void known_seek_free(struct known_seek *);
struct known_hit {
	uint32_t list;
	uint32_t node;			/* the value */
	struct slice field;		/* as in struct intel_hit */
};
enum { KNOWN_HITS = 128 };
struct slice known_list_name(const struct known *, size_t list);	/* as JSON text, with its quotes */
/*
 * After intel_seek: which lists have the record's values, each once for a value.  `hit` are the seeker's, `index` is
 * known_index's
 * number in its set.
 */
size_t known_look(struct known_seek *, const struct intel_seek *, const struct intel_hit *hit, size_t n, size_t index,
    const struct known_hit **);
bool known_cut(const struct known_seek *);	/* there were more, or a limit of a regular expression was hit */
/* Does any list have this value of a feed? */
bool known_has(const struct known *, const struct intel_value *, struct slice bytes);

#endif
