/*
 * vuln (private to the room): a scanner's report in XML.  The state is copied with each block and holds no pointers.
 */
#ifndef IRPIPE_FORMAT_VULN_H
#define IRPIPE_FORMAT_VULN_H

#include "lib/format/format.h"

struct vuln_text {
	uint16_t n;
	char p[254];
};

struct vuln_state {
	size_t max_record;
	uint64_t seen, first;		/* events so far; before the frame at hand */
	struct vuln_text host, ip, fqdn, netbios, os, end;	/* of the host whose findings follow */
};

uint64_t vuln_count(struct slice record);
/* The next CVE from *at on, which moves behind it. */
bool vuln_cve(struct slice record, size_t *at, struct slice *cve) must_use;

bool vuln_next(struct slice frame, struct format_room *, struct event *, struct format_part *, struct fault *);
void vuln_release(void *own);

#endif
