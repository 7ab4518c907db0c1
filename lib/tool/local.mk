libirpipe_a_SOURCES += \
	lib/tool/each.c \
	lib/tool/embed.h \
	lib/tool/jobs.c lib/tool/jobs.h \
	lib/tool/opt.c \
	lib/tool/output.c \
	lib/tool/priv.h \
	lib/tool/source.h \
	lib/tool/stream.c lib/tool/stream.h \
	lib/tool/text.h \
	lib/tool/tool.c lib/tool/tool.h
