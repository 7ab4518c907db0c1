# one program each: main() narrates
dist_bin_SCRIPTS += cmd/irpipe
bin_PROGRAMS += ir-ingest
ir_ingest_SOURCES = cmd/ir-ingest.c cmd/ingest.h cmd/ingest_follow.c cmd/ingest_gaps.c \
	cmd/ingest_gaps.h cmd/ingest_head.c cmd/ingest_list.c cmd/ingest_live.h \
	cmd/ingest_long.c cmd/ingest_manifest.c cmd/ingest_manifest.h cmd/ingest_place.c cmd/ingest_progress.c cmd/ingest_read.c cmd/ingest_read.h cmd/ingest_rotate.c cmd/ingest_run.c \
	cmd/ingest_state.c cmd/ingest_survey.c cmd/ingest_wide.c cmd/ingest_work.c cmd/ingest_years.c
bin_PROGRAMS += ir-match
ir_match_SOURCES = cmd/ir-match.c cmd/match.h cmd/match_account.c cmd/match_ask.c cmd/match_each.c \
	cmd/match_explain.c cmd/match_frame.c cmd/match_hunt.c cmd/match_hunt.h cmd/match_hunt_read.c \
	cmd/match_intel.c cmd/match_intel.h cmd/match_load.c cmd/match_local.c cmd/match_local.h cmd/match_many.c \
	cmd/match_pack.c cmd/match_profile.c cmd/match_quiet.c cmd/match_seek.c cmd/match_sight.c cmd/match_state.c cmd/match_test.c \
	cmd/match_whynot.c cmd/match_work.h
# The built-in rules are compiled when the programs are built.
noinst_PROGRAMS += cmd/pack-rules
cmd_pack_rules_SOURCES = cmd/pack_rules.c
rules.irp: cmd/pack-rules$(EXEEXT) $(IR_RULES)
	$(AM_V_GEN)cmd/pack-rules$(EXEEXT) $@ $(addprefix $(top_srcdir)/,$(IR_RULES))
cmd/builtin_pack.c: rules.irp build-aux/embed
	$(AM_V_GEN)$(MKDIR_P) cmd && $(SHELL) $(top_srcdir)/build-aux/embed builtin_pack rules.irp > $@.tmp && mv $@.tmp $@
nodist_ir_match_SOURCES = cmd/builtin_pack.c
CLEANFILES += rules.irp cmd/builtin_pack.c cmd/builtin_pack.c.tmp
bin_PROGRAMS += ir-enrich
ir_enrich_SOURCES = cmd/ir-enrich.c
bin_PROGRAMS += ir-report
ir_report_SOURCES = cmd/ir-report.c cmd/report.h cmd/report_clock.c cmd/report_verb.c cmd/report_why.c
bin_PROGRAMS += ir-verify
ir_verify_SOURCES = cmd/ir-verify.c cmd/verify.h cmd/verify_balance.c cmd/verify_chain.c cmd/verify_evidence.c cmd/verify_labels.c \
	cmd/verify_manifest.c cmd/verify_plan.c cmd/verify_read.c cmd/verify_show.c cmd/verify_verb.c cmd/verify_verb.h
bin_PROGRAMS += ir-respond
ir_respond_SOURCES = cmd/ir-respond.c cmd/respond.h cmd/respond_ask.c cmd/respond_load.c

# bash completions, made by the programs from their option tables
COMPLETIONS = $(bin_PROGRAMS:%$(EXEEXT)=completions/%)
nodist_bashcompletion_DATA = $(COMPLETIONS)
CLEANFILES += $(COMPLETIONS)

completions/%: %$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) completions && ./$< --completion bash > $@.tmp && mv $@.tmp $@
bin_PROGRAMS += ir-escalate
ir_escalate_SOURCES = cmd/ir-escalate.c cmd/escalate.h cmd/escalate_desk.c cmd/escalate_play.c cmd/escalate_tell.c \
	cmd/escalate_verb.c cmd/escalate_act.c cmd/escalate_act.h cmd/escalate_people.c cmd/escalate_hand.c \
	cmd/escalate_time.c cmd/escalate_tick.c cmd/escalate_log.c cmd/escalate_cacao.c cmd/escalate_notice.c cmd/escalate_compare.c cmd/escalate_drill.c cmd/escalate_drill.h cmd/escalate_score.c
