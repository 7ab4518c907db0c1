/*
 * quarantine: file.quarantine, done by ir-respond itself.  The file is found below an allowed root without following any link,
 * copied to STORE/ID.bin, hashed, described in STORE/ID.json, and only then removed; undo puts it back with its bytes, owner,
 * mode and times.  Names on disk are the action's id, never a name from a record.  Extended attributes are not kept.
 */
#ifndef IRPIPE_ACT_QUARANTINE_H
#define IRPIPE_ACT_QUARANTINE_H

#include "lib/act/allow.h"

struct act_quarantine {
	const struct act_allow_row *row;	/* roots, store */
	struct slice id;			/* 32 hex digits */
	struct slice path;			/* canonical: absolute, no . or .. */
};

/* Is it in the store? */
bool act_quarantine_holds(const struct act_quarantine *);
/* Is it in the store, and nothing in its place? */
bool act_quarantine_check(const struct act_quarantine *);
/* False: f->what are constant words, near what the system said. */
bool act_quarantine_do(const struct act_quarantine *, struct fault *) must_use;
bool act_quarantine_undo(const struct act_quarantine *, struct fault *) must_use;

#endif
