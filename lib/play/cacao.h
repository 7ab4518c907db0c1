/*
 * cacao: playbooks as OASIS CACAO 2.0, and back (RESPONSE.md section 6).
 *
 * What goes out carries the playbook's own text in an extension of irpipe, so that it comes back byte for byte; it counts only
 * if the
 * JSON around it is what that text makes.  What others made comes in as steps for people: no command of a stranger is taken over.
 */
#ifndef IRPIPE_PLAY_CACAO_H
#define IRPIPE_PLAY_CACAO_H

#include "lib/json/json.h"
#include "lib/play/play.h"

/* Appends the playbook as one JSON object with \n. */
bool cacao_write(const struct play *, struct buf *out, struct fault *) must_use;
/* Appends YAML.  *ours: it is the text that cacao_write was given. */
bool cacao_read(struct slice json, const struct action_set *, struct buf *yaml, bool *ours, struct fault *) must_use;

/* "action--" and a UUIDv5 (RFC 4122 section 4.3) of the name in CACAO's namespace. */
bool cacao_id(const char *type, struct slice name, struct buf *out) must_use;

#endif
