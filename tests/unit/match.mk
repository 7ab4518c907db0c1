check_PROGRAMS += tests/unit/match
TESTS += tests/unit/match
tests_unit_match_SOURCES = tests/unit/match.c
tests_unit_match_LDADD = $(UNIT_LDADD)
EXTRA_DIST += tests/golden/match/conformance.txt
