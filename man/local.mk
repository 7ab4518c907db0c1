# Manual pages, mdoc: one for each program; the tables of ir-event(5) are made from those of lib/event.
dist_man_MANS += man/ir-enrich.1 man/ir-escalate.1 man/ir-ingest.1 man/ir-match.1 man/ir-report.1 man/ir-respond.1 man/ir-verify.1 \
	man/irpipe.1 man/ir-format.5 man/ir-playbook.5 man/ir-recipes.7 man/ir.7
nodist_man_MANS = man/ir-event.5
EXTRA_DIST += man/ir-event.5.in build-aux/fieldtable
CLEANFILES += man/ir-event.5

man/ir-event.5: $(srcdir)/man/ir-event.5.in $(srcdir)/lib/event/fields.def $(srcdir)/lib/event/errs.def $(srcdir)/build-aux/fieldtable
	$(AM_V_GEN)$(MKDIR_P) man && $(srcdir)/build-aux/fieldtable $(srcdir)/lib/event/fields.def $(srcdir)/lib/event/errs.def \
		$(srcdir)/man/ir-event.5.in > $@.tmp && mv $@.tmp $@
