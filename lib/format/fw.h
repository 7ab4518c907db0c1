/*
 * fw (private to the room): messages of firewalls and network gear that have a form of their own.
 */
#ifndef IRPIPE_FORMAT_FW_H
#define IRPIPE_FORMAT_FW_H

#include "lib/format/format.h"

/* %ASA-4-106023: text, %FTD-, %SEC_LOGIN-5-LOGIN_SUCCESS: of IOS; also behind `date: `.  False: it is none; e is as it was. */
bool fw_cisco(struct event *, struct slice msg);
bool fw_cisco_is(struct slice msg) must_use;
/* PAN-OS in CSV: 1,time,serial,TRAFFIC,... */
bool fw_panos(struct event *, const struct format_context *, struct slice msg);
bool fw_panos_is(struct slice msg) must_use;
/* filterlog of pfSense and OPNsense */
bool fw_pf(struct event *, struct slice msg);

#endif
