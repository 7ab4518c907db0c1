/* Findings as events. */
#include "lib/format/vuln.h"
#include "lib/format/when.h"

#include "lib/base/num.h"
#include "lib/port/xml.h"

#include <stdlib.h>

enum { PAIRS_MAX = 512, NAME_LONGEST = 64 };

struct pair {
	struct slice name, value;
};

/* One finding while its events are given. */
struct vuln {
	struct xml *xml;
	struct arena mem;		/* names and values, until the next finding */
	/* names of open elements behind the finding's own, each with its dot; text of the innermost */
	struct buf path, text;
	unsigned depth;
	struct pair pair[PAIRS_MAX];
	size_t n;
	bool ok;
	size_t at;			/* in the frame: behind the last CVE given */
	uint64_t given;
};

/* ---- the element as pairs: attributes of the finding, and each element's text by its path ---------- */

static void
add(struct vuln *x, struct slice name, struct slice value)
{
	value = slice_trim(value);
	if (x->n == PAIRS_MAX || value.n == 0)
		return;
	x->pair[x->n++] = (struct pair){arena_slice(&x->mem, name), arena_slice(&x->mem, value)};
}

static void
open_element(void *self, struct slice name, const struct xml_attr *attr, size_t attrs)
{
	struct vuln *x = self;

	if (x->depth++ == 0) {
		for (size_t i = 0; i < attrs; i++)
			add(x, attr[i].name, attr[i].value);
		return;
	}
	/* What stands between two elements inside a third belongs to that one: GVM's host. */
	if (x->text.n && x->path.n)
		add(x, slice_head(buf_slice(&x->path), x->path.n - 1), buf_slice(&x->text));
	buf_reset(&x->text);
	buf_slice_add(&x->path, slice_head(name, NAME_LONGEST));
	buf_byte(&x->path, '.');
	for (size_t i = 0; i < attrs; i++) {
		size_t n = x->path.n;

		buf_slice_add(&x->path, slice_head(attr[i].name, NAME_LONGEST));
		add(x, buf_slice(&x->path), attr[i].value);
		x->path.n = n;
	}
}

static void
text(void *self, struct slice s)
{
	struct vuln *x = self;

	if (x->depth > 1)
		buf_slice_add(&x->text, s);
}

static void
close_element(void *self, struct slice name)
{
	struct vuln *x = self;
	size_t n = name.n < NAME_LONGEST ? name.n : NAME_LONGEST;

	if (--x->depth == 0)
		return;
	add(x, slice_head(buf_slice(&x->path), x->path.n - 1), buf_slice(&x->text));
	buf_reset(&x->text);
	x->path.n -= n + 1;
}

static const struct xml_calls calls = {open_element, text, close_element};

static struct slice
get(const struct vuln *x, const char *name)
{
	for (size_t i = 0; i < x->n; i++)
		if (slice_eq(x->pair[i].name, slice_str(name)))
			return x->pair[i].value;
	return (struct slice){NULL, 0};
}

/* ---- raw: a name that comes again makes a list ----------------------------------------------------- */

static void
put_raw(struct event *e, const struct vuln *x)
{
	bool done[PAIRS_MAX] = {false};

	for (size_t i = 0; i < x->n; i++) {
		struct buf b = {0};
		struct json_out o = json_out(&b);
		size_t same = 0;

		if (done[i])
			continue;
		jo_open(&o, '[');
		for (size_t k = i; k < x->n; k++)
			if (!done[k] && slice_eq(x->pair[k].name, x->pair[i].name)) {
				jo_text(&o, x->pair[k].value);
				done[k] = true;
				same++;
			}
		jo_close(&o, ']');
		if (same == 1)
			event_raw(e, x->pair[i].name, x->pair[i].value);
		else
			event_raw_json(e, x->pair[i].name, event_keep(e, buf_slice(&b)));
		buf_free(&b);
	}
}

/* ---- fields ---------------------------------------------------------------------------------------- */

static struct slice
lower(struct event *e, struct slice v)
{
	struct slice copy = event_keep(e, slice_head(v, 32));

	for (size_t i = 0; i < copy.n; i++)
		if (copy.p[i] >= 'A' && copy.p[i] <= 'Z')
			((char *)(uintptr_t)copy.p)[i] |= 0x20;
	return copy;
}

static struct slice
kept(const struct vuln_text *t)
{
	return slice_of(t->p, t->n);
}

static void
score(struct event *e, struct slice v, struct slice version)
{
	if (v.n && event_set(e, F_vulnerability_score_base, v))
		event_set(e, F_vulnerability_score_version, version);
}

static void
nessus(struct event *e, const struct vuln *x, const struct vuln_state *s, const struct format_context *c)
{
	struct slice name = s->fqdn.n ? kept(&s->fqdn) : s->netbios.n ? kept(&s->netbios) : kept(&s->host), v3 = get(x,
	    "cvss3_base_score");

	event_set(e, F_host_name, event_keep(e, name));
	if (s->ip.n)
		(void)event_set(e, F_host_ip, event_keep(e, kept(&s->ip)));
	event_lit(e, F_vulnerability_scanner_vendor, "Nessus");
	event_set(e, F_vulnerability_severity, lower(e, get(x, "risk_factor")));
	score(e, v3.n ? v3 : get(x, "cvss_base_score"), v3.n ? SLICE("3.0") : SLICE("2.0"));
	event_set(e, F_rule_id, get(x, "pluginID"));
	event_set(e, F_rule_name, get(x, "pluginName"));
	event_set(e, F_message, get(x, "synopsis"));
	if (!slice_eq(get(x, "port"), SLICE("0")))
		(void)event_set(e, F_destination_port, get(x, "port"));
	event_set(e, F_network_transport, get(x, "protocol"));
	event_lit(e, F_event_dataset, "nessus.finding");
	event_ls(e, SLICE("nessus"), SLICE("vulnerability"), (struct slice){NULL, 0});
	(void)when_any(c, e, kept(&s->end));
}

static void
gvm(struct event *e, const struct vuln *x, const struct format_context *c)
{
	struct slice port = get(x, "port"), end = get(x, "modification_time"), ip = get(x, "host"), name = get(x,
	    "host.hostname");
	size_t slash = slice_find(port, '/');
	uint64_t n;

	event_set(e, F_host_name, name.n ? name : ip);
	(void)event_set(e, F_host_ip, ip);
	event_lit(e, F_vulnerability_scanner_vendor, "Greenbone");
	event_set(e, F_vulnerability_severity, lower(e, get(x, "threat")));
	score(e, get(x, "severity"), SLICE(""));
	event_set(e, F_rule_id, get(x, "nvt.oid"));
	event_set(e, F_rule_name, get(x, "nvt.name"));
	event_set(e, F_message, get(x, "name"));
	if (num_u64(slice_head(port, slash), &n) && n <= 65535)
		event_set_u64(e, F_destination_port, n);
	event_set(e, F_network_transport, slice_from(port, slash + 1));
	event_set(e, F_event_id, get(x, "id"));
	event_lit(e, F_event_dataset, "gvm.result");
	event_ls(e, SLICE("gvm"), SLICE("vulnerability"), (struct slice){NULL, 0});
	(void)when_any(c, e, end.n ? end : get(x, "creation_time"));
}

/* ---- one event after the other --------------------------------------------------------------------- */

static struct vuln *
own(struct format_room *room)
{
	struct vuln *x = room->own;

	if (x == NULL) {
		x = mem_zero(1, sizeof *x);
		x->xml = xml_new(&calls, x);
		room->own = x;
	}
	return x;
}

static bool
start(struct vuln *x, struct slice frame, const struct vuln_state *s, struct fault *f)
{
	arena_reset(&x->mem);
	buf_reset(&x->path);
	buf_reset(&x->text);
	x->depth = 0;
	x->n = x->at = 0;
	x->given = 0;
	x->ok = frame.n <= s->max_record ? xml_read(x->xml, frame, f) : fault_set(f, "record-length: longer than --max-record",
	    s->max_record);
	return x->ok;
}

bool
vuln_next(struct slice frame, struct format_room *room, struct event *e, struct format_part *part, struct fault *f)
{
	const struct vuln_state *s = room->state;
	struct vuln *x = own(room);
	struct slice cve = {NULL, 0};
	bool more;

	if (!part->begun)
		(void)start(x, frame, s, f);
	else if (!x->ok)
		return false;
	part->bytes = frame;
	part->rec = part->number = s->first + ++x->given;
	part->ok = x->ok;
	more = x->ok && vuln_cve(frame, &x->at, &cve);
	if (part->begun && !more)
		return false;
	part->begun = true;
	if (!x->ok)
		return true;
	/* Events of one finding have ids of their own: each begins at its CVE. */
	if (more)
		part->bytes = cve;
	event_lit(e, F_event_kind, "state");
	event_lit(e, F_event_category, "vulnerability");
	event_lit(e, F_event_type, "info");
	event_set(e, F_vulnerability_id, event_keep(e, cve));
	if (slice_starts(frame, SLICE("<ReportItem")))
		nessus(e, x, s, room->c);
	else
		gvm(e, x, room->c);
	put_raw(e, x);
	return true;
}

void
vuln_release(void *p)
{
	struct vuln *x = p;

	if (x == NULL)
		return;
	xml_free(x->xml);
	arena_free(&x->mem);
	buf_free(&x->path);
	buf_free(&x->text);
	free(x);
}
