/* ir.vuln: what is written of a CVE. */
#include "lib/enrich/vuln.h"

/* The last second of the day that lies n days after the moment, where the day is counted. */
static struct stamp
day_end(struct stamp from, int days, const struct zone *zone)
{
	int64_t local = zone_local(zone, from.s), day = local / 86400 - (local % 86400 < 0);
	bool twice;

	return (struct stamp){.s = zone_utc(zone, (day + days + 1) * 86400 - 1, &twice)};
}

/* Strictest first. */
static char
urgency(const struct decision *d)
{
	if (d->forensic)
		return '0';
	return d->days == 3 ? '1' : d->days == 14 ? '2' : d->days == 60 ? '3' : '4';
}

void
vuln_rank(const struct vuln *v, const struct vuln_context *c, struct buf *b)
{
	struct decision d = vuln_decide(v->kev, c->exposed, v->automatable, v->total);
	double epss = v->scored && v->epss >= 0 && v->epss <= 1 ? v->epss : 0, cvss = c->cvss >= 0 && c->cvss <= 10 ? c->cvss : 0;

	buf_byte(b, c->finding ? urgency(&d) : '5');
	buf_byte(b, c->alert ? '0' : '1');
	buf_byte(b, (char)(c->criticality < 0 ? '4' : '3' - c->criticality));
	buf_byte(b, v->ransomware ? '0' : '1');
	buf_byte(b, '-');
	buf_pad(b, (uint64_t)(99999 - (uint64_t)(epss * 99999 + 0.5)), 5);
	buf_byte(b, '-');
	buf_pad(b, (uint64_t)(100 - (uint64_t)(cvss * 10 + 0.5)), 3);
	buf_byte(b, '-');
	cve_put(v->cve, b);
}

static void
word(struct json_out *o, const char *name, enum truth t, const char *yes, const char *no)
{
	if (t != TRUTH_UNKNOWN)
		jo_kstr(o, name, t == TRUTH_YES ? yes : no);
}

static void
moment(struct json_out *o, const char *name, struct stamp at)
{
	char text[STAMP_LEN];

	stamp_put(text, at);
	jo_ktext(o, name, slice_of(text, sizeof text));
}

static void
put_due(const struct vuln *v, const struct vuln_context *c, const struct decision *d, struct json_out *o)
{
	struct stamp from = c->at, added = {.s = (int64_t)v->added * 86400}, due;

	if (d->days < 0 || !c->timed)
		return;
	if (v->kev == TRUTH_YES && v->added && stamp_cmp(added, from) > 0)
		from = added;
	due = day_end(from, d->days, c->zone);
	moment(o, "from", from);
	moment(o, "due", due);
	jo_kbool(o, "overdue", stamp_cmp(c->now, due) > 0);
}

static void
put_decision(const struct vuln *v, const struct vuln_context *c, struct json_out *o)
{
	struct decision d = vuln_decide(v->kev, c->exposed, v->automatable, v->total);

	if (c->exposed != TRUTH_UNKNOWN)
		jo_kbool(o, "exposed", c->exposed == TRUTH_YES);
	word(o, "automatable", v->automatable, "yes", "no");
	word(o, "impact", v->total, "total", "partial");
	jo_ku64(o, "row", d.row);
	jo_ktext(o, "outcome", d.outcome);
	put_due(v, c, &d, o);
	if (d.forensic)
		jo_kbool(o, "forensic", true);
	jo_kopen(o, "assumed", '[');
	if (v->kev == TRUTH_UNKNOWN)
		jo_str(o, "kev");
	if (c->exposed == TRUTH_UNKNOWN)
		jo_str(o, "exposed");
	if (v->automatable == TRUTH_UNKNOWN)
		jo_str(o, "automatable");
	if (v->total == TRUTH_UNKNOWN)
		jo_str(o, "impact");
	jo_close(o, ']');
}

void
vuln_put(const struct vuln *v, const struct vuln_context *c, struct json_out *o)
{
	struct buf b = {0};

	jo_open(o, '{');
	cve_put(v->cve, &b);
	jo_ktext(o, "cve", buf_slice(&b));
	if (v->kev != TRUTH_UNKNOWN)
		jo_kbool(o, "kev", v->kev == TRUTH_YES);
	if (v->kev == TRUTH_YES && v->added)
		day_put(v->added, o, "kev_added");
	if (v->kev == TRUTH_YES && v->due)
		day_put(v->due, o, "kev_due");
	if (v->kev == TRUTH_YES)
		jo_kbool(o, "ransomware", v->ransomware);
	if (v->scored) {
		jo_key(o, SLICE("epss"));
		jo_f64(o, v->epss);
		jo_key(o, SLICE("percentile"));
		jo_f64(o, v->percentile);
	}
	if (c->cvss >= 0) {
		jo_key(o, SLICE("cvss"));
		jo_f64(o, c->cvss);
	}
	if (c->finding)
		put_decision(v, c, o);
	buf_reset(&b);
	vuln_rank(v, c, &b);
	jo_ktext(o, "rank", buf_slice(&b));
	jo_close(o, '}');
	buf_free(&b);
}
