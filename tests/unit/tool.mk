# unit tests of lib/tool
check_PROGRAMS += tests/unit/tool_source
TESTS += tests/unit/tool_source
tests_unit_tool_source_SOURCES = tests/unit/tool_source.c tests/unit/pack.c tests/unit/pack.h
tests_unit_tool_source_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/unit/tool_text
TESTS += tests/unit/tool_text
tests_unit_tool_text_SOURCES = tests/unit/tool_text.c tests/unit/pack.c tests/unit/pack.h
tests_unit_tool_text_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/unit/tool_jobs tests/unit/tool_opt
TESTS += tests/unit/tool_jobs tests/unit/tool_opt
tests_unit_tool_jobs_SOURCES = tests/unit/tool_jobs.c
tests_unit_tool_jobs_LDADD = $(UNIT_LDADD)
tests_unit_tool_opt_SOURCES = tests/unit/tool_opt.c
tests_unit_tool_opt_LDADD = $(UNIT_LDADD)
