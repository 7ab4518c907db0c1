libirpipe_a_SOURCES += \
	lib/base/addr.c lib/base/addr.h \
	lib/base/base64.c lib/base/base64.h \
	lib/base/buf.c lib/base/buf.h \
	lib/base/fault.c lib/base/fault.h \
	lib/base/hash.c lib/base/hash.h \
	lib/base/in.c lib/base/in.h \
	lib/base/map.c lib/base/map.h \
	lib/base/mem.c lib/base/mem.h \
	lib/base/num.c lib/base/num.h \
	lib/base/out.c lib/base/out.h \
	lib/base/slice.c lib/base/slice.h \
	lib/base/stamp.c lib/base/stamp.h \
	lib/base/utf8.c lib/base/utf8.h \
	lib/base/zone.c
