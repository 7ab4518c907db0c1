# port
libirpipe_a_SOURCES +=
libirpipe_a_SOURCES += \
	lib/port/archive.c lib/port/archive.h \
	lib/port/cell.c lib/port/cell.h \
	lib/port/db.c lib/port/db.h \
	lib/port/digest.c lib/port/digest.h lib/port/digest_avx2.c lib/port/digest_xxh3.h \
	lib/port/fold.c lib/port/fold.h \
	lib/port/gz.c lib/port/gz.h \
	lib/port/idn.c lib/port/idn.h \
	lib/port/jq.c lib/port/jq.h \
	lib/port/jqlex.c lib/port/jqlex.h \
	lib/port/mmdb.c lib/port/mmdb.h \
	lib/port/pcre.c lib/port/pcre.h \
	lib/port/worker.c lib/port/worker.h \
	lib/port/xml.c lib/port/xml.h \
	lib/port/yaml.c lib/port/yaml.h
