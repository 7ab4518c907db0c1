/*
 * W3C extended log files (WD-logfile-960323): IIS, HTTP.SYS, Exchange, Windows Firewall, CloudFront, ISA/TMG and proxies.
 * #Fields names the columns and may change inside a file; blanks, tabs or commas part them.
 */
#include "lib/format/w3c.h"

#include "lib/base/num.h"

static int
sniff(struct slice head)
{
	struct slice rest = head;

	if (head.n == 0 || (head.p[0] != '#' && head.p[0] != '\0'))
		return 0;
	for (int lines = 0; rest.p && lines < 40; lines++) {
		struct slice line = slice_cut(&rest, '\n');

		if (slice_starts_nocase(line, SLICE("#Fields:")))
			return slice_has(head, SLICE("#Version:")) || slice_has(head, SLICE("#Software:")) ? 99 : 90;
		if (line.n && line.p[0] != '#')
			return 0;
	}
	return 0;
}

/* ---- headers --------------------------------------------------------------------------------------- */

static enum w3c_kind
kind_of(struct slice name, struct slice software)
{
	if (slice_has(name, SLICE("src-ip")) && slice_has(name, SLICE("dst-port")))
		return W3C_FIREWALL;
	if (slice_starts(name, SLICE("date-time")) || slice_starts(name, SLICE("dateTime")))
		return W3C_EXCHANGE;
	if (slice_has(name, SLICE("s-hierarchy")) || slice_has(name, SLICE("cs-uri-scheme")) || slice_has(name,
	    SLICE("sc-filter-result")) ||
	    slice_has(name, SLICE("cs-categor")) || slice_has(name, SLICE("r-host")) || slice_has(name, SLICE("c-uri")) ||
	    slice_has(software, SLICE("SGOS")) || slice_has(software, SLICE("ISA Server")) || slice_has(software,
	    SLICE("Threat Management")))
		return W3C_PROXY;
	if (slice_has(name, SLICE("x-edge-location")))
		return W3C_CLOUDFRONT;
	return slice_has(name, SLICE("s-reason")) ? W3C_HTTPERR : W3C_WEB;
}

static char
separator_of(struct slice names)
{
	if (slice_find(names, '\t') < names.n)
		return '\t';
	return slice_find(names, ' ') == names.n && slice_find(names, ',') < names.n ? ',' : ' ';
}

/* Names of columns: their places in the text and what they are. */
static void
learn_fields(struct w3c_state *s, struct slice names)
{
	struct slice rest, software = slice_of(s->software, s->software_n);

	names = slice_trim(names);
	s->n = 0;
	s->overlong = names.n > sizeof s->names;
	if (s->overlong)
		return;
	memcpy(s->names, names.p, names.n);
	rest = slice_of(s->names, names.n);
	s->separator = separator_of(rest);
	s->kind = (uint8_t)kind_of(rest, software);
	while (rest.p) {
		struct slice name = slice_trim(slice_cut(&rest, s->separator));

		if (name.n == 0)
			continue;
		if (s->n == W3C_COLUMNS) {
			s->overlong = true;
			s->n = 0;
			return;
		}
		s->at[s->n] = (uint16_t)(name.p - s->names);
		s->len[s->n] = (uint16_t)name.n;
		s->role[s->n++] = w3c_role(name);
	}
}

static void
learn(struct slice record, void *state)
{
	struct w3c_state *s = state;
	struct slice line = slice_trim(record);

	if (line.n == 0 || line.p[0] != '#')
		return;
	if (slice_starts_nocase(line, SLICE("#Fields:"))) {
		learn_fields(s, slice_from(line, 8));
	} else if (slice_starts_nocase(line, SLICE("#Date:"))) {
		struct slice date = slice_head(slice_trim(slice_from(line, 6)), sizeof s->date);

		s->date_n = (uint8_t)slice_find(date, ' ');
		memcpy(s->date, date.p, s->date_n);
	} else if (slice_starts_nocase(line, SLICE("#Software:"))) {
		struct slice name = slice_head(slice_trim(slice_from(line, 10)), sizeof s->software);

		s->software_n = (uint8_t)name.n;
		memcpy(s->software, name.p, name.n);
		s->local = false;
	} else if (slice_starts_nocase(line, SLICE("#Time Format: Local"))) {
		s->local = true;
	}
}

/* ---- one line -------------------------------------------------------------------------------------- */

/* A value: quoted ones hold separators, "" is a quote; blanks in rows are one separator. */
static struct slice
value(struct event *e, struct slice *rest, char separator)
{
	struct slice v;

	if (separator == ' ')
		while (rest->n && rest->p[0] == ' ')
			*rest = slice_from(*rest, 1);
	if (rest->n && rest->p[0] == '"') {
		struct buf b = {0};
		size_t i = 1;

		for (; i < rest->n; i++) {
			if (rest->p[i] == '"' && !(i + 1 < rest->n && rest->p[i + 1] == '"'))
				break;
			i += rest->p[i] == '"';
			buf_byte(&b, rest->p[i]);
		}
		v = event_keep(e, buf_slice(&b));
		buf_free(&b);
		*rest = slice_from(*rest, i + 1);
		if (rest->n)
			(void)slice_cut(rest, separator);
		else
			rest->p = NULL;
		return v;
	}
	v = slice_cut(rest, separator);
	/* Behind the last blank nothing stands. */
	if (separator == ' ' && rest->n == 0)
		rest->p = NULL;
	return v;
}

static bool
columns(struct w3c_row *r, struct slice line, struct fault *f)
{
	const struct w3c_state *s = r->s;
	struct slice rest = line;
	unsigned i;

	for (i = 0; i < s->n && rest.p; i++) {
		struct slice v = value(r->e, &rest, s->separator);

		w3c_value(r, s->role[i], slice_of(s->names + s->at[i], s->len[i]), v);
	}
	if (i < s->n && s->separator != ',')
		return fault_near(f, "w3c-columns: fewer than #Fields names", line, 0);
	if (rest.p && slice_trim(rest).n)
		return fault_near(f, "w3c-columns: more than #Fields names", line, 0);
	return true;
}

static bool
parse(struct slice record, struct format_room *room, struct event *e, bool *skip, struct fault *f)
{
	const struct w3c_state *s = room->state;
	struct w3c_row row = {.s = s, .e = e, .room = room};
	struct slice line = slice_trim(record);

	/* IIS leaves NULs where a crash cut the file. */
	while (line.n && line.p[0] == '\0')
		line = slice_from(line, 1);
	while (line.n && line.p[line.n - 1] == '\0')
		line.n--;
	if (line.n == 0 || line.p[0] == '#') {
		*skip = true;
		return true;
	}
	if (s->overlong)
		return fault_set(f, "w3c-header: more than 256 columns or 8 KiB of names", 0);
	if (s->n == 0)
		return fault_set(f, "w3c-header: no #Fields before this line", 0);
	line = format_text(e, line);
	event_lit(e, F_event_kind, "event");
	if (!columns(&row, line, f))
		return false;
	w3c_finish(&row);
	return true;
}

static const enum field fields[] = {F_message, F_event_kind, F_event_category, F_event_type, F_event_action, F_event_outcome,
    F_event_dataset,
    F_event_duration, F_event_original, F_event_reason, F_host_name, F_user_name, F_user_domain, F_source_ip, F_source_port,
    F_source_domain,
    F_source_address, F_source_bytes, F_destination_ip, F_destination_port, F_destination_domain, F_destination_address,
    F_network_transport,
    F_network_bytes, F_network_direction, F_http_request_method, F_http_request_referrer, F_http_response_status_code,
    F_http_response_bytes,
    F_http_version, F_url_original, F_url_full, F_url_domain, F_url_path, F_url_query, F_user_agent_original, F_observer_ip,
    F_service_name,
    F_email_subject, F_email_from_address, F_email_message_id, FIELD_COUNT};

const struct format format_w3c = {
	.name = "w3c",
	.title = "W3C extended logs: IIS, HTTP.SYS, Exchange, Windows Firewall, CloudFront, proxies",
	.standard = "W3C WD-logfile-960323",
	.fields = fields,
	.sniff = sniff,
	.comment = '#',
	.state = sizeof(struct w3c_state),
	.learn = learn,
	.parse = parse,
};
