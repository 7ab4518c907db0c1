/* lib/report: escapes, redaction; the model is in report_model.c */
#include "lib/report/esc.h"
#include "lib/report/redact.h"
#include "tests/unit/unit.h"

void report_metrics_tests(void);
void report_model_tests(void);

struct esc_case {
	const char *name;
	struct slice in;
	const char *want;
};

static void
run(const char *what, void (*esc)(struct buf *, struct slice), const struct esc_case *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct buf b = {0}, name = {0};

		buf_str(&name, what);
		buf_lit(&name, ": ");
		buf_str(&name, c[i].name);
		esc(&b, c[i].in);
		SAME(buf_slice(&b), slice_str(c[i].want), buf_cstr(&name));
		buf_free(&b);
		buf_free(&name);
	}
}

#define RUN(what, esc, table) run(what, esc, table, sizeof table / sizeof *table)

static void
escapes(void)
{
	static const struct esc_case html[] = {
		{"markup", SLICE_INIT("<script>\"'&`"), "&lt;script&gt;&quot;&#39;&amp;&#96;"},
		{"controls are shown", SLICE_INIT("a\x1b[2Jb\0"), "a\\u{1b}[2Jb\\u{0}"},
		{"bidirectional", SLICE_INIT("\u202egnp"), "\\u{202e}gnp"},
		{"tab and newline stay", SLICE_INIT("a\tb\nc"), "a\tb\nc"},
		{"letters beyond ASCII stay", SLICE_INIT("Zo\u00eb"), "Zo\u00eb"},
		{"nothing", SLICE_INIT(""), ""},
	};
	static const struct esc_case md[] = {
		{"table bar and heading", SLICE_INIT("| # *"), "\\| \\# \\*"},
		{"link", SLICE_INIT("[x](y)"), "\\[x\\]\\(y\\)"},
		{"fence", SLICE_INIT("```"), "\\`\\`\\`"},
		{"newline is shown", SLICE_INIT("a\nb"), "a\\\\u\\{a\\}b"},
		{"tag", SLICE_INIT("<b>"), "\\<b\\>"},
	};
	static const struct esc_case csv[] = {
		{"formula", SLICE_INIT("=1+1"), "\"'=1+1\""},
		{"at", SLICE_INIT("@SUM(1)"), "\"'@SUM(1)\""},
		{"number with sign", SLICE_INIT("-12.5"), "-12.5"},
		{"sign and more", SLICE_INIT("+1 (2)"), "\"'+1 (2)\""},
		{"full width", SLICE_INIT("\uff1d1"), "\"'\uff1d1\""},
		{"tab", SLICE_INIT("\tx"), "\"'\tx\""},
		{"behind blanks", SLICE_INIT("  =x"), "\"'  =x\""},
		{"comma and quote", SLICE_INIT("a,\"b\""), "\"a,\"\"b\"\"\""},
		{"plain", SLICE_INIT("web01"), "web01"},
	};
	static const struct esc_case defang[] = {
		{"url", SLICE_INIT("https://a.example/x"), "hxxps[:]//a[.]example/x"},
		{"address", SLICE_INIT("203.0.113.9"), "203[.]0[.]113[.]9"},
		{"hash", SLICE_INIT("abcd"), "abcd"},
	};

	RUN("html", esc_html, html);
	RUN("md", esc_md, md);
	RUN("csv", esc_csv, csv);
	RUN("defang", esc_defang, defang);
}

static void
redaction(void)
{
	static const struct esc_case c[] = {
		{"net use", SLICE_INIT("net use \\\\h\\c$ Secret1 /user:d\\u"), "net use \\\\h\\c$ [redacted 1] /user:d\\u"},
		{"net use, behind", SLICE_INIT("net.exe use x: \\\\h\\s /user:d\\u Secret1"), "net.exe use x: \\\\h\\s /user:d\\u [redacted 1]"},
		{"-pw", SLICE_INIT("plink -pw Secret1 host"), "plink -pw [redacted 1] host"},
		{"password=", SLICE_INIT("db?password=Secret1&x=1"), "db?password=[redacted 1]&x=1"},
		{"JSON", SLICE_INIT("{\"password\":\"Se cret\"}"), "{\"password\":\"[redacted 1]\"}"},
		{"Bearer", SLICE_INIT("Authorization: Bearer abcdefghijk"), "Authorization: Bearer [redacted 1]"},
		{"Basic", SLICE_INIT("Basic dXNlcjpwYXNz"), "Basic [redacted 1]"},
		{"userinfo", SLICE_INIT("https://u:Secret1@h/x"), "https://u:[redacted 1]@h/x"},
		{"JWT", SLICE_INIT("t eyJhbGciOiJIUzI1.eyJzdWIiOiIx.c2ln_-x z"), "t [redacted 1] z"},
		{"AWS key", SLICE_INIT("id AKIAIOSFODNN7EXAMPLE."), "id [redacted 1]."},
		{"private key", SLICE_INIT("-----BEGIN RSA PRIVATE KEY-----MIIE-----END RSA PRIVATE KEY-----"),
		    "-----BEGIN RSA PRIVATE KEY-----[redacted 1]-----END RSA PRIVATE KEY-----"},
		{"SecureString", SLICE_INIT("ConvertTo-SecureString 'Secret1' -AsPlainText"), "ConvertTo-SecureString '[redacted 1]' -AsPlainText"},
		{"same secret, same number", SLICE_INIT("-pw A1 -pw B2 -pw A1"), "-pw [redacted 1] -pw [redacted 2] -pw [redacted 1]"},
		{"no secret", SLICE_INIT("Failed password for root from 203.0.113.9"), "Failed password for root from 203.0.113.9"},
		{"port", SLICE_INIT("ssh -p 22 host"), "ssh -p 22 host"},
		{"host with port", SLICE_INIT("http://host:8080/x@y"), "http://host:8080/x@y"},
		{"net user without", SLICE_INIT("net use"), "net use"},
	};

	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct redactor r = {0};
		struct buf b = {0};

		redact_add(&r, c[i].in, &b, NULL, NULL);
		SAME(buf_slice(&b), slice_str(c[i].want), c[i].name);
		buf_free(&b);
		redact_free(&r);
	}
}

static void
redaction_mark(void)
{
	struct redactor r = {0};
	struct buf b = {0};
	size_t off = 17, len = 4;

	redact_add(&r, SLICE("cmd -pw Secret1 /user"), &b, &off, &len);
	SAME(slice_head(slice_from(buf_slice(&b), off), len), SLICE("user"), "a mark behind a secret moves with the text");
	buf_reset(&b);
	off = 4;
	len = 8;
	redact_add(&r, SLICE("cmd -pw Secret1 /user"), &b, &off, &len);
	INT(len, 0, "a mark on a secret goes away");
	buf_reset(&b);
	r.off = true;
	redact_add(&r, SLICE("-pw Secret1"), &b, NULL, NULL);
	SAME(buf_slice(&b), SLICE("-pw Secret1"), "--no-redact leaves it");
	buf_free(&b);
	redact_free(&r);
}

int
main(void)
{
	escapes();
	redaction();
	redaction_mark();
	report_metrics_tests();
	report_model_tests();
	return unit_done();
}
