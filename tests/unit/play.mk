# unit tests of lib/play
check_PROGRAMS += tests/unit/play
TESTS += tests/unit/play
tests_unit_play_SOURCES = tests/unit/play.c
tests_unit_play_LDADD = $(UNIT_LDADD)
