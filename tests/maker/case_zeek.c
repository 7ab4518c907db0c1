/* Zeek in JSON, as its `json-streaming-logs` package writes it: `_path` first.  The sensor sees DMZ and server network. */
#include "tests/maker/case.h"

static struct buf *
open_record(struct company *c, enum log_name l, int64_t at, const char *path, const struct flow *f, const char *uid)
{
	struct buf *b = log_add(&c->log[l], at);

	put_open(b, NULL);
	put_str(b, "_path", path);
	put_key(b, "ts");
	when_epoch(b, at);
	put_str(b, "uid", uid);
	put_str(b, "id.orig_h", f->src);
	put_num(b, "id.orig_p", f->sport);
	put_str(b, "id.resp_h", f->dst);
	put_num(b, "id.resp_p", f->dport);
	return b;
}

static const char *
new_uid(struct rng *r)
{
	static const char digit[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	char t[18] = "C";

	for (int i = 1; i < 17; i++)
		t[i] = digit[rng_below(r, 62)];
	return text_of("%s", t);
}

static bool
inside(const char *ip)
{
	return strncmp(ip, "10.20.", 6) == 0;
}

static void
seconds(struct buf *b, const char *key, int64_t us)
{
	put_key(b, key);
	when_epoch(b, us);
}

static void
conn(struct company *c, int64_t at, const struct flow *f, const char *uid)
{
	struct buf *b = open_record(c, ZEEK_CONN, at, "conn", f, uid);
	bool udp = f->proto[0] == 'u';
	int64_t sent = f->sent / (udp ? 9000 : 1200) + (udp ? 1 : 4), received = f->received / (udp ? 9000 : 1300) + (udp ? 1
		: 3);

	put_str(b, "proto", f->proto);
	if (*f->service)
		put_str(b, "service", f->service);
	seconds(b, "duration", f->length);
	put_num(b, "orig_bytes", f->sent);
	put_num(b, "resp_bytes", f->received);
	put_str(b, "conn_state", udp || f->received ? "SF" : "S0");
	put_bool(b, "local_orig", inside(f->src));
	put_bool(b, "local_resp", inside(f->dst));
	put_num(b, "missed_bytes", 0);
	put_str(b, "history", udp ? "Dd" : f->received ? "ShADadFf" : "S");
	put_num(b, "orig_pkts", sent);
	put_num(b, "orig_ip_bytes", f->sent + sent * (udp ? 28 : 52));
	put_num(b, "resp_pkts", received);
	put_num(b, "resp_ip_bytes", f->received + received * (udp ? 28 : 52));
	put_close(b);
	log_end(&c->log[ZEEK_CONN]);
}

const char *
zeek_conn(struct company *c, int64_t at, const struct flow *f)
{
	const char *uid = new_uid(&c->r);

	conn(c, at, f, uid);
	return uid;
}

void
zeek_dns(struct company *c, int64_t at, const char *client, const char *name, const char *type, const char *answer)
{
	struct flow f = {client, DC01, "udp", "dns", 49152 + (int)rng_below(&c->r, 16000), 53, rng_span(&c->r, 400, 40000),
		30 + (int)strlen(name), 90};
	struct buf *b = open_record(c, ZEEK_DNS, at, "dns", &f, new_uid(&c->r));

	put_str(b, "proto", "udp");
	put_num(b, "trans_id", rng_below(&c->r, 65536));
	seconds(b, "rtt", f.length);
	put_str(b, "query", name);
	put_num(b, "qclass", 1);
	put_str(b, "qclass_name", "C_INTERNET");
	put_num(b, "qtype", strcmp(type, "A") == 0 ? 1 : strcmp(type, "AAAA") == 0 ? 28 : strcmp(type, "TXT") == 0 ? 16 : 12);
	put_str(b, "qtype_name", type);
	put_num(b, "rcode", answer ? 0 : 3);
	put_str(b, "rcode_name", answer ? "NOERROR" : "NXDOMAIN");
	put_bool(b, "AA", false);
	put_bool(b, "TC", false);
	put_bool(b, "RD", true);
	put_bool(b, "RA", true);
	put_num(b, "Z", 0);
	if (answer) {
		put_list(b, "answers");
		put_str(b, NULL, answer);
		put_list_end(b);
		put_raw(b, "TTLs", "[300.0]");
	}
	put_bool(b, "rejected", false);
	put_close(b);
	log_end(&c->log[ZEEK_DNS]);
}

void
zeek_http(struct company *c, int64_t at, const struct flow *f, const char *method, const char *uri, int status,
	const char *agent)
{
	const char *uid = new_uid(&c->r);
	struct buf *b = open_record(c, ZEEK_HTTP, at, "http", f, uid);

	put_num(b, "trans_depth", 1);
	put_str(b, "method", method);
	put_str(b, "host", inside(f->src) ? f->dst : "careers." DOMAIN);
	put_str(b, "uri", uri);
	put_str(b, "version", "1.1");
	put_str(b, "user_agent", agent);
	put_num(b, "request_body_len", method[0] == 'P' ? 3391 : 0);
	put_num(b, "response_body_len", f->received);
	put_num(b, "status_code", status);
	put_str(b, "status_msg", status == 200 ? "OK" : status == 404 ? "Not Found" : status == 301 ? "Moved Permanently"
		: status == 400
		? "Bad Request" : "Internal Server Error");
	put_raw(b, "tags", "[]");
	put_raw(b, "resp_mime_types", "[\"text/html\"]");
	put_close(b);
	log_end(&c->log[ZEEK_HTTP]);
	conn(c, at - 30000, f, uid);
}

void
zeek_ssl(struct company *c, int64_t at, const struct flow *f, const char *name)
{
	struct buf *b = open_record(c, ZEEK_SSL, at, "ssl", f, new_uid(&c->r));

	put_str(b, "version", rng_chance(&c->r, 850) ? "TLSv13" : "TLSv12");
	put_str(b, "cipher", "TLS_AES_256_GCM_SHA384");
	put_str(b, "curve", "x25519");
	if (name)
		put_str(b, "server_name", name);
	put_bool(b, "resumed", rng_chance(&c->r, 300));
	put_str(b, "next_protocol", "h2");
	put_bool(b, "established", true);
	put_str(b, "ssl_history", "CsiI");
	put_close(b);
	log_end(&c->log[ZEEK_SSL]);
}

void
zeek_ssh(struct company *c, int64_t at, const struct flow *f, bool in, const char *client)
{
	const char *uid = zeek_conn(c, at, f);
	struct buf *b = open_record(c, ZEEK_SSH, at, "ssh", f, uid);

	put_num(b, "version", 2);
	put_bool(b, "auth_success", in);
	put_num(b, "auth_attempts", in ? 1 : 2);
	if (!inside(f->src))
		put_str(b, "direction", "INBOUND");
	put_str(b, "client", client);
	put_str(b, "server", "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u5");
	put_str(b, "cipher_alg", "chacha20-poly1305@openssh.com");
	put_str(b, "mac_alg", "umac-64-etm@openssh.com");
	put_str(b, "compression_alg", "none");
	put_str(b, "kex_alg", "sntrup761x25519-sha512@openssh.com");
	put_str(b, "host_key_alg", "ssh-ed25519");
	put_close(b);
	log_end(&c->log[ZEEK_SSH]);
}

/* ---- ordinary life of the servers ---- */

static void
server_talk(struct company *c)
{
	static const struct {
		const char *src, *dst, *proto, *service;
		int port;
	} pair[] = {
		{WEB01, DB01, "tcp", "postgresql", 5432}, {WEB01, DB01, "tcp", "postgresql", 5432}, {WEB01, DB01, "tcp",
			"postgresql", 5432},
		{DB01, DC01, "udp", "ntp", 123}, {JUMP01, DC01, "udp", "ntp", 123}, {WEB01, DC01, "udp", "ntp", 123},
		{"10.20.0.30", WEB01, "tcp", "", 9100}, {"10.20.0.30", DB01, "tcp", "", 9100}, {"10.20.0.30", JUMP01, "tcp",
			"", 9100},
		{MX01, "192.0.2.201", "tcp", "smtp", 25}, {DC01, DB01, "tcp", "", 5985}, {"10.20.40.31", DB01, "tcp", "ssl",
			5432},
	};
	unsigned k = rng_below(&c->r, sizeof pair / sizeof *pair);
	struct flow f = {pair[k].src, pair[k].dst, pair[k].proto, pair[k].service, 32768 + (int)rng_below(&c->r, 28000),
		pair[k].port,
		rng_span(&c->r, 900, 4 * SECOND), rng_span(&c->r, 200, 6000), rng_span(&c->r, 200, 60000)};

	if (f.dport == 123)
		f.sent = f.received = 48;
	zeek_conn(c, any_time(&c->r), &f);
}

static void
lookup(struct company *c)
{
	static const char *const local[] = {"db01." DOMAIN, "dc01." DOMAIN, "mx01." DOMAIN, "web01." DOMAIN, "ntp." DOMAIN,
		"build." DOMAIN};
	static const char *const far[] = {"deb.example.org", "security.example.org", "mirror.example.net", "api.example.com",
		"time.example.com",
		"www.example.com", "cdn.example.net", "login.example.com", "updates.example.net"};
	static const char *const client[] = {WEB01, WEB01, DB01, JUMP01, MX01, MX01, "10.20.40.31", "10.20.0.30"};
	struct rng *r = &c->r;
	const char *who = PICK(r, client);
	int64_t at = any_time(r);

	if (strcmp(who, MX01) == 0 && rng_chance(r, 600))
		zeek_dns(c, at, who, text_of("%u.%u.0.203.in-addr.arpa", rng_below(r, 255), rng_below(r, 255)), "PTR", NULL);
	else if (rng_chance(r, 450))
		zeek_dns(c, at, who, PICK(r, local), "A", text_of("10.20.%u.%u", 10 + 10 * rng_below(r, 4), 5 + rng_below(r,
		30)));
	else
		zeek_dns(c, at, who, PICK(r, far), rng_chance(r, 700) ? "A" : "AAAA", rng_chance(r, 960) ? outside(r) : NULL);
}

/* A full disk cut these lines short; what follows them is whole again. */
static void
broken(struct company *c)
{
	static const char *const line[] = {
		"{\"_path\":\"http\",\"ts\":1773139201.114020,\"uid\":\"CkT1vW3nP0sQe",
		"{\"_path\":\"http\",\"ts\":1773139201.5,\"uid\":\"C0pQ\",\"method\":\"GET\",,\"x\":1}",
		"status_code\":200,\"status_msg\":\"OK\",\"tags\":[]}",
		"{\"_path\":\"http\",\"ts\":1773139203.0,\"uid\":\"Cz\",\"uri\":\"/\xff\xfe\"}",
	};

	for (unsigned i = 0; i < sizeof line / sizeof *line; i++)
		log_f(&c->log[ZEEK_HTTP], AT(10, 10, 40, 1) + i * SECOND, "%s", line[i]);
}

void
noise_zeek(struct company *c)
{
	static const char *const repo[] = {"deb.example.org", "security.example.org", "api.example.com"};

	for (unsigned i = 0; i < 2600 * c->scale; i++)
		server_talk(c);
	for (unsigned i = 0; i < 4600 * c->scale; i++)
		lookup(c);
	for (unsigned i = 0; i < 220 * c->scale; i++) {
		struct flow f = {rng_chance(&c->r, 600) ? WEB01 : "10.20.40.31", "192.0.2.180", "tcp", "ssl",
			32768 + (int)rng_below(&c->r, 28000), 443,
			rng_span(&c->r, 90000, 8 * SECOND), rng_span(&c->r, 700, 4000), rng_span(&c->r, 3000, 900000)};
		int64_t at = office_time(&c->r);

		zeek_conn(c, at, &f);
		zeek_ssl(c, at + 30000, &f, PICK(&c->r, repo));
	}
	broken(c);
}
