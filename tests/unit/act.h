/* The parts of the test of lib/act. */
#ifndef IRPIPE_TESTS_UNIT_ACT_H
#define IRPIPE_TESTS_UNIT_ACT_H

#include "tests/unit/unit.h"

void test_approve(void);
void test_journal(void);
void test_values(void);

#endif
