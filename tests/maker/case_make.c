/* Which parts make the case, into which logs. */
#include "tests/maker/case.h"

static const struct {
	const char *path;
	enum log_shape shape;
	uint64_t first;
} file[LOGS] = {
	[ACCESS] = {"web01/var/log/nginx/access.log", LOG_LINES, 1},
	[AUTH_WEB] = {"web01/auth.log", LOG_LINES, 1},
	[AUTH_DB] = {"db01/auth.log", LOG_LINES, 1},
	[AUTH_JUMP] = {"jump01/auth.log", LOG_LINES, 1},
	[FW] = {"fw01/syslog5424.log", LOG_LINES, 880112},
	[EVE] = {"sensor/eve.json", LOG_LINES, 1},
	[ZEEK_CONN] = {"sensor/zeek/conn.log", LOG_LINES, 1},
	[ZEEK_DNS] = {"sensor/zeek/dns.log.gz", LOG_GZ, 1},
	[ZEEK_HTTP] = {"sensor/zeek/http.log", LOG_LINES, 1},
	[ZEEK_SSL] = {"sensor/zeek/ssl.log", LOG_LINES, 1},
	[ZEEK_SSH] = {"sensor/zeek/ssh.log", LOG_LINES, 1},
	[SYSMON] = {"win/ws07-sysmon.ndjson", LOG_LINES, 221904},
	[DC] = {"win/dc01-winlogbeat.ndjson", LOG_LINES, 9117340},
	[WS_SECURITY] = {"win/ws07-security.evtx_dump.json", LOG_LINES, 77410},
	[TRAIL] = {"aws/cloudtrail.json", LOG_RECORDS, 1},
};

void
case_make(struct company *c)
{
	static void (*const part[])(struct company *) = {
		noise_web, noise_hosts, noise_firewall, noise_eve, noise_zeek, noise_sysmon, noise_dc, noise_trail,
		story_web, story_hosts, story_network, story_windows, story_dc, story_trail,
	};

	for (int i = 0; i < LOGS; i++)
		c->log[i] = (struct log){.blame = &c->blame, .path = file[i].path, .shape = file[i].shape,
			.first = file[i].first};
	/* Each part has its own numbers, so that a change in one moves no other. */
	for (unsigned i = 0; i < sizeof part / sizeof *part; i++) {
		c->r.s = 0x6272616b77617465u + i;
		part[i](c);
		blame(c, NULL, NULL);
	}
}

void
case_truth(const struct log *l, struct buf *b)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->rec[i].technique)
			put_f(b, "%s\t%zu\t%s\t%s\n", l->path, i + 1, l->rec[i].technique, l->rec[i].what);
}
