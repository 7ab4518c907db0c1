# unit tests of lib/enrich
check_PROGRAMS += tests/unit/enrich tests/unit/enrich_record
TESTS += tests/unit/enrich tests/unit/enrich_record
tests_unit_enrich_SOURCES = tests/unit/enrich.c
tests_unit_enrich_LDADD = $(UNIT_LDADD)
tests_unit_enrich_record_SOURCES = tests/unit/enrich_record.c
tests_unit_enrich_record_LDADD = $(UNIT_LDADD)
