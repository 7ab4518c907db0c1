/* What is true of the case, in words, and the small things that all its parts share. */
#include "tests/maker/case.h"

#include <stdarg.h>
#include <stdio.h>

void
blame(struct company *c, const char *technique, const char *what)
{
	c->blame = (struct blame){technique, what};
}

int64_t
any_time(struct rng *r)
{
	return rng_span(r, CASE_FROM, CASE_TO - 1);
}

/* Share of an hour of the day, in per mille of the busiest. */
int64_t
office_time(struct rng *r)
{
	static const unsigned share[24] = {
		20, 15, 15, 15, 20, 60, 250, 700, 980, 1000, 960, 850, 600, 900, 950, 880, 600, 300, 140, 90, 70, 50, 40, 30,
	};

	for (;;) {
		int64_t at = any_time(r);

		if (rng_chance(r, share[when_split(at).hour]))
			return at;
	}
}

/* A ring of eight, so that several may stand in one call. */
const char *
text_of(const char *fmt, ...)
{
	static struct buf ring[8];
	static unsigned next;
	struct buf *b = &ring[next++ % 8];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	buf_reset(b);
	buf_room(b, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(b->p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return b->p;
}

const char *
outside(struct rng *r)
{
	static const char *const net[] = {"203.0.113", "198.51.100", "192.0.2"};
	const char *n = PICK(r, net);
	uint32_t last = 1 + rng_below(r, 250);

	/* 192.0.2.0/27 is the company's own; the attackers' addresses are theirs alone. */
	if (n[0] == '1' && n[2] == '2' && last < 32)
		last += 40;
	while ((n[0] == '2' && (last == 66 || last == 71 || last == 140)) || (n[1] == '9' && n[2] == '8' && (last == 23
		|| last == 77)))
		last++;
	return text_of("%s.%u", n, last);
}

const char *
hex_of(struct rng *r, int digits, bool upper)
{
	char t[65];
	uint64_t v = 0;

	for (int i = 0; i < digits && i < 64; i++, v >>= 4) {
		if (i % 16 == 0)
			v = rng_next(r);
		t[i] = (upper ? "0123456789ABCDEF" : "0123456789abcdef")[v & 15];
	}
	t[digits < 64 ? digits : 64] = '\0';
	return text_of("%s", t);
}

int
pid_at(struct rng *r, int64_t at)
{
	return 1200 + (int)((at - CASE_FROM) / (3 * SECOND)) * 2 + (int)rng_below(r, 2);
}

void
story_words(struct buf *b)
{
	buf_lit(b,
"Brackwater Instruments: one intrusion, 2026-03-10 08:14 to 2026-03-11 10:46 UTC\n"
"===============================================================================\n"
"\n"
"evidence/ is what a responder collected; everything in it is made by a program.  The company does not exist.  truth.tsv "
	"names\n"
"each record that the intruders caused (file below evidence/, ordinal of the record from 1 (its line; in cloudtrail.json its\n"
"place in the list), ATT&CK technique, what it is); the other records are ordinary life.  assets.csv is the asset table.\n"
"\n");
	buf_lit(b,
"Who     203.0.113.66   scans, injects, uploads          203.0.113.71   guesses passwords\n"
"        198.51.100.23  tools, tunnel, beacons (C2)      198.51.100.77  receives the customers' data\n"
"        203.0.113.140  uses the stolen cloud key\n"
"Where   web01 10.20.10.11, jump01 10.20.10.22, db01 10.20.30.15, ws07 10.20.50.107, dc01 10.20.40.5, cloud account "
	"123456789012\n"
"\n"
"2026-03-10 (UTC)\n"
"08:14  web01   scan from 203.0.113.66; 08:47 SQL injection into the catalogue\n"
"09:26  web01   web shell cv-2231.php uploaded through the careers form; commands as www-data until 09:41; the tool l.sh "
	"comes\n"
"               from 198.51.100.23; the SSH key and the cloud key of `deploy` are read\n"
"21:32  jump01  passwords guessed from 203.0.113.71; 22:10:44 `backup` opens; sudo to root; account svc-sync made and put\n"
"               into group sudo; a cron job and a tunnel to 198.51.100.23 that lasts over eight hours\n"
"22:31  db01    `deploy` enters from jump01 with the stolen key; pg_dump of the customers; 22:58 4.1 GB go to 198.51.100.77\n"
"23:05  jump01  DNS tunnel under t.relay-node.invalid\n"
"\n");
	buf_lit(b,
"2026-03-11 (UTC)\n"
"06:40  cloud   key of `ci-deploy` used from 203.0.113.140: buckets listed, objects read, user made, StopLogging\n"
"08:34  ws07    m.okafor opens invoice-4471.docm: Word starts encoded PowerShell; beacons each minute to "
	"cdn.metrics-sync.invalid\n"
"               (198.51.100.23); discovery; 08:52 LSASS dumped by comsvcs.dll; 08:58 scheduled task\n"
"09:40  dc01    adm.tveit from ws07: service PSEXESVC; account svc-backup2 made and put into Administrators; 09:58 log "
	"cleared\n"
"10:46  ws07    taken off the network by the administrators: the beacons end\n"
"\n"
"Hostile text on purpose: a user agent with <script>, a referer with a spreadsheet formula, a user name with an ESC sequence, "
	"a\n"
"file name with U+202E.  Four lines of sensor/zeek/http.log are broken: the sensor's disk was full for a moment.\n");
}
