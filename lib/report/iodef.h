/*
 * iodef: what the XML and the JSON form of IODEF (RFC 7970, RFC 8727) have in common.  Text numbers belong to the model.
 */
#ifndef IRPIPE_REPORT_IODEF_H
#define IRPIPE_REPORT_IODEF_H

#include "lib/report/report.h"
#include "lib/report/share.h"

const char *iodef_restriction(const struct model *);		/* white, green, amber, red; "ext-value" for AMBER+STRICT */
const char *iodef_severity(int level);				/* low, medium, high */
const char *iodef_algorithm(struct slice hash);		/* its identifier in XML Signature (RFC 6931) */
void iodef_digest_add(struct buf *, struct slice hash);	/* the hash's bytes in base64 */
uint32_t iodef_id(struct model *, const struct story *);	/* the incident's id, else one made of host and time */
uint32_t iodef_category(struct model *, const struct story *);	/* RSIT; 0: not told */
struct slice iodef_contact(struct model *);
struct list iodef_techniques(struct model *, const struct story *);
/* False: no indicator that IODEF can carry.  Else its identifier, which begins with a letter: XML's type ID wants it. */
enum { IODEF_ID_LEN = 2 + UUID_LEN };
bool iodef_entity(const struct model *, const struct entity *, char id[IODEF_ID_LEN]) must_use;
struct iodef_step {
	uint32_t words;			/* "net.block-ip: done" */
};
/* What was done for this story; false: another's, or nothing was done. */
bool iodef_step(struct model *, const struct doc *, const struct story *, struct iodef_step *) must_use;

#endif
