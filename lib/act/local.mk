libirpipe_a_SOURCES += \
	lib/act/actor.c lib/act/actor.h \
	lib/act/allow.c lib/act/allow.h \
	lib/act/approve.c lib/act/approve.h \
	lib/act/guard.c lib/act/guard.h \
	lib/act/journal.c lib/act/journal.h \
	lib/act/quarantine.c lib/act/quarantine.h \
	lib/act/result.c lib/act/result.h \
	lib/act/run.c lib/act/run.h \
	lib/act/task.c lib/act/task.h \
	lib/act/verbs.c \
	lib/act/wire.c lib/act/wire.h
