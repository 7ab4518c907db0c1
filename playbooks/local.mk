# The default playbooks and the actions that they use, compiled in (build-aux/embed).
IR_ACTIONS = \
	playbooks/actions/file.quarantine.yaml \
	playbooks/actions/net.block-ip.yaml

EXTRA_DIST += $(IR_ACTIONS)

lib/play/builtin_actions.c: $(IR_ACTIONS) playbooks/local.mk build-aux/embed
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	$(SHELL) $(top_srcdir)/build-aux/embed builtin_actions $(addprefix $(top_srcdir)/,$(IR_ACTIONS)) > $@.tmp && mv $@.tmp $@
nodist_libirpipe_a_SOURCES += lib/play/builtin_actions.c
CLEANFILES += lib/play/builtin_actions.c lib/play/builtin_actions.c.tmp
