/* Who and what the alerts speak of, and one line that says what happened. */
#include "lib/base/addr.h"
#include "lib/report/model_priv.h"

struct entity_path {
	enum path path;
	enum entity_type type;
};
static const struct entity_path entity_path[] = {
	{P_host, ENTITY_HOST}, {P_user, ENTITY_USER}, {P_user_target, ENTITY_USER}, {P_source_ip, ENTITY_IP}, {P_destination_ip,
	    ENTITY_IP},
	{P_destination_domain, ENTITY_DOMAIN}, {P_dns_name, ENTITY_DOMAIN}, {P_url_domain, ENTITY_DOMAIN}, {P_sni, ENTITY_DOMAIN},
	{P_sha256, ENTITY_HASH}, {P_sha1, ENTITY_HASH}, {P_md5, ENTITY_HASH}, {P_file_sha256, ENTITY_HASH}, {P_file_sha1,
	    ENTITY_HASH},
	{P_file_md5, ENTITY_HASH}, {P_file, ENTITY_FILE}, {P_exe, ENTITY_PROCESS},
};

/* "DE, Example Net": what ir-enrich knows of an address. */
static uint32_t
about_take(struct model *m, enum path country, enum path as)
{
	buf_reset(&m->made);
	buf_slice_add(&m->made, value_at(m, country));
	if (m->made.n && value_at(m, as).n)
		buf_lit(&m->made, ", ");
	buf_slice_add(&m->made, value_at(m, as));
	return text_shown(m, buf_slice(&m->made), VALUE_MAX);
}

static void
entity_take(struct model *m, const struct entity_path *p, const struct alert *a, uint32_t alert)
{
	uint32_t value = text_shown(m, value_at(m, p->path), SUMMARY_MAX), key[2] = {p->type, value};
	struct map_row *row;
	struct entity *e;
	struct addr a_number;
	bool made;

	/* A URL's host may be an address: it is counted as one by the event's ends. */
	if (!value || (p->type == ENTITY_DOMAIN && addr_read(text_of(m, value), &a_number)))
		return;
	row = map_get(&m->entity_by, slice_of((const char *)key, sizeof key));
	if (!row && m->entities >= ENTITIES_MAX) {
		m->entities_dropped++;
		return;
	}
	row = map_put(&m->entity_by, slice_of((const char *)key, sizeof key), &made);
	if (made) {
		m->entity = mem_grow(m->entity, &m->entity_cap, m->entities, sizeof *m->entity);
		m->entity[m->entities] = (struct entity){.type = p->type, .value = value, .first = a->at, .last = a->at};
		row->v.u = m->entities++;
	}
	e = &m->entity[row->v.u];
	if (stamp_cmp(a->at, e->first) < 0)
		e->first = a->at;
	if (stamp_cmp(a->at, e->last) > 0)
		e->last = a->at;
	if (a->level > e->level)
		e->level = a->level;
	if (e->last_alert != alert && e->count < ENTITY_EXAMPLES)
		e->example[e->count] = a->id;
	e->count += e->last_alert != alert;
	e->last_alert = alert;
	if (p->path == P_source_ip && !e->about)
		e->about = about_take(m, P_source_country, P_source_as);
	if (p->path == P_destination_ip && !e->about)
		e->about = about_take(m, P_destination_country, P_destination_as);
}

void
entities_take(struct model *m, const struct alert *a, uint32_t alert)
{
	for (size_t i = 0; i < sizeof entity_path / sizeof *entity_path; i++)
		entity_take(m, &entity_path[i], a, alert);
}

/* ---- one line ---------------------------------------------------------------------------------------------------- */

static void
piece(struct model *m, enum path p, const char *before, const char *after)
{
	struct slice v = value_at(m, p);

	if (v.n == 0)
		return;
	if (m->made.n)
		buf_str(&m->made, before);
	buf_slice_add(&m->made, v);
	buf_str(&m->made, after);
}

static void
ends_of(struct model *m)
{
	piece(m, P_source_ip, " from ", "");
	piece(m, P_destination_ip, " to ", "");
	piece(m, P_destination_port, " port ", "");
}

/* The most telling member decides the form: a command, a request, a name asked for, a file, a key, the log's words. */
uint32_t
summary_take(struct model *m)
{
	buf_reset(&m->made);
	if (value_at(m, P_cmd).n)
		piece(m, P_cmd, "", "");
	else if (value_at(m, P_url).n) {
		piece(m, P_method, "", "");
		piece(m, P_url, " ", "");
		piece(m, P_http_status, " -> ", "");
		piece(m, P_source_ip, " from ", "");
	} else if (value_at(m, P_dns_name).n) {
		buf_lit(&m->made, "DNS");
		piece(m, P_dns_name, " ", "");
		piece(m, P_source_ip, " from ", "");
	} else if (value_at(m, P_registry).n) {
		piece(m, P_process_name, "", "");
		piece(m, P_registry, " > ", "");
	} else if (value_at(m, P_file).n || value_at(m, P_file_name).n) {
		piece(m, P_process_name, "", "");
		piece(m, value_at(m, P_file).n ? P_file : P_file_name, " > ", "");
	} else if (value_at(m, P_message).n)
		piece(m, P_message, "", "");
	else if (value_at(m, P_original).n)
		piece(m, P_original, "", "");
	else {
		piece(m, P_action, "", "");
		piece(m, P_process_name, " by ", "");
		piece(m, P_dataset, " in ", "");
		piece(m, P_code, " event ", "");
		piece(m, P_user, " as ", "");
		piece(m, P_outcome, ": ", "");
		ends_of(m);
	}
	return text_shown(m, buf_slice(&m->made), SUMMARY_MAX);
}
