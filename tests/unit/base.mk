check_PROGRAMS += tests/unit/base
TESTS += tests/unit/base
tests_unit_base_SOURCES = tests/unit/base.c tests/unit/base.h tests/unit/base_addr.c tests/unit/base_io.c tests/unit/base_text.c \
	tests/unit/base_time.c
tests_unit_base_LDADD = $(UNIT_LDADD)
