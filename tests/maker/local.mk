# Programs that make data: the bundled case of ./demo, and big files for measuring.
noinst_PROGRAMS += tests/maker/case tests/maker/events
tests_maker_case_SOURCES = \
	tests/maker/case.c $(MAKER_CASE)
MAKER_CASE = \
	tests/maker/case.h tests/maker/case_make.c \
	tests/maker/case_aws.c tests/maker/case_dc.c tests/maker/case_eve.c tests/maker/case_hosts.c tests/maker/case_story.c \
	tests/maker/case_web.c tests/maker/case_win.c tests/maker/case_zeek.c \
	tests/maker/log.c tests/maker/maker.h tests/maker/put.c
tests_maker_events_SOURCES = tests/maker/events.c tests/maker/events.h tests/maker/events_win.c tests/maker/events_net.c \
	tests/maker/maker.h tests/maker/put.c
check_PROGRAMS += tests/maker/approve
tests_maker_approve_SOURCES = tests/maker/approve.c tests/maker/approve_key.c tests/maker/approve_key.h
noinst_PROGRAMS += tests/maker/evtxlog
tests_maker_evtxlog_SOURCES = tests/maker/evtxlog.c tests/maker/evtx.c tests/maker/evtx.h
noinst_PROGRAMS += tests/maker/random
tests_maker_random_SOURCES = tests/maker/random.c tests/unit/json_rand.c tests/unit/json_rand.h
