# Fuzz targets: `make check` replays the seeds; with clang the same file is a libFuzzer program:
#	clang -fsanitize=fuzzer,address,undefined -I. tests/fuzz/NAME.c ...
# A target: FUZZ += tests/fuzz/NAME, its _SOURCES with $(FUZZ_DRIVER), its _LDADD, and seeds in tests/fuzz/corpus/NAME.
FUZZ = tests/fuzz/evtx tests/fuzz/gz tests/fuzz/json tests/fuzz/sigma tests/fuzz/snapshot tests/fuzz/winxml tests/fuzz/yaml
FUZZ_DRIVER = tests/fuzz/driver.c
tests_fuzz_gz_SOURCES = tests/fuzz/gz.c $(FUZZ_DRIVER)
tests_fuzz_yaml_SOURCES = tests/fuzz/yaml.c $(FUZZ_DRIVER)
tests_fuzz_json_SOURCES = tests/fuzz/json.c $(FUZZ_DRIVER)
tests_fuzz_evtx_SOURCES = tests/fuzz/evtx.c tests/maker/evtx.c tests/maker/evtx.h $(FUZZ_DRIVER)
tests_fuzz_winxml_SOURCES = tests/fuzz/winxml.c $(FUZZ_DRIVER)
tests_fuzz_sigma_SOURCES = tests/fuzz/sigma.c $(FUZZ_DRIVER)
tests_fuzz_snapshot_SOURCES = tests/fuzz/snapshot.c $(FUZZ_DRIVER)

# Formats: one source, a name each; their seeds are the inputs of tests/golden/format/NAME.
FUZZ_FORMAT_SOURCES = tests/fuzz/formats.c tests/maker/utmp.c tests/maker/utmp.h $(FUZZ_DRIVER)
FUZZ += \
	tests/fuzz/access \
	tests/fuzz/auditd \
	tests/fuzz/cef \
	tests/fuzz/csv \
	tests/fuzz/fw \
	tests/fuzz/journal \
	tests/fuzz/kv \
	tests/fuzz/leef \
	tests/fuzz/mail \
	tests/fuzz/syslog \
	tests/fuzz/utmp \
	tests/fuzz/vuln \
	tests/fuzz/w3c \
	tests/fuzz/weberror \
	tests/fuzz/zeek
tests_fuzz_access_SOURCES = $(FUZZ_FORMAT_SOURCES)
tests_fuzz_access_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FORMAT=access
tests_fuzz_auditd_SOURCES = $(FUZZ_FORMAT_SOURCES)
tests_fuzz_auditd_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FORMAT=auditd
tests_fuzz_cef_SOURCES = $(FUZZ_FORMAT_SOURCES)
tests_fuzz_cef_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FORMAT=cef
tests_fuzz_csv_SOURCES = $(FUZZ_FORMAT_SOURCES)
tests_fuzz_csv_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FORMAT=csv
tests_fuzz_fw_SOURCES = $(FUZZ_FORMAT_SOURCES)
tests_fuzz_fw_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FORMAT=fw
tests_fuzz_journal_SOURCES = $(FUZZ_FORMAT_SOURCES)
tests_fuzz_journal_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FORMAT=journal
tests_fuzz_kv_SOURCES = $(FUZZ_FORMAT_SOURCES)
tests_fuzz_kv_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FORMAT=kv
tests_fuzz_leef_SOURCES = $(FUZZ_FORMAT_SOURCES)
tests_fuzz_leef_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FORMAT=leef
tests_fuzz_mail_SOURCES = $(FUZZ_FORMAT_SOURCES)
tests_fuzz_mail_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FORMAT=mail
tests_fuzz_syslog_SOURCES = $(FUZZ_FORMAT_SOURCES)
tests_fuzz_syslog_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FORMAT=syslog
tests_fuzz_utmp_SOURCES = $(FUZZ_FORMAT_SOURCES)
tests_fuzz_utmp_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FORMAT=utmp
tests_fuzz_vuln_SOURCES = $(FUZZ_FORMAT_SOURCES)
tests_fuzz_vuln_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FORMAT=vuln
tests_fuzz_w3c_SOURCES = $(FUZZ_FORMAT_SOURCES)
tests_fuzz_w3c_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FORMAT=w3c
tests_fuzz_weberror_SOURCES = $(FUZZ_FORMAT_SOURCES)
tests_fuzz_weberror_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FORMAT=weberror
tests_fuzz_zeek_SOURCES = $(FUZZ_FORMAT_SOURCES)
tests_fuzz_zeek_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FORMAT=zeek

check_PROGRAMS += $(FUZZ)
TESTS += tests/fuzz/replay
EXTRA_DIST += tests/fuzz/replay tests/fuzz/corpus
