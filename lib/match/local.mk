libirpipe_a_SOURCES += \
	lib/match/alert.c \
	lib/match/atom.c \
	lib/match/field.c \
	lib/match/find.c \
	lib/match/glob.c \
	lib/match/hold.c \
	lib/match/index.c \
	lib/match/intern.c \
	lib/match/keys.h \
	lib/match/keyword.c \
	lib/match/look.c \
	lib/match/match.h \
	lib/match/need.c \
	lib/match/plan.c \
	lib/match/plan.h \
	lib/match/priv.h \
	lib/match/rarity.c \
	lib/match/room.c \
	lib/match/room.h \
	lib/match/set.c \
	lib/match/source.c \
	lib/match/source.h \
	lib/match/text.c \
	lib/match/twin.c \
	lib/match/want.c \
	lib/match/why.c \
	lib/match/witness.c
