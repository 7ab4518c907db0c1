# The house keeps its own rules: what lib/LAYERS, the tables and the flags say is tested like the programs.
HOUSE = tests/check/doors tests/check/flags tests/check/layers tests/check/names tests/check/size tests/check/tables tests/check/versions tests/check/words
TESTS += $(HOUSE)
EXTRA_DIST += $(HOUSE) tests/check/house tests/check/size.exceptions tests/check/size.wide lib/LAYERS tests/golden

# The manual: its form, its options against those of the programs, its examples on the bundled case.
MANUAL = tests/check/manual tests/check/examples
TESTS += $(MANUAL)
EXTRA_DIST += $(MANUAL)
