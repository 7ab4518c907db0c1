#include "lib/port/mmdb.h"
#include "tests/unit/unit.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const char *const CITY[] = {"city", "names", "en", NULL}, *const COUNTRY[] = {"country", "iso_code", NULL};
static const char *const LATITUDE[] = {"location", "latitude", NULL}, *const GEONAME[] = {"city", "geoname_id", NULL};
static const char *const ASN[] = {"autonomous_system_number", NULL}, *const ORG[] = {"autonomous_system_organization", NULL};
static const char *const NONE[] = {"no", "such", "path", NULL}, *const DEEP[] = {"country", "iso_code", "more", NULL};

static const char *dir;

static struct mmdb *
opened(const char *name)
{
	char path[4096];
	struct fault f = {0};
	struct mmdb *m;

	snprintf(path, sizeof path, "%s/maxmind-db/test-data/%s", dir, name);
	m = mmdb_open(path, &f);
	OK(m != NULL, "%s: opened%s%s", name, m ? "" : f.what, m ? "" : f.near);
	return m;
}

static struct addr
addr(const char *text)
{
	struct addr a = {0};

	if (!addr_read(slice_str(text), &a))
		abort();
	return a;
}

static void
city(void)
{
	struct mmdb *m = opened("GeoLite2-City-Test.mmdb");
	struct addr a = addr("2.125.160.216");
	struct mmdb_hit hit;
	struct slice text;
	unsigned bits = 0;
	uint64_t n = 0;
	double d = 0;

	if (m == NULL)
		return;
	SAME(mmdb_type(m), SLICE("GeoLite2-City"), "city: type");
	OK(mmdb_build(m) > 1500000000, "city: build epoch");
	INT(mmdb_find(m, &a, &hit, &bits), MMDB_HIT, "city: found");
	INT(bits, 125, "city: prefix");
	INT(mmdb_text(m, &hit, CITY, &text), MMDB_HIT, "city: name there");
	SAME(text, SLICE("Boxford"), "city: name");
	INT(mmdb_text(m, &hit, COUNTRY, &text), MMDB_HIT, "city: country there");
	SAME(text, SLICE("GB"), "city: country");
	INT(mmdb_f64(m, &hit, LATITUDE, &d), MMDB_HIT, "city: latitude there");
	OK(d > 51.7 && d < 51.8, "city: latitude %f", d);
	INT(mmdb_u64(m, &hit, GEONAME, &n), MMDB_HIT, "city: number there");
	INT(n, 2655045, "city: number");
	INT(mmdb_text(m, &hit, NONE, &text), MMDB_MISS, "city: no such path");
	INT(mmdb_text(m, &hit, DEEP, &text), MMDB_MISS, "city: path below a string");
	INT(mmdb_u64(m, &hit, CITY, &n), MMDB_MISS, "city: a string is no number");
	INT(mmdb_f64(m, &hit, GEONAME, &d), MMDB_MISS, "city: an integer is no double");
	INT(mmdb_text(m, &hit, GEONAME, &text), MMDB_MISS, "city: a number is no string");
	a = addr("::ffff:2.125.160.216");
	INT(mmdb_find(m, &a, &hit, NULL), MMDB_HIT, "city: the mapped form is the same address");
	a = addr("2001:218::1");
	INT(mmdb_find(m, &a, &hit, &bits), MMDB_HIT, "city: IPv6");
	INT(bits, 32, "city: IPv6 prefix");
	INT(mmdb_text(m, &hit, COUNTRY, &text), MMDB_HIT, "city: IPv6 country there");
	SAME(text, SLICE("JP"), "city: IPv6 country");
	a = addr("10.0.0.1");
	INT(mmdb_find(m, &a, &hit, NULL), MMDB_MISS, "city: private address");
	mmdb_close(m);
}

static void
others(void)
{
	struct mmdb *m = opened("GeoLite2-ASN-Test.mmdb");
	struct addr a = addr("1.128.3.4"), six = addr("2001:db8::1");
	struct mmdb_hit hit;
	struct slice text;
	unsigned bits = 0;
	uint64_t n = 0;

	if (m == NULL)
		return;
	INT(mmdb_find(m, &a, &hit, &bits), MMDB_HIT, "asn: found");
	INT(bits, 107, "asn: prefix");
	INT(mmdb_u64(m, &hit, ASN, &n), MMDB_HIT, "asn: number there");
	INT(n, 1221, "asn: number");
	INT(mmdb_text(m, &hit, ORG, &text), MMDB_HIT, "asn: name there");
	SAME(text, SLICE("Telstra Pty Ltd"), "asn: name");
	mmdb_close(m);
	m = opened("MaxMind-DB-test-ipv4-24.mmdb");
	a = addr("1.1.1.3");
	INT(m ? mmdb_find(m, &a, &hit, &bits) : MMDB_MISS, MMDB_HIT, "IPv4 tree: found");
	INT(bits, 127, "IPv4 tree: prefix");
	INT(m ? mmdb_find(m, &six, &hit, &bits) : MMDB_HIT, MMDB_MISS, "IPv4 tree: IPv6 is not in it");
	mmdb_close(m);
	m = opened("MaxMind-DB-no-ipv4-search-tree.mmdb");
	INT(m ? mmdb_find(m, &a, &hit, &bits) : MMDB_MISS, MMDB_HIT, "no IPv4 tree: the root's record");
	INT(bits, 96, "no IPv4 tree: prefix");
	mmdb_close(m);
	mmdb_close(opened("MaxMind-DB-test-metadata-pointers.mmdb"));
	mmdb_close(NULL);
}

static size_t files, refused, corrupt, hits;
static double worst;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Reads what there is to read; nothing of it may hang or die. */
static void
use(const struct mmdb *m)
{
	static const char *const text[] = {"1.1.1.1", "2.125.160.216", "0.0.0.0", "255.255.255.255", "::1", "2001:218::1", "ffff::", "::"};
	static const char *const *const path[] = {CITY, COUNTRY, LATITUDE, GEONAME, ASN, ORG, NONE};

	for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
		struct addr a = addr(text[i]);
		struct mmdb_hit hit;
		enum mmdb_found found = mmdb_find(m, &a, &hit, NULL);
		struct slice s;
		uint64_t n;
		double d;

		corrupt += found == MMDB_CORRUPT;
		hits += found == MMDB_HIT;
		for (size_t k = 0; found == MMDB_HIT && k < sizeof path / sizeof *path; k++)
			corrupt += mmdb_text(m, &hit, path[k], &s) == MMDB_CORRUPT || mmdb_u64(m, &hit, path[k], &n) == MMDB_CORRUPT
			    || mmdb_f64(m, &hit, path[k], &d) == MMDB_CORRUPT;
	}
}

static int
one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	struct fault f = {0};
	struct mmdb *m;
	double from = now(), took;

	(void)st, (void)at;
	if (type != FTW_F || !slice_ends(slice_str(path), SLICE(".mmdb")))
		return 0;
	files++;
	m = mmdb_open(path, &f);
	if (m)
		use(m);
	else
		refused++;
	mmdb_close(m);
	took = now() - from;
	worst = took > worst ? took : worst;
	return 0;
}

static void
all(const char *folder, size_t least, size_t bad)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/maxmind-db/%s", dir, folder);
	files = refused = corrupt = hits = 0;
	worst = 0;
	nftw(path, one, 16, FTW_PHYS);
	OK(files >= least && worst < 1, "%s: %zu files, %zu refused, %zu hits, %zu corrupt answers, worst %.1f ms", folder, files, refused, hits,
	    corrupt, worst * 1e3);
	OK(refused + corrupt >= bad, "%s: at least %zu are told", folder, bad);
}

/* Metadata whose lists point at lists: 2^40 values if expanded. */
static void
fan_out(void)
{
	char path[] = "/tmp/irpipe-mmdb-XXXXXX";
	int fd = mkstemp(path);
	struct buf b = {0};
	struct fault f = {0};
	struct mmdb *m;

	for (int i = 0; i < 64; i++)
		buf_byte(&b, 0);
	buf_lit(&b, "\xab\xcd\xefMaxMind.com");
	buf_lit(&b, "\xe1\x49languages\x02\x04");
	/* Each list of two points twice at the next one, 6 bytes behind it. */
	for (unsigned i = 0; i < 40; i++) {
		unsigned next = 11 + 6 * (i + 1);

		if (i)
			buf_lit(&b, "\x02\x04");
		for (int k = 0; k < 2; k++) {
			buf_byte(&b, (char)(0x20 | next >> 8));
			buf_byte(&b, (char)next);
		}
	}
	buf_lit(&b, "\x41x");
	if (fd < 0 || write(fd, b.p, b.n) != (ssize_t)b.n || close(fd) != 0)
		abort();
	m = mmdb_open(path, &f);
	OK(m == NULL, "metadata that fans out is refused");
	SAME(slice_str(f.near), SLICE("metadata"), "metadata: words");
	mmdb_close(m);
	unlink(path);
	buf_free(&b);
}

int
main(void)
{
	struct fault f = {0};

	OK(mmdb_open("/nonexistent.mmdb", &f) == NULL, "no file: %s", f.near);
	OK(mmdb_open("/dev/null", &f) == NULL, "no regular file: %s", f.near);
	fan_out();
	dir = unit_unpack("maxmind-db");
	if (dir == NULL) {
		unit_skip("maxmind-db: the shared data is not there");
		return unit_done();
	}
	city();
	others();
	all("test-data", 40, 1);
	all("bad-data", 21, 15);
	return unit_done();
}
