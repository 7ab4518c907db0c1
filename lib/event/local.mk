libirpipe_a_SOURCES += \
	lib/event/errs.def lib/event/fields.def lib/event/names.def lib/event/paths.def lib/event/shapes.def lib/event/signs.def \
	lib/event/event.h lib/event/record.h lib/event/shape.h \
	lib/event/field.h lib/event/field.c lib/event/event.c lib/event/write.c lib/event/id.c \
	lib/event/record.c lib/event/account.c lib/event/control.c lib/event/wrap.c \
	lib/event/view.h lib/event/view.c lib/event/convert.c lib/event/time.c lib/event/shape.c \
	lib/event/windows.c lib/event/recipe.c lib/event/shape_vuln.c lib/event/shape_windows.c lib/event/shape_eve.c lib/event/shape_zeek.c \
	lib/event/shape_cloud.c lib/event/shape_saas.c lib/event/shape_host.c lib/event/shape_json.c \
	lib/event/trace.h lib/event/trace.c lib/event/plan.h lib/event/plan_priv.h lib/event/plan_run.h \
	lib/event/plan.c lib/event/plan_time.c lib/event/plan_eval.c lib/event/plan_leaf.c
