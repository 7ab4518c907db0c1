/* event: foreign shapes against goldens, log sources of Windows, and broken objects. */
#include "lib/event/record.h"
#include "lib/event/shape.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

struct bench {
	struct shape_set *set;
	struct json *j;
	uint32_t *slots;
	struct event e;
	struct buf out;
};

static void
wrap_all(struct bench *b, struct slice in)
{
	struct shape_options o = {0};
	struct fault f;
	uint64_t n = 0;

	buf_reset(&b->out);
	event_reset(&b->e);
	json_block(b->j, in);
	while (json_line(b->j, &f)) {
		struct record r = {.kind = KIND_FOREIGN, .j = b->j, .line = b->j->line, .off = b->j->at, .rec = ++n};

		if (OK(b->j->ok, "line %llu", (unsigned long long)n))
			event_wrap(b->set, &o, &r, SLICE("x"), b->slots, &b->e, &b->out);
	}
}

static void
check_goldens(struct bench *b)
{
	static const char *const name[] = {"sysmon", "windows", "evtx_dump", "winlogbeat", "eve", "zeek", "cloudtrail",
	    "others", "odd"};
	struct buf path = {0};

	for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
		struct slice in;

		buf_reset(&path);
		buf_str(&path, unit_srcdir());
		buf_lit(&path, "/tests/golden/event/");
		buf_str(&path, name[i]);
		buf_lit(&path, ".in");
		in = unit_file(buf_cstr(&path));
		wrap_all(b, in);
		path.n -= 3;
		buf_lit(&path, ".out");
		SAME(buf_slice(&b->out), unit_file(buf_cstr(&path)), name[i]);
	}
	buf_free(&path);
}

static void
check_sources(void)
{
	static const struct {
		const char *channel;
		uint64_t id;
		const char *type, *want;
	} row[] = {
		{"Microsoft-Windows-Sysmon/Operational", 1, "", "windows/sysmon/process_creation"},
		{"microsoft-windows-sysmon/operational", 11, "", "windows/sysmon/file_event"},
		{"Microsoft-Windows-Sysmon/Operational", 12, "DeleteKey",
		"windows/sysmon/registry_event windows/sysmon/registry_delete"},
		{"Microsoft-Windows-Sysmon/Operational", 12, "CreateKey",
		"windows/sysmon/registry_event windows/sysmon/registry_add"},
		{"Microsoft-Windows-Sysmon/Operational", 13, "", "windows/sysmon/registry_event windows/sysmon/registry_set"},
		{"Microsoft-Windows-Sysmon/Operational", 24, "",
		"windows/sysmon/clipboard_change windows/sysmon/clipboard_capture"},
		{"Microsoft-Windows-Sysmon/Operational", 255, "", "windows/sysmon/sysmon_error"},
		{"Microsoft-Windows-Sysmon/Operational", 99, "", "windows/sysmon/"},
		{"Linux-Sysmon/Operational", 1, "", "linux/sysmon/process_creation"},
		{"Security", 4688, "", "windows/security/process_creation"}, {"SECURITY", 4624, "", "windows/security/"},
		{"Windows PowerShell", 800, "", "windows/powershell-classic/ps_classic_script"},
		{"PowerShellCore/Operational", 4104, "", "windows/powershell/ps_script"},
		{"Microsoft-Windows-Windows Defender/Operational", 1011, "", "windows/windefend/antivirus"},
		{"Microsoft-Windows-Windows Defender/Operational", 1013, "", "windows/windefend/"},
		{"Microsoft-Windows-AppLocker/EXE and DLL", 8004, "", "windows/applocker/"},
		{"Microsoft-Windows-DNS-Server/Audit", 1, "", "windows/dns-server-audit/"},
		{"Microsoft-ServiceBus-Client/Admin", 1, "", "windows/servicebus-client/ windows/microsoft-servicebus-client/"},
		{"Microsoft-Windows-Kernel-File", 27, "", "windows//file_rename"}, {"Some/Other", 1, "", "windows//"},
	};
	struct buf got = {0};

	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct logsource ls[EVENT_LS_MAX];
		unsigned n = windows_sources(slice_str(row[i].channel), row[i].id, slice_str(row[i].type), ls);

		buf_reset(&got);
		for (unsigned k = 0; k < n; k++) {
			if (k)
				buf_byte(&got, ' ');
			buf_slice_add(&got, ls[k].product);
			buf_byte(&got, '/');
			buf_slice_add(&got, ls[k].service);
			buf_byte(&got, '/');
			buf_slice_add(&got, ls[k].category);
		}
		SAME(buf_slice(&got), slice_str(row[i].want), row[i].channel);
	}
	buf_free(&got);
}

/* The sources alone are those of the whole record, and the wrapped line is one that we read. */
static void
check_agreement(struct bench *b)
{
	struct logsource ls[EVENT_LS_MAX];
	struct shape_options o = {.assume = {SLICE("linux"), SLICE("auditd"), SLICE("")}};
	struct fault f;
	unsigned n;

	OK(json_one(b->j, SLICE("{\"EventID\":4688,\"Channel\":\"Secur\\u0069ty\",\"Computer\":\"x\"}"), &f), "scan");
	n = shape_sources(b->set, &o, b->j, 0, b->slots, ls);
	event_reset(&b->e);
	SAME(shape_fill(b->set, &o, b->j, 0, b->slots, &b->e), SLICE("windows"), "an escaped channel");
	INT(n, b->e.ls_n, "sources");
	SAME(ls[0].category, SLICE("process_creation"), "category");
	OK(json_one(b->j, SLICE("{\"a\":1}"), &f), "scan");
	INT(shape_sources(b->set, &o, b->j, 0, b->slots, ls), 1, "assumed");
	SAME(ls[0].service, SLICE("auditd"), "assumed service");
	OK(json_one(b->j, SLICE("[1]"), &f), "scan");
	INT(shape_sources(b->set, &o, b->j, 0, b->slots, ls), 0, "no object");
}

struct pair {
	const char *name, *value;
};

static struct slice
pair_get(void *self, struct slice name)
{
	for (const struct pair *p = self; p->name; p++)
		if (slice_eq(name, slice_str(p->name)))
			return slice_str(p->value);
	return (struct slice){0};
}

/* The ways in for EVTX and for Zeek's TSV. */
static void
check_columns(struct bench *b)
{
	struct pair logon[] = {{"TargetUserName", "bob"}, {"IpAddress", "192.0.2.1"}, {NULL, NULL}};
	struct pair dns[] = {{"id.orig_h", "192.0.2.1"}, {"answers", "192.0.2.5,x.example,192.0.2.6"}, {"query", "(empty)"},
	    {NULL, NULL}};
	struct windows_data data = {pair_get, logon};
	struct shape_columns columns = {pair_get, dns};

	event_reset(&b->e);
	windows_fields(&b->e, SLICE("Security"), 4625, &data);
	SAME(event_get(&b->e, F_user_name), SLICE("bob"), "logon: who");
	SAME(event_get(&b->e, F_event_outcome), SLICE("failure"), "logon: outcome");
	event_reset(&b->e);
	zeek_fields(&b->e, SLICE("dns"), &columns);
	SAME(event_get(&b->e, F_dns_resolved_ip), SLICE("192.0.2.5"), "answers");
	OK(!event_has(&b->e, F_dns_question_name), "(empty) is unset");
	SAME(b->e.ls[0].service, SLICE("dns"), "log source");
}

int
main(void)
{
	struct bench b = {.set = shape_set_new(), .j = json_new(&json_limits_stream)};

	b.slots = mem_zero(shape_slots(b.set), sizeof *b.slots);
	check_goldens(&b);
	check_sources();
	check_agreement(&b);
	check_columns(&b);
	free(b.slots);
	event_free(&b.e);
	buf_free(&b.out);
	json_free(b.j);
	shape_set_free(b.set);
	return unit_done();
}
