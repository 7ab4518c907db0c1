/* base: the parts of the tests of lib/base. */
#ifndef IRPIPE_TESTS_BASE_H
#define IRPIPE_TESTS_BASE_H

#include "tests/unit/unit.h"

void base_addr(void);
void base_io(void);
void base_text(void);
void base_time(void);

#endif
