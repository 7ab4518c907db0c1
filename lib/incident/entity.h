/*
 * entity: what an incident is about, in seven lists, and which of them tell that two incidents belong together.
 */
#ifndef IRPIPE_INCIDENT_ENTITY_H
#define IRPIPE_INCIDENT_ENTITY_H

#include "lib/base/slice.h"

enum entity_type { ENTITY_HOST, ENTITY_USER, ENTITY_IP, ENTITY_DOMAIN, ENTITY_HASH, ENTITY_FILE, ENTITY_PROCESS, ENTITY_COUNT };
extern const struct slice entity_name[ENTITY_COUNT];
enum entity_type entity_by_name(struct slice);		/* ENTITY_COUNT: none */

/*
 * An address that is not one's own: globally routable, or of the documentation nets (RFC 5737, RFC 3849), which no house uses
 * and which
 * stand for strangers in examples and exercises.
 */
bool entity_external(struct slice address);
/* Accounts that each machine has under the same name (SYSTEM, root, machine accounts): equal names are not the same account. */
bool entity_common_user(struct slice name);

#endif
