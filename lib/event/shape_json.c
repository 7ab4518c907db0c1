#include "lib/event/view.h"

#define ROWS(map) (sizeof(map) / sizeof *(map))

/* Products and categories of Sigma's taxonomy that an object may name itself by; service follows them. */
static const struct slice products[] = {
	SLICE_INIT("windows"), SLICE_INIT("linux"), SLICE_INIT("macos"), SLICE_INIT("aws"), SLICE_INIT("azure"),
	    SLICE_INIT("gcp"), SLICE_INIT("m365"),
	SLICE_INIT("okta"), SLICE_INIT("onelogin"), SLICE_INIT("github"), SLICE_INIT("bitbucket"), SLICE_INIT("kubernetes"),
	    SLICE_INIT("zeek"),
	SLICE_INIT("suricata"), SLICE_INIT("cisco"), SLICE_INIT("fortigate"), SLICE_INIT("fortios"), SLICE_INIT("juniper"),
	    SLICE_INIT("huawei"),
	SLICE_INIT("paloalto"), SLICE_INIT("opencanary"), SLICE_INIT("rpc_firewall"), SLICE_INIT("apache"), SLICE_INIT("nginx"),
	SLICE_INIT("modsecurity"), SLICE_INIT("django"), SLICE_INIT("python"), SLICE_INIT("ruby_on_rails"),
	    SLICE_INIT("spring"), SLICE_INIT("jvm"),
	SLICE_INIT("nodejs"), SLICE_INIT("sql"), SLICE_INIT("velocity"), SLICE_INIT("qualys"), SLICE_INIT("vmware"),
	    SLICE_INIT("antivirus"),
};
static const struct slice categories[] = {
	SLICE_INIT("process_creation"), SLICE_INIT("process_access"), SLICE_INIT("process_termination"),
	    SLICE_INIT("process_tampering"),
	SLICE_INIT("network_connection"), SLICE_INIT("dns_query"), SLICE_INIT("dns"), SLICE_INIT("proxy"),
	    SLICE_INIT("webserver"),
	SLICE_INIT("firewall"), SLICE_INIT("antivirus"), SLICE_INIT("authentication"), SLICE_INIT("application"),
	    SLICE_INIT("database"),
	SLICE_INIT("file_event"), SLICE_INIT("file_change"), SLICE_INIT("file_delete"), SLICE_INIT("file_access"),
	    SLICE_INIT("file_rename"),
	SLICE_INIT("image_load"), SLICE_INIT("driver_load"), SLICE_INIT("registry_event"), SLICE_INIT("registry_set"),
	    SLICE_INIT("registry_add"),
	SLICE_INIT("registry_delete"), SLICE_INIT("pipe_created"), SLICE_INIT("wmi_event"), SLICE_INIT("ps_script"),
	    SLICE_INIT("ps_module"),
	SLICE_INIT("ps_classic_start"), SLICE_INIT("create_remote_thread"), SLICE_INIT("create_stream_hash"),
	    SLICE_INIT("raw_access_thread"),
};

static struct slice
known(struct slice s, const struct slice *row, size_t rows)
{
	for (size_t i = 0; s.n && i < rows; i++)
		if (slice_eq_nocase(s, row[i]))
			return row[i];
	return (struct slice){0};
}

static struct slice
module_of(const struct view *v)
{
	struct slice module = view_inner(v, P_event_module), dataset = view_inner(v, P_event_dataset);

	return module.n ? module : slice_head(dataset, slice_find(dataset, '.'));
}

/* ---- ECS made by somebody else: fields under their own names ---- */
static bool
ecs_is(const struct view *v)
{
	return view_has(v, P_event_dataset) || view_has(v, P_event_module) ||
	    (view_has(v, P_ecs_version) && view_has(v, P_at_timestamp));
}

static void
ecs_sources(struct view *v)
{
	struct slice dataset = view_inner(v, P_event_dataset), module = module_of(v);
	struct slice service = slice_from(dataset, slice_find(dataset, '.') + 1);
	struct slice os = known(view_text(v, P_os_type), products, 3);

	if (module.n || os.n)
		view_ls(v, module.n ? module : os, service, SLICE(""));
	if (os.n && view_has(v, P_event_code) && slice_eq(module, SLICE("sysmon")))
		view_ls(v, os, SLICE("sysmon"), SLICE(""));
}

static void
ecs_fields(struct view *v)
{
	for (enum field f = 0; f < F_related_ip; f++)
		view_set(v, v->slot[v->set->field[f]], f,
		    field_row[f].type == 'o' ? OBJECT : field_row[f].type == 'd' ? WHEN : TEXT);
}

const struct shape_row shape_ecs = {SLICE_INIT("ecs"), ecs_is, ecs_sources, ecs_fields, NULL, 0, NULL};

/* ---- any other object ---- */
static bool
json_is(const struct view *v)
{
	(void)v;
	return true;
}

const struct sign_row sign_row[] = {
#define SIGN(product, service, a, b, c) {SLICE_INIT(product), SLICE_INIT(service), {SLICE_INIT(a), SLICE_INIT(b), SLICE_INIT(c)}},
#include "lib/event/signs.def"
#undef SIGN
};
const size_t sign_rows = ROWS(sign_row);

static bool
signed_by(struct view *v)
{
	for (size_t i = 0; i < sign_rows; i++) {
		const uint32_t *at = v->set->sign[i];
		size_t m = 0;

		while (m < 3 && sign_row[i].member[m].n && v->slot[at[m]] != JSON_NONE)
			m++;
		if (m == 3 || sign_row[i].member[m].n == 0) {
			view_ls(v, sign_row[i].product, sign_row[i].service, SLICE(""));
			return true;
		}
	}
	return false;
}

/* "Vendor.Kind" as collectors label their records: the label is a known product's name, or at least tells sources apart. */
static void
labelled(struct view *v)
{
	struct slice label = view_inner(v, P_p_log_type);
	size_t dot = slice_find(label, '.');

	if (dot == label.n || dot == 0)
		return;
	view_ls(v, slice_head(label, dot), slice_from(label, dot + 1), SLICE(""));
}

static void
json_sources(struct view *v)
{
	struct slice product = known(view_text(v, P_product), products, ROWS(products));
	struct slice category = known(view_text(v, P_category), categories, ROWS(categories));

	if (product.n || category.n)
		view_ls(v, product, product.n ? view_inner(v, P_service) : SLICE(""), category);
	else if (v->options && (v->options->assume.product.n || v->options->assume.service.n || v->options->assume.category.n))
		view_ls(v, v->options->assume.product, v->options->assume.service, v->options->assume.category);
	else if (!signed_by(v))
		labelled(v);
}

static void
json_fields(struct view *v)
{
	if (v->ls_n && v->ls[0].product.n)
		event_set(v->e, F_event_module, convert_lower(v->e, v->ls[0].product));
}

/* Names that mean the same in nearly every log that has them. */
static const struct mapping json_map[] = {
	MAP("hostname", host_name, TEXT), MAP("host.name", host_name, TEXT), MAP("Hostname", host_name, TEXT),
	MAP("Computer", host_name, TEXT),
	MAP("HostName", host_name, TEXT), MAP("user", user_name, TEXT), MAP("username", user_name, TEXT),
	MAP("userName", user_name, TEXT),
	MAP("user_name", user_name, TEXT), MAP("USER_NAME", user_name, TEXT), MAP("user.name", user_name, TEXT),
	MAP("actor.email", user_name, TEXT), MAP("actor.name", user_name, TEXT), MAP("user_email", user_email, TEXT),
	MAP("src_ip", source_ip, ADDRESS), MAP("source_ip", source_ip, ADDRESS), MAP("sourceIp", source_ip, ADDRESS),
	MAP("sourceip", source_ip, ADDRESS),
	MAP("sourceIPAddress", source_ip, ADDRESS), MAP("SourceIp", source_ip, ADDRESS), MAP("SOURCE_IP", source_ip, ADDRESS),
	MAP("source.ip", source_ip, ADDRESS), MAP("srcip", source_ip, ADDRESS),
	MAP("client_ip", source_ip, ADDRESS), MAP("clientIp", source_ip, ADDRESS), MAP("ClientIP", source_ip, ADDRESS),
	MAP("CLIENT_IP", source_ip, ADDRESS), MAP("remote_addr", source_ip, ADDRESS), MAP("ip_address", source_ip, ADDRESS),
	MAP("ipAddress", source_ip, ADDRESS), MAP("remoteip", source_ip, ADDRESS), MAP("remoteAddress", source_ip, ADDRESS),
	MAP("srcAddr", source_ip, ADDRESS), MAP("request_ip", source_ip, ADDRESS),
	MAP("src_port", source_port, TEXT), MAP("srcPort", source_port, TEXT), MAP("dst_ip", destination_ip, ADDRESS),
	MAP("dest_ip", destination_ip, ADDRESS), MAP("destination_ip", destination_ip, ADDRESS),
	MAP("dstip", destination_ip, ADDRESS), MAP("dstAddr", destination_ip, ADDRESS),
	MAP("destination.ip", destination_ip, ADDRESS), MAP("dst_port", destination_port, TEXT),
	MAP("dstPort", destination_port, TEXT), MAP("dest_port", destination_port, TEXT), MAP("action", event_action, TEXT),
	MAP("event_type", event_action, TEXT), MAP("eventName", event_action, TEXT), MAP("eventType", event_action, TEXT),
	MAP("Image", process_executable, EXE),
	MAP("CommandLine", process_command_line, TEXT), MAP("ParentImage", process_parent_executable, EXE),
	MAP("ParentCommandLine", process_parent_command_line, TEXT), MAP("User", user_name, ACCOUNT),
	MAP("TargetFilename", file_path, FILEPATH),
	MAP("TargetObject", registry_path, REGISTRY), MAP("EventID", event_code, TEXT), MAP("QueryName", dns_question_name, TEXT),
	MAP("user_agent", user_agent_original, TEXT), MAP("userAgent", user_agent_original, TEXT),
	MAP("useragent", user_agent_original, TEXT),
	MAP("message", message, TEXT), MAP("level", log_level, TEXT), MAP("severity", log_level, TEXT),
};

const struct shape_row shape_json = {SLICE_INIT("json"), json_is, json_sources, json_fields, json_map, ROWS(json_map), NULL};
