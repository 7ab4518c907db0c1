/* The index: what was put in is found, with its neighbours; damage is refused; equal input gives equal bytes. */
#include "tests/unit/intel.h"

#include "lib/base/mem.h"
#include "lib/intel/build.h"
#include "lib/intel/seek.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MANY = 20000 };

static void
add(struct intel_build *b, struct slice text, const struct intel_new *n)
{
	struct buf bytes = {0};
	struct intel_value v;

	if (!value_read(text, INTEL_TYPES, &v, &bytes) || !intel_build_add(b, &v, buf_slice(&bytes), n))
		OK(false, "added");
	buf_free(&bytes);
}

static void
image(struct buf *to, size_t many)
{
	static const unsigned char id[16] = {1, 2, 3};
	struct intel_build *b = intel_build_new();
	struct intel_new n = {.source = SLICE("CERT"), .name = SLICE("campaign"), .tlp = TLP_AMBER, .confidence = 80,
	    .from = INT64_MIN,
	    .until = INT64_MAX};
	struct buf text = {0};
	struct fault f;

	OK(intel_build_source(b, SLICE("feed")), "a source");
	add(b, SLICE("10.0.0.0/8"), &n);
	add(b, SLICE("10.1.0.0/16"), &n);
	add(b, SLICE("10.1.0.0/16"), &n);
	add(b, SLICE("192.0.2.1"), &n);
	add(b, SLICE("2001:db8::/32"), &n);
	add(b, SLICE("*.bad.example"), &n);
	n.id = id;
	n.until = 1000000000;
	add(b, SLICE("old.example"), &n);
	n.until = INT64_MAX;
	n.source = SLICE("other");
	add(b, SLICE("evil.example"), &n);
	n.source = SLICE("CERT");
	add(b, SLICE("evil.example"), &n);
	for (size_t i = 0; i < many; i++) {
		buf_reset(&text);
		buf_lit(&text, "h");
		buf_u64(&text, i);
		buf_lit(&text, ".example");
		add(b, buf_slice(&text), &n);
	}
	OK(intel_build_image(b, to, &f), "an image");
	buf_free(&text);
	intel_build_free(b);
}

/* record, field of each hit and its indicator, at 2026 (1772438400) */
static const struct {
	const char *record, *want;
} seeks[] = {
	{"{\"source\":{\"ip\":\"10.1.2.3\"}}", "source.ip=10.1.0.0/16 source.ip=10.0.0.0/8 "},
	{"{\"source\":{\"ip\":\"10.2.2.3\"}}", "source.ip=10.0.0.0/8 "}, {"{\"source\":{\"ip\":\"11.0.0.0\"}}", ""},
	{"{\"source\":{\"ip\":\"::ffff:192.0.2.1\"}}", "source.ip=192.0.2.1 "}, {"{\"source\":{\"ip\":\"2001:db8:1::\"}}", "source.ip=2001:db8::/32 "},
	{"{\"dns\":{\"question\":{\"name\":\"A.evil.example.\"}}}", "dns.question.name=evil.example dns.question.name=evil.example "},
	{"{\"dns\":{\"question\":{\"name\":\"notevil.example\"}}}", ""},
	{"{\"dns\":{\"question\":{\"name\":\"bad.example\"}}}", ""}, {"{\"dns\":{\"question\":{\"name\":\"x.bad.example\"}}}",
	    "dns.question.name=bad.example "},
	{"{\"dns\":{\"question\":{\"name\":\"old.example\"}}}", ""},
	{"{\"raw\":{\"a\":{\"QueryName\":\"h7.example\"}}}", "raw.a.QueryName=h7.example "},
	{"{\"raw\":{\"x\":[\"192.0.2.1\"]}}", "raw.x=192.0.2.1 "}, {"{\"raw\":{\"FileVersion\":\"10.1.2.3\"}}", ""},
	{"{\"url\":{\"full\":\"https://h7.example/x\"}}", "url.full=h7.example "},
	{"{\"raw\":{\"note\":\"see h7.example\"}}", ""}, {"{\"email\":{\"from\":{\"address\":[\"X <x@h7.example>\"]}}}",
	    "email.from.address=h7.example "},
};

static void
seek_all(const struct intel_index *x)
{
	const struct intel_index *all[] = {x};
	struct intel_set *set = intel_set_new(all, 1);
	struct intel_seek *s = intel_seek_new(set);
	struct json *j = json_new(&json_limits_stream);
	struct stamp at = {.s = 1772438400};
	struct buf got = {0};
	struct fault f;

	for (size_t i = 0; i < sizeof seeks / sizeof *seeks; i++) {
		const struct intel_hit *hit;
		size_t n;

		buf_reset(&got);
		OK(json_one(j, slice_str(seeks[i].record), &f), "JSON");
		n = intel_seek(s, j, 0, json_get(j, 0, SLICE("raw")), &at, false, &hit);
		for (size_t k = 0; k < n; k++) {
			struct buf field = {0};

			intel_field(j, &hit[k], &field);
			buf_slice_add(&got, buf_slice(&field));
			buf_byte(&got, '=');
			intel_text(x, &hit[k], &got);
			buf_byte(&got, ' ');
			buf_free(&field);
		}
		SAME(buf_slice(&got), slice_str(seeks[i].want), seeks[i].record);
	}
	buf_free(&got);
	json_free(j);
	intel_seek_free(s);
	intel_set_free(set);
}

static bool
opens(const char *path, const char *bytes, size_t n)
{
	FILE *f = fopen(path, "w");
	struct fault fault;
	struct intel_index *x;

	if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
		return true;
	x = intel_open(path, &fault);
	intel_close(x);
	return x != NULL;
}

/* Every byte of the small image changed, every length cut. */
static void
damage(void)
{
	char path[] = "/tmp/irpipe-intel-XXXXXX";
	struct buf b = {0};
	size_t survived = 0;
	int fd = mkstemp(path);

	OK(fd >= 0, "a file");
	(void)close(fd);
	image(&b, 0);
	OK(opens(path, b.p, b.n), "an index opens");
	for (size_t i = 0; i < b.n; i++) {
		b.p[i] = (char)(b.p[i] ^ 0x41);
		survived += opens(path, b.p, b.n);
		b.p[i] = (char)(b.p[i] ^ 0x41);
	}
	INT(survived, 0, "a changed byte is refused wherever it stands");
	for (size_t i = 0; i < b.n; i++)
		survived += opens(path, b.p, i);
	INT(survived, 0, "a cut index is refused wherever it is cut");
	(void)unlink(path);
	buf_free(&b);
}

void
test_index(void)
{
	struct buf a = {0}, b = {0};
	struct intel_index *x;
	struct fault f;

	image(&a, MANY);
	image(&b, MANY);
	OK(slice_eq(buf_slice(&a), buf_slice(&b)), "the same indicators give the same bytes");
	OK(b.n / MANY <= 40, "40 bytes each");
	buf_free(&b);
	x = intel_of(&a, &f);
	OK(x != NULL, "its own image opens");
	INT(intel_count(x), MANY + 8, "equal ones of equal origin are one");
	seek_all(x);
	intel_close(x);
	damage();
}
