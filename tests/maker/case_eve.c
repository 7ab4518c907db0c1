/* Suricata 7 at the perimeter, and the firewall in RFC 5424. */
#include "tests/maker/case.h"

struct buf *
eve_open(struct company *c, int64_t at, const char *type, const struct flow *f)
{
	struct buf *b = log_add(&c->log[EVE], at);

	put_open(b, NULL);
	put_key(b, "timestamp");
	buf_byte(b, '"');
	when_iso(b, at, 6, "+0000\"");
	if (f)
		put_num(b, "flow_id", rng_span(&c->r, 100000000000000, 2200000000000000));
	if (f)
		put_str(b, "in_iface", "ens19");
	put_str(b, "event_type", type);
	if (!f)
		return b;
	put_str(b, "src_ip", f->src);
	put_num(b, "src_port", f->sport);
	put_str(b, "dest_ip", f->dst);
	put_num(b, "dest_port", f->dport);
	put_str(b, "proto", f->proto[0] == 'u' ? "UDP" : "TCP");
	return b;
}

static void
done(struct company *c, struct buf *b)
{
	put_close(b);
	log_end(&c->log[EVE]);
}

static void
http_part(struct buf *b, const char *host, const char *method, const char *url, const char *agent, int status, int64_t length)
{
	put_open(b, "http");
	put_str(b, "hostname", host);
	put_str(b, "url", url);
	put_str(b, "http_user_agent", agent);
	put_str(b, "http_content_type", "text/html");
	put_str(b, "http_method", method);
	put_str(b, "protocol", "HTTP/1.1");
	put_num(b, "status", status);
	put_num(b, "length", length);
	put_close(b);
}

void
eve_flow(struct company *c, int64_t at, const struct flow *f)
{
	struct buf *b = eve_open(c, at + f->length, "flow", f);

	if (*f->service)
		put_str(b, "app_proto", f->service);
	put_open(b, "flow");
	put_num(b, "pkts_toserver", f->sent / 800 + 4);
	put_num(b, "pkts_toclient", f->received / 1200 + 3);
	put_num(b, "bytes_toserver", f->sent);
	put_num(b, "bytes_toclient", f->received);
	put_key(b, "start");
	buf_byte(b, '"');
	when_iso(b, at, 6, "+0000\"");
	put_key(b, "end");
	buf_byte(b, '"');
	when_iso(b, at + f->length, 6, "+0000\"");
	put_num(b, "age", f->length / SECOND);
	put_str(b, "state", "closed");
	put_str(b, "reason", "timeout");
	put_bool(b, "alerted", false);
	put_close(b);
	done(c, b);
}

void
eve_tls(struct company *c, int64_t at, const struct flow *f, const char *name, const char *ja3)
{
	struct buf *b = eve_open(c, at, "tls", f);

	put_open(b, "tls");
	put_str(b, "sni", name);
	put_str(b, "version", "TLS 1.3");
	put_open(b, "ja3");
	put_str(b, "hash", ja3);
	put_close(b);
	put_open(b, "ja3s");
	put_str(b, "hash", "eb1d94daa7e0344597e756a1fb6e7054");
	put_close(b);
	put_close(b);
	done(c, b);
}

void
eve_dns(struct company *c, int64_t at, const char *client, const char *name, const char *type)
{
	struct flow f = {client, "192.0.2.53", "udp", "dns", 49152 + (int)rng_below(&c->r, 16000), 53, 9000, 70, 120};
	struct buf *b = eve_open(c, at, "dns", &f);

	put_open(b, "dns");
	put_str(b, "type", "query");
	put_num(b, "id", rng_below(&c->r, 65536));
	put_str(b, "rrname", name);
	put_str(b, "rrtype", type);
	put_num(b, "tx_id", 0);
	put_close(b);
	done(c, b);
}

void
eve_http(struct company *c, int64_t at, const struct flow *f, const char *host, const char *method, const char *url,
	const char *agent,
	int status)
{
	struct buf *b = eve_open(c, at, "http", f);

	put_num(b, "tx_id", 0);
	http_part(b, host, method, url, agent, status, f->received);
	done(c, b);
}

void
eve_alert(struct company *c, int64_t at, const struct flow *f, int sid, const char *signature, const char *category,
	int severity)
{
	struct buf *b = eve_open(c, at, "alert", f);

	put_open(b, "alert");
	put_str(b, "action", "allowed");
	put_num(b, "gid", 1);
	put_num(b, "signature_id", sid);
	put_num(b, "rev", 3);
	put_str(b, "signature", signature);
	put_str(b, "category", category);
	put_num(b, "severity", severity);
	put_close(b);
	if (*f->service)
		put_str(b, "app_proto", f->service);
	put_open(b, "flow");
	put_num(b, "pkts_toserver", 6);
	put_num(b, "pkts_toclient", 4);
	put_num(b, "bytes_toserver", f->sent);
	put_num(b, "bytes_toclient", f->received);
	put_close(b);
	done(c, b);
}

/* ---- ordinary life ---- */

static const char *const site[] = {"www.example.com", "mail.example.com", "docs.example.net", "news.example.org",
	"cdn.example.net", "erp.example.com",
	"login.example.com", "telemetry.example.net", "video.example.org", "shop.example.com", "updates.example.net",
	"maps.example.com"};
static const char *const ja3[] = {"cd08e31494f9531f560d64c695473da9", "b32309a26951912be7dba376398abc3b",
	"579ccef312d18482fc42e2b822ca2430",
	"a0e9f5d64349fb13191bc781f81f42e1"};

static void
browse(struct company *c)
{
	struct rng *r = &c->r;
	int64_t at = office_time(r);
	char desk[16], far[16];
	const char *name = PICK(r, site);
	struct flow f = {desk, far, "tcp", "tls", 49152 + (int)rng_below(r, 16000), 443, rng_span(r, 200000, 180 * SECOND),
		rng_span(r, 900, 30000),
		rng_span(r, 3000, 3000000)};

	strncpy(desk, text_of("10.20.50.%u", 101 + rng_below(r, 24)), 15)[15] = '\0';
	strncpy(far, outside(r), 15)[15] = '\0';
	if (rng_chance(r, 600))
		eve_dns(c, at - 40000, DC01, name, rng_chance(r, 750) ? "A" : "AAAA");
	eve_tls(c, at + 25000, &f, name, PICK(r, ja3));
	eve_flow(c, at, &f);
}

/* The statistics of the sensor: every five minutes. */
static void
stats(struct company *c, int64_t at, int64_t up)
{
	struct buf *b = eve_open(c, at, "stats", NULL);
	int64_t packets = up * 811 + (int64_t)rng_below(&c->r, 4000);

	put_open(b, "stats");
	put_num(b, "uptime", up);
	put_open(b, "capture");
	put_num(b, "kernel_packets", packets);
	put_num(b, "kernel_drops", 0);
	put_close(b);
	put_open(b, "decoder");
	put_num(b, "pkts", packets);
	put_num(b, "bytes", packets * 702);
	put_num(b, "invalid", 3);
	put_close(b);
	put_close(b);
	done(c, b);
}

void
noise_eve(struct company *c)
{
	struct rng *r = &c->r;

	for (unsigned i = 0; i < 2100 * c->scale; i++)
		browse(c);
	for (int64_t at = CASE_FROM; at < CASE_TO; at += 5 * MINUTE)
		stats(c, at + 211, 864000 + (at - CASE_FROM) / SECOND);
	for (unsigned i = 0; i < 160 * c->scale; i++) {
		char desk[16];
		struct flow f = {desk, "192.0.2.180", "tcp", "http", 50000 + (int)rng_below(r, 9000), 80, SECOND, 400,
			rng_span(r, 400, 90000)};
		int64_t at = office_time(r);
		const char *url = text_of("/pki/crl/%u.crl", rng_below(r, 12));
		struct buf *b;

		strncpy(desk, text_of("10.20.50.%u", 101 + rng_below(r, 24)), 15)[15] = '\0';
		eve_http(c, at, &f, "crl.example.net", "GET", url, "Microsoft-CryptoAPI/10.0", 200);
		b = eve_open(c, at + 300, "fileinfo", &f);
		http_part(b, "crl.example.net", "GET", url, "Microsoft-CryptoAPI/10.0", 200, f.received);
		put_str(b, "app_proto", "http");
		put_open(b, "fileinfo");
		put_str(b, "filename", url);
		put_str(b, "state", "CLOSED");
		put_bool(b, "stored", false);
		put_num(b, "size", f.received);
		put_close(b);
		done(c, b);
	}
	for (unsigned i = 0; i < 55 * c->scale; i++) {
		char far[16];
		struct flow f = {far, "192.0.2.11", "tcp", "", 40000 + (int)rng_below(r, 9000), 23, 0, 60, 0};

		strncpy(far, outside(r), 15)[15] = '\0';
		eve_alert(c, any_time(r), &f, 2400007, "ET DROP Known scanner listed source group 8", "Misc Attack", 3);
	}
}

static void
fw_line(struct company *c, int64_t at, int severity, const char *id, const char *data, const char *words)
{
	struct buf *b = log_add(&c->log[FW], at);

	put_f(b, "<%d>1 ", 16 * 8 + severity);
	when_iso(b, at, 3, "Z fw01.");
	put_f(b, DOMAIN " filterd 1044 %s [meta sequenceId=\"%c\"]%s %s", id, LOG_SEQ, data, words);
	log_end(&c->log[FW]);
}

static void
fw_packet(struct company *c, int64_t at, bool pass, const char *from, const char *to, const char *proto, int sport, int dport)
{
	fw_line(c, at, pass ? 6 : 4, pass ? "PASS" : "DROP", text_of("[flow@32473 action=\"%s\" src=\"%s\" dst=\"%s\" "
		"proto=\"%s\" sport=\"%d\" "
		"dport=\"%d\" rule=\"%d\"]", pass ? "pass" : "drop", from, to, proto, sport, dport, pass ? 40 + dport % 7
		: 999),
		pass ? "connection opened" : "no rule allows this");
}

void
noise_firewall(struct company *c)
{
	static const int shut[] = {23, 445, 3389, 8080, 5900, 6379, 1433, 2323, 5060, 9200, 8443, 21};
	struct rng *r = &c->r;

	for (unsigned i = 0; i < 1500 * c->scale; i++) {
		char far[16];

		strncpy(far, outside(r), 15)[15] = '\0';
		fw_packet(c, any_time(r), false, far, text_of("192.0.2.%u", 1 + rng_below(r, 30)), "tcp",
			30000 + (int)rng_below(r, 30000), PICK(r, shut));
	}
	for (unsigned i = 0; i < 900 * c->scale; i++) {
		const char *desk = text_of("10.20.50.%u", 101 + rng_below(r, 24));

		fw_packet(c, office_time(r), true, desk, outside(r), "tcp", 49152 + (int)rng_below(r, 16000), 443);
	}
	for (unsigned i = 0; i < 6 * c->scale; i++) {
		int64_t at = office_time(r);

		fw_line(c, at, 5, "LOGIN", "[admin@32473 user=\"itveit\" src=\"10.20.50.111\"]", "administrator logged in");
		fw_line(c, at + 7 * MINUTE, 5, "LOGOUT", "[admin@32473 user=\"itveit\" src=\"10.20.50.111\"]",
			"administrator logged out");
	}
}

/* ---- the intruders, as the network saw them ---- */

static void
web_alerts(struct company *c)
{
	struct flow f = {ATTACKER, WEB01, "tcp", "http", 51244, 80, SECOND, 800, 3400};
	struct buf *b;

	eve_alert(c, AT(10, 8, 14, 9), &f, 2002677, "ET SCAN Nikto Web App Scan in Progress", "Web Application Attack", 1);
	log_plant(&c->log[EVE], "T1595.002", "scan of web01");
	eve_alert(c, AT(10, 8, 48, 2), &f, 2008538, "ET SCAN Sqlmap SQL Injection Scan", "Attempted Information Leak", 2);
	log_plant(&c->log[EVE], "T1190", "SQL injection");
	eve_alert(c, AT(10, 8, 50, 40), &f, 2006446, "ET WEB_SERVER Possible SQL Injection Attempt UNION SELECT",
		"Web Application Attack", 1);
	log_plant(&c->log[EVE], "T1190", "SQL injection");
	b = eve_open(c, AT(10, 9, 26, 31) + 900, "fileinfo", &f);
	http_part(b, "careers." DOMAIN, "POST", "/careers/upload", "python-requests/2.32.3", 200, 611);
	put_str(b, "app_proto", "http");
	put_open(b, "fileinfo");
	put_str(b, "filename", "cv-2231.php");
	put_str(b, "magic", "PHP script, ASCII text");
	put_str(b, "state", "CLOSED");
	put_str(b, "sha256", "5f0c3a1e8f7d4e0b96c2d7ad5b1b7a0e4c9a55e2e6d08c3f1a7b6d2c9e8f4310");
	put_bool(b, "stored", true);
	put_num(b, "size", 2874);
	put_close(b);
	done(c, b);
	log_plant(&c->log[EVE], "T1505.003", "web shell uploaded");
	eve_alert(c, AT(10, 9, 26, 59), &f, 2019284, "ET ATTACK_RESPONSE Output of id command from HTTP server",
		"Successful User Privilege Gain", 1);
	log_plant(&c->log[EVE], "T1505.003", "the web shell answers");
}

static void
web_calls_out(struct company *c)
{
	struct flow f = {WEB01, C2, "tcp", "http", 44810, 80, SECOND, 160, 8123};

	blame(c, "T1105", "web01 fetches a tool");
	eve_http(c, AT(10, 9, 29, 52), &f, C2, "GET", "/l.sh", "Wget/1.21.3", 200);
	log_plant(&c->log[EVE], "T1105", "web01 fetches a tool");
	zeek_http(c, AT(10, 9, 29, 52), &f, "GET", "/l.sh", 200, "Wget/1.21.3");
	log_plant(&c->log[ZEEK_HTTP], "T1105", "web01 fetches a tool");
	eve_alert(c, AT(10, 9, 29, 52) + 700, &f, 2034567, "ET HUNTING Shell script download to server from bare address",
		"Potentially Bad Traffic", 2);
	log_plant(&c->log[EVE], "T1105", "web01 fetches a tool");
	f = (struct flow){WEB01, C2, "tcp", "", 44822, 443, 19 * MINUTE, 9144, 40112};
	zeek_conn(c, AT(10, 9, 41, 3), &f);
	log_plant(&c->log[ZEEK_CONN], "T1059.004", "reverse shell of web01");
}

static void
night(struct company *c)
{
	struct flow f = {JUMP01, C2, "tcp", "http", 58112, 80, SECOND, 160, 8123};
	int64_t at = AT(10, 23, 5, 20);

	blame(c, "T1105", "jump01 fetches a tool");
	eve_http(c, AT(10, 22, 16, 8) + 400, &f, C2, "GET", "/l.sh", "Wget/1.21.3", 200);
	zeek_http(c, AT(10, 22, 16, 8), &f, "GET", "/l.sh", 200, "Wget/1.21.3");
	log_plant(&c->log[ZEEK_HTTP], "T1105", "jump01 fetches a tool");
	f = (struct flow){JUMP01, C2, "tcp", "ssl", 58330, 443, 8 * HOUR + 11 * MINUTE, 3110442, 1940088};
	zeek_conn(c, AT(10, 22, 20, 30), &f);
	log_plant(&c->log[ZEEK_CONN], "T1572", "tunnel of over eight hours");
	zeek_ssl(c, AT(10, 22, 20, 30), &f, C2_NAME);
	log_plant(&c->log[ZEEK_SSL], "T1572", "tunnel of over eight hours");
	f = (struct flow){DB01, DROP, "tcp", "ssl", 39212, 443, 16 * MINUTE + 40 * SECOND, 4127733908, 2210334};
	zeek_conn(c, AT(10, 22, 57, 56), &f);
	log_plant(&c->log[ZEEK_CONN], "T1048.002", "4.1 GB leave the database host");
	zeek_ssl(c, AT(10, 22, 57, 56), &f, NULL);
	log_plant(&c->log[ZEEK_SSL], "T1048.002", "4.1 GB leave the database host");
	eve_flow(c, AT(10, 22, 57, 56), &f);
	log_plant(&c->log[EVE], "T1048.002", "4.1 GB leave the database host");
	for (unsigned i = 0; i < 48; i++, at += rng_span(&c->r, 9 * SECOND, 30 * SECOND)) {
		struct buf name = {0};

		put_f(&name, "%s.%s." TUNNEL_NAME, hex_of(&c->r, 58, false), hex_of(&c->r, 44, false));
		zeek_dns(c, at, JUMP01, buf_cstr(&name), "TXT", text_of("TXT 40 %s", hex_of(&c->r, 40, false)));
		log_plant(&c->log[ZEEK_DNS], "T1071.004", "DNS tunnel");
		if (i % 4 == 0) {
			eve_dns(c, at + 700, DC01, buf_cstr(&name), "TXT");
			log_plant(&c->log[EVE], "T1071.004", "DNS tunnel");
		}
		buf_free(&name);
	}
}

/* Each minute with a jitter of a few seconds, nearly the same size: what a person never does. */
static void
beacons(struct company *c)
{
	struct flow f = {WS07, C2, "tcp", "tls", 0, 443, 0, 0, 0};
	int64_t at = AT(11, 8, 36, 2);

	eve_dns(c, at - SECOND, DC01, C2_NAME, "A");
	log_plant(&c->log[EVE], "T1071.001", "name of the C2 looked up");
	for (unsigned i = 0; at < AT(11, 10, 46, 0); i++, at += rng_span(&c->r, 57 * SECOND, 63 * SECOND)) {
		f.sport = 50100 + (int)i * 3;
		f.length = rng_span(&c->r, 300000, 800000);
		f.sent = rng_span(&c->r, 980, 1040);
		f.received = i == 17 ? 482114 : rng_span(&c->r, 610, 640);
		eve_tls(c, at + 20000, &f, C2_NAME, "72a589da586844d7f0818ce684948eea");
		log_plant(&c->log[EVE], "T1071.001", "beacon");
		eve_flow(c, at, &f);
		log_plant(&c->log[EVE], "T1071.001", "beacon");
	}
	f.sport = 50100;
	eve_alert(c, AT(11, 8, 36, 3), &f, 2028765, "ET MALWARE Observed Malicious TLS Fingerprint (Loader Beacon)",
		"Malware Command and Control Activity Detected", 1);
	log_plant(&c->log[EVE], "T1071.001", "C2 seen by the IDS");
}

static void
night_firewall(struct company *c)
{
	int64_t at = AT(10, 8, 12, 40);

	for (unsigned i = 0; i < 24; i++, at += 350000) {
		fw_packet(c, at, false, ATTACKER, "192.0.2.11", "tcp", 60000 + (int)i, 20 + (int)i * 37);
		log_plant(&c->log[FW], "T1595.001", "port scan");
	}
	fw_line(c, AT(10, 21, 30, 55), 4, "LOGIN", "[admin@32473 user=\"admin\" src=\"" BRUTE "\"]",
		"login failed for \x1b]0;owned\x07" "admin: not from this side");
	log_plant(&c->log[FW], "T1110.001", "login at the firewall; name with an ESC sequence");
	fw_packet(c, AT(10, 22, 57, 56), true, DB01, DROP, "tcp", 39212, 443);
	log_plant(&c->log[FW], "T1048.002", "the database host calls out");
	fw_packet(c, AT(10, 22, 20, 30), true, JUMP01, C2, "tcp", 58330, 443);
	log_plant(&c->log[FW], "T1572", "tunnel opened");
}

void
story_network(struct company *c)
{
	web_alerts(c);
	web_calls_out(c);
	night(c);
	beacons(c);
	night_firewall(c);
}
