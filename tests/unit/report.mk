# unit tests of lib/report
check_PROGRAMS += tests/unit/report
TESTS += tests/unit/report
tests_unit_report_SOURCES = tests/unit/report.c tests/unit/report_metrics.c tests/unit/report_model.c
tests_unit_report_LDADD = $(UNIT_LDADD)
EXTRA_DIST += tests/golden/report/case.in tests/golden/report/case.json tests/golden/report/case.md tests/golden/report/case.html \
	tests/golden/report/case.txt tests/golden/report/case.80.txt tests/golden/report/case.story.txt tests/golden/report/case.coverage.txt \
	tests/golden/report/cut.in tests/golden/report/cut.out tests/golden/report/hostile.in tests/golden/report/hostile.out tests/golden/report/hostile.md tests/golden/report/none.in \
	tests/golden/report/none.out tests/golden/report/plain.in tests/golden/report/plain.out \
	tests/golden/report/case.stix tests/golden/report/case.misp tests/golden/report/case.csv tests/golden/report/case.navigator \
	tests/golden/report/case.iodef tests/golden/report/case.iodef-json tests/golden/report/case.ocsf tests/golden/report/case.timesketch \
	tests/golden/report/case.ecs tests/golden/report/case.yaml tests/golden/report/case.management.txt tests/golden/report/case.peer.txt \
	tests/golden/report/case.lessons.md \
	tests/golden/report/history.in tests/golden/report/history.out
