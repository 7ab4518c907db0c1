# json
libirpipe_a_SOURCES += \
	lib/json/check.c lib/json/json.c lib/json/json.h lib/json/kept.c lib/json/layout.h lib/json/layout.c \
	lib/json/layout_tape.c lib/json/paths.c lib/json/priv.h lib/json/rules.h \
	lib/json/scan.c lib/json/scan_avx2.c lib/json/scan_avx512.c lib/json/scan_c.c lib/json/scan_sse2.c \
	lib/json/scan_plain.h lib/json/scan_step.h lib/json/scan_utf.h lib/json/scan_utf_avx.h \
	lib/json/splice.c lib/json/tape.c lib/json/value.c lib/json/write.c
