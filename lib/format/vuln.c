/*
 * Reports of vulnerability scanners in XML: Nessus v2 and GVM (OpenVAS).  A report streams: a finding is a frame, what its
 * host's head told is kept; a finding that names several CVEs is an event for each.  Scanners' JSON is read by json.
 */
#include "lib/format/vuln.h"

#include "lib/base/num.h"

enum { TAG = 64 };

static int
sniff(struct slice head)
{
	if (slice_has(slice_head(head, 4096), SLICE("<NessusClientData_v2")))
		return 98;
	if (slice_has(head, SLICE("<nvt oid=")) && slice_has(head, SLICE("<result id=")) && slice_has(head, SLICE("<report")))
		return 97;
	return 0;
}

static void
begin(void *state, const struct format_context *c)
{
	((struct vuln_state *)state)->max_record = c->max_record;
}

/* `<name` and then a blank, > or /. */
static bool
tag(struct slice in, struct slice name)
{
	char c;

	if (in.n < name.n + 2 || !slice_starts(slice_from(in, 1), name))
		return false;
	c = in.p[name.n + 1];
	return c == ' ' || c == '>' || c == '/' || c == '\n' || c == '\r' || c == '\t';
}

/*
 * Where the element at the start of `in` ends: equal ones inside are counted (GVM has a result in a result's detection).
 * 0: not in here.
 */
static size_t
element_end(struct slice in, struct slice name, struct slice close)
{
	unsigned depth = 0;
	size_t at = 0;

	while (at < in.n) {
		struct slice rest = slice_from(in, at);

		if (tag(rest, name)) {
			size_t end = slice_find(rest, '>');

			if (end == rest.n)
				return 0;
			depth++;
			if (rest.p[end - 1] == '/' && --depth == 0)
				return at + end + 1;
			at += end;
		} else if (slice_starts(rest, close)) {
			at += close.n;
			if (--depth == 0)
				return at;
		} else {
			at++;
		}
		at += slice_find(slice_from(in, at), '<');
	}
	return 0;
}

/* ---- a host's head --------------------------------------------------------------------------------- */

static void
keep(struct vuln_text *to, struct slice s)
{
	to->n = (uint16_t)(s.n < sizeof to->p ? s.n : 0);
	if (to->n)
		memcpy(to->p, s.p, to->n);
}

/* name="value" of a start tag, entities left alone: names of machines have none. */
static struct slice
attribute(struct slice t, struct slice name)
{
	size_t at = slice_find_slice(t, name);
	struct slice v = slice_from(t, at + name.n);

	return at == t.n ? (struct slice){NULL, 0} : slice_head(v, slice_find(v, '"'));
}

static void
properties(struct vuln_state *s, struct slice in)
{
	static const struct slice names[] = {SLICE_INIT("host-ip\">"), SLICE_INIT("host-fqdn\">"), SLICE_INIT("netbios-name\">"),
	    SLICE_INIT("HOST_END_TIMESTAMP\">"), SLICE_INIT("HOST_END\">"), SLICE_INIT("operating-system\">")};
	struct vuln_text *const to[] = {&s->ip, &s->fqdn, &s->netbios, &s->end, &s->end, &s->os};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		size_t at = slice_find_slice(in, names[i]);
		struct slice v = slice_from(in, at + names[i].n);

		if (at < in.n && to[i]->n == 0)
			keep(to[i], slice_head(v, slice_find(v, '<')));
	}
}

static void
host(struct vuln_state *s, struct slice start)
{
	s->ip.n = s->fqdn.n = s->netbios.n = s->end.n = s->os.n = 0;
	keep(&s->host, attribute(start, SLICE(" name=\"")));
}

/* ---- frames ---------------------------------------------------------------------------------------- */

static size_t
finding(struct slice in, bool last, struct slice name, struct slice close, struct vuln_state *s, struct slice *record)
{
	size_t n = element_end(slice_head(in, s->max_record + 1), name, close);

	if (n == 0 && in.n <= s->max_record && !last)
		return 0;
	/* One byte more than may be: refused by its length, whatever pieces it came in; the rest passes by. */
	*record = slice_head(in, n ? n : s->max_record + 1);
	s->first = s->seen;
	s->seen += vuln_count(*record);
	return record->n;
}

static size_t
frame(struct slice in, bool last, void *state, struct slice *record)
{
	struct vuln_state *s = state;
	size_t n = slice_find(in, '<'), end;

	if (n > 0)
		return n;
	if (in.n < TAG && !last)
		return 0;
	if (tag(in, SLICE("ReportItem")))
		return finding(in, last, SLICE("ReportItem"), SLICE("</ReportItem>"), s, record);
	if (tag(in, SLICE("result")))
		return finding(in, last, SLICE("result"), SLICE("</result>"), s, record);
	if (tag(in, SLICE("HostProperties")) || tag(in, SLICE("ReportHost"))) {
		bool head = tag(in, SLICE("HostProperties"));

		end = head ? slice_find_slice(in, SLICE("</HostProperties>")) : slice_find(in, '>');
		if (end == in.n && !last && in.n <= s->max_record)
			return 0;
		if (head)
			properties(s, slice_head(in, end));
		else
			host(s, slice_head(in, end));
		return end < in.n ? end + 1 : 1;
	}
	n = 1 + slice_find(slice_from(in, 1), '<');
	return n;
}

/* How many events a finding makes. */
uint64_t
vuln_count(struct slice record)
{
	struct slice cve;
	uint64_t n = 0;
	size_t at = 0;

	while (vuln_cve(record, &at, &cve))
		n++;
	return n ? n : 1;
}

bool
vuln_cve(struct slice record, size_t *at, struct slice *cve)
{
	static const struct slice nessus = SLICE_INIT("<cve>"), gvm = SLICE_INIT("type=\"cve\"");

	for (;;) {
		struct slice rest = slice_from(record, *at);
		bool first = slice_starts(record, SLICE("<ReportItem"));
		size_t n = slice_find_slice(rest, first ? nessus : gvm);

		if (n == rest.n)
			return false;
		*at += n + (first ? nessus.n : gvm.n);
		rest = slice_from(record, *at);
		if (first) {
			*cve = slice_head(rest, slice_find(rest, '<'));
		} else {
			/* <ref type="cve" id="CVE-.."/>, the two in any order */
			size_t open = slice_rfind(slice_head(record, *at), '<');

			rest = slice_from(record, open < *at ? open : 0);
			*cve = attribute(slice_head(rest, slice_find(rest, '>')), SLICE(" id=\""));
		}
		if (slice_starts(*cve, SLICE("CVE-")) && cve->n <= 32)
			return true;
	}
}

const struct format format_vuln = {
	.name = "vuln",
	.title = "reports of Nessus (v2) and GVM or OpenVAS, an event per host and CVE",
	.standard = "NessusClientData_v2, GMP reports",
	.sniff = sniff,
	.frame = frame,
	.state = sizeof(struct vuln_state),
	.begin = begin,
	.next = vuln_next,
	.count = vuln_count,
	.release = vuln_release,
};
