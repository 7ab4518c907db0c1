libirpipe_a_SOURCES += \
	lib/event/errs.def lib/event/fields.def \
	lib/event/event.h lib/event/record.h lib/event/shape.h \
	lib/event/field.h lib/event/field.c lib/event/event.c lib/event/write.c lib/event/id.c \
	lib/event/record.c lib/event/account.c lib/event/control.c
