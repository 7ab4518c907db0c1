#include "lib/event/view.h"

#define ROWS(map) (sizeof(map) / sizeof *(map))

static void
origin(struct event *e, struct slice dataset, struct slice module)
{
	event_set(e, F_event_dataset, dataset);
	event_set(e, F_event_module, module);
}

/* ---- Okta system log ---- */
static bool
okta_is(const struct view *v)
{
	return view_has(v, P_eventType) && (view_has(v, P_published) || view_has(v, P_legacyEventType)) &&
	    (view_has(v, P_actor) || view_has(v, P_outcomeResult) || view_has(v, P_displayMessage));
}

static void
okta_sources(struct view *v)
{
	view_ls(v, SLICE("okta"), SLICE("okta"), SLICE(""));
}

static void
okta_fields(struct view *v)
{
	struct slice type = view_text(v, P_eventType);

	origin(v->e, SLICE("okta.system"), SLICE("okta"));
	event_class(v->e, "event", slice_has(type, SLICE("authentication")) ||
	    slice_starts(type, SLICE("user.session")) ? "authentication" : "iam", "info");
}

static const struct mapping okta_map[] = {
	MAP("eventType", event_action, TEXT), MAP("uuid", event_id, TEXT), MAP("displayMessage", message, TEXT),
	MAP("outcome.result", event_outcome, OUTCOME),
	MAP("outcome.reason", event_reason, TEXT), MAP("actor.alternateId", user_name, TEXT), MAP("actor.id", user_id, TEXT),
	MAP("actor.displayName", user_full_name, TEXT), MAP("client.ipAddress", source_ip, ADDRESS),
	MAP("client.userAgent.rawUserAgent", user_agent_original, TEXT), MAP("severity", log_level, TEXT),
};
static const enum view_path okta_times[] = {P_published, P_none};

const struct shape_row shape_okta = {SLICE_INIT("okta"), okta_is, okta_sources, okta_fields, okta_map, ROWS(okta_map),
    okta_times};

/* ---- Microsoft 365 (Office 365 Management Activity API, common schema) ---- */
static bool
m365_is(const struct view *v)
{
	return (view_has(v, P_Workload) && view_has(v, P_Operation)) || (view_has(v, P_workload) && view_has(v, P_operation)) ||
	    (view_has(v, P_CreationTime) && view_has(v, P_Operation) && view_has(v, P_RecordType));
}

static void
m365_sources(struct view *v)
{
	bool exchange = view_is(v, P_Workload, SLICE("Exchange")) || view_is(v, P_workload, SLICE("Exchange"));
	bool threat = view_is(v, P_Workload, SLICE("SecurityComplianceCenter")) ||
	    view_is(v, P_Workload, SLICE("ThreatIntelligence"));

	view_ls(v, SLICE("m365"), SLICE("audit"), SLICE(""));
	if (exchange)
		view_ls(v, SLICE("m365"), SLICE("exchange"), SLICE(""));
	if (threat) {
		view_ls(v, SLICE("m365"), SLICE("threat_management"), SLICE(""));
		view_ls(v, SLICE("m365"), SLICE("threat_detection"), SLICE(""));
	}
}

static void
m365_fields(struct view *v)
{
	struct slice operation = view_text(v, P_Operation);

	origin(v->e, SLICE("m365.audit"), SLICE("m365"));
	event_class(v->e, "event", slice_starts(operation, SLICE("UserLog")) ? "authentication" : "web", "info");
	if (slice_eq(operation, SLICE("UserLoginFailed")))
		event_set(v->e, F_event_outcome, SLICE("failure"));
	else
		convert_set(v->e, F_event_outcome, OUTCOME, view_has(v, P_ResultStatus) ? view_text(v,
		    P_ResultStatus) : view_text(v, P_resultstatus));
}

static const struct mapping m365_map[] = {
	MAP("Operation", event_action, TEXT), MAP("operation", event_action, TEXT), MAP("Workload", event_provider, TEXT),
	MAP("workload", event_provider, TEXT), MAP("Id", event_id, TEXT), MAP("id", event_id, TEXT),
	MAP("UserId", user_name, TEXT), MAP("userid", user_name, TEXT),
	MAP("UserKey", user_id, TEXT), MAP("ClientIP", source_ip, HOSTPORT), MAP("clientip", source_ip, HOSTPORT),
	MAP("ClientIPAddress", source_ip, HOSTPORT), MAP("UserAgent", user_agent_original, TEXT),
	MAP("OrganizationId", cloud_account_id, TEXT),
	MAP("SourceFileName", file_name, TEXT), MAP("SourceFileExtension", file_extension, TEXT),
	MAP("LogonError", error_message, TEXT),
};
static const enum view_path m365_times[] = {P_CreationTime, P_creationtime, P_none};

const struct shape_row shape_m365 = {SLICE_INIT("m365"), m365_is, m365_sources, m365_fields, m365_map, ROWS(m365_map),
    m365_times};

/* ---- Azure: resource logs and the activity log by category ---- */
static const struct {
	struct slice category, service;
} azure_row[] = {
	{SLICE_INIT("SignInLogs"), SLICE_INIT("signinlogs")},
	{SLICE_INIT("NonInteractiveUserSignInLogs"), SLICE_INIT("signinlogs")},
	{SLICE_INIT("ServicePrincipalSignInLogs"), SLICE_INIT("signinlogs")},
	{SLICE_INIT("ManagedIdentitySignInLogs"), SLICE_INIT("signinlogs")},
	{SLICE_INIT("AuditLogs"), SLICE_INIT("auditlogs")}, {SLICE_INIT("UserRiskEvents"), SLICE_INIT("riskdetection")},
	{SLICE_INIT("RiskyUsers"), SLICE_INIT("riskdetection")}, {SLICE_INIT("PIM"), SLICE_INIT("pim")},
};

static struct slice
azure_service(const struct view *v)
{
	struct slice category = view_text(v, P_category);

	if (category.n == 0)
		category = view_text(v, P_Category);
	for (size_t i = 0; i < ROWS(azure_row); i++)
		if (slice_eq_nocase(category, azure_row[i].category))
			return azure_row[i].service;
	return SLICE("activitylogs");
}

static bool
azure_is(const struct view *v)
{
	return (view_has(v, P_operationName) || view_has(v, P_operationname) || view_has(v, P_OperationName) ||
	    view_has(v, P_opValue)) &&
	    (view_has(v, P_category) || view_has(v, P_Category) || view_has(v, P_catValue));
}

static void
azure_sources(struct view *v)
{
	view_ls(v, SLICE("azure"), azure_service(v), SLICE(""));
}

static void
azure_fields(struct view *v)
{
	struct slice service = azure_service(v);

	origin(v->e, convert_join(v->e, SLICE("azure."), service), SLICE("azure"));
	event_set(v->e, F_cloud_provider, SLICE("azure"));
	event_class(v->e, slice_eq(service, SLICE("riskdetection")) ? "alert" : "event", slice_eq(service,
	    SLICE("signinlogs")) ? "authentication" :
	    slice_eq(service, SLICE("auditlogs")) ? "iam" : "configuration", "info");
}

static const struct mapping azure_map[] = {
	MAP("operationName", event_action, TEXT), MAP("operationname", event_action, TEXT),
	MAP("OperationName", event_action, TEXT),
	MAP("operationName.value", event_action, TEXT), MAP("callerIpAddress", source_ip, HOSTPORT),
	MAP("calleripaddress", source_ip, HOSTPORT),
	MAP("CallerIpAddress", source_ip, HOSTPORT), MAP("properties.ipAddress", source_ip, HOSTPORT),
	MAP("httpRequest.clientIpAddress", source_ip, HOSTPORT),
	MAP("identity", user_name, TEXT), MAP("caller", user_name, TEXT), MAP("Caller", user_name, TEXT),
	MAP("properties.userPrincipalName", user_name, TEXT),
	MAP("properties.initiatedBy.user.userPrincipalName", user_name, TEXT),
	MAP("properties.initiatedBy.user.ipAddress", source_ip, ADDRESS),
	MAP("properties.userId", user_id, TEXT), MAP("resultType", event_outcome, OUTCOME),
	MAP("resulttype", event_outcome, OUTCOME),
	MAP("ResultType", event_outcome, OUTCOME), MAP("status.value", event_outcome, OUTCOME),
	MAP("properties.riskEventType", rule_name, TEXT),
	MAP("resultDescription", event_reason, TEXT), MAP("correlationId", event_id, TEXT),
	MAP("tenantId", cloud_account_id, TEXT),
	MAP("location", cloud_region, TEXT), MAP("level", log_level, TEXT),
	MAP("properties.userAgent", user_agent_original, TEXT),
	MAP("properties.appDisplayName", cloud_service_name, TEXT),
};
static const enum view_path azure_times[] = {P_time, P_eventTime, P_TimeGenerated, P_none};

const struct shape_row shape_azure = {SLICE_INIT("azure"), azure_is, azure_sources, azure_fields, azure_map, ROWS(azure_map),
    azure_times};

/* ---- Entra ID as Microsoft Graph gives it: signIn, directoryAudit, riskDetection ---- */
static bool
signin_is(const struct view *v)
{
	return (view_has(v, P_userPrincipalName) && (view_has(v, P_appDisplayName) || view_has(v, P_riskEventType))) ||
	    (view_has(v, P_activityDisplayName) && view_has(v, P_activityDateTime));
}

static struct slice
signin_service(const struct view *v)
{
	return view_has(v, P_riskEventType) ? SLICE("riskdetection") : view_has(v,
	    P_activityDisplayName) ? SLICE("auditlogs") : SLICE("signinlogs");
}

static void
signin_sources(struct view *v)
{
	view_ls(v, SLICE("azure"), signin_service(v), SLICE(""));
}

static void
signin_fields(struct view *v)
{
	struct slice service = signin_service(v), code = view_text(v, P_signinError), result = view_text(v, P_result);

	origin(v->e, convert_join(v->e, SLICE("azure."), service), SLICE("azure"));
	event_set(v->e, F_cloud_provider, SLICE("azure"));
	event_class(v->e, view_has(v, P_riskEventType) ? "alert" : "event", view_has(v,
	    P_activityDisplayName) ? "iam" : "authentication", "info");
	convert_set(v->e, F_event_outcome, OUTCOME, code.n ? code : result);
}

static const struct mapping signin_map[] = {
	MAP("userPrincipalName", user_name, TEXT), MAP("userId", user_id, TEXT), MAP("ipAddress", source_ip, ADDRESS),
	MAP("id", event_id, TEXT),
	MAP("appDisplayName", cloud_service_name, TEXT), MAP("activityDisplayName", event_action, TEXT),
	MAP("riskEventType", rule_name, TEXT),
	MAP("initiatedBy.user.userPrincipalName", user_name, TEXT), MAP("initiatedBy.user.ipAddress", source_ip, ADDRESS),
	MAP("userAgent", user_agent_original, TEXT), MAP("status.failureReason", event_reason, TEXT),
};
static const enum view_path signin_times[] = {P_createdDateTime, P_activityDateTime, P_detectedDateTime, P_none};

const struct shape_row shape_signin = {SLICE_INIT("entra"), signin_is, signin_sources, signin_fields, signin_map,
    ROWS(signin_map), signin_times};

/* ---- GitHub audit log ---- */
static bool
github_is(const struct view *v)
{
	return view_has(v, P_action) && (view_has(v, P_document_id) || view_has(v, P_programmatic) || (view_has(v, P_actor) &&
	    (view_has(v, P_org) || view_has(v, P_repo) || view_has(v, P_business)) && (view_has(v, P_created_at) ||
	    view_has(v, P_at_timestamp) ||
	    view_has(v, P_p_event_time) || view_has(v, P_at_sign_timestamp) || view_has(v, P_actor_id))));
}

static void
github_sources(struct view *v)
{
	view_ls(v, SLICE("github"), SLICE("audit"), SLICE(""));
}

static void
github_fields(struct view *v)
{
	origin(v->e, SLICE("github.audit"), SLICE("github"));
	event_class(v->e, "event", "configuration", "info");
}

static const struct mapping github_map[] = {
	MAP("action", event_action, TEXT), MAP("_document_id", event_id, TEXT), MAP("actor", user_name, TEXT),
	MAP("actor_id", user_id, TEXT),
	MAP("user", user_target_name, TEXT), MAP("actor_ip", source_ip, ADDRESS), MAP("user_agent", user_agent_original, TEXT),
	MAP("org", organization_name, TEXT), MAP("repo", orchestrator_resource_name, TEXT),
};
static const enum view_path github_times[] = {P_at_timestamp, P_created_at, P_at_sign_timestamp, P_none};

const struct shape_row shape_github = {SLICE_INIT("github"), github_is, github_sources, github_fields, github_map,
    ROWS(github_map), github_times};
