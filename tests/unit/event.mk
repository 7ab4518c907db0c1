# unit tests of lib/event
check_PROGRAMS += tests/unit/event tests/unit/event_plan tests/unit/event_shape
TESTS += tests/unit/event tests/unit/event_plan tests/unit/event_shape
tests_unit_event_SOURCES = tests/unit/event.c
tests_unit_event_LDADD = $(UNIT_LDADD)
tests_unit_event_plan_SOURCES = tests/unit/event_plan.c tests/unit/json_rand.c tests/unit/json_rand.h
tests_unit_event_plan_LDADD = $(UNIT_LDADD)
tests_unit_event_shape_SOURCES = tests/unit/event_shape.c
tests_unit_event_shape_LDADD = $(UNIT_LDADD)
EXTRA_DIST += \
	tests/golden/event/cloudtrail.in tests/golden/event/cloudtrail.out tests/golden/event/eve.in tests/golden/event/eve.out \
	tests/golden/event/evtx_dump.in tests/golden/event/evtx_dump.out tests/golden/event/odd.in tests/golden/event/odd.out \
	tests/golden/event/others.in tests/golden/event/others.out tests/golden/event/sysmon.in tests/golden/event/sysmon.out \
	tests/golden/event/windows.in tests/golden/event/windows.out tests/golden/event/winlogbeat.in \
	tests/golden/event/winlogbeat.out tests/golden/event/zeek.in tests/golden/event/zeek.out
