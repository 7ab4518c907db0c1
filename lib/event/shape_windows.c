#include "lib/event/view.h"

#include "lib/base/num.h"

struct form {
	const struct view *v;
	enum windows_form form;
};

/* A data member with attributes is an object whose text stands in #text. */
static struct slice
scalar(const struct view *v, uint32_t node)
{
	if (node != JSON_NONE && json_type(v->j, node) == JSON_OBJECT)
		node = json_get(v->j, node, SLICE("#text"));
	return view_value(v, node);
}

static struct slice
data(void *self, enum windows_name n)
{
	const struct form *f = self;
	uint32_t node = f->v->slot[f->v->set->name[f->form][n]];

	return node == JSON_NONE ? (struct slice){0} : scalar(f->v, node);
}

static struct slice
first(const struct view *v, const enum view_path *p)
{
	struct slice s = {0};

	for (; *p != P_none && s.n == 0; p++)
		s = scalar(v, view_node(v, *p));
	return s;
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

static bool
event_number(const struct view *v, enum windows_form form, uint64_t *id)
{
	return num_u64(slice_trim(first(v, members[form].id)), id);
}

static struct slice
channel_of(const struct view *v, enum windows_form form)
{
	return windows_channel(first(v, members[form].channel), first(v, members[form].provider));
}

static void
sources(struct view *v, enum windows_form form, struct slice channel)
{
	struct logsource ls[EVENT_LS_MAX];
	struct form f = {v, form};
	uint64_t id = 0;
	bool numbered = event_number(v, form, &id);
	unsigned n = windows_sources(channel, numbered ? id : 0, id == 12 ? data(&f, W_EventType) : SLICE(""), ls);

	for (unsigned i = 0; i < n; i++)
		view_ls(v, ls[i].product, ls[i].service, ls[i].category);
}

static void
fields(struct view *v, enum windows_form form, struct slice channel)
{
	const struct members *m = &members[form];
	struct form f = {v, form};
	struct windows_get get = {data, &f};
	struct event *e = v->e;
	struct slice code = slice_trim(first(v, m->id)), service = windows_service(channel);
	uint64_t id = 0;

	(void)event_number(v, form, &id);
	windows_recipe(e, channel, id, &get);
	event_set(e, F_event_code, code);
	event_set(e, F_event_provider, first(v, m->provider));
	event_set(e, F_host_name, first(v, m->host));
	event_set(e, F_event_sequence, first(v, m->record));
	event_set(e, F_log_level, first(v, m->level));
	/* Sysmon and the auditing service write under accounts of their own. */
	if (!event_has(e, F_user_id) && !slice_eq(service, SLICE("sysmon")) && !slice_eq(service, SLICE("security")))
		event_set(e, F_user_id, first(v, m->user));
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

static struct slice
sysmon_channel(const struct view *v)
{
	struct slice channel = channel_of(v, FORM_FLAT);

	return slice_starts_nocase(channel, SLICE("Linux-Sysmon")) ? channel : SLICE("Microsoft-Windows-Sysmon/Operational");
}

static void
sysmon_sources(struct view *v)
{
	sources(v, FORM_FLAT, sysmon_channel(v));
}

static void
sysmon_fields(struct view *v)
{
	fields(v, FORM_FLAT, sysmon_channel(v));
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
	sources(v, FORM_FLAT, channel_of(v, FORM_FLAT));
}

static void
flat_fields(struct view *v)
{
	fields(v, FORM_FLAT, channel_of(v, FORM_FLAT));
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
	sources(v, FORM_EVTX, channel_of(v, FORM_EVTX));
}

static void
evtx_fields(struct view *v)
{
	fields(v, FORM_EVTX, channel_of(v, FORM_EVTX));
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
	sources(v, FORM_BEAT, channel_of(v, FORM_BEAT));
}

static void
beat_fields(struct view *v)
{
	fields(v, FORM_BEAT, channel_of(v, FORM_BEAT));
}

static const enum view_path beat_times[] = {P_at_timestamp, P_event_created, P_none};

const struct shape_row shape_winlogbeat = {SLICE_INIT("winlogbeat"), beat_is, beat_sources, beat_fields, NULL, 0, beat_times};
