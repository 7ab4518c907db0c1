/* port/jqlex: what an expression of a user may not ask of libjq (SECURITY.md section 1), refused before libjq sees it. */
#ifndef IRPIPE_PORT_JQLEX_H
#define IRPIPE_PORT_JQLEX_H

#include "lib/base/fault.h"

enum { JQ_EXPRESSION_MAX = 64 * 1024, JQ_RANGE_MAX = 1000000 };

/* False: fault.column (from 1, bytes) and fault.near tell the word. */
bool jqlex_allows(struct slice expression, struct fault *) must_use;
/* Can this regular expression (as it stands in a jq string: backslashes doubled) match the empty text? */
bool jqlex_empty(struct slice literal);

#endif
