/* geo: where a public address is, from a City, Country or Enterprise database. */
#include "lib/enrich/source.h"

static const char *const COUNTRY[] = {"country", "iso_code", NULL}, *const COUNTRY_NAME[] = {"country", "names", "en", NULL};
static const char *const CITY[] = {"city", "names", "en", NULL}, *const REGION[] = {"subdivisions", "0", "iso_code", NULL};
static const char *const LATITUDE[] = {"location", "latitude", NULL}, *const LONGITUDE[] = {"location", "longitude", NULL};

static bool
load(struct enrich_source *s, const char *path, struct fault *f)
{
	static const char *const others[] = {"-ASN", "-ISP", "-Domain", "-Connection-Type", "-Anonymous-IP", NULL};

	return place_load(s, path, others, f);
}

/* ISO 3166-2 is the country's code and the subdivision's (ECS geo.region_iso_code). */
static bool
region(const struct enrich_source *s, const struct mmdb_hit *hit, struct json_out *o)
{
	struct slice country = {NULL, 0}, part = {NULL, 0};
	enum mmdb_found a = mmdb_text(s->db, hit, COUNTRY, &country), b = mmdb_text(s->db, hit, REGION, &part);
	char code[8];

	if (a == MMDB_CORRUPT || b == MMDB_CORRUPT)
		return false;
	if (a != MMDB_HIT || b != MMDB_HIT || country.n != 2 || part.n == 0 || part.n > sizeof code - 3)
		return true;
	memcpy(code, country.p, 2);
	code[2] = '-';
	memcpy(code + 3, part.p, part.n);
	jo_ktext(o, "region_iso_code", slice_of(code, 3 + part.n));
	return true;
}

static bool
location(const struct enrich_source *s, const struct mmdb_hit *hit, struct json_out *o)
{
	double lat = 0, lon = 0;
	enum mmdb_found a = mmdb_f64(s->db, hit, LATITUDE, &lat), b = mmdb_f64(s->db, hit, LONGITUDE, &lon);

	if (a == MMDB_CORRUPT || b == MMDB_CORRUPT)
		return false;
	if (a != MMDB_HIT || b != MMDB_HIT || !(lat >= -90 && lat <= 90) || !(lon >= -180 && lon <= 180))
		return true;
	jo_kopen(o, "location", '{');
	jo_key(o, SLICE("lat"));
	jo_f64(o, lat);
	jo_key(o, SLICE("lon"));
	jo_f64(o, lon);
	jo_close(o, '}');
	return true;
}

static enum enrich_found
describe(const struct enrich_source *s, const struct addr *a, struct buf *value)
{
	struct json_out o = json_out(value);
	struct mmdb_hit hit;
	enum mmdb_found found = mmdb_find(s->db, a, &hit, NULL);

	if (found != MMDB_HIT)
		return found == MMDB_MISS ? ENRICH_MISS : ENRICH_ERROR;
	jo_open(&o, '{');
	if (!place_text(s, &hit, COUNTRY, "country_iso_code", &o) || !place_text(s, &hit, COUNTRY_NAME, "country_name", &o) ||
	    !region(s, &hit, &o) || !place_text(s, &hit, CITY, "city_name", &o) || !location(s, &hit, &o))
		return ENRICH_ERROR;
	jo_close(&o, '}');
	/* An entry without anything that we take ({} alone) tells nothing. */
	return value->n > 2 ? ENRICH_HIT : ENRICH_MISS;
}

const struct enrich_kind enrich_kind_geo = {.name = SLICE_INIT("geo"), .max_age = 60 * 86400, .load = load,
    .describe = describe, .list = LIST_NONE};
