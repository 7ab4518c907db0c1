libirpipe_a_SOURCES += \
	lib/match/alert.c \
	lib/match/atom.c \
	lib/match/field.c \
	lib/match/glob.c \
	lib/match/intern.c \
	lib/match/match.h \
	lib/match/priv.h \
	lib/match/set.c \
	lib/match/want.c \
	lib/match/why.c
