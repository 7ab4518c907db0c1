# unit tests of lib/port
check_PROGRAMS += tests/unit/port_b_digest
TESTS += tests/unit/port_b_digest
tests_unit_port_b_digest_SOURCES = tests/unit/port_b_digest.c
tests_unit_port_b_digest_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/unit/port_b_fold
TESTS += tests/unit/port_b_fold
tests_unit_port_b_fold_SOURCES = tests/unit/port_b_fold.c
tests_unit_port_b_fold_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/unit/port_b_gz
TESTS += tests/unit/port_b_gz
tests_unit_port_b_gz_SOURCES = tests/unit/port_b_gz.c
tests_unit_port_b_gz_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/unit/port_cell
TESTS += tests/unit/port_cell
tests_unit_port_cell_SOURCES = tests/unit/port_cell.c
tests_unit_port_cell_LDADD = $(UNIT_LDADD)
