/* What the columns of a W3C extended log become. */
#include "lib/format/w3c.h"
#include "lib/format/syslog.h"

#include "lib/base/num.h"

enum what { RAW, FIELD, SOURCE, DESTINATION, USER, AGENT, TOOK, DATE, TIME, STAMP, STEM, QUERY, URI, SCHEME, HOST, PORT,
    EXTENSION, ACTION,
	STATUS, TRANSPORT };

/* The name in raw: that of the log, but for headers, which rules know as cs-user-agent. */
#define ROW(name, what, field) {SLICE_INIT(name), SLICE_INIT(""), what, field}
#define NAMED(name, raw, what, field) {SLICE_INIT(name), SLICE_INIT(raw), what, field}
static const struct {
	struct slice name, raw;
	enum what what;
	enum field field;
} rows[] = {
	ROW("", RAW, FIELD_COUNT),
	ROW("date", DATE, FIELD_COUNT), ROW("time", TIME, FIELD_COUNT), ROW("date-time", STAMP, FIELD_COUNT),
	ROW("gmttime", STAMP, FIELD_COUNT), ROW("timestamp", STAMP, FIELD_COUNT),
	ROW("c-ip", SOURCE, F_source_ip), ROW("c-port", FIELD, F_source_port), ROW("src-ip", SOURCE, F_source_ip),
	ROW("src-port", FIELD, F_source_port), ROW("client-ip", SOURCE, F_source_ip), ROW("cip", SOURCE, F_source_ip),
	ROW("s-ip", DESTINATION, F_destination_ip), ROW("s-port", FIELD, F_destination_port), ROW("dst-ip", DESTINATION,
	F_destination_ip),
	ROW("dst-port", FIELD, F_destination_port), ROW("r-ip", DESTINATION, F_destination_ip), ROW("r-port", FIELD,
	F_destination_port),
	ROW("r-host", HOST, F_url_domain), ROW("server-ip", DESTINATION, F_destination_ip), ROW("cs-uri-port", PORT, FIELD_COUNT),
	ROW("s-computername", FIELD, F_host_name), ROW("server-hostname", FIELD, F_host_name), ROW("s-sitename", FIELD,
	F_service_name),
	ROW("cs-username", USER, F_user_name), ROW("cs-auth-user", USER, F_user_name), ROW("authenticated-user", USER,
	F_user_name),
	ROW("cs-method", FIELD, F_http_request_method), ROW("cs-uri-stem", STEM, F_url_path), ROW("cs-uri-path", STEM,
	F_url_path),
	ROW("cs-uri-query", QUERY, FIELD_COUNT), ROW("cs-uri", URI, FIELD_COUNT), ROW("c-uri", URI, FIELD_COUNT),
	ROW("cs-uri-scheme", SCHEME, FIELD_COUNT), ROW("cs-uri-extension", EXTENSION, FIELD_COUNT), ROW("cs-host", HOST,
	F_url_domain),
	NAMED("cs(Host)", "cs-host", HOST, F_url_domain), NAMED("cs(User-Agent)", "cs-user-agent", AGENT, F_user_agent_original),
	ROW("cs-user-agent", AGENT, F_user_agent_original), ROW("c-agent", AGENT, F_user_agent_original),
	NAMED("cs(Referer)", "cs-referer", FIELD, F_http_request_referrer), ROW("cs-referred", FIELD, F_http_request_referrer),
	NAMED("cs(Cookie)", "cs-cookie", RAW, FIELD_COUNT), NAMED("x-forwarded-for", "x-forwarded-for", RAW, FIELD_COUNT),
	NAMED("rs(Content-Type)", "rs-content-type", RAW, FIELD_COUNT), NAMED("cs(Content-Type)", "cs-content-type", RAW,
	FIELD_COUNT),
	ROW("sc-status", STATUS, F_http_response_status_code), ROW("sc-bytes", FIELD, F_http_response_bytes),
	ROW("cs-bytes", FIELD, F_source_bytes), ROW("time-taken", TOOK, FIELD_COUNT), ROW("cs-version", FIELD, F_http_version),
	ROW("cs-protocol-version", FIELD, F_http_version), ROW("s-reason", FIELD, F_event_reason), ROW("action", ACTION,
	F_event_action),
	ROW("s-action", ACTION, F_event_action), ROW("protocol", TRANSPORT, F_network_transport), ROW("size", FIELD,
	F_network_bytes),
	ROW("event-id", FIELD, F_event_action), ROW("remote-endpoint", SOURCE, F_source_ip), ROW("local-endpoint", DESTINATION,
	F_destination_ip), ROW("message-subject", FIELD, F_email_subject), ROW("sender-address", FIELD, F_email_from_address),
	ROW("message-id", FIELD, F_email_message_id),
};

uint8_t
w3c_role(struct slice name)
{
	for (size_t i = 1; i < sizeof rows / sizeof *rows; i++)
		if (slice_eq_nocase(rows[i].name, name))
			return (uint8_t)i;
	return 0;
}

/* IIS writes a blank as +. */
static struct slice
blanks(struct event *e, struct slice v)
{
	struct slice copy;

	if (slice_find(v, '+') == v.n)
		return v;
	copy = event_keep(e, v);
	for (size_t i = 0; i < copy.n; i++)
		if (copy.p[i] == '+')
			((char *)(uintptr_t)copy.p)[i] = ' ';
	return copy;
}

static void
user(struct event *e, struct slice v)
{
	size_t at = slice_find(v, '\\');

	if (at < v.n && at > 0) {
		event_set(e, F_user_domain, slice_head(v, at));
		v = slice_from(v, at + 1);
	}
	if (!slice_eq_nocase(v, SLICE("anonymous")))
		event_set(e, F_user_name, v);
}

/* Milliseconds; CloudFront: seconds with a fraction. */
static void
took(struct w3c_row *r, struct slice v)
{
	double d;

	if (num_f64(v, &d) && d >= 0 && d < 1e9)
		event_set_u64(r->e, F_event_duration, (uint64_t)(d * (r->s->kind == W3C_CLOUDFRONT ? 1e9 : 1e6)));
}

/* HTTP/1.1 */
static struct slice
plain(enum field f, struct slice v)
{
	return f == F_http_version && slice_starts(v, SLICE("HTTP/")) ? slice_from(v, 5) : v;
}

static void
address(struct w3c_row *r, enum field f, struct slice v)
{
	size_t colon = slice_rfind(v, ':');
	uint64_t port;

	/* 192.0.2.1:443, as Exchange has it; an IPv6 address has more colons. */
	if (colon < v.n && slice_find(v, ':') == colon && num_u64(slice_from(v, colon + 1), &port) && port <= 65535) {
		event_set_u64(r->e, f == F_source_ip ? F_source_port : F_destination_port, port);
		v = slice_head(v, colon);
	}
	event_set_address(r->e, f, v);
}

static void
transport(struct event *e, struct slice v)
{
	struct buf b = {0};

	for (size_t i = 0; i < v.n && i < 16; i++)
		buf_byte(&b, v.p[i] >= 'A' && v.p[i] <= 'Z' ? (char)(v.p[i] + 32) : v.p[i]);
	event_set(e, F_network_transport, event_keep(e, buf_slice(&b)));
	buf_free(&b);
}

/* Parts that w3c_finish puts together. */
static void
remember(struct w3c_row *r, enum what what, struct slice v)
{
	struct slice *to[] = {[AGENT] = &r->agent, [DATE] = &r->date, [TIME] = &r->time, [STAMP] = &r->time, [STEM] = &r->stem,
	    [QUERY] = &r->query,
	    [URI] = &r->uri, [SCHEME] = &r->scheme, [HOST] = &r->host, [PORT] = &r->port, [EXTENSION] = &r->extension,
	    [ACTION] = &r->action,
	    [STATUS] = &r->status};

	if (what < sizeof to / sizeof *to && to[what])
		*to[what] = v;
	if (what == STAMP)
		r->date = (struct slice){NULL, 0};
}

void
w3c_value(struct w3c_row *r, uint8_t role, struct slice name, struct slice v)
{
	struct event *e = r->e;
	enum field f = rows[role].field;
	enum what what = rows[role].what;

	if (what == AGENT && r->s->separator == ' ')
		v = blanks(e, v);
	event_raw(e, rows[role].raw.n ? rows[role].raw : name, v);
	if (v.n == 0 || (v.n == 1 && v.p[0] == '-'))
		return;
	remember(r, what, v);
	if (what == SOURCE || (what == DESTINATION && !(r->s->kind == W3C_PROXY && slice_eq(name, SLICE("s-ip")))))
		address(r, f, v);
	else if (what == DESTINATION)
		(void)event_set(e, F_observer_ip, v);		/* a proxy's own */
	else if (what == USER)
		user(e, v);
	else if (what == TOOK)
		took(r, v);
	else if (what == QUERY)
		event_set(e, F_url_query, slice_from(v, v.p[0] == '?'));
	else if (what == HOST)
		event_set(e, F_url_domain, slice_head(v, v.p[0] == '[' ? v.n : slice_find(v, ':')));
	else if (what == TRANSPORT && r->s->kind == W3C_FIREWALL)
		transport(e, v);
	else if (what != TRANSPORT && f != FIELD_COUNT)
		(void)event_set(e, f, plain(f, v));
}

/* ---- when all is read ------------------------------------------------------------------------------ */

static void
set_time(struct w3c_row *r)
{
	const struct format_context *c = r->room->c;
	struct buf b = {0};
	bool zoned = false;

	if (r->time.n == 0)
		return;
	if (r->date.n == 0 && r->time.n < 19)
		r->date = slice_of(r->s->date, r->s->date_n);
	if (r->date.n) {
		buf_slice_add(&b, r->date);
		buf_byte(&b, 'T');
	}
	buf_slice_add(&b, r->time);
	if (stamp_iso(buf_slice(&b), &r->e->at, &zoned)) {
		r->e->timed = true;
		r->e->tz = SLICE("utc");
		if (r->s->local && !zoned) {
			struct stamp_civil civil = stamp_split(r->e->at);

			format_time_local(c, r->e, &civil);
		}
	}
	buf_free(&b);
}

/* The target as it was asked for. */
static struct slice
joined(struct w3c_row *r)
{
	struct buf b = {0};
	struct slice s;

	if (r->scheme.n && r->host.n) {
		buf_slice_add(&b, r->scheme);
		buf_lit(&b, "://");
		buf_slice_add(&b, r->host);
		if (r->port.n && slice_find(r->host, ':') == r->host.n && !slice_eq(r->port, SLICE("80")) && !slice_eq(r->port,
		    SLICE("443")) &&
		    !slice_eq(r->port, SLICE("0"))) {
			buf_byte(&b, ':');
			buf_slice_add(&b, r->port);
		}
	}
	buf_slice_add(&b, r->stem);
	if (r->query.n) {
		if (r->query.p[0] != '?')
			buf_byte(&b, '?');
		buf_slice_add(&b, r->query);
	}
	s = event_keep(r->e, buf_slice(&b));
	buf_free(&b);
	return s;
}

static void
set_target(struct w3c_row *r)
{
	struct event *e = r->e;
	struct slice whole = r->uri.n ? r->uri : r->stem.n || r->query.n ? joined(r) : (struct slice){NULL, 0};
	size_t mark = slice_find(whole, '?');

	event_set(e, slice_has(slice_head(whole, 16), SLICE("://")) ? F_url_full : F_url_original, whole);
	if (r->uri.n && r->stem.n == 0 && whole.p[0] == '/') {
		event_set(e, F_url_path, slice_head(whole, mark));
		if (mark < whole.n)
			event_set(e, F_url_query, slice_from(whole, mark + 1));
	}
	if (r->s->kind != W3C_PROXY)
		return;
	event_set(e, F_url_original, whole);
	/* Names that rules for proxies use (Sigma taxonomy, proxy). */
	if (whole.n)
		event_raw(e, SLICE("c-uri"), whole);
	if (r->extension.n)
		event_raw(e, SLICE("c-uri-extension"), r->extension);
	if (r->query.n)
		event_raw(e, SLICE("c-uri-query"), r->query);
	if (r->agent.n)
		event_raw(e, SLICE("c-useragent"), r->agent);
}

static void
firewall(struct w3c_row *r)
{
	struct event *e = r->e;
	bool drop = slice_starts_nocase(r->action, SLICE("DROP"));

	body_what(e, SLICE("network"), drop ? SLICE("denied") : SLICE("allowed"), SLICE(""), drop ? SLICE("failure") :
	    SLICE("success"));
	event_lit(e, F_event_dataset, "windows.firewall");
	event_ls(e, SLICE("windows"), SLICE("firewall"), SLICE("firewall"));
}

void
w3c_finish(struct w3c_row *r)
{
	static const struct slice sets[] = {SLICE_INIT("iis.access"), SLICE_INIT("proxy.access"), SLICE_INIT("windows.firewall"),
	    SLICE_INIT("exchange.log"), SLICE_INIT("aws.cloudfront"), SLICE_INIT("iis.httperr")};
	struct event *e = r->e;
	struct slice software = slice_of(r->s->software, r->s->software_n), none = {NULL, 0};
	bool iis = slice_has(software, SLICE("Internet Information")) || slice_has(software, SLICE("HTTP API"));

	set_time(r);
	if (r->s->kind == W3C_FIREWALL) {
		firewall(r);
		return;
	}
	set_target(r);
	event_set(e, F_event_dataset, r->s->kind == W3C_WEB && !iis ? SLICE("web.access") : sets[r->s->kind]);
	if (r->s->kind == W3C_EXCHANGE) {
		event_lit(e, F_event_category, "email");
		event_ls(e, SLICE("exchange"), none, none);
		return;
	}
	body_what(e, SLICE("web"), SLICE("access"), SLICE(""), r->status.n == 0 || r->status.p[0] == '0' ? SLICE("") :
	    r->status.p[0] < '4' ? SLICE("success") : SLICE("failure"));
	if (r->s->kind == W3C_CLOUDFRONT)
		event_ls(e, SLICE("aws"), SLICE("cloudfront"), SLICE("webserver"));
	else
		event_ls(e, iis ? SLICE("iis") : none, SLICE("access"), r->s->kind == W3C_PROXY ? SLICE("proxy") :
		    SLICE("webserver"));
}
