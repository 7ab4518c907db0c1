/*
 * w3c (private to the room): headers of a W3C extended log and one of its rows.  The state is copied with each block, so it
 * holds no pointers.
 */
#ifndef IRPIPE_FORMAT_W3C_H
#define IRPIPE_FORMAT_W3C_H

#include "lib/format/format.h"

enum { W3C_COLUMNS = 256, W3C_NAMES = 8192 };

enum w3c_kind { W3C_WEB, W3C_PROXY, W3C_FIREWALL, W3C_EXCHANGE, W3C_CLOUDFRONT, W3C_HTTPERR };

struct w3c_state {
	uint16_t n;			/* columns; 0: no header yet */
	uint8_t kind;			/* enum w3c_kind */
	uint8_t date_n, software_n;
	bool overlong, local;
	char separator;
	char date[10], software[64];
	uint16_t at[W3C_COLUMNS], len[W3C_COLUMNS];
	uint8_t role[W3C_COLUMNS];
	char names[W3C_NAMES];
};

struct w3c_row {
	const struct w3c_state *s;
	struct event *e;
	struct format_room *room;
	struct slice date, time, stem, query, uri, scheme, host, port, extension, agent, action, status;
};

/* What a column of this name is: a row of the table; 0: raw alone. */
uint8_t w3c_role(struct slice name);
void w3c_value(struct w3c_row *, uint8_t role, struct slice name, struct slice v);
/* Time, target and log source, when all columns are read. */
void w3c_finish(struct w3c_row *);

#endif
