libirpipe_a_SOURCES += \
	lib/correlate/correlate.c \
	lib/correlate/correlate.h \
	lib/correlate/decide.c \
	lib/correlate/item.c \
	lib/correlate/key.c lib/correlate/key.h \
	lib/correlate/order.c \
	lib/correlate/pick.c lib/correlate/pick.h \
	lib/correlate/priv.h \
	lib/correlate/queue.c \
	lib/correlate/state.c lib/correlate/state.h lib/correlate/state_read.c
