#include "lib/event/view.h"

const struct slice windows_name[W_COUNT] = {
#define NAME(id) [W_##id] = SLICE_INIT(#id),
#include "lib/event/names.def"
#undef NAME
};

/* Sysmon's event ids; 12 has more, by EventType (DETECTION.md, Log source). */
static const struct {
	uint64_t id;
	struct slice category;
} sysmon_row[] = {
	{1, SLICE_INIT("process_creation")}, {2, SLICE_INIT("file_change")}, {3, SLICE_INIT("network_connection")},
	{4, SLICE_INIT("sysmon_status")}, {5, SLICE_INIT("process_termination")}, {6, SLICE_INIT("driver_load")},
	{7, SLICE_INIT("image_load")}, {8, SLICE_INIT("create_remote_thread")}, {9, SLICE_INIT("raw_access_thread")},
	{10, SLICE_INIT("process_access")}, {11, SLICE_INIT("file_event")}, {12, SLICE_INIT("registry_event")},
	{13, SLICE_INIT("registry_event")}, {13, SLICE_INIT("registry_set")}, {14, SLICE_INIT("registry_event")},
	{14, SLICE_INIT("registry_rename")}, {15, SLICE_INIT("create_stream_hash")}, {16, SLICE_INIT("sysmon_status")},
	{17, SLICE_INIT("pipe_created")}, {18, SLICE_INIT("pipe_created")}, {19, SLICE_INIT("wmi_event")},
	{20, SLICE_INIT("wmi_event")},
	{21, SLICE_INIT("wmi_event")}, {22, SLICE_INIT("dns_query")}, {23, SLICE_INIT("file_delete")},
	{24, SLICE_INIT("clipboard_change")},
	{24, SLICE_INIT("clipboard_capture")}, {25, SLICE_INIT("process_tampering")}, {26, SLICE_INIT("file_delete_detected")},
	{27, SLICE_INIT("file_block_executable")}, {28, SLICE_INIT("file_block_shredding")},
	{29, SLICE_INIT("file_executable_detected")},
	{255, SLICE_INIT("sysmon_error")},
};

/* Event ids of other services that have a category. */
static const struct {
	struct slice service;
	uint64_t from, to;
	struct slice category;
} other_row[] = {
	{SLICE_INIT("security"), 4688, 4688, SLICE_INIT("process_creation")},
	{SLICE_INIT("powershell"), 4103, 4103, SLICE_INIT("ps_module")},
	{SLICE_INIT("powershell"), 4104, 4104, SLICE_INIT("ps_script")},
	{SLICE_INIT("powershell-classic"), 400, 400, SLICE_INIT("ps_classic_start")},
	{SLICE_INIT("powershell-classic"), 600, 600, SLICE_INIT("ps_classic_provider_start")},
	{SLICE_INIT("powershell-classic"), 800, 800, SLICE_INIT("ps_classic_script")},
	{SLICE_INIT("windefend"), 1006, 1012, SLICE_INIT("antivirus")},
	{SLICE_INIT("windefend"), 1017, 1019, SLICE_INIT("antivirus")},
	{SLICE_INIT("windefend"), 1115, 1116, SLICE_INIT("antivirus")},
};

/* Channels whose name begins with Microsoft-Windows-: what follows, and the service. */
static const struct {
	struct slice channel, service;
} prefixed_row[] = {
#define ROW(c, s) {SLICE_INIT(c), SLICE_INIT(s)}
	ROW("Sysmon/Operational", "sysmon"), ROW("PowerShell/Operational", "powershell"), ROW("NTLM/Operational", "ntlm"),
	ROW("TaskScheduler/Operational", "taskscheduler"), ROW("Windows Defender/Operational", "windefend"),
	ROW("TerminalServices-LocalSessionManager/Operational", "terminalservices-localsessionmanager"),
	ROW("Bits-Client/Operational", "bits-client"), ROW("Diagnosis-Scripted/Operational", "diagnosis-scripted"),
	ROW("Shell-Core/Operational", "shell-core"), ROW("VHDMP/Operational", "vhdmp"), ROW("VHDMP-Operational", "vhdmp"),
	ROW("CAPI2/Operational", "capi2"), ROW("Ntfs/Operational", "ntfs"), ROW("SENSE/Operational", "sense"),
	ROW("CertificateServicesClient-Lifecycle-System/Operational", "certificateservicesclient-lifecycle-system"),
	ROW("WMI-Activity/Operational", "wmi"), ROW("DHCP-Server/Operational", "dhcp"),
	ROW("PrintService/Operational", "printservice-operational"),
	ROW("CodeIntegrity/Operational", "codeintegrity-operational"),
	ROW("AppXDeploymentServer/Operational", "appxdeployment-server"), ROW("LSA/Operational", "lsa-server"),
	ROW("AppxPackaging/Operational", "appxpackaging-om"), ROW("DNS Client Events/Operational", "dns-client"),
	ROW("DNS-Client/Operational", "dns-client"), ROW("PrintService/Admin", "printservice-admin"),
	ROW("SmbClient/Security", "smbclient-security"), ROW("SmbClient/Connectivity", "smbclient-connectivity"),
	ROW("SMBServer/Connectivity", "smbserver-connectivity"),
	ROW("Windows Firewall With Advanced Security/Firewall", "firewall-as"),
	ROW("LDAP-Client/Debug", "ldap"), ROW("Kernel-EventTracing", "kernel-event-tracing"),
	ROW("AppLocker/MSI and Script", "applocker"),
	ROW("AppLocker/EXE and DLL", "applocker"), ROW("AppLocker/Packaged app-Deployment", "applocker"),
	ROW("AppLocker/Packaged app-Execution", "applocker"), ROW("Security-Mitigations/Kernel Mode", "security-mitigations"),
	ROW("Security-Mitigations/User Mode", "security-mitigations"), ROW("BitLocker/BitLocker Management", "bitlocker"),
	ROW("AppModel-Runtime/Admin", "appmodel-runtime"), ROW("Kernel-ShimEngine/Operational", "kernel-shimengine"),
	ROW("Kernel-ShimEngine/Diagnostic", "kernel-shimengine"),
	ROW("Application-Experience/Program-Telemetry", "application-experience"),
	ROW("Application-Experience/Program-Compatibility-Assistant", "application-experience"),
	ROW("Hyper-V-Worker", "hyper-v-worker"),
	ROW("Hyper-V-Worker-Admin", "hyper-v-worker"), ROW("Hyper-V-Worker/Admin", "hyper-v-worker"),
	ROW("DNS-Server/Analytical", "dns-server-analytic"), ROW("DNS-Server/Audit", "dns-server-audit"),
	ROW("DriverFrameworks-UserMode/Operational", "driver-framework"),
}, plain_row[] = {
	ROW("Security", "security"), ROW("System", "system"), ROW("Application", "application"),
	ROW("Windows PowerShell", "powershell-classic"),
	ROW("PowerShellCore/Operational", "powershell"), ROW("OpenSSH/Operational", "openssh"),
	ROW("MSExchange Management", "msexchange-management"),
	ROW("Microsoft-IIS-Configuration/Operational", "iis-configuration"),
	ROW("Microsoft-ServiceBus-Client/Admin", "servicebus-client"),
	ROW("Microsoft-ServiceBus-Client/Operational", "servicebus-client"),
	ROW("Microsoft-ServiceBus-Client", "servicebus-client"), ROW("DNS Server", "dns-server"),
}, provider_row[] = {
	ROW("Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational"),
	ROW("Microsoft-Windows-Security-Auditing", "Security"),
	ROW("Microsoft-Windows-Eventlog", "Security"),
	ROW("Microsoft-Windows-PowerShell", "Microsoft-Windows-PowerShell/Operational"),
	ROW("PowerShell", "Windows PowerShell"), ROW("Service Control Manager", "System"),
	ROW("Microsoft-Windows-Windows Defender", "Microsoft-Windows-Windows Defender/Operational"),
	ROW("Microsoft-Windows-TaskScheduler", "Microsoft-Windows-TaskScheduler/Operational"),
	ROW("Microsoft-Windows-WMI-Activity", "Microsoft-Windows-WMI-Activity/Operational"),
#undef ROW
};

/* Nearly all channels are written as Microsoft writes them: bytes first, case second. */
static bool
same(struct slice a, struct slice b)
{
	return slice_eq(a, b) || slice_eq_nocase(a, b);
}

struct slice
windows_service(struct slice channel)
{
	static const struct slice prefix = SLICE_INIT("Microsoft-Windows-");

	if (slice_starts(channel, prefix) || slice_starts_nocase(channel, prefix)) {
		struct slice rest = slice_from(channel, prefix.n);

		for (size_t i = 0; i < sizeof prefixed_row / sizeof *prefixed_row; i++)
			if (same(rest, prefixed_row[i].channel))
				return prefixed_row[i].service;
	}
	for (size_t i = 0; i < sizeof plain_row / sizeof *plain_row; i++)
		if (same(channel, plain_row[i].channel))
			return plain_row[i].service;
	return (struct slice){0};
}

struct slice
windows_channel(struct slice channel, struct slice provider)
{
	if (channel.n)
		return channel;
	for (size_t i = 0; i < sizeof provider_row / sizeof *provider_row; i++)
		if (slice_eq_nocase(provider, provider_row[i].channel))
			return provider_row[i].service;
	return channel;
}

struct sources {
	struct logsource *ls;
	unsigned n;
};

static void
add(struct sources *s, struct slice product, struct slice service, struct slice category)
{
	if (s->n < EVENT_LS_MAX)
		s->ls[s->n++] = (struct logsource){product, service, category};
}

static void
sysmon(struct sources *s, struct slice product, uint64_t id, struct slice event_type)
{
	struct slice service = SLICE("sysmon");

	/* Rows stand by id. */
	for (size_t i = 0; i < sizeof sysmon_row / sizeof *sysmon_row && sysmon_row[i].id <= id; i++)
		if (sysmon_row[i].id == id)
			add(s, product, service, sysmon_row[i].category);
	if (id == 12 && slice_eq_nocase(event_type, SLICE("CreateKey")))
		add(s, product, service, SLICE("registry_add"));
	if (id == 12 && (slice_eq_nocase(event_type, SLICE("DeleteKey")) || slice_eq_nocase(event_type, SLICE("DeleteValue"))))
		add(s, product, service, SLICE("registry_delete"));
	if (s->n == 0)
		add(s, product, service, SLICE(""));
}

/* An ETW provider's records, collected without a channel of their own. */
static void
kernel_file(struct sources *s, uint64_t id)
{
	struct slice windows = SLICE("windows");

	add(s, windows, SLICE(""), id == 12 ? SLICE("file_access") : id == 19 || id == 27 ? SLICE("file_rename") : SLICE(""));
}

unsigned
windows_add(struct slice channel, struct slice service, uint64_t id, struct slice event_type, struct logsource *ls, unsigned n)
{
	struct sources s = {.ls = ls, .n = n};
	struct slice windows = SLICE("windows");

	if (slice_eq(service, SLICE("sysmon"))) {
		sysmon(&s, windows, id, event_type);
		return s.n;
	}
	if (slice_eq_nocase(channel, SLICE("Linux-Sysmon/Operational"))) {
		sysmon(&s, SLICE("linux"), id, event_type);
		return s.n;
	}
	if (slice_starts_nocase(channel, SLICE("Microsoft-Windows-Kernel-File"))) {
		kernel_file(&s, id);
		return s.n;
	}
	for (size_t i = 0; i < sizeof other_row / sizeof *other_row; i++)
		if (id >= other_row[i].from && id <= other_row[i].to && slice_eq(service, other_row[i].service))
			add(&s, windows, service, other_row[i].category);
	if (s.n == n)
		add(&s, windows, service, SLICE(""));
	if (slice_eq(service, SLICE("servicebus-client")))
		add(&s, windows, SLICE("microsoft-servicebus-client"), SLICE(""));
	return s.n;
}

unsigned
windows_sources(struct slice channel, uint64_t id, struct slice event_type, struct logsource ls[EVENT_LS_MAX])
{
	return windows_add(channel, windows_service(channel), id, event_type, ls, 0);
}
