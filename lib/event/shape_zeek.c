#include "lib/event/view.h"

/* Zeek's logs (its "Log Files" reference): what a log is to ECS. */
static const struct {
	struct slice path;
	const char *kind, *category, *type;
} log_row[] = {
	{SLICE_INIT("conn"), "event", "network", "connection"}, {SLICE_INIT("dns"), "event", "network", "protocol"},
	{SLICE_INIT("http"), "event", "web", "access"}, {SLICE_INIT("files"), "event", "file", "info"},
	{SLICE_INIT("pe"), "event", "file", "info"}, {SLICE_INIT("x509"), "event", "file", "info"},
	{SLICE_INIT("smb_files"), "event", "file", "access"}, {SLICE_INIT("smb_mapping"), "event", "network", "access"},
	{SLICE_INIT("ntlm"), "event", "authentication", "start"}, {SLICE_INIT("kerberos"), "event", "authentication", "start"},
	{SLICE_INIT("radius"), "event", "authentication", "start"}, {SLICE_INIT("rdp"), "event", "authentication", "start"},
	{SLICE_INIT("ssh"), "event", "authentication", "start"}, {SLICE_INIT("smtp"), "event", "email", "info"},
	{SLICE_INIT("notice"), "alert", "intrusion_detection", "info"},
	{SLICE_INIT("signatures"), "alert", "intrusion_detection", "info"},
	{SLICE_INIT("intel"), "alert", "threat", "indicator"}, {SLICE_INIT("weird"), "event", "network", "error"},
	{SLICE_INIT("stats"), "metric", "", ""}, {SLICE_INIT("capture_loss"), "metric", "", ""},
	{SLICE_INIT("reporter"), "event", "", "error"},
	{SLICE_INIT("packet_filter"), "state", "", ""}, {SLICE_INIT("loaded_scripts"), "state", "", ""},
	{SLICE_INIT("software"), "state", "package", "info"}, {SLICE_INIT("known_hosts"), "state", "host", "info"},
	{SLICE_INIT("known_services"), "state", "host", "info"}, {SLICE_INIT("known_certs"), "state", "host", "info"},
};

/* Logs without _path (older writers name the file alone): a member that only this log has.  The first row that fits decides. */
static const struct {
	enum view_path member, too;		/* P_none: nothing else */
	struct slice path;
} mark_row[] = {
	{P_conn_state, P_none, SLICE_INIT("conn")}, {P_qtype_name, P_none, SLICE_INIT("dns")},
	{P_rcode_name, P_none, SLICE_INIT("dns")},
	{P_query, P_rejected, SLICE_INIT("dns")}, {P_method, P_uri, SLICE_INIT("http")},
	{P_status_code, P_uri, SLICE_INIT("http")},
	{P_mailfrom, P_none, SLICE_INIT("smtp")}, {P_helo, P_none, SLICE_INIT("smtp")}, {P_hassh, P_none, SLICE_INIT("ssh")},
	{P_auth_success, P_none, SLICE_INIT("ssh")}, {P_host_key_alg, P_none, SLICE_INIT("ssh")},
	{P_cert_serial, P_none, SLICE_INIT("x509")}, {P_cert_serial_, P_none, SLICE_INIT("x509")},
	{P_cipher, P_request_type, SLICE_INIT("kerberos")}, {P_request_type, P_none, SLICE_INIT("kerberos")},
	{P_cipher, P_none, SLICE_INIT("ssl")},
	{P_server_name, P_none, SLICE_INIT("ssl")}, {P_share_type, P_none, SLICE_INIT("smb_mapping")},
	{P_endpoint, P_operation, SLICE_INIT("dce_rpc")}, {P_action, P_tree_service, SLICE_INIT("smb_files")},
	{P_cookie, P_none, SLICE_INIT("rdp")},
	{P_domainname, P_none, SLICE_INIT("ntlm")}, {P_community, P_none, SLICE_INIT("snmp")},
	{P_assigned_addr, P_none, SLICE_INIT("dhcp")},
	{P_tunnel_type, P_none, SLICE_INIT("tunnel")}, {P_note, P_none, SLICE_INIT("notice")},
	{P_software_type, P_none, SLICE_INIT("software")},
	{P_command, P_arg, SLICE_INIT("ftp")}, {P_fuid, P_none, SLICE_INIT("files")}, {P_wsName, P_notice, SLICE_INIT("weird")},
	{P_query, P_none, SLICE_INIT("dns")}, {P_history, P_none, SLICE_INIT("conn")}, {P_id_orig_h, P_none, SLICE_INIT("conn")},
	{P_id_orig_h_, P_none, SLICE_INIT("conn")},
};

/* @stream is what the Kafka writer calls _path. */
static struct slice
path_of(const struct view *v)
{
	struct slice path = view_inner(v, P_path);

	if (path.n == 0)
		path = view_inner(v, P_at_stream);
	for (size_t i = 0; path.n == 0 && i < sizeof mark_row / sizeof *mark_row; i++)
		if (view_has(v, mark_row[i].member) && (mark_row[i].too == P_none || view_has(v, mark_row[i].too)))
			path = mark_row[i].path;
	return path;
}

static bool
is(const struct view *v)
{
	if (view_inner(v, P_path).n && (view_has(v, P_ts) || view_has(v, P_uid) || view_has(v, P_write_ts) ||
	    view_has(v, P_at_timestamp)))
		return true;
	if (view_has(v, P_at_stream) && (view_has(v, P_ts) || view_is(v, P_at_proc, SLICE("zeek"))))
		return true;
	if (view_has(v, P_uid) && (view_has(v, P_id_orig_h) || view_has(v, P_id_orig_h_)))
		return true;
	return view_has(v, P_ts) && (view_has(v, P_id_orig_h) || view_has(v, P_id_orig_h_) ||
	    (view_has(v, P_fuid) && view_has(v, P_mime_type)) ||
	    view_has(v, P_cert_serial) || view_has(v, P_cert_serial_) || (view_has(v, P_note) && view_has(v, P_uid)));
}

static void
sources(struct view *v)
{
	view_ls(v, SLICE("zeek"), path_of(v), SLICE(""));
}

static const struct mapping map[] = {
	MAP("id.orig_h", source_ip, ADDRESS), MAP("id.orig_p", source_port, TEXT), MAP("id.resp_h", destination_ip, ADDRESS),
	MAP("id.resp_p", destination_port, TEXT), MAP("id_orig_h", source_ip, ADDRESS), MAP("id_orig_p", source_port, TEXT),
	MAP("id_resp_h", destination_ip, ADDRESS), MAP("id_resp_p", destination_port, TEXT), MAP("uid", event_id, TEXT),
	MAP("proto", network_transport, PROTOCOL), MAP("community_id", network_community_id, TEXT),
	MAP("duration", event_duration, SECONDS),
	MAP("orig_bytes", source_bytes, TEXT), MAP("resp_bytes", destination_bytes, TEXT), MAP("orig_pkts", source_packets, TEXT),
	MAP("resp_pkts", destination_packets, TEXT), MAP("orig_l2_addr", source_mac, TEXT),
	MAP("resp_l2_addr", destination_mac, TEXT),
	MAP("query", dns_question_name, TEXT), MAP("qtype_name", dns_question_type, TEXT),
	MAP("rcode_name", dns_response_code, TEXT),
	MAP("answers", dns_resolved_ip, COMMAS), MAP("referrer", http_request_referrer, TEXT),
	MAP("user_agent", user_agent_original, TEXT),
	MAP("response_body_len", http_response_bytes, TEXT), MAP("server_name", tls_client_server_name, TEXT),
	MAP("ja3", tls_client_ja3, TEXT),
	MAP("ja3s", tls_server_ja3s, TEXT), MAP("md5", file_hash_md5, LOWER), MAP("sha1", file_hash_sha1, LOWER),
	MAP("sha256", file_hash_sha256, LOWER), MAP("filename", file_path, FILEPATH), MAP("total_bytes", file_size, TEXT),
	MAP("mailfrom", email_from_address, TEXT), MAP("rcptto", email_to_address, COMMAS),
	MAP("reply_to", email_reply_to_address, TEXT),
	MAP("msg_id", email_message_id, TEXT), MAP("username", user_name, TEXT), MAP("domainname", user_domain, TEXT),
	MAP("note", rule_name, TEXT), MAP("sig_id", rule_id, TEXT), MAP("msg", message, TEXT), MAP("mac", source_mac, TEXT),
	MAP("error_msg", error_message, TEXT), MAP("operation", event_action, TEXT), MAP("peer", observer_name, TEXT),
	MAP("_system_name", observer_name, TEXT), MAP("auth_success", event_outcome, OUTCOME),
	MAP("success", event_outcome, OUTCOME),
	MAP("src", source_ip, ADDRESS), MAP("dst", destination_ip, ADDRESS),
};

/* Names that mean another thing in each log. */
static const struct {
	struct slice path, name;
	enum field field;
	enum convert how;
} own_row[] = {
#define OWN(log, name, field, how) {SLICE_INIT(log), SLICE_INIT(name), F_##field, how}
	OWN("conn", "service", network_protocol, TEXT), OWN("http", "method", http_request_method, TEXT),
	OWN("http", "host", url_domain, TEXT),
	OWN("http", "uri", url_original, WEB), OWN("http", "version", http_version, TEXT),
	OWN("http", "status_code", http_response_status_code, TEXT),
	OWN("ssl", "version", tls_version, TEXT), OWN("ssl", "subject", tls_server_subject, TEXT),
	OWN("ssl", "issuer", tls_server_issuer, TEXT),
	OWN("smtp", "subject", email_subject, TEXT), OWN("kerberos", "client", user_name, TEXT),
	OWN("kerberos", "service", service_name, TEXT),
	OWN("ntlm", "hostname", source_domain, TEXT), OWN("ftp", "user", user_name, TEXT),
	OWN("ftp", "command", event_action, TEXT),
	OWN("smb_files", "action", event_action, TEXT), OWN("smb_files", "name", file_path, FILEPATH),
	OWN("smb_mapping", "path", file_path, TEXT),
	OWN("rdp", "cookie", user_name, TEXT), OWN("weird", "name", rule_name, TEXT),
	OWN("dhcp", "assigned_addr", source_ip, ADDRESS),
	OWN("dhcp", "host_name", source_domain, TEXT), OWN("x509", "certificate.subject", tls_server_subject, TEXT),
	OWN("x509", "certificate.issuer", tls_server_issuer, TEXT), OWN("x509", "certificate_subject", tls_server_subject, TEXT),
	OWN("x509", "certificate_issuer", tls_server_issuer, TEXT), OWN("known_hosts", "host", host_ip, TEXT),
	OWN("known_services", "host", host_ip, TEXT), OWN("software", "host", host_ip, TEXT),
	OWN("software", "name", package_name, TEXT),
	OWN("socks", "user", user_name, TEXT), OWN("radius", "result", event_outcome, OUTCOME),
	OWN("reporter", "message", message, TEXT),
	OWN("syslog", "message", message, TEXT), OWN("intel", "seen.indicator", rule_name, TEXT),
	OWN("sip", "method", event_action, TEXT),
#undef OWN
};

static void
class(struct event *e, struct slice path)
{
	size_t i = 0, rows = sizeof log_row / sizeof *log_row;

	while (i < rows && !slice_eq(log_row[i].path, path))
		i++;
	if (i < rows)
		event_class(e, log_row[i].kind, log_row[i].category, log_row[i].type);
	else
		event_class(e, "event", "network", "protocol");
	event_set(e, F_event_module, SLICE("zeek"));
	event_set(e, F_observer_vendor, SLICE("Zeek"));
	event_set(e, F_observer_product, SLICE("Zeek"));
	if (path.n == 0)
		return;
	event_set(e, F_event_dataset, convert_join(e, SLICE("zeek."), path));
	if (i == rows || slice_eq(path, SLICE("dns")) || slice_eq(path, SLICE("http")) || slice_eq(path, SLICE("ssh")))
		event_set(e, F_network_protocol, slice_eq(path, SLICE("ssl")) ? SLICE("tls") : path);
}

static void
fields(struct view *v)
{
	struct slice path = path_of(v);

	class(v->e, path);
	for (size_t i = 0; i < sizeof own_row / sizeof *own_row; i++)
		if (slice_eq(own_row[i].path, path))
			view_set(v, json_path(v->j, v->root, own_row[i].name), own_row[i].field, own_row[i].how);
}

static bool
unset(struct slice s)
{
	return s.n == 0 || slice_eq(s, SLICE("-")) || slice_eq(s, SLICE("(empty)"));
}

void
zeek_fields(struct event *e, struct slice path, const struct shape_columns *columns)
{
	event_ls(e, SLICE("zeek"), path, SLICE(""));
	class(e, path);
	for (size_t i = 0; i < sizeof own_row / sizeof *own_row; i++)
		if (slice_eq(own_row[i].path, path)) {
			struct slice s = columns->get(columns->self, own_row[i].name);

			if (!unset(s))
				convert_set(e, own_row[i].field, own_row[i].how, s);
		}
	for (size_t i = 0; i < sizeof map / sizeof *map; i++) {
		struct slice s = columns->get(columns->self, map[i].path);

		if (!unset(s))
			convert_set(e, map[i].field, map[i].how, s);
	}
}

static const enum view_path times[] = {P_ts, P_at_timestamp, P_write_ts, P_none};

const struct shape_row shape_zeek = {SLICE_INIT("zeek"), is, sources, fields, map, sizeof map / sizeof *map, times};
