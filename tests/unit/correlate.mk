check_PROGRAMS += tests/unit/correlate
TESTS += tests/unit/correlate
tests_unit_correlate_SOURCES = tests/unit/correlate.c
tests_unit_correlate_LDADD = $(UNIT_LDADD)
EXTRA_DIST += tests/golden/match/correlation.txt
