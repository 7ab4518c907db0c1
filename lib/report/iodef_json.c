/* IODEF version 2 as JSON (RFC 8727): the same as the XML form. */
#include "lib/base/addr.h"
#include "lib/report/iodef.h"

#include <stdlib.h>

bool report_iodef_json(struct model *, const struct report_request *, struct buf *, uint64_t *, struct fault *);

static void
time_member(struct json_out *o, const char *name, struct stamp at)
{
	struct buf t = {0};

	time_ms_add(&t, at);
	jo_ktext(o, name, buf_slice(&t));
	buf_free(&t);
}

static void
texts_member(struct json_out *o, const char *name, struct slice one)
{
	jo_kopen(o, name, '[');
	jo_text(o, one);
	jo_close(o, ']');
}

static void
domain_put(struct json_out *o, struct slice v)
{
	jo_open(o, '{');
	jo_ktext(o, "Name", v);
	jo_kstr(o, "system-status", "unknown");
	jo_kstr(o, "domain-status", "unknown");
	jo_close(o, '}');
}

static void
address_put(struct json_out *o, struct slice v, const struct addr *a)
{
	jo_open(o, '{');
	jo_ktext(o, "value", v);
	jo_kstr(o, "category", addr_is4(a) ? "ipv4-addr" : "ipv6-addr");
	jo_close(o, '}');
}

/* BYTE of the schema is text in base64. */
static void
hash_put(struct json_out *o, struct slice v)
{
	struct buf t = {0};

	jo_kopen(o, "FileData", '{');
	jo_kopen(o, "File", '[');
	jo_open(o, '{');
	jo_kopen(o, "HashData", '{');
	jo_kstr(o, "scope", "file-contents");
	jo_kopen(o, "Hash", '[');
	jo_open(o, '{');
	jo_kstr(o, "DigestMethod", iodef_algorithm(v));
	iodef_digest_add(&t, v);
	jo_ktext(o, "DigestValue", buf_slice(&t));
	jo_close(o, '}');
	jo_close(o, ']');
	jo_close(o, '}');
	jo_close(o, '}');
	jo_close(o, ']');
	jo_close(o, '}');
	buf_free(&t);
}

static void
indicator_put(struct json_out *o, struct model *m, const struct entity *e)
{
	struct slice v = text_of(m, e->value);
	struct addr a;
	char id[IODEF_ID_LEN];

	if (!iodef_entity(m, e, id))
		return;
	jo_open(o, '{');
	jo_kopen(o, "IndicatorID", '{');
	jo_ktext(o, "id", slice_of(id, sizeof id));
	jo_kstr(o, "name", "irpipe");
	jo_kstr(o, "version", "1");
	jo_close(o, '}');
	time_member(o, "StartTime", e->first);
	jo_kopen(o, "Observable", '{');
	if (e->type == ENTITY_HASH)
		hash_put(o, v);
	else if (e->type == ENTITY_IP && addr_read(v, &a)) {
		jo_key(o, SLICE("Address"));
		address_put(o, v, &a);
	} else {
		jo_key(o, SLICE("DomainData"));
		domain_put(o, v);
	}
	jo_close(o, '}');
	jo_close(o, '}');
}

static void
indicators_member(struct json_out *o, struct model *m)
{
	uint32_t *order = entities_sorted(m);
	struct buf all = {0};
	struct json_out list = json_out(&all);
	size_t shown = 0;

	jo_open(&list, '[');
	for (size_t i = 0; i < m->entities && shown < SHARE_ENTITIES_MAX; i++)
		if (indicator_is(m, &m->entity[order[i]])) {
			indicator_put(&list, m, &m->entity[order[i]]);
			shown++;
		}
	jo_close(&list, ']');
	if (all.n > 2)
		jo_kraw(o, "Indicator", buf_slice(&all));
	buf_free(&all);
	free(order);
}

static void
method_member(struct json_out *o, struct model *m, const struct story *y)
{
	struct list t = iodef_techniques(m, y);
	struct buf url = {0};

	if (t.n == 0)
		return;
	jo_kopen(o, "Method", '[');
	jo_open(o, '{');
	jo_kopen(o, "Reference", '[');
	for (uint32_t i = 0; i < t.n; i++) {
		jo_open(o, '{');
		buf_reset(&url);
		technique_url_add(&url, text_of(m, item_of(m, t, i)));
		texts_member(o, "URL", buf_slice(&url));
		texts_member(o, "Description", text_of(m, item_of(m, t, i)));
		jo_close(o, '}');
	}
	jo_close(o, ']');
	jo_close(o, '}');
	jo_close(o, ']');
	buf_free(&url);
}

static void
assessment_member(struct json_out *o, struct model *m, const struct story *y)
{
	uint32_t rsit = iodef_category(m, y);

	jo_kopen(o, "Assessment", '[');
	jo_open(o, '{');
	if (rsit)
		texts_member(o, "IncidentCategory", text_of(m, rsit));
	jo_kopen(o, "Impact", '[');
	jo_open(o, '{');
	jo_kopen(o, "SystemImpact", '{');
	jo_kstr(o, "type", "unknown");
	jo_kstr(o, "severity", iodef_severity(y->level));
	jo_close(o, '}');
	jo_close(o, '}');
	jo_close(o, ']');
	jo_close(o, '}');
	jo_close(o, ']');
}

static void
host_member(struct json_out *o, struct model *m, const struct story *y)
{
	struct slice v = text_of(m, y->host);
	struct addr a;

	if (v.n == 0 || slice_eq(v, SLICE("-")))
		return;
	jo_kopen(o, "EventData", '[');
	jo_open(o, '{');
	jo_kopen(o, "System", '[');
	jo_open(o, '{');
	jo_kstr(o, "category", "target");
	jo_kopen(o, "Node", '{');
	jo_kopen(o, addr_read(v, &a) ? "Address" : "DomainData", '[');
	if (addr_read(v, &a))
		address_put(o, v, &a);
	else
		domain_put(o, v);
	jo_close(o, ']');
	jo_close(o, '}');
	jo_close(o, '}');
	jo_close(o, ']');
	jo_close(o, '}');
	jo_close(o, ']');
}

static void
history_member(struct json_out *o, struct model *m, const struct story *y)
{
	struct iodef_step step;
	bool some = false;

	for (size_t i = 0; i < m->result.n; i++) {
		if (!iodef_step(m, &m->result.v[i], y, &step))
			continue;
		if (!some) {
			jo_kopen(o, "History", '{');
			jo_kopen(o, "HistoryItem", '[');
		}
		some = true;
		jo_open(o, '{');
		jo_kstr(o, "action", "other");
		time_member(o, "DateTime", m->result.v[i].at);
		texts_member(o, "Description", text_of(m, step.words));
		jo_close(o, '}');
	}
	if (some) {
		jo_close(o, ']');
		jo_close(o, '}');
	}
}

static void
incident_put(struct json_out *o, struct model *m, const struct story *y, size_t number)
{
	jo_open(o, '{');
	jo_kstr(o, "purpose", "reporting");
	jo_kstr(o, "restriction", iodef_restriction(m));
	if (m->tlp == 4)
		jo_kstr(o, "ext-restriction", "amber+strict");
	jo_kopen(o, "IncidentID", '{');
	jo_ktext(o, "id", text_of(m, iodef_id(m, y)));
	jo_kstr(o, "name", "irpipe");
	jo_close(o, '}');
	time_member(o, "DetectTime", y->first);
	time_member(o, "StartTime", y->first);
	time_member(o, "EndTime", y->last);
	time_member(o, "GenerationTime", report_time(m));
	if (y->title)
		texts_member(o, "Description", text_of(m, y->title));
	jo_kopen(o, "Discovery", '[');
	jo_open(o, '{');
	jo_kstr(o, "source", "siem");
	jo_close(o, '}');
	jo_close(o, ']');
	assessment_member(o, m, y);
	method_member(o, m, y);
	jo_kopen(o, "Contact", '[');
	jo_open(o, '{');
	jo_kstr(o, "role", "creator");
	jo_kstr(o, "type", "organization");
	texts_member(o, "ContactName", iodef_contact(m));
	jo_close(o, '}');
	jo_close(o, ']');
	host_member(o, m, y);
	if (number == 0)
		indicators_member(o, m);
	history_member(o, m, y);
	jo_close(o, '}');
}

bool
report_iodef_json(struct model *m, const struct report_request *r, struct buf *out, uint64_t *left, struct fault *f)
{
	struct json_out o = json_out(out);

	(void)r;
	*left = 0;
	if (m->stories == 0)
		return fault_set(f, "IODEF passes on incidents, and there is none", 0);
	jo_open(&o, '{');
	jo_kstr(&o, "version", "2.0");
	jo_kstr(&o, "lang", "en");
	jo_kopen(&o, "Incident", '[');
	for (size_t i = 0; i < m->stories; i++)
		incident_put(&o, m, &m->story[i], i);
	jo_close(&o, ']');
	jo_close(&o, '}');
	buf_byte(out, '\n');
	return true;
}
