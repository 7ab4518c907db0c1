libirpipe_a_SOURCES += \
	lib/event/errs.def lib/event/fields.def \
	lib/event/event.h lib/event/record.h lib/event/shape.h
