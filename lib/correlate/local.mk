libirpipe_a_SOURCES += \
	lib/correlate/correlate.c \
	lib/correlate/correlate.h \
	lib/correlate/decide.c \
	lib/correlate/item.c \
	lib/correlate/key.c \
	lib/correlate/order.c \
	lib/correlate/pick.c \
	lib/correlate/priv.h \
	lib/correlate/queue.c
