#include "lib/event/view.h"

#include "lib/base/num.h"

#define ROWS(map) (sizeof(map) / sizeof *(map))

static void
origin(struct event *e, struct slice dataset, struct slice module)
{
	event_set(e, F_event_dataset, dataset);
	event_set(e, F_event_module, module);
}

/* ---- Wazuh alerts: its own verdict, and the Windows record inside ---- */
static bool
wazuh_is(const struct view *v)
{
	return view_has(v, P_ruleLevel) && (view_has(v, P_agentId) || view_has(v, P_managerName));
}

static void
wazuh_sources(struct view *v)
{
	struct logsource ls[EVENT_LS_MAX];
	struct slice channel = view_text(v, P_wzChannel);
	uint64_t id = 0;
	unsigned n;

	view_ls(v, SLICE("wazuh"), SLICE(""), SLICE(""));
	if (channel.n == 0 || !num_u64(view_text(v, P_wzEvent), &id))
		return;
	n = windows_sources(channel, id, SLICE(""), ls);
	for (unsigned i = 0; i < n; i++)
		view_ls(v, ls[i].product, ls[i].service, ls[i].category);
}

static void
wazuh_fields(struct view *v)
{
	origin(v->e, SLICE("wazuh.alert"), SLICE("wazuh"));
	event_class(v->e, "alert", "intrusion_detection", "info");
}

static const struct mapping wazuh_map[] = {
	MAP("rule.id", rule_id, TEXT), MAP("rule.description", rule_name, TEXT), MAP("rule.groups", rule_category, TEXT),
	MAP("rule.level", event_severity, TEXT),
	MAP("agent.name", host_name, TEXT), MAP("agent.id", host_id, TEXT), MAP("agent.ip", host_ip, TEXT),
	MAP("manager.name", observer_name, TEXT),
	MAP("id", event_id, TEXT), MAP("location", log_file_path, TEXT), MAP("full_log", event_original, TEXT),
	MAP("predecoder.program_name", process_name, TEXT), MAP("data.srcip", source_ip, ADDRESS),
	MAP("data.srcport", source_port, TEXT),
	MAP("data.dstip", destination_ip, ADDRESS), MAP("data.dstport", destination_port, TEXT),
	MAP("data.srcuser", user_name, TEXT),
	MAP("data.dstuser", user_target_name, TEXT), MAP("data.url", url_original, WEB),
	MAP("data.win.system.eventID", event_code, TEXT),
	MAP("data.win.system.providerName", event_provider, TEXT), MAP("data.win.system.computer", host_name, TEXT),
	MAP("data.win.eventdata.image", process_executable, EXE),
	MAP("data.win.eventdata.commandLine", process_command_line, TEXT),
	MAP("data.win.eventdata.user", user_name, ACCOUNT), MAP("data.win.eventdata.parentImage", process_parent_executable, EXE),
	MAP("data.win.eventdata.targetUserName", user_target_name, TEXT), MAP("data.win.eventdata.ipAddress", source_ip, ADDRESS),
	MAP("syscheck.path", file_path, FILEPATH), MAP("syscheck.sha256_after", file_hash_sha256, LOWER),
};
static const enum view_path wazuh_times[] = {P_timestamp, P_none};

const struct shape_row shape_wazuh = {SLICE_INIT("wazuh"), wazuh_is, wazuh_sources, wazuh_fields, wazuh_map, ROWS(wazuh_map),
    wazuh_times};

/* ---- Falco ---- */
static bool
falco_is(const struct view *v)
{
	return view_has(v, P_output) && view_has(v, P_priority) && view_has(v, P_rule);
}

static void
falco_sources(struct view *v)
{
	view_ls(v, SLICE("falco"), SLICE(""), SLICE(""));
}

static void
falco_fields(struct view *v)
{
	origin(v->e, SLICE("falco.alert"), SLICE("falco"));
	event_class(v->e, "alert", "intrusion_detection", "info");
	event_set(v->e, F_host_os_type, SLICE("linux"));
}

static const struct mapping falco_map[] = {
	MAP("rule", rule_name, TEXT), MAP("output", message, TEXT), MAP("priority", log_level, LOWER),
	MAP("hostname", host_name, TEXT), MAP("tags", tags, TEXT),
	MAP("output_fields.proc.cmdline", process_command_line, TEXT), MAP("output_fields.proc.name", process_name, TEXT),
	MAP("output_fields.proc.exepath", process_executable, EXE), MAP("output_fields.proc.pid", process_pid, TEXT),
	MAP("output_fields.proc.pname", process_parent_name, TEXT), MAP("output_fields.user.name", user_name, TEXT),
	MAP("output_fields.container.id", container_id, TEXT),
	MAP("output_fields.container.image.repository", container_image_name, TEXT),
	MAP("output_fields.fd.name", file_path, TEXT), MAP("output_fields.k8s.ns.name", orchestrator_namespace, TEXT),
	MAP("output_fields.k8s.pod.name", orchestrator_resource_name, TEXT),
};
static const enum view_path falco_times[] = {P_time, P_none};

const struct shape_row shape_falco = {SLICE_INIT("falco"), falco_is, falco_sources, falco_fields, falco_map, ROWS(falco_map),
    falco_times};

/* ---- osquery results: differential (columns), snapshot, diffResults ---- */
static bool
osquery_is(const struct view *v)
{
	return view_has(v, P_hostIdentifier) && (view_has(v, P_columns) || view_has(v, P_snapshot) || view_has(v, P_diffResults));
}

static void
osquery_sources(struct view *v)
{
	view_ls(v, SLICE("osquery"), SLICE(""), SLICE(""));
}

static void
osquery_fields(struct view *v)
{
	origin(v->e, SLICE("osquery.result"), SLICE("osquery"));
	event_class(v->e, "state", "host", "info");
}

static const struct mapping osquery_map[] = {
	MAP("hostIdentifier", host_name, TEXT), MAP("name", rule_name, TEXT), MAP("action", event_action, TEXT),
	MAP("columns.path", process_executable, TEXT),
	MAP("columns.pid", process_pid, TEXT), MAP("columns.name", process_name, TEXT),
	MAP("columns.cmdline", process_command_line, TEXT),
	MAP("columns.username", user_name, TEXT), MAP("columns.remote_address", destination_ip, ADDRESS),
	MAP("columns.remote_port", destination_port, TEXT), MAP("columns.sha256", file_hash_sha256, LOWER),
};
/* calendarTime is the same second in words; datetime is the event tables' own. */
static const enum view_path osquery_times[] = {P_unixTime, P_none};

const struct shape_row shape_osquery = {
	SLICE_INIT("osquery"), osquery_is, osquery_sources, osquery_fields, osquery_map, ROWS(osquery_map), osquery_times,
};

/* ---- Docker's json-file driver ---- */
static bool
docker_is(const struct view *v)
{
	return view_inner(v, P_log).p != NULL && view_has(v, P_time) && (view_is(v, P_stream, SLICE("stdout")) ||
	    view_is(v, P_stream, SLICE("stderr")));
}

static void
docker_sources(struct view *v)
{
	view_ls(v, SLICE("docker"), SLICE(""), SLICE(""));
}

static void
docker_fields(struct view *v)
{
	origin(v->e, SLICE("docker.container"), SLICE("docker"));
	view_convert(v, view_node(v, P_log), F_message, TRIM);
}

static const struct mapping docker_map[] = {
	MAP("attrs.tag", container_image_name, TEXT), MAP("kubernetes.namespace_name", orchestrator_namespace, TEXT),
	MAP("kubernetes.pod_name", orchestrator_resource_name, TEXT), MAP("docker.container_id", container_id, TEXT),
	MAP("kubernetes.host", host_name, TEXT),
};
static const enum view_path docker_times[] = {P_time, P_none};

const struct shape_row shape_docker = {SLICE_INIT("docker"), docker_is, docker_sources, docker_fields, docker_map,
    ROWS(docker_map), docker_times};

/* ---- journalctl -o json ---- */
static bool
journal_is(const struct view *v)
{
	return view_has(v, P_realtime) && (view_has(v, P_journal_msg) || view_has(v, P_journal_cursor));
}

/* Sigma's services of Linux, by program. */
static void
journal_sources(struct view *v)
{
	static const struct {
		struct slice program, service;
	} row[] = {
		{SLICE_INIT("sshd"), SLICE_INIT("sshd")}, {SLICE_INIT("sudo"), SLICE_INIT("sudo")},
		{SLICE_INIT("cron"), SLICE_INIT("cron")},
		{SLICE_INIT("crond"), SLICE_INIT("cron")}, {SLICE_INIT("su"), SLICE_INIT("auth")},
		{SLICE_INIT("login"), SLICE_INIT("auth")},
		{SLICE_INIT("vsftpd"), SLICE_INIT("vsftpd")}, {SLICE_INIT("auditd"), SLICE_INIT("auditd")},
		{SLICE_INIT("clamd"), SLICE_INIT("clamav")},
	};

	for (size_t i = 0; i < ROWS(row); i++)
		if (view_is(v, P_journal_ident, row[i].program) || view_is(v, P_journal_comm, row[i].program))
			view_ls(v, SLICE("linux"), row[i].service, SLICE(""));
	view_ls(v, SLICE("linux"), SLICE("syslog"), SLICE(""));
}

static void
journal_fields(struct view *v)
{
	origin(v->e, SLICE("linux.journal"), SLICE("linux"));
	event_set(v->e, F_host_os_type, SLICE("linux"));
}

static const struct mapping journal_map[] = {
	MAP("MESSAGE", message, TEXT), MAP("_HOSTNAME", host_name, TEXT), MAP("_PID", process_pid, TEXT),
	MAP("_COMM", process_name, TEXT),
	MAP("SYSLOG_IDENTIFIER", process_name, TEXT), MAP("_EXE", process_executable, TEXT),
	MAP("_CMDLINE", process_command_line, TEXT), MAP("_UID", user_id, TEXT),
	MAP("_SYSTEMD_UNIT", service_name, TEXT), MAP("PRIORITY", log_syslog_severity_code, TEXT),
	MAP("SYSLOG_FACILITY", log_syslog_facility_code, TEXT),
	MAP("_MACHINE_ID", host_id, TEXT),
};
static const enum view_path journal_times[] = {P_source_realtime, P_realtime, P_none};

const struct shape_row shape_journal = {
	SLICE_INIT("journal"), journal_is, journal_sources, journal_fields, journal_map, ROWS(journal_map), journal_times,
};

/* ---- OCSF 1.x ---- */
static bool
ocsf_is(const struct view *v)
{
	return view_has(v, P_class_uid) && (view_has(v, P_activity_id) || view_has(v, P_category_uid) ||
	    view_has(v, P_class_name));
}

/* Classes that are a Sigma category on their own (OCSF class_uid). */
static void
ocsf_sources(struct view *v)
{
	view_ls(v, SLICE("ocsf"),
	    SLICE(""), view_is(v, P_class_uid, SLICE("1007")) ? SLICE("process_creation") : view_is(v, P_class_uid,
	    SLICE("4003")) ?
	    SLICE("dns") : view_is(v, P_class_uid, SLICE("4001")) ? SLICE("network_connection") : SLICE(""));
}

static void
ocsf_fields(struct view *v)
{
	bool finding = view_is(v, P_category_uid, SLICE("2"));

	origin(v->e, SLICE("ocsf"), SLICE("ocsf"));
	event_class(v->e, finding ? "alert" : "event", view_is(v, P_class_uid, SLICE("3002")) ? "authentication" : view_is(v,
	    P_class_uid, SLICE("1007")) ?
	    "process" : "", "info");
	if (view_is(v, P_status_id, SLICE("1")) || view_is(v, P_status_id, SLICE("2")))
		event_set(v->e, F_event_outcome, view_is(v, P_status_id, SLICE("1")) ? SLICE("success") : SLICE("failure"));
}

static const struct mapping ocsf_map[] = {
	MAP("activity_name", event_action, TEXT), MAP("message", message, TEXT), MAP("metadata.uid", event_id, TEXT),
	MAP("metadata.product.name", event_provider, TEXT),
	MAP("severity_id", event_severity, TEXT), MAP("device.hostname", host_name, TEXT), MAP("device.ip", host_ip, TEXT),
	MAP("actor.user.name", user_name, TEXT),
	MAP("actor.user.uid", user_id, TEXT), MAP("user.name", user_name, TEXT), MAP("src_endpoint.ip", source_ip, ADDRESS),
	MAP("src_endpoint.port", source_port, TEXT),
	MAP("dst_endpoint.ip", destination_ip, ADDRESS), MAP("dst_endpoint.port", destination_port, TEXT),
	MAP("process.cmd_line", process_command_line, TEXT),
	MAP("process.file.path", process_executable, EXE), MAP("process.pid", process_pid, TEXT),
	MAP("finding_info.title", rule_name, TEXT),
	MAP("finding_info.uid", rule_id, TEXT), MAP("query.hostname", dns_question_name, TEXT),
	MAP("http_request.url.url_string", url_original, WEB),
	MAP("cloud.provider", cloud_provider, LOWER), MAP("cloud.region", cloud_region, TEXT),
	MAP("cloud.account.uid", cloud_account_id, TEXT),
};
static const enum view_path ocsf_times[] = {P_time, P_none};

const struct shape_row shape_ocsf = {SLICE_INIT("ocsf"), ocsf_is, ocsf_sources, ocsf_fields, ocsf_map, ROWS(ocsf_map),
    ocsf_times};

/* ---- IntelMQ events (its data harmonization) ---- */
static bool
intelmq_is(const struct view *v)
{
	return view_has(v, P_class_type) && (view_has(v, P_time_source) || view_has(v, P_feed_name) ||
	    json_path(v->j, v->root, SLICE("source.ip")) != JSON_NONE ||
	    json_path(v->j, v->root, SLICE("source.fqdn")) != JSON_NONE);
}

static void
intelmq_sources(struct view *v)
{
	view_ls(v, SLICE("intelmq"), SLICE(""), SLICE(""));
}

static void
intelmq_fields(struct view *v)
{
	origin(v->e, SLICE("intelmq.event"), SLICE("intelmq"));
	event_class(v->e, "alert", "threat", "indicator");
}

static const struct mapping intelmq_map[] = {
	MAP("classification.type", rule_category, TEXT), MAP("classification.identifier", rule_name, TEXT),
	MAP("feed.name", event_provider, TEXT),
	MAP("source.ip", source_ip, ADDRESS), MAP("source.fqdn", source_domain, TEXT), MAP("source.port", source_port, TEXT),
	MAP("destination.ip", destination_ip, ADDRESS), MAP("destination.fqdn", destination_domain, TEXT),
	MAP("destination.port", destination_port, TEXT),
	MAP("source.url", url_original, WEB), MAP("protocol.transport", network_transport, PROTOCOL),
	MAP("protocol.application", network_protocol, LOWER),
	MAP("malware.name", threat_indicator_type, TEXT), MAP("malware.hash.sha256", file_hash_sha256, LOWER),
	MAP("source.account", user_name, TEXT),
};
static const enum view_path intelmq_times[] = {P_time_source, P_none};

const struct shape_row shape_intelmq = {
	SLICE_INIT("intelmq"), intelmq_is, intelmq_sources, intelmq_fields, intelmq_map, ROWS(intelmq_map), intelmq_times,
};
