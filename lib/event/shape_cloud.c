#include "lib/event/view.h"

#define ROWS(map) (sizeof(map) / sizeof *(map))

static void
origin(struct event *e, struct slice dataset, struct slice module, struct slice provider)
{
	event_set(e, F_event_dataset, dataset);
	event_set(e, F_event_module, module);
	event_set(e, F_cloud_provider, provider);
}

/* ---- CloudTrail (its "record contents") ---- */
static bool
cloudtrail_is(const struct view *v)
{
	return view_has(v, P_eventSource) && view_has(v, P_eventName);
}

static void
cloudtrail_sources(struct view *v)
{
	view_ls(v, SLICE("aws"), SLICE("cloudtrail"), SLICE(""));
}

static bool
any_start(struct slice s, const char *const *heads)
{
	for (; *heads; heads++)
		if (slice_starts(s, slice_str(*heads)))
			return true;
	return false;
}

static void
cloudtrail_class(struct event *e, struct slice source, struct slice name, bool reads)
{
	static const char *const creates[] = {"Create", "Run", "Put", "Add", "Attach", "Upload", NULL};
	static const char *const deletes[] = {"Delete", "Terminate", "Remove", "Detach", NULL};
	static const char *const logs_in[] = {"ConsoleLogin", "AssumeRole", "GetFederationToken", "GetSessionToken", NULL};

	if (any_start(name, logs_in)) {
		event_class(e, "event", "authentication", "start");
		return;
	}
	event_class(e, "event", slice_starts(source, SLICE("iam.")) ? "iam" : slice_starts(source,
	    SLICE("s3.")) ? "file" : "configuration",
	    reads ? "access" : any_start(name, creates) ? "creation" : any_start(name, deletes) ? "deletion" : "change");
}

/* False: it has no text. */
static bool
user_is(struct view *v, enum view_path p)
{
	uint32_t node = view_node(v, p);

	if (node == JSON_NONE || !view_any(v, node))
		return false;
	view_convert(v, node, F_user_name, TEXT);
	return true;
}

static void
cloudtrail_fields(struct view *v)
{
	static const char *const reading[] = {"Get", "List", "Describe", "Head", "Lookup", NULL};
	struct slice name = view_text(v, P_eventName), source = view_text(v, P_eventSource), login = view_text(v, P_consoleLogin);
	struct event *e = v->e;

	origin(e, SLICE("aws.cloudtrail"), SLICE("aws"), SLICE("aws"));
	cloudtrail_class(e, source, name, view_has(v, P_readOnly) ? view_is(v, P_readOnly, SLICE("true")) : any_start(name,
	    reading));
	convert_set(e, F_event_outcome, OUTCOME, login.n ? login : view_has(v,
	    P_errorCode) ? SLICE("failure") : SLICE("success"));
	event_set(e, F_cloud_service_name, slice_head(source, slice_find(source, '.')));
	if (user_is(v, P_ctUser) || user_is(v, P_ctIssuer))
		return;
	if (slice_eq(view_text(v, P_ctType), SLICE("Root")))
		event_lit(e, F_user_name, "root");
	else
		(void)user_is(v, P_ctInvoked);
}

static const struct mapping cloudtrail_map[] = {
	MAP("eventName", event_action, TEXT), MAP("eventSource", event_provider, TEXT), MAP("eventID", event_id, TEXT),
	MAP("sourceIPAddress", source_ip, ADDRESS), MAP("userAgent", user_agent_original, TEXT),
	MAP("awsRegion", cloud_region, TEXT),
	MAP("userIdentity.accountId", cloud_account_id, TEXT), MAP("recipientAccountId", cloud_account_id, TEXT),
	MAP("userIdentity.principalId", user_id, TEXT), MAP("requestParameters.userName", user_target_name, TEXT),
	MAP("requestParameters.instanceId", cloud_instance_id, TEXT), MAP("requestParameters.groupName", group_name, TEXT),
	MAP("errorCode", error_code, TEXT), MAP("errorMessage", error_message, TEXT),
	MAP("tlsDetails.tlsVersion", tls_version, TEXT),
};
static const enum view_path cloudtrail_times[] = {P_eventTime, P_none};

const struct shape_row shape_cloudtrail = {
	SLICE_INIT("cloudtrail"), cloudtrail_is, cloudtrail_sources, cloudtrail_fields, cloudtrail_map, ROWS(cloudtrail_map),
	    cloudtrail_times,
};

/* ---- GuardDuty ---- */
static bool
guardduty_is(const struct view *v)
{
	return view_has(v, P_schemaVersion) && view_has(v, P_type) && (view_is(v, P_gdService, SLICE("guardduty")) ||
	    view_has(v, P_gdDetector) ||
	    slice_has(view_text(v, P_gdArn), SLICE(":guardduty:")));
}

static void
guardduty_sources(struct view *v)
{
	view_ls(v, SLICE("aws"), SLICE("guardduty"), SLICE(""));
}

static void
guardduty_fields(struct view *v)
{
	origin(v->e, SLICE("aws.guardduty"), SLICE("aws"), SLICE("aws"));
	event_class(v->e, "alert", "intrusion_detection", "info");
}

static const struct mapping guardduty_map[] = {
	MAP("type", rule_name, TEXT), MAP("id", event_id, TEXT), MAP("accountId", cloud_account_id, TEXT),
	MAP("region", cloud_region, TEXT),
	MAP("title", message, TEXT), MAP("service.action.actionType", event_action, TEXT),
	MAP("service.action.awsApiCallAction.api", event_action, TEXT),
	MAP("service.action.awsApiCallAction.remoteIpDetails.ipAddressV4", source_ip, ADDRESS),
	MAP("service.action.networkConnectionAction.remoteIpDetails.ipAddressV4", destination_ip, ADDRESS),
	MAP("service.action.networkConnectionAction.remotePortDetails.port", destination_port, TEXT),
	MAP("service.action.dnsRequestAction.domain", dns_question_name, TEXT),
	MAP("resource.accessKeyDetails.userName", user_name, TEXT),
	MAP("resource.accessKeyDetails.principalId", user_id, TEXT),
	MAP("resource.instanceDetails.instanceId", cloud_instance_id, TEXT),
};
static const enum view_path guardduty_times[] = {P_gdUpdated, P_updatedAt, P_createdAt, P_none};

const struct shape_row shape_guardduty = {
	SLICE_INIT("guardduty"), guardduty_is, guardduty_sources, guardduty_fields, guardduty_map, ROWS(guardduty_map),
	    guardduty_times,
};

/* ---- Google Cloud audit log (AuditLog in a LogEntry) ---- */
static bool
gcp_is(const struct view *v)
{
	return view_object(v, P_protoPayload) || view_object(v, P_protopayload) ||
	    ((view_has(v, P_logName) || view_has(v, P_logname)) && (view_has(v, P_insertId) || view_has(v, P_insertid) ||
	    view_has(v, P_resource)));
}

static void
gcp_sources(struct view *v)
{
	bool audit = view_object(v, P_protoPayload) || view_object(v, P_protopayload);

	view_ls(v, SLICE("gcp"), audit ? SLICE("gcp.audit") : SLICE(""), SLICE(""));
}

static void
gcp_fields(struct view *v)
{
	struct slice code = view_text(v, P_gcpStatus);

	origin(v->e, view_object(v, P_protoPayload) || view_object(v, P_protopayload) ? SLICE("gcp.audit") : SLICE("gcp.log"),
	    SLICE("gcp"), SLICE("gcp"));
	event_class(v->e, "event", "configuration", "info");
	event_set(v->e, F_event_outcome, code.n == 0 || slice_eq(code, SLICE("0")) ? SLICE("success") : SLICE("failure"));
}

static const struct mapping gcp_map[] = {
	MAP("insertId", event_id, TEXT), MAP("protoPayload.methodName", event_action, TEXT),
	MAP("protoPayload.serviceName", cloud_service_name, TEXT),
	MAP("protoPayload.authenticationInfo.principalEmail", user_name, TEXT),
	MAP("protoPayload.authenticationInfo.principalEmail", user_email, TEXT),
	MAP("protoPayload.requestMetadata.callerIp", source_ip, ADDRESS),
	MAP("protoPayload.requestMetadata.callerSuppliedUserAgent", user_agent_original, TEXT),
	MAP("protoPayload.resourceName", orchestrator_resource_name, TEXT),
	MAP("protoPayload.status.message", error_message, TEXT),
	MAP("protopayload.methodName", event_action, TEXT), MAP("protopayload.serviceName", cloud_service_name, TEXT),
	MAP("protopayload.authenticationInfo.principalEmail", user_name, TEXT),
	MAP("protopayload.requestMetadata.callerIP", source_ip, ADDRESS),
	MAP("protopayload.requestMetadata.callerIp", source_ip, ADDRESS),
	MAP("resource.labels.project_id", cloud_account_id, TEXT),
	MAP("resource.labels.location", cloud_region, TEXT), MAP("severity", log_level, TEXT),
	MAP("httpRequest.remoteIp", source_ip, ADDRESS),
	MAP("httpRequest.requestMethod", http_request_method, TEXT), MAP("httpRequest.requestUrl", url_original, WEB),
	MAP("httpRequest.status", http_response_status_code, TEXT), MAP("httpRequest.userAgent", user_agent_original, TEXT),
};
static const enum view_path gcp_times[] = {P_timestamp, P_receiveTimestamp, P_none};

const struct shape_row shape_gcp = {SLICE_INIT("gcp"), gcp_is, gcp_sources, gcp_fields, gcp_map, ROWS(gcp_map), gcp_times};

/* ---- Google Workspace (Reports API, admin#reports#activity) ---- */
static bool
workspace_is(const struct view *v)
{
	return view_is(v, P_kind, SLICE("admin#reports#activity"));
}

static void
workspace_sources(struct view *v)
{
	static const struct {
		struct slice name, service;
	} row[] = {
		{SLICE_INIT("admin"), SLICE_INIT("google_workspace.admin")},
		{SLICE_INIT("login"), SLICE_INIT("google_workspace.login")},
		{SLICE_INIT("drive"), SLICE_INIT("google_workspace.drive")},
		{SLICE_INIT("token"), SLICE_INIT("google_workspace.token")},
	};

	for (size_t i = 0; i < ROWS(row); i++)
		if (view_is(v, P_applicationName, row[i].name)) {
			view_ls(v, SLICE("gcp"), row[i].service, SLICE(""));
			return;
		}
	view_ls(v, SLICE("gcp"), SLICE("google_workspace"), SLICE(""));
}

static void
workspace_fields(struct view *v)
{
	origin(v->e, SLICE("google_workspace"), SLICE("google_workspace"), SLICE("gcp"));
	event_class(v->e, "event", view_is(v, P_applicationName, SLICE("login")) ? "authentication" : "iam", "info");
}

static const struct mapping workspace_map[] = {
	MAP("actor.email", user_name, TEXT), MAP("actor.email", user_email, TEXT), MAP("actor.profileId", user_id, TEXT),
	MAP("ipAddress", source_ip, ADDRESS),
	MAP("name", event_action, TEXT), MAP("id.customerId", cloud_account_id, TEXT), MAP("id.uniqueQualifier", event_id, TEXT),
};
static const enum view_path workspace_times[] = {P_id_time, P_none};

const struct shape_row shape_workspace = {
	SLICE_INIT("google_workspace"), workspace_is, workspace_sources, workspace_fields, workspace_map, ROWS(workspace_map),
	    workspace_times,
};

/* ---- Kubernetes audit (audit.k8s.io/v1 Event) ---- */
static bool
k8s_is(const struct view *v)
{
	return slice_starts(view_text(v, P_apiVersion), SLICE("audit.k8s.io/"));
}

static void
k8s_sources(struct view *v)
{
	view_ls(v, SLICE("kubernetes"), SLICE("audit"), SLICE(""));
	view_ls(v, SLICE("kubernetes"), SLICE("audit"), SLICE("application"));
}

static void
k8s_fields(struct view *v)
{
	struct slice verb = view_text(v, P_verb), code = view_text(v, P_k8sCode), decision = view_text(v, P_k8sDecision);

	event_set(v->e, F_event_dataset, SLICE("kubernetes.audit"));
	event_set(v->e, F_event_module, SLICE("kubernetes"));
	event_class(v->e, "event", "configuration", slice_eq(verb, SLICE("create")) ? "creation" : slice_eq(verb,
	    SLICE("delete")) ? "deletion" :
	    slice_eq(verb, SLICE("update")) || slice_eq(verb, SLICE("patch")) ? "change" : "access");
	if (decision.n)
		convert_set(v->e, F_event_outcome, OUTCOME, decision);
	else if (code.n)
		event_set(v->e, F_event_outcome, code.p[0] == '2' ? SLICE("success") : SLICE("failure"));
}

static const struct mapping k8s_map[] = {
	MAP("verb", event_action, TEXT), MAP("auditID", event_id, TEXT), MAP("user.username", user_name, TEXT),
	MAP("user.uid", user_id, TEXT),
	MAP("user.groups", user_roles, TEXT), MAP("impersonatedUser.username", user_effective_name, TEXT),
	MAP("sourceIPs", source_ip, ADDRESS),
	MAP("userAgent", user_agent_original, TEXT), MAP("requestURI", url_original, WEB),
	MAP("responseStatus.code", http_response_status_code, TEXT),
	MAP("objectRef.namespace", orchestrator_namespace, TEXT), MAP("objectRef.resource", orchestrator_resource_type, TEXT),
	MAP("objectRef.name", orchestrator_resource_name, TEXT),
};
static const enum view_path k8s_times[] = {P_requestReceivedTimestamp, P_stageTimestamp, P_none};

const struct shape_row shape_k8s = {SLICE_INIT("k8s_audit"), k8s_is, k8s_sources, k8s_fields, k8s_map, ROWS(k8s_map), k8s_times};
