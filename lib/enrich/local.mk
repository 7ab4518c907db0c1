# enrich
libirpipe_a_SOURCES += \
	lib/enrich/as.c \
	lib/enrich/asset.c \
	lib/enrich/assets.c \
	lib/enrich/cidr.c lib/enrich/cidr.h \
	lib/enrich/columns.def \
	lib/enrich/enrich.c lib/enrich/enrich.h \
	lib/enrich/files.c \
	lib/enrich/geo.c \
	lib/enrich/intel.c \
	lib/enrich/known.c \
	lib/enrich/lists.c \
	lib/enrich/net.c \
	lib/enrich/place.c \
	lib/enrich/priv.h \
	lib/enrich/rows.c lib/enrich/rows.h \
	lib/enrich/source.h lib/enrich/sources.def \
	lib/enrich/table.c lib/enrich/table.h \
	lib/enrich/worker.c
