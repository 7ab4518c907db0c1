check_PROGRAMS += tests/unit/maker
TESTS += tests/unit/maker
tests_unit_maker_SOURCES = tests/unit/maker.c $(MAKER_CASE)
tests_unit_maker_LDADD = $(UNIT_LDADD)
