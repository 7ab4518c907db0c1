/* as: the autonomous system of a public address, from an ASN or ISP database. */
#include "lib/enrich/source.h"

static const char *const NUMBER[] = {"autonomous_system_number", NULL}, *const ORGANIZATION[] = {
    "autonomous_system_organization", NULL};

static bool
load(struct enrich_source *s, const char *path, struct fault *f)
{
	static const char *const others[] = {"-City", "-Country", "-Domain", "-Connection-Type", "-Anonymous-IP", NULL};

	return place_load(s, path, others, f);
}

static enum enrich_found
describe(const struct enrich_source *s, const struct addr *a, struct buf *value)
{
	struct json_out o = json_out(value);
	struct mmdb_hit hit;
	struct slice name;
	uint64_t number = 0;
	enum mmdb_found found = mmdb_find(s->db, a, &hit, NULL);

	if (found != MMDB_HIT)
		return found == MMDB_MISS ? ENRICH_MISS : ENRICH_ERROR;
	found = mmdb_u64(s->db, &hit, NUMBER, &number);
	if (found == MMDB_CORRUPT)
		return ENRICH_ERROR;
	/* AS numbers have 32 bits (RFC 6793); 0 is no system's (RFC 7607). */
	if (found != MMDB_HIT || number == 0 || number > UINT32_MAX)
		return ENRICH_MISS;
	jo_open(&o, '{');
	jo_ku64(&o, "number", number);
	switch (mmdb_text(s->db, &hit, ORGANIZATION, &name)) {
	case MMDB_CORRUPT:
		return ENRICH_ERROR;
	case MMDB_HIT:
		if (name.n == 0 || name.n > PLACE_TEXT)
			break;
		jo_kopen(&o, "organization", '{');
		jo_ktext(&o, "name", name);
		jo_close(&o, '}');
		break;
	default:
		break;
	}
	jo_close(&o, '}');
	return ENRICH_HIT;
}

const struct enrich_kind enrich_kind_as = {.name = SLICE_INIT("as"), .max_age = 60 * 86400, .load = load,
    .describe = describe, .list = LIST_NONE};
