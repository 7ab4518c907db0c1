# unit tests of lib/act
check_PROGRAMS += tests/unit/act
TESTS += tests/unit/act
tests_unit_act_SOURCES = tests/unit/act.c tests/unit/act.h tests/unit/act_approve.c tests/unit/act_journal.c tests/unit/act_value.c \
	tests/maker/approve_key.c tests/maker/approve_key.h
tests_unit_act_LDADD = $(UNIT_LDADD)
