#include "lib/event/view.h"

/*
 * Which data of a Windows event become which fields.  Names as in the events' manifests; fields as Elastic's winlogbeat modules
 * have them.
 */
struct step {
	enum windows_name name;
	enum field field;
	enum convert how;
};
#define END {W_COUNT, 0, 0}

#define SYSMON_PROCESS {W_Image, F_process_executable, EXE}, {W_ProcessId, F_process_pid, HEX}, \
	{W_ProcessGuid, F_process_entity_id, TEXT}, {W_User, F_user_name, ACCOUNT}, {W_RuleName, F_rule_name, TEXT}
#define SUBJECT {W_SubjectUserName, F_user_name, TEXT}, {W_SubjectDomainName, F_user_domain, TEXT}, \
	{W_SubjectUserSid, F_user_id, TEXT}
#define TARGET {W_TargetUserName, F_user_target_name, TEXT}, {W_TargetDomainName, F_user_target_domain, TEXT}, \
	{W_TargetSid, F_user_target_id, TEXT}, {W_TargetUserSid, F_user_target_id, TEXT}
#define WHO {W_TargetUserName, F_user_name, TEXT}, {W_TargetDomainName, F_user_domain, TEXT}, {W_TargetSid, F_user_id, TEXT}, \
	{W_TargetUserSid, F_user_id, TEXT}
#define FROM {W_IpAddress, F_source_ip, ADDRESS}, {W_IpPort, F_source_port, HEX}
#define CALLER {W_ProcessId, F_process_pid, HEX}, {W_ProcessName, F_process_executable, EXE}

static const struct step s_create[] = {
	SYSMON_PROCESS, {W_CommandLine, F_process_command_line, TEXT}, {W_CurrentDirectory, F_process_working_directory, TEXT},
	{W_Hashes, F_process_hash_md5, HASHES}, {W_OriginalFileName, F_process_pe_original_file_name, TEXT},
	{W_ParentProcessId, F_process_parent_pid, HEX}, {W_ParentImage, F_process_parent_executable, EXE},
	{W_ParentCommandLine, F_process_parent_command_line, TEXT}, {W_ParentProcessGuid, F_process_parent_entity_id, TEXT}, END,
};
static const struct step s_process[] = {SYSMON_PROCESS, END};
static const struct step s_file[] = {
	SYSMON_PROCESS, {W_TargetFilename, F_file_path, FILEPATH}, {W_Hashes, F_file_hash_md5, HASHES},
	    {W_Hash, F_file_hash_md5, HASHES}, END,
};
static const struct step s_net[] = {
	SYSMON_PROCESS, {W_Protocol, F_network_transport, LOWER}, {W_DestinationPortName, F_network_protocol, TEXT},
	{W_SourceIp, F_source_ip, ADDRESS}, {W_SourcePort, F_source_port, TEXT}, {W_SourceHostname, F_source_domain, TEXT},
	{W_DestinationIp, F_destination_ip, ADDRESS}, {W_DestinationPort, F_destination_port, TEXT},
	{W_DestinationHostname, F_destination_domain, TEXT}, END,
};
static const struct step s_load[] = {SYSMON_PROCESS, {W_ImageLoaded, F_dll_path, TEXT},
    {W_Hashes, F_dll_hash_sha256, HASHES}, END};
static const struct step s_access[] = {
	{W_SourceImage, F_process_executable, EXE}, {W_SourceProcessId, F_process_pid, HEX},
	{W_SourceProcessGuid, F_process_entity_id, TEXT},
	{W_SourceProcessGUID, F_process_entity_id, TEXT}, {W_SourceUser, F_user_name, ACCOUNT},
	{W_RuleName, F_rule_name, TEXT}, END,
};
static const struct step s_registry[] = {
	SYSMON_PROCESS, {W_TargetObject, F_registry_path, REGISTRY}, {W_Details, F_registry_data_strings, TEXT}, END,
};
static const struct step s_pipe[] = {SYSMON_PROCESS, {W_PipeName, F_file_name, TEXT}, END};
static const struct step s_dns[] = {
	SYSMON_PROCESS, {W_QueryName, F_dns_question_name, TEXT}, {W_QueryResults, F_dns_resolved_ip, SEMICOLONS},
	{W_QueryStatus, F_dns_response_code, TEXT}, END,
};
static const struct step a_logon[] = {WHO, FROM, CALLER, {W_WorkstationName, F_source_domain, TEXT},
    {W_Status, F_event_reason, TEXT}, END};
static const struct step a_logoff[] = {WHO, END};
static const struct step a_explicit[] = {
	SUBJECT, TARGET, {W_TargetUserName, F_user_effective_name, TEXT}, FROM, CALLER, {W_TargetServerName,
	    F_destination_domain, TEXT}, END,
};
static const struct step a_subject[] = {SUBJECT, CALLER, END};
static const struct step a_create[] = {
	SUBJECT, {W_TargetUserName, F_user_target_name, TEXT}, {W_TargetDomainName, F_user_target_domain, TEXT},
	{W_NewProcessName, F_process_executable, EXE}, {W_NewProcessId, F_process_pid, HEX},
	{W_CommandLine, F_process_command_line, TEXT},
	{W_ProcessId, F_process_parent_pid, HEX}, {W_ParentProcessName, F_process_parent_executable, EXE}, END,
};
static const struct step a_exit[] = {SUBJECT, CALLER, {W_Status, F_process_exit_code, HEX}, END};
static const struct step a_service[] = {SUBJECT, {W_ServiceName, F_service_name, TEXT},
    {W_ServiceFileName, F_file_path, TEXT}, END};
static const struct step a_account[] = {SUBJECT, TARGET, END};
static const struct step a_member[] = {
	SUBJECT, {W_TargetUserName, F_group_name, TEXT}, {W_TargetSid, F_group_id, TEXT},
	    {W_MemberName, F_user_target_name, TEXT},
	{W_MemberSid, F_user_target_id, TEXT}, END,
};
static const struct step a_lockout[] = {
	SUBJECT, {W_TargetUserName, F_user_target_name, TEXT}, {W_TargetSid, F_user_target_id, TEXT},
	    {W_TargetDomainName, F_source_domain, TEXT}, END,
};
static const struct step a_kerberos[] = {
	WHO, {W_ServiceName, F_service_name, TEXT}, FROM, {W_Status, F_event_outcome, OUTCOME},
	    {W_Status, F_event_reason, TEXT}, END,
};
static const struct step a_ntlm[] = {
	{W_TargetUserName, F_user_name, TEXT}, {W_Workstation, F_source_domain, TEXT}, {W_Status, F_event_outcome, OUTCOME},
	{W_Status, F_event_reason, TEXT}, END,
};
static const struct step a_share[] = {SUBJECT, FROM, {W_ShareName, F_file_path, TEXT},
    {W_RelativeTargetName, F_file_name, TEXT}, END};
static const struct step a_object[] = {SUBJECT, CALLER, {W_ObjectName, F_file_path, TEXT}, END};
static const struct step a_regset[] = {
	SUBJECT, CALLER, {W_ObjectName, F_registry_path, TEXT}, {W_ObjectValueName, F_registry_value, TEXT},
	{W_NewValue, F_registry_data_strings, TEXT}, END,
};
static const struct step a_flow[] = {
	{W_Application, F_process_executable, EXE}, {W_ProcessID, F_process_pid, HEX}, {W_ProcessId, F_process_pid, HEX},
	{W_SourceAddress, F_source_ip, ADDRESS}, {W_SourcePort, F_source_port, TEXT}, {W_DestAddress, F_destination_ip, ADDRESS},
	{W_DestPort, F_destination_port, TEXT}, {W_Protocol, F_network_transport, PROTOCOL}, END,
};
static const struct step a_session[] = {{W_AccountName, F_user_name, TEXT}, {W_ClientName, F_source_domain, TEXT},
	{W_ClientAddress, F_source_ip, ADDRESS}, END};
static const struct step y_service[] = {{W_ServiceName, F_service_name, TEXT}, {W_ImagePath, F_file_path, TEXT}, END};
static const struct step y_state[] = {{W_param1, F_service_name, TEXT}, END};
static const struct step p_script[] = {{W_Path, F_file_path, FILEPATH}, END};
static const struct step generic[] = {
	SUBJECT, TARGET, FROM, {W_User, F_user_name, ACCOUNT}, {W_CommandLine, F_process_command_line, TEXT},
	    {W_Image, F_process_executable, EXE},
	{W_ProcessName, F_process_executable, EXE}, {W_ServiceName, F_service_name, TEXT}, END,
};

static const struct recipe {
	uint8_t family;			/* S Sysmon, A Security, Y System, P PowerShell */
	uint32_t from, to;
	const struct step *step;
	const char *category, *type, *action, *outcome;
} recipe_row[] = {
#define R(family, from, to, step, category, type, action, outcome) {family, from, to, step, category, type, action, outcome}
	R('A', 1102, 1102, a_subject, "iam", "admin", "audit-log-cleared", "success"),
	R('A', 4624, 4624, a_logon, "authentication", "start", "logged-in", "success"),
	R('A', 4625, 4625, a_logon, "authentication", "start", "logon-failed", "failure"),
	R('A', 4634, 4634, a_logoff, "authentication", "end", "logged-out", "success"),
	R('A', 4647, 4647, a_logoff, "authentication", "end", "logged-out", "success"),
	R('A', 4648, 4648, a_explicit, "authentication", "start", "logged-in-explicit", "success"),
	R('A', 4657, 4657, a_regset, "registry", "change", "registry-value-set", ""),
	R('A', 4663, 4663, a_object, "file", "access", "object-accessed", ""),
	R('A', 4672, 4672, a_subject, "iam", "admin", "logged-in-special", "success"),
	R('A', 4688, 4688, a_create, "process", "start", "created-process", ""),
	R('A', 4689, 4689, a_exit, "process", "end", "exited-process", ""),
	R('A', 4697, 4697, a_service, "configuration", "change", "service-installed", "success"),
	R('A', 4698, 4698, a_subject, "configuration", "creation", "scheduled-task-created", "success"),
	R('A', 4699, 4699, a_subject, "configuration", "deletion", "scheduled-task-deleted", "success"),
	R('A', 4700, 4702, a_subject, "configuration", "change", "scheduled-task-changed", "success"),
	R('A', 4720, 4720, a_account, "iam", "creation", "added-user-account", "success"),
	R('A', 4722, 4722, a_account, "iam", "change", "enabled-user-account", "success"),
	R('A', 4723, 4724, a_account, "iam", "change", "changed-password", ""),
	R('A', 4725, 4725, a_account, "iam", "change", "disabled-user-account", "success"),
	R('A', 4726, 4726, a_account, "iam", "deletion", "deleted-user-account", "success"),
	R('A', 4727, 4727, a_member, "iam", "creation", "added-group", "success"),
	R('A', 4728, 4728, a_member, "iam", "change", "added-member-to-group", "success"),
	R('A', 4729, 4729, a_member, "iam", "change", "removed-member-from-group", "success"),
	R('A', 4730, 4730, a_member, "iam", "deletion", "deleted-group", "success"),
	R('A', 4731, 4731, a_member, "iam", "creation", "added-group", "success"),
	R('A', 4732, 4732, a_member, "iam", "change", "added-member-to-group", "success"),
	R('A', 4733, 4733, a_member, "iam", "change", "removed-member-from-group", "success"),
	R('A', 4734, 4734, a_member, "iam", "deletion", "deleted-group", "success"),
	R('A', 4735, 4735, a_member, "iam", "change", "changed-group", "success"),
	R('A', 4737, 4737, a_member, "iam", "change", "changed-group", "success"),
	R('A', 4738, 4738, a_account, "iam", "change", "modified-user-account", "success"),
	R('A', 4740, 4740, a_lockout, "iam", "change", "locked-out-user-account", "success"),
	R('A', 4756, 4756, a_member, "iam", "change", "added-member-to-group", "success"),
	R('A', 4757, 4757, a_member, "iam", "change", "removed-member-from-group", "success"),
	R('A', 4767, 4767, a_account, "iam", "change", "unlocked-user-account", "success"),
	R('A', 4768, 4768, a_kerberos, "authentication", "start", "kerberos-authentication-ticket-requested", ""),
	R('A', 4769, 4769, a_kerberos, "authentication", "start", "kerberos-service-ticket-requested", ""),
	R('A', 4771, 4771, a_kerberos, "authentication", "start", "kerberos-preauth-failed", ""),
	R('A', 4776, 4776, a_ntlm, "authentication", "start", "credential-validated", ""),
	R('A', 4778, 4779, a_session, "authentication", "", "session", "success"),
	R('A', 5140, 5140, a_share, "network", "access", "network-share-accessed", ""),
	R('A', 5145, 5145, a_share, "file", "access", "network-share-object-checked", ""),
	R('A', 5156, 5156, a_flow, "network", "allowed", "connection-permitted", "success"),
	R('A', 5157, 5157, a_flow, "network", "denied", "connection-blocked", "failure"),
	R('P', 4103, 4104, p_script, "process", "info", "powershell-script", ""),
	R('S', 1, 1, s_create, "process", "start", "process-created", ""),
	R('S', 2, 2, s_file, "file", "change", "file-time-changed", ""),
	R('S', 3, 3, s_net, "network", "connection", "network-connection", ""),
	R('S', 4, 4, s_process, "process", "change", "sysmon-state", ""),
	R('S', 5, 5, s_process, "process", "end", "process-terminated", ""),
	R('S', 6, 6, s_load, "driver", "start", "driver-loaded", ""),
	R('S', 7, 7, s_load, "library", "start", "image-loaded", ""),
	R('S', 8, 8, s_access, "process", "change", "create-remote-thread", ""),
	R('S', 9, 9, s_process, "process", "access", "raw-access-read", ""),
	R('S', 10, 10, s_access, "process", "access", "process-accessed", ""),
	R('S', 11, 11, s_file, "file", "creation", "file-created", ""),
	R('S', 12, 12, s_registry, "registry", "change", "registry-key", ""),
	R('S', 13, 13, s_registry, "registry", "change", "registry-value-set", ""),
	R('S', 14, 14, s_registry, "registry", "change", "registry-renamed", ""),
	R('S', 15, 15, s_file, "file", "access", "file-stream-created", ""),
	R('S', 16, 16, s_process, "configuration", "change", "sysmon-config", ""),
	R('S', 17, 17, s_pipe, "file", "creation", "pipe-created", ""),
	R('S', 18, 18, s_pipe, "file", "access", "pipe-connected", ""),
	R('S', 19, 21, s_process, "process", "creation", "wmi-event", ""),
	R('S', 22, 22, s_dns, "network", "protocol", "dns-query", ""),
	R('S', 23, 23, s_file, "file", "deletion", "file-deleted", ""),
	R('S', 24, 24, s_process, "host", "change", "clipboard-changed", ""),
	R('S', 25, 25, s_process, "process", "change", "process-tampered", ""),
	R('S', 26, 26, s_file, "file", "deletion", "file-delete-detected", ""),
	R('S', 27, 28, s_file, "file", "denied", "file-blocked", ""),
	R('S', 29, 29, s_file, "file", "creation", "file-executable-detected", ""),
	R('S', 255, 255, generic, "process", "error", "sysmon-error", ""),
	R('Y', 104, 104, a_subject, "iam", "admin", "log-cleared", "success"),
	R('Y', 7036, 7036, y_state, "configuration", "info", "service-state-changed", ""),
	R('Y', 7045, 7045, y_service, "configuration", "change", "service-installed", "success"),
#undef R
};

/* Rows stand by family and id. */
static const struct recipe *
find(uint8_t family, uint64_t id)
{
	size_t low = 0, high = sizeof recipe_row / sizeof *recipe_row;

	while (low < high) {
		size_t mid = (low + high) / 2;
		const struct recipe *r = &recipe_row[mid];

		if (family < r->family || (family == r->family && id < r->from))
			high = mid;
		else if (family > r->family || id > r->to)
			low = mid + 1;
		else
			return r;
	}
	return NULL;
}

static uint8_t
family_of(struct slice service)
{
	return slice_eq(service, SLICE("sysmon")) ? 'S' : slice_eq(service, SLICE("security")) ? 'A' : slice_eq(service,
	    SLICE("system")) ? 'Y' :
	    slice_eq(service, SLICE("powershell")) ? 'P' : 0;
}

/* The data of one event: from a view's slots, or (EVTX) by name. */
struct source {
	struct view *v;
	const uint32_t *slot;		/* of the view's form */
	const struct windows_data *data;
};

static inline __attribute__((always_inline)) struct view_text
value(const struct source *from, enum windows_name n)
{
	uint32_t node;

	if (from->data)
		return (struct view_text){from->data->get(from->data->self, windows_name[n]), FORM_TEXT};
	node = from->v->slot[from->slot[n]];
	return node == JSON_NONE ? (struct view_text){0} : windows_value(from->v, node);
}

static inline void
convert_node(struct view *v, uint32_t node, const struct step *s)
{
	node = windows_node(v, node);
	if (node != JSON_NONE)
		view_convert(v, node, s->field, s->how);
}

static void
direction(struct event *e, uint8_t family, struct slice d)
{
	if (family == 'S' && d.n)
		event_set(e, F_network_direction, slice_eq_nocase(d, SLICE("true")) ? SLICE("egress") : SLICE("ingress"));
	else if (slice_eq(d, SLICE("%%14592")))
		event_set(e, F_network_direction, SLICE("ingress"));
	else if (slice_eq(d, SLICE("%%14593")))
		event_set(e, F_network_direction, SLICE("egress"));
}

/* What the id alone does not say. */
static inline void
special(struct event *e, uint8_t family, uint64_t id, const struct source *from)
{
	struct slice type;

	if (id == (family == 'S' ? 3u : 5156u) || id == 5157)
		direction(e, family, convert_text(e, value(from, family == 'S' ? W_Initiated : W_Direction)));
	if (family == 'S' && id == 12) {
		type = convert_text(e, value(from, W_EventType));
		if (slice_starts_nocase(type, SLICE("Delete")))
			event_set(e, F_event_type, SLICE("deletion"));
		else if (slice_eq_nocase(type, SLICE("CreateKey")))
			event_set(e, F_event_type, SLICE("creation"));
	}
	if (family == 'S' && id == 22)
		event_lit(e, F_network_protocol, "dns");
}

/* Services are constants: their dataset needs no escape either. */
static inline void
dataset(struct event *e, struct slice service)
{
	if (slice_eq(service, SLICE("sysmon")))
		event_lit(e, F_event_dataset, "windows.sysmon");
	else
		event_set_as(e, F_event_dataset, service.n ? convert_join(e, SLICE("windows."), service) : SLICE("windows"),
		    FORM_CLEAN);
}

/* Sysmon for Linux writes to a channel of its own.  Nearly all channels begin with another letter. */
static inline bool
of_linux(struct slice channel)
{
	return channel.n && (channel.p[0] | 0x20) == 'l' && slice_starts_nocase(channel, SLICE("Linux-"));
}

static inline __attribute__((always_inline)) void
run(struct event *e, struct slice channel, struct slice service, uint64_t id, const struct source *from)
{
	bool linux_host = of_linux(channel);
	uint8_t family = family_of(service);
	const struct recipe *r = find(family, id);

	for (const struct step *s = r ? r->step : generic; s->name != W_COUNT; s++)
		if (from->data)
			convert_as(e, s->field, s->how, value(from, s->name));
		else if (from->v->slot[from->slot[s->name]] != JSON_NONE)
			convert_node(from->v, from->v->slot[from->slot[s->name]], s);
	dataset(e, service);
	event_lit(e, F_event_module, "windows");
	event_set_as(e, F_host_os_type, linux_host ? SLICE("linux") : SLICE("windows"), FORM_CLEAN);
	if (!r)
		return;
	event_class(e, "event", r->category, r->type);
	event_set_as(e, F_event_action, slice_str(r->action), FORM_CLEAN);
	if (!event_has(e, F_event_outcome))
		event_set_as(e, F_event_outcome, slice_str(r->outcome), FORM_CLEAN);
	special(e, family, id, from);
}

static struct slice
service_of(struct slice channel)
{
	return of_linux(channel) ? SLICE("sysmon") : windows_service(channel);
}

void
windows_recipe(struct view *v, enum windows_form form, struct slice channel, struct slice service, uint64_t id)
{
	struct source from = {.v = v, .slot = v->set->name[form]};

	run(v->e, channel, of_linux(channel) ? SLICE("sysmon") : service, id, &from);
}

void
windows_fields(struct event *e, struct slice channel, uint64_t id, const struct windows_data *data)
{
	struct source from = {.data = data};

	run(e, channel, service_of(channel), id, &from);
}
