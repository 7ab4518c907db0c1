/*
 * case: the bundled case.  Brackwater Instruments is a small maker of flow meters that does not exist; its outside
 * addresses and those of everybody else are of RFC 5737, its names of RFC 2606.  case_story.c tells the story.
 * A `struct company` owns its logs.
 */
#ifndef IRPIPE_TESTS_MAKER_CASE_H
#define IRPIPE_TESTS_MAKER_CASE_H

#include "tests/maker/maker.h"

#define DOMAIN "brackwater.example"
#define WEB01 "10.20.10.11"
#define JUMP01 "10.20.10.22"
#define DB01 "10.20.30.15"
#define DC01 "10.20.40.5"
#define WS07 "10.20.50.107"
#define MX01 "10.20.10.25"
#define ATTACKER "203.0.113.66"		/* scans, injects, uploads */
#define BRUTE "203.0.113.71"		/* guesses passwords */
#define CLOUD_THIEF "203.0.113.140"	/* uses the stolen access key */
#define C2 "198.51.100.23"		/* tools, tunnel, beacons */
#define DROP "198.51.100.77"		/* where the customers' data went */
#define C2_NAME "cdn.metrics-sync.invalid"
#define TUNNEL_NAME "t.relay-node.invalid"
#define KEY_DEPLOY "SHA256:4rZt0q8BvVt1mKq0yH7cXo2dPpUuW9sEjN3aLfGi5Rk"

/* The case runs from 2026-03-10 (a Tuesday) 06:00 to 2026-03-11 18:00 UTC. */
#define AT(day, h, m, s) when_at(2026, 3, (day), (h), (m), (s))
#define CASE_FROM AT(10, 6, 0, 0)
#define CASE_TO AT(11, 18, 0, 0)

enum log_name {
	ACCESS, AUTH_WEB, AUTH_DB, AUTH_JUMP, FW, EVE, ZEEK_CONN, ZEEK_DNS, ZEEK_HTTP, ZEEK_SSL, ZEEK_SSH, SYSMON, DC,
		WS_SECURITY, TRAIL,
	LOGS
};

struct company {
	struct rng r;
	unsigned scale;
	struct blame blame;
	struct log log[LOGS];
};

/* All records of all logs (scale is set before); log_free each. */
void case_make(struct company *);
/* A row of truth.tsv per planted record of a sorted log. */
void case_truth(const struct log *, struct buf *);

/* A moment of the case by the rhythm of an office (few at night), or of the Internet (nearly even). */
int64_t office_time(struct rng *);
int64_t any_time(struct rng *);
/* "10.20.50.1NN" and its kind; the result lives until the eighth call after. */
void story_words(struct buf *);	/* README.txt */
const char *text_of(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
const char *outside(struct rng *);		/* a visitor's address; never one of the attackers */
const char *hex_of(struct rng *, int digits, bool upper);
int pid_at(struct rng *, int64_t at);		/* process ids that grow with time */

/* From here on each record is marked as the intruders' doing (NULL ends it); log_plant may tell the last one better. */
void blame(struct company *, const char *technique, const char *what);

/* ---- one folder of evidence each: ordinary life, then what the intruders did ---- */
void noise_web(struct company *);
void noise_hosts(struct company *);
void noise_firewall(struct company *);
void noise_eve(struct company *);
void noise_zeek(struct company *);
void noise_sysmon(struct company *);
void noise_dc(struct company *);
void noise_trail(struct company *);
void story_web(struct company *);
void story_hosts(struct company *);
void story_network(struct company *);
void story_windows(struct company *);
void story_dc(struct company *);
void story_trail(struct company *);

/* ---- one record each, shared by noise and story; `at` in microseconds ---- */
struct flow {
	const char *src, *dst, *proto, *service;	/* service "" if none was seen */
	int sport, dport;
	int64_t length, sent, received;			/* microseconds, bytes */
};

void web_hit(struct company *, int64_t at, const char *ip, const char *request, int status, int bytes, const char *referer,
	const char *agent);
void auth_line(struct company *, enum log_name, int64_t at, const char *prog, int pid, const char *text);
const char *zeek_conn(struct company *, int64_t at, const struct flow *);	/* its uid */
void zeek_dns(struct company *, int64_t at, const char *client, const char *name, const char *type, const char *answer);
void zeek_http(struct company *, int64_t at, const struct flow *, const char *method, const char *uri, int status,
	const char *agent);
void zeek_ssl(struct company *, int64_t at, const struct flow *, const char *name);
void zeek_ssh(struct company *, int64_t at, const struct flow *, bool in, const char *client);
struct buf *eve_open(struct company *, int64_t at, const char *type, const struct flow *);	/* the caller closes */
void eve_flow(struct company *, int64_t at, const struct flow *);
void eve_tls(struct company *, int64_t at, const struct flow *, const char *name, const char *ja3);
void eve_dns(struct company *, int64_t at, const char *client, const char *name, const char *type);
void eve_http(struct company *, int64_t at, const struct flow *, const char *host, const char *method, const char *url,
	const char *agent,
	int status);
void eve_alert(struct company *, int64_t at, const struct flow *, int sid, const char *signature, const char *category,
	int severity);

struct process {
	const char *image, *line, *parent, *parent_line, *user, *original;
	int pid, parent_pid;
	int64_t start, parent_start;		/* only what makes the GUIDs differ */
};

void sysmon_start(struct company *, int64_t at, const char *host, const struct process *);
struct buf *sysmon_open(struct company *, int64_t at, const char *host, int id, const char *task);	/* the caller closes */
struct buf *dc_open(struct company *, int64_t at, const char *channel, int id, const char *action);	/* inside event_data */
void dc_close(struct buf *, const char *message);
void dc_logon(struct company *, int64_t at, const char *user, const char *ip, int type, const char *status);
void dc_special(struct company *, int64_t at, const char *user);
void dc_process(struct company *, int64_t at, const char *user, const char *image, const char *line, const char *parent);
void trail_event(struct company *, int64_t at, const char *user, const char *key, const char *ip, const char *agent,
	const char *source,
	const char *name, const char *request, const char *error);

#endif
