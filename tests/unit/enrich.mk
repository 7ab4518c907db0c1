# unit tests of lib/enrich
check_PROGRAMS += tests/unit/enrich tests/unit/enrich_record
TESTS += tests/unit/enrich tests/unit/enrich_record
tests_unit_enrich_SOURCES = tests/unit/enrich.c
tests_unit_enrich_LDADD = $(UNIT_LDADD)
tests_unit_enrich_record_SOURCES = tests/unit/enrich_record.c
tests_unit_enrich_record_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/unit/enrich_vuln
TESTS += tests/unit/enrich_vuln
tests_unit_enrich_vuln_SOURCES = tests/unit/enrich_vuln.c
tests_unit_enrich_vuln_LDADD = $(UNIT_LDADD)
