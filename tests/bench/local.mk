# Benchmarks: programs print figures and assert nothing.  `make bench-scan` also builds the peer where simdjson is.
check_PROGRAMS += tests/bench/scan
tests_bench_scan_SOURCES = tests/bench/scan.c
tests_bench_scan_LDADD = $(UNIT_LDADD)
EXTRA_DIST += tests/bench/scan_peer.cc

# BENCH_NDJSON=FILE make bench-scan
bench-scan: tests/bench/scan
	./tests/bench/scan "$(BENCH_NDJSON)"
	pkg-config --exists simdjson && g++ -O3 $$(pkg-config --cflags simdjson) -o tests/bench/scan_peer \
		$(srcdir)/tests/bench/scan_peer.cc $$(pkg-config --libs simdjson) && ./tests/bench/scan_peer "$(BENCH_NDJSON)"
.PHONY: bench-scan
CLEANFILES += tests/bench/scan_peer
