# unit tests of lib/intel
check_PROGRAMS += tests/unit/intel
TESTS += tests/unit/intel
tests_unit_intel_SOURCES = tests/unit/intel.c tests/unit/intel.h tests/unit/intel_feed.c tests/unit/intel_index.c
tests_unit_intel_LDADD = $(UNIT_LDADD)
