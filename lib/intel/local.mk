# intel
libirpipe_a_SOURCES += \
	lib/intel/build.c lib/intel/build.h \
	lib/intel/column.c \
	lib/intel/fields.def \
	lib/intel/image.h \
	lib/intel/index.c lib/intel/index.h \
	lib/intel/known.c lib/intel/known.h lib/intel/known_priv.h lib/intel/known_seek.c \
	lib/intel/list.c \
	lib/intel/misp.c \
	lib/intel/names.def \
	lib/intel/pattern.c lib/intel/pattern.h \
	lib/intel/probe.c lib/intel/probe.h \
	lib/intel/read.c lib/intel/read.h \
	lib/intel/row.c \
	lib/intel/seek.c lib/intel/seek.h \
	lib/intel/seek_raw.c \
	lib/intel/stix.c \
	lib/intel/types.def \
	lib/intel/value.c lib/intel/value.h \
	lib/intel/value_url.c
