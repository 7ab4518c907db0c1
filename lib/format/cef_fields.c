/* The dictionaries of CEF and LEEF: what their keys become. */
#include "lib/format/cef.h"
#include "lib/format/syslog.h"
#include "lib/format/when.h"

#include "lib/base/num.h"

enum what { FIELD, ADDRESS, TIME, TIME_FORMAT, MESSAGE, ACTION, LOWER, HASH, DIRECTION, CODE };

#define ROW(key, what, field) {SLICE_INIT(key), what, field}
static const struct {
	struct slice key;
	enum what what;
	enum field field;
} rows[] = {
	ROW("src", ADDRESS, F_source_ip), ROW("c6a2", ADDRESS, F_source_ip), ROW("spt", FIELD, F_source_port), ROW("srcPort",
	FIELD, F_source_port),
	ROW("shost", FIELD, F_source_domain), ROW("smac", FIELD, F_source_mac), ROW("srcMAC", FIELD, F_source_mac),
	ROW("sourceTranslatedAddress", FIELD, F_source_nat_ip), ROW("srcPostNAT", FIELD, F_source_nat_ip),
	ROW("dst", ADDRESS, F_destination_ip), ROW("c6a3", ADDRESS, F_destination_ip), ROW("dpt", FIELD, F_destination_port),
	ROW("dstPort", FIELD, F_destination_port), ROW("dhost", FIELD, F_destination_domain), ROW("dmac", FIELD,
	F_destination_mac),
	ROW("dstMAC", FIELD, F_destination_mac), ROW("destinationTranslatedAddress", FIELD, F_destination_nat_ip),
	ROW("dstPostNAT", FIELD, F_destination_nat_ip), ROW("in", FIELD, F_source_bytes), ROW("srcBytes", FIELD, F_source_bytes),
	ROW("out", FIELD, F_destination_bytes), ROW("dstBytes", FIELD, F_destination_bytes), ROW("srcPackets", FIELD,
	F_source_packets),
	ROW("dstPackets", FIELD, F_destination_packets), ROW("suser", FIELD, F_user_name), ROW("usrName", FIELD, F_user_name),
	ROW("accountName", FIELD, F_user_name), ROW("suid", FIELD, F_user_id), ROW("sntdom", FIELD, F_user_domain), ROW("domain",
	FIELD, F_user_domain),
	ROW("duser", FIELD, F_user_target_name), ROW("duid", FIELD, F_user_target_id), ROW("dntdom", FIELD, F_user_target_domain),
	ROW("act", ACTION, F_event_action), ROW("action", ACTION, F_event_action), ROW("outcome", FIELD, F_event_outcome),
	ROW("reason", FIELD, F_event_reason), ROW("proto", LOWER, F_network_transport), ROW("app", LOWER, F_network_protocol),
	ROW("request", FIELD, F_url_original), ROW("url", FIELD, F_url_original), ROW("requestMethod", FIELD,
	F_http_request_method),
	ROW("requestClientApplication", FIELD, F_user_agent_original), ROW("fname", FIELD, F_file_name), ROW("filePath", FIELD,
	F_file_path),
	ROW("fsize", FIELD, F_file_size), ROW("fileHash", HASH, FIELD_COUNT), ROW("dvc", FIELD, F_observer_ip), ROW("dvchost",
	FIELD, F_observer_name),
	ROW("devname", FIELD, F_observer_name), ROW("identHostName", FIELD, F_host_name), ROW("sproc", FIELD, F_process_name),
	ROW("spid", FIELD, F_process_pid), ROW("externalId", FIELD, F_event_id), ROW("msg", MESSAGE, F_message), ROW("rt", TIME,
	FIELD_COUNT),
	ROW("devTime", TIME, FIELD_COUNT), ROW("devTimeFormat", TIME_FORMAT, FIELD_COUNT), ROW("deviceDirection", DIRECTION,
	FIELD_COUNT),
	ROW("sev", FIELD, F_event_severity), ROW("policy", FIELD, F_rule_name), ROW("resource", FIELD, F_file_path),
	ROW("destinationServiceName", FIELD, F_service_name), ROW("dproc", FIELD, F_process_name), ROW("end", CODE, FIELD_COUNT),
	ROW("start", CODE, FIELD_COUNT), ROW("UNIFIutcTime", TIME, FIELD_COUNT),
};

static struct slice
lower(struct event *e, struct slice v)
{
	struct slice copy = event_keep(e, slice_head(v, 256));

	for (size_t i = 0; i < copy.n; i++)
		if (copy.p[i] >= 'A' && copy.p[i] <= 'Z')
			((char *)(uintptr_t)copy.p)[i] |= 0x20;
	return copy;
}

static void
hash(struct event *e, struct slice v)
{
	enum field f = v.n == 32 ? F_file_hash_md5 : v.n == 40 ? F_file_hash_sha1 : v.n == 64 ? F_file_hash_sha256 : FIELD_COUNT;

	if (f != FIELD_COUNT)
		event_set(e, f, lower(e, v));
}

/* cs1Label, cn2Label, c6a3Label, flexString1Label ...: a name for another key's value. */
static bool
custom(struct cef_pairs *p, struct slice key, struct slice v)
{
	static const struct slice heads[] = {SLICE_INIT("cs"), SLICE_INIT("cn"), SLICE_INIT("cfp"), SLICE_INIT("c6a")};
	bool label = slice_ends(key, SLICE("Label"));
	struct slice name = label ? slice_head(key, key.n - 5) : key;

	for (size_t h = 0; h < 4; h++) {
		size_t n = heads[h].n, at;

		if (name.n != n + 1 || !slice_starts(name, heads[h]) || name.p[n] < '1' || name.p[n] > '6')
			continue;
		at = h * 6 + (size_t)(name.p[n] - '1');
		if (label)
			p->label[at] = v;
		else
			p->custom[at] = v;
		return true;
	}
	return false;
}

void
cef_pair(struct cef_pairs *p, struct slice key, struct slice v)
{
	struct event *e = p->e;
	size_t i = 0, all = sizeof rows / sizeof *rows;

	event_raw(e, key, v);
	if (v.n == 0)
		return;
	(void)custom(p, key, v);
	while (i < all && !slice_eq(rows[i].key, key))
		i++;
	if (i == all)
		return;
	switch (rows[i].what) {
	case FIELD:
		/* event.severity of LEEF may be words. */
		if (rows[i].field == F_event_severity && !num_digit(v.p[0]))
			return;
		(void)event_set(e, rows[i].field, v);
		return;
	case ADDRESS:
		event_set_address(e, rows[i].field, v);
		return;
	case LOWER:
		event_set(e, rows[i].field, lower(e, v));
		return;
	case HASH:
		hash(e, v);
		return;
	case TIME:
		p->time = v;
		return;
	case TIME_FORMAT:
		p->time_format = v;
		return;
	case MESSAGE:
		p->message = v;
		return;
	case ACTION:
		p->action = v;
		event_set(e, rows[i].field, v);
		return;
	case DIRECTION:
		event_set(e, F_network_direction, v.p[0] == '0' ? SLICE("inbound") : SLICE("outbound"));
		return;
	case CODE:
		p->code = v;
		return;
	}
}

/* 0 to 10, or words (revision 25: Unknown Low Medium High Very-High). */
static void
severity(struct event *e, struct slice v)
{
	static const struct {
		struct slice word;
		uint64_t n;
	} words[] = {{SLICE_INIT("Low"), 3}, {SLICE_INIT("Medium"), 6}, {SLICE_INIT("High"), 8}, {SLICE_INIT("Very-High"), 10},
	    {SLICE_INIT("Critical"), 10}, {SLICE_INIT("Informational"), 0}};
	uint64_t n;

	if (num_u64(v, &n)) {
		event_set_u64(e, F_event_severity, n);
		return;
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_eq_nocase(v, words[i].word))
			event_set_u64(e, F_event_severity, words[i].n);
}

/* Products that rules name otherwise than their vendors do. */
static void
source(struct event *e, const struct cef_head *h)
{
	static const struct {
		struct slice vendor, product, service, category;
	} known[] = {
		{SLICE_INIT("Palo Alto"), SLICE_INIT("paloalto"), SLICE_INIT(""), SLICE_INIT("firewall")},
		{SLICE_INIT("Fortinet"), SLICE_INIT("fortigate"), SLICE_INIT(""), SLICE_INIT("firewall")},
		{SLICE_INIT("Check Point"), SLICE_INIT("checkpoint"), SLICE_INIT(""), SLICE_INIT("firewall")},
		{SLICE_INIT("CISCO"), SLICE_INIT("cisco"), SLICE_INIT(""), SLICE_INIT("")},
		{SLICE_INIT("Cisco"), SLICE_INIT("cisco"), SLICE_INIT(""), SLICE_INIT("")},
		{SLICE_INIT("SonicWall"), SLICE_INIT("sonicwall"), SLICE_INIT(""), SLICE_INIT("firewall")},
		{SLICE_INIT("Zscaler"), SLICE_INIT("zscaler"), SLICE_INIT(""), SLICE_INIT("proxy")},
		{SLICE_INIT("Forcepoint"), SLICE_INIT("forcepoint"), SLICE_INIT(""), SLICE_INIT("proxy")},
		{SLICE_INIT("Trend Micro"), SLICE_INIT("trendmicro"), SLICE_INIT(""), SLICE_INIT("antivirus")},
	};
	struct slice vendor = lower(e, h->vendor), product = lower(e, h->product);

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (slice_has(h->vendor, known[i].vendor)) {
			event_ls(e, known[i].product, product, known[i].category);
			return;
		}
	if (vendor.n)
		event_ls(e, vendor, product, (struct slice){NULL, 0});
}

static bool
says(struct slice v, const char *word)
{
	return slice_starts_nocase(v, slice_str(word));
}

static void
verdict(struct event *e, struct slice act)
{
	if (says(act, "block") || says(act, "den") || says(act, "drop") || says(act, "reject") || says(act, "reset")) {
		event_lit(e, F_event_type, "denied");
	} else if (says(act, "allow") || says(act, "accept") || says(act, "permit") || says(act, "pass")) {
		event_lit(e, F_event_type, "allowed");
	}
}

void
cef_done(struct cef_pairs *p, const struct cef_head *h)
{
	struct event *e = p->e;
	struct when w;

	for (size_t i = 0; i < 24; i++)
		if (p->label[i].n && p->label[i].n <= 64 && p->custom[i].n)
			event_raw(e, p->label[i], p->custom[i]);
	event_lit(e, F_event_kind, "event");
	event_lit(e, F_event_dataset, "cef");
	event_set(e, F_event_code, h->id);
	event_set(e, F_observer_vendor, h->vendor);
	event_set(e, F_observer_product, h->product);
	event_set(e, F_rule_name, h->name);
	event_set(e, F_message, p->message.n ? p->message : h->name);
	if (h->severity.n)
		severity(e, h->severity);
	if (event_has(e, F_source_ip) || event_has(e, F_destination_ip))
		event_lit(e, F_event_category, "network");
	verdict(e, p->action);
	source(e, h);
	if (p->time_format.n && when_read(p->time, p->time_format, &w) == p->time.n && p->time.n)
		when_set(p->c, e, &w);
	else if (!when_any(p->c, e, p->time) && !e->timed)
		(void)when_any(p->c, e, p->code);
}
