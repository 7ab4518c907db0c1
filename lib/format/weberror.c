/* Error logs of nginx and of Apache 2.2 and 2.4 (ErrorLogFormat's default). */
#include "lib/format/syslog.h"
#include "lib/format/when.h"

#include "lib/base/addr.h"
#include "lib/base/num.h"

enum { LINES_LOOKED = 20 };

static bool
is(struct slice a, const char *b)
{
	return slice_eq(a, slice_str(b));
}

static bool
grave(struct slice level)
{
	return is(level, "error") || is(level, "crit") || is(level, "alert") || is(level, "emerg");
}

/* ---- nginx ----------------------------------------------------------------------------------------- */

struct nginx {
	struct slice time, level, pid, tid, connection, message;
	struct slice client, server, request, upstream, host, referrer;
};

/* yyyy/mm/dd hh:mm:ss [level] pid#tid: [*conn ]message */
static bool
nginx_head(struct slice s, struct nginx *x)
{
	struct when w;
	size_t n = when_read(s, SLICE("yyyy/MM/dd HH:mm:ss"), &w), hash;

	*x = (struct nginx){0};
	if (n != 19 || s.n < 24 || s.p[n] != ' ' || s.p[n + 1] != '[')
		return false;
	x->time = slice_head(s, n);
	s = slice_from(s, n + 2);
	x->level = slice_head(s, slice_find(s, ']'));
	if (x->level.n == s.n || x->level.n > 10)
		return false;
	s = slice_trim(slice_from(s, x->level.n + 1));
	n = slice_find(s, ':');
	hash = slice_find(slice_head(s, n), '#');
	if (hash == n || n == s.n)
		return false;
	x->pid = slice_head(s, hash);
	x->tid = slice_of(s.p + hash + 1, n - hash - 1);
	s = slice_trim(slice_from(s, n + 1));
	if (s.n && s.p[0] == '*') {
		s = slice_from(s, 1);
		x->connection = body_word(&s);
	}
	x->message = s;
	return true;
}

/* , name: "value" or , name: value -- at the start of *s. */
static bool
quoted(struct slice *s, struct slice name, bool last, struct slice *out)
{
	struct slice in = *s;
	size_t end;

	if (!body_skip(&in, name))
		return false;
	if (last) {
		if (in.n == 0 || in.p[in.n - 1] != '"')
			return false;
		end = in.n - 1;
	} else {
		/* A request may hold quotes: it ends at one that another part or the end follows. */
		for (end = 0;; end++) {
			end += slice_find(slice_from(in, end), '"');
			if (end >= in.n)
				return false;
			if (end + 1 == in.n || slice_starts(slice_from(in, end), SLICE("\", host: \"")) ||
			    slice_starts(slice_from(in, end), SLICE("\", upstream: \"")) ||
			    slice_starts(slice_from(in, end), SLICE("\", subrequest: \"")) ||
			    slice_starts(slice_from(in, end), SLICE("\", referrer: \"")))
				break;
		}
	}
	*out = slice_head(in, end);
	*s = slice_from(in, end + 1);
	return true;
}

/* The parts behind `, client: `; false: this is not where they begin (a name or a path that tries to look so). */
static bool
nginx_tail(struct slice s, struct nginx *x)
{
	struct slice none;
	struct addr a;
	size_t n = slice_find(s, ',');

	x->client = slice_head(s, n);
	if (!addr_read(x->client, &a) && !slice_starts(x->client, SLICE("unix:")))
		return false;
	s = slice_from(s, n);
	x->server = x->request = x->upstream = x->host = x->referrer = (struct slice){NULL, 0};
	if (body_skip(&s, SLICE(", server: "))) {
		x->server = slice_head(s, slice_find(s, ','));
		s = slice_from(s, x->server.n);
	}
	(void)quoted(&s, SLICE(", request: \""), false, &x->request);
	(void)quoted(&s, SLICE(", subrequest: \""), false, &none);
	(void)quoted(&s, SLICE(", upstream: \""), false, &x->upstream);
	(void)quoted(&s, SLICE(", host: \""), false, &x->host);
	(void)quoted(&s, SLICE(", referrer: \""), true, &x->referrer);
	return s.n == 0 && slice_find(x->host, '"') == x->host.n && slice_find(x->referrer, '"') == x->referrer.n;
}

/*
 * nginx escapes nothing, so a user's name, a path and a request may hold `, client: `.  The parts begin at the first such
 * place from which all of the rest reads as parts; if there is none, at the last.
 */
static void
nginx_parts(struct nginx *x)
{
	static const struct slice mark = SLICE_INIT(", client: ");
	struct slice all = x->message;
	size_t at = 0, last = all.n;

	for (;;) {
		at += slice_find_slice(slice_from(all, at), mark);
		if (at >= all.n)
			break;
		last = at;
		if (nginx_tail(slice_from(all, at + mark.n), x)) {
			x->message = slice_head(all, at);
			return;
		}
		at += mark.n;
	}
	if (last < all.n) {
		(void)nginx_tail(slice_from(all, last + mark.n), x);
		x->message = slice_head(all, last);
	}
}

/* user "U" was not found in "F"; user "U": password mismatch; PAM: user 'U' - not authenticated: why */
static bool
nginx_user(struct event *e, struct slice s)
{
	struct slice u = s, rest;

	if (body_skip(&u, SLICE("user \""))) {
		if (!body_split_last(u, SLICE("\": password mismatch"), &u, &rest) && !body_split_last(u,
		    SLICE("\" was not found in \""), &u, &rest))
			(void)body_split_last(u, SLICE("\": "), &u, &rest);
	} else if (body_skip(&u, SLICE("PAM: user '"))) {
		(void)body_split_last(u, SLICE("' - "), &u, &rest);
	} else {
		return false;
	}
	body_what(e, SLICE("authentication"), SLICE("start"), SLICE("http_login"), SLICE("failure"));
	event_set(e, F_user_name, u);
	return true;
}

static void
request(struct event *e, struct slice s)
{
	size_t first = slice_find(s, ' '), last = slice_rfind(s, ' ');
	struct slice target = slice_of(s.p + first + 1, last > first ? last - first - 1 : 0);
	size_t mark = slice_find(target, '?');

	if (last <= first || last == s.n)
		return;
	event_set(e, F_http_request_method, slice_head(s, first));
	event_set(e, F_url_original, target);
	event_set(e, F_url_path, slice_head(target, mark));
	if (mark < target.n)
		event_set(e, F_url_query, slice_from(target, mark + 1));
}

static void
nginx_set(struct event *e, const struct nginx *x)
{
	event_set(e, F_log_level, x->level);
	(void)event_set(e, F_process_pid, x->pid);
	event_set(e, F_message, x->message);
	event_set_address(e, F_source_ip, x->client);
	event_set(e, F_url_domain, slice_head(x->host, slice_rfind(x->host, ':')));
	event_set(e, F_http_request_referrer, x->referrer);
	event_lit(e, F_event_dataset, "nginx.error");
	event_ls(e, SLICE("nginx"), SLICE("nginx"), (struct slice){0});
	if (x->request.n)
		request(e, x->request);
	event_lit(e, F_event_category, "web");
	/* What failed behind the server is not the client's. */
	if (!nginx_user(e, x->message))
		body_what(e, SLICE(""), SLICE("error"), SLICE(""), x->client.n && grave(x->level) && x->upstream.n == 0 ?
		    SLICE("failure") : SLICE(""));
	if (slice_has(x->message, SLICE("access forbidden by rule")) || slice_starts(x->message, SLICE("limiting ")))
		event_lit(e, F_event_type, "denied");
}

static const struct {
	struct slice name;
	size_t at;
} nginx_names[] = {
	{SLICE_INIT("timestamp"), offsetof(struct nginx, time)}, {SLICE_INIT("level"), offsetof(struct nginx, level)},
	{SLICE_INIT("pid"), offsetof(struct nginx, pid)}, {SLICE_INIT("tid"), offsetof(struct nginx, tid)},
	{SLICE_INIT("connection"), offsetof(struct nginx, connection)}, {SLICE_INIT("message"), offsetof(struct nginx, message)},
	{SLICE_INIT("client"), offsetof(struct nginx, client)}, {SLICE_INIT("server"), offsetof(struct nginx, server)},
	{SLICE_INIT("request"), offsetof(struct nginx, request)}, {SLICE_INIT("upstream"), offsetof(struct nginx, upstream)},
	{SLICE_INIT("host"), offsetof(struct nginx, host)}, {SLICE_INIT("referrer"), offsetof(struct nginx, referrer)},
};

static void
nginx_raw(struct event *e, const struct nginx *x)
{
	for (size_t i = 0; i < sizeof nginx_names / sizeof *nginx_names; i++) {
		struct slice v;

		memcpy(&v, (const char *)x + nginx_names[i].at, sizeof v);
		if (v.n)
			event_raw(e, nginx_names[i].name, v);
	}
}

void
syslog_body_nginx(struct event *e, struct slice s)
{
	struct nginx x;
	struct slice inner = s;

	/* A relay that put host and program before it again. */
	if (slice_find_slice(slice_head(s, 80), SLICE(" nginx: ")) < 80)
		inner = slice_from(s, slice_find_slice(s, SLICE(" nginx: ")) + 8);
	if (!nginx_head(inner, &x) && !nginx_head(s, &x))
		return;
	nginx_parts(&x);
	nginx_set(e, &x);
}

/* ---- Apache ---------------------------------------------------------------------------------------- */

struct apache {
	struct slice time, module, level, pid, client, message, referer;
};

static struct slice
bracket(struct slice *s)
{
	struct slice in;
	size_t end;

	*s = slice_trim(*s);
	if (s->n == 0 || s->p[0] != '[' || (end = slice_find(*s, ']')) == s->n)
		return (struct slice){NULL, 0};
	/* [client [2001:db8::1]:443] */
	if (slice_find(slice_head(slice_from(*s, 1), end), '[') < end - 1)
		end += 1 + slice_find(slice_from(*s, end + 1), ']');
	if (end >= s->n)
		return (struct slice){NULL, 0};
	in = slice_of(s->p + 1, end - 1);
	*s = slice_from(*s, end + 1);
	return in;
}

/* [module:level] or [level] */
static void
apache_level(struct apache *x, struct slice v)
{
	size_t colon = slice_find(v, ':');

	x->module = colon < v.n ? slice_head(v, colon) : (struct slice){NULL, 0};
	x->level = colon < v.n ? slice_from(v, colon + 1) : v;
}

/* The server writes time, level, pid and client first: read from the left. */
static bool
apache_line(struct slice s, bool timed, struct apache *x)
{
	struct slice v, head, tail;
	struct when w;

	*x = (struct apache){0};
	if (timed) {
		x->time = bracket(&s);
		if (when_read(x->time, SLICE("EEE MMM d HH:mm:ss.S yyyy"), &w) != x->time.n &&
		    when_read(x->time, SLICE("EEE MMM d HH:mm:ss yyyy"), &w) != x->time.n)
			return false;
	}
	v = bracket(&s);
	if (v.n == 0)
		return false;
	apache_level(x, v);
	for (;;) {
		struct slice before = s;

		v = bracket(&s);
		if (body_skip(&v, SLICE("pid "))) {
			x->pid = slice_head(v, slice_find(v, ':'));
		} else if (body_skip(&v, SLICE("client ")) || body_skip(&v, SLICE("remote "))) {
			x->client = x->client.n ? x->client : v;
		} else if (!body_skip(&v, SLICE("tid "))) {
			s = before;
			break;
		}
	}
	x->message = slice_trim(s);
	if (body_split_last(x->message, SLICE(", referer: "), &head, &tail)) {
		x->message = head;
		x->referer = tail;
	}
	return true;
}

/* ADDR; 2.4: ADDR:PORT, [ADDR]:PORT, and ADDR:PORT for IPv6 too; a name where HostnameLookups is on. */
static void
apache_client(struct event *e, struct slice v, bool ported)
{
	struct addr a;
	size_t colon = slice_rfind(v, ':');
	uint64_t port;

	if ((ported || !addr_read(v, &a)) && colon < v.n && num_u64(slice_from(v, colon + 1), &port) && port <= 65535) {
		event_set_u64(e, F_source_port, port);
		v = slice_head(v, colon);
	}
	if (v.n > 2 && v.p[0] == '[' && v.p[v.n - 1] == ']')
		v = slice_of(v.p + 1, v.n - 2);
	event_set_address(e, F_source_ip, v);
}

/* [id "960015"] [msg ".."] [uri ".."] of ModSecurity: the server's own, before what the client sent. */
static struct slice
tagged(struct slice s, const char *name)
{
	struct slice n = slice_str(name), v;
	size_t at = slice_find_slice(s, n);

	v = slice_from(s, at + n.n);
	return at == s.n ? (struct slice){NULL, 0} : slice_head(v, slice_find_slice(v, SLICE("\"]")));
}

static void
modsecurity(struct event *e, struct slice s)
{
	event_set(e, F_rule_id, tagged(s, "[id \""));
	event_set(e, F_rule_name, tagged(s, "[msg \""));
	event_set(e, F_url_path, tagged(s, "[uri \""));
	event_set(e, F_url_domain, tagged(s, "[hostname \""));
	event_ls(e, SLICE("modsecurity"), (struct slice){0}, (struct slice){0});
	if (slice_has(s, SLICE("Access denied")))
		body_what(e, SLICE("intrusion_detection"), SLICE("denied"), SLICE("access_denied"), SLICE("failure"));
}

/* AH01617: user U: authentication failure for "/": Password Mismatch; user U not found: / */
static bool
apache_user(struct event *e, struct slice s)
{
	struct slice u, rest;

	if (slice_starts(s, SLICE("AH")) && s.n > 9 && s.p[7] == ':')
		s = slice_trim(slice_from(s, 8));
	if (!body_skip(&s, SLICE("user ")))
		return false;
	if (!body_split_last(s, SLICE(": authentication failure for "), &u, &rest) && !body_split_last(s, SLICE(" not found: "),
	    &u, &rest) &&
	    !body_split_last(s, SLICE(": password mismatch: "), &u, &rest) && !body_split_last(s, SLICE(" in realm "), &u, &rest))
		return false;
	if (u.n && (u.p[0] == '`' || u.p[0] == '\''))
		u = slice_head(slice_from(u, 1), slice_rfind(slice_from(u, 1), '\''));
	body_what(e, SLICE("authentication"), SLICE("start"), SLICE("http_login"), SLICE("failure"));
	event_set(e, F_user_name, u);
	return true;
}

static void
apache_set(struct event *e, const struct apache *x)
{
	event_set(e, F_log_level, x->level);
	event_set(e, F_event_provider, x->module);
	(void)event_set(e, F_process_pid, x->pid);
	event_set(e, F_message, x->message);
	event_set(e, F_http_request_referrer, x->referer);
	if (x->client.n)
		apache_client(e, x->client, x->pid.n > 0);
	event_lit(e, F_event_dataset, "apache.error");
	event_ls(e, SLICE("apache"), SLICE("apache"), (struct slice){0});
	event_lit(e, F_event_category, "web");
	if (slice_has(x->message, SLICE("ModSecurity:")))
		modsecurity(e, x->message);
	if (!apache_user(e, x->message))
		body_what(e, SLICE(""), grave(x->level) ? SLICE("error") : SLICE("info"), SLICE(""),
		    x->client.n && grave(x->level) ? SLICE("failure") : SLICE(""));
	if (slice_has(x->message, SLICE("client denied by server configuration")))
		event_lit(e, F_event_type, "denied");
}

void
syslog_body_apache(struct event *e, struct slice s)
{
	struct apache x;

	if (apache_line(s, false, &x))
		apache_set(e, &x);
}

static void
apache_raw(struct event *e, const struct apache *x)
{
	event_raw(e, SLICE("timestamp"), x->time);
	if (x->module.n)
		event_raw(e, SLICE("module"), x->module);
	event_raw(e, SLICE("level"), x->level);
	if (x->pid.n)
		event_raw(e, SLICE("pid"), x->pid);
	if (x->client.n)
		event_raw(e, SLICE("client"), x->client);
	event_raw(e, SLICE("message"), x->message);
	if (x->referer.n)
		event_raw(e, SLICE("referer"), x->referer);
}

/* ---- the format ------------------------------------------------------------------------------------ */

static int
sniff(struct slice head)
{
	struct slice rest = head;
	struct nginx n;
	struct apache a;
	int lines = 0, good = 0;

	while (rest.p && lines < LINES_LOOKED) {
		struct slice line = slice_trim(slice_cut(&rest, '\n'));

		if (line.n == 0)
			continue;
		if (rest.p == NULL && lines)
			break;
		lines++;
		good += line.p[0] == '[' ? apache_line(line, true, &a) : nginx_head(line, &n);
	}
	return lines ? good * 97 / lines : 0;
}

static bool
parse(struct slice record, struct format_room *room, struct event *e, bool *skip, struct fault *f)
{
	struct slice line = slice_trim(record);
	struct nginx n;
	struct apache a;
	struct when w;

	if (line.n == 0) {
		*skip = true;
		return true;
	}
	line = format_text(e, line);
	event_lit(e, F_event_kind, "event");
	if (nginx_head(line, &n)) {
		(void)when_read(n.time, SLICE("yyyy/MM/dd HH:mm:ss"), &w);
		nginx_parts(&n);
		nginx_set(e, &n);
		nginx_raw(e, &n);
	} else if (apache_line(line, true, &a)) {
		if (when_read(a.time, SLICE("EEE MMM d HH:mm:ss.S yyyy"), &w) == 0)
			(void)when_read(a.time, SLICE("EEE MMM d HH:mm:ss yyyy"), &w);
		apache_set(e, &a);
		apache_raw(e, &a);
	} else {
		return fault_near(f, "weberror-line: neither nginx's nor Apache's", line, 0);
	}
	when_set(room->c, e, &w);
	return true;
}

const struct format format_weberror = {
	.name = "weberror",
	.title = "error logs of nginx and Apache 2.2, 2.4",
	.standard = "nginx error_log, Apache ErrorLogFormat",
	.sniff = sniff,
	.parse = parse,
};
