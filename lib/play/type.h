/*
 * type: what a value of a playbook or an action may be (RESPONSE.md section 6). A value reaches an argument vector only in the
 * form that is
 * written here again from what was parsed, never as it came.
 */
#ifndef IRPIPE_PLAY_TYPE_H
#define IRPIPE_PLAY_TYPE_H

#include "lib/base/buf.h"

enum play_type {
	TYPE_IP, TYPE_CIDR, TYPE_HOST, TYPE_DOMAIN, TYPE_URL, TYPE_EMAIL, TYPE_USER, TYPE_PATH, TYPE_PID, TYPE_PORT,
	    TYPE_HASH, TYPE_INT,
	TYPE_DURATION, TYPE_ID, TYPE_TEXT /* for people: never in argv */, TYPE_COUNT
};
extern const struct slice play_type_name[TYPE_COUNT];
enum play_type play_type_by_name(struct slice);		/* TYPE_COUNT: none */

/* Appends the canonical form.  False: *why is constant words, nothing was appended. */
bool play_type_write(enum play_type, struct slice value, struct buf *out, const char **why) must_use;

/* One argument: the value in canonical form. */
struct play_arg {
	struct slice name, value;
	enum play_type type;
};
const struct play_arg *play_arg_find(const struct play_arg *, size_t n, struct slice name);	/* NULL: none */

/*
 * Appends `text` with each ${name} replaced by that argument's value, once; ${name.family} of an ip or cidr is 4 or 6; $${ is a
 * plain ${.
 * False (constant words in *why): a name that is not there, a brace that is not closed.
 */
bool play_expand(struct slice text, const struct play_arg *, size_t n, struct buf *out, const char **why) must_use;
/*
 * The names in ${..} of text, one after the other: false at the end. *at starts as 0; *malformed (may be NULL) tells of an open
 * brace.
 */
bool play_names(struct slice text, size_t *at, struct slice *name, bool *malformed);

#endif
