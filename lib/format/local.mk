libirpipe_a_SOURCES += \
	lib/format/format.c lib/format/format.h lib/format/formats.def
