# The default playbooks and the actions that they use, compiled in (build-aux/embed).
IR_ACTIONS = \
	playbooks/actions/file.quarantine.yaml \
	playbooks/actions/net.block-ip.yaml \
	playbooks/actions/net.block-net.yaml

IR_PLAYBOOKS = \
	playbooks/business-mail-compromise.yaml \
	playbooks/cloud-key-leak.yaml \
	playbooks/credential-theft.yaml \
	playbooks/ddos.yaml \
	playbooks/insider-data.yaml \
	playbooks/log-tampering.yaml \
	playbooks/lost-device.yaml \
	playbooks/malware-host.yaml \
	playbooks/malware-remove.yaml \
	playbooks/phishing.yaml \
	playbooks/ransomware.yaml \
	playbooks/vulnerability-emergency.yaml \
	playbooks/web-shell.yaml

IR_CLOCKS = \
	playbooks/clocks/clocks.yaml

IR_NOTICES = \
	playbooks/templates/notices.yaml

IR_DRILLS = \
	playbooks/drills/business-mail-compromise.yaml \
	playbooks/drills/cloud-key-leak.yaml \
	playbooks/drills/credential-theft.yaml \
	playbooks/drills/ddos.yaml \
	playbooks/drills/insider-data.yaml \
	playbooks/drills/log-tampering.yaml \
	playbooks/drills/lost-device.yaml \
	playbooks/drills/malware-host.yaml \
	playbooks/drills/phishing.yaml \
	playbooks/drills/ransomware.yaml \
	playbooks/drills/vulnerability-emergency.yaml \
	playbooks/drills/web-shell.yaml

EXTRA_DIST += $(IR_DRILLS) $(IR_NOTICES) $(IR_ACTIONS) $(IR_PLAYBOOKS) $(IR_CLOCKS)

lib/play/builtin_actions.c: $(IR_ACTIONS) playbooks/local.mk build-aux/embed
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	$(SHELL) $(top_srcdir)/build-aux/embed builtin_actions $(addprefix $(top_srcdir)/,$(IR_ACTIONS)) > $@.tmp && mv $@.tmp $@
nodist_libirpipe_a_SOURCES += lib/play/builtin_actions.c
CLEANFILES += lib/play/builtin_actions.c lib/play/builtin_actions.c.tmp

lib/play/builtin_playbooks.c: $(IR_PLAYBOOKS) playbooks/local.mk build-aux/embed
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	$(SHELL) $(top_srcdir)/build-aux/embed builtin_playbooks $(addprefix $(top_srcdir)/,$(IR_PLAYBOOKS)) > $@.tmp && mv $@.tmp $@
nodist_libirpipe_a_SOURCES += lib/play/builtin_playbooks.c
CLEANFILES += lib/play/builtin_playbooks.c lib/play/builtin_playbooks.c.tmp

lib/play/builtin_clocks.c: $(IR_CLOCKS) playbooks/local.mk build-aux/embed
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	$(SHELL) $(top_srcdir)/build-aux/embed builtin_clocks $(addprefix $(top_srcdir)/,$(IR_CLOCKS)) > $@.tmp && mv $@.tmp $@
nodist_libirpipe_a_SOURCES += lib/play/builtin_clocks.c
CLEANFILES += lib/play/builtin_clocks.c lib/play/builtin_clocks.c.tmp

lib/play/builtin_notices.c: $(IR_NOTICES) playbooks/local.mk build-aux/embed
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	$(SHELL) $(top_srcdir)/build-aux/embed builtin_notices $(addprefix $(top_srcdir)/,$(IR_NOTICES)) > $@.tmp && mv $@.tmp $@
nodist_libirpipe_a_SOURCES += lib/play/builtin_notices.c
CLEANFILES += lib/play/builtin_notices.c lib/play/builtin_notices.c.tmp
