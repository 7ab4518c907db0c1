# Tests: unit programs (tables of cases), the house's own rules, program behaviour by bats.
check_LIBRARIES += tests/unit/libunit.a
tests_unit_libunit_a_SOURCES = tests/unit/unit.c tests/unit/unit.h
UNIT_LDADD = tests/unit/libunit.a $(LDADD)

include tests/unit/base.mk
include tests/unit/port.mk
include tests/unit/json.mk
include tests/unit/event.mk
include tests/unit/tool.mk
include tests/unit/format.mk
include tests/unit/sigma.mk
include tests/unit/match.mk
include tests/unit/correlate.mk
include tests/unit/enrich.mk
include tests/unit/incident.mk
include tests/unit/intel.mk
include tests/unit/play.mk
include tests/unit/act.mk
include tests/unit/report.mk
include tests/bats/local.mk
include tests/check/local.mk
include tests/bench/local.mk
include tests/fuzz/local.mk
include tests/maker/local.mk
include tests/unit/maker.mk
