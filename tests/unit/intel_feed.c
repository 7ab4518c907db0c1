/* Feeds of all kinds: which values they give. */
#include "tests/unit/intel.h"

#include "lib/intel/read.h"
#include "tests/unit/unit.h"

/* added, then what was left out: context revoked unsupported no-value; "!": refused. */
static const struct {
	const char *name, *text, *want;
} feeds[] = {
	{"a list with comments", "# words, more\n203.0.113.9\n\nevil.example # why\n; no\nhttp://192.0.2.7\n", "3 0 0 0 0"},
	{"a hosts file", "127.0.0.1 localhost\n0.0.0.0 bad.example\n", "1 0 0 0 1"},
	{"Spamhaus DROP", "; Spamhaus DROP\n1.10.16.0/20 ; SBL256894\n", "1 0 0 0 0"},
	{"a list of trails", "/path.php\n192.0.2.1:8080\nevil.example/x.php\n", "2 0 0 0 1"},
	{"CSV with a header", "md5, sha1, sha256\n644087ccca16d2a728ef7685a4106f09, eabd6974ac71efd72d9e0688d5a6131f336d169c, -\n", "2 0 0 0 0"},
	{"CSV with other columns", "SHA1,fileName,size\n2a030cc6d84d5785f5e84d0f5888a411d4b06d01,soft.exe,45568\n", "1 0 0 0 0"},
	{"CSV with value and type", "indicator,type\nevil.example,domain\nsoft.exe,filename\nx,ip\n", "1 0 0 1 1"},
	{"a header behind #", "# \"first_seen_utc\",\"ioc_value\",\"ioc_type\"\n\"2026-01-01\",\"192.0.2.1:80\",\"ip:port\"\n", "1 0 0 0 0"},
	{"MISP's CSV", "uuid,event_id,category,type,value,comment,to_ids,date\n"
	    "5b0e8a0c-1111-4222-8333-123456789abc,1,Payload,filename|md5,\"a.exe|d41d8cd98f00b204e9800998ecf8427e\",,1,20260101\n"
	    "5b0e8a0c-1111-4222-8333-123456789abd,1,Net,domain,x.example,,0,20260101\n", "1 1 0 0 0"},
	{"hashes.csv of a MISP feed", "d41d8cd98f00b204e9800998ecf8427e,5b0e8a0c-1111-4222-8333-123456789abc\n", "0 0 0 0 0"},
	{"JSON rows", "[{\"Indicator\":\"35dc4564216d51e64e40bc0eef932d2e\",\"Description\":\"x.xls\"},{\"Indicator\":\"\"}]", "1 0 0 0 0"},
	{"JSON texts", "[\"evil.example\",\"192.0.2.1\",5]", "2 0 0 0 0"},
	{"JSON lines", "{\"ioc\":\"evil.example\"}\n{\"ioc\":\"evil2.example\"}\n", "2 0 0 0 0"},
	{"a pulse",
	    "{\"name\":\"p\",\"indicators\":[{\"indicator\":\"evil.example\",\"type\":\"domain\"},{\"indicator\":\"CVE-2026-1\",\"type\":\"CVE\"}]}",
	    "1 0 0 1 0"},
	{"a warninglist", "{\"list\":[\"a.example\"],\"type\":\"string\",\"matching_attributes\":[\"domain\"]}", "!"},
	{"a manifest", "{\"5b0e8a0c-1111-4222-8333-123456789abc\":{\"info\":\"x\",\"Orgc\":{\"name\":\"CERT\"}}}", "0 0 0 0 0"},
	{"a MISP event", "{\"Event\":{\"info\":\"i\",\"Orgc\":{\"name\":\"CERT\"},\"Attribute\":["
	    "{\"type\":\"ip-dst\",\"to_ids\":true,\"value\":\"192.0.2.1\"},{\"type\":\"ip-dst\",\"to_ids\":false,\"value\":\"192.0.2.2\"},"
	    "{\"type\":\"domain|ip\",\"to_ids\":\"1\",\"value\":\"a.example|192.0.2.3\"},{\"type\":\"mutex\",\"to_ids\":true,\"value\":\"m\"},"
	    "{\"type\":\"md5\",\"to_ids\":true,\"value\":\"zz\"},{\"type\":\"domain\",\"to_ids\":true,\"deleted\":true,\"value\":\"d.example\"}],"
	    "\"Object\":[{\"Attribute\":[{\"type\":\"ip-dst|port\",\"to_ids\":true,\"value\":\"192.0.2.9|443\"}]}]}}",
	    "4 2 0 1 1"},
	{"MISP's response",
	    "{\"response\":[{\"Event\":{\"Attribute\":[{\"type\":\"url\",\"to_ids\":true,\"value\":\"http://a.example/\"}]}}]}",
	    "1 0 0 0 0"},
	{"STIX", "{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":["
	    "{\"type\":\"indicator\",\"id\":\"indicator--1\",\"pattern_type\":\"stix\",\"pattern\":\"[ipv4-addr:value = '192.0.2.1']\"},"
	    "{\"type\":\"indicator\",\"id\":\"indicator--2\",\"revoked\":true,\"pattern\":\"[ipv4-addr:value = '192.0.2.1']\"},"
	    "{\"type\":\"indicator\",\"id\":\"indicator--3\",\"pattern_type\":\"yara\",\"pattern\":\"rule x {}\"},"
	    "{\"type\":\"indicator\",\"id\":\"indicator--4\",\"indicator_types\":[\"benign\"],\"pattern\":\"[ipv4-addr:value = '192.0.2.1']\"},"
	    "{\"type\":\"malware\",\"id\":\"malware--1\"}]}", "1 1 1 1 0"},
	{"a single object", "{\"type\":\"indicator\",\"id\":\"indicator--1\",\"pattern\":\"[domain-name:value = 'a.example']\"}", "1 0 0 0 0"},
	{"XML", "<stix:STIX_Package/>", "!"}, {"damaged JSON", "{\"type\":\"bundle\",\"objects\":[", "!"},
	{"nothing", "", "0 0 0 0 0"},
};

void
test_feeds(void)
{
	struct buf got = {0};
	struct fault f;

	for (size_t i = 0; i < sizeof feeds / sizeof *feeds; i++) {
		struct intel_build *b = intel_build_new();
		struct intel_read r = {.build = b, .source = SLICE("test")};

		buf_reset(&got);
		if (!intel_read(&r, slice_str(feeds[i].text), &f)) {
			buf_byte(&got, '!');
		} else {
			buf_u64(&got, r.added);
			for (int k = 0; k < INTEL_KNOWN; k++) {
				buf_byte(&got, ' ');
				buf_u64(&got, r.skipped[k]);
			}
		}
		SAME(buf_slice(&got), slice_str(feeds[i].want), feeds[i].name);
		intel_read_end(&r);
		intel_build_free(b);
	}
	buf_free(&got);
}
