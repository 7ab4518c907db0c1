libirpipe_a_SOURCES += \
	lib/sigma/aggregate.c \
	lib/sigma/condition.c \
	lib/sigma/correlation.c \
	lib/sigma/detect.c \
	lib/sigma/expand.c \
	lib/sigma/filter.c \
	lib/sigma/load.c \
	lib/sigma/meta.h \
	lib/sigma/priv.h \
	lib/sigma/resolve.c \
	lib/sigma/rule.c \
	lib/sigma/sigma.h \
	lib/sigma/value.c
