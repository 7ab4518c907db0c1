/*
 * label: what may be told to whom and done in whose sight: TLP 2.0 (FIRST) and PAP, as numbers that rise with strictness.
 */
#ifndef IRPIPE_INCIDENT_LABEL_H
#define IRPIPE_INCIDENT_LABEL_H

#include "lib/base/slice.h"

enum { TLP_CLEAR = 1, TLP_GREEN, TLP_AMBER, TLP_AMBER_STRICT, TLP_RED, TLP_COUNT };
enum { PAP_CLEAR = 1, PAP_GREEN, PAP_AMBER, PAP_RED, PAP_COUNT };
extern const struct slice tlp_name[TLP_COUNT], pap_name[PAP_COUNT];

/* Any case, with or without "TLP:" / "PAP:" before it; 0: no such label. */
int tlp_by_name(struct slice);
int pap_by_name(struct slice);

#endif
