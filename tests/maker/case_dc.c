/* dc01: Security and System as winlogbeat ships them. */
#include "tests/maker/case.h"

struct buf *
dc_open(struct company *c, int64_t whole, const char *channel, int id, const char *action)
{
	int64_t at = whole % SECOND ? whole : whole + rng_below(&c->r, SECOND);
	struct buf *b = log_add(&c->log[DC], at);
	bool system = channel[1] == 'y';
	static const char seq[2] = {LOG_SEQ};

	put_open(b, NULL);
	put_key(b, "@timestamp");
	buf_byte(b, '"');
	when_iso(b, at, 3, "Z\"");
	put_open(b, "event");
	put_strf(b, "code", "%d", id);
	put_str(b, "kind", "event");
	put_str(b, "provider", system ? "Service Control Manager" : "Microsoft-Windows-Security-Auditing");
	put_str(b, "action", action);
	put_close(b);
	put_raw(b, "host", "{\"name\":\"dc01." DOMAIN "\"}");
	put_raw(b, "agent", "{\"type\":\"winlogbeat\",\"version\":\"8.17.2\"}");
	put_open(b, "winlog");
	put_str(b, "channel", channel);
	put_str(b, "computer_name", "dc01." DOMAIN);
	put_num(b, "event_id", id);
	put_raw(b, "record_id", seq);
	put_str(b, "provider_name", system ? "Service Control Manager" : id == 1102 ? "Microsoft-Windows-Eventlog"
		: "Microsoft-Windows-Security-Auditing");
	put_str(b, "api", "wineventlog");
	put_raw(b, "process", system ? "{\"pid\":688,\"thread\":{\"id\":9012}}" : "{\"pid\":712,\"thread\":{\"id\":4188}}");
	put_str(b, "task", action);
	put_open(b, "event_data");
	return b;
}

void
dc_close(struct buf *b, const char *message)
{
	put_close(b);
	put_close(b);
	put_str(b, "message", message);
	put_close(b);
}

static void
subject(struct buf *b, const char *user, const char *logon)
{
	put_str(b, "SubjectUserName", user);
	put_str(b, "SubjectDomainName", "BRACKWATER");
	put_str(b, "SubjectLogonId", logon);
}

void
dc_logon(struct company *c, int64_t at, const char *user, const char *ip, int type, const char *status)
{
	struct buf *b = dc_open(c, at, "Security", status ? 4625 : 4624, "Logon");

	subject(b, "-", "0x0");
	put_str(b, "TargetUserName", user);
	put_str(b, "TargetDomainName", "BRACKWATER");
	if (!status)
		put_strf(b, "TargetLogonId", "0x%x", 0x400000 + rng_below(&c->r, 0x3fffff));
	if (status) {
		put_str(b, "Status", "0xc000006d");
		put_str(b, "SubStatus", status);
		put_str(b, "FailureReason", "%%2313");
	}
	put_strf(b, "LogonType", "%d", type);
	put_str(b, "LogonProcessName", type == 3 ? "Kerberos" : "User32 ");
	put_str(b, "AuthenticationPackageName", "Kerberos");
	put_str(b, "WorkstationName", "-");
	put_str(b, "IpAddress", ip);
	put_strf(b, "IpPort", "%u", 49152 + rng_below(&c->r, 16000));
	dc_close(b, status ? "An account failed to log on." : "An account was successfully logged on.");
	log_end(&c->log[DC]);
}

void
dc_special(struct company *c, int64_t at, const char *user)
{
	struct buf *b = dc_open(c, at, "Security", 4672, "Special Logon");

	subject(b, user, "0x5f21aa");
	put_str(b, "PrivilegeList",
		"SeSecurityPrivilege\n\t\t\tSeBackupPrivilege\n\t\t\tSeDebugPrivilege\n\t\t\tSeImpersonatePrivilege");
	dc_close(b, "Special privileges assigned to new logon.");
	log_end(&c->log[DC]);
}

void
dc_process(struct company *c, int64_t at, const char *user, const char *image, const char *line, const char *parent)
{
	struct buf *b = dc_open(c, at, "Security", 4688, "Process Creation");

	subject(b, user, user[0] == 'D' ? "0x3e7" : "0x5f21aa");
	put_strf(b, "NewProcessId", "0x%x", 0x400 + 4 * rng_below(&c->r, 4000));
	put_str(b, "NewProcessName", image);
	put_str(b, "TokenElevationType", "%%1936");
	put_strf(b, "ProcessId", "0x%x", 0x400 + 4 * rng_below(&c->r, 4000));
	put_str(b, "CommandLine", line);
	put_str(b, "ParentProcessName", parent);
	put_str(b, "MandatoryLabel", "S-1-16-16384");
	dc_close(b, "A new process has been created.");
	log_end(&c->log[DC]);
}

void
noise_dc(struct company *c)
{
	static const char *const user[] = {"m.okafor", "s.abara", "l.brenn", "p.dasilva", "k.iwata", "r.osei", "t.vance",
		"h.moreau", "WS03$", "WS07$",
		"WS11$", "WS14$", "svc-sql", "svc-print"};
	static const char *const line[] = {"C:\\Windows\\system32\\svchost.exe -k netsvcs -p",
		"C:\\Windows\\system32\\dfsrs.exe",
		"C:\\Windows\\system32\\wbem\\wmiprvse.exe -Embedding", "taskhostw.exe SYSTEM",
		"C:\\Windows\\system32\\conhost.exe 0xffffffff -ForceV1"};
	static const char *const image[] = {"svchost.exe", "dfsrs.exe", "wbem\\WmiPrvSE.exe", "taskhostw.exe", "conhost.exe"};
	struct rng *r = &c->r;

	for (unsigned i = 0; i < 1100 * c->scale; i++)
		dc_logon(c, office_time(r), PICK(r, user), text_of("10.20.50.%u", 101 + rng_below(r, 24)), 3, NULL);
	for (unsigned i = 0; i < 38 * c->scale; i++) {
		int64_t at = office_time(r);
		const char *who = user[rng_below(r, 8)], *from = text_of("10.20.50.%u", 101 + rng_below(r, 24));

		dc_logon(c, at, who, from, 3, "0xc000006a");
		dc_logon(c, at + 6 * SECOND, who, from, 3, NULL);
	}
	for (unsigned i = 0; i < 60 * c->scale; i++) {
		int64_t at = office_time(r);

		dc_logon(c, at, "adm.tveit", "10.20.50.111", rng_chance(r, 700) ? 3 : 10, NULL);
		dc_special(c, at + 1000, "adm.tveit");
	}
	for (unsigned i = 0; i < 500 * c->scale; i++) {
		uint32_t k = rng_below(r, 5);

		dc_process(c, any_time(r), "DC01$", text_of("C:\\Windows\\System32\\%s", image[k]), line[k],
			"C:\\Windows\\System32\\services.exe");
	}
}

/* ---- the intruders ---- */

static void
service(struct company *c)
{
	struct buf *b = dc_open(c, AT(11, 9, 40, 9), "System", 7045, "Service Installed");

	put_str(b, "ServiceName", "PSEXESVC");
	put_str(b, "ImagePath", "%SystemRoot%\\PSEXESVC.exe");
	put_str(b, "ServiceType", "user mode service");
	put_str(b, "StartType", "demand start");
	put_str(b, "AccountName", "LocalSystem");
	dc_close(b, "A service was installed in the system.");
	log_plant(&c->log[DC], "T1543.003", "service of PsExec");
	b = dc_open(c, AT(11, 9, 47, 31), "System", 7045, "Service Installed");
	put_str(b, "ServiceName", "wdhlp");
	put_str(b, "ImagePath", "%COMSPEC% /Q /c echo powershell -nop -w hidden -f C:\\Windows\\Temp\\s.ps1 ^> "
		"C:\\Windows\\Temp\\r.bat & cmd.exe /c "
		"C:\\Windows\\Temp\\r.bat");
	put_str(b, "ServiceType", "user mode service");
	put_str(b, "StartType", "auto start");
	put_str(b, "AccountName", "LocalSystem");
	dc_close(b, "A service was installed in the system.");
	log_plant(&c->log[DC], "T1543.003", "service that runs a command line");
	b = dc_open(c, AT(11, 9, 47, 31), "Security", 4697, "Security System Extension");
	subject(b, "adm.tveit", "0x5f21aa");
	put_str(b, "ServiceName", "wdhlp");
	put_str(b, "ServiceFileName", "%COMSPEC% /Q /c echo powershell -nop -w hidden -f C:\\Windows\\Temp\\s.ps1 ^> "
		"C:\\Windows\\Temp\\r.bat & cmd.exe "
		"/c C:\\Windows\\Temp\\r.bat");
	put_str(b, "ServiceType", "0x10");
	put_str(b, "ServiceStartType", "2");
	put_str(b, "ServiceAccount", "LocalSystem");
	dc_close(b, "A service was installed in the system.");
	log_plant(&c->log[DC], "T1543.003", "service that runs a command line");
}

static void
account(struct company *c)
{
	struct buf *b = dc_open(c, AT(11, 9, 44, 2), "Security", 4720, "User Account Management");

	subject(b, "adm.tveit", "0x5f21aa");
	put_str(b, "TargetUserName", "svc-backup2");
	put_str(b, "TargetDomainName", "BRACKWATER");
	put_str(b, "TargetSid", "S-1-5-21-2184503221-1184203399-3318203941-1190");
	put_str(b, "SamAccountName", "svc-backup2");
	dc_close(b, "A user account was created.");
	log_plant(&c->log[DC], "T1136.002", "account made");
	b = dc_open(c, AT(11, 9, 44, 9), "Security", 4732, "Security Group Management");
	subject(b, "adm.tveit", "0x5f21aa");
	put_str(b, "MemberName", "CN=svc-backup2,CN=Users,DC=brackwater,DC=example");
	put_str(b, "MemberSid", "S-1-5-21-2184503221-1184203399-3318203941-1190");
	put_str(b, "TargetUserName", "Administrators");
	put_str(b, "TargetDomainName", "Builtin");
	put_str(b, "TargetSid", "S-1-5-32-544");
	dc_close(b, "A member was added to a security-enabled local group.");
	log_plant(&c->log[DC], "T1098.007", "account put into Administrators");
}

static void
command(struct company *c, int64_t at, const char *program, const char *line, const char *technique, const char *what)
{
	dc_process(c, at, "DC01$", text_of("C:\\Windows\\System32\\%s", program), line, "C:\\Windows\\System32\\cmd.exe");
	log_plant(&c->log[DC], technique, what);
}

void
story_dc(struct company *c)
{
	struct buf *b;

	for (int i = 0; i < 4; i++) {
		dc_logon(c, AT(11, 9, 36, 10 + 9 * i), "adm.tveit", WS07, 3, "0xc000006a");
		log_plant(&c->log[DC], "T1110.001", "password of the administrator tried");
	}
	dc_logon(c, AT(11, 9, 40, 4), "adm.tveit", WS07, 3, NULL);
	log_plant(&c->log[DC], "T1021.002", "administrator's logon from ws07");
	dc_special(c, AT(11, 9, 40, 4) + 2000, "adm.tveit");
	log_plant(&c->log[DC], "T1078.002", "administrator's logon from ws07");
	service(c);
	dc_process(c, AT(11, 9, 40, 12), "DC01$", "C:\\Windows\\System32\\cmd.exe", "cmd.exe", "C:\\Windows\\PSEXESVC.exe");
	log_plant(&c->log[DC], "T1569.002", "shell of PsExec");
	command(c, AT(11, 9, 44, 1), "net.exe", "net user svc-backup2 Winter-2026! /add /domain", "T1136.002", "account made");
	command(c, AT(11, 9, 44, 8), "net.exe", "net localgroup Administrators svc-backup2 /add", "T1098.007",
		"account put into Administrators");
	account(c);
	command(c, AT(11, 9, 51, 17), "ntdsutil.exe", "ntdsutil \"ac i ntds\" \"ifm\" \"create full C:\\Windows\\Temp\\n\" q "
		"q", "T1003.003",
		"directory database copied");
	command(c, AT(11, 9, 54, 40), "vssadmin.exe", "vssadmin delete shadows /all /quiet", "T1490", "shadow copies deleted");
	command(c, AT(11, 9, 58, 2), "wevtutil.exe", "wevtutil cl Security", "T1070.001", "log cleared");
	b = dc_open(c, AT(11, 9, 58, 3), "Security", 1102, "Log clear");
	subject(b, "adm.tveit", "0x5f21aa");
	dc_close(b, "The audit log was cleared.");
	log_plant(&c->log[DC], "T1070.001", "log cleared");
}
