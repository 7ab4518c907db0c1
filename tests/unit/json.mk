# unit tests of lib/json
check_PROGRAMS += tests/unit/json tests/unit/json_engines tests/unit/json_layout tests/unit/json_write tests/unit/json_suite
TESTS += tests/unit/json tests/unit/json_engines tests/unit/json_layout tests/unit/json_write tests/unit/json_suite.sh
tests_unit_json_SOURCES = tests/unit/json.c
tests_unit_json_LDADD = $(UNIT_LDADD)
tests_unit_json_engines_SOURCES = tests/unit/json_engines.c tests/unit/json_rand.c tests/unit/json_rand.h
tests_unit_json_engines_LDADD = $(UNIT_LDADD)
tests_unit_json_layout_SOURCES = tests/unit/json_layout.c tests/unit/json_rand.c tests/unit/json_rand.h
tests_unit_json_layout_LDADD = $(UNIT_LDADD)
tests_unit_json_write_SOURCES = tests/unit/json_write.c tests/unit/json_rand.c tests/unit/json_rand.h
tests_unit_json_write_LDADD = $(UNIT_LDADD)
tests_unit_json_suite_SOURCES = tests/unit/json_suite.c
tests_unit_json_suite_LDADD = $(UNIT_LDADD)
EXTRA_DIST += tests/unit/json_suite.sh
