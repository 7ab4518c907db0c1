# The default rules, compiled in (build-aux/embed), and the samples that prove each of them.  A rule is two files and one line here.
IR_RULES = \
	rules/lnx_account_uid_zero.yml \
	rules/lnx_auditd_disabled.yml \
	rules/lnx_cron_download_to_shell.yml \
	rules/lnx_cron_replaced_by_service_account.yml \
	rules/lnx_cron_world_writable_path.yml \
	rules/lnx_group_admin_added.yml \
	rules/lnx_kernel_module_unsigned.yml \
	rules/lnx_kernel_promiscuous.yml \
	rules/lnx_proc_authorized_keys_write.yml \
	rules/lnx_proc_container_escape.yml \
	rules/lnx_proc_crypto_miner.yml \
	rules/lnx_proc_defence_stopped.yml \
	rules/lnx_proc_download_to_shell.yml \
	rules/lnx_proc_history_cleared.yml \
	rules/lnx_proc_kernel_module_odd_path.yml \
	rules/lnx_proc_ld_preload_file.yml \
	rules/lnx_proc_password_file_read.yml \
	rules/lnx_proc_reverse_shell.yml \
	rules/lnx_proc_setuid_shell.yml \
	rules/lnx_proc_sudoedit_overflow.yml \
	rules/lnx_proc_system_log_removed.yml \
	rules/lnx_proc_web_server_shell.yml \
	rules/lnx_sshd_forward_refused.yml \
	rules/lnx_sshd_root_attempts_exceeded.yml \
	rules/lnx_sshd_root_password.yml \
	rules/lnx_sshd_root_public_address.yml \
	rules/lnx_sshd_service_account_login.yml \
	rules/lnx_su_by_service_account.yml \
	rules/lnx_sudo_by_service_account.yml \
	rules/lnx_sudo_not_permitted.yml \
	rules/lnx_sudo_shell_escape.yml

EXTRA_DIST += rules/README.md $(IR_RULES) $(IR_RULES:.yml=.test.ndjson)

# The sources are found by VPATH or by path alike: every rule lies below top_srcdir.
lib/match/builtin_rules.c: $(IR_RULES) rules/local.mk build-aux/embed
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	$(SHELL) $(top_srcdir)/build-aux/embed builtin_rules $(addprefix $(top_srcdir)/,$(IR_RULES)) > $@.tmp && mv $@.tmp $@
nodist_libirpipe_a_SOURCES += lib/match/builtin_rules.c
CLEANFILES += lib/match/builtin_rules.c lib/match/builtin_rules.c.tmp
