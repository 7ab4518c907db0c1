/* Sysmon as flat JSON, about 950 bytes an event; 5 in 10,000 are what a rule would name. */
#include "tests/maker/events.h"

const struct pattern events_win[] = {
	{1600,
		"{\"@timestamp\":\"$t\",\"Hostname\":\"$y.brackwater.example\",\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysm"
		"on/Operational\",\"SourceName\":\"Microsoft-Windows-Sysmon\",\"RecordNumber\":$n,\"Severity\":\"INFO\",\"Executi"
		"onProcessID\":2748,\"Category\":\"Process Create (rule: ProcessCreate)\",\"RuleName\":\"-\",\"UtcTime\":\"$u\","
		"\"ProcessGuid\":\"{747F3D96-$d-67D0-$d-$g}\",\"ProcessId\":1$d,\"Image\":\"C:\\\\Windows\\\\System32\\\\svchost."
		"exe\",\"Company\":\"Microsoft Corporation\",\"OriginalFileName\":\"svchost.exe\",\"CommandLine\":\"C:\\\\Windows"
		"\\\\system32\\\\svchost.exe -k netsvcs -p -s $w\",\"CurrentDirectory\":\"C:\\\\Windows\\\\System32\\\\\",\"User"
		"\":\"NT AUTHORITY\\\\SYSTEM\",\"LogonId\":\"0xb7a4b\",\"IntegrityLevel\":\"Medium\",\"Hashes\":\"MD5=$h,SHA256=$"
		"h$h,IMPHASH=$h\",\"ParentProcessGuid\":\"{747F3D96-$d-67D0-$d-$g}\",\"ParentProcessId\":1$d,\"ParentImage\":\"C:"
		"\\\\Windows\\\\System32\\\\services.exe\",\"ParentCommandLine\":\"C:\\\\Windows\\\\system32\\\\services.exe\"}"},
	{1600,
		"{\"@timestamp\":\"$t\",\"Hostname\":\"$y.brackwater.example\",\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysm"
		"on/Operational\",\"SourceName\":\"Microsoft-Windows-Sysmon\",\"RecordNumber\":$n,\"Severity\":\"INFO\",\"Executi"
		"onProcessID\":2748,\"Category\":\"Process Create (rule: ProcessCreate)\",\"RuleName\":\"-\",\"UtcTime\":\"$u\","
		"\"ProcessGuid\":\"{747F3D96-$d-67D0-$d-$g}\",\"ProcessId\":1$d,\"Image\":\"C:\\\\Program Files\\\\Google\\\\Chro"
		"me\\\\Application\\\\chrome.exe\",\"Company\":\"Microsoft Corporation\",\"OriginalFileName\":\"chrome.exe\",\"Co"
		"mmandLine\":\"\\\"C:\\\\Program Files\\\\Google\\\\Chrome\\\\Application\\\\chrome.exe\\\" --type=renderer --lan"
		"g=en-GB --renderer-client-id=$d --time-ticks-at-unix-epoch=-$n --launch-time-ticks=$n$d\",\"CurrentDirectory\":"
		"\"C:\\\\Windows\\\\System32\\\\\",\"User\":\"BRACKWATER\\\\$x\",\"LogonId\":\"0xb7a4b\",\"IntegrityLevel\":\"Med"
		"ium\",\"Hashes\":\"MD5=$h,SHA256=$h$h,IMPHASH=$h\",\"ParentProcessGuid\":\"{747F3D96-$d-67D0-$d-$g}\",\"ParentPr"
		"ocessId\":1$d,\"ParentImage\":\"C:\\\\Program Files\\\\Google\\\\Chrome\\\\Application\\\\chrome.exe\",\"ParentC"
		"ommandLine\":\"\\\"C:\\\\Program Files\\\\Google\\\\Chrome\\\\Application\\\\chrome.exe\\\"\"}"},
	{900,
		"{\"@timestamp\":\"$t\",\"Hostname\":\"$y.brackwater.example\",\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysm"
		"on/Operational\",\"SourceName\":\"Microsoft-Windows-Sysmon\",\"RecordNumber\":$n,\"Severity\":\"INFO\",\"Executi"
		"onProcessID\":2748,\"Category\":\"Process Create (rule: ProcessCreate)\",\"RuleName\":\"-\",\"UtcTime\":\"$u\","
		"\"ProcessGuid\":\"{747F3D96-$d-67D0-$d-$g}\",\"ProcessId\":1$d,\"Image\":\"C:\\\\Windows\\\\System32\\\\backgrou"
		"ndTaskHost.exe\",\"Company\":\"Microsoft Corporation\",\"OriginalFileName\":\"backgroundTaskHost.exe\",\"Command"
		"Line\":\"\\\"C:\\\\Windows\\\\system32\\\\backgroundTaskHost.exe\\\" -ServerName:App.App$g.mca\",\"CurrentDirect"
		"ory\":\"C:\\\\Windows\\\\System32\\\\\",\"User\":\"BRACKWATER\\\\$x\",\"LogonId\":\"0xb7a4b\",\"IntegrityLevel\""
		":\"Medium\",\"Hashes\":\"MD5=$h,SHA256=$h$h,IMPHASH=$h\",\"ParentProcessGuid\":\"{747F3D96-$d-67D0-$d-$g}\",\"Pa"
		"rentProcessId\":1$d,\"ParentImage\":\"C:\\\\Windows\\\\System32\\\\svchost.exe\",\"ParentCommandLine\":\"C:\\\\W"
		"indows\\\\system32\\\\svchost.exe -k DcomLaunch -p\"}"},
	{700,
		"{\"@timestamp\":\"$t\",\"Hostname\":\"$y.brackwater.example\",\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysm"
		"on/Operational\",\"SourceName\":\"Microsoft-Windows-Sysmon\",\"RecordNumber\":$n,\"Severity\":\"INFO\",\"Executi"
		"onProcessID\":2748,\"Category\":\"Process Create (rule: ProcessCreate)\",\"RuleName\":\"-\",\"UtcTime\":\"$u\","
		"\"ProcessGuid\":\"{747F3D96-$d-67D0-$d-$g}\",\"ProcessId\":1$d,\"Image\":\"C:\\\\Windows\\\\System32\\\\SearchPr"
		"otocolHost.exe\",\"Company\":\"Microsoft Corporation\",\"OriginalFileName\":\"SearchProtocolHost.exe\",\"Command"
		"Line\":\"\\\"C:\\\\Windows\\\\system32\\\\SearchProtocolHost.exe\\\" Global\\\\UsGthrFltPipeMssGthrPipe$d_ Globa"
		"l\\\\UsGthrCtrlFltPipeMssGthrPipe$d 1 -$n\",\"CurrentDirectory\":\"C:\\\\Windows\\\\System32\\\\\",\"User\":\"NT"
		" AUTHORITY\\\\SYSTEM\",\"LogonId\":\"0xb7a4b\",\"IntegrityLevel\":\"Medium\",\"Hashes\":\"MD5=$h,SHA256=$h$h,IMP"
		"HASH=$h\",\"ParentProcessGuid\":\"{747F3D96-$d-67D0-$d-$g}\",\"ParentProcessId\":1$d,\"ParentImage\":\"C:\\\\Win"
		"dows\\\\System32\\\\SearchIndexer.exe\",\"ParentCommandLine\":\"C:\\\\Windows\\\\system32\\\\SearchIndexer.exe /"
		"Embedding\"}"},
	{600,
		"{\"@timestamp\":\"$t\",\"Hostname\":\"$y.brackwater.example\",\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysm"
		"on/Operational\",\"SourceName\":\"Microsoft-Windows-Sysmon\",\"RecordNumber\":$n,\"Severity\":\"INFO\",\"Executi"
		"onProcessID\":2748,\"Category\":\"Process Create (rule: ProcessCreate)\",\"RuleName\":\"-\",\"UtcTime\":\"$u\","
		"\"ProcessGuid\":\"{747F3D96-$d-67D0-$d-$g}\",\"ProcessId\":1$d,\"Image\":\"C:\\\\Program Files\\\\Brackwater\\\\"
		"Inventory\\\\agent.exe\",\"Company\":\"Microsoft Corporation\",\"OriginalFileName\":\"agent.exe\",\"CommandLine"
		"\":\"\\\"C:\\\\Program Files\\\\Brackwater\\\\Inventory\\\\agent.exe\\\" --collect $w --out C:\\\\ProgramData\\"
		"\\Inventory\\\\$w-$d.xml\",\"CurrentDirectory\":\"C:\\\\Windows\\\\System32\\\\\",\"User\":\"NT AUTHORITY\\\\SYS"
		"TEM\",\"LogonId\":\"0xb7a4b\",\"IntegrityLevel\":\"Medium\",\"Hashes\":\"MD5=$h,SHA256=$h$h,IMPHASH=$h\",\"Paren"
		"tProcessGuid\":\"{747F3D96-$d-67D0-$d-$g}\",\"ParentProcessId\":1$d,\"ParentImage\":\"C:\\\\Windows\\\\System32"
		"\\\\services.exe\",\"ParentCommandLine\":\"C:\\\\Windows\\\\system32\\\\services.exe\"}"},
	{595,
		"{\"@timestamp\":\"$t\",\"Hostname\":\"$y.brackwater.example\",\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysm"
		"on/Operational\",\"SourceName\":\"Microsoft-Windows-Sysmon\",\"RecordNumber\":$n,\"Severity\":\"INFO\",\"Executi"
		"onProcessID\":2748,\"Category\":\"Process Create (rule: ProcessCreate)\",\"RuleName\":\"-\",\"UtcTime\":\"$u\","
		"\"ProcessGuid\":\"{747F3D96-$d-67D0-$d-$g}\",\"ProcessId\":1$d,\"Image\":\"C:\\\\Program Files\\\\Microsoft Offi"
		"ce\\\\root\\\\Office16\\\\EXCEL.EXE\",\"Company\":\"Microsoft Corporation\",\"OriginalFileName\":\"Excel.exe\","
		"\"CommandLine\":\"\\\"C:\\\\Program Files\\\\Microsoft Office\\\\root\\\\Office16\\\\EXCEL.EXE\\\" \\\"C:\\\\Use"
		"rs\\\\$x\\\\$w-$d.xlsx\\\"\",\"CurrentDirectory\":\"C:\\\\Windows\\\\System32\\\\\",\"User\":\"BRACKWATER\\\\$x"
		"\",\"LogonId\":\"0xb7a4b\",\"IntegrityLevel\":\"Medium\",\"Hashes\":\"MD5=$h,SHA256=$h$h,IMPHASH=$h\",\"ParentPr"
		"ocessGuid\":\"{747F3D96-$d-67D0-$d-$g}\",\"ParentProcessId\":1$d,\"ParentImage\":\"C:\\\\Windows\\\\explorer.exe"
		"\",\"ParentCommandLine\":\"C:\\\\Windows\\\\Explorer.EXE\"}"},
	{900,
		"{\"@timestamp\":\"$t\",\"Hostname\":\"$y.brackwater.example\",\"EventID\":3,\"Channel\":\"Microsoft-Windows-Sysm"
		"on/Operational\",\"SourceName\":\"Microsoft-Windows-Sysmon\",\"RecordNumber\":$n,\"Severity\":\"INFO\",\"Executi"
		"onProcessID\":2748,\"Category\":\"Network connection detected (rule: NetworkConnect)\",\"RuleName\":\"-\",\"UtcT"
		"ime\":\"$u\",\"ProcessGuid\":\"{747F3D96-$d-67D0-$d-$g}\",\"ProcessId\":1$d,\"Image\":\"C:\\\\Program Files\\\\G"
		"oogle\\\\Chrome\\\\Application\\\\chrome.exe\",\"User\":\"BRACKWATER\\\\$x\",\"Protocol\":\"tcp\",\"Initiated\":"
		"\"true\",\"SourceIsIpv6\":\"false\",\"SourceIp\":\"$i\",\"SourceHostname\":\"$y.brackwater.example\",\"SourcePor"
		"t\":$p,\"SourcePortName\":\"-\",\"DestinationIsIpv6\":\"false\",\"DestinationIp\":\"$o\",\"DestinationHostname\""
		":\"$w.example.net\",\"DestinationPort\":443,\"DestinationPortName\":\"https\"}"},
	{1400,
		"{\"@timestamp\":\"$t\",\"Hostname\":\"$y.brackwater.example\",\"EventID\":7,\"Channel\":\"Microsoft-Windows-Sysm"
		"on/Operational\",\"SourceName\":\"Microsoft-Windows-Sysmon\",\"RecordNumber\":$n,\"Severity\":\"INFO\",\"Executi"
		"onProcessID\":2748,\"Category\":\"Image loaded (rule: ImageLoad)\",\"RuleName\":\"-\",\"UtcTime\":\"$u\",\"Proce"
		"ssGuid\":\"{747F3D96-$d-67D0-$d-$g}\",\"ProcessId\":1$d,\"Image\":\"C:\\\\Windows\\\\System32\\\\svchost.exe\","
		"\"User\":\"BRACKWATER\\\\$x\",\"ImageLoaded\":\"C:\\\\Windows\\\\System32\\\\$w.dll\",\"Product\":\"Microsoft Wi"
		"ndows Operating System\",\"Company\":\"Microsoft Corporation\",\"OriginalFileName\":\"$w.dll\",\"Hashes\":\"MD5="
		"$h,SHA256=$h$h,IMPHASH=$h\",\"Signed\":\"true\",\"Signature\":\"Microsoft Windows\",\"SignatureStatus\":\"Valid"
		"\"}"},
	{700,
		"{\"@timestamp\":\"$t\",\"Hostname\":\"$y.brackwater.example\",\"EventID\":11,\"Channel\":\"Microsoft-Windows-Sys"
		"mon/Operational\",\"SourceName\":\"Microsoft-Windows-Sysmon\",\"RecordNumber\":$n,\"Severity\":\"INFO\",\"Execut"
		"ionProcessID\":2748,\"Category\":\"File created (rule: FileCreate)\",\"RuleName\":\"-\",\"UtcTime\":\"$u\",\"Pro"
		"cessGuid\":\"{747F3D96-$d-67D0-$d-$g}\",\"ProcessId\":1$d,\"Image\":\"C:\\\\Program Files\\\\Google\\\\Chrome\\"
		"\\Application\\\\chrome.exe\",\"User\":\"BRACKWATER\\\\$x\",\"TargetFilename\":\"C:\\\\Users\\\\$x\\\\$z\",\"Cre"
		"ationUtcTime\":\"$u\"}"},
	{600,
		"{\"@timestamp\":\"$t\",\"Hostname\":\"$y.brackwater.example\",\"EventID\":13,\"Channel\":\"Microsoft-Windows-Sys"
		"mon/Operational\",\"SourceName\":\"Microsoft-Windows-Sysmon\",\"RecordNumber\":$n,\"Severity\":\"INFO\",\"Execut"
		"ionProcessID\":2748,\"Category\":\"Registry value set (rule: RegistryEvent)\",\"RuleName\":\"-\",\"UtcTime\":\"$"
		"u\",\"ProcessGuid\":\"{747F3D96-$d-67D0-$d-$g}\",\"ProcessId\":1$d,\"Image\":\"C:\\\\Windows\\\\System32\\\\svch"
		"ost.exe\",\"User\":\"BRACKWATER\\\\$x\",\"TargetObject\":\"HKLM\\\\System\\\\CurrentControlSet\\\\Services\\\\ba"
		"m\\\\State\\\\UserSettings\\\\S-1-5-21-$d-$d-$d\\\\$w\",\"Details\":\"Binary Data\"}"},
	{400,
		"{\"@timestamp\":\"$t\",\"Hostname\":\"$y.brackwater.example\",\"EventID\":22,\"Channel\":\"Microsoft-Windows-Sys"
		"mon/Operational\",\"SourceName\":\"Microsoft-Windows-Sysmon\",\"RecordNumber\":$n,\"Severity\":\"INFO\",\"Execut"
		"ionProcessID\":2748,\"Category\":\"Dns query (rule: DnsQuery)\",\"RuleName\":\"-\",\"UtcTime\":\"$u\",\"ProcessG"
		"uid\":\"{747F3D96-$d-67D0-$d-$g}\",\"ProcessId\":1$d,\"Image\":\"C:\\\\Program Files\\\\Google\\\\Chrome\\\\Appl"
		"ication\\\\chrome.exe\",\"User\":\"BRACKWATER\\\\$x\",\"QueryName\":\"$w$d.example.com\",\"QueryStatus\":\"0\","
		"\"QueryResults\":\"::ffff:$o;::ffff:$o;\"}"},
	{3,
		"{\"@timestamp\":\"$t\",\"Hostname\":\"$y.brackwater.example\",\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysm"
		"on/Operational\",\"SourceName\":\"Microsoft-Windows-Sysmon\",\"RecordNumber\":$n,\"Severity\":\"INFO\",\"Executi"
		"onProcessID\":2748,\"Category\":\"Process Create (rule: ProcessCreate)\",\"RuleName\":\"-\",\"UtcTime\":\"$u\","
		"\"ProcessGuid\":\"{747F3D96-$d-67D0-$d-$g}\",\"ProcessId\":1$d,\"Image\":\"C:\\\\Windows\\\\System32\\\\WindowsP"
		"owerShell\\\\v1.0\\\\powershell.exe\",\"Company\":\"Microsoft Corporation\",\"OriginalFileName\":\"PowerShell.EX"
		"E\",\"CommandLine\":\"powershell.exe -NoP -W Hidden -Enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA$g\",\"CurrentD"
		"irectory\":\"C:\\\\Windows\\\\System32\\\\\",\"User\":\"BRACKWATER\\\\$x\",\"LogonId\":\"0xb7a4b\",\"IntegrityLe"
		"vel\":\"Medium\",\"Hashes\":\"MD5=$h,SHA256=$h$h,IMPHASH=$h\",\"ParentProcessGuid\":\"{747F3D96-$d-67D0-$d-$g}\""
		",\"ParentProcessId\":1$d,\"ParentImage\":\"C:\\\\Program Files\\\\Microsoft Office\\\\root\\\\Office16\\\\WINWOR"
		"D.EXE\",\"ParentCommandLine\":\"\\\"WINWORD.EXE\\\" /n \\\"C:\\\\Users\\\\$x\\\\$w.docm\\\"\"}"},
	{2,
		"{\"@timestamp\":\"$t\",\"Hostname\":\"$y.brackwater.example\",\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysm"
		"on/Operational\",\"SourceName\":\"Microsoft-Windows-Sysmon\",\"RecordNumber\":$n,\"Severity\":\"INFO\",\"Executi"
		"onProcessID\":2748,\"Category\":\"Process Create (rule: ProcessCreate)\",\"RuleName\":\"-\",\"UtcTime\":\"$u\","
		"\"ProcessGuid\":\"{747F3D96-$d-67D0-$d-$g}\",\"ProcessId\":1$d,\"Image\":\"C:\\\\Windows\\\\System32\\\\schtasks"
		".exe\",\"Company\":\"Microsoft Corporation\",\"OriginalFileName\":\"schtasks.exe\",\"CommandLine\":\"schtasks /c"
		"reate /sc minute /mo 30 /tn $w$d /tr \\\"powershell -w hidden -f C:\\\\Users\\\\Public\\\\$w.ps1\\\" /ru SYSTEM"
		"\",\"CurrentDirectory\":\"C:\\\\Windows\\\\System32\\\\\",\"User\":\"BRACKWATER\\\\$x\",\"LogonId\":\"0xb7a4b\","
		"\"IntegrityLevel\":\"Medium\",\"Hashes\":\"MD5=$h,SHA256=$h$h,IMPHASH=$h\",\"ParentProcessGuid\":\"{747F3D96-$d-"
		"67D0-$d-$g}\",\"ParentProcessId\":1$d,\"ParentImage\":\"C:\\\\Windows\\\\System32\\\\cmd.exe\",\"ParentCommandLi"
		"ne\":\"cmd.exe\"}"},
	{0, NULL}
};
