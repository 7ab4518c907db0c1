#include "lib/event/view.h"

#include "lib/base/num.h"

/* A data member with attributes is an object whose text stands in #text. */
uint32_t
windows_node(const struct view *v, uint32_t node)
{
	return node != JSON_NONE && json_type(v->j, node) == JSON_OBJECT ? json_get(v->j, node, SLICE("#text")) : node;
}

struct view_text
windows_value(const struct view *v, uint32_t node)
{
	return view_as(v, windows_node(v, node));
}

/* The first member that has a text; the last one's need not be looked at for that. */
static inline uint32_t
first(const struct view *v, const enum view_path *p)
{
	uint32_t found = JSON_NONE;

	for (; *p != P_none; p++) {
		uint32_t node = windows_node(v, view_node(v, *p));

		if (node == JSON_NONE)
			continue;
		if (found != JSON_NONE && view_any(v, found))
			break;
		found = node;
	}
	return found;
}

static const enum view_path flat_id[] = {P_EventID, P_EventId, P_EventIDtext, P_EventIDvalue, P_none};
static const enum view_path flat_channel[] = {P_Channel, P_LogName, P_none};
static const enum view_path flat_provider[] = {P_Provider_Name, P_SourceName, P_ProviderName, P_Provider, P_none};
static const enum view_path flat_host[] = {P_Computer, P_Hostname, P_ComputerName, P_MachineName, P_host, P_none};
static const enum view_path flat_record[] = {P_EventRecordID, P_RecordNumber, P_RecordId, P_none};
static const enum view_path flat_level[] = {P_Level, P_none};
static const enum view_path flat_user[] = {P_UserID, P_none};
static const enum view_path evtx_id[] = {P_sEventID, P_sEventIDtext, P_none};
static const enum view_path evtx_channel[] = {P_sChannel, P_none};
static const enum view_path evtx_provider[] = {P_sProvider, P_sProvider_, P_sProviderA, P_sProviderN, P_none};
static const enum view_path evtx_host[] = {P_sComputer, P_none};
static const enum view_path evtx_record[] = {P_sRecord, P_none};
static const enum view_path evtx_level[] = {P_sLevel, P_none};
static const enum view_path evtx_user[] = {P_sUser, P_sUser_, P_none};
static const enum view_path beat_id[] = {P_wId, P_event_code, P_none};
static const enum view_path beat_channel[] = {P_wChannel, P_none};
static const enum view_path beat_provider[] = {P_wProvider, P_none};
static const enum view_path beat_host[] = {P_wComputer, P_none};
static const enum view_path beat_record[] = {P_wRecord, P_none};
static const enum view_path beat_level[] = {P_log_level, P_none};
static const enum view_path beat_user[] = {P_wUser, P_none};

static const struct members {
	const enum view_path *id, *channel, *provider, *host, *record, *level, *user;
} members[FORM_COUNT] = {
	[FORM_FLAT] = {flat_id, flat_channel, flat_provider, flat_host, flat_record, flat_level, flat_user},
	[FORM_EVTX] = {evtx_id, evtx_channel, evtx_provider, evtx_host, evtx_record, evtx_level, evtx_user},
	[FORM_BEAT] = {beat_id, beat_channel, beat_provider, beat_host, beat_record, beat_level, beat_user},
};

/* The same as text, also where there is no event to keep it. */
static struct slice
first_text(const struct view *v, const enum view_path *p)
{
	for (; *p != P_none; p++) {
		uint32_t node = view_node(v, *p);
		struct slice s;

		if (node == JSON_NONE)
			continue;
		if (json_type(v->j, node) == JSON_OBJECT)
			node = json_get(v->j, node, SLICE("#text"));
		s = view_value(v, node);
		if (s.n)
			return s;
	}
	return (struct slice){0};
}

/* Channel, service and number, which sources and fields both ask for. */
static void
tell(struct view *v, enum windows_form form, bool is_sysmon)
{
	struct slice channel;

	if (v->windows.told)
		return;
	channel = windows_channel(first_text(v, members[form].channel), first_text(v, members[form].provider));
	if (is_sysmon && !(channel.n && (channel.p[0] | 0x20) == 'l' && slice_starts_nocase(channel, SLICE("Linux-Sysmon"))))
		channel = SLICE("Microsoft-Windows-Sysmon/Operational");
	v->windows.channel = channel;
	v->windows.service = windows_service(channel);
	v->windows.code = slice_trim(first_text(v, members[form].id));
	v->windows.numbered = num_u64(v->windows.code, &v->windows.id);
	v->windows.told = true;
}

static void
sources(struct view *v, enum windows_form form, bool is_sysmon)
{
	struct slice type = {0};
	uint64_t id;

	tell(v, form, is_sysmon);
	id = v->windows.numbered ? v->windows.id : 0;
	if (id == 12)
		type = view_value(v, v->slot[v->set->name[form][W_EventType]]);
	v->ls_n = windows_add(v->windows.channel, v->windows.service, id, type, v->ls, v->ls_n);
}

static inline void
set_first(struct view *v, enum field f, const enum view_path *p)
{
	uint32_t node = first(v, p);

	if (node != JSON_NONE)
		view_convert(v, node, f, TEXT);
}

static void
fields(struct view *v, enum windows_form form, bool is_sysmon)
{
	const struct members *m = &members[form];
	struct slice service;

	tell(v, form, is_sysmon);
	service = v->windows.service;
	windows_recipe(v, form, v->windows.channel, service, v->windows.numbered ? v->windows.id : 0);
	event_set(v->e, F_event_code, v->windows.code);
	set_first(v, F_event_provider, m->provider);
	set_first(v, F_host_name, m->host);
	set_first(v, F_event_sequence, m->record);
	set_first(v, F_log_level, m->level);
	/* Sysmon and the auditing service write under accounts of their own. */
	if (!event_has(v->e, F_user_id) && !slice_eq(service, SLICE("sysmon")) && !slice_eq(service, SLICE("security")))
		set_first(v, F_user_id, m->user);
}

/* ---- flat ---- */
static bool
has_id(const struct view *v)
{
	return view_has(v, P_EventID) || view_has(v, P_EventId);
}

static bool
sysmon_is(const struct view *v)
{
	return has_id(v) && view_has(v, P_UtcTime) && view_has(v, P_ProcessGuid);
}

static void
sysmon_sources(struct view *v)
{
	sources(v, FORM_FLAT, true);
}

static void
sysmon_fields(struct view *v)
{
	fields(v, FORM_FLAT, true);
}

static const enum view_path flat_times[] = {
	P_SystemTime, P_TimeCreatedS, P_UtcTime, P_at_timestamp, P_TimeCreated, P_EventTime, P_TimeGenerated, P_none,
};

const struct shape_row shape_sysmon = {SLICE_INIT("sysmon"), sysmon_is, sysmon_sources, sysmon_fields, NULL, 0, flat_times};

/* A source named Provider alone is too common a word: it must be Microsoft's. */
static bool
windows_is(const struct view *v)
{
	return has_id(v) && (view_has(v, P_Channel) || view_has(v, P_Provider_Name) || view_has(v, P_SourceName) ||
	    view_has(v, P_ProviderName) ||
	    view_has(v, P_LogName) || slice_starts_nocase(view_text(v, P_Provider), SLICE("Microsoft-")));
}

static void
flat_sources(struct view *v)
{
	sources(v, FORM_FLAT, false);
}

static void
flat_fields(struct view *v)
{
	fields(v, FORM_FLAT, false);
}

const struct shape_row shape_windows = {SLICE_INIT("windows"), windows_is, flat_sources, flat_fields, NULL, 0, flat_times};

/* ---- evtx_dump ---- */
static bool
evtx_is(const struct view *v)
{
	return view_object(v, P_System);
}

static void
evtx_sources(struct view *v)
{
	sources(v, FORM_EVTX, false);
}

static void
evtx_fields(struct view *v)
{
	fields(v, FORM_EVTX, false);
}

/* 1102 and 104 carry their subject in UserData. */
static const struct mapping evtx_map[] = {
	MAP("Event.UserData.LogFileCleared.SubjectUserName", user_name, TEXT),
	MAP("Event.UserData.LogFileCleared.SubjectDomainName", user_domain, TEXT),
	MAP("Event.UserData.LogFileCleared.SubjectUserSid", user_id, TEXT),
};
static const enum view_path evtx_times[] = {P_sTime, P_sTime_, P_sTimeA, P_sTimeN, P_none};

const struct shape_row shape_evtx_dump = {
	SLICE_INIT("evtx_dump"), evtx_is, evtx_sources, evtx_fields, evtx_map, sizeof evtx_map / sizeof *evtx_map, evtx_times,
};

/* ---- winlogbeat ---- */
static bool
beat_is(const struct view *v)
{
	return view_has(v, P_wChannel) || (view_has(v, P_wId) && view_has(v, P_wProvider));
}

static void
beat_sources(struct view *v)
{
	sources(v, FORM_BEAT, false);
}

static void
beat_fields(struct view *v)
{
	fields(v, FORM_BEAT, false);
}

static const enum view_path beat_times[] = {P_at_timestamp, P_event_created, P_none};

const struct shape_row shape_winlogbeat = {SLICE_INIT("winlogbeat"), beat_is, beat_sources, beat_fields, NULL, 0, beat_times};
