/*
 * approve: approvals that people signed (RESPONSE.md section 7, law 2).
 *
 * An approval is the SHA-256 (hex) over "irpipe-approval-1", the playbook's sha256, the step, the action's name, its canonical
 * arguments (act_canonical), the incident and the stamp until which it is valid; each with its length before it (four bytes,
 * big-endian).  One line:
 *	{"approval":HEX,"by":NAME,"valid":STAMP,"sig":BASE64}
 * sig is Ed25519 over "irpipe-approval-1 HEX NAME STAMP"; NAME's public key is DIR/NAME.pem of --keys.
 */
#ifndef IRPIPE_ACT_APPROVE_H
#define IRPIPE_ACT_APPROVE_H

#include "lib/act/allow.h"
#include "lib/base/stamp.h"
#include "lib/play/action.h"
#include "lib/port/digest.h"

/* {"ip":"203.0.113.9","ttl":"4h"}: canonical values, names in byte order. */
void act_canonical(const struct play_arg *, size_t n, struct buf *out);

struct act_approved {			/* what an approval is about */
	struct slice playbook, step, name, args /* canonical */, incident;
};
bool act_approval(const struct act_approved *, struct slice valid, char hex[64]) must_use;
/* The text that is signed. */
void act_approval_text(struct slice hex, struct slice by, struct slice valid, struct buf *out);

struct act_key {
	struct slice name;
	struct digest_key *key;
};
struct act_vote {			/* one line whose signature is good */
	struct slice hex, by, valid;
	struct stamp until;
};
struct act_votes {
	struct act_key *key;
	size_t keys, key_cap;
	struct act_vote *vote;
	size_t n, cap;
	size_t bad;			/* lines that are none, or whose signature is not good */
};
bool act_key_add(struct act_votes *, struct slice name, struct slice pem, struct arena *, struct fault *) must_use;
void act_votes_read(struct act_votes *, struct slice lines, struct arena *);
void act_votes_free(struct act_votes *);

/*
 * Is it approved at `now` by `need` people (those of the row, if it names any)?  hex: the approval that holds, to be used once.
 * False: why, constant words.
 */
bool act_is_approved(const struct act_votes *, const struct act_allow_row *, const struct act_approved *, uint64_t need,
    struct stamp now,
    char hex[64], const char **why) must_use;

#endif
