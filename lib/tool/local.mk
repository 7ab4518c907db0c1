libirpipe_a_SOURCES += \
	lib/tool/embed.h lib/tool/jobs.h lib/tool/source.h lib/tool/text.h lib/tool/tool.h
