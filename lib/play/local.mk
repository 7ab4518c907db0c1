# play
libirpipe_a_SOURCES += lib/play/action.c lib/play/action.h lib/play/cacao.h lib/play/cacao_in.c lib/play/cacao_out.c lib/play/cond.c lib/play/cond.h lib/play/link.c lib/play/plan.c lib/play/plan.h \
	lib/play/plan_write.c lib/play/play.c lib/play/play.h lib/play/play_check.c lib/play/play_lint.c lib/play/play_step.c lib/play/read.c lib/play/read.h lib/play/type.c lib/play/type.h
