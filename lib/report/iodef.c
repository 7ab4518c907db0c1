/*
 * IODEF version 2 (RFC 7970) as XML: one Incident a story.  The order of elements is the schema's.  No incident is no document:
 * the schema wants one at least.
 */
#include "lib/base/addr.h"
#include "lib/report/esc.h"
#include "lib/report/iodef.h"

#include <stdlib.h>

bool report_iodef(struct model *, const struct report_request *, struct buf *, uint64_t *, struct fault *);

/* <name attributes>text</name>; attributes are constant words of this file. */
static void
element(struct buf *b, const char *name, const char *attributes, struct slice text)
{
	buf_byte(b, '<');
	buf_str(b, name);
	buf_str(b, attributes);
	buf_byte(b, '>');
	esc_xml(b, text);
	buf_lit(b, "</");
	buf_str(b, name);
	buf_lit(b, ">\n");
}

static void
time_element(struct buf *b, const char *name, struct stamp at)
{
	struct buf t = {0};

	time_ms_add(&t, at);
	element(b, name, "", buf_slice(&t));
	buf_free(&t);
}

/* restriction="amber"; AMBER+STRICT is no word of the schema. */
static void
restriction(struct buf *b, const struct model *m)
{
	buf_lit(b, " restriction=\"");
	buf_str(b, iodef_restriction(m));
	buf_byte(b, '"');
	if (m->tlp == 4)
		buf_lit(b, " ext-restriction=\"amber+strict\"");
}

static void
domain_put(struct buf *b, struct slice name)
{
	buf_lit(b, "<DomainData system-status=\"unknown\" domain-status=\"unknown\">\n");
	element(b, "Name", "", name);
	buf_lit(b, "</DomainData>\n");
}

static void
address_put(struct buf *b, struct slice v, const struct addr *a)
{
	element(b, "Address", addr_is4(a) ? " category=\"ipv4-addr\"" : " category=\"ipv6-addr\"", v);
}

static void
hash_put(struct buf *b, struct slice v)
{
	struct buf t = {0};

	buf_lit(b, "<FileData><File><HashData scope=\"file-contents\"><Hash>\n<ds:DigestMethod Algorithm=\"");
	buf_str(b, iodef_algorithm(v));
	buf_lit(b, "\"/>\n");
	iodef_digest_add(&t, v);
	element(b, "ds:DigestValue", "", buf_slice(&t));
	buf_lit(b, "</Hash></HashData></File></FileData>\n");
	buf_free(&t);
}

static void
indicator_put(struct buf *b, struct model *m, const struct entity *e)
{
	struct slice v = text_of(m, e->value);
	struct addr a;
	char id[IODEF_ID_LEN];

	if (!iodef_entity(m, e, id))
		return;
	buf_lit(b, "<Indicator>\n");
	element(b, "IndicatorID", " name=\"irpipe\" version=\"1\"", slice_of(id, sizeof id));
	time_element(b, "StartTime", e->first);
	buf_lit(b, "<Observable>\n");
	if (e->type == ENTITY_HASH)
		hash_put(b, v);
	else if (e->type == ENTITY_IP && addr_read(v, &a))
		address_put(b, v, &a);
	else
		domain_put(b, v);
	buf_lit(b, "</Observable>\n</Indicator>\n");
}

static void
indicators_put(struct buf *b, struct model *m)
{
	uint32_t *order = entities_sorted(m);
	struct buf all = {0};
	size_t shown = 0;

	for (size_t i = 0; i < m->entities && shown < SHARE_ENTITIES_MAX; i++)
		if (indicator_is(m, &m->entity[order[i]])) {
			indicator_put(&all, m, &m->entity[order[i]]);
			shown++;
		}
	if (all.n) {
		buf_lit(b, "<IndicatorData>\n");
		buf_slice_add(b, buf_slice(&all));
		buf_lit(b, "</IndicatorData>\n");
	}
	buf_free(&all);
	free(order);
}

static void
method_put(struct buf *b, struct model *m, const struct story *y)
{
	struct list t = iodef_techniques(m, y);
	struct buf url = {0};

	if (t.n == 0)
		return;
	buf_lit(b, "<Method>\n");
	for (uint32_t i = 0; i < t.n; i++) {
		buf_lit(b, "<Reference>\n");
		buf_reset(&url);
		technique_url_add(&url, text_of(m, item_of(m, t, i)));
		element(b, "URL", "", buf_slice(&url));
		element(b, "Description", "", text_of(m, item_of(m, t, i)));
		buf_lit(b, "</Reference>\n");
	}
	buf_lit(b, "</Method>\n");
	buf_free(&url);
}

static void
assessment_put(struct buf *b, struct model *m, const struct story *y)
{
	uint32_t rsit = iodef_category(m, y);

	buf_lit(b, "<Assessment>\n");
	if (rsit)
		element(b, "IncidentCategory", "", text_of(m, rsit));
	buf_lit(b, "<SystemImpact type=\"unknown\" severity=\"");
	buf_str(b, iodef_severity(y->level));
	buf_lit(b, "\"/>\n</Assessment>\n");
}

static void
host_put(struct buf *b, struct model *m, const struct story *y)
{
	struct slice v = text_of(m, y->host);
	struct addr a;

	if (v.n == 0 || slice_eq(v, SLICE("-")))
		return;
	buf_lit(b, "<EventData>\n<Flow><System category=\"target\"><Node>\n");
	if (addr_read(v, &a))
		address_put(b, v, &a);
	else
		domain_put(b, v);
	buf_lit(b, "</Node></System></Flow>\n</EventData>\n");
}

static void
history_put(struct buf *b, struct model *m, const struct story *y)
{
	struct buf items = {0};

	for (size_t i = 0; i < m->result.n; i++) {
		struct iodef_step step;

		if (!iodef_step(m, &m->result.v[i], y, &step))
			continue;
		buf_lit(&items, "<HistoryItem action=\"other\">\n");
		time_element(&items, "DateTime", m->result.v[i].at);
		element(&items, "Description", "", text_of(m, step.words));
		buf_lit(&items, "</HistoryItem>\n");
	}
	if (items.n) {
		buf_lit(b, "<History>\n");
		buf_slice_add(b, buf_slice(&items));
		buf_lit(b, "</History>\n");
	}
	buf_free(&items);
}

static void
incident_put(struct buf *b, struct model *m, const struct story *y, size_t number)
{
	uint32_t id = iodef_id(m, y);

	buf_lit(b, "<Incident purpose=\"reporting\"");
	restriction(b, m);
	buf_lit(b, ">\n");
	element(b, "IncidentID", " name=\"irpipe\"", text_of(m, id));
	time_element(b, "DetectTime", y->first);
	time_element(b, "StartTime", y->first);
	time_element(b, "EndTime", y->last);
	time_element(b, "GenerationTime", report_time(m));
	if (y->title)
		element(b, "Description", "", text_of(m, y->title));
	buf_lit(b, "<Discovery source=\"siem\"/>\n");
	assessment_put(b, m, y);
	method_put(b, m, y);
	buf_lit(b, "<Contact role=\"creator\" type=\"organization\">\n");
	element(b, "ContactName", "", iodef_contact(m));
	buf_lit(b, "</Contact>\n");
	host_put(b, m, y);
	if (number == 0)
		indicators_put(b, m);
	history_put(b, m, y);
	buf_lit(b, "</Incident>\n");
}

bool
report_iodef(struct model *m, const struct report_request *r, struct buf *out, uint64_t *left, struct fault *f)
{
	(void)r;
	*left = 0;
	if (m->stories == 0)
		return fault_set(f, "IODEF passes on incidents, and there is none", 0);
	buf_lit(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<IODEF-Document version=\"2.00\" xml:lang=\"en\"\n"
	    "  xmlns=\"urn:ietf:params:xml:ns:iodef-2.0\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\n");
	for (size_t i = 0; i < m->stories; i++)
		incident_put(out, m, &m->story[i], i);
	buf_lit(out, "</IODEF-Document>\n");
	return true;
}
