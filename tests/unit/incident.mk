# unit tests of lib/incident
check_PROGRAMS += tests/unit/incident
TESTS += tests/unit/incident
tests_unit_incident_SOURCES = tests/unit/incident.c
tests_unit_incident_LDADD = $(UNIT_LDADD)
