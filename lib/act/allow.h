/*
 * allow: what the operator allows ir-respond to do.
 *
 *	irallow: 1
 *	never: [203.0.113.0/24, 198.51.100.7]
 *	actions:
 *	  - {action: net.block-ip, need: 2, by: [alice, bob], max_active: 100}
 *	  - {action: file.quarantine, approve: none, roots: [/srv/www], store: /var/lib/irpipe/quarantine}
 *
 * Slices live in the arena that was given.  A path in a row has a NUL behind it.
 */
#ifndef IRPIPE_ACT_ALLOW_H
#define IRPIPE_ACT_ALLOW_H

#include "lib/base/fault.h"
#include "lib/base/mem.h"

struct act_allow_row {
	struct slice action;
	bool no_approval;		/* approve: none */
	uint64_t need;			/* people at least; the action may ask for more */
	struct slice *by;		/* whose approvals count; none: everybody who has a key */
	size_t bys;
	struct slice *root;		/* file.quarantine: folders below which it may take files */
	size_t roots;
	struct slice store;		/* file.quarantine: where they go */
	uint64_t max_per_10m, max_active, max_per_incident;	/* 0: the action's own */
};
struct act_allow {
	struct act_allow_row *row;
	size_t n;
	struct slice *never;		/* addresses and networks, as written */
	size_t nevers;
};

bool act_allow_read(struct slice yaml, struct arena *, struct act_allow *, struct fault *) must_use;
const struct act_allow_row *act_allow_find(const struct act_allow *, struct slice action);	/* NULL: not allowed */
/* A folder that belongs to root or to the running user and that nobody else can write; no link.  False: a fault says which. */
bool act_trusted_folder(const char *path, struct fault *) must_use;
/* The bytes of a file of which the same is true. */
bool act_trusted_file(const char *path, size_t max, struct arena *, struct slice *bytes, struct fault *) must_use;

#endif
