/* intel: parts of the unit tests of lib/intel. */
#ifndef IRPIPE_TESTS_UNIT_INTEL_H
#define IRPIPE_TESTS_UNIT_INTEL_H

void test_feeds(void);
void test_index(void);

#endif
