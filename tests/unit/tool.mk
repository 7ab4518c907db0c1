# unit tests of lib/tool
check_PROGRAMS += tests/unit/tool_source
TESTS += tests/unit/tool_source
tests_unit_tool_source_SOURCES = tests/unit/tool_source.c tests/unit/pack.c tests/unit/pack.h
tests_unit_tool_source_LDADD = $(UNIT_LDADD)
