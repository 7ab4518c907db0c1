# Program behaviour: one .bats file is one test; tests/bats/run finds the programs and gives each file a folder of its own.
BATS_FILES = \
	tests/bats/bytes.bats \
	tests/bats/balance.bats \
	tests/bats/contract.bats \
	tests/bats/correlate.bats \
	tests/bats/enrich.bats \
	tests/bats/escalate.bats \
	tests/bats/hunt.bats \
	tests/bats/ingest.bats \
	tests/bats/intel.bats \
	tests/bats/irpipe.bats \
	tests/bats/live.bats \
	tests/bats/match.bats \
	tests/bats/people.bats \
	tests/bats/recipes.bats \
	tests/bats/playbook.bats \
	tests/bats/report.bats \
	tests/bats/respond.bats \
	tests/bats/schemas.bats \
	tests/bats/shared.bats \
	tests/bats/verify.bats
TESTS += $(BATS_FILES)
TEST_EXTENSIONS = .bats
BATS_LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/bats/run
EXTRA_DIST += tests/schemas/validate tests/schemas/tamper
EXTRA_DIST += $(BATS_FILES) tests/bats/run tests/bats/common.bash
AM_TESTS_ENVIRONMENT = abs_top_builddir='$(abs_top_builddir)'; abs_top_srcdir='$(abs_top_srcdir)'; \
	export abs_top_builddir abs_top_srcdir;
EXTRA_DIST += tests/golden/incident/shell.in tests/golden/incident/shell.out tests/golden/incident/story.in tests/golden/incident/story.out tests/golden/incident/clocks.txt
EXTRA_DIST += tests/golden/enrich/assets.csv tests/golden/enrich/mixed.err tests/golden/enrich/mixed.in tests/golden/enrich/mixed.out \
	tests/golden/enrich/nets.csv
