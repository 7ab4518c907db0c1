/* Pairs on a line: logfmt, and the logs of FortiGate, Sophos and SonicWall, which differ by their keys alone. */
#include "lib/format/kv.h"
#include "lib/format/syslog.h"
#include "lib/format/when.h"

#include "lib/base/num.h"

enum { LINES_LOOKED = 20, PAIRS_MAX = 1024 };

struct pair {
	struct slice key, value;
	bool valued;
};

static bool
key_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || num_digit(c) || c == '_' || c == '-' || c == '.' || c == '/' ||
	    c == '@' || c == ':';
}

/* "..." with \" inside; what is escaped is undone if e is given. */
static struct slice
quoted(struct slice *rest, struct event *e)
{
	struct buf b = {0};
	size_t i = 1;
	bool escaped = false;
	struct slice v;

	for (; i < rest->n && rest->p[i] != '"'; i++)
		if (rest->p[i] == '\\' && i + 1 < rest->n) {
			escaped = true;
			i++;
		}
	v = slice_of(rest->p + 1, (i < rest->n ? i : rest->n) - 1);
	*rest = slice_from(*rest, i + 1);
	if (!escaped || e == NULL)
		return v;
	for (i = 0; i < v.n; i++) {
		char next = i + 1 < v.n ? v.p[i + 1] : '\0';

		if (v.p[i] == '\\' && (next == '"' || next == '\\'))
			buf_byte(&b, v.p[++i]);
		else if (v.p[i] == '\\' && (next == 'n' || next == 't')) {
			buf_byte(&b, next == 'n' ? '\n' : '\t');
			i++;
		} else {
			buf_byte(&b, v.p[i]);
		}
	}
	v = event_keep(e, buf_slice(&b));
	buf_free(&b);
	return v;
}

/* False: nothing is left. */
static bool
next(struct slice *rest, struct event *e, struct pair *p)
{
	size_t n = 0;

	while (rest->n && (rest->p[0] == ' ' || rest->p[0] == ',' || rest->p[0] == '\t' || rest->p[0] == ';'))
		*rest = slice_from(*rest, 1);
	if (rest->n == 0)
		return false;
	while (n < rest->n && key_byte(rest->p[n]))
		n++;
	*p = (struct pair){.key = slice_head(*rest, n), .valued = n > 0 && n < rest->n && rest->p[n] == '='};
	if (!p->valued) {
		size_t word = slice_find(*rest, ' ');

		p->key = slice_head(*rest, word);
		*rest = slice_from(*rest, word);
		return true;
	}
	*rest = slice_from(*rest, n + 1);
	if (rest->n && rest->p[0] == '"') {
		p->value = quoted(rest, e);
	} else {
		p->value = slice_head(*rest, slice_find(*rest, ' '));
		*rest = slice_from(*rest, p->value.n);
		if (p->value.n && (p->value.p[p->value.n - 1] == ',' || p->value.p[p->value.n - 1] == ';'))
			p->value.n--;
	}
	return true;
}

bool
kv_is(struct slice line)
{
	struct pair p;
	unsigned pairs = 0, words = 0;

	while (words < 64 && next(&line, NULL, &p)) {
		words++;
		pairs += p.valued;
	}
	return pairs >= 3 && pairs * 10 >= words * 9;
}

/* ---- what the keys mean ---------------------------------------------------------------------------- */

enum what { FIELD, ADDRESS, TIME, LOWER, ACTION };

#define ROW(key, what, field) {SLICE_INIT(key), what, field}
static const struct {
	struct slice key;
	enum what what;
	enum field field;
} rows[] = {
	ROW("srcip", ADDRESS, F_source_ip), ROW("src_ip", ADDRESS, F_source_ip), ROW("src", ADDRESS, F_source_ip), ROW("remip",
	ADDRESS, F_source_ip),
	ROW("ClientAddr", ADDRESS, F_source_ip), ROW("remote_addr", ADDRESS, F_source_ip), ROW("remote_ip", ADDRESS, F_source_ip),
	ROW("client_ip", ADDRESS, F_source_ip), ROW("srcport", FIELD, F_source_port), ROW("src_port", FIELD, F_source_port),
	ROW("srcmac", FIELD, F_source_mac), ROW("src_mac", FIELD, F_source_mac), ROW("dstip", ADDRESS, F_destination_ip),
	ROW("dst_ip", ADDRESS, F_destination_ip), ROW("dst", ADDRESS, F_destination_ip), ROW("dstport", FIELD,
	F_destination_port),
	ROW("dst_port", FIELD, F_destination_port), ROW("transip", FIELD, F_source_nat_ip), ROW("tran_src_ip", FIELD,
	F_source_nat_ip),
	ROW("tran_dst_ip", FIELD, F_destination_nat_ip), ROW("sentbyte", FIELD, F_source_bytes), ROW("rcvdbyte", FIELD,
	F_destination_bytes),
	ROW("sent_bytes", FIELD, F_source_bytes), ROW("recv_bytes", FIELD, F_destination_bytes), ROW("sentpkt", FIELD,
	F_source_packets),
	ROW("rcvdpkt", FIELD, F_destination_packets), ROW("user", FIELD, F_user_name), ROW("user_name", FIELD, F_user_name),
	ROW("username", FIELD, F_user_name), ROW("xauthuser", FIELD, F_user_name), ROW("group", FIELD, F_group_name),
	ROW("devname", FIELD, F_observer_name), ROW("device_name", FIELD, F_observer_name), ROW("fw", FIELD, F_observer_ip),
	ROW("hostname", FIELD, F_url_domain), ROW("url", FIELD, F_url_original), ROW("agent", FIELD, F_user_agent_original),
	ROW("user_agent", FIELD, F_user_agent_original), ROW("method", FIELD, F_http_request_method), ROW("status_code", FIELD,
	F_http_response_status_code),
	ROW("action", ACTION, F_event_action), ROW("fw_action", ACTION, F_event_action), ROW("log_subtype", ACTION,
	F_event_action),
	ROW("status", FIELD, F_event_reason), ROW("reason", FIELD, F_event_reason), ROW("logid", FIELD, F_event_code),
	ROW("log_id", FIELD, F_event_code),
	ROW("level", LOWER, F_log_level), ROW("lvl", LOWER, F_log_level), ROW("msg", FIELD, F_message), ROW("message", FIELD,
	F_message),
	ROW("logdesc", FIELD, F_rule_name), ROW("attack", FIELD, F_rule_name), ROW("virus", FIELD, F_rule_name), ROW("policyname",
	FIELD, F_rule_name),
	ROW("error", FIELD, F_error_message), ROW("err", FIELD, F_error_message), ROW("service", LOWER, F_network_protocol),
	ROW("protocol", LOWER, F_network_transport), ROW("filename", FIELD, F_file_name), ROW("qname", FIELD,
	F_dns_question_name),
	ROW("time", TIME, FIELD_COUNT), ROW("ts", TIME, FIELD_COUNT), ROW("timestamp", TIME, FIELD_COUNT), ROW("t", TIME,
	FIELD_COUNT),
	ROW("@timestamp", TIME, FIELD_COUNT), ROW("datetime", TIME, FIELD_COUNT),
};

struct reading {
	struct event *e;
	struct slice time, date, zone, eventtime, devid, type, log_type, proto, action, device;
};

static struct slice
lower(struct event *e, struct slice v)
{
	struct slice copy = event_keep(e, slice_head(v, 64));

	for (size_t i = 0; i < copy.n; i++)
		if (copy.p[i] >= 'A' && copy.p[i] <= 'Z')
			((char *)(uintptr_t)copy.p)[i] |= 0x20;
	return copy;
}

static void
set(struct reading *r, struct slice key, struct slice v)
{
	struct event *e = r->e;
	size_t i = 0;

	while (i < sizeof rows / sizeof *rows && !slice_eq(rows[i].key, key))
		i++;
	if (i == sizeof rows / sizeof *rows || v.n == 0 || slice_eq(v, SLICE("N/A")))
		return;
	if (rows[i].what == TIME) {
		r->time = r->time.n ? r->time : v;
	} else if (rows[i].what == ADDRESS) {
		/* SonicWall: ADDR:PORT:INTERFACE */
		size_t colon = slice_find(v, ':');
		bool bare = slice_count(v, ':') == 2 && slice_find(v, '.') < colon;
		uint64_t port;

		event_set_address(e, rows[i].field, bare ? slice_head(v, colon) : v);
		if (bare && num_digits(slice_from(v, colon + 1), 5, &port) && port <= 65535)
			event_set_u64(e, rows[i].field == F_source_ip ? F_source_port : F_destination_port, port);
	} else {
		if (rows[i].what == ACTION)
			r->action = v;
		(void)event_set(e, rows[i].field, rows[i].what == LOWER ? lower(e, v) : v);
	}
}

static void
remember(struct reading *r, struct slice key, struct slice v)
{
	const struct {
		struct slice name;
		struct slice *to;
	} parts[] = {
		{SLICE("date"), &r->date}, {SLICE("tz"), &r->zone}, {SLICE("timezone"), &r->zone}, {SLICE("eventtime"),
		&r->eventtime},
		{SLICE("devid"), &r->devid}, {SLICE("type"), &r->type}, {SLICE("log_type"), &r->log_type}, {SLICE("proto"),
		&r->proto},
		{SLICE("device"), &r->device},
	};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (slice_eq(parts[i].name, key))
			*parts[i].to = v;
}

/* eventtime counts nanoseconds (older: seconds) of UTC; else date, time and tz. */
static void
set_time(struct reading *r, const struct format_context *c)
{
	struct buf b = {0};

	if (r->eventtime.n && when_any(c, r->e, r->eventtime))
		return;
	if (r->date.n) {
		buf_slice_add(&b, r->date);
		buf_byte(&b, ' ');
		buf_slice_add(&b, r->time);
		if (r->zone.n > 2 && (r->zone.p[0] == '+' || r->zone.p[0] == '-'))
			buf_slice_add(&b, r->zone);
		r->time = event_keep(r->e, buf_slice(&b));
		buf_free(&b);
	}
	(void)when_any(c, r->e, r->time);
}

static void
verdict(struct event *e, struct slice v)
{
	static const char *const bad[] = {"deny", "denied", "block", "drop", "reject", "dropped", "reset", "client-rst",
	    "ip-conn"};
	static const char *const good[] = {"accept", "allow", "pass", "permit", "close", "timeout", "server-rst", "start"};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (slice_starts_nocase(v, slice_str(bad[i]))) {
			body_what(e, SLICE(""), SLICE("denied"), SLICE(""), SLICE("failure"));
			return;
		}
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (slice_starts_nocase(v, slice_str(good[i]))) {
			body_what(e, SLICE(""), SLICE("allowed"), SLICE(""), SLICE("success"));
			return;
		}
}

static void
transport(struct event *e, struct slice v)
{
	if (slice_eq(v, SLICE("6")))
		event_lit(e, F_network_transport, "tcp");
	else if (slice_eq(v, SLICE("17")))
		event_lit(e, F_network_transport, "udp");
	else if (slice_eq(v, SLICE("1")))
		event_lit(e, F_network_transport, "icmp");
	else if (v.n && !num_digit(v.p[0]))
		event_set(e, F_network_transport, lower(e, slice_head(v, slice_find(v, '/'))));
}

static void
source(struct reading *r)
{
	struct event *e = r->e;
	struct slice none = {NULL, 0};

	if (r->devid.n && r->type.n) {
		event_lit(e, F_event_dataset, "fortigate");
		event_lit(e, F_observer_vendor, "Fortinet");
		event_ls(e, SLICE("fortigate"), lower(e, r->type), slice_eq(r->type, SLICE("traffic")) ? SLICE("firewall") :
		    none);
	} else if (r->log_type.n && r->device.n) {
		event_lit(e, F_event_dataset, "sophos");
		event_lit(e, F_observer_vendor, "Sophos");
		event_ls(e, SLICE("sophos"), lower(e, r->log_type), slice_eq(r->log_type, SLICE("Firewall")) ? SLICE("firewall") :
		    none);
	} else {
		event_lit(e, F_event_dataset, "kv");
		if (event_has(e, F_source_ip) && event_has(e, F_destination_ip))
			event_ls(e, none, none, SLICE("firewall"));
	}
	if (event_has(e, F_source_ip) && event_has(e, F_destination_ip))
		event_lit(e, F_event_category, "network");
}

void
kv_fill(struct event *e, const struct format_context *c, struct slice line)
{
	struct reading r = {.e = e};
	struct pair p;

	e->raws = 0;
	event_lit(e, F_event_kind, "event");
	for (size_t n = 0; n < PAIRS_MAX && next(&line, e, &p); n++) {
		if (!p.valued)
			continue;
		event_raw(e, p.key, p.value);
		remember(&r, p.key, p.value);
		set(&r, p.key, p.value);
	}
	transport(e, r.proto);
	verdict(e, r.action);
	source(&r);
	set_time(&r, c);
}

/* ---- the format ------------------------------------------------------------------------------------ */

static int
sniff(struct slice head)
{
	struct slice rest = head;
	int lines = 0, good = 0, pri;

	while (rest.p && lines < LINES_LOOKED) {
		struct slice line = slice_trim(slice_cut(&rest, '\n'));

		if (line.n == 0)
			continue;
		if (rest.p == NULL && lines)
			break;
		lines++;
		good += kv_is(slice_from(line, syslog_pri(line, &pri)));
	}
	return lines ? good * 80 / lines : 0;
}

static bool
parse(struct slice record, struct format_room *room, struct event *e, bool *skip, struct fault *f)
{
	struct slice line = slice_trim(record);
	int pri;

	if (line.n == 0) {
		*skip = true;
		return true;
	}
	line = format_text(e, line);
	if (slice_find(line, '=') == line.n)
		return fault_near(f, "kv-line: no key=value in it", line, 0);
	kv_fill(e, room->c, slice_from(line, syslog_pri(line, &pri)));
	return true;
}

const struct format format_kv = {
	.name = "kv",
	.title = "key=value pairs: logfmt, FortiGate, Sophos, SonicWall",
	.standard = "logfmt, FortiOS log reference",
	.sniff = sniff,
	.parse = parse,
};
