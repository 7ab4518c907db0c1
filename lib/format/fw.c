/* PAN-OS and pf, and the format for firewalls' lines that stand without a syslog header. */
#include "lib/format/fw.h"
#include "lib/format/syslog.h"
#include "lib/format/when.h"

#include "lib/base/num.h"

enum { LINES_LOOKED = 20, COLUMNS = 128 };

/* ---- CSV of one line ------------------------------------------------------------------------------- */

/* A column; quotes around it are taken off, "" inside is left as two: no field of ours holds one. */
static struct slice
column(struct slice *rest)
{
	struct slice v;
	size_t end;

	if (rest->n == 0 || rest->p[0] != '"')
		return slice_cut(rest, ',');
	for (end = 1; end < rest->n; end++)
		if (rest->p[end] == '"' && (end + 1 == rest->n || rest->p[end + 1] == ','))
			break;
	v = slice_of(rest->p + 1, end - 1);
	*rest = slice_from(*rest, end + 1);
	if (rest->n)
		(void)slice_cut(rest, ',');
	else
		rest->p = NULL;
	return v;
}

static size_t
columns(struct slice s, struct slice v[COLUMNS])
{
	size_t n = 0;

	while (s.p && n < COLUMNS)
		v[n++] = column(&s);
	return n;
}

/* ---- PAN-OS ---------------------------------------------------------------------------------------- */

/*
 * Names as the vendor's field lists have them (Syslog Field Descriptions); - is not used.  What follows differs by version:
 * colNN.
 */
static const char *const traffic[] = {"-", "receive_time", "serial", "type", "subtype", "-", "time_generated", "src", "dst",
    "natsrc", "natdst",
    "rule", "srcuser", "dstuser", "app", "vsys", "from", "to", "inbound_if", "outbound_if", "logset", "-", "sessionid",
    "repeatcnt", "sport", "dport",
    "natsport", "natdport", "flags", "proto", "action", "bytes", "bytes_sent", "bytes_received", "packets", "start", "elapsed",
    "category"};
static const char *const threat[] = {"-", "receive_time", "serial", "type", "subtype", "-", "time_generated", "src", "dst",
    "natsrc", "natdst",
    "rule", "srcuser", "dstuser", "app", "vsys", "from", "to", "inbound_if", "outbound_if", "logset", "-", "sessionid",
    "repeatcnt", "sport", "dport",
    "natsport", "natdport", "flags", "proto", "action", "misc", "threatid", "category", "severity", "direction", "seqno",
    "actionflags", "srcloc",
    "dstloc", "-", "contenttype", "pcap_id", "filedigest", "cloud", "url_idx", "user_agent", "filetype", "xff", "referer",
    "sender", "subject",
    "recipient", "reportid"};
static const char *const system_names[] = {"-", "receive_time", "serial", "type", "subtype", "-", "time_generated", "vsys",
    "eventid", "object", "-",
    "-", "module", "severity", "opaque", "seqno"};
static const char *const config[] = {"-", "receive_time", "serial", "type", "subtype", "-", "time_generated", "host", "vsys",
    "cmd", "admin", "client",
    "result", "path", "seqno"};
static const char *const globalprotect[] = {"-", "receive_time", "serial", "type", "subtype", "-", "time_generated", "vsys",
    "eventid", "stage",
    "auth_method", "tunnel_type", "srcuser", "srcregion", "machinename", "public_ip", "public_ipv6", "private_ip", "private_ipv6",
    "hostid",
    "serialnumber", "client_ver", "client_os", "client_os_ver", "repeatcnt", "reason", "error", "opaque", "status"};

static const struct {
	struct slice type;
	const char *const *names;
	size_t n;
} types[] = {
	{SLICE_INIT("TRAFFIC"), traffic, sizeof traffic / sizeof *traffic}, {SLICE_INIT("THREAT"), threat,
	sizeof threat / sizeof *threat},
	{SLICE_INIT("SYSTEM"), system_names, sizeof system_names / sizeof *system_names}, {SLICE_INIT("CONFIG"), config,
	sizeof config / sizeof *config},
	{SLICE_INIT("GLOBALPROTECT"), globalprotect, sizeof globalprotect / sizeof *globalprotect}, {SLICE_INIT("HIPMATCH"),
	traffic, 7},
	{SLICE_INIT("USERID"), traffic, 7}, {SLICE_INIT("AUTHENTICATION"), traffic, 7}, {SLICE_INIT("DECRYPTION"), traffic, 31},
	{SLICE_INIT("CORRELATION"), traffic, 7}, {SLICE_INIT("GTP"), traffic, 7}, {SLICE_INIT("TUNNEL"), traffic, 31},
};

static size_t
type_of(struct slice s)
{
	size_t i = 0;

	while (i < sizeof types / sizeof *types && !slice_eq(types[i].type, s))
		i++;
	return i;
}

bool
fw_panos_is(struct slice msg)
{
	struct slice v[4];
	struct when w;

	for (size_t i = 0; i < 4; i++)
		v[i] = msg.p ? slice_cut(&msg, ',') : (struct slice){NULL, 0};
	return v[0].n <= 2 && when_read(v[1], SLICE("yyyy/MM/dd HH:mm:ss"), &w) == v[1].n && v[1].n &&
	    type_of(v[3]) < sizeof types / sizeof *types;
}

static const struct {
	struct slice name;
	enum field field;
} panos_fields[] = {
	{SLICE_INIT("src"), F_source_ip}, {SLICE_INIT("dst"), F_destination_ip}, {SLICE_INIT("public_ip"), F_source_ip},
	{SLICE_INIT("natsrc"), F_source_nat_ip}, {SLICE_INIT("natdst"), F_destination_nat_ip}, {SLICE_INIT("sport"),
	F_source_port},
	{SLICE_INIT("dport"), F_destination_port}, {SLICE_INIT("rule"), F_rule_name}, {SLICE_INIT("srcuser"), F_user_name},
	{SLICE_INIT("dstuser"), F_user_target_name}, {SLICE_INIT("admin"), F_user_name}, {SLICE_INIT("app"), F_network_protocol},
	{SLICE_INIT("proto"), F_network_transport}, {SLICE_INIT("action"), F_event_action}, {SLICE_INIT("cmd"), F_event_action},
	{SLICE_INIT("eventid"), F_event_code}, {SLICE_INIT("bytes"), F_network_bytes}, {SLICE_INIT("bytes_sent"), F_source_bytes},
	{SLICE_INIT("bytes_received"), F_destination_bytes}, {SLICE_INIT("packets"), F_network_packets}, {SLICE_INIT("opaque"),
	F_message},
	{SLICE_INIT("severity"), F_log_level}, {SLICE_INIT("seqno"), F_event_sequence}, {SLICE_INIT("machinename"), F_host_name},
	{SLICE_INIT("user_agent"), F_user_agent_original}, {SLICE_INIT("reason"), F_event_reason}, {SLICE_INIT("host"),
	F_source_ip},
	{SLICE_INIT("referer"), F_http_request_referrer},
};

static void
panos_field(struct event *e, struct slice name, struct slice v)
{
	for (size_t i = 0; i < sizeof panos_fields / sizeof *panos_fields; i++) {
		enum field f = panos_fields[i].field;

		if (!slice_eq(panos_fields[i].name, name))
			continue;
		if (f == F_source_ip || f == F_destination_ip)
			event_set_address(e, f, v);
		else if (!((f == F_source_nat_ip || f == F_destination_nat_ip) && slice_eq(v, SLICE("0.0.0.0"))))
			(void)event_set(e, f, v);
	}
	if (slice_eq(name, SLICE("threatid")))
		event_set(e, F_rule_id, v);
	if (slice_eq(name, SLICE("misc")))
		event_set(e, F_url_original, v);
}

static void
panos_verdict(struct event *e, struct slice action)
{
	bool allow = slice_eq(action, SLICE("allow")) || slice_eq(action, SLICE("alert"));

	event_lit(e, F_event_category, "network");
	if (action.n)
		body_what(e, SLICE(""), allow ? SLICE("allowed") : SLICE("denied"), SLICE(""), allow ? SLICE("success") :
		    SLICE("failure"));
}

bool
fw_panos(struct event *e, const struct format_context *c, struct slice msg)
{
	struct slice v[COLUMNS];
	struct when w;
	struct buf b = {0};
	size_t n, t;

	if (!fw_panos_is(msg))
		return false;
	n = columns(msg, v);
	/* Quotes may cut otherwise than the first look did. */
	t = n > 3 ? type_of(v[3]) : sizeof types / sizeof *types;
	if (t == sizeof types / sizeof *types)
		return false;
	e->raws = 0;
	for (size_t i = 0; i < n; i++) {
		struct slice name = i < types[t].n ? slice_str(types[t].names[i]) : (struct slice){NULL, 0};

		if (slice_eq(name, SLICE("-")) || (name.n == 0 && v[i].n == 0))
			continue;
		if (name.n == 0) {
			buf_reset(&b);
			buf_lit(&b, "col");
			buf_u64(&b, i + 1);
			name = event_keep(e, buf_slice(&b));
		} else {
			panos_field(e, name, v[i]);
		}
		event_raw(e, name, v[i]);
	}
	buf_free(&b);
	event_lit(e, F_event_kind, "event");
	event_lit(e, F_observer_vendor, "Palo Alto Networks");
	event_lit(e, F_event_dataset, "paloalto.panos");
	if (types[t].n >= 31)
		panos_verdict(e, n > 30 ? v[30] : (struct slice){NULL, 0});
	event_ls(e, SLICE("paloalto"), t == 4 ? SLICE("globalprotect") : t == 0 ? SLICE("traffic") : t == 1 ? SLICE("threat") :
	    SLICE("system"),
	    types[t].n >= 31 ? SLICE("firewall") : (struct slice){NULL, 0});
	/* The syslog header's time has a zone, this has not. */
	if (!e->timed && n > 6 && (when_read(v[6], SLICE("yyyy/MM/dd HH:mm:ss"), &w) || when_read(v[1],
	    SLICE("yyyy/MM/dd HH:mm:ss"), &w)))
		when_set(c, e, &w);
	return true;
}

/* ---- pf -------------------------------------------------------------------------------------------- */

/* rule,sub,anchor,tracker,if,reason,action,direction,ipversion,... (pfSense, Raw Filter Log Format) */
bool
fw_pf(struct event *e, struct slice msg)
{
	static const char *const head[] = {"rule", "sub_rule", "anchor", "tracker", "interface", "reason", "action", "direction",
	    "ip_version"};
	struct slice v[COLUMNS], proto;
	size_t n = columns(msg, v), src, ports;
	bool four;

	if (n < 20 || !(slice_eq(v[8], SLICE("4")) || slice_eq(v[8], SLICE("6"))))
		return false;
	four = v[8].p[0] == '4';
	/* IPv4: tos,ecn,ttl,id,offset,flags,protoid,proto,length,src,dst; IPv6: class,label,hops,proto,protoid,length,src,dst */
	src = four ? 18 : 15;
	proto = four ? v[16] : v[12];
	ports = src + 2;
	for (size_t i = 0; i < 9; i++)
		event_raw(e, slice_str(head[i]), v[i]);
	if (src + 1 >= n)
		return false;
	event_raw(e, SLICE("proto"), proto);
	event_raw(e, SLICE("src"), v[src]);
	event_raw(e, SLICE("dst"), v[src + 1]);
	event_set_address(e, F_source_ip, v[src]);
	event_set_address(e, F_destination_ip, v[src + 1]);
	event_set(e, F_network_transport, slice_starts_nocase(proto, SLICE("tcp")) ? SLICE("tcp") : slice_starts_nocase(proto,
	    SLICE("udp")) ?
	    SLICE("udp") : proto);
	(void)event_set(e, F_network_bytes, v[src - 1]);
	if (ports + 1 < n && (slice_starts_nocase(proto, SLICE("tcp")) || slice_starts_nocase(proto, SLICE("udp")))) {
		event_raw(e, SLICE("src_port"), v[ports]);
		event_raw(e, SLICE("dst_port"), v[ports + 1]);
		(void)event_set(e, F_source_port, v[ports]);
		(void)event_set(e, F_destination_port, v[ports + 1]);
	}
	body_what(e, SLICE("network"), slice_eq(v[6], SLICE("pass")) ? SLICE("allowed") : SLICE("denied"), v[6],
	    slice_eq(v[6], SLICE("pass")) ? SLICE("success") : SLICE("failure"));
	event_set(e, F_network_direction, slice_eq(v[7], SLICE("in")) ? SLICE("ingress") : SLICE("egress"));
	event_set(e, F_rule_id, v[3]);
	event_lit(e, F_event_dataset, "pf.filterlog");
	event_ls(e, SLICE("pf"), SLICE("filterlog"), SLICE("firewall"));
	return true;
}

/* ---- the format ------------------------------------------------------------------------------------ */

static int
sniff(struct slice head)
{
	struct slice rest = head;
	int lines = 0, good = 0;

	while (rest.p && lines < LINES_LOOKED) {
		struct slice line = slice_trim(slice_cut(&rest, '\n'));

		if (line.n == 0)
			continue;
		if (rest.p == NULL && lines)
			break;
		lines++;
		good += fw_panos_is(line) || (line.p[0] == '%' && fw_cisco_is(line));
	}
	return lines ? good * 96 / lines : 0;
}

static bool
parse(struct slice record, struct format_room *room, struct event *e, bool *skip, struct fault *f)
{
	struct slice line = slice_trim(record);

	if (line.n == 0) {
		*skip = true;
		return true;
	}
	line = format_text(e, line);
	event_lit(e, F_event_kind, "event");
	if (fw_panos(e, room->c, line) || fw_cisco(e, line))
		return true;
	return fault_near(f, "fw-line: neither PAN-OS nor Cisco", line, 0);
}

const struct format format_fw = {
	.name = "fw",
	.title = "firewalls without a syslog header: PAN-OS, Cisco ASA, FTD and IOS",
	.standard = "PAN-OS syslog field descriptions, Cisco ASA syslog messages",
	.sniff = sniff,
	.parse = parse,
};
