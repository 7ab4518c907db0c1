#include "lib/event/view.h"

#include "lib/base/addr.h"
#include "lib/base/num.h"

static struct slice
settled(struct event *e)
{
	struct slice v = event_keep(e, buf_slice(&e->scratch));

	buf_reset(&e->scratch);
	return v;
}

__attribute__((optimize("O3"))) struct slice
convert_lower(struct event *e, struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'A' && s.p[i] <= 'Z') {
			char *p = arena_alloc(&e->mem, s.n);

			/* Without a branch, so that it goes many bytes at a time. */
			for (i = 0; i < s.n; i++)
				p[i] = (char)(s.p[i] | ((unsigned char)(s.p[i] - 'A') < 26) << 5);
			return slice_of(p, s.n);
		}
	return s;
}

struct slice
convert_join(struct event *e, struct slice a, struct slice b)
{
	buf_slice_add(&e->scratch, a);
	buf_slice_add(&e->scratch, b);
	return settled(e);
}

/* Behind the last separator of either world. */
static struct slice
base_name(struct slice path)
{
	size_t at = path.n;

	while (at > 0 && path.p[at - 1] != '\\' && path.p[at - 1] != '/')
		at--;
	return slice_from(path, at);
}

static void
set_exe(struct event *e, enum field f, struct slice v)
{
	event_set(e, f, v);
	event_set(e, f == F_process_parent_executable ? F_process_parent_name : F_process_name, base_name(v));
}

static void
set_file(struct event *e, struct slice v)
{
	struct slice name = base_name(v);
	size_t dot = slice_rfind(name, '.');

	event_set(e, F_file_path, v);
	event_set(e, F_file_name, name);
	if (dot > 0 && dot + 1 < name.n)
		event_set(e, F_file_extension, slice_from(name, dot + 1));
}

static void
set_hex(struct event *e, enum field f, struct slice v)
{
	uint64_t n;

	if (v.n == 0 || slice_eq(v, SLICE("-")))
		return;
	if (slice_starts_nocase(v, SLICE("0x")) ? num_hex(v, &n) : num_u64(v, &n))
		event_set_u64(e, f, n);
	else
		event_err(e, ERR_bad_field);
}

static void
set_host_port(struct event *e, enum field f, struct slice v)
{
	bool source = f == F_source_ip;
	size_t colon = slice_rfind(v, ':');
	struct slice host = v, port = {0};

	if (v.n && v.p[0] == '[') {
		host = slice_from(slice_head(v, slice_find(v, ']')), 1);
		port = slice_from(v, host.n + 3);
	} else if (colon < v.n && slice_find(v, ':') == colon) {
		host = slice_head(v, colon);
		port = slice_from(v, colon + 1);
	}
	event_set_address(e, f, host);
	if (port.n)
		event_set(e, source ? F_source_port : F_destination_port, port);
}

static void
set_account(struct event *e, enum field f, struct slice v)
{
	size_t at = slice_find(v, '\\');
	enum field domain = f == F_user_target_name ? F_user_target_domain : F_user_domain;

	if (at == v.n) {
		event_set(e, f, v);
		return;
	}
	event_set(e, domain, slice_head(v, at));
	event_set(e, f, slice_from(v, at + 1));
}

/* Names are told by their length first: "MD5", "SHA1", "SHA256", "IMPHASH". */
static void
set_hash(struct event *e, enum field md5, struct slice kind, struct slice v)
{
	enum field f = FIELD_COUNT;

	if (kind.n == 6 && slice_eq_nocase(kind, SLICE("SHA256")))
		f = md5 == F_dll_hash_sha256 ? md5 : md5 + 2;
	else if (md5 == F_dll_hash_sha256)
		return;
	else if (kind.n == 3 && slice_eq_nocase(kind, SLICE("MD5")))
		f = md5;
	else if (kind.n == 4 && slice_eq_nocase(kind, SLICE("SHA1")))
		f = md5 + 1;
	else if (kind.n == 7 && md5 == F_process_hash_md5 && slice_eq_nocase(kind, SLICE("IMPHASH")) &&
	    !slice_eq(v, SLICE("00000000000000000000000000000000")))
		f = F_process_pe_imphash;	/* Sysmon writes zeros where a program has no imports. */
	if (f != FIELD_COUNT)
		event_set(e, f, convert_lower(e, v));
}

_Static_assert(F_process_hash_sha256 == F_process_hash_md5 + 2 &&
    F_file_hash_sha256 == F_file_hash_md5 + 2, "set_hash counts on it");

static void
set_hashes(struct event *e, enum field md5, struct slice v)
{
	while (v.p) {
		struct slice hash = slice_cut(&v, ','), kind = slice_cut(&hash, '=');

		if (hash.p)
			set_hash(e, md5, slice_trim(kind), slice_trim(hash));
	}
}

static void
set_when(struct event *e, enum field f, struct slice v)
{
	struct stamp at;
	bool zoned;

	if (v.n == 0 || slice_eq(v, SLICE("-")))
		return;
	if (!time_text(v, &at, &zoned)) {
		event_err(e, ERR_bad_field);
		return;
	}
	stamp_add(&e->scratch, at);
	event_set(e, f, settled(e));
}

static void
set_nanos(struct event *e, enum field f, struct slice v, double scale)
{
	double d;

	if (v.n == 0 || slice_eq(v, SLICE("-")))
		return;
	/* 2^53 ns are 104 days: beyond it the double has lost digits, which is the source's own precision. */
	if (num_f64(v, &d) && d >= 0 && d * scale < 9e18)
		event_set_u64(e, f, (uint64_t)(d * scale + 0.5));
	else
		event_err(e, ERR_bad_field);
}

static void
set_protocol(struct event *e, enum field f, struct slice v)
{
	static const struct {
		struct slice number, name;
	} row[] = {
		{SLICE_INIT("6"), SLICE_INIT("tcp")}, {SLICE_INIT("17"), SLICE_INIT("udp")},
		{SLICE_INIT("1"), SLICE_INIT("icmp")},
		{SLICE_INIT("58"), SLICE_INIT("ipv6-icmp")}, {SLICE_INIT("2"), SLICE_INIT("igmp")},
		{SLICE_INIT("47"), SLICE_INIT("gre")},
		{SLICE_INIT("50"), SLICE_INIT("esp")}, {SLICE_INIT("132"), SLICE_INIT("sctp")},
	};

	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		if (slice_eq(v, row[i].number)) {
			event_set(e, f, row[i].name);
			return;
		}
	event_set(e, f, convert_lower(e, v));
}

/* "::ffff:10.0.0.1;fe80::1;type:  5 name.example;" -- what is no address stays in raw. */
static void
set_addresses(struct event *e, enum field f, struct slice v, char between)
{
	struct addr a;

	while (v.p) {
		struct slice piece = slice_trim(slice_cut(&v, between));

		if (piece.n && addr_read(piece, &a))
			event_set(e, f, piece);
	}
}

static void
set_list(struct event *e, enum field f, struct slice v)
{
	if (field_row[f].type == 'i') {
		set_addresses(e, f, v, ',');
		return;
	}
	while (v.p)
		event_set(e, f, slice_trim(slice_cut(&v, ',')));
}

static void
set_web(struct event *e, struct slice v)
{
	size_t scheme = slice_find_slice(v, SLICE("://"));
	struct slice rest = v;
	size_t query;

	if (v.n == 0 || slice_eq(v, SLICE("-")))
		return;
	event_set(e, F_url_original, v);
	if (scheme < v.n && scheme < 12 && slice_find(v, '/') > scheme) {
		struct slice host;
		size_t slash;

		event_set(e, F_url_full, v);
		rest = slice_from(v, scheme + 3);
		slash = slice_find(rest, '/');
		host = slice_head(rest, slash);
		host = slice_from(host, slice_rfind(host, '@') < host.n ? slice_rfind(host, '@') + 1 : 0);
		event_set(e, F_url_domain, slice_head(host, slice_find(host, ':')));
		rest = slice_from(rest, slash);
	}
	query = slice_find(rest, '?');
	event_set(e, F_url_path, slice_head(rest, query));
	if (query < rest.n)
		event_set(e, F_url_query, slice_from(rest, query + 1));
}

static void
set_registry(struct event *e, struct slice v)
{
	size_t at = slice_rfind(v, '\\');

	event_set(e, F_registry_path, v);
	if (at < v.n) {
		event_set(e, F_registry_key, slice_head(v, at));
		event_set(e, F_registry_value, slice_from(v, at + 1));
	}
}

static void
set_outcome(struct event *e, struct slice v)
{
	static const struct slice good[] = {
		SLICE_INIT("success"), SLICE_INIT("succeeded"), SLICE_INIT("true"), SLICE_INIT("0"), SLICE_INIT("ok"),
		    SLICE_INIT("allow"),
		SLICE_INIT("0x0"), SLICE_INIT("partiallysucceeded"), SLICE_INIT("T"), SLICE_INIT("yes"),
	};
	static const struct slice unknown[] = {SLICE_INIT("unknown"), SLICE_INIT("started"), SLICE_INIT("accepted"),
	    SLICE_INIT("skipped")};

	if (v.n == 0 || slice_eq(v, SLICE("-")))
		return;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (slice_eq_nocase(v, good[i])) {
			event_set(e, F_event_outcome, SLICE("success"));
			return;
		}
	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
		if (slice_eq_nocase(v, unknown[i])) {
			event_set(e, F_event_outcome, SLICE("unknown"));
			return;
		}
	event_set(e, F_event_outcome, SLICE("failure"));
}

void
convert_set(struct event *e, enum field f, enum convert how, struct slice v)
{
	switch (how) {
	case TEXT: event_set(e, f, v); break;
	case TRIM: event_set(e, f, slice_trim(v)); break;
	case LOWER: event_set(e, f, convert_lower(e, v)); break;
	case EXE: set_exe(e, f, v); break;
	case FILEPATH: set_file(e, v); break;
	case HEX: set_hex(e, f, v); break;
	case ADDRESS: event_set_address(e, f, v); break;
	case HOSTPORT: set_host_port(e, f, v); break;
	case ACCOUNT: set_account(e, f, v); break;
	case HASHES: set_hashes(e, f, v); break;
	case WHEN: set_when(e, f, v); break;
	case SECONDS: set_nanos(e, f, v, 1e9); break;
	case MILLIS: set_nanos(e, f, v, 1e6); break;
	case PROTOCOL: set_protocol(e, f, v); break;
	case SEMICOLONS: set_addresses(e, f, v, ';'); break;
	case COMMAS: set_list(e, f, v); break;
	case WEB: set_web(e, v); break;
	case VERSION: event_set(e, f, slice_starts_nocase(v, SLICE("HTTP/")) ? slice_from(v, 5) : v); break;
	case REGISTRY: set_registry(e, v); break;
	case OUTCOME: set_outcome(e, v); break;
	case OBJECT: event_set_json(e, f, v); break;
	}
}

struct slice
convert_text(struct event *e, struct view_text t)
{
	if (t.form != FORM_JSON)
		return t.s;
	json_decode(t.s, &e->scratch);
	return settled(e);
}

/*
 * The last separator in a string as JSON writes it: a backslash there is two bytes.  False if the last backslash begins an escape
 * of something else: then only the decoded text tells.
 */
static bool
last_separator(struct slice s, size_t *at)
{
	size_t n = s.n, run = 0;

	while (n > 0 && s.p[n - 1] != '\\' && s.p[n - 1] != '/')
		n--;
	*at = n;
	if (n == 0 || s.p[n - 1] == '/')
		return true;
	while (run < n && s.p[n - 1 - run] == '\\')
		run++;
	return run % 2 == 0;
}

/* What stands behind the last separator of a path has no backslash any more: it is clean. */
static bool
json_exe(struct event *e, enum field f, struct slice v)
{
	size_t at;

	if (!last_separator(v, &at) || (at > 0 && v.p[at - 1] == '/'))
		return false;
	event_set_as(e, f, v, FORM_JSON);
	event_set_as(e, f == F_process_parent_executable ? F_process_parent_name : F_process_name, slice_from(v, at), FORM_CLEAN);
	return true;
}

static bool
json_file(struct event *e, struct slice v)
{
	struct slice name;
	size_t at, dot;

	if (!last_separator(v, &at) || (at > 0 && v.p[at - 1] == '/'))
		return false;
	name = slice_from(v, at);
	dot = slice_rfind(name, '.');
	event_set_as(e, F_file_path, v, FORM_JSON);
	event_set_as(e, F_file_name, name, FORM_CLEAN);
	if (dot > 0 && dot + 1 < name.n)
		event_set_as(e, F_file_extension, slice_from(name, dot + 1), FORM_CLEAN);
	return true;
}

/* DOMAIN\\name, and nothing else that is escaped. */
static bool
json_account(struct event *e, enum field f, struct slice v)
{
	size_t at = slice_find(v, '\\');

	if (at + 1 >= v.n || v.p[at + 1] != '\\' || slice_find(slice_from(v, at + 2), '\\') != v.n - at - 2)
		return false;
	event_set_as(e, f == F_user_target_name ? F_user_target_domain : F_user_domain, slice_head(v, at), FORM_CLEAN);
	event_set_as(e, f, slice_from(v, at + 2), FORM_CLEAN);
	return true;
}

static bool
json_registry(struct event *e, struct slice v)
{
	size_t at = slice_rfind(v, '\\'), end;

	if (at == v.n || at == 0 || !last_separator(slice_head(v, at + 1), &end))
		return false;
	event_set_as(e, F_registry_path, v, FORM_JSON);
	event_set_as(e, F_registry_key, slice_head(v, at - 1), FORM_JSON);
	event_set_as(e, F_registry_value, slice_from(v, at + 1), FORM_CLEAN);
	return true;
}

/* True: done without decoding. */
static bool
as_json(struct event *e, enum field f, enum convert how, struct slice v)
{
	switch (how) {
	case TEXT:
		event_set_as(e, f, v, FORM_JSON);
		return true;
	case EXE:
		return json_exe(e, f, v);
	case FILEPATH:
		return json_file(e, v);
	case ACCOUNT:
		return json_account(e, f, v);
	case REGISTRY:
		return json_registry(e, v);
	default:
		return false;
	}
}

void
convert_as(struct event *e, enum field f, enum convert how, struct view_text t)
{
	if (t.s.n == 0)
		return;
	if (how == TEXT) {
		event_set_as(e, f, t.s, t.form);
	} else if (t.form == FORM_CLEAN) {
		e->form = FORM_CLEAN;
		convert_set(e, f, how, t.s);
		e->form = FORM_TEXT;
	} else if (t.form != FORM_JSON || !as_json(e, f, how, t.s)) {
		convert_set(e, f, how, convert_text(e, t));
	}
}
