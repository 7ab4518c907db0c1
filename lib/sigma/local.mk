libirpipe_a_SOURCES += \
	lib/sigma/condition.c \
	lib/sigma/detect.c \
	lib/sigma/priv.h \
	lib/sigma/rule.c \
	lib/sigma/sigma.h \
	lib/sigma/value.c
