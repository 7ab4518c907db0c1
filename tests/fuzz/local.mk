# Fuzz targets: `make check` replays the seeds; with clang the same file is a libFuzzer program:
#	clang -fsanitize=fuzzer,address,undefined -I. tests/fuzz/NAME.c ...
# A target: FUZZ += tests/fuzz/NAME, its _SOURCES with $(FUZZ_DRIVER), its _LDADD, and seeds in tests/fuzz/corpus/NAME.
FUZZ = tests/fuzz/json tests/fuzz/evtx tests/fuzz/winxml
FUZZ_DRIVER = tests/fuzz/driver.c
tests_fuzz_json_SOURCES = tests/fuzz/json.c $(FUZZ_DRIVER)
tests_fuzz_evtx_SOURCES = tests/fuzz/evtx.c tests/maker/evtx.c tests/maker/evtx.h $(FUZZ_DRIVER)
tests_fuzz_winxml_SOURCES = tests/fuzz/winxml.c $(FUZZ_DRIVER)

check_PROGRAMS += $(FUZZ)
TESTS += tests/fuzz/replay
EXTRA_DIST += tests/fuzz/replay tests/fuzz/corpus
