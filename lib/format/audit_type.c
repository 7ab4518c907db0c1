/* Record types of the audit system (linux/audit.h, audit-userspace msg_typetab.h) and what they are in ECS. */
#include "lib/format/audit.h"
#include "lib/format/syslog.h"

#include "lib/base/num.h"

#define ROW(type, category, kind, action) {SLICE_INIT(type), SLICE_INIT(category), SLICE_INIT(kind), SLICE_INIT(action)}
static const struct {
	struct slice type, category, kind, action;
} rows[] = {
	ROW("SYSCALL", "process", "info", ""),
	ROW("EXECVE", "process", "start", "executed"),
	ROW("PROCTITLE", "process", "info", ""),
	ROW("CWD", "process", "info", ""),
	ROW("PATH", "file", "access", ""),
	ROW("SOCKADDR", "network", "connection", ""),
	ROW("MMAP", "process", "info", ""),
	ROW("BPRM_FCAPS", "process", "info", ""),
	ROW("CAPSET", "process", "change", "changed_capabilities"),
	ROW("OBJ_PID", "process", "info", ""),
	ROW("SECCOMP", "process", "denied", "seccomp_violation"),
	ROW("KERN_MODULE", "driver", "start", "loaded_kernel_module"),
	ROW("BPF", "process", "info", "bpf_program"),
	ROW("USER_AUTH", "authentication", "start", "authenticated"),
	ROW("USER_ACCT", "authentication", "info", "was_authorized"),
	ROW("USER_LOGIN", "authentication", "start", "logged_in"),
	ROW("USER_LOGOUT", "authentication", "end", "logged_out"),
	ROW("USER_START", "session", "start", "started_session"),
	ROW("USER_END", "session", "end", "ended_session"),
	ROW("USER_ERR", "authentication", "info", "authentication_error"),
	ROW("CRED_ACQ", "authentication", "info", "acquired_credentials"),
	ROW("CRED_REFR", "authentication", "info", "refreshed_credentials"),
	ROW("CRED_DISP", "authentication", "info", "disposed_credentials"),
	ROW("LOGIN", "authentication", "start", "changed_login_id"),
	ROW("CRYPTO_SESSION", "process", "info", "negotiated_crypto_session"),
	ROW("CRYPTO_KEY_USER", "process", "info", "used_crypto_key"),
	ROW("USER_CMD", "process", "start", "ran_command"),
	ROW("USER_TTY", "process", "info", "typed"),
	ROW("TTY", "process", "info", "typed"),
	ROW("USER_CHAUTHTOK", "iam", "change", "changed_password"),
	ROW("ADD_USER", "iam", "creation", "added_user_account"),
	ROW("DEL_USER", "iam", "deletion", "deleted_user_account"),
	ROW("ADD_GROUP", "iam", "creation", "added_group_account"),
	ROW("DEL_GROUP", "iam", "deletion", "deleted_group_account"),
	ROW("USER_MGMT", "iam", "change", "modified_user_account"),
	ROW("GRP_MGMT", "iam", "change", "modified_group_account"),
	ROW("GRP_CHAUTHTOK", "iam", "change", "changed_group_password"),
	ROW("ACCT_LOCK", "iam", "change", "locked_account"),
	ROW("ACCT_UNLOCK", "iam", "change", "unlocked_account"),
	ROW("ROLE_ASSIGN", "iam", "change", "assigned_user_role"),
	ROW("ROLE_REMOVE", "iam", "change", "removed_user_role"),
	ROW("SERVICE_START", "process", "start", "started_service"),
	ROW("SERVICE_STOP", "process", "end", "stopped_service"),
	ROW("SYSTEM_BOOT", "host", "start", "booted_system"),
	ROW("SYSTEM_SHUTDOWN", "host", "end", "shutdown_system"),
	ROW("SYSTEM_RUNLEVEL", "host", "change", "changed_runlevel"),
	ROW("DAEMON_START", "process", "start", "started_audit"),
	ROW("DAEMON_END", "process", "end", "shutdown_audit"),
	ROW("DAEMON_ABORT", "process", "end", "aborted_audit"),
	ROW("DAEMON_CONFIG", "configuration", "change", "changed_audit_configuration"),
	ROW("DAEMON_ROTATE", "configuration", "info", "rotated_audit_logs"),
	ROW("CONFIG_CHANGE", "configuration", "change", "changed_audit_configuration"),
	ROW("FEATURE_CHANGE", "configuration", "change", "changed_audit_feature"),
	ROW("NETFILTER_CFG", "configuration", "change", "loaded_firewall_rule"),
	ROW("TIME_INJOFFSET", "configuration", "change", "changed_time"),
	ROW("TIME_ADJNTPVAL", "configuration", "change", "changed_time"),
	ROW("AVC", "process", "denied", "access_checked"),
	ROW("USER_AVC", "process", "denied", "access_checked"),
	ROW("SELINUX_ERR", "process", "error", "caused_mac_policy_error"),
	ROW("APPARMOR_DENIED", "process", "denied", "access_checked"),
	ROW("MAC_POLICY_LOAD", "configuration", "change", "loaded_mac_policy"),
	ROW("MAC_STATUS", "configuration", "change", "changed_mac_status"),
	ROW("MAC_CONFIG_CHANGE", "configuration", "change", "changed_mac_configuration"),
	ROW("ANOM_ABEND", "process", "end", "crashed_program"),
	ROW("ANOM_PROMISCUOUS", "network", "change", "changed_promiscuous_mode"),
	ROW("ANOM_LOGIN_FAILURES", "authentication", "info", "failed_login_too_many_times"),
	ROW("ANOM_LINK", "file", "denied", "used_suspicious_link"),
	ROW("FANOTIFY", "file", "access", "fanotify_verdict"),
	ROW("INTEGRITY_RULE", "file", "info", "integrity_rule"),
	ROW("INTEGRITY_DATA", "file", "info", "integrity_data"),
	ROW("VIRT_CONTROL", "host", "change", "controlled_virtual_machine"),
	ROW("AUOMS_EXECVE", "process", "start", "executed"),
};

/* Types that come with their number from the kernel's own log. */
static const struct {
	uint16_t number;
	struct slice name;
} numbers[] = {
	{1006, SLICE_INIT("LOGIN")}, {1300, SLICE_INIT("SYSCALL")}, {1302, SLICE_INIT("PATH")}, {1305,
	SLICE_INIT("CONFIG_CHANGE")},
	{1306, SLICE_INIT("SOCKADDR")}, {1307, SLICE_INIT("CWD")}, {1309, SLICE_INIT("EXECVE")}, {1319, SLICE_INIT("TTY")},
	{1325, SLICE_INIT("NETFILTER_CFG")}, {1326, SLICE_INIT("SECCOMP")}, {1327, SLICE_INIT("PROCTITLE")}, {1330,
	SLICE_INIT("KERN_MODULE")},
	{1334, SLICE_INIT("BPF")}, {1400, SLICE_INIT("AVC")}, {1401, SLICE_INIT("SELINUX_ERR")}, {1403,
	SLICE_INIT("MAC_POLICY_LOAD")},
	{1404, SLICE_INIT("MAC_STATUS")}, {1405, SLICE_INIT("MAC_CONFIG_CHANGE")}, {1700, SLICE_INIT("ANOM_PROMISCUOUS")},
	{1701, SLICE_INIT("ANOM_ABEND")}, {1100, SLICE_INIT("USER_AUTH")}, {1101, SLICE_INIT("USER_ACCT")}, {1103,
	SLICE_INIT("CRED_ACQ")},
	{1104, SLICE_INIT("CRED_DISP")}, {1105, SLICE_INIT("USER_START")}, {1106, SLICE_INIT("USER_END")}, {1107,
	SLICE_INIT("USER_AVC")},
	{1110, SLICE_INIT("CRED_REFR")}, {1112, SLICE_INIT("USER_LOGIN")}, {1113, SLICE_INIT("USER_LOGOUT")}, {1123,
	SLICE_INIT("USER_CMD")},
	{1130, SLICE_INIT("SERVICE_START")}, {1131, SLICE_INIT("SERVICE_STOP")},
};

struct slice
audit_type_name(struct slice s)
{
	uint64_t n;

	if (slice_starts(s, SLICE("UNKNOWN[")) && slice_ends(s, SLICE("]")))
		s = slice_of(s.p + 8, s.n - 9);
	if (s.n == 0 || !num_digit(s.p[0]) || !num_u64(s, &n))
		return s;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (numbers[i].number == n)
			return numbers[i].name;
	return s;
}

/* A file made or removed is told by PATH's nametype; Sigma has a category for the first. */
static void
path(struct event *e)
{
	for (size_t i = 0; i < e->raws; i++) {
		if (!slice_eq(e->raw[i].key, SLICE("nametype")))
			continue;
		if (slice_eq(e->raw[i].text, SLICE("CREATE"))) {
			body_what(e, SLICE(""), SLICE("creation"), SLICE("created_file"), SLICE(""));
			event_ls(e, SLICE("linux"), (struct slice){0}, SLICE("file_event"));
		} else if (slice_eq(e->raw[i].text, SLICE("DELETE"))) {
			body_what(e, SLICE(""), SLICE("deletion"), SLICE("deleted_file"), SLICE(""));
		}
		return;
	}
}

void
audit_class(struct event *e, struct slice type, const struct slice *lent)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!slice_eq(rows[i].type, type))
			continue;
		event_set(e, F_event_category, rows[i].category);
		if (!slice_eq(rows[i].kind, SLICE("denied")) || slice_eq(event_get(e, F_event_outcome), SLICE("failure")))
			event_set(e, F_event_type, rows[i].kind);
		if (!event_has(e, F_event_action))
			event_set(e, F_event_action, rows[i].action);
		break;
	}
	if (slice_eq(type, SLICE("PATH")))
		path(e);
	if (slice_eq(type, SLICE("EXECVE")) || slice_eq(type, SLICE("AUOMS_EXECVE")))
		event_ls(e, SLICE("linux"), (struct slice){0}, SLICE("process_creation"));
	if (lent && !event_has(e, F_event_action))
		event_set(e, F_event_action, audit_syscall(lent[LEND_ARCH], lent[LEND_SYSCALL]));
}
