#include "lib/event/view.h"

/* Suricata's EVE (its userguide, "EVE JSON Output"): what an event type is to Sigma and to ECS. */
static const struct eve_type {
	struct slice name, category;		/* category: Sigma's besides suricata/TYPE */
	const char *kind, *class, *type;
} eve_row[] = {
	{SLICE_INIT("alert"), SLICE_INIT(""), "alert", "intrusion_detection", "info"},
	{SLICE_INIT("dns"), SLICE_INIT("dns"), "event", "network", "protocol"},
	{SLICE_INIT("http"), SLICE_INIT("proxy"), "event", "web", "access"},
	{SLICE_INIT("flow"), SLICE_INIT(""), "event", "network", "connection"},
	{SLICE_INIT("netflow"), SLICE_INIT(""), "event", "network", "connection"},
	{SLICE_INIT("fileinfo"), SLICE_INIT(""), "event", "file", "info"},
	{SLICE_INIT("stats"), SLICE_INIT(""), "metric", "", ""},
	{SLICE_INIT("anomaly"), SLICE_INIT(""), "event", "network", "error"},
	{SLICE_INIT("smtp"), SLICE_INIT(""), "event", "email", "info"},
	{SLICE_INIT("drop"), SLICE_INIT(""), "event", "network", "denied"},
};
static const struct eve_type eve_other = {SLICE_INIT(""), SLICE_INIT(""), "event", "network", "protocol"};

static const struct eve_type *
type_of(const struct view *v)
{
	struct slice name = view_inner(v, P_event_type);

	for (size_t i = 0; i < sizeof eve_row / sizeof *eve_row; i++)
		if (slice_eq(eve_row[i].name, name))
			return &eve_row[i];
	return &eve_other;
}

static bool
is(const struct view *v)
{
	return view_inner(v, P_event_type).n > 0 && (view_named(v, P_src_ip) || view_named(v, P_flow_id) ||
	    view_object(v, P_stats) ||
	    view_object(v, P_engine) || view_named(v, P_dest_ip));
}

static void
sources(struct view *v)
{
	const struct eve_type *t = type_of(v);
	struct slice name = view_inner(v, P_event_type);

	view_ls(v, SLICE("suricata"), name, SLICE(""));
	if (t->category.n)
		view_ls(v, SLICE("suricata"), name, t->category);
}

static void
answer(struct view *v, uint32_t object)
{
	struct slice type = view_value(v, json_get(v->j, object, SLICE("rrtype")));
	uint32_t data = json_get(v->j, object, SLICE("rdata"));

	if (slice_eq(type, SLICE("A")) || slice_eq(type, SLICE("AAAA")))
		view_set(v, data, F_dns_resolved_ip, SEMICOLONS);
}

/* Version 1 has one answer an event, 2 an array of answers and lists grouped by type, 3 an array of queries too. */
static void
dns(struct view *v)
{
	uint32_t list = view_node(v, P_dns_answers), queries = view_node(v, P_dns_queries), grouped = view_node(v,
	    P_dns_grouped), q;

	if (!view_object(v, P_dns))
		return;
	answer(v, view_node(v, P_dns));
	if (list != JSON_NONE && json_type(v->j, list) == JSON_ARRAY)
		for (uint32_t k = json_first(v->j, list); k != JSON_NONE; k = json_following(v->j, list, k))
			if (json_type(v->j, k) == JSON_OBJECT)
				answer(v, k);
	if (grouped != JSON_NONE && json_type(v->j, grouped) == JSON_OBJECT) {
		view_set(v, json_get(v->j, grouped, SLICE("A")), F_dns_resolved_ip, SEMICOLONS);
		view_set(v, json_get(v->j, grouped, SLICE("AAAA")), F_dns_resolved_ip, SEMICOLONS);
	}
	if (queries == JSON_NONE || json_type(v->j, queries) != JSON_ARRAY)
		return;
	q = json_first(v->j, queries);
	if (q == JSON_NONE || json_type(v->j, q) != JSON_OBJECT)
		return;
	view_set(v, json_get(v->j, q, SLICE("rrname")), F_dns_question_name, TEXT);
	view_set(v, json_get(v->j, q, SLICE("rrtype")), F_dns_question_type, TEXT);
}

static void
fields(struct view *v)
{
	const struct eve_type *t = type_of(v);
	struct slice name = view_inner(v, P_event_type), action = view_text(v, P_alert_action);
	struct event *e = v->e;

	event_class(e, t->kind, t->class, t->type);
	event_set(e, F_event_dataset, convert_join(e, SLICE("suricata."), name));
	event_set(e, F_event_module, SLICE("suricata"));
	event_set(e, F_observer_vendor, SLICE("OISF"));
	event_set(e, F_observer_product, SLICE("Suricata"));
	event_set(e, F_observer_type, SLICE("ids"));
	if (slice_eq(name, SLICE("alert")))
		event_set(e, F_event_category, SLICE("network"));
	if (slice_eq(action, SLICE("blocked")))
		event_set(e, F_event_type, SLICE("denied"));
	else if (slice_eq(action, SLICE("allowed")))
		event_set(e, F_event_type, SLICE("allowed"));
	if (!slice_eq(name, SLICE("alert")) && !slice_eq(name, SLICE("flow")) && !slice_eq(name, SLICE("stats")))
		event_set(e, F_network_protocol, slice_eq(name, SLICE("fileinfo")) ||
		    slice_eq(name, SLICE("anomaly")) ? SLICE("") : name);
	dns(v);
}

static const struct mapping map[] = {
	MAP("host", observer_name, TEXT), MAP("src_ip", source_ip, ADDRESS), MAP("src_port", source_port, TEXT),
	MAP("dest_ip", destination_ip, ADDRESS), MAP("dest_port", destination_port, TEXT),
	MAP("proto", network_transport, PROTOCOL),
	MAP("app_proto", network_protocol, LOWER), MAP("community_id", network_community_id, TEXT),
	MAP("flow_id", event_id, TEXT),
	MAP("ether.src_mac", source_mac, TEXT), MAP("ether.dest_mac", destination_mac, TEXT),
	MAP("alert.signature_id", rule_id, TEXT), MAP("alert.signature", rule_name, TEXT),
	MAP("alert.category", rule_category, TEXT),
	MAP("alert.severity", event_severity, TEXT), MAP("alert.action", event_action, TEXT),
	MAP("anomaly.event", event_action, TEXT),
	MAP("dns.rrname", dns_question_name, TEXT), MAP("dns.query.rrname", dns_question_name, TEXT),
	MAP("dns.rrtype", dns_question_type, TEXT), MAP("dns.rcode", dns_response_code, TEXT),
	MAP("dns.type", event_action, TEXT),
	MAP("http.http_method", http_request_method, TEXT), MAP("http.url", url_original, WEB),
	MAP("http.hostname", url_domain, TEXT),
	MAP("http.http_user_agent", user_agent_original, TEXT), MAP("http.http_refer", http_request_referrer, TEXT),
	MAP("http.protocol", http_version, VERSION), MAP("http.status", http_response_status_code, TEXT),
	MAP("http.length", http_response_bytes, TEXT),
	MAP("tls.sni", tls_client_server_name, TEXT), MAP("tls.subject", tls_server_subject, TEXT),
	MAP("tls.issuerdn", tls_server_issuer, TEXT),
	MAP("tls.version", tls_version, TEXT), MAP("tls.ja3.hash", tls_client_ja3, TEXT),
	MAP("tls.ja3s.hash", tls_server_ja3s, TEXT),
	MAP("flow.bytes_toserver", source_bytes, TEXT), MAP("flow.bytes_toclient", destination_bytes, TEXT),
	MAP("flow.pkts_toserver", source_packets, TEXT), MAP("flow.pkts_toclient", destination_packets, TEXT),
	MAP("flow.start", event_start, WHEN), MAP("flow.end", event_end, WHEN), MAP("flow.reason", event_reason, TEXT),
	MAP("netflow.bytes", network_bytes, TEXT), MAP("netflow.pkts", network_packets, TEXT),
	MAP("netflow.start", event_start, WHEN),
	MAP("netflow.end", event_end, WHEN),
	MAP("fileinfo.filename", file_path, FILEPATH), MAP("fileinfo.size", file_size, TEXT),
	MAP("fileinfo.md5", file_hash_md5, LOWER),
	MAP("fileinfo.sha1", file_hash_sha1, LOWER), MAP("fileinfo.sha256", file_hash_sha256, LOWER),
	MAP("email.from", email_from_address, TEXT), MAP("email.to", email_to_address, TEXT),
	MAP("email.subject", email_subject, TEXT),
	MAP("email.message_id", email_message_id, TEXT), MAP("smtp.mail_from", email_from_address, TEXT),
	MAP("smtp.rcpt_to", email_to_address, TEXT), MAP("smb.filename", file_path, FILEPATH),
	MAP("smb.command", event_action, TEXT),
	MAP("smb.status", event_reason, TEXT), MAP("smb.ntlmssp.user", user_name, TEXT),
	MAP("smb.ntlmssp.domain", user_domain, TEXT),
	MAP("smb.ntlmssp.host", source_domain, TEXT), MAP("krb5.cname", user_name, TEXT), MAP("krb5.realm", user_domain, TEXT),
	MAP("ftp.command", event_action, TEXT), MAP("dhcp.client_mac", source_mac, TEXT),
	MAP("dhcp.hostname", source_domain, TEXT),
	MAP("ssh.client.software_version", user_agent_original, TEXT),
};
static const enum view_path times[] = {P_timestamp, P_none};

const struct shape_row shape_eve = {SLICE_INIT("eve"), is, sources, fields, map, sizeof map / sizeof *map, times};
