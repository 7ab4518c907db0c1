# Benchmarks: programs print figures and assert nothing.  `make bench-scan` also builds the peer where simdjson is.
check_PROGRAMS += tests/bench/scan
tests_bench_scan_SOURCES = tests/bench/scan.c
tests_bench_scan_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/bench/run
tests_bench_run_SOURCES = tests/bench/run.c
check_PROGRAMS += tests/bench/cidr
tests_bench_cidr_SOURCES = tests/bench/cidr.c
tests_bench_cidr_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/bench/indicators tests/bench/join
tests_bench_indicators_SOURCES = tests/bench/indicators.c
tests_bench_join_SOURCES = tests/bench/join.c
EXTRA_DIST += tests/bench/scan_peer.cc tests/bench/data tests/bench/escalate tests/bench/enrich tests/bench/ingest tests/bench/intel tests/bench/lib.sh tests/bench/match tests/bench/pipe tests/bench/rules

# BENCH_NDJSON=FILE make bench-scan
bench-scan: tests/bench/scan
	./tests/bench/scan "$(BENCH_NDJSON)"
	pkg-config --exists simdjson && g++ -O3 $$(pkg-config --cflags simdjson) -o tests/bench/scan_peer \
		$(srcdir)/tests/bench/scan_peer.cc $$(pkg-config --libs simdjson) && ./tests/bench/scan_peer "$(BENCH_NDJSON)"
# Started in the build folder: bench-ingest, bench-intel, bench-pipe, bench-escalate, bench-match (BENCH_RULES=FOLDER).
bench-ingest: all tests/bench/run
	$(srcdir)/tests/bench/ingest
bench-enrich: all tests/bench/run tests/bench/indicators tests/bench/cidr
	$(srcdir)/tests/bench/enrich
bench-intel: all tests/bench/run tests/bench/indicators tests/bench/join
	$(srcdir)/tests/bench/intel
bench-pipe: all tests/bench/run
	$(srcdir)/tests/bench/pipe
bench-escalate: all tests/bench/run
	$(srcdir)/tests/bench/escalate
bench-match: all tests/bench/run
	$(srcdir)/tests/bench/match "$(BENCH_RULES)"
.PHONY: bench-match bench-scan bench-enrich bench-ingest bench-intel bench-pipe bench-escalate
CLEANFILES += tests/bench/scan_peer
