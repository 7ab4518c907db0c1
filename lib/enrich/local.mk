# enrich
libirpipe_a_SOURCES += \
	lib/enrich/as.c \
	lib/enrich/asset.c \
	lib/enrich/assets.c \
	lib/enrich/attack.c \
	lib/enrich/cidr.c lib/enrich/cidr.h \
	lib/enrich/columns.def \
	lib/enrich/contact.c \
	lib/enrich/cve.c \
	lib/enrich/enrich.c lib/enrich/enrich.h \
	lib/enrich/epss.c \
	lib/enrich/files.c \
	lib/enrich/geo.c \
	lib/enrich/hash.c \
	lib/enrich/intel.c \
	lib/enrich/kev.c \
	lib/enrich/known.c \
	lib/enrich/lists.c \
	lib/enrich/net.c \
	lib/enrich/place.c \
	lib/enrich/priv.h \
	lib/enrich/rows.c lib/enrich/rows.h \
	lib/enrich/sheet.c \
	lib/enrich/sides.c \
	lib/enrich/ssvc.c \
	lib/enrich/source.h lib/enrich/sources.def \
	lib/enrich/table.c lib/enrich/table.h \
	lib/enrich/user.c \
	lib/enrich/vuln.h lib/enrich/vuln_put.c \
	lib/enrich/vulns.c \
	lib/enrich/worker.c
