/* Records: what is added, what is left alone, what a second run does. */
#include "lib/enrich/enrich.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char dir[] = "/tmp/unit-enrich-XXXXXX";

/* KIND=FILE of a file with this text. */
static const char *
spec(const char *kind, const char *name, const char *text)
{
	static char out[4][256];
	static unsigned which;
	char path[200];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "w");
	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
		exit(99);
	which = (which + 1) % 4;
	snprintf(out[which], sizeof out[which], "%s=%s", kind, path);
	return out[which];
}

static struct enrich *
sources(const char *a, const char *b)
{
	struct enrich *e = enrich_new();
	struct slice file;
	struct fault f;

	OK(enrich_add(e, slice_str(a), &file, &f), "%s: loaded", a);
	if (b)
		OK(enrich_add(e, slice_str(b), &file, &f), "%s: loaded", b);
	return e;
}

/* The line after one run; @ stands for the sources' hashes. */
static void
run(struct enrich *e, struct slice line, struct buf *out)
{
	struct json *j = json_new(&json_limits_stream);
	struct enrich_worker *w = enrich_worker_new(e);
	struct fault f = {0};

	buf_reset(out);
	json_block(j, line);
	if (!json_line(j, &f) || !j->ok)
		exit(98);
	json_splice(enrich_record(w, j), j->line, out);
	enrich_worker_free(w);
	json_free(j);
}

/* WORD@HASH becomes WORD@. */
static void
plain(struct slice s, struct buf *out)
{
	buf_reset(out);
	for (size_t i = 0; i < s.n; i++) {
		buf_byte(out, s.p[i]);
		if (s.p[i] == '@' && i && s.p[i - 1] != '"')
			i += 8;
	}
}

static const char assets[] =
    "host,ip,mac,name,owner,criticality\n"
    "web01,10.0.0.1,00-00-5E-00-53-23,Shop,web team,high\n"
    "db01.corp.example,10.0.0.2,,,,critical\n"
    "app.a.example,,,,,\napp.b.example,,,,,\n";
static const char nets[] = "cidr,name,zone\n10.0.0.0/8,own,inside\n10.0.0.0/24,servers,dmz\n";

#define WEB01 "\"by\":\"asset\",\"name\":\"Shop\",\"owner\":\"web team\",\"criticality\":\"high\"}"
#define DB01 "\"by\":\"asset\",\"name\":\"db01.corp.example\",\"criticality\":\"critical\"}"
#define H "{\"@timestamp\":\"2026-03-02T08:00:00.000000000Z\",\"ir\":{\"v\":1,\"kind\":\"event\""

static const struct {
	const char *name, *in, *want;
} cases[] = {
	{"no hit", H "},\"host\":{\"name\":\"x\"}}", H "},\"host\":{\"name\":\"x\"}}"},
	{"a host", H "},\"host\":{\"name\":\"WEB01.corp.example\"}}",
	    H ",\"asset\":[{\"for\":\"host.name\",\"value\":\"WEB01.corp.example\"," WEB01
	    "],\"prov\":{\"ir.asset\":\"asset@\"}},"
	    "\"host\":{\"name\":\"WEB01.corp.example\"}}"},
	{"one row once for the host", H "},\"host\":{\"name\":\"web01\",\"ip\":[\"10.0.0.1\"],\"mac\":[\"00-00-5E-00-53-23\"]}}",
	    H ",\"asset\":[{\"for\":\"host.name\",\"value\":\"web01\"," WEB01 "],\"prov\":{\"ir.asset\":\"asset@\"}},"
	    "\"host\":{\"name\":\"web01\",\"ip\":[\"10.0.0.1\"],\"mac\":[\"00-00-5E-00-53-23\"]}}"},
	{"an address instead of a name", H "},\"host\":{\"name\":\"10.0.0.2\"}}",
	    H ",\"asset\":[{\"for\":\"host.name\",\"value\":\"10.0.0.2\"," DB01 "],\"prov\":{\"ir.asset\":\"asset@\"}},"
	    "\"host\":{\"name\":\"10.0.0.2\"}}"},
	{"source, destination; related once", H "},\"source\":{\"ip\":\"10.0.0.1\"},\"destination\":{\"ip\":\"10.0.0.2\"},"
	    "\"related\":{\"ip\":[\"10.0.0.1\",\"10.0.0.2\"],\"hosts\":[\"db01\"]}}",
	    H ",\"asset\":[{\"for\":\"source.ip\",\"value\":\"10.0.0.1\"," WEB01
	    ",{\"for\":\"destination.ip\",\"value\":\"10.0.0.2\"," DB01
	    "],\"prov\":{\"ir.asset\":\"asset@\"}},\"source\":{\"ip\":\"10.0.0.1\"},\"destination\":{\"ip\":\"10.0.0.2\"},"
	    "\"related\":{\"ip\":[\"10.0.0.1\",\"10.0.0.2\"],\"hosts\":[\"db01\"]}}"},
	{"what is related alone", H "},\"related\":{\"hosts\":[\"x\",\"db01\"]}}",
	    H ",\"asset\":[{\"for\":\"related.hosts\",\"value\":\"db01\"," DB01 "],\"prov\":{\"ir.asset\":\"asset@\"}},"
	    "\"related\":{\"hosts\":[\"x\",\"db01\"]}}"},
	{"escapes in a name", H "},\"host\":{\"name\":\"web\\u0030\\u0031\"}}",
	    H ",\"asset\":[{\"for\":\"host.name\",\"value\":\"web\\u0030\\u0031\"," WEB01 "],\"prov\":{\"ir.asset\":\"asset@\"}},"
	    "\"host\":{\"name\":\"web\\u0030\\u0031\"}}"},
	{"an ambiguous short name", H "},\"host\":{\"name\":\"app\"}}",
	    H ",\"err\":[\"enrich:asset:ambiguous\"]},\"host\":{\"name\":\"app\"}}"},
	{"ambiguous beside other errors", H ",\"err\":[\"x\"]},\"host\":{\"name\":\"app\"}}",
	    H ",\"err\":[\"x\",\"enrich:asset:ambiguous\"]},\"host\":{\"name\":\"app\"}}"},
	{"the log's own list grows", H ",\"asset\":[{\"id\":1.0}]},\"host\":{\"name\":\"db01\"}}",
	    H ",\"asset\":[{\"id\":1.0},{\"for\":\"host.name\",\"value\":\"db01\"," DB01 "],\"prov\":{\"ir.asset\":\"asset@\"}},"
	    "\"host\":{\"name\":\"db01\"}}"},
	{"no list: stays", H ",\"asset\":\"mine\"},\"host\":{\"name\":\"db01\"}}", H
	    ",\"asset\":\"mine\"},\"host\":{\"name\":\"db01\"}}"},
	{"an own item of other bytes is replaced", H
	    ",\"asset\":[{\"by\":\"x\"},{\"for\":\"host.name\",\"by\":\"asset\",\"name\":\"old\"}],"
	    "\"prov\":{\"ir.asset\":\"x@00000000 asset@00000000\"}},\"host\":{\"name\":\"db01\"}}",
	    H ",\"asset\":[{\"by\":\"x\"},{\"for\":\"host.name\",\"value\":\"db01\"," DB01
	    "],\"prov\":{\"ir.asset\":\"x@ asset@\"}},"
	    "\"host\":{\"name\":\"db01\"}}"},
	{"an own item that is no more", H
	    ",\"asset\":[{\"by\":\"asset\",\"name\":\"old\"}],\"prov\":{\"ir.asset\":\"asset@00000000\"}},"
	    "\"host\":{\"name\":\"x\"}}", H ",\"asset\":[],\"prov\":{\"ir.asset\":\"asset@\"}},\"host\":{\"name\":\"x\"}}"},
	{"fields of other types", H "},\"host\":{\"name\":7,\"ip\":{\"a\":1}},\"source\":[],\"related\":{\"ip\":[1,null,[]]}}",
	    H "},\"host\":{\"name\":7,\"ip\":{\"a\":1}},\"source\":[],\"related\":{\"ip\":[1,null,[]]}}"},
	{"no ir", "{\"host\":{\"name\":\"web01\"}}", "{\"host\":{\"name\":\"web01\"}}"},
};

static void
tables(void)
{
	struct enrich *e = sources(spec("asset", "assets.csv", assets), NULL);
	struct buf once = {0}, twice = {0}, shown = {0};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		run(e, slice_str(cases[i].in), &once);
		plain(buf_slice(&once), &shown);
		SAME(buf_slice(&shown), slice_str(cases[i].want), cases[i].name);
		run(e, buf_slice(&once), &twice);
		SAME(buf_slice(&twice), buf_slice(&once), "a second run changes nothing");
	}
	buf_free(&once);
	buf_free(&twice);
	buf_free(&shown);
	enrich_free(e);
}

/* One run with both tables, or two runs with one each: the same items in the list. */
static void
two(void)
{
	static const char in[] = H "},\"source\":{\"ip\":\"10.0.0.2\"},\"destination\":{\"ip\":\"10.9.9.9\"}}";
	static const char want[] = H ",\"asset\":[{\"for\":\"source.ip\",\"value\":\"10.0.0.2\"," DB01
	    ",{\"for\":\"source.ip\",\"value\":\"10.0.0.2\",\"by\":\"net\",\"name\":\"servers\",\"zone\":\"dmz\"},"
	    "{\"for\":\"destination.ip\",\"value\":\"10.9.9.9\",\"by\":\"net\",\"name\":\"own\",\"zone\":\"inside\"}],"
	    "\"prov\":{\"ir.asset\":\"asset@ net@\"}},\"source\":{\"ip\":\"10.0.0.2\"},\"destination\":{\"ip\":\"10.9.9.9\"}}";
	const char *a = spec("asset", "assets.csv", assets), *n = spec("net", "nets.csv", nets);
	struct enrich *both = sources(a, n), *first = sources(a, NULL), *second = sources(n, NULL);
	struct buf out = {0}, chain = {0}, shown = {0};
	struct enrich_info i;

	run(both, slice_str(in), &out);
	plain(buf_slice(&out), &shown);
	SAME(buf_slice(&shown), slice_str(want), "two sources: one run");
	run(first, slice_str(in), &chain);
	run(second, buf_slice(&chain), &out);
	plain(buf_slice(&out), &shown);
	SAME(buf_slice(&shown), slice_str(want), "two sources: two runs");
	run(both, buf_slice(&out), &chain);
	SAME(buf_slice(&chain), buf_slice(&out), "two sources: nothing is left to be added");
	i = enrich_info(both, 1);
	INT(i.count.hit, 2, "two sources: hits are counted");
	INT(i.rows, 2, "two sources: rows");
	enrich_free(both);
	enrich_free(first);
	enrich_free(second);
	buf_free(&out);
	buf_free(&chain);
	buf_free(&shown);
}

static void
limit(void)
{
	struct enrich *e;
	struct buf table = {0}, line = {0}, out = {0};
	size_t items = 0;

	buf_lit(&table, "ip\n");
	buf_lit(&line, H "},\"related\":{\"ip\":[");
	for (unsigned i = 0; i < 200; i++) {
		buf_lit(&table, "10.0.0.");
		buf_u64(&table, i);
		buf_byte(&table, '\n');
		buf_str(&line, i ? ",\"10.0.0." : "\"10.0.0.");
		buf_u64(&line, i);
		buf_byte(&line, '"');
	}
	buf_lit(&line, "]}}");
	e = sources(spec("asset", "many.csv", buf_cstr(&table)), NULL);
	run(e, buf_slice(&line), &out);
	for (struct slice s = buf_slice(&out); slice_has(s, SLICE("{\"for\":")); s = slice_from(s, slice_find_slice(s,
	    SLICE("{\"for\":")) + 1))
		items++;
	INT(items, 64, "limit: 64 rows a record");
	OK(slice_has(buf_slice(&out), SLICE("\"err\":[\"enrich:asset:limit\"]")), "limit: said");
	INT(enrich_info(e, 0).count.error[ENRICH_LIMIT], 1, "limit: counted");
	enrich_free(e);
	buf_free(&table);
	buf_free(&line);
	buf_free(&out);
}

/* Members that the record brought leave as they came, whatever they look like. */
static void
bytes(void)
{
	static const char *const literal[] = {"12345678901234567890", "1e400", "-0.0", "1.0", "0.1e+1", "\"\\u0000\\ud800\"",
	    "\"\\/\"",
	    "{\"a\":1,\"a\":2}", "[ 1 ,\t2 ]", "\"\\u0061\"", "1E5", "{ }", "[]", "true", "null", "\"\xf0\x9f\x98\x80\""};
	struct enrich *e = sources(spec("asset", "assets.csv", assets), NULL);
	struct buf line = {0}, raw = {0}, out = {0};
	uint64_t seed = 7;
	size_t wrong = 0;

	for (int n = 0; n < 1000; n++) {
		buf_reset(&raw);
		buf_lit(&raw, "\"raw\":{");
		for (int i = 0; i < 8; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			buf_str(&raw, i ? ", \"k\" :" : "\"k\":");
			buf_str(&raw, literal[(seed >> 40) % (sizeof literal / sizeof *literal)]);
		}
		buf_lit(&raw, "},\"host\":{\"name\":\"web01\"}}");
		buf_reset(&line);
		buf_lit(&line, H "},");
		buf_slice_add(&line, buf_slice(&raw));
		run(e, buf_slice(&line), &out);
		wrong += !slice_ends(buf_slice(&out), buf_slice(&raw)) || !slice_has(buf_slice(&out), SLICE("\"asset\":[{"));
	}
	INT(wrong, 0, "bytes: 1,000 records keep what they brought");
	enrich_free(e);
	buf_free(&line);
	buf_free(&raw);
	buf_free(&out);
}

static void
requests(void)
{
	static const struct {
		const char *spec, *what;
	} c[] = {
		{"asset", "KIND=FILE is wanted"}, {"asset=", "KIND=FILE is wanted"}, {"sbom=x.csv", "not a kind of source here"},
		{"asset=/nonexistent/x.csv", "cannot open"}, {"geo=/nonexistent/x.mmdb", "cannot open"},
		{"asset=x.csv,colour=red", "unknown option of a source (name, max_age, date; of hash: verdict)"},
		{"asset=x.csv,max_age=long", "no duration (60d)"}, {"asset=x.csv,date=soon", "no date"},
		{"asset=x.csv,name=A B", "a name has a-z 0-9 _ -, 32 at most"},
	};
	struct enrich *e = enrich_new();
	struct slice file;
	struct fault f;
	struct enrich_info i;
	struct stamp at;
	char text[300];

	for (size_t k = 0; k < sizeof c / sizeof *c; k++) {
		OK(!enrich_add(e, slice_str(c[k].spec), &file, &f), "request: %s: refused", c[k].spec);
		SAME(slice_str(f.what), slice_str(c[k].what), c[k].spec);
	}
	snprintf(text, sizeof text, "%s,date=2026-01-01,max_age=7d", spec("asset", "a,b.csv", "host\nx\n"));
	OK(enrich_add(e, slice_str(text), &file, &f), "request: options behind a name with a comma");
	i = enrich_info(e, 0);
	OK(stamp_rfc3339(SLICE("2026-01-08T00:00:00Z"), &at) && !enrich_stale(&i, at), "request: seven days old");
	OK(stamp_rfc3339(SLICE("2026-01-08T00:00:01Z"), &at) && enrich_stale(&i, at), "request: older than max_age");
	OK(enrich_add(e, slice_str(spec("asset", "a.csv", "host\nx\n")), &file, &f), "request: a second one of its kind");
	i = enrich_info(e, 1);
	SAME(i.name, SLICE("asset2"), "request: its name");
	OK(!enrich_stale(&i, at), "request: without a date nothing is stale");
	enrich_free(e);
}

/* ---- MaxMind databases ---------------------------------------------------------------------------------------------- */
static void
databases(void)
{
	static const char in[] = H "},\"source\":{\"ip\":\"2.125.160.216\"},\"destination\":{\"ip\":\"1.128.0.1\"}}";
	static const char own[] = H
	    "},\"source\":{\"ip\":\"2.125.160.216\",\"geo\":{\"country_iso_code\":\"XX\"}},"
	    "\"destination\":{\"ip\":\"10.0.0.1\"}}";
	const char *set = unit_unpack("maxmind-db");
	char geo[4096], as[4096], other[4096];
	struct enrich *e, *newer;
	struct buf out = {0}, again = {0}, shown = {0};

	if (set == NULL) {
		unit_skip("no maxmind-db");
		return;
	}
	snprintf(geo, sizeof geo, "geo=%s/maxmind-db/test-data/GeoLite2-City-Test.mmdb", set);
	snprintf(as, sizeof as, "as=%s/maxmind-db/test-data/GeoLite2-ASN-Test.mmdb", set);
	snprintf(other, sizeof other, "geo=%s/maxmind-db/test-data/GeoIP2-Country-Test.mmdb", set);
	e = sources(geo, as);
	newer = sources(other, NULL);
	run(e, slice_str(in), &out);
	plain(buf_slice(&out), &shown);
	SAME(buf_slice(&shown), SLICE(H
	    ",\"prov\":{\"source.geo\":\"geo@\",\"destination.as\":\"as@\"}},\"source\":{\"ip\":\"2.125.160.216\","
	    "\"geo\":{\"country_iso_code\":\"GB\",\"country_name\":\"United Kingdom\",\"region_iso_code\":\"GB-ENG\","
	    "\"city_name\":\"Boxford\","
	    "\"location\":{\"lat\":51.75,\"lon\":-1.25}}},\"destination\":{\"ip\":\"1.128.0.1\",\"as\":{\"number\":1221,"
	    "\"organization\":{\"name\":\"Telstra Pty Ltd\"}}}}"), "mmdb: a hit of each");
	run(e, buf_slice(&out), &again);
	SAME(buf_slice(&again), buf_slice(&out), "mmdb: a second run changes nothing");
	run(newer, buf_slice(&out), &again);
	plain(buf_slice(&again), &shown);
	OK(slice_has(buf_slice(&shown), SLICE("\"geo\":{\"country_iso_code\":\"GB\",\"country_name\":\"United Kingdom\"}}")),
	    "mmdb: an own member of another database is replaced");
	OK(slice_has(buf_slice(&again), SLICE("\"as\":{\"number\":1221")), "mmdb: the others stay");
	run(newer, buf_slice(&again), &out);
	SAME(buf_slice(&out), buf_slice(&again), "mmdb: and that is all");
	run(e, slice_str(own), &out);
	SAME(buf_slice(&out), slice_str(own), "mmdb: what the log brought stays; private addresses are not asked");
	INT(enrich_info(e, 0).count.kept, 1, "mmdb: that is counted");
	enrich_free(e);
	enrich_free(newer);
	buf_free(&out);
	buf_free(&again);
	buf_free(&shown);
}

static void
damaged(void)
{
	static const char in[] = H "},\"source\":{\"ip\":\"2.125.160.216\"}}";
	const char *set = unit_unpack("maxmind-db");
	char text[4096];
	struct enrich *e;
	struct buf out = {0}, again = {0};
	struct slice file;
	struct fault f;

	if (set == NULL) {
		unit_skip("no maxmind-db");
		return;
	}
	snprintf(text, sizeof text, "geo=%s/maxmind-db/test-data/GeoIP2-City-Test-Broken-Double-Format.mmdb", set);
	e = sources(text, NULL);
	run(e, slice_str(in), &out);
	OK(slice_has(buf_slice(&out), SLICE("\"err\":[\"enrich:geo:corrupt\"]")), "damaged: said in the record: %.*s",
	    (int)out.n, out.p);
	INT(enrich_info(e, 0).count.error[ENRICH_CORRUPT], 1, "damaged: counted");
	run(e, buf_slice(&out), &again);
	SAME(buf_slice(&again), buf_slice(&out), "damaged: said once");
	snprintf(text, sizeof text, "geo=%s/maxmind-db/test-data/GeoLite2-ASN-Test.mmdb", set);
	OK(!enrich_add(e, slice_str(text), &file, &f), "damaged: a database of another kind is refused");
	OK(!enrich_add(e, slice_str(spec("geo", "x.mmdb", "no database")), &file, &f), "damaged: text is no database");
	enrich_free(e);
	buf_free(&out);
	buf_free(&again);
}

int
main(void)
{
	char remove[64];

	if (mkdtemp(dir) == NULL)
		return 99;
	tables();
	two();
	limit();
	bytes();
	requests();
	databases();
	damaged();
	for (const char *const *n = (const char *const[]){"assets.csv", "nets.csv", "many.csv", "a,b.csv", "a.csv", "x.mmdb",
	    NULL}; *n; n++) {
		snprintf(remove, sizeof remove, "%s/%s", dir, *n);
		(void)unlink(remove);
	}
	(void)rmdir(dir);
	return unit_done();
}
