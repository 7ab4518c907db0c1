libirpipe_a_SOURCES += \
	lib/format/format.c lib/format/format.h lib/format/formats.def lib/format/json.c lib/format/json_frame.c \
	lib/format/json_frame.h lib/format/json_scan.c lib/format/json_scan.h lib/format/json_wrap.c
