# unit tests of lib/format
check_PROGRAMS += tests/unit/format
TESTS += tests/unit/format
tests_unit_format_SOURCES = \
	tests/unit/format.c tests/unit/format.h tests/unit/format_evtx.c tests/unit/format_evtx_oracle.c tests/maker/evtx.c tests/maker/evtx.h tests/maker/utmp.c tests/maker/utmp.h tests/unit/format_fail2ban.c tests/unit/format_framed.c tests/unit/format_golden.c tests/unit/format_oracle.c tests/unit/format_syslog.c tests/unit/format_trial.c
tests_unit_format_LDADD = $(UNIT_LDADD)
