# report
libirpipe_a_SOURCES += \
	lib/report/account.c lib/report/account.h \
	lib/report/attack.def \
	lib/report/audience.c lib/report/audience.h lib/report/audience_rows.c \
	lib/report/buckets.c \
	lib/report/case.c lib/report/case.def lib/report/case.h \
	lib/report/chart.c lib/report/chart.h \
	lib/report/esc.c lib/report/esc.h \
	lib/report/clocks.c lib/report/clocks.h \
	lib/report/csv.c \
	lib/report/glossary.def \
	lib/report/graph.c lib/report/graph.h \
	lib/report/intake.c lib/report/intake_control.c lib/report/intake_entity.c \
	lib/report/iodef.c lib/report/iodef.h lib/report/iodef_json.c lib/report/iodef_part.c \
	lib/report/lines.c \
	lib/report/machine.c \
	lib/report/markdown.c \
	lib/report/model.c lib/report/model.h lib/report/model_priv.h lib/report/model_rows.h \
	lib/report/metrics.c lib/report/metrics.h lib/report/metrics_time.c \
	lib/report/misp.c \
	lib/report/navigator.c \
	lib/report/page.c \
	lib/report/paths.def \
	lib/report/redact.c lib/report/redact.h \
	lib/report/report.c lib/report/report.h lib/report/reports.def \
	lib/report/section_attack.c lib/report/section_brief.c lib/report/section_coverage.c lib/report/section_entities.c \
	lib/report/section_findings.c lib/report/section_response.c lib/report/section_story.c lib/report/section_tree.c \
	lib/report/sections.c lib/report/sections.def lib/report/sections.h \
	lib/report/share.c lib/report/share.h \
	lib/report/sheet.c lib/report/sheet.h lib/report/sheet_html.c lib/report/sheet_md.c lib/report/sheet_text.c \
	lib/report/stack.c \
	lib/report/stix.c lib/report/stix.h lib/report/stix_indicator.c \
	lib/report/stories.c \
	lib/report/summary.c lib/report/summary.h \
	lib/report/text.c \
	lib/report/views.def \
	lib/report/why.c lib/report/why.h

# The style sheet of the page, compiled in; its hash goes into the page's policy.
EXTRA_DIST += lib/report/style.css
lib/report/style.c: lib/report/style.css build-aux/embed
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	$(SHELL) $(top_srcdir)/build-aux/embed report_style $(top_srcdir)/lib/report/style.css > $@.tmp && mv $@.tmp $@
nodist_libirpipe_a_SOURCES += lib/report/style.c
CLEANFILES += lib/report/style.c lib/report/style.c.tmp
