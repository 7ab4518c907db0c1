libirpipe_a_SOURCES += \
	lib/tool/each.c lib/tool/each.h \
	lib/tool/embed.h \
	lib/tool/emit.c \
	lib/tool/file.c \
	lib/tool/jobs.c lib/tool/jobs.h \
	lib/tool/opt.c \
	lib/tool/output.c \
	lib/tool/priv.h \
	lib/tool/settle.c \
	lib/tool/source.c lib/tool/source.h lib/tool/source_archive.c lib/tool/source_archive.h lib/tool/source_label.c \
	lib/tool/source_layer.c lib/tool/source_path.c lib/tool/source_priv.h \
	lib/tool/stream.c lib/tool/stream.h \
	lib/tool/text.c lib/tool/text.h lib/tool/text_line.c lib/tool/text_priv.h lib/tool/text_table.c lib/tool/text_width.c \
	lib/tool/tool.c lib/tool/tool.h \
	lib/tool/walk.c lib/tool/walk.h \
	lib/tool/wrap.c lib/tool/wrap.h
