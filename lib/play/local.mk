# play
libirpipe_a_SOURCES += lib/play/action.c lib/play/action.h lib/play/read.c lib/play/read.h lib/play/type.c lib/play/type.h
