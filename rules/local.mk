# The default rules, compiled in (build-aux/embed), and the samples that prove each of them.  A rule is two files and one line here.
IR_RULES = \
	rules/aws_access_key_for_root.yml \
	rules/aws_admin_policy_attached.yml \
	rules/aws_bucket_made_public.yml \
	rules/aws_cloudtrail_stopped.yml \
	rules/aws_console_login_without_mfa.yml \
	rules/aws_console_password_for_user.yml \
	rules/aws_detection_service_disabled.yml \
	rules/aws_inline_policy_all_rights.yml \
	rules/aws_instance_password_data.yml \
	rules/aws_kms_key_deletion.yml \
	rules/aws_leave_organization.yml \
	rules/aws_role_trust_changed_to_anyone.yml \
	rules/aws_root_console_login.yml \
	rules/aws_security_group_open_admin_port.yml \
	rules/aws_snapshot_shared.yml \
	rules/eve_alert_malware_traffic.yml \
	rules/eve_alert_privilege_gain.yml \
	rules/eve_dns_out_of_band_service.yml \
	rules/eve_dns_tunnel_label.yml \
	rules/eve_file_program_disguised.yml \
	rules/eve_http_program_from_address.yml \
	rules/eve_http_script_client_download.yml \
	rules/eve_http_tunnel_service_script.yml \
	rules/eve_smb_remote_execution.yml \
	rules/eve_ssh_attack_client.yml \
	rules/eve_tls_c2_default_certificate.yml \
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
	rules/lnx_sudo_shell_escape.yml \
	rules/web_command_injection.yml \
	rules/web_expression_injection.yml \
	rules/web_log4shell.yml \
	rules/web_path_traversal.yml \
	rules/web_php_wrapper.yml \
	rules/web_proxyshell.yml \
	rules/web_scanner_user_agent.yml \
	rules/web_script_put.yml \
	rules/web_secret_file_served.yml \
	rules/web_shell_in_upload_folder.yml \
	rules/web_shellshock.yml \
	rules/web_spring4shell.yml \
	rules/web_sql_injection.yml \
	rules/web_ssrf_metadata.yml

EXTRA_DIST += rules/README.md $(IR_RULES) $(IR_RULES:.yml=.test.ndjson)

# The sources are found by VPATH or by path alike: every rule lies below top_srcdir.
lib/match/builtin_rules.c: $(IR_RULES) rules/local.mk build-aux/embed
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	$(SHELL) $(top_srcdir)/build-aux/embed builtin_rules $(addprefix $(top_srcdir)/,$(IR_RULES)) > $@.tmp && mv $@.tmp $@
nodist_libirpipe_a_SOURCES += lib/match/builtin_rules.c
CLEANFILES += lib/match/builtin_rules.c lib/match/builtin_rules.c.tmp
